"""Deletes all that is kept, so that it stays deleted: whatever the power does, a restart goes on where it was cut off.

A marker in the folder is written before anything else. While it is there, journal and diary are to go, and nothing is
written; once they are gone it has another name, so that what is kept from then on stays, whatever else is left over.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from pathlib import Path

from bedside.catalogue import _
from bedside.diary.damaged import BEFORE_UPGRADE, KEEPING, READY, RESTORING
from bedside.diary.errors import DiaryError
from bedside.diary.journal import new_path, sync_directory

log = logging.getLogger(__name__)

MARKER, LEFTOVERS_MARKER = "deleting", "deleting-leftovers"
STOP_SECONDS = 1.0  # so long presses wait for what else writes there; what hangs on the card is waited for beside them
LATE = tuple(f"diary.db{made}*" for made in (READY, RESTORING, KEEPING, BEFORE_UPGRADE))
"""What an errand makes beside the diary: one that hung when all was deleted may make it yet."""


class Deleted(Enum):
    """What came of a wish to delete everything."""

    DONE = auto()
    BUSY = auto()
    NO_ANSWER = auto()
    NOT_YET = auto()


class StillThereError(DiaryError):
    """Journal or diary could not be deleted yet, so nothing may be written."""


class _Owed(Enum):
    """What is still to be deleted."""

    NOT_KNOWN = auto()
    NOTHING = auto()
    LEFTOVERS = auto()
    ALL = auto()


class Wiping:
    """The deletion of what lies in the folder `data`, and of the clips in the folder `clips`. Used by one thread at a
    time, which has neither journal nor diary open while `finish` may delete them. Each of `others` ends somebody else
    who writes there, once the marker tells that nobody shall begin: it waits so many seconds at most, and tells whether
    they have ended. Until all have, it is not over, and what they make is deleted again.
    """

    def __init__(self, data: Path, clips: Path | None = None) -> None:
        self._data, self._clips = data, clips
        self._marker, self._leftovers_marker = data / MARKER, data / LEFTOVERS_MARKER
        self._owed = _Owed.NOT_KNOWN
        self._then: Callable[[], object] = lambda: None
        self._left = ""
        self.others: list[Callable[[float], bool]] = []
        self._patience, self._hanging, self._late = 0.0, False, True

    @property
    def over(self) -> bool:
        """Whether nothing is left to be deleted."""
        return self._owed is _Owed.NOTHING

    @property
    def lets_write(self) -> bool:
        """Whether what is written now stays."""
        return self._owed in (_Owed.NOTHING, _Owed.LEFTOVERS)

    @property
    def left(self) -> str:
        """What could not be deleted, though all may be written, as a sentence; empty where there is nothing."""
        if not (self._left and self.lets_write):
            return ""
        return _("Not all that was to be deleted is gone yet (%(error)s).", error=self._left)

    def ask(self, then: Callable[[], object]) -> None:
        """From now on everything is to be deleted; `then` is called once it is."""
        self._owed, self._then, self._left = _Owed.ALL, then, ""
        self._patience, self._late = STOP_SECONDS, True

    def finish(self) -> None:
        """Delete what is still to be deleted, which is nothing on most days. Raises StillThereError where journal or
        diary may be there still; what else is left is told by `left`, and tried again when this is called again.
        """
        if self.over:
            return
        try:
            for _step in self.steps():
                pass
        except OSError as error:
            self._left = error.strerror or str(error)
            if not self.lets_write:
                raise StillThereError(
                    _("What was to be deleted is still there (%(error)s).", error=self._left)
                ) from error
        if self.over:
            then, self._then = self._then, lambda: None
            then()

    def steps(self) -> Iterator[Path]:
        """The same, step by step, each with what it made or deleted: after any of them the power may go. Raises
        OSError.
        """
        if self._owed is _Owed.NOT_KNOWN:
            self._owed = self._look()
        if self._owed is _Owed.ALL:
            _make(self._marker)
            yield self._marker
            self._end_others()
            journal = self._data / "journal"
            yield from _unlink((journal, new_path(journal), *self._data.glob("diary.db.damaged-*")))
            yield from self._delete_leftovers()
            yield from _unlink(self._data.glob("diary.db*"))
            sync_directory(self._data)
            self._marker.rename(self._leftovers_marker)
            sync_directory(self._data)
            self._owed = _Owed.LEFTOVERS
            yield self._leftovers_marker
        elif self._owed is _Owed.LEFTOVERS:
            self._end_others()
            yield from self._delete_leftovers()
        if self._owed is _Owed.LEFTOVERS and not self._left:
            self._leftovers_marker.unlink(missing_ok=True)
            sync_directory(self._data)
            self._owed = _Owed.NOTHING
            yield self._leftovers_marker

    def _end_others(self) -> None:
        """Wait for them once: who hangs then is only looked for."""
        ended = [stop(self._patience) for stop in self.others]
        self._patience, self._hanging = 0.0, not all(ended)

    def _look(self) -> _Owed:
        """What an earlier run, which was cut off, has left to be done."""
        if self._marker.exists():
            return _Owed.ALL
        return _Owed.LEFTOVERS if self._leftovers_marker.exists() else _Owed.NOTHING

    def _delete_leftovers(self) -> Iterator[Path]:
        """Backups, clips, and what came late. What cannot be deleted keeps no press from being written: it is tried
        again.
        """
        before, self._left = self._left, ""
        for delete in (self._delete_backups, self._delete_clips, self._delete_late):
            try:
                yield from delete()
            except OSError as error:
                self._left = error.strerror or str(error)
                if self._left != before:
                    log.error("not deleted yet: %s", error)
        if self._hanging:
            self._left = self._left or _("a copy of it is still being made")

    def _delete_backups(self) -> Iterator[Path]:
        folder = self._data / "backups"
        yield from _unlink(sorted(folder.rglob("*"), reverse=True))  # the deepest first
        if folder.exists():
            yield from _unlink([folder])

    def _delete_late(self) -> Iterator[Path]:
        if self._late:  # else it is of the diary that is there now
            yield from _unlink(path for name in LATE for path in sorted(self._data.glob(name)))
            self._late = self._hanging

    def _delete_clips(self) -> Iterator[Path]:
        """What was made of texts and recordings; what is being made just now is the voice's own."""
        if self._clips and self._clips.is_dir():
            yield from _unlink(sorted(self._clips.glob("*.wav")))
            sync_directory(self._clips)


def is_owed(data: Path) -> bool:
    """Whether something in the folder is still to be deleted, so that nothing may be added to it."""
    return any((data / marker).exists() for marker in (MARKER, LEFTOVERS_MARKER))


def _unlink(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
        yield path


def _make(marker: Path) -> None:
    """An empty file, on the disk for certain: it takes no room, which a full card does not have."""
    file = os.open(marker, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    sync_directory(marker.parent)
