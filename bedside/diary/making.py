"""Makes one backup: under a name that is none yet, synced, looked through, and only then under its own."""

from collections.abc import Iterator, Set
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

from bedside.catalogue import _
from bedside.diary.backups import FOLDER, LEFT_OUT, Kind, listed, path_of, too_many
from bedside.diary.copying import Stop, ask_for_room, copy, never, opened, sync, verify
from bedside.diary.errors import DamagedDiaryError, DiaryError, explained
from bedside.diary.journal import Journal, sync_directory
from bedside.diary.restoring import newest_whole

UNFINISHED = ".part"


def make(diary: Path, kind: Kind, day: date, stop: Stop = never) -> None:
    """Back the diary up, and let those go that are too many. What cannot be finished leaves nothing behind. Raises
    DiaryError or OSError; DamagedDiaryError where the diary itself is damaged.
    """
    try:
        for _step in steps(diary, kind, day, stop):
            pass
    except BaseException:
        with suppress(OSError):
            _sweep(diary.parent / FOLDER)
        raise


def steps(diary: Path, kind: Kind, day: date, stop: Stop = never) -> Iterator[Path]:
    """The same, step by step, each with what it made or deleted: after any of them the power may go."""
    folder = diary.parent / FOLDER
    folder.mkdir(exist_ok=True)
    _sweep(folder)
    ask_for_room(diary, folder)
    path = path_of(folder, kind, day)
    unfinished = path.with_name(path.name + UNFINISHED)
    unfinished.touch(0o640)
    yield unfinished
    counts = copy(diary, unfinished, but=LEFT_OUT[kind], stop=stop)
    yield unfinished
    sync(unfinished)
    yield unfinished
    try:
        verify(unfinished, counts, stop)
    except DamagedDiaryError as error:  # the diary is well
        raise DiaryError(_("What was written on the card is not what comes back (%(error)s).", error=error)) from error
    unfinished.rename(path)
    yield path
    sync_directory(folder)
    sync_directory(folder.parent)
    yield path
    for backup in too_many(listed(folder), day):
        backup.path.unlink(missing_ok=True)
        yield backup.path


def records_in_every_backup(diary: Path, journal: Path, stop: Stop = never) -> Set[str]:
    """The journal's records that the diary has, and each backup of everything that is whole: two of those at least,
    else none. Nothing that is restored wants them again. Raises OSError.
    """
    records = {save.record for save in Journal(journal).read()}
    whole = 0
    for backup in listed(diary.parent / FOLDER):
        if backup.kind is not Kind.EVERYTHING:
            continue
        try:
            verify(backup.path, stop=stop)
            records &= _replayed(backup.path, records)
        except DamagedDiaryError:
            continue
        whole += 1
    return records & _replayed(diary, records) if whole > 1 else frozenset()


def records_in_diary_alone(diary: Path, journal: Path, stop: Stop = never) -> Set[str]:
    """The diary's records that would be lost with it: neither the journal has them, which may have refused them when
    they came, nor the backup that would take its place. Raises OSError.
    """
    with explained(diary), closing(opened(diary)) as found:
        records = {record for (record,) in found.execute("select record from replayed")}
    alone = records - {save.record for save in Journal(journal).read()}
    base = newest_whole(listed(diary.parent / FOLDER), stop) if alone else None
    return alone - _replayed(base.path, alone) if base else alone


def _replayed(path: Path, wanted: Set[str]) -> Set[str]:
    with explained(path), closing(opened(path)) as diary:
        return {record for (record,) in diary.execute("select record from replayed") if record in wanted}


def _sweep(folder: Path) -> None:
    """Take away what was never finished. Raises OSError."""
    for path in folder.glob(f"*{UNFINISHED}*"):
        path.unlink(missing_ok=True)
