"""The evening: when its reminder begins and asks, what starts and ends its stretch, and what it comes to."""

from datetime import date

from bedside.night.cues import ASK_CUES, Cue
from bedside.night.effects import Evening, Phase, Reason, StretchState
from bedside.night.events import CueGiven, EveningCalledOff, EveningPassed, ReminderDue, StretchReported, StretchWanted
from bedside.night.state import EVENING_WINDOW, LATE, TOO_LATE
from bedside.night.turn import Turn
from bedside.night.values import replace

BUSY = (Phase.ASKING, Phase.STRETCHING)
REMEMBERED = 400  # evenings, whose dates never ask again


def reminded(turn: Turn, event: ReminderDue) -> None:
    """Begin the evening, once a date. It asks as soon as it may."""
    night, evening = turn.night, turn.night.evening
    called_back = evening is not None and evening.date == event.evening and _ended_unasked(evening)
    if night.phase in BUSY or (_is_known(turn, event.evening) and not called_back):
        return  # busy: the clock was set to another date in mid-session; the reminder comes again at the next look
    if not called_back:
        _leave_evening(turn)
    turn.keep(_begun(turn, event, event.window_left))


def passed(turn: Turn, event: EveningPassed) -> None:
    """Note an evening that nobody was asked in, unless it is known. Before the first evening there is nothing to miss.

    The night goes on with the evening it has: a clock that is set right may yet bring the missed one's reminder.
    """
    night, day = turn.night, event.evening
    known = night.evenings_past if night.evening is None else (*night.evenings_past, night.evening.date)
    if day in known or not any(other < day for other in known):
        return
    turn.file(replace(_begun(turn, event), reason=Reason.MISSED, over=True))
    if night.evening:
        turn.file(night.evening)  # again, since a restart goes on with what was written last


def called_off(turn: Turn, event: EveningCalledOff) -> None:
    """Ask no more by the old time; a running stretch goes on. One that never asked may still be due by another."""
    night, evening = turn.night, turn.night.evening
    if evening is None or evening.date != event.evening or evening.over or night.phase is Phase.STRETCHING:
        return
    turn.keep(replace(evening, over=True, reason=evening.reason if evening.asks else Reason.CALLED_OFF))
    if night.phase is Phase.ASKING:
        turn.go(Phase.QUIET)


def wanted(turn: Turn, event: StretchWanted) -> None:
    """Lead the stretch now, as a press on the ask does; never in a cramp."""
    if turn.night.phase in (Phase.QUIET, Phase.ASKING) and _come_to(turn, event):
        start_stretch(turn)
        turn.waits = True


def reported(turn: Turn, event: StretchReported) -> None:
    """Take a person's word that it is done: nothing asks for it any more. A running session tells by itself."""
    if turn.night.phase is Phase.STRETCHING or not _come_to(turn, event):
        return
    evening = turn.night.evening
    assert evening is not None
    by_page = evening.state is not StretchState.COMPLETED
    turn.keep(
        replace(
            evening, state=StretchState.COMPLETED, reason=Reason.NONE, over=True, by_page=by_page or evening.by_page
        )
    )
    if turn.night.phase is Phase.ASKING:
        turn.go(Phase.QUIET)


def start_stretch(turn: Turn) -> None:
    """Lead the session from its beginning. An evening that was completed stays so, whatever becomes of this one."""
    evening = turn.night.evening
    assert evening is not None
    done = evening.state is StretchState.COMPLETED
    state = StretchState.COMPLETED if done else StretchState.STARTED
    turn.keep(replace(evening, state=state, reason=Reason.NONE, over=True))
    standing = turn.rules.standing_stretch  # until its end, whatever is chosen meanwhile
    turn.night = replace(turn.night, stretch_from=turn.now.since_boot, stretch_standing=standing)
    turn.go(Phase.STRETCHING, Cue.SETUP if standing else Cue.SEAT)


def end_stretch(turn: Turn, state: StretchState, first: Cue | None = None) -> None:
    """Let the stretch be over for tonight."""
    evening = turn.night.evening
    assert evening is not None
    if evening.state is StretchState.COMPLETED:
        state = evening.state
    turn.keep(replace(evening, state=state, reason=Reason.NONE, over=True))
    turn.go(Phase.QUIET, first)


def complete_stretch(turn: Turn) -> None:
    """The session was led to its end. A loop that stood still led nobody."""
    evening = turn.night.evening
    assert evening is not None
    if turn.lateness <= TOO_LATE:
        turn.keep(replace(evening, state=StretchState.COMPLETED, reason=Reason.NONE, over=True, by_page=False))


def close_stretch(turn: Turn) -> None:
    """What was said last is heard: from now on a press is no answer to it."""
    turn.night = replace(turn.night, phase=Phase.QUIET, told=1, speech=None)


def unanswered(evening: Evening) -> Evening:
    """The evening as it stands while nobody answered: offered only if it was given and its time is known."""
    if not evening.given:
        return replace(evening, state=StretchState.UNKNOWN, reason=Reason.NO_OUTPUT)
    if not evening.trusted:
        return replace(evening, state=StretchState.UNKNOWN, reason=Reason.CLOCK_NOT_SET)
    return replace(evening, state=StretchState.OFFERED, reason=Reason.NONE)


def ask(turn: Turn) -> None:
    """An ask begins when it can be noticed: now, however late, if it is still evening."""
    evening = turn.night.evening
    assert evening is not None
    turn.now, turn.lateness = turn.actual, 0.0
    now = turn.now.since_boot
    if now >= evening.until:
        window_over(turn)
        return
    reason = evening.reason if evening.asks else Reason.NOT_KNOWN_IF_HEARD
    asked = replace(evening, asks=evening.asks + 1, asked=now, by_light=False, reason=reason)
    if turn.rules.silent_evenings:
        shown = turn.rules.light_found
        asked = unanswered(replace(asked, by_light=shown, given=asked.given or shown))
    turn.keep(asked)
    late = evening.asks == 0 and now - (evening.until - EVENING_WINDOW) >= LATE
    turn.go(Phase.ASKING, Cue.ASK_LATE if late else Cue.ASK)
    turn.waits = True  # written first, then said: never twice, whatever happens to the power


def ask_over(turn: Turn) -> None:
    """Nobody answered this ask."""
    evening = turn.night.evening
    assert evening is not None
    if evening.asks >= turn.rules.asks:
        turn.keep(replace(evening, over=True))
    turn.go(Phase.QUIET)


def window_over(turn: Turn) -> None:
    """It is too late to ask."""
    evening = turn.night.evening
    assert evening is not None
    reason = evening.reason if evening.asks else Reason.CRAMP_FIRST
    turn.keep(replace(evening, over=True, reason=reason))


def given(turn: Turn, event: CueGiven) -> None:
    """An ask counts as offered only once some output gave it."""
    evening = turn.night.evening
    if event.cue not in ASK_CUES or evening is None or not evening.asks:
        return
    if evening.state is StretchState.STARTED and event.heard:
        turn.keep(replace(evening, given=True))  # answered before it was said to its end
    if evening.state not in (StretchState.UNKNOWN, StretchState.OFFERED):
        return
    by_light = not event.heard and turn.rules.light_found and turn.night.phase is Phase.ASKING
    after = unanswered(replace(evening, by_light=by_light, given=evening.given or event.heard or by_light))
    if after != evening:
        turn.keep(after)


def _is_known(turn: Turn, day: date) -> bool:
    night = turn.night
    return day in night.evenings_past or (night.evening is not None and night.evening.date == day)


def _ended_unasked(evening: Evening) -> bool:
    return evening.over and not evening.asks and evening.state is StretchState.UNKNOWN


def _leave_evening(turn: Turn) -> None:
    """Let the evening that is known be a past one. One that has not come to its ask is only missed: the clock was set
    to another date's, and once it is set right it may still be asked.
    """
    night, evening = turn.night, turn.night.evening
    if evening is None:
        return
    if not evening.over and not evening.asks and evening.state is StretchState.UNKNOWN:
        turn.file(replace(evening, over=True, reason=Reason.MISSED))
        return
    turn.night = replace(night, evenings_past=(*night.evenings_past, evening.date)[-REMEMBERED:])
    if not evening.over:
        turn.file(replace(evening, over=True))


def _come_to(turn: Turn, event: StretchWanted | StretchReported) -> bool:
    """Let the event's evening be the one that is known, before its reminder if need be. False if it is long past."""
    day = event.evening
    if turn.night.evening and turn.night.evening.date == day:
        return True
    if day in turn.night.evenings_past:
        return False
    _leave_evening(turn)
    turn.night = replace(turn.night, evening=_begun(turn, event))
    return True


def _begun(
    turn: Turn, event: ReminderDue | EveningPassed | StretchWanted | StretchReported, lasts: float = 0.0
) -> Evening:
    """The event's evening as it begins now; its window lasts so many seconds."""
    now = turn.now.since_boot
    return Evening(event.evening, due=now, until=now + lasts, trusted=turn.now.trusted, night=event.night)
