"""How often, week by week: exact numbers, the gate, and nothing that is unknown taken as none."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.patterns.exact import Interval, proportion, rate
from bedside.patterns.facts import NightFacts
from bedside.patterns.rates import NIGHTS_FOR_A_RATE, Count, Rate, by_week, monday_of, rate_over, rate_panel
from bedside.patterns.verdicts import Verdict
from tests.patterns.diaries import MONDAY, away, diaries, diary, night, unknown


def bare(rate: Rate) -> tuple[Count, Interval | None]:
    return rate.count, rate.a_week


def test_a_rate_has_garwoods_interval_a_week_and_the_share_of_nights_its_own() -> None:
    """Five cramps in three of fourteen nights: Garwood's limits of 5 are 1.623 and 11.668, so over two weeks half."""
    panel = rate_panel(diary([1, 3, 1, *[0] * 11]))
    found = panel.observed
    assert panel.verdict is Verdict.KNOWN
    assert found.count == Count(nights=14, with_cramp=3, cramps=5)
    assert found.a_week
    assert found.a_week == Interval(pytest.approx(2.5), pytest.approx(0.8117, abs=1e-3), pytest.approx(5.834, abs=1e-3))
    assert found.share == proportion(3, 14)


def test_a_diary_without_a_cramp_has_a_rate_of_none_with_an_upper_limit() -> None:
    """-log 0.025 is 3.689 events."""
    found = rate_over(diary([0] * 28))
    assert found.a_week
    assert found.a_week.estimate == found.a_week.low == 0
    assert found.a_week.high == pytest.approx(3.68888 / 4, rel=1e-5)
    assert (found.dispersion, found.in_bursts) == (None, False)


@pytest.mark.parametrize("nights", range(NIGHTS_FOR_A_RATE))
def test_below_the_gate_there_is_a_count_and_how_many_more_nights(nights: int) -> None:
    facts = diary([1] * nights)
    panel = rate_panel(facts)
    assert panel.verdict is Verdict.NOT_YET
    assert panel.observed == Rate(Count(nights, nights, nights), 14 - nights, None, None)
    assert all(week.observed.a_week is None for week in panel.weeks)
    more = diary([0] * panel.observed.more_nights, first=nights)
    assert rate_panel([*facts, *more[1:]]).verdict is Verdict.NOT_YET
    assert rate_panel([*facts, *more]).verdict is Verdict.KNOWN


def test_cramps_that_come_several_in_a_night_come_in_bursts() -> None:
    """Seven nights of two and seven of none: mean 1, variance 14/13. Two of seven, the rest none: far above."""
    even, bursts = rate_over(diary([2, 0] * 7)), rate_over(diary([7, 7, *[0] * 12]))
    assert even.dispersion == pytest.approx(14 / 13)
    assert not even.in_bursts
    assert bursts.dispersion == pytest.approx((2 * 36 + 12) / 13)
    assert bursts.in_bursts


def test_one_and_a_half_is_no_burst_yet() -> None:
    """Sixteen nights, eight cramps: Σ(y - ½)² = 1.5·15·½ = 11.25 is not reached by whole numbers, 10 and 12 are."""
    below = rate_over(diary([2, 2, 2, 1, 1, *[0] * 11]))
    above = rate_over(diary([3, 2, 1, 1, 1, *[0] * 11]))
    assert below.dispersion == pytest.approx(10 / 7.5)
    assert above.dispersion == pytest.approx(12 / 7.5)
    assert (below.in_bursts, above.in_bursts) == (False, True)


def test_confirmed_nights_have_a_rate_and_a_gate_of_their_own() -> None:
    """Unconfirmed nights are those without a cramp, as a rule: an empty bed presses nothing."""
    panel = rate_panel([*diary([1] * 10), *diary([0] * 10, first=10, confirmed=False)])
    assert panel.observed.count == Count(20, 10, 10)
    assert panel.confirmed == Rate(Count(10, 10, 10), 4, None, None)
    assert panel.tally.unconfirmed == 10


# Weeks --------------------------------------------------------------------------------------------------------------


def test_weeks_run_from_monday_and_have_no_gap() -> None:
    facts = [*diary([0] * 13), night(13, 2), night(29, 1), away(30)]
    weeks = rate_panel(facts).weeks
    assert [week.monday for week in weeks] == [MONDAY + timedelta(weeks=number) for number in range(5)]
    assert [week.observed.count for week in weeks] == [
        Count(7, 0, 0), Count(7, 1, 2), Count(0, 0, 0), Count(0, 0, 0), Count(1, 1, 1),
    ]  # fmt: skip
    assert [week.tally.unknown for week in weeks] == [0, 0, 7, 7, 1]
    assert [week.tally.away for week in weeks] == [0, 0, 0, 0, 1]
    assert [week.tally.elapsed for week in weeks] == [7, 7, 7, 7, 3]


def test_a_week_has_its_interval_over_the_nights_that_count_and_an_unknown_week_has_none() -> None:
    facts = [*diary([1] * 14), night(14, 1), unknown(15), night(16, 0), *(unknown(day) for day in range(21, 28))]
    weeks = rate_panel(facts).weeks
    one_in_two = rate(1, 2)
    assert weeks[2].observed.a_week == Interval(3.5, one_in_two.low * 7, one_in_two.high * 7)
    assert weeks[2].observed.share == proportion(1, 2)
    assert (weeks[3].observed.a_week, weeks[3].observed.share) == (None, None)
    assert weeks[3].observed.count == Count(0, 0, 0)


def test_a_week_begins_with_mondays_evening() -> None:
    assert [monday_of(MONDAY + timedelta(days=day)) == MONDAY for day in range(-1, 8)] == [
        False, *[True] * 7, False,
    ]  # fmt: skip


def test_no_facts_have_no_weeks() -> None:
    panel = rate_panel([])
    assert (panel.weeks, panel.verdict, panel.observed.more_nights) == ((), Verdict.NOT_YET, 14)


# Whatever the diary -------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(diaries(60), st.integers(60, 70), st.integers(0, 5))
def test_an_unknown_night_and_an_away_one_change_no_rate(facts: list[NightFacts], day: int, cramps: int) -> None:
    panel = rate_panel(facts)
    for more in (unknown(day, cramps), away(day, cramps)):
        found = rate_panel([*facts, more])
        assert (found.observed, found.confirmed, found.verdict) == (panel.observed, panel.confirmed, panel.verdict)


@settings(deadline=None)
@given(diaries(60), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(facts: list[NightFacts], turns: object) -> None:
    shuffled = list(facts)
    turns.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rate_panel(shuffled) == rate_panel(facts)


@settings(deadline=None)
@given(diaries(60), st.integers(0, 3))
def test_doubtful_and_daytime_cramps_change_no_rate(facts: list[NightFacts], doubtful: int) -> None:
    with_doubt = [replace(fact, doubtful=doubtful, daytime=doubtful, undated=doubtful) for fact in facts]
    assert [bare(week.observed) for week in by_week(with_doubt)] == [bare(week.observed) for week in by_week(facts)]
    assert rate_panel(with_doubt).observed == rate_panel(facts).observed


@settings(deadline=None)
@given(diaries(60))
def test_the_weeks_add_up_to_the_span(facts: list[NightFacts]) -> None:
    panel = rate_panel(facts)
    for kind in ("observed", "confirmed"):
        counts = [getattr(week, kind).count for week in panel.weeks]
        whole = getattr(panel, kind).count
        assert whole == Count(
            sum(one.nights for one in counts), sum(one.with_cramp for one in counts), sum(one.cramps for one in counts)
        )
    assert sum(week.tally.elapsed for week in panel.weeks) == panel.tally.elapsed
