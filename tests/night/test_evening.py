"""An evening's turns that no story tells easily: what the speaker says late, and what a restart must know."""

from datetime import UTC, date, datetime, timedelta

from bedside.night.cues import Cue
from bedside.night.effects import CrampState, Evening, Phase, StretchState
from bedside.night.events import (
    ButtonPressed,
    ButtonReleased,
    CueGiven,
    DeadlinePassed,
    EveningCalledOff,
    Event,
    Moment,
    ReminderDue,
    Saved,
)
from bedside.night.machine import step
from bedside.night.state import Night, Rules

TONIGHT = date(2026, 1, 10)
WINDOW = 10800.0


def at(seconds: float) -> Moment:
    return Moment("boot", seconds, datetime(2026, 1, 10, 21, tzinfo=UTC) + timedelta(seconds=seconds - 100))


def play(*events: Event, rules: Rules | None = None) -> Night:
    """The night after these events, each record saved at once."""
    night, rules = Night(), rules or Rules(has_phone=True, asks=1)
    for event in events:
        night, _ = step(night, event, rules)
        if night.pending:
            night, _ = step(night, Saved(event.moment, night.pending), rules)
    return night


def tonight(night: Night) -> Evening:
    assert night.evening is not None
    return night.evening


def test_an_ask_given_after_the_evening_was_called_off_asks_no_second_time() -> None:
    rules = Rules(has_phone=True)
    asked = (ReminderDue(at(100), TONIGHT, WINDOW), EveningCalledOff(at(103), TONIGHT))
    night = play(*asked, CueGiven(at(103.1), Cue.ASK, heard=True), DeadlinePassed(at(2000)), rules=rules)
    assert (tonight(night).over, tonight(night).asks, night.phase) == (True, 1, Phase.QUIET)


def test_an_evening_that_waits_for_a_cramp_and_is_left_by_a_wrong_clock_is_asked_once_the_clock_is_right() -> None:
    night = play(
        ButtonPressed(at(90)),
        ReminderDue(at(100), TONIGHT, WINDOW),
        ReminderDue(at(120), date(2025, 1, 10), WINDOW),
        ButtonPressed(at(130)),
        ReminderDue(at(140), TONIGHT, WINDOW - 40),
        DeadlinePassed(at(1100)),
    )
    assert (tonight(night).date, tonight(night).asks, night.phase) == (TONIGHT, 1, Phase.ASKING)


def test_an_ask_leaned_on_while_it_was_said_was_offered_if_it_was_heard() -> None:
    night = play(
        ReminderDue(at(100), TONIGHT, WINDOW),
        ButtonPressed(at(103)),
        CueGiven(at(103.1), Cue.ASK, heard=True),
        DeadlinePassed(at(113)),
    )
    assert tonight(night).state is StretchState.OFFERED


def test_an_ask_that_nobody_knows_the_outcome_of_says_so() -> None:
    night = play(ReminderDue(at(100), TONIGHT, WINDOW))
    assert (tonight(night).state, tonight(night).reason) == (StretchState.UNKNOWN, "not known if heard")


def test_an_evening_called_off_before_it_asked_asks_by_the_other_time() -> None:
    cramp = (ButtonPressed(at(50)), ButtonReleased(at(50.2)), ButtonPressed(at(90)), ButtonReleased(at(90.2)))
    waits = (ReminderDue(at(100), TONIGHT, WINDOW), EveningCalledOff(at(200), TONIGHT))
    night = play(*cramp, *waits, ReminderDue(at(5400), TONIGHT, WINDOW))
    assert (night.phase, tonight(night).asks) == (Phase.ASKING, 1)


def test_an_evening_that_asked_and_was_called_off_asks_no_more() -> None:
    asked = (ReminderDue(at(100), TONIGHT, WINDOW), CueGiven(at(104), Cue.ASK, heard=True))
    night = play(*asked, EveningCalledOff(at(130), TONIGHT), ReminderDue(at(5400), TONIGHT, WINDOW))
    assert (night.phase, tonight(night).asks, tonight(night).over) == (Phase.QUIET, 1, True)


def test_a_pairing_hold_is_no_cramp_that_the_reminder_waits_for() -> None:
    night = play(ButtonPressed(at(60)), ButtonReleased(at(67)), ReminderDue(at(100), TONIGHT, WINDOW))
    assert night.cramp is not None
    assert night.cramp.state is CrampState.NO_CRAMP
    assert night.phase is Phase.ASKING
