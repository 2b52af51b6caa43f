"""Delete everything, in a real household on mock pins: what goes, what holds from then on, and presses meanwhile."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.daemon import AnewAsked
from bedside.deletion import Deletion
from bedside.diary.journal import Journal
from bedside.diary.wiping import LEFTOVERS_MARKER, MARKER, Deleted
from bedside.household import Household
from bedside.night.effects import Boot, Meaning, Phase, Press, Row, Save
from bedside.night.habits import Habits
from bedside.night.state import Rules
from bedside.settings import Folders, Settings
from bedside.surroundings import Surroundings
from tests.afternoon import hearing
from tests.diary.rows import NIGHT, chosen, ended, phone, press
from tests.files import files_with
from tests.homes import OTHER
from tests.test_habits import at_home

LONG = 60.0  # seconds that no test waits unless it fails
SECRET = "Anna's secret phone"


def lived_in(folder: Path) -> None:
    """What an earlier run has left: a night, other habits, a phone, and all kinds of files."""
    data, clips = folder / "data", folder / "cache/clips"
    (data / "backups").mkdir(parents=True)
    clips.mkdir(parents=True)
    rows: tuple[Row, ...] = (
        press("old press"), ended("old cramp"), replace(chosen(), habits=OTHER), phone(name=SECRET)
    )  # fmt: skip
    journal = Journal(data / "journal")
    journal.append([Save("old", NIGHT, rows)])
    journal.close()
    for path in (data / "backups/one.db", data / "diary.db.damaged-20250101-000000", clips / "ask-00.wav"):
        path.write_text(SECRET)


@contextmanager
def at_bed(folder: Path) -> Iterator[Household]:
    """A household that hears and keeps presses, in the afternoon, with no more than that; stopped at the end."""
    around = Surroundings(Folders(folder / "data", folder / "cache"), factory=MockFactory(pin_class=MockPWMPin))
    with hearing(Settings(), around) as household:
        yield household


def in_files(folder: Path) -> list[str]:
    """The files in which the secret stands."""
    return files_with(SECRET.encode(), folder)


def journaled(folder: Path, kind: type) -> list[Any]:
    return [row for save in Journal(folder / "data/journal").read() for row in save.rows if isinstance(row, kind)]


def in_diary(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "data/diary.db")) as other:
        return [value for (value,) in other.execute(query)]


def until(true: Callable[[], object]) -> None:
    over = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < over, "it never came"
        threading.Event().wait(0.005)


def finger(household: Household) -> Any:
    """The button's pin."""
    factory = household.around.factory
    assert isinstance(factory, MockFactory)
    return factory.pin(Settings().pin)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lived_in(tmp_path)
    return tmp_path


def test_all_that_was_kept_is_gone_and_no_start_brings_it_back(folder: Path) -> None:
    with at_bed(folder) as household:
        until((folder / "data/diary.db").exists)
        assert household.delete_everything() is Deleted.DONE
        assert in_files(folder) == []
    with at_bed(folder) as again:
        assert (again.habits, again.entrance.phones.all()) == (Habits(), ())
    assert in_files(folder) == []
    assert not [name for name in (MARKER, LEFTOVERS_MARKER) if (folder / "data" / name).exists()]
    for table in ("presses", "cramps", "habits", "phones"):
        assert in_diary(folder, f"select count(*) from {table}") == [0], table


def test_the_defaults_hold_at_once_and_no_phone_may_come_in(folder: Path) -> None:
    with at_home(folder) as household:
        assert household.habits == OTHER
        assert len(household.entrance.phones.all()) == 1
        until(lambda: household.rooms and household.rooms.timetable)
        assert household.delete_everything() is Deleted.DONE
        assert household.habits == Habits()
        assert household.entrance.phones.all() == ()
        until(lambda: household.daemon.rules.asks == Habits().asks)
        assert not household.daemon.rules.has_phone  # so that the next hold pairs at any hour
        assert household.daemon.rules.glow
        assert household.rooms
        assert household.rooms.timetable
        assert household.rooms.timetable.reminders == Habits().reminders


def test_the_boot_is_written_down_again_since_later_times_are_counted_by_it(folder: Path) -> None:
    with at_bed(folder) as household:
        assert household.delete_everything() is Deleted.DONE
    boots = journaled(folder, Boot)
    assert boots
    assert {boot.id for boot in boots} == {household.clock.now().boot}


def test_habits_and_phones_of_afterwards_are_kept(folder: Path) -> None:
    with at_bed(folder) as household:
        assert household.delete_everything() is Deleted.DONE
        assert household.choose(Habits(asks=1))
        token = household.entrance.phones.pair("New", "localhost")
    with at_bed(folder) as again:
        assert again.habits == Habits(asks=1)
        assert again.entrance.phones.visit(token)
    assert in_diary(folder, "select name from phones") == ["New"]


def test_a_press_before_it_keeps_it_from_beginning_and_nothing_is_changed(folder: Path) -> None:
    with at_bed(folder) as household:
        finger(household).drive_low()
        finger(household).drive_high()
        assert household.delete_everything() is Deleted.BUSY
        assert household.habits == OTHER
        assert len(household.entrance.phones.all()) == 1
        until(lambda: len(journaled(folder, Press)) >= 2)
    assert next(row.id for row in journaled(folder, Press)) == "old press"


def test_a_press_after_it_begins_a_cramp_and_is_kept(folder: Path) -> None:
    with at_bed(folder) as household:
        assert household.delete_everything() is Deleted.DONE
        finger(household).drive_low()
        until(lambda: journaled(folder, Press))
        finger(household).drive_high()
        assert household.daemon.night.phase is Phase.CRAMPING
    assert journaled(folder, Press)[0].meaning is Meaning.BEGAN
    assert in_diary(folder, "select meaning from presses") == [Meaning.BEGAN.value]
    assert in_diary(folder, "select count(*) from cramps") == [1]


@pytest.mark.parametrize("pause", [0.0, 0.001, 0.003, 0.01, 0.03, 0.1])
def test_a_press_at_any_moment_of_it_is_kept(folder: Path, pause: float) -> None:
    """It comes first, and nothing is deleted, or it comes second, and is the first press of the new diary."""
    came: SimpleQueue[Deleted] = SimpleQueue()
    with at_bed(folder) as household:
        until(lambda: household.daemon.night.listening)
        deleting = threading.Thread(target=lambda: came.put(household.delete_everything()))
        deleting.start()
        threading.Event().wait(pause)
        finger(household).drive_low()
        deleting.join(LONG)
        finger(household).drive_high()
        until(lambda: household.daemon.night.phase is Phase.CRAMPING)
    ids = in_diary(folder, "select id from presses where id != 'old press'")
    assert len(ids) == 1
    assert {row.id for row in journaled(folder, Press)} - {"old press"} == set(ids)
    deleted = came.get() is Deleted.DONE
    assert (in_files(folder) == []) is deleted
    assert ("old press" in in_diary(folder, "select id from presses")) is not deleted


def test_what_cannot_be_deleted_yet_is_told_presses_wait_for_it_and_the_next_start_finishes_it(folder: Path) -> None:
    stuck = folder / "data/diary.db.damaged-x/stuck"
    stuck.mkdir(parents=True)
    with at_bed(folder) as household:
        assert household.delete_everything() is Deleted.NOT_YET
        assert household.entrance.phones.all() == ()
        until(lambda: any("still there" in part.says for part in household.daemon.parts.values()))
    assert (folder / "data" / MARKER).exists()
    with at_bed(folder) as again:  # still no better, and yet nothing comes back
        assert (again.habits, again.entrance.phones.all()) == (Habits(), ())
    stuck.rmdir()
    with at_bed(folder):
        pass
    assert in_files(folder) == []
    assert not (folder / "data" / MARKER).exists()


def test_a_start_after_a_power_cut_in_the_midst_finishes_it_before_anything_is_read(folder: Path) -> None:
    (folder / "data" / MARKER).touch()
    with at_bed(folder) as household:
        assert (household.habits, household.entrance.phones.all()) == (Habits(), ())
        assert in_files(folder) == []


# --- one deletion, by itself ---


@pytest.mark.parametrize("at_rest", [True, False])
def test_a_loop_that_does_not_answer_is_asked_no_more_and_deletes_nothing(at_rest: bool) -> None:
    asked: list[object] = []
    done: list[str] = []
    deletion = Deletion(lambda: done.append("forget"), lambda _: done.append("wipe"), lambda: None)
    assert not deletion.begins(asked.append, Rules(), patience=0)
    assert deletion.outcome(patience=0) is Deleted.NO_ANSWER
    (item,) = asked
    assert isinstance(item, AnewAsked)
    assert not (item.wipe() if at_rest else item.busy())
    assert done == []


def test_phones_are_forgotten_before_the_writer_is_told() -> None:
    done: list[str] = []

    def loop(item: object) -> None:
        assert isinstance(item, AnewAsked)
        assert item.wipe()

    deletion = Deletion(lambda: done.append("forget"), lambda _: done.append("wipe"), lambda: None)
    assert deletion.begins(loop, Rules())
    assert done == ["forget", "wipe"]
    assert deletion.outcome(patience=0) is Deleted.NOT_YET


def test_clips_are_made_anew_once_all_is_gone_however_late_and_whatever_that_brings() -> None:
    gone: list[str] = []
    tell: list[Callable[[bool], object]] = []

    def fail() -> None:
        gone.append("gone")
        raise RuntimeError("can't start new thread")

    def loop(item: object) -> None:
        assert isinstance(item, AnewAsked)
        item.wipe()

    deletion = Deletion(lambda: None, tell.append, fail)
    deletion.begins(loop, Rules())
    tell[0](False)
    assert (deletion.outcome(), gone) == (Deleted.NOT_YET, [])
    tell[0](True)
    assert gone == ["gone"]
