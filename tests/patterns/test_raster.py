"""The raster: every cramp one mark at its place, every unwatched hour unknown, a row a week above ninety nights."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.patterns.facts import NO_ANSWERS, Answers, roll_up
from bedside.patterns.nights import Span, sleep_window
from bedside.patterns.raster import MOST_NIGHTS, Mark, Row, Unknown, night_row, raster
from tests.patterns.diaries import MONDAY, Kept, utc

NIGHT = date(2026, 1, 10)
WINDOW = utc(2026, 1, 10, 22), utc(2026, 1, 11, 7)
BERLIN = ZoneInfo("Europe/Berlin")


def row(*cramps: Kept, watches: tuple[Span, ...] = (WINDOW,), said: Answers = NO_ANSWERS, **more: object) -> Row:
    facts = roll_up(NIGHT, WINDOW, UTC, cramps=cramps, watches=watches, answers=said)
    return night_row(facts, WINDOW, UTC, cramps=cramps, watches=watches, **more)  # type: ignore[arg-type]


def empty(day: int, **more: object) -> Row:
    plain = Row(MONDAY + timedelta(days=day), 1, 1, 0, 0, (10 / 24, 19 / 24), (), ())
    return replace(plain, **more)  # type: ignore[arg-type]


def test_a_night_goes_from_noon_to_noon_and_its_cramps_stand_where_they_began() -> None:
    found = row(
        Kept(utc(2026, 1, 11, 3), "b", severity=7),
        Kept(utc(2026, 1, 11, 0), "a", unsure=True),
        Kept(utc(2026, 1, 10, 18), "c", trusted=False),
        Kept(utc(2026, 1, 11, 5), "d", practice=True),
        Kept(utc(2026, 1, 11, 5), "e", none=True),
        Kept(utc(2026, 1, 12, 5), "f"),
    )
    assert found.marks == (
        Mark("c", NIGHT, 0.25, doubtful=False, daytime=True, about=True, severity=None),
        Mark("a", NIGHT, 0.5, doubtful=True, daytime=False, about=False, severity=None),
        Mark("b", NIGHT, 0.625, doubtful=False, daytime=False, about=False, severity=7),
    )
    assert found.window == (10 / 24, 19 / 24)
    assert (found.elapsed, found.observed, found.unconfirmed, found.away, found.unknown) == (1, 1, 0, 0, ())
    assert row().unconfirmed == 1


def test_what_was_not_watched_is_unknown() -> None:
    found = row(watches=((utc(2026, 1, 10, 23, 30), utc(2026, 1, 11, 6)),))
    assert [(span.start * 24, span.end * 24, span.nights) for span in found.unknown] == [
        (pytest.approx(10), pytest.approx(11.5), 1),
        (pytest.approx(18), pytest.approx(19), 1),
    ]
    assert found.observed == 0
    (whole,) = row(watches=()).unknown
    assert (whole.start * 24, whole.end * 24) == (pytest.approx(10), pytest.approx(19))


def test_whoever_was_away_left_nothing_unknown() -> None:
    found = row(watches=(), said=Answers(slept_here=False))
    assert (found.away, found.observed, found.unconfirmed, found.unknown) == (1, 0, 0, ())


def test_an_hour_that_the_clock_repeats_is_unknown_if_either_was() -> None:
    """From half past two of summer time to ten past two of winter time, forty minutes later."""
    night = date(2026, 10, 24)
    window = sleep_window(night, time(22), time(7), BERLIN)
    gap = utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 10)
    facts = roll_up(night, window, BERLIN)
    found = night_row(facts, window, BERLIN, watches=[(window[0], gap[0]), (gap[1], window[1])])
    assert [(round(span.start * 24, 4), round(span.end * 24, 4), span.nights) for span in found.unknown] == [
        (14, 14.1667, 1),
        (14.5, 15, 1),
    ]


def test_a_window_past_noon_ends_with_its_night() -> None:
    window = utc(2026, 1, 11, 5), utc(2026, 1, 11, 14)
    (unknown,) = night_row(roll_up(NIGHT, window, UTC), window, UTC).unknown
    assert (unknown.start * 24, unknown.end) == (pytest.approx(17), 1.0)


def test_the_room_is_the_mean_of_each_hour() -> None:
    readings = [(utc(2026, 1, 10, 22, 10), 18.0), (utc(2026, 1, 10, 22, 40), 19.0), (utc(2026, 1, 12, 1), 30.0)]
    found = row(readings=readings)
    assert found.celsius[10] == 18.5
    assert {value for hour, value in enumerate(found.celsius) if hour != 10} == {None}


# Rows ---------------------------------------------------------------------------------------------------------------


def test_a_night_that_has_no_row_is_unknown_throughout() -> None:
    found = raster([empty(2), empty(0)])
    assert not found.weekly
    assert [row.first for row in found.rows] == [MONDAY + timedelta(days=day) for day in range(3)]
    assert found.rows[1].unknown == (Unknown(0.0, 1.0, 1),)
    assert found.rows[1].observed == 0
    assert raster([]).rows == ()
    with pytest.raises(ValueError, match="each night once"):
        raster([empty(0), empty(0)])


@pytest.mark.parametrize(("nights", "weekly", "rows"), [(90, False, 90), (91, True, 13), (92, True, 14)])
def test_above_ninety_nights_there_is_a_row_a_week(nights: int, weekly: bool, rows: int) -> None:
    found = raster([empty(day) for day in range(nights)])
    assert (found.weekly, len(found.rows)) == (weekly, rows)
    assert sum(row.elapsed for row in found.rows) == nights


def test_a_week_has_all_its_marks_and_says_in_how_many_nights_nobody_listened() -> None:
    marks = [Mark(name, MONDAY + timedelta(days=day), at, False, False, False, None) for name, day, at in
             (("a", 0, 0.6), ("b", 1, 0.5), ("c", 1, 0.7))]  # fmt: skip
    first = [
        empty(0, marks=(marks[0],), unknown=(Unknown(0.5, 0.7, 1),), celsius=(20.0, *[None] * 23)),
        empty(1, marks=(marks[1], marks[2]), unknown=(Unknown(0.6, 0.8, 1),), celsius=(22.0, *[None] * 23)),
        empty(2, observed=0, away=1, window=(0.4, 0.9)),
    ]
    week = raster([*first, *(empty(day) for day in range(3, 100))]).rows[0]
    assert [mark.cramp for mark in week.marks] == ["b", "a", "c"]
    assert week.unknown == (Unknown(0.5, 0.6, 1), Unknown(0.6, 0.7, 2), Unknown(0.7, 0.8, 1))
    assert (week.elapsed, week.observed, week.away) == (7, 6, 1)
    assert week.window == (0.4, 0.9)
    assert week.celsius == (21.0, *[None] * 23)


def test_an_unknown_week_has_no_window_and_is_unknown_seven_times() -> None:
    found = raster([empty(0), empty(120)]).rows[3]
    assert (found.window, found.unknown, found.elapsed, found.observed) == (None, (Unknown(0.0, 1.0, 7),), 7, 0)


@settings(deadline=None, max_examples=60)
@given(st.sets(st.integers(0, 200), max_size=60), st.randoms(use_true_random=False))
def test_each_mark_is_drawn_once_and_each_night_counted_once(days: set[int], turns: object) -> None:
    rows = [
        empty(day, marks=(Mark(str(day), MONDAY + timedelta(days=day), day % 24 / 24, False, False, False, None),))
        for day in days
    ]
    found = raster(rows)
    assert sorted(mark.cramp for one in found.rows for mark in one.marks) == sorted(map(str, days))
    assert sum(one.observed for one in found.rows) == len(days)
    assert sum(one.elapsed for one in found.rows) == (max(days) - min(days) + 1 if days else 0)
    assert found.weekly is (bool(days) and max(days) - min(days) >= MOST_NIGHTS)
    turns.shuffle(rows)  # type: ignore[attr-defined]
    assert raster(rows) == found


@given(st.datetimes(datetime(2026, 1, 10, 22), datetime(2026, 1, 11, 7)), st.integers(0, 500))
def test_the_unknown_parts_are_what_the_watch_left(start: datetime, minutes: int) -> None:
    began = start.replace(tzinfo=UTC)
    found = row(watches=((began, began + timedelta(minutes=minutes)),))
    facts = roll_up(NIGHT, WINDOW, UTC, watches=[(began, began + timedelta(minutes=minutes))])
    unknown = sum(span.end - span.start for span in found.unknown) * 24 * 3600
    assert unknown == pytest.approx(facts.window - facts.watched, abs=0.01)
