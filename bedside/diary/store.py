"""The diary's file: written by one thread through this module, read by others through `reader.py`.

Every error of SQLite leaves here as a DiaryError, whose sentence says what to do.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import tzinfo
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bedside.catalogue import N_, _
from bedside.diary.brought_in import take_over, waiting_path
from bedside.diary.columns import columns, reading
from bedside.diary.errors import BlockedDiaryError, DamagedDiaryError, DiaryError
from bedside.diary.journal import is_human
from bedside.diary.migrations import migrations
from bedside.diary.readings import Aggregate
from bedside.diary.rolling import roll_up_one, touch, touch_by_other_rules, touch_measured
from bedside.night.brought import BroughtIn
from bedside.night.effects import CrampState, Row, Save
from bedside.night.events import Moment

LOCK_SECONDS = 0.25  # how long one commit waits for another program: a press behind it must not wait

TOLD = ("checkins", "judgements", "medicines", "about")
"""Tables of what a person tells, and may correct: what was changed is kept as well."""

ABOUT_TELLING = ("at", "told_by")


class Diary:
    """The one writing connection. It belongs to the thread that made it."""

    def __init__(self, path: Path) -> None:
        """Open the diary, making or migrating it. Raises DiaryError; DamagedDiaryError if another must be made."""
        self.path = path
        self._taken_over: list[Path] = []  # what waited in these files is in the diary once that is committed
        with _explained(path):
            connection = sqlite3.connect(path, timeout=LOCK_SECONDS)
            try:
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                    connection.execute(f"PRAGMA {pragma}")
                self._db = Database(connection)
                migrations.apply(self._db)
                touch_by_other_rules(self._db)
            except BaseException:
                connection.close()
                raise

    def apply(self, saves: Iterable[Save], readings: Iterable[Aggregate] = ()) -> None:
        """Commit the records that are not in yet, and the readings, all or none. Raises DiaryError."""
        self._taken_over = []
        with _explained(self.path), self._db.atomic():
            for save in saves:
                if is_human(save) and not self._is_new(save):
                    continue
                for row in save.rows:
                    self._keep(save, row)
            measured = list(readings)
            for aggregate in measured:
                self._upsert("readings", "start, boot", reading(aggregate))
            touch_measured(self._db, measured)
        for path in self._taken_over:
            with suppress(OSError):  # it is deleted with everything else
                path.unlink(missing_ok=True)

    def tidy(self, now: Moment, zone: tzinfo | None) -> bool:
        """One small piece of what is done in quiet times: roll up one night that is out of date. True if that was done:
        there may be more. While the clock is not set, or the zone not known, no night is over. Raises DiaryError.
        """
        if zone is None or not now.trusted:
            return False
        with _explained(self.path):
            return roll_up_one(self._db, now.wall, zone)

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

    def _keep(self, save: Save, row: Row) -> None:
        if isinstance(row, BroughtIn):
            self._taken_over.append(waiting_path(self.path, row.id))
            take_over(self._db, self._taken_over[-1])
            return
        table, key, values = columns(row)
        if table in TOLD:
            self._amend(save, table, key, values)
        touch(self._db, row)  # before: what a watch had reached is still there
        self._upsert(table, key, values)

    def _amend(self, save: Save, table: str, key: str, values: dict[str, Any]) -> None:
        """Note what is told otherwise than before."""
        told = list(self._db.query(f"select * from {table} where {key} = ?", [values[key]]))
        for before in told:
            for field in (name for name in values if name not in (key, *ABOUT_TELLING)):
                if before[field] != values[field]:
                    about = (save.record, values["at"], values["told_by"], table, values[key], field)
                    self._db.execute(
                        "insert into amendments (record, at, told_by, entry_table, entry, field, before, after)"
                        " values (?, ?, ?, ?, ?, ?, ?, ?)",
                        [*about, before[field], values[field]],
                    )

    def _upsert(self, table: str, key: str, values: dict[str, Any]) -> None:
        """Insert or update one row. Not by sqlite-utils' own upsert: that tries first whether SQLite can, takes a full
        disk for a no, and from then on inserts with OR IGNORE, which drops every row of ours without an error.
        """
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f":{name}" for name in values)
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in values)
        self._db.execute(
            f"insert into {table} ({names}) values ({marks}) on conflict ({key}) do update set {changes}", values
        )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")  # an extended one, as SQLITE_IOERR_FSYNC
        family = "_".join(name.split("_")[:2])
        if family in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
            raise DamagedDiaryError(_("The diary %(path)s is damaged (%(error)s).", path=path, error=error)) from error
        says = _(_SENTENCES.get(name) or _SENTENCES.get(family, N_("The diary could not be used")))
        kind = BlockedDiaryError if family in ("SQLITE_BUSY", "SQLITE_FULL") else DiaryError
        raise kind(f"{says}: {path} ({error}).") from error


_SENTENCES = {
    "SQLITE_BUSY": N_("Another program holds the diary; close it"),
    "SQLITE_FULL": N_("The disk is full; free some space"),
    "SQLITE_READONLY": N_("The diary cannot be written; check that the card is not read-only and who owns the file"),
    "SQLITE_READONLY_DIRECTORY": N_("The diary's folder cannot be written; check who owns it"),
    "SQLITE_CANTOPEN": N_("The diary cannot be opened; check that its folder is there and who owns it"),
    "SQLITE_IOERR": N_("The card gives errors; put in another card soon"),
}
