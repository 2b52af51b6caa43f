"""What can be wrong with the diary, and the sentences that say so."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bedside.catalogue import N_, _


class DiaryError(OSError):
    """The diary could not be read or written. The sentence says what to do."""


class BlockedDiaryError(DiaryError):
    """Another program holds the diary, or the disk is full: it can go on with the same connection when that is over."""


class DamagedDiaryError(DiaryError):
    """The diary's file is not a diary any more."""


class NewerDiaryError(DiaryError):
    """The diary was written by a newer version: it is left alone, and nothing is wrong with it."""


class OlderDiaryError(DiaryError):
    """The diary is to be brought up to date before it can be used."""


NO_ROW_OF_OURS = (ValueError, TypeError, LookupError, ArithmeticError)
"""What a row that another program wrote, or a newer version, may make of reading it."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Have every error of SQLite leave as a DiaryError about this file."""
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
