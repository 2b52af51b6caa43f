"""What holds in every night, whatever happens: one function a law, checked after every step of matrix and exploration.

A law looks at one step: the night before and after, the event (None for a restart) and the effects. It returns whether
it holds. What must hold over a whole night is said of one step, so that it follows for all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from bedside.night import cues
from bedside.night.cues import EVENING, RELIEF, Cue
from bedside.night.effects import (
    Cramp,
    CrampState,
    Effect,
    Evening,
    Hush,
    LightLevel,
    Meaning,
    Phase,
    Press,
    Save,
    Say,
    StretchState,
)
from bedside.night.events import (
    ButtonPressed,
    ButtonReleased,
    DeadlinePassed,
    EveningCalledOff,
    EveningPassed,
    Event,
    ReminderDue,
    StretchReported,
    StretchWanted,
)
from bedside.night.state import Line, Night, Rules, light_of
from tests.night.waiting import deadline

RELIEF_CUES = {cue for _, cue in RELIEF}
WANTED = {Cue.PAIRING, Cue.TRY}
"""What a person asked to hear: never silenced."""
LIT = {LightLevel.DIM, LightLevel.RISING, LightLevel.FULL, LightLevel.BLINKING, LightLevel.WARNING}
NAME_AN_EVENING = ReminderDue | EveningPassed | EveningCalledOff | StretchWanted | StretchReported


@dataclass(frozen=True)
class Step:
    """One step of the machine."""

    before: Night
    event: Event | None
    now: float
    after: Night
    effects: tuple[Effect, ...]
    rules: Rules

    def rows(self, kind: type) -> list:
        """The rows of a kind that this step saved."""
        return [row for effect in self.effects if isinstance(effect, Save) for row in effect.rows if type(row) is kind]

    def says(self) -> list[Say]:
        """What this step said, and how."""
        return [effect for effect in self.effects if isinstance(effect, Say)]

    def said(self) -> list[Cue]:
        """The cues this step said."""
        return [effect.cue for effect in self.says()]

    @property
    def asleep(self) -> bool:
        """Whether this was inside the sleep window."""
        return self.event is not None and self.rules.in_sleep_window(self.event.moment)

    def known(self, kind: type) -> list[tuple]:
        """(before, after) of each saved cramp or press that the night held before."""
        old = self.before.cramp if kind is Cramp else self.before.press
        return [(old, row) for row in self.rows(kind) if old and row.id == old.id]


def deaf(night: Night) -> bool:
    """Whether some button is stuck."""
    return night.line is Line.STUCK or any(other.stuck for other in night.others)


def the_light_is_lit_exactly_while_a_cramp_is_open_or_a_stretch_runs(step: Step) -> bool:
    night = step.after
    is_open = night.cramp is not None and night.cramp.state is CrampState.OPEN
    lit = night.light in LIT
    return lit == (is_open or night.phase is Phase.STRETCHING) and is_open == (night.phase is Phase.CRAMPING)


def the_light_shown_is_the_one_that_follows(step: Step) -> bool:
    return step.after.light is light_of(step.after, step.rules)


def a_press_is_saved_at_once_in_one_record(step: Step) -> bool:
    saves = [effect for effect in step.effects if isinstance(effect, Save)]
    if not isinstance(step.event, ButtonPressed):
        return len(saves) <= 1
    own = [row for row in step.rows(Press) if row.moment == step.event.moment]
    return len(saves) == 1 and len(own) == 1 and own[0] == step.after.press


def a_press_that_changes_the_phase_hushes_and_a_repeated_cry_never_does(step: Step) -> bool:
    if not isinstance(step.event, ButtonPressed) or step.after.press is None:
        return True
    cry = step.after.press.meaning is Meaning.REPEATED and step.before.phase is Phase.CRAMPING
    return any(isinstance(effect, Hush) for effect in step.effects) is not cry


def at_most_one_cramp_is_open(step: Step) -> bool:
    """A cramp that gives way to another was closed before, or is in the same record."""
    before, after = step.before.cramp, step.after.cramp
    if before is None or before.state is not CrampState.OPEN or (after and after.id == before.id):
        return True
    return any(row.state is not CrampState.OPEN for _, row in step.known(Cramp))


def only_an_ended_cramp_has_a_duration(step: Step) -> bool:
    return all(row.seconds >= 0 if row.state is CrampState.ENDED else row.seconds is None for row in step.rows(Cramp))


def doubt_is_never_taken_back(step: Step) -> bool:
    return all(new.doubtful or not old.doubtful for old, new in step.known(Cramp))


def no_press_is_changed_in_time_or_place_or_loses_its_cramp(step: Step) -> bool:
    return all(
        (old.moment, old.phase) == (new.moment, new.phase) and (old.cramp is None or new.cramp == old.cramp)
        for old, new in step.known(Press)
    )


def what_the_night_knows_is_what_was_kept(step: Step) -> bool:
    before, after = step.before, step.after
    pairs = ((before.press, after.press), (before.cramp, after.cramp), (before.evening, after.evening))
    saved = [*step.rows(Press), *step.rows(Cramp), *step.rows(Evening)]
    return all(old == new or new is None or new in saved for old, new in pairs)


def a_date_asks_as_often_as_is_wanted_at_most_and_never_anew(step: Step) -> bool:
    before, after = step.before.evening, step.after.evening
    if after is None:
        return before is None
    if before is None or before.date != after.date:
        return isinstance(step.event, NAME_AN_EVENING) and after.asks <= 1
    return after.asks == before.asks or after.asks == before.asks + 1 <= step.rules.asks


def an_evening_completed_never_becomes_anything_else(step: Step) -> bool:
    before = step.before.evening
    if before is None or before.state is not StretchState.COMPLETED:
        return True
    same = [row for row in (step.after.evening, *step.rows(Evening)) if row and row.date == before.date]
    return all(row.state is StretchState.COMPLETED and row.over and row.by_page <= before.by_page for row in same)


def an_evening_said_done_on_the_page_is_done(step: Step) -> bool:
    after = step.after.evening
    return after is None or not after.by_page or after.state is StretchState.COMPLETED


def the_next_deadline_is_always_later(step: Step) -> bool:
    due = deadline(step.after, step.rules)
    return step.event is None or due is None or due > step.now


def a_cramp_is_warned_of_once(step: Step) -> bool:
    if Cue.WARNING not in step.said():
        return True
    before, after = step.before.cramp, step.after.cramp
    assert after is not None
    again = before is not None and before.id == after.id and before.warned
    return step.said().count(Cue.WARNING) == 1 and after.warned and not again


def a_warning_reaches_the_person_by_voice_or_by_light(step: Step) -> bool:
    """Where the same step ends the cramp, or begins another, nobody needs it any more."""
    before, after = step.before.cramp, step.after.cramp
    if after is None or not after.warned or step.after.phase is not Phase.CRAMPING:
        return True
    shown = step.rules.light_found and step.after.light is LightLevel.WARNING
    return shown or Cue.WARNING in step.said() or (before is not None and before.id == after.id and before.warned)


def nothing_is_said_that_the_habits_silence(step: Step) -> bool:
    said, rules = set(step.said()) - WANTED, step.rules
    if rules.silent_evenings and said & EVENING:
        return False
    if rules.warning_by_light and rules.light_found and Cue.WARNING in said:
        return False
    if not (rules.silent_nights and step.asleep):
        return True
    return said <= (EVENING if rules.light_found else {*EVENING, Cue.WARNING})


def it_is_quiet_exactly_in_the_sleep_window_but_for_the_evening(step: Step) -> bool:
    own = [says for says in step.says() if says.cue is not Cue.TRY]
    return all(says.quiet is (step.asleep and says.cue not in EVENING) for says in own)


def what_is_due_at_a_time_is_a_sessions_beat_and_nothing_else_is(step: Step) -> bool:
    start, script = step.after.stretch_from, cues.stretch(step.rules.standing_stretch)
    beats = {(start + at, cue) for at, cue in script[1:] if cue}
    due = [says for says in step.says() if says.due is not None]
    timed = {cue for _, cue in script[1:]}
    return all((says.due, says.cue) in beats for says in due) and all(
        says.due is not None for says in step.says() if says.cue in timed
    )


def relief_is_said_only_in_a_cramp_that_is_not_doubted_away(step: Step) -> bool:
    if not RELIEF_CUES.union({Cue.WARNING}).intersection(step.said()):
        return True
    cramp = step.after.cramp
    return step.after.phase is Phase.CRAMPING and cramp is not None and not cramp.muted


def the_glow_is_off_where_a_press_is_not_heard_or_kept(step: Step) -> bool:
    night = step.after
    heard = night.listening and not deaf(night) and not night.unsaved
    return heard or night.light is not LightLevel.GLOW


def a_watch_runs_exactly_while_a_press_is_heard(step: Step) -> bool:
    night = step.after
    return (night.watch is not None) == (night.listening and not deaf(night))


def a_press_is_the_one_of_its_button_whatever_another_does(step: Step) -> bool:
    night, event = step.after, step.event
    if not isinstance(event, ButtonPressed):
        return night.button == step.before.button or event is None
    assert night.press is not None
    return (night.button, night.press.button, night.line) == (event.button, event.button, Line.DOWN)


def each_button_that_is_down_is_known_once(step: Step) -> bool:
    others = [other.button for other in step.after.others]
    return len(others) == len(set(others)) and step.after.button not in others


def a_button_stays_down_until_it_is_released(step: Step) -> bool:
    before, after, event = step.before.down, step.after.down, step.event
    if isinstance(event, ButtonPressed):
        return after == before | {event.button}
    return event is None or after == before - ({event.button} if isinstance(event, ButtonReleased) else set())


def another_buttons_release_touches_no_press_and_says_nothing(step: Step) -> bool:
    before, event = step.before, step.event
    if not isinstance(event, ButtonReleased) or event.button == before.button:
        return True
    same = replace(step.after, others=before.others, watch=before.watch, light=before.light)
    same = replace(same, serial=before.serial, quiet_until=before.quiet_until)
    return same == before and not step.says()


def practice_stays_practice_and_real_stays_real(step: Step) -> bool:
    return all(old.practice == new.practice for old, new in step.known(Cramp))


def no_cramp_is_reopened_across_practice(step: Step) -> bool:
    before, after = step.before.cramp, step.after.cramp
    reopened = before and after and before.id == after.id and before.closed and not after.closed
    return not reopened or before.practice == (step.before.practice_until is not None)


def a_cramp_and_the_press_that_began_it_are_both_practice_or_both_real(step: Step) -> bool:
    began = [row for row in step.rows(Press) if row.meaning in (Meaning.BEGAN, Meaning.REOPENED)]
    return all(row.practice == cramp.practice for row in began for cramp in step.rows(Cramp) if cramp.id == row.cramp)


def a_press_belongs_to_one_cramp_and_none_is_begun_by_another_cramps_press(step: Step) -> bool:
    return all(old.meaning is new.meaning or old.meaning is not Meaning.REPEATED for old, new in step.known(Press))


def a_record_is_never_named_twice(step: Step) -> bool:
    saves = [effect for effect in step.effects if isinstance(effect, Save)]
    return step.after.serial == (step.before.serial if step.event else 0) + len(saves)


def an_early_or_late_look_at_the_time_does_nothing(step: Step) -> bool:
    due = deadline(step.before, step.rules)
    if not isinstance(step.event, DeadlinePassed) or (due is not None and due <= step.now):
        return True
    return replace(step.after, quiet_until=step.before.quiet_until) == step.before and not step.effects


def nothing_falls_due_before_the_night_says_so(step: Step) -> bool:
    due = deadline(step.after, step.rules)
    return step.event is None or step.after.quiet_until == (inf if due is None else due)


Law = Callable[[Step], bool]
LAWS: tuple[Law, ...] = (
    the_light_is_lit_exactly_while_a_cramp_is_open_or_a_stretch_runs,
    the_light_shown_is_the_one_that_follows,
    a_press_is_saved_at_once_in_one_record,
    a_press_that_changes_the_phase_hushes_and_a_repeated_cry_never_does,
    at_most_one_cramp_is_open,
    only_an_ended_cramp_has_a_duration,
    doubt_is_never_taken_back,
    no_press_is_changed_in_time_or_place_or_loses_its_cramp,
    what_the_night_knows_is_what_was_kept,
    a_date_asks_as_often_as_is_wanted_at_most_and_never_anew,
    an_evening_completed_never_becomes_anything_else,
    an_evening_said_done_on_the_page_is_done,
    the_next_deadline_is_always_later,
    a_cramp_is_warned_of_once,
    a_warning_reaches_the_person_by_voice_or_by_light,
    nothing_is_said_that_the_habits_silence,
    it_is_quiet_exactly_in_the_sleep_window_but_for_the_evening,
    what_is_due_at_a_time_is_a_sessions_beat_and_nothing_else_is,
    relief_is_said_only_in_a_cramp_that_is_not_doubted_away,
    the_glow_is_off_where_a_press_is_not_heard_or_kept,
    a_watch_runs_exactly_while_a_press_is_heard,
    a_press_is_the_one_of_its_button_whatever_another_does,
    each_button_that_is_down_is_known_once,
    a_button_stays_down_until_it_is_released,
    another_buttons_release_touches_no_press_and_says_nothing,
    practice_stays_practice_and_real_stays_real,
    no_cramp_is_reopened_across_practice,
    a_cramp_and_the_press_that_began_it_are_both_practice_or_both_real,
    a_press_belongs_to_one_cramp_and_none_is_begun_by_another_cramps_press,
    a_record_is_never_named_twice,
    an_early_or_late_look_at_the_time_does_nothing,
    nothing_falls_due_before_the_night_says_so,
)


def broken(step: Step, laws: tuple[Law, ...] = LAWS) -> list[str]:
    """The names of the laws this step breaks."""
    return [law.__name__ for law in laws if not law(step)]
