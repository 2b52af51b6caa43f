"""An exported diary comes back row for row, all or nothing, and a file that is no export is refused with a sentence."""

import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.diary.brought_in import FORGOTTEN_SECONDS
from bedside.diary.errors import DiaryError
from bedside.diary.exported import KEYS
from bedside.diary.importing import RefusedError, is_empty, place, take_in
from bedside.diary.journal import Journal
from bedside.diary.reader import reading
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.diary.wiping import Wiping
from bedside.night.effects import CrampState, Meaning, Row, Save
from bedside.night.events import KEY, WIRE
from bedside.night.habits import Habits
from bedside.night.resume import what_was_kept
from bedside.night.told import About, Added, Condition, Factor, Flag, Judgement, Medicine, Muscle, TimeTold, Verdict
from bedside.sample import sample_nights
from tests.diary import whole
from tests.diary.rows import (
    NIGHT,
    at,
    boot,
    check_in,
    chosen,
    cramp,
    ended,
    evening,
    judgement,
    open_files,
    phone,
    press,
    read_only,
    watch,
)
from tests.diary.whole import brought_in, exported, taken_in

NEWER = at(86400)
MEDICINE = Medicine("m", NIGHT, NIGHT.wall.date(), whole.free.Remedy.STATIN, whole.free.Change.STARTED, "Anna's pill")
EARLY = replace(at(5), wall=NIGHT.wall - timedelta(hours=3), trusted=False)
LIVED: tuple[Row, ...] = (
    boot(trusted=at(9)), TimeTold(EARLY, at(5).wall, "Anna"), ended("early", EARLY),
    chosen(asks=1), chosen(NEWER, asks=2, factors=(Factor.STRESS,)), press(cramp="cramp", button=KEY), ended(),
    cramp("unfinished", at(9000)), Added("added", NIGHT, NIGHT.wall, 61.5, "Anna"), check_in(note='=1+1, "né"\r\n\0'),
    check_in(disturbance=3, asked=(Factor.ALCOHOL,)), judgement(verdict=Verdict.TWO, second=NIGHT.wall),
    judgement(severity=7), evening(by_page=True), replace(evening(), date=NIGHT.wall.date(), night=evening().date),
    MEDICINE, replace(MEDICINE, retracted=True), About(NIGHT, (Condition.KIDNEY,), (Flag.NUMB,), "Anna"),
    watch(), phone(name="Anna's phone of long ago"),
)  # fmt: skip


def degrees(number: int, boot: str = "boot") -> Aggregate:
    start = datetime(2026, 1, 10, 22, tzinfo=UTC) + number * timedelta(minutes=5)
    return Aggregate(boot, start, 5, 18 + number / 7, 17.5, 19.0, trusted=number % 2 == 0)


DEGREES = [*map(degrees, range(40)), degrees(3, "another boot")]


@pytest.fixture
def lived(tmp_path: Path) -> bytes:
    """The export of a diary that has rows of every kind."""
    return exported(whole.diary(tmp_path / "lived.db", LIVED, DEGREES))


def changed(text: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The export with a change in its tables."""
    values = json.loads(text)
    change(values["tables"])
    return json.dumps(values).encode()


def rows_of(path: Path, table: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.execute(f"select * from {table}").fetchall(), key=repr)


def leftovers(path: Path) -> list[str]:
    return [found.name for found in path.parent.glob(f"{path.name}.brought-in-*")]


# --- the same diary again ---


def test_a_diary_that_was_lived_in_comes_back_row_for_row(tmp_path: Path, lived: bytes) -> None:
    again = brought_in(lived, whole.diary(tmp_path / "again.db"))
    for table in (*KEYS, "readings"):
        before = rows_of(tmp_path / "lived.db", table)
        if table == "cramps":
            before = [tuple("end unknown" if cell == "open" else cell for cell in row) for row in before]
        assert sorted(before, key=repr) == rows_of(again, table), table
        assert before, f"nothing was tried of {table}"
    assert exported(again) == lived.replace(b'"state":"open"', b'"state":"end unknown"')
    assert rows_of(again, "phones") == []
    assert leftovers(again) == []
    assert open_files(tmp_path) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(whole.diaries, st.lists(whole.measured(), max_size=10))
def test_whatever_a_diary_has_export_and_import_and_export_give_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], readings: list[Aggregate]
) -> None:
    folder = tmp_path_factory.mktemp("diaries")
    text = exported(whole.diary(folder / "diary.db", rows, readings))
    assert exported(brought_in(text, whole.diary(folder / "again.db"))) == text


def test_sample_nights_that_are_not_marked_as_such_come_back_byte_for_byte(tmp_path: Path) -> None:
    diary = Diary(tmp_path / "diary.db")
    for save, readings in sample_nights(datetime(2026, 1, 11, 9, tzinfo=UTC), UTC):
        diary.apply([save], readings)
    text = exported(diary.path)
    assert text.count(b"\n") > 18_000
    assert exported(brought_in(text, whole.diary(tmp_path / "again.db"))) == text
    diary.mark_as_sample()
    diary.close()
    with pytest.raises(RefusedError, match=r"Row 1 of cramps is made up for the demo\."):
        taken_in(exported(diary.path), tmp_path / "again.db")


def test_only_the_time_it_was_made_tells_two_exports_apart(tmp_path: Path, lived: bytes) -> None:
    later = exported(tmp_path / "lived.db", whole.MADE + timedelta(days=1))
    assert later == lived.replace(b"2026-01-11T08:00:00+00:00", b"2026-01-12T08:00:00+00:00", 1) != lived


@pytest.mark.parametrize("indent", [None, 4])
def test_a_file_that_was_written_otherwise_is_the_same_file(tmp_path: Path, lived: bytes, indent: int | None) -> None:
    text = b"\xef\xbb\xbf" + json.dumps(json.loads(lived), indent=indent, ensure_ascii=True).encode() + b"\n \n"
    again = brought_in(text, whole.diary(tmp_path / "again.db"))
    assert exported(again) == lived.replace(b'"state":"open"', b'"state":"end unknown"')


def test_what_the_device_has_of_itself_stays_as_it_is(tmp_path: Path, lived: bytes) -> None:
    own = whole.diary(
        tmp_path / "own.db",
        [boot(), watch(seconds=9000), press(meaning=Meaning.PAIRED), cramp(state=CrampState.NO_CRAMP)],
        [replace(degrees(3), mean=21.0)],
    )
    before = {table: rows_of(own, table) for table in ("boots", "watches", "presses")}
    brought_in(lived, own)
    assert {table: rows_of(own, table) for table in before} == before
    assert [row[2] for row in rows_of(own, "readings") if row[0].startswith("2026-01-10T22:15")] == [18.429, 21.0]
    assert len(rows_of(own, "readings")) == len(DEGREES)


# --- what goes on, and what does not ---


def test_a_restart_goes_on_with_nothing_that_was_brought_in_but_the_habits(tmp_path: Path, lived: bytes) -> None:
    found = taken_in(lived, whole.diary(tmp_path / "again.db"))
    assert found.habits == Habits(asks=2, factors=(Factor.STRESS,))
    journal = Journal(tmp_path / "journal")
    journal.append([Save("brought in", NIGHT, found.rows)])
    journal.close()
    kept = journal.kept()
    assert (kept.press, kept.cramp, kept.evening, kept.evenings_past, kept.phones) == (None, None, None, (), ())
    assert kept.habits == found.habits


def test_habits_that_were_chosen_on_this_device_go_on_holding(tmp_path: Path, lived: bytes) -> None:
    own = whole.diary(tmp_path / "own.db", [chosen(asks=3, glow=False)])
    found = taken_in(lived, own)
    assert found.habits is None
    records = [Save("own", NIGHT, (chosen(asks=3, glow=False),)), Save("brought in", NEWER, found.rows)]
    assert what_was_kept(records).habits == Habits(asks=3, glow=False)
    later = Save("later", NEWER, (chosen(NEWER, asks=1),))
    assert what_was_kept([*records, later]).habits == Habits(asks=1)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_habits_that_held_last_hold_whatever_their_order_in_the_file(
    tmp_path: Path, lived: bytes, reverse: bool
) -> None:
    text = changed(lived, lambda tables: tables["habits"].sort(key=lambda row: row["at"], reverse=reverse))
    found = taken_in(text, whole.diary(tmp_path / "again.db"))
    assert found.habits == Habits(asks=2, factors=(Factor.STRESS,))
    assert what_was_kept([Save("brought in", NIGHT, found.rows)]).habits == found.habits


# --- all or nothing ---


def test_a_record_that_the_journal_has_and_the_diary_has_not_comes_whole_at_the_next_start(
    tmp_path: Path, lived: bytes
) -> None:
    path = whole.diary(tmp_path / "diary.db")
    record = Save("brought in", NIGHT, taken_in(lived, path).rows)
    journal = Journal(tmp_path / "journal")
    journal.append([record])
    journal.close()
    diary = Diary(path)
    assert diary.replay(journal.read()) == 1
    assert exported(path) == lived.replace(b'"state":"open"', b'"state":"end unknown"')
    assert leftovers(path) == []
    assert diary.replay(journal.read()) == 0
    diary.close()


def test_of_a_record_that_is_torn_anywhere_nothing_comes(tmp_path: Path, lived: bytes) -> None:
    path = whole.diary(tmp_path / "diary.db")
    empty = exported(path)
    journal = Journal(tmp_path / "journal")
    journal.append([Save("brought in", NIGHT, taken_in(lived, path).rows)])
    journal.close()
    line = journal.path.read_bytes().rstrip(b"\n")
    for length in (*range(0, len(line), max(1, len(line) // 50)), len(line) - 1):
        journal.path.write_bytes(line[:length])
        diary = Diary(path)
        assert diary.replay(journal.read()) == 0
        diary.close()
    assert exported(path) == empty


def test_a_diary_that_is_filled_anew_from_the_journal_has_all_but_the_temperatures(
    tmp_path: Path, lived: bytes
) -> None:
    path = whole.diary(tmp_path / "diary.db")
    record = Save("brought in", NIGHT, taken_in(lived, path).rows)
    for again in (path, tmp_path / "anew.db"):
        diary = Diary(again)
        diary.replay([record])
        diary.close()
    assert rows_of(path, "cramps") == rows_of(tmp_path / "anew.db", "cramps")
    assert (len(rows_of(path, "readings")), rows_of(tmp_path / "anew.db", "readings")) == (len(DEGREES), [])


def test_temperatures_that_cannot_be_read_any_more_keep_nothing_else_out(tmp_path: Path, lived: bytes) -> None:
    path = whole.diary(tmp_path / "diary.db")
    found = taken_in(lived, path)
    found.waiting.write_bytes(b"no database " * 1000)
    diary = Diary(path)
    diary.apply([Save("brought in", NIGHT, found.rows)])
    diary.close()
    assert rows_of(path, "checkins")
    assert rows_of(path, "readings") == []


def test_what_waits_for_the_diary_goes_when_everything_is_deleted(tmp_path: Path, lived: bytes) -> None:
    found = taken_in(lived, whole.diary(tmp_path / "diary.db"))
    assert found.waiting.exists()
    wiping = Wiping(tmp_path)
    wiping.ask(lambda: None)
    wiping.finish()
    assert not found.waiting.exists()


def test_what_a_power_cut_left_waiting_for_nothing_is_removed_by_the_next_import(tmp_path: Path, lived: bytes) -> None:
    path = whole.diary(tmp_path / "diary.db")
    left, new = taken_in(lived, path).waiting, taken_in(lived, path).waiting
    old = left.stat().st_mtime - FORGOTTEN_SECONDS - 1
    os.utime(left, (old, old))
    third = taken_in(lived, path)
    assert (left.exists(), new.exists(), third.waiting.exists()) == (False, True, True)
    third.discard()
    assert not third.waiting.exists()


def test_a_disk_that_refuses_is_told_as_one(tmp_path: Path, lived: bytes) -> None:
    with reading(whole.diary(tmp_path / "diary.db")) as reader:
        where = place(reader)
    refused = pytest.raises(DiaryError, match="The card does not take the file just now")
    with read_only(tmp_path), refused:
        take_in(BytesIO(lived), tmp_path / "diary.db", where)


# --- which diary is empty ---


@pytest.mark.parametrize(
    "row",
    [
        press(), ended(), cramp(), ended(doubtful=True), Added("a", NIGHT, NIGHT.wall), check_in(), judgement(),
        evening(), MEDICINE, About(NIGHT),
    ],
    ids=lambda row: type(row).__name__,
)  # fmt: skip
def test_a_diary_that_has_an_act_or_an_answer_is_not_empty(tmp_path: Path, row: Row) -> None:
    with reading(whole.diary(tmp_path / "diary.db", [row])) as reader:
        assert not is_empty(reader)


def test_a_diary_with_what_the_device_knows_and_the_press_that_paired_a_phone_is_empty(tmp_path: Path) -> None:
    rows = [
        boot(), watch(), phone(), chosen(), press("p", meaning=Meaning.PAIRED, cramp="p"), cramp("p", doubtful=True),
        press("n", cramp="n", meaning=Meaning.PAIRED), cramp("n", state=CrampState.NO_CRAMP),
        press("l", leaned=True, cramp="l"), cramp("l", doubtful=True), press("x", practice=True),
        ended("x", practice=True),
    ]  # fmt: skip
    with reading(whole.diary(tmp_path / "diary.db", rows, DEGREES)) as reader:
        assert is_empty(reader)


def test_a_diary_that_was_exported_before_there_were_other_buttons_comes_in(tmp_path: Path, lived: bytes) -> None:
    older = changed(lived, lambda tables: [row.pop("button") for row in tables["presses"]])
    again = brought_in(older, whole.diary(tmp_path / "again.db"))
    with closing(sqlite3.connect(again)) as connection:
        assert connection.execute("select distinct button from presses").fetchall() == [(WIRE,)]


# --- refused ---


def without(tables: dict[str, Any], table: str) -> None:
    del tables[table]


Change = Callable[[dict[str, Any]], object]
CHANGES: dict[str, tuple[Change, str]] = {
    "missing table": (lambda t: t.pop("medicines"), "The file has no table medicines, or has it not once."),
    "missing readings": (lambda t: t.pop("readings"), "The file has no table readings, or has it not once."),
    "strange table": (lambda t: t.update(dreams=[]), "The file has a table dreams, which this diary does not know."),
    "phones": (lambda t: t.update(phones=[]), "The file has a table phones, which this diary does not know."),
    "no row": (lambda t: t["cramps"].append(7), "Row 5 of cramps is no row."),
    "strange column": (
        lambda t: t["about"][0].update(mood="fine"),
        "Row 1 of about has a column mood, which this diary does not know.",
    ),
    "missing column": (lambda t: t["cramps"][0].pop("celsius"), "Row 1 of cramps has no column celsius."),
    "wrong type": (
        lambda t: t["checkins"][0].update(disturbance="three"),
        "Row 1 of checkins cannot be: disturbance is three.",
    ),
    "date out of range": (
        lambda t: t["medicines"][0].update(day="2026-02-30"),
        "Row 1 of medicines cannot be: day is 2026-02-30.",
    ),
    "year out of range": (
        lambda t: t["medicines"][0].update(day="9999-12-31"),
        "Row 1 of medicines cannot be: day is 9999-12-31.",
    ),
    "key twice": (lambda t: t["cramps"].append(t["cramps"][1]), "Row 5 of cramps is there twice: id is cramp."),
    "empty cell": (lambda t: t["presses"][0].update(at=None), "Row 1 of presses cannot be: at is None."),
    "long cell": (
        lambda t: t["checkins"][0].update(note="ä" * 20_000),
        f"Row 1 of checkins cannot be: note is {'ä' * 40}….",
    ),
    "half a sign": (lambda t: t["checkins"][0].update(note="\ud800"), "Row 1 of checkins cannot be: note is �."),
    "list for a key": (lambda t: t["cramps"][0].update(id=["a"]), "Row 1 of cramps cannot be: id is ['a']."),
    "sample": (lambda t: t["stretches"][0].update(origin="sample"), "Row 1 of stretches is made up for the demo."),
    "reading no row": (lambda t: t["readings"]["rows"].append({}), "Row 42 of readings is no row."),
    "reading too short": (lambda t: t["readings"]["rows"][2].pop(), "Row 3 of readings is no row."),
    "reading twice": (
        lambda t: t["readings"]["rows"].append(t["readings"]["rows"][0]),
        "Row 42 of readings is there twice: start is 1768082400.",
    ),
    "reading of no boot": (
        lambda t: t["readings"]["rows"][0].__setitem__(0, 2),
        "Row 1 of readings cannot be: boot is 2.",
    ),
    "reading of a boot from behind": (
        lambda t: t["readings"]["rows"][0].__setitem__(0, -1),
        "Row 1 of readings cannot be: boot is -1.",
    ),
    "no boots": (lambda t: t["readings"].update(boots=[]), "Row 1 of readings cannot be: boot is 1."),
    "boots no texts": (lambda t: t["readings"].update(boots=[1]), "Row 1 of readings is no row."),
    "hot": (
        lambda t: t["readings"]["rows"][0].__setitem__(2, 900.0),
        "Row 1 of readings cannot be: mean_celsius is 900.0.",
    ),
    "late": (lambda t: t["readings"]["rows"][0].__setitem__(1, 1e300), "Row 1 of readings cannot be: start is 1e+300."),
    "other columns": (lambda t: t["readings"]["columns"].reverse(), "The file has no table readings"),
    "strange part of the readings": (lambda t: t["readings"].update(x=1), "The file has no table readings"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_row_that_cannot_be_refuses_all_and_is_named(tmp_path: Path, lived: bytes, name: str) -> None:
    change, sentence = CHANGES[name]
    path = whole.diary(tmp_path / "again.db")
    empty = exported(path)
    with pytest.raises(RefusedError) as refused:
        taken_in(changed(lived, change), path)
    assert str(refused.value).startswith(sentence)
    assert exported(path) == empty
    assert leftovers(path) == []
    assert open_files(tmp_path) == []


NO_EXPORT = "This is no diary that bedside has exported. Choose the file that ends in .json."
TEXTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", NO_EXPORT),
    "a photo": (bytes(range(256)) * 99, NO_EXPORT),
    "packed": (gzip.compress(b'{"bedside":1}' * 99)[:-7], NO_EXPORT),
    "a sheet": (b"night,onset\r\n2026-01-10,x\r\n", NO_EXPORT),
    "a list": (b"[1,2]", NO_EXPORT),
    "other JSON": (b'{"tables":{}}', NO_EXPORT),
    "no version": (b'{"bedside":"1","tables":{}}', NO_EXPORT),
    "yes for a version": (b'{"bedside":true,"tables":{}}', NO_EXPORT),
    "version 2": (
        b'{"bedside":2,"tables":{}}',
        "The file was made by another version of bedside (2). Update bedside first.",
    ),
    "more beside": (b'{"bedside":1,"secrets":[]}', NO_EXPORT),
    "no tables": (b'{"bedside":1,"made":"x"}', "The file has no table boots, or has it not once."),
    "tables no object": (b'{"bedside":1,\n"tables":[]}', "The file cannot be read in line 2."),
    "a table no list": (b'{"bedside":1,\n"tables":{"boots":{}}}', "The file cannot be read in line 2."),
    "twice the table": (
        b'{"bedside":1,"tables":{"boots":[],"boots":[]}}',
        "The file has no table boots, or has it not once.",
    ),
    "deep": (b'{"bedside":1,\n"tables":' + b"[" * 100_000, "The file cannot be read in line 2."),
    "no number": (b'{"bedside":1,"tables":{"cramps":[NaN]}}', "The file cannot be read in line 1."),
    "no UTF-8": (b'{"bedside":1,"tables":{"cramps":["\xff"]}}', NO_EXPORT),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_that_is_no_export_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    text, sentence = TEXTS[name]
    path = whole.diary(tmp_path / "again.db")
    with pytest.raises(RefusedError) as refused:
        taken_in(text, path)
    assert str(refused.value).startswith(sentence)
    assert leftovers(path) == []


def test_a_file_that_breaks_off_anywhere_is_refused(tmp_path: Path, lived: bytes) -> None:
    path = whole.diary(tmp_path / "again.db")
    said = set()
    for length in range(0, len(lived.rstrip()), 97):
        with pytest.raises(RefusedError) as refused:
            taken_in(lived[:length], path)
        said.add(str(refused.value).partition(" in line")[0])
    assert said == {NO_EXPORT, "The file breaks off", "The file cannot be read"}


def test_a_file_that_goes_on_after_its_end_is_refused(tmp_path: Path, lived: bytes) -> None:
    with pytest.raises(RefusedError, match="The file cannot be read in line"):
        taken_in(lived + b"{}", whole.diary(tmp_path / "again.db"))


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), value=junk)
def test_any_cell_may_be_anything_and_is_taken_or_refused_by_a_sentence(
    tmp_path: Path, lived: bytes, data: st.DataObject, value: object
) -> None:
    tables = json.loads(lived)["tables"]
    table = data.draw(st.sampled_from(sorted(KEYS)))
    row = data.draw(st.integers(0, len(tables[table]) - 1))
    column = data.draw(st.sampled_from(sorted(tables[table][row])))
    text = changed(lived, lambda tables: tables[table][row].update({column: value}))
    path = tmp_path / "again.db"
    if not path.exists():
        whole.diary(path)
    try:
        taken_in(text, path).discard()
        said = ""
    except RefusedError as refused:
        said = str(refused)
    assert said == "" or said.startswith(f"Row {row + 1} of {table} ") or " is there twice: " in said
    assert leftovers(path) == []


def test_a_judgement_of_a_cramp_that_is_not_there_is_taken_as_it_is(tmp_path: Path) -> None:
    lost = exported(whole.diary(tmp_path / "lived.db", [Judgement("lost", NIGHT, muscle=Muscle.CALF)]))
    assert exported(brought_in(lost, whole.diary(tmp_path / "again.db"))) == lost
