"""Samples: read, trimmed, levelled, faded, scaled, chimed, laid one after the other, and written as WAV files."""

import io
import math
import os
import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path
from typing import TypeAlias

UNREADABLE = (OSError, EOFError, ValueError, wave.Error)
"""What reading a file may raise that is no WAV of ours."""

Notes: TypeAlias = tuple[tuple[float, float], ...]
"""Sines one after the other, each in hertz and seconds."""

_Samples: TypeAlias = "array[int]"

_FADE, _CUT_FADE, _FRAME = 0.01, 0.05, 0.02  # seconds
_LEVEL, _KNEE, _FULL = 4900, 20_000, 32_000  # of 32768: -16.5 dB, where peaks begin to bend, what none exceeds
_PAUSED, _SILENT = 30, 100  # so many times weaker than the loudest frame is a pause, than the peak is trimmed


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples of 16 bits, `rate` a second."""

    rate: int
    samples: _Samples

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def is_whole(path: Path, *, silent: bool = False) -> bool:
    """Whether it is a file as `write` makes them: mono, 16 bits, nothing cut off, and not all zeros, as a power cut may
    leave it, unless it may be `silent`.
    """
    try:
        with wave.open(str(path)) as clip:
            frames = clip.getnframes()
            samples = clip.readframes(frames)
    except UNREADABLE:
        return False
    return 0 < 2 * frames == len(samples) and (silent or bool(samples.lstrip(b"\0")))


def read(path: Path) -> Sound:
    """The sound of a WAV file, made mono. Raises one of `UNREADABLE`; ValueError where it is of another kind."""
    with wave.open(str(path)) as clip:
        rate, channels = clip.getframerate(), clip.getnchannels()
        if clip.getsampwidth() != 2 or channels > 2:
            raise ValueError("it is not of 16 bits, mono or stereo")
        length = channels * clip.getnframes()
        samples = array("h", clip.readframes(clip.getnframes()))
    if len(samples) != length:
        raise ValueError("it is cut off")
    if channels == 2:
        samples = array("h", [(left + right) // 2 for left, right in zip(samples[::2], samples[1::2], strict=True)])
    if not any(samples):  # mixed, for two channels may cancel each other
        raise ValueError("it is silent")
    return Sound(rate, samples)


def wav(sound: Sound) -> bytes:
    """A WAV file of it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as clip:
        clip.setparams((1, 2, sound.rate, len(sound.samples), "NONE", ""))
        clip.writeframes(sound.samples.tobytes())
    return file.getvalue()


def write(path: Path, sound: Sound) -> None:
    """Under another name first: a clip is whole or absent, also after a power cut. Raises OSError."""
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            file.write(wav(sound))
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def mastered(sound: Sound) -> Sound:
    """Trimmed, of the one loudness that all have, and faded at both edges. It must not be silent."""
    samples = _levelled(_trimmed(sound.samples, sound.rate), sound.rate)
    return Sound(sound.rate, _faded(samples, sound.rate))


def scaled(sound: Sound, volume: float) -> Sound:
    """At a volume from 0 to 1, a factor on the samples, each to the nearest step."""
    factor, half = round(volume * 65536), 32768  # whole numbers: several times quicker than `round`
    return Sound(sound.rate, array("h", ((factor * sample + half) >> 16 for sample in sound.samples)))


def resampled(sound: Sound, rate: int) -> Sound:
    """At another rate, straight from sample to sample: good enough for the short words of a count."""
    if rate == sound.rate:
        return sound
    step, last = sound.rate / rate, len(sound.samples) - 1
    samples = array("h")
    for place in (i * step for i in range(int(last / step) + 1)):
        before, part = sound.samples[int(place)], place % 1
        samples.append(round(before + part * (sound.samples[min(int(place) + 1, last)] - before)))
    return Sound(rate, samples)


def shortened(sound: Sound, seconds: float) -> Sound:
    """No longer than `seconds`: what is cut off dies away."""
    length = round(sound.rate * seconds)
    if len(sound.samples) <= length:
        return sound
    samples, fade = sound.samples[:length], round(sound.rate * _CUT_FADE)
    for i in range(min(fade, length)):
        samples[-1 - i] = int(samples[-1 - i] * i / fade)
    return Sound(sound.rate, samples)


def laid(parts: Sequence[tuple[float, Sound]], tail: float) -> Sound:
    """Each sound at its own second, in order, silence between them and `tail` seconds of it after the last.

    All are of the first one's rate. Raises ValueError where one begins before the last has ended.
    """
    rate, samples = parts[0][1].rate, array("h")
    for onset, sound in parts:
        samples += _silence(round(rate * onset) - len(samples)) + sound.samples
    return Sound(rate, samples + _silence(round(rate * tail)))


@cache
def chime(notes: Notes, rate: int) -> Sound:
    """Soft sines, one after the other: each rises in a few milliseconds and dies away to zero."""
    samples = array("h")
    for hertz, seconds in notes:
        length, turn = round(rate * seconds), 2 * math.pi * hertz / rate
        envelope = (min(1, i / (rate * _FADE)) * (1 - i / length) ** 2 for i in range(length))
        samples.extend(round(_KNEE * height * math.sin(turn * i)) for i, height in enumerate(envelope))
    return Sound(rate, _levelled(samples, rate))


def _silence(length: int) -> _Samples:
    return array("h", bytes(2 * length))


def _trimmed(samples: _Samples, rate: int) -> _Samples:
    """Without what is nearly silent at both ends, but for a margin in which a consonant begins."""
    floor, margin = max(abs(max(samples)), abs(min(samples))) / _SILENT, round(rate * _FRAME)
    return samples[_quiet(samples, floor, margin) : len(samples) - _quiet(samples[::-1], floor, margin)]


def _quiet(samples: _Samples, floor: float, margin: int) -> int:
    silent = next(i for i, sample in enumerate(samples) if sample)
    loud = next(i for i, sample in enumerate(samples) if abs(sample) > floor)
    return max(silent, loud - margin)


def _levelled(samples: _Samples, rate: int) -> _Samples:
    """Brought to one loudness, the root mean square of the frames that are no pauses."""
    size = round(rate * _FRAME)
    frames = (samples[start : start + size] for start in range(0, len(samples), size))
    powers = [sum(map(mul, frame, frame)) / len(frame) for frame in frames]
    pause = max(powers) / _PAUSED**2
    voiced = [power for power in powers if power > pause]
    gain = _LEVEL / math.sqrt(sum(voiced) / len(voiced))
    knee = _KNEE / gain
    return array("h", [int(gain * s if -knee < s < knee else _bent(gain * s)) for s in samples])


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
