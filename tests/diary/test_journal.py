"""The journal on real files: torn, flipped, full, read-only."""

import errno
import os
import random
import zlib
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from bedside.diary.journal import Journal, is_human, new_path
from bedside.night.effects import Meaning, Reason, Save
from bedside.night.habits import Habits
from bedside.night.resume import Kept
from tests.diary.rows import (
    at,
    boot,
    chosen,
    cramp,
    ended,
    evening,
    file_limit,
    little_room,
    open_files,
    phone,
    press,
    read_only,
    save,
    watch,
)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def records(journal: Journal) -> list[str]:
    """The ids of the whole records, as anyone reads them."""
    return [record.record for record in Journal(journal.path).read()]


def written(journal: Journal, *saves: Save) -> bytes:
    """The bytes of a journal of these records, closed as by a power cut."""
    journal.append(saves)
    journal.close()
    return journal.path.read_bytes()


def leave(journal: Journal, text: bytes | bytearray) -> None:
    """Make this all that the file has; not by way of an empty file, which ext4 flushes each time."""
    with journal.path.open("r+b") as file:
        file.write(text)
        file.truncate()


def test_an_absent_journal_is_an_empty_one(journal: Journal) -> None:
    assert list(journal.read()) == []
    assert journal.kept() == Kept()


def test_what_is_appended_is_read_in_order_and_exactly(journal: Journal) -> None:
    first = save("1", press(), cramp(), evening(), boot(trusted=at(5)))
    journal.append([first, save("2")])
    journal.append([save("3")])
    assert list(Journal(journal.path).read()) == [first, save("2"), save("3")]


def test_a_second_start_appends_to_what_is_there(journal: Journal) -> None:
    written(journal, save("1"))
    Journal(journal.path).append([save("2")])
    assert records(journal) == ["1", "2"]


def test_a_torn_last_line_is_passed_over_and_the_next_append_stays_whole_at_every_prefix(journal: Journal) -> None:
    whole = written(journal, save("1"))
    line = written(journal, save("torn"))[len(whole) :]
    for length in range(len(line)):
        leave(journal, whole + line[:length])
        complete = ["torn"] if length == len(line) - 1 else []  # all but its newline: every byte of it is there
        assert records(journal) == ["1", *complete]
        again = Journal(journal.path)
        again.append([save("2")])
        again.close()
        assert records(journal) == ["1", *complete, "2"]


def test_a_flipped_byte_costs_its_own_line_alone(journal: Journal) -> None:
    lines = written(journal, save("1"), save("2"), save("3")).splitlines(keepends=True)
    start = len(lines[0])
    for place in range(start, start + len(lines[1]) - 1):
        flipped = bytearray(b"".join(lines))
        flipped[place] ^= 1 << place % 8
        leave(journal, flipped)
        assert records(journal) == ["1", "3"]


def test_a_flipped_newline_costs_no_line_but_the_two_it_parted(journal: Journal) -> None:
    lines = written(journal, save("1"), save("2"), save("3"), save("4")).splitlines(keepends=True)
    journal.path.write_bytes(b"".join([lines[0], lines[1][:-1], b"\x0b", *lines[2:]]))
    assert records(journal) == ["1", "4"]


def test_a_block_of_zeros_after_a_power_cut_is_passed_over(journal: Journal) -> None:
    whole = written(journal, save("1"))
    journal.path.write_bytes(whole + bytes(4096))
    journal.append([save("2")])
    assert records(journal) == ["1", "2"]


def test_a_record_of_a_newer_version_is_passed_over_and_stays_in_the_file(journal: Journal) -> None:
    text = b'{"record":"1","moment":null,"rows":[],"mood":"fine"}'
    newer = b"%08x %s\n" % (zlib.crc32(text), text)
    journal.path.write_bytes(newer)
    journal.append([save("2")])
    assert records(journal) == ["2"]
    assert journal.path.read_bytes().startswith(newer)


@pytest.mark.slow
def test_ten_thousand_random_truncations_lose_nothing_before_the_cut_and_nothing_after_it(journal: Journal) -> None:
    chance = random.Random(7)
    whole = written(journal, save("0"), save("1"))
    ends = [whole.index(b"\n"), len(whole) - 1]  # a line that lacks only its newline is all there
    for number in range(10_000):
        cut = chance.randrange(len(whole) + 1)
        leave(journal, whole[:cut])
        before = [f"{number}" for number, end in enumerate(ends) if cut >= end]
        assert records(journal) == before
        if number % 20 == 0:
            written(journal, save("next"))
            assert records(journal) == [*before, "next"]


def test_a_full_disk_refuses_the_record_and_takes_the_next_when_there_is_room(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    journal = Journal(folder / "journal")
    acknowledged: list[str] = []

    def append_for_ever() -> None:
        for number in count():
            journal.append([save(f"{number}")])
            acknowledged.append(f"{number}")

    with little_room(folder, size=16384):
        with pytest.raises(OSError, match=r".") as refused:
            append_for_ever()
        assert records(journal) == acknowledged
    assert refused.value.errno in (errno.ENOSPC, errno.EFBIG)
    assert len(acknowledged) > 10
    journal.append([save("again")])
    assert records(journal) == [*acknowledged, "again"]


def test_a_read_only_folder_refuses_and_the_same_journal_goes_on_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    journal = Journal(folder / "journal")
    with read_only(folder), pytest.raises(OSError, match=r"[Rr]ead-only|denied"):
        journal.append([save("1")])
    journal.append([save("1")])
    journal.close()
    with read_only(folder), pytest.raises(OSError, match=r"[Rr]ead-only|denied"):
        journal.append([save("2")])
    journal.append([save("3")])
    assert records(journal) == ["1", "3"]


def test_after_a_failed_append_the_file_is_opened_anew_and_the_next_append_works(journal: Journal) -> None:
    journal.path.mkdir()
    with pytest.raises(IsADirectoryError):
        journal.append([save("1")])
    journal.path.rmdir()
    journal.append([save("1")])
    assert records(journal) == ["1"]


def test_a_failed_append_leaves_no_file_open(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    journal = Journal(folder / "journal")
    with little_room(folder, size=8192):
        for _ in range(3):
            with pytest.raises(OSError, match=r"."):
                journal.append([save("long", press(id="x" * 9000))])
            assert not open_files(journal.path)


def test_the_heartbeats_of_a_watch_are_no_human_act_and_all_else_is() -> None:
    assert not is_human(save("1", watch()))
    assert is_human(save("2", watch(), press()))
    assert all(is_human(save("3", row)) for row in (press(), cramp(), evening(), boot(), chosen()))


def test_the_newest_press_cramp_and_evening_are_kept(journal: Journal) -> None:
    journal.append([save("1", press("p1"), ended("c1")), save("2", evening(date(2026, 1, 9)))])
    journal.append([save("3", press("p2", at(900)), cramp("c2", at(900))), save("4", evening())])
    kept = journal.kept()
    assert kept.press == press("p2", at(900))
    assert kept.cramp == cramp("c2", at(900))
    assert (kept.evening, kept.evening_boot) == (evening(), "boot")
    assert kept.evenings_past == (date(2026, 1, 9),)


def test_a_later_revision_of_a_row_takes_the_place_of_the_first(journal: Journal) -> None:
    released = press("p1", held=0.4, meaning=Meaning.BEGAN)
    journal.append([save("1", press("p1"), cramp("c1"), evening())])
    journal.append([save("2", released), save("3", ended("c1")), save("4", evening(asks=2))])
    kept = journal.kept()
    assert (kept.press, kept.cramp, kept.evening) == (released, ended("c1"), evening(asks=2))
    assert kept.evenings_past == ()


def test_the_habits_chosen_last_are_kept(journal: Journal) -> None:
    journal.append([save("1", chosen(asks=1)), save("2", press())])
    assert journal.kept().habits == Habits(asks=1)
    journal.append([save("3", chosen(at(60), glow=False)), save("4", press())])
    assert journal.kept().habits == Habits(glow=False)


def test_where_none_were_chosen_no_habits_are_kept(journal: Journal) -> None:
    journal.append([save("1", press(), evening())])
    assert journal.kept().habits is None


def test_the_evening_written_last_is_gone_on_with_though_it_was_begun_before_another(journal: Journal) -> None:
    missed = evening(date(2026, 1, 9), over=True)
    journal.append([save("1", evening()), save("2", missed, evening())])
    kept = journal.kept()
    assert (kept.evening, kept.evenings_past) == (evening(), (date(2026, 1, 9),))


def test_an_evening_that_was_only_missed_is_none_to_go_on_from(journal: Journal) -> None:
    asked = evening(date(2026, 1, 9), over=True, asks=1)
    journal.append([save("asked", asked), save("missed", evening(date(2026, 1, 10), over=True, reason=Reason.MISSED))])
    kept = journal.kept()
    assert (kept.evening, kept.evenings_past) == (asked, ())


def test_an_evening_is_kept_with_the_boot_that_wrote_it_last(journal: Journal) -> None:
    later = replace(at(0), boot="after the power cut")
    journal.append([save("1", evening()), save("2", evening(over=True), moment=later)])
    assert journal.kept().evening_boot == "after the power cut"


def forget(journal: Journal, *names: str) -> int:
    return journal.forget(journal.forgettable({*names}))


def test_what_is_forgotten_goes_and_the_rest_stays_byte_by_byte_in_its_order(journal: Journal) -> None:
    lines = written(journal, *(save(f"{number}") for number in range(6))).splitlines(keepends=True)
    assert forget(journal, "0", "1", "3", "none of these") == 3
    assert journal.path.read_bytes() == b"".join([lines[2], *lines[4:]])
    assert forget(journal, "0", "1", "3") == 0


def test_an_absent_journal_has_nothing_to_forget(journal: Journal) -> None:
    assert forget(journal, "1") == 0
    assert not journal.path.exists()


def test_what_a_restart_goes_on_from_is_not_forgotten(journal: Journal) -> None:
    journal.append([save("0", press("p0"), ended("c0")), save("1", phone()), save("2", evening()), save("3", chosen())])
    journal.append([save("4", press("p"), cramp("c"))])
    before = journal.kept()
    assert forget(journal, *"01234") == 1
    assert records(journal) == [*"1234"]
    assert journal.kept() == before


def test_the_next_record_comes_after_what_stays(journal: Journal) -> None:
    journal.append([save(f"{number}") for number in range(4)])
    forget(journal, "0", "1")
    journal.make_room()
    journal.append([save("4")])
    assert records(journal) == [*"234"]


def test_what_tells_no_record_to_this_version_is_not_forgotten(journal: Journal) -> None:
    text = b'{"record":"1","moment":null,"rows":[],"mood":"fine"}'
    newer = b"%08x %s\n" % (zlib.crc32(text), text)
    torn = b'0123abcd {"record":"2'
    journal.path.write_bytes(newer + torn)
    journal.append([save("3"), save("4")])
    assert forget(journal, *"1234") == 1
    assert journal.path.read_bytes().startswith(newer + torn)
    assert records(journal) == ["4"]


def test_a_power_cut_while_it_is_written_anew_leaves_it_as_it_was_and_the_next_time_is_whole(journal: Journal) -> None:
    before = written(journal, *(save(f"{number}") for number in range(3)))
    forget(journal, "0")
    after = journal.path.read_bytes()
    for length in range(0, len(after) + 1, 7):
        leave(journal, before)
        new_path(journal.path).write_bytes(after[:length])
        assert records(journal) == [*"012"]
        forget(journal, "0")
        assert (journal.path.read_bytes(), new_path(journal.path).exists()) == (after, False)


def test_a_full_disk_leaves_it_as_it_was_and_the_next_record_is_kept(journal: Journal) -> None:
    journal.append([save(f"{number}") for number in range(20)])
    gone = journal.forgettable({"0"})
    with file_limit(500), pytest.raises(OSError, match=r"."):
        journal.forget(gone)
    assert records(journal) == [f"{number}" for number in range(20)]
    assert not new_path(journal.path).exists()
    assert not open_files(new_path(journal.path))
    journal.append([save("next")])
    assert records(journal)[-1] == "next"


def test_what_the_card_refuses_together_and_takes_one_by_one_is_no_trouble_any_more(tmp_path: Path) -> None:
    refusals = [OSError(errno.ENOSPC, "full")]

    def write(file: int, data: bytes, at: int) -> int:
        if refusals:
            raise refusals.pop()
        return os.pwrite(file, data, at)

    journal = Journal(tmp_path / "journal", write=write)
    assert journal.append_each([save("1"), save("2")]) == ([], None)
    assert [kept.record for kept in journal.read()] == ["1", "2"]
