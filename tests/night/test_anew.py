"""A night that begins anew when all that was kept is deleted: what it forgets, what it still knows, and when it may."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from math import inf

import pytest
from hypothesis import given, settings

from bedside.night.anew import begin_anew, is_at_rest
from bedside.night.effects import (
    Cramp,
    CrampState,
    Effect,
    Evening,
    Phase,
    Press,
    Save,
    SetLight,
    StretchState,
    Watch,
)
from bedside.night.events import ButtonPressed, ButtonReleased, Moment, ReminderDue, Saved, StretchReported
from bedside.night.machine import step
from bedside.night.state import Line, Night, Rules, light_of
from tests.night import laws
from tests.night.laws import Step, broken, deaf
from tests.night.story import Player
from tests.night.test_matrix import STATES, reach
from tests.night.test_properties import OTHERS, PRESSES, lines, play
from tests.night.waiting import deadline

RULES = Rules()
"""As after it: the defaults, and no phone."""
EVENING = date(2026, 1, 10)


def now_of(player: Player, after: float = 0.5) -> Moment:
    """A little later than what the player has told."""
    return player.moment(player.since(player.now) + after)


def rows(effects: tuple[Effect, ...]) -> list[object]:
    return [row for effect in effects if isinstance(effect, Save) for row in effect.rows]


def anew(night: Night, moment: Moment, rules: Rules = RULES) -> tuple[Night, tuple[Effect, ...]]:
    begun = begin_anew(night, moment, rules)
    assert begun is not None
    return begun


def reached(name: str) -> tuple[Night, Moment]:
    player = reach(STATES[name][1], Rules(has_phone=True))
    assert player.night is not None
    return player.night, now_of(player)


LEGAL = (
    laws.the_light_is_lit_exactly_while_a_cramp_is_open_or_a_stretch_runs,
    laws.the_light_shown_is_the_one_that_follows,
    laws.the_glow_is_off_where_a_press_is_not_heard_or_kept,
    laws.a_watch_runs_exactly_while_a_press_is_heard,
)
AT_REST = [name for name, (phase, _) in STATES.items() if phase is Phase.QUIET and "leaned" not in name]


@pytest.mark.parametrize("name", STATES)
def test_it_begins_anew_exactly_where_nobody_is_at_it(name: str) -> None:
    night, moment = reached(name)
    assert (begin_anew(night, moment, RULES) is not None) is is_at_rest(night) is (name in AT_REST)


@pytest.mark.parametrize("line", Line)
def test_a_finger_on_the_button_is_somebody_and_a_stuck_line_is_not(line: Line) -> None:
    assert is_at_rest(Night(line=line)) is (line in (Line.UP, Line.STUCK))


@pytest.mark.parametrize("name", AT_REST)
def test_the_night_after_it_is_legal_and_holds_nothing_of_the_one_before(name: str) -> None:
    night, moment = reached(name)
    after, effects = anew(night, moment)
    assert broken(Step(night, None, moment.since_boot, after, effects, RULES), LEGAL) == []
    assert after.quiet_until == (deadline(after, RULES) or inf)
    kept = {
        "line",
        "button",
        "others",
        "listening",
        "light",
        "serial",
        "practice_until",
        "quiet_until",
        "watch",
        "evening",
    }
    usual = Night()
    others = [field.name for field in fields(Night) if field.name not in kept]
    assert [getattr(after, name) for name in others] == [getattr(usual, name) for name in others]
    assert (after.line, after.listening, after.practice_until) == (night.line, night.listening, night.practice_until)
    assert after.light is light_of(after, RULES)
    assert {type(row) for row in rows(effects)} <= {Watch}


@pytest.mark.parametrize("name", AT_REST)
def test_a_new_watch_begins_now_if_a_press_is_heard(name: str) -> None:
    night, moment = reached(name)
    after, effects = anew(night, moment)
    heard = night.listening and not deaf(night)
    assert after.watch == (Watch(moment.key, moment, moment) if heard else None)
    assert rows(effects) == ([after.watch] if heard else [])


def test_a_light_that_told_of_what_is_not_written_tells_it_no_more() -> None:
    night, moment = reached("ended long ago")
    night, effects = step(replace(night, unsaved=frozenset("lost")), StretchReported(moment, EVENING), RULES)
    assert SetLight(night.light) in effects
    after, effects = anew(night, moment)
    assert effects[0] == SetLight(after.light)
    assert not after.unsaved


@pytest.mark.parametrize("gap", [0.1, 2.0, 30.0, 300.0])
@pytest.mark.parametrize("name", AT_REST)
def test_the_next_press_begins_a_cramp_of_its_own(name: str, gap: float) -> None:
    """No relapse, no second of two, no answer: what was before is forgotten."""
    night, moment = reached(name)
    after, _ = anew(night, moment)
    pressed = moment.at(moment.since_boot + gap)
    after, effects = step(after, ButtonPressed(pressed), RULES)
    (cramp,) = [row for row in rows(effects) if isinstance(row, Cramp)]
    (press,) = [row for row in rows(effects) if isinstance(row, Press)]
    assert (cramp.onset, cramp.state, cramp.celsius, press.cramp) == (pressed, CrampState.OPEN, None, cramp.id)
    assert after.phase is Phase.CRAMPING


def test_a_hold_before_the_next_phone_pairs_at_any_hour() -> None:
    player = Player(datetime(2026, 1, 11, 3, 0, tzinfo=UTC))
    assert player.night is not None
    moment = now_of(player)
    after, _ = anew(player.night, moment)
    after, _ = step(after, ButtonPressed(moment.at(moment.since_boot + 1)), RULES)
    after, effects = step(after, ButtonReleased(moment.at(moment.since_boot + 9)), RULES)
    assert "OpenDoor" in [type(effect).__name__ for effect in effects]


# --- the evening ---


def evening_after(story: str, rules: Rules = RULES) -> tuple[Night, Moment]:
    player = reach(story, Rules(has_phone=True))
    assert player.night is not None
    moment = now_of(player)
    return anew(player.night, moment, rules)[0], moment


ASKED = {
    "once": "20:30 reminder for 2026-01-10\n20:33 wait",
    "three times": "20:30 reminder for 2026-01-10\n20:53 wait",
    "and was answered": "20:30 reminder for 2026-01-10\n20:31 press\n20:35 wait",
    "and was told": "20:30 reminder for 2026-01-10\n20:33 stretch reported for 2026-01-10",
    "by light": "20:29 sound fails\n20:30 reminder for 2026-01-10\n20:33 wait",
}


@pytest.mark.parametrize("story", ASKED.values(), ids=ASKED)
def test_an_evening_that_has_asked_asks_no_more_and_nothing_else_is_known_of_it(story: str) -> None:
    night, moment = evening_after(story)
    assert night.evening is not None
    assert (night.evening.state, night.evening.given, night.evening.by_page) == (StretchState.UNKNOWN, False, False)
    for minutes in (1, 11, 21):
        at = moment.at(moment.since_boot + 60 * minutes)
        night, effects = step(night, ReminderDue(at, EVENING, 7000.0 - 60 * minutes), RULES)
        assert night.phase is Phase.QUIET
        assert not [row for row in rows(effects) if not isinstance(row, Watch)]


def test_its_stretch_can_still_be_told_of() -> None:
    night, moment = evening_after(ASKED["once"])
    night, effects = step(night, StretchReported(moment.at(moment.since_boot + 60), EVENING), RULES)
    (row,) = rows(effects)
    assert isinstance(row, Evening)
    assert (row.date, row.state, row.by_page) == (EVENING, StretchState.COMPLETED, True)


NOT_ASKED = {
    "nothing known": "20:30 wait",
    "told before it asked": "20:30 stretch reported for 2026-01-10",
    "waits after a cramp": "20:20 press\n20:21 press\n20:30 reminder for 2026-01-10\n20:30:05 wait",
    "called off": "20:20 press\n20:21 press\n20:30 reminder for 2026-01-10\n20:31 evening called off 2026-01-10",
    "another's": "20:29 reminder for 2026-01-09, 3 min left\n20:40 wait",
}


@pytest.mark.parametrize("story", NOT_ASKED.values(), ids=NOT_ASKED)
def test_an_evening_that_has_not_asked_asks_as_on_the_first_day(story: str) -> None:
    night, moment = evening_after(story)
    assert night.evening is None
    night, _ = step(night, ReminderDue(moment.at(moment.since_boot + 20), EVENING, 7000.0), RULES)
    assert night.phase is Phase.ASKING


# --- whatever was before, and whatever comes ---


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(lines(PRESSES + OTHERS), lines(PRESSES + OTHERS))
def test_nothing_that_was_before_is_ever_written_again(
    before: list[tuple[float, str]], after: list[tuple[float, str]]
) -> None:
    player = play(before)
    assert player.night is not None
    moment = now_of(player, 2000.0)
    player.now += timedelta(seconds=2000)
    if not is_at_rest(player.night):
        return
    old = {row.id for row in player.diary.rows.values() if not isinstance(row, Evening)}
    known = len(player.diary.saves)
    player.rules = RULES
    player.night, effects = anew(player.night, moment)
    player.words(effects, moment)
    while player.answers:
        player.step(player.answers.pop(0))
    begun = player.now
    for gap, what in after:
        begun += timedelta(seconds=gap)
        player.play(begun, what)
        begun += timedelta(seconds=float(what.split()[1]) if what.startswith("hold") else 0.25)
    new = [row for save in player.diary.saves[known:] for row in save.rows]
    assert not {row.id for row in new if not isinstance(row, Evening)} & old
    assert not {row.cramp for row in new if isinstance(row, Press)} & old
    assert all(row.moment.since_boot > moment.since_boot for row in new if isinstance(row, Press))
    assert len(set(player.records)) == len(player.records)


def test_an_answer_of_the_disk_to_what_is_deleted_changes_nothing() -> None:
    night, moment = reached("ended long ago")
    after, _ = anew(night, moment)
    assert step(after, Saved(moment, "of before"), RULES) == (after, ())
