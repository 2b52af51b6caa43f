"""Power series distributions: counts with P(i) proportional to w(i)·ψ^i, their tails, limits and means. Pure.

Poisson, binomial and Fisher's noncentral hypergeometric counts are of this kind; ψ is the mean, the odds and the odds
ratio (Johnson, Kemp, Kotz: Univariate Discrete Distributions, 3rd edition, 2005, section 2.2).
Only the steps w(i+1)/w(i) are needed. They fall with i, so there is one mode and terms die out on both sides of it.
All sums are of positive terms relative to the term at one count: nothing cancels, and no factorial can overflow.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import mul

UNBOUNDED = 2**62
"""The last count of a distribution that has none."""

ROUNDING = 2.0**-58
"""What is left of a sum when adding more of it no longer shows."""

HUGE = 1e280
"""A side this many times as probable as the count: the sum stops, a tail below 1/HUGE is only bounded by that."""

NEGLIGIBLE = 1e-200
"""Counts this much less probable than the likeliest are left out of a sum of strata: its p holds down to 1e-50."""

Window = tuple[int, list[float]]
"""The first count that is not negligible, and the probabilities from it on."""

CONVERGED = 1e-9
"""A last step this small doubles its digits."""


@dataclass(frozen=True, slots=True)
class Side:
    """The counts on one side of a count: the sums of r, d·r and d²·r; r = P(i)/P(count), d = |i - count|."""

    mass: float
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Centre:
    """Where a distribution lies: the mean's distances from the first and to the last count, and the variance."""

    from_first: float
    to_last: float
    variance: float


@dataclass(frozen=True, slots=True)
class PowerSeries:
    """Counts from `first` to `last`, P(i) proportional to w(i)·ψ^i; `step(i)` is w(i+1)/w(i), falling in i."""

    first: int
    last: int
    step: Callable[[int], float]

    def above(self, count: int, psi: float) -> Side:
        """The counts above."""
        return side(psi * self.step(at) for at in range(count, self.last))

    def below(self, count: int, psi: float) -> Side:
        """The counts below."""
        return side(1 / (psi * self.step(at)) for at in range(count - 1, self.first - 1, -1))

    def central_p(self, count: int, psi: float) -> float:
        """Twice the smaller of P(X <= count) and P(X >= count), at most 1; below 1e-280 only an upper bound."""
        above, below = self.above(count, psi).mass, self.below(count, psi).mass
        return min(1.0, 2 * (1 + min(above, below)) / (1 + above + below))

    def limits(self, count: int, confidence: float) -> tuple[float, float]:
        """The ψ with P(X >= count) = (1 - confidence)/2, and the one with P(X <= count) as much; 0 and ∞ at the ends.

        Clopper and Pearson, Biometrika 26 (1934) 404; Cornfield, Proc. 3rd Berkeley Symposium 4 (1956) 135.
        """
        tail = (1 - confidence) / 2
        low = 0.0 if count == self.first else self._lower_limit(count, tail)
        high = math.inf if count == self.last else 1 / self._mirrored()._lower_limit(-count, tail)
        return low, high

    def centre(self, psi: float) -> Centre:
        """Mean and variance, by sums outward from the mode."""
        mode = self._mode(psi)
        above, below = self.above(mode, psi), self.below(mode, psi)
        total = 1 + above.mass + below.mass
        offset = (above.first - below.first) / total
        variance = (above.second + below.second) / total - offset * offset
        return Centre(mode - self.first + offset, self.last - mode - offset, variance)

    def likely(self, psi: float) -> Window:
        """The first count that is not negligible, and the probabilities from it on."""
        mode = self._mode(psi)
        above = _terms(psi * self.step(at) for at in range(mode, self.last))
        below = _terms(1 / (psi * self.step(at)) for at in range(mode - 1, self.first - 1, -1))
        terms = [*reversed(below), 1.0, *above]
        total = sum(terms)
        return mode - len(below), [term / total for term in terms]

    def _lower_limit(self, count: int, tail: float) -> float:
        """The ψ with P(X >= count) = tail, solved as √(-2·log P), which is close to a straight line in log ψ."""
        wanted = math.sqrt(-2 * math.log(tail))

        def excess(log_psi: float) -> tuple[float, float]:
            psi = math.exp(log_psi)
            above, below = self.above(count, psi), self.below(count, psi)
            reached = 1 + above.mass
            total = reached + below.mass
            depth = math.sqrt(2 * math.log1p(below.mass / reached))
            return wanted - depth, (above.first / reached - (above.first - below.first) / total) / depth

        return math.exp(_root(excess, -math.log(self.step(count - 1))))

    def _mirrored(self) -> "PowerSeries":
        """The distribution of -X, with 1/ψ for ψ."""
        return PowerSeries(-self.last, -self.first, lambda at: 1 / self.step(-at - 1))

    def _mode(self, psi: float) -> int:
        """The last count that is at least as probable as the one before it."""
        low, high = self.first, self.last
        while low < high:
            middle = (low + high + 1) // 2
            if psi * self.step(middle - 1) >= 1:
                low = middle
            else:
                high = middle - 1
        return low


def shared_psi(parts: Sequence[PowerSeries], total: float) -> float:
    """The ψ that makes the means of the parts add up to the total: the conditional maximum-likelihood estimate.

    Solved as log((mean - first)/(last - mean)), which is close to a straight line in log ψ.
    """
    first, last = sum(part.first for part in parts), sum(part.last for part in parts)
    wanted = math.log((total - first) / (last - total))

    def excess(log_psi: float) -> tuple[float, float]:
        centres = [part.centre(math.exp(log_psi)) for part in parts]
        from_first, to_last = sum(centre.from_first for centre in centres), sum(centre.to_last for centre in centres)
        variance = sum(centre.variance for centre in centres)
        return math.log(from_first / to_last) - wanted, variance * (1 / from_first + 1 / to_last)

    return math.exp(_root(excess, 0.0))


def sum_of(parts: Sequence[PowerSeries], psi: float) -> PowerSeries:
    """The distribution of the sum of independent counts with a common ψ, without what is negligible at this one."""
    first, terms = _added([part.likely(psi) for part in parts])
    steps = [after / (before * psi) for before, after in pairwise(terms)]
    return PowerSeries(first, first + len(steps), lambda at: steps[at - first])


def side(ratios: Iterable[float]) -> Side:
    """Sum outward from a count; each ratio is of a term to the one before it, and they fall."""
    mass = first = second = 0.0
    term = 1.0
    for distance, ratio in enumerate(ratios, start=1):
        term *= ratio
        mass += term
        first += distance * term
        second += distance * distance * term
        if term < ROUNDING * (1 - ratio) * mass or mass > HUGE:
            break
    return Side(mass, first, second)


def _terms(ratios: Iterable[float]) -> list[float]:
    """The terms outward from the mode, down to the negligible."""
    terms: list[float] = []
    term = 1.0
    for ratio in ratios:
        term *= ratio
        if term < NEGLIGIBLE:
            break
        terms.append(term)
    return terms


def _added(windows: Sequence[Window]) -> Window:
    """The window of the sum, by halves: few long convolutions take less time than many short ones."""
    if len(windows) == 1:
        return windows[0]
    middle = len(windows) // 2
    return _convolved(_added(windows[:middle]), _added(windows[middle:]))


def _convolved(one: Window, other: Window) -> Window:
    """The window of the sum of two."""
    (low, short), (other_low, long) = sorted((one, other), key=lambda window: len(window[1]))
    size, kernel = len(short), short[::-1]
    terms = [
        sum(map(mul, kernel[max(size - 1 - at, 0) :], long[max(at - size + 1, 0) : at + 1]))
        for at in range(size + len(long) - 1)
    ]
    least = NEGLIGIBLE * max(terms)
    kept = [at for at, term in enumerate(terms) if term > least]
    return low + other_low + kept[0], terms[kept[0] : kept[-1] + 1]


def _root(curve: Callable[[float], tuple[float, float]], start: float) -> float:
    """Where a rising curve, given with its slope, is 0: by Newton's steps, or by halves where they lead astray."""
    low, high, at = -math.inf, math.inf, start
    for _ in range(200):
        value, slope = curve(at)
        low, high = (low, at) if value > 0 else (at, high)
        leap = value / slope
        at -= leap
        if abs(leap) < CONVERGED:
            break
        if not low < at < high:
            at = (low + high) / 2
    return at
