"""What a simulated device keeps its records on: the real writer, journal and diary on a card that fails as it is told.

The writer is stepped, so that the same seed gives the same night; its thread is never started. What SQLite meets is
real: a lock that another connection holds, a file that may not grow, one that may not be written, a damaged page.
"""

import errno
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

from bedside.diary.journal import Journal
from bedside.diary.store import Diary
from bedside.diary.writer import Writer
from bedside.night.effects import Save
from bedside.night.events import Moment, PartReported, Saved, TemperatureRead
from bedside.night.resume import Kept
from tests.diary.rows import file_limit

Item = Save | TemperatureRead
Query = Callable[[str], list[tuple[Any, ...]]]
FILES = ("journal", "diary.db", "diary.db-wal")
CRASHES = ("", "write", "sync", "synced", "saved")
"""Where the power may go while a record is written; the first: between two."""
MOST_TIDYING = 20
ERRORS = {"full": errno.ENOSPC, "read-only": errno.EROFS, "errors": errno.EIO}
TROUBLES = {"full": ("max_page_count", 1, 4294967294), "read-only": ("query_only", 1, 0)}
"""What a connection to the diary is told while the card is so, and afterwards."""


class PowerLostError(BaseException):
    """The power goes, or the process, in the middle of what the writer does."""


_working: list["Card"] = []


def _heed(event: str, arguments: tuple[object, ...]) -> None:
    """Hear of every connection that the diary opens; nothing else can be told to one that somebody else made."""
    if _working and event == "sqlite3.connect/handle":
        _working[-1].connections.append(arguments[0])  # type: ignore[arg-type]


class Card:
    """A folder for temporary files, with the real journal and the real diary. `trouble` is what is wrong with it,
    `crash` where the power goes next, `queue` what the writer is to take.
    """

    def __init__(
        self,
        post: Callable[[object], None],
        now: Callable[[], Moment],
        chance: random.Random,
        zone: Callable[[], tzinfo],
    ) -> None:
        self.post, self.now, self.chance = post, now, chance
        self.trouble = self.crash = ""
        self.queue: list[Item] = []
        self.diary_well = True
        self.refused = False  # whether the journal ever was
        self._zone = zone
        self._root = Path(tempfile.mkdtemp(prefix="bedside-card-"))
        self._lives = 0
        self.folder = self._root / "0"
        self.folder.mkdir()
        (self.folder / "diary.db").write_bytes(_empty_diary())
        self.connections: list[sqlite3.Connection] = []
        self._told = 0
        self._other: sqlite3.Connection | None = None
        self._unsynced: list[tuple[int, bytes]] = []  # place in the journal, and what was there before

    def begin(self) -> Kept:
        """The device starts: what it goes on from."""
        self._journal = Journal(self.folder / "journal", self._write, self._sync)
        self._writer = Writer(self.folder, self._answered, self.now, journal=self._journal)
        self._writer.roll_up_in(self._zone)
        return self._writer.kept()

    def lead(self, open_cramp: str | None) -> None:
        """The night goes on with this cramp."""
        self._writer.start(open_cramp, thread=False)

    def turn(self) -> None:
        """The writer takes what is queued, or looks around where nothing is. Raises PowerLostError."""
        for item in self.queue:
            self._writer.save(item) if isinstance(item, Save) else self._writer.sample(item)
        self.queue.clear()
        with self._as_it_is():
            self._writer.turn(0.0)

    def tidy(self) -> None:
        """Let the writer be in peace until it has tidied all; a clock that was years off leaves years of it."""
        with self._as_it_is():
            for _ in range(MOST_TIDYING):
                self._writer.turn(0.0)

    def end(self, *, power: bool) -> None:
        """The process is gone, or the power too, and with it what the kernel had not synced; nothing is closed well."""
        if power:
            self._lose_unsynced()
        self.well()
        self._lives += 1
        before, self.folder = self.folder, self._root / f"{self._lives}"
        self.folder.mkdir()
        for name in FILES:
            if (before / name).exists():
                shutil.copyfile(before / name, self.folder / name)
        self._forget(before)
        self.queue.clear()
        self.crash = ""

    def close(self) -> None:
        """It is not needed any more."""
        self.well()
        self._forget(self._root)

    # --- what can be wrong ---

    def begins(self, trouble: str) -> None:
        """From now on this is wrong."""
        self.well()
        self.trouble = trouble
        if trouble == "locked":
            self._other = sqlite3.connect(self.folder / "diary.db", isolation_level=None)
            self._other.execute("begin immediate")
        self._tell(1)

    def well(self) -> None:
        """Nothing is wrong any more."""
        if self._other:
            self._other.close()
            self._other = None
        self._tell(2)
        self.trouble = ""

    def copy(self) -> None:
        """Make a copy of the diary, for `put_back`."""
        older = self._root / "older"
        older.mkdir(exist_ok=True)
        for name in FILES[1:]:
            (older / name).unlink(missing_ok=True)
            if (self.folder / name).exists():
                shutil.copyfile(self.folder / name, older / name)

    def put_back(self) -> None:
        """Put the copy in the diary's place, as a person may while the device is off."""
        for name in FILES[1:]:
            (self.folder / name).unlink(missing_ok=True)
            if (self._root / "older" / name).exists():
                shutil.copyfile(self._root / "older" / name, self.folder / name)

    def damage(self) -> None:
        """Let the card lose a part of the diary's file while the device is off."""
        path, kind = self.folder / "diary.db", self.chance.choice(["header", "zeros", "half", "page"])
        with closing(sqlite3.connect(path)) as connection:
            (page,) = connection.execute("select rootpage from sqlite_master where name = 'replayed'").fetchone()
            connection.execute("pragma wal_checkpoint(truncate)")
        size = path.stat().st_size
        with path.open("r+b") as file:
            if kind == "half":
                file.truncate(size // 2)
            elif kind == "page":
                file.seek((page - 1) * 4096)
                file.write(self.chance.randbytes(4096))
            else:
                file.write(bytes(100 if kind == "header" else size))

    # --- what it holds ---

    def journaled(self) -> list[str]:
        """The journal's records, by another reader."""
        return [save.record for save in Journal(self.folder / "journal").read()]

    @contextmanager
    def read(self) -> Iterator[Query]:
        """What another program finds in the diary."""
        with closing(sqlite3.connect(f"file:{self.folder / 'diary.db'}?mode=ro", uri=True)) as other:
            yield lambda query: other.execute(query).fetchall()

    # --- the card itself ---

    def _answered(self, item: object) -> None:
        if isinstance(item, PartReported) and item.part == "diary":
            self.diary_well = item.well
        self.post(item)
        if self.crash == "saved" and isinstance(item, Saved):
            raise PowerLostError

    def _write(self, file: int, text: bytes, at: int) -> int:
        self._unsynced.append((at, os.pread(file, len(text), at)))
        if self.crash == "write" and text.strip():
            os.pwrite(file, text[: self.chance.randrange(len(text))], at)
            raise PowerLostError
        if self.trouble in ERRORS and self.trouble != "errors":
            if self.trouble == "full":
                os.pwrite(file, text[: self.chance.randrange(len(text))], at)
            self.refused = True
            raise OSError(ERRORS[self.trouble], os.strerror(ERRORS[self.trouble]))
        return os.pwrite(file, text, at)

    def _sync(self, file: int) -> None:
        if self.crash == "sync":
            raise PowerLostError
        if self.trouble == "errors":
            self._lose_unsynced()  # the kernel drops what it could not write, and says so once
            self.refused = True
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fdatasync(file)
        self._unsynced.clear()
        if self.crash == "synced":
            raise PowerLostError

    def _lose_unsynced(self) -> None:
        """Of what was written since the last sync, each write is lost from some place on."""
        if not self._unsynced:
            return
        with (self.folder / "journal").open("r+b") as file:
            for at, before in reversed(self._unsynced):
                kept = self.chance.randint(0, len(before))
                file.seek(at + kept)
                file.write(before[kept:])
        self._unsynced.clear()

    @contextmanager
    def _as_it_is(self) -> Iterator[None]:
        if self._told < len(self.connections):
            self._tell(1)
        _working.append(self)
        try:
            if self.trouble == "errors":
                with file_limit(0):
                    yield
            else:
                yield
        finally:
            _working.pop()

    def _tell(self, which: int) -> None:
        """Tell every open connection how the card is, or that it is well again."""
        for connection in self.connections:
            try:
                connection.execute("pragma busy_timeout = 0")  # simulated time does not pass while it waits
                if self.trouble in TROUBLES:
                    connection.execute(f"pragma {TROUBLES[self.trouble][0]} = {TROUBLES[self.trouble][which]}")
            except sqlite3.ProgrammingError:
                continue  # closed by the writer
        self._told = len(self.connections)

    def _forget(self, folder: Path) -> None:
        self._journal.close()
        for connection in self.connections:
            connection.close()
        self.connections.clear()
        self._unsynced.clear()
        self._told = 0
        shutil.rmtree(folder)


@lru_cache(maxsize=1)
def _empty_diary() -> bytes:
    """A new diary, made once a process: its migrations take longer than a night."""
    sys.addaudithook(_heed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "diary.db"
        Diary(path).close()
        return path.read_bytes()
