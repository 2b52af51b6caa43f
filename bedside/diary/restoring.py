"""Puts another diary in the diary's place. A power cut at any step leaves the old one or the new one, whole.

What is to be put in place is made beside the diary, and looked through. Then it gets a name that says it is ready, and
the one that the old diary will have: from then on it counts, and whoever next opens the diary finishes what is left.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from bedside.diary.backups import Backup, Kind
from bedside.diary.copying import Stop, StoppedError, ask_for_room, copy_whole, never, sync, verify
from bedside.diary.damaged import READY, RESTORING, SIDES, set_aside
from bedside.diary.errors import DiaryError
from bedside.diary.journal import sync_directory

ROOM_LEFT = 2_000_000  # bytes; a diary is worth more than what is left free for other things


def newest_whole(kept: Iterable[Backup], stop: Stop = never) -> Backup | None:
    """The newest backup that is whole, and not of a newer version; None where none is. Raises StoppedError."""
    for backup in kept:
        if _is_whole(backup.path, stop):
            return backup
    return None


def sources(base: Backup, kept: Iterable[Backup], stop: Stop = never) -> list[Path]:
    """Where the temperatures are that a backup has not: in the newest whole backup of everything."""
    if base.kind is Kind.EVERYTHING:
        return []
    whole = newest_whole((backup for backup in kept if backup.kind is Kind.EVERYTHING), stop)
    return [whole.path] if whole else []


def prepare(
    diary: Path, base: Path, aside: str, fills: Iterable[Path] = (), *, put_out: bool = False, stop: Stop = never
) -> None:
    """Have a copy of `base` ready to be put in the diary's place, which is then called `aside`; filled from these, the
    oldest first, and with no phone let in where all are to be put out. What cannot be finished leaves nothing behind.
    Raises OSError with a sentence.
    """
    try:
        for _step in preparation(diary, base, aside, fills, put_out=put_out, stop=stop):
            pass
    except BaseException:
        with suppress(OSError):
            _sweep(diary)
        raise


def preparation(
    diary: Path, base: Path, aside: str, fills: Iterable[Path] = (), *, put_out: bool = False, stop: Stop = never
) -> Iterator[Path]:
    """The same, step by step, each with what it made: after any of them the power may go."""
    from bedside.diary.store import Diary  # sqlite-utils is slow to import

    _sweep(diary)
    ask_for_room(base, diary.parent, ROOM_LEFT)
    unfinished = diary.with_name(diary.name + RESTORING)
    unfinished.touch(0o640)
    copy_whole(base, unfinished, stop)
    yield unfinished
    made = Diary(unfinished)
    try:
        for source in fills:
            made.fill(source)
            yield unfinished
        if put_out:
            made.put_phones_out()
    finally:
        made.close()
    yield unfinished
    verify(unfinished, stop=stop)
    sync(unfinished)
    yield unfinished
    ready = _ready(diary, aside)
    unfinished.rename(ready)
    sync_directory(diary.parent)
    yield ready


def prepare_wanted(diary: Path, file: Path, aside: str, kept: Iterable[Backup], stop: Stop = never) -> None:
    """The same of a diary that a person chose, with no phone let in; what temperatures it has not are those of the
    newest whole backup of everything, and of the old diary, if that is whole. Raises OSError with a sentence.
    """
    verify(file, stop=stop)
    everything = newest_whole((backup for backup in kept if backup.kind is Kind.EVERYTHING), stop)
    fills = [everything.path] if everything else []
    if diary.exists() and _is_whole(diary, stop):
        fills.append(diary)
    prepare(diary, file, aside, fills, put_out=True, stop=stop)


def put_in_place(diary: Path) -> str:
    """Put in the diary's place what is ready, while nobody has it open, and take away what was never finished. Returns
    the old diary's name from now on, empty where nothing was ready. Raises OSError; then it is tried again by whoever
    opens the diary next.
    """
    _sweep(diary)
    done = [path.name for path in placing(diary)]
    return done[0] if done else ""


def placing(diary: Path) -> Iterator[Path]:
    """The same, step by step: first of all with what the old diary is called."""
    for ready in sorted(diary.parent.glob(f"{diary.name}{READY}*")):
        aside = f"{diary.name}.{ready.name.removeprefix(f'{diary.name}{READY}')}"
        yield diary.with_name(aside)
        yield from set_aside(diary, aside)
        sync_directory(diary.parent)
        ready.rename(diary)
        yield diary
        sync_directory(diary.parent)
        yield diary


def take_back(diary: Path, aside: str) -> None:
    """Have what was to be put in place there no more, and the old diary where it was, if its place is not taken yet.
    Raises OSError; then whoever opens the diary next puts it in place after all.
    """
    ready = _ready(diary, aside)
    if ready.exists():
        for suffix in SIDES:
            if (renamed := diary.with_name(aside + suffix)).exists():
                renamed.rename(diary.with_name(diary.name + suffix))
        sync_directory(diary.parent)
        ready.unlink()
        sync_directory(diary.parent)


def _ready(diary: Path, aside: str) -> Path:
    return diary.with_name(f"{diary.name}{READY}{aside.removeprefix(f'{diary.name}.')}")


def _is_whole(path: Path, stop: Stop) -> bool:
    try:
        verify(path, stop=stop)
    except StoppedError:
        raise
    except DiaryError:
        return False
    return True


def _sweep(diary: Path) -> None:
    """Take away what was never finished. Raises OSError."""
    for path in diary.parent.glob(f"{diary.name}{RESTORING}*"):
        path.unlink(missing_ok=True)
