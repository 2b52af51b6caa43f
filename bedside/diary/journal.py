"""The journal: an append-only file, synced before anything is acknowledged. One record a line, with its checksum.

A line is `<crc32 of the rest, 8 hex digits> <json>`. A torn or damaged line was never acknowledged, or is lost to the
card: it is passed over, and the lines after it still count.
"""

import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from bedside.diary.rows import from_json, to_json
from bedside.night.effects import Save, Watch
from bedside.night.resume import Kept, what_was_kept

ROOM = 65536  # bytes that the file is lengthened by


class Journal:
    """Appends records to a file and reads them back. One thread appends; anyone may read.

    The file is kept longer than its records, filled up with empty lines: a record then overwrites what is there, and
    its sync need not wait for the file system's own bookkeeping, which costs a card several writes more.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._end = self._size = 0

    def append(self, saves: Iterable[Save]) -> None:
        """Write the records and sync them. Raises OSError if they may not be on the disk; then the file is opened
        anew for the next try, since a file whose sync failed once tells nothing true any more.
        """
        text = b"".join(map(_line, saves))
        try:
            file = self._open()
            _write(file, text, self._end)
            os.fdatasync(file)
        except OSError:
            self._take_back()
            raise
        self._end += len(text)
        self._size = max(self._size, self._end)

    def append_each(self, saves: Sequence[Save]) -> tuple[list[Save], OSError | None]:
        """Append them all at once; where that is refused, each alone, so that one that is too large holds no other up.
        What was refused, and why.
        """
        try:
            self.append(saves)
        except OSError as error:
            refused, why = [*saves], error
        else:
            return [], None
        if len(saves) == 1:
            return refused, why
        refused = []
        for save in saves:
            try:
                self.append([save])
            except OSError as error:
                refused.append(save)
                why = error
        return refused, why

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
                _write(file, b"\n" * ROOM, self._size)
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
        try:
            lines = filter(None, self.path.read_bytes().split(b"\n"))
        except FileNotFoundError:
            return
        for line in lines:
            save = _parse(line)
            if save:
                yield save

    def kept(self) -> Kept:
        """What a restart goes on from."""
        return what_was_kept(self.read())


def is_human(save: Save) -> bool:
    """Whether the record holds a human act, which the journal keeps; the watch's heartbeats it does not."""
    return any(type(row) is not Watch for row in save.rows)


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


def _write(file: int, text: bytes, at: int) -> None:
    while text:
        written = os.pwrite(file, text, at)
        text, at = text[written:], at + written


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
