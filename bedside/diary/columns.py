"""Rows as the diary's tables have them. The names and types of the columns are those of `migrations.py`."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bedside.diary.readings import Aggregate
from bedside.night.brought import Amended, LoggedTime
from bedside.night.effects import Boot, Cramp, CrampState, Evening, Press, Row, Watch
from bedside.night.events import Moment
from bedside.night.habits import Chosen
from bedside.night.phones import Phone
from bedside.night.told import About, Added, CheckIn, Judgement, Medicine, TimeTold

Columns = dict[str, Any]

RULES = 1
"""Of what a night comes to. Raised when they change: then every night is rolled up anew."""


def columns(row: Row) -> tuple[str, str, Columns]:
    """The row's table, the name of its key, and its values by column."""
    table, key, values = _KINDS[type(row)]
    return table, key, values(row)


def utc(moment: Moment) -> str:
    """The moment's wall time in UTC, as the diary writes it: to the millisecond, so that text sorts as time."""
    return in_utc(moment.wall)


def in_utc(at: datetime) -> str:
    """The same for an aware time."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _cramp(row: Cramp) -> Columns:
    ended = row.state is CrampState.ENDED and row.end is not None
    return {
        "id": row.id,
        "onset": utc(row.onset),
        "onset_boot": row.onset.boot,
        "onset_since_boot": row.onset.since_boot,
        "onset_trusted": int(row.onset.trusted),
        "end": utc(row.end) if ended and row.end else None,
        "seconds": row.seconds,
        "state": row.state.value,
        "doubtful": int(row.doubtful),
        "practice": int(row.practice),
        "celsius": row.celsius,
        "last_press": utc(row.last_press),
    }


def _press(row: Press) -> Columns:
    return {
        "id": row.id,
        "at": utc(row.moment),
        "boot": row.moment.boot,
        "since_boot": row.moment.since_boot,
        "trusted": int(row.moment.trusted),
        "phase": row.phase.value,
        "meaning": row.meaning.value,
        "cramp": row.cramp,
        "held_seconds": row.held,
        "leaned": int(row.leaned),
        "practice": int(row.practice),
        "button": row.button,
    }


def _evening(row: Evening) -> Columns:
    return {
        "evening": row.date.isoformat(),
        "night": row.of_night.isoformat(),
        "state": row.state.value,
        "reason": row.reason.value,
        "asks": row.asks,
        "trusted": int(row.trusted),
        "origin": "page" if row.by_page else "button",
    }


def _watch(row: Watch) -> Columns:
    return {
        "id": row.id,
        "began": utc(row.began),
        "seen": utc(row.began.at(row.seen.since_boot)),  # by the clock it began with, which may have been set since
        "boot": row.began.boot,
        "seconds": row.seen.since(row.began),
        "trusted": int(row.began.trusted),
    }


def _boot(row: Boot) -> Columns:
    trusted = row.trusted
    return {
        "id": row.id,
        "seen": utc(row.seen),
        "seen_since_boot": row.seen.since_boot,
        "trusted": utc(trusted) if trusted else None,
        "trusted_since_boot": trusted.since_boot if trusted else None,
    }


def _time_told(row: TimeTold) -> Columns:
    return {
        "id": row.id,
        "boot": row.moment.boot,
        "since_boot": row.moment.since_boot,
        "time": in_utc(row.time),
        "logged": utc(row.moment),
        "told_by": row.by,
    }


def _chosen(row: Chosen) -> Columns:
    """Times as text, the seven reminders as one, `off` on a day without."""
    habits = {field.name: getattr(row.habits, field.name) for field in fields(row.habits)}
    reminders = " ".join("off" if at is None else f"{at:%H:%M}" for at in row.habits.reminders)
    plain = {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in habits.items()}
    texts = {"reminders": reminders, "factors": ", ".join(row.habits.factors)}
    return {"id": row.id, "at": utc(row.moment), "trusted": int(row.moment.trusted)} | plain | texts


def _phone(row: Phone) -> Columns:
    return {
        "id": row.id,
        "name": row.name,
        "token_hash": row.digest,
        "address": row.address,
        "paired": utc(row.paired),
        "paired_trusted": int(row.paired.trusted),
        "used": utc(row.used),
        "put_out": int(row.out),
    }


def reading(aggregate: Aggregate) -> Columns:
    """A row of `readings`."""
    return {
        "start": aggregate.start.isoformat(timespec="milliseconds"),
        "boot": aggregate.boot,
        "mean_celsius": round(aggregate.mean, 3),
        "low_celsius": aggregate.low,
        "high_celsius": aggregate.high,
        "samples": aggregate.samples,
        "trusted": int(aggregate.trusted),
        "since_boot": aggregate.since_boot,
    }


def _check_in(row: CheckIn) -> Columns:
    """Factors as one text, with commas between."""
    return {
        "night": row.night.isoformat(),
        "at": utc(row.moment),
        "slept_here": None if row.slept_here is None else int(row.slept_here),
        "disturbance": row.disturbance,
        "factors": ", ".join(row.factors),
        "asked": ", ".join(row.asked),
        "note": row.note,
        "told_by": row.by,
    }


def _judgement(row: Judgement) -> Columns:
    return {
        "cramp": row.cramp,
        "at": utc(row.moment),
        "verdict": row.verdict,
        "severity": row.severity,
        "leg": row.leg,
        "muscle": row.muscle,
        "onset": in_utc(row.onset) if row.onset else None,
        "seconds": row.seconds,
        "end_unknown": int(row.end_unknown),
        "second_onset": in_utc(row.second) if row.second else None,
        "told_by": row.by,
    }


def _added(row: Added) -> Columns:
    """A row of `cramps` that no press made: of no boot, with a time that a person told."""
    state = CrampState.END_UNKNOWN if row.seconds is None else CrampState.ENDED
    return {
        "id": row.id,
        "onset": in_utc(row.onset),
        "onset_boot": "",
        "onset_since_boot": 0.0,
        "onset_trusted": 1,
        "end": None if row.seconds is None else in_utc(row.onset + timedelta(seconds=row.seconds)),
        "seconds": row.seconds,
        "state": state.value,
        "doubtful": 0,
        "practice": 0,
        "origin": "page",
        "at": utc(row.moment),
        "told_by": row.by,
    }


def _medicine(row: Medicine) -> Columns:
    return {
        "id": row.id,
        "day": row.day.isoformat(),
        "class": row.remedy,
        "change": row.change,
        "name": row.name,
        "retracted": int(row.retracted),
        "at": utc(row.moment),
        "told_by": row.by,
    }


def _about(row: About) -> Columns:
    return {
        "id": row.id,
        "yes": ", ".join(row.yes),
        "no": ", ".join(row.no),
        "at": utc(row.moment),
        "told_by": row.by,
    }


def _amended(row: Amended) -> Columns:
    return {
        "id": row.number,
        "record": row.record,
        "at": in_utc(row.at),
        "told_by": row.by,
        "entry_table": row.table,
        "entry": row.entry,
        "field": row.field,
        "before": row.before,
        "after": row.after,
    }


def _logged(row: LoggedTime) -> Columns:
    return {
        "id": row.id,
        "boot": row.boot,
        "since_boot": row.since_boot,
        "entry_table": row.table,
        "entry": row.entry,
        "field": row.field,
        "logged": in_utc(row.logged),
        "corrected": in_utc(row.corrected) if row.corrected else None,
    }


_KINDS: Mapping[type[Row], tuple[str, str, Callable[[Any], Columns]]] = {
    Cramp: ("cramps", "id", _cramp),
    Press: ("presses", "id", _press),
    Evening: ("stretches", "evening", _evening),
    Watch: ("watches", "id", _watch),
    Boot: ("boots", "id", _boot),
    TimeTold: ("times_told", "id", _time_told),
    Chosen: ("habits", "id", _chosen),
    Phone: ("phones", "id", _phone),
    CheckIn: ("checkins", "night", _check_in),
    Judgement: ("judgements", "cramp", _judgement),
    Added: ("cramps", "id", _added),
    Medicine: ("medicines", "id", _medicine),
    About: ("about", "id", _about),
    Amended: ("amendments", "id", _amended),
    LoggedTime: ("logged_times", "id", _logged),
}
