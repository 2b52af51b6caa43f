"""The counting itself: how often, how much more often, how sure. Every result has its interval; 95 % unless told. Pure.

The methods are those of docs/evidence.md, "Counting honestly". All intervals are exact and central: each limit leaves
at most half of the error on its side. So is the p of a comparison, twice the smaller tail: it is 1 - confidence or less
just when the interval leaves out 1. Nothing is ever nan; what cannot be estimated is None, with the widest interval.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count as counting

from bedside.patterns.arguments import Stratum, exposure, probability, several, stratum, sure, whole
from bedside.patterns.power_series import UNBOUNDED, PowerSeries, shared_psi, side, sum_of
from bedside.patterns.sign_flip import sign_flip

__all__ = [
    "Comparison",
    "Dispersion",
    "Interval",
    "Stratum",
    "dispersion",
    "holm",
    "nights_ratio",
    "proportion",
    "rate",
    "ratio",
    "sign_flip",
    "stratified_nights_ratio",
]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its limits."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many times as much on one side as on the other. 1 is no difference, `high` may be ∞, p is central.

    `estimate` is None where there is nothing to compare: then the limits are 0 and ∞, and p is 1.
    """

    estimate: float | None
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How evenly events are spread over nights. `ratio` is the variance over the mean, None without any event."""

    mean: float
    variance: float
    ratio: float | None
    p: float


def rate(events: int, nights: float, *, confidence: float = 0.95) -> Interval:
    """Events a night, with the exact Poisson interval: χ²(e/2; 2k)/2 to χ²(1 - e/2; 2k + 2)/2, over nights.

    e is 1 - confidence, k the events; none have the lower limit 0. Nights need not be whole: the hours of the night
    are compared over watched hours. Garwood, Biometrika 28 (1936) 437.
    """
    events, nights = whole("events", events), exposure("nights", nights)
    low, high = _poisson_limits(events, sure(confidence))
    return Interval(events / nights, low / nights, high / nights)


def proportion(successes: int, trials: int, *, confidence: float = 0.95) -> Interval:
    """The share of trials that were successes, with the exact binomial interval; 0 and n have the ends 0 and 1.

    Clopper and Pearson, Biometrika 26 (1934) 404.
    """
    trials = whole("trials", trials, least=1)
    successes = whole("successes", successes, trials)
    low, high = _binomial(trials).limits(successes, sure(confidence))
    return Interval(successes / trials, _share(low), _share(high))


def ratio(
    events: int, nights: float, other_events: int, other_nights: float, *, confidence: float = 0.95
) -> Comparison:
    """The ratio of two rates of events a night, by the conditional exact test.

    Given a + b events, a is binomial with the odds ratio·T1/T2: the limits of Clopper and Pearson, times T2/T1.
    Przyborowski and Wilenski, Biometrika 31 (1940) 313. It takes single events as independent: of cramps several may
    belong to one bad night, so nights_ratio is the primary comparison.
    """
    events, other_events = whole("events", events), whole("other_events", other_events)
    nights, other_nights = exposure("nights", nights), exposure("other_nights", other_nights)
    split = _binomial(events + other_events)
    low, high = split.limits(events, sure(confidence))
    return Comparison(
        _estimate(events, nights, other_events, other_nights),
        _scaled(low, other_nights, nights),
        _scaled(high, other_nights, nights),
        split.central_p(events, min(max(nights / other_nights, _LEAST_ODDS), 1 / _LEAST_ODDS)),
    )


def nights_ratio(
    with_cramp: int, nights: int, other_with: int, other_nights: int, *, confidence: float = 0.95
) -> Comparison:
    """The odds ratio of a cramp in a night: nights with one, of all nights, on this side and on the other.

    Fisher's exact test. Given all sums, with_cramp is i with a probability as C(n1, i)·C(n2, k - i)·ψ^i. The estimate
    is the ψ of conditional maximum likelihood, the limits leave (1 - confidence)/2 in each tail.
    Fisher, J. R. Stat. Soc. 98 (1935) 39; Cornfield, Proc. 3rd Berkeley Symposium 4 (1956) 135.
    """
    table = stratum((with_cramp, nights, other_with, other_nights))
    return _odds_ratio([table], sure(confidence))


def stratified_nights_ratio(strata: Iterable[Stratum], *, confidence: float = 0.95) -> Comparison:
    """The odds ratio common to all strata, such as months, each (with_cramp, nights, other_with, other_nights).

    Nights are compared within a stratum only: a month that was bad as a whole tells nothing. The sum of with_cramp over
    strata is judged given all sums of each. Gart, Biometrika 57 (1970) 471; Mehta, Patel, Gray, JASA 80 (1985) 969.
    """
    tables = [stratum(value, f"strata[{at}]") for at, value in enumerate(several("strata", strata))]
    return _odds_ratio(tables, sure(confidence))


def dispersion(counts: Sequence[int]) -> Dispersion:
    """Mean and variance of the events a night, and whether they come in bursts: ratio = Σ(y - ȳ)²/((n - 1)ȳ).

    Independent events have a ratio about 1; above 1.5 the page says "in bursts". p is the upper tail alone, for bursts
    are the only question: the chance of a ratio as large without them. (n - 1)·ratio is taken as χ² with n - 1 degrees
    of freedom, the one thing here that is not exact: without bursts p is 0.05 or less in 4 to 7 %, from 6 events on.
    Fisher, Thornton, Mackenzie, Annals of Applied Biology 9 (1922) 325.
    """
    listed = [whole(f"counts[{at}]", count) for at, count in enumerate(several("counts", counts, least=2))]
    nights, events = len(listed), sum(listed)
    spread = nights * sum(count * count for count in listed) - events * events
    mean, variance = events / nights, spread / (nights * (nights - 1))
    if not events:
        return Dispersion(mean, variance, None, 1.0)
    return Dispersion(mean, variance, spread / ((nights - 1) * events), _chi_square_tail(spread / events, nights - 1))


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """Each p adjusted for having asked all the questions, in the order given.

    The smallest of m times m, the next times m - 1 and so on; none below the one before, none above 1.
    Holm, Scandinavian Journal of Statistics 6 (1979) 65.
    """
    listed = [probability(f"ps[{at}]", p) for at, p in enumerate(several("ps", ps))]
    adjusted, reached = [0.0] * len(listed), 0.0
    for rank, at in enumerate(sorted(range(len(listed)), key=listed.__getitem__)):
        reached = max(reached, min(1.0, (len(listed) - rank) * listed[at]))
        adjusted[at] = reached
    return tuple(adjusted)


_LEAST_ODDS = 1e-300


@lru_cache(maxsize=1024)
def _poisson_limits(events: int, confidence: float) -> tuple[float, float]:
    """Of the mean ψ: w(i) = 1/i!. Kept, for a page shows hundreds of weeks, and their counts are few."""
    return PowerSeries(0, UNBOUNDED, lambda at: 1 / (at + 1)).limits(events, confidence)


def _binomial(trials: int) -> PowerSeries:
    """Successes with the odds ψ: w(i) = C(n, i)"""
    return PowerSeries(0, trials, lambda at: (trials - at) / (at + 1))


def _hypergeometric(table: Stratum) -> PowerSeries:
    """Nights with a cramp on the first side, with the odds ratio ψ, given all sums: w(i) = C(n1, i)·C(n2, k - i)"""
    with_cramp, nights, other_with, other_nights = table
    total = with_cramp + other_with
    return PowerSeries(
        max(0, total - other_nights),
        min(nights, total),
        lambda at: (nights - at) * (total - at) / ((at + 1) * (other_nights - total + at + 1)),
    )


def _odds_ratio(tables: Sequence[Stratum], confidence: float) -> Comparison:
    """Of strata that leave no choice nothing is learnt; the others are judged by the sum of their with_cramp."""
    parts = [(table[0], _hypergeometric(table)) for table in tables]
    parts = [(seen, part) for seen, part in parts if part.first < part.last]
    if not parts:
        return Comparison(None, 0.0, math.inf, 1.0)
    seen, told = sum(seen for seen, _ in parts), [part for _, part in parts]
    first, last = sum(part.first for part in told), sum(part.last for part in told)
    centre = shared_psi(told, min(max(seen, first + 0.5), last - 0.5))
    whole_count = told[0] if len(told) == 1 else sum_of(told, centre)
    estimate = 0.0 if seen == first else math.inf if seen == last else centre
    return Comparison(estimate, *whole_count.limits(seen, confidence), whole_count.central_p(seen, 1.0))


def _estimate(events: int, nights: float, other_events: int, other_nights: float) -> float | None:
    """The ratio of the rates as they were seen."""
    if not other_events:
        return math.inf if events else None
    return events / other_events * other_nights / nights


def _scaled(limit: float, over: float, under: float) -> float:
    """The limit times over/under; 0 and ∞ stay what they are."""
    return limit if limit in (0.0, math.inf) else limit * over / under


def _share(odds: float) -> float:
    """The probability that has these odds."""
    return odds / (1 + odds) if odds < math.inf else 1.0


def _chi_square_tail(value: float, freedom: int) -> float:
    """P(χ² >= value) = Q(a, x) with a = freedom/2, x = value/2, by the series of positive terms on the shorter side.

    With t = x^a·e^-x/Γ(a+1): 1 - t·(1 + x/(a+1) + x²/((a+1)(a+2)) + ...) where x < a, else t·(a/x + a(a-1)/x² + ...)
    down to the last factor above 1, and erfc(√x) more where a ends in a half. DLMF 8.7.1, 8.8.2 and 8.4.6.
    """
    shape, half = freedom / 2, value / 2
    if not half:
        return 1.0
    term = math.exp(shape * math.log(half) - half - math.lgamma(shape + 1))
    if half < shape:
        return 1 - term * (1 + side(half / (shape + at) for at in counting(1)).mass)
    rest = math.erfc(math.sqrt(half)) if freedom % 2 else 0.0
    return rest + term * side((shape - at) / half for at in range(freedom // 2)).mass
