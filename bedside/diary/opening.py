"""Opens the diary to be read, on a card that takes nothing any more as well."""

import os
import sqlite3
from pathlib import Path

from bedside.catalogue import _
from bedside.diary.errors import DiaryError

NO_ROOM = "SQLITE_IOERR_SHMSIZE"
"""What SQLite says where it cannot make the file that it shares with other programs."""


def opened(path: Path) -> sqlite3.Connection:
    """The diary, to be read. Raises DiaryError. Where SQLite cannot make the files that it shares with other programs,
    and none of them has anything, it reads the diary without.
    """
    where = path.absolute().as_uri()
    try:
        return _connected(f"{where}?mode=ro")
    except sqlite3.OperationalError as error:
        made = error.sqlite_errorname != NO_ROOM and os.access(path.parent, os.W_OK)
        if made or not path.exists() or _has_log(path):
            raise unreadable(error) from error
    except sqlite3.Error as error:
        raise unreadable(error) from error
    try:
        return _connected(f"{where}?mode=ro&immutable=1")
    except sqlite3.Error as error:
        raise unreadable(error) from error


def unreadable(error: sqlite3.Error) -> DiaryError:
    """The error in a sentence."""
    return DiaryError(_("The diary cannot be read just now: %(error)s.", error=error))


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _connected(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=2, isolation_level=None)
    try:
        connection.execute("select 1 from cramps limit 1").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
