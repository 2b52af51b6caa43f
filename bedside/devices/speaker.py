"""The speaker: says cues one after the other through a player, a child process that can be stopped at any moment."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from bedside.catalogue import N_, _
from bedside.devices.player import NO_CARD, Clip, Played, Player, Trouble, parse, read, silence
from bedside.night.cues import COUNT_SECONDS, COUNTED, LEAD, Cue
from bedside.night.effects import Say
from bedside.night.events import CueGiven, Moment, PartReported

AUDIBLE_AFTER = 0.7
"""Seconds from a clip's first samples to its first sound: its silent lead-in, and a little for the card to open."""

TOO_LATE_ON_BEAT = 1.0
"""Seconds after its time that a cue on a beat is not given any more: it would name what is over."""

_BROKEN = Trouble(
    N_("A sound failed by a fault of this program."), N_("Type sudo journalctl -u bedside to see what it was.")
)

_log = logging.getLogger(__name__)

_MISSED = Played()  # nothing, since its beat is over: no fault, and not heard


Tried = Callable[[str], object]
"""Is told what came of trying the speaker: one sentence of what is wrong, or nothing."""


class Fallback(Protocol):
    """What sounds where the speaker does not."""

    def play(self, cue: Cue, hushed: Callable[[], bool]) -> bool:
        """Gives the cue unless `hushed` by then, and waits for its end; whether it was heard. Never raises."""

    def hush(self) -> None:
        """Stop at once, without blocking."""


class Speaker:
    """Says cues on a thread of its own. `say` and `hush` only note what is wanted: they never wait for a player."""

    def __init__(
        self,
        clip: Callable[[Cue, bool], Path],
        post: Callable[[object], None],
        now: Callable[[], Moment],
        card: str | None,
        *,
        ready: Callable[[Cue, bool], Path | None] = lambda *_: None,
        made: Mapping[Cue, Callable[[bool], bytes]] | None = None,
        player: str = "aplay",
        also: Callable[[Cue], None] | None = None,
        find: Callable[[], str | None] = lambda: None,
        fallback: Fallback | None = None,
        environment: Mapping[str, str] | None = None,
        overtime: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts the thread, which posts how the speaker is. Raises RuntimeError if no thread can be started.

        `clip` gives a cue's WAV, for the night if asked with True; it may take long, and raise OSError. `ready` gives
        it if that takes no time. `made` has the cues that are made anew each time, as the bytes of a WAV file. `card`
        is an ALSA device's name; without one, `find` is asked before each cue. `also` is told of each cue as it starts,
        with or without a sound. `fallback` is asked to give a cue that did not come through the card. `environment` is
        added to the player's own. `overtime` is the seconds a player may take beyond its clip before it is killed.
        `clock` tells seconds that nobody can set.
        """
        self._clip, self._ready, self._post, self._now, self._also = clip, ready, post, now, also
        self._made = made or {}
        self._card, self._find, self._fallback, self._clock = card, find, fallback, clock
        self._player = Player(player, {**os.environ, "LC_ALL": "C", **(environment or {})}, overtime, clock)
        self._changed = threading.Condition()
        self._queue: deque[Say | Tried | None] = deque()  # None: look at the card
        self._hushes = 0
        self._hushed_at = 0.0
        self._closed = False
        self._reported: tuple[Trouble | None, str | None] | None = None
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    def say(self, cue: Cue, *, quiet: bool = False, due: float | None = None) -> None:
        """Says the cue after those that wait, at the night's volume if `quiet`. Posts `CueGiven` when it was given, or
        could not be. With `due`, seconds since boot, its first sound comes `LEAD` after that, `TOO_LATE_ON_BEAT` later
        at most.
        """
        with self._changed:
            self._queue.append(Say(cue, quiet, due))
            self._changed.notify()

    def look(self) -> None:
        """To be called every minute: tells of a card that came or went while nothing was said."""
        with self._changed:
            if not self._queue:
                self._queue.append(None)
                self._changed.notify()

    def try_out(self, tried: Tried) -> None:
        """Plays half a second of silence after what waits, reports how the speaker is, and tells `tried` on the
        speaker's thread: one sentence of what is wrong, or nothing. A hush before forgets it.
        """
        with self._changed:
            self._queue.append(tried)
            self._changed.notify()

    def hush(self) -> None:
        """Stops what is being said, within 300 ms, and forgets what waits: nothing is posted for what never began."""
        with self._changed:
            self._queue.clear()
            self._hushes += 1
            self._hushed_at = self._clock()
            self._player.stop()
            if self._fallback is not None:
                self._fallback.hush()
            self._changed.notify()

    def alive(self) -> bool:
        """Whether cues are said: the thread runs."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Hushes and ends the thread; waits for it, 3 s at most."""
        with self._changed:
            self._closed = True
        self.hush()
        self._thread.join(3)

    def _run(self) -> None:
        self._look()
        while (turn := self._next()) is not None:
            say, hushes = turn
            if say is None:
                self._look()
            elif isinstance(say, Say):
                self._give(say, hushes)
            else:
                self._try(say, hushes)

    def _look(self) -> None:
        """What playing told is true until the next cue; a card can be seen to be gone, or back."""
        device = self._device()
        missing, told = self._missing(device), self._reported and self._reported[0]
        if missing or told in (None, NO_CARD):
            self._report(missing, device)

    def _try(self, tried: Tried, turn: int) -> None:
        device = self._device()
        trouble = self._missing(device)
        if not trouble:
            trouble = self._player.play(silence(), device or "", lambda: self._hushed_since(turn)).trouble
        if self._hushed_since(turn) is None:
            self._report(trouble, device)
            tried(_(trouble.says) if trouble else "")

    def _next(self) -> tuple[Say | Tried | None, int] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            return None if self._closed else (self._queue.popleft(), self._hushes)

    def _give(self, say: Say, turn: int) -> None:
        """Gives one cue; `turn` is the count of hushes when it was taken, so that a later one is noticed."""
        device = None
        try:
            if self._also is not None:
                self._also(say.cue)
            device = self._device()
            missing = self._missing(device)
            played = Played(missing) if missing else self._play(say, device or "", turn)
        except Exception:  # noqa: BLE001 - whatever it is, the next cue may do, and what stands in for this one
            _log.exception("%s could not be said", say.cue)
            played = Played(_BROKEN)
        hushed = self._hushed_since(turn)
        if played is _MISSED:
            heard = False
        elif hushed is None:
            self._report(played.trouble, device)
            heard = played.trouble is None or self._fall_back(say, turn)
        else:
            heard = played.began is not None and hushed - played.began > AUDIBLE_AFTER
        self._post(CueGiven(self._now(), say.cue, heard))

    def _hushed_since(self, turn: int) -> float | None:
        with self._changed:
            return self._hushed_at if self._hushes != turn else None

    def _report(self, trouble: Trouble | None, device: str | None) -> None:
        state = (trouble, None if trouble else device)
        if state == self._reported:
            return
        self._reported = state
        if trouble is None:
            says = _("Sound goes to %(device)s.", device=device)
            self._post(PartReported(self._now(), "speaker", True, says))
        else:
            self._post(PartReported(self._now(), "speaker", False, _(trouble.says), _(trouble.remedy)))

    def _device(self) -> str | None:
        return self._card or self._find()

    def _missing(self, device: str | None) -> Trouble | None:
        return self._player.missing() or (None if device else NO_CARD)

    def _play(self, say: Say, device: str, turn: int) -> Played:
        try:
            clip = self._found(say, turn)
        except OSError as error:
            reason = error.strerror or str(error) or _("the card gives no reason")
            says = _("The sound could not be made: %(reason)s.", reason=reason)
            return Played(Trouble(says, _("Make room where clips are kept.")))
        except ValueError as error:
            says = _("The sound cannot be played: %(reason)s.", reason=error)
            return Played(Trouble(says, _("Delete that file: it is made anew.")))
        if clip is None or self._hushed_since(turn) is not None:
            return Played()
        if self._missed(say.due):
            return _MISSED
        sounds = None if say.due is None else self._clock() + self._until(say.due + LEAD)
        return self._player.play(clip, device, lambda: self._hushed_since(turn), sounds)

    def _found(self, say: Say, turn: int) -> Clip | None:
        """The cue's clip, which is waited for until a hush; None then. Raises what making it raises."""
        with suppress(OSError, ValueError):  # it was removed, or spoilt, since it was looked for
            if say.cue not in self._made and (path := self._ready(say.cue, say.quiet)):
                return read(path)
        made: list[Clip | Exception] = []
        threading.Thread(target=self._make, args=(say, made), name="rendering", daemon=True).start()
        with self._changed:
            self._changed.wait_for(lambda: made or self._hushes != turn)
            match made:
                case [Exception() as error]:
                    raise error
                case [Clip() as clip]:
                    return clip
        return None

    def _make(self, say: Say, made: list[Clip | Exception]) -> None:
        result: Clip | Exception
        try:
            make = self._made.get(say.cue)
            result = parse(make(say.quiet), say.cue) if make else self._kept(say)
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            result = error
        with self._changed:
            made.append(result)
            self._changed.notify()

    def _kept(self, say: Say) -> Clip:
        try:
            return read(self._clip(say.cue, say.quiet))
        except FileNotFoundError:  # a change of the voice has just removed it
            return read(self._clip(say.cue, say.quiet))

    def _missed(self, due: float | None, after: float = 0) -> bool:
        return due is not None and self._until(due + LEAD + after) < -TOO_LATE_ON_BEAT

    def _fall_back(self, say: Say, turn: int) -> bool:
        """On a beat, the tune of a counted cue comes where its count would end."""
        if self._fallback is None:
            return False
        after = COUNT_SECONDS if say.cue in COUNTED else 0
        if self._missed(say.due, after):
            return False
        if say.due is not None:
            at = say.due + LEAD + after
            with self._changed:
                self._changed.wait_for(lambda: self._hushes != turn, self._until(at))
        return self._fallback.play(say.cue, lambda: self._hushed_since(turn) is not None)

    def _until(self, since_boot: float) -> float:
        return since_boot - self._now().since_boot
