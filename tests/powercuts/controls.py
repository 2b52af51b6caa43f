"""What bedside is not: two writers that acknowledge too early, and lose records where a power cut is real."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bedside.night.effects import Save
from bedside.night.events import Saved


class DiaryAlone:
    """No journal, and a diary in WAL mode that does not sync its commits (`synchronous = NORMAL`)."""

    def __init__(self, folder: Path, post: Callable[[object], None]) -> None:
        self._post = post
        self._db = sqlite3.connect(folder / "diary.db", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("create table if not exists records (record text primary key)")

    def save(self, save: Save) -> None:
        """Commit, and say so."""
        self._db.execute("insert into records values (?)", [save.record])
        self._post(Saved(save.moment, save.record))

    def after(self, call: Callable[[], object]) -> None:
        """At once."""
        call()

    def close(self, seconds: float) -> None:
        """With a checkpoint."""
        self._db.close()

    @staticmethod
    def found(folder: Path) -> list[str]:
        """The records that are in it after a start."""
        if not (folder / "diary.db").exists():
            return []
        with closing(sqlite3.connect(folder / "diary.db")) as db:
            if not db.execute("select 1 from sqlite_master where name = 'records'").fetchone():
                return []
            return [record for (record,) in db.execute("select record from records")]


class JournalWithoutSync:
    """An append-only file, a line a record, that is written and never synced."""

    def __init__(self, folder: Path, post: Callable[[object], None]) -> None:
        self._post = post
        self._file = os.open(folder / "lines", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)

    def save(self, save: Save) -> None:
        """Write, and say so."""
        os.write(self._file, f"{save.record}\n".encode())
        self._post(Saved(save.moment, save.record))

    def after(self, call: Callable[[], object]) -> None:
        """At once."""
        call()

    def close(self, seconds: float) -> None:
        """As it is."""
        os.close(self._file)

    @staticmethod
    def found(folder: Path) -> list[str]:
        """The lines that are in it after a start."""
        path = folder / "lines"
        return path.read_bytes().decode(errors="replace").splitlines() if path.exists() else []


CONTROLS: dict[str, type[DiaryAlone] | type[JournalWithoutSync]] = {
    "a diary alone, synchronous NORMAL": DiaryAlone,
    "a journal without fdatasync": JournalWithoutSync,
}
