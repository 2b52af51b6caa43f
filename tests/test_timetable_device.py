"""The evening on a simulated device: the night's machine and the timetable through whatever can befall a clock.

The fake clock goes on in looks every 20 s, in longer hops where nothing can happen; APScheduler's part is played by
the trigger it goes by. Whether an evening is due is asked of `Device.windows`, which knows nothing of the timetable.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bedside.night.effects import Evening, Phase, Save
from bedside.night.events import ClockSet, DeadlinePassed, EveningCalledOff, EveningPassed, Moment, ReminderDue
from bedside.night.machine import step
from bedside.night.resume import resume, what_was_kept
from bedside.night.state import Night, Rules
from bedside.timetable import LOOK_SECONDS, OncePerDate, Reminders, Timetable
from tests.night.waiting import deadline

RULES = Rules()
DENSE = 300.0  # after anything that befalls it, the looks are simulated one by one for so long
HOP = 1200.0
AT_MOST = 60.0
HOUR = 3600.0
ZONES = [
    "Africa/Cairo",
    "America/Havana",
    "America/Nuuk",
    "Antarctica/Troll",
    "Asia/Kolkata",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "UTC",
]


@dataclass(frozen=True)
class Lives:
    """Time goes by, in seconds."""

    seconds: float


@dataclass(frozen=True)
class Steps:
    """The clock is set by so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Restarts:
    """The daemon begins anew; with `off` the device was without power for so many seconds."""

    off: float | None = None


@dataclass(frozen=True)
class Moves:
    """The system's zone is changed."""

    zone: str


@dataclass(frozen=True)
class Chooses:
    """Other reminders are chosen on the page."""

    reminders: Reminders


@dataclass(frozen=True)
class NearReminder:
    """The device lives until so many seconds before its next reminder; after it if below zero."""

    before: float


Act = Lives | Steps | Restarts | Moves | Chooses | NearReminder


class Device:
    """One device. `true` is seconds of the real time; it implements the timetable's ports."""

    def __init__(self, wall: datetime, zone: str, reminders: Reminders, *, trusted: bool, scheduled: bool) -> None:
        self.true, self.wall_at_0, self.booted, self.boot = 0.0, wall.astimezone(UTC), 0.0, 1
        self.zone: tzinfo = ZoneInfo(zone)
        self.reminders, self.trusted, self.scheduled = reminders, trusted, scheduled
        self.saves: list[Save] = []
        self.rows: dict[date, Evening] = {}
        self.begun: Counter[date] = Counter()
        self.missed: set[date] = set()
        self.posted: list[object] = []
        self.waiting: dict[date, float] = {}
        self.dense_until, self.fires = DENSE, None
        self.step_untold = 0.0
        self.start()

    # --- the ports ---

    def now(self) -> Moment:
        wall = self.wall_at_0 + timedelta(seconds=self.true)
        return Moment(f"boot{self.boot}", self.true - self.booted, wall.astimezone(self.zone), self.trusted)

    def stepped(self) -> float:
        step, self.step_untold = self.step_untold, 0.0
        return step

    # --- what befalls it ---

    def start(self) -> None:
        self.night, effects = resume(what_was_kept(self.saves), self.now(), RULES)
        self.keep(effects)
        self.step_untold = 0.0
        self.timetable = Timetable(
            self.reminders,
            lambda: self.zone,
            now=self.now,
            stepped=self.stepped,
            post=self.posted.append,
            awake=lambda: self.true,
        )
        self.timetable.remind()
        self.plan()
        self.work()

    def befalls(self, act: Act) -> None:
        self.dense_until = self.true + DENSE
        match act:
            case Lives(seconds):
                self.live(seconds)
            case NearReminder(before):
                self.come_near(before)
            case Steps(seconds):
                moved = self.wall_at_0 + timedelta(seconds=seconds)
                if 1990 < (moved + timedelta(seconds=self.true)).year < 2036:
                    self.wall_at_0 = moved
                    self.step_untold += seconds
            case Restarts(off):
                if off is not None:
                    self.true += off
                    self.boot, self.booted = self.boot + 1, self.true
                self.waiting.clear()
                self.start()
                self.dense_until = self.true + DENSE
            case Moves(name):
                self.zone = ZoneInfo(name)
            case Chooses(reminders):
                self.reminders = reminders
                self.timetable.change(reminders)
                self.plan()
                self.work()

    def come_near(self, before: float) -> None:
        following = self.timetable.next_reminder()
        if following is not None:
            self.live((following - self.now().wall).total_seconds() - before)

    # --- time ---

    def live(self, seconds: float) -> None:
        end = self.true + seconds
        while self.true < end:
            hop = LOOK_SECONDS if self.true < self.dense_until else HOP
            fires = self.fires
            if fires is not None:
                ahead = (fires - self.now().wall).total_seconds()
                if 0 <= ahead <= hop:
                    self.true += ahead
                    self.dense_until = self.true + DENSE
                    if self.scheduled:
                        self.timetable.remind()
                        self.work()
                    self.plan(previous=fires)
                    hop = 7.0  # the look is not in step with the minute
            self.true += hop
            self.look()

    def look(self) -> None:
        self.timetable.look()
        if any(isinstance(event, ClockSet) for event in self.posted):
            self.plan()
        self.work()
        self.judge()

    def plan(self, previous: datetime | None = None) -> None:
        now = max(self.now().wall.astimezone(UTC), previous or self.now().wall.astimezone(UTC))
        self.fires = OncePerDate(self.reminders, self.zone).get_next_fire_time(previous, now)

    # --- the daemon's part ---

    def work(self) -> None:
        due = deadline(self.night, RULES)
        if due is not None and due <= self.now().since_boot:
            self.step(DeadlinePassed(self.now()))
        events, self.posted[:] = list(self.posted), []
        for event in events:
            assert isinstance(event, ReminderDue | EveningPassed | EveningCalledOff | ClockSet)
            if isinstance(event, ReminderDue):
                assert self.reminders[event.evening.weekday()] is not None, "a day off asks"
            known = event.evening in self.rows if isinstance(event, EveningPassed) else True
            self.step(event)
            if isinstance(event, EveningPassed) and not known and event.evening in self.rows:
                self.missed.add(event.evening)

    def step(self, event: ReminderDue | EveningPassed | EveningCalledOff | ClockSet | DeadlinePassed) -> None:
        before = self.night.evening
        self.night, effects = step(self.night, event, RULES)
        after = self.night.evening
        self.keep(effects)
        if after and after.asks == 1 and not (before and before.date == after.date and before.asks):
            self.begun[after.date] += 1

    def keep(self, effects: tuple[object, ...]) -> None:
        for save in effects:
            if isinstance(save, Save):
                self.saves.append(save)
                self.rows |= {row.date: row for row in save.rows if isinstance(row, Evening)}

    # --- the laws ---

    def windows(self) -> list[date]:
        """The dates whose three hours the clock stands in, told another way than the timetable tells it."""
        wall = self.now().wall
        today, found = wall.astimezone(self.zone).date(), []
        for number in (-1, 0, 1):
            day = today + timedelta(days=number)
            at = self.reminders[day.weekday()]
            if at is not None:
                begins = datetime(day.year, day.month, day.day, at.hour, at.minute, tzinfo=self.zone).timestamp()
                if begins <= wall.timestamp() < begins + 3 * HOUR:
                    found.append(day)
        return found

    def judge(self) -> None:
        assert all(times == 1 for times in self.begun.values()), f"an evening began twice: {self.begun}"
        busy = self.night.phase is not Phase.QUIET
        still = {day for day in self.windows() if not (self.begun[day] or busy)}
        self.waiting = {day: self.waiting.get(day, self.true) for day in still}
        late = {day for day, since in self.waiting.items() if self.true - since > AT_MOST}
        assert not late, f"not asked after {AT_MOST:.0f} s: {late}"


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
weeks = st.one_of(times.map(lambda at: (at,) * 7), st.tuples(*[st.one_of(st.none(), times)] * 7))
steps = st.one_of(
    st.sampled_from([1.0, 2.0, 3.0, 20.0, 59.0, 61.0, HOUR, 3 * HOUR, 24 * HOUR, 7 * 24 * HOUR, 366 * 24 * HOUR]),
    st.floats(1.0, 6 * 365 * 24 * HOUR, allow_nan=False),
)
waits = st.one_of(
    st.builds(Lives, st.sampled_from([1.0, 20.0, 60.0, 600.0, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR])),
    st.builds(NearReminder, st.sampled_from([-HOUR, -61.0, -20.0, -1.0, 0.0, 0.5, 1.0, 20.0, 61.0, HOUR])),
)
acts = st.one_of(
    st.builds(Steps, st.builds(lambda size, sign: size * sign, steps, st.sampled_from([-1, 1]))),
    st.builds(Restarts, st.one_of(st.none(), st.sampled_from([5.0, 60.0, HOUR, 4 * HOUR, 30 * HOUR]))),
    st.builds(Moves, st.sampled_from(ZONES)),
    st.builds(Chooses, st.one_of(weeks, st.just((None,) * 7))),
)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))


@given(
    wall=moments,
    zone=st.sampled_from(ZONES),
    reminders=weeks,
    trusted=st.booleans(),
    scheduled=st.booleans(),
    life=st.lists(st.tuples(waits, acts), min_size=3, max_size=10),
)
@settings(max_examples=120, deadline=None, derandomize=True, database=None)
def test_whatever_befalls_the_clock_each_evening_begins_once_and_none_is_skipped(
    *, wall: datetime, zone: str, reminders: Reminders, trusted: bool, scheduled: bool, life: list[tuple[Act, Act]]
) -> None:
    device = Device(wall, zone, reminders, trusted=trusted, scheduled=scheduled)
    for wait, act in life:
        device.befalls(wait)
        device.befalls(act)
    device.dense_until = device.true + DENSE
    device.live(DENSE)
    assert max(device.begun.values(), default=0) <= 1  # that none is skipped is judged at every look
    assert not device.waiting or device.true - min(device.waiting.values()) <= AT_MOST


@given(
    zone=st.sampled_from(ZONES),
    reminders=weeks,
    day=st.dates(date(2020, 1, 1), date(2033, 12, 1)),
    scheduled=st.booleans(),
)
@example(zone="UTC", reminders=(None,) * 7, day=date(2026, 1, 12), scheduled=True)
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
def test_ten_undisturbed_days_ask_on_each_day_that_is_not_off_and_on_no_other(
    zone: str, reminders: Reminders, day: date, scheduled: bool
) -> None:
    start = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    device = Device(start, zone, reminders, trusted=True, scheduled=scheduled)
    device.live(10 * 24 * HOUR)
    days = [day + timedelta(days=number) for number in range(2, 9)]
    expected = {one for one in days if reminders[one.weekday()] is not None}
    assert {one for one in days if device.begun[one]} == expected
    assert not device.missed


NINE: Reminders = (time(21),) * 7
NOON = datetime(2026, 1, 12, 12, tzinfo=ZoneInfo("Europe/Berlin"))
MONDAY = date(2026, 1, 12)


@pytest.fixture
def device() -> Device:
    return Device(NOON, "Europe/Berlin", NINE, trusted=True, scheduled=True)


def test_a_restart_within_the_very_minute_asks_once(device: Device) -> None:
    for act in (NearReminder(1.0), Restarts(), Lives(1.0), Restarts(), Lives(20.0), Restarts(5.0), Lives(60.0)):
        device.befalls(act)
    assert device.begun == {MONDAY: 1}


def test_off_at_the_time_and_on_an_hour_later_it_asks(device: Device) -> None:
    for act in (NearReminder(HOUR), Restarts(2 * HOUR), Lives(60.0)):
        device.befalls(act)
    assert device.begun == {MONDAY: 1}


def test_off_all_the_evening_it_is_noted_as_missed(device: Device) -> None:
    for act in (Lives(12 * HOUR), NearReminder(HOUR), Restarts(10 * HOUR), Lives(60.0)):
        device.befalls(act)
    assert device.begun == {MONDAY: 1}
    assert device.missed == {MONDAY + timedelta(days=1)}


def test_the_same_evening_in_two_zones_asks_once(device: Device) -> None:
    for act in (NearReminder(-61.0), Moves("Atlantic/Azores"), Lives(HOUR), NearReminder(-61.0)):
        device.befalls(act)
    assert device.begun == {MONDAY: 1}


def test_switched_on_inside_two_windows_it_asks_for_both_evenings() -> None:
    late_then_early: Reminders = (time(23, 30), time(0, 0), *(None,) * 5)
    device = Device(NOON + timedelta(hours=12.5), "Europe/Berlin", late_then_early, trusted=True, scheduled=True)
    device.befalls(Lives(600.0))
    assert device.begun == {MONDAY: 1, MONDAY + timedelta(days=1): 1}


def test_a_device_whose_clock_never_knows_the_time_asks_at_what_it_tells() -> None:
    device = Device(NOON, "Europe/Berlin", NINE, trusted=False, scheduled=False)
    device.befalls(Lives(24 * HOUR))
    assert device.begun == {MONDAY: 1}
    assert device.night.evening is not None
    assert not device.night.evening.trusted


def test_the_laws_can_be_broken() -> None:
    """A device whose timetable is deaf to the hour, and one that asks twice, are caught."""
    deaf = Device(NOON, "Europe/Berlin", NINE, trusted=True, scheduled=False)
    deaf.timetable.reminders = (None,) * 7
    with pytest.raises(AssertionError, match="not asked"):
        deaf.befalls(Lives(12 * HOUR))
    forgetful = Device(NOON, "Europe/Berlin", NINE, trusted=True, scheduled=True)
    forgetful.befalls(NearReminder(-61.0))
    forgetful.night = replace(Night(), listening=forgetful.night.listening)
    with pytest.raises(AssertionError, match="twice"):
        forgetful.befalls(Lives(60.0))
