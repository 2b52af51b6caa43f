"""Clips from real engines: when they are made, what is in them, and what happens when an engine fails."""

import math
import shutil
import stat
import subprocess
import sys
import wave
from array import array
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from operator import mul
from pathlib import Path

import pytest

from bedside.devices.voice import CHIMES_ALONE, LEAD_IN, Engine, Voice, find_engines
from bedside.night.cues import SEATED, STANDING, Cue, Script, relief

SPEAKING = (
    pytest.param("py-nanotts"),
    pytest.param("espeak-ng", marks=pytest.mark.needs("espeak-ng")),
)
ALL = (*SPEAKING, pytest.param(CHIMES_ALONE))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, "Future[Voice]"]:
    """Every clip of every engine here, once: real renders, the engines side by side."""

    def prepare(engines: tuple[Engine, ...], name: str) -> Voice:
        voice = Voice(tmp_path_factory.mktemp(name.replace(" ", "-")), engines=engines)
        voice.prepare()
        return voice

    with ThreadPoolExecutor() as pool:
        futures = {engine.name: pool.submit(prepare, (engine,), engine.name) for engine in find_engines()}
        return {**futures, CHIMES_ALONE: pool.submit(prepare, (), CHIMES_ALONE)}


@pytest.fixture
def voice(prepared: Mapping[str, "Future[Voice]"], request: pytest.FixtureRequest) -> Voice:
    return prepared[request.param].result()


def script(path: Path, body: str) -> tuple[str, ...]:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return (str(path),)


def tone(path: Path, seconds: float = 0.5, channels: int = 1, width: int = 2, hertz: float = 1000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = (round(9000 * math.sin(2 * math.pi * hertz * i / 16000)) for i in range(round(16000 * seconds)))
    with wave.open(str(path), "wb") as clip:
        clip.setparams((channels, width, 16000, 0, "NONE", ""))
        clip.writeframes(b"".join(s.to_bytes(width, "little", signed=True) * channels for s in samples))
    return path


def copying_engine(folder: Path, source: Path, name: str = "copying") -> Engine:
    """A real process that gives a recording, quickly, and counts its runs in `<name>.runs`."""
    body = f'cat > /dev/null; echo run >> "{folder}/{name}.runs"; cp "{source}" "$1"'
    return Engine(name, script(folder / f"{name}.sh", body))


def runs(folder: Path, name: str = "copying") -> int:
    path = folder / f"{name}.runs"
    return len(path.read_text().splitlines()) if path.exists() else 0


def samples(path: Path) -> tuple[int, "array[int]"]:
    with wave.open(str(path)) as clip:
        assert (clip.getnchannels(), clip.getsampwidth()) == (1, 2)
        return clip.getframerate(), array("h", clip.readframes(clip.getnframes()))


def seconds(path: Path) -> float:
    rate, values = samples(path)
    return len(values) / rate


def loudness(path: Path) -> float:
    """RMS of the frames that are no pauses, in dB of full scale."""
    rate, values = samples(path)
    size = rate // 50
    frames = (values[i : i + size] for i in range(0, len(values), size))
    powers = [sum(map(mul, frame, frame)) / size for frame in frames]
    voiced = [power for power in powers if power > max(powers) / 1000]
    return 10 * math.log10(sum(voiced) / len(voiced) / 32768**2)


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
def test_a_clip_begins_with_half_a_second_of_silence(voice: Voice) -> None:
    for cue in Cue:
        rate, values = samples(voice.clip(cue))
        first = next(i for i, value in enumerate(values) if value)
        assert LEAD_IN <= first / rate < LEAD_IN + 0.1, cue


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
def test_a_clip_starts_and_ends_at_zero_so_that_nothing_clicks(voice: Voice) -> None:
    for cue in Cue:
        rate, values = samples(voice.clip(cue))
        sounding = [value for value in values if value]
        assert max(abs(sounding[0]), abs(sounding[-1])) < 100, cue
        assert not any(values[-rate // 20 :]), cue


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
def test_all_clips_are_as_loud_as_each_other(voice: Voice) -> None:
    levels = [loudness(voice.clip(cue)) for cue in Cue]
    assert max(levels) - min(levels) < 2
    assert max(levels) < -14
    assert min(levels) > -19


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
def test_no_clip_is_cut_off_at_full_scale(voice: Voice) -> None:
    for cue in Cue:
        _, values = samples(voice.clip(cue))
        assert max(values) < 32700, cue
        assert min(values) > -32700, cue


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
@pytest.mark.parametrize(
    "cues", [relief(True), relief(False), STANDING, SEATED], ids=["relief", "lying", "standing", "seated"]
)
def test_each_clip_ends_before_the_next_cue_begins(voice: Voice, cues: Script) -> None:
    for (start, cue), (following, _) in pairwise(cues):
        assert seconds(voice.clip(cue)) < following - start, cue


@pytest.mark.slow
@pytest.mark.parametrize("voice", SPEAKING, indirect=True)
def test_not_saved_still_fits_after_the_first_relief_cue(voice: Voice) -> None:
    assert seconds(voice.clip(Cue.PULL)) + seconds(voice.clip(Cue.NOT_SAVED)) < 20


@pytest.mark.slow
@pytest.mark.parametrize("voice", SPEAKING, indirect=True)
def test_the_first_hold_of_a_round_is_announced_within_half_of_its_time(voice: Voice) -> None:
    assert all(seconds(voice.clip(cue)) < 5 for cue in (Cue.CALF_LEFT, Cue.THIGH_LEFT, Cue.SEATED_LEFT))


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
def test_the_voice_says_what_it_speaks_with(voice: Voice, request: pytest.FixtureRequest) -> None:
    expected = request.node.callspec.params["voice"]
    assert voice.engine == expected
    assert "only chimes" in voice.says if expected == CHIMES_ALONE else expected in voice.says


@pytest.mark.slow
@pytest.mark.needs("sox")
@pytest.mark.parametrize("voice", ALL, indirect=True)
def test_another_program_reads_the_clips(voice: Voice) -> None:
    clip = voice.clip(Cue.PULL)
    told = subprocess.run(["sox", "--i", "-D", str(clip)], capture_output=True, text=True, check=True).stdout
    assert float(told) == pytest.approx(seconds(clip), abs=0.01)


def test_the_daemon_never_imports_the_engine() -> None:
    program = "import sys, bedside.devices.voice as v; v.find_engines(); sys.exit('py_nanotts' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_clip_is_rendered_once(tmp_path: Path) -> None:
    engine = copying_engine(tmp_path, tone(tmp_path / "tone.wav"))
    voice = Voice(tmp_path / "cache", engines=(engine,))
    assert voice.clip(Cue.HOLD) == voice.clip(Cue.HOLD)
    assert runs(tmp_path) == 1
    Voice(tmp_path / "cache", engines=(engine,)).clip(Cue.HOLD)
    assert runs(tmp_path) == 1


@pytest.mark.parametrize("cut", [0, 1, 44, 2000])
def test_a_broken_clip_is_rendered_anew(tmp_path: Path, cut: int) -> None:
    voice = Voice(tmp_path / "cache", engines=(copying_engine(tmp_path, tone(tmp_path / "tone.wav")),))
    clip = voice.clip(Cue.HOLD)
    whole = clip.read_bytes()
    clip.write_bytes(whole[:cut])
    assert voice.clip(Cue.HOLD).read_bytes() == whole


def test_a_clip_of_zeros_left_by_a_power_cut_is_rendered_anew(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", engines=(copying_engine(tmp_path, tone(tmp_path / "tone.wav")),))
    clip = voice.clip(Cue.HOLD)
    whole = clip.read_bytes()
    clip.write_bytes(bytes(len(whole)))
    assert voice.clip(Cue.HOLD).read_bytes() == whole


def test_preparing_renders_all_and_removes_what_is_stale(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    stale = [cache / "relief-hold-0123456789abcdef.wav", cache / "relief-hold.part", cache / "speech.part"]
    for path in stale:
        path.write_bytes(b"half")
    voice = Voice(cache, engines=())
    voice.prepare()
    assert {voice.clip(cue) for cue in Cue} == set(cache.iterdir())
    assert not any(path.exists() for path in stale)


def test_another_volume_makes_other_clips_of_that_level(tmp_path: Path) -> None:
    loud = Voice(tmp_path / "loud", engines=()).clip(Cue.ASK)
    low = Voice(tmp_path / "low", volume=0.25, engines=()).clip(Cue.ASK)
    assert loud.name != low.name
    assert loudness(loud) - loudness(low) == pytest.approx(12, abs=0.5)


@pytest.mark.parametrize("volume", [-0.1, 1.01, math.nan])
def test_a_volume_out_of_range_is_refused(tmp_path: Path, volume: float) -> None:
    with pytest.raises(ValueError, match="volume"):
        Voice(tmp_path, volume=volume, engines=())


@pytest.mark.parametrize("channels", [1, 2])
def test_an_own_recording_replaces_a_text_at_the_same_level(tmp_path: Path, channels: int) -> None:
    voice = Voice(tmp_path / "cache", tmp_path / "own", engines=())
    before = voice.clip(Cue.STOPPED)
    tone(tmp_path / "own" / "cramp-stopped.wav", seconds=2, channels=channels)
    clip = voice.clip(Cue.STOPPED)
    assert clip != before
    assert seconds(clip) == pytest.approx(LEAD_IN + 2 + 0.1, abs=0.05)
    assert loudness(clip) == pytest.approx(loudness(before), abs=2)


def test_a_changed_recording_is_noticed(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", tmp_path / "own", engines=())
    recording = tone(tmp_path / "own" / "cramp-stopped.wav", seconds=2)
    first = voice.clip(Cue.STOPPED)
    recording.unlink()
    assert voice.clip(Cue.STOPPED) != first


def test_an_own_recording_of_another_kind_leaves_the_cue_its_voice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    voice = Voice(tmp_path / "cache", tmp_path / "own", engines=())
    tone(tmp_path / "own" / "cramp-stopped.wav", seconds=2, width=3)
    assert seconds(voice.clip(Cue.STOPPED)) < 1.5
    assert "save it as a WAV of 16 bits" in caplog.text


@pytest.mark.parametrize(
    "body",
    ["exit 3", "cat > /dev/null", 'echo rubbish > "$1"', 'head -c 60 "{tone}" > "$1"', "exec sleep 30", "kill -9 $$"],
    ids=["fails", "gives nothing", "gives rubbish", "gives half", "hangs", "dies"],
)
def test_an_engine_that_fails_gives_way_to_the_next(
    tmp_path: Path, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    source = tone(tmp_path / "tone.wav")
    broken = Engine("broken", script(tmp_path / "broken.sh", body.replace("{tone}", str(source))), deadline=0.3)
    voice = Voice(tmp_path / "cache", engines=(broken, copying_engine(tmp_path, source)))
    assert seconds(voice.clip(Cue.HOLD)) == pytest.approx(LEAD_IN + 0.5 + 0.1, abs=0.05)
    assert voice.engine == "copying"
    assert "broken gave no speech" in caplog.text


def test_an_engine_that_is_not_there_leaves_chimes_alone(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", engines=(Engine("gone", (str(tmp_path / "gone"),)),))
    assert seconds(voice.clip(Cue.HOLD)) > LEAD_IN
    assert voice.engine == CHIMES_ALONE


def test_a_failed_engine_is_asked_once_and_again_when_clips_are_prepared(tmp_path: Path) -> None:
    body = f'echo run >> "{tmp_path}/broken.runs"; exit 1'
    voice = Voice(tmp_path / "cache", engines=(Engine("broken", script(tmp_path / "broken.sh", body)),))
    for cue in (Cue.PULL, Cue.HOLD, Cue.RUB):
        voice.clip(cue)
    assert runs(tmp_path, "broken") == 1
    voice.prepare()
    assert runs(tmp_path, "broken") == 2


def test_an_engine_that_works_again_speaks_after_the_next_preparation(tmp_path: Path) -> None:
    source = tmp_path / "tone.wav"
    voice = Voice(tmp_path / "cache", engines=(copying_engine(tmp_path, source),))
    chime = voice.clip(Cue.HOLD)
    tone(source)
    voice.prepare()
    assert voice.engine == "copying"
    assert voice.clip(Cue.HOLD) != chime
    assert not chime.exists()


def test_a_ready_clip_is_given_though_its_engine_has_failed_since(tmp_path: Path) -> None:
    source = tone(tmp_path / "tone.wav")
    voice = Voice(tmp_path / "cache", engines=(copying_engine(tmp_path, source),))
    spoken = voice.clip(Cue.PULL)
    source.unlink()
    voice.clip(Cue.HOLD)
    assert voice.engine == CHIMES_ALONE
    assert voice.clip(Cue.PULL) == spoken


def test_a_cache_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="cache"):
        Voice(tmp_path / "cache", engines=()).clip(Cue.HOLD)


def test_the_engines_found_are_those_of_this_machine() -> None:
    names = [engine.name for engine in find_engines()]
    assert names == ["py-nanotts", *(["espeak-ng"] if shutil.which("espeak-ng") else [])]
