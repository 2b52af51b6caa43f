"""Turns what is spoken into clips: WAV files kept in a cache until text, accent, volume or own recording change.

Speech is kept at its full level, and scaled into a clip of each volume: another volume needs no engine. Whatever the
engine, a clip is half a second of silence, the count and the chime where the cue has them, and speech of one level.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bedside.catalogue import _
from bedside.devices.engine import Engine, EngineFailedError, find_engines, shortly
from bedside.devices.sound import (
    UNREADABLE,
    Notes,
    Sound,
    chime,
    is_whole,
    laid,
    mastered,
    read,
    resampled,
    scaled,
    shortened,
    wav,
    write,
)
from bedside.devices.speech import DIGITS, Speech, kept
from bedside.night.cues import COUNTED, Cue
from bedside.night.habits import Accent
from bedside.texts import CHIMED, PIECED, countdown, pairing_pieces, spoken

LEAD_IN = 0.5
"""Seconds of silence first: amplifiers pop as they wake, and swallow a first syllable."""

CHIMES_ALONE = "chimes alone"
_TAIL, _PAUSE = 0.1, 0.15  # seconds
_BEAT, _WORD = 1.0, 0.9  # seconds from one number to the next, and what a number may last
_CHIME: Notes = ((523.25, 0.3), (659.26, 0.45))
_NOTE: Notes = ((523.25, 0.45),)
_TICK: Notes = ((523.25, 0.2),)
_RATE = 16_000  # samples a second, where no engine sets it
_FAINT = 0.001  # a volume below which no sound may be left in the samples
_RETRY = 3600.0  # seconds from a failure of an engine to the next try

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What clips are to be: by which engines, the better first, and how loud."""

    engines: tuple[Engine, ...]
    evening: float
    night: float

    def volume(self, quiet: bool) -> float:
        return self.night if quiet else self.evening


class Voice:
    """The clips of two volumes and one accent. A cache directory belongs to one Voice, which removes what it did not
    make. Every method may be called from any thread.
    """

    def __init__(
        self,
        cache: Path,
        own: Path | None = None,
        *,
        accent: Accent = Accent.BRITISH,
        evening: float = 0.5,
        night: float = 0.25,
        engines: Callable[[Accent], tuple[Engine, ...]] = find_engines,
    ) -> None:
        """`cache`: where clips are kept. `own`: where a user's `<cue>.wav` replaces a text. `evening`, `night`: volumes
        from 0 to 1, factors on the samples, for many cards have no mixer. `engines`: gives those of an accent, to be
        tried in order. Raises ValueError for a volume out of range.
        """
        self._cache, self._own, self._find = cache, own, engines
        self._speech, self._writing = Speech(cache), threading.Lock()
        self._failed_at: float | None = None
        self._wanted = _Wanted((), 0, 0)
        self.change(accent, evening, night)

    @property
    def engine(self) -> str:
        """The name of what speaks: an engine that has not failed, or `CHIMES_ALONE`."""
        usable = (engine.name for engine in self._wanted.engines if not self._speech.failure(engine))
        return next(usable, CHIMES_ALONE)

    @property
    def well(self) -> bool:
        """Whether the best engine of this machine speaks."""
        engines = self._wanted.engines
        return bool(engines) and not self._speech.failure(engines[0])

    @property
    def says(self) -> str:
        """What speaks, as one sentence for a person."""
        name, failed = self.engine, "; ".join(self._failures())
        if name != CHIMES_ALONE and self.well:
            return _("The voice is made by %(engine)s.", engine=name)
        if name != CHIMES_ALONE:
            return _("The voice is made by %(engine)s: %(failed)s.", engine=name, failed=failed)
        if failed:
            return _("There is no voice, only chimes: %(failed)s.", failed=failed)
        return _("There is no voice, only chimes: neither py-nanotts nor espeak-ng is here.")

    @property
    def remedy(self) -> str:
        """What to do about it if it is not `well`."""
        if self.well:
            return ""
        if self._wanted.engines:
            return _("It is tried again within an hour; to try it now, type: sudo systemctl restart bedside")
        return _("Type: sudo apt install espeak-ng, and then: sudo systemctl restart bedside")

    def change(self, accent: Accent, evening: float, night: float) -> bool:
        """Later clips are of this accent and these volumes. Whether that is a change: then a `prepare` that runs gives
        up, and another is to be called.

        Neither waits nor touches the cache. Raises ValueError for a volume out of range.
        """
        for volume in (evening, night):
            if not 0 <= volume <= 1:
                raise ValueError(f"volume {volume} is not between 0 and 1")
        wanted = _Wanted(self._find(accent), evening, night)
        if wanted == self._wanted:
            return False
        self._wanted = wanted
        return True

    def ready(self, cue: Cue, quiet: bool = False) -> Path | None:
        """The cue's clip if it is there, by whatever engine. It waits for nothing."""
        wanted = self._wanted
        volume = wanted.volume(quiet)
        paths = (self._path(cue, volume, engine) for engine in (*wanted.engines, None))
        return next((path for path in paths if is_whole(path, silent=volume < _FAINT)), None)

    def clip(self, cue: Cue, quiet: bool = False) -> Path:
        """The cue's clip, at the night's volume if `quiet`, else the evening's: one that is ready, else made now.

        That takes at most each engine's deadline, and no engine where the speech is kept. Where the cache cannot be
        written it is any clip of the cue, of another volume or voice; without one raises OSError.
        """
        if path := self.ready(cue, quiet):
            return path
        wanted = self._wanted
        volume = wanted.volume(quiet)
        needed = _texts(cue)[1:] if self._own_path(cue) else _texts(cue)
        engines = sorted(wanted.engines, key=lambda engine: not self._speech.keeps(engine, needed))
        try:
            return self._render(cue, volume, engines)[0]
        except OSError as error:
            before = self._before(cue) if volume >= _FAINT else None
            if before is None:
                raise
            _log.warning("%s is given for another, which cannot be written (%s).", before, shortly(error))
            return before

    def said(self, texts: Sequence[str], quiet: bool = False) -> bytes:
        """The texts one after the other as a WAV file, which is kept nowhere; a chime where no engine speaks. Raises
        OSError if the cache cannot be written.
        """
        wanted = self._wanted
        sounds = [chime(_CHIME, _RATE)]
        for engine in wanted.engines:
            with suppress(EngineFailedError):
                said = [self._speech.said(engine, text) for text in texts]
                sounds = [chime(_CHIME, said[0].rate), *said]
                break
        return wav(scaled(_in_time((), sounds), wanted.volume(quiet)))

    def prepare(self) -> None:
        """Renders every missing clip by the best engine that works, then removes what is not current.

        Gives every engine another chance. Raises OSError if the cache cannot be written.
        """
        self._speech.forgive()
        wanted, current = self._wanted, set[Path]()
        for cue in (cue for cue in Cue if cue not in PIECED):
            for volume in dict.fromkeys((wanted.night, wanted.evening)):
                if self._wanted is not wanted:
                    return
                clip, engine = self._render(cue, volume, wanted.engines)
                current |= {clip, *(self._speech.path(engine, text) for text in _texts(cue) if engine)}
        current |= self._prepare_pieces(wanted.engines)
        with self._speech.still() as rendered, self._writing:
            for path in (*self._cache.glob("*.wav"), *self._cache.glob("*.part")):
                used = path in current or path.with_suffix(".wav") in rendered
                if not used and self._wanted is wanted:
                    path.unlink(missing_ok=True)

    def _prepare_pieces(self, engines: Iterable[Engine]) -> set[Path]:
        """What is said sign by sign, by the best engine that works."""
        for engine in engines:
            with suppress(EngineFailedError):
                for text in pairing_pieces():
                    self._speech.said(engine, text)
                return {self._speech.path(engine, text) for text in pairing_pieces()}
        return set()

    def wants_preparing(self, since_boot: float) -> bool:
        """To be asked every minute or so: whether to `prepare` again, since an engine has failed an hour ago."""
        if not self._failures():
            self._failed_at = None
            return False
        if self._failed_at is not None and since_boot - self._failed_at < _RETRY:
            return False
        first, self._failed_at = self._failed_at is None, since_boot
        return not first

    def _failures(self) -> list[str]:
        return [says for engine in self._wanted.engines if (says := self._speech.failure(engine))]

    def _render(self, cue: Cue, volume: float, engines: Iterable[Engine]) -> tuple[Path, Engine | None]:
        self._cache.mkdir(parents=True, exist_ok=True)
        for engine in engines:
            with suppress(EngineFailedError):
                return self._rendered(cue, volume, engine), engine
        return self._rendered(cue, volume, None), None

    def _rendered(self, cue: Cue, volume: float, engine: Engine | None) -> Path:
        path = self._path(cue, volume, engine)
        if not is_whole(path, silent=volume < _FAINT):
            sound = scaled(self._composed(cue, engine), volume)
            with self._writing:
                write(path, sound)
        return path

    def _composed(self, cue: Cue, engine: Engine | None) -> Sound:
        """The count, the chime, and the own recording or else the speech; without an engine, chimes."""
        counted, said = cue in COUNTED, self._recording(cue)
        if said is None and engine is not None:
            said = self._speech.said(engine, spoken(cue))
        rate = said.rate if said else _RATE
        count: tuple[Sound, ...] = ()
        if counted and engine is None:
            count = tuple(chime(_TICK, rate) for _word in countdown())
        elif counted and engine is not None:
            words = (resampled(self._speech.said(engine, word), rate) for word in countdown())
            count = tuple(shortened(word, _WORD) for word in words)
        if said is None:
            return _in_time(count, (chime(_CHIME if cue in CHIMED else _NOTE, rate),))
        return _in_time(count, (chime(_CHIME, rate), said) if cue in CHIMED else (said,))

    def _before(self, cue: Cue) -> Path | None:
        """The newest clip of the cue that sounds, whatever it was made for."""
        made = [path for path in self._cache.glob(f"{cue.value}-{'?' * DIGITS}.wav") if is_whole(path)]
        return max(made, key=os.path.getmtime, default=None)

    def _recording(self, cue: Cue) -> Sound | None:
        path = self._own_path(cue)
        if path is None:
            return None
        try:
            return mastered(read(path))
        except UNREADABLE as error:
            _log.warning("%s cannot be used (%s): save it as a WAV of 16 bits, mono or stereo.", path, shortly(error))
            return None

    def _own_path(self, cue: Cue) -> Path | None:
        path = self._own / f"{cue.value}.wav" if self._own else None
        return path if path and os.access(path, os.R_OK) else None

    def _path(self, cue: Cue, volume: float, engine: Engine | None) -> Path:
        own = self._own_path(cue)
        changed = own and (own, os.path.getmtime(own))
        return kept(self._cache, cue.value, _texts(cue), cue in CHIMED, engine, volume, changed)


def _texts(cue: Cue) -> tuple[str, ...]:
    """What an engine has to say for it: its text, then the numbers before it."""
    return (spoken(cue), *(countdown() if cue in COUNTED else ()))


def _in_time(count: Sequence[Sound], said: Sequence[Sound]) -> Sound:
    """The count with its onsets on the beat, and on the next beat what is said then."""
    parts = [(LEAD_IN + _BEAT * number, word) for number, word in enumerate(count)]
    onset = LEAD_IN + _BEAT * len(count)
    for sound in said:
        parts.append((onset, sound))
        onset += sound.seconds + _PAUSE
    return laid(parts, _TAIL)
