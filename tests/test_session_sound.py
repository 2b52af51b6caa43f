"""A whole session as it sounds: the real machine leads it, espeak-ng speaks it, and the beat is measured in the mix."""

import wave
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from bedside.devices.engine import find_engines
from bedside.devices.voice import LEAD_IN, Voice
from bedside.night.cues import COUNT_SECONDS, LEAD, Cue, Pose, session
from bedside.night.effects import Effect, Evening, Phase, Save, Say, StretchState
from bedside.night.events import (
    ButtonPressed,
    ButtonReleased,
    CueGiven,
    DeadlinePassed,
    Event,
    Moment,
    ReminderDue,
    Saved,
)
from bedside.night.habits import Accent
from bedside.night.machine import step
from bedside.night.state import Night, Rules
from tests.night.waiting import deadline

TOLERANCE = 0.15  # seconds
PAUSE = 0.25  # seconds of silence, after which a sound is an onset
LOOK = 0.005  # seconds
HELD = (
    Pose.CALF_LEFT,
    Pose.CALF_RIGHT,
    Pose.THIGH_LEFT,
    Pose.THIGH_RIGHT,
    Pose.SEATED_LEFT,
    Pose.SEATED_RIGHT,
)
ASK = datetime(2026, 1, 11, 21, 0, tzinfo=UTC)

pytestmark = [pytest.mark.slow, pytest.mark.needs("espeak-ng")]


@dataclass(frozen=True)
class Placed:
    """A cue whose clip lies at `start` seconds of the mix and ends at `end`. The session begins at 0."""

    cue: Cue
    start: float
    end: float


@dataclass(frozen=True)
class Mix:
    """A session's mix, and where its sounds begin, in seconds."""

    standing: bool
    placed: tuple[Placed, ...]
    onsets: tuple[float, ...]

    def onset_near(self, at: float) -> float:
        return min(self.onsets, key=lambda onset: abs(onset - at))


class Led:
    """The machine through an evening: every deadline at its time, and what it wants said, with the time it said so."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.night = rules, Night()
        self.says: list[tuple[float, Say]] = []
        self.evenings: list[Evening] = []

    def tell(self, event: Event) -> tuple[Effect, ...]:
        self.night, effects = step(self.night, event, self.rules)
        self.says += [(event.moment.since_boot, effect) for effect in effects if isinstance(effect, Say)]
        saves = [effect for effect in effects if isinstance(effect, Save)]
        self.evenings += [row for save in saves for row in save.rows if isinstance(row, Evening)]
        return effects

    def run_out(self, last: Moment) -> None:
        while (due := deadline(self.night, self.rules)) is not None:
            self.tell(DeadlinePassed(last.at(due)))


def led(standing: bool) -> tuple[list[tuple[float, Say]], Led]:
    """What is said from a press on the ask to the session's end, in seconds from the press. The disk is slow: the first
    sentence comes as late as it ever does.
    """
    evening = Led(Rules(standing_stretch=standing))
    asked = Moment("boot", 500.0, ASK)
    (save,) = (each for each in evening.tell(ReminderDue(asked, date(2026, 1, 11), 10800)) if isinstance(each, Save))
    evening.tell(Saved(asked.at(500.1), save.record))
    assert [say.cue for _, say in evening.says] == [Cue.ASK]
    evening.tell(CueGiven(asked.at(507), Cue.ASK, heard=True))
    before = len(evening.says)
    evening.tell(ButtonPressed(asked.at(510)))
    assert evening.night.phase is Phase.STRETCHING
    evening.tell(ButtonReleased(asked.at(510.2)))
    evening.run_out(asked)
    return [(at - 510, say) for at, say in evening.says[before:]], evening


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Accent, Voice]:
    return {accent: voice_of(accent, tmp_path_factory.mktemp(accent.value)) for accent in Accent}


def voice_of(accent: Accent, cache: Path) -> Voice:
    engines = tuple(engine for engine in find_engines(accent) if engine.name == "espeak-ng")
    return Voice(cache, accent=accent, engines=lambda _: engines)


@pytest.fixture(
    scope="module",
    params=[(True, Accent.BRITISH), (False, Accent.BRITISH), (False, Accent.AMERICAN)],
    ids=["standing British", "seated British", "seated American"],
)
def mix(
    request: pytest.FixtureRequest, voices: Mapping[Accent, Voice], tmp_path_factory: pytest.TempPathFactory
) -> Mix:
    standing, accent = request.param
    said, _ = led(standing)
    path = tmp_path_factory.mktemp("mix") / "session.wav"
    placed = mixed(said, voices[accent], path)
    return Mix(standing, placed, onsets(path))


def mixed(said: list[tuple[float, Say]], voice: Voice, path: Path) -> tuple[Placed, ...]:
    """Writes what is said into one WAV, as players would give it that start just in time. Raises ValueError where two
    clips sound at once.
    """
    rate, sound, placed = 0, array("h"), []
    for at, say in said:
        rate, clip = samples(voice.clip(say.cue, say.quiet))
        start = round(rate * (at if say.due is None else at + LEAD - LEAD_IN))
        sound += array("h", bytes(2 * (start - len(sound)))) + clip
        placed.append(Placed(say.cue, start / rate, len(sound) / rate))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(sound.tobytes())
    return tuple(placed)


def samples(path: Path) -> tuple[int, "array[int]"]:
    with wave.open(str(path)) as file:
        return file.getframerate(), array("h", file.readframes(file.getnframes()))


def onsets(path: Path) -> tuple[float, ...]:
    rate, values = samples(path)
    size = round(rate * LOOK)
    peaks = [max(map(abs, values[i : i + size])) for i in range(0, len(values), size)]
    floor = max(peaks) / 100
    sounding = [i * size / rate for i, peak in enumerate(peaks) if peak > floor]
    return tuple(at for before, at in pairwise((-PAUSE, *sounding)) if at - before >= PAUSE)


def poses(standing: bool) -> list[tuple[float, Pose]]:
    """The table's poses, each once, with the time it begins."""
    steps = session(standing)
    return [(step.at, step.pose) for before, step in pairwise((None, *steps)) if not before or before.pose != step.pose]


def holds(standing: bool) -> list[tuple[float, float]]:
    """When each hold begins and ends, by the table."""
    return [(start, end) for (start, pose), (end, _) in pairwise(poses(standing)) if pose in HELD]


@pytest.mark.parametrize("standing", [True, False])
def test_the_machine_leads_the_whole_session_to_its_end(standing: bool) -> None:
    said, evening = led(standing)
    assert len(said) == len([step for step in session(standing) if step.cue])
    assert evening.night.phase is Phase.QUIET
    assert evening.evenings[-1].state is StretchState.COMPLETED
    assert [say.due is None for _, say in said] == [True] + [False] * (len(said) - 1)


def test_every_hold_has_its_count_on_the_beat(mix: Mix) -> None:
    beats = [end + LEAD - COUNT_SECONDS + second for _, end in holds(mix.standing) for second in range(COUNT_SECONDS)]
    assert len(beats) == (60 if mix.standing else 30)
    assert [mix.onset_near(beat) for beat in beats] == pytest.approx(beats, abs=TOLERANCE)


def test_every_change_sounds_at_its_moment(mix: Mix) -> None:
    changes = [end + LEAD for _, end in holds(mix.standing)]
    assert [mix.onset_near(change) for change in changes] == pytest.approx(changes, abs=TOLERANCE)


def test_the_first_hold_of_each_round_is_announced_at_its_beginning(mix: Mix) -> None:
    first = [15, 105] if mix.standing else [15]
    assert [mix.onset_near(at + LEAD) for at in first] == pytest.approx([at + LEAD for at in first], abs=TOLERANCE)


def test_the_first_sentence_sounds_within_a_second_of_the_press(mix: Mix) -> None:
    assert LEAD_IN < mix.onsets[0] < LEAD_IN + 0.3 + TOLERANCE


def test_the_last_words_begin_when_the_session_is_over(mix: Mix) -> None:
    over = (180 if mix.standing else 90) + LEAD
    assert mix.placed[-1].cue is Cue.COUNT_DONE
    assert mix.onset_near(over) == pytest.approx(over, abs=TOLERANCE)
    assert over + 1 < mix.placed[-1].end < over + 10


def test_no_two_clips_ever_sound_at_once(mix: Mix) -> None:
    assert all(before.end < after.start for before, after in pairwise(mix.placed))


def test_a_session_that_is_off_the_beat_is_noticed(voices: Mapping[Accent, Voice], tmp_path: Path) -> None:
    said, _ = led(standing=False)
    late = [(at if say.due is None else at + 0.4, say) for at, say in said]
    mixed(late, voices[Accent.BRITISH], tmp_path / "late.wav")
    heard = onsets(tmp_path / "late.wav")
    beats = [end + LEAD - COUNT_SECONDS + second for _, end in holds(False) for second in range(COUNT_SECONDS)]
    assert not any(abs(onset - beat) <= TOLERANCE for onset in heard for beat in beats)
