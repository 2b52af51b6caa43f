"""The night's machine: `step` applies an event to a night. It takes no time from anywhere: the moment comes with it.

A press is decided in `meaning.py`, what time does in `timers.py`; nothing else changes a night.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bedside.night import evening
from bedside.night.cues import Cue
from bedside.night.effects import Effect, Phase, Say
from bedside.night.events import (
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
from bedside.night.meaning import HOLDS, PRESSES, decide
from bedside.night.state import HOLD, LEAN, PRACTICE, Down, Line, Night, Room, Rules
from bedside.night.timers import listening_changed, settle, watch_anew
from bedside.night.turn import Turn
from bedside.night.values import replace


def _pressed(turn: Turn, event: ButtonPressed) -> None:
    before, turn.button = turn.night, event.button
    decide(PRESSES, before.phase, turn).do(turn)
    others = before.others if event.button == before.button else _down_besides(event.button, before, turn.now)
    _line_moved(turn, before, replace(turn.night, line=Line.DOWN, released=None, button=event.button, others=others))


def _down_besides(button: str, night: Night, now: Moment) -> tuple[Down, ...]:
    """The other buttons that are down once this one is pressed; so is now the one that was pressed before it."""
    others = tuple(other for other in night.others if other.button != button)
    if night.line is Line.UP:
        return others
    since = night.press.moment if night.press else now
    return (*others, Down(night.button, since, stuck=night.line is Line.STUCK))


def _line_moved(turn: Turn, before: Night, after: Night) -> None:
    """A line that moves is stuck no more: the watch goes on, unless another is."""
    turn.night = after
    if before.stuck:
        listening_changed(turn, after.listening)


def _released(turn: Turn, event: ButtonReleased) -> None:
    night = turn.night
    if event.button != night.button:
        others = tuple(other for other in night.others if other.button != event.button)
        _line_moved(turn, night, replace(night, others=others))
        return
    line, press = night.line, night.press
    _line_moved(turn, night, replace(night, line=Line.UP, released=turn.now.since_boot))
    if press is None or line is Line.UP or not event.seen:
        return
    held = turn.now.since_boot - press.moment.since_boot
    turn.keep(replace(press, held=held))
    if line is Line.DOWN and HOLD <= held < LEAN:
        decide(HOLDS, press.phase, turn).do(turn)


def _saved(turn: Turn, event: Saved) -> None:
    turn.night = replace(turn.night, unsaved=turn.night.unsaved - {event.record})
    _answered(turn, event.record)


def _save_failed(turn: Turn, event: SaveFailed) -> None:
    night = turn.night
    turn.night = replace(night, unsaved=night.unsaved | {event.record})
    if _answered(turn, event.record) and night.tells_failure:
        turn.say(Cue.NOT_SAVED)


def _answered(turn: Turn, record: str) -> bool:
    """Whether this was the record the light and the first sentence waited for; then they wait no longer."""
    night = turn.night
    if night.pending != record:
        return False
    turn.night = replace(night, pending=None, speech=None)
    if night.speech:
        turn.say(night.speech.cue)
    return True


def _temperature_read(turn: Turn, event: TemperatureRead) -> None:
    turn.night = replace(turn.night, room=Room(event.moment, event.celsius))


def _practice_began(turn: Turn) -> None:
    turn.night = replace(turn.night, practice_until=turn.now.since_boot + PRACTICE)


def _sound_wanted(turn: Turn, event: SoundWanted) -> None:
    """Only in a quiet night: nothing else that is said is mixed with it."""
    if turn.night.phase is Phase.QUIET:
        turn.says.append(Say(Cue.TRY, event.quiet))


def _help_needed(turn: Turn) -> None:
    """Said to nobody who sleeps, and mixed with nothing else: the page says it all."""
    if turn.night.phase is Phase.QUIET and not turn.rules.in_sleep_window(turn.actual):
        turn.say(Cue.NEEDS_YOU)


DOES: Mapping[type[Event], Callable[[Turn, Any], None]] = {
    ButtonPressed: _pressed,
    ButtonReleased: _released,
    Saved: _saved,
    SaveFailed: _save_failed,
    TemperatureRead: _temperature_read,
    ReminderDue: evening.reminded,
    EveningPassed: evening.passed,
    EveningCalledOff: evening.called_off,
    StretchWanted: evening.wanted,
    StretchReported: evening.reported,
    CueGiven: evening.given,
    SoundWanted: _sound_wanted,
    HelpNeeded: lambda turn, _: _help_needed(turn),
    ListeningBegan: lambda turn, _: listening_changed(turn, True),
    ListeningEnded: lambda turn, _: listening_changed(turn, False),
    ClockSet: lambda turn, _: watch_anew(turn),
    PracticeBegan: lambda turn, _: _practice_began(turn),
    DeadlinePassed: lambda _turn, _event: None,  # what is due was settled before
}
"""What each event does."""


def step(night: Night, event: Event, rules: Rules) -> tuple[Night, tuple[Effect, ...]]:
    """The night after the event, and what is to be done. Deadlines due at or before the event come first, in order.

    An event whose moment lies before the last one's is applied as it is: threads may overtake each other by a little.
    """
    turn = Turn(night, event.moment, event.moment, rules)
    if event.moment.since_boot >= night.quiet_until:  # most presses find nothing due, and none of them waits for a look
        settle(turn, asks=False)
    DOES[type(event)](turn, event)
    settle(turn, asks=True)
    effects = turn.effects()
    return turn.night, effects
