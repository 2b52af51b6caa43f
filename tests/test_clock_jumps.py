"""The clock set by anything, at any time: clock, timetable, night and diary together, in a time that the test tells.

A jump mutes nothing, doubles nothing, asks no burst of reminders, and moves no night but those it was in.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.devices.clock import Clock
from bedside.diary.nights import nights_over
from bedside.diary.reader import reading
from bedside.diary.store import Diary
from bedside.known_time import KnownTime
from bedside.night.cues import ASK_CUES
from bedside.night.effects import CrampState, Meaning, Phase, Save, Say
from bedside.night.evening import REMEMBERED
from bedside.night.events import (
    ButtonPressed,
    ButtonReleased,
    CueGiven,
    DeadlinePassed,
    Event,
    ListeningBegan,
    PartReported,
    Saved,
)
from bedside.night.machine import step
from bedside.night.state import Night, Rules
from bedside.timetable import Timetable

NINE = (time(21),) * 7
EVENING = datetime(2026, 11, 21, 20, 50, tzinfo=UTC)
LOOK = 20.0
YEARS, HOURS = timedelta(days=3650), timedelta(hours=-5)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Bed:
    """One boot, from ten to nine in the evening on. `shift` is by how much the wall clock is wrong."""

    def __init__(self, folder: Path, *, trusted: bool = True, shift: timedelta = timedelta(0)) -> None:
        self.since, self.shift = 100.0, shift
        (folder / "boot_id").write_text("boot")
        self.synchronized = folder / "synchronized"
        if trusted:
            self.synchronized.touch()
        self.clock = Clock(
            UTC,
            synchronized=self.synchronized,
            boot_id=folder / "boot_id",
            rtc=folder / "rtc",
            kernel=lambda: False,
            wall=lambda: (EVENING - EPOCH + self.shift).total_seconds() + self.since,
            boottime=lambda: self.since,
        )
        self.diary, self.posted = Diary(folder / "diary.db"), SimpleQueue[Any]()
        known = KnownTime(self.clock, self.posted.put, self.save)
        self.timetable = Timetable(
            NINE,
            lambda: UTC,
            now=self.clock.now,
            stepped=self.clock.stepped,
            post=self.posted.put,
            duties=(known.look,),
            awake=lambda: self.since,
        )
        self.rules, self.night = Rules(has_phone=True), Night()
        self.asked: list[float] = []
        self.take(ListeningBegan(self.clock.now()))
        self.look()

    def save(self, save: Save) -> None:
        self.diary.apply([save])

    def take(self, event: Event) -> None:
        self.night, effects = step(self.night, event, self.rules)
        for effect in effects:
            if isinstance(effect, Save):
                self.save(effect)
                self.take(Saved(self.clock.now(), effect.record))
            elif isinstance(effect, Say):
                self.asked += [self.since] if effect.cue in ASK_CUES else []
                self.take(CueGiven(self.clock.now(), effect.cue, heard=True))

    def look(self) -> None:
        """What the watch on the clock does every 20 seconds."""
        self.timetable.look()
        while not self.posted.empty():
            event = self.posted.get()
            if not isinstance(event, PartReported):
                self.take(event)

    def pass_time(self, seconds: float) -> None:
        until = self.since + seconds
        while self.since < until:
            self.since = min(until, self.since + LOOK)
            self.take(DeadlinePassed(self.clock.now()))
            self.look()

    def press(self) -> None:
        self.take(ButtonPressed(self.clock.now()))
        self.since += 0.3
        self.take(ButtonReleased(self.clock.now()))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.diary._db.execute(query).fetchall()

    def tidy(self, steps: int) -> None:
        for _ in range(steps):
            self.diary.tidy(self.clock.now(), UTC)


Beds = Callable[..., Bed]


@pytest.fixture
def bed(tmp_path: Path) -> Beds:
    return lambda **changes: Bed(tmp_path, **changes)


@pytest.mark.parametrize("jump", [YEARS, -YEARS, HOURS, EPOCH - EVENING])
def test_a_jump_in_a_cramp_changes_neither_its_length_nor_its_place(bed: Beds, jump: timedelta) -> None:
    lying = bed(shift=timedelta(hours=6))
    lying.press()
    lying.pass_time(60)
    lying.shift += jump
    lying.pass_time(60)
    assert lying.night.phase is Phase.CRAMPING
    lying.press()
    assert lying.rows("select seconds, onset from cramps") == [(pytest.approx(120.3), "2026-11-22T02:51:40.000+00:00")]
    assert [meaning for (meaning,) in lying.rows("select meaning from presses order by since_boot")] == [
        Meaning.BEGAN, Meaning.ENDED
    ]  # fmt: skip


def test_a_stretch_led_by_a_clock_that_is_days_late_counts_for_the_night_it_was_done_in(bed: Beds) -> None:
    sitting = bed(trusted=False, shift=timedelta(days=-2))
    sitting.pass_time(540)
    assert sitting.night.phase is Phase.ASKING
    sitting.press()
    sitting.pass_time(1200)
    stretch = "select night, state, trusted from stretches where evening = '2026-11-19'"
    assert sitting.rows(stretch) == [("2026-11-19", "completed", 0)]
    sitting.shift = timedelta(0)
    sitting.synchronized.touch()
    sitting.pass_time(40)
    assert sitting.rows(stretch) == [("2026-11-21", "completed", 1)]


@pytest.mark.parametrize("jump", [YEARS, HOURS, EPOCH - EVENING])
def test_a_jump_in_an_ask_leaves_the_press_its_meaning_and_the_evening_its_date(bed: Beds, jump: timedelta) -> None:
    sitting = bed()
    sitting.pass_time(540)
    assert sitting.night.phase is Phase.ASKING
    sitting.shift += jump
    sitting.pass_time(40)
    sitting.press()
    assert sitting.night.phase is Phase.STRETCHING
    assert sitting.rows("select evening, state from stretches where state != 'unknown'") == [("2026-11-21", "started")]


@pytest.mark.parametrize("jump", [YEARS, timedelta(days=14, hours=1), HOURS, EPOCH - EVENING])
def test_after_a_jump_and_back_there_is_no_burst_of_reminders_and_the_evening_is_asked_for_once(
    bed: Beds, jump: timedelta
) -> None:
    sitting = bed()
    sitting.pass_time(60)
    sitting.shift = jump
    sitting.pass_time(120)
    sitting.shift = timedelta(0)
    sitting.pass_time(4000)
    begun = [asked for asked in sitting.asked if asked > 700]
    assert begun[0] < 700 + 2 * LOOK + 600
    assert len(sitting.asked) <= 2 * sitting.rules.asks
    assert all(later - earlier >= 120 for earlier, later in pairwise(sitting.asked))
    (asks,) = sitting.rows("select asks from stretches where evening = '2026-11-21'")
    assert asks == (sitting.rules.asks,)


def test_ten_years_ahead_and_back_leaves_every_other_night_as_it_was_and_no_heap_of_new_ones(bed: Beds) -> None:
    lying = bed(shift=timedelta(days=-2))
    lying.press()
    lying.pass_time(40)
    lying.press()
    lying.shift = timedelta(hours=20)
    lying.pass_time(60)
    lying.tidy(20)
    before = lying.rows("select night, cramps, observed, watched_seconds from nights order by night")
    assert before
    lying.shift += YEARS
    lying.pass_time(60)
    lying.tidy(20)
    assert len(lying.night.evenings_past) <= REMEMBERED
    lying.shift -= YEARS
    lying.pass_time(60)
    lying.tidy(60)
    assert lying.rows("select night, cramps, observed, watched_seconds from nights order by night") == before
    now = lying.clock.now().wall
    with reading(lying.diary.path) as reader:
        assert len(nights_over(reader, now, UTC)) == len(before)


def test_a_clock_wrong_at_the_start_is_put_right_within_a_minute_and_what_it_said_before_with_it(bed: Beds) -> None:
    lying = bed(trusted=False, shift=HOURS)
    lying.press()
    lying.pass_time(30)
    assert lying.rows("select onset, onset_trusted from cramps") == [("2026-11-21T15:51:40.000+00:00", 0)]
    lying.shift = timedelta(0)
    lying.synchronized.touch()
    lying.pass_time(LOOK)
    lying.press()
    assert lying.rows("select onset, onset_trusted, seconds from cramps") == [
        ("2026-11-21T20:51:40.000+00:00", 1, pytest.approx(50.3))
    ]
    assert {mark for (mark,) in lying.rows("select trusted from watches union select trusted from presses")} == {1}


JUMPS = st.sampled_from([timedelta(0), YEARS, -YEARS, HOURS, -HOURS, EPOCH - EVENING, timedelta(days=1)])
STEPS = st.lists(st.tuples(st.integers(1, 90).map(lambda looks: looks * LOOK), JUMPS, st.booleans()), max_size=12)


@settings(max_examples=25, deadline=None)
@given(STEPS, st.booleans())
def test_whatever_the_clock_is_set_to_no_press_is_muted_or_doubled_and_no_date_asks_too_often(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[float, timedelta, bool]], trusted: bool
) -> None:
    lying = Bed(tmp_path_factory.mktemp("bed"), trusted=trusted)
    pressed = 0
    for seconds, shift, press in steps:
        lying.shift = shift
        lying.pass_time(seconds)
        if press:
            before = lying.night.phase
            lying.press()
            pressed += 1
            assert lying.night.phase is not before or before is Phase.CRAMPING
    assert lying.rows("select count(*) from presses") == [(pressed,)]
    began = lying.rows(f"select count(*) from presses where meaning = '{Meaning.BEGAN}'")
    assert lying.rows("select count(*) from cramps") == began
    lengths = lying.rows(f"select seconds from cramps where state = '{CrampState.ENDED}'")
    assert all(0 < seconds < 1800 + 90 * LOOK for (seconds,) in lengths)
    assert all(asks <= lying.rules.asks for (asks,) in lying.rows("select asks from stretches"))
    dates = [date.fromisoformat(day) for (day,) in lying.rows("select evening from stretches where asks > 0")]
    assert len(lying.asked) <= len(dates) * lying.rules.asks
    assert all(later - earlier >= 120 for earlier, later in pairwise(lying.asked))
