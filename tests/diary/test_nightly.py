"""The backups of a device that runs, beside its writer: made when due, told when they fail, gone with all the rest."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from bedside.diary.backups import FOLDER, Kind, listed, path_of
from bedside.diary.making import make, records_in_diary_alone
from bedside.diary.nightly import AGAIN_SECONDS, Nightly
from bedside.diary.wiping import LEFTOVERS_MARKER, MARKER
from bedside.night.events import Moment, Saved
from bedside.night.habits import Habits
from tests.diary.damages import damage, small_card
from tests.diary.test_writer import LONG, Desk

NOON = Moment("boot", 1000.0, datetime(2026, 1, 11, 12, 30, tzinfo=UTC))
DAY = date(2026, 1, 11)


class Told:
    """What is told of the part `backup`, waited for."""

    def __init__(self) -> None:
        self.said: Queue[tuple[bool, str]] = Queue()

    def __call__(self, part: str, well: bool, says: str, remedy: str) -> None:
        assert part == "backup"
        assert bool(remedy) is not well
        self.said.put((well, says))

    def next(self) -> tuple[bool, str]:
        return self.said.get(timeout=LONG)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "data"
    folder.mkdir()
    desk = Desk(folder)
    desk.moment = NOON
    yield desk
    desk.writer.close()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def nightly(desk: Desk, told: Told) -> Iterator[Nightly]:
    made = Nightly(desk.folder, desk.writer, told, now=lambda: desk.moment, habits=Habits, zone=lambda: UTC)
    yield made
    made.close()


def names(desk: Desk) -> list[str]:
    return [backup.name for backup in listed(desk.folder / FOLDER)]


def made(nightly: Nightly, told: Told) -> tuple[bool, str]:
    """Look, and wait for what is told of the one that is made; it has ended then, or soon will."""
    nightly.look()
    said = told.next()
    if nightly._thread:
        nightly._thread.join()
    return said


def test_both_are_made_at_noon_one_after_the_other_and_told_once(desk: Desk, nightly: Nightly, told: Told) -> None:
    desk.open()
    desk.keep("1")
    desk.answer()
    assert made(nightly, told) == (True, "The newest backup is of 2026-01-11.")
    assert names(desk) == ["people-2026-01-11.db"]
    nightly.look()
    while len(names(desk)) < 2:
        pass
    nightly.close()
    nightly.look()
    assert names(desk) == ["everything-2026-01-11.db", "people-2026-01-11.db"]
    assert told.said.empty()


@pytest.mark.parametrize(
    "moment",
    [
        NOON.at(NOON.since_boot + 10 * 3600),
        Moment("boot", 1000.0, NOON.wall, trusted=False),
    ],
    ids=["at night", "by a clock that was not set"],
)
def test_nothing_is_made_at_another_time(desk: Desk, nightly: Nightly, moment: Moment) -> None:
    desk.open()
    desk.moment = moment
    nightly.look()
    assert nightly._thread is None


def test_before_there_is_a_diary_there_is_nothing_to_back_up(desk: Desk, nightly: Nightly, told: Told) -> None:
    nightly.look()
    assert (nightly._thread, told.said.empty()) == (None, True)


def test_the_newest_is_told_after_a_start_at_which_none_is_due(desk: Desk, nightly: Nightly, told: Told) -> None:
    desk.open()
    for kind in Kind:
        make(desk.path, kind, DAY)
    nightly.look()
    nightly.look()
    assert told.next() == (True, "The newest backup is of 2026-01-11.")
    assert told.said.empty()


def test_a_card_without_room_is_told_and_is_over_once_there_is_room(desk: Desk, nightly: Nightly, told: Told) -> None:
    desk.open()
    desk.close()
    with small_card(desk.folder, 4_000_000):
        well, says = made(nightly, told)
        assert not well
        assert "could not be backed up. There is too little room" in says
        nightly.look()  # not at once again
        assert told.said.empty()
    desk.moment = NOON.at(NOON.since_boot + 60)
    assert made(nightly, told) == (True, "The newest backup is of 2026-01-11.")


def test_a_damaged_diary_that_a_backup_finds_is_put_back_and_backed_up_again(
    desk: Desk, nightly: Nightly, told: Told
) -> None:
    desk.keep("1")
    desk.open()
    desk.close()
    make(desk.path, Kind.EVERYTHING, DAY - timedelta(days=1))
    damage(desk.path, "a damaged page in the middle")
    again = Desk(desk.folder)
    again.moment = NOON
    again.open()
    second = Nightly(desk.folder, again.writer, told, now=lambda: again.moment, habits=Habits, zone=lambda: UTC)
    well, says = made(second, told)
    assert (well, "is damaged" in says) == (False, True)
    while "This is the backup of 2026-01-10." not in again.report().says:
        pass
    again.moment = NOON.at(NOON.since_boot + AGAIN_SECONDS)
    assert made(second, told)[0]
    again.close()
    assert again.pressed() == ["1"]


def test_what_is_being_made_when_everything_is_deleted_is_gone_too_and_the_next_is_made_anew(
    desk: Desk, nightly: Nightly, told: Told
) -> None:
    desk.open()
    desk.keep("secret")
    desk.answer()
    wiped: Queue[bool] = Queue()
    nightly.look()
    desk.writer.wipe(wiped.put)
    assert wiped.get(timeout=LONG)
    assert not (desk.folder / FOLDER).exists()
    while not told.said.empty():
        told.next()
    new = Event()
    desk.writer.after(new.set)
    assert new.wait(LONG)
    assert made(nightly, told) == (True, "The newest backup is of 2026-01-11.")
    assert not [path for path in desk.folder.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]


@pytest.mark.parametrize("marker", [MARKER, LEFTOVERS_MARKER])
def test_while_something_is_still_to_be_deleted_nothing_is_made(desk: Desk, nightly: Nightly, marker: str) -> None:
    desk.open()
    (desk.folder / marker).touch()
    nightly.look()
    assert nightly._thread is None


def month_by_month(desk: Desk, nightly: Nightly, told: Told, months: int) -> Iterator[int]:
    """Live on, a month at a time, with the backups that are due made."""
    for month in range(months):
        desk.moment = replace(NOON, wall=NOON.wall + timedelta(days=31 * month), since_boot=1000.0 + month * 2678400.0)
        desk.keep(f"{month}")
        desk.answer()
        yield month
        until = [path_of(desk.folder / FOLDER, kind, DAY + timedelta(days=31 * month)) for kind in Kind]
        while not all(path.exists() for path in until):
            nightly.look()
            if nightly._thread:
                nightly._thread.join()


def test_once_two_months_are_backed_up_the_journal_forgets_what_is_in_both(
    desk: Desk, nightly: Nightly, told: Told
) -> None:
    desk.open()
    found: list[list[str]] = []
    for _ in month_by_month(desk, nightly, told, 4):
        found.append(desk.journaled())
    desk.close()
    assert found == [["0"], ["0", "1"], ["1", "2"], ["1", "2", "3"]]  # what the newest press is told by stays
    assert desk.pressed() == ["0", "1", "2", "3"]


def test_a_call_that_ends_it_waits_for_what_is_being_made(desk: Desk, nightly: Nightly, told: Told) -> None:
    desk.open()
    nightly.look()
    nightly.close()
    assert not list((desk.folder / FOLDER).glob("*.part*"))
    nightly.look()
    assert nightly._thread is None or not nightly._thread.is_alive()


def refused_by_the_journal(desk: Desk, record: str) -> None:
    """The diary alone has it when the power goes: the journal refuses it all the while, and the next one lacks it."""
    journal = desk.folder / "journal"
    journal.rename(desk.folder / "kept")
    journal.mkdir()
    desk.open()
    desk.keep(record)
    assert desk.answer().record == record
    desk.close()
    journal.rmdir()
    (desk.folder / "kept").rename(journal)


@pytest.mark.parametrize("everything_since", [0, 3])
def test_what_the_diary_alone_has_after_a_start_is_backed_up_at_once_and_comes_back(
    desk: Desk, nightly: Nightly, told: Told, everything_since: int
) -> None:
    desk.keep("1")
    desk.open()
    desk.close()
    make(desk.path, Kind.PEOPLE, DAY)
    make(desk.path, Kind.EVERYTHING, DAY - timedelta(days=everything_since))
    refused_by_the_journal(Desk(desk.folder), "2")
    assert desk.journaled() == ["1"]
    nightly.look()
    assert nightly._thread
    nightly._thread.join()
    assert len(names(desk)) == 2
    assert not records_in_diary_alone(desk.path, desk.folder / "journal")
    desk.path.unlink()
    again = Desk(desk.folder)
    again.writer.start()
    again.well()
    again.close()
    assert again.pressed() == ["1", "2"]


def test_where_the_journal_or_a_backup_has_it_all_no_other_backup_is_made(
    desk: Desk, nightly: Nightly, told: Told
) -> None:
    desk.keep("1")
    desk.open()
    for kind in Kind:
        make(desk.path, kind, DAY)
    desk.keep("2")
    desk.answer()
    before = {path: path.stat().st_ino for path in (desk.folder / FOLDER).iterdir()}
    for _ in range(2):
        nightly.look()
        if nightly._thread:
            nightly._thread.join()
    assert {path: path.stat().st_ino for path in (desk.folder / FOLDER).iterdir()} == before


def test_a_backup_that_hangs_on_the_card_holds_no_press_up_when_everything_is_deleted(
    desk: Desk, nightly: Nightly, told: Told, tmp_path: Path
) -> None:
    desk.keep("secret")
    desk.open()
    for kind in Kind:
        make(desk.path, kind, DAY)
    journal = desk.folder / "journal"
    journal.unlink()
    os.mkfifo(journal)
    (tmp_path / "other end").hardlink_to(journal)
    nightly.look()  # it reads the journal, which does not answer
    assert nightly._thread
    assert nightly._thread.is_alive()
    wiped: Queue[bool] = Queue()
    desk.writer.wipe(wiped.put)
    assert wiped.get(timeout=LONG) is False
    desk.keep("after")
    while desk.answer() != Saved(NOON, "after"):
        pass
    assert desk.journaled() == ["after"]
    late = path_of(desk.folder / FOLDER, Kind.PEOPLE, DAY)
    late.parent.mkdir(exist_ok=True)
    late.write_text("secret")
    (tmp_path / "other end").write_bytes(b"")
    nightly._thread.join(LONG)
    assert wiped.get(timeout=LONG) is True
    desk.close()
    assert desk.pressed() == desk.journaled() == ["after"]
    assert not [path for path in desk.folder.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]


def test_a_backup_that_hangs_on_the_card_does_not_keep_the_program_from_ending(
    desk: Desk, nightly: Nightly, tmp_path: Path
) -> None:
    desk.keep("1")
    desk.open()
    make(desk.path, Kind.PEOPLE, DAY)
    make(desk.path, Kind.EVERYTHING, DAY)
    journal = desk.folder / "journal"
    journal.unlink()
    os.mkfifo(journal)
    (tmp_path / "other end").hardlink_to(journal)
    nightly.look()
    assert nightly._thread
    nightly.close(0.0)
    assert nightly._thread.is_alive()
    (tmp_path / "other end").write_bytes(b"")
    nightly._thread.join(LONG)
    assert not nightly._thread.is_alive()


def test_a_diary_that_has_no_tables_yet_is_waited_for(desk: Desk, nightly: Nightly, told: Told) -> None:
    with closing(sqlite3.connect(desk.path)) as new:
        new.execute("pragma journal_mode = wal")
        nightly.look()
        assert nightly._thread is None
    assert desk.open().well
    nightly.look()
    assert told.next() == (True, f"The newest backup is of {DAY}.")
