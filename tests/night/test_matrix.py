"""Every phase and every state within it, met by every event; and every row of the two tables of what a press means."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from bedside.night.cues import Cue
from bedside.night.effects import Phase
from bedside.night.events import (
    KEY,
    ButtonPressed,
    ButtonReleased,
    ClockSet,
    CueGiven,
    DeadlinePassed,
    EveningCalledOff,
    EveningPassed,
    Event,
    HelpNeeded,
    ListeningBegan,
    ListeningEnded,
    Moment,
    PracticeBegan,
    ReminderDue,
    Saved,
    SaveFailed,
    SoundWanted,
    StretchReported,
    StretchWanted,
    TemperatureRead,
)
from bedside.night.machine import DOES, step
from bedside.night.meaning import HOLDS, PRESSES, Transition, decide
from bedside.night.state import HOLD, LEAN, Line, Night, Rules
from bedside.night.turn import Turn
from tests.night.laws import Step, broken
from tests.night.story import Player, play

ASKED = "20:30 reminder for 2026-01-10\n"
CRAMP = "20:30 press\n"
BY_PAGE = "20:30 stretch wanted for 2026-01-10\n"

STATES: dict[str, tuple[Phase, str]] = {
    "nothing yet": (Phase.QUIET, "20:30 wait"),
    "not listening": (Phase.QUIET, "20:30 listening ended"),
    "just ended": (Phase.QUIET, CRAMP + "20:31 press\n20:31:10 wait"),
    "ended long ago": (Phase.QUIET, CRAMP + "20:31 press\n20:34 wait"),
    "end leaned on": (Phase.QUIET, CRAMP + "20:31 down\n20:31:11 wait"),
    "closed by itself": (Phase.QUIET, CRAMP + "21:01 wait"),
    "paired": (Phase.QUIET, "20:30 hold 7 s\n20:30:10 wait"),
    "between asks": (Phase.QUIET, ASKED + "20:33 wait"),
    "asked out": (Phase.QUIET, ASKED + "20:53 wait"),
    "stretch stopped": (Phase.QUIET, ASKED + "20:30:10 press\n20:30:40 press\n20:30:41 wait"),
    "stretch completed": (Phase.QUIET, BY_PAGE + "20:34 wait"),
    "stretch said done": (Phase.QUIET, "20:30 stretch reported for 2026-01-10"),
    "between asks, one missed": (Phase.QUIET, "20:29 stretch reported for 2026-01-08\n" + ASKED + "20:33 wait"),
    "evening missed": (Phase.QUIET, "20:29 stretch reported for 2026-01-09\n20:30 evening passed 2026-01-10"),
    "practice": (Phase.QUIET, "20:30 practice"),
    "line stuck": (Phase.QUIET, "20:30 down\n21:01 wait"),
    "doubtful, ended": (Phase.QUIET, "20:28 hold 4 s\n20:29 press\n20:29:30 wait"),
    "cramp begun": (Phase.CRAMPING, CRAMP + "20:30:02 wait"),
    "cramp unsaved": (Phase.CRAMPING, "20:29 disk slow\n20:30 press"),
    "cramp failed": (Phase.CRAMPING, "20:29 disk fails\n20:30 press"),
    "cramp led": (Phase.CRAMPING, CRAMP + "20:31:30 wait"),
    "cramp warned": (Phase.CRAMPING, CRAMP + "20:40:30 wait"),
    "cramp held": (Phase.CRAMPING, "20:30 down\n20:30:04 wait"),
    "cramp doubtful": (Phase.CRAMPING, "22:30 hold 4 s\n22:30:05 wait"),
    "cramp leaned on": (Phase.CRAMPING, "20:30 down\n20:30:30 wait"),
    "cramp stuck": (Phase.CRAMPING, "20:30 down\n20:32 wait"),
    "relapse": (Phase.CRAMPING, CRAMP + "20:31 press\n20:32 press"),
    "practice cramp": (Phase.CRAMPING, "20:29 practice\n20:30 press"),
    "asking": (Phase.ASKING, ASKED + "20:30:10 wait"),
    "asking by light": (Phase.ASKING, "20:29 sound fails\n" + ASKED),
    "asking, not given yet": (Phase.ASKING, "20:29 sound slow\n" + ASKED),
    "asking a third time": (Phase.ASKING, ASKED + "20:50:30 wait"),
    "stretch begun": (Phase.STRETCHING, ASKED + "20:30:10 press\n20:30:12 wait"),
    "stretch held": (Phase.STRETCHING, ASKED + "20:30:10 down\n20:30:14 wait"),
    "stretch led": (Phase.STRETCHING, ASKED + "20:30:10 press\n20:31:30 wait"),
    "stretch by page": (Phase.STRETCHING, BY_PAGE + "20:30:30 wait"),
    "second stretch": (Phase.STRETCHING, "20:29 stretch reported for 2026-01-10\n" + BY_PAGE),
    "stretch unsaved": (Phase.STRETCHING, ASKED + "20:30:05 disk slow\n20:30:10 press"),
    "another stuck": (Phase.QUIET, "20:30 down by key\n20:30:20 press\n20:30:30 press\n20:34 wait"),
    "another held": (Phase.CRAMPING, "20:30 down by key\n20:30:02 press\n20:30:04 wait"),
    "both held": (Phase.CRAMPING, "20:30 down\n20:30:02 down by key\n20:30:04 wait"),
    "both stuck": (Phase.CRAMPING, "20:30 down\n20:30:02 down by key\n20:32 wait"),
    "stuck, another pressed": (
        Phase.CRAMPING,
        "20:28 down\n20:29 press by key\n20:29:30 press by key\n20:30 press by key",
    ),
    "stretch held by key": (Phase.STRETCHING, ASKED + "20:30:10 down by key\n20:30:14 wait"),
}
"""Each state by the story that leads to it."""

GAPS = (0.5, 3.5, 7.0, 40.0, 605.0, 1900.0)
"""How long after the state the event comes, in seconds."""


def reach(story: str, rules: Rules) -> Player:
    return play(story, on="2026-01-10", rules=rules, watches=False)[0]


def events(player: Player, at: Moment) -> tuple[Event, ...]:
    """One event of every kind, and each of its variants."""
    assert player.night is not None
    record = player.night.pending or next(iter(player.night.unsaved), "none such")
    of_an_evening = [
        kind(at, date(2026, 1, day))
        for kind in (EveningPassed, EveningCalledOff, StretchWanted, StretchReported)
        for day in (9, 10, 11)
    ]
    return (
        ButtonPressed(at), ButtonReleased(at), ButtonReleased(at, seen=False), ButtonPressed(at, KEY),
        ButtonReleased(at, button=KEY), ButtonReleased(at, False, KEY), DeadlinePassed(at), Saved(at, record),
        SaveFailed(at, record), Saved(at, "another"), TemperatureRead(at, 18.5),
        ReminderDue(at, date(2026, 1, 10), 600.0), ReminderDue(at, date(2026, 1, 11), 600.0),
        CueGiven(at, Cue.ASK, heard=True), CueGiven(at, Cue.ASK_LATE, heard=False), CueGiven(at, Cue.PULL, heard=True),
        ListeningBegan(at), ListeningEnded(at), ClockSet(at), PracticeBegan(at), SoundWanted(at, quiet=True),
        SoundWanted(at, quiet=False), HelpNeeded(at), *of_an_evening,
    )  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_each_state_is_the_phase_it_is_named_for(name: str) -> None:
    phase, story = STATES[name]
    night = reach(story, Rules(has_phone=True)).night
    assert night is not None
    assert night.phase is phase


RULES = {
    "as it comes": Rules(has_phone=True),
    "silent": Rules(has_phone=True, silent_evenings=True, silent_nights=True, asks=1, standing_stretch=False),
    "silent, no light": Rules(silent_evenings=True, silent_nights=True, warning_by_light=True, light_found=False),
    "warning by light": Rules(has_phone=True, bedtime=Rules().bedtime.replace(hour=20), warning_by_light=True, asks=2),
}


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", STATES)
def test_every_event_in_every_state_gives_a_legal_night(name: str, rules: str) -> None:
    read = RULES[rules]
    player = reach(STATES[name][1], read)
    assert player.night is not None
    now = player.since(player.now)
    for gap in GAPS:
        at = player.moment(now + gap)
        night, _ = step(player.night, DeadlinePassed(at), read)
        for event in events(player, at):
            after, effects = step(night, event, read)
            assert broken(Step(night, event, at.since_boot, after, effects, read)) == [], f"{event} after {gap} s"


def test_the_machine_does_something_for_every_event_there_is_and_the_matrix_has_them_all() -> None:
    player = reach("20:30 wait", Rules())
    assert set(DOES) == set(get_args(Event))
    assert {type(event) for event in events(player, player.moment(2000.0))} == set(get_args(Event))


def taken(rules: Rules) -> Iterator[tuple[Transition, Phase, Phase]]:
    """Each row that decides a press or a hold in some state, with the phase before and after."""
    for _, story in STATES.values():
        player = reach(story, rules)
        assert player.night is not None
        now = player.since(player.now)
        for gap in GAPS:
            at = player.moment(now + gap)
            night, _ = step(player.night, DeadlinePassed(at), rules)
            row = decide(PRESSES, night.phase, Turn(night, at, at, rules))
            pressed, _ = step(night, ButtonPressed(at), rules)
            yield row, night.phase, pressed.phase
            for held in (4.0, 7.0):
                yield hold_of(pressed, player.moment(now + gap + held), rules)


def hold_of(night: Night, up: Moment, rules: Rules) -> tuple[Transition, Phase, Phase]:
    """The row that decides the release of a press held until `up`."""
    night, _ = step(night, DeadlinePassed(up), rules)
    assert night.press is not None
    held = up.since(night.press.moment)
    assert HOLD <= held < LEAN
    about = replace(night, line=Line.UP, press=replace(night.press, held=held))
    row = decide(HOLDS, night.press.phase, Turn(about, up, up, rules))
    return row, night.phase, step(night, ButtonReleased(up), rules)[0].phase


@pytest.fixture(scope="module")
def rows() -> list[tuple[Transition, Phase, Phase]]:
    return [row for has_phone in (True, False) for row in taken(Rules(bedtime=BEDTIME, has_phone=has_phone))]


BEDTIME = Rules().bedtime.replace(hour=20, minute=45)
"""So early that some of the stories lie inside the sleep window and some before it."""


def test_every_row_of_both_tables_is_reached(rows: list[tuple[Transition, Phase, Phase]]) -> None:
    reached = {row for row, _, _ in rows}
    unreached = [f"{row.phase}: {row.when}" for row in (*PRESSES, *HOLDS) if row not in reached]
    assert unreached == []


def test_every_row_leads_where_the_table_says(rows: list[tuple[Transition, Phase, Phase]]) -> None:
    for row, before, after in rows:
        assert after is (before if row.becomes is None else row.becomes), f"{row.phase}: {row.when}"


def test_each_phase_ends_with_a_row_that_always_holds() -> None:
    for table in (PRESSES, HOLDS):
        for phase in Phase:
            assert [row.when in ("always", "otherwise", "3 to 10 s") for row in table if row.phase is phase][-1]
