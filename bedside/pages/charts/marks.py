"""Cramps as marks: an upright bar, the taller the worse. A flat one where nobody said; hollow where it is doubtful."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bedside.catalogue import _, ngettext
from bedside.pages.charts.svg import WIDTH, Markup, element, number, path
from bedside.patterns.raster import Mark

WORST = 10
REACH = 16.0
"""Half of the side of the area that follows a finger, where no other mark is near: 25 CSS px on the narrowest phone."""

THINNEST = 3.0
"""What is hollow cannot be thinner and be seen to be."""


@dataclass(frozen=True, slots=True)
class Links:
    """Where the mark of a cramp leads to, and what it is called: Cramp at 03:04, severity 7."""

    href: Callable[[Mark], str]
    name: Callable[[Mark], str]


@dataclass(frozen=True, slots=True)
class Size:
    """How large marks are: the height of the worst, and how thick they are."""

    tall: float
    thick: float
    decimals: int = 1

    def height(self, severity: int) -> float:
        """Of a mark without its round ends."""
        return (self.tall - self.thick) * severity / WORST

    def round(self, value: float) -> float:
        """As exact as it can be seen at this size."""
        return round(value, self.decimals) if self.decimals else round(value)


def link(links: Links, mark: Mark, *shapes: str) -> Markup:
    """The shapes as a link. Its title is its name, and what is shown where a pointer rests."""
    return element("a", element("title", links.name(mark)), *shapes, href=links.href(mark))


def marked(marks: Sequence[Mark]) -> tuple[str, ...]:
    """How many there are, in sentences. What is doubtful may have been none."""
    doubtful = sum(mark.doubtful for mark in marks)
    cramps = len(marks) - doubtful
    if not marks:
        return (_("Nothing is marked."),)
    said = (
        ngettext("%(number)s cramp is marked where it began.", "%(number)s cramps are marked where they began.", cramps)
        if cramps
        else "",
        ngettext(
            "%(number)s press that may have been a cramp is marked.",
            "%(number)s presses that may have been cramps are marked.",
            doubtful,
        )
        if doubtful
        else "",
    )
    return tuple(filter(None, said))


def shape(mark: Mark, x: float, foot: float, size: Size) -> Markup:
    """The mark, standing at `foot`."""
    x, foot = size.round(x), size.round(foot)
    return _hollow(mark, x, foot, size) if mark.doubtful else _full(mark, x, foot, size)


def _full(mark: Mark, x: float, foot: float, size: Size) -> Markup:
    y = size.round(foot - size.thick / 2)
    if mark.severity is None:
        wide = size.round(size.thick * 1.4) or 1
        return path(f"M{number(x - wide / 2)} {number(y)}h{number(wide)}")
    return path(f"M{number(x)} {number(y)}v{number(-round(size.height(mark.severity), 1))}")


def _hollow(mark: Mark, x: float, foot: float, size: Size) -> Markup:
    """An outline as large as the full one would be."""
    thick = max(size.thick, THINNEST)
    wide, high = (2 * thick, thick) if mark.severity is None else (thick, thick + size.height(mark.severity))
    left, top = size.round(x - wide / 2), size.round(foot - high)
    if not size.decimals:  # too small for round corners to be seen, and shorter
        box = f"M{number(left)} {number(top)}h{number(wide)}v{number(size.round(high))}h{number(-wide)}z"
        return path(box, "hollow")
    rounded = min(wide, high) / 2
    return element("rect", class_="hollow", x=left, y=top, width=wide, height=high, rx=rounded)


def areas(places: Sequence[tuple[float, float]], height: float) -> list[Markup]:
    """For each mark the area that follows a finger, as large as the marks beside it allow: no two overlap."""
    halves = [[REACH, REACH] for _ in places]
    order = sorted(range(len(places)), key=lambda at: places[at][1])
    for rank, one in enumerate(order):
        for other in order[rank + 1 :]:
            across, down = (abs(a - b) for a, b in zip(places[one], places[other], strict=True))
            if down >= 2 * REACH:
                break
            if across < 2 * REACH:
                side = int(down > across)
                half = (across, down)[side] / 2
                halves[one][side] = min(halves[one][side], half)
                halves[other][side] = min(halves[other][side], half)
    return [_area(x, y, across, down, height) for (x, y), (across, down) in zip(places, halves, strict=True)]


def _area(x: float, y: float, across: float, down: float, height: float) -> Markup:
    left, top = max(x - across, 0), max(y - down, 0)
    right, bottom = min(x + across, WIDTH), min(y + down, height)
    if right <= left or bottom <= top:
        return Markup()
    return element(
        "rect",
        class_="hit",
        x=round(left, 1),
        y=round(top, 1),
        width=round(right - left, 1),
        height=round(bottom - top, 1),
    )
