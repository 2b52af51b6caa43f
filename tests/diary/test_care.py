"""The diary that is damaged, gone or of an older version, under the writer on real files: what is in it again."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from bedside.diary.backups import FOLDER, Kind, path_of
from bedside.diary.care import MOST_MENDED
from bedside.diary.copying import Stop
from bedside.diary.errand import Errand, Then
from bedside.diary.journal import Journal
from bedside.diary.making import make
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.diary.wiping import LEFTOVERS_MARKER, MARKER
from bedside.night.events import Saved
from tests.diary.damages import DAMAGES, damage, rows, small_card
from tests.diary.rows import NIGHT, press, save, watch
from tests.diary.test_writer import LONG, Desk

DAY = date(2026, 1, 10)
READING = Aggregate("boot", datetime(2026, 1, 11, 3, tzinfo=UTC), 5, 17.0, 16.5, 17.5, trusted=True)


def live(folder: Path, upto: int, *, begun: int = 0) -> None:
    """A diary in which these presses are, and in the journal too."""
    saves = [save(f"{number:03}") for number in range(begun, upto)]
    diary, journal = Diary(folder / "diary.db"), Journal(folder / "journal")
    diary.apply(saves)
    journal.append(saves)
    journal.close()
    diary.close()


def measured(folder: Path, days: int) -> None:
    """Temperatures and a watch of so many days."""
    diary = Diary(folder / "diary.db")
    hours = range(days * 24)
    readings = [
        Aggregate(f"boot {n}", READING.start + timedelta(hours=n), 5, 17.0, 16.5, 17.5, trusted=True) for n in hours
    ]
    diary.apply([save(f"beat {days}", watch(f"watch {days}"))], readings)
    diary.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A month: everything was backed up after ten presses, what people told after twenty, and thirty were made. The
    journal has forgotten the first five.
    """
    live(tmp_path, 10)
    measured(tmp_path, 2)
    make(tmp_path / "diary.db", Kind.EVERYTHING, DAY)
    live(tmp_path, 20, begun=10)
    make(tmp_path / "diary.db", Kind.PEOPLE, DAY + timedelta(days=1))
    live(tmp_path, 30, begun=20)
    forgetful = Journal(tmp_path / "journal")
    forgetful.forget(forgetful.forgettable({f"{number:03}" for number in range(5)}))
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    desk = Desk(folder)
    yield desk
    desk.writer.close()


ALL = [f"{number:03}" for number in range(30)]
NEWEST = date(2026, 1, 11)


def damaged_ones(folder: Path) -> list[Path]:
    return [path for path in folder.glob("diary.db.damaged-*") if not path.name.endswith(("-wal", "-shm"))]


def told(desk: Desk, what: str) -> None:
    """Wait until this is said."""
    while what not in desk.report().says:
        pass


def well(desk: Desk) -> str:
    """What is said once all is well."""
    while not (said := desk.report()).well:
        pass
    return said.says


@pytest.mark.parametrize("how", [how for how in DAMAGES if how != "a damaged page in the middle"])
def test_a_damaged_diary_is_put_back_from_the_newest_backup_and_the_journal_and_all_is_in_it(
    desk: Desk, how: str
) -> None:
    damage(desk.path, how)
    broken = desk.path.read_bytes()
    desk.keep("new")
    desk.open()
    assert "This is the backup of 2026-01-11. The journal gave back 11 records." in well(desk)
    desk.close()
    assert desk.pressed() == [*ALL, "new"]
    assert desk.rows("select count(*) from readings") == [48]
    assert desk.rows("select id from watches") == ["watch 2"]
    kept = desk.folder / "diary.db.damaged-20260111-030400"
    assert kept.read_bytes() == broken
    assert not list(desk.folder.glob("diary.db.re*"))


def test_a_damaged_page_that_only_the_nightly_look_finds_is_mended_too(desk: Desk) -> None:
    damage(desk.path, "a damaged page in the middle")
    desk.open()
    desk.keep("new")
    desk.answer()
    with pytest.raises(OSError, match="is damaged") as found:
        make(desk.path, Kind.PEOPLE, NEWEST)
    desk.writer.mend(found.value)  # type: ignore[arg-type]
    assert "This is the backup of 2026-01-11." in well(desk)
    desk.close()
    assert desk.pressed() == [*ALL, "new"]
    assert not list((desk.folder / FOLDER).glob("*.part*"))


def test_a_damaged_log_beside_the_diary_loses_no_press(folder: Path, tmp_path: Path) -> None:
    """The power went with presses in the log alone, and the card damaged that."""
    taken = tmp_path / "taken"
    taken.mkdir()
    diary = Diary(folder / "diary.db")
    later = [save(f"later {number}") for number in range(200)]
    diary.apply(later)
    journal = Journal(folder / "journal")
    journal.append(later)
    journal.close()
    for name in ("diary.db", "diary.db-wal"):
        shutil.copy(folder / name, taken / name)
    diary.close()
    log = (taken / "diary.db-wal").read_bytes()
    for number, broken in enumerate((log[: len(log) // 2], b"\xaa" * len(log), log[:40] + bytes(len(log) - 40))):
        for name in ("diary.db", "diary.db-wal"):
            shutil.copy(taken / name, folder / name)
        (folder / "diary.db-wal").write_bytes(broken)
        desk = Desk(folder)
        desk.open()
        desk.keep(f"new {number}")
        desk.answer()
        desk.close()
        assert desk.pressed() == sorted(
            [*ALL, *(save.record for save in later), *(f"new {n}" for n in range(number + 1))]
        )


@pytest.mark.parametrize("how", ["a damaged page in the middle", "cut short", "zeroed"])
def test_where_the_newest_backup_is_damaged_too_the_one_before_is_put_back(desk: Desk, how: str) -> None:
    damage(path_of(desk.folder / FOLDER, Kind.PEOPLE, NEWEST), how)
    damage(desk.path, "zeroed")
    desk.open()
    assert "This is the backup of 2026-01-10. The journal gave back 20 records." in well(desk)
    desk.close()
    assert desk.pressed() == ALL
    assert desk.rows("select count(*) from readings") == [48]


def test_where_all_backups_are_damaged_the_journal_fills_a_new_one_as_far_as_it_can(desk: Desk) -> None:
    for backup in (desk.folder / FOLDER).iterdir():
        damage(backup, "cut short")
    damage(desk.path, "zeroed")
    desk.open()
    assert "set aside as diary.db.damaged-20260111-030400; this one was filled from the journal" in well(desk)
    desk.close()
    assert desk.pressed() == [name for name in ALL if name in desk.journaled()]
    assert len(desk.pressed()) > 20


@pytest.mark.parametrize("table", ["replayed", "presses"])
def test_where_no_backup_is_whole_a_diary_that_seems_whole_until_it_is_read_is_set_aside_once(
    desk: Desk, table: str
) -> None:
    for backup in (desk.folder / FOLDER).iterdir():
        damage(backup, "cut short")
    root = f"select rootpage, page_size from sqlite_master, pragma_page_size() where name = '{table}'"
    with closing(sqlite3.connect(desk.path)) as other:
        page, size = other.execute(root).fetchone()
    with desk.path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xaa" * size)
    broken = desk.path.read_bytes()
    desk.keep("new")
    desk.open()
    assert "set aside as diary.db.damaged-20260111-030400; this one was filled from the journal" in well(desk)
    desk.close()
    assert desk.pressed() == desk.journaled()
    assert [path.read_bytes() for path in damaged_ones(desk.folder)] == [broken]


def test_while_it_is_put_back_a_press_is_in_the_journal_and_acknowledged(desk: Desk) -> None:
    damage(desk.path, "zeroed")
    acknowledged: list[list[str]] = []
    desk.looks = lambda event: acknowledged.append(desk.journaled()) if isinstance(event, Saved) else None
    desk.writer.start()
    said = desk.report()
    assert (said.well, "It is being put back from a backup" in said.says) == (False, True)
    desk.keep("new")
    assert desk.answer() == Saved(NIGHT, "new")
    assert "new" in acknowledged[0]
    well(desk)
    desk.close()
    assert desk.pressed() == [*ALL, "new"]


def test_a_diary_that_is_gone_is_put_back(desk: Desk) -> None:
    desk.path.unlink()
    desk.open()
    assert "There was no diary any more." in well(desk)
    desk.close()
    assert desk.pressed() == ALL
    assert not list(desk.folder.glob("diary.db.*"))


def test_a_diary_that_is_gone_without_a_backup_is_filled_from_the_journal(tmp_path: Path) -> None:
    live(tmp_path, 3)
    (tmp_path / "diary.db").unlink()
    desk = Desk(tmp_path)
    assert desk.open().well
    desk.close()
    assert desk.pressed() == ["000", "001", "002"]


def test_last_months_file_put_there_by_hand_is_used_and_the_journal_gives_back_what_is_newer(desk: Desk) -> None:
    shutil.copy(path_of(desk.folder / FOLDER, Kind.EVERYTHING, DAY), desk.path)
    assert desk.open().well
    desk.close()
    assert desk.pressed() == ALL
    assert not list(desk.folder.glob("diary.db.*"))


@pytest.mark.parametrize("marker", [MARKER, LEFTOVERS_MARKER])
def test_what_was_deleted_for_good_is_not_put_back_even_where_a_backup_could_not_be_deleted(
    folder: Path, marker: str
) -> None:
    (folder / FOLDER / "stuck.dir" / "inside").mkdir(parents=True)
    (folder / marker).touch()
    for name in ("diary.db", "journal") if marker == LEFTOVERS_MARKER else ():
        (folder / name).unlink()
    desk = Desk(folder)
    desk.writer.kept()
    desk.writer.start()
    desk.keep("new")
    assert desk.answer() == Saved(NIGHT, "new")
    desk.close()
    assert desk.pressed() == ["new"]


def test_without_room_it_says_so_presses_are_kept_and_it_is_put_back_when_there_is_room(tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    live(card, 10)
    make(card / "diary.db", Kind.EVERYTHING, DAY)
    damage(card / "diary.db", "zeroed")
    with small_card(card, 1_500_000):
        desk = Desk(card)
        desk.writer.start()
        while "There is too little room" not in (said := desk.report()).says:
            pass
        assert (said.well, "is damaged" in said.says) == (False, True)
        desk.keep("new")
        assert desk.answer() == Saved(NIGHT, "new")
        desk.close()
        assert not list(card.glob("diary.db.*"))
    again = Desk(card)
    again.open()
    well(again)
    again.close()
    assert again.pressed() == [*ALL[:10], "new"]


def test_a_card_that_damages_each_diary_is_not_filled_up_with_them(desk: Desk) -> None:
    damage(desk.path, "zeroed")
    desk.open()
    well(desk)
    desk.zero()
    desk.keep("new")
    told(desk, "once more in some minutes")
    assert len(list(desk.folder.glob("diary.db.damaged-*"))) == 1
    desk.moment = NIGHT.at(NIGHT.since_boot + 601)
    well(desk)
    desk.close()
    assert desk.pressed() == [*ALL, "new"]


def test_where_there_is_no_backup_only_so_many_damaged_diaries_are_kept_and_the_next_start_goes_on(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    desk.open()
    for number in range(MOST_MENDED):
        desk.zero()
        desk.keep(f"{number}")
        if number:
            told(desk, "once more in some minutes")
            assert len(damaged_ones(tmp_path)) == number
            desk.moment = desk.moment.at(desk.moment.since_boot + 601)
        well(desk)
        assert len(damaged_ones(tmp_path)) == number + 1
    desk.moment = desk.moment.at(desk.moment.since_boot + 601)
    desk.zero()
    desk.keep("new")
    told(desk, "no other is made until the next start")
    assert len(damaged_ones(tmp_path)) == MOST_MENDED
    desk.close()
    again = Desk(tmp_path)
    again.open()
    well(again)
    again.close()
    assert again.pressed() == again.journaled() == [*(f"{number}" for number in range(MOST_MENDED)), "new"]


# --- put back because a person wants it ---


def restored(desk: Desk, path: Path) -> str:
    answers: Queue[str] = Queue()
    desk.writer.restore(path, answers.put)
    return answers.get(timeout=LONG)


def test_a_backup_a_person_chose_is_put_in_place_with_all_that_is_newer_and_the_old_one_is_kept(desk: Desk) -> None:
    desk.open()
    desk.keep("new")
    desk.answer()
    assert restored(desk, path_of(desk.folder / FOLDER, Kind.EVERYTHING, DAY)) == ""
    desk.keep("later")
    desk.close()
    assert desk.pressed() == [*ALL, "later", "new"]
    assert desk.rows("select count(*) from readings") == [48]
    (kept,) = desk.folder.glob("diary.db.replaced-*")
    assert rows(kept, "select count(*) from presses") == [(31,)]


def test_what_is_pressed_meanwhile_is_in_the_diary_that_is_put_in_place(desk: Desk) -> None:
    answers: Queue[str] = Queue()
    desk.open()
    desk.writer.restore(path_of(desk.folder / FOLDER, Kind.PEOPLE, NEWEST), answers.put)
    for number in range(50):
        desk.keep(f"meanwhile {number:02}")
        assert isinstance(desk.answer(), Saved)
    assert answers.get(timeout=LONG) == ""
    desk.close()
    assert desk.pressed() == [*ALL, *(f"meanwhile {number:02}" for number in range(50))]


def test_no_phone_of_a_diary_put_in_place_is_let_in(desk: Desk) -> None:
    from tests.diary.rows import phone

    desk.open()
    desk.keep("phone", phone())
    desk.answer()
    make_whole = desk.folder / "chosen.db"
    desk.close()
    shutil.copy(desk.path, make_whole)
    again = Desk(desk.folder)
    again.open()
    assert restored(again, make_whole) == ""
    again.close()
    assert again.rows("select put_out from phones") == [1]


def test_a_diary_that_hangs_while_it_is_put_back_holds_no_press_up_when_everything_is_deleted(
    desk: Desk, tmp_path: Path
) -> None:
    for backup in (desk.folder / FOLDER).iterdir():
        backup.unlink()
    hanging, other_end = path_of(desk.folder / FOLDER, Kind.PEOPLE, DAY), desk.folder / "other end"
    os.mkfifo(hanging)
    other_end.hardlink_to(hanging)
    desk.path.unlink()
    desk.writer.start()
    assert "It is being put back" in desk.report().says
    wiped: Queue[bool] = Queue()
    desk.writer.wipe(wiped.put)
    assert wiped.get(timeout=LONG) is False
    desk.keep("after")
    while desk.answer() != Saved(NIGHT, "after"):
        pass
    late = desk.folder / "diary.db.ready-damaged-20260111-030400"
    late.write_bytes(b"what was deleted")
    other_end.write_bytes(b"")
    assert wiped.get(timeout=LONG) is True
    desk.close()
    assert desk.pressed() == desk.journaled() == ["after"]
    assert not late.exists()
    assert not [path for path in desk.folder.rglob("*") if path.is_file() and b"was deleted" in path.read_bytes()]


def test_what_hangs_on_the_card_does_not_keep_the_program_from_ending_and_nothing_comes_of_it() -> None:
    hangs, release, queued = Event(), Event(), Queue[Then]()
    came: list[str] = []

    def do(_: Stop) -> Then:
        hangs.set()
        release.wait(LONG)
        return lambda: came.append("done")

    errand = Errand("It hangs.", do, lambda error: came.append(str(error)), queued.put)
    assert hangs.wait(LONG)
    errand.stop(0.0)
    assert not errand.has_ended(0.0)
    release.set()
    queued.get(timeout=LONG)()
    assert (errand.has_ended(LONG), came) == (True, [])


def test_everything_deleted_while_a_diary_is_put_back_stays_deleted_and_who_waits_is_told(desk: Desk) -> None:
    answers: Queue[str] = Queue()
    wiped: Queue[bool] = Queue()
    desk.open()
    desk.writer.restore(path_of(desk.folder / FOLDER, Kind.PEOPLE, NEWEST), answers.put)
    desk.writer.wipe(wiped.put)
    assert wiped.get(timeout=LONG)
    assert answers.get(timeout=LONG) == "Everything is being deleted."
    desk.keep("new")
    desk.answer()
    desk.close()
    assert desk.pressed() == ["new"]
    assert {path.name for path in desk.folder.iterdir()} == {"diary.db", "journal"}


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        ("zeroed", "is damaged|is not a database"),
        ("emptied", "is no diary"),
        ("a damaged page in the middle", "is damaged"),
    ],
)
def test_what_is_no_whole_diary_is_refused_and_nothing_has_changed(desk: Desk, spoiled: str, says: str) -> None:
    chosen = path_of(desk.folder / FOLDER, Kind.EVERYTHING, DAY)
    damage(chosen, spoiled)
    desk.open()
    before = sorted(path.name for path in desk.folder.iterdir())
    import re

    assert re.search(says, restored(desk, chosen))
    assert sorted(path.name for path in desk.folder.iterdir()) == before
    desk.keep("new")
    desk.answer()
    desk.close()
    assert desk.pressed() == [*ALL, "new"]


# --- versions ---


def test_a_diary_of_a_newer_version_is_left_alone_and_presses_are_in_the_journal(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.path)) as other, other:
        other.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('bedside', 'of_2035', '2035')"
        )
    before = desk.path.read_bytes()
    said = desk.open()
    assert (said.well, "written by a newer version" in said.says) == (False, True)
    desk.keep("new")
    assert desk.answer() == Saved(NIGHT, "new")
    desk.close()
    assert desk.path.read_bytes() == before
    assert desk.journaled()[-1] == "new"
    assert not list(desk.folder.glob("diary.db.*"))


def test_a_diary_of_an_older_version_is_kept_brought_up_to_date_and_used(tmp_path: Path) -> None:
    from sqlite_utils import Database

    from bedside.diary.migrations import NAMES, migrations

    with closing(sqlite3.connect(tmp_path / "diary.db")) as other:
        migrations.apply(Database(other), stop_before=NAMES[-1])
        other.execute("insert into replayed values ('old')")
        other.commit()
    desk = Desk(tmp_path)
    desk.keep("new", press("new"))
    desk.open()
    well(desk)
    desk.close()
    assert desk.pressed() == ["new"]
    assert rows(desk.path, "select record from replayed order by record") == [("new",), ("old",)]
    (kept,) = tmp_path.glob("diary.db.version-*")
    assert kept.name == f"diary.db.version-{len(NAMES) - 1}"
    assert rows(kept, "select record from replayed") == [("old",)]
