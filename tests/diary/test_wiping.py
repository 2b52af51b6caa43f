"""Deleting everything, with the power cut after any step: what was deleted stays deleted, what comes later stays."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from queue import Queue

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.diary.journal import Journal
from bedside.diary.store import Diary
from bedside.diary.wiping import LEFTOVERS_MARKER, MARKER, StillThereError, Wiping
from bedside.diary.writer import Writer
from bedside.night.effects import Row
from bedside.night.events import PartReported, Saved, SaveFailed, TemperatureRead
from tests.diary.rows import NIGHT, at, chosen, cramp, ended, file_limit, phone, press, read_only, save, watch

LONG = 60.0  # seconds that no test waits unless it fails
SHORT = 0.02  # between tries
KEPT = ("lock", "note.txt")
"""What lies in the folder and is not the diary's."""


def fill(folder: Path) -> None:
    """A folder as after years: everything that has to go, with a secret in it, and what stays."""
    data, clips = folder / "data", folder / "clips"
    (data / "backups/2025").mkdir(parents=True)
    clips.mkdir()
    records = [save("old", press("old"), ended("old cramp"), phone(name="Secret"), chosen(glow=False))]
    diary = Diary(data / "diary.db")
    diary.apply(records)
    diary.close()
    journal = Journal(data / "journal")
    journal.append(records)
    journal.close()
    for name in (
        "diary.db-wal", "diary.db-shm", "diary.db.damaged-20250101-000000", "diary.db.damaged-20250101-000000-1-wal",
        "journal.new", "backups/one.db", "backups/2025/two.db", "../clips/ask-0123456789abcdef.wav", *KEPT,
    ):  # fmt: skip
        (data / name).write_text("Secret" if name not in KEPT else name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path)
    return tmp_path


def wiping(folder: Path, *, asked: bool = True, then: Callable[[], object] = lambda: None) -> Wiping:
    """The folder's deletion, as a start finds it, or as a person wants it."""
    found = Wiping(folder / "data", folder / "clips")
    if asked:
        found.ask(then)
    return found


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


NOTHING_LEFT = sorted(f"data/{name}" for name in KEPT)


def steps_of(tmp_path: Path) -> int:
    fill(tmp_path)
    return sum(1 for _ in wiping(tmp_path).steps())


def test_everything_goes_and_what_is_not_the_diarys_stays(folder: Path) -> None:
    done: list[str] = []
    deletion = wiping(folder, then=lambda: done.append("done"))
    deletion.finish()
    assert (files(folder), deletion.over, deletion.lets_write, done) == (NOTHING_LEFT, True, True, ["done"])
    assert not (folder / "data/backups").exists()
    assert (folder / "clips").is_dir()
    deletion.finish()
    assert done == ["done"]


def test_the_marker_is_first_and_journal_backups_and_clips_go_before_the_diary(folder: Path) -> None:
    steps = [path.name for path in wiping(folder).steps()]
    order = [steps.index(name) for name in ("journal", "one.db", "ask-0123456789abcdef.wav", "diary.db")]
    assert order == sorted(order)
    assert (steps[0], steps[-2:]) == (MARKER, [LEFTOVERS_MARKER] * 2)


@pytest.mark.parametrize("number", range(1, 20))
def test_a_deletion_that_is_cut_off_after_any_step_is_finished_at_the_next_start(folder: Path, number: int) -> None:
    taken = list(islice(wiping(folder).steps(), number))
    again = wiping(folder, asked=False)
    again.finish()
    assert (files(folder), again.over) == (NOTHING_LEFT, True), taken


def test_the_steps_are_no_more_than_these_tests_cut_off(tmp_path: Path) -> None:
    assert steps_of(tmp_path) < 20


@pytest.mark.parametrize("number", range(1, 20))
def test_it_may_be_cut_off_again_and_again(folder: Path, number: int) -> None:
    for start in range(30):
        list(islice(wiping(folder, asked=start == 0).steps(), number))
    wiping(folder, asked=False).finish()
    assert files(folder) == NOTHING_LEFT


def test_one_that_never_began_deletes_nothing(folder: Path) -> None:
    before = files(folder)
    wiping(folder).steps()
    again = wiping(folder, asked=False)
    again.finish()
    assert (files(folder), again.over) == (before, True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(survive=st.sets(st.integers(0, 11)), marker=st.sampled_from([MARKER, LEFTOVERS_MARKER]))
def test_whichever_files_the_power_cut_brought_back_go_at_the_next_start(
    tmp_path_factory: pytest.TempPathFactory, survive: set[int], marker: str
) -> None:
    """What was unlinked and not synced may be there again, in any mixture: the marker alone tells."""
    folder = tmp_path_factory.mktemp("card")
    fill(folder)
    for number, name in enumerate(files(folder)):
        in_time = marker == LEFTOVERS_MARKER and name.startswith(("data/journal", "data/diary.db"))
        if name not in NOTHING_LEFT and (number not in survive or in_time):
            (folder / name).unlink()
    (folder / "data" / marker).touch()
    wiping(folder, asked=False).finish()
    assert files(folder) == NOTHING_LEFT


@pytest.mark.parametrize("number", range(1, 20))
def test_what_is_written_once_it_may_be_is_never_deleted(folder: Path, number: int) -> None:
    deletion = wiping(folder)
    list(islice(deletion.steps(), number))
    if not deletion.lets_write:
        return
    (folder / "data/journal").write_text("new")
    (folder / "data/diary.db").write_text("new")
    wiping(folder, asked=False).finish()
    assert files(folder) == sorted([*NOTHING_LEFT, "data/diary.db", "data/journal"])


def test_what_cannot_be_deleted_beside_the_diary_keeps_nothing_from_being_written(folder: Path) -> None:
    stuck = folder / "clips/stuck.wav"
    (stuck / "inside").mkdir(parents=True)
    deletion = wiping(folder)
    deletion.finish()
    assert (deletion.over, deletion.lets_write) == (False, True)
    assert deletion.left == "Not all that was to be deleted is gone yet (Directory not empty)."
    (folder / "data/journal").write_text("new")
    (stuck / "inside").rmdir()
    again = wiping(folder, asked=False)
    again.finish()
    assert (again.over, again.left, stuck.exists()) == (True, "", False)
    assert (folder / "data/journal").read_text() == "new"


def test_while_the_journal_cannot_be_deleted_nothing_may_be_written_and_a_start_finds_it_so(folder: Path) -> None:
    (folder / "data/journal").unlink()
    (folder / "data/journal/stuck").mkdir(parents=True)
    for deletion in (wiping(folder), wiping(folder, asked=False)):
        with pytest.raises(StillThereError, match=r"is still there \(Directory not empty\)"):
            deletion.finish()
        assert not deletion.lets_write
    (folder / "data/journal/stuck").rmdir()
    wiping(folder, asked=False).finish()
    assert files(folder) == NOTHING_LEFT


def test_a_card_that_is_read_only_deletes_nothing_and_all_once_it_is_not(folder: Path) -> None:
    before, deletion = files(folder), wiping(folder)
    with read_only(folder / "data"), pytest.raises(StillThereError):
        deletion.finish()
    assert files(folder) == before
    deletion.finish()
    assert files(folder) == NOTHING_LEFT


def test_a_full_card_deletes_all(folder: Path) -> None:
    with file_limit(0):
        wiping(folder).finish()
    assert files(folder) == NOTHING_LEFT


LATE = [
    "data/diary.db.ready-damaged-20260111-030400",
    "data/diary.db.version-7",
    "data/diary.db.restoring",
    "data/backups/x.db",
]


def test_while_somebody_hangs_who_may_write_yet_it_is_not_over_and_what_comes_late_goes_too(folder: Path) -> None:
    ended, waited = [False, True], list[float]()
    deletion = wiping(folder)

    def one(seconds: float) -> bool:
        waited.append(seconds)
        return ended[0]

    deletion.others += [one, lambda seconds: ended[1]]
    for number in range(3):
        deletion.finish()
        assert (deletion.over, deletion.lets_write) == (False, True)
        assert deletion.left == "Not all that was to be deleted is gone yet (a copy of it is still being made)."
        if number == 0:
            (folder / "data/diary.db").write_text("new")
        (folder / "data/backups").mkdir(exist_ok=True)
        for name in LATE:
            (folder / name).write_text("Secret")
    assert (waited[0] > 0, waited[1:]) == (True, [0.0, 0.0])  # they are waited for once, not again and again
    ended[0] = True
    deletion.finish()
    assert (deletion.over, files(folder)) == (True, sorted([*NOTHING_LEFT, "data/diary.db"]))


def test_what_came_late_when_the_power_went_goes_at_the_next_start(folder: Path) -> None:
    deletion = wiping(folder)
    deletion.others.append(lambda seconds: False)
    deletion.finish()
    (folder / "data/backups").mkdir(exist_ok=True)
    for name in LATE:
        (folder / name).write_text("Secret")
    wiping(folder, asked=False).finish()
    assert files(folder) == NOTHING_LEFT


def test_what_the_new_diary_has_beside_it_stays_while_a_clip_cannot_be_deleted(folder: Path) -> None:
    (folder / "clips/stuck.wav/inside").mkdir(parents=True)
    deletion = wiping(folder)
    deletion.finish()
    again = wiping(folder, asked=False)
    again.finish()
    (folder / "data/diary.db.version-7").write_text("new")
    for left in (deletion, again):
        left.finish()
        assert not left.over
        assert (folder / "data/diary.db.version-7").exists()


def test_a_folder_that_is_not_there_has_nothing_to_be_deleted(tmp_path: Path) -> None:
    deletion = wiping(tmp_path / "card", asked=False)
    deletion.finish()
    assert deletion.over


# --- the writer ---


class Desk:
    """A writer at work in the filled folder, and what it says."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.answers: Queue[Saved | SaveFailed] = Queue()
        self.reports: Queue[PartReported] = Queue()
        self.wiped: Queue[bool] = Queue()
        self.writer = Writer(self.data, self._take, lambda: NIGHT, retry=SHORT, clips=folder / "clips")

    def _take(self, event: object) -> None:
        if isinstance(event, PartReported):
            self.reports.put(event)
        elif isinstance(event, Saved | SaveFailed):
            self.answers.put(event)

    def keep(self, record: str, *rows: Row) -> None:
        self.writer.save(save(record, *rows))

    def answer(self) -> Saved | SaveFailed:
        return self.answers.get(timeout=LONG)

    def said_of_wiping(self) -> bool:
        return self.wiped.get(timeout=LONG)

    def wipe(self) -> None:
        self.writer.wipe(self.wiped.put)

    def close(self) -> None:
        self.writer.close(LONG)
        assert not self.writer.alive()

    def journaled(self) -> list[str]:
        return [record.record for record in Journal(self.data / "journal").read()]

    def rows(self, query: str) -> list[object]:
        with closing(sqlite3.connect(self.data / "diary.db")) as other:
            return [value for (value,) in other.execute(query)]


@pytest.fixture
def desk(folder: Path) -> Desk:
    for name in ("diary.db-wal", "diary.db-shm"):
        (folder / "data" / name).unlink()
    return Desk(folder)


def test_what_was_given_before_is_deleted_and_what_is_given_after_is_kept(desk: Desk) -> None:
    desk.writer.start()
    desk.writer.sample(TemperatureRead(at(0), 17.0))
    desk.keep("before", press("before"), cramp("before"))
    desk.keep("beat before", watch("before"))
    desk.wipe()
    desk.keep("after", press("after"), cramp("after"))
    desk.keep("beat after", watch("after"))
    desk.writer.sample(TemperatureRead(at(0), 18.0))
    assert desk.said_of_wiping()
    assert [desk.answer(), desk.answer()] == [Saved(NIGHT, "before"), Saved(NIGHT, "after")]
    desk.close()
    assert desk.journaled() == ["after"]
    assert desk.rows("select id from presses") == desk.rows("select id from cramps") == ["after"]
    assert desk.rows("select state from cramps") == ["open"]
    assert desk.rows("select id from watches") == ["after"]
    assert desk.rows("select mean_celsius from readings") == [18.0]
    assert desk.rows("select count(*) from phones") == [0]
    assert desk.rows("select record from replayed") == ["after"]


def test_nothing_of_it_is_found_in_any_file_and_no_start_brings_it_back(desk: Desk, folder: Path) -> None:
    desk.writer.start()
    desk.wipe()
    assert desk.said_of_wiping()
    desk.keep("after")
    desk.close()
    again = Desk(folder)
    assert again.writer.kept().phones == ()
    again.writer.start()
    again.close()
    assert again.rows("select id from presses") == ["after"]
    assert not [name for name in files(folder) if b"Secret" in (folder / name).read_bytes()]
    assert files(folder) == sorted([*NOTHING_LEFT, "data/diary.db", "data/journal"])


def test_a_new_diary_is_there_at_once_though_nothing_is_written_yet(desk: Desk) -> None:
    desk.writer.start()
    assert desk.reports.get(timeout=LONG).well
    desk.wipe()
    assert desk.said_of_wiping()
    desk.close()
    assert desk.rows("select count(*) from cramps") == [0]


def test_it_may_be_asked_before_the_start_and_twice(desk: Desk) -> None:
    desk.keep("1")
    desk.wipe()
    desk.wipe()
    desk.keep("2")
    desk.writer.start()
    assert [desk.said_of_wiping(), desk.said_of_wiping()] == [True, True]
    desk.close()
    assert desk.journaled() == ["2"]


@pytest.mark.parametrize("number", range(1, 20))
def test_a_start_after_a_cut_goes_on_from_nothing_and_keeps_what_comes(folder: Path, number: int) -> None:
    list(islice(wiping(folder).steps(), number))
    desk = Desk(folder)
    kept = desk.writer.kept()
    assert (kept.press, kept.cramp, kept.phones, kept.habits) == (None, None, (), None)
    desk.writer.start()
    desk.keep("new")
    assert desk.answer() == Saved(NIGHT, "new")
    desk.close()
    assert desk.journaled() == desk.rows("select id from presses") == ["new"]
    assert files(folder) == sorted([*NOTHING_LEFT, "data/diary.db", "data/journal"])


def test_while_the_disk_refuses_presses_wait_in_memory_and_are_kept_when_all_is_gone(desk: Desk, folder: Path) -> None:
    desk.writer.start()
    desk.keep("before")
    assert desk.answer() == Saved(NIGHT, "before")
    assert desk.reports.get(timeout=LONG).well
    (folder / "data/diary.db.damaged-x/stuck").mkdir(parents=True)
    desk.wipe()
    assert not desk.said_of_wiping()
    desk.keep("after")
    assert desk.answer() == SaveFailed(NIGHT, "after")
    report = desk.reports.get(timeout=LONG)
    assert not report.well
    assert report.says.startswith("What was to be deleted is still there (Directory not empty).")
    assert "after" not in desk.journaled()
    (folder / "data/diary.db.damaged-x/stuck").rmdir()
    assert desk.said_of_wiping()
    assert desk.answer() == Saved(NIGHT, "after")
    desk.close()
    assert desk.journaled() == desk.rows("select id from presses") == ["after"]


def test_what_the_disk_had_refused_before_is_given_up_and_nobody_waits_for_it(desk: Desk, folder: Path) -> None:
    for name in ("journal", "diary.db"):
        (folder / "data" / name).unlink()
        (folder / "data" / name).mkdir()
    desk.writer.start()
    desk.keep("lost")
    assert desk.answer() == SaveFailed(NIGHT, "lost")
    desk.wipe()
    assert desk.said_of_wiping()
    assert desk.answer() == Saved(NIGHT, "lost")
    desk.keep("new")
    assert desk.answer() == Saved(NIGHT, "new")
    desk.close()
    assert desk.journaled() == desk.rows("select id from presses") == ["new"]


def test_a_clip_that_stays_is_told_keeps_no_press_waiting_and_goes_in_the_end(desk: Desk, folder: Path) -> None:
    desk.writer.start()
    assert desk.reports.get(timeout=LONG).well
    stuck = folder / "clips/stuck.wav"
    (stuck / "inside").mkdir(parents=True)
    desk.wipe()
    assert not desk.said_of_wiping()
    desk.keep("after")
    assert desk.answer() == Saved(NIGHT, "after")
    report = desk.reports.get(timeout=LONG)
    assert (report.well, report.says) == (False, "Not all that was to be deleted is gone yet (Directory not empty).")
    (stuck / "inside").rmdir()
    assert desk.said_of_wiping()
    assert desk.reports.get(timeout=LONG).well
    desk.close()
    assert desk.journaled() == ["after"]
