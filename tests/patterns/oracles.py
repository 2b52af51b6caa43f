"""Independent answers: whole-number weights, 40 digits, every outcome enumerated."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from mpmath import log, mp, mpf

from bedside.patterns.exact import Comparison, Stratum

mp.dps = 40

Weights = tuple[int, list[int]]
"""The first count, and in how many ways each count from it on comes about."""


def weights(table: Stratum) -> Weights:
    """Of Fisher's noncentral hypergeometric distribution, given the table's sums."""
    with_cramp, nights, other_with, other_nights = table
    total = with_cramp + other_with
    first, last = max(0, total - other_nights), min(nights, total)
    return first, [math.comb(nights, at) * math.comb(other_nights, total - at) for at in range(first, last + 1)]


def added(strata: Sequence[Stratum]) -> Weights:
    """Of the sum over strata: polynomials multiplied in whole numbers."""
    first, terms = 0, [1]
    for low, ways in map(weights, strata):
        longer = [0] * (len(terms) + len(ways) - 1)
        for (one, term), (other, way) in product(enumerate(terms), enumerate(ways)):
            longer[one + other] += term * way
        first, terms = first + low, longer
    return first, terms


def central_p(known: Weights, seen: int) -> float:
    """Twice the smaller tail, at most 1, from whole numbers."""
    first, ways = known
    at = seen - first
    return float(min(Fraction(1), Fraction(2 * min(sum(ways[: at + 1]), sum(ways[at:])), sum(ways))))


def moments(ways: Sequence[int], psi: float) -> tuple[list[mpf], mpf, mpf]:
    """Each count's probability, the mean and the variance, with counts from 0."""
    terms, factor = [], mpf(1)
    for way in ways:
        terms.append(way * factor)
        factor *= mpf(psi)
    total = sum(terms)
    shares = [term / total for term in terms]
    mean = sum(at * share for at, share in enumerate(shares))
    return shares, mean, sum(at * at * share for at, share in enumerate(shares)) - mean**2


def off_limit(known: Weights, seen: int, psi: float, tail: float, *, upper: bool) -> float:
    """How far, relatively, ψ is from where P(X >= seen), or P(X <= seen), is the tail: one step of Newton's."""
    first, ways = known
    shares, mean, _ = moments(ways, psi)
    counts = range(seen - first, len(ways)) if upper else range(seen - first + 1)
    reached = sum(shares[at] for at in counts)
    slope = sum(at * shares[at] for at in counts) / reached - mean
    return float(abs(log(reached / mpf(tail)) / slope))


def off_estimate(known: Weights, seen: int, psi: float) -> float:
    """How far, relatively, ψ is from where the mean is what was seen."""
    _, mean, variance = moments(known[1], psi)
    return float(abs((mean + known[0] - seen) / variance))


def worst(known: Weights, seen: int, found: Comparison, confidence: float) -> float:
    """The largest relative error in an odds ratio; ∞ where an end is not what it must be."""
    first, last = known[0], known[0] + len(known[1]) - 1
    if first == last:
        return 0.0 if found == Comparison(None, 0.0, math.inf, 1.0) else math.inf
    tail = (1 - confidence) / 2
    errors = [abs(found.p / central_p(known, seen) - 1)]
    if seen == first:
        errors.append(0.0 if (found.estimate, found.low) == (0.0, 0.0) else math.inf)
    else:
        errors.append(off_limit(known, seen, found.low, tail, upper=True))
    if seen == last:
        errors.append(0.0 if (found.estimate, found.high) == (math.inf, math.inf) else math.inf)
    else:
        errors.append(off_limit(known, seen, found.high, tail, upper=False))
    if first < seen < last:
        errors.append(off_estimate(known, seen, found.estimate or 0.0))
    return max(errors)


def flipped(differences: Sequence[int | Fraction]) -> float:
    """The share of all signs whose sum is as far from 0."""
    seen = abs(sum(differences))
    sums = [sum(map(math.prod, zip(signs, differences, strict=True))) for signs in _signs(len(differences))]
    return sum(abs(reached) >= seen for reached in sums) / len(sums)


def _signs(count: int) -> list[tuple[int, ...]]:
    return list(product((-1, 1), repeat=count))
