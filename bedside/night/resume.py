"""How a night goes on after a restart, from what was kept."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from bedside.night.brought import BroughtIn
from bedside.night.effects import Cramp, CrampState, Effect, Evening, Phase, Press, Reason, Row, Save
from bedside.night.evening import REMEMBERED
from bedside.night.events import WIRE, Moment
from bedside.night.habits import Chosen, Habits
from bedside.night.phones import Phone
from bedside.night.state import TOO_LATE, Down, Line, Night, Rules, script_of
from bedside.night.told import TimeTold
from bedside.night.turn import Turn
from bedside.night.values import replace


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest rows of each kind that were kept, the dates of all evenings that were, and the newest habits,
    and the phones that are not put out. `presses_besides` are the newest of the other buttons.
    """

    press: Press | None = None
    cramp: Cramp | None = None
    evening: Evening | None = None
    evening_boot: str = ""
    evenings_past: tuple[date, ...] = ()
    habits: Habits | None = None
    phones: tuple[Phone, ...] = ()
    time_told: TimeTold | None = None
    presses_besides: tuple[Press, ...] = ()


def what_was_kept(saves: Iterable[Save]) -> Kept:
    """What a restart goes on from, told from all records in the order they were written: of each kind the row written
    last. An evening that was only missed is none to go on from: it may still be asked. Of a diary that was brought in
    the habits alone hold, where none were chosen here before.
    """
    newest = _newest(saves)
    last = {kind: row for (kind, _), (row, _) in newest.items()}
    presses = [row for row, _ in _presses(newest)]
    evenings = _evenings(newest)
    cramp, chosen, told = last.get(Cramp), last.get(Chosen), last.get(TimeTold)
    evening, evening_boot = (evenings[-1][0], evenings[-1][1].moment.boot) if evenings else (None, "")
    return Kept(
        press=presses[-1] if presses else None,
        cramp=cramp if isinstance(cramp, Cramp) else None,
        evening=evening,
        evening_boot=evening_boot,
        evenings_past=tuple(row.date for row, _ in evenings[:-1])[-REMEMBERED:],
        habits=chosen.habits if isinstance(chosen, Chosen) else None,
        phones=tuple(row for row, _ in newest.values() if isinstance(row, Phone) and not row.out),
        time_told=told if isinstance(told, TimeTold) else None,
        presses_besides=tuple(presses[:-1]),
    )


def needed_to_go_on(saves: Sequence[Save], forgotten: Set[str]) -> Set[str]:
    """Of the records that are to be forgotten, those that have to stay, or a restart would go on from something else.

    A row of which an earlier version stays, in another record, needs its newest: a phone that was put out would come in
    again.
    """
    newest = _newest(saves)
    phones = [save for row, save in newest.values() if isinstance(row, Phone) and not row.out]
    evenings = [save for _, save in _evenings(newest)[-REMEMBERED - 1 :]]
    last = {kind: save for (kind, _), (_, save) in newest.items()}
    needed: set[str] = set()
    presses = [save for _, save in _presses(newest)]
    more = {save.record for save in (*phones, *evenings, *presses, *last.values())}
    while not more <= needed:
        needed |= more
        staying = (save for save in saves if save.record in needed or save.record not in forgotten)
        keys = ((type(row), row.id) for save in staying for row in save.rows if isinstance(row, Evening | Phone))
        more = {newest[key][1].record for key in keys if key in newest}
    return needed & forgotten


_Newest = Mapping[tuple[type, str], tuple[Row, Save]]
"""By kind and id the row as it was written last, in that order, and the record it was written in."""


def _newest(saves: Iterable[Save]) -> _Newest:
    newest: dict[tuple[type, str], tuple[Row, Save]] = {}
    for save in saves:
        for row in _to_go_on_with(save, newest):
            newest.pop((type(row), row.id), None)
            newest[type(row), row.id] = row, save
    return newest


def _presses(newest: _Newest) -> list[tuple[Press, Save]]:
    """The newest of each button, in the order they were written."""
    of_buttons: dict[str, tuple[Press, Save]] = {}
    for row, save in newest.values():
        if isinstance(row, Press):
            of_buttons.pop(row.button, None)
            of_buttons[row.button] = row, save
    return list(of_buttons.values())


def _evenings(newest: _Newest) -> list[tuple[Evening, Save]]:
    return [
        (row, save) for row, save in newest.values() if isinstance(row, Evening) and row.reason is not Reason.MISSED
    ]


def _to_go_on_with(save: Save, newest: Iterable[tuple[type, str]]) -> Iterable[Row]:
    if not any(isinstance(row, BroughtIn) for row in save.rows):
        return save.rows
    chosen_here = any(kind is Chosen for kind, _ in newest)
    return () if chosen_here else [row for row in save.rows if isinstance(row, Chosen)]


def resume(kept: Kept, moment: Moment, rules: Rules) -> tuple[Night, tuple[Effect, ...]]:
    """The night to go on with. Within a boot an open cramp goes on; after a new boot it closes as *end unknown*,
    silently, since nobody knows how long the power was off. A stretch cut off stays *started*, an ask counts as one.
    """
    # A line that something leaned on may be low still: it is taken for stuck until its level is read, at once.
    night = Night(
        evenings_past=kept.evenings_past,
        line=Line.STUCK if kept.press and _may_be_down(kept.press) else Line.UP,
        button=kept.press.button if kept.press else WIRE,
        others=tuple(Down(press.button, moment, stuck=True) for press in kept.presses_besides if _may_be_down(press)),
    )
    turn = Turn(night, moment, moment, rules)
    if kept.evening:
        _resume_evening(turn, kept.evening, same_boot=kept.evening_boot == moment.boot)
    cramp, press = kept.cramp, kept.press
    if press and press.moment.boot == moment.boot:
        released = None if press.held is None else press.moment.since_boot + press.held
        turn.night = replace(turn.night, press=press, released=released)
    if cramp and cramp.onset.boot != moment.boot:
        if cramp.state is CrampState.OPEN:
            turn.file(replace(cramp, state=CrampState.END_UNKNOWN, muted=False))
    elif cramp:
        open_ = cramp.state is CrampState.OPEN
        if open_ and cramp.practice:  # practice ends with the daemon
            cramp, open_ = replace(cramp, state=CrampState.END_UNKNOWN, closed=moment, muted=False), False
            turn.file(cramp)
        turn.night = replace(turn.night, cramp=cramp, phase=Phase.CRAMPING if open_ else Phase.QUIET)
        start, script = script_of(turn.night)
        told = sum(start + at < moment.since_boot - TOO_LATE for at, _ in script)
        turn.night = replace(turn.night, told=told)
    effects = turn.effects()
    return turn.night, effects


def _may_be_down(press: Press) -> bool:
    return press.leaned and press.held is None


def _resume_evening(turn: Turn, evening: Evening, *, same_boot: bool) -> None:
    if same_boot or evening.over:
        turn.night = replace(turn.night, evening=evening)
    elif evening.asks:
        turn.keep(replace(evening, over=True))
    # an evening that had not asked before the power went is due anew: the next look at the clock decides
