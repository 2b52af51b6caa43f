"""The timetable: every zone of the time-zone database, a wall clock that the test sets, and APScheduler as it is."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from queue import Empty, SimpleQueue
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bedside.night.events import ClockSet, Moment, ReminderDue
from bedside.timetable import HUNG_SECONDS, WINDOW, OncePerDate, Timetable, evening_due, occurrence

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
HALF_HOURS = [time(minutes // 60, minutes % 60) for minutes in range(0, 24 * 60, 30)]
BERLIN = ZoneInfo("Europe/Berlin")
NOTABLE = (
    "America/Havana",  # goes forward at midnight
    "America/Nuuk",  # skips the last hour of a day
    "America/Santiago",  # goes forward at midnight, in September
    "America/St_Johns",  # half an hour off
    "Africa/Cairo",  # goes forward at midnight, back at midnight
    "Africa/Casablanca",  # back for Ramadan: twice a year in other months each year
    "Antarctica/Troll",  # goes by two hours
    "Asia/Beirut",  # goes forward at midnight
    "Atlantic/Azores",  # goes forward at midnight, back at one
    "Australia/Lord_Howe",  # goes by half an hour
    "Europe/Berlin",
    "Pacific/Chatham",  # three quarters of an hour off
)


@cache
def transitions(zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants of the two years at which the zone's offset to UTC changes."""
    found, start, step = [], FIRST, timedelta(days=3)
    while start < LAST:
        low, high = start, start + step
        before = low.astimezone(zone).utcoffset()
        if high.astimezone(zone).utcoffset() != before:
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
            found.append(high.replace(microsecond=0))
        start += step
    return tuple(found)


@cache
def zones() -> tuple[ZoneInfo, ...]:
    """One zone of every set that keeps the same time all through the two years."""
    distinct = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        changes = tuple((change, change.astimezone(zone).utcoffset()) for change in transitions(zone))
        distinct.setdefault((FIRST.astimezone(zone).utcoffset(), changes), zone)
    return tuple(distinct.values())


def firings(at: time, zone: tzinfo, start: date, end: date) -> Iterator[datetime]:
    """What a scheduler that is a little late each time gets to know, local time."""
    trigger, previous = OncePerDate(at, zone), None
    now = occurrence(start, at, zone)
    while True:
        fires = trigger.get_next_fire_time(previous, now)
        assert fires is not None
        assert fires >= now
        if fires >= occurrence(end, at, zone):
            return
        yield fires.astimezone(zone)
        previous, now = fires, fires + timedelta(milliseconds=3)


def stands_for(fires: datetime, at: time) -> date:
    """The date a firing is for: where the clock skips the time, it comes later by the skip, maybe past midnight."""
    return (fires.replace(tzinfo=None) - timedelta(hours=at.hour, minutes=at.minute)).date()


def wrong(zone: tzinfo, start: date, end: date) -> list[str]:
    """The half hours of the day at which not every date of the span fires exactly once."""
    dates = [start + timedelta(days=number) for number in range((end - start).days)]
    wrongs = []
    for at in HALF_HOURS:
        fired = Counter(stands_for(fires, at) for fires in firings(at, zone, start, end))
        if fired != Counter(dates):
            wrongs.append(f"{zone} {at}: {[day for day in {*dates, *fired} if fired[day] != 1 or day not in dates]}")
    return wrongs


def around(change: datetime, zone: tzinfo) -> tuple[date, date]:
    day = change.astimezone(zone).date()
    return day - timedelta(days=3), day + timedelta(days=4)


@pytest.mark.parametrize("name", NOTABLE)
def test_around_every_change_of_a_notable_zone_each_date_fires_once_at_any_half_hour(name: str) -> None:
    zone = ZoneInfo(name)
    assert transitions(zone)
    assert not [text for change in transitions(zone) for text in wrong(zone, *around(change, zone))]


@pytest.mark.slow
def test_around_every_change_of_every_zone_in_two_years_each_date_fires_once_at_any_half_hour() -> None:
    assert len(zones()) > 50
    spans = {(zone, span) for zone in zones() for span in (around(change, zone) for change in transitions(zone))}
    assert len(spans) > 100
    assert not [text for zone, span in spans for text in wrong(zone, *span)]


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTABLE)
def test_over_two_whole_years_each_date_fires_once_at_any_half_hour(name: str) -> None:
    assert not wrong(ZoneInfo(name), FIRST.date(), LAST.date())


def test_a_zone_that_never_changes_fires_once_a_date() -> None:
    steady = [zone for zone in (ZoneInfo(name) for name in ("Asia/Kolkata", "Pacific/Kiritimati")) if zone]
    assert not [text for zone in steady for text in wrong(zone, date(2026, 2, 20), date(2026, 3, 10))]


def test_a_date_that_a_zone_leaves_out_does_not_fire_twice() -> None:
    apia = ZoneInfo("Pacific/Apia")  # had no 30 December 2011
    fired = [fires.date() for fires in firings(time(21), apia, date(2011, 12, 28), date(2012, 1, 2))]
    assert [day.day for day in fired] == [28, 29, 31, 1]


def test_a_time_that_comes_twice_means_the_first() -> None:
    assert occurrence(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_time_that_is_skipped_comes_later_by_the_skip() -> None:
    assert occurrence(date(2026, 3, 29), time(2, 30), BERLIN).astimezone(BERLIN).time() == time(3, 30)


def test_every_firing_finds_itself_in_the_window_of_the_date_it_stands_for() -> None:
    for name in NOTABLE:
        zone = ZoneInfo(name)
        for change in transitions(zone):
            for at in HALF_HOURS:
                for fires in firings(at, zone, *around(change, zone)):
                    assert evening_due(fires, at, zone) == (stands_for(fires, at), WINDOW.total_seconds())


# --- the window ---


def berlin(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, second, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (berlin(11, 20, 59, 59), None),
        (berlin(11, 21), (date(2026, 1, 11), 10800.0)),
        (berlin(11, 22, 30), (date(2026, 1, 11), 5400.0)),
        (berlin(11, 23, 59, 59), (date(2026, 1, 11), 1.0)),
        (berlin(12, 0), None),
    ],
)
def test_the_evening_window_is_three_hours_from_the_set_time(now: datetime, due: object) -> None:
    assert evening_due(now, time(21), BERLIN) == due


def test_a_window_that_goes_past_midnight_belongs_to_the_evening_before() -> None:
    assert evening_due(berlin(12, 1), time(23), BERLIN) == (date(2026, 1, 11), 3600.0)
    assert evening_due(berlin(12, 2), time(23), BERLIN) is None
    assert evening_due(berlin(11, 1), time(0, 30), BERLIN) == (date(2026, 1, 11), 9000.0)


def test_the_window_counts_real_hours_where_the_clock_goes_back_in_it() -> None:
    at, evening = time(1, 30), date(2026, 10, 25)
    first = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN)
    again = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN, fold=1)
    assert evening_due(first, at, BERLIN) == (evening, 2.25 * 3600)
    assert evening_due(again, at, BERLIN) == (evening, 1.25 * 3600)


def test_in_the_repeated_hour_the_same_time_again_is_the_same_evening() -> None:
    at = time(2, 30)
    first, again = (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1))
    assert evening_due(first, at, BERLIN) == (date(2026, 10, 25), 10800.0)
    assert evening_due(again, at, BERLIN) == (date(2026, 10, 25), 7200.0)
    before = datetime(2026, 10, 25, 2, 29, tzinfo=BERLIN, fold=0)
    assert evening_due(before, at, BERLIN) is None


def test_the_window_is_the_zones_whatever_zone_the_moment_comes_in() -> None:
    assert evening_due(datetime(2026, 1, 11, 20, 30, tzinfo=UTC), time(21), BERLIN) == (date(2026, 1, 11), 9000.0)


# --- the scheduler and the watch on the clock ---


class Times:
    """What the timetable is told: a wall clock, how far it was set, and the clock that goes on while awake."""

    def __init__(self, wall: datetime) -> None:
        self.wall, self.step, self.awake = wall, 0.0, 0.0

    def now(self) -> Moment:
        return Moment("boot", 1000.0, self.wall)

    def set_clock(self, wall: datetime) -> None:
        """Let a person or the network set the clock."""
        self.step, self.wall = (wall - self.wall).total_seconds(), wall

    def stepped(self) -> float:
        step, self.step = self.step, 0.0
        return step


@pytest.fixture
def posted() -> SimpleQueue[ReminderDue | ClockSet]:
    return SimpleQueue()


Made = Callable[..., Timetable]


@pytest.fixture
def make(posted: SimpleQueue[ReminderDue | ClockSet]) -> Iterator[Made]:
    made = []

    def timetable(times: Times, at: time = time(21), zone: tzinfo = BERLIN, **parts: object) -> Timetable:
        one = Timetable(
            at, zone, now=times.now, stepped=times.stepped, post=posted.put, awake=lambda: times.awake, **parts
        )
        made.append(one)
        return one

    yield timetable
    for one in made:
        one.close()


def evenings(posted: SimpleQueue[ReminderDue | ClockSet]) -> list[tuple[date, float]]:
    found = []
    while not posted.empty():
        due = posted.get()
        if isinstance(due, ReminderDue):
            found.append((due.evening, due.window_left))
    return found


def test_the_reminder_comes_through_the_scheduler_at_its_time(
    make: Made, posted: SimpleQueue[ReminderDue | ClockSet]
) -> None:
    at = (datetime.now(UTC) + timedelta(seconds=0.6)).time()
    times = Times(datetime.now(UTC) - timedelta(seconds=30))
    timetable = make(times, at, UTC)
    timetable.start()
    assert posted.empty()
    times.wall = datetime.now(UTC) + timedelta(seconds=1)
    due = posted.get(timeout=10)
    assert due.window_left == pytest.approx(10800, abs=2)
    with pytest.raises(Empty):
        posted.get(timeout=0.2)


def test_a_start_inside_the_window_asks_at_once(make: Made, posted: SimpleQueue[ReminderDue | ClockSet]) -> None:
    make(Times(berlin(11, 22))).start()
    assert evenings(posted) == [(date(2026, 1, 11), 7200.0)]


def test_a_start_outside_the_window_asks_nothing(make: Made, posted: SimpleQueue[ReminderDue | ClockSet]) -> None:
    make(Times(berlin(11, 12))).start()
    assert evenings(posted) == []


def test_a_clock_set_forward_over_the_time_asks_at_the_next_look(
    make: Made, posted: SimpleQueue[ReminderDue | ClockSet]
) -> None:
    times = Times(berlin(11, 19))
    timetable = make(times)
    timetable.start()
    times.set_clock(berlin(11, 21, 40))
    timetable.look()
    assert evenings(posted) == [(date(2026, 1, 11), 8400.0)]


def test_a_clock_set_back_behind_the_time_asks_nothing_until_it_comes_again(
    make: Made, posted: SimpleQueue[ReminderDue | ClockSet]
) -> None:
    times = Times(berlin(11, 21, 10))
    timetable = make(times)
    timetable.start()
    assert len(evenings(posted)) == 1
    times.set_clock(berlin(11, 20, 10))
    timetable.look()
    assert evenings(posted) == []
    times.wall = berlin(11, 21, 0)
    timetable.look()
    assert evenings(posted) == [(date(2026, 1, 11), 10800.0)]  # the night has asked for this date and keeps still


def test_a_clock_set_by_years_asks_once_and_no_more(make: Made, posted: SimpleQueue[ReminderDue | ClockSet]) -> None:
    times = Times(datetime(1970, 1, 1, 1, tzinfo=BERLIN))
    timetable = make(times)
    timetable.start()
    times.set_clock(berlin(11, 22))
    timetable.look()
    assert evenings(posted) == [(date(2026, 1, 11), 7200.0)]


def test_every_look_inside_the_window_asks_again_so_that_a_reminder_cannot_be_lost(
    make: Made, posted: SimpleQueue[ReminderDue | ClockSet]
) -> None:
    """The night lets a reminder go by while another evening's session runs, and counts on the next look."""
    timetable = make(Times(berlin(11, 22)))
    timetable.start()
    timetable.look()
    assert evenings(posted) == [(date(2026, 1, 11), 7200.0)] * 2


def test_a_look_after_the_clock_was_set_plans_anew(make: Made, posted: SimpleQueue[ReminderDue | ClockSet]) -> None:
    times = Times(datetime.now(UTC))
    timetable = make(times, (datetime.now(UTC) + timedelta(hours=12)).time(), UTC)
    timetable.start()
    timetable.at = (datetime.now(UTC) + timedelta(seconds=0.4)).time()  # as if the clock had come that close to it
    times.step = 12 * 3600
    timetable.look()
    times.wall = datetime.now(UTC) + timedelta(seconds=1)
    assert isinstance(posted.get(timeout=10), ClockSet)
    assert posted.get(timeout=10).window_left == pytest.approx(10800, abs=2)


def test_a_person_may_ask_for_the_reminder_at_any_hour(make: Made, posted: SimpleQueue[ReminderDue | ClockSet]) -> None:
    make(Times(berlin(11, 12))).remind_now()
    assert evenings(posted) == [(date(2026, 1, 11), 10800.0)]


def test_the_next_reminder_is_told_in_local_time(make: Made) -> None:
    times = Times(berlin(11, 20, 59))
    timetable = make(times)
    assert timetable.next_reminder() == berlin(11, 21)
    times.wall = berlin(11, 21, 0, 1)
    following = timetable.next_reminder()
    assert following == berlin(12, 21)
    assert following.tzinfo is BERLIN


def test_each_look_does_the_duties(make: Made) -> None:
    done: list[str] = []
    timetable = make(Times(berlin(11, 12)), duties=(lambda: done.append("one"), lambda: done.append("two")))
    timetable.start()
    timetable.look()
    assert done == ["one", "two"]


def test_it_is_alive_from_start_to_close(make: Made) -> None:
    timetable = make(Times(berlin(11, 12)))
    assert not timetable.alive()
    timetable.start()
    assert timetable.alive()
    timetable.close()
    assert not timetable.alive()


def test_a_watch_that_hangs_in_a_duty_is_not_alive_so_that_systemd_starts_anew(make: Made) -> None:
    times, hung, release = Times(berlin(11, 12)), threading.Event(), threading.Event()

    def hang() -> None:
        hung.set()
        release.wait(10)

    timetable = make(times, duties=(hang,))
    timetable.start()
    looking = threading.Thread(target=timetable.look)
    looking.start()
    assert hung.wait(10)
    times.awake += HUNG_SECONDS
    assert timetable.alive()
    times.awake += 1
    assert not timetable.alive()
    release.set()
    looking.join(10)
    assert timetable.alive()


def test_closing_before_the_start_harms_nothing(make: Made) -> None:
    timetable = make(Times(berlin(11, 12)))
    timetable.close()
    assert not timetable.alive()
