"""Warm against cold nights: by finished months, at the median, ties cold, never pooled."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from bedside.patterns.compare import comparisons, contrast
from bedside.patterns.exact import stratified_nights_ratio
from bedside.patterns.facts import NightFacts, observed_nights
from bedside.patterns.sides import Months, by_warmth, months
from bedside.patterns.verdicts import Verdict
from tests.patterns.diaries import MONDAY, diaries, night, unknown

JANUARY, FEBRUARY = 31, 29


def by_turns(nights: int) -> list[float | None]:
    """Every other night warm, and no two alike."""
    return [18.0 + day % 2 + day / 1000 for day in range(nights)]


def room(temperatures: list[float | None], cramps: list[int] | None = None, first: int = 0) -> list[NightFacts]:
    return [
        night(first + day, (cramps or [0] * len(temperatures))[day], celsius=celsius)
        for day, celsius in enumerate(temperatures)
    ]


def test_a_month_is_split_at_its_median_and_ties_are_cold() -> None:
    """1, 2 ... 31 degrees: the median is 16, so 15 nights are warmer. All alike: all cold."""
    (stratum,) = by_warmth(room([float(day) for day in range(1, 32)]))
    assert (len(stratum.yes), len(stratum.no)) == (15, 16)
    assert min(fact.celsius or 0 for fact in stratum.yes) == 17
    (alike,) = by_warmth(room([18.0] * JANUARY))
    assert (len(alike.yes), len(alike.no)) == (0, 31)


def test_a_warm_month_is_compared_with_itself() -> None:
    """July is warmer than any night of January, and has as many warm nights as cold ones."""
    strata = by_warmth(room([10.0 + day % 2 for day in range(JANUARY)] + [20.0 + day % 2 for day in range(FEBRUARY)]))
    assert [(len(one.yes), len(one.no)) for one in strata] == [(15, 16), (14, 15)]


@pytest.mark.parametrize(("measured", "used"), [(19, 0), (20, 1)])
def test_a_month_with_fewer_than_twenty_measured_nights_is_left_out(measured: int, used: int) -> None:
    temperatures: list[float | None] = [float(day) if day < measured else None for day in range(JANUARY)]
    facts = room(temperatures)
    assert len(by_warmth(facts)) == used
    assert months(facts) == Months(used=used, short=1 - used, running=0, more=20)


def test_unknown_nights_are_none_of_the_twenty() -> None:
    facts = [*room([float(day) for day in range(19)]), *(unknown(day) for day in range(19, 30)), night(31)]
    assert by_warmth(observed_nights(facts)) == ()


def test_a_month_counts_once_it_is_over() -> None:
    facts = room([float(day) for day in range(JANUARY + 1)])
    assert [len(by_warmth(facts[:nights])) for nights in (30, 31, 32)] == [0, 1, 1]
    assert months(facts[:30]) == Months(0, 0, running=30, more=0)
    assert months(facts) == Months(1, 0, running=1, more=19)
    assert months(()) == Months(0, 0, 0, 20)


def test_the_months_are_compared_stratum_by_stratum() -> None:
    cramps = [int(day % 2 == 1 and day % 3 > 0) for day in range(JANUARY + FEBRUARY)]
    facts = room(by_turns(JANUARY + FEBRUARY), cramps)
    found = comparisons(facts).warmth
    strata = [
        (sum(fact.cramps > 0 for fact in one.yes), len(one.yes), sum(fact.cramps > 0 for fact in one.no), len(one.no))
        for one in by_warmth(facts)
    ]
    assert len(strata) == 2
    assert found.observed.nights == stratified_nights_ratio(strata)
    assert (found.observed.yes.with_cramp, found.observed.no.with_cramp) == (19, 1)


def test_a_bad_month_that_was_warm_as_a_whole_tells_nothing() -> None:
    """A cramp every night of a hot February, none in a cold January: within each month there is nothing to see."""
    temperatures = [10.0 + day % 2 for day in range(JANUARY)] + [25.0 + day % 2 for day in range(FEBRUARY)]
    found = comparisons(room(temperatures, [0] * JANUARY + [1] * FEBRUARY)).warmth
    assert found.observed.nights
    assert found.observed.nights.estimate is None


def test_the_look_has_the_months_that_were_finished_by_then() -> None:
    """At 112 observed nights, on April 21st, three months are over; at 56 January is."""
    facts = room(by_turns(130), [day % 2 for day in range(130)])
    first = comparisons(facts[:60]).warmth
    assert first.judged
    assert (first.judged.observed.yes.nights, first.judged.observed.no.nights) == (15, 16)
    assert (first.observed.yes.nights, first.observed.no.nights) == (15 + 14, 16 + 15)
    found = comparisons(facts).warmth
    assert found.verdict is Verdict.GOES_TOGETHER_MORE
    assert found.judged
    assert found.judged.observed.yes.nights + found.judged.observed.no.nights == 31 + 29 + 31
    assert found.observed.yes.nights + found.observed.no.nights == 31 + 29 + 31 + 30
    assert found.left_out == 9


def test_confirmed_nights_stay_on_the_side_that_all_nights_gave_them() -> None:
    facts = [
        night(day, 0, celsius=float(day), confirmed=day >= 15)
        for day in range(JANUARY)
    ]  # fmt: skip
    (stratum,) = by_warmth(facts)
    confirmed = contrast([stratum.confirmed()])
    assert (confirmed.yes.nights, confirmed.no.nights) == (15, 1)


@settings(deadline=None)
@given(diaries(140))
def test_more_nights_never_change_a_month_that_is_over(facts: list[NightFacts]) -> None:
    nights = observed_nights(facts)
    whole = by_warmth(nights)
    for cut in range(0, len(nights), 17):
        earlier = by_warmth(nights[:cut])
        assert earlier == whole[: len(earlier)]
    found = months(nights)
    assert found.used == len(whole)
    assert all(fact.celsius is not None for stratum in whole for fact in (*stratum.yes, *stratum.no))


def test_the_first_of_a_month_starts_another() -> None:
    assert (MONDAY + timedelta(days=JANUARY)) == date(2024, 2, 1)
