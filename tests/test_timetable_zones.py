"""Each local date's one reminder, in every zone of the time-zone database, around every change of its offset."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bedside.timetable import WINDOW, OncePerDate, evenings_due, occurrence

FIRST, LAST = date(2020, 1, 1), date(2037, 12, 31)
NOONS = [datetime.combine(FIRST, time(12)) + timedelta(days=number) for number in range((LAST - FIRST).days + 2)]
QUARTER = timedelta(minutes=15)  # every offset of these years is so many of them
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HALF_HOURS = [time(minutes // 60, minutes % 60) for minutes in range(0, 24 * 60, 30)]
ORDINARY = (date(2020, 2, 28), date(2026, 12, 31), date(2037, 7, 14))
NOTABLE = (
    "America/Havana",  # goes forward at midnight
    "America/Nuuk",  # skips the last hour of a day
    "America/Santiago",  # goes forward at midnight, in September
    "America/St_Johns",  # half an hour off
    "Africa/Cairo",  # goes forward at midnight, back at midnight
    "Africa/Casablanca",  # back for Ramadan: twice a year in other months each year
    "Antarctica/Casey",  # went by three hours, forward and back, as it pleased
    "Antarctica/Troll",  # goes by two hours
    "Asia/Beirut",  # goes forward at midnight
    "Atlantic/Azores",  # goes forward at midnight, back at one
    "Australia/Lord_Howe",  # goes by half an hour
    "Europe/Berlin",
    "Pacific/Chatham",  # three quarters of an hour off
)

Change = tuple[datetime, timedelta | None]
"""An instant, and the offset to UTC from then on."""


@cache
def changes(zone: ZoneInfo) -> tuple[Change, ...]:
    """Where the zone's offset to UTC changes, from a day before the first date to a day after the last."""
    found = []
    offsets = [zone.utcoffset(noon) for noon in NOONS]
    for (noon, before), (next_noon, after) in pairwise(zip(NOONS, offsets, strict=True)):
        if before != after:
            assert before is not None
            assert after is not None
            low, high = (noon - before).replace(tzinfo=UTC), (next_noon - after).replace(tzinfo=UTC)
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
            found.append((high, after))
    return tuple(found)


@cache
def groups() -> dict[tuple[timedelta | None, tuple[Change, ...]], list[str]]:
    """The names of all zones, by the time they keep all through the years."""
    found: dict[tuple[timedelta | None, tuple[Change, ...]], list[str]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        found.setdefault((zone.utcoffset(NOONS[0]), changes(zone)), []).append(name)
    return found


def first_instants(zone: tzinfo, dates: Sequence[date]) -> dict[datetime, datetime]:
    """When each quarter of an hour of the dates is first told by the zone's clock, found by watching it go by.

    One that the clock skips is where it would have been had the clock not changed.
    """
    found: dict[datetime, datetime] = {}
    now = datetime.combine(dates[0] - timedelta(days=1), time.min, UTC)
    end = datetime.combine(dates[-1] + timedelta(days=2), time.min, UTC)
    before = None
    while now < end:
        told = now.astimezone(zone).replace(tzinfo=None)
        while before is not None and before + QUARTER < told:
            before += QUARTER
            found.setdefault(before, found[before - QUARTER] + QUARTER)
        found.setdefault(told, now)
        before, now = told, now + QUARTER
    return found


def chain(at: time, zone: tzinfo, dates: Sequence[date]) -> list[datetime]:
    """What a scheduler that is a little late each time gets to know, from the first date's beginning on."""
    trigger, previous = OncePerDate((at,) * 7, zone), None
    now = datetime.combine(dates[0], time.min, zone).astimezone(UTC)
    fired: list[datetime] = []
    while len(fired) < len(dates):
        previous = trigger.get_next_fire_time(previous, now)
        assert previous is not None
        fired.append(previous)
        now = previous + timedelta(milliseconds=3)
    return fired


def wrong(zone: tzinfo, dates: Sequence[date]) -> Iterator[str]:
    """The half hours of the day at which not every date has exactly its one instant."""
    instants = first_instants(zone, dates)
    for at in HALF_HOURS:
        reminders = (at,) * 7
        expected = [instants[datetime.combine(day, at)] for day in dates]
        if chain(at, zone, dates) != expected:
            yield f"{zone} {at}: fires at {chain(at, zone, dates)}, not at {expected}"
        for day, due in zip(dates, expected, strict=True):
            if evenings_due(due, reminders, zone)[-1:] != [(day, WINDOW.total_seconds())]:
                yield f"{zone} {at}: the window of {day} does not begin at {due}"
            if evenings_due(due - timedelta(seconds=1), reminders, zone):
                yield f"{zone} {at}: the window of {day} began before {due}"
            if evenings_due(due + WINDOW, reminders, zone):
                yield f"{zone} {at}: the window of {day} does not end"


def around(day: date) -> list[date]:
    return [day + timedelta(days=number) for number in (-1, 0, 1)]


def test_every_zone_of_the_database_is_in_a_group_that_keeps_its_time() -> None:
    assert sorted(name for names in groups().values() for name in names) == sorted(available_timezones())
    assert len(groups()) > 60
    together = {name: number for number, names in enumerate(groups().values()) for name in names}
    assert together["Europe/London"] == together["Europe/Belfast"] != together["Europe/Berlin"]
    assert together["America/Phoenix"] != together["America/Denver"]


@pytest.mark.slow
def test_every_zone_changes_at_a_whole_minute_since_1970() -> None:
    instants = [at for _, changed in groups() for at, _ in changed]
    assert len(instants) > 1000
    assert [at for at in instants if (at - EPOCH) % timedelta(minutes=1)] == []


def test_around_every_change_of_every_zone_each_date_has_one_instant_at_any_half_hour() -> None:
    wrongs, spans = [], 0
    for names in groups().values():
        zone = ZoneInfo(names[0])
        days = {change.astimezone(zone).date() for change, _ in changes(zone)} | set(ORDINARY)
        spans += len(days)
        wrongs += [text for day in sorted(days) for text in wrong(zone, around(day))]
    assert not wrongs
    assert spans > 1000


@pytest.mark.parametrize("name", NOTABLE)
def test_around_a_notable_zones_changes_each_date_has_one_instant_at_any_half_hour(name: str) -> None:
    zone = ZoneInfo(name)
    days = [change.astimezone(zone).date() for change, _ in changes(zone)]
    assert days
    assert not [text for day in days[:8] for text in wrong(zone, around(day))]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Africa/Casablanca", "Australia/Lord_Howe", "Europe/Berlin"])
def test_over_two_whole_years_each_date_has_one_instant_at_any_half_hour(name: str) -> None:
    dates = [date(2026, 1, 1) + timedelta(days=number) for number in range(730)]
    assert not list(wrong(ZoneInfo(name), dates))


def test_what_is_expected_takes_the_first_of_two_and_leaps_over_what_is_skipped() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    autumn, spring = date(2026, 10, 25), date(2026, 3, 29)
    assert first_instants(berlin, [autumn])[datetime(2026, 10, 25, 2, 30)] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert first_instants(berlin, [spring])[datetime(2026, 3, 29, 2, 30)] == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_date_that_a_zone_leaves_out_does_not_fire_twice() -> None:
    apia = ZoneInfo("Pacific/Apia")  # had no 30 December 2011
    start = [date(2011, 12, 28) + timedelta(days=number) for number in range(4)]
    fired = [fires.astimezone(apia).date() for fires in chain(time(21), apia, start)]
    assert [day.day for day in fired] == [28, 29, 31, 1]


def test_a_skipped_late_evening_does_not_hide_the_next_dates_earlier_reminder() -> None:
    """Nuuk's clock goes from 23:00 to midnight: Saturday's 23:30 comes half an hour after Sunday's midnight."""
    nuuk, saturday = ZoneInfo("America/Nuuk"), date(2026, 3, 28)
    reminders = (None, None, None, None, None, time(23, 30), time(0, 0))
    trigger, noon = OncePerDate(reminders, nuuk), datetime(2026, 3, 28, 12, tzinfo=nuuk)
    late, early = occurrence(saturday, reminders, nuuk), occurrence(saturday + timedelta(days=1), reminders, nuuk)
    assert early is not None
    assert late == early + timedelta(minutes=30)
    assert trigger.get_next_fire_time(None, noon.astimezone(UTC)) == early
    assert trigger.get_next_fire_time(early, early) == late
    assert [day for day, _ in evenings_due(late, reminders, nuuk)] == [saturday, saturday + timedelta(days=1)]
