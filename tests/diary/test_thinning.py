"""Readings of long ago are thinned to hours: a day at a time, only where two clocks say that it is long ago."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bedside.diary.brought_in import Waiting
from bedside.diary.columns import RULES
from bedside.diary.nights import rolled_up
from bedside.diary.reader import reading
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.diary.thinning import TO_THIN, WATCHED, WHOLE, Thinning, by_hour
from bedside.night.brought import BroughtIn
from bedside.night.effects import Row, Watch
from bedside.night.events import Moment
from tests.diary.rows import save

NOW = datetime(2026, 1, 11, 13, tzinfo=UTC)
OLD = datetime(2023, 6, 1, tzinfo=UTC)
MINUTES = timedelta(minutes=5)
DAY = timedelta(days=1)


def moment(wall: datetime, *, trusted: bool = True) -> Moment:
    return Moment("boot", (wall - OLD).total_seconds(), wall, trusted)


def watch(began: datetime = OLD, seen: datetime = NOW) -> Watch:
    return Watch(f"watch {began}", moment(began), moment(began).at((seen - OLD).total_seconds()))


def measured(start: datetime, many: int = 288, **facts: Any) -> list[Aggregate]:
    """One after the other, each a little warmer, the warmest at the end of an hour."""
    warm = [10 + number / 100 for number in range(many)]
    rows = [
        Aggregate("boot", start + number * MINUTES, 5, mean, mean - 0.5, mean + 0.5, trusted=True)
        for number, mean in enumerate(warm)
    ]
    return [replace(row, **facts) for row in rows]


class Shelf:
    """A diary, the thinning of its readings by a connection of its own, and what another program finds in it."""

    def __init__(self, path: Path) -> None:
        self.path, self.diary, self.records = path, Diary(path), 0
        self.connection = sqlite3.connect(path)
        self.thinning = Thinning(Database(self.connection))

    def close(self) -> None:
        self.diary.close()
        self.connection.close()

    def keep(self, *rows: Row, readings: Iterable[Aggregate] = ()) -> None:
        self.records += 1
        self.diary.apply([save(f"record {self.records}", *rows)] if rows else [], readings)

    def thin(self, now: datetime = NOW) -> int:
        """All that is to be. How many days that were."""
        days, more = 0, True
        while more:
            before = self.connection.total_changes
            more = self.thinning.thin_one(now)
            days += self.connection.total_changes > before
        return days

    def tidy(self, now: datetime = NOW, *, trusted: bool = True) -> None:
        """As the writer does, until nothing is left to be done."""
        while self.diary.tidy(moment(now, trusted=trusted), UTC):
            pass

    def roll_up(self) -> None:
        """Have every night up to now rolled up, as it is after years; what they came to matters to nobody here."""
        self.change(
            "with recursive days(day) as (select '2023-05-01' union all select date(day, '+1 day') from days"
            " where day < '2026-01-10') insert into nights (night, starts, ends, changed, rolled_up, rules)"
            f" select day, day, day, 1, 1, {RULES} from days where true on conflict (night) do nothing"
        )
        self.change("update nights set rolled_up = changed")

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as other:
            return other.execute(query).fetchall()

    def change(self, statement: str) -> None:
        with closing(sqlite3.connect(self.path)) as other, other:
            other.execute(statement)

    def starts(self) -> list[str]:
        return [start for (start,) in self.rows("select start from readings order by start")]

    def steps(self, now: datetime = NOW) -> int:
        """How many steps SQLite takes for one look, which finds nothing."""
        taken = 0

        def count() -> int:
            nonlocal taken
            taken += 1
            return 0

        self.connection.set_progress_handler(count, 1)
        assert not self.thinning.thin_one(now)
        self.connection.set_progress_handler(None, 0)
        return taken


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "diary.db")
    yield shelf
    shelf.close()


@pytest.fixture
def old(shelf: Shelf) -> Shelf:
    """Watched ever since, with two days of long ago, and one of this year."""
    shelf.keep(watch(), readings=[*measured(OLD), *measured(OLD + DAY), *measured(NOW - DAY)])
    return shelf


def test_what_is_older_than_two_years_is_an_hour_each_and_the_rest_stays_as_it_was_written(old: Shelf) -> None:
    assert old.thin() == 2
    starts = old.starts()
    assert starts[:48] == [(OLD + timedelta(hours=hour)).isoformat(timespec="milliseconds") for hour in range(48)]
    assert len(starts) == 48 + 288
    first = old.rows("select mean_celsius, low_celsius, high_celsius, samples, trusted from readings order by start")[0]
    assert first == (pytest.approx(10.055), 9.5, pytest.approx(10.61), 60, 1)


def test_a_day_is_thinned_once_its_end_is_two_years_ago(shelf: Shelf) -> None:
    start = datetime(2024, 1, 9, tzinfo=UTC)
    shelf.keep(watch(), readings=[*measured(start), *measured(start + 2 * DAY)])
    shelf.thin(start + WHOLE + timedelta(hours=23))
    assert len(shelf.starts()) == 2 * 288
    shelf.thin(start + WHOLE + DAY)
    assert len(shelf.starts()) == 24 + 288


def test_one_piece_is_one_day(old: Shelf) -> None:
    while len(old.starts()) == 3 * 288:
        assert old.thinning.thin_one(NOW)
    assert len(old.starts()) == 24 + 2 * 288


def test_two_boots_of_one_hour_stay_apart(shelf: Shelf) -> None:
    shelf.keep(watch(), readings=[*measured(OLD, 6), *measured(OLD + 6 * MINUTES, 6, boot="next")])
    shelf.thin()
    assert shelf.rows("select boot, samples from readings order by boot") == [("boot", 30), ("next", 30)]


def test_what_is_thinned_stays_as_it_is_when_it_is_looked_at_anew(old: Shelf) -> None:
    old.thin()
    before = old.rows("select * from readings order by start")
    old.thinning = Thinning(Database(old.connection))
    assert old.thin() == 0
    old.keep(readings=[replace(measured(OLD, 2)[1], samples=3)])  # a late one makes its day a day to be thinned
    assert old.thin() == 0
    old.thinning = Thinning(Database(old.connection))
    assert old.thin() == 1
    assert old.rows("select * from readings order by start")[1:] == before[1:]


def test_a_clock_that_is_years_ahead_thins_nothing_that_was_not_watched_for_two_years_since(shelf: Shelf) -> None:
    began = NOW - 300 * DAY
    shelf.keep(watch(began), readings=measured(began.replace(hour=0)))
    shelf.thin(NOW + 9 * 365 * DAY)
    assert len(shelf.starts()) == 288
    shelf.keep(watch(NOW, NOW + 460 * DAY))  # it was set right, and two years went by
    shelf.thin(began + 760 * DAY)
    assert len(shelf.starts()) == 24


def test_a_watch_of_a_clock_that_was_not_set_counts_for_nothing(shelf: Shelf) -> None:
    shelf.keep(replace(watch(), began=moment(OLD, trusted=False)), readings=measured(OLD))
    assert shelf.thin() == 0


def test_a_watch_of_years_counts_from_the_day_on_alone(shelf: Shelf) -> None:
    shelf.keep(watch(OLD - 400 * DAY, OLD + 400 * DAY), readings=measured(OLD))
    assert shelf.thin() == 0


def test_after_a_clock_that_was_years_ahead_what_comes_of_age_is_thinned(shelf: Shelf) -> None:
    assert shelf.thin(NOW + 9 * 365 * DAY) == 0
    shelf.keep(watch(NOW, NOW + 800 * DAY), readings=measured(NOW.replace(hour=0)))
    assert shelf.thin() == 0
    assert shelf.thin(NOW + 800 * DAY) == 1


def test_a_day_is_thinned_all_or_not_at_all(old: Shelf) -> None:
    before = old.rows("select * from readings")
    old.change(
        "create trigger torn before insert on readings when new.start > '2023-06-01T12'"
        " begin select raise(abort, ''); end"
    )
    with pytest.raises(sqlite3.IntegrityError):
        old.thin()
    assert old.rows("select * from readings") == before
    old.change("drop trigger torn")
    assert old.thin() == 2


def test_what_waits_for_the_clock_to_be_set_stays_as_it_is(shelf: Shelf) -> None:
    waiting = [replace(row, trusted=False, since_boot=300.0 * number) for number, row in enumerate(measured(OLD))]
    shelf.keep(watch(), readings=waiting)
    assert shelf.thin() == 0
    assert len(shelf.starts()) == 288
    shelf.change("update readings set trusted = 1")  # it was set
    shelf.thinning = Thinning(Database(shelf.connection))
    assert shelf.thin() == 1
    assert len(shelf.starts()) == 24


def test_a_row_that_is_none_of_ours_leaves_its_day_as_it_is_and_stops_no_other(old: Shelf) -> None:
    old.change("update readings set samples = 'many' where start like '2023-06-01T12:05%'")
    old.change("update readings set start = '2023-06-02Zzz', boot = 'other' where start like '2023-06-02T12:05%'")
    old.change("insert into readings (start, boot, mean_celsius) values ('', 'other', 3)")
    old.keep(readings=measured(OLD + 2 * DAY))
    old.thin()
    assert len(old.starts()) == 1 + 288 + 288 + 24 + 288


def test_where_nothing_is_to_be_thinned_a_look_is_a_look_at_an_index_and_takes_a_few_steps(shelf: Shelf) -> None:
    shelf.keep(watch(), readings=[reading for day in range(30) for reading in measured(OLD + day * DAY)])
    shelf.thin()
    plans = [
        [line[-1] for line in shelf.connection.execute(f"explain query plan {query}", ["a", "b"])]
        for query in (TO_THIN, WATCHED)
    ]
    assert plans == [
        ["SEARCH readings USING INDEX sqlite_autoindex_readings_1 (start>? AND start<?)"],
        ["SEARCH watches USING INDEX idx_watches_seen (seen>?)"],
    ]
    assert shelf.steps() < 50


def test_the_writer_thins_when_no_night_is_to_be_rolled_up_and_marks_none_as_changed(old: Shelf) -> None:
    old.tidy(trusted=False)
    assert len(old.starts()) == 3 * 288
    old.tidy(OLD + 3 * DAY)
    before = old.rows("select * from nights order by night")
    assert before[0]
    old.roll_up()
    nights = old.rows("select * from nights order by night")
    old.tidy()
    assert len(old.starts()) == 48 + 288
    assert old.rows("select * from nights order by night") == nights
    assert {*before} <= {*nights}


def test_a_night_of_long_ago_that_is_rolled_up_anew_has_its_temperature_from_the_hours(old: Shelf) -> None:
    night = OLD.date()
    with reading(old.path) as reader:
        before = rolled_up(reader, night, UTC)
    old.thin()
    with reading(old.path) as reader:
        after = rolled_up(reader, night, UTC)
    assert before.warmth
    assert after.row.celsius == before.row.celsius
    assert astuple(after.warmth) == pytest.approx(astuple(before.warmth))


def test_what_was_brought_in_of_long_ago_is_thinned_as_well(old: Shelf) -> None:
    old.roll_up()
    old.tidy()
    waiting = Waiting(old.path)
    for number in range(288):
        waiting.add(((OLD - DAY + number * MINUTES).timestamp(), "other", 18.0, 17.0, 19.0, 5, 1))
    waiting.keep()
    old.keep(BroughtIn(waiting.id))
    old.roll_up()
    old.tidy()
    assert len(old.starts()) == 24 + 48 + 288


AGGREGATES = st.builds(
    Aggregate,
    boot=st.sampled_from(("boot", "next")),
    start=st.integers(0, 47).map(lambda number: OLD + number * MINUTES),
    samples=st.integers(1, 5),
    mean=st.floats(-40, 50),
    low=st.floats(-40, 50),
    high=st.floats(-40, 50),
    trusted=st.booleans(),
)


@given(st.lists(AGGREGATES, unique_by=lambda reading: (reading.boot, reading.start)))
def test_an_hour_is_all_that_was_read_in_it_and_an_hour_already_stays_as_it_is(read: Sequence[Aggregate]) -> None:
    hours = by_hour(read)
    assert by_hour(hours) == hours
    for hour in hours:
        of_it = [
            one for one in read if one.boot == hour.boot and hour.start <= one.start < hour.start + timedelta(hours=1)
        ]
        assert hour.samples == sum(one.samples for one in of_it)
        assert hour.mean * hour.samples == pytest.approx(sum(one.mean * one.samples for one in of_it), abs=1e-6)
        assert (hour.low, hour.high) == (min(one.low for one in of_it), max(one.high for one in of_it))
        assert hour.trusted == all(one.trusted for one in of_it)
    assert sum(hour.samples for hour in hours) == sum(one.samples for one in read)
