"""Rows as the diary's tables have them. The names and types of the columns are those of `migrations.py`."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, time
from typing import Any

from bedside.diary.readings import Aggregate
from bedside.night.effects import Boot, Cramp, CrampState, Evening, Press, Row, Watch
from bedside.night.events import Moment
from bedside.night.habits import Chosen
from bedside.night.phones import Phone
from bedside.night.told import CheckIn, Judgement

Columns = dict[str, Any]


def columns(row: Row) -> tuple[str, str, Columns]:
    """The row's table, the name of its key, and its values by column."""
    table, key, values = _KINDS[type(row)]
    return table, key, values(row)


def utc(moment: Moment) -> str:
    """The moment's wall time in UTC, as the diary writes it: to the millisecond, so that text sorts as time."""
    return moment.wall.astimezone(UTC).isoformat(timespec="milliseconds")


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
        "trusted": utc(trusted) if trusted else None,
        "trusted_since_boot": trusted.since_boot if trusted else None,
    }


def _chosen(row: Chosen) -> Columns:
    """Times as text, the seven reminders as one, `off` on a day without."""
    habits = {field.name: getattr(row.habits, field.name) for field in fields(row.habits)}
    reminders = " ".join("off" if at is None else f"{at:%H:%M}" for at in row.habits.reminders)
    plain = {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in habits.items()}
    return {"id": row.id, "at": utc(row.moment), "trusted": int(row.moment.trusted)} | plain | {"reminders": reminders}


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
    }


def _check_in(row: CheckIn) -> Columns:
    """Factors as one text, with commas between."""
    return {
        "night": row.night.isoformat(),
        "at": utc(row.moment),
        "slept_here": None if row.slept_here is None else int(row.slept_here),
        "disturbance": row.disturbance,
        "factors": ", ".join(row.factors),
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
        "told_by": row.by,
    }


_KINDS: Mapping[type[Row], tuple[str, str, Callable[[Any], Columns]]] = {
    Cramp: ("cramps", "id", _cramp),
    Press: ("presses", "id", _press),
    Evening: ("stretches", "evening", _evening),
    Watch: ("watches", "id", _watch),
    Boot: ("boots", "id", _boot),
    Chosen: ("habits", "id", _chosen),
    Phone: ("phones", "id", _phone),
    CheckIn: ("checkins", "night", _check_in),
    Judgement: ("judgements", "cramp", _judgement),
}
