"""Whoever asks is told that a record is kept once it is on the disk, and not before."""

from datetime import date
from pathlib import Path

from bedside.diary.keeping import Keeping
from bedside.diary.reader import reading
from bedside.diary.writer import Writer
from bedside.night.effects import Save
from bedside.night.events import Saved, SaveFailed
from tests.diary.rows import NIGHT, check_in, file_limit, save


def test_it_is_kept_once_saved_and_the_inbox_hears_of_it_too() -> None:
    heard: list[object] = []
    keeping = Keeping(heard.append)
    assert keeping.keep(save("mine"), lambda given: keeping.post(Saved(NIGHT, given.record)))
    assert heard == [Saved(NIGHT, "mine")]


def test_another_record_is_no_answer() -> None:
    keeping = Keeping(lambda _: None)
    assert not keeping.keep(save("mine"), lambda _: keeping.post(Saved(NIGHT, "another")), patience=0)


def test_a_failure_is_told_at_once() -> None:
    keeping = Keeping(lambda _: None)
    assert not keeping.keep(save("mine"), lambda given: keeping.post(SaveFailed(NIGHT, given.record)))


def test_what_is_saved_after_the_patience_reaches_the_inbox_alone() -> None:
    heard: list[object] = []
    keeping = Keeping(heard.append)
    assert not keeping.keep(save("mine"), lambda _: None, patience=0)
    keeping.post(Saved(NIGHT, "mine"))
    assert heard == [Saved(NIGHT, "mine")]


def test_where_there_is_nothing_to_be_given_it_is_kept_at_once() -> None:
    assert Keeping(lambda _: None).keep_if("mine", lambda: False)


def test_what_is_given_by_its_name_is_waited_for_too() -> None:
    keeping = Keeping(lambda _: None)

    def give() -> bool:
        keeping.post(SaveFailed(NIGHT, "mine"))
        return True

    assert not keeping.keep_if("mine", give)


def test_with_the_real_writer_it_is_in_the_journal_when_it_is_kept(tmp_path: Path) -> None:
    keeping = Keeping(lambda _: None)
    writer = Writer(tmp_path, keeping.post, lambda: NIGHT)
    writer.start()
    assert keeping.keep(save("mine"), writer.save)
    assert b'"mine"' in (tmp_path / "journal").read_bytes()
    writer.close()


def test_a_full_card_is_told_and_the_record_stays_with_the_writer(tmp_path: Path) -> None:
    given: list[Save] = []
    keeping = Keeping(lambda _: None)
    writer = Writer(tmp_path, keeping.post, lambda: NIGHT)

    def give(record: Save) -> None:
        given.append(record)
        writer.save(record)

    with file_limit(0):
        writer.start()
        assert not keeping.keep(save("mine"), give)
    writer.close()
    assert [record.record for record in given] == ["mine"]
    assert b'"mine"' in (tmp_path / "journal").read_bytes()


def test_what_was_kept_is_in_the_diary_before_the_next_page_is_asked_for(tmp_path: Path) -> None:
    keeping = Keeping(lambda event: None)
    writer = Writer(tmp_path, keeping.post, lambda: NIGHT)
    writer.start()
    for number in range(20):
        record = save(f"told {number}", check_in(disturbance=number % 10))
        assert keeping.keep_and_show(record, writer.save, writer.after)
        with reading(tmp_path / "diary.db") as reader:
            kept = reader.check_in(date(2026, 1, 10))
        assert kept is not None
        assert kept.disturbance == number % 10
    writer.close()


def test_a_diary_that_takes_its_time_holds_nobody_up_for_long(tmp_path: Path) -> None:
    keeping = Keeping(lambda event: None)
    calls: list[object] = []
    assert keeping.keep_and_show(save("a"), lambda save: keeping.post(Saved(NIGHT, save.record)), calls.append, 0.01)
    assert calls
