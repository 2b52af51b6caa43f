"""Five-minute aggregates of the room's temperature."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.diary.readings import SPAN_SECONDS, Aggregate, Readings
from bedside.night.events import Moment, TemperatureRead

THREE = datetime(2026, 1, 11, 3, tzinfo=UTC)


def read(seconds: float, celsius: float, boot: str = "boot", trusted: bool = True) -> TemperatureRead:
    """A reading so many seconds after three o'clock."""
    return TemperatureRead(Moment(boot, 1000 + seconds, THREE + timedelta(seconds=seconds), trusted), celsius)


def gathered(*readings: TemperatureRead) -> tuple[Aggregate, ...]:
    gathering = Readings()
    for reading in readings:
        gathering.add(reading)
    return gathering.gathered()


def test_five_minutes_come_to_their_mean_lowest_and_highest() -> None:
    (aggregate,) = gathered(read(0, 17.0), read(60, 18.5), read(120, 16.0))
    assert (aggregate.start, aggregate.boot, aggregate.samples) == (THREE, "boot", 3)
    assert aggregate.mean == pytest.approx(51.5 / 3)
    assert (aggregate.low, aggregate.high) == (16.0, 18.5)


def test_five_minutes_go_from_their_first_instant_up_to_the_next_ones() -> None:
    found = gathered(read(-0.001, 1), read(0, 2), read(299.999, 3), read(300, 4))
    assert [(aggregate.start, aggregate.samples) for aggregate in found] == [
        (THREE - timedelta(minutes=5), 1),
        (THREE, 2),
        (THREE + timedelta(minutes=5), 1),
    ]


def test_two_boots_share_no_aggregate() -> None:
    assert [aggregate.boot for aggregate in gathered(read(0, 1), read(1, 2, boot="next"))] == ["boot", "next"]


def test_an_untrusted_clock_marks_its_aggregate() -> None:
    assert [aggregate.trusted for aggregate in gathered(read(0, 1, trusted=False), read(300, 1))] == [False, True]


def test_after_writing_the_rest_of_five_minutes_is_a_part_of_its_own() -> None:
    gathering = Readings()
    for seconds in (0, 300):
        gathering.add(read(seconds, 10))
    gathering.written()
    gathering.add(read(301, 20))
    (aggregate,) = gathering.gathered()
    assert (aggregate.start, aggregate.samples, aggregate.mean) == (THREE + timedelta(minutes=5), 1, 20)


def test_while_the_clock_is_not_set_five_minutes_go_by_the_clock_that_nobody_can_set() -> None:
    early, late, stepped = (read(seconds, 10, trusted=False) for seconds in (199, 200, 499))
    stepped = replace(stepped, moment=replace(stepped.moment, wall=THREE + timedelta(days=3650)))
    found = gathered(early, late, stepped)
    assert [(one.since_boot, one.start, one.samples) for one in found] == [
        (900, THREE - timedelta(seconds=100), 1),
        (1200, THREE + timedelta(seconds=200), 2),
    ]


def test_what_is_dated_by_hand_may_be_put_right_too() -> None:
    reading = read(0, 10)
    (found,) = gathered(replace(reading, moment=replace(reading.moment, by_hand=True)))
    assert (found.since_boot, found.trusted) == (900, True)


def test_what_the_card_refuses_is_kept_for_a_day_at_the_most() -> None:
    gathering = Readings()
    for number in range(3 * 24 * 12):
        gathering.add(read(number * SPAN_SECONDS, number))
        gathering.refused()
    found = gathering.gathered()
    assert len(found) == 24 * 12
    assert found[-1].mean == 3 * 24 * 12 - 1


@given(st.lists(st.tuples(st.integers(0, 7200), st.floats(-40, 50)), min_size=1, max_size=30))
def test_no_reading_is_lost_or_counted_twice_and_the_mean_lies_between(told: list[tuple[int, float]]) -> None:
    found = gathered(*(read(seconds, celsius) for seconds, celsius in told))
    assert sum(aggregate.samples for aggregate in found) == len(told)
    assert min(celsius for _, celsius in told) == min(aggregate.low for aggregate in found)
    assert max(celsius for _, celsius in told) == max(aggregate.high for aggregate in found)
    assert all(aggregate.low - 1e-9 <= aggregate.mean <= aggregate.high + 1e-9 for aggregate in found)
    total = sum(aggregate.mean * aggregate.samples for aggregate in found)
    assert total == pytest.approx(sum(celsius for _, celsius in told), abs=1e-6)
