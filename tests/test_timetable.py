"""The timetable: reminders a weekday, a wall clock and a zone that the test sets, and APScheduler as it is."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from importlib.resources import files
from queue import Empty, SimpleQueue
from zoneinfo import ZoneInfo

import pytest

from bedside.night.events import ClockSet, EveningCalledOff, EveningPassed, Moment, ReminderDue
from bedside.timetable import (
    SETTLED_SECONDS,
    OncePerDate,
    Reminders,
    Timetable,
    evening_of,
    evening_passed,
    evenings_due,
    occurrence,
    other_night,
)

BERLIN = ZoneInfo("Europe/Berlin")
NINE: Reminders = (time(21),) * 7
ALL_OFF: Reminders = (None,) * 7
MOMENT = 2.0  # seconds in which a test sets its clock, however busy the computer is
LONG = 60.0  # seconds that no test waits unless it fails
LATE_THEN_EARLY: Reminders = (time(23, 30), time(0, 0), *(None,) * 5)
"""Monday half an hour before midnight, Tuesday at midnight: two windows at once."""


def berlin(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, second, tzinfo=BERLIN)


def each(at: time) -> Reminders:
    return (at,) * 7


def only(weekday: int, at: time = time(21)) -> Reminders:
    return tuple(at if number == weekday else None for number in range(7))


def test_a_time_that_comes_twice_means_the_first() -> None:
    assert occurrence(date(2026, 10, 25), each(time(2, 30)), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_time_that_is_skipped_comes_later_by_the_skip() -> None:
    due = occurrence(date(2026, 3, 29), each(time(2, 30)), BERLIN)
    assert due is not None
    assert due.astimezone(BERLIN).time() == time(3, 30)


# --- days off ---


@pytest.mark.parametrize("weekday", range(7))
def test_with_one_day_a_week_the_next_reminder_is_found_from_any_day(weekday: int) -> None:
    trigger = OncePerDate(only(weekday), BERLIN)
    for day in range(11, 25):
        for hour in (0, 12, 21, 22):
            now = berlin(day, hour)
            fires = trigger.get_next_fire_time(None, now.astimezone(UTC))
            assert fires is not None
            assert fires.astimezone(BERLIN).weekday() == weekday
            assert timedelta(0) <= fires - now <= timedelta(days=7)


def test_with_one_day_a_week_the_same_reminder_does_not_fire_again() -> None:
    trigger, monday = OncePerDate(only(0), BERLIN), berlin(12, 21).astimezone(UTC)
    assert trigger.get_next_fire_time(None, monday) == monday
    assert trigger.get_next_fire_time(monday, monday) == berlin(19, 21)


def test_each_weekday_has_its_own_time() -> None:
    reminders: Reminders = (time(20), time(21), None, time(22, 30), time(19), None, time(0, 30))
    fired, now = [], berlin(12, 0).astimezone(UTC)
    for _ in range(6):
        fires = OncePerDate(reminders, BERLIN).get_next_fire_time(None, now)
        assert fires is not None
        fired.append(f"{fires.astimezone(BERLIN):%a %H:%M}")
        now = fires + timedelta(seconds=1)
    assert fired == ["Mon 20:00", "Tue 21:00", "Thu 22:30", "Fri 19:00", "Sun 00:30", "Mon 20:00"]


def evening_due(now: datetime, reminders: Reminders, zone: tzinfo) -> tuple[date, float] | None:
    """The latest of the evenings due."""
    return (evenings_due(now, reminders, zone) or [None])[-1]


def test_with_every_day_off_nothing_is_due_and_nothing_has_passed() -> None:
    assert occurrence(date(2026, 1, 12), ALL_OFF, BERLIN) is None
    assert OncePerDate(ALL_OFF, BERLIN).get_next_fire_time(None, berlin(12, 12).astimezone(UTC)) is None
    assert evening_due(berlin(12, 22), ALL_OFF, BERLIN) is None
    assert evening_passed(berlin(12, 22), ALL_OFF, BERLIN) is None


def test_a_day_off_has_no_window() -> None:
    assert evening_due(berlin(12, 22), only(0), BERLIN) == (date(2026, 1, 12), 7200.0)
    assert evening_due(berlin(13, 22), only(0), BERLIN) is None


# --- the window ---


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
    assert evening_due(now, NINE, BERLIN) == due


def test_a_window_that_goes_past_midnight_belongs_to_the_evening_before() -> None:
    assert evening_due(berlin(12, 1), each(time(23)), BERLIN) == (date(2026, 1, 11), 3600.0)
    assert evening_due(berlin(12, 2), each(time(23)), BERLIN) is None
    assert evening_due(berlin(11, 1), each(time(0, 30)), BERLIN) == (date(2026, 1, 11), 9000.0)


def test_the_window_counts_real_hours_where_the_clock_goes_back_in_it() -> None:
    at, evening = each(time(1, 30)), date(2026, 10, 25)
    first = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN)
    again = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN, fold=1)
    assert evening_due(first, at, BERLIN) == (evening, 2.25 * 3600)
    assert evening_due(again, at, BERLIN) == (evening, 1.25 * 3600)


def test_in_the_repeated_hour_the_same_time_again_is_the_same_evening() -> None:
    at = each(time(2, 30))
    first, again = (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1))
    assert evening_due(first, at, BERLIN) == (date(2026, 10, 25), 10800.0)
    assert evening_due(again, at, BERLIN) == (date(2026, 10, 25), 7200.0)
    before = datetime(2026, 10, 25, 2, 29, tzinfo=BERLIN, fold=0)
    assert evening_due(before, at, BERLIN) is None


def test_the_window_is_the_zones_whatever_zone_the_moment_comes_in() -> None:
    assert evening_due(datetime(2026, 1, 11, 20, 30, tzinfo=UTC), NINE, BERLIN) == (date(2026, 1, 11), 9000.0)


def test_two_windows_at_once_are_both_told_the_earlier_first() -> None:
    monday, tuesday = date(2026, 1, 12), date(2026, 1, 13)
    now = berlin(13, 0, 10)
    assert evenings_due(now, LATE_THEN_EARLY, BERLIN) == [(monday, 8400.0), (tuesday, 10200.0)]
    assert evening_due(now, LATE_THEN_EARLY, BERLIN) == (tuesday, 10200.0)


def test_a_midnight_that_a_clock_goes_back_behind_again_keeps_its_window() -> None:
    """At midnight it was 23:00 again: for an hour the window of a date goes on before that date's own beginning."""

    class Back(tzinfo):
        def utcoffset(self, when: datetime | None) -> timedelta:
            assert when is not None
            return timedelta(
                hours=1 if when.replace(tzinfo=None) < datetime(2026, 5, 5, 0, 15) and not when.fold else 0
            )

        def fromutc(self, when: datetime) -> datetime:
            back = when.replace(tzinfo=None) >= datetime(2026, 5, 4, 23, 15)
            told = when if back else when + timedelta(hours=1)
            return told.replace(fold=int(back and when.replace(tzinfo=None) < datetime(2026, 5, 5, 0, 15)))

        def dst(self, when: datetime | None) -> None:
            return None

    now = datetime(2026, 5, 4, 23, 20, tzinfo=UTC)
    assert now.astimezone(Back()).date() == date(2026, 5, 4)
    assert evening_due(now, each(time(0, 0)), Back()) == (date(2026, 5, 5), 10800.0 - 20 * 60)


# --- the evening that passed, and the one an act belongs to ---


@pytest.mark.parametrize(
    ("now", "passed"),
    [
        (berlin(11, 23, 59, 59), date(2026, 1, 10)),  # whose window ended at the first minute of today
        (berlin(12, 0), date(2026, 1, 11)),
        (berlin(12, 21), date(2026, 1, 11)),
        (berlin(12, 23, 59, 59), date(2026, 1, 11)),
    ],
)
def test_the_evening_that_passed_is_the_last_whose_window_ended(now: datetime, passed: date) -> None:
    assert evening_passed(now, NINE, BERLIN) == passed


def test_what_ended_over_a_day_ago_is_not_told_of() -> None:
    assert evening_passed(berlin(13, 23, 59, 59), only(0), BERLIN) == date(2026, 1, 12)
    assert evening_passed(berlin(14, 0), only(0), BERLIN) is None


def test_a_window_past_midnight_passes_hours_into_the_next_date() -> None:
    assert evening_passed(berlin(13, 2, 29, 59), each(time(23, 30)), BERLIN) == date(2026, 1, 11)
    assert evening_passed(berlin(13, 2, 30), each(time(23, 30)), BERLIN) == date(2026, 1, 12)


@pytest.mark.parametrize(
    ("at", "now", "evening"),
    [
        (time(21), berlin(12, 15), 12),
        (time(21), berlin(12, 23, 59), 12),
        (time(21), berlin(13, 8, 59), 12),
        (time(21), berlin(13, 9), 13),  # as near to both: the one to come
        (time(0, 30), berlin(12, 23, 0), 13),  # half past midnight belongs to the date it begins
        (time(0, 30), berlin(13, 2), 13),
        (time(0, 0), berlin(12, 11, 59), 12),
        (time(0, 0), berlin(12, 12), 13),
        (time(12), berlin(12, 0, 1), 12),
    ],
)
def test_an_act_belongs_to_the_evening_of_the_nearest_reminder(at: time, now: datetime, evening: int) -> None:
    assert evening_of(now, each(at), BERLIN) == date(2026, 1, evening)


@pytest.mark.parametrize(
    ("at", "night"), [(time(12), None), (time(21), None), (time(23, 59), None), (time(0), 12), (time(11, 59), 12)]
)
def test_a_reminder_past_midnight_belongs_to_the_night_that_began_the_day_before(at: time, night: int | None) -> None:
    other = None if night is None else date(2026, 1, night)
    assert other_night(date(2026, 1, 13), each(at), BERLIN) == other


def test_a_day_off_belongs_to_its_own_night() -> None:
    assert other_night(date(2026, 1, 13), ALL_OFF, BERLIN) is None


@pytest.mark.parametrize(("now", "evening"), [(berlin(14, 11, 59), 13), (berlin(14, 12), 14), (berlin(15, 3), 14)])
def test_where_no_reminder_is_near_an_act_belongs_to_the_night_from_noon_to_noon(now: datetime, evening: int) -> None:
    assert evening_of(now, ALL_OFF, BERLIN) == date(2026, 1, evening)
    assert evening_of(now, only(6), BERLIN) == date(2026, 1, evening)


def test_twelve_hours_from_the_reminder_are_near_and_a_second_more_is_not() -> None:
    assert evening_of(berlin(12, 9), only(0), BERLIN) == date(2026, 1, 12)
    assert evening_of(berlin(12, 8, 59, 59), only(0), BERLIN) == date(2026, 1, 11)


# --- the scheduler and the watch on the clock ---


class Times:
    """What the timetable is told: a wall clock, how far it was set, the zone, and the clock that goes on awake."""

    def __init__(self, wall: datetime, zone: tzinfo = BERLIN) -> None:
        self.wall, self.zone, self.step, self.awake, self.trusted = wall, zone, 0.0, 0.0, True

    def now(self) -> Moment:
        return Moment("boot", 1000.0, self.wall, self.trusted)

    def go_on(self, wall: datetime) -> None:
        """Let time pass up to `wall`."""
        self.awake += (wall - self.wall).total_seconds()
        self.wall = wall

    def set_clock(self, wall: datetime) -> None:
        """Let a person or the network set the clock."""
        self.step, self.wall = (wall - self.wall).total_seconds(), wall

    def stepped(self) -> float:
        step, self.step = self.step, 0.0
        return step


Posted = SimpleQueue[ReminderDue | ClockSet | EveningPassed]


@pytest.fixture
def posted() -> Posted:
    return SimpleQueue()


Made = Callable[..., Timetable]


@pytest.fixture
def make(posted: Posted) -> Iterator[Made]:
    made = []

    def timetable(times: Times, reminders: Reminders = NINE, **parts: object) -> Timetable:
        ports = {"now": times.now, "stepped": times.stepped, "post": posted.put, "awake": lambda: times.awake}
        one = Timetable(reminders, lambda: times.zone, **(ports | parts))  # type: ignore[arg-type]
        made.append(one)
        return one

    yield timetable
    for one in made:
        one.close()


def told(posted: Posted) -> list[ReminderDue | ClockSet | EveningPassed | EveningCalledOff]:
    found = []
    while not posted.empty():
        found.append(posted.get())
    return found


def evenings(posted: Posted) -> list[tuple[date, float]]:
    return [(due.evening, due.window_left) for due in told(posted) if isinstance(due, ReminderDue)]


def passed(posted: Posted) -> list[date]:
    return [event.evening for event in told(posted) if isinstance(event, EveningPassed)]


def in_a_moment(seconds: float) -> Reminders:
    """Reminders of the real clock, which APScheduler goes by."""
    return each((datetime.now(UTC) + timedelta(seconds=seconds)).time())


def test_the_reminder_comes_through_the_scheduler_at_its_time(make: Made, posted: Posted) -> None:
    times = Times(datetime.now(UTC) - timedelta(seconds=30), UTC)
    timetable = make(times, in_a_moment(MOMENT))
    timetable.start()
    assert evenings(posted) == []
    times.wall = datetime.now(UTC) + timedelta(seconds=MOMENT + 1)
    due = posted.get(timeout=LONG)
    assert isinstance(due, ReminderDue)
    assert due.window_left == pytest.approx(10800, abs=2)
    with pytest.raises(Empty):
        posted.get(timeout=0.2)


def test_a_start_inside_the_window_asks_at_once(make: Made, posted: Posted) -> None:
    make(Times(berlin(11, 22))).start()
    assert evenings(posted) == [(date(2026, 1, 11), 7200.0)]


def test_a_start_outside_the_window_asks_nothing(make: Made, posted: Posted) -> None:
    make(Times(berlin(11, 12))).start()
    assert evenings(posted) == []


def test_a_clock_set_forward_over_the_time_asks_at_the_next_look(make: Made, posted: Posted) -> None:
    times = Times(berlin(11, 19))
    timetable = make(times)
    timetable.start()
    times.set_clock(berlin(11, 21, 40))
    timetable.look()
    assert evenings(posted) == [(date(2026, 1, 11), 8400.0)]


def test_a_clock_set_back_behind_the_time_asks_nothing_until_it_comes_again(make: Made, posted: Posted) -> None:
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


def test_a_clock_set_by_years_asks_once_and_no_more(make: Made, posted: Posted) -> None:
    times = Times(datetime(1970, 1, 1, 1, tzinfo=BERLIN))
    timetable = make(times)
    timetable.start()
    times.set_clock(berlin(11, 22))
    timetable.look()
    assert evenings(posted) == [(date(2026, 1, 11), 7200.0)]


def test_every_look_inside_the_window_asks_again_so_that_a_reminder_cannot_be_lost(make: Made, posted: Posted) -> None:
    """The night lets a reminder go by while another evening's session runs, and counts on the next look."""
    timetable = make(Times(berlin(11, 22)))
    timetable.start()
    timetable.look()
    assert evenings(posted) == [(date(2026, 1, 11), 7200.0)] * 2


def test_a_look_after_the_clock_was_set_plans_anew(make: Made, posted: Posted) -> None:
    times = Times(datetime.now(UTC), UTC)
    timetable = make(times, in_a_moment(12 * 3600))
    timetable.start()
    told(posted)
    timetable.reminders = in_a_moment(MOMENT)  # as if the clock had come that close to it
    times.step = 12 * 3600
    timetable.look()
    times.wall = datetime.now(UTC) + timedelta(seconds=MOMENT + 1)
    assert isinstance(posted.get(timeout=LONG), ClockSet)
    due = posted.get(timeout=LONG)
    assert isinstance(due, ReminderDue)
    assert due.window_left == pytest.approx(10800, abs=2)


# --- other reminders, another zone ---


def test_other_reminders_hold_at_once_and_reach_the_scheduler(make: Made, posted: Posted) -> None:
    times = Times(datetime.now(UTC) - timedelta(seconds=30), UTC)
    timetable = make(times, ALL_OFF)
    timetable.start()
    timetable.change(in_a_moment(MOMENT))
    assert evenings(posted) == []
    times.wall = datetime.now(UTC) + timedelta(seconds=MOMENT + 1)
    assert isinstance(posted.get(timeout=LONG), ReminderDue)


def test_a_change_into_a_window_reminds_at_once(make: Made, posted: Posted) -> None:
    timetable = make(Times(berlin(12, 20)))
    timetable.start()
    told(posted)
    timetable.change(each(time(19)))
    assert evenings(posted) == [(date(2026, 1, 12), 7200.0)]
    assert timetable.next_reminder() == berlin(13, 19)


def test_a_change_to_a_time_long_past_leaves_no_evening_untold_and_it_may_yet_be_due(
    make: Made, posted: Posted
) -> None:
    times = Times(berlin(12, 20))
    timetable = make(times)
    timetable.start()
    told(posted)
    timetable.change(each(time(15)))
    (missed,) = told(posted)
    assert isinstance(missed, EveningPassed)
    assert missed.evening == date(2026, 1, 12)
    times.go_on(berlin(12, 22))
    timetable.look()
    assert told(posted) == []
    timetable.change(each(time(21, 30)))
    assert evenings(posted) == [(date(2026, 1, 12), 9000.0)]


def test_a_day_made_a_day_off_in_its_window_is_called_off_and_one_outside_is_not(make: Made, posted: Posted) -> None:
    times = Times(berlin(12, 20))
    timetable = make(times)
    timetable.start()
    told(posted)
    timetable.change(each(time(19)))
    told(posted)
    timetable.change((None,) * 7)
    (off,) = told(posted)
    assert isinstance(off, EveningCalledOff)
    assert off.evening == date(2026, 1, 12)
    timetable.change(each(time(22)))
    timetable.change((None,) * 7)
    assert told(posted) == []


def test_the_next_reminder_leaves_out_an_evening_that_is_over(make: Made) -> None:
    timetable = make(Times(berlin(12, 20)))
    assert timetable.next_reminder() == berlin(12, 21)
    assert timetable.next_reminder(date(2026, 1, 11)) == berlin(12, 21)
    assert timetable.next_reminder(date(2026, 1, 12)) == berlin(13, 21)


def test_the_same_reminders_again_change_nothing(make: Made, posted: Posted) -> None:
    times = Times(berlin(12, 12))
    times.trusted = False
    timetable = make(times)
    timetable.start()
    timetable.change(NINE)
    times.trusted = True
    timetable.look()
    assert passed(posted) == [date(2026, 1, 11)]


def test_with_every_day_off_nothing_fires_and_apscheduler_has_nothing_to_say(
    make: Made, posted: Posted, caplog: pytest.LogCaptureFixture
) -> None:
    times = Times(datetime.now(UTC), UTC)
    timetable = make(times, in_a_moment(MOMENT))
    with caplog.at_level(logging.WARNING):
        timetable.start()
        told(posted)
        timetable.change(ALL_OFF)
        times.wall = datetime.now(UTC) + timedelta(seconds=MOMENT + 1)
        with pytest.raises(Empty):
            posted.get(timeout=MOMENT + 0.5)
        assert timetable.next_reminder() is None
        assert timetable.alive()
        times.step = 3600
        timetable.look()
        timetable.change(NINE)
    assert [one.name for one in caplog.records if one.name.startswith("apscheduler")] == []


def test_a_change_before_the_start_and_after_the_end_harms_nothing(make: Made, posted: Posted) -> None:
    timetable = make(Times(berlin(12, 12)))
    timetable.change(ALL_OFF)
    timetable.start()
    timetable.close()
    timetable.change(NINE)
    assert evenings(posted) == []
    assert not timetable.alive()


def test_a_zone_changed_while_it_runs_is_told_and_gone_by_from_the_next_look(
    make: Made, posted: Posted, caplog: pytest.LogCaptureFixture
) -> None:
    times = Times(berlin(12, 14))
    timetable = make(times)
    timetable.start()
    told(posted)
    times.zone = ZoneInfo("Asia/Tokyo")  # where it is ten in the evening
    timetable.look()
    clock_set, due = told(posted)
    assert clock_set == ClockSet(times.now())
    assert due == ReminderDue(times.now(), date(2026, 1, 12), 7200.0)
    assert str(timetable.zone) == "Asia/Tokyo"
    assert "Asia/Tokyo" in caplog.text
    timetable.look()
    assert [type(event) for event in told(posted)] == [ReminderDue]
    following = timetable.next_reminder()
    assert following == datetime(2026, 1, 13, 21, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_a_zone_that_tells_the_same_time_only_now_is_another_zone(make: Made, posted: Posted) -> None:
    times = Times(berlin(12, 12))
    timetable = make(times)
    times.zone = ZoneInfo("Africa/Lagos")  # the same in winter
    timetable.look()
    assert ClockSet(times.now()) in told(posted)


def test_a_changed_zone_reaches_the_scheduler(make: Made, posted: Posted) -> None:
    now = datetime.now(UTC)
    times = Times(now - timedelta(seconds=30), UTC)
    timetable = make(times, each((now + timedelta(hours=6, seconds=MOMENT)).time()))
    timetable.start()
    told(posted)
    times.zone = timezone(timedelta(hours=6))
    timetable.look()
    times.wall = now + timedelta(seconds=MOMENT + 1)
    assert isinstance(posted.get(timeout=LONG), ClockSet)
    assert isinstance(posted.get(timeout=LONG), ReminderDue)


def test_a_zone_without_a_name_is_told_by_its_offset_and_not_by_its_object(make: Made, posted: Posted) -> None:
    times = Times(berlin(12, 12), local("Europe/Berlin"))
    timetable = make(times)
    times.zone = local("Europe/Berlin")
    timetable.look()
    assert [event for event in told(posted) if isinstance(event, ClockSet)] == []
    times.zone = local("Asia/Tokyo")
    timetable.look()
    assert [event for event in told(posted) if isinstance(event, ClockSet)] == [ClockSet(times.now())]


def local(name: str) -> tzinfo:
    """A zone as tzlocal reads it where only a file tells it."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key="local")


# --- the evening that nobody was there for ---


def test_a_start_tells_of_the_evening_that_passed_before_it_reminds(make: Made, posted: Posted) -> None:
    times = Times(berlin(12, 21, 30))
    make(times).start()
    missed, due = told(posted)
    assert missed == EveningPassed(times.now(), date(2026, 1, 11))
    assert isinstance(due, ReminderDue)


def test_an_evening_that_passed_is_told_once(make: Made, posted: Posted) -> None:
    times = Times(berlin(11, 22))
    timetable = make(times)
    timetable.start()
    told(posted)
    times.go_on(berlin(12, 0, 0, 5))
    timetable.look()
    timetable.look()
    assert passed(posted) == [date(2026, 1, 11)]
    times.go_on(berlin(13, 0, 0, 5))
    timetable.look()
    assert passed(posted) == [date(2026, 1, 12)]


def test_nothing_is_taken_for_missed_by_a_clock_that_is_not_trusted(make: Made, posted: Posted) -> None:
    times = Times(berlin(12, 12))
    times.trusted = False
    timetable = make(times)
    timetable.start()
    timetable.look()
    assert told(posted) == []
    times.trusted = True
    timetable.look()
    assert passed(posted) == [date(2026, 1, 11)]


def test_an_evening_that_has_begun_is_not_disturbed_by_one_that_passed(make: Made, posted: Posted) -> None:
    times = Times(berlin(12, 21, 30))
    times.trusted = False
    timetable = make(times)
    timetable.start()
    times.trusted = True
    timetable.look()
    assert passed(posted) == []


def set_over_the_evening(make: Made, posted: Posted) -> tuple[Times, Timetable]:
    """At noon the clock is set to the hour after midnight, and that is seen."""
    times = Times(berlin(12, 12))
    timetable = make(times)
    timetable.start()
    told(posted)
    times.set_clock(berlin(13, 1))
    timetable.look()
    return times, timetable


def test_a_clock_set_wrong_and_soon_right_takes_no_evening_for_missed(make: Made, posted: Posted) -> None:
    times, timetable = set_over_the_evening(make, posted)
    assert passed(posted) == []
    times.set_clock(berlin(12, 12, 5))
    timetable.look()
    times.go_on(times.wall + timedelta(seconds=SETTLED_SECONDS))
    timetable.look()
    assert passed(posted) == []


def test_a_clock_set_over_the_whole_evening_tells_that_it_passed(make: Made, posted: Posted) -> None:
    times, timetable = set_over_the_evening(make, posted)
    times.go_on(times.wall + timedelta(seconds=SETTLED_SECONDS))
    timetable.look()
    assert passed(posted) == [date(2026, 1, 12)]


# --- what else it is asked for ---


def test_a_person_may_ask_for_the_reminder_at_any_hour(make: Made, posted: Posted) -> None:
    make(Times(berlin(11, 12))).remind_now()
    assert evenings(posted) == [(date(2026, 1, 11), 10800.0)]


def test_a_reminder_asked_for_after_midnight_is_the_last_evenings(make: Made, posted: Posted) -> None:
    timetable = make(Times(berlin(12, 0, 30)))
    timetable.remind_now()
    assert evenings(posted) == [(date(2026, 1, 11), 10800.0)]
    assert timetable.stretch_evening() == (date(2026, 1, 11), None)


def test_a_reminder_past_midnight_tells_its_night_when_it_is_due_done_and_missed(make: Made, posted: Posted) -> None:
    times = Times(berlin(12, 0, 45))
    timetable = make(times, each(time(0, 30)))
    assert timetable.stretch_evening() == (date(2026, 1, 12), date(2026, 1, 11))
    times.awake += SETTLED_SECONDS
    timetable.look()
    assert told(posted) == [
        EveningPassed(times.now(), date(2026, 1, 11), date(2026, 1, 10)),
        ReminderDue(times.now(), date(2026, 1, 12), 9900.0, date(2026, 1, 11)),
    ]


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


def test_a_watch_that_hangs_in_a_duty_is_seen_to_be_at_that_one_until_it_comes_on(make: Made) -> None:
    times, hung, release = Times(berlin(11, 12)), threading.Event(), threading.Event()
    marks: list[int | None] = []

    def hang() -> None:
        hung.set()
        release.wait(10)

    timetable = make(times, duties=(lambda: marks.append(timetable.at_work()), hang))
    timetable.start()
    assert timetable.at_work() is None
    looking = threading.Thread(target=timetable.look)
    looking.start()
    assert hung.wait(10)
    at = timetable.at_work()
    assert at is not None
    assert at == timetable.at_work()
    assert marks != [at]  # each duty is a piece of its own
    release.set()
    looking.join(10)
    assert timetable.at_work() is None
    assert timetable.alive()


def test_closing_before_the_start_harms_nothing(make: Made) -> None:
    timetable = make(Times(berlin(11, 12)))
    timetable.close()
    assert not timetable.alive()
