"""How a night begins anew when all that was kept is deleted: what it still knows is what is so just now."""

from bedside.night.effects import Effect, Evening, Phase, Reason, StretchState
from bedside.night.events import Moment
from bedside.night.state import Line, Night, Rules
from bedside.night.timers import listening_changed, settle
from bedside.night.turn import Turn
from bedside.night.values import replace


def is_at_rest(night: Night) -> bool:
    """Whether nothing goes on that a person began: no cramp, no ask, no stretch, and no finger on a button. A line
    that is stuck tells of no finger.
    """
    no_finger = night.line in (Line.UP, Line.STUCK) and all(other.stuck for other in night.others)
    return night.phase is Phase.QUIET and no_finger


def begin_anew(night: Night, moment: Moment, rules: Rules) -> tuple[Night, tuple[Effect, ...]] | None:
    """The night that knows nothing of what was before, and what is to be done; None while a person is at it.

    What is so stays so: the lines, whether a press would be heard, the light, the practice that runs. The records go on
    being numbered, and a new watch begins, since a press is heard all along.
    """
    if not is_at_rest(night):
        return None
    fresh = Night(
        line=night.line,
        evening=_asked_already(night.evening, moment),
        practice_until=night.practice_until,
        light=night.light,
        serial=night.serial,
        button=night.button,
        others=night.others,
    )
    turn = Turn(fresh, moment, moment, rules)
    listening_changed(turn, night.listening)
    settle(turn, asks=True)
    effects = turn.effects()
    return turn.night, effects


def _asked_already(evening: Evening | None, moment: Moment) -> Evening | None:
    """Of an evening that has asked and would still: that it has, and no more, so that no evening asks twice."""
    if evening is None or not evening.asks or moment.since_boot >= evening.until:
        return None
    unknown = replace(evening, state=StretchState.UNKNOWN, reason=Reason.NONE, over=True)
    return replace(unknown, given=False, by_light=False, by_page=False)
