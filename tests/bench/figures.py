"""What was measured: samples, the floor beside them, the bound between the two, and the table of it all."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

PERCENTILES_FROM = 20
"""With fewer values than this the spread is the least and the greatest, not p5 and p95."""


@dataclass(frozen=True)
class Sample:
    """Values of one kind, in `unit`."""

    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        """Median, spread and unit."""
        if len(self.values) == 1:
            return f"{_short(self.median)} {self.unit}"
        low, high = self._spread()
        return f"{_short(self.median)} ({_short(low)}..{_short(high)}) {self.unit}"

    def _spread(self) -> tuple[float, float]:
        if len(self.values) < PERCENTILES_FROM:
            return min(self.values), max(self.values)
        cuts = statistics.quantiles(self.values, n=20)
        return cuts[0], cuts[-1]


@dataclass(frozen=True)
class Bound:
    """`measure` of the floor's and our median is to be below `limit`, or at it where `reached` is allowed."""

    says: str
    measure: Callable[[float, float], float]
    limit: float
    reached: bool = True

    def holds(self, floor: float, ours: float) -> bool:
        """Whether it does."""
        value = self.measure(floor, ours)
        return value < self.limit or (self.reached and value == self.limit)


def times(limit: float) -> Bound:
    """At most so many times the floor."""
    return Bound(f"<= {limit:g} x", lambda floor, ours: ours / floor, limit)


def sooner() -> Bound:
    """Sooner than the floor."""
    return Bound("sooner", lambda floor, ours: ours / floor, 1.0, reached=False)


def above(limit: float, unit: str) -> Bound:
    """Less than so much above the floor."""
    return Bound(f"< floor + {limit:g} {unit}", lambda floor, ours: ours - floor, limit, reached=False)


def at_most(limit: float, unit: str) -> Bound:
    """At most so much, whatever the floor."""
    return Bound(f"<= {limit:g} {unit}", lambda _, ours: ours, limit)


@dataclass(frozen=True)
class Finding:
    """One line of the table. Without a bound it only tells."""

    row: int
    what: str
    ours: Sample
    floor: Sample
    bound: Bound | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line's cells."""
        floor, ours = self.floor.median, self.ours.median
        ratio = f"{ours / floor:.2f}" if floor else "-"
        holds = "-" if self.bound is None else "yes" if self.bound.holds(floor, ours) else "NO"
        bound = self.bound.says if self.bound else "-"
        return str(self.row), self.what, str(self.ours), str(self.floor), ratio, bound, holds


HEADS = ("row", "what", "ours: median (spread)", "floor: median (spread)", "ratio", "bound", "holds")


def table(findings: Iterable[Finding]) -> str:
    """All lines under their heads, as wide as they must be."""
    lines = [HEADS, *(finding.cells for finding in findings)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"
