"""Another diary in the diary's place, with the power cut after any step: the old one or the new one, and never none."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain, islice
from pathlib import Path

import pytest

from bedside.diary.backups import FOLDER, Kind, listed
from bedside.diary.copying import NoRoomError, StoppedError, verify
from bedside.diary.errors import DiaryError, NewerDiaryError
from bedside.diary.making import make
from bedside.diary.migrations import NAMES
from bedside.diary.restoring import newest_whole, placing, preparation, prepare, prepare_wanted, put_in_place, take_back
from bedside.diary.store import Diary
from tests.diary.damages import DAMAGES, damage, rows, small_card
from tests.diary.rows import file_limit, phone, save, watch

DAY = date(2026, 1, 10)
ASIDE = "diary.db.replaced-20260111-030400"
OLD, NEW = ["backed up", "old 1", "old 2"], ["backed up"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A diary whose newest presses lie in its log, as after a power cut, and a backup without them."""
    before = tmp_path / "before"
    before.mkdir()
    diary = Diary(before / "diary.db")
    diary.apply([save("backed up")])
    make(before / "diary.db", Kind.EVERYTHING, DAY)
    diary.apply([save("old 1"), save("old 2")])
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("diary.db", "diary.db-wal"):
        shutil.copy(before / name, folder / name)
    shutil.copytree(before / FOLDER, folder / FOLDER)
    diary.close()
    return folder


def base(folder: Path) -> Path:
    return listed(folder / FOLDER)[0].path


def pressed(path: Path) -> list[object]:
    return [id for (id,) in rows(path, "select id from presses order by id")]


def steps(folder: Path) -> Iterator[Path]:
    path = folder / "diary.db"
    return chain(preparation(path, base(folder), ASIDE), placing(path))


def started(folder: Path) -> list[object]:
    """What the next start finds in the diary."""
    put_in_place(folder / "diary.db")
    diary = Diary(folder / "diary.db")
    diary.close()
    verify(folder / "diary.db")
    return pressed(folder / "diary.db")


@pytest.mark.parametrize("number", range(12))
def test_a_power_cut_after_any_step_leaves_the_old_diary_or_the_new_one_whole(folder: Path, number: int) -> None:
    taken = [path.name for path in islice(steps(folder), number)]
    counts = any(".ready-" in name for name in taken)
    assert started(folder) == (NEW if counts else OLD), taken
    if counts:
        assert pressed(folder / ASIDE) == OLD
    left = {path.name for path in folder.iterdir()} - {"diary.db", FOLDER, ASIDE, f"{ASIDE}-wal", f"{ASIDE}-shm"}
    assert left == set(), taken


def test_the_steps_are_no_more_than_these_tests_cut_off(folder: Path) -> None:
    assert len(list(steps(folder))) < 12


@pytest.mark.parametrize("number", range(12))
def test_it_may_be_cut_off_again_and_again_while_it_is_put_in_place(folder: Path, number: int) -> None:
    list(preparation(folder / "diary.db", base(folder), ASIDE))
    for _ in range(12):
        list(islice(placing(folder / "diary.db"), number))
    assert started(folder) == NEW
    assert pressed(folder / ASIDE) == OLD


@pytest.mark.parametrize("number", range(12))
def test_what_is_taken_back_half_way_leaves_the_old_diary_for_the_next_start(folder: Path, number: int) -> None:
    list(preparation(folder / "diary.db", base(folder), ASIDE))
    taken = list(islice(placing(folder / "diary.db"), number))
    take_back(folder / "diary.db", ASIDE)
    assert not list(folder.glob("*.ready-*"))
    assert started(folder) == (NEW if folder / "diary.db" in taken else OLD)


def test_a_watch_that_went_on_after_the_backup_lasts_as_long_as_the_old_diary_knows(folder: Path) -> None:
    def watched(path: Path, **seconds: float) -> None:
        diary = Diary(path)
        diary.apply([save(f"beat {id}", watch(id, seconds=length)) for id, length in seconds.items()])
        diary.close()

    watched(base(folder), ours=600.0, theirs=7200.0)
    watched(folder / "diary.db", ours=3600.0, theirs=1200.0, new=60.0)
    prepare_wanted(folder / "diary.db", base(folder), ASIDE, [])
    put_in_place(folder / "diary.db")
    assert rows(folder / "diary.db", "select id, seen, seconds from watches order by id") == [
        ("new", "2026-01-11T03:05:00.000+00:00", 60.0),
        ("ours", "2026-01-11T04:04:00.000+00:00", 3600.0),
        ("theirs", "2026-01-11T05:04:00.000+00:00", 7200.0),
    ]


def test_a_disk_that_fills_up_half_way_changes_nothing_and_leaves_nothing(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    with file_limit(60_000), pytest.raises(DiaryError):
        prepare(folder / "diary.db", base(folder), ASIDE)
    assert sorted(path.name for path in folder.iterdir()) == before
    assert started(folder) == OLD


def test_what_is_stopped_changes_nothing_and_leaves_nothing(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(StoppedError):
        prepare(folder / "diary.db", base(folder), ASIDE, stop=lambda: True)
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_backup_is_passed_over_for_the_next_older_one(folder: Path, how: str) -> None:
    kept = listed(folder / FOLDER)
    newer = kept[0].path.with_name("people-2026-01-11.db")
    shutil.copy(kept[0].path, newer)
    damage(newer, how)
    found = newest_whole(listed(folder / FOLDER))
    assert found
    assert found.path == kept[0].path
    damage(kept[0].path, how)
    assert newest_whole(listed(folder / FOLDER)) is None


def of_an_older_version(path: Path) -> None:
    from sqlite_utils import Database

    from bedside.diary.migrations import migrations

    path.unlink()
    database = Database(path)
    migrations.apply(database, stop_before=NAMES[2])
    database.execute("insert into replayed values ('ancient')")
    database.close()


def of_a_newer_version(path: Path) -> None:
    from sqlite_utils import Database

    database = Database(path)
    database.table("_sqlite_migrations").insert({"migration_set": "bedside", "name": "x", "applied_at": ""})
    database.close()


def test_a_file_of_an_older_version_is_brought_up_to_date_and_itself_left_as_it_is(folder: Path) -> None:
    chosen = base(folder)
    of_an_older_version(chosen)
    before = chosen.read_bytes()
    prepare_wanted(folder / "diary.db", chosen, ASIDE, [])
    put_in_place(folder / "diary.db")
    assert chosen.read_bytes() == before
    assert rows(folder / "diary.db", "select record from replayed") == [("ancient",)]
    assert rows(folder / "diary.db", "select count(*) from _sqlite_migrations") == [(len(NAMES),)]


def _another(path: Path) -> None:
    path.unlink()
    rows(path, "create table notes (text)")


@pytest.mark.parametrize(
    ("spoil", "kind", "says"),
    [
        (of_a_newer_version, NewerDiaryError, "was written by a newer version of bedside. Install that one first"),
        (_another, DiaryError, "is no diary"),
        (lambda path: path.write_text("Dear diary"), DiaryError, "is damaged|is not a database"),
        (lambda path: path.unlink(), DiaryError, "cannot be opened"),
    ],
)
def test_what_is_no_diary_of_ours_is_refused_before_anything_is_written(
    folder: Path, spoil: Callable[[Path], object], kind: type[DiaryError], says: str
) -> None:
    chosen = base(folder)
    spoil(chosen)
    with pytest.raises(kind, match=says):
        prepare_wanted(folder / "diary.db", chosen, ASIDE, [])
    assert sorted(path.name for path in folder.glob("diary.db*")) == ["diary.db", "diary.db-wal"]


def test_a_diary_that_a_person_took_with_its_log_beside_it_is_put_back_with_all_that_is_in_that(folder: Path) -> None:
    chosen = folder.parent / "stick" / "mine.db"
    chosen.parent.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(folder / f"diary.db{suffix}", f"{chosen}{suffix}")
    damage(folder / "diary.db", "zeroed")
    prepare_wanted(folder / "diary.db", chosen, ASIDE, [])
    put_in_place(folder / "diary.db")
    assert pressed(folder / "diary.db") == OLD


def test_no_phone_is_let_in_by_a_diary_that_a_person_chose(folder: Path) -> None:
    chosen = base(folder)
    other = Diary(chosen)
    other.apply([save("phone", phone())])
    other.close()
    prepare_wanted(folder / "diary.db", chosen, ASIDE, [])
    put_in_place(folder / "diary.db")
    assert rows(folder / "diary.db", "select put_out from phones") == [(1,)]
    assert rows(chosen, "select put_out from phones") == [(0,)]


def test_without_room_nothing_is_begun(folder: Path) -> None:
    before = sorted(path.name for path in folder.glob("*.db*"))
    with small_card(folder, 2_000_000), pytest.raises(NoRoomError, match="too little room"):
        prepare(folder / "diary.db", base(folder), ASIDE)
    assert sorted(path.name for path in folder.glob("*.db*")) == before
