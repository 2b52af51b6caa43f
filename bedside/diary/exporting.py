"""The diary as files that other programs read: all of it as JSON or SQLite, cramps and nights as tables for a sheet.

Whatever is read is the diary of one moment, read as it is taken away: a diary of ten years is never in memory at once.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, tzinfo
from pathlib import Path
from typing import IO, Any, Self

from bedside.catalogue import _
from bedside.diary.errors import DiaryError
from bedside.diary.exported import KEYS, READING, READINGS, VERSION
from bedside.diary.opening import opened, unreadable
from bedside.diary.reader import Reader
from bedside.diary.sheets import cramp_lines, night_lines

BLOCK = 64 * 1024
SUFFIXES = (".csv", ".json", ".db")

_READINGS = (
    "select boot, start, mean_celsius, low_celsius, high_celsius, samples, trusted from readings order by start, boot"
)


class Export:
    """The diary at the moment this is made. To be closed, or used with `with`, by the thread that made it; what its
    methods give is read from the diary while it is taken.
    """

    def __init__(self, path: Path) -> None:
        """Raises DiaryError where there is no diary that can be read."""
        self._connection, self._cursors = opened(path), list[sqlite3.Cursor]()
        try:
            self._connection.execute("begin")
            self._connection.execute(
                "select 1 from cramps limit 1"
            ).fetchall()  # what is written from now on is not seen
        except sqlite3.Error as error:
            self.close()
            raise unreadable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the diary go."""
        for cursor in self._cursors:
            cursor.close()  # else one that was left in the midst would hold it
        self._connection.close()

    def as_json(self, made: datetime) -> Iterator[bytes]:
        """All that people told and the device knows, but for the phones: what can be brought in again."""
        return _in_blocks(self._json(made))

    def cramps(self, zone: tzinfo) -> Iterator[bytes]:
        """A sheet of the cramps, one in a row."""
        return _in_blocks(
            cramp_lines(Reader(self._connection), self._rows("select * from entries order by onset, id"), zone)
        )

    def nights(self, now: datetime, zone: tzinfo) -> Iterator[bytes]:
        """A sheet of the nights that are over, one in a row."""
        return _in_blocks(night_lines(Reader(self._connection), now, zone))

    def _json(self, made: datetime) -> Iterator[str]:
        yield f'{{"bedside":{VERSION},"made":{_text(made.isoformat(timespec="seconds"))},"tables":{{'
        for table, key in KEYS.items():
            yield f"\n{_text(table)}:["
            yield from _listed(_text(dict(row)) for row in self._rows(f"select * from {table} order by {key}"))
            yield "\n],"
        boots = {
            boot: place for place, (boot,) in enumerate(self._rows("select distinct boot from readings order by 1"))
        }
        yield f'\n{_text(READINGS)}:{{"boots":{_text(list(boots))},"columns":{_text(READING)},"rows":['
        yield from _listed(_text([boots[boot], _seconds(start), *rest]) for boot, start, *rest in self._rows(_READINGS))
        yield "\n]}}}\n"

    def _rows(self, query: str) -> Iterator[Any]:
        cursor = self._connection.cursor()
        self._cursors.append(cursor)
        cursor.row_factory = sqlite3.Row
        return cursor.execute(query)


def copied(path: Path) -> IO[bytes]:
    """A copy of the whole diary as one SQLite file, without the phones; gone from the disk once it is closed.

    Raises DiaryError.
    """
    with closing(opened(path)) as diary:
        try:
            with tempfile.TemporaryDirectory(prefix="bedside-") as folder:
                copy = Path(folder) / "diary.db"
                with closing(sqlite3.connect(copy, isolation_level=None)) as target:
                    diary.backup(target)
                    target.execute("pragma journal_mode = delete")  # else it is three files to whoever opens it
                    for table in ("phones", "unjournaled"):  # which may have some, too
                        target.execute(f"delete from {table}")
                    target.execute("vacuum")  # what was deleted would stay in the file
                return copy.open("rb")
        except (sqlite3.Error, OSError) as error:
            raise DiaryError(_("The diary cannot be copied just now (%(error)s).", error=error)) from error


def save(diary: Path, file: Path, now: datetime, zone: tzinfo, *, nights: bool = False) -> None:
    """Write the diary into a file that is not there yet; its name says as what. Raises OSError with a sentence."""
    if file.suffix not in SUFFIXES:
        raise OSError(_("%(file)s: the name has to end in .csv, .json or .db.", file=file))
    try:
        with file.open("xb") as out:
            try:
                out.writelines(_read(diary, file.suffix, now, zone, nights=nights))
            except BaseException:
                file.unlink()
                raise
    except FileExistsError:
        raise OSError(_("%(file)s is there already. Choose another name.", file=file)) from None


def _read(diary: Path, suffix: str, now: datetime, zone: tzinfo, *, nights: bool) -> Iterator[bytes]:
    if suffix == ".db":
        with copied(diary) as copy:
            yield from blocks(copy)
        return
    with Export(diary) as export:
        if suffix == ".json":
            yield from export.as_json(now)
        else:
            yield from export.nights(now, zone) if nights else export.cramps(zone)


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The file's bytes, block by block."""
    return iter(lambda: file.read(BLOCK), b"")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _seconds(start: str) -> int | float:
    seconds = datetime.fromisoformat(start).timestamp()
    return int(seconds) if seconds.is_integer() else seconds


def _listed(rows: Iterable[str]) -> Iterator[str]:
    between = "\n"
    for row in rows:
        yield between + row
        between = ",\n"


def _in_blocks(lines: Iterable[str]) -> Iterator[bytes]:
    """The lines in pieces that are worth sending."""
    gathered, size = [], 0
    for line in lines:
        gathered.append(line)
        size += len(line)
        if size >= BLOCK:
            yield "".join(gathered).encode()
            gathered, size = [], 0
    if gathered:
        yield "".join(gathered).encode()
