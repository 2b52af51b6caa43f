"""What a night came to: observed, confirmed, away, and which cramps are in a rate."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.diary.kept import KeptCramp, KeptStretch
from bedside.night.effects import CrampState, StretchState
from bedside.night.told import Verdict
from bedside.patterns.facts import (
    NO_ANSWERS,
    Answers,
    NightFacts,
    Side,
    observed_nights,
    roll_up,
    stretch_side,
    tally,
)
from bedside.patterns.nights import (
    Span,
    cut_by_hour,
    hours_past_noon,
    seconds_by_hour,
    sleep_window,
    span_of,
    unwatched_spans,
    watched_share,
    watched_spans,
)
from tests.patterns.diaries import Kept, Stretched, away, diaries, diary, night, unknown, utc

NIGHT = date(2026, 1, 10)
WINDOW = utc(2026, 1, 10, 22), utc(2026, 1, 11, 7)
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def rolled(
    *cramps: Kept, watches: Iterable[Span] = (WINDOW,), said: Answers = NO_ANSWERS, **more: object
) -> NightFacts:
    return roll_up(NIGHT, WINDOW, UTC, cramps=cramps, watches=watches, answers=said, **more)  # type: ignore[arg-type]


# Which cramps count -------------------------------------------------------------------------------------------------


def test_cramps_in_the_window_are_the_nights_and_those_outside_are_daytime() -> None:
    facts = rolled(
        Kept(utc(2026, 1, 10, 21, 59)),
        Kept(utc(2026, 1, 10, 22)),
        Kept(utc(2026, 1, 11, 6, 59)),
        Kept(utc(2026, 1, 11, 7)),
    )
    assert (facts.cramps, facts.daytime) == (2, 2)
    assert facts.onset_hours == (10.0, pytest.approx(18 + 59 / 60))


def test_practice_what_was_none_and_other_nights_leave_no_trace() -> None:
    at = utc(2026, 1, 11, 2)
    assert rolled(
        Kept(at, practice=True),
        Kept(at, none=True),
        Kept(at + timedelta(days=1)),
        Kept(at - timedelta(days=1)),
    ) == replace(rolled(), confirmed=False)


def test_the_states_of_a_stretch_are_the_diarys() -> None:
    assert {"offered", "skipped", "completed", "unknown"} < set(StretchState)


def test_a_doubtful_cramp_waits_for_the_morning_and_confirms_nobody() -> None:
    facts = rolled(Kept(utc(2026, 1, 11, 2), unsure=True))
    assert (facts.cramps, facts.doubtful, facts.daytime, facts.onset_hours) == (0, 1, 0, ())
    assert facts.observed
    assert not facts.confirmed
    assert rolled(Kept(utc(2026, 1, 10, 15), unsure=True)).daytime == 0


def test_a_cramp_whose_clock_was_not_set_may_belong_to_another_night() -> None:
    facts = rolled(Kept(utc(2026, 1, 11, 2), trusted=False))
    assert (facts.cramps, facts.undated, facts.confirmed) == (0, 1, False)


def test_a_cramp_the_button_missed_while_nobody_listened_is_a_cramp_but_at_no_watched_hour() -> None:
    """On an observed night, for up to a tenth of it may be unwatched."""
    watches = [(utc(2026, 1, 10, 22, 50), WINDOW[1])]
    facts = rolled(Kept(utc(2026, 1, 10, 22, 10)), Kept(utc(2026, 1, 11, 3)), watches=watches)
    assert facts.observed
    assert facts.cramps == 2
    assert facts.onset_hours == (15.0,)


def test_the_diarys_own_rows_fit() -> None:
    """A doubtful one counts once the morning has said that it was one, and not if it was none."""
    cramp = KeptCramp("a", utc(2026, 1, 11, 2), True, 60.0, CrampState.ENDED, True, False, 18.0, "button")
    stretch = KeptStretch(NIGHT, StretchState.COMPLETED, "", 1, trusted=True)
    for verdict, counted, doubtful in ((None, 0, 1), (Verdict.CRAMP, 1, 0), (Verdict.NONE, 0, 0), (Verdict.SAME, 0, 0)):
        facts = roll_up(NIGHT, WINDOW, UTC, cramps=[replace(cramp, verdict=verdict)], stretches=[stretch])
        assert (facts.cramps, facts.doubtful, facts.stretch) == (counted, doubtful, Side.YES)


# Observed, confirmed, away ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "observed"), [(0, True), (54, True), (55, False), (540, False)])
def test_a_night_is_observed_when_nine_tenths_of_the_window_were_watched(minutes: int, observed: bool) -> None:
    """A tenth of nine hours is 54 minutes."""
    facts = rolled(watches=[(WINDOW[0] + timedelta(minutes=minutes), WINDOW[1] + 3 * HOUR)])
    assert facts.observed is observed
    assert (facts.watched, facts.window) == ((540 - minutes) * 60, 9 * 3600)


def test_a_night_without_a_watch_is_unknown() -> None:
    facts = rolled(watches=())
    assert (facts.observed, facts.watched, sum(facts.watched_by_hour)) == (False, 0, 0)


def test_presence_is_confirmed_by_a_press_in_the_window_or_by_the_check_in() -> None:
    assert not rolled().confirmed
    assert rolled(Kept(utc(2026, 1, 11, 2))).confirmed
    assert rolled(said=Answers(slept_here=True)).confirmed
    assert rolled(presses=[utc(2026, 1, 10, 23)]).confirmed
    assert not rolled(presses=[utc(2026, 1, 10, 21)]).confirmed


def test_whoever_was_away_takes_the_night_out_whatever_was_pressed() -> None:
    facts = rolled(Kept(utc(2026, 1, 11, 2)), said=Answers(slept_here=False))
    assert (facts.away, facts.confirmed) == (True, False)
    assert observed_nights([facts]) == ()


def test_a_window_past_noon_ends_with_its_night() -> None:
    """So that no cramp lies in two nights."""
    facts = roll_up(NIGHT, (utc(2026, 1, 11, 5), utc(2026, 1, 11, 13)), UTC)
    assert facts.window == 7 * 3600
    outside = roll_up(NIGHT, (utc(2026, 1, 11, 13), utc(2026, 1, 11, 20)), UTC)
    assert (outside.window, outside.observed) == (0, False)


# Stretch and factors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "side"),
    [
        ([], Side.LEFT_OUT),
        (["completed"], Side.YES),
        (["offered"], Side.NO),
        (["skipped"], Side.NO),
        (["started"], Side.LEFT_OUT),
        (["unknown"], Side.LEFT_OUT),
        (["skipped", "completed"], Side.YES),
        (["skipped", "offered"], Side.NO),
        (["skipped", "unknown"], Side.LEFT_OUT),
    ],
)
def test_done_is_completed_and_not_done_is_offered_or_skipped(states: list[str], side: Side) -> None:
    assert stretch_side(Stretched(state) for state in states) is side
    assert stretch_side(Stretched(state, trusted=False) for state in states) is Side.LEFT_OUT


def test_a_factor_nobody_was_asked_about_is_no_no() -> None:
    facts = rolled(said=Answers(factors=frozenset({"alcohol"}), asked=frozenset({"alcohol", "sitting"})))
    assert [facts.factor(name) for name in ("alcohol", "sitting", "stress")] == [Side.YES, Side.NO, Side.LEFT_OUT]
    assert rolled(said=Answers(factors=frozenset({"stress"}))).factor("stress") is Side.YES


# Nights that count --------------------------------------------------------------------------------------------------


def test_the_nights_that_count_are_in_order_and_each_is_there_once() -> None:
    facts = [night(2), away(3), night(1, confirmed=False), unknown(0)]
    assert observed_nights(facts) == (facts[2], facts[0])
    assert observed_nights(facts, confirmed=True) == (facts[0],)
    with pytest.raises(ValueError, match="2024-01-03 twice"):
        observed_nights([night(2), night(2)])


def test_the_tally_of_a_span_has_nights_without_facts_as_unknown() -> None:
    facts = [
        night(0, 1, daytime=2),
        night(1, confirmed=False, doubtful=1),
        unknown(4),
        away(6, 3),
        night(7, undated=1),
    ]
    found = tally(facts)
    assert (found.elapsed, found.confirmed, found.unconfirmed, found.unknown, found.away) == (8, 2, 1, 4, 1)
    assert (found.observed, found.doubtful, found.daytime, found.undated) == (3, 1, 2, 1)
    longer = tally(facts, first=night(-2).night, last=night(9).night)
    assert (longer.elapsed, longer.unknown) == (12, 8)
    assert tally([]).elapsed == 0


@given(diaries())
def test_every_night_of_a_tally_is_one_of_four(facts: list[NightFacts]) -> None:
    found = tally(facts)
    assert found.elapsed == found.confirmed + found.unconfirmed + found.unknown + found.away
    assert tally(facts[::-1]) == found
    assert found.observed == len(observed_nights(facts))


def test_ten_quiet_unknown_nights_are_no_nights() -> None:
    assert tally([*diary([1, 0]), *(unknown(day) for day in range(2, 12))]).observed == 2


# Hours by the clock -------------------------------------------------------------------------------------------------

spans = st.builds(
    lambda start, minutes: (start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + timedelta(minutes=minutes)),
    st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31))
    | st.datetimes(datetime(2026, 10, 23), datetime(2026, 10, 27)),
    st.integers(0, 1500),
)
zones = st.sampled_from([UTC, BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")])


def test_the_hours_are_the_clocks_through_both_changes() -> None:
    """In spring Berlin has no hour from two; in autumn it has it twice."""
    for day, from_two, from_three in ((date(2026, 3, 28), 0, 3600), (date(2026, 10, 24), 7200, 3600)):
        window = sleep_window(day, time(22, 30), time(7), BERLIN)
        seconds = seconds_by_hour([window], BERLIN)
        assert (seconds[10], seconds[14], seconds[15], seconds[19]) == (1800, from_two, from_three, 0)
        assert sum(seconds) == (window[1] - window[0]).total_seconds()
    assert hours_past_noon(utc(2026, 10, 25, 1, 30), date(2026, 10, 24), BERLIN) == 14.5


@given(spans, zones)
def test_the_pieces_of_a_span_make_it_up(span: Span, zone: ZoneInfo) -> None:
    pieces = list(cut_by_hour([span], zone))
    assert sum((end - start for start, end in pieces), timedelta(0)) == span[1] - span[0]
    assert all(timedelta(0) < end - start <= HOUR for start, end in pieces)
    assert sum(seconds_by_hour([span], zone)) == pytest.approx((span[1] - span[0]).total_seconds())


@given(spans, st.lists(spans, max_size=5))
def test_watched_and_unwatched_make_up_the_window(window: Span, watches: list[Span]) -> None:
    heard, not_heard = watched_spans(window, watches), unwatched_spans(window, watches)
    assert heard == watched_spans(window, reversed(watches))
    both = sorted([*heard, *not_heard])
    reached = window[0]
    for start, end in both:
        assert start == reached < end
        reached = end
    assert reached == window[1]
    share = sum((end - start for start, end in heard), timedelta(0)) / max(window[1] - window[0], HOUR / 10**6)
    assert watched_share(window, watches) == pytest.approx(share)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), zones)
def test_every_moment_of_a_night_has_a_place_in_it(moment: datetime, zone: ZoneInfo) -> None:
    day = date(2026, 6, 1)
    start, end = span_of(day, zone)
    place = hours_past_noon(moment.replace(tzinfo=UTC), day, zone)
    assert 0 <= place <= 24
    if start <= moment.replace(tzinfo=UTC) < end:
        assert place == pytest.approx((moment.replace(tzinfo=UTC) - start) / HOUR)
