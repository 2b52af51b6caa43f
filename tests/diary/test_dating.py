"""Times of a clock that was not set: put right once, in whatever order the records come, and never by another boot."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.diary.exported import KEYS
from bedside.diary.journal import is_human
from bedside.diary.nights import nights_over, rolled_up
from bedside.diary.reader import reading
from bedside.diary.readings import Readings
from bedside.diary.store import Diary
from bedside.night.brought import BroughtIn, LoggedTime
from bedside.night.effects import Boot, Row, Save, StretchState
from bedside.night.events import Moment, TemperatureRead
from bedside.night.told import TimeTold
from tests.diary.rows import check_in, chosen, cramp, ended, evening, judgement, press, save, watch

TRUE = datetime(2026, 1, 11, 3, 0, tzinfo=UTC)
"""When the boot began, by the true time."""
LATE = timedelta(hours=-11, milliseconds=-250)
YEARS_AGO = datetime(1970, 1, 1, tzinfo=UTC) - TRUE
NOON = datetime(2026, 1, 11, 15, tzinfo=UTC)


def true(since: float, boot: str = "boot") -> Moment:
    """So many seconds after the boot, by a clock that is set."""
    return Moment(boot, since, TRUE + timedelta(seconds=since))


def wrong(since: float, by: timedelta = LATE, boot: str = "boot") -> Moment:
    """The same by a clock that is not."""
    return replace(true(since, boot), wall=true(since).wall + by, trusted=False)


def by_hand(since: float, by: timedelta = timedelta(0)) -> Moment:
    """The same by a time that a person typed, wrong by so much."""
    return replace(wrong(since, by), trusted=True, by_hand=True)


def trusted(since: float, boot: str = "boot") -> Boot:
    return Boot(boot, true(since, boot), true(since, boot))


def in_utc(since: float, by: timedelta = timedelta(0)) -> str:
    return (true(since).wall + by).isoformat(timespec="milliseconds")


class Book:
    """A diary, and what another program finds in it."""

    def __init__(self, path: Path) -> None:
        self.diary, self.records = Diary(path), 0

    def keep(self, *rows: Row) -> None:
        self.records += 1
        self.diary.apply([save(f"record {self.records}", *rows)])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.diary.path)) as other:
            return other.execute(query).fetchall()

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        return {table: self.rows(f"select * from {table} order by 1, 2") for table in (*KEYS, "readings")}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "diary.db")


# --- once, and of its own boot ---


@pytest.mark.parametrize("by", [LATE, YEARS_AGO, timedelta(days=3650), timedelta(hours=5)])
def test_every_kind_of_row_is_put_right_once_the_clock_is_set_and_what_was_logged_stays(
    book: Book, by: timedelta
) -> None:
    book.keep(Boot("boot", wrong(5, by)))
    book.keep(press("p", wrong(60, by)), ended("c", wrong(60, by), seconds=90.5), watch("w", wrong(10, by), 1200))
    book.keep(chosen(wrong(70, by)), replace(check_in(date(2026, 1, 1)), moment=wrong(80, by)))
    book.keep(trusted(2000))
    assert book.rows("select at, trusted from presses") == [(in_utc(60), 1)]
    assert book.rows("select onset, onset_trusted, end, seconds, last_press from cramps") == [
        (in_utc(60), 1, in_utc(150.5), 90.5, in_utc(150.5))
    ]
    assert book.rows("select began, seen, seconds, trusted from watches") == [(in_utc(10), in_utc(1210), 1200, 1)]
    assert book.rows("select at, trusted from habits") == [(in_utc(70), 1)]
    assert book.rows("select at from checkins") == [(in_utc(80),)]
    assert book.rows("select seen, trusted from boots") == [(in_utc(5), in_utc(2000))]
    logged = dict(book.rows("select entry_table || '.' || field, logged from logged_times"))
    assert logged == {
        "boots.seen": in_utc(5, by),
        "presses.at": in_utc(60, by),
        "cramps.onset": in_utc(60, by),
        "cramps.end": in_utc(150.5, by),
        "cramps.last_press": in_utc(150.5, by),
        "watches.began": in_utc(10, by),
        "watches.seen": in_utc(1210, by),
        "habits.at": in_utc(70, by),
        "checkins.at": in_utc(80, by),
    }


def test_without_a_time_that_is_known_a_row_stays_as_it_was_logged_and_about(book: Book) -> None:
    book.keep(press("p", wrong(60)), trusted(100, "another boot"))
    assert book.rows("select at, trusted from presses") == [(in_utc(60, LATE), 0)]
    assert book.rows("select logged, corrected from logged_times") == [(in_utc(60, LATE), None)]


def test_a_cramp_that_was_open_when_the_clock_was_set_stays_put_right_when_it_ends(book: Book) -> None:
    book.keep(cramp("c", wrong(60)))
    book.keep(trusted(90))
    book.keep(replace(ended("c", wrong(60), seconds=100), end=true(160), last_press=true(160)))
    assert book.rows("select onset, onset_trusted, end, seconds, last_press from cramps") == [
        (in_utc(60), 1, in_utc(160), 100, in_utc(160))
    ]
    assert book.rows("select field from logged_times where entry_table = 'cramps'") == [("onset",)]


def test_the_first_time_the_clock_was_trusted_counts_and_a_later_start_changes_nothing(book: Book) -> None:
    book.keep(press("p", wrong(60)))
    book.keep(trusted(90))
    stepped = replace(true(5000), wall=true(5000).wall + timedelta(hours=2))
    book.keep(Boot("boot", stepped, stepped))
    assert book.rows("select at from presses") == [(in_utc(60),)]
    assert book.rows("select seen_since_boot, trusted_since_boot from boots") == [(90, 90)]


def test_a_clock_that_is_set_while_it_is_trusted_puts_nothing_right(book: Book) -> None:
    book.keep(trusted(5))
    book.keep(press("p", true(60)))
    stepped = replace(true(70), wall=true(70).wall - timedelta(hours=5))
    book.keep(press("q", stepped), Boot("boot", stepped, stepped))
    assert book.rows("select at from presses order by id") == [(in_utc(60),), (in_utc(70, -timedelta(hours=5)),)]
    assert book.rows("select * from logged_times") == []


def test_a_time_that_cannot_be_is_left_as_it_was_logged(book: Book) -> None:
    book.keep(press("p", wrong(0)))
    epoch = Moment("boot", 9e8, datetime(1971, 1, 1, tzinfo=UTC))
    book.keep(Boot("boot", epoch, epoch))
    assert book.rows("select at, trusted from presses") == [(in_utc(0, LATE), 0)]


def test_what_was_told_otherwise_is_put_right_too(book: Book) -> None:
    book.keep(replace(judgement("c", severity=3), moment=wrong(60)))
    book.keep(replace(judgement("c", severity=5), moment=wrong(70)))
    book.keep(trusted(90))
    book.keep(replace(judgement("c", severity=7), moment=wrong(80)))
    assert book.rows("select at from amendments order by id") == [(in_utc(70),), (in_utc(80),)]
    assert book.rows("select at from judgements") == [(in_utc(80),)]


# --- a time that was typed ---


def test_a_time_that_a_person_typed_puts_right_what_was_before(book: Book) -> None:
    book.keep(press("p", wrong(60)))
    book.keep(TimeTold(wrong(90), true(90).wall, "Anna's phone"))
    assert book.rows("select at, trusted from presses") == [(in_utc(60), 1)]
    assert book.rows("select time, logged, told_by from times_told") == [(in_utc(90), in_utc(90, LATE), "Anna's phone")]


def test_of_two_times_that_were_typed_the_last_counts(book: Book) -> None:
    hour = timedelta(hours=1)
    book.keep(press("p", wrong(60)))
    book.keep(TimeTold(wrong(90), true(90).wall + hour), press("q", by_hand(95, hour)))
    book.keep(TimeTold(by_hand(120, hour), true(120).wall))
    assert book.rows("select at from presses order by id") == [(in_utc(60),), (in_utc(95),)]


def test_once_the_clock_is_set_a_slip_of_the_hand_is_put_right_before_and_after_it(book: Book) -> None:
    hour = timedelta(hours=1)
    book.keep(press("p", wrong(60)))
    book.keep(TimeTold(wrong(90), true(90).wall + hour))
    book.keep(press("q", by_hand(95, hour)), cramp("c", by_hand(95, hour)))
    assert book.rows("select at from presses order by id") == [(in_utc(60, hour),), (in_utc(95, hour),)]
    book.keep(trusted(2000))
    assert book.rows("select at from presses order by id") == [(in_utc(60),), (in_utc(95),)]
    assert book.rows("select logged from logged_times where entry = 'q'") == [(in_utc(95, hour),)]


# --- in any order, as often as need be ---

RECORDS: Sequence[Sequence[Save]] = [
    [save("boot", Boot("boot", wrong(2)))],
    [save("told", TimeTold(wrong(100), true(100).wall + timedelta(minutes=7)))],
    [save("set", trusted(500))],
    [save("again", trusted(900)), save("and again", Boot("boot", true(1200), true(1200)))],
    [save("open", press("p", wrong(60)), cramp("c", wrong(60))),
     save("closed", replace(ended("c", wrong(60), seconds=700.25), end=true(760.25), last_press=true(760.25)))],
    [save("typed", press("q", by_hand(200, timedelta(minutes=7))), cramp("d", by_hand(200, timedelta(minutes=7))))],
    [save("sure", press("r", true(600)))],
    [save("other", press("s", wrong(60, boot="other")), trusted(3000, "third"))],
    [save("watch", watch("w", wrong(10.123456), 300)), save("beat", watch("w", wrong(10.123456), 1234.56789))],
    [save("morning", replace(check_in(date(2026, 1, 3)), moment=wrong(300)))],
    [save("chosen", chosen(wrong(310)))],
    [save("this morning", replace(check_in(date(2026, 1, 9)), moment=wrong(20)))],
    [save("ask", evening(due=15.0, trusted=False), moment=wrong(15)),
     save("answer", evening(due=15.0, trusted=False, state=StretchState.COMPLETED), moment=true(700))],
]  # fmt: skip
"""Of each list the order is what it is; between them there is none."""


@st.composite
def orders(draw: st.DrawFn) -> list[Save]:
    """All records in some order, some of those that the journal has given again."""
    rest, found = [list(some) for some in RECORDS], list[Save]()
    while left := [some for some in rest if some]:
        found.append(draw(st.sampled_from(left)).pop(0))
        journaled = [record for record in found if is_human(record)]
        found += draw(st.lists(st.sampled_from(journaled), max_size=1)) if journaled else []
    return found


@settings(max_examples=60, deadline=None)
@given(orders(), st.integers(1, 5))
def test_whatever_the_order_of_the_records_the_diary_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, order: list[Save], at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("diaries")
    one, other = Book(folder / "one.db"), Book(folder / "other.db")
    one.diary.apply([record for some in RECORDS for record in some])
    for start in range(0, len(order), at_once):
        other.diary.apply(order[start : start + at_once])
    other.diary.replay(filter(is_human, order))
    assert other.dump() == one.dump()
    assert one.rows("select at from presses order by id") == [
        (in_utc(60),), (in_utc(200),), (in_utc(600),), (in_utc(60, LATE),)
    ]  # fmt: skip


# --- what was brought in ---


def test_a_file_that_names_any_table_changes_nothing_but_its_own_rows(book: Book) -> None:
    rows = [
        LoggedTime("boot", 1.0, table, "p", field, TRUE)
        for table, field in [("presses", "meaning"), ("sqlite_master", "at"), ("presses; drop table presses", "at")]
    ]
    book.keep(press("p", true(60)), *rows, BroughtIn("nothing"))
    book.keep(trusted(90))
    assert book.rows("select at, meaning from presses") == [(in_utc(60), "began a cramp")]
    assert book.rows("select corrected from logged_times") == [(None,)] * 3


# --- the room ---


def test_the_rooms_readings_are_put_right_and_those_that_fall_together_are_one(book: Book) -> None:
    gathering = Readings()
    for since in range(0, 1500, 60):
        gathering.add(TemperatureRead(wrong(since), 10.0))
    book.diary.apply([], gathering.gathered())
    gathering.written()
    gathering.add(TemperatureRead(wrong(1500), 10.0))
    gathering.add(TemperatureRead(true(1560), 16.0))
    book.diary.apply([save("set", trusted(1550))], gathering.gathered())
    gathering.written()
    gathering.add(TemperatureRead(true(1620), 16.0))
    book.diary.apply([], gathering.gathered())
    found = book.rows("select start, samples, mean_celsius, low_celsius, high_celsius, trusted from readings")
    assert found == [
        *[(in_utc(300.0 * number), 5, 10.0, 10.0, 10.0, 1) for number in range(5)],
        (in_utc(1500), 3, 14.0, 10.0, 16.0, 1),
    ]
    logged = [(text,) for text in (in_utc(300.0 * number, LATE) for number in range(6))]
    assert book.rows("select logged from readings order by start") == logged


@pytest.mark.parametrize("slip", [timedelta(hours=1), timedelta(hours=-1)])
def test_readings_by_a_typed_time_that_was_wrong_never_fall_into_the_next_ones_place(
    book: Book, slip: timedelta
) -> None:
    gathering = Readings()
    for since in range(0, 7200, 60):
        gathering.add(TemperatureRead(wrong(since), since / 300))
    book.diary.apply([save("typed", TimeTold(wrong(7200), true(7200).wall + slip))], gathering.gathered())
    found = "select start, samples, low_celsius from readings order by start"
    for step, by in (("typed", slip), ("set", timedelta(0))):
        if step == "set":
            book.keep(trusted(7300))
        assert book.rows(found) == [(in_utc(since, by), 5, since / 300) for since in range(0, 7200, 300)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 4000), st.integers(-10, 40)), min_size=1, max_size=30),
    st.floats(0, 4000),
    st.timedeltas(timedelta(days=-20_000), timedelta(days=4000)),
    st.integers(1, 5),
)
def test_no_reading_is_lost_or_counted_twice_by_setting_the_clock(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[float, int]], when: float, by: timedelta, at_once: int
) -> None:
    book, gathering = Book(tmp_path_factory.mktemp("rooms") / "diary.db"), Readings()
    for number, (since, celsius) in enumerate(sorted(told)):
        gathering.add(TemperatureRead(wrong(since, by) if since < when else true(since), celsius))
        if number % at_once == 0:
            book.diary.apply([], gathering.gathered())
            gathering.written()
    book.diary.apply([save("set", trusted(when))], gathering.gathered())
    book.diary.replay([save("set", trusted(when))])
    assert book.rows("select sum(samples), min(trusted) from readings") == [(len(told), 1)]
    ((mean, low, high),) = book.rows(
        "select sum(mean_celsius * samples) / sum(samples), min(low_celsius), max(high_celsius) from readings"
    )
    assert mean == pytest.approx(sum(celsius for _, celsius in told) / len(told), abs=0.01)
    assert (low, high) == (min(celsius for _, celsius in told), max(celsius for _, celsius in told))
    for (start,) in book.rows("select start from readings"):
        begins = (datetime.fromisoformat(start) - TRUE).total_seconds()
        assert any(begins - 300 < since < begins + 600 for since, _ in told)


def test_a_boot_told_of_again_leaves_the_readings_and_the_nights_that_are_right_alone(book: Book) -> None:
    book.keep(watch("w0", replace(true(0, "before"), wall=TRUE - timedelta(days=2))))
    gathering = Readings()
    for since in range(0, 7200, 60):
        gathering.add(TemperatureRead(wrong(since), 10.0))
    book.diary.apply([save("set", trusted(7200))], gathering.gathered())
    while book.diary.tidy(Moment("next", 1.0, NOON), UTC):
        pass
    before = book.rows("select rowid, start from readings"), book.rows("select night, changed from nights")
    assert all(before)
    book.keep(trusted(9000), TimeTold(wrong(9010), true(9010).wall))
    assert (book.rows("select rowid, start from readings"), book.rows("select night, changed from nights")) == before


@pytest.mark.parametrize("since", [0, 3600])
def test_a_single_reading_that_is_out_of_place_or_of_a_clock_not_set_is_put_right(book: Book, since: int) -> None:
    gathering = Readings()
    for at in range(0, 7200, 60):
        gathering.add(TemperatureRead(wrong(at), 10.0))
    book.diary.apply([save("set", trusted(7200))], gathering.gathered())
    before = book.rows("select * from readings order by start")
    for change in ("trusted = 0", f"start = '{in_utc(since, timedelta(days=9))}'"):
        with closing(sqlite3.connect(book.diary.path)) as other, other:
            other.execute(f"update readings set {change} where since_boot = ?", [since])
        assert book.rows("select * from readings order by start") != before
        book.keep(trusted(9000))
        assert book.rows("select * from readings order by start") == before


# --- the nights ---


def test_the_night_where_it_was_and_the_night_where_it_is_are_rolled_up_anew(book: Book) -> None:
    before = timedelta(days=-1)
    book.keep(watch("w0", replace(true(0, "before"), wall=TRUE + 2 * before)))
    book.keep(press("p", wrong(3600, before)), ended("c", wrong(3600, before)), watch("w", wrong(10, before), 7200))
    while book.diary.tidy(Moment("next", 1.0, NOON), UTC):
        pass
    assert book.rows("select night, cramps, undated from nights order by night")[-2:] == [
        ("2026-01-09", 0, 1),
        ("2026-01-10", 0, 0),
    ]
    book.keep(trusted(7300))
    while book.diary.tidy(Moment("next", 2.0, NOON), UTC):
        pass
    assert book.rows("select night, cramps, undated from nights order by night")[-2:] == [
        ("2026-01-09", 0, 0),
        ("2026-01-10", 1, 0),
    ]
    with reading(book.diary.path) as reader:
        kept = nights_over(reader, NOON, UTC)
        assert kept == [rolled_up(reader, one.facts.night, UTC) for one in kept]


def test_ten_years_ahead_and_back_leaves_no_night_of_the_future_behind(book: Book) -> None:
    ahead = NOON + timedelta(days=3650)
    book.keep(press("p", true(60)), watch("w", true(10), 1200))
    while book.diary.tidy(Moment("boot", 1.0, NOON), UTC):
        pass
    before = book.rows("select night, cramps, observed, watched_seconds from nights")
    steps = [book.diary.tidy(Moment("boot", 2.0 + number, ahead), UTC) for number in range(5)]
    assert all(steps)
    assert len(book.rows("select 1 from nights")) <= len(before) + 5 * 31
    with reading(book.diary.path) as reader:
        changed = reader.rows("select max(changed) from nights")[0][0]
    while book.diary.tidy(Moment("boot", 9.0, NOON), UTC):
        pass
    assert book.rows("select night, cramps, observed, watched_seconds from nights") == before
    with reading(book.diary.path) as reader:
        assert len(nights_over(reader, NOON, UTC)) == len(before)
        assert reader.rows("select max(changed) from nights")[0][0] > changed
