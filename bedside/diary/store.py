"""The diary's file: written by one thread through this module, read by others through `reader.py`.

Every error of SQLite leaves here as a DiaryError, whose sentence says what to do.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, time
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bedside.diary.errors import BlockedDiaryError, DamagedDiaryError, DiaryError
from bedside.diary.journal import is_human
from bedside.diary.migrations import migrations
from bedside.diary.readings import Aggregate
from bedside.night.effects import Boot, Cramp, CrampState, Evening, Press, Row, Save, Watch
from bedside.night.events import Moment
from bedside.night.habits import Chosen

LOCK_SECONDS = 0.25  # how long one commit waits for another program: a press behind it must not wait


class Diary:
    """The one writing connection. It belongs to the thread that made it."""

    def __init__(self, path: Path) -> None:
        """Open the diary, making or migrating it. Raises DiaryError; DamagedDiaryError if another must be made."""
        self.path = path
        with _explained(path):
            connection = sqlite3.connect(path, timeout=LOCK_SECONDS)
            try:
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                    connection.execute(f"PRAGMA {pragma}")
                self._db = Database(connection)
                migrations.apply(self._db)
            except BaseException:
                connection.close()
                raise

    def apply(self, saves: Iterable[Save], readings: Iterable[Aggregate] = ()) -> None:
        """Commit the records that are not in yet, and the readings, all or none. Raises DiaryError."""
        with _explained(self.path), self._db.atomic():
            for save in saves:
                if is_human(save) and not self._is_new(save):
                    continue
                for row in save.rows:
                    self._upsert(*_columns(row))
            for aggregate in readings:
                self._upsert("readings", "start, boot", _reading(aggregate))

    def replay(self, saves: Iterable[Save]) -> int:
        """Commit what the journal has and the diary has not; returns how many records that were."""
        with _explained(self.path):
            known = {row["record"] for row in self._db.query("select record from replayed")}
        missing = [save for save in saves if save.record not in known]
        self.apply(missing)
        return len(missing)

    def close_orphans(self, open_cramp: str | None) -> None:
        """Close as *end unknown* every cramp still open that nobody leads any more. Raises DiaryError."""
        with _explained(self.path), self._db.atomic():
            self._db.execute(
                "update cramps set state = ? where state = ? and id is not ?",
                [CrampState.END_UNKNOWN.value, CrampState.OPEN.value, open_cramp],
            )

    def mark_as_sample(self) -> None:
        """Mark all that is kept as made up for a demo. Raises DiaryError."""
        with _explained(self.path), self._db.atomic():
            for table in ("cramps", "stretches"):
                self._db.execute(f"update {table} set origin = 'sample'")

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _is_new(self, save: Save) -> bool:
        """Note the record as replayed; False if it was already."""
        noted = self._db.execute("insert into replayed values (?) on conflict do nothing", [save.record])
        return noted.rowcount == 1

    def _upsert(self, table: str, key: str, values: dict[str, Any]) -> None:
        """Insert or update one row. Not by sqlite-utils' own upsert: that tries first whether SQLite can, takes a full
        disk for a no, and from then on inserts with OR IGNORE, which drops every row of ours without an error.
        """
        columns = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f":{name}" for name in values)
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in values)
        self._db.execute(
            f"insert into {table} ({columns}) values ({marks}) on conflict ({key}) do update set {changes}", values
        )


def utc(moment: Moment) -> str:
    """The moment's wall time in UTC, as the diary writes it: to the millisecond, so that text sorts as time."""
    return moment.wall.astimezone(UTC).isoformat(timespec="milliseconds")


def _columns(row: Row) -> tuple[str, str, dict[str, Any]]:
    match row:
        case Cramp():
            return "cramps", "id", _cramp(row)
        case Press():
            return "presses", "id", _press(row)
        case Evening():
            return "stretches", "evening", _evening(row)
        case Watch():
            return "watches", "id", _watch(row)
        case Boot():
            return "boots", "id", _boot(row)
        case Chosen():
            return "habits", "id", _chosen(row)


def _cramp(row: Cramp) -> dict[str, Any]:
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


def _press(row: Press) -> dict[str, Any]:
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


def _evening(row: Evening) -> dict[str, Any]:
    return {
        "evening": row.date.isoformat(),
        "night": row.of_night.isoformat(),
        "state": row.state.value,
        "reason": row.reason.value,
        "asks": row.asks,
        "trusted": int(row.trusted),
        "origin": "page" if row.by_page else "button",
    }


def _watch(row: Watch) -> dict[str, Any]:
    return {
        "id": row.id,
        "began": utc(row.began),
        "seen": utc(row.began.at(row.seen.since_boot)),  # by the clock it began with, which may have been set since
        "boot": row.began.boot,
        "seconds": row.seen.since(row.began),
        "trusted": int(row.began.trusted),
    }


def _boot(row: Boot) -> dict[str, Any]:
    trusted = row.trusted
    return {
        "id": row.id,
        "seen": utc(row.seen),
        "trusted": utc(trusted) if trusted else None,
        "trusted_since_boot": trusted.since_boot if trusted else None,
    }


def _chosen(row: Chosen) -> dict[str, Any]:
    """Times as text, the seven reminders as one, `off` on a day without."""
    habits = {field.name: getattr(row.habits, field.name) for field in fields(row.habits)}
    reminders = " ".join("off" if at is None else f"{at:%H:%M}" for at in row.habits.reminders)
    plain = {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in habits.items()}
    return {"id": row.id, "at": utc(row.moment), "trusted": int(row.moment.trusted)} | plain | {"reminders": reminders}


def _reading(aggregate: Aggregate) -> dict[str, Any]:
    return {
        "start": aggregate.start.isoformat(timespec="milliseconds"),
        "boot": aggregate.boot,
        "mean_celsius": round(aggregate.mean, 3),
        "low_celsius": aggregate.low,
        "high_celsius": aggregate.high,
        "samples": aggregate.samples,
        "trusted": int(aggregate.trusted),
    }


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")  # an extended one, as SQLITE_IOERR_FSYNC
        family = "_".join(name.split("_")[:2])
        if family in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
            raise DamagedDiaryError(f"The diary {path} is damaged ({error}).") from error
        says = _SENTENCES.get(name) or _SENTENCES.get(family, "The diary could not be used")
        kind = BlockedDiaryError if family in ("SQLITE_BUSY", "SQLITE_FULL") else DiaryError
        raise kind(f"{says}: {path} ({error}).") from error


_SENTENCES = {
    "SQLITE_BUSY": "Another program holds the diary; close it",
    "SQLITE_FULL": "The disk is full; free some space",
    "SQLITE_READONLY": "The diary cannot be written; check that the card is not read-only and who owns the file",
    "SQLITE_READONLY_DIRECTORY": "The diary's folder cannot be written; check who owns it",
    "SQLITE_CANTOPEN": "The diary cannot be opened; check that its folder is there and who owns it",
    "SQLITE_IOERR": "The card gives errors; put in another card soon",
}
