"""Turns what is spoken into clips: WAV files kept in a cache until text, accent, volume or own recording change.

Speech is rendered in a child process with a deadline, so that an engine's memory and its hangs stay out of the daemon.
It is kept at its full level, and scaled into a clip of each volume: another volume needs no engine. Whatever the
engine, a clip is half a second of silence, a chime where the cue has one, and speech of one level.
"""

import hashlib
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bedside.devices.sound import (
    UNREADABLE,
    Notes,
    Sound,
    chime,
    is_whole,
    laid,
    mastered,
    read,
    scaled,
    shortened,
    write,
)
from bedside.night.cues import COUNTED, Cue
from bedside.night.habits import Accent
from bedside.texts import CHIMED, COUNTDOWN, SPOKEN

LEAD_IN = 0.5
"""Seconds of silence first: amplifiers pop as they wake, and swallow a first syllable."""

CHIMES_ALONE = "chimes alone"
_RECIPE = 2  # part of a clip's name: count up when clips are made in another way
_TAIL, _PAUSE = 0.1, 0.15  # seconds
_BEAT, _WORD = 1.0, 0.9  # seconds from one number to the next, and what a number may last
_CHIME: Notes = ((523.25, 0.3), (659.26, 0.45))
_NOTE: Notes = ((523.25, 0.45),)
_TICK: Notes = ((523.25, 0.2),)
_RATE = 16_000  # samples a second, where no engine sets it

# Half volume, because at full volume the engine clips its own peaks; the level is set afterwards anyway.
_NANOTTS = """
import sys, wave, py_nanotts
with wave.open(sys.argv[2], "wb") as clip:
    clip.setparams((1, 2, 16000, 0, "NONE", ""))
    clip.writeframes(py_nanotts.NanoTTS().speak(sys.stdin.read(), voice=sys.argv[1], volume=0.5))
"""

_log = logging.getLogger(__name__)


class EngineFailedError(Exception):
    """A speech engine gave no usable speech."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A speech engine: `command` reads a text on its input and writes a 16 bit WAV to the path put after it, within
    `deadline` seconds.
    """

    name: str
    command: tuple[str, ...]
    deadline: float = 10.0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What clips are to be: by which engines, the better first, and how loud."""

    engines: tuple[Engine, ...]
    evening: float
    night: float


def find_engines(accent: Accent) -> tuple[Engine, ...]:
    """The engines on this machine in that accent, the better first; none means chimes alone."""
    engines = []
    if importlib.util.find_spec("py_nanotts"):
        engines.append(Engine("py-nanotts", (sys.executable, "-P", "-c", _NANOTTS, accent.value)))
    if espeak := shutil.which("espeak-ng"):
        engines.append(Engine("espeak-ng", (espeak, "-v", accent.value.lower(), "-s", "150", "--stdin", "-w")))
    return tuple(engines)


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
        self._failed: set[Engine] = set()
        self._speaking, self._writing = threading.Lock(), threading.Lock()  # where both are needed, in this order
        self.change(accent, evening, night)

    @property
    def engine(self) -> str:
        """The name of what speaks: an engine that has not failed, or `CHIMES_ALONE`."""
        usable = (engine.name for engine in self._wanted.engines if engine not in self._failed)
        return next(usable, CHIMES_ALONE)

    @property
    def says(self) -> str:
        """What speaks, as one sentence for a person."""
        name = self.engine
        if name != CHIMES_ALONE:
            return f"The voice is made by {name}."
        return "There is no voice, only chimes: neither py-nanotts nor espeak-ng works here."

    def change(self, accent: Accent, evening: float, night: float) -> None:
        """Later clips are of this accent and these volumes; a `prepare` that runs gives up. Call `prepare` after it.

        Neither waits nor touches the cache. Raises ValueError for a volume out of range.
        """
        for volume in (evening, night):
            if not 0 <= volume <= 1:
                raise ValueError(f"volume {volume} is not between 0 and 1")
        self._wanted = _Wanted(self._find(accent), evening, night)

    def clip(self, cue: Cue, quiet: bool = False) -> Path:
        """The cue's clip, at the night's volume if `quiet`, else the evening's: one that is ready, by whatever engine,
        else made now.

        That takes at most each engine's deadline, and no engine where only the volume has changed. Raises OSError if
        the cache cannot be written.
        """
        wanted = self._wanted
        volume = wanted.night if quiet else wanted.evening
        paths = (self._path(cue, volume, engine) for engine in (*wanted.engines, None))
        return next((path for path in paths if is_whole(path)), None) or self._render(cue, volume, wanted.engines)[0]

    def prepare(self) -> None:
        """Renders every missing clip by the best engine that works, then removes what is not current.

        Gives every engine another chance. Raises OSError if the cache cannot be written.
        """
        self._failed.clear()
        wanted, current = self._wanted, set[Path]()
        for cue in Cue:
            for volume in dict.fromkeys((wanted.night, wanted.evening)):
                if self._wanted is not wanted:
                    return
                clip, engine = self._render(cue, volume, wanted.engines)
                current |= {clip, *(self._spoken(engine, text) for text in _texts(cue) if engine)}
        with self._speaking, self._writing:
            for path in (*self._cache.glob("*.wav"), *self._cache.glob("*.part")):
                if path not in current and self._wanted is wanted:
                    path.unlink(missing_ok=True)

    def _render(self, cue: Cue, volume: float, engines: tuple[Engine, ...]) -> tuple[Path, Engine | None]:
        self._cache.mkdir(parents=True, exist_ok=True)
        for engine in engines:
            with suppress(EngineFailedError):
                return self._rendered(cue, volume, engine), engine
        return self._rendered(cue, volume, None), None

    def _rendered(self, cue: Cue, volume: float, engine: Engine | None) -> Path:
        path = self._path(cue, volume, engine)
        if not is_whole(path):
            sound = scaled(self._composed(cue, engine), volume)
            with self._writing:
                write(path, sound)
        return path

    def _composed(self, cue: Cue, engine: Engine | None) -> Sound:
        if own := self._recording(cue):
            return _in_time((), (own,))
        chimed, counted = cue in CHIMED, cue in COUNTED
        if engine is None:
            count = tuple(chime(_TICK, _RATE) for _ in COUNTDOWN) if counted else ()
            return _in_time(count, (chime(_CHIME if chimed else _NOTE, _RATE),))
        speech, *words = (self._speech(engine, text) for text in _texts(cue))
        count = tuple(shortened(word, _WORD) for word in words)
        return _in_time(count, (chime(_CHIME, speech.rate), speech) if chimed else (speech,))

    def _recording(self, cue: Cue) -> Sound | None:
        path = self._own_path(cue)
        if path is None:
            return None
        try:
            return mastered(read(path))
        except UNREADABLE as error:
            _log.warning("%s cannot be used (%s): save it as a WAV of 16 bits, mono or stereo.", path, _shortly(error))
            return None

    def _speech(self, engine: Engine, text: str) -> Sound:
        """The text at full level, by an engine that has not failed if it is not kept."""
        path = self._spoken(engine, text)
        if not is_whole(path):
            with self._speaking:
                if not is_whole(path):  # another thread has rendered it meanwhile
                    write(path, self._run(engine, text))
        return read(path)

    def _run(self, engine: Engine, text: str) -> Sound:
        if engine in self._failed:
            raise EngineFailedError(f"{engine.name} has failed before")
        out = self._cache / "speech.part"
        try:
            command = (*engine.command, str(out))
            subprocess.run(command, input=text.encode(), capture_output=True, timeout=engine.deadline, check=True)
            return mastered(read(out))
        except (subprocess.SubprocessError, *UNREADABLE) as error:
            says = f"{engine.name} gave no speech ({_shortly(error)})"
            _log.warning("%s. It is left out until clips are prepared again.", says)
            self._failed.add(engine)
            raise EngineFailedError(says) from error
        finally:
            out.unlink(missing_ok=True)

    def _own_path(self, cue: Cue) -> Path | None:
        path = self._own / f"{cue.value}.wav" if self._own else None
        return path if path and os.access(path, os.R_OK) else None

    def _path(self, cue: Cue, volume: float, engine: Engine | None) -> Path:
        own = self._own_path(cue)
        changed = own and (own, os.path.getmtime(own))
        return self._kept(cue.value, _texts(cue), cue in CHIMED, engine, volume, changed)

    def _spoken(self, engine: Engine, text: str) -> Path:
        return self._kept("spoken", engine, text)

    def _kept(self, name: str, *facts: object) -> Path:
        return self._cache / f"{name}-{hashlib.sha256(repr((_RECIPE, *facts)).encode()).hexdigest()[:16]}.wav"


def _texts(cue: Cue) -> tuple[str, ...]:
    """What an engine has to say for it: its text, then the numbers before it."""
    return (SPOKEN[cue], *(COUNTDOWN if cue in COUNTED else ()))


def _in_time(count: Sequence[Sound], said: Sequence[Sound]) -> Sound:
    """The count with its onsets on the beat, and on the next beat what is said then."""
    parts = [(LEAD_IN + _BEAT * number, word) for number, word in enumerate(count)]
    onset = LEAD_IN + _BEAT * len(count)
    for sound in said:
        parts.append((onset, sound))
        onset += sound.seconds + _PAUSE
    return laid(parts, _TAIL)


def _shortly(error: Exception) -> str:
    """Without the command, which may be a program of several lines."""
    match error:
        case subprocess.TimeoutExpired():
            return f"it took more than {error.timeout:g} s"
        case subprocess.CalledProcessError():
            return f"it ended with {error.returncode}"
    return str(error) or "its file is cut off"
