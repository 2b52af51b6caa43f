"""What the pages read from the diary, and that they can do nothing else."""

import sqlite3
from datetime import date, timedelta, timezone
from pathlib import Path

import pytest

from bedside.diary.errors import DiaryError
from bedside.diary.kept import KeptCheckIn, KeptCramp, KeptStretch, Warmth
from bedside.diary.reader import reading
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.night.effects import CrampState, Row, StretchState
from bedside.night.told import Factor, Leg, Muscle, Verdict
from tests.diary.rows import NIGHT, at, check_in, cramp, ended, evening, judgement, save, watch

START = NIGHT.wall
HOUR = timedelta(hours=1)


def kept(folder: Path, *rows: Row, readings: tuple[Aggregate, ...] = ()) -> Path:
    """A diary with these rows, closed."""
    diary = Diary(folder / "diary.db")
    diary.apply([save("1", *rows)] if rows else [], readings)
    diary.close()
    return diary.path


def aggregate(minutes: int, mean: float, samples: int = 5) -> Aggregate:
    start = START.replace(minute=0) + timedelta(minutes=minutes)
    return Aggregate("boot", start, samples, mean, mean - 1, mean + 1, trusted=True)


def test_a_span_has_its_first_instant_and_not_its_last(tmp_path: Path) -> None:
    path = kept(tmp_path, cramp("before", at(-0.001)), cramp("first"), cramp("in", at(60)), cramp("after", at(3600)))
    with reading(path) as reader:
        assert [cramp.id for cramp in reader.cramps(START, START + HOUR)] == ["first", "in"]


def test_a_span_may_be_asked_in_local_time(tmp_path: Path) -> None:
    path = kept(tmp_path, cramp("c"))
    local = START.astimezone(timezone(timedelta(hours=-8)))
    with reading(path) as reader:
        assert len(reader.cramps(local, local + HOUR)) == 1
        assert reader.cramps(local + HOUR, local + 2 * HOUR) == []


def test_a_cramp_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    with reading(kept(tmp_path, ended("c", seconds=90.5, celsius=16.5))) as reader:
        assert reader.cramps(START, START + HOUR) == [
            KeptCramp("c", START, True, 90.5, "ended", False, False, 16.5, "button")
        ]


def test_cramps_come_oldest_first_whatever_was_written_first(tmp_path: Path) -> None:
    with reading(kept(tmp_path, cramp("late", at(60)), cramp("early"))) as reader:
        assert [cramp.id for cramp in reader.cramps(START, START + HOUR)] == ["early", "late"]


def test_practice_and_doubt_are_told_and_what_was_no_cramp_is_left_out(tmp_path: Path) -> None:
    made = (
        cramp("practice", practice=True),
        cramp("doubtful", doubtful=True),
        cramp("none", state=CrampState.NO_CRAMP),
        cramp("unknown", state=CrampState.END_UNKNOWN),
    )
    with reading(kept(tmp_path, *made)) as reader:
        found = {cramp.id: cramp for cramp in reader.cramps(START, START + HOUR)}
    assert set(found) == {"practice", "doubtful", "unknown"}
    assert [name for name, cramp in found.items() if cramp.practice] == ["practice"]
    assert [name for name, cramp in found.items() if cramp.doubtful] == ["doubtful"]
    assert found["unknown"].seconds is None
    assert found["unknown"].celsius is None


def test_an_evening_of_which_nothing_is_kept_is_not_known(tmp_path: Path) -> None:
    with reading(kept(tmp_path, evening(state=StretchState.SKIPPED, asks=2))) as reader:
        assert reader.stretch(date(2026, 1, 10)) == KeptStretch(date(2026, 1, 10), "skipped", "", 2, True)
        assert reader.stretch(date(2026, 1, 9)) is None


def test_a_stretch_past_midnight_is_found_in_the_night_that_began_the_day_before(tmp_path: Path) -> None:
    saturday, sunday = date(2026, 1, 10), date(2026, 1, 11)
    late, ordinary = evening(sunday, night=saturday), evening(saturday)
    with reading(kept(tmp_path, late, ordinary)) as reader:
        assert [stretch.evening for stretch in reader.stretches(saturday)] == [saturday, sunday]
        assert reader.stretches(sunday) == []


def test_a_watch_belongs_to_every_span_it_touches(tmp_path: Path) -> None:
    with reading(kept(tmp_path, watch(seconds=3600))) as reader:
        whole = (START, START + HOUR)
        assert reader.watches(START + HOUR / 2, START + 2 * HOUR) == [whole]
        assert reader.watches(START - HOUR, START + HOUR / 2) == [whole]
        assert reader.watches(START - HOUR, START) == []
        assert reader.watches(START + HOUR, START + 2 * HOUR) == []


def test_the_rooms_mean_weighs_every_sample_alike(tmp_path: Path) -> None:
    path = kept(tmp_path, readings=(aggregate(5, 16.0, samples=1), aggregate(10, 20.0, samples=3), aggregate(90, 99.0)))
    with reading(path) as reader:
        assert reader.warmth(START, START + HOUR) == Warmth(mean=19.0, low=15.0, high=21.0, samples=4)
        assert reader.warmth(START - HOUR, START) is None


def test_sample_nights_are_told(tmp_path: Path) -> None:
    path = kept(tmp_path, cramp())
    with reading(path) as reader:
        assert not reader.has_samples()
    diary = Diary(path)
    diary.mark_as_sample()
    diary.close()
    with reading(path) as reader:
        assert reader.has_samples()


def test_a_reader_sees_what_is_committed_while_it_is_open(tmp_path: Path) -> None:
    path = kept(tmp_path)
    with reading(path) as reader:
        assert reader.cramps(START, START + HOUR) == []
        kept(tmp_path, cramp())
        assert len(reader.cramps(START, START + HOUR)) == 1


def test_nothing_can_be_written_through_a_reader(tmp_path: Path) -> None:
    path = kept(tmp_path, cramp())
    with reading(path) as reader:
        for change in ("delete from cramps", "drop table cramps", "PRAGMA user_version = 7"):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader._connection.execute(change)
        assert len(reader.cramps(START, START + HOUR)) == 1


def test_a_missing_diary_is_an_error_and_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(DiaryError, match="cannot be read"), reading(tmp_path / "diary.db"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_diary_is_an_error_of_the_diary(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    path.write_bytes(b"this was never a diary " * 100)
    with pytest.raises(DiaryError, match="cannot be read just now"), reading(path):
        pass


def test_a_path_with_odd_letters_opens(tmp_path: Path) -> None:
    folder = tmp_path / "Ann's ?mode=rw #1 ü%20"
    folder.mkdir()
    with reading(kept(folder, cramp())) as reader:
        assert len(reader.cramps(START, START + HOUR)) == 1


def test_what_was_told_of_a_cramp_stands_beside_it(tmp_path: Path) -> None:
    told = judgement("a", verdict=Verdict.CRAMP, severity=0, leg=Leg.BOTH, muscle=Muscle.FOOT)
    with reading(kept(tmp_path, ended("a"), ended("b"), told)) as reader:
        first, second = reader.cramps(START, START + HOUR)
    assert (first.verdict, first.severity, first.leg, first.muscle) == (Verdict.CRAMP, 0, Leg.BOTH, Muscle.FOOT)
    assert (second.verdict, second.severity, second.leg, second.muscle) == (None, None, None, None)


def test_a_check_in_comes_back_as_it_was_told_and_what_was_left_open_stays_open(tmp_path: Path) -> None:
    told = check_in(slept_here=None, disturbance=0, factors=(Factor.EFFORT, Factor.ALCOHOL), note="a, b\nc")
    with reading(kept(tmp_path, told)) as reader:
        assert reader.check_in(date(2026, 1, 10)) == KeptCheckIn(None, 0, (Factor.EFFORT, Factor.ALCOHOL), "a, b\nc")
        assert reader.check_in(date(2026, 1, 11)) is None
