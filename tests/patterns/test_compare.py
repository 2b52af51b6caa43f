"""Comparisons: gates, looks, two readings that must agree, and words that change at a look alone."""

import math
from dataclasses import astuple, replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bedside.patterns.compare import WARMTH, Gate, Panel, chosen_span, comparisons, contrast, family
from bedside.patterns.exact import Comparison, holm, nights_ratio, ratio
from bedside.patterns.facts import NightFacts, Side
from bedside.patterns.looks import Look, enough_to_compare, last_look, next_look
from bedside.patterns.rates import Count
from bedside.patterns.sides import Stratum, by_stretch
from bedside.patterns.strata_ratio import stratified_ratio
from bedside.patterns.verdicts import TELLS, Verdict, agreed, step_down, told
from tests.patterns import simulate
from tests.patterns.diaries import away, diaries, diary, night, stretched, unknown

quick = settings(deadline=None, max_examples=40)


def panel(facts: list[NightFacts]) -> Panel:
    return comparisons(facts).stretch


def by_turns(nights: int, done: int = 0, skipped: int = 1) -> list[NightFacts]:
    """Every other evening the stretch, with so many cramps after it and after the others."""
    sides = [day % 2 == 0 for day in range(nights)]
    return stretched([done if side else skipped for side in sides], sides)


# The sides ----------------------------------------------------------------------------------------------------------


def test_nights_with_a_cramp_are_compared_and_cramps_a_night_beside_them() -> None:
    """Of 20 nights with the stretch 3 had a cramp, 5 in all; of 20 without 9, 9 in all."""
    found = panel(stretched([3, 1, 1, *[0] * 17, *[1] * 9, *[0] * 11], [True] * 20 + [False] * 20))
    assert found.verdict is Verdict.WAITING
    assert (found.observed.yes, found.observed.no) == (Count(20, 3, 5), Count(20, 9, 9))
    assert found.observed.nights == nights_ratio(3, 20, 9, 20)
    assert found.observed.cramps == ratio(5, 20, 9, 20)
    assert found.observed.confidence == 0.95
    assert (found.next_look, found.to_next_look, found.judged) == (56, 16, None)


def test_nights_on_neither_side_are_left_out_and_said() -> None:
    found = panel([*by_turns(30), *diary([1] * 5, first=30), unknown(35, 2), away(36, 1)])
    assert (found.observed.yes.nights, found.observed.no.nights, found.left_out) == (15, 15, 5)
    assert (found.tally.unknown, found.tally.away) == (1, 1)


def test_no_cramp_on_one_side_ends_at_nothing_or_without_end_and_all_nights_alike_tell_nothing() -> None:
    never, always = panel(by_turns(40, 0, 1)).observed.nights, panel(by_turns(40, 1, 0)).observed.nights
    assert never
    assert always
    assert (never.estimate, never.low) == (0.0, 0.0)
    assert (always.estimate, always.high) == (math.inf, math.inf)
    alike = panel(by_turns(40, 1, 1)).observed
    assert alike.nights == Comparison(None, 0.0, math.inf, 1.0)
    assert panel(by_turns(60, 1, 1)).verdict is Verdict.CANNOT_TELL


# The gate -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yes", "no", "cramps", "gate"),
    [
        (0, 0, 0, Gate(14, 14, 6)),
        (13, 14, 6, Gate(1, 0, 0)),
        (14, 11, 6, Gate(0, 3, 0)),
        (14, 14, 5, Gate(0, 0, 1)),
        (14, 14, 6, Gate(0, 0, 0)),
        (5, 100, 2, Gate(9, 0, 4)),
    ],
)
def test_the_gate_says_how_many_more_of_which(yes: int, no: int, cramps: int, gate: Gate) -> None:
    found = contrast(by_stretch(stretched([*[0] * yes, *[0] * no], [True] * yes + [False] * no)))
    assert found.gate == replace(gate, more_cramps=6)
    with_cramps = stretched([1 if day < cramps else 0 for day in range(yes + no)], [True] * yes + [False] * no)
    found = contrast(by_stretch(with_cramps))
    assert found.gate == gate
    assert (found.nights is None, found.cramps is None) == (not gate.open, not gate.open)
    assert gate.open is enough_to_compare(yes, no, cramps)


@quick
@given(st.lists(st.tuples(st.booleans(), st.sampled_from((0, 0, 1, 2))), max_size=40))
def test_adding_what_the_gate_asks_for_opens_it_and_one_less_does_not(kept: list[tuple[bool, int]]) -> None:
    facts = stretched([cramps for _, cramps in kept], [side for side, _ in kept])
    gate = panel(facts).observed.gate

    def added(more_yes: int, more_no: int, cramps: int) -> Verdict:
        """Those nights, and the cramps on the last of them, or on the first night there is."""
        more = stretched([0] * (more_yes + more_no), [True] * more_yes + [False] * more_no, len(facts))
        together = [*facts, *more]
        if cramps:
            together[-1] = replace(together[-1], cramps=together[-1].cramps + cramps)
        return panel(together).verdict

    needed = (gate.more_yes, gate.more_no, gate.more_cramps)
    assert added(*needed) is not Verdict.NOT_YET
    for at in range(3):
        short = list(needed)
        if short[at]:
            short[at] -= 1
            assert added(*short) is Verdict.NOT_YET


# The looks ----------------------------------------------------------------------------------------------------------


def test_from_the_gate_on_there_is_an_interval_and_the_verdict_waits_for_the_look() -> None:
    """A cramp after each evening without: as clear as can be, and yet the words wait."""
    assert [panel(by_turns(nights)).verdict for nights in (27, 28, 55, 56)] == [
        Verdict.NOT_YET,
        Verdict.WAITING,
        Verdict.WAITING,
        Verdict.GOES_TOGETHER_FEWER,
    ]
    assert [panel(by_turns(nights)).to_next_look for nights in (0, 28, 55, 56, 111)] == [56, 28, 1, 56, 1]
    assert panel(by_turns(60, 1, 0)).verdict is Verdict.GOES_TOGETHER_MORE


def test_a_verdict_has_the_looks_nights_and_the_looks_confidence() -> None:
    found = panel(by_turns(130, 0, 1))
    assert found.judged
    assert found.judged.look == Look(2, 112)
    assert found.judged.observed.yes.nights == 56
    assert found.judged.observed.nights == nights_ratio(0, 56, 56, 56, confidence=0.9875)
    assert found.observed.nights == nights_ratio(0, 65, 65, 65, confidence=0.95)


def test_a_difference_just_short_of_the_looks_error_cannot_be_told() -> None:
    """8 of 28 against 17 of 28: p = 0.0303 by scipy's Fisher test with central p. Enough for 5 %, not for 2.5 %."""
    sides = [True] * 28 + [False] * 28
    found = panel(stretched([1] * 8 + [0] * 20 + [1] * 17 + [0] * 11, sides))
    assert found.observed.nights
    assert 0.025 < found.observed.nights.p < 0.05
    assert found.observed.nights.high < 1
    assert found.judged
    assert found.verdict is Verdict.CANNOT_TELL
    assert found.judged.observed.nights
    assert found.judged.observed.nights.high > 1
    assert panel(stretched([1] * 7 + [0] * 21 + [1] * 17 + [0] * 11, sides)).verdict is Verdict.GOES_TOGETHER_FEWER


def test_a_gate_that_opens_after_a_look_waits_for_the_next_one() -> None:
    facts = stretched([1] * 10 + [0] * 46, [True] * 10 + [False] * 46)
    assert panel(facts).verdict is Verdict.NOT_YET
    more = [*facts, *stretched([1] * 54, [True] * 54, first=56)]
    assert panel(more[:60]).verdict is Verdict.WAITING
    assert panel(more).to_next_look == 2
    assert panel([*more, *stretched([1] * 2, [True] * 2, first=110)]).verdict is Verdict.GOES_TOGETHER_MORE


@quick
@given(diaries(260), st.integers(0, 260))
def test_the_words_change_at_a_look_alone(facts: list[NightFacts], cut: int) -> None:
    before, after = panel(facts[:cut]), panel(facts)
    assume(last_look(before.tally.observed) == last_look(after.tally.observed))
    assert before.judged == after.judged
    if before.judged:
        assert before.verdict is after.verdict is before.judged.verdict


def test_the_next_look_is_ahead() -> None:
    for nights in range(1000):
        ahead = next_look(nights)
        assert ahead.nights > nights
        assert last_look(ahead.nights) == ahead


# Observed and confirmed nights must agree -----------------------------------------------------------------------------


def test_when_only_the_confirmed_nights_with_a_cramp_count_nobody_can_tell() -> None:
    """Without a cramp nobody pressed: the confirmed nights all have one, on both sides."""
    facts = [replace(fact, confirmed=fact.cramps > 0) for fact in by_turns(56)]
    found = panel(facts)
    assert found.judged
    assert told(found.judged.observed.nights, 0.025) is Verdict.GOES_TOGETHER_FEWER
    assert (found.verdict, found.judged.at_odds) == (Verdict.CANNOT_TELL, True)
    assert found.judged.confirmed.gate.more_yes == 14


def test_what_the_confirmed_nights_alone_tell_is_not_told_either() -> None:
    """12 of 14 against 2 of 14 where somebody slept; empty beds after the stretch make it 12 of 40 against 2 of 16."""
    slept = stretched([1] * 12 + [0] * 2 + [1] * 2 + [0] * 12, [True] * 14 + [False] * 14)
    empty = stretched([0] * 28, [True] * 26 + [False] * 2, first=28)
    found = panel([*slept, *(replace(fact, confirmed=False) for fact in empty)])
    assert found.judged
    assert told(found.judged.observed.nights, 0.025) is Verdict.CANNOT_TELL
    assert told(found.judged.confirmed.nights, 0.025) is Verdict.GOES_TOGETHER_MORE
    assert (found.verdict, found.judged.at_odds) == (Verdict.CANNOT_TELL, True)


@pytest.mark.parametrize(("one", "other"), list(product(Verdict, Verdict)))
def test_both_say_the_same_or_nothing(one: Verdict, other: Verdict) -> None:
    assert agreed(one, other) is (one if one is other else Verdict.CANNOT_TELL)


@quick
@given(diaries(150))
def test_a_verdict_tells_only_what_both_intervals_tell(facts: list[NightFacts]) -> None:
    for found in (panel(facts), *comparisons(facts, ["alcohol", "sitting"]).factors.values()):
        if found.judged and found.verdict in TELLS:
            for one in (found.judged.observed.nights, found.judged.confirmed.nights):
                assert one
                assert one.low > 1 if found.verdict is Verdict.GOES_TOGETHER_MORE else one.high < 1


# Whatever the diary -------------------------------------------------------------------------------------------------


def without_tally(found: Panel) -> Panel:
    return replace(found, tally=panel([]).tally)


@quick
@given(diaries(80), st.integers(80, 90), st.integers(0, 5))
def test_unknown_nights_and_away_ones_change_nothing(facts: list[NightFacts], day: int, cramps: int) -> None:
    for more in (replace(away(day, cramps), stretch=Side.YES), replace(unknown(day, cramps), stretch=Side.NO)):
        assert without_tally(panel([*facts, more])) == without_tally(panel(facts))


@quick
@given(diaries(80), st.randoms(use_true_random=False), st.integers(0, 3))
def test_order_and_doubtful_cramps_change_nothing(facts: list[NightFacts], turns: object, doubtful: int) -> None:
    changed = [replace(fact, doubtful=doubtful, daytime=doubtful) for fact in facts]
    turns.shuffle(changed)  # type: ignore[attr-defined]
    found, wanted = comparisons(changed, ["alcohol"]), comparisons(facts, ["alcohol"])
    assert without_tally(found.stretch) == without_tally(wanted.stretch)
    assert without_tally(found.warmth) == without_tally(wanted.warmth)
    assert without_tally(found.factors["alcohol"]) == without_tally(wanted.factors["alcohol"])


@quick
@given(diaries(80))
def test_the_other_way_round_the_verdict_is_the_other_way_round(facts: list[NightFacts]) -> None:
    turned = {Side.YES: Side.NO, Side.NO: Side.YES, Side.LEFT_OUT: Side.LEFT_OUT}
    one, other = panel(facts), panel([replace(fact, stretch=turned[fact.stretch]) for fact in facts])
    opposite = {
        Verdict.GOES_TOGETHER_MORE: Verdict.GOES_TOGETHER_FEWER,
        Verdict.GOES_TOGETHER_FEWER: Verdict.GOES_TOGETHER_MORE,
    }
    assert other.verdict is opposite.get(one.verdict, one.verdict)
    assert (other.observed.yes, other.observed.no) == (one.observed.no, one.observed.yes)


# Factors ------------------------------------------------------------------------------------------------------------


def with_factors(cramps: list[int], **sides: list[bool]) -> list[NightFacts]:
    return [
        night(
            day,
            number,
            asked=frozenset(sides),
            factors=frozenset(name for name, there in sides.items() if there[day]),
        )
        for day, number in enumerate(cramps)
    ]


def test_factors_share_the_error_by_holm_and_say_how_many_were_looked_at() -> None:
    """7 of 28 against 17 of 28 is told alone at 2.5 %, p = 0.0147; not as the one of two factors that come to most."""
    cramps = [1] * 7 + [0] * 21 + [1] * 17 + [0] * 11
    alcohol = [day < 28 for day in range(56)]
    odd, rare = [day % 2 == 0 for day in range(56)], [day < 3 for day in range(56)]
    alone = comparisons(with_factors(cramps, alcohol=alcohol), ["alcohol"])
    assert (alone.factors["alcohol"].verdict, alone.looked_at, alone.shown) == (Verdict.GOES_TOGETHER_FEWER, 1, 1)
    found = comparisons(
        with_factors(cramps, alcohol=alcohol, odd=odd, rare=rare), ["alcohol", "odd", "rare", "never asked"]
    )
    assert found.looked_at == found.shown == 2
    assert found.factors["alcohol"].verdict is Verdict.CANNOT_TELL
    assert found.factors["alcohol"].judged
    assert found.factors["alcohol"].judged.observed.confidence == 1 - 0.0125
    assert found.factors["rare"].verdict is Verdict.NOT_YET
    assert found.factors["rare"].observed.gate == Gate(11, 0, 0)
    assert found.factors["never asked"].left_out == 56


def test_a_factor_that_was_asked_about_is_looked_at_whether_it_is_named_or_not() -> None:
    facts = with_factors(
        [1, 0] * 40, odd=[day % 2 == 0 for day in range(80)], third=[day % 3 == 0 for day in range(80)]
    )
    found = comparisons(facts, ["third"])
    assert list(found.factors) == ["third", "odd"]
    assert found.looked_at == 2
    assert {name: panel.verdict for name, panel in comparisons(facts).factors.items()} == {
        name: panel.verdict for name, panel in found.factors.items()
    }


def test_the_primary_question_keeps_the_whole_error() -> None:
    facts = [
        replace(fact, asked=frozenset({"odd"}), factors=frozenset({"odd"} if day % 3 else ()))
        for day, fact in enumerate(by_turns(56))
    ]
    found = comparisons(facts, ["odd"])
    assert found.stretch.judged
    assert found.stretch.judged.observed.confidence == 0.975


def test_a_factor_is_not_called_like_another_question() -> None:
    with pytest.raises(ValueError, match="warmth"):
        comparisons([], [WARMTH])


@given(st.lists(st.floats(0, 0.1), min_size=1, max_size=9), st.sampled_from((0.025, 0.0125)))
def test_a_p_reaches_its_level_just_where_holm_tells(ps: list[float], error: float) -> None:
    adjusted = holm(ps)
    assume(all(abs(one - error) > 1e-12 for one in adjusted))
    levels = step_down(ps, error)
    assert [p <= level for p, level in zip(ps, levels, strict=True)] == [one <= error for one in adjusted]
    assert all(error / len(ps) <= level <= error for level in levels)


def test_no_ps_have_no_levels() -> None:
    assert step_down((), 0.025) == ()


# A chosen span ------------------------------------------------------------------------------------------------------


def test_a_chosen_span_has_marks_and_intervals_and_no_verdict() -> None:
    facts = by_turns(200)
    found = chosen_span(facts, by_stretch, facts[10].night, facts[109].night)
    assert (found.verdict, found.judged) == (Verdict.CHOSEN_SPAN, None)
    assert found.observed.nights == nights_ratio(0, 50, 50, 50)
    assert (found.tally.elapsed, found.tally.observed) == (100, 100)
    short = chosen_span(facts, by_stretch, facts[0].night, facts[9].night)
    assert (short.verdict, short.observed.nights, short.observed.gate) == (Verdict.CHOSEN_SPAN, None, Gate(9, 9, 1))


# Questions that share a look ----------------------------------------------------------------------------------------


def test_a_family_of_none_is_empty() -> None:
    assert family(by_turns(60), {}) == {}


def test_cramps_a_night_over_strata_are_judged_by_the_sum() -> None:
    """Two months of opposite levels and the same ratio of two: pooled, the levels would hide it."""
    found = stratified_ratio([(20, 10, 10, 10), (2, 10, 1, 10)])
    assert found.estimate == pytest.approx(2)
    assert found.low < 2 < found.high
    pooled_apart = stratified_ratio([(20, 10, 20, 20), (2, 20, 1, 20)])
    assert pooled_apart.estimate == pytest.approx(2)


def close(found: Comparison, wanted: Comparison) -> bool:
    return all(
        one == other or one == pytest.approx(other, rel=1e-7)
        for one, other in zip(astuple(found), astuple(wanted), strict=True)
    )


@given(st.integers(0, 30), st.integers(1, 40), st.integers(0, 30), st.integers(1, 40))
def test_one_stratum_is_the_plain_ratio_and_two_of_equal_odds_add_up(a: int, n: int, b: int, m: int) -> None:
    """Strata with no cramp, or with nights on one side alone, tell nothing."""
    plain = ratio(a, n, b, m) if a + b else Comparison(None, 0.0, math.inf, 1.0)
    assert close(stratified_ratio([(a, n, b, m), (0, 5, 0, 5), (3, 7, 0, 0)]), plain)
    assert close(stratified_ratio([(a, n, b, m), (2, 2 * n, 3, 2 * m)]), ratio(a + 2, 3 * n, b + 3, 3 * m))


def exact_p(strata: list[tuple[int, int, int, int]]) -> float:
    """Every split of the cramps of each stratum, with its chance in whole numbers."""
    chances = {0: Fraction(1)}
    for a, n, b, m in strata:
        share = Fraction(n, n + m)
        together: dict[int, Fraction] = {}
        for (seen, chance), first in product(chances.items(), range(a + b + 1)):
            way = chance * math.comb(a + b, first) * share**first * (1 - share) ** (a + b - first)
            together[seen + first] = together.get(seen + first, Fraction(0)) + way
        chances = together
    seen = sum(one[0] for one in strata)
    tails = (sum(way for at, way in chances.items() if side(at)) for side in (seen.__le__, seen.__ge__))
    return float(min(Fraction(1), 2 * min(tails)))


cells = st.tuples(st.integers(0, 8), st.integers(1, 20), st.integers(0, 8), st.integers(1, 20))


@given(st.lists(cells, min_size=2, max_size=4))
def test_strata_of_unequal_nights_have_the_p_that_enumerating_gives(strata: list[tuple[int, int, int, int]]) -> None:
    found = stratified_ratio(strata)
    assert found.p == pytest.approx(exact_p(strata), rel=1e-9)
    if sum(one[0] + one[2] for one in strata):
        assert found.estimate is not None
        assert found.low <= found.estimate <= found.high
        assert (found.low > 1 or found.high < 1) is (found.p < 0.05)


# What the simulation judges is what the panel says --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_the_panel_tells_when_the_simulated_user_is_told(seed: int) -> None:
    """A third of them have half the rate on one side, so that some are told."""
    chance = np.random.default_rng(seed)
    sides = simulate.assigned(chance, np.zeros(230, dtype=np.int64))
    cramps = chance.poisson(np.where(sides, 0.5 if seed % 3 else 0.2, 0.5))
    facts = stretched(cramps.tolist(), sides.tolist())
    for nights, error in simulate.looks(len(cramps)):
        found = simulate.compare_nights(cramps[:nights], sides[:nights], 1 - error)
        assert found
        assert (panel(facts[: nights + 5]).verdict in TELLS) is (found.p <= error)


def test_every_split_keeps_each_night_on_one_side() -> None:
    strata = by_stretch(by_turns(10))
    assert strata == (Stratum(tuple(by_turns(10)[::2]), tuple(by_turns(10)[1::2])),)
