"""A diary of every version that was ever given out, brought up to date, and the process killed at every statement."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from itertools import count, islice
from pathlib import Path

import pytest
from sqlite_utils import Database

from bedside.diary.copying import NoRoomError, verify
from bedside.diary.migrations import NAMES, migrations
from bedside.diary.schema import bring_up_to_date
from bedside.diary.store import Diary
from bedside.diary.upgrading import keeping, upgrade
from bedside.night.events import WIRE
from tests.diary.damages import rows, small_card

OLDER = range(1, len(NAMES))


def of_version(path: Path, number: int) -> None:
    """A diary as the program of that version left it, with a row in what each version has."""
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection), stop_before=NAMES[number : number + 1])
        connection.execute("insert into stretches (evening, state, asks) values ('2026-01-09', 'completed', 1)")
        connection.execute("insert into replayed values ('old')")
        connection.commit()
        connection.execute("pragma journal_mode = wal")


def schema(path: Path) -> list[tuple[object, ...]]:
    return rows(path, "select type, name, sql from sqlite_master where sql is not null order by type, name")


def versions(path: Path) -> list[str]:
    return [str(name) for (name,) in rows(path, "select name from _sqlite_migrations order by id")]


def killed_at(path: Path, statement: int) -> bool:
    """Bring the diary up to date in another process, which is killed at that statement; False if it ended before."""
    child = os.fork()
    if child == 0:
        try:
            seen = count(1)
            connection = sqlite3.connect(path)
            connection.execute("pragma journal_mode = wal")
            connection.set_trace_callback(
                lambda _: os.kill(os.getpid(), signal.SIGKILL) if next(seen) == statement else None
            )
            bring_up_to_date(Database(connection))
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.parametrize("number", [pytest.param(n, marks=pytest.mark.slow) for n in OLDER[:-1]] + [OLDER[-1]])
def test_an_upgrade_that_is_killed_at_any_statement_leaves_the_version_before(tmp_path: Path, number: int) -> None:
    before, path = tmp_path / "before.db", tmp_path / "diary.db"
    of_version(before, number)
    was = schema(before)
    for statement in count(1):
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        shutil.copy(before, path)
        if not killed_at(path, statement):
            break
        assert (versions(path), schema(path)) == (list(NAMES[:number]), was), statement
    assert statement > 5
    assert versions(path) == list(NAMES)


@pytest.mark.parametrize("number", OLDER)
def test_every_version_becomes_the_newest_and_keeps_what_is_in_it(tmp_path: Path, number: int) -> None:
    of_version(tmp_path / "diary.db", number)
    Diary(tmp_path / "new.db").close()
    upgrade(tmp_path / "diary.db")
    assert versions(tmp_path / "diary.db") == list(NAMES)
    assert rows(tmp_path / "diary.db", "select evening from stretches") == [("2026-01-09",)]
    assert {one[:2] for one in schema(tmp_path / "diary.db")} == {one[:2] for one in schema(tmp_path / "new.db")}


def test_every_press_from_before_there_were_other_buttons_was_one_on_the_wire(tmp_path: Path) -> None:
    of_version(tmp_path / "diary.db", NAMES.index("buttons"))
    with closing(sqlite3.connect(tmp_path / "diary.db")) as connection:
        connection.execute("insert into presses values ('p', '', 'boot', 1.0, 1, 'quiet', '', null, null, 0, 0)")
        connection.commit()
    upgrade(tmp_path / "diary.db")
    assert rows(tmp_path / "diary.db", "select id, button from presses") == [("p", WIRE)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    of_version(folder / "diary.db", 3)
    return folder / "diary.db"


def test_the_diary_before_is_kept_whole_and_of_those_the_newest_alone(path: Path) -> None:
    path.with_name("diary.db.version-2").write_text("older")
    upgrade(path)
    (kept,) = path.parent.glob("diary.db.*")
    assert kept.name == "diary.db.version-3"
    verify(kept, {"replayed": 1, "stretches": 1})
    assert versions(kept) == list(NAMES[:3])


@pytest.mark.parametrize("number", range(1, 5))
def test_a_power_cut_while_it_is_kept_loses_neither_the_diary_nor_the_copy_before(path: Path, number: int) -> None:
    older = path.with_name("diary.db.version-2")
    older.write_text("older")
    list(islice(keeping(path), number))
    assert versions(path) == list(NAMES[:3])
    assert older.exists() or path.with_name("diary.db.version-3").exists()
    upgrade(path)
    assert [kept.name for kept in path.parent.glob("diary.db.*")] == ["diary.db.version-3"]


def test_without_room_for_the_copy_the_diary_stays_as_it_is(path: Path) -> None:
    with small_card(path.parent, 3_000_000):
        with pytest.raises(NoRoomError, match="too little room"):
            upgrade(path)
        assert versions(path) == list(NAMES[:3])
        assert not list(path.parent.glob("diary.db.*"))


def test_what_is_of_our_version_is_neither_copied_nor_changed(tmp_path: Path) -> None:
    Diary(tmp_path / "diary.db").close()
    Diary(tmp_path / "diary.db", upgrades=False).close()
    assert [path.name for path in tmp_path.iterdir()] == ["diary.db"]
