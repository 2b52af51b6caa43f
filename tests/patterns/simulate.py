"""Simulated users whose truth is known: how often the intervals cover it, and how often an effect is told that is none.

No user here has an effect. On randomly assigned nights, or in a randomised trial, at most 5 % may be told of one. The
observational panels promise nothing of the kind: what they do when the rate drifts in spells is what their words are
chosen by.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bedside.patterns.exact import Comparison, Stratum, nights_ratio, rate, ratio, sign_flip, stratified_nights_ratio
from bedside.patterns.looks import enough_to_compare, last_look

Counts = NDArray[np.int64]
Sides = NDArray[np.bool_]
Chance = np.random.Generator

YEAR = 365
MONTH = 30
A_WEEK = (1, 3, 7, 14)
"""Cramps a week of the users, in turn."""

SPELL = 28
"""Nights that a good or a bad spell lasts on the average; a bad one has three times the rate of a good one."""


@dataclass(frozen=True)
class Share:
    """How many of so many users."""

    found: int
    users: int

    @property
    def value(self) -> float:
        return self.found / self.users

    @property
    def spread(self) -> float:
        """One standard error, as if one more had been found and one more had not."""
        value = (self.found + 1) / (self.users + 2)
        return math.sqrt(value * (1 - value) / self.users)

    def __str__(self) -> str:
        return f"{self.value:7.1%} ± {self.spread:.1%}"


# The users ----------------------------------------------------------------------------------------------------------


def spells(chance: Chance, nights: int, mean: float = SPELL) -> NDArray[np.float64]:
    """Factors on the rate, 0.5 and 1.5 by turns; each spell ends with the same chance every night."""
    turns = np.cumsum(chance.random(nights) < 1 / mean) + chance.integers(2)
    return np.where(turns % 2, 0.5, 1.5)


def poisson(chance: Chance, rates: NDArray[np.float64]) -> Counts:
    return chance.poisson(rates)


def clustered(chance: Chance, rates: NDArray[np.float64]) -> Counts:
    """Negative binomial, the variance twice the mean: cramps come several in a night."""
    return chance.negative_binomial(rates, 0.5)


def assigned(chance: Chance, cramps: Counts) -> Sides:
    """A coin for every night."""
    return chance.random(len(cramps)) < 0.5


def after_bad_nights(chance: Chance, cramps: Counts) -> Sides:
    """Stretches more often the evening after a night with a cramp."""
    before = np.concatenate(([0], cramps[:-1]))
    return chance.random(len(cramps)) < np.where(before > 0, 0.8, 0.4)


def in_runs(chance: Chance, cramps: Counts) -> Sides:
    """Keeps it up for a few weeks, then leaves it for a few, for reasons of its own."""
    return spells(chance, len(cramps)) > 1


def warmth(chance: Chance, nights: int) -> NDArray[np.float64]:
    """The sleep window's mean temperature apart from the season: weather that lasts for days."""
    weather = np.empty(nights)
    weather[0] = chance.normal(0, 1.5)
    for night in range(1, nights):
        weather[night] = 0.8 * weather[night - 1] + chance.normal(0, 0.9)
    return 20 + weather


def season(chance: Chance, nights: int) -> NDArray[np.float64]:
    """From -1 in winter to 1 in summer; the diary starts on any day of the year."""
    return np.sin(2 * np.pi * (np.arange(nights) / YEAR + chance.random()))


# What they are told --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def by_nights(table: Stratum, confidence: float) -> Comparison:
    return nights_ratio(*table, confidence=confidence)


def split(cramps: Counts, side: Sides) -> Stratum:
    """Nights with a cramp and nights, on one side and on the other."""
    had = cramps > 0
    return int(np.sum(had & side)), int(np.sum(side)), int(np.sum(had & ~side)), int(np.sum(~side))


def compare_nights(cramps: Counts, side: Sides, confidence: float) -> Comparison | None:
    """The primary comparison; None below its gate."""
    table = split(cramps, side)
    return by_nights(table, confidence) if enough_to_compare(table[1], table[3], int(cramps.sum())) else None


def compare_cramps(cramps: Counts, side: Sides, confidence: float) -> Comparison | None:
    """Cramps a night, which take each cramp for itself."""
    _, nights, _, others = split(cramps, side)
    if not enough_to_compare(nights, others, int(cramps.sum())):
        return None
    return ratio(int(cramps[side].sum()), nights, int(cramps[~side].sum()), others, confidence=confidence)


def compare_by_month(cramps: Counts, warm: NDArray[np.float64], confidence: float) -> Comparison | None:
    """Warm against cold nights, split at the median of each finished month, ties cold, stratified by month."""
    months = range(0, len(cramps) - MONTH + 1, MONTH)
    parts = [slice(start, start + MONTH) for start in months]
    strata = [split(cramps[part], warm[part] > np.median(warm[part])) for part in parts]
    nights, others = sum(stratum[1] for stratum in strata), sum(stratum[3] for stratum in strata)
    counted = int(cramps[: len(parts) * MONTH].sum())
    return (
        stratified_nights_ratio(strata, confidence=confidence) if enough_to_compare(nights, others, counted) else None
    )


def compare_undivided(cramps: Counts, warm: NDArray[np.float64], confidence: float) -> Comparison | None:
    """Warm against cold nights of the whole diary, which the page does not do."""
    return compare_nights(cramps, warm > np.median(warm), confidence)


Kind = Callable[[Chance, NDArray[np.float64]], Counts]
Compare = Callable[[Counts, Any, float], Comparison | None]


def looks(nights: int) -> Iterator[tuple[int, float]]:
    """Every look up to so many observed nights, with its error."""
    for night in range(1, nights + 1):
        look = last_look(night)
        if look and look.nights == night:
            yield night, look.error


def told(compare: Compare, cramps: Counts, sides: Any) -> bool:
    """Whether any look of the year tells of a difference."""
    for nights, error in looks(len(cramps)):
        found = compare(cramps[:nights], sides[:nights], 1 - error)
        if found and found.p <= error:
            return True
    return False


def told_every(days: int, cramps: Counts, side: Sides) -> bool:
    """Whether a page that judges with 95 % every so many days would tell of a difference within the year."""
    found = (compare_nights(cramps[:nights], side[:nights], 0.95) for nights in range(days, len(cramps) + 1, days))
    return any(comparison and comparison.p <= 0.05 for comparison in found)


def excluded(compare: Compare, cramps: Counts, sides: Any) -> bool:
    """Whether the 95 % interval at the end of the year leaves out 1."""
    found = compare(cramps, sides, 0.95)
    return bool(found and (found.low > 1 or found.high < 1))


# The rows ------------------------------------------------------------------------------------------------------------


def each(users: int, seed: int) -> Iterator[tuple[Chance, float]]:
    """The users, each with chances and a rate a night of their own."""
    for user in range(users):
        yield np.random.default_rng((seed, user)), A_WEEK[user % len(A_WEEK)] / 7


def coverage(users: int, seed: int, kind: Kind = poisson) -> Share:
    """Users whose true rate lies in its interval, after two weeks to three years."""
    found = 0
    for chance, mean in each(users, seed):
        nights = int(chance.integers(14, 1096))
        seen = rate(int(kind(chance, np.full(nights, mean)).sum()), nights)
        found += seen.low <= mean <= seen.high
    return Share(found, users)


def false_alarms(
    users: int,
    seed: int,
    kind: Kind,
    judge: Callable[[Counts, Sides], bool] = lambda cramps, side: told(compare_nights, cramps, side),
) -> Share:
    """Users on randomly assigned nights who are told of an effect within a year."""
    found = 0
    for chance, mean in each(users, seed):
        cramps = kind(chance, np.full(YEAR, mean))
        found += judge(cramps, assigned(chance, cramps))
    return Share(found, users)


def drifting(users: int, seed: int, choose: Callable[[Chance, Counts], Sides], spell: float) -> tuple[Share, Share]:
    """Users whose rate drifts in spells and who choose their evenings: told within a year; excluded at its end."""
    tellings = excluding = 0
    for chance, mean in each(users, seed):
        cramps = clustered(chance, mean * spells(chance, YEAR, spell))
        side = choose(chance, cramps)
        tellings += told(compare_nights, cramps, side)
        excluding += excluded(compare_nights, cramps, side)
    return Share(tellings, users), Share(excluding, users)


def weather(users: int, seed: int, compare: Compare, spell: float) -> tuple[Share, Share]:
    """Users with twice the rate in summer, and spells beside it; the night's own warmth does nothing. As drifting."""
    tellings = excluding = 0
    for chance, mean in each(users, seed):
        summer = season(chance, YEAR)
        cramps = clustered(chance, mean * (1 + summer / 3) * spells(chance, YEAR, spell))
        warm = warmth(chance, YEAR) + 4 * summer
        tellings += told(compare, cramps, warm)
        excluding += excluded(compare, cramps, warm)
    return Share(tellings, users), Share(excluding, users)


def trial(users: int, seed: int, pairs: int = 8) -> Share:
    """Users in a randomised trial of pairs of 7-night blocks, the rate in spells: p <= 0.05 at its end."""
    found = 0
    for chance, mean in each(users, seed):
        cramps = clustered(chance, mean * spells(chance, 14 * pairs))
        blocks = cramps.reshape(pairs, 2, 7).sum(axis=2)
        sign = np.where(chance.random(pairs) < 0.5, 1, -1)
        found += sign_flip([int(difference) for difference in sign * (blocks[:, 0] - blocks[:, 1])]) <= 0.05
    return Share(found, users)


def halved(users: int, seed: int, nights: int = 28) -> Share:
    """Three cramps a week against half as many, so many nights each: told at 95 %. The only users with an effect."""
    found = 0
    for chance, _ in each(users, seed):
        usual, half = chance.poisson(3 / 7, nights), chance.poisson(3 / 14, nights)
        found += by_nights((int(np.sum(usual > 0)), nights, int(np.sum(half > 0)), nights), 0.95).p <= 0.05
    return Share(found, users)
