"""A scale of values up the side of a chart, and intervals on it. What reaches beyond the scale ends in an arrow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, inf, isfinite, log10
from statistics import median_low

from bedside.pages.charts.svg import LEFT, RIGHT, Markup, element, label, number, path
from bedside.patterns.exact import Interval

ROUND = (1, 2, 3, 4, 6, 8, 10)
"""Leading figures of the top of a scale: half of each is a plain number, too."""

LEAST = 2.0

ROOM = 2.0
"""A limit has a place on the scale if that makes it at most so many times as high."""

POINT = 3.0
ARROW = 3.5

Place = tuple[float, Interval]
"""Where across the chart an interval stands."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From 0 at `low_y` up to `top` at `high_y`."""

    top: float
    high_y: float
    low_y: float

    def y(self, value: float) -> float:
        """Where a value stands: at the top, if it lies beyond."""
        return self.low_y - min(value, self.top) / self.top * (self.low_y - self.high_y)

    def drawn(self) -> Markup:
        """Its three lines, with their values."""
        values = (0.0, self.top / 2, self.top)
        way = "".join(f"M{number(LEFT)} {number(self.y(value))}H{number(RIGHT)}" for value in values)
        beside = (label(LEFT - 8, self.y(value), number(value), anchor="end") for value in values)
        return Markup("").join([path(way, "grid"), *beside])

    def whiskers(self, places: Sequence[Place], point: float = POINT) -> Markup:
        """Each interval as an upright line with its estimate on it."""
        lines = "".join(self._line(x, interval) for x, interval in places)
        arrows = "".join(self._arrow(x) for x, interval in places if interval.high > self.top)
        points = (element("circle", class_="point", cx=x, cy=self.y(one.estimate), r=point) for x, one in places)
        return Markup("").join([path(lines, "whisker"), path(arrows, "clipped"), *points])

    def _line(self, x: float, interval: Interval) -> str:
        return f"M{number(x)} {number(self.y(interval.low))}V{number(self.y(interval.high))}"

    def _arrow(self, x: float) -> str:
        tip = number(self.high_y - ARROW)
        side = number(ARROW)
        return f"M{number(x - ARROW)} {number(self.high_y)}L{number(x)} {tip}l{side} {side}"


def scale_for(intervals: Iterable[Interval], high_y: float, low_y: float) -> Scale:
    """A scale with every estimate and, if that flattens nothing, every limit; at least half of the limits it has."""
    known = list(intervals)
    limits = [interval.high for interval in known if isfinite(interval.high)] or [LEAST]
    needed = max([LEAST, median_low(limits), *(interval.estimate for interval in known)])
    return Scale(rounded_up(max(needed, min(max(limits), needed * ROOM))), high_y, low_y)


def rounded_up(value: float) -> float:
    """The next round number from the value on."""
    if not 0 < value < inf:
        return LEAST
    unit = 10.0 ** floor(log10(value))
    return next(figure * unit for figure in (*ROUND, 20) if figure * unit >= value)
