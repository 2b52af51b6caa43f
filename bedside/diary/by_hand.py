"""What a person does at the keyboard: the whole diary copied into a file, and put back from one."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bedside.catalogue import _
from bedside.diary.backups import FOLDER, listed
from bedside.diary.copying import ask_for_room, copy, sync, verify
from bedside.diary.damaged import REPLACED, aside_name
from bedside.diary.errors import DiaryError
from bedside.diary.journal import Journal, sync_directory
from bedside.diary.restoring import prepare_wanted, put_in_place, take_back
from bedside.diary.wiping import is_owed
from bedside.night.events import Moment

ROOM_LEFT = 1_000_000  # bytes
UNFINISHED = ".part"


def back_up(diary: Path, file: Path, *, alone: bool) -> None:
    """Write a copy of the whole diary into a file that is not there yet, and look it through. `alone`: nobody writes
    the diary meanwhile; then nothing is made beside it, which another user could not open. Raises OSError with a
    sentence.
    """
    if not diary.exists():
        raise OSError(_("There is no diary yet: %(path)s is not there.", path=diary))
    with _reserved(file), tempfile.TemporaryDirectory(prefix="bedside-", dir=file.parent) as folder:
        copied = Path(folder) / "copy.db"
        ask_for_room(diary, file.parent, ROOM_LEFT)
        counts = copy(_taken_away(diary, Path(folder)) if alone else diary, copied)
        sync(copied)
        verify(copied, counts)
        copied.replace(file)
        sync_directory(file.parent)


def check(file: Path) -> None:
    """Raises OSError with a sentence where this file cannot be put in the diary's place."""
    try:
        file.open("rb").close()
    except FileNotFoundError:
        raise OSError(_("%(file)s is not there.", file=file)) from None
    except PermissionError:
        says = _("This user may not read %(file)s. Copy it into /tmp, and name it there.", file=file)
        raise OSError(says) from None
    verify(file)


def restore(diary: Path, file: Path, now: Moment) -> tuple[str, int]:
    """Put this file in the diary's place while no bedside runs, no phone is let in any more, and the journal gives back
    what is newer. Returns the name that the old diary is kept by, and how many records that were. Raises OSError with
    a sentence.
    """
    from bedside.diary.store import Diary  # sqlite-utils is slow to import

    if is_owed(diary.parent):
        raise DiaryError(_("Everything is still being deleted. Start bedside first, and let it end that."))
    journal = Journal(diary.parent / "journal")
    aside = aside_name(diary, REPLACED, now.wall)
    prepare_wanted(diary, file, aside, listed(diary.parent / FOLDER))
    try:
        journal.put_phones_out(now)
        put_in_place(diary)
    except OSError:
        take_back(diary, aside)  # else the next start would do what was told to have failed
        raise
    finally:
        journal.close()
    made = Diary(diary)
    try:
        return aside if (diary.parent / aside).exists() else "", made.replay(journal.read())
    finally:
        made.close()


@contextmanager
def _reserved(file: Path) -> Iterator[None]:
    """Have the name, which nobody had; given back where nothing comes of it."""
    try:
        file.open("xb").close()
    except FileExistsError:
        raise OSError(_("%(file)s is there already. Choose another name.", file=file)) from None
    except OSError as error:
        raise OSError(_("%(file)s cannot be written (%(error)s).", file=file, error=error.strerror)) from error
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _taken_away(diary: Path, folder: Path) -> Path:
    """A copy of the file, with its log, that can be opened without anything being made beside the diary."""
    for path in (diary, diary.with_name(f"{diary.name}-wal")):
        if path.exists():
            shutil.copyfile(path, folder / path.name)
    return folder / diary.name
