"""Brings a diary of an older version up to date; the diary before it is kept beside it, the newest such one."""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from bedside.diary.copying import Stop, ask_for_room, copy, never, opened, sync, verify
from bedside.diary.damaged import BEFORE_UPGRADE, KEEPING
from bedside.diary.errors import explained
from bedside.diary.journal import sync_directory


def upgrade(diary: Path, stop: Stop = never) -> None:
    """Keep a copy of the diary, then bring it up to date; nobody else has it open. Raises DiaryError or OSError."""
    from bedside.diary.store import Diary  # sqlite-utils is slow to import

    try:
        for _step in keeping(diary, stop):
            pass
    except BaseException:
        with suppress(OSError):
            _sweep(diary)
        raise
    if not stop():  # another may be there by now
        Diary(diary).close()


def keeping(diary: Path, stop: Stop = never) -> Iterator[Path]:
    """Keep a copy, step by step, each with what it made or deleted: after any of them the power may go."""
    _sweep(diary)
    ask_for_room(diary, diary.parent)
    unfinished = diary.with_name(diary.name + KEEPING)
    unfinished.touch(0o640)
    counts = copy(diary, unfinished, stop=stop)
    yield unfinished
    sync(unfinished)
    verify(unfinished, counts, stop)
    kept = diary.with_name(f"{diary.name}{BEFORE_UPGRADE}{_number(unfinished)}")
    unfinished.rename(kept)
    sync_directory(diary.parent)
    yield kept
    for older in diary.parent.glob(f"{diary.name}{BEFORE_UPGRADE}*"):
        if older != kept:
            older.unlink(missing_ok=True)
            yield older


def _number(path: Path) -> int:
    """The version of a diary: how often its tables were changed."""
    with explained(path), closing(opened(path)) as diary:
        query = "select count(*) from _sqlite_migrations where migration_set = 'bedside'"
        return int(diary.execute(query).fetchone()[0])


def _sweep(diary: Path) -> None:
    for path in diary.parent.glob(f"{diary.name}{KEEPING}*"):
        path.unlink(missing_ok=True)
