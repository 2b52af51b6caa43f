"""What a card does to a diary: each kind of damage, done to a real file; and too little room."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.diary.rows import little_room

PAGE = 4096


def _middle(whole: bytes) -> bytes:
    """A tree's page in the middle, so that what is before and behind it can be read."""
    at = len(whole) // PAGE // 2 * PAGE
    return whole[:at] + b"\xaa" * PAGE + whole[at + PAGE :]


DAMAGES: Mapping[str, Callable[[bytes], bytes]] = {
    "a damaged page in the middle": _middle,
    "cut short": lambda whole: whole[: len(whole) // 2],
    "cut to a stump": lambda whole: whole[:100],
    "emptied": lambda _whole: b"",
    "zeroed": lambda whole: bytes(len(whole)),
    "a wrong header": lambda whole: b"SQLite format 4\x00" + whole[16:],
}


def damage(path: Path, how: str) -> None:
    """Do it to a file that nobody has open."""
    path.write_bytes(DAMAGES[how](path.read_bytes()))


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """What another program finds."""
    with closing(sqlite3.connect(path)) as other:
        return other.execute(query).fetchall()


@contextmanager
def small_card(folder: Path, size: int) -> Iterator[None]:
    """Inside, the folder is a card of `size` bytes, which tells how much of it is free."""
    with little_room(folder, size):
        if not folder.is_mount():
            pytest.skip("no disk can be mounted here, and a limit on files leaves as much room as before")
        yield
