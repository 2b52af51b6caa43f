"""Before and after: never a verdict, and never without what happens by itself."""

from datetime import timedelta

from bedside.patterns.before_after import ByItself, before_after
from bedside.patterns.exact import nights_ratio, ratio
from bedside.patterns.rates import Count
from bedside.patterns.verdicts import Verdict
from tests.patterns.diaries import MONDAY, away, diary, unknown

CHANGE = MONDAY + timedelta(days=30)


def test_after_is_compared_with_before_and_nothing_is_said() -> None:
    """A cramp each night for a month, then none for two: as clear as can be, and a date that somebody chose."""
    found = before_after([*diary([1] * 30), *diary([0] * 60, first=30)], CHANGE)
    assert found.verdict is Verdict.CHOSEN_SPAN
    assert (found.before.observed.count, found.after.observed.count) == (Count(30, 30, 30), Count(60, 0, 0))
    assert found.observed.nights == nights_ratio(0, 60, 30, 30)
    assert found.observed.cramps == ratio(0, 60, 30, 30)
    assert found.confirmed == found.observed


def test_placebo_and_season_stand_beside_every_one() -> None:
    for facts in ([], diary([1] * 3), diary([1] * 90)):
        assert before_after(facts, CHANGE).by_itself == ByItself((0.28, 0.36), 0.2, 6)


def test_a_span_bounds_both_sides() -> None:
    facts = [*diary([1] * 60), unknown(60), away(61)]
    found = before_after(facts, CHANGE, CHANGE - timedelta(days=20), CHANGE + timedelta(days=40))
    assert (found.before.tally.elapsed, found.after.tally.elapsed, found.tally.elapsed) == (20, 32, 61)
    assert (found.tally.unknown, found.tally.away) == (10, 1)


def test_short_sides_have_no_ratio_and_say_what_is_missing() -> None:
    found = before_after(diary([1] * 35), CHANGE)
    assert found.observed.nights is None
    assert found.observed.gate.more_yes == 9
    assert found.after.observed.more_nights == 9
