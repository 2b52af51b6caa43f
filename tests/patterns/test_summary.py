"""The doctor's sheet as numbers: what is joined, what was measured, and that nothing unknown becomes a number."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.night import state as night_state
from bedside.patterns.facts import NightFacts, stretch_state
from bedside.patterns.rates import NIGHTS_FOR_A_RATE, rate_over
from bedside.patterns.summary import (
    RELAPSE,
    SAME,
    STATES,
    Lengths,
    Night,
    Spread,
    Summary,
    joined,
    period,
    spread,
    summary,
)
from tests.patterns.diaries import MONDAY, Kept, Stretched, away, diaries, diary, night, unknown, utc

TWO = "two cramps"
NO_CRAMP = "no cramp"


@dataclass(frozen=True)
class Told(Kept):
    """A cramp with what was told of it."""

    seconds: float | None = 240.0
    origin: str = "button"
    pressed: datetime | None = None
    verdict: str | None = None
    leg: str | None = None
    muscle: str | None = None

    @property
    def counts(self) -> bool:
        return not (self.unsure or self.practice or self.verdict in (SAME, NO_CRAMP))


def told(clock: str = "02:00", day: int = 0, **more: Any) -> Told:
    """A cramp in the night of that day, at a time after midnight; two where the verdict says so."""
    hour, minute = map(int, clock.split(":"))
    onset = utc(2024, 1, 2, hour, minute) + timedelta(days=day)
    return Told(onset, number=2 if more.get("verdict") == TWO else 1, **more)


def one(*cramps: Told) -> Any:
    """What they are joined to, which is a single cramp."""
    (found,) = joined(cramps, UTC)
    return found


def window(day: int) -> tuple[datetime, datetime]:
    opens = datetime(2024, 1, 1, 22, tzinfo=UTC) + timedelta(days=day)
    return opens, opens + timedelta(hours=9)


def summed(nights: list[NightFacts], cramps: list[Told] | None = None, **more: Any) -> Summary:
    """The sheet of these nights; the span is theirs unless told."""
    days = [fact.night for fact in nights] or [MONDAY]
    asked: dict[str, Any] = {"first": min(days), "last": max(days), "before": [], "celsius": {}}
    asked |= {"disturbances": {}, "stretches": {}} | more
    return summary(
        asked["first"],
        asked["last"],
        [
            Night(fact, window((fact.night - MONDAY).days), asked["celsius"].get(fact.night, (None,) * 24))
            for fact in nights
        ],
        asked["before"],
        cramps=cramps or [],
        disturbances=asked["disturbances"],
        stretches=asked["stretches"],
        zone=UTC,
    )


# --- what is one cramp ---


def test_an_entry_that_is_the_same_as_the_one_before_is_part_of_it_to_its_own_end() -> None:
    found = one(told("02:00", seconds=60.0), told("02:30", seconds=90.0, verdict=SAME))
    assert (found.onset, found.seconds) == (utc(2024, 1, 2, 2), 30 * 60 + 90)


@pytest.mark.parametrize(
    ("first", "second", "measured"), [(60.0, 240.0, True), (59.0, 240.0, False), (60.0, 239.0, False)]
)
def test_a_pause_longer_than_a_relapses_is_told_and_not_measured(first: float, second: float, measured: bool) -> None:
    """The parts begin at 02:00, 02:03 and 02:09: a pause of two minutes is still one."""
    parts = [told("02:00", seconds=first), *(told(clock, seconds=second, verdict=SAME) for clock in ("02:03", "02:09"))]
    assert one(*parts).measured is measured
    lengths = summed(diary([1]), parts).lengths
    assert (lengths.measured is not None, lengths.told, lengths.unknown) == (measured, not measured, 0)


def test_a_pause_is_what_the_night_takes_for_a_relapse() -> None:
    assert RELAPSE.total_seconds() == night_state.RELAPSE


def test_several_that_are_the_same_run_to_the_end_of_the_last() -> None:
    parts = [told(f"0{hour}:00", seconds=60.0, verdict=SAME if hour > 2 else None) for hour in (2, 3, 4)]
    assert one(*parts).seconds == 2 * 3600 + 60


@pytest.mark.parametrize("ends", [(60.0, None), (None, None)])
def test_without_the_last_end_its_length_is_unknown(ends: tuple[float | None, float | None]) -> None:
    assert one(told("02:00", seconds=ends[0]), told("02:30", seconds=ends[1], verdict=SAME)).seconds is None


@pytest.mark.parametrize("open_part", range(3))
def test_a_part_whose_end_nobody_knows_leaves_the_length_unknown(open_part: int) -> None:
    parts = [
        told(clock, seconds=None if number == open_part else 60.0, verdict=SAME if number else None)
        for number, clock in enumerate(("02:00", "02:02", "02:04"))
    ]
    assert one(*parts).seconds is None
    assert summed(diary([1]), parts).lengths == Lengths(None, told=0, unknown=1)


def test_a_clock_that_was_set_in_between_measures_nothing() -> None:
    assert one(told("02:00", trusted=False), told("02:30", verdict=SAME)).seconds is None
    middle = told("02:30", verdict=SAME, trusted=False)
    assert one(told("02:00"), middle, told("03:00", verdict=SAME)).seconds is None
    assert one(told("02:00", trusted=False, seconds=60.0)).seconds == 60


def test_an_entry_that_was_two_cramps_has_no_length_of_one() -> None:
    found = one(told(seconds=400.0, verdict=TWO))
    assert (found.number, found.seconds) == (2, None)


@pytest.mark.parametrize("first", [{"verdict": NO_CRAMP}, {"unsure": True}])
def test_the_same_as_one_that_is_none_is_none(first: dict[str, Any]) -> None:
    assert joined([told("02:00", **first), told("02:30", verdict=SAME)], UTC) == []


def test_the_first_of_a_night_is_no_part_of_another_nights_cramp() -> None:
    assert len(joined([told("02:00"), told("02:30", day=1, verdict=SAME)], UTC)) == 1
    assert joined([told("02:00"), told("02:30", day=1, verdict=SAME)], UTC)[0].seconds == 240


def test_practice_is_passed_over() -> None:
    found = one(told("02:00"), told("02:10", practice=True), told("02:30", verdict=SAME, seconds=60.0))
    assert found.seconds == 31 * 60


def test_of_what_was_told_of_the_parts_the_highest_severity_and_the_first_place_count() -> None:
    found = one(
        told("02:00", severity=4, muscle="calf"), told("02:30", verdict=SAME, severity=7, leg="left", muscle="foot")
    )
    assert (found.severity, found.leg, found.muscle) == (7, "left", "calf")


@pytest.mark.parametrize("by_hand", [{"origin": "page"}, {"pressed": utc(2024, 1, 2, 1)}])
def test_a_length_that_a_person_told_is_not_measured(by_hand: dict[str, Any]) -> None:
    assert not one(told(**by_hand)).measured
    assert not one(told("02:00"), told("02:05", verdict=SAME, **by_hand)).measured
    last = told("02:10", verdict=SAME)
    assert not one(told("02:00"), told("02:05", verdict=SAME, **by_hand), last).measured
    assert one(told("02:00"), told("02:05", verdict=SAME), last).measured
    assert one(told()).measured


@given(
    st.lists(
        st.builds(
            lambda minute, verdict, unsure, seconds: replace(
                told(f"0{minute // 60}:{minute % 60:02}", verdict=verdict, seconds=seconds), unsure=unsure
            ),
            st.integers(0, 400),
            st.sampled_from((None, "a cramp", SAME, NO_CRAMP, TWO)),
            st.booleans(),
            st.none() | st.floats(1, 600),
        ),
        max_size=8,
    )
)
def test_there_are_as_many_cramps_as_entries_that_count_and_no_length_is_below_zero(cramps: list[Told]) -> None:
    found = joined(cramps, UTC)
    assert sum(cramp.number for cramp in found) == sum(cramp.number for cramp in cramps if cramp.counts)
    assert all(cramp.seconds is None or cramp.seconds > 0 for cramp in found)


# --- what they were like ---


def test_a_spread_has_the_median_the_ends_and_how_many() -> None:
    assert spread([9, None, 2, 6, 5]) == Spread(5.5, 2, 9, 4)
    assert spread([None]) is None


def test_lengths_are_those_between_presses_and_the_others_are_counted_apart() -> None:
    cramps = [
        told("01:00", seconds=60.0),
        told("02:00", seconds=180.0),
        told("03:00", seconds=900.0, origin="page"),
        told("04:00", seconds=None),
        told("05:00", seconds=500.0, verdict=TWO),
    ]
    found = summed(diary([6]), cramps)
    assert found.lengths == Lengths(Spread(120, 60, 180, 2), told=1, unknown=3)
    assert found.described == 6


def test_doubtful_daytime_and_undated_cramps_tell_nothing_of_what_they_are_like() -> None:
    cramps = [
        told("01:00", severity=3, leg="left"),
        told("02:00", severity=9, unsure=True),
        told("08:00", severity=9),
        told("03:00", severity=9, trusted=False),
    ]
    found = summed(diary([1]), cramps)
    assert (found.described, found.severity, found.legs) == (1, Spread(3, 3, 3, 1), {"left": 1})


def test_a_window_opens_with_its_first_moment_and_not_with_its_last() -> None:
    opens, closes = window(0)
    cramps = [replace(told(), onset=moment) for moment in (opens - timedelta(seconds=1), opens, closes)]
    assert summed(diary([1]), cramps).described == 1


def test_legs_and_muscles_count_cramps_and_say_of_how_many_nobody_told() -> None:
    cramps = [
        told("01:00", leg="left", muscle="calf"),
        told("02:00", leg="left", verdict=TWO),
        told("03:00", muscle="foot"),
    ]
    found = summed(diary([4]), cramps)
    assert found.legs == {"left": 3, None: 1}
    assert found.muscles == {"calf": 1, "foot": 1, None: 2}


def test_what_was_told_of_nights_away_is_left_out() -> None:
    nights = [night(0, 1), away(1, 1)]
    cramps = [told("01:00", severity=2), told("01:00", day=1, severity=8)]
    disturbances = {MONDAY: 3, MONDAY + timedelta(days=1): 9}
    found = summed(nights, cramps, disturbances=disturbances)
    assert (found.severity, found.disturbance) == (Spread(2, 2, 2, 1), Spread(3, 3, 3, 1))


# --- nights and rates ---


def test_the_period_before_is_as_long_and_ends_the_night_before() -> None:
    found = summed(diary([0] * 10, first=20), first=MONDAY + timedelta(days=18), last=MONDAY + timedelta(days=29))
    assert (found.before.first, found.before.last) == (MONDAY + timedelta(days=6), MONDAY + timedelta(days=17))
    assert found.before.tally.elapsed == found.period.tally.elapsed == 12
    assert (found.period.tally.unknown, found.before.tally.unknown) == (2, 12)


def test_the_rates_are_those_of_the_patterns_and_the_gate_holds() -> None:
    nights = diary([0, 1, 2] * 10)
    found = summed(nights)
    assert found.period.observed == rate_over(nights)
    assert found.period.observed.a_week is not None
    few = summed(nights[: NIGHTS_FOR_A_RATE - 1]).period.observed
    assert (few.a_week, few.more_nights) == (None, 1)


def test_cramps_of_nights_that_are_not_observed_or_away_are_in_no_rate_and_counted_apart() -> None:
    found = summed([night(0, 2), unknown(1, 3), away(2, 4)]).period
    assert (found.observed.count.cramps, found.elsewhere) == (2, 7)


def test_confirmed_nights_have_a_rate_of_their_own() -> None:
    nights = [*diary([1] * 20), *diary([0] * 5, first=20, confirmed=False)]
    found = summed(nights).period
    assert (found.observed.count.nights, found.confirmed.count.nights) == (25, 20)


@given(diaries(most=60), st.integers(-5, 70), st.integers(0, 40))
def test_the_nights_of_any_span_add_up(facts: list[NightFacts], start: int, length: int) -> None:
    first = MONDAY + timedelta(days=start)
    found = period(facts, first, first + timedelta(days=length))
    tally = found.tally
    assert tally.confirmed + tally.unconfirmed + tally.unknown + tally.away == length + 1
    within = [fact for fact in facts if first <= fact.night <= first + timedelta(days=length)]
    assert found.observed.count.cramps + found.elsewhere == sum(fact.cramps for fact in within)


# --- hours and evenings ---


def test_an_hour_has_its_cramps_its_watched_hours_and_the_rooms_mean() -> None:
    warm = tuple(20.0 if hour == 10 else None for hour in range(24))
    cold = tuple(17.0 if hour == 10 else 16.0 for hour in range(24))
    found = summed(diary([1, 0]), celsius={MONDAY: warm, MONDAY + timedelta(days=1): cold}).hours
    assert [hour.clock for hour in found] == [22, 23, 0, 1, 2, 3, 4, 5, 6]
    assert (found[0].cramps, found[0].watched_hours, found[0].celsius) == (1, 2.0, 18.5)
    assert (found[1].cramps, found[1].celsius) == (0, 16.0)


def test_nights_that_do_not_count_are_in_no_hour() -> None:
    warm = {MONDAY: (30.0,) * 24, MONDAY + timedelta(days=1): (30.0,) * 24}
    assert summed([unknown(0, 1), away(1, 1)], celsius=warm).hours == ()


@pytest.mark.parametrize(
    ("states", "came_to"),
    [
        ((), "unknown"),
        (("offered",), "offered"),
        (("offered", "skipped"), "skipped"),
        (("skipped", "completed"), "completed"),
        (("unknown", "completed"), "completed"),
        (("unknown", "skipped"), "unknown"),
        (("offered", "started"), "started"),
    ],
)
def test_a_night_with_two_evenings_has_one_state(states: tuple[str, ...], came_to: str) -> None:
    assert stretch_state([Stretched(state) for state in states]) == came_to


def test_an_evening_under_a_clock_that_was_not_set_is_unknown() -> None:
    assert stretch_state([Stretched("completed", trusted=False)]) == "unknown"


def test_evenings_without_anything_kept_are_unknown_and_those_away_are_left_out() -> None:
    days = [MONDAY + timedelta(days=day) for day in range(6)]
    stretches = {day: [Stretched(state)] for day, state in zip(days, STATES, strict=False)}
    found = summed([*diary([0] * 4), away(4)], last=days[5], stretches=stretches).evenings
    assert found == {"completed": 1, "started": 1, "offered": 1, "skipped": 1, "unknown": 1}


def test_a_span_before_anything_is_known_is_all_unknown() -> None:
    found = summed([], first=date(2020, 1, 1), last=date(2020, 1, 14))
    assert (found.period.tally.unknown, found.period.observed.count.nights, found.described) == (14, 0, 0)
    assert (found.severity, found.lengths, found.hours) == (None, Lengths(None, 0, 0), ())
    assert found.evenings["unknown"] == 14
