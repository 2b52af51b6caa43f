"""The diary as files: what stands in each, that they hold the diary of one moment, and what is left out."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bedside.diary.errors import DiaryError
from bedside.diary.exported import KEYS, LARGEST
from bedside.diary.exporting import BLOCK, Export, copied, save
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.night.effects import CrampState, Row, Save, StretchState
from bedside.night.told import Added, Factor, Leg, Muscle, Verdict
from tests import years
from tests.diary import whole
from tests.diary.rows import NIGHT, at, check_in, cramp, ended, evening, judgement, open_files, phone, read_only, watch

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 1, 12, 13, tzinfo=UTC)
HASH = "5e" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "diary.db"


def sheet(blocks: Iterator[bytes]) -> list[dict[str, str]]:
    """The rows of a sheet, as a spreadsheet program reads them."""
    text = b"".join(blocks)
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\r\n") >= 1
    assert text.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def cramps_of(path: Path, *rows: Row) -> list[dict[str, str]]:
    whole.diary(path, rows)
    with Export(path) as export:
        return sheet(export.cramps(BERLIN))


# --- sheets ---


def test_a_cramp_has_its_local_time_its_length_and_all_that_was_told_of_it(path: Path) -> None:
    told = judgement(verdict=Verdict.TWO, severity=7, leg=Leg.LEFT, muscle=Muscle.CALF, second=at(60).wall)
    assert cramps_of(path, ended(celsius=16.54, seconds=90.5), told) == [
        {
            "night": "2026-01-10", "onset": "2026-01-11T04:04:00+01:00", "about": "no", "lasted_seconds": "90.5",
            "state": "ended", "doubtful": "no", "daytime": "no", "practice": "no", "counts": "yes",
            "verdict": "two cramps", "second_onset": "2026-01-11T04:05:00+01:00", "severity": "7", "leg": "left",
            "muscle": "calf", "celsius": "16.54", "origin": "button", "pressed": "", "measured": "yes",
        }
    ]  # fmt: skip


def test_what_nobody_knows_is_an_empty_cell_and_no_zero(path: Path) -> None:
    (row,) = cramps_of(path, cramp(state=CrampState.END_UNKNOWN))
    unknown = {name for name, cell in row.items() if cell == ""}
    assert unknown == {"lasted_seconds", "verdict", "second_onset", "severity", "leg", "muscle", "celsius", "pressed"}
    assert row["measured"] == "no"


def test_a_corrected_onset_has_its_press_beside_it_and_no_length_that_was_told_is_measured(path: Path) -> None:
    rows = cramps_of(
        path,
        ended("corrected", at(0)),
        judgement("corrected", onset=at(-240).wall, seconds=300.0),
        ended("pressed", at(3600)),
        Added("told", NIGHT, at(7200).wall, 60.0, "Anna"),
    )
    assert [(row["onset"][11:16], row["pressed"], row["lasted_seconds"] != "", row["measured"]) for row in rows] == [
        ("04:00", "2026-01-11T04:04:00+01:00", True, "no"),
        ("05:04", "", True, "yes"),
        ("06:04", "", True, "no"),
    ]


def test_without_an_observed_night_at_home_no_cramp_is_an_empty_cell_and_a_known_one_stays(path: Path) -> None:
    began = NIGHT.at(NIGHT.since_boot - 7 * 3600)
    nights = {1: (), 2: (ended(),), 3: (check_in(slept_here=False),)}
    counted = ("cramps", "doubtful", "daytime", "undated")
    seen = {}
    for number, rows in nights.items():
        one = path.with_name(f"{number}.db")
        heard = watch(began=began, seconds=16 * 3600 if number != 2 else 60)
        whole.diary(one, [heard, *rows])
        with Export(one) as export:
            row = sheet(export.nights(NOON, BERLIN))[0]
        seen[number] = (row["observed"], row["away"], *(row[name] for name in counted))
    assert seen == {
        1: ("yes", "no", "0", "0", "0", "0"),
        2: ("no", "no", "1", "", "", ""),
        3: ("yes", "yes", "", "", "", ""),
    }


def test_each_kind_of_cramp_is_told_apart(path: Path) -> None:
    unset = replace(at(7200), trusted=False)
    rows = cramps_of(
        path,
        ended("doubtful", at(0), doubtful=True),
        ended("practice", at(3600), practice=True),
        ended("about", unset),
        ended("by day", at(5 * 3600)),
        ended("none", at(9000)),
        judgement("none", verdict=Verdict.NONE),
        Added("told", NIGHT, at(14400).wall, 60.0, "Anna"),
        cramp("paired", at(1), state=CrampState.NO_CRAMP),
    )
    seen = [
        (row["doubtful"], row["practice"], row["about"], row["daytime"], row["counts"], row["origin"]) for row in rows
    ]
    assert seen == [
        ("yes", "no", "no", "no", "no", "button"),
        ("no", "yes", "no", "no", "no", "button"),
        ("no", "no", "yes", "", "yes", "button"),
        ("no", "no", "no", "no", "no", "button"),
        ("no", "no", "no", "yes", "yes", "page"),
        ("no", "no", "no", "yes", "yes", "button"),
    ]


def test_a_night_has_what_it_came_to_and_what_was_told_of_it(path: Path) -> None:
    evening_of_it = NIGHT.at(NIGHT.since_boot - 7 * 3600)
    degrees = [
        Aggregate(
            "boot", datetime(2026, 1, 10, 20, tzinfo=UTC) + number * timedelta(minutes=5), 5, 17.5, 17.0, 18.0, True
        )
        for number in range(12 * 12)
    ]
    whole.diary(
        path,
        [
            watch(began=evening_of_it, seconds=16 * 3600),
            ended(),
            ended("by day", at(5 * 3600)),
            evening(state=StretchState.COMPLETED),
            check_in(disturbance=4, factors=(Factor.ALCOHOL,), asked=(Factor.ALCOHOL, Factor.EFFORT), note="warm"),
        ],
        degrees,
    )
    with Export(path) as export:
        rows = sheet(export.nights(NOON, BERLIN))
    assert [row["night"] for row in rows] == ["2026-01-10", "2026-01-11"]
    assert rows[0] == {
        "night": "2026-01-10", "observed": "yes", "confirmed": "yes", "away": "no", "cramps": "1", "doubtful": "0",
        "daytime": "1", "undated": "0", "window_opens": "2026-01-10T22:00:00+01:00",
        "window_closes": "2026-01-11T07:00:00+01:00", "window_hours": "9.0", "watched_hours": "9.0",
        "mean_celsius": "17.5", "low_celsius": "17.0", "high_celsius": "18.0", "stretch": rows[0]["stretch"],
        "factors": "alcohol", "asked": "alcohol, unusual effort", "slept_here": "yes", "disturbance": "4",
        "note": "warm",
    }  # fmt: skip
    empty = {name for name, cell in rows[1].items() if cell == ""}
    assert rows[1]["observed"] == "no"
    assert empty >= {"cramps", "doubtful", "daytime", "undated", "mean_celsius", "note", "disturbance"}


@pytest.mark.parametrize("note", ["=1+1", "+49", "-", "@SUM(A1)", "\tx", "\r=x", '=HYPERLINK("http://x")'])
def test_a_note_that_a_spreadsheet_would_reckon_with_gets_an_apostrophe(path: Path, note: str) -> None:
    whole.diary(path, [check_in(note=note), watch(seconds=60)])
    with Export(path) as export:
        assert sheet(export.nights(NOON, UTC))[0]["note"] == f"'{note}"


def test_a_note_with_everything_that_a_sheet_could_stumble_over_comes_back(path: Path) -> None:
    note = 'a "b", c;\r\nd\ne ß 🦵\0'
    whole.diary(path, [check_in(note=note), watch(seconds=60)])
    with Export(path) as export:
        assert sheet(export.nights(NOON, UTC))[0]["note"] == note


def test_a_temperature_below_zero_stays_a_number(path: Path) -> None:
    (row,) = cramps_of(path, ended(celsius=-2.5))
    assert row["celsius"] == "-2.5"


def test_an_empty_diary_gives_sheets_with_their_first_line(path: Path) -> None:
    whole.diary(path)
    with Export(path) as export:
        assert sheet(export.cramps(UTC)) == sheet(export.nights(NOON, UTC)) == []


# --- JSON ---


def test_the_whole_diary_has_every_table_with_its_columns_and_no_phone(path: Path) -> None:
    text = whole.exported(whole.diary(path, [ended(), phone(), check_in()]))
    values = json.loads(text)
    assert (values["bedside"], values["made"], set(values["tables"])) == (
        1,
        "2026-01-11T08:00:00+00:00",
        {*KEYS, "readings"},
    )
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        for table in KEYS:
            rows = [dict(row) for row in connection.execute(f"select * from {table}")]
            assert values["tables"][table] == rows, table
    for secret in (HASH, "192.168.1.23", "replayed", "record"):
        assert secret not in text.decode()


def test_a_temperature_takes_little_room(path: Path) -> None:
    start = datetime(2026, 1, 10, tzinfo=UTC)
    readings = [
        Aggregate(
            "6f1c9a3e-5f0a-4f43-9d5e-000000000000", start + number * timedelta(minutes=5), 5, 18.123, 17.9, 18.4, True
        )
        for number in range(1000)
    ]
    empty = len(whole.exported(whole.diary(path)))
    full = len(whole.exported(whole.diary(path, (), readings)))
    assert (full - empty) / 1000 * 280_000 < 15_000_000


def test_ten_years_can_be_brought_in_again(tmp_path: Path) -> None:
    """Two years of five minutes, and eight of hours."""

    def bytes_a_night(readings: int) -> float:
        path = tmp_path / f"{readings}.db"
        years.fill(path, 40, NOON, readings=readings)
        with Export(path) as export:
            return sum(map(len, export.as_json(NOON))) / 40

    assert 365 * (2 * bytes_a_night(288) + 8 * bytes_a_night(24)) < LARGEST


def test_every_table_of_the_diary_is_exported_or_left_out_for_a_reason(path: Path) -> None:
    with closing(sqlite3.connect(whole.diary(path))) as connection:
        tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    made_from_the_rest = {"nights", "replayed", "unjournaled", "_sqlite_migrations"}
    assert tables == {*KEYS, "readings", "phones", *made_from_the_rest}


# --- one moment ---


def test_what_is_written_meanwhile_is_not_in_it_and_is_not_held_up(path: Path) -> None:
    rows = [replace(check_in(date(2026, 1, 1) + timedelta(days=day)), note="x" * 900) for day in range(300)]
    before = whole.exported(whole.diary(path, rows))
    assert len(before) > 3 * BLOCK
    with Export(path) as export:
        blocks = export.as_json(whole.MADE)
        first = next(blocks)
        writing = Diary(path)
        writing.apply([Save("meanwhile", NIGHT, (ended(), check_in(note="new")))])
        writing.close()
        assert first + b"".join(blocks) == before
    assert whole.exported(path) != before


def test_an_export_is_read_as_it_is_taken_and_lets_the_diary_go_in_the_midst(path: Path) -> None:
    whole.diary(
        path,
        (),
        [
            Aggregate("b", datetime(2026, 1, 1, tzinfo=UTC) + n * timedelta(minutes=5), 5, 18.0, 18.0, 18.0, True)
            for n in range(9000)
        ],
    )
    export = Export(path)
    blocks = export.as_json(whole.MADE)
    assert BLOCK <= len(next(blocks)) < BLOCK + 200
    assert open_files(path)
    export.close()
    assert open_files(path) == []


# --- SQLite ---


def copy_of(path: Path, folder: Path) -> Path:
    with copied(path) as file:
        (folder / "copy.db").write_bytes(file.read())
    return folder / "copy.db"


def test_the_copy_is_a_whole_diary_in_one_file_without_any_trace_of_a_phone(path: Path, tmp_path: Path) -> None:
    whole.diary(path, [ended(), phone(), phone("other", name="Secret phone"), check_in()])
    text = copy_of(path, tmp_path).read_bytes()
    for secret in (HASH, "Secret phone", "192.168.1.23"):
        assert secret.encode() in path.read_bytes()
        assert secret.encode() not in text
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("pragma journal_mode").fetchone() == ("delete",)
        assert copy.execute("pragma integrity_check").fetchone() == ("ok",)
        assert copy.execute("select id from entries").fetchall() == [("cramp",)]
        assert copy.execute("select count(*) from phones").fetchone() == (0,)
    assert not (tmp_path / "copy.db-wal").exists()


def test_the_copy_has_what_was_written_last_and_opens_as_a_diary(path: Path, tmp_path: Path) -> None:
    writing = Diary(path)
    writing.apply([Save("1", NIGHT, (ended(),))])
    copy = copy_of(path, tmp_path)  # while the diary is open, and its newest rows stand in a file beside it
    writing.close()
    assert whole.exported(copy) == whole.exported(path)
    Diary(copy).close()


def test_nothing_is_left_in_the_temporary_folder(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with copied(whole.diary(path)) as file:
        assert list(temporary.iterdir()) == []
        assert file.read(15) == b"SQLite format 3"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(DiaryError, match="The diary cannot be copied just now"):
        copied(path)


# --- diaries that cannot be read ---


def test_a_diary_that_is_not_there_or_none_is_told_as_such(path: Path) -> None:
    with pytest.raises(DiaryError, match="The diary cannot be read just now"):
        Export(path)
    path.write_bytes(b"no diary" * 999)
    for read in (Export, copied):
        with pytest.raises(DiaryError, match="The diary cannot be read just now"):
            read(path)
    assert open_files(path.parent) == []


def test_a_card_that_takes_nothing_any_more_still_gives_its_diary(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    whole.diary(folder / "diary.db", [ended(), check_in()])
    before = whole.exported(folder / "diary.db")
    with read_only(folder):
        assert whole.exported(folder / "diary.db") == before
        with copied(folder / "diary.db") as file:
            assert file.read(15) == b"SQLite format 3"


# --- into a file ---


@pytest.mark.parametrize(
    ("name", "nights", "begins"),
    [
        ("a.csv", False, "\N{ZERO WIDTH NO-BREAK SPACE}night,onset".encode()),
        ("a.csv", True, "\N{ZERO WIDTH NO-BREAK SPACE}night,observed".encode()),
        ("a.json", False, b'{"bedside":1,"made":"2026-01-12T13:00:00+00:00"'),
        ("a.db", False, b"SQLite format 3\0"),
    ],
)
def test_the_name_of_the_file_says_what_is_written(
    path: Path, tmp_path: Path, name: str, nights: bool, begins: bytes
) -> None:
    save(whole.diary(path, [ended()]), tmp_path / name, NOON, UTC, nights=nights)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_no_file_is_written_over_and_none_is_left_where_nothing_could_be_read(path: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("mine")
    whole.diary(path)
    said: dict[str, Any] = {}
    for name in ("a.json", "a.txt", "a"):
        with pytest.raises(OSError, match=name) as refused:
            save(path, tmp_path / name, NOON, UTC)
        said[name] = str(refused.value).removeprefix(f"{tmp_path}/")
    assert said == {
        "a.json": "a.json is there already. Choose another name.",
        "a.txt": "a.txt: the name has to end in .csv, .json or .db.",
        "a": "a: the name has to end in .csv, .json or .db.",
    }
    assert (tmp_path / "a.json").read_text() == "mine"
    with pytest.raises(DiaryError):
        save(tmp_path / "none.db", tmp_path / "b.json", NOON, UTC)
    assert not (tmp_path / "b.json").exists()
