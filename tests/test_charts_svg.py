"""The parts of a drawing: escaped, short, reachable; dates that have room; scales that cut nothing off unsaid."""

from datetime import timedelta
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.pages.charts.clockface import clockface
from bedside.pages.charts.dates import labels
from bedside.pages.charts.marks import REACH, areas
from bedside.pages.charts.scale import LEAST, rounded_up, scale_for
from bedside.pages.charts.svg import LEFT, RIGHT, drawing, element, group, number, path, text
from bedside.patterns.exact import Interval
from tests.charted import check, classed, read, starts
from tests.patterns.diaries import MONDAY


@pytest.mark.parametrize(
    ("value", "shown"), [(1.0, "1"), (0.0, "0"), (-0.001, "0"), (3.14159, "3.14"), (-2.5, "-2.5"), (120, "120")]
)
def test_a_number_is_as_short_as_two_decimals_allow(value: float, shown: str) -> None:
    assert number(value) == shown


def test_what_comes_from_outside_is_escaped() -> None:
    bad = '"><script>alert(1)</script>&'
    made = drawing("a", bad, bad, 10, [text(1, 2, bad), element("a", element("title", bad), href=bad)], linked=True)
    assert "<script" not in made
    tree = check(made)
    assert (tree.findtext("title"), tree.findtext("desc"), tree.findtext("text")) == (bad, bad, bad)
    assert [(one.get("href"), one.findtext("title")) for one in tree.iter("a")] == [(bad, bad)]


def test_an_attribute_that_is_none_is_left_out_and_an_empty_part_is_nothing() -> None:
    assert element("path", class_=None, stroke_width=1.0, d="M0 0") == '<path stroke-width="1" d="M0 0"/>'
    assert (group(path("")), path("")) == ("", "")


def test_a_drawing_with_links_is_a_group_and_one_without_an_image() -> None:
    assert check(drawing("a", "Title", "Words", 10, ())).get("role") == "img"
    assert check(drawing("a", "Title", "Words", 10, [element("a", href="/")], linked=True)).get("role") == "group"


# ── the hours of the night ──


def test_the_hours_have_every_window_with_an_hour_around_it_and_every_mark() -> None:
    face = clockface([(10 / 24, 19 / 24), None], [12.5 / 24])
    assert (face.first, face.last) == (9, 20)
    assert (face.x(9 / 24), face.x(20 / 24), face.x(0), face.x(1)) == (LEFT, RIGHT, LEFT, RIGHT)
    assert [clockface([(0.5, 0.6)], [place]).first for place in (0, 0.2)] == [0, 4]
    assert [clockface([(0.5, 0.6)], [place]).last for place in (1, 0.8)] == [24, 20]
    assert clockface([], []) == clockface([None], [])


def test_hours_are_those_of_the_clock_and_few_enough_to_be_read() -> None:
    assert read(f"<g>{clockface([(10 / 24, 19 / 24)], []).labels(9)}</g>").itertext().__next__() == "21"
    said = list(read(f"<g>{clockface([(10 / 24, 19 / 24)], [0]).labels(9)}</g>").itertext())
    assert said == ["12", "15", "18", "21", "0", "3", "6"]
    assert list(read(f"<g>{clockface([(12 / 24, 14 / 24)], []).labels(9)}</g>").itertext()) == [
        "23",
        "0",
        "1",
        "2",
        "3",
    ]


# ── the area that follows a finger ──


def test_a_mark_that_stands_alone_has_an_area_as_large_as_a_finger_needs() -> None:
    (area,) = areas([(100, 100)], 200)
    one = read(area)
    assert (one.get("width"), one.get("height")) == (number(2 * REACH), number(2 * REACH))
    assert 2 * REACH * 250 / 320 >= 24  # CSS px, where the screen is 320 wide


@given(st.lists(st.tuples(st.integers(0, 320), st.integers(0, 90)), max_size=12))
def test_no_two_areas_overlap(places: list[tuple[float, float]]) -> None:
    boxes = []
    for area in filter(None, areas(places, 90)):
        x, y, wide, high = (float(read(area).get(name, "")) for name in ("x", "y", "width", "height"))
        boxes.append((x, y, x + wide, y + high))
    for at, (left, top, right, bottom) in enumerate(boxes):
        for x, y, until_x, until_y in boxes[:at]:
            apart = (x - right, left - until_x, y - bottom, top - until_y)
            assert max(apart) >= -0.11  # they are rounded to a tenth


# ── dates ──


def test_dates_are_as_many_as_have_room_and_the_last_row_has_its_own() -> None:
    days = [MONDAY + timedelta(days=day) for day in range(60)]
    assert len(labels(days, 1, 20, 20)) == 60
    assert list(labels(days, 1, 4, 20).values()) == [
        *("1 Jan", "8 Jan", "15 Jan", "22 Jan", "29 Jan", "5 Feb", "12 Feb", "19 Feb"),
        "29 Feb",
    ]
    assert labels([], 1, 20, 20) == {}
    assert labels(days[:1], 1, 1, 20) == {0: "1 Jan"}


def test_over_years_the_months_and_then_the_years_are_named() -> None:
    mondays = [MONDAY + timedelta(weeks=week) for week in range(110)]
    assert list(labels(mondays, 7, 4, 16).values())[:3] == ["2024", "Feb", "Mar"]
    assert list(labels(mondays, 7, 4, 40).values())[:3] == ["2024", "Apr", "Jul"]
    assert list(labels(mondays, 7, 1, 40).values()) == ["2024", "2025", "2 Feb"]


@given(st.integers(0, 600), st.sampled_from((1, 7)), st.integers(1, 20), st.integers(1, 60))
def test_no_two_dates_are_nearer_than_they_may(number_of: int, days: int, apart: int, least: int) -> None:
    firsts = [MONDAY + timedelta(days=days * at) for at in range(number_of)]
    named = sorted(labels(firsts, days, apart, least))
    gaps = [(after - before) * apart for before, after in pairwise(named)]
    # A year of weeks, at a unit each, may have less: there is nothing coarser than years.
    assert all(gap >= min(least, 52 * apart) for gap in gaps)
    assert named[-1:] == [number_of - 1][: len(firsts)]


# ── scales ──


@pytest.mark.parametrize(
    ("value", "top"), [(0.3, 0.3), (1.1, 2), (2.5, 3), (7, 8), (10, 10), (10.1, 20), (0, LEAST), (inf, LEAST)]
)
def test_the_top_of_a_scale_is_a_round_number(value: float, top: float) -> None:
    assert rounded_up(value) == pytest.approx(top)


def test_an_interval_that_reaches_beyond_the_scale_ends_in_an_arrow() -> None:
    places = [(100, Interval(1, 0, 3)), (120, Interval(2, 0.5, 90)), (140, Interval(0, 0, inf))]
    scale = scale_for([one for _x, one in places], 10, 60)
    assert scale.top == 6
    drawn = read(f"<g>{scale.whiskers(places)}</g>")
    (arrows,), (lines,) = classed(drawn, "clipped"), classed(drawn, "whisker")
    assert (starts(arrows.get("d", "")), starts(lines.get("d", ""))) == (2, 3)
    assert len(classed(drawn, "point")) == 3
    assert classed(read(f"<g>{scale.whiskers(places[:1])}</g>"), "clipped") == []


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 1), st.floats(1, 100)).map(lambda one: (*one,)), max_size=20))
def test_no_estimate_is_beyond_the_scale(drawn: list[tuple[float, float, float]]) -> None:
    known = [Interval(estimate, estimate * low, estimate * high) for estimate, low, high in drawn]
    scale = scale_for(known, 10, 60)
    assert all(one.estimate <= scale.top * (1 + 1e-9) for one in known)
    assert sum(one.high <= scale.top * (1 + 1e-9) for one in known) * 2 >= len(known)
