"""By hour of the sleep window: watched hours, bursts counted once, midnight between 23:00 and 01:00."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.patterns.exact import Interval, rate, ratio
from bedside.patterns.facts import NightFacts
from bedside.patterns.hours import CRAMPS_FOR_HOURS, HourPanel, by_hour, clock_of, hour_panel, mean_hours
from bedside.patterns.looks import Look
from bedside.patterns.nights import HOURS
from bedside.patterns.verdicts import Verdict
from tests.patterns import simulate
from tests.patterns.diaries import WATCHED, away, diaries, night, unknown

quick = settings(deadline=None, max_examples=40)


def at(*onsets: tuple[float, ...], **more: object) -> list[NightFacts]:
    """Nights with these onsets, in hours past noon."""
    return [
        replace(night(day, len(hours)), onset_hours=hours, **more)  # type: ignore[arg-type]
        for day, hours in enumerate(onsets)
    ]


def one_an_hour(nights: int) -> list[NightFacts]:
    """A cramp a night, each in another hour of the window."""
    return at(*((10.5 + day % 9,) for day in range(nights)))


def test_eleven_in_the_evening_and_one_in_the_morning_average_to_midnight() -> None:
    mean = mean_hours(at((11.0,), (13.0,)))
    assert mean == 12
    assert clock_of(12) == (0, 0)
    assert [clock_of(hours) for hours in (0, 11.5, 13.25, 23.9999)] == [(12, 0), (23, 30), (1, 15), (12, 0)]
    assert hour_panel(at((11.0,), (13.0,), ())).mean_clock == (0, 0)
    assert hour_panel([]).mean_clock is hour_panel([]).mean_hours is None


def test_below_twenty_cramps_there_are_counts_alone_and_how_many_more() -> None:
    found = hour_panel(one_an_hour(19))
    assert (found.verdict, found.more_cramps) == (Verdict.NOT_YET, 1)
    assert {(hour.a_hundred, hour.against_rest) for hour in found.observed} == {(None, None)}
    assert [hour.clock for hour in found.observed] == [22, 23, 0, 1, 2, 3, 4, 5, 6]
    assert hour_panel(one_an_hour(20)).verdict is Verdict.WAITING
    assert hour_panel(one_an_hour(20)).to_next_look == 36


def test_an_hour_is_compared_per_watched_hour_with_the_rest_of_the_window() -> None:
    """Thirty nights of nine watched hours; the last of them was watched in ten nights only."""
    hours = tuple(seconds * (hour != 18) for hour, seconds in enumerate(WATCHED))
    facts = [
        replace(fact, watched_by_hour=WATCHED if day < 10 else hours)
        for day, fact in enumerate(at(*([(10.2, 10.9)] * 6), *([(14.5,)] * 10), *([()] * 14)))
    ]
    found = hour_panel(facts).observed
    first, last = found[0], found[-1]
    assert (first.cramps, first.nights, first.watched_hours) == (12, 6, 30)
    hundred = rate(12, 0.3)
    assert first.a_hundred == Interval(40, hundred.low, hundred.high)
    assert first.against_rest == ratio(6, 30, 10, 30 * 7 + 10)
    assert (last.clock, last.watched_hours, last.cramps) == (6, 10, 0)
    assert last.against_rest
    assert last.against_rest.estimate == 0


def test_an_hour_that_was_hardly_watched_has_no_rate() -> None:
    """Two minutes each of thirty nights would be an hour; of twenty they are not."""
    facts = [
        replace(fact, watched_by_hour=tuple(120.0 if hour == 19 else one for hour, one in enumerate(WATCHED)))
        for fact in one_an_hour(36)
    ]
    assert by_hour(facts[:20])[-1].against_rest is None
    assert by_hour(facts[:20])[-1].a_hundred is None
    assert by_hour(facts[:36])[-1].against_rest is not None


def test_a_single_hour_has_nothing_to_be_compared_with() -> None:
    only = tuple(3600.0 * (hour == 10) for hour in range(HOURS))
    (found,) = by_hour([replace(fact, watched_by_hour=only) for fact in at(*([(10.5,)] * 20))])
    assert found.a_hundred
    assert found.against_rest is None


def uneven(nights: int = 60, **more: object) -> HourPanel:
    return hour_panel(at(*([(14.5,)] * nights), **more))


def test_an_uneven_night_is_told_at_a_look_with_the_hours_it_is_told_of() -> None:
    """A cramp between two and three in every night. Each other hour alone has none, and less than the rest."""
    found = uneven()
    assert found.verdict is Verdict.UNEVEN
    assert found.judged
    assert (found.judged.look, found.judged.more, found.judged.hours_looked_at) == (Look(1, 56), (2,), 9)
    assert set(found.judged.fewer) == {22, 23, 0, 1, 3, 4, 5, 6}
    assert uneven(55).verdict is Verdict.WAITING


def test_even_hours_cannot_be_told_apart() -> None:
    found = hour_panel(one_an_hour(63))
    assert found.verdict is Verdict.CANNOT_TELL
    assert found.judged
    assert found.judged.more == found.judged.fewer == ()


def test_a_look_that_came_before_twenty_cramps_is_waited_after() -> None:
    facts = at(*([()] * 50), *([(14.5,)] * 40))
    assert [hour_panel(facts[:nights]).verdict for nights in (56, 69, 70, 90)] == [
        Verdict.NOT_YET, Verdict.NOT_YET, Verdict.WAITING, Verdict.WAITING,
    ]  # fmt: skip


def test_confirmed_nights_must_say_the_same_hours() -> None:
    found = uneven(confirmed=False)
    assert found.verdict is Verdict.CANNOT_TELL
    assert found.judged
    assert found.judged.at_odds
    assert not uneven().judged.at_odds  # type: ignore[union-attr]


def test_one_night_of_many_cramps_in_an_hour_makes_no_hour() -> None:
    """Thirty in one hour of one night, one each in the hours of the others: counted once, it is like them."""
    facts = at(*[(10.5 + day % 9,) for day in range(62)], tuple(14 + part / 40 for part in range(30)))
    found = hour_panel([replace(fact, night=fact.night) for fact in reversed(facts)])
    by_clock = {hour.clock: hour for hour in found.observed}
    assert (by_clock[2].cramps, by_clock[2].nights) == (37, 8)
    assert by_clock[2].against_rest
    assert by_clock[2].against_rest.p > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("clumped", [False, True])
def test_users_whose_cramps_come_at_any_hour_are_hardly_ever_told_of_one(clumped: bool) -> None:
    """One in a hundred, measured with 300; also where all cramps of a night come within an hour of each other."""
    told = 0
    for seed in range(100):
        chance = np.random.default_rng(seed)
        cramps = simulate.clustered(chance, np.full(224, simulate.A_WEEK[seed % 4] / 7))
        spread = [chance.uniform(0, 9) + chance.uniform(0, 1 if clumped else 9, number) for number in cramps]
        facts = at(*(tuple((10 + hours % 9).tolist()) for hours in spread))
        told += any(hour_panel(facts[:nights]).verdict is Verdict.UNEVEN for nights in (56, 112, 224))
    assert told <= 5


@quick
@given(diaries(120))
def test_the_hours_hold_every_cramp_once(facts: list[NightFacts]) -> None:
    found = hour_panel(facts)
    counting = [fact for fact in facts if fact.observed and not fact.away]
    assert sum(hour.cramps for hour in found.observed) == sum(len(fact.onset_hours) for fact in counting)
    assert sum(hour.watched_hours for hour in found.observed) == pytest.approx(9 * len(counting))
    assert found.more_cramps == max(0, CRAMPS_FOR_HOURS - sum(hour.cramps for hour in found.observed))
    assert found.observed == by_hour(counting)
    assert hour_panel(facts[::-1]) == found


@quick
@given(diaries(80), st.integers(0, 4))
def test_unknown_nights_away_ones_and_doubtful_cramps_change_nothing(facts: list[NightFacts], cramps: int) -> None:
    plain = hour_panel(facts)
    doubted = [replace(fact, doubtful=cramps) for fact in facts]
    for more in (unknown(90, cramps), away(91, cramps)):
        assert replace(hour_panel([*doubted, more]), tally=plain.tally) == plain


@quick
@given(diaries(200), st.integers(0, 200))
def test_the_words_change_at_a_look_alone(facts: list[NightFacts], cut: int) -> None:
    before, after = hour_panel(facts[:cut]), hour_panel(facts)
    if before.next_look == after.next_look:
        assert before.judged == after.judged
