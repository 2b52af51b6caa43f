"""Nights: noon to noon, through both changes of the clock, and how much of one was watched."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.night.events import Moment
from bedside.night.state import Rules
from bedside.patterns.nights import in_window, night_of, sleep_window, span_of, watched_share

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "America/Sao_Paulo",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
    )
]
HOUR = timedelta(hours=1)
SPRING = date(2026, 3, 28)  # the night in which Berlin's clocks go forward
AUTUMN = date(2026, 10, 24)

zones = st.sampled_from(ZONES)
nights = st.dates(date(2020, 1, 1), date(2035, 12, 31))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def berlin(*clock: int) -> datetime:
    return datetime(*clock, tzinfo=BERLIN)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        (berlin(2026, 1, 10, 12), date(2026, 1, 10)),
        (berlin(2026, 1, 10, 23, 59), date(2026, 1, 10)),
        (berlin(2026, 1, 11, 0), date(2026, 1, 10)),
        (berlin(2026, 1, 11, 11, 59, 59), date(2026, 1, 10)),
        (berlin(2026, 1, 11, 12), date(2026, 1, 11)),
        (datetime(2026, 1, 11, 11, 30, tzinfo=UTC), date(2026, 1, 11)),  # half past noon in Berlin
    ],
)
def test_a_night_goes_from_noon_to_noon_and_has_the_evenings_date(moment: datetime, night: date) -> None:
    assert night_of(moment, BERLIN) == night


@given(instants, zones)
def test_every_moment_lies_in_the_span_of_its_own_night_alone(moment: datetime, zone: ZoneInfo) -> None:
    night = night_of(moment, zone)
    assert in_window(moment, span_of(night, zone))
    assert not in_window(moment, span_of(night - timedelta(days=1), zone))
    assert not in_window(moment, span_of(night + timedelta(days=1), zone))


@given(nights, zones)
def test_nights_follow_each_other_without_a_gap_and_last_about_a_day(night: date, zone: ZoneInfo) -> None:
    start, end = span_of(night, zone)
    assert span_of(night + timedelta(days=1), zone)[0] == end
    assert 23 * HOUR <= end - start <= 25 * HOUR


def test_the_nights_in_which_the_clock_changes_have_23_and_25_hours() -> None:
    lengths = [span_of(night, BERLIN)[1] - span_of(night, BERLIN)[0] for night in (SPRING, AUTUMN, date(2026, 1, 10))]
    assert lengths == [23 * HOUR, 25 * HOUR, 24 * HOUR]


def test_the_repeated_hour_belongs_to_one_night_both_times() -> None:
    twice = berlin(2026, 10, 25, 2, 30)
    assert night_of(twice, BERLIN) == night_of(twice.replace(fold=1), BERLIN) == AUTUMN
    assert twice.astimezone(UTC) + HOUR == twice.replace(fold=1).astimezone(UTC)


@pytest.mark.parametrize(
    ("bedtime", "rising", "opens", "closes"),
    [
        (time(22), time(7), berlin(2026, 1, 10, 22), berlin(2026, 1, 11, 7)),
        (time(1), time(9), berlin(2026, 1, 11, 1), berlin(2026, 1, 11, 9)),
        (time(0), time(8), berlin(2026, 1, 11, 0), berlin(2026, 1, 11, 8)),
        (time(14), time(21), berlin(2026, 1, 10, 14), berlin(2026, 1, 10, 21)),
        (time(12), time(11, 59), berlin(2026, 1, 10, 12), berlin(2026, 1, 11, 11, 59)),
        (time(23), time(12), berlin(2026, 1, 10, 23), berlin(2026, 1, 11, 12)),
        (time(8), time(16), berlin(2026, 1, 11, 8), berlin(2026, 1, 11, 16)),  # someone who works at night
        (time(22), time(13), berlin(2026, 1, 10, 22), berlin(2026, 1, 11, 13)),
    ],
)
def test_the_sleep_window_is_the_first_bedtime_from_noon_and_the_first_rising_after_it(
    bedtime: time, rising: time, opens: datetime, closes: datetime
) -> None:
    assert sleep_window(date(2026, 1, 10), bedtime, rising, BERLIN) == (opens, closes)


def test_the_sleep_window_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    windows = [sleep_window(night, time(22), time(7), BERLIN) for night in (SPRING, AUTUMN)]
    assert [closes - opens for opens, closes in windows] == [8 * HOUR, 10 * HOUR]


@given(nights, times, times, zones)
def test_a_sleep_window_opens_in_its_night_and_the_windows_of_two_nights_never_overlap(
    night: date, bedtime: time, rising: time, zone: ZoneInfo
) -> None:
    opens, closes = sleep_window(night, bedtime, rising, zone)
    assert in_window(opens, span_of(night, zone))
    assert opens <= closes <= sleep_window(night + timedelta(days=1), bedtime, rising, zone)[0]


@given(instants, times, times)
def test_a_press_is_in_the_window_of_some_night_just_where_the_nights_own_rules_say_so(
    moment: datetime, bedtime: time, rising: time
) -> None:
    night = night_of(moment, UTC)
    windows = [sleep_window(night + timedelta(days=days), bedtime, rising, UTC) for days in (-1, 0, 1)]
    rules = Rules(bedtime=bedtime, rising=rising)
    assert any(in_window(moment, window) for window in windows) == rules.in_sleep_window(Moment("boot", 0, moment))


def test_a_window_has_its_first_instant_and_not_its_last() -> None:
    window = sleep_window(date(2026, 1, 10), time(22), time(7), BERLIN)
    assert in_window(window[0], window)
    assert not in_window(window[1], window)


NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)


def minutes(start: int, end: int) -> tuple[datetime, datetime]:
    return NOON + timedelta(minutes=start), NOON + timedelta(minutes=end)


@pytest.mark.parametrize(
    ("watches", "share"),
    [
        ([], 0),
        ([minutes(0, 100)], 1),
        ([minutes(-50, 150)], 1),
        ([minutes(-50, 0), minutes(100, 150)], 0),
        ([minutes(0, 25), minutes(50, 75)], 0.5),
        ([minutes(0, 50), minutes(25, 75)], 0.75),
        ([minutes(0, 80), minutes(20, 30), minutes(40, 60)], 0.8),
        ([minutes(60, 80), minutes(0, 20)], 0.4),
        ([minutes(70, 30)], 0),  # the clock went back while it watched
    ],
)
def test_the_watched_share_counts_every_minute_once(watches: list[tuple[datetime, datetime]], share: float) -> None:
    assert watched_share(minutes(0, 100), watches) == share


def test_of_an_empty_window_nothing_is_watched() -> None:
    assert watched_share(minutes(10, 10), [minutes(0, 20)]) == 0
    assert watched_share(minutes(20, 10), [minutes(0, 20)]) == 0


@given(st.lists(st.tuples(st.integers(-20, 120), st.integers(-20, 120)), max_size=8))
def test_the_watched_share_is_what_counting_each_minute_gives(bounds: list[tuple[int, int]]) -> None:
    counted = {minute for start, end in bounds for minute in range(start, end) if 0 <= minute < 100}
    share = watched_share(minutes(0, 100), [minutes(*bound) for bound in bounds])
    assert share == pytest.approx(len(counted) / 100)
