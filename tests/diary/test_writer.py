"""The writer on real files and its real thread: what it says, and what is on the disk when it says so."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from bedside.diary.damaged import DAMAGED, aside_name, set_aside
from bedside.diary.journal import Journal
from bedside.diary.store import Diary
from bedside.diary.writer import Writer
from bedside.night.effects import Phase, Row
from bedside.night.events import Moment, PartReported, Saved, SaveFailed, TemperatureRead
from tests.diary.rows import NIGHT, at, cramp, ended, file_limit, judgement, open_files, press, save, watch

LONG = 60.0  # seconds that no test waits unless it fails
SHORT = 0.02  # between tries


class Desk:
    """A writer at work in a folder, what it posts, and what is on the disk just then."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "diary.db"
        self.reports: Queue[PartReported] = Queue()
        self.answers: Queue[Saved | SaveFailed] = Queue()
        self.posts: list[object] = []
        self.looks: Callable[[object], None] = lambda event: None
        self.moment = NIGHT
        self.writer = Writer(folder, self._take, lambda: self.moment, retry=SHORT)

    def _take(self, event: Any) -> None:
        self.looks(event)
        self.posts.append(event)
        (self.reports if isinstance(event, PartReported) else self.answers).put(event)

    def open(self, open_cramp: str | None = None) -> PartReported:
        """Start, and wait until the diary has been tried."""
        self.writer.start(open_cramp)
        return self.report()

    def keep(self, record: str, *rows: Row) -> None:
        self.writer.save(save(record, *rows))

    def warm(self, celsius: float, seconds: float = 0) -> None:
        self.writer.sample(TemperatureRead(at(seconds), celsius))

    def report(self) -> PartReported:
        """The next report on the diary."""
        return self.reports.get(timeout=LONG)

    def answer(self) -> Saved | SaveFailed:
        """The next word on a record."""
        return self.answers.get(timeout=LONG)

    def well(self) -> None:
        """Wait until all is well again."""
        while not self.report().well:
            pass

    def close(self) -> None:
        """Stop."""
        self.writer.close(LONG)
        assert not self.writer.alive()

    def posted(self, kind: type) -> list[Any]:
        return [event for event in self.posts if isinstance(event, kind)]

    def journaled(self) -> list[str]:
        return [record.record for record in Journal(self.folder / "journal").read()]

    def rows(self, query: str) -> list[Any]:
        """One column of what another program finds in the diary."""
        with closing(sqlite3.connect(self.path)) as other:
            return [value for (value,) in other.execute(query)]

    def pressed(self) -> list[str]:
        return self.rows("select id from presses order by id")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, another program is writing to the diary."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    def zero(self) -> None:
        """Let the card lose the diary, and another program's write make the writer look at the file again."""
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=LONG)) as other:
            other.execute("PRAGMA user_version = 7")
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with self.path.open("r+b") as file:
                file.write(bytes(self.path.stat().st_size))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.writer.close()


def keep_before(folder: Path, *saves: tuple[str, tuple[Row, ...]]) -> None:
    """A journal from an earlier run."""
    journal = Journal(folder / "journal")
    journal.append(save(record, *rows) for record, rows in saves)
    journal.close()


def test_saved_is_said_by_the_writers_thread_once_the_journal_has_it_on_the_disk(desk: Desk) -> None:
    found: list[tuple[str, bool, str]] = []

    def look(event: object) -> None:
        if isinstance(event, Saved):
            found.append((event.record, event.record in desk.journaled(), threading.current_thread().name))

    desk.looks = look
    desk.open()
    for number in range(5):
        desk.keep(f"{number}")
        assert desk.answer() == Saved(NIGHT, f"{number}")
    assert found == [(f"{number}", True, "writer") for number in range(5)]
    desk.close()
    assert desk.pressed() == [f"{number}" for number in range(5)]


def test_records_queued_before_the_start_are_saved_in_their_order(desk: Desk) -> None:
    for number in range(20):
        desk.keep(f"{number:02}")
    desk.open()
    desk.close()
    assert desk.journaled() == desk.pressed() == [f"{number:02}" for number in range(20)]
    assert [event.record for event in desk.posted(Saved)] == desk.journaled()


def test_where_the_journal_is_impossible_the_diarys_commit_is_saved_and_the_journal_is_told(desk: Desk) -> None:
    (desk.folder / "journal").mkdir()
    found: list[list[str]] = []
    desk.looks = lambda event: found.append(desk.pressed()) if isinstance(event, Saved) else None
    said = desk.open()
    assert not said.well
    assert said.says.startswith("The journal cannot be read")
    desk.keep("1")
    assert desk.answer() == Saved(NIGHT, "1")
    assert found == [["1"]]
    assert not [report for report in desk.posted(PartReported) if "memory" in report.says]


def test_a_journal_that_is_possible_again_gets_what_it_missed_and_the_trouble_is_over(desk: Desk) -> None:
    (desk.folder / "journal").mkdir()
    desk.open()
    desk.keep("1", press("p1"), cramp("c"))
    desk.keep("2", press("p2"), ended("c"))
    assert [desk.answer().record, desk.answer().record] == ["1", "2"]
    (desk.folder / "journal").rmdir()
    desk.well()
    assert desk.journaled() == ["1", "2"]
    assert desk.rows("select state from cramps") == ["ended"]


def test_where_both_are_impossible_it_fails_once_and_is_saved_in_both_when_the_cause_is_gone(desk: Desk) -> None:
    for name in ("journal", "diary.db"):
        (desk.folder / name).mkdir()
    desk.open()
    desk.keep("1")
    assert desk.answer() == SaveFailed(NIGHT, "1")
    desk.keep("2")
    assert desk.answer() == SaveFailed(NIGHT, "2")  # and not the first once more, which was tried with it
    assert desk.report().says.endswith("The newest presses are in memory only.")
    for name in ("diary.db", "journal"):
        (desk.folder / name).rmdir()
    assert [desk.answer(), desk.answer()] == [Saved(NIGHT, "1"), Saved(NIGHT, "2")]
    desk.well()
    desk.close()
    assert [event.record for event in desk.posted(SaveFailed)] == ["1", "2"]
    assert desk.pressed() == desk.journaled() == ["1", "2"]


def test_a_held_diary_keeps_no_press_waiting_and_has_it_after_its_release(desk: Desk) -> None:
    desk.open()
    with desk.held():
        desk.keep("1")
        assert desk.answer() == Saved(NIGHT, "1")
        said = desk.report()
        assert not said.well
        assert said.says.startswith("Another program holds the diary")
        assert said.remedy
    assert desk.report().well
    assert desk.pressed() == ["1"]


def test_each_change_is_reported_once_however_often_it_is_tried(desk: Desk) -> None:
    desk.open()
    with desk.held():
        for number in range(3):
            desk.keep(f"{number}")
            desk.answer()
        assert not desk.report().well
    assert desk.report().well
    for number in range(3, 6):
        desk.keep(f"{number}")
    desk.close()
    assert [report.well for report in desk.posted(PartReported)] == [True, False, True]


def test_a_cramp_that_begins_before_the_diary_first_opens_stays_open_in_it(desk: Desk) -> None:
    Diary(desk.path).close()
    with desk.held():
        desk.open()
        desk.keep("1", press(), cramp("running"))
        assert desk.answer() == Saved(NIGHT, "1")
    assert desk.report().well
    assert desk.rows("select state from cramps") == ["open"]


def test_a_damaged_diary_is_set_aside_whole_refilled_from_the_journal_and_told(desk: Desk) -> None:
    keep_before(desk.folder, ("1", (press("p1"), ended("c"))), ("2", (press("p2"),)))
    desk.path.write_bytes(b"this was never a diary " * 100)
    desk.writer.start()
    said = desk.report()
    assert not said.well
    assert "is damaged" in said.says
    assert "set aside as diary.db.damaged-20260111-030400" in said.says
    again = desk.report()
    assert again.well
    assert "diary.db.damaged-20260111-030400" in again.says
    assert (desk.folder / "diary.db.damaged-20260111-030400").read_bytes() == b"this was never a diary " * 100
    assert desk.pressed() == ["p1", "p2"]


def test_a_diary_zeroed_under_the_running_writer_loses_no_press_and_closes_its_orphans_again(desk: Desk) -> None:
    keep_before(desk.folder, ("0", (press("p0"), cramp("orphan"))))
    desk.open()
    desk.keep("1", press("p1"), cramp("running"))
    assert desk.answer() == Saved(NIGHT, "1")
    desk.zero()
    desk.keep("2", press("p2"))
    assert desk.answer() == Saved(NIGHT, "2")
    desk.well()
    desk.close()
    assert desk.pressed() == ["p0", "p1", "p2"]
    assert desk.rows("select id from cramps where state = 'open'") == ["running"]
    assert desk.rows("select id from cramps where state = 'end unknown'") == ["orphan"]
    assert list(desk.folder.glob("diary.db.damaged-*"))


def test_what_only_the_lost_diary_had_is_in_the_new_one_too(desk: Desk) -> None:
    (desk.folder / "journal").mkdir()
    desk.open()
    desk.keep("1")
    assert desk.answer() == Saved(NIGHT, "1")
    desk.zero()
    desk.keep("2")
    while desk.answer() != Saved(NIGHT, "2"):
        pass
    (desk.folder / "journal").rmdir()
    desk.close()
    assert desk.pressed() == desk.journaled() == ["1", "2"]


def test_two_damaged_diaries_of_the_same_second_are_both_kept(tmp_path: Path) -> None:
    for text in ("first", "second", "third"):
        for name in ("diary.db", "diary.db-wal"):
            (tmp_path / name).write_text(text)
        path = tmp_path / "diary.db"
        list(set_aside(path, aside_name(path, DAMAGED, NIGHT.wall)))
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    stem = "diary.db.damaged-20260111-030400"
    assert found == {
        f"{stem}{number}{suffix}": text
        for number, text in (("", "first"), ("-1", "second"), ("-2", "third"))
        for suffix in ("", "-wal")
    }


def test_after_an_error_of_the_card_the_connection_is_closed_and_the_press_is_in_the_next_one(desk: Desk) -> None:
    desk.open()
    opened: list[list[str]] = []

    def look(event: object) -> None:
        if isinstance(event, PartReported) and not event.well:
            opened.append(open_files(desk.path))

    desk.looks = look
    with file_limit(1024):  # the journal has room, the diary has none
        desk.keep("1")
        assert desk.answer() == Saved(NIGHT, "1")
        assert "The card gives errors" in desk.report().says
    assert opened == [[]]
    assert desk.report().well
    assert desk.pressed() == ["1"]


def test_a_full_disk_keeps_the_presses_and_writes_them_when_there_is_room(desk: Desk) -> None:
    desk.open()
    with file_limit(100):  # less than one record
        desk.keep("1")
        assert desk.answer() == SaveFailed(NIGHT, "1")
    assert desk.answer() == Saved(NIGHT, "1")
    desk.close()
    assert desk.pressed() == desk.journaled() == ["1"]


def test_readings_are_written_with_a_press(desk: Desk) -> None:
    desk.open()
    desk.warm(17.0)
    for record in ("1", "2"):
        desk.keep(record)
        desk.answer()  # on the second: the first one's commit is over
    assert desk.rows("select mean_celsius from readings") == [17.0]


def test_readings_are_not_written_before_the_hour_and_then_without_a_press(desk: Desk) -> None:
    desk.open()
    desk.warm(17.0)
    desk.moment = at(3599)
    desk.warm(17.0, 3599)
    through(desk)
    assert desk.rows("select count(*) from readings") == [0]
    desk.moment = at(3600)
    desk.warm(17.0, 3600)
    through(desk)
    assert desk.rows("select sum(samples) from readings") == [3]


def through(desk: Desk) -> None:
    """Return when the writer is through with all that was queued, which makes it write nothing."""
    done = threading.Event()
    desk.writer.after(done.set)
    assert done.wait(LONG)


def test_readings_go_along_with_a_heartbeat_that_comes_shortly_before_their_hour(desk: Desk) -> None:
    desk.open()
    desk.warm(17.0)
    desk.moment = at(2699)
    commits_after(desk)
    assert desk.rows("select count(*) from readings") == [0]
    desk.moment = at(2700)
    commits_after(desk)
    assert desk.rows("select sum(samples) from readings") == [1]


def test_while_no_readings_are_to_be_kept_the_temperature_is_let_go_and_presses_are_kept(desk: Desk) -> None:
    desk.open()
    desk.writer.keep_readings(wanted=False)
    desk.warm(17.0)
    desk.keep("1")
    assert desk.answer() == Saved(NIGHT, "1")
    desk.writer.keep_readings(wanted=True)
    desk.warm(18.0)
    desk.close()
    assert desk.rows("select mean_celsius from readings") == [18.0]
    assert desk.pressed() == ["1"]


def commits_after(desk: Desk) -> None:
    """Return when all that was queued is in the diary: a heartbeat held up once and let go is told, and comes last."""
    with desk.held():
        desk.keep("beat", watch(f"beat at {desk.moment.since_boot}"))
        assert not desk.report().well
    desk.well()


def test_heartbeats_reach_the_diary_and_never_the_journal(desk: Desk) -> None:
    desk.open()
    commits_after(desk)
    assert desk.rows("select count(*) from watches") == [1]
    assert desk.journaled() == []


def test_a_cramp_left_open_by_an_earlier_run_closes_as_end_unknown_at_the_start(desk: Desk) -> None:
    keep_before(desk.folder, ("1", (cramp("left"), ended("done"))), ("2", (cramp("goes on"),)))
    desk.open("goes on")
    assert desk.rows("select id || ' ' || state from cramps order by id") == [
        "done ended",
        "goes on open",
        "left end unknown",
    ]


def test_closing_writes_what_is_left(desk: Desk) -> None:
    desk.open()
    desk.warm(17.0)
    desk.keep("1")
    desk.keep("beat", watch())
    desk.warm(18.0)
    desk.close()
    assert desk.journaled() == desk.pressed() == ["1"]
    assert desk.rows("select samples from readings") == [2]
    assert desk.rows("select id from watches") == ["watch"]
    assert desk.posted(Saved) == [Saved(NIGHT, "1")]
    assert not open_files(desk.folder)


def test_a_folder_that_is_not_there_loses_nothing_once_it_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "card")
    desk.open()
    desk.keep("1")
    assert desk.answer() == SaveFailed(NIGHT, "1")
    desk.folder.mkdir()
    assert desk.answer() == Saved(NIGHT, "1")
    desk.close()
    assert desk.pressed() == desk.journaled() == ["1"]


def test_a_diary_restored_from_a_backup_gets_the_newer_presses_back_at_the_next_start(tmp_path: Path) -> None:
    first = Desk(tmp_path)
    first.open()
    first.keep("1")
    first.close()
    shutil.copy(first.path, tmp_path / "backup")
    second = Desk(tmp_path)
    second.open()
    second.keep("2")
    second.close()
    shutil.copy(tmp_path / "backup", second.path)
    third = Desk(tmp_path)
    third.open()
    third.close()
    assert third.pressed() == ["1", "2"]


def test_the_next_start_goes_on_with_the_later_moments_of_another_boot(tmp_path: Path) -> None:
    first = Desk(tmp_path)
    first.open()
    first.keep("1", cramp("c"))
    first.close()
    second = Desk(tmp_path)
    second.moment = Moment("next boot", 5.0, NIGHT.wall)
    second.open()
    second.close()
    assert second.rows("select state from cramps") == ["end unknown"]
    assert second.rows("select seconds from cramps") == [None]


def test_a_record_that_did_not_fit_undoes_none_that_came_after_it(desk: Desk) -> None:
    desk.open()
    desk.keep("before")
    desk.answer()
    size = max(path.stat().st_size for path in desk.folder.iterdir())
    with file_limit(size + 8192):
        desk.keep("began", cramp("c"), *(press(f"{number}", cramp="c" * 200) for number in range(2000)))
        assert isinstance(desk.answer(), SaveFailed)
        desk.keep("ended", ended("c"))  # it would fit, and tells the same cramp otherwise
        desk.keep("another", press("p"))
        answered = {answer.record: type(answer) for answer in (desk.answer(), desk.answer())}
        assert answered == {"ended": SaveFailed, "another": Saved}
    assert {desk.answer().record, desk.answer().record} == {"began", "ended"}
    desk.well()
    desk.close()
    assert desk.rows("select state from cramps") == ["ended"]
    assert desk.journaled() == ["before", "another", "began", "ended"]


def test_a_record_that_is_too_large_for_the_disk_holds_no_press_up(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.open()
    desk.keep("before")
    assert isinstance(desk.answer(), Saved)
    size = max(path.stat().st_size for path in tmp_path.iterdir())
    with file_limit(size + 8192):
        desk.keep("large", *(press(f"{number}", phase=Phase.QUIET, cramp="c" * 200) for number in range(2000)))
        assert isinstance(desk.answer(), SaveFailed)
        desk.keep("small")
        answer = desk.answer()
        assert (type(answer), answer.record) == (Saved, "small")
        assert desk.journaled() == ["before", "small"]
    desk.close()


def test_a_row_that_is_none_of_ours_stops_no_press_from_being_kept(desk: Desk) -> None:
    desk.open()
    desk.keep("cramp", ended("c"))
    desk.answer()
    desk.close()
    with closing(sqlite3.connect(desk.path)) as other, other:
        other.execute("update cramps set onset = 3, id = 'c'")
    again = Desk(desk.folder)
    again.open()
    again.keep("told", judgement("c", severity=3))
    again.keep("press", press("later"))
    assert {again.answer().record, again.answer().record} == {"told", "press"}
    assert again.writer.alive()
    again.close()
