"""What time does: the action of each deadline, and of the watch, which sets one of them."""

from collections.abc import Callable, Iterator, Mapping
from math import inf

from bedside.night import evening
from bedside.night.cues import Cue
from bedside.night.effects import CrampState, Meaning, Phase, Watch
from bedside.night.events import Moment
from bedside.night.state import TOO_LATE, Line, Timer, script_of, timers
from bedside.night.turn import Turn
from bedside.night.values import replace

STALLED = 60.0
"""A heartbeat this many seconds late means that nothing ran, so nobody was listening."""


def close(turn: Turn, state: CrampState, first: Cue | None = None) -> None:
    """Close the open cramp as `state` and let the night be quiet."""
    cramp = turn.night.cramp
    assert cramp is not None
    turn.keep(replace(cramp, state=state, closed=turn.now, muted=False))
    turn.go(Phase.QUIET, first)


def listening_changed(turn: Turn, listening: bool) -> None:
    """Begin or end the watch, as a press would be heard from now on, or not."""
    turn.night = replace(turn.night, listening=listening)
    watch = turn.night.watch
    if listening and watch is None and not turn.night.stuck:
        turn.keep_watch(Watch(turn.key(), turn.now, turn.now))
    elif not listening and watch:
        turn.keep_watch(replace(watch, seen=turn.now), ended=True)


def watch_anew(turn: Turn) -> None:
    """End the watch and begin another, by the clock as it is now."""
    if turn.night.watch:
        turn.keep_watch(replace(turn.night.watch, seen=turn.now), ended=True)
        listening_changed(turn, turn.night.listening)


def _speech(turn: Turn) -> None:
    speech = turn.night.speech
    turn.night = replace(turn.night, speech=None)
    if speech and turn.lateness <= TOO_LATE:
        turn.say(speech.cue)


def _cue(turn: Turn) -> None:
    night = turn.night
    _, script = script_of(night)
    cue = script[night.told][1]
    turn.night = replace(night, told=night.told + 1)
    stretching, left = night.phase is Phase.STRETCHING, len(script) - night.told - 1
    if stretching and left == 1:
        evening.complete_stretch(turn)
    elif stretching and left == 0:
        evening.close_stretch(turn)
    elif (
        cue
        and (cue is not Cue.STAND or turn.rules.stands)
        and turn.lateness <= TOO_LATE
        and (stretching or not (night.cramp and night.cramp.muted))
    ):
        turn.say(cue, due=turn.now.since_boot if stretching else None)


def _warning(turn: Turn) -> None:
    """Said, or shown, however late: it is the one line that sends for help."""
    cramp = turn.night.cramp
    assert cramp is not None
    turn.keep(replace(cramp, warned=True))
    turn.say(Cue.WARNING)


def _close(turn: Turn) -> None:
    close(turn, CrampState.END_UNKNOWN)


def _lean(turn: Turn) -> None:
    """Something lies on the button: what the press did is taken as not meant, as far as that loses nothing."""
    night, press, cramp = turn.night, turn.night.press, turn.night.cramp
    assert press is not None
    turn.night = replace(night, line=Line.LEANED_ON, speech=None)
    turn.hush()
    if press.meaning is Meaning.STARTED and night.phase is Phase.STRETCHING and night.evening:
        turn.keep(
            replace(press, leaned=True, meaning=Meaning.TAKEN_BACK),
            evening.unanswered(replace(night.evening, over=False)),
        )
        turn.go(Phase.QUIET)
        return
    turn.keep(replace(press, leaned=True))
    if cramp and press.cramp == cramp.id:
        if press.meaning is Meaning.BEGAN and cramp.state is CrampState.OPEN:
            turn.keep(replace(cramp, doubtful=True, muted=True))
        if press.meaning is Meaning.ENDED:
            turn.keep(replace(cramp, state=CrampState.END_UNKNOWN))


def _stuck(turn: Turn) -> None:
    press = turn.night.press
    assert press is not None
    turn.night = replace(turn.night, line=Line.STUCK)
    _deaf_since(turn, press.moment)


def _other_stuck(turn: Turn) -> None:
    waiting = (other for other in turn.night.others if not other.stuck)
    stuck = min(waiting, key=lambda other: other.since.since_boot)
    others = (replace(other, stuck=True) if other is stuck else other for other in turn.night.others)
    turn.night = replace(turn.night, others=tuple(others))
    _deaf_since(turn, stuck.since)


def _deaf_since(turn: Turn, pressed: Moment) -> None:
    """The watch ends with the press-down: since then no other press on that button could be heard."""
    watch = turn.night.watch
    if watch:
        known = max((watch.began, pressed), key=lambda moment: moment.since_boot)
        turn.keep_watch(replace(watch, seen=known), ended=True)


def _practice_over(turn: Turn) -> None:
    night = turn.night
    turn.night = replace(night, practice_until=None)
    if night.phase is Phase.CRAMPING and night.cramp and night.cramp.practice:
        close(turn, CrampState.END_UNKNOWN)


def _heartbeat(turn: Turn) -> None:
    watch = turn.night.watch
    assert watch is not None
    if turn.lateness > STALLED:
        turn.keep_watch(watch, ended=True)
        turn.now, turn.lateness = turn.actual, 0.0
        listening_changed(turn, turn.night.listening)
    else:
        turn.keep_watch(replace(watch, seen=turn.now))


DUE: Mapping[Timer, Callable[[Turn], None]] = {
    Timer.SPEECH: _speech,
    Timer.CUE: _cue,
    Timer.WARNING: _warning,
    Timer.CLOSE: _close,
    Timer.LEAN: _lean,
    Timer.STUCK: _stuck,
    Timer.OTHER_STUCK: _other_stuck,
    Timer.ASK: evening.ask,
    Timer.ASK_OVER: evening.ask_over,
    Timer.WINDOW_OVER: evening.window_over,
    Timer.PRACTICE_OVER: _practice_over,
    Timer.HEARTBEAT: _heartbeat,
}


def due(turn: Turn, asks: bool) -> Iterator[tuple[float, Timer]]:
    """Each deadline due by the turn's event, the earliest first, asked anew after each: one may start another."""
    by = turn.actual.since_boot
    while True:
        waits = timers(turn.night, turn.rules)
        waiting = min(waits if asks else (wait for wait in waits if wait[1] is not Timer.ASK), default=None)
        if waiting is None or waiting[0] > by:
            turn.night = replace(turn.night, quiet_until=waiting[0] if waiting else inf)
            return
        yield waiting


def settle(turn: Turn, *, asks: bool) -> None:
    """Apply every deadline due at or before the event's moment, each at its own time.

    An ask begins only after the event: whoever presses before the ask could be heard did not answer it.
    """
    for at, timer in due(turn, asks):
        turn.now, turn.lateness = turn.actual.at(at), turn.actual.since_boot - at
        DUE[timer](turn)
    turn.now, turn.lateness = turn.actual, 0.0
