"""Sides: which of the nights that count stand against which, in a comparison. Pure. Rules: docs/counting.md."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from statistics import median

from bedside.patterns.facts import NightFacts, Side

NIGHTS_OF_A_MONTH = 20
"""Observed nights with a reading, below which a month tells nothing of warmth."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Nights that are compared with each other alone, such as those of a month."""

    yes: tuple[NightFacts, ...]
    no: tuple[NightFacts, ...]

    def confirmed(self) -> "Stratum":
        """The confirmed nights, on the sides they have."""
        return Stratum(
            tuple(fact for fact in self.yes if fact.confirmed), tuple(fact for fact in self.no if fact.confirmed)
        )


Split = Callable[[Sequence[NightFacts]], tuple[Stratum, ...]]
"""Takes all nights that count, oldest first, and leaves out those on neither side."""


def by_stretch(nights: Sequence[NightFacts]) -> tuple[Stratum, ...]:
    """Stretch completed against offered or skipped."""
    return _split(nights, lambda fact: fact.stretch)


def by_factor(name: str) -> Split:
    """Evenings with the factor against those whose answer says that it was not there."""
    return lambda nights: _split(nights, lambda fact: fact.factor(name))


def by_date(change: date) -> Split:
    """From a night on, against before it."""
    return lambda nights: _split(nights, lambda fact: Side.YES if fact.night >= change else Side.NO)


def by_warmth(nights: Sequence[NightFacts]) -> tuple[Stratum, ...]:
    """Warm against cold nights, a stratum a month: split at the median of each finished month that has 20 observed
    nights with a reading. What equals the median is cold. Never the best-looking cut.
    """
    strata = []
    for _, measured in _finished_months(nights):
        if len(measured) >= NIGHTS_OF_A_MONTH:
            middle = median(celsius for celsius, _ in measured)
            strata.append(
                Stratum(
                    tuple(fact for celsius, fact in measured if celsius > middle),
                    tuple(fact for celsius, fact in measured if celsius <= middle),
                )
            )
    return tuple(strata)


@dataclass(frozen=True, slots=True)
class Months:
    """How far the months are that warm and cold nights are told apart in: `used` so many, `short` so many finished with
    too few nights. The running one has `running` nights with a reading and needs `more` before it ends.
    """

    used: int
    short: int
    running: int
    more: int


def months(nights: Sequence[NightFacts]) -> Months:
    """The months of all nights that count, oldest first."""
    sizes = [len(measured) for _, measured in _finished_months(nights)]
    used = sum(size >= NIGHTS_OF_A_MONTH for size in sizes)
    last = nights[-1].night if nights else None
    running = (
        sum(fact.celsius is not None and _month(fact) == (last.year, last.month) for fact in nights)
        if last and not _ends_a_month(last)
        else 0
    )
    return Months(used, len(sizes) - used, running, max(NIGHTS_OF_A_MONTH - running, 0))


def _finished_months(
    nights: Sequence[NightFacts],
) -> list[tuple[tuple[int, int], list[tuple[float, NightFacts]]]]:
    """Each finished month with its nights that have a reading.

    A month is finished once a night that counts is its last, or lies in a later one.
    """
    found = [
        (month, [(fact.celsius, fact) for fact in group if fact.celsius is not None])
        for month, group in groupby(nights, _month)
    ]
    return found if not nights or _ends_a_month(nights[-1].night) else found[:-1]


def _month(fact: NightFacts) -> tuple[int, int]:
    return fact.night.year, fact.night.month


def _ends_a_month(night: date) -> bool:
    return (night + timedelta(days=1)).month != night.month


def _split(nights: Sequence[NightFacts], side: Callable[[NightFacts], Side]) -> tuple[Stratum, ...]:
    sides = [(side(fact), fact) for fact in nights]
    return (
        Stratum(
            tuple(fact for found, fact in sides if found is Side.YES),
            tuple(fact for found, fact in sides if found is Side.NO),
        ),
    )
