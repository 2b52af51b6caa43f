"""Nights to be drawn, made up alike each time, and drawings read back: where things are and what is a link."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import cos, pi
from random import Random

from hypothesis import strategies as st

from bedside.pages.charts.marks import Links
from bedside.patterns.nights import HOURS
from bedside.patterns.raster import Mark, Raster, Row, Unknown, raster
from tests.patterns.diaries import MONDAY

WINDOW = (10 / HOURS, 19 / HOURS)
SINCE = date(2016, 11, 28)


def called(mark: Mark) -> str:
    """A name as the pages give it."""
    clock = round(mark.at * HOURS * 60) + 12 * 60
    return f"Cramp at {clock // 60 % HOURS:02}:{clock % 60:02}, severity {mark.severity}, 6 minutes"


LINKS = Links(href=lambda mark: f"/diary/{mark.cramp}", name=called)


def mark(cramp: str = "1", at: float = 0.6, severity: int | None = 5, **more: object) -> Mark:
    plain = Mark(cramp, MONDAY, at, doubtful=False, daytime=False, about=False, severity=severity)
    return replace(plain, **more)  # type: ignore[arg-type]


def row(day: int = 0, first: date = MONDAY, **more: object) -> Row:
    plain = Row(first + timedelta(days=day), 1, 1, 0, 0, WINDOW, (), ())
    return replace(plain, **more)  # type: ignore[arg-type]


def warmth(day: int, chance: Random) -> tuple[float | None, ...]:
    """A room that is warm in summer and in the evening, measured around the clock."""
    season = 19 - 3 * cos((day - 40) / 365 * 2 * pi) + chance.gauss(0, 0.6)
    return tuple(season - 0.1 * hour if chance.random() < 0.97 else None for hour in range(HOURS))


def some_nights(nights: int, cramps: int, *, first: date = SINCE) -> Raster:
    """So many nights with so many cramps: some doubtful, some by day; some nights away, some not listened to."""
    chance = Random(20260109)
    per_night = [0] * nights
    for _number in range(cramps):
        per_night[chance.randrange(nights)] += 1
    numbers = iter(range(1000, 1000 + cramps))
    return raster([_night(day, per_night[day], numbers, chance, first) for day in range(nights)])


def _night(day: int, cramps: int, numbers: Iterator[int], chance: Random, first: date) -> Row:
    if not cramps and chance.random() < 0.04:
        return row(day, first, away=1, observed=0, celsius=warmth(day, chance))
    marks = sorted(
        (
            mark(
                str(next(numbers)),
                at=_onset(chance),
                severity=chance.choice((None, *range(11))),
                doubtful=chance.random() < 0.1,
                night=first + timedelta(days=day),
            )
            for _ in range(cramps)
        ),
        key=lambda one: one.at,
    )
    marks = [replace(one, daytime=not WINDOW[0] <= one.at < WINDOW[1]) for one in marks]
    unknown: tuple[Unknown, ...] = ()
    if chance.random() < 0.15:
        start = chance.uniform(*WINDOW)
        unknown = (Unknown(start, min(start + chance.uniform(0.01, 0.2), WINDOW[1]), 1),)
    return row(day, first, marks=tuple(marks), unknown=unknown, celsius=warmth(day, chance))


def _onset(chance: Random) -> float:
    return chance.uniform(0.1, 0.9) if chance.random() < 0.03 else min(max(chance.gauss(15, 2.2), 10), 18.9) / HOURS


SEVERITIES = st.none() | st.integers(0, 10)
POSITIONS = st.floats(0, 1)
SPANS = st.tuples(POSITIONS, POSITIONS).map(sorted)


@st.composite
def rows(draw: st.DrawFn, day: int = 0) -> Row:
    """A night of any kind, its window wherever it may be."""
    marks = draw(st.lists(st.tuples(POSITIONS, SEVERITIES, st.booleans(), st.booleans()), max_size=4))
    opens, closes = draw(SPANS)
    return row(
        day,
        window=draw(st.sampled_from(((opens, closes), WINDOW, None))),
        away=draw(st.sampled_from((0, 0, 0, 1))),
        marks=tuple(
            mark(f"{day}-{at}", at=place, severity=severity, doubtful=doubtful, about=about)
            for at, (place, severity, doubtful, about) in enumerate(sorted(marks, key=lambda one: one[0]))
        ),
        unknown=tuple(Unknown(start, end, 1) for start, end in draw(st.lists(SPANS, max_size=1))),
        celsius=tuple(draw(st.lists(st.none() | st.floats(-20, 45), min_size=HOURS, max_size=HOURS))),
    )


@st.composite
def rasters(draw: st.DrawFn, most: int = 200) -> Raster:
    """Nights of any kind, some without a row. A few are drawn, then taken in turns."""
    kinds = [draw(rows()) for _ in range(draw(st.integers(1, 4)))]
    turns = draw(st.randoms(use_true_random=False))
    days = sorted(draw(st.sets(st.integers(0, most), max_size=40)))
    return raster([_moved(turns.choice(kinds), day) for day in days])


def _moved(one: Row, day: int) -> Row:
    marks = tuple(replace(found, cramp=f"{day}-{at}") for at, found in enumerate(one.marks))
    return replace(one, first=MONDAY + timedelta(days=day), marks=marks)


# ── drawings, read back ──

WIDE = 320.0


def check(drawing: str) -> ET.Element:
    """What holds of every drawing: it is well formed, has its title, and nothing of it lies outside or is no number."""
    tree = read(drawing)
    left, top, wide, high = map(float, tree.get("viewBox", "").split())
    assert (left, top, wide) == (0, 0, WIDE)
    assert [(x, y) for x, y in places(drawing) if not (-0.01 <= x <= wide + 0.01 and -0.01 <= y <= high + 0.01)] == []
    assert not re.search(r"\b(nan|inf|None)\b", re.sub(r"<title>.*?</title>", "", drawing))
    title, desc = tree[0], tree[1]
    assert (title.tag, desc.tag) == ("title", "desc")
    assert (tree.get("aria-labelledby"), tree.get("aria-describedby")) == (title.get("id"), desc.get("id"))
    assert title.text
    assert desc.text
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert tree.get("role") == ("group" if list(tree.iter("a")) else "img")
    return tree


def linked(drawing: str) -> list[tuple[str | None, str | None]]:
    """Where each link leads, and what it is called, in their order."""
    return [(one.get("href"), one.findtext("title")) for one in read(drawing).iter("a")]


def read(drawing: str) -> ET.Element:
    """The drawing as a browser has it: a ParseError says where it is not well formed."""
    return ET.fromstring(drawing)


def classed(drawing: str | ET.Element, name: str) -> list[ET.Element]:
    """All elements of the class."""
    tree = read(drawing) if isinstance(drawing, str) else drawing
    return [one for one in tree.iter() if name in one.get("class", "").split()]


def steps(way: str) -> list[tuple[str, list[float]]]:
    """The commands of a path with their numbers."""
    return [
        (letter, [float(found) for found in re.findall(r"-?\d*\.?\d+", numbers)])
        for letter, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", way)
    ]


def starts(way: str) -> int:
    """How many separate lines a path has."""
    return sum(letter == "M" for letter, _numbers in steps(way))


def places(drawing: str) -> list[tuple[float, float]]:
    """Every place that anything of the drawing reaches, in the units of its viewBox; patterns aside."""
    return list(_places(read(drawing), (0.0, 0.0), (1.0, 1.0)))


Pair = tuple[float, float]


def _places(one: ET.Element, shift: Pair, by: Pair) -> Iterator[Pair]:
    if one.tag == "defs":
        return
    if moved := one.get("transform"):
        x, y, across, down = map(float, re.findall(r"-?\d*\.?\d+", moved))
        shift, by = (x, y), (across, down)
    for x, y in [*_of_path(one.get("d", "")), *_of_shape(one)]:
        yield shift[0] + x * by[0], shift[1] + y * by[1]
    for child in one:
        yield from _places(child, shift, by)


def _of_path(way: str) -> Iterator[Pair]:
    x = y = 0.0
    for letter, numbers in steps(way):
        match letter:
            case "M" | "L":
                x, y = numbers
            case "H":
                (x,) = numbers
            case "V":
                (y,) = numbers
            case "h":
                x += numbers[0]
            case "v":
                y += numbers[0]
            case "l":
                x, y = x + numbers[0], y + numbers[1]
            case "z":
                continue
            case _:
                raise ValueError(letter)
        yield x, y


def _of_shape(one: ET.Element) -> Sequence[Pair]:
    def length(name: str) -> float:
        return float(one.get(name, "0"))

    if one.tag == "rect":
        x, y = length("x"), length("y")
        return (x, y), (x + length("width"), y + length("height"))
    if one.tag == "circle":
        x, y, r = length("cx"), length("cy"), length("r")
        return (x - r, y - r), (x + r, y + r)
    if one.tag == "text":
        return ((length("x"), length("y")),)
    return ()
