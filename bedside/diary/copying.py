"""Copies of a diary, made beside whoever writes it, and looked through before anybody relies on one.

Each through a connection of its own, which belongs to the thread that calls. `stop` is asked now and then: once it says
yes, StoppedError ends the work.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bedside.catalogue import _
from bedside.diary.errors import DamagedDiaryError, DiaryError, NewerDiaryError, explained

ROOM_LEFT = 20_000_000  # bytes that a copy leaves free on the card, for what is more than a copy
STEPS = 20_000  # of SQLite's own between two looks whether to stop: some milliseconds
LOCK_SECONDS = 5.0
OURS = {"readings", "replayed", "_sqlite_migrations"}
"""Tables that a diary has, and hardly any other file."""

Stop = Callable[[], bool]
Counts = Mapping[str, int]
"""How many rows there are, by table."""


class NoRoomError(DiaryError):
    """The card has too little room for a copy."""


class StoppedError(DiaryError):
    """The work was stopped; nobody wants it any more."""


def never() -> bool:
    """For a `stop` that never says yes."""
    return False


def ask_for_room(diary: Path, folder: Path, left: int = ROOM_LEFT) -> None:
    """Raises NoRoomError where a copy of the diary in that folder would leave less than so many bytes free; OSError."""
    size = sum(path.stat().st_size for path in (diary, _beside(diary)) if path.exists())
    missing = size + left - shutil.disk_usage(folder).free
    if missing > 0:
        raise NoRoomError(
            _(
                "There is too little room in %(folder)s. Free %(number)s MB.",
                folder=folder,
                number=f"{missing / 1e6 + 0.1:.1f}",
            )
        )


def copy(diary: Path, target: Path, *, but: Set[str] = frozenset(), stop: Stop = never) -> Counts:
    """Copy the diary as it is at this moment into a new file, and look it through as it goes; of the tables `but` only
    that they are there. Returns the rows of each table, for `verify`. The file is not synced yet. Raises
    DiaryError: DamagedDiaryError where it is the diary that is damaged.
    """
    with explained(diary), stoppable(stop), closing(_connected(target)) as made:
        made.set_progress_handler(lambda: int(stop()), STEPS)
        made.execute("attach ? as diary", [f"{diary.absolute().as_uri()}?mode=ro"])
        ((page_size,),) = made.execute("pragma diary.page_size")
        for pragma in (f"page_size = {page_size}", "journal_mode = off", "synchronous = off"):  # half a copy is no use
            made.execute(f"pragma main.{pragma}")
        made.execute("begin")
        tables = _tables(made, "diary")
        _look_through(made, "diary", diary)
        for name, sql in tables.items():
            made.execute(sql)
            if name not in but:
                made.execute(f'insert into main."{name}" select * from diary."{name}"')
        for (sql,) in made.execute("select sql from diary.sqlite_master where type != 'table' and sql is not null"):
            made.execute(sql)
        counts = {name: _count(made, "diary", name) for name in tables if name not in but}
        made.execute("commit")
    return counts


def copy_whole(file: Path, target: Path, stop: Stop = never) -> None:
    """Copy any diary page by page, with what lies beside it in its log. Raises DiaryError."""

    def look(*_: int) -> None:
        if stop():
            raise StoppedError

    with explained(file), closing(opened(file)) as whole, closing(_connected(target)) as made:
        whole.backup(made, pages=500, progress=look)


def verify(file: Path, counts: Counts | None = None, stop: Stop = never) -> None:
    """Look a file through that nobody writes: whether it is a whole diary, and has these rows, where they are given.
    Raises DiaryError: DamagedDiaryError where it is not, NewerDiaryError where a newer version wrote it.
    """
    with explained(file), stoppable(stop), closing(opened(file)) as found:
        found.set_progress_handler(lambda: int(stop()), STEPS)
        tables = _tables(found, "main")
        if not tables.keys() >= {*OURS, *(counts or ())}:
            raise DamagedDiaryError(_("%(file)s is no diary.", file=file))
        _refuse_newer(found, file)
        _look_through(found, "main", file)
        for name, number in (counts or {}).items():
            if _count(found, "main", name) != number:
                raise DamagedDiaryError(_("%(file)s has not all that is in the diary.", file=file))


def is_made(file: Path) -> bool:
    """Whether the diary has its tables, which a new one has not for a moment. One that cannot be read has, too."""
    try:
        with explained(file), closing(opened(file)) as found:
            return _tables(found, "main").keys() >= OURS
    except DiaryError:
        return True  # whoever reads it next tells what is wrong


def opened(file: Path) -> sqlite3.Connection:
    """A diary to be read. Without a log beside it, it is read as it lies, so that nothing is made beside it. Raises
    sqlite3.Error.
    """
    return _connected(file, _to_read(file))


def sync(file: Path) -> None:
    """Have the file on the card, and the next look at it from there, not from memory. Raises OSError."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """Tell an error that comes of stopping from one of the card."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if stop():
            raise StoppedError(_("It was stopped.")) from error
        raise


def _connected(file: Path, how: str = "") -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}{how}", uri=True, timeout=LOCK_SECONDS, isolation_level=None)


def _to_read(file: Path) -> str:
    return "?mode=ro" if _beside(file).exists() else "?mode=ro&immutable=1"


def _beside(diary: Path) -> Path:
    return diary.with_name(f"{diary.name}-wal")


def _tables(connection: sqlite3.Connection, schema: str) -> dict[str, str]:
    """Every table by its name, with what makes it, in the order they were made."""
    query = (
        f"select name, sql from {schema}.sqlite_master where type = 'table' and name not like 'sqlite~_%' escape '~'"
    )
    return dict(connection.execute(query).fetchall())


def _count(connection: sqlite3.Connection, schema: str, table: str) -> int:
    ((number,),) = connection.execute(f'select count(*) from {schema}."{table}"')
    return int(number)


def _look_through(connection: sqlite3.Connection, schema: str, file: Path) -> None:
    ((found, *_rest), *_others) = connection.execute(f"pragma {schema}.quick_check(1)")
    if found != "ok":
        raise DamagedDiaryError(_("The diary %(path)s is damaged (%(error)s).", path=file, error=found))


def _refuse_newer(connection: sqlite3.Connection, file: Path) -> None:
    from bedside.diary.migrations import NAMES  # with sqlite-utils, which is slow to import

    query = "select name from _sqlite_migrations where migration_set = 'bedside'"
    names: set[Any] = {name for (name,) in connection.execute(query)}
    if not names:
        raise DamagedDiaryError(_("%(file)s is no diary.", file=file))
    if not names <= set(NAMES):
        raise NewerDiaryError(
            _("%(file)s was written by a newer version of bedside. Install that one first.", file=file)
        )
