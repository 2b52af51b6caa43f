"""The strip of a night and the raster of nights: every cramp a link at its place, the unknown hatched, all small."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.pages.charts.raster import raster_chart, raster_key, steps_of
from bedside.pages.charts.strip import Strip, strip_chart, strip_key, strip_of
from bedside.patterns.nights import HOURS
from bedside.patterns.raster import Raster, Unknown, raster
from tests.charted import (
    LINKS,
    SINCE,
    WINDOW,
    called,
    check,
    classed,
    linked,
    mark,
    rasters,
    read,
    row,
    rows,
    some_nights,
    starts,
    steps,
)

KINDS = {"hollow", "warmth", "about", "lasted", "band", "away", "bound", "hit"}


def night(*marks: object, **more: object) -> str:
    strip = Strip(**{"window": WINDOW, "marks": marks, **more})  # type: ignore[arg-type]
    return strip_chart(strip, LINKS, name="night", title="Last night")


def nights(drawn: Raster) -> str:
    return raster_chart(drawn, LINKS, name="nights", title="The nights")


def found(drawing: str) -> set[str]:
    return {kind for kind in KINDS if classed(drawing, kind)}


def hatched(drawing: str, kind: str = "h") -> list[str]:
    """The ways that are hatched."""
    return [one.get("d", "") for one in read(drawing).iter("path") if (one.get("stroke") or "").endswith(f"-{kind})")]


def heights(drawing: str) -> list[float]:
    """How tall each full mark is, none where it is flat."""
    ways = [one.find("path").get("d", "") for one in read(drawing).iter("a")]  # type: ignore[union-attr]
    return [-numbers[0] for way in ways for letter, numbers in steps(way) if letter == "v"]


# ── one night ──


def test_every_cramp_of_the_night_is_a_link_with_its_name() -> None:
    marks = mark("a", 0.4), mark("b", 0.6, None), mark("c", 0.61, 0, doubtful=True)
    assert linked(night(*marks)) == [(f"/diary/{one.cramp}", called(one)) for one in marks]
    check(night(*marks))


def test_a_cramp_is_the_taller_the_worse_it_was_and_flat_where_nobody_said() -> None:
    drawn = night(*(mark(str(severity), 0.4 + severity / 50, severity) for severity in range(11)))
    assert heights(drawn) == sorted(set(heights(drawn)))
    assert len(heights(drawn)) == 11
    assert heights(drawn)[0] == 0
    assert heights(night(mark(severity=None))) == []
    assert night(mark(severity=None)) != night(mark(severity=0))


def test_each_kind_of_cramp_looks_another_way() -> None:
    assert found(night(mark())) == {"hit", "band"}
    assert found(night(mark(doubtful=True))) == {"hit", "band", "hollow"}
    assert found(night(mark(about=True))) == {"hit", "band", "about"}
    assert found(night(mark("a"), until={"a": 0.61})) == {"hit", "band", "lasted"}
    assert found(night(mark("a"), until={"b": 0.61})) == {"hit", "band"}
    assert found(night(window=None)) == set()


def test_a_cramp_by_day_stands_outside_the_window() -> None:
    drawn = read(night(mark(at=0.2, daytime=True)))
    (band,) = classed(drawn, "band")
    (hit,) = classed(drawn, "hit")
    assert float(hit.get("x", "")) + 16 < float(band.get("x", ""))


def test_how_long_it_lasted_is_drawn_as_long_as_the_hours_above_it() -> None:
    (bar,) = classed(night(mark("a", 0.5), until={"a": 0.5 + 1 / HOURS}), "lasted")
    (_start, (letter, long)) = steps(bar.get("d", ""))
    assert (letter, long) == ("h", [pytest.approx((312 - 56) / 11, abs=0.01)])


def test_what_was_not_listened_to_is_hatched() -> None:
    assert hatched(night()) == []
    (way,) = hatched(night(unknown=(Unknown(0.5, 0.6, 1), Unknown(0.7, 0.75, 1))))
    assert starts(way) == 2
    assert "not listened to" in night(unknown=(Unknown(0.5, 0.6, 1),))
    assert hatched(strip_key(Strip(WINDOW, (), unknown=(Unknown(0.5, 0.6, 1),)), name="night")) != []


def test_the_temperature_has_its_highest_and_lowest_and_is_broken_where_nothing_was_measured() -> None:
    points = [(0.5, 19.0), (0.51, 18.5), (0.6, 16.25), (0.61, -3.5)]
    drawn = night(temperature=tuple(points))
    (line,) = classed(drawn, "warmth")
    assert starts(line.get("d", "")) == 2
    said = [one.text for one in read(drawn).iter("text")]
    assert said[:2] == ["19.0°", "−3.5°"]  # noqa: RUF001 (a true minus sign)
    assert "−3.5 °C to 19.0 °C" in drawn  # noqa: RUF001
    assert "No temperature was measured." in night()
    assert "no temperature" in [one.text for one in read(night()).iter("text")]


def test_the_labels_of_a_room_that_hardly_changed_do_not_lie_upon_each_other() -> None:
    drawn = read(night(temperature=((0.5, 18.0), (0.51, 18.1))))
    high, low = (float(one.get("y", "")) for one in list(drawn.iter("text"))[:2])
    assert low - high >= 16
    assert [one.text for one in read(night(temperature=((0.5, 18.0),))).iter("text")][:2] == ["18.0°", "21"]


def test_a_strip_is_made_of_a_row_of_the_raster() -> None:
    one = row(marks=(mark("a"),), unknown=(Unknown(0.5, 0.6, 1),))
    made = strip_of(one, until={"a": 0.7}, temperature=[(0.6, 18.0), (0.5, 19.0)])
    assert made == Strip(WINDOW, one.marks, {"a": 0.7}, one.unknown, ((0.5, 19.0), (0.6, 18.0)))


def test_what_is_doubtful_is_told_apart_from_the_cramps() -> None:
    sure, doubtful = mark("a", 0.5), mark("b", 0.6, None, doubtful=True)
    for drawn in (night, lambda *marks: nights(raster([row(marks=marks)]))):
        said = {how: check(drawn(*marks)).findtext("desc") or "" for how, marks in {
            "sure": (sure,), "doubtful": (doubtful,), "both": (sure, doubtful), "neither": (),
        }.items()}  # fmt: skip
        assert "1 cramp is marked where it began." in said["sure"]
        assert "press" not in said["sure"]
        assert "1 press that may have been a cramp is marked." in said["doubtful"]
        assert "1 cramp is" not in said["doubtful"]
        assert "1 cramp is marked where it began. 1 press that may have been a cramp is marked." in said["both"]
        assert "Nothing is marked." in said["neither"]


def test_the_key_calls_a_doubtful_mark_that_nobody_graded_no_cramp() -> None:
    untold = "a cramp, and nobody said how bad it was"
    assert untold not in strip_key(Strip(WINDOW, (mark(severity=None, doubtful=True),)), name="night")
    assert untold in strip_key(Strip(WINDOW, (mark(severity=None),)), name="night")


@settings(deadline=None)
@given(rows(), st.lists(st.tuples(st.floats(0, 1), st.floats(-20, 45)), max_size=30), st.floats(0, 1))
def test_whatever_the_night_was_its_strip_holds_together(
    one: object, points: list[tuple[float, float]], end: float
) -> None:
    strip = strip_of(one, until={mark.cramp: end for mark in one.marks}, temperature=points)  # type: ignore[arg-type, attr-defined]
    drawn = strip_chart(strip, LINKS, name="night", title="Last night")
    check(drawn)
    assert [href for href, _name in linked(drawn)] == [f"/diary/{mark.cramp}" for mark in strip.marks]
    assert len(classed(drawn, "hollow")) == sum(mark.doubtful for mark in strip.marks)
    read(strip_key(strip, name="night"))


# ── many nights ──


def test_the_newest_night_is_on_top_and_every_cramp_a_link() -> None:
    drawn = raster([row(day, marks=(mark(str(day), 0.6),)) for day in range(3)])
    assert [href for href, _name in linked(nights(drawn))] == ["/diary/2", "/diary/1", "/diary/0"]
    assert {
        one.text: float(one.get("y", "")) for one in read(nights(drawn)).iter("text") if "Jan" in (one.text or "")
    } == {
        "3 Jan": 33,
        "2 Jan": 51,
        "1 Jan": 69,
    }


def test_nights_away_and_unknown_ones_are_marked_and_in_a_week_told_from_those_in_part() -> None:
    one_unknown = raster([row(0), row(1, unknown=(Unknown(0.5, 0.6, 1),)), row(2, away=1)])
    assert (len(hatched(nights(one_unknown))), hatched(nights(one_unknown), "s")) == (1, [])
    assert found(nights(one_unknown)) == {"away", "bound"}
    part = [row(0, unknown=(Unknown(0.5, 0.6, 1),)), row(100)]
    (some,) = hatched(nights(raster(part)), "s")
    assert starts(some) > 1  # and there are weeks without a row, hatched whole
    assert len(hatched(nights(raster(part)))) == 1


def test_warmth_has_five_steps_that_hold_all_that_was_measured() -> None:
    one = row(celsius=(None, 14.2, 30.0, *[18.0] * 21))
    made = steps_of([one])
    assert made is not None
    assert (made.of(14.2), made.of(30.0), made.bounds(1)) == (1, 5, (14, 17.5))
    drawn = nights(raster([row(celsius=tuple(float(14 + hour % 10) for hour in range(HOURS)))]))
    assert len([step for step in range(1, 6) if classed(drawn, f"warm-{step}")]) == 5
    assert steps_of([row()]) is None


def test_neighbouring_hours_of_one_warmth_are_one_piece() -> None:
    (one,) = classed(nights(raster([row(celsius=(18.0,) * HOURS)])), "warm-1")
    assert one.get("d") == "M0 0h11"
    (broken,) = classed(nights(raster([row(celsius=(*[18.0] * 12, None, *[18.0] * 11))])), "warm-1")
    assert broken.get("d") == "M0 0h3M4 0h7"


def test_the_key_tells_of_the_signs_that_there_are_and_of_no_other() -> None:
    assert list(read(raster_key(raster([]), name="nights"))) == []
    plain = raster_key(raster([row()]), name="nights")
    assert [" ".join(one.itertext()).strip() for one in read(plain)] == ["the sleep window begins and ends"]
    full = raster_key(some_nights(400, 100), name="nights")
    assert len(list(read(full))) == 6 + 5
    assert "away; a dot at the end" in full
    measured = raster([row(celsius=(18.0,) * HOURS)]), raster([row(celsius=(*[18.0] * 12, None, *[18.0] * 11))])
    assert ["not measured" in raster_key(one, name="nights") for one in measured] == [False, True]


def test_the_first_night_is_named_and_not_the_monday_of_its_week() -> None:
    for days, nights_of_it in ((range(2, 100), 98), (range(100), 100), (range(6, 20), 14)):
        desc = check(nights(raster([row(day) for day in days]))).findtext("desc") or ""
        assert f"It shows {nights_of_it} nights, from {days[0] + 1} January 2024 on." in desc


def test_over_years_it_is_said_what_stands_in_brackets() -> None:
    brackets = "The name of a mark has in brackets how bad it was, 0 to 10."
    graded = row(marks=(mark(),))
    assert brackets in nights(raster([graded, row(100)]))
    assert brackets not in nights(raster([graded, row(80)]))
    assert brackets not in nights(raster([row(marks=(mark(severity=None),)), row(100)]))


def test_without_a_night_it_says_so() -> None:
    drawn = nights(raster([]))
    assert check(drawn).findtext("desc") == "There is no night yet."
    assert [one.text for one in read(drawn).iter("text")] == ["no night yet"]


def test_a_quarter_of_a_year_and_ten_years_are_small_enough_for_a_page() -> None:
    for drawn, cramps, most in ((some_nights(90, 60), 60, 45_000), (some_nights(3640, 1500), 1500, 180_000)):
        assert len(linked(nights(drawn))) == cramps
        assert len(nights(drawn).encode()) < most
        assert len(raster_key(drawn, name="nights").encode()) < 3_000
    assert len(some_nights(3640, 0).rows) == 520


@settings(deadline=None, max_examples=60)
@given(rasters())
def test_whatever_the_nights_were_their_raster_holds_together(drawn: Raster) -> None:
    made = nights(drawn)
    check(made)
    marks = [one for line in reversed(drawn.rows) for one in line.marks]
    assert linked(made) == [(f"/diary/{one.cramp}", called(one)) for one in marks]
    assert len(classed(made, "hollow")) == sum(one.doubtful for one in marks)
    read(raster_key(drawn, name="nights"))


def test_the_days_of_the_sample_are_those_of_ten_years() -> None:
    assert (SINCE, some_nights(3640, 1).rows[-1].first) == (date(2016, 11, 28), date(2026, 11, 9))


def test_no_drawing_says_how_it_looks_but_by_its_classes() -> None:
    drawn = night(mark()) + nights(some_nights(30, 10)) + raster_key(some_nights(30, 10), name="a")
    assert not re.search(r"style=|<style|<script|#[0-9a-f]{3}\b|fill=", drawn)
