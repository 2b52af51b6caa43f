"""The diary's file: what is in it, what it survives, and what it says where it cannot."""

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as Clock  # noqa: N812 - the module of that name measures here
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bedside.diary.errors import BlockedDiaryError, DamagedDiaryError, DiaryError
from bedside.diary.migrations import migrations
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.night.effects import CrampState, Phase, StretchState
from bedside.night.events import Moment
from bedside.night.habits import Accent, Habits
from bedside.night.told import Factor, Leg
from tests.diary.rows import (
    at,
    boot,
    check_in,
    chosen,
    cramp,
    ended,
    evening,
    file_limit,
    judgement,
    phone,
    press,
    read_only,
    save,
    watch,
)

TABLES = {
    "cramps",
    "presses",
    "stretches",
    "readings",
    "watches",
    "boots",
    "replayed",
    "habits",
    "phones",
    "checkins",
    "judgements",
}
TOLD = (check_in(), judgement("c"))
READING = Aggregate("boot", datetime(2026, 1, 11, 3, tzinfo=UTC), 5, 17.0, 16.5, 17.5, trusted=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "diary.db"


@pytest.fixture
def diary(path: Path) -> Iterator[Diary]:
    diary = Diary(path)
    yield diary
    diary.close()


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What another program finds."""
    with closing(sqlite3.connect(path)) as other:
        return other.execute(query).fetchall()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Inside, another program is writing to the diary."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_a_second_opening_migrates_nothing_anew(path: Path) -> None:
    found = []
    for _ in range(2):
        Diary(path).close()
        schema = rows(path, "select sql from sqlite_master order by name")
        found.append((schema, rows(path, "select * from _sqlite_migrations")))
    assert found[0] == found[1]
    assert {name for (name,) in rows(path, "select name from sqlite_master where type = 'table'")} >= TABLES


def test_a_diary_of_the_first_version_gets_the_new_table_and_keeps_what_is_in_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection), stop_before="habits")
        connection.execute("insert into stretches (evening, state, asks) values ('2026-01-09', 'completed', 1)")
        connection.execute("insert into replayed values ('old')")
        connection.commit()
    assert rows(path, "select name from sqlite_master where name = 'habits'") == []
    diary = Diary(path)
    assert diary.replay([save("old"), save("new", chosen())]) == 1
    diary.close()
    assert rows(path, "select evening, state, origin, night from stretches") == [
        ("2026-01-09", "completed", "button", "2026-01-09")
    ]
    assert rows(path, "select count(*) from habits") == [(1,)]


def test_every_commit_is_synced_through_a_write_ahead_log_with_foreign_keys_held(diary: Diary) -> None:
    asked = ("journal_mode", "synchronous", "foreign_keys")
    found = [diary._db.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in asked]
    assert found == ["wal", 2, 1]


def test_a_commit_is_in_the_file_for_others_at_once(diary: Diary) -> None:
    diary.apply([save("1", press("p"), ended("c"), evening(), watch(), boot(), chosen(), phone(), *TOLD)], [READING])
    counts = {table: rows(diary.path, f"select count(*) from {table}")[0][0] for table in TABLES}
    assert counts == dict.fromkeys(TABLES, 1)


def test_a_later_revision_keeps_one_row_per_id(diary: Diary) -> None:
    diary.apply([save("1", cramp("c"), press("p"), evening(), watch(seconds=1200))])
    diary.apply([save("2", ended("c", seconds=90.5), press("p", held=0.4), evening(asks=3), watch(seconds=2400))])
    assert rows(diary.path, "select id, state, seconds from cramps") == [("c", "ended", 90.5)]
    assert rows(diary.path, "select id, held_seconds from presses") == [("p", 0.4)]
    assert rows(diary.path, "select evening, asks from stretches") == [("2026-01-10", 3)]
    assert rows(diary.path, "select seconds from watches") == [(2400.0,)]


def test_a_record_applied_twice_counts_once_and_undoes_no_later_revision(diary: Diary) -> None:
    first, second = save("1", cramp("c")), save("2", ended("c"))
    diary.apply([first, first, second])
    diary.apply([first])
    assert rows(diary.path, "select state from cramps") == [("ended",)]
    assert rows(diary.path, "select record from replayed order by record") == [("1",), ("2",)]


def test_replay_gives_back_only_what_is_missing(diary: Diary) -> None:
    diary.apply([save("1"), save("2")])
    assert diary.replay([save("1"), save("2"), save("3")]) == 1
    assert diary.replay([save("1"), save("2"), save("3")]) == 0
    assert rows(diary.path, "select id from presses order by id") == [("1",), ("2",), ("3",)]


def test_a_heartbeat_of_the_watch_is_no_record_to_replay_and_grows_each_time(diary: Diary) -> None:
    diary.apply([save("beat", watch(seconds=1200))])
    diary.apply([save("beat", watch(seconds=2400))])
    assert rows(diary.path, "select count(*) from replayed") == [(0,)]
    assert rows(diary.path, "select seconds from watches") == [(2400.0,)]


@pytest.mark.parametrize("state", [CrampState.OPEN, CrampState.END_UNKNOWN, CrampState.NO_CRAMP])
def test_a_cramp_without_an_end_has_no_duration_and_never_zero(diary: Diary, state: CrampState) -> None:
    diary.apply([save("1", cramp("c", state=state, end=at(60)), cramp("d", state=CrampState.ENDED))])
    assert rows(diary.path, "select seconds, end from cramps") == [(None, None), (None, None)]


def test_a_cramp_taken_back_by_a_lean_is_kept_as_no_cramp(diary: Diary) -> None:
    diary.apply([save("1", cramp("c"))])
    diary.apply([save("2", cramp("c", state=CrampState.NO_CRAMP))])
    assert rows(diary.path, "select id, state from cramps") == [("c", "no cramp")]


def test_an_evening_said_done_on_the_page_says_so(diary: Diary) -> None:
    done = evening(state=StretchState.COMPLETED, by_page=True)
    diary.apply([save("1", evening(date(2026, 1, 9))), save("2", done)])
    assert rows(diary.path, "select evening, origin from stretches order by evening") == [
        ("2026-01-09", "button"),
        ("2026-01-10", "page"),
    ]


def test_chosen_habits_are_one_readable_row_for_each_time_they_were_changed(diary: Diary) -> None:
    nine = Clock(21, 0)
    first = chosen(reminders=(nine, nine, None, nine, nine, Clock(20, 30), None), night_volume=0.125)
    second = chosen(at(60), accent=Accent.AMERICAN, silent_nights=True, bedtime=Clock(23, 15))
    diary.apply([save("1", first), save("2", second)])
    diary.apply([save("1", first)])
    columns = "at, trusted, bedtime, rising, reminders, asks, night_volume, accent, silent_nights, glow"
    assert rows(diary.path, f"select {columns} from habits order by at") == [
        ("2026-01-11T03:04:00.000+00:00", 1, "22:00", "07:00", "21:00 21:00 off 21:00 21:00 20:30 off", 3, 0.125,
         "en-GB", 0, 1),
        ("2026-01-11T03:05:00.000+00:00", 1, "23:15", "07:00", " ".join(["21:00"] * 7), 3, 0.25, "en-US", 1, 1),
    ]  # fmt: skip
    assert diary.replay([save("1", first), save("2", second)]) == 0


def test_every_habit_has_a_column_of_its_name(diary: Diary) -> None:
    columns = {name for (name,) in rows(diary.path, "select name from pragma_table_info('habits')")}
    assert columns == {field.name for field in fields(Habits)} | {"id", "at", "trusted"}


def test_times_are_utc_text_with_milliseconds_that_sorts_as_time(diary: Diary) -> None:
    wall = datetime(2026, 7, 1, 1, 4, 5, 678901, timezone(timedelta(hours=2)))
    moment = Moment("boot", 10.0, wall)
    rest = (press("p", moment), watch("w", moment), boot(trusted=moment), ended("c", moment, seconds=1))
    diary.apply([save("1", *rest)], [READING])
    assert rows(diary.path, "select at from presses") == [("2026-06-30T23:04:05.678+00:00",)]
    queries = (
        "select onset, end, last_press from cramps",
        "select began, seen from watches",
        "select seen, trusted from boots",
        "select start from readings",
    )
    times = [value for query in queries for value in rows(diary.path, query)[0]]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", value) for value in times)


def test_an_unknown_temperature_or_hold_is_nothing_and_not_zero(diary: Diary) -> None:
    diary.apply([save("1", cramp(), press(phase=Phase.ASKING))])
    assert rows(diary.path, "select celsius from cramps") == [(None,)]
    assert rows(diary.path, "select held_seconds, cramp, phase from presses") == [(None, None, "asking")]


def test_the_parts_of_five_minutes_come_together_with_the_mean_of_all(diary: Diary) -> None:
    diary.apply([], [READING])
    diary.apply([], [Aggregate("boot", READING.start, 1, 20.0, 20.0, 20.0, trusted=True)])
    found = rows(diary.path, "select samples, mean_celsius, low_celsius, high_celsius from readings")
    assert found == [(6, 17.5, 16.5, 20.0)]


def test_orphans_close_as_end_unknown_and_the_led_one_stays_open(diary: Diary) -> None:
    diary.apply([save("1", cramp("left"), cramp("led"), ended("done"))])
    diary.close_orphans("led")
    assert rows(diary.path, "select id, state, seconds from cramps order by id") == [
        ("done", "ended", 90.5),
        ("led", "open", None),
        ("left", "end unknown", None),
    ]
    diary.close_orphans(None)
    assert rows(diary.path, "select count(*) from cramps where state = 'open'") == [(0,)]


def quickest_refusal(act: Callable[[], object]) -> float:
    """How soon it is refused, in seconds, of three times: a busy computer is slow for once, a long wait always."""
    took = []
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(BlockedDiaryError, match="Another program holds the diary; close it"):
            act()
        took.append(time.monotonic() - began)
    return min(took)


def test_a_diary_held_by_another_program_says_so_in_well_under_a_second(diary: Diary) -> None:
    with held(diary.path):
        assert quickest_refusal(lambda: diary.apply([save("1")])) < 0.9
    diary.apply([save("1")])
    assert rows(diary.path, "select id from presses") == [("1",)]


def test_a_first_write_that_met_a_held_diary_makes_no_later_row_vanish(diary: Diary) -> None:
    with held(diary.path), pytest.raises(BlockedDiaryError):
        diary.apply([save("beat", watch())])
    rest = save("1", press("p"), ended("c"), evening(), boot(), chosen(), phone(), *TOLD)
    diary.apply([save("beat", watch()), rest], [READING])
    counts = {table: rows(diary.path, f"select count(*) from {table}")[0][0] for table in TABLES}
    assert counts == dict.fromkeys(TABLES, 1)


def test_a_diary_held_while_it_is_opened_opens_or_says_so_in_well_under_a_second(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert quickest_refusal(lambda: Diary(path)) < 0.9
    Diary(path).close()


def test_readers_are_not_held_up_by_a_commit_nor_hold_one_up(diary: Diary) -> None:
    diary.apply([save("1")])
    with closing(sqlite3.connect(diary.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("select count(*) from presses").fetchone() == (1,)
        diary.apply([save("2")])
        assert reader.execute("select count(*) from presses").fetchone() == (1,)


def test_a_read_only_card_is_named_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    with read_only(folder), pytest.raises(DiaryError, match=r"check (that|who)"):
        Diary(folder / "diary.db")
    diary = Diary(folder / "diary.db")
    diary.apply([save("1")])
    diary.close()
    with read_only(folder), pytest.raises(DiaryError, match=r"check (that|who)"):
        Diary(folder / "diary.db").apply([save("2")])
    again = Diary(folder / "diary.db")
    assert again.replay([save("1"), save("2")]) == 1
    again.close()


def test_a_folder_in_the_diarys_place_or_none_at_all_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "diary.db").mkdir()
    for path in (tmp_path / "diary.db", tmp_path / "nowhere" / "diary.db"):
        with pytest.raises(DiaryError, match="check that its folder is there") as refused:
            Diary(path)
        assert str(path) in str(refused.value)


def damage(path: Path, how: str) -> None:
    """Do to the diary what a bad card does."""
    whole = path.read_bytes()
    half = len(whole) // 2
    path.write_bytes(
        {
            "garbage": b"this was never a diary " * 100,
            "a wrong header": b"SQLite format 4\x00" + whole[16:],
            "zeroed": bytes(len(whole)),
            "zeros in its tables": whole[:100] + bytes(len(whole) - 100),
            "cut short": whole[:half],
            "cut to a stump": whole[:100],
        }[how]
    )


@pytest.mark.parametrize(
    "how", ["garbage", "a wrong header", "zeroed", "zeros in its tables", "cut short", "cut to a stump"]
)
def test_what_is_no_diary_any_more_is_called_damaged(path: Path, how: str) -> None:
    diary = Diary(path)
    diary.apply([save(f"{number}") for number in range(50)])
    diary.close()
    damage(path, how)
    with pytest.raises(DamagedDiaryError, match="is damaged"):
        Diary(path).apply([save("new")])


def limit_pages(diary: Diary, spare: int | None) -> None:
    """Leave room for so many pages; None: as many as there may be."""
    pages = diary._db.execute("PRAGMA page_count").fetchone()[0]
    diary._db.execute(f"PRAGMA max_page_count = {pages + spare if spare is not None else 2**31 - 1}")


def test_a_full_disk_leaves_nothing_half_and_the_same_connection_goes_on(diary: Diary) -> None:
    limit_pages(diary, spare=0)
    small, big = save("small", cramp("small")), save("big", cramp("c" * 50_000), press("p" * 50_000))
    with pytest.raises(BlockedDiaryError, match="The disk is full; free some space"):
        diary.apply([small, big], [READING])
    for table in ("cramps", "presses", "readings", "replayed"):
        assert rows(diary.path, f"select count(*) from {table}") == [(0,)]
    limit_pages(diary, spare=None)
    diary.apply([small, big], [READING])
    assert rows(diary.path, "select count(*) from cramps") == [(2,)]


def test_an_error_of_the_card_says_to_change_the_card(diary: Diary) -> None:
    with file_limit(1024), pytest.raises(DiaryError, match="The card gives errors; put in another card"):
        diary.apply([save("1")])
    diary.apply([save("1")])
    assert rows(diary.path, "select id from presses") == [("1",)]


def test_a_mistake_in_the_middle_of_a_record_takes_all_of_it_back(diary: Diary) -> None:
    elsewhere = Moment("another boot", 0.0, datetime(2026, 1, 12, tzinfo=UTC))
    broken = save("1", press("p"), cramp(state=CrampState.ENDED, end=elsewhere))
    with pytest.raises(ValueError, match="two boots"):
        diary.apply([save("0"), broken])
    assert rows(diary.path, "select (select count(*) from presses), (select count(*) from replayed)") == [(0, 0)]


def test_the_file_opens_in_the_sqlite_utils_command(diary: Diary) -> None:
    diary.apply([save("1", ended("c"))])
    command = [sys.executable, "-m", "sqlite_utils", "rows", str(diary.path), "cramps", "-c", "onset", "-c", "seconds"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout == '[{"onset": "2026-01-11T03:04:00.000+00:00", "seconds": 90.5}]\n'


def test_all_cramps_and_stretches_of_a_demo_can_be_marked_as_sample(diary: Diary) -> None:
    diary.apply([save("1", cramp("c"), evening())])
    assert rows(diary.path, "select origin from cramps union select origin from stretches") == [("button",)]
    diary.mark_as_sample()
    assert rows(diary.path, "select origin from cramps union select origin from stretches") == [("sample",)]


# --- what is told, and corrected ---


def amended(path: Path) -> list[tuple[Any, ...]]:
    return rows(path, "select entry_table, entry, field, before, after, told_by from amendments order by id")


def test_the_first_telling_is_no_amendment_and_the_same_again_neither(diary: Diary) -> None:
    diary.apply([save("1", check_in(), judgement("c"))])
    diary.apply([save("2", check_in(), judgement("c"))])
    assert amended(diary.path) == []


def test_what_is_told_otherwise_is_kept_with_what_was_told_before(diary: Diary) -> None:
    diary.apply([save("1", check_in(disturbance=3), judgement("c", severity=4))])
    told = check_in(disturbance=None, factors=(Factor.SITTING, Factor.ALCOHOL), by="Ben's")
    diary.apply([save("2", told, judgement("c", severity=7, leg=Leg.LEFT))])
    assert amended(diary.path) == [
        ("checkins", "2026-01-10", "disturbance", "3", None, "Ben's"),
        ("checkins", "2026-01-10", "factors", "", "mostly sitting, alcohol", "Ben's"),
        ("judgements", "c", "severity", "4", "7", "Anna's phone"),
        ("judgements", "c", "leg", None, "left", "Anna's phone"),
    ]
    assert rows(diary.path, "select severity, leg, muscle from judgements") == [(7, "left", None)]


def test_an_amendment_that_is_replayed_is_kept_once(diary: Diary) -> None:
    first, second = save("1", judgement("c", severity=4)), save("2", judgement("c", severity=7))
    diary.apply([first, second])
    assert diary.replay([first, second]) == 0
    diary.apply([second])
    assert len(amended(diary.path)) == 1


def test_what_the_night_writes_of_a_cramp_leaves_what_was_told_of_it(diary: Diary) -> None:
    diary.apply([save("1", cramp("c")), save("2", judgement("c", severity=7)), save("3", ended("c"))])
    assert rows(diary.path, "select severity from judgements where cramp = 'c'") == [(7,)]
    assert amended(diary.path) == []
