"""What holds in every night, whatever happens: one function a law, checked after every step of matrix and exploration.

A law looks at one step: the night before and after, the event (None for a restart) and the effects. It returns whether
it holds. What must hold over a whole night is said of one step, so that it follows for all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bedside.night.cues import RELIEF, Cue
from bedside.night.effects import Cramp, CrampState, Effect, Evening, Hush, LightLevel, Meaning, Phase, Press, Save, Say
from bedside.night.events import ButtonPressed, DeadlinePassed, Event, ReminderDue
from bedside.night.state import ASKS, Line, Night, Rules, deadline, light_of

RELIEF_CUES = {cue for _, cue in RELIEF}
LIT = {LightLevel.DIM, LightLevel.RISING, LightLevel.FULL, LightLevel.BLINKING}


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

    def said(self) -> list[Cue]:
        """The cues this step said."""
        return [effect.cue for effect in self.effects if isinstance(effect, Say)]

    def known(self, kind: type) -> list[tuple]:
        """(before, after) of each saved cramp or press that the night held before."""
        old = self.before.cramp if kind is Cramp else self.before.press
        return [(old, row) for row in self.rows(kind) if old and row.id == old.id]


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


def a_date_asks_at_most_three_times_and_never_anew(step: Step) -> bool:
    before, after = step.before.evening, step.after.evening
    if after is None:
        return before is None
    asks_on = before is None or before.date != after.date or after.asks in (before.asks, before.asks + 1)
    return after.asks <= ASKS and asks_on and (before is None or isinstance(step.event, ReminderDue) or
                                               before.date == after.date)  # fmt: skip


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


def relief_is_said_only_in_a_cramp_that_is_not_doubted_away(step: Step) -> bool:
    if not RELIEF_CUES.union({Cue.WARNING}).intersection(step.said()):
        return True
    cramp = step.after.cramp
    return step.after.phase is Phase.CRAMPING and cramp is not None and not cramp.muted


def the_glow_is_off_where_a_press_is_not_heard_or_kept(step: Step) -> bool:
    night = step.after
    heard = night.listening and night.line is not Line.STUCK and not night.unsaved
    return heard or night.light is not LightLevel.GLOW


def a_watch_runs_exactly_while_a_press_is_heard(step: Step) -> bool:
    night = step.after
    return (night.watch is not None) == (night.listening and night.line is not Line.STUCK)


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
    return step.after == step.before and not step.effects


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
    a_date_asks_at_most_three_times_and_never_anew,
    the_next_deadline_is_always_later,
    a_cramp_is_warned_of_once,
    relief_is_said_only_in_a_cramp_that_is_not_doubted_away,
    the_glow_is_off_where_a_press_is_not_heard_or_kept,
    a_watch_runs_exactly_while_a_press_is_heard,
    practice_stays_practice_and_real_stays_real,
    no_cramp_is_reopened_across_practice,
    a_cramp_and_the_press_that_began_it_are_both_practice_or_both_real,
    a_press_belongs_to_one_cramp_and_none_is_begun_by_another_cramps_press,
    a_record_is_never_named_twice,
    an_early_or_late_look_at_the_time_does_nothing,
)


def broken(step: Step, laws: tuple[Law, ...] = LAWS) -> list[str]:
    """The names of the laws this step breaks."""
    return [law.__name__ for law in laws if not law(step)]
