"""Rows of the diary's tables as the rows they were made of: `columns` of what comes out is what went in.

What a row never told its table, such as the press that the relief's cues count from, comes back as something that
tells the table the same.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from bedside.diary.cells import CellError, Cells, number, read_as
from bedside.diary.columns import columns
from bedside.night.brought import Amended, LoggedTime
from bedside.night.effects import (
    Boot,
    Cramp,
    CrampState,
    Evening,
    Meaning,
    Phase,
    Press,
    Reason,
    Row,
    StretchState,
    Watch,
)
from bedside.night.events import BUTTONS, WIRE, Moment
from bedside.night.habits import Accent, Chosen, Habits
from bedside.night.told import (
    MOST,
    About,
    Added,
    Change,
    CheckIn,
    Condition,
    Factor,
    Flag,
    Judgement,
    Leg,
    Medicine,
    Muscle,
    Remedy,
    TimeTold,
    Verdict,
)

ADDED_LATER: Mapping[tuple[str, str], object] = {
    ("habits", "factors"): "",
    ("judgements", "end_unknown"): 0,
    ("boots", "seen_since_boot"): 0.0,
    ("presses", "button"): WIRE,
}
"""Columns that are empty in rows from before they were there, and what that means."""

USUAL: Mapping[str, object] = {"origin": "button"}
"""What a table puts into a column that a row tells nothing of, where that is not empty."""

MILLISECOND = timedelta(milliseconds=1)


def row_of(table: str, values: Mapping[str, Any]) -> Row:
    """The row of which `columns` makes these values. Raises CellError, with the column that no row of ours can have."""
    values = {name: _filled(table, name, value) for name, value in values.items()}
    row = _KINDS[table](Cells(values))
    _, _, made = columns(row)
    for name, value in values.items():
        if value != made.get(name, USUAL.get(name)):
            raise CellError(name)
    return row


def _filled(table: str, name: str, value: object) -> object:
    empty = value is None or (table, name, value) == ("presses", "button", "")
    return ADDED_LATER.get((table, name)) if empty else value


def _condition_or_flag(text: str) -> str:
    return str(Flag(text) if text in set(Flag) else Condition(text))


def _told(cells: Cells) -> Moment:
    """When something was told: the table has its wall time alone."""
    return Moment("", 0.0, cells.at("at"))


def _starting(column: str, began: datetime, seconds: float, ended: datetime) -> datetime:
    """The time within the millisecond of `began` after which so many seconds end in the millisecond of `ended`."""
    start = began + max(timedelta(0), ended - (began + timedelta(seconds=seconds)))
    if start - began >= MILLISECOND:
        raise CellError(column)
    return start


def _since(onset: Moment, seconds: float) -> float:
    """The time since boot that is so many seconds, exactly, after the onset's."""
    near = onset.since_boot + seconds
    around = (near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf))
    return next((since for since in around if since - onset.since_boot == seconds), near)


def _cramp(cells: Cells) -> Cramp | Added:
    if cells.maybe("origin", cells.text) == "page":
        return _added(cells)
    onset = Moment(
        cells.text("onset_boot"), cells.number("onset_since_boot"), cells.at("onset"), cells.flag("onset_trusted")
    )
    last_press = Moment(onset.boot, onset.since_boot, cells.at("last_press"), onset.trusted)
    seconds = cells.maybe("seconds", cells.number)
    end = None if seconds is None else Moment(onset.boot, _since(onset, seconds), cells.at("end"), onset.trusted)
    return Cramp(
        id=cells.text("id"),
        onset=onset,
        led_from=onset,
        last_press=last_press,
        state=cells.one_of("state", CrampState),
        end=end,
        celsius=cells.maybe("celsius", lambda name: cells.number(name, -100, 200)),
        doubtful=cells.flag("doubtful"),
        practice=cells.flag("practice"),
    )


def _added(cells: Cells) -> Added:
    onset, seconds = cells.at("onset"), cells.maybe("seconds", cells.number)
    if seconds is not None:
        onset = _starting("end", onset, seconds, cells.at("end"))
    return Added(cells.text("id"), _told(cells), onset, seconds, cells.text("told_by"))


def _press(cells: Cells) -> Press:
    return Press(
        id=cells.text("id"),
        moment=Moment(cells.text("boot"), cells.number("since_boot"), cells.at("at"), cells.flag("trusted")),
        phase=cells.one_of("phase", Phase),
        meaning=cells.one_of("meaning", Meaning),
        cramp=cells.maybe("cramp", cells.text),
        held=cells.maybe("held_seconds", cells.number),
        leaned=cells.flag("leaned"),
        practice=cells.flag("practice"),
        button=cells.one_of_these("button", BUTTONS),
    )


def _evening(cells: Cells) -> Evening:
    day, night = cells.day("evening"), cells.day("night")
    return Evening(
        date=day,
        due=0.0,
        until=0.0,
        trusted=cells.flag("trusted"),
        state=cells.one_of("state", StretchState),
        reason=cells.one_of("reason", Reason),
        asks=cells.whole("asks", most=100),
        over=True,
        by_page=cells.text("origin") == "page",
        night=None if night == day else night,
    )


def _watch(cells: Cells) -> Watch:
    seconds = cells.number("seconds")
    wall = _starting("seen", cells.at("began"), seconds, cells.at("seen"))
    began = Moment(cells.text("boot"), 0.0, wall, cells.flag("trusted"))
    return Watch(cells.text("id"), began, began.at(seconds))


def _boot(cells: Cells) -> Boot:
    id, trusted = cells.text("id"), None
    if cells.has("trusted"):
        trusted = Moment(id, cells.number("trusted_since_boot"), cells.at("trusted"))
    return Boot(id, Moment(id, cells.number("seen_since_boot"), cells.at("seen")), trusted)


def _time_told(cells: Cells) -> TimeTold:
    moment = Moment(cells.text("boot"), cells.number("since_boot"), cells.at("logged"), trusted=False)
    return TimeTold(moment, cells.at("time"), cells.text("told_by"))


def _chosen(cells: Cells) -> Chosen:
    boot, _, since = cells.text("id").rpartition("/")
    moment = Moment(boot, number("id", read_as("id", since, float)), cells.at("at"), cells.flag("trusted"))
    return Chosen(
        moment,
        Habits(
            bedtime=cells.clock("bedtime"),
            rising=cells.clock("rising"),
            reminders=_reminders(cells.text("reminders")),
            asks=cells.whole("asks", 1, 3),
            standing_stretch=cells.flag("standing_stretch"),
            stands=cells.flag("stands"),
            evening_volume=cells.number("evening_volume", most=1),
            night_volume=cells.number("night_volume", most=1),
            accent=cells.one_of("accent", Accent),
            silent_evenings=cells.flag("silent_evenings"),
            silent_nights=cells.flag("silent_nights"),
            light=cells.number("light", most=1),
            glow=cells.flag("glow"),
            warning_by_light=cells.flag("warning_by_light"),
            factors=cells.some_of("factors", Factor),
        ),
    )


def _reminders(text: str) -> tuple[time | None, ...]:
    words = text.split(" ")
    if len(words) != 7:
        raise CellError("reminders")
    return tuple(None if word == "off" else read_as("reminders", word, time.fromisoformat) for word in words)


def _check_in(cells: Cells) -> CheckIn:
    return CheckIn(
        night=cells.day("night"),
        moment=_told(cells),
        slept_here=cells.maybe("slept_here", cells.flag),
        disturbance=cells.maybe("disturbance", lambda name: cells.whole(name, most=MOST)),
        factors=cells.some_of("factors", Factor),
        note=cells.text("note"),
        by=cells.text("told_by"),
        asked=cells.some_of("asked", Factor),
    )


def _judgement(cells: Cells) -> Judgement:
    return Judgement(
        cramp=cells.text("cramp"),
        moment=_told(cells),
        verdict=cells.maybe("verdict", lambda name: cells.one_of(name, Verdict)),
        severity=cells.maybe("severity", lambda name: cells.whole(name, most=MOST)),
        leg=cells.maybe("leg", lambda name: cells.one_of(name, Leg)),
        muscle=cells.maybe("muscle", lambda name: cells.one_of(name, Muscle)),
        by=cells.text("told_by"),
        onset=cells.maybe("onset", cells.at),
        seconds=cells.maybe("seconds", cells.number),
        end_unknown=cells.flag("end_unknown"),
        second=cells.maybe("second_onset", cells.at),
    )


def _medicine(cells: Cells) -> Medicine:
    return Medicine(
        id=cells.text("id"),
        moment=_told(cells),
        day=cells.day("day"),
        remedy=cells.one_of("class", Remedy),
        change=cells.one_of("change", Change),
        name=cells.text("name"),
        retracted=cells.flag("retracted"),
        by=cells.text("told_by"),
    )


def _about(cells: Cells) -> About:
    yes, no = (cells.some_of(column, _condition_or_flag) for column in ("yes", "no"))
    return About(_told(cells), yes, no, cells.text("told_by"))


def _amended(cells: Cells) -> Amended:
    return Amended(
        number=cells.whole("id", 1),
        record=cells.text("record"),
        at=cells.at("at"),
        by=cells.text("told_by"),
        table=cells.text("entry_table"),
        entry=cells.text("entry"),
        field=cells.text("field"),
        before=cells.maybe("before", cells.text),
        after=cells.maybe("after", cells.text),
    )


def _logged(cells: Cells) -> LoggedTime:
    return LoggedTime(
        boot=cells.text("boot"),
        since_boot=cells.number("since_boot"),
        table=cells.text("entry_table"),
        entry=cells.text("entry"),
        field=cells.text("field"),
        logged=cells.at("logged"),
        corrected=cells.maybe("corrected", cells.at),
    )


_KINDS: Mapping[str, Callable[[Cells], Row]] = {
    "cramps": _cramp,
    "presses": _press,
    "stretches": _evening,
    "watches": _watch,
    "boots": _boot,
    "times_told": _time_told,
    "habits": _chosen,
    "checkins": _check_in,
    "judgements": _judgement,
    "medicines": _medicine,
    "about": _about,
    "amendments": _amended,
    "logged_times": _logged,
}
