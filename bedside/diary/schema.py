"""Which version a diary is of, and how it is brought up to date: whole or not at all."""

from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.catalogue import _
from bedside.diary.errors import NewerDiaryError
from bedside.diary.migrations import NAMES, migrations

if TYPE_CHECKING:
    from sqlite_utils import Database


class Version(Enum):
    """What a diary is, seen from this program."""

    NONE = auto()
    OLDER = auto()
    OURS = auto()


def version(db: "Database", path: Path) -> Version:
    """What the diary at this path is; nothing is changed. Raises NewerDiaryError, or sqlite3.Error."""
    applied = {migration.name for migration in migrations.applied(db)}
    if not applied <= set(NAMES):
        raise NewerDiaryError(
            _(
                "The diary %(path)s was written by a newer version of bedside, and is left alone. Install that version "
                "again; presses are kept in the journal until then.",
                path=path,
            )
        )
    if not applied:
        return Version.NONE
    return Version.OURS if len(applied) == len(NAMES) else Version.OLDER


def bring_up_to_date(db: "Database") -> None:
    """Apply what is missing in one transaction: a power cut leaves the diary as it was. Raises sqlite3.Error."""
    if migrations.pending(db):
        with db.atomic():
            migrations.apply(db)
