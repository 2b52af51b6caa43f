"""What the journal refused and the diary took: a restart goes on from it, the journal gets it, and nobody else does."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bedside.diary.backups import FOLDER, Kind, path_of
from bedside.diary.exporting import copied
from bedside.diary.journal import Journal
from bedside.diary.making import make
from bedside.diary.unjournaled import kept
from bedside.diary.writer import Writer
from bedside.night.events import Saved
from bedside.night.habits import Chosen, Habits
from bedside.night.phones import Phone
from tests.diary.rows import NIGHT, at, cramp, ended, evening, press
from tests.diary.test_writer import SHORT, Desk

PHONE = Phone("phone", "Anna's", "0" * 64, "bedside.local:8080", NIGHT, NIGHT)
OUT = replace(PHONE, out=True)


class Card:
    """Where the journal lies: it refuses what is written while `refuses`."""

    def __init__(self) -> None:
        self.refuses = False

    def write(self, file: int, text: bytes, at: int) -> int:
        if self.refuses:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return os.pwrite(file, text, at)


@pytest.fixture
def card() -> Card:
    return Card()


@pytest.fixture
def desk(tmp_path: Path, card: Card) -> Iterator[Desk]:
    desk = started_anew(tmp_path, card)
    yield desk
    desk.writer.close()


def started_anew(folder: Path, card: Card) -> Desk:
    """A writer after a start, as if nothing had been said to the one before it; not begun."""
    desk = Desk(folder)
    journal = Journal(folder / "journal", card.write)
    desk.writer = Writer(folder, desk._take, lambda: desk.moment, retry=SHORT, journal=journal)
    return desk


def refused(desk: Desk, card: Card) -> None:
    """A phone is let in; then the journal refuses the rest: a cramp, an ask, habits, and that the phone is put out."""
    desk.open()
    desk.keep("1", PHONE)
    assert desk.answer() == Saved(NIGHT, "1")
    card.refuses = True
    desk.keep("2", press("p"), cramp("c"), evening())
    desk.keep("3", Chosen(NIGHT, Habits(asks=1)), OUT)
    assert [desk.answer().record, desk.answer().record] == ["2", "3"]
    assert desk.journaled() == ["1"]


def besides(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as diary:
        return [record for (record,) in diary.execute("select record from unjournaled order by rowid")]


def test_a_restart_goes_on_from_what_the_diary_alone_has(desk: Desk, card: Card) -> None:
    refused(desk, card)
    found = started_anew(desk.folder, card).writer.kept()
    assert (found.cramp, found.press, found.evening) == (cramp("c"), press("p"), evening())
    assert found.habits == Habits(asks=1)
    assert found.phones == ()


def test_the_journal_gets_it_after_the_restart_and_then_it_is_kept_in_one_place(desk: Desk, card: Card) -> None:
    refused(desk, card)
    desk.close()
    card.refuses = False
    again = started_anew(desk.folder, card)
    found = again.writer.kept()
    again.open("c")
    again.keep("4", press("q", at(9)), ended("c", seconds=9))
    assert again.answer() == Saved(NIGHT, "4")
    again.close()
    assert again.journaled() == ["1", "2", "3", "4"]
    assert besides(again.path) == []
    assert again.pressed() == ["p", "q"]
    assert found.cramp == cramp("c")
    assert started_anew(desk.folder, card).writer.kept().cramp == ended("c", seconds=9)


def test_what_the_journal_has_by_now_is_not_taken_from_the_diary(desk: Desk, card: Card) -> None:
    """It got it, and the power went before the diary was told so."""
    refused(desk, card)
    journal = Journal(desk.folder / "journal")
    found, missing = kept(journal, desk.path)
    assert [save.record for save in missing] == ["2", "3"]
    journal.append(missing)
    assert kept(journal, desk.path) == (found, [])


def test_a_diary_that_cannot_be_read_at_the_start_keeps_nobody_from_starting(desk: Desk, card: Card) -> None:
    refused(desk, card)
    desk.close()
    desk.path.write_bytes(b"no diary" * 1000)
    again = started_anew(desk.folder, card)
    found = again.writer.kept()
    assert found.cramp is None
    assert found.phones == (PHONE,)


def test_neither_a_backup_nor_a_copy_for_other_programs_has_it(desk: Desk, card: Card, tmp_path: Path) -> None:
    refused(desk, card)
    day = date(2026, 1, 11)
    for kind in Kind:
        make(desk.path, kind, day)
        assert besides(path_of(desk.folder / FOLDER, kind, day)) == []
    assert besides(desk.path) == ["2", "3"]
    copy = tmp_path / "copy.db"
    with copied(desk.path) as taken:
        copy.write_bytes(taken.read())
    assert besides(copy) == []


def test_what_another_diary_that_is_put_back_has_of_it_is_forgotten_at_the_first_commit(desk: Desk, card: Card) -> None:
    refused(desk, card)
    desk.close()
    card.refuses = False
    (desk.folder / "journal").unlink()
    again = started_anew(desk.folder, card)  # which nobody asked what was kept
    again.open()
    again.close()
    assert besides(again.path) == []
