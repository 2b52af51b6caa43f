"""Weeks, hours and sides as charts: intervals that are never cut off unsaid, unknown that is never zero."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.pages.charts.contrast import contrast_chart, contrast_key
from bedside.pages.charts.hours import hours_chart, hours_key
from bedside.pages.charts.weeks import MOST_WEEKS, weeks_chart, weeks_key, weeks_shown
from bedside.patterns.compare import Contrast, contrast
from bedside.patterns.exact import Interval
from bedside.patterns.facts import NightFacts, observed_nights
from bedside.patterns.hours import Hour, by_hour
from bedside.patterns.rates import Week, by_week
from bedside.patterns.sides import by_stretch
from tests.charted import check, classed, read, starts
from tests.patterns.diaries import away, diaries, diary, night, stretched, unknown

LABELS = "Stretch done", "Stretch not done"


def weeks(drawn: Sequence[Week]) -> str:
    made = weeks_chart(drawn, name="weeks", title="Week by week")
    check(made)
    return made


def hours(drawn: Sequence[Hour]) -> str:
    made = hours_chart(drawn, name="hours", title="Hour by hour")
    check(made)
    return made


def sides(drawn: Contrast, labels: tuple[str, str] = LABELS) -> str:
    made = contrast_chart(drawn, labels, name="sides", title="With the stretch and without")
    check(made)
    return made


def lines(drawing: str, kind: str) -> int:
    """How many lines there are of a class."""
    return sum(starts(one.get("d", "")) for one in classed(drawing, kind))


def hatched(drawing: str) -> int:
    """How many pieces are hatched."""
    ways = (one.get("d", "") for one in read(drawing).iter("path") if "url(" in (one.get("stroke") or ""))
    return sum(map(starts, ways))


def said(drawing: str) -> list[str]:
    return [" ".join(one.itertext()).strip() for one in read(drawing).iter() if one.tag in ("text", "li")]


def points(drawing: str) -> list[float]:
    """How high each point is."""
    return [float(one.get("cy", "")) for one in classed(drawing, "point")]


# ── weeks ──


def test_each_week_has_its_rate_with_its_interval() -> None:
    drawn = weeks(by_week(diary([1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])))
    assert (lines(drawn, "whisker"), hatched(drawn)) == (3, 0)
    one, three, none = points(drawn)
    assert three < one < none
    assert none == 140  # zero is at the foot of the scale: it was observed
    assert lines(drawn, "outline") == 3
    assert lines(drawn, "filled") == 2


def test_a_week_without_a_night_that_counts_is_hatched_and_has_no_point() -> None:
    facts = [*diary([1] * 14), *(unknown(day) for day in range(14, 21)), *(away(day) for day in range(21, 28))]
    drawn = weeks(by_week(facts))
    assert (len(points(drawn)), lines(drawn, "whisker"), lines(drawn, "outline")) == (2, 2, 2)
    assert hatched(drawn) == 2 * 2  # in both parts of the chart
    assert "2 weeks are unknown." in drawn
    assert "no night was observed: unknown" in said(weeks_key(by_week(facts), name="weeks"))
    assert "no night was observed: unknown" not in said(weeks_key(by_week(diary([1] * 14)), name="weeks"))


def test_an_interval_that_is_too_wide_for_the_weeks_ends_in_an_arrow() -> None:
    facts = [*diary([1, 0, 0, 0, 0, 0, 0] * 6), night(42, 1)]
    drawn = weeks(by_week(facts))
    assert lines(drawn, "clipped") == 1
    assert lines(drawn, "whisker") == 7
    assert "the interval goes on beyond the chart" in said(weeks_key(by_week(facts), name="weeks"))
    assert lines(weeks(by_week(diary([1] * 21))), "clipped") == 0


def test_below_the_gate_the_cramps_are_counted_and_nothing_has_an_interval() -> None:
    drawn = weeks(by_week(diary([1, 2, 0])))
    assert (len(points(drawn)), lines(drawn, "whisker")) == (1, 0)
    assert "cramps counted in the week" in said(drawn)
    assert "too few nights for a rate" in drawn


def test_of_many_weeks_the_last_year_is_drawn_and_it_is_said() -> None:
    many = by_week(diary([1] * 7 * 60))
    assert len(points(weeks(many))) == MOST_WEEKS == 52
    assert weeks_shown(many) == "The last 52 of 60 weeks are drawn."
    assert weeks_shown(many) in weeks(many)
    assert weeks_shown(many[:52]) == ""
    assert weeks(many) != weeks(many[:-1])


@pytest.mark.parametrize("number", [8, 14, 26, 40, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52])
def test_no_date_below_the_weeks_touches_the_last_one(number: int) -> None:
    """At the largest that the sheet makes them a letter is about 8 units wide."""
    drawn = read(weeks(by_week(diary([1] * 7 * number))))
    dates = [one for one in drawn.iter("text") if float(one.get("y", "")) == 256]
    *middles, last = dates
    begins = float(last.get("x", "")) - 8 * len(last.text or "")
    assert last.get("text-anchor") == "end"
    assert middles
    assert all(float(one.get("x", "")) + 4 * len(one.text or "") + 3 <= begins for one in middles)


def test_without_a_week_there_is_still_a_drawing() -> None:
    assert "There is no week yet." in weeks(())
    assert list(read(weeks_key((), name="weeks"))) == []


@settings(deadline=None, max_examples=60)
@given(diaries(most=450))
def test_whatever_the_weeks_were_each_is_either_drawn_or_unknown(facts: list[NightFacts]) -> None:
    every = by_week(facts)
    drawn = weeks(every)
    known = sum(week.observed.count.nights > 0 for week in every[-MOST_WEEKS:])
    assert len(points(drawn)) == known == lines(drawn, "outline")
    assert hatched(drawn) == 2 * (min(len(every), MOST_WEEKS) - known)
    assert lines(drawn, "whisker") in (0, known)
    assert ("clipped" in drawn) == ("beyond the chart" in weeks_key(every, name="weeks"))
    assert len(drawn) < 12_000


# ── hours ──


def test_each_hour_has_its_rate_with_its_interval() -> None:
    drawn = hours(by_hour(diary([3] * 20)))
    assert (len(points(drawn)), lines(drawn, "whisker"), hatched(drawn)) == (9, 9, 0)
    assert points(drawn)[0] < points(drawn)[5]
    assert [text for text in said(drawn) if text.isdigit()][-10:] == [*("22", "23"), *map(str, range(8))]


def test_below_the_gate_each_cramp_is_a_dot_over_its_hour() -> None:
    drawn = hours(by_hour(diary([3, 1, 1])))
    assert (len(points(drawn)), lines(drawn, "whisker")) == (5, 0)
    across = [one.get("cx") for one in classed(drawn, "point")]
    assert sorted(map(across.count, set(across))) == [1, 1, 3]
    assert len(set(zip(across, points(drawn), strict=True))) == 5
    assert "a cramp; too few yet for a rate" in said(hours_key(by_hour(diary([3, 1, 1])), name="hours"))


def test_an_hour_that_was_hardly_watched_is_hatched_and_so_is_one_in_between_that_nobody_has() -> None:
    known = by_hour(diary([3] * 20))
    hardly = [replace(hour, a_hundred=None) if hour.clock == 23 else hour for hour in known if hour.clock != 2]
    drawn = hours(hardly)
    assert (len(points(drawn)), hatched(drawn)) == (7, 2)
    assert "watched for less than an hour in all: unknown" in said(hours_key(hardly, name="hours"))


@pytest.mark.parametrize("high", [400.0, inf])
def test_an_interval_of_an_hour_that_has_no_room_ends_in_an_arrow(high: float) -> None:
    known = [*by_hour(diary([3] * 20)), Hour(7, 1, 1, 1.0, Interval(3, 0.1, high))]
    assert lines(hours(known), "clipped") == 1
    assert "the interval goes on beyond the chart" in said(hours_key(known, name="hours"))


def test_without_a_watched_hour_there_is_still_a_drawing() -> None:
    assert "No hour was watched yet." in hours(())
    assert list(read(hours_key((), name="hours"))) == []


@settings(deadline=None, max_examples=60)
@given(diaries())
def test_whatever_the_hours_were_their_drawing_holds_together(facts: list[NightFacts]) -> None:
    found = by_hour(observed_nights(facts))
    drawn = hours(found)
    inferred = sum(hour.a_hundred is not None for hour in found)
    assert len(points(drawn)) == (inferred or sum(hour.cramps for hour in found))
    assert lines(drawn, "whisker") == inferred
    read(hours_key(found, name="hours"))


# ── sides ──


def test_both_sides_have_the_share_of_their_nights_with_its_interval() -> None:
    found = contrast(by_stretch(stretched([1, 0] * 15 + [0] * 15, [True] * 30 + [False] * 15)))
    drawn = sides(found)
    assert said(drawn)[:2] == ["Stretch done: 15 of 30 nights", "Stretch not done: 0 of 15 nights"]
    half, none = (float(one.get("cx", "")) for one in classed(drawn, "point"))
    assert none == 8 < half
    assert lines(drawn, "whisker") == 2 * 3
    assert "Stretch done: 15 of 30 nights had a cramp." in drawn
    assert "its 95 % interval" in contrast_key(found)


def test_below_the_gate_the_nights_are_counted_and_nothing_has_an_interval() -> None:
    found = contrast(by_stretch(stretched([1, 0, 0, 1], [True, True, True, False])))
    drawn = sides(found)
    assert (lines(drawn, "whisker"), classed(drawn, "point")) == (0, [])
    assert (lines(drawn, "filled"), lines(drawn, "outline")) == (2, 2)
    assert "too few yet for an interval" in contrast_key(found)


def test_a_long_label_has_lines_enough() -> None:
    found = contrast(by_stretch(stretched([1, 0], [True, False])))
    label = "Evenings with unusual effort, after which both legs were tired"
    (*lines_of_it, other) = said(sides(found, (label, "Others")))[:4]
    assert " ".join(lines_of_it) == f"{label}: 1 of 1 nights"
    assert max(map(len, lines_of_it)) <= 36
    assert other == "Others: 0 of 1 nights"


@settings(deadline=None, max_examples=40)
@given(diaries(most=60), st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=80))
def test_whatever_the_sides_are_their_drawing_holds_together(facts: list[NightFacts], label: str) -> None:
    found = contrast(by_stretch(observed_nights(facts)))
    drawn = sides(found, (label, "Others"))
    assert len(classed(drawn, "point")) == 2 * found.gate.open
    read(contrast_key(found))
