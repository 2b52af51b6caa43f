"""What a press means: the two tables, their conditions and their actions. This file alone decides it.

`PRESSES` decides a press-down by the phase the night is in, at once; `HOLDS` adds what a hold of 3 s or more means.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bedside.night.cues import Cue
from bedside.night.effects import Cramp, CrampState, Meaning, Phase, Press, StretchState
from bedside.night.evening import end_stretch, start_stretch, unanswered
from bedside.night.events import WIRE, Moment
from bedside.night.state import ANEW, CRY, FRESH, PAIR_OF_PRESSES, PAIRING_HOLD, RELAPSE, Line
from bedside.night.timers import close
from bedside.night.turn import Turn
from bedside.night.values import replace

# --- conditions: does this row hold for a press at this turn? ---


def _always(_: Turn) -> bool:
    return True


def _second_of_two(turn: Turn) -> bool:
    before = turn.night.press
    if before is None or before.phase not in (Phase.ASKING, Phase.STRETCHING):
        return False
    skipped = before.meaning is Meaning.SKIPPED
    return before.cramp is None and not skipped and turn.now.since(before.moment) <= PAIR_OF_PRESSES


def _relapse(turn: Turn) -> bool:
    cramp = turn.night.cramp
    if cramp is None or cramp.end is None or cramp.practice is not _practising(turn):
        return False
    return turn.now.since(cramp.end) <= RELAPSE


def _same_cry(turn: Turn) -> bool:
    """Under 8 s since the press before; after a doubtful hold or lean, since it was let go, and while it is not, the
    first press of another button: a grip is pain too.
    """
    night, cramp = turn.night, turn.night.cramp
    if cramp is None:
        return False
    last = cramp.last_press.since_boot
    if cramp.muted and turn.button != night.button and night.line is not Line.UP:
        return True
    if cramp.muted and night.released is not None:
        last = max(last, night.released)
    return turn.now.since_boot - last < CRY


def _long_ago(turn: Turn) -> bool:
    cramp = turn.night.cramp
    return cramp is not None and turn.now.since(cramp.last_press) >= ANEW


def _pairing_by_day(turn: Turn) -> bool:
    return _by_day(turn) and _pairing_hold(turn)


def _pairing_first_phone(turn: Turn) -> bool:
    return _pairing_hold(turn) and not turn.rules.has_phone


def _pairing_hold(turn: Turn) -> bool:
    return _began(turn) and _held_to_pair(turn)


def _pairing_again(turn: Turn) -> bool:
    """Who let go too early or too late tries again, and their press then repeats, ends or reopens the doubtful cramp
    that the first one began: without this no hold would pair until two minutes had passed without a press.
    """
    press, cramp = turn.night.press, turn.night.cramp
    if press is None or cramp is None or not cramp.doubtful or not _held_to_pair(turn):
        return False
    again = press.meaning in (Meaning.ENDED, Meaning.REOPENED, Meaning.REPEATED)
    return again and (_by_day(turn) or not turn.rules.has_phone)


def _by_day(turn: Turn) -> bool:
    """Whether the press lies outside the sleep window, by a clock that is known to be right."""
    press = turn.night.press
    return press is not None and press.moment.trusted and not turn.rules.in_sleep_window(press.moment)


def _held_to_pair(turn: Turn) -> bool:
    press = turn.night.press
    return press is not None and press.held is not None and press.held >= PAIRING_HOLD


def _began(turn: Turn) -> bool:
    return turn.night.press is not None and turn.night.press.meaning is Meaning.BEGAN


def _practising(turn: Turn) -> bool:
    return turn.night.practice_until is not None


# --- actions: what the row does ---


def _press(turn: Turn, meaning: Meaning, cramp: Cramp | None = None) -> None:
    """Keep the press, and the cramp as it makes it."""
    phase, practice = turn.night.phase, cramp.practice if cramp else _practising(turn)
    key = turn.key() if turn.button == WIRE else f"{turn.key()}/{turn.button}"  # two may go down at one instant
    of_cramp = cramp.id if cramp else None
    press = Press(key, turn.now, phase, meaning, of_cramp, practice=practice, button=turn.button)
    turn.keep(*((press, cramp) if cramp else (press,)))
    turn.waits = turn.tells = True


def _begin(turn: Turn) -> None:
    _begin_at(turn, turn.now, None)


def _begin_with_the_first(turn: Turn) -> None:
    """Two presses: the cramp began with the first, which then answered no ask and stopped no stretch by choice."""
    night, first = turn.night, turn.night.press
    assert first is not None
    evening = night.evening
    if evening and first.phase is Phase.ASKING and evening.state is not StretchState.COMPLETED:
        turn.keep(unanswered(replace(evening, given=True, over=False)))  # it was answered, so it was noticed
    _begin_at(turn, first.moment, first)


def _begin_at(turn: Turn, onset: Moment, first: Press | None) -> None:
    night = turn.night
    room = night.room
    fresh = room is not None and turn.now.since(room.moment) <= FRESH
    practice = _practising(turn) and (first is None or first.practice)
    cramp = Cramp(
        id=onset.key,
        onset=onset,
        led_from=turn.now,
        last_press=turn.now,
        celsius=room.celsius if room and fresh else None,
        practice=practice,
    )
    if first:
        turn.file(replace(first, meaning=Meaning.BEGAN, cramp=cramp.id, practice=practice))
    _press(turn, Meaning.REPEATED if first else Meaning.BEGAN, cramp)
    turn.go(Phase.CRAMPING, Cue.PULL)


def _reopen(turn: Turn) -> None:
    cramp = turn.night.cramp
    assert cramp is not None
    cramp = replace(cramp, state=CrampState.OPEN, led_from=turn.now, last_press=turn.now, end=None, closed=None)
    _press(turn, Meaning.REOPENED, cramp)
    turn.go(Phase.CRAMPING, Cue.PULL)


def _repeat(turn: Turn) -> None:
    cramp = turn.night.cramp
    assert cramp is not None
    _press(turn, Meaning.REPEATED, replace(cramp, last_press=turn.now, muted=False))
    turn.tells = turn.night.pending is not None and turn.night.tells_failure  # a cry's own failure is shown, not said


def _begin_anew(turn: Turn) -> None:
    """The press keeps the phase it was made in, so that a hold of it pairs nothing."""
    cramp = turn.night.cramp
    assert cramp is not None
    turn.file(replace(cramp, state=CrampState.END_UNKNOWN, closed=turn.now, muted=False))
    _begin(turn)


def _end(turn: Turn) -> None:
    cramp = turn.night.cramp
    assert cramp is not None
    _press(turn, Meaning.ENDED, replace(cramp, last_press=turn.now, end=turn.now))
    close(turn, CrampState.ENDED, Cue.STOPPED)


def _start_stretch(turn: Turn) -> None:
    _press(turn, Meaning.STARTED)
    start_stretch(turn)


def _stop_stretch(turn: Turn) -> None:
    _press(turn, Meaning.STOPPED)
    end_stretch(turn, StretchState.STARTED, Cue.STRETCH_STOPPED)


def _doubt(turn: Turn) -> None:
    cramp = turn.night.cramp
    if cramp and cramp.state is CrampState.OPEN:
        turn.keep(replace(cramp, doubtful=True, muted=True))


def _pair(turn: Turn) -> None:
    _paired(turn)
    close(turn, CrampState.NO_CRAMP)
    turn.open_door()


def _pair_and_doubt(turn: Turn) -> None:
    _paired(turn)
    _pair_besides(turn)


def _pair_besides(turn: Turn) -> None:
    _doubt(turn)
    turn.hush()
    turn.open_door()


def _paired(turn: Turn) -> None:
    press = turn.night.press
    assert press is not None
    turn.keep(replace(press, meaning=Meaning.PAIRED))


def _skip(turn: Turn) -> None:
    press = turn.night.press
    if press and turn.night.phase is Phase.STRETCHING and press.meaning is Meaning.STARTED:
        turn.keep(replace(press, meaning=Meaning.SKIPPED))
        end_stretch(turn, StretchState.SKIPPED, Cue.SKIPPED)


def _nothing(_: Turn) -> None:
    """The press keeps its meaning."""


# --- the table ---


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: in `phase`, if `holds`, then `do`, which leads to `becomes` (None: as the press
    left it). `when` and `means` are its words.
    """

    phase: Phase
    holds: Callable[[Turn], bool]
    when: str
    do: Callable[[Turn], None]
    becomes: Phase | None
    means: str


_Q, _C, _A, _S = Phase.QUIET, Phase.CRAMPING, Phase.ASKING, Phase.STRETCHING

PRESSES: tuple[Transition, ...] = (
    Transition(_Q, _second_of_two, "within 5 s of a press on the ask or the stretch", _begin_with_the_first, _C,
               "a cramp, from the first of the two presses"),
    Transition(_Q, _relapse, "within 2 min of an end press", _reopen, _C, "a relapse: the same cramp goes on"),
    Transition(_Q, _always, "otherwise", _begin, _C, "a cramp begins"),
    Transition(_C, _same_cry, "under 8 s since the press before", _repeat, _C, "the same cry, nothing ends"),
    Transition(_C, _long_ago, "10 min or more since the press before", _begin_anew, _C,
               "the old cramp closes as *end unknown*, a new one begins"),
    Transition(_C, _always, "otherwise", _end, _Q, "the cramp ends"),
    Transition(_A, _always, "always", _start_stretch, _S, "the guided stretch starts"),
    Transition(_S, _second_of_two, "within 5 s of the press on the ask", _begin_with_the_first, _C,
               "a cramp, from the first of the two presses"),
    Transition(_S, _always, "otherwise", _stop_stretch, _Q, "the stretch stops early"),
)  # fmt: skip
"""What a press-down means, by the phase at press-down. The first row that holds decides."""

HOLDS: tuple[Transition, ...] = (
    Transition(_Q, _pairing_by_day, "6 to 10 s, began a cramp, outside the sleep window, the clock trusted", _pair, _Q,
               "pairing, and no cramp"),
    Transition(_Q, _pairing_first_phone, "6 to 10 s, began a cramp, at any other time before the first phone",
               _pair_and_doubt, _C, "pairing, and the cramp stays, doubtful"),
    Transition(_Q, _began, "3 to 10 s, began a cramp", _doubt, _C, "the cramp becomes doubtful"),
    Transition(_Q, _pairing_again, "6 to 10 s, reopened a doubtful cramp, when a hold pairs", _pair_besides, None,
               "pairing besides, and the press keeps its meaning"),
    Transition(_Q, _always, "otherwise", _nothing, None, "the press keeps its meaning"),
    Transition(_C, _began, "3 to 10 s, began another cramp", _doubt, _C, "the cramp becomes doubtful"),
    Transition(_C, _pairing_again, "6 to 10 s, ended or repeated a doubtful cramp, when a hold pairs", _pair_besides,
               None, "pairing besides, and the press keeps its meaning"),
    Transition(_C, _always, "otherwise", _nothing, None, "the press keeps its meaning"),
    Transition(_A, _always, "3 to 10 s", _skip, _Q, "tonight's stretch is skipped"),
    Transition(_S, _always, "always", _nothing, None, "the press keeps its meaning"),
)  # fmt: skip
"""What a release after a hold adds, by the phase at press-down."""


def decide(table: tuple[Transition, ...], phase: Phase, turn: Turn) -> Transition:
    """The first row of the table that holds in this phase. Every phase ends with a row that always holds."""
    return next(row for row in table if row.phase is phase and row.holds(turn))
