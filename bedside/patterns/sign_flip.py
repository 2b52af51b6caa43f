"""The sign-flip test of a randomised trial: every assignment that could have been drawn is counted. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from bedside.patterns.arguments import exact_number, several

MOST_SUMS = 2**16
"""Different sums in one half of the differences: 32 differences always go, and thousands of small whole numbers."""

ROUNDING = Fraction(1, 2**40)
"""Sums of floats this close, as a share of the sum of all sizes, are equal: 3/7 - 1/7 and 2/7 are meant to be."""


def sign_flip(differences: Sequence[int | float | Fraction]) -> float:
    """The two-sided p of block differences whose signs were drawn by lot: the share of all 2^n ways to give out the
    signs in which the sum is at least as far from 0 as it was.

    Exact, by the sums of each half and how often each occurs. Whole numbers and Fractions are taken exactly; floats
    with a grain of 2^-40, so that p is never too small for their rounding. The smallest p is 2/2^n.
    Fisher, The Design of Experiments (1935), section 21; Pitman, J. R. Stat. Soc. Suppl. 4 (1937) 119.
    """
    values = several("differences", differences)
    exact = [exact_number(f"differences[{at}]", value) for at, value in enumerate(values)]
    scale = math.lcm(*(value.denominator for value in exact))
    sizes = sorted(int(abs(value) * scale) for value in exact)
    grain = int(sum(sizes) * ROUNDING) if any(isinstance(value, float) for value in values) else 0
    bound = abs(int(sum(exact) * scale)) - grain
    if bound <= 0:
        return 1.0
    reaching = _at_least(bound, _sums(sizes[::2]), _sums(sizes[1::2]))
    return float(Fraction(2 * reaching, 1 << len(sizes)))


def _sums(sizes: Sequence[int]) -> Counter[int]:
    """Each sum the sizes can have with either sign, and in how many ways."""
    sums = Counter({0: 1})
    for size in sizes:
        flipped: Counter[int] = Counter()
        for reached, ways in sums.items():
            flipped[reached + size] += ways
            flipped[reached - size] += ways
        sums = flipped
        if len(sums) > MOST_SUMS:
            raise ValueError(
                "differences have too many different sums to count them all:"
                " give at most 32 of any size, or more as small whole numbers"
            )
    return sums


def _at_least(bound: int, one: Counter[int], other: Counter[int]) -> int:
    """In how many ways a sum of one and one of the other reach the bound together."""
    ordered = sorted(other, reverse=True)
    ways = (0, *accumulate(other[reached] for reached in ordered))
    reaching, found = 0, 0
    for start in sorted(one):
        while reaching < len(ordered) and start + ordered[reaching] >= bound:
            reaching += 1
        found += one[start] * ways[reaching]
    return found
