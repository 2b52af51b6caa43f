"""The hours of the night across a chart, as far as there is anything in them. Positions are 0 to 1, noon to noon."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from bedside.pages.charts.svg import LEFT, RIGHT, Markup, number, path, text
from bedside.patterns.nights import HOURS

USUAL = 9, 21
"""Hours past noon that are drawn where no window is known: from nine to nine."""

ROOM = 26.0
"""Hours at least so wide have a label each; else every third has one."""


@dataclass(frozen=True, slots=True)
class Clockface:
    """The hours past noon from `first` to `last`, spread over the width of a chart."""

    first: int
    last: int

    @property
    def hour(self) -> float:
        """How wide one hour is."""
        return (RIGHT - LEFT) / (self.last - self.first)

    def x(self, position: float) -> float:
        """Where a position of the night is drawn: at the chart's edge, if it lies beyond."""
        return LEFT + (min(max(position * HOURS, self.first), self.last) - self.first) * self.hour

    def labelled(self) -> list[int]:
        """The hours past noon that have a label."""
        every = 1 if self.hour >= ROOM else 3
        return [at for at in range(self.first, self.last + 1) if at % every == 0]

    def labels(self, y: float) -> Markup:
        """The hours of the clock: 21, 0, 3, 6."""
        named = ((at, str((at + HOURS // 2) % HOURS)) for at in self.labelled())
        return Markup("").join(text(self.x(at / HOURS), y, clock, anchor="middle") for at, clock in named)

    def lines(self, top: float, bottom: float) -> Markup:
        """A faint line at each hour that has a label."""
        down = f"v{number(bottom - top)}"
        return path("".join(f"M{number(self.x(at / HOURS))} {number(top)}{down}" for at in self.labelled()), "hour")


def clockface(windows: Iterable[tuple[float, float] | None], positions: Iterable[float]) -> Clockface:
    """The hours with every window, one more before and after it, and every position that has a mark."""
    known = [window for window in windows if window]
    places = list(positions)
    begins = [floor(opens * HOURS) - 1 for opens, _ in known] or [USUAL[0]]
    ends = [ceil(closes * HOURS) + 1 for _, closes in known] or [USUAL[1]]
    first = min(*begins, *(floor(place * HOURS) for place in places), HOURS - 1)
    last = max(*ends, *(floor(place * HOURS) + 1 for place in places), 1)
    return Clockface(max(first, 0), min(last, HOURS))
