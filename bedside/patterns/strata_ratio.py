"""Cramps a night on two sides, compared within strata such as months. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from bedside.patterns.exact import Comparison, ratio
from bedside.patterns.power_series import PowerSeries, shared_psi, sum_of

Rates = tuple[int, int, int, int]
"""Cramps and nights, and the same on the other side."""


def stratified_ratio(strata: Sequence[Rates], *, confidence: float = 0.95) -> Comparison:
    """The ratio of cramps a night common to all strata, by the conditional exact test.

    Given a + b cramps of a stratum, a is binomial with the odds ratio·T1/T2; the sum of a over strata is judged given
    all these sums. A stratum with nights on one side alone, or without a cramp, tells nothing. Strata with the same
    T1/T2 are as good as one, for their sum is binomial, too; one is compared by `exact.ratio`.
    """
    telling = [one for one in strata if one[1] and one[3] and one[0] + one[2]]
    if not telling:
        return Comparison(None, 0.0, math.inf, 1.0)
    by_odds: Counter[Fraction] = Counter()
    for cramps, nights, others, other_nights in telling:
        by_odds[Fraction(nights, other_nights)] += cramps + others
    parts = [_split(cramps, float(odds)) for odds, cramps in sorted(by_odds.items())]
    seen, last = sum(one[0] for one in telling), sum(part.last for part in parts)
    if len(parts) == 1:
        (odds,) = by_odds
        return ratio(seen, odds.numerator, last - seen, odds.denominator, confidence=confidence)
    centre = shared_psi(parts, min(max(seen, 0.5), last - 0.5))
    together = sum_of(parts, centre)
    estimate = 0.0 if seen == 0 else math.inf if seen == last else centre
    return Comparison(estimate, *together.limits(seen, confidence), together.central_p(seen, 1.0))


def _split(cramps: int, odds: float) -> PowerSeries:
    """How many of the cramps fall on the first side, with the ratio ψ: w(i) = C(n, i)·odds^i"""
    return PowerSeries(0, cramps, lambda at: (cramps - at) / (at + 1) * odds)
