"""Backups on real files: what is in them, what a power cut leaves, and what is never lost."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from bedside.diary.backups import FOLDER, KEPT, Kind, listed, path_of
from bedside.diary.copying import NoRoomError, StoppedError, verify
from bedside.diary.errors import DamagedDiaryError
from bedside.diary.journal import Journal
from bedside.diary.making import make, records_in_every_backup, steps
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.night.events import Moment
from tests.diary.damages import damage, rows, small_card
from tests.diary.rows import check_in, ended, file_limit, phone, press, save, watch

DAY = date(2026, 1, 10)
NOW = Moment("boot", 99999.0, datetime(2026, 1, 12, 13, tzinfo=UTC))
READINGS = [
    Aggregate(
        "boot", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * number), 5, 17.0, 16.5, 17.5, trusted=True
    )
    for number in range(2000)
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "diary.db"


@pytest.fixture
def diary(path: Path) -> Iterator[Diary]:
    """A diary in use, with a row of most kinds and some days of temperatures."""
    diary = Diary(path)
    diary.apply([save("1", press("p"), ended("c"), phone(), check_in()), save("beat", watch())], READINGS)
    while diary.tidy(NOW, UTC):
        pass
    yield diary
    diary.close()


def tables(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    names = [str(name) for (name,) in rows(path, "select name from sqlite_master where type = 'table'")]
    return {name: int(str(rows(path, f"select count(*) from {name}")[0][0])) for name in names}


def schema(path: Path) -> list[tuple[object, ...]]:
    return rows(path, "select type, name, sql from sqlite_master where sql is not null order by type, name")


def test_every_day_all_but_the_temperatures_is_copied_while_the_diary_is_written(diary: Diary, path: Path) -> None:
    make(path, Kind.PEOPLE, DAY)
    diary.apply([save("2")])
    (made,) = listed(path.parent / FOLDER)
    of_diary, of_backup = tables(path), tables(made.path)
    assert of_diary["readings"]
    assert of_diary["nights"]
    assert of_backup == of_diary | {"readings": 0, "nights": 0, "presses": 1, "replayed": 1}
    assert schema(made.path) == schema(path)
    make(path, Kind.EVERYTHING, DAY)
    assert made.size * 1.5 < listed(path.parent / FOLDER)[0].size


def test_every_month_all_of_it_is_copied_and_the_copy_is_a_diary(diary: Diary, path: Path) -> None:
    make(path, Kind.EVERYTHING, DAY)
    (made,) = listed(path.parent / FOLDER)
    for table in tables(path):
        assert rows(made.path, f"select * from {table}") == rows(path, f"select * from {table}"), table
    again = Diary(made.path)
    again.apply([save("2")])
    again.close()


def test_it_is_the_diary_of_one_moment_whatever_is_written_meanwhile(diary: Diary, path: Path) -> None:
    """Rows of two tables that always have as many rows: so they have in every copy."""
    over = threading.Event()

    def write() -> None:
        other = Diary(path)
        number = 0
        while not over.is_set():
            number += 1
            other.apply([save(f"w{number}", press(f"w{number}"), ended(f"w{number}"))])
        other.close()

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(10):
            make(path, Kind.PEOPLE, DAY + timedelta(days=number))
    finally:
        over.set()
        writing.join()
    for made in listed(path.parent / FOLDER):
        found = tables(made.path)
        assert found["presses"] == found["cramps"] == found["replayed"], made.name


def names(path: Path) -> list[str]:
    return [backup.name for backup in listed(path.parent / FOLDER)]


@pytest.mark.parametrize("number", range(1, 8))
def test_a_power_cut_after_any_step_loses_no_backup_and_what_it_left_is_swept(
    diary: Diary, path: Path, number: int
) -> None:
    for day in range(KEPT[Kind.PEOPLE]):
        path_of(path.parent / FOLDER, Kind.PEOPLE, DAY - timedelta(days=day + 1)).parent.mkdir(exist_ok=True)
        path_of(path.parent / FOLDER, Kind.PEOPLE, DAY - timedelta(days=day + 1)).write_text("older")
    before = names(path)
    taken = list(islice(steps(path, Kind.PEOPLE, DAY), number))
    now = names(path)
    assert set(before[:-1]) <= set(now), taken
    if before[-1] not in now:
        verify(path_of(path.parent / FOLDER, Kind.PEOPLE, DAY))
    make(path, Kind.PEOPLE, DAY)
    assert names(path) == ["people-2026-01-10.db", *before[:-1]]
    assert not list((path.parent / FOLDER).glob("*.part*"))


def test_the_steps_are_no_more_than_these_tests_cut_off(diary: Diary, path: Path) -> None:
    assert len(list(steps(path, Kind.PEOPLE, DAY))) < 7


def test_the_oldest_goes_once_the_new_one_is_whole_and_of_its_kind_alone(diary: Diary, path: Path) -> None:
    make(path, Kind.EVERYTHING, DAY - timedelta(days=300))
    for day in range(KEPT[Kind.PEOPLE] + 2):
        make(path, Kind.PEOPLE, DAY + timedelta(days=day))
    found = names(path)
    assert len(found) == KEPT[Kind.PEOPLE] + 1
    assert (found[0], found[-2:]) == ("people-2026-01-25.db", ["people-2026-01-12.db", "everything-2025-03-16.db"])


def test_a_full_card_is_told_with_what_to_free_and_nothing_is_half_there(path: Path, tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    Diary(card / "diary.db").close()
    with small_card(card, 4_000_000):
        with pytest.raises(NoRoomError, match=r"There is too little room in .*backups\. Free 1\d\.\d MB\."):
            make(card / "diary.db", Kind.PEOPLE, DAY)
        assert list((card / FOLDER).iterdir()) == []


def test_a_card_that_fills_up_half_way_leaves_no_half_backup_and_the_older_ones(diary: Diary, path: Path) -> None:
    make(path, Kind.PEOPLE, DAY)
    with file_limit(60_000), pytest.raises(OSError, match=r"The card gives errors|The disk is full"):
        make(path, Kind.EVERYTHING, DAY)
    assert [file.name for file in (path.parent / FOLDER).iterdir()] == ["people-2026-01-10.db"]


def test_a_damaged_diary_is_found_and_no_backup_is_made_of_it_nor_any_lost(path: Path) -> None:
    made = Diary(path)
    made.apply([save("1")], READINGS)
    made.close()
    make(path, Kind.PEOPLE, DAY)
    damage(path, "a damaged page in the middle")  # among the temperatures, which are not in it
    with pytest.raises(DamagedDiaryError, match="is damaged"):
        make(path, Kind.PEOPLE, DAY + timedelta(days=1))
    assert [file.name for file in (path.parent / FOLDER).iterdir()] == ["people-2026-01-10.db"]


def test_a_backup_that_is_not_wanted_any_more_ends_at_once_and_leaves_nothing(diary: Diary, path: Path) -> None:
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 1

    with pytest.raises(StoppedError):
        make(path, Kind.EVERYTHING, DAY, stop)
    assert list((path.parent / FOLDER).iterdir()) == []


def test_a_copy_that_has_not_every_row_is_not_taken_for_whole(diary: Diary, path: Path) -> None:
    make(path, Kind.EVERYTHING, DAY)
    (made,) = listed(path.parent / FOLDER)
    with closing(sqlite3.connect(made.path)) as other, other:
        other.execute("delete from presses")
    with pytest.raises(DamagedDiaryError, match="has not all that is in the diary"):
        verify(made.path, {"presses": 1})


# --- what the journal need not keep ---


def keep(diary: Diary, path: Path, *records: str) -> None:
    saves = [save(record) for record in records]
    journal = Journal(path.parent / "journal")
    journal.append(saves)
    journal.close()
    diary.apply(saves)


def forgotten(path: Path) -> set[str]:
    return set(records_in_every_backup(path, path.parent / "journal"))


def test_what_two_backups_of_everything_and_the_diary_have_need_not_be_in_the_journal(diary: Diary, path: Path) -> None:
    keep(diary, path, "a")
    make(path, Kind.EVERYTHING, DAY)
    assert forgotten(path) == set()  # one alone may be damaged the next day
    keep(diary, path, "b")
    make(path, Kind.EVERYTHING, DAY + timedelta(days=31))
    keep(diary, path, "c")
    make(path, Kind.PEOPLE, DAY + timedelta(days=32))
    assert forgotten(path) == {"a"}
    make(path, Kind.EVERYTHING, DAY + timedelta(days=62))
    assert forgotten(path) == {"a"}


def test_a_damaged_backup_does_not_count(diary: Diary, path: Path) -> None:
    keep(diary, path, "a")
    for month in range(2):
        make(path, Kind.EVERYTHING, DAY + timedelta(days=31 * month))
    damage(path_of(path.parent / FOLDER, Kind.EVERYTHING, DAY), "zeroed")
    assert forgotten(path) == set()


def test_what_is_in_the_backups_and_not_in_the_diary_stays_in_the_journal(diary: Diary, path: Path) -> None:
    keep(diary, path, "a", "b")
    for month in range(2):
        make(path, Kind.EVERYTHING, DAY + timedelta(days=31 * month))
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("delete from replayed where record = 'b'")
    assert forgotten(path) == {"a"}
