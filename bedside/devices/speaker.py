"""The speaker: plays clips one after the other through `aplay`, a child process that can be stopped at any moment."""

import os
import shutil
import subprocess
import threading
import time
import wave
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bedside.night.cues import Cue
from bedside.night.events import CueGiven, Moment, PartReported

AUDIBLE_AFTER = 0.7
"""Seconds from a player's start to its first sound: the clip's silent lead-in, and a little for the card to open."""

_GRACE = 0.1  # seconds from the request to end to the kill
_LOOK = 0.1  # seconds between two looks at a player
_UNKILLABLE = 2.0  # seconds after which a killed player that stays is left behind: it hangs in the kernel
_UNKNOWN_LENGTH = 30.0
_HDMI = 3
_RANKS = {"hdmi": _HDMI, "bcm2835": 2, "usb-audio": 0}
_I2S = 1


def find_card(proc: Path = Path("/proc/asound")) -> str | None:
    """The ALSA name of the best card that can play: USB before I2S before the jack before HDMI; None without any.

    Never ALSA's `default`, which a desktop's sound service takes over.
    """
    try:
        lines = (proc / "cards").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    cards = [line.strip() for line in lines if line[:3].strip().isdigit()]
    playing = [card for card in cards if any((proc / f"card{card.split()[0]}").glob("pcm*p"))]
    best = min(playing, key=_rank, default=None)
    return best and _device_of(best)


def _rank(card: str) -> int:
    return next((rank for mark, rank in _RANKS.items() if mark in card.lower()), _I2S)


def _device_of(card: str) -> str:
    name = card.partition("[")[2].partition("]")[0].strip()
    return f"{'sysdefault' if _rank(card) == _HDMI else 'plughw'}:CARD={name}"


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What keeps the speaker from playing, and what to do."""

    says: str
    remedy: str


_NO_CARD = _Trouble("No sound card was found.", "Plug in a speaker or a sound card; `aplay -l` lists what is there.")
_HUNG = _Trouble("The sound player hung and was stopped.", "Unplug the speaker and plug it in again, or restart.")
_REFUSALS = (
    ("busy", _Trouble("Another program is using the sound card.", "`sudo fuser -v /dev/snd/*` names it: end it.")),
    ("Permission denied", _Trouble("The sound card may not be used.", "Add this user to the group audio.")),
    ("audio open error", _Trouble("The sound card cannot be opened.", _NO_CARD.remedy)),
)


class Speaker:
    """Says cues on a thread of its own. `say` and `hush` only note what is wanted: they never wait for a player."""

    def __init__(
        self,
        clip: Callable[[Cue], Path],
        post: Callable[[object], None],
        now: Callable[[], Moment],
        card: str | None,
        *,
        player: str = "aplay",
        also: Callable[[Cue], None] | None = None,
        find: Callable[[], str | None] = lambda: None,
        environment: Mapping[str, str] | None = None,
        overtime: float = 5.0,
    ) -> None:
        """Starts the thread, which posts how the speaker is. Raises RuntimeError if no thread can be started.

        `clip` gives a cue's WAV and may raise OSError. `card` is an ALSA device's name; without one, `find` is asked
        before each cue. `also` is told of each cue as it starts, with or without a sound. `environment` is added to the
        player's own. `overtime` is the seconds a player may take beyond its clip before it is killed.
        """
        self._clip, self._post, self._now, self._also = clip, post, now, also
        self._card, self._find, self._player, self._overtime = card, find, player, overtime
        self._environment = {**os.environ, "LC_ALL": "C", **(environment or {})}
        self._changed = threading.Condition()
        self._queue: deque[Cue | None] = deque()  # None: look at the card
        self._hushes = 0
        self._hushed_at = 0.0
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._started: float | None = None
        self._left_behind: list[subprocess.Popen[bytes]] = []
        self._reported: tuple[_Trouble | None, str | None] | None = None
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    def say(self, cue: Cue) -> None:
        """Says the cue after those that wait. Posts `CueGiven` when it was given, or could not be."""
        with self._changed:
            self._queue.append(cue)
            self._changed.notify()

    def look(self) -> None:
        """To be called every minute: tells of a card that came or went while nothing was said."""
        with self._changed:
            if not self._queue:
                self._queue.append(None)
                self._changed.notify()

    def hush(self) -> None:
        """Stops what is being said, within 300 ms, and forgets what waits: nothing is posted for what never began."""
        with self._changed:
            self._queue.clear()
            self._hushes += 1
            self._hushed_at = time.monotonic()
            if self._process is not None:
                self._process.terminate()

    def close(self) -> None:
        """Hushes and ends the thread; waits for it, 3 s at most."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self.hush()
        self._thread.join(3)

    def _run(self) -> None:
        self._look()
        while (turn := self._next()) is not None:
            cue, hushes = turn
            if cue is None:
                self._look()
            else:
                self._give(cue, hushes)

    def _look(self) -> None:
        """What playing told is true until the next cue; a card can be seen to be gone, or back."""
        device = self._device()
        missing, told = self._missing(device), self._reported and self._reported[0]
        if missing or told in (None, _NO_CARD):
            self._report(missing, device)

    def _next(self) -> tuple[Cue | None, int] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            return None if self._closed else (self._queue.popleft(), self._hushes)

    def _give(self, cue: Cue, turn: int) -> None:
        """Gives one cue; `turn` is the count of hushes when it was taken, so that a later one is noticed."""
        if self._also is not None:
            self._also(cue)
        self._started = None
        device = self._device()
        trouble = self._missing(device) or self._play(cue, device or "", turn)
        hushed = self._hushed_since(turn)
        if hushed is None:
            self._report(trouble, device)
            heard = trouble is None
        else:
            heard = self._started is not None and hushed - self._started > AUDIBLE_AFTER
        self._post(CueGiven(self._now(), cue, heard))

    def _hushed_since(self, turn: int) -> float | None:
        with self._changed:
            return self._hushed_at if self._hushes != turn else None

    def _report(self, trouble: _Trouble | None, device: str | None) -> None:
        state = (trouble, None if trouble else device)
        if state == self._reported:
            return
        self._reported = state
        if trouble is None:
            self._post(PartReported(self._now(), "speaker", True, f"Sound goes to {device}."))
        else:
            self._post(PartReported(self._now(), "speaker", False, trouble.says, trouble.remedy))

    def _device(self) -> str | None:
        return self._card or self._find()

    def _missing(self, device: str | None) -> _Trouble | None:
        if shutil.which(self._player) is None:
            return _Trouble(f"{self._player}, which plays the sounds, is missing.", "sudo apt install alsa-utils")
        return None if device else _NO_CARD

    def _play(self, cue: Cue, device: str, turn: int) -> _Trouble | None:
        try:
            clip = self._clip(cue)
        except OSError as error:
            return _Trouble(f"The sound could not be made: {error.strerror}.", "Make room where clips are kept.")
        if self._hushed_since(turn) is not None:
            return None
        try:
            process = self._start(clip, device)
        except (OSError, subprocess.SubprocessError) as error:
            return _Trouble(f"{self._player} could not be started: {error}.", "It is tried again with the next cue.")
        hung = self._await(process, _seconds(clip) + self._overtime, turn)
        errors = _errors(process)
        return _HUNG if hung else _explained(self._player, process.returncode, errors)

    def _start(self, clip: Path, device: str) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        command = (self._player, "-q", "-D", device, str(clip))
        environment = self._environment
        return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=subprocess.PIPE, env=environment)

    def _await(self, process: "subprocess.Popen[bytes]", limit: float, turn: int) -> bool:
        """Waits for the player's end, at most `limit` seconds, less if hushed. Returns whether it hung."""
        self._left_behind = [left for left in self._left_behind if left.poll() is None]
        self._started = time.monotonic()
        with self._changed:
            self._process = process
            if self._hushes != turn:
                process.terminate()
        while not _ended(process):
            over = time.monotonic() - self._started - limit
            if over > _UNKILLABLE:
                self._left_behind.append(process)
                break
            hushed = self._hushed_since(turn)
            if over > 0 or (hushed is not None and time.monotonic() - hushed > _GRACE):
                process.kill()
        with self._changed:
            self._process = None
        return time.monotonic() - self._started > limit


def _ended(process: "subprocess.Popen[bytes]") -> bool:
    try:
        process.wait(_LOOK)
    except subprocess.TimeoutExpired:
        return False
    return True


def _seconds(clip: Path) -> float:
    try:
        with wave.open(str(clip)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (OSError, EOFError, wave.Error):
        return _UNKNOWN_LENGTH


def _errors(process: "subprocess.Popen[bytes]") -> str:
    """What the player wrote so far: not to the end, which a child of the player could hold open."""
    if process.stderr is None:
        return ""
    with process.stderr as pipe:
        os.set_blocking(pipe.fileno(), False)
        return (pipe.read(4096) or b"").decode(errors="replace").strip()


def _explained(player: str, status: int, errors: str) -> _Trouble | None:
    if status == 0:
        return None
    for mark, trouble in _REFUSALS:
        if mark in errors:
            return trouble
    first = errors.partition("\n")[0] or "it did not say why"
    return _Trouble(f"{player} ended with {status}: {first}.", "Try the speaker by hand with `speaker-test`.")
