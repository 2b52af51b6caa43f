"""The demo's sample nights."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bedside.diary.kept import KeptCramp
from bedside.diary.reader import reading
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.night.effects import Cramp, CrampState, Evening, Save, Watch
from bedside.night.told import CheckIn, Judgement
from bedside.patterns.nights import in_window, night_of, span_of
from bedside.sample import NIGHTS, sample_nights

ZONE = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 4, 20)  # the clocks went forward on the way here
NOON = datetime(2026, 4, 20, 12, tzinfo=ZONE)


@pytest.fixture(scope="module")
def nights() -> list[tuple[Save, list[Aggregate]]]:
    return list(sample_nights(NOON, ZONE))


def cramps(nights: list[tuple[Save, list[Aggregate]]]) -> Iterator[tuple[date, Cramp]]:
    """Every cramp with the evening of its record."""
    for save, _ in nights:
        (evening,) = (row.date for row in save.rows if isinstance(row, Evening))
        yield from ((evening, row) for row in save.rows if isinstance(row, Cramp))


def test_they_are_the_same_each_time(nights: list[tuple[Save, list[Aggregate]]]) -> None:
    assert nights == list(sample_nights(NOON, ZONE))
    assert nights != list(sample_nights(NOON, ZONE, seed=8))


def test_there_is_one_for_each_evening_up_to_yesterday(nights: list[tuple[Save, list[Aggregate]]]) -> None:
    evenings = [row.date for save, _ in nights for row in save.rows if isinstance(row, Evening)]
    assert evenings == [TODAY - timedelta(days=days) for days in range(NIGHTS, 0, -1)]
    assert len({save.record for save, _ in nights}) == NIGHTS


def test_every_cramp_lies_in_the_night_of_its_record(nights: list[tuple[Save, list[Aggregate]]]) -> None:
    found = list(cramps(nights))
    assert found
    assert all(night_of(cramp.onset.wall, ZONE) == evening for evening, cramp in found)
    assert len({cramp.id for _, cramp in found}) == len(found)


def test_a_duration_is_known_only_with_an_end(nights: list[tuple[Save, list[Aggregate]]]) -> None:
    found = [cramp for _, cramp in cramps(nights)]
    assert {cramp.state for cramp in found} == {CrampState.ENDED, CrampState.END_UNKNOWN}
    for cramp in found:
        assert (cramp.seconds is not None) == (cramp.end is not None) == (cramp.state is CrampState.ENDED)
        assert cramp.seconds is None or cramp.seconds > 0


def test_every_night_was_watched_and_has_readings_of_its_own(nights: list[tuple[Save, list[Aggregate]]]) -> None:
    for save, readings in nights:
        (evening,) = (row.date for row in save.rows if isinstance(row, Evening))
        (watch,) = (row for row in save.rows if isinstance(row, Watch))
        span = span_of(evening, ZONE)
        assert span[0] <= watch.began.wall <= watch.seen.wall <= span[1]
        assert all(in_window(reading.start, span) for reading in readings)
        assert all(reading.low <= reading.mean <= reading.high for reading in readings)


@pytest.mark.parametrize("hour", [0, 3, 7, 17, 18, 23])
def test_nothing_lies_in_the_future_at_any_hour(hour: int) -> None:
    now = datetime(2026, 4, 20, hour, 30, tzinfo=ZONE)
    nights = list(sample_nights(now, ZONE))
    assert len(nights) == NIGHTS
    assert all(row.seen.wall <= now for save, _ in nights for row in save.rows if isinstance(row, Watch))
    assert all(cramp.last_press.wall <= now for _, cramp in cramps(nights))
    assert all(reading.start <= now for _, readings in nights for reading in readings)


def test_the_last_night_has_two_cramps_to_look_at(nights: list[tuple[Save, list[Aggregate]]]) -> None:
    assert [evening for evening, _ in cramps(nights)][-2:] == [TODAY - timedelta(days=1)] * 2


def test_most_nights_have_a_check_in_and_the_newest_two_wait_for_theirs(
    nights: list[tuple[Save, list[Aggregate]]],
) -> None:
    told = [any(isinstance(row, CheckIn) for row in save.rows) for save, _ in nights]
    assert told[-2:] == [False, False]
    assert NIGHTS / 2 < sum(told) < NIGHTS
    for save, _ in nights:
        judged = {row.cramp for row in save.rows if isinstance(row, Judgement)}
        assert judged in (set(), {row.id for row in save.rows if isinstance(row, Cramp)})


def test_in_the_diary_all_of_them_are_marked_as_sample(tmp_path: Path) -> None:
    diary = Diary(tmp_path / "diary.db")
    for save, readings in sample_nights(NOON, ZONE, nights=7):
        diary.apply([save], readings)
    diary.mark_as_sample()
    diary.close()
    with reading(diary.path) as reader:
        kept: list[KeptCramp] = reader.cramps(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
        assert kept
        assert {cramp.origin for cramp in kept} == {"sample"}
        assert reader.has_samples()
