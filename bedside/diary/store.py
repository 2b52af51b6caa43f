"""The diary's file: written by one thread through this module, read by others through `reader.py`.

Every error of SQLite leaves here as a DiaryError, whose sentence says what to do.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bedside.catalogue import _
from bedside.diary.brought_in import take_over, waiting_path
from bedside.diary.columns import columns
from bedside.diary.dating import add_reading, look_back, note_amendment, put_right
from bedside.diary.errors import OlderDiaryError, explained
from bedside.diary.filing import file_row
from bedside.diary.filling import fill
from bedside.diary.journal import is_human
from bedside.diary.readings import Aggregate
from bedside.diary.rolling import roll_up_one, touch, touch_between, touch_by_other_rules
from bedside.diary.schema import Version, bring_up_to_date, version
from bedside.diary.thinning import Thinning
from bedside.diary.unjournaled import Unjournaled
from bedside.night.brought import BroughtIn
from bedside.night.effects import CrampState, Row, Save
from bedside.night.events import Moment
from bedside.night.told import About, CheckIn, Judgement, Medicine

PAGE_SIZE = "page_size = 2048"  # of a new diary: a commit writes whole pages, mostly of a few new rows each
STEPS = 1000  # of one statement in SQLite's machine, milliseconds on a small Pi
LOCK_SECONDS = 0.25  # how long one commit waits for another program: a press behind it must not wait

Told = CheckIn | Judgement | Medicine | About
"""What a person tells, and may correct: what was changed is kept as well."""

ABOUT_TELLING = ("at", "told_by")


class Diary:
    """The one writing connection. It belongs to the thread that made it."""

    def __init__(self, path: Path, *, upgrades: bool = True) -> None:
        """Open the diary, making it or bringing it up to date. Raises DiaryError: DamagedDiaryError if another must be
        made, NewerDiaryError, and OlderDiaryError where it does not upgrade, which may take long.
        """
        self.path = path
        self._taken_over: list[Path] = []  # what waited in these files is in the diary once that is committed
        with explained(path):
            connection = sqlite3.connect(path, timeout=LOCK_SECONDS)
            try:
                self._db = Database(connection)
                if version(self._db, path) is Version.OLDER and not upgrades:
                    raise OlderDiaryError(_("The diary %(path)s is being brought up to date.", path=path))
                for pragma in (PAGE_SIZE, "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                    connection.execute(f"PRAGMA {pragma}")
                bring_up_to_date(self._db)
                touch_by_other_rules(self._db)
                self._thinning = Thinning(self._db)
                self._unjournaled = Unjournaled(self._db)
            except BaseException:
                connection.close()
                raise

    def apply(
        self,
        saves: Iterable[Save],
        readings: Iterable[Aggregate] = (),
        *,
        unjournaled: Sequence[Save] | None = None,
    ) -> None:
        """Commit the records that are not in yet, and the readings, all or none; and, where it is given, which records
        the journal refused up to now. Raises DiaryError.
        """
        self._taken_over = []
        with explained(self.path), self._db.atomic():
            for save in saves:
                if is_human(save) and not self._is_new(save):
                    continue
                for row in save.rows:
                    self._keep(save, row)
                    look_back(self._db, row)
            starts = [add_reading(self._db, aggregate) for aggregate in readings]
            if starts:
                touch_between(self._db, min(starts), max(starts))
            if unjournaled is not None:
                self._unjournaled.note(unjournaled)
        if unjournaled is not None:
            self._unjournaled.noted(unjournaled)
        if self._taken_over:
            self._thinning = Thinning(self._db)  # what was brought in may be long ago
        for path in self._taken_over:
            with suppress(OSError):  # it is deleted with everything else
                path.unlink(missing_ok=True)

    def tidy(self, now: Moment, zone: tzinfo | None) -> bool:
        """One small piece of what is done in quiet times: roll up one night that is out of date, or else thin one day
        that is long ago. True if that was done: there may be more. While the clock is not set, or the zone not known,
        no night is over and nothing long ago. Raises DiaryError.
        """
        if zone is None or not now.trusted:
            return False
        with explained(self.path):
            return roll_up_one(self._db, now.wall, zone) or self._thinning.thin_one(now.wall)

    def tell_steps(self, step: Callable[[], object]) -> None:
        """From now on call this again and again while something is carried out, however long it takes."""
        self._db.conn.set_progress_handler(lambda: bool(step()) and False, STEPS)

    def replay(self, saves: Iterable[Save]) -> int:
        """Commit what the journal has and the diary has not; returns how many records that were."""
        with explained(self.path):
            known = {row["record"] for row in self._db.query("select record from replayed")}
        missing = [save for save in saves if save.record not in known]
        self.apply(missing)
        return len(missing)

    def close_orphans(self, open_cramp: str | None) -> None:
        """Close as *end unknown* every cramp still open that nobody leads any more. Raises DiaryError."""
        with explained(self.path), self._db.atomic():
            self._db.execute(
                "update cramps set state = ? where state = ? and id is not ?",
                [CrampState.END_UNKNOWN.value, CrampState.OPEN.value, open_cramp],
            )

    def fill(self, source: Path) -> None:
        """Take the temperatures and watches of another diary, as far as they are not in it. Raises DiaryError."""
        with explained(self.path):
            fill(self._db, source)

    def put_phones_out(self) -> None:
        """Note that no phone is let in any more. Raises DiaryError."""
        with explained(self.path), self._db.atomic():
            self._db.execute("update phones set put_out = 1")

    def mark_as_sample(self) -> None:
        """Mark all that is kept as made up for a demo. Raises DiaryError."""
        with explained(self.path), self._db.atomic():
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
        if not any(isinstance(other, BroughtIn) for other in save.rows):  # what was brought in was put right before
            file_row(self._db, save, row, values)
            put_right(self._db, row, table, key, values)
        if isinstance(row, Told):
            self._amend(save, row.moment, table, key, values)
        touch(self._db, row)  # before: what a watch had reached is still there
        self._upsert(table, key, values)

    def _amend(self, save: Save, moment: Moment, table: str, key: str, values: dict[str, Any]) -> None:
        """Note what is told otherwise than before."""
        told = list(self._db.query(f"select * from {table} where {key} = ?", [values[key]]))
        for before in told:
            for field in (name for name in values if name not in (key, *ABOUT_TELLING)):
                if before[field] != values[field]:
                    about = (save.record, values["at"], values["told_by"], table, values[key], field)
                    made = self._db.execute(
                        "insert into amendments (record, at, told_by, entry_table, entry, field, before, after)"
                        " values (?, ?, ?, ?, ?, ?, ?, ?)",
                        [*about, before[field], values[field]],
                    )
                    assert made.lastrowid, "it is in"
                    note_amendment(self._db, made.lastrowid, moment)

    def _upsert(self, table: str, key: str, values: dict[str, Any]) -> None:
        """Insert or update one row. Not by sqlite-utils' own upsert: that tries first whether SQLite can, takes a full
        disk for a no, and from then on inserts with OR IGNORE, which drops every row of ours without an error.
        """
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f":{name}" for name in values)
        others = (name for name in values if name != key)  # a key that is set to itself is written to its index anew
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in others)
        self._db.execute(
            f"insert into {table} ({names}) values ({marks}) on conflict ({key}) do update set {changes}", values
        )
