"""The counting agrees with scipy and with 40 digits to 1e-9, thousands of times, and with what is in print."""

import math
import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import gammainc, mpf
from scipy import stats
from scipy.stats.contingency import odds_ratio

from bedside.patterns.exact import (
    Comparison,
    Dispersion,
    Interval,
    Stratum,
    dispersion,
    holm,
    nights_ratio,
    proportion,
    rate,
    ratio,
    sign_flip,
    stratified_nights_ratio,
)
from tests.patterns.oracles import added, central_p, flipped, weights, worst

CLOSE = 1e-9
CONFIDENCES = (0.95, 0.975, 0.9875, 0.99375, 0.5, 0.8, 0.9, 0.99, 0.999, 0.01)
counts = st.integers(0, 400)
confidences = st.sampled_from(CONFIDENCES)


def up_to(chance: random.Random, most: int) -> int:
    """Often an end, often few."""
    return chance.choice((0, most, min(1, most), chance.randint(0, most), chance.randint(0, min(most, 20))))


def table(chance: random.Random, most: int) -> Stratum:
    nights, others = chance.randint(0, most), chance.randint(0, most)
    return up_to(chance, nights), nights, up_to(chance, others), others


def error(found: Any, wanted: Any) -> float:
    """The largest relative error; equal ends have none."""
    found, wanted = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.where(found == wanted, 0.0, np.abs(found / wanted - 1))
    return float(np.max(off))


# One rate, one share --------------------------------------------------------------------------------------------------


def test_a_rate_has_garwoods_interval_as_scipy_has_it() -> None:
    chance = random.Random(1)
    cases = [
        (chance.choice((0, 1, 2, chance.randint(0, 50), chance.randint(0, 2000))), chance.uniform(0.01, 4000), level)
        for level in CONFIDENCES
        for _ in range(200)
    ]
    cases += [(events, 3650.0, 0.95) for events in (10_000, 99_999, 100_000)]
    events, nights, level = map(np.array, zip(*cases, strict=True))
    found = [rate(*case[:2], confidence=case[2]) for case in cases]
    low = np.where(events == 0, 0.0, stats.chi2.ppf((1 - level) / 2, np.maximum(2 * events, 1)) / 2 / nights)
    high = stats.chi2.isf((1 - level) / 2, 2 * events + 2) / 2 / nights
    assert error([one.low for one in found], low) < CLOSE
    assert error([one.high for one in found], high) < CLOSE
    assert [one.estimate for one in found] == list(events / nights)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (25, 16.18, 36.90)],
)
def test_a_rate_has_the_limits_in_print(events: int, low: float, high: float) -> None:
    """Garwood's table (Biometrika 28, 1936), as reprinted; 25 events from GraphPad's description of the method."""
    digits = 2 if events == 25 else 3 if events != 1 else 4
    found = rate(events, 1)
    assert round(found.low, digits) == low
    assert round(found.high, min(digits, 3)) == high


def test_a_proportion_has_clopper_and_pearsons_interval_as_scipy_has_it() -> None:
    chance = random.Random(2)
    cases = []
    for level in CONFIDENCES:
        for _ in range(200):
            trials = chance.choice((1, 2, chance.randint(1, 60), chance.randint(1, 4000)))
            cases.append((up_to(chance, trials), trials, level))
    cases += [(seen, 100_000, 0.95) for seen in (0, 1, 50_000, 99_999, 100_000)]
    seen, trials, level = map(np.array, zip(*cases, strict=True))
    found = [proportion(*case[:2], confidence=case[2]) for case in cases]
    tail = (1 - level) / 2
    low = np.where(seen == 0, 0.0, stats.beta.ppf(tail, np.maximum(seen, 1), trials - seen + 1))
    high = np.where(seen == trials, 1.0, stats.beta.isf(tail, seen + 1, np.maximum(trials - seen, 1)))
    assert error([one.low for one in found], low) < CLOSE
    assert error([one.high for one in found], high) < CLOSE
    assert [one.estimate for one in found] == list(seen / trials)


# Two rates ------------------------------------------------------------------------------------------------------------


def test_a_ratio_of_rates_is_the_split_of_a_binomial_as_scipy_has_it() -> None:
    chance = random.Random(3)
    for _ in range(2000):
        events, others = up_to(chance, chance.choice((3, 30, 300))), up_to(chance, chance.choice((3, 30, 300)))
        nights, other_nights = chance.uniform(0.5, 2000), chance.choice((1.0, chance.uniform(0.5, 2000)))
        level = chance.choice(CONFIDENCES)
        found = ratio(events, nights, others, other_nights, confidence=level)
        if not events + others:
            assert found == Comparison(None, 0.0, math.inf, 1.0)
            continue
        tail, share = (1 - level) / 2, nights / (nights + other_nights)
        low = stats.beta.ppf(tail, events, others + 1) if events else 0.0
        high = stats.beta.isf(tail, events + 1, others) if others else 1.0
        # 1 - high by its own distribution: near 1 the difference would lose the digits
        left = stats.beta.ppf(tail, others, events + 1) if others else 0.0
        right = stats.beta.isf(tail, others + 1, events) if events else 1.0
        assert error(found.low, low / right * other_nights / nights) < CLOSE
        assert error(found.high, high / left * other_nights / nights if left else math.inf) < CLOSE
        below = stats.binom.cdf(events, events + others, share)
        above = stats.binom.sf(events - 1, events + others, share)
        assert found.p == pytest.approx(min(1, 2 * min(below, above)), rel=CLOSE, abs=1e-270)


def test_a_ratio_of_two_equal_rates_is_one_and_of_one_event_among_none_is_endless() -> None:
    assert ratio(30, 100, 60, 200).estimate == 1
    assert ratio(30, 100, 60, 200).p == 1
    assert ratio(1, 10, 0, 10).estimate == ratio(1, 10, 0, 10).high == math.inf
    assert ratio(0, 10, 1, 10).estimate == ratio(0, 10, 1, 10).low == 0
    assert ratio(0, 10, 0, 10) == Comparison(None, 0.0, math.inf, 1.0)


@pytest.mark.parametrize("nights", [5e-324, 1e-300, 1e300])
def test_a_ratio_over_absurd_nights_is_still_a_number(nights: float) -> None:
    for events, others in ((0, 0), (0, 3), (3, 0), (3, 3)):
        for found in (ratio(events, nights, others, 1), ratio(events, 1, others, nights)):
            assert not any(math.isnan(value) for value in (found.estimate or 0.0, found.low, found.high, found.p))
            assert 0 <= found.low <= found.high


# Nights with a cramp --------------------------------------------------------------------------------------------------


def test_an_odds_ratio_of_nights_agrees_with_whole_numbers_and_40_digits() -> None:
    chance = random.Random(4)
    for _ in range(2500):
        cells, level = table(chance, chance.choice((4, 12, 40))), chance.choice(CONFIDENCES)
        found = nights_ratio(*cells, confidence=level)
        assert worst(weights(cells), cells[0], found, level) < CLOSE, (cells, level)


def test_an_odds_ratio_of_nights_agrees_with_scipy() -> None:
    chance = random.Random(5)
    for _ in range(60):
        cells = table(chance, 150)
        found = nights_ratio(*cells)
        if found.estimate is None:
            continue
        with_cramp, nights, other_with, other_nights = cells
        theirs = odds_ratio([[with_cramp, other_with], [nights - with_cramp, other_nights - other_with]])
        low, high = theirs.confidence_interval(0.95)
        assert [found.estimate, found.low, found.high] == pytest.approx([theirs.statistic, low, high], rel=CLOSE)
        given_sums = stats.hypergeom(nights + other_nights, nights, with_cramp + other_with)
        below, above = given_sums.cdf(with_cramp), given_sums.sf(with_cramp - 1)
        assert found.p == pytest.approx(min(1, 2 * min(below, above)), rel=CLOSE)


def test_where_scipy_is_not_exact_whole_numbers_side_with_us() -> None:
    """scipy's noncentral hypergeometric tails are good to about 1e-13 of all, which is much for a small tail."""
    cells = (15, 28, 3, 95)
    theirs = 2 * stats.nchypergeom_fisher.sf(14, 123, 28, 18, 1)
    exactly = central_p(weights(cells), 15)
    assert abs(theirs / exactly - 1) > 1e-6
    assert nights_ratio(*cells).p == pytest.approx(exactly, rel=1e-14)


@pytest.mark.parametrize(
    ("cells", "estimate", "low", "high", "p"),
    [
        ((3, 4, 1, 4), 6.408309, 0.2117329, 621.9337505, 0.4857),  # tea: Agresti 1990, p. 61; R, fisher.test
        ((2, 12, 15, 18), 0.04693661, 0.003325764, 0.363182271, 2 * 0.0004652),  # twins: Fisher 1970; the same
    ],
)
def test_an_odds_ratio_of_nights_is_what_r_prints(
    cells: Stratum, estimate: float, low: float, high: float, p: float
) -> None:
    """R seeks the root in [0, 1], or its inverse, to 1.2e-4 only; hence the room. Its one-sided p, doubled."""
    found = nights_ratio(*cells)
    assert found.estimate == pytest.approx(estimate, rel=1e-5)
    assert found.low == pytest.approx(low, rel=1e-2)
    assert found.high == pytest.approx(high, rel=1e-2)
    assert found.p == pytest.approx(p, rel=1e-4)


def test_an_odds_ratio_common_to_strata_agrees_with_whole_numbers_and_40_digits() -> None:
    chance = random.Random(6)
    for _ in range(700):
        strata = [table(chance, chance.choice((3, 8, 16))) for _ in range(chance.randint(1, 6))]
        level, seen = chance.choice(CONFIDENCES), sum(cells[0] for cells in strata)
        found = stratified_nights_ratio(strata, confidence=level)
        assert worst(added(strata), seen, found, level) < CLOSE, (strata, level)


def test_five_years_of_months_agree_with_whole_numbers() -> None:
    chance = random.Random(7)
    strata = [(chance.randint(2, 14), 15, chance.randint(0, 12), 15) for _ in range(60)]
    found, seen = stratified_nights_ratio(strata), sum(cells[0] for cells in strata)
    assert worst(added(strata), seen, found, 0.95) < CLOSE
    assert 0 < found.p < 1e-6


def test_an_odds_ratio_common_to_strata_is_what_r_prints() -> None:
    """Penicillin and rabbits, Agresti 1990, p. 231; R, mantelhaen.test(exact = TRUE), as its users' tests have it."""
    rabbits = [(0, 6, 0, 5), (3, 6, 0, 6), (6, 6, 2, 6), (5, 6, 6, 6), (2, 2, 5, 5)]
    found = stratified_nights_ratio(rabbits)
    assert found.estimate == pytest.approx(10.36102, rel=1e-5)
    assert found.p == pytest.approx(0.0399449, rel=1e-5)
    assert found.low > 1


def test_one_stratum_is_no_stratification_and_one_without_a_choice_adds_nothing() -> None:
    months: list[Stratum] = [(5, 15, 9, 16), (3, 14, 8, 15)]
    silent: list[Stratum] = [(0, 15, 0, 15), (15, 15, 15, 15), (7, 20, 0, 0), (0, 0, 0, 0)]
    assert stratified_nights_ratio(months[:1]) == nights_ratio(*months[0])
    assert stratified_nights_ratio(months + silent) == stratified_nights_ratio(months)
    assert stratified_nights_ratio(silent) == Comparison(None, 0.0, math.inf, 1.0)


def test_a_month_that_was_bad_as_a_whole_tells_nothing() -> None:
    months = [(9, 10, 18, 20), (2, 20, 1, 10)]  # the bad month had few warm nights, the good one many
    assert nights_ratio(11, 30, 19, 30).p < 0.1
    assert stratified_nights_ratio(months).estimate == pytest.approx(1, abs=0.1)


def test_large_and_contrary_strata_do_not_overflow() -> None:
    contrary = stratified_nights_ratio([(4000, 5000, 10, 5000), (10, 5000, 4000, 5000)])
    assert contrary.estimate == pytest.approx(1, rel=1e-12)
    assert contrary.p == 1
    huge = nights_ratio(100_000, 100_000, 0, 100_000)
    assert (huge.estimate, huge.high) == (math.inf, math.inf)
    assert huge.low > 1e9
    assert huge.p < 1e-270
    assert nights_ratio(50_000, 100_000, 50_000, 100_000).estimate == pytest.approx(1, rel=1e-12)


# What holds of every comparison --------------------------------------------------------------------------------------


@given(counts, st.integers(1, 400), counts, st.integers(1, 400), confidences)
def test_p_is_small_just_when_the_interval_leaves_out_one(
    events: int, nights: int, others: int, other_nights: int, level: float
) -> None:
    cells = min(events, nights), nights, min(others, other_nights), other_nights
    for found in (
        ratio(events, nights, others, other_nights, confidence=level),
        nights_ratio(*cells, confidence=level),
    ):
        assert found.low <= (found.low if found.estimate is None else found.estimate) <= found.high
        if not math.isclose(found.p, 1 - level, rel_tol=1e-9):
            assert (found.p < 1 - level) == (found.low > 1 or found.high < 1)


@given(counts, st.integers(1, 400), counts, st.integers(1, 400))
def test_the_other_way_round_is_the_inverse(events: int, nights: int, others: int, other_nights: int) -> None:
    cells = min(events, nights), nights, min(others, other_nights), other_nights
    for compare, seen in ((ratio, (events, nights, others, other_nights)), (nights_ratio, cells)):
        found, turned = compare(*seen), compare(*seen[2:], *seen[:2])
        assert turned.p == pytest.approx(found.p, rel=1e-12)
        assert turned.low == pytest.approx(1 / found.high)
        assert found.low == pytest.approx(1 / turned.high)


@given(counts, st.floats(0.1, 1e4))
def test_more_confidence_is_a_wider_interval_and_more_events_a_higher_one(events: int, nights: float) -> None:
    wider = [rate(events, nights, confidence=level) for level in sorted(CONFIDENCES)]
    assert all(one.low >= other.low and one.high < other.high for one, other in pairwise(wider))
    assert rate(events, nights).low < rate(events + 1, nights).low
    assert isinstance(rate(events, nights), Interval)


# Bursts, many questions, a trial -------------------------------------------------------------------------------------


def test_a_dispersion_has_fishers_index_and_its_upper_tail() -> None:
    chance = np.random.default_rng(8)
    for _ in range(1000):
        nights, mean = int(chance.integers(2, chance.choice((4, 40, 400, 4000)))), chance.choice((0.05, 0.4, 2, 30))
        seen = [int(count) for count in chance.negative_binomial(mean, 0.7, nights)]
        found = dispersion(seen)
        assert (found.mean, found.variance) == pytest.approx((np.mean(seen), np.var(seen, ddof=1)))
        if not sum(seen):
            assert found == Dispersion(0.0, 0.0, None, 1.0)
            continue
        assert found.ratio == pytest.approx(np.var(seen, ddof=1) / np.mean(seen))
        statistic = Fraction(nights * sum(count**2 for count in seen), sum(seen)) - sum(seen)
        wanted = stats.chi2.sf(float(statistic), nights - 1)
        assert found.p == pytest.approx(wanted, rel=CLOSE, abs=1e-300)


def test_a_dispersion_agrees_with_40_digits_far_out() -> None:
    seen = [0] * 300 + [40] * 5
    found = dispersion(seen)
    wanted = gammainc(mpf(304) / 2, mpf(305 * 8000 - 200 * 200) / 200 / 2, regularized=True)
    assert found.p == pytest.approx(float(wanted), rel=CLOSE)
    assert dispersion([1] * 50).p == 1
    assert dispersion([3, 3]) == Dispersion(3.0, 0.0, 0.0, 1.0)


def test_holm_steps_down_and_never_below_the_one_before() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.5, 0.6]) == (1.0, 1.0)
    assert holm([0.2]) == (0.2,)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_is_what_its_definition_says_in_any_order(ps: list[float]) -> None:
    ordered = sorted(ps)
    found = holm(ps)
    for p, adjusted in zip(ps, found, strict=True):
        last = max(at for at, other in enumerate(ordered) if other == p)
        assert adjusted == max(min(1.0, (len(ps) - at) * ordered[at]) for at in range(last + 1))
    assert holm(ps[::-1]) == found[::-1]


def test_a_sign_flip_counts_every_way_the_signs_could_have_fallen() -> None:
    chance = random.Random(9)
    for _ in range(150):
        many, spread = chance.randint(1, 8), chance.choice((1, 3, 20))
        whole = [chance.randint(-spread, spread) for _ in range(many)]
        shares = [Fraction(number, chance.randint(1, 7)) for number in whole]
        assert sign_flip(whole) == flipped(whole)
        assert sign_flip(shares) == flipped(shares)
        assert sign_flip([float(share) for share in shares]) == flipped(shares)
        sizes = [chance.gauss(0.5, 1) for _ in range(many)]
        assert sign_flip(sizes) == flipped([Fraction(size) for size in sizes])


def test_a_sign_flip_of_so_many_pairs_has_the_smallest_p_of_two_in_all() -> None:
    for pairs in (1, 5, 6, 30):
        assert sign_flip([pairs + at for at in range(pairs)]) == 2 / 2**pairs
    assert sign_flip([0, 0, 0]) == 1
    assert sign_flip([3, -3]) == 1


def test_a_sign_flip_of_floats_takes_what_was_meant_as_equal() -> None:
    assert 5 / 7 - 3 / 7 != 2 / 7
    assert sign_flip([5 / 7 - 3 / 7, 2 / 7, -4 / 7]) == sign_flip([2, 2, -4]) == 1
    assert sign_flip([0.1, 0.2, -0.3]) == 1


def test_a_sign_flip_of_years_of_weeks_agrees_with_a_product_of_polynomials() -> None:
    chance = random.Random(10)
    weeks = [chance.randint(-9, 10) for _ in range(260)]
    ways, most = [1], sum(map(abs, weeks))
    for size in map(abs, weeks):  # x^0 where the sign is minus, x^(2·size) where it is plus
        ways = [sum(pair) for pair in zip(ways + [0] * 2 * size, [0] * 2 * size + ways, strict=True)]
    far = abs(sum(weeks))
    wanted = Fraction(sum(way for at, way in enumerate(ways) if abs(at - most) >= far), 2**260)
    assert sign_flip(weeks) == float(wanted)


def test_the_p_of_strata_agrees_far_out() -> None:
    strata = [(14, 15, 2, 15)] * 6
    assert stratified_nights_ratio(strata).p == pytest.approx(central_p(added(strata), 84), rel=CLOSE)
