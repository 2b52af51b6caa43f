"""A backup put back in a real household on mock pins: what is in the diary then, and that no phone may come in."""

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from queue import Queue

import pytest

from bedside.diary.backups import FOLDER, Kind, listed
from bedside.diary.damaged import REPLACED, aside_name
from bedside.diary.making import make
from bedside.diary.restoring import prepare_wanted
from bedside.diary.store import Diary
from bedside.night.phones import Phone
from bedside.putting_back import NOT_THERE, NOT_YET, put_back
from tests.diary.damages import damage
from tests.diary.rows import NIGHT, save
from tests.test_deletion import at_bed, in_diary, journaled, lived_in, until
from tests.test_habits import at_home

LONG = 60.0  # seconds that no test waits unless it fails


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What an earlier run has left, a phone among it, with a backup that has a press more."""
    lived_in(tmp_path)
    data = tmp_path / "data"
    (data / "backups/one.db").unlink()
    diary = Diary(data / "diary.db")
    diary.apply([save("only in the backup")])
    make(data / "diary.db", Kind.PEOPLE, NIGHT.wall.date())
    diary.close()
    (data / "diary.db").unlink()
    Diary(data / "diary.db").close()
    return tmp_path


def name(folder: Path) -> str:
    return listed(folder / "data" / FOLDER)[0].name


def test_it_is_in_the_diary_with_what_the_journal_has_and_no_phone_may_come_in_then_or_after_a_start(
    folder: Path,
) -> None:
    with at_bed(folder) as household:
        assert len(household.entrance.phones.all()) == 1
        assert household.restore(name(folder)) == ""
        assert household.entrance.phones.all() == ()
        assert sorted(in_diary(folder, "select id from presses")) == ["old press", "only in the backup"]
    assert [phone.out for phone in journaled(folder, Phone)] == [False, True, True]
    with at_bed(folder) as again:
        assert again.entrance.phones.all() == ()


def test_where_the_power_goes_before_it_is_in_place_no_phone_may_come_in_after_the_start(folder: Path) -> None:
    data = folder / "data"
    prepare_wanted(
        data / "diary.db", data / FOLDER / name(folder), aside_name(data / "diary.db", REPLACED, NIGHT.wall), ()
    )
    with at_bed(folder) as household:
        assert household.entrance.phones.all() == ()
        until(lambda: "diary" in household.daemon.parts)
        assert sorted(in_diary(folder, "select id from presses")) == ["old press", "only in the backup"]
    assert [phone.out for phone in journaled(folder, Phone)] == [False, True]


def test_one_that_is_damaged_or_gone_changes_nothing_and_the_phones_may_come_in(folder: Path) -> None:
    with at_bed(folder) as household:
        until(lambda: in_diary(folder, "select id from presses"))
        assert household.restore("people-2020-01-01.db") == NOT_THERE
        assert household.restore("../diary.db") == NOT_THERE
        damage(folder / "data" / FOLDER / name(folder), "zeroed")
        assert "is not a database" in household.restore(name(folder))
        assert len(household.entrance.phones.all()) == 1
        assert in_diary(folder, "select id from presses") == ["old press"]


def test_where_it_takes_long_that_is_told_and_the_phones_are_out_once_it_is_done(folder: Path) -> None:
    out: Queue[str] = Queue()
    given: list[object] = []

    def restore(path: Path, answer: object) -> None:
        given.append(answer)

    assert put_back(name(folder), folder / "data", restore, lambda: out.put("out"), patience=0) == NOT_YET
    assert out.empty()
    given[0]("")  # type: ignore[operator]
    assert out.get(timeout=LONG) == "out"


def test_a_device_that_runs_backs_its_diary_up_and_tells_so(tmp_path: Path) -> None:
    with at_home(tmp_path) as household:
        until(lambda: household.rooms and household.rooms.timetable and (tmp_path / "data/diary.db").exists())
        assert household.rooms
        assert household.rooms.timetable
        household.go_by(replace(household.habits, bedtime=time(12), rising=time(12)))  # it is day at any hour
        household.clock.set_by_hand(datetime.now(UTC), household.clock.now().since_boot)
        look = household.rooms.timetable.look  # again and again: a diary that is there may not be made yet
        until(lambda: look() or "backup" in household.daemon.parts)
        assert household.daemon.parts["backup"].well
        assert [backup.kind for backup in listed(tmp_path / "data" / FOLDER)] == [Kind.PEOPLE]
