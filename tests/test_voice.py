"""Clips from real engines: when they are made, what is in them, and what happens when an engine fails."""

import math
import os
import shutil
import stat
import subprocess
import sys
import wave
from array import array
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise, product
from operator import mul
from pathlib import Path

import pytest

from bedside.devices.engine import Engine, find_engines
from bedside.devices.voice import CHIMES_ALONE, LEAD_IN, Voice
from bedside.night.cues import COUNT_SECONDS, COUNTED, HOLD_SECONDS, LEAD, Cue, Script, relief, stretch
from bedside.night.habits import Accent
from bedside.night.state import SPEAK_ANYWAY
from bedside.texts import COUNTDOWN, PIECED, SPOKEN, pairing, pairing_pieces

SPARE = 0.4
"""Seconds between a clip's end and the next player's start, which has to open the card."""

HEADER = 44
"""Bytes before a clip's samples."""

SPEAKING = tuple(
    pytest.param((engine, accent), marks=marks, id=f"{engine} {accent}")
    for (engine, marks), accent in product(
        (("py-nanotts", ()), ("espeak-ng", (pytest.mark.needs("espeak-ng"),))), Accent
    )
)
ALL = (*SPEAKING, pytest.param((CHIMES_ALONE, Accent.BRITISH), id=CHIMES_ALONE))

Prepared = Mapping[tuple[str, Accent], "Future[Voice]"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Every clip of every engine here in both accents, once: real renders, the engines side by side."""

    def prepare(name: str, accent: Accent, engines: tuple[Engine, ...]) -> Voice:
        voice = Voice(tmp_path_factory.mktemp("clips"), evening=1.0, night=0.25, engines=only(*engines))
        voice.prepare()
        return voice

    wanted = [(engine.name, accent, (engine,)) for accent in Accent for engine in find_engines(accent)]
    wanted.append((CHIMES_ALONE, Accent.BRITISH, ()))
    with ThreadPoolExecutor() as pool:
        return {each[:2]: pool.submit(prepare, *each) for each in wanted}


@pytest.fixture
def voice(prepared: Prepared, request: pytest.FixtureRequest) -> Voice:
    return prepared[request.param].result()


def script(path: Path, body: str) -> tuple[str, ...]:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return (str(path),)


def tone(
    path: Path, *, seconds: float = 0.5, channels: int = 1, width: int = 2, hertz: float = 1000, rate: int = 16000
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = (round(9000 * math.sin(2 * math.pi * hertz * i / rate)) for i in range(round(rate * seconds)))
    with wave.open(str(path), "wb") as clip:
        clip.setparams((channels, width, rate, 0, "NONE", ""))
        clip.writeframes(b"".join(s.to_bytes(width, "little", signed=True) * channels for s in samples))
    return path


def copying_engine(folder: Path, source: Path, name: str = "copying") -> Engine:
    """A real process that gives a recording, quickly, and counts its runs in `<name>.runs`."""
    body = f'cat > /dev/null; echo run >> "{folder}/{name}.runs"; cp "{source}" "$1"'
    return Engine(name, script(folder / f"{name}.sh", body))


def only(*engines: Engine) -> Callable[[Accent], tuple[Engine, ...]]:
    return lambda _: engines


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


def onsets(path: Path, pause: float = 0.2) -> list[float]:
    """The seconds at which something sounds after `pause` seconds of silence or the file's beginning."""
    rate, values = samples(path)
    size = rate // 200
    peaks = [max(map(abs, values[i : i + size])) for i in range(0, len(values), size)]
    floor = max(peaks) / 100
    sounding = [i * size / rate for i, peak in enumerate(peaks) if peak > floor]
    return [at for before, at in pairwise((-pause, *sounding)) if at - before > pause]


def said(cues: Script) -> list[tuple[float, Cue]]:
    return [(at, cue) for at, cue in cues if cue is not None]


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
def test_all_clips_of_a_volume_are_as_loud_as_each_other(voice: Voice) -> None:
    for quiet, lower in ((False, 0), (True, 20 * math.log10(4))):
        levels = [loudness(voice.clip(cue, quiet)) for cue in Cue]
        assert max(levels) - min(levels) < 2
        assert max(levels) < -14 - lower
        assert min(levels) > -19 - lower


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
def test_no_clip_is_cut_off_at_full_scale(voice: Voice) -> None:
    for cue in Cue:
        _, values = samples(voice.clip(cue))
        assert max(values) < 32700, cue
        assert min(values) > -32700, cue


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
@pytest.mark.parametrize("stands", [True, False], ids=["standing", "lying"])
def test_each_relief_clip_ends_before_the_next_cue_begins(voice: Voice, stands: bool) -> None:
    for (start, cue), (following, _) in pairwise(said(relief(stands))):
        first = SPEAK_ANYWAY if start == 0 else 0
        assert start + first + seconds(voice.clip(cue)) + SPARE <= following, cue


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
@pytest.mark.parametrize("standing", [True, False], ids=["standing", "seated"])
def test_each_clip_of_the_stretch_ends_before_the_next_player_starts(voice: Voice, standing: bool) -> None:
    starts = [(at + LEAD - LEAD_IN if at else SPEAK_ANYWAY, cue) for at, cue in said(stretch(standing))]
    for (start, cue), (following, _) in pairwise(starts):
        assert start + seconds(voice.clip(cue)) + SPARE <= following, cue


@pytest.mark.slow
@pytest.mark.parametrize("voice", SPEAKING, indirect=True)
def test_not_saved_still_fits_after_the_first_relief_cue(voice: Voice) -> None:
    assert seconds(voice.clip(Cue.PULL)) + seconds(voice.clip(Cue.NOT_SAVED)) < 20


@pytest.mark.slow
@pytest.mark.parametrize("voice", SPEAKING, indirect=True)
def test_a_change_is_announced_well_before_its_hold_is_counted_down(voice: Voice) -> None:
    for cue in (Cue.COUNT_RIGHT, Cue.COUNT_LEFT):
        assert seconds(voice.clip(cue)) < LEAD_IN + COUNT_SECONDS + HOLD_SECONDS - COUNT_SECONDS, cue


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
@pytest.mark.parametrize("cue", sorted(COUNTED))
def test_a_count_is_a_word_each_second_and_the_chime_on_the_next(voice: Voice, cue: Cue) -> None:
    for quiet in (False, True):
        heard = onsets(voice.clip(cue, quiet))[: COUNT_SECONDS + 1]
        assert heard == pytest.approx([LEAD_IN + second for second in range(COUNT_SECONDS + 1)], abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("voice", SPEAKING, indirect=True)
def test_the_clips_of_both_volumes_are_one_sound(voice: Voice) -> None:
    (_, loud), (_, low) = (samples(voice.clip(Cue.COUNT_DONE, quiet)) for quiet in (False, True))
    assert len(loud) == len(low)
    assert max(abs(a / 4 - b) for a, b in zip(loud, low, strict=True)) <= 0.5


@pytest.mark.slow
@pytest.mark.parametrize("voice", ALL, indirect=True)
def test_the_voice_says_what_it_speaks_with(voice: Voice, request: pytest.FixtureRequest) -> None:
    expected, _ = request.node.callspec.params["voice"]
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
    program = """
import sys, bedside.devices.voice, bedside.devices.engine as e
from bedside.night.habits import Accent
e.find_engines(Accent.BRITISH)
sys.exit('py_nanotts' in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_clip_is_rendered_once(tmp_path: Path) -> None:
    engine = copying_engine(tmp_path, tone(tmp_path / "tone.wav"))
    voice = Voice(tmp_path / "cache", engines=only(engine))
    assert voice.clip(Cue.HOLD) == voice.clip(Cue.HOLD)
    assert runs(tmp_path) == 1
    Voice(tmp_path / "cache", engines=only(engine)).clip(Cue.HOLD)
    assert runs(tmp_path) == 1


@pytest.mark.parametrize("cut", [0, 1, 44, 2000])
def test_a_broken_clip_is_rendered_anew(tmp_path: Path, cut: int) -> None:
    voice = Voice(tmp_path / "cache", engines=only(copying_engine(tmp_path, tone(tmp_path / "tone.wav"))))
    clip = voice.clip(Cue.HOLD)
    whole = clip.read_bytes()
    clip.write_bytes(whole[:cut])
    assert voice.clip(Cue.HOLD).read_bytes() == whole


@pytest.mark.parametrize("left", [0, HEADER], ids=["all", "all but the header"])
def test_a_clip_of_zeros_left_by_a_power_cut_is_rendered_anew(tmp_path: Path, left: int) -> None:
    voice = Voice(tmp_path / "cache", engines=only(copying_engine(tmp_path, tone(tmp_path / "tone.wav"))))
    clip = voice.clip(Cue.HOLD)
    whole = clip.read_bytes()
    clip.write_bytes(whole[:left] + bytes(len(whole) - left))
    assert voice.ready(Cue.HOLD) is None
    assert voice.clip(Cue.HOLD).read_bytes() == whole


@pytest.mark.parametrize("left", [0, HEADER, HEADER + 100])
def test_kept_speech_of_zeros_left_by_a_power_cut_is_rendered_anew(tmp_path: Path, left: int) -> None:
    voice = Voice(tmp_path / "cache", engines=only(copying_engine(tmp_path, tone(tmp_path / "tone.wav"))))
    clip = voice.clip(Cue.HOLD)
    whole = clip.read_bytes()
    (kept,) = (tmp_path / "cache").glob("spoken-*.wav")
    cut = kept.read_bytes()[:left]
    kept.write_bytes(cut + bytes(len(whole) - left) if left <= HEADER else cut)
    clip.unlink()
    assert voice.clip(Cue.HOLD).read_bytes() == whole
    assert runs(tmp_path) == 2


def block(cache: Path, *names: str) -> None:
    """Nothing can be written under these names, as on a full card."""
    for name in names:
        (cache / name).with_suffix(".part").mkdir()


def test_on_a_full_card_a_clip_of_another_volume_is_better_than_none(tmp_path: Path) -> None:
    voice, twin = (Voice(tmp_path / name, engines=only()) for name in ("cache", "twin"))
    before = voice.clip(Cue.ASK)
    voice.clip(Cue.ASK_LATE)
    voice.change(Accent.BRITISH, 0.9, 0.0)
    twin.change(Accent.BRITISH, 0.9, 0.0)
    block(tmp_path / "cache", *(twin.clip(cue, quiet).name for cue in (Cue.ASK, Cue.PULL) for quiet in (False, True)))
    assert voice.clip(Cue.ASK) == before
    for cue, quiet in ((Cue.PULL, False), (Cue.ASK, True)):  # none of before, none as silent
        with pytest.raises(OSError, match="directory"):
            voice.clip(cue, quiet)


def test_on_a_full_card_a_clip_of_another_voice_is_better_than_none(tmp_path: Path) -> None:
    source = tone(tmp_path / "tone.wav")
    engines = {accent: (copying_engine(tmp_path, source, accent.value),) for accent in Accent}
    voice = Voice(tmp_path / "cache", engines=engines.__getitem__)
    before = voice.clip(Cue.PULL)
    Voice(tmp_path / "twin", accent=Accent.AMERICAN, engines=engines.__getitem__).clip(Cue.PULL)
    Voice(tmp_path / "twin", accent=Accent.AMERICAN, engines=only()).clip(Cue.PULL)
    voice.change(Accent.AMERICAN, 0.5, 0.25)
    block(tmp_path / "cache", *(path.name for path in (tmp_path / "twin").iterdir()))
    assert voice.clip(Cue.PULL) == before


def test_preparing_renders_all_and_removes_what_is_stale(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    stale = [cache / "relief-hold-0123456789abcdef.wav", cache / "relief-hold.part", cache / "speech.part"]
    for path in stale:
        path.write_bytes(b"half")
    voice = Voice(cache, engines=only())
    voice.prepare()
    prepared = set(cache.iterdir())
    whole = set(Cue) - PIECED
    assert {voice.clip(cue, quiet) for cue in whole for quiet in (False, True)} == prepared
    assert not any(path.exists() for path in stale)


@pytest.mark.slow
def test_preparing_anew_runs_no_engine_and_changes_nothing(tmp_path: Path) -> None:
    engine = copying_engine(tmp_path, tone(tmp_path / "tone.wav"))
    Voice(tmp_path / "cache", engines=only(engine)).prepare()
    kept, rendered = set((tmp_path / "cache").iterdir()), runs(tmp_path)
    Voice(tmp_path / "cache", engines=only(engine)).prepare()
    assert set((tmp_path / "cache").iterdir()) == kept
    assert runs(tmp_path) == rendered == len({*SPOKEN.values(), *COUNTDOWN, *pairing_pieces()})


def test_another_volume_makes_other_clips_of_that_level(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", evening=0.8, night=0.2, engines=only())
    loud, low = voice.clip(Cue.ASK), voice.clip(Cue.ASK, quiet=True)
    assert loud.name != low.name
    assert loudness(loud) - loudness(low) == pytest.approx(20 * math.log10(4), abs=0.1)


@pytest.mark.slow
def test_a_changed_volume_is_heard_at_once_and_runs_no_engine(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", engines=only(copying_engine(tmp_path, tone(tmp_path / "tone.wav"))))
    voice.prepare()
    before, rendered = (voice.clip(Cue.PULL), voice.clip(Cue.PULL, quiet=True)), runs(tmp_path)
    levels = [loudness(clip) for clip in before]
    voice.change(Accent.BRITISH, evening=1.0, night=0.125)
    after = (voice.clip(Cue.PULL), voice.clip(Cue.PULL, quiet=True))
    assert [loudness(clip) - level for clip, level in zip(after, levels, strict=True)] == pytest.approx(
        [20 * math.log10(2), -20 * math.log10(2)], abs=0.1
    )
    voice.prepare()
    assert runs(tmp_path) == rendered
    assert not any(clip.exists() for clip in before)
    assert all(clip.exists() for clip in after)


def test_a_volume_of_zero_is_a_clip_of_silence(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", evening=1, night=0, engines=only())
    _, values = samples(voice.clip(Cue.ASK, quiet=True))
    assert not any(values)
    assert seconds(voice.clip(Cue.ASK, quiet=True)) == seconds(voice.clip(Cue.ASK))


@pytest.mark.parametrize("volume", [-0.1, 1.01, math.nan])
@pytest.mark.parametrize("which", ["evening", "night"])
def test_a_volume_out_of_range_is_refused_and_changes_nothing(tmp_path: Path, volume: float, which: str) -> None:
    with pytest.raises(ValueError, match="volume"):
        Voice(tmp_path, engines=only(), **{which: volume})
    voice = Voice(tmp_path, engines=only())
    before = voice.clip(Cue.HOLD)
    with pytest.raises(ValueError, match="volume"):
        voice.change(Accent.AMERICAN, **{"evening": 0.9, "night": 0.9, which: volume})
    assert voice.clip(Cue.HOLD) == before


@pytest.mark.slow
def test_a_changed_accent_is_heard_at_once_and_the_other_is_removed(tmp_path: Path) -> None:
    engines = {
        accent: (copying_engine(tmp_path, tone(tmp_path / f"{accent}.wav", hertz=hertz), accent.value),)
        for accent, hertz in ((Accent.BRITISH, 1000), (Accent.AMERICAN, 2000))
    }
    voice = Voice(tmp_path / "cache", engines=engines.__getitem__)
    voice.prepare()
    british = set((tmp_path / "cache").iterdir())
    voice.change(Accent.AMERICAN, 0.5, 0.25)
    assert voice.clip(Cue.PULL).read_bytes() not in {clip.read_bytes() for clip in british}
    assert voice.engine == "en-US"
    voice.prepare()
    assert not british & set((tmp_path / "cache").iterdir())
    assert runs(tmp_path, "en-US") == runs(tmp_path, "en-GB")


@pytest.mark.slow
@pytest.mark.needs("espeak-ng")
@pytest.mark.parametrize("engine", ["py-nanotts", "espeak-ng"])
def test_the_two_accents_do_not_sound_the_same(prepared: Prepared, engine: str) -> None:
    british, american = (prepared[engine, accent].result().clip(Cue.PULL).read_bytes() for accent in Accent)
    assert british != american


def test_a_changed_volume_does_not_wait_for_an_engine_and_ends_the_preparation_of_before(tmp_path: Path) -> None:
    for fifo in ("started", "go"):
        os.mkfifo(tmp_path / fifo)
    halt = f'echo > "{tmp_path}/started"; read -r _ < "{tmp_path}/go"'
    body = f'case "$(cat)" in *"{SPOKEN[Cue.HOLD]}"*) {halt};; esac; cp "{tone(tmp_path / "tone.wav")}" "$1"'
    engine = Engine("halting", script(tmp_path / "halting.sh", body))
    voice = Voice(tmp_path / "cache", engines=only(engine))
    with ThreadPoolExecutor() as pool:
        preparing = pool.submit(voice.prepare)
        (tmp_path / "started").read_text()
        voice.change(Accent.BRITISH, 0.9, 0.1)
        first = voice.clip(Cue.PULL, quiet=True)
        assert not preparing.done()
        assert voice.engine == "halting", "it waited until the engine was given up"
        (tmp_path / "go").write_text("\n")
        preparing.result()
    assert voice.clip(Cue.PULL, quiet=True) == first
    assert first.exists()
    assert not [path for path in (tmp_path / "cache").iterdir() if path.name.startswith(Cue.RUB.value)]


def test_speech_that_is_rendered_holds_up_no_other_and_is_rendered_once(tmp_path: Path) -> None:
    for fifo in ("started", "go"):
        os.mkfifo(tmp_path / fifo)
    halt = f'echo > "{tmp_path}/started"; read -r _ < "{tmp_path}/go"; echo run >> "{tmp_path}/halting.runs"'
    body = f'case "$(cat)" in *"{SPOKEN[Cue.TRY]}"*) {halt};; esac; cp "{tone(tmp_path / "tone.wav")}" "$1"'
    voice = Voice(tmp_path / "cache", engines=only(Engine("halting", script(tmp_path / "halting.sh", body))))
    with ThreadPoolExecutor() as pool:
        tried = [pool.submit(voice.clip, Cue.TRY)]
        (tmp_path / "started").read_text()
        tried.append(pool.submit(voice.clip, Cue.TRY, True))
        voice.clip(Cue.PULL)
        assert not any(each.done() for each in tried)
        assert voice.engine == "halting", "it waited until the engine was given up"
        (tmp_path / "go").write_text("\n")
        assert {each.result() for each in tried} == {voice.ready(Cue.TRY), voice.ready(Cue.TRY, quiet=True)}
    assert runs(tmp_path, "halting") == 1


def test_what_is_kept_is_spoken_though_a_better_engine_could_speak_anew(tmp_path: Path) -> None:
    source = tone(tmp_path / "tone.wav")
    better, kept = (copying_engine(tmp_path, source, name) for name in ("better", "kept"))
    Voice(tmp_path / "cache", engines=only(kept)).clip(Cue.COUNT_LEFT)
    voice = Voice(tmp_path / "cache", evening=0.9, engines=only(better, kept))
    voice.clip(Cue.COUNT_LEFT)
    assert (runs(tmp_path, "better"), runs(tmp_path, "kept")) == (0, 1 + len(COUNTDOWN))
    voice.clip(Cue.PULL)
    assert runs(tmp_path, "better") == 1


def test_no_clip_is_ready_before_it_is_made_and_looking_makes_none(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", engines=only())
    assert voice.ready(Cue.PULL) is None
    assert not (tmp_path / "cache").exists()
    made = voice.clip(Cue.PULL)
    assert voice.ready(Cue.PULL) == made
    assert voice.ready(Cue.PULL, quiet=True) is None


def test_only_what_changes_what_is_spoken_is_a_change(tmp_path: Path) -> None:
    voice = Voice(tmp_path, engines=lambda accent: (Engine(accent.value, ("true",)),))
    assert not voice.change(Accent.BRITISH, 0.5, 0.25)
    for changed in ((Accent.AMERICAN, 0.5, 0.25), (Accent.AMERICAN, 0.6, 0.25), (Accent.AMERICAN, 0.6, 0.3)):
        assert voice.change(*changed)
        assert not voice.change(*changed)


@pytest.mark.parametrize("length", [0.3, 1.5])
def test_the_numbers_are_rendered_once_and_never_shift_the_beat(tmp_path: Path, length: float) -> None:
    engine = copying_engine(tmp_path, tone(tmp_path / "tone.wav", seconds=length))
    voice = Voice(tmp_path / "cache", engines=only(engine))
    clips = [voice.clip(cue) for cue in sorted(COUNTED)]
    assert runs(tmp_path) == len(COUNTDOWN) + len(COUNTED)
    for clip in clips:
        rate, values = samples(clip)
        for second in range(COUNT_SECONDS):
            first = round(rate * (LEAD_IN + second))
            sounding = [i for i, value in enumerate(values[first : first + rate]) if value]
            assert sounding[0] < 0.01 * rate
            assert sounding[-1] == pytest.approx(min(length, 0.9) * rate, abs=0.01 * rate)
            assert abs(values[first + sounding[-1]]) < 100
        assert onsets(clip, pause=0.05)[COUNT_SECONDS] == pytest.approx(LEAD_IN + COUNT_SECONDS, abs=0.01)


@pytest.mark.parametrize("rate", [8000, 44100])
@pytest.mark.parametrize("speaks", [True, False])
def test_an_own_recording_comes_after_the_count_and_the_chime(tmp_path: Path, speaks: bool, rate: int) -> None:
    engines = (copying_engine(tmp_path, tone(tmp_path / "tone.wav")),) if speaks else ()
    voice = Voice(tmp_path / "cache", tmp_path / "own", engines=only(*engines))
    tone(tmp_path / "own" / "stretch-count-done.wav", seconds=2, rate=rate)
    clip = voice.clip(Cue.COUNT_DONE)
    *count, own = onsets(clip, pause=0.14)
    assert count == pytest.approx([LEAD_IN + second for second in range(COUNT_SECONDS + 1)], abs=0.05)
    assert own == pytest.approx(LEAD_IN + COUNT_SECONDS + 0.9, abs=0.05)
    assert seconds(clip) == pytest.approx(own + 2 + 0.1, abs=0.05)
    assert runs(tmp_path) == (len(COUNTDOWN) if speaks else 0)


@pytest.mark.slow
@pytest.mark.parametrize("standing", [True, False], ids=["standing", "seated"])
def test_own_recordings_of_four_seconds_hold_up_nothing(tmp_path: Path, standing: bool) -> None:
    """As the settings file says."""
    voice = Voice(tmp_path / "cache", tmp_path / "own", engines=only())
    script = [(at + LEAD - LEAD_IN if at else SPEAK_ANYWAY, cue) for at, cue in said(stretch(standing))]
    for cue in {cue for _, cue in script}:
        tone(tmp_path / "own" / f"{cue.value}.wav", seconds=4)
    for (start, cue), (following, _) in pairwise(script):
        assert start + seconds(voice.clip(cue)) + SPARE <= following + 1e-6, cue


def test_an_own_recording_whose_channels_cancel_each_other_leaves_the_cue_its_voice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    voice = Voice(tmp_path / "cache", tmp_path / "own", engines=only())
    with wave.open(str(tone(tmp_path / "own" / "cramp-stopped.wav")), "wb") as clip:
        clip.setparams((2, 2, 16000, 0, "NONE", ""))
        clip.writeframes(array("h", [9000, -9000, -9000, 9000] * 8000).tobytes())
    assert seconds(voice.clip(Cue.STOPPED)) < 1.5
    assert "silent" in caplog.text


@pytest.mark.parametrize("channels", [1, 2])
def test_an_own_recording_replaces_a_text_at_the_same_level(tmp_path: Path, channels: int) -> None:
    voice = Voice(tmp_path / "cache", tmp_path / "own", engines=only())
    before = voice.clip(Cue.STOPPED)
    tone(tmp_path / "own" / "cramp-stopped.wav", seconds=2, channels=channels)
    clip = voice.clip(Cue.STOPPED)
    assert clip != before
    assert seconds(clip) == pytest.approx(LEAD_IN + 2 + 0.1, abs=0.05)
    assert loudness(clip) == pytest.approx(loudness(before), abs=2)


def test_a_changed_recording_is_noticed(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", tmp_path / "own", engines=only())
    recording = tone(tmp_path / "own" / "cramp-stopped.wav", seconds=2)
    first = voice.clip(Cue.STOPPED)
    recording.unlink()
    assert voice.clip(Cue.STOPPED) != first


def test_an_own_recording_of_another_kind_leaves_the_cue_its_voice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    voice = Voice(tmp_path / "cache", tmp_path / "own", engines=only())
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
    voice = Voice(tmp_path / "cache", engines=only(broken, copying_engine(tmp_path, source)))
    assert seconds(voice.clip(Cue.HOLD)) == pytest.approx(LEAD_IN + 0.5 + 0.1, abs=0.05)
    assert voice.engine == "copying"
    assert "broken gave no speech" in caplog.text


def test_an_engine_that_is_not_there_leaves_chimes_alone(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", engines=only(Engine("gone", (str(tmp_path / "gone"),))))
    assert seconds(voice.clip(Cue.HOLD)) > LEAD_IN
    assert voice.engine == CHIMES_ALONE


def test_a_failed_engine_is_asked_once_and_again_when_clips_are_prepared(tmp_path: Path) -> None:
    body = f'echo run >> "{tmp_path}/broken.runs"; exit 1'
    voice = Voice(tmp_path / "cache", engines=only(Engine("broken", script(tmp_path / "broken.sh", body))))
    for cue in (Cue.PULL, Cue.HOLD, Cue.RUB):
        voice.clip(cue)
    assert runs(tmp_path, "broken") == 1
    voice.prepare()
    assert runs(tmp_path, "broken") == 2


def test_chimes_alone_are_not_well_and_the_remedy_is_to_be_typed(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "cache", engines=only())
    assert not voice.well
    assert "only chimes" in voice.says
    assert "sudo apt install espeak-ng" in voice.remedy


@pytest.mark.parametrize("second", [True, False])
def test_a_failed_engine_is_not_well_says_why_and_is_wanted_again_after_an_hour(tmp_path: Path, second: bool) -> None:
    source = tone(tmp_path / "tone.wav")
    broken = Engine("broken", script(tmp_path / "broken.sh", f'[ -e "{tmp_path}/mended" ] && cp "{source}" "$1"'))
    voice = Voice(tmp_path / "cache", engines=only(broken, *([copying_engine(tmp_path, source)] if second else [])))
    assert (voice.well, voice.remedy) == (True, "")
    voice.clip(Cue.HOLD)
    assert not voice.well
    assert "broken gave no speech (it ended with 1)" in voice.says
    assert ("copying" in voice.says) is second
    assert "systemctl restart bedside" in voice.remedy
    assert [voice.wants_preparing(at) for at in (100, 3690, 3710, 3720, 7300, 7320)] == [0, 0, 1, 0, 0, 1]
    (tmp_path / "mended").touch()
    voice.prepare()
    assert (voice.well, voice.says) == (True, "The voice is made by broken.")
    assert not voice.wants_preparing(99_999)


@pytest.mark.slow
def test_an_engine_that_works_again_speaks_after_the_next_preparation(tmp_path: Path) -> None:
    source = tmp_path / "tone.wav"
    voice = Voice(tmp_path / "cache", engines=only(copying_engine(tmp_path, source)))
    chime = voice.clip(Cue.HOLD)
    tone(source)
    voice.prepare()
    assert voice.engine == "copying"
    assert voice.clip(Cue.HOLD) != chime
    assert not chime.exists()


def test_a_ready_clip_is_given_though_its_engine_has_failed_since(tmp_path: Path) -> None:
    source = tone(tmp_path / "tone.wav")
    voice = Voice(tmp_path / "cache", engines=only(copying_engine(tmp_path, source)))
    spoken = voice.clip(Cue.PULL)
    source.unlink()
    voice.clip(Cue.HOLD)
    assert voice.engine == CHIMES_ALONE
    assert voice.clip(Cue.PULL) == spoken


def test_a_cache_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="cache"):
        Voice(tmp_path / "cache", engines=only()).clip(Cue.HOLD)


@pytest.mark.parametrize("accent", Accent)
def test_the_engines_found_are_those_of_this_machine_in_the_accent(accent: Accent) -> None:
    engines = find_engines(accent)
    expected = ["py-nanotts", *(["espeak-ng"] if shutil.which("espeak-ng") else [])]
    assert [engine.name for engine in engines] == expected
    assert all(accent.lower() in " ".join(engine.command).lower().split() for engine in engines)


# --- what is said sign by sign ---


@pytest.mark.parametrize("voice", SPEAKING, indirect=True)
def test_a_code_is_said_from_what_is_kept_and_is_kept_nowhere_itself(voice: Voice) -> None:
    kept = {path: path.read_bytes() for path in voice._cache.iterdir()}
    first, second = voice.said(pairing("192.168.1.23:8080", "012345")), voice.said(pairing("", "678901"))
    assert {path: path.read_bytes() for path in voice._cache.iterdir()} == kept
    assert first != second
    assert not any(first[HEADER:] in data or second[HEADER:] in data for data in kept.values())


@pytest.mark.parametrize("voice", SPEAKING, indirect=True)
def test_every_sign_of_a_code_can_be_told_from_the_next(voice: Voice, tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    path.write_bytes(voice.said(pairing("", "012345")))
    rate, values = samples(path)
    size = rate // 50
    loud = [max(map(abs, values[at : at + size])) > 30 for at in range(0, len(values), size)]
    gaps = sum(before and not after for before, after in pairwise(loud))
    assert gaps >= 14  # the chime, a sentence, six digits, a sentence, six digits
    assert 8 < seconds(path) < 25


def test_a_code_is_as_loud_as_the_voice(prepared: Prepared, tmp_path: Path) -> None:
    voice = prepared["py-nanotts", Accent.BRITISH].result()
    evening, night = tmp_path / "evening.wav", tmp_path / "night.wav"
    evening.write_bytes(voice.said(pairing("", "012345")))
    night.write_bytes(voice.said(pairing("", "012345"), True))
    assert abs(loudness(evening) - loudness(voice.clip(Cue.TRY))) < 2
    assert loudness(evening) - loudness(night) == pytest.approx(12, abs=0.5)  # a quarter


def test_without_an_engine_there_is_a_chime(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "clips", engines=only())
    said = tmp_path / "said.wav"
    said.write_bytes(voice.said(pairing("", "012345")))
    assert 0.5 < seconds(said) < 2.5


def test_where_the_first_engine_fails_the_next_says_it_all(tmp_path: Path) -> None:
    source = tone(tmp_path / "source.wav")
    broken = Engine("broken", script(tmp_path / "broken.sh", "exit 1"))
    voice = Voice(tmp_path / "clips", engines=only(broken, copying_engine(tmp_path, source)))
    (tmp_path / "clips").mkdir()
    said = tmp_path / "said.wav"
    said.write_bytes(voice.said(("One.", "Two.")))
    assert 1.5 < seconds(said) < 4
    assert runs(tmp_path) == 2
