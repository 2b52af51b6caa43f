"""The temperatures of a diary that is brought in. They wait in a file beside the diary until the diary has them.

The journal has no temperatures: a start would read a hundred times as much. So the file is on the disk before the
journal's record that names it, and goes once the diary has both. It is named as the diary's side files are, so that it
is deleted with everything else.
"""

import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.diary.journal import sync_directory
from bedside.diary.rolling import NEXT

if TYPE_CHECKING:
    from sqlite_utils import Database

log = logging.getLogger(__name__)

NAMES = ("start", "boot", "mean_celsius", "low_celsius", "high_celsius", "samples", "trusted")
Reading = tuple[float, str, float, float, float, int, int]
"""A row of `readings`, with its start in seconds since 1970, UTC."""

FORGOTTEN_SECONDS = 3600.0  # a file so old waits for nothing any more: the power went before the journal had its record


class Waiting:
    """A file that is being filled by the thread that made it. `id` is what the journal's record names it by."""

    def __init__(self, diary: Path) -> None:
        """Raises sqlite3.Error or OSError where no file can be made beside the diary."""
        _remove_forgotten(diary)
        self.id = secrets.token_hex(8)
        self._path = waiting_path(diary, self.id)
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            for statement in ("pragma synchronous = full", "begin", _TABLE):
                self._connection.execute(statement)
        except sqlite3.Error:
            self.discard()
            raise

    def add(self, reading: Reading) -> None:
        """Take one. Raises sqlite3.Error, as IntegrityError if one of its key is there already."""
        self._connection.execute(
            f"{_INSERT} (strftime('%Y-%m-%dT%H:%M:%f+00:00', ?, 'unixepoch'), ?, ?, ?, ?, ?, ?)", reading
        )

    def keep(self) -> None:
        """Have it on the disk. Raises sqlite3.Error or OSError."""
        self._connection.execute("commit")
        self._connection.close()
        sync_directory(self._path.parent)

    def discard(self) -> None:
        """Take it away; it is not wanted."""
        self._connection.close()
        for path in (self._path, Path(f"{self._path}-journal")):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def waiting_path(diary: Path, id: str) -> Path:
    """Where the temperatures wait that a record names by this."""
    return diary.with_name(f"{diary.name}.brought-in-{id}")


def take_over(db: "Database", path: Path) -> None:
    """Put what waits there into the diary. What the diary has already stays; what is lost is passed over, as are the
    temperatures of a damaged diary.
    """
    db.conn.executemany(f"{_INSERT} (?, ?, ?, ?, ?, ?, ?) on conflict (start, boot) do nothing", _waiting(path))
    db.execute(f"{NEXT} true")


def _waiting(path: Path) -> Iterator[tuple[Any, ...]]:
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as waiting:
            yield from waiting.execute(f"select {', '.join(NAMES)} from readings order by start")
    except sqlite3.Error as error:  # not the diary's own: that is well
        log.error("temperatures that were brought in are lost: %s", error)


def _remove_forgotten(diary: Path) -> None:
    for path in diary.parent.glob(f"{diary.name}.brought-in-*"):
        with suppress(OSError):
            if time.time() - os.stat(path).st_mtime > FORGOTTEN_SECONDS:
                path.unlink()


_TABLE = f"create table readings ({', '.join(NAMES)}, primary key (start, boot)) without rowid"
_INSERT = f"insert into readings ({', '.join(NAMES)}) values"
