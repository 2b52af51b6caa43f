"""The journal: an append-only file, synced before anything is acknowledged. One record a line, with its checksum.

A line is `<crc32 of the rest, 8 hex digits> <json>`. A torn or damaged line was never acknowledged, or is lost to the
card: it is passed over, and the lines after it still count.
"""

import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import NewType

from bedside.diary.rows import from_json, to_json
from bedside.night.effects import Save, Watch
from bedside.night.events import Moment
from bedside.night.resume import Kept, needed_to_go_on, what_was_kept
from bedside.night.values import replace

ROOM = 65536  # bytes that the file is lengthened by
BEGINS = re.compile(rb'[0-9a-f]{8} \{"record":"([^"\\]*)"')

Write = Callable[[int, bytes, int], int]
"""As os.pwrite: a file, bytes, and the place they go to; returns how many went."""

Forgettable = NewType("Forgettable", Set[str])
"""The names of records that may go, as `Journal.forgettable` tells."""


class Journal:
    """Appends records to a file and reads them back. One thread appends; anyone may read.

    The file is kept longer than its records, filled up with empty lines: a record then overwrites what is there, and
    its sync need not wait for the file system's own bookkeeping, which costs a card several writes more.
    """

    def __init__(self, path: Path, write: Write = os.pwrite, sync: Callable[[int], None] = os.fdatasync) -> None:
        """`write` and `sync` are how records come on the disk."""
        self.path, self._write, self._sync = path, write, sync
        self._file: int | None = None
        self._end = self._size = 0

    def append(self, saves: Iterable[Save]) -> None:
        """Write the records and sync them. Raises OSError if they may not be on the disk; then the file is opened
        anew for the next try, since a file whose sync failed once tells nothing true any more.
        """
        text = b"".join(map(_line, saves))
        try:
            file = self._open()
            _write(file, text, self._end, self._write)
            self._sync(file)
        except OSError:
            self._take_back()
            raise
        self._end += len(text)
        self._size = max(self._size, self._end)

    def append_each(
        self, saves: Sequence[Save], step: Callable[[], object] = lambda: None
    ) -> tuple[list[Save], OSError | None]:
        """Append them all at once; where that is refused, each alone, so that one that is too large holds no other up,
        but for those that tell the same rows otherwise: written before it, they would be undone by it. What was
        refused, and why. `step` is called after each, since a card that refuses may take its time for it.
        """
        try:
            self.append(saves)
        except OSError as error:
            refused, why = [*saves], error
        else:
            return [], None
        if len(saves) == 1:
            return refused, why
        refused, waiting = [], set[tuple[type, str]]()
        for save in saves:
            rows = {(type(row), row.id) for row in save.rows}
            step()
            try:
                if rows.isdisjoint(waiting):
                    self.append([save])
                    continue
            except OSError as error:
                why = error
            refused.append(save)
            waiting |= rows
        return refused, why if refused else None

    def _take_back(self) -> None:
        """Give the disk back what half a record took: a smaller one may still fit. The file is opened anew after it."""
        if self._file is not None:
            with suppress(OSError):
                os.ftruncate(self._file, self._end)
        self.close()

    def make_room(self) -> None:
        """Open the file and lengthen it, if the next records would: in quiet times, so that no press waits for it.
        A disk that refuses says so at the next append.
        """
        try:
            file = self._open()
            if self._size - self._end < ROOM // 4:
                _write(file, b"\n" * ROOM, self._size, self._write)
                os.fsync(file)
                self._size += ROOM
        except OSError:
            self.close()

    def _open(self) -> int:
        if self._file is None:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                self._size = os.fstat(file).st_size
                self._end = _end_of_records(file, self._size)
                if self._size == 0:
                    sync_directory(self.path.parent)
            except OSError:
                os.close(file)
                raise
            self._file = file
        return self._file

    def close(self) -> None:
        """Close the file; the next append opens it again."""
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)

    def read(self) -> Iterator[Save]:
        """Every whole record, in the order written. An absent journal is an empty one."""
        return filter(None, map(_parse, self._lines()))

    def put_phones_out(self, now: Moment) -> None:
        """Keep that no phone is let in any more, as whenever a person puts another diary back. Raises OSError."""
        out = tuple(replace(phone, out=True) for phone in self.kept().phones)
        if out:
            self.append([Save(f"{now.key}/phones out", now, out)])

    def forgettable(self, records: Set[str]) -> Forgettable:
        """Those of the records that a restart does not go on from, and that this version can read. Any thread may ask;
        it reads all there is, which takes its time. Raises OSError.
        """
        told = [(line, _parse(line)) for line in self._lines()]
        unread = {_name(line) for line, save in told if save is None}
        return Forgettable(records - unread - needed_to_go_on([save for _, save in told if save], records))

    def forget(self, records: Forgettable) -> int:
        """Write the file anew without these records; how many lines went. It is short, since presses wait. Raises
        OSError; whatever happens, the file is as it was or without all of them.
        """
        lines = self._lines()
        staying = [line for line in lines if _name(line) not in records]
        if len(staying) < len(lines):
            self.close()
            _put_in_place(self.path, b"".join(line + b"\n" for line in staying))
        return len(lines) - len(staying)

    def _lines(self) -> list[bytes]:
        try:
            return [line for line in self.path.read_bytes().rstrip(b"\n").split(b"\n") if line]
        except FileNotFoundError:
            return []

    def kept(self) -> Kept:
        """What a restart goes on from."""
        return what_was_kept(self.read())


def is_human(save: Save) -> bool:
    """Whether the record holds a human act, which the journal keeps; the watch's heartbeats it does not."""
    return not {Watch}.issuperset(map(type, save.rows))


def _line(save: Save) -> bytes:
    text = to_json(save)
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _parse(line: bytes) -> Save | None:
    checksum, _, text = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        return from_json(text)
    except (ValueError, KeyError, TypeError):
        return None  # written by a newer version: it stays in the file for that version to read


def _name(line: bytes) -> str | None:
    """The record's name, without reading the rest; None where the line does not begin like one."""
    begins = BEGINS.match(line)
    return begins[1].decode(errors="replace") if begins else None


def _write(file: int, text: bytes, at: int, write: Write = os.pwrite) -> None:
    while text:
        written = write(file, text, at)
        text, at = text[written:], at + written


def new_path(path: Path) -> Path:
    """Where the journal is written anew; a power cut may leave it."""
    return path.with_name(f"{path.name}.new")


def _put_in_place(path: Path, text: bytes) -> None:
    """Have the file be this text, on the disk for certain; whatever the power does, it is the old one or the new."""
    new = new_path(path)
    try:
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
        try:
            _write(file, text, 0)
            os.fsync(file)
        finally:
            os.close(file)
        new.rename(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    sync_directory(path.parent)


def _end_of_records(file: int, size: int) -> int:
    """Where the next record goes: behind the last line, whole or torn, and an end of line."""
    end = size
    while end:
        start = max(0, end - ROOM)
        block = os.pread(file, end - start, start).rstrip(b"\n")
        if block:
            end = start + len(block)
            _write(file, b"\n", end)  # a torn line stays alone
            return end + 1
        end = start
    return 0


def sync_directory(path: Path) -> None:
    """Have on the disk which files are in the directory. Raises OSError."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
