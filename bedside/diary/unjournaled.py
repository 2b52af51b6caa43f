"""What the journal refused and the diary took: kept a second time, in a table of its own, so that a restart goes on
from it, too, and the journal is given it again.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.diary.errors import NO_ROW_OF_OURS, explained
from bedside.diary.journal import Journal
from bedside.diary.rows import from_json, to_json
from bedside.night.effects import Save
from bedside.night.resume import Kept, what_was_kept

if TYPE_CHECKING:
    from sqlite_utils import Database

log = logging.getLogger(__name__)

TABLE = "unjournaled"


class Unjournaled:
    """The table of an open diary. It is written only where it changes."""

    def __init__(self, db: "Database") -> None:
        self._db = db
        self._has: Sequence[Save] | None = None  # not known before the first commit

    def note(self, saves: Sequence[Save]) -> None:
        """In a transaction: let these records, and no other, be in it; `noted` tells that it was committed."""
        if saves != self._has:
            self._has = None
            self._db.execute(f"delete from {TABLE}")
            for save in saves:
                self._db.execute(f"insert into {TABLE} values (?, ?)", [save.record, to_json(save).decode()])

    def noted(self, saves: Sequence[Save]) -> None:
        """Tell that it was committed."""
        self._has = list(saves)


def kept(journal: Journal, path: Path) -> tuple[Kept, list[Save]]:
    """What a restart goes on from, and those records of it that only the diary at this path has. Raises OSError."""
    besides: list[Save] = []

    def all_of_it() -> Iterator[Save]:
        journaled = set()
        for save in journal.read():
            journaled.add(save.record)
            yield save
        besides.extend(save for save in _refused(path) if save.record not in journaled)
        yield from besides

    return what_was_kept(all_of_it()), besides


def _refused(path: Path) -> list[Save]:
    """Nothing where there is no diary, or one that cannot be read: then the writer sees to it."""
    from bedside.diary.copying import opened  # SQLite is wanted by no press

    if not path.exists():
        return []
    try:
        with explained(path), closing(opened(path)) as diary:
            told = diary.execute(f"select save from {TABLE} order by rowid").fetchall()
        return [from_json(text.encode()) for (text,) in told]
    except (OSError, *NO_ROW_OF_OURS) as error:
        log.info("nothing is known of what the journal refused: %s", error)
        return []
