"""Turns what is spoken into clips: WAV files kept in a cache until text, engine, volume or own recording change.

Speech is rendered in a child process with a deadline, so that an engine's memory and its hangs stay out of the daemon.
Whatever the engine, a clip is half a second of silence, a chime where the cue has one, and speech of one level.
"""

import hashlib
import importlib.util
import logging
import math
import os
import shutil
import subprocess
import sys
import threading
import wave
from array import array
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path
from typing import TypeAlias

from bedside.night.cues import Cue
from bedside.texts import CHIMED, SPOKEN

LEAD_IN = 0.5
"""Seconds of silence first: amplifiers pop as they wake, and swallow a first syllable."""

CHIMES_ALONE = "chimes alone"
_RECIPE = 1  # part of a clip's name: count up when clips are made in another way
_TAIL, _PAUSE, _FADE, _FRAME = 0.1, 0.15, 0.01, 0.02  # seconds
_LEVEL, _KNEE, _FULL = 4900, 20_000, 32_000  # of 32768: -16.5 dB, where peaks begin to bend, what none exceeds
_PAUSED, _SILENT = 30, 100  # so many times weaker than the loudest frame is a pause, than the peak is trimmed
_CHIME = ((523.25, 0.3), (659.26, 0.45))  # hertz, seconds
_NOTE = ((523.25, 0.45),)
_UNREADABLE = (OSError, EOFError, ValueError, wave.Error)

# Half volume, because at full volume the engine clips its own peaks; the level is set afterwards anyway.
_NANOTTS = """
import sys, wave, py_nanotts
with wave.open(sys.argv[2], "wb") as clip:
    clip.setparams((1, 2, 16000, 0, "NONE", ""))
    clip.writeframes(py_nanotts.NanoTTS().speak(sys.stdin.read(), voice=sys.argv[1], volume=0.5))
"""

_Samples: TypeAlias = "array[int]"

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
class _Sound:
    """Mono samples of 16 bits, `rate` a second."""

    rate: int
    samples: _Samples


def find_engines() -> tuple[Engine, ...]:
    """The engines on this machine, the better first; none means chimes alone."""
    engines = []
    if importlib.util.find_spec("py_nanotts"):
        engines.append(Engine("py-nanotts", (sys.executable, "-P", "-c", _NANOTTS, "en-GB")))
    if espeak := shutil.which("espeak-ng"):
        engines.append(Engine("espeak-ng", (espeak, "-v", "en-gb", "-s", "150", "--stdin", "-w")))
    return tuple(engines)


class Voice:
    """The clips of one volume. A cache directory belongs to one Voice, which removes what it did not make."""

    def __init__(
        self, cache: Path, own: Path | None = None, volume: float = 1.0, engines: tuple[Engine, ...] | None = None
    ) -> None:
        """`cache`: where clips are kept. `own`: where a user's `<cue>.wav` replaces a text. `volume`: 0 to 1, a factor
        on the samples, for many cards have no mixer. `engines`: tried in order; None takes those found.
        Raises ValueError for a volume out of range.
        """
        if not 0 <= volume <= 1:
            raise ValueError(f"volume {volume} is not between 0 and 1")
        self._cache, self._own, self._volume = cache, own, volume
        self._engines = find_engines() if engines is None else engines
        self._failed: set[Engine] = set()
        self._rendering = threading.Lock()

    @property
    def engine(self) -> str:
        """The name of what speaks: an engine that has not failed, or `CHIMES_ALONE`."""
        return next((engine.name for engine in self._usable()), CHIMES_ALONE)

    @property
    def says(self) -> str:
        """What speaks, as one sentence for a person."""
        if self._usable():
            return f"The voice is made by {self.engine}."
        return "There is no voice, only chimes: neither py-nanotts nor espeak-ng works here."

    def clip(self, cue: Cue) -> Path:
        """The cue's clip: one that is ready, by whatever engine, else rendered now.

        Rendering takes at most each engine's deadline. Raises OSError if the cache cannot be written.
        """
        paths = (self._path(cue, engine) for engine in (*self._engines, None))
        return next((path for path in paths if _is_whole(path)), None) or self._render(cue)

    def prepare(self) -> None:
        """Renders every missing clip by the best engine that works, then removes the clips of before.

        Gives every engine another chance. Raises OSError if the cache cannot be written.
        """
        self._failed.clear()
        current = {self._render(cue) for cue in Cue}
        with self._rendering:
            for path in (*self._cache.glob("*.wav"), *self._cache.glob("*.part")):
                if path not in current:
                    path.unlink(missing_ok=True)

    def _usable(self) -> tuple[Engine, ...]:
        return tuple(engine for engine in self._engines if engine not in self._failed)

    def _render(self, cue: Cue) -> Path:
        with self._rendering:
            self._cache.mkdir(parents=True, exist_ok=True)
            for engine in self._usable():
                try:
                    return self._rendered(cue, engine)
                except EngineFailedError as error:
                    _log.warning("%s. It is left out until clips are prepared again.", error)
                    self._failed.add(engine)
            return self._rendered(cue, None)

    def _rendered(self, cue: Cue, engine: Engine | None) -> Path:
        path = self._path(cue, engine)
        if not _is_whole(path):
            _write(path, self._composed(cue, engine))
        return path

    def _composed(self, cue: Cue, engine: Engine | None) -> _Sound:
        if own := self._recording(cue):
            return _joined(own)
        chimed = cue in CHIMED
        if engine is None:
            return _joined(_chime(_CHIME if chimed else _NOTE, 16_000, self._volume))
        speech = self._speech(engine, SPOKEN[cue])
        return _joined(_chime(_CHIME, speech.rate, self._volume), speech) if chimed else _joined(speech)

    def _recording(self, cue: Cue) -> _Sound | None:
        path = self._own_path(cue)
        if path is None:
            return None
        try:
            return _read(path, self._volume)
        except _UNREADABLE as error:
            _log.warning("%s cannot be used (%s): save it as a WAV of 16 bits, mono or stereo.", path, _shortly(error))
            return None

    def _speech(self, engine: Engine, text: str) -> _Sound:
        out = self._cache / "speech.part"
        try:
            command = (*engine.command, str(out))
            subprocess.run(command, input=text.encode(), capture_output=True, timeout=engine.deadline, check=True)
            return _read(out, self._volume)
        except (subprocess.SubprocessError, *_UNREADABLE) as error:
            raise EngineFailedError(f"{engine.name} gave no speech ({_shortly(error)})") from error
        finally:
            out.unlink(missing_ok=True)

    def _own_path(self, cue: Cue) -> Path | None:
        path = self._own / f"{cue.value}.wav" if self._own else None
        return path if path and os.access(path, os.R_OK) else None

    def _path(self, cue: Cue, engine: Engine | None) -> Path:
        own = self._own_path(cue)
        facts = (_RECIPE, SPOKEN[cue], cue in CHIMED, engine, self._volume, own and os.path.getmtime(own))
        return self._cache / f"{cue.value}-{hashlib.sha256(repr(facts).encode()).hexdigest()[:16]}.wav"


def _shortly(error: Exception) -> str:
    """Without the command, which may be a program of several lines."""
    match error:
        case subprocess.TimeoutExpired():
            return f"it took more than {error.timeout:g} s"
        case subprocess.CalledProcessError():
            return f"it ended with {error.returncode}"
    return str(error) or "its file is cut off"


def _is_whole(path: Path) -> bool:
    """A clip of ours: mono, 16 bits, behind a header of 44 bytes, nothing cut off."""
    try:
        with wave.open(str(path)) as clip:
            frames: int = clip.getnframes()
        return 0 < 2 * frames == path.stat().st_size - 44
    except _UNREADABLE:
        return False


def _read(path: Path, volume: float) -> _Sound:
    """The sound of a WAV file, mono, trimmed and levelled. Raises ValueError where it is of another kind."""
    with wave.open(str(path)) as clip:
        rate, channels = clip.getframerate(), clip.getnchannels()
        if clip.getsampwidth() != 2 or channels > 2:
            raise ValueError("it is not of 16 bits, mono or stereo")
        length = channels * clip.getnframes()
        samples = array("h", clip.readframes(clip.getnframes()))
    if len(samples) != length or not any(samples):
        raise ValueError("it is cut off or silent")
    if channels == 2:
        samples = array("h", [(left + right) // 2 for left, right in zip(samples[::2], samples[1::2], strict=True)])
    return _Sound(rate, _faded(_levelled(_trimmed(samples, rate), rate, volume), rate))


def _write(path: Path, sound: _Sound) -> None:
    """Under another name first: a clip is whole or absent, also after a power cut."""
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            with wave.open(file, "wb") as clip:
                clip.setparams((1, 2, sound.rate, len(sound.samples), "NONE", ""))
                clip.writeframes(sound.samples.tobytes())
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _trimmed(samples: _Samples, rate: int) -> _Samples:
    """Without what is nearly silent at both ends, but for a margin in which a consonant begins."""
    floor, margin = max(abs(max(samples)), abs(min(samples))) / _SILENT, round(rate * _FRAME)
    return samples[_quiet(samples, floor, margin) : len(samples) - _quiet(samples[::-1], floor, margin)]


def _quiet(samples: _Samples, floor: float, margin: int) -> int:
    silent = next(i for i, sample in enumerate(samples) if sample)
    loud = next(i for i, sample in enumerate(samples) if abs(sample) > floor)
    return max(silent, loud - margin)


def _levelled(samples: _Samples, rate: int, volume: float) -> _Samples:
    """Brought to one loudness, the root mean square of the frames that are no pauses, times the volume."""
    size = round(rate * _FRAME)
    frames = (samples[start : start + size] for start in range(0, len(samples), size))
    powers = [sum(map(mul, frame, frame)) / len(frame) for frame in frames]
    pause = max(powers) / _PAUSED**2
    voiced = [power for power in powers if power > pause]
    gain = _LEVEL / math.sqrt(sum(voiced) / len(voiced))
    factor, knee = gain * volume, _KNEE / gain
    return array("h", [int(factor * s if -knee < s < knee else volume * _bent(gain * s)) for s in samples])


def _bent(value: float) -> float:
    """Bends a peak softly below full scale: espeak-ng's would else be cut off at the level that is loud enough."""
    room = _FULL - _KNEE
    return math.copysign(_KNEE + room * math.tanh((abs(value) - _KNEE) / room), value)


def _faded(samples: _Samples, rate: int) -> _Samples:
    """From zero and back to zero at both edges, so that nothing clicks."""
    length = min(round(rate * _FADE), len(samples) // 2)
    for i in range(length):
        samples[i] = int(samples[i] * i / length)
        samples[-1 - i] = int(samples[-1 - i] * i / length)
    return samples


@cache
def _chime(notes: tuple[tuple[float, float], ...], rate: int, volume: float) -> _Sound:
    """Soft sines, one after the other: each rises in a few milliseconds and dies away to zero."""
    samples = array("h")
    for hertz, seconds in notes:
        length, turn = round(rate * seconds), 2 * math.pi * hertz / rate
        envelope = (min(1, i / (rate * _FADE)) * (1 - i / length) ** 2 for i in range(length))
        samples.extend(round(_KNEE * height * math.sin(turn * i)) for i, height in enumerate(envelope))
    return _Sound(rate, _levelled(samples, rate, volume))


def _joined(*sounds: _Sound) -> _Sound:
    samples, pause, rate = array("h"), LEAD_IN, sounds[0].rate
    for sound in sounds:
        samples += array("h", bytes(2 * round(rate * pause))) + sound.samples
        pause = _PAUSE
    return _Sound(rate, samples + array("h", bytes(2 * round(rate * _TAIL))))
