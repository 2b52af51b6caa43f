"""The power is cut after every call that changes the disk, and may leave any of many disks: bedside starts on each."""

import pytest

from tests.powercuts.cuts import Tally, cut_everywhere, table
from tests.powercuts.lives import CONTROL_LIVES, LIVES

POINTS = 50_000

pytestmark = [pytest.mark.slow, pytest.mark.needs("strace")]


def test_wherever_the_power_is_cut_nothing_acknowledged_is_lost_doubled_or_changed_and_nothing_deleted_comes_back() -> (
    None
):
    tallies = cut_everywhere(LIVES)
    print(f"\n{table(tallies)}")
    examples = [f"{name}: {says}" for name, tally in tallies.items() for says in tally.examples.values()]
    assert examples == []
    assert all(not tally.wrong for tally in tallies.values())
    assert sum(tally.points.total() for tally in tallies.values()) >= POINTS


def test_the_same_cuts_find_what_a_writer_loses_that_acknowledges_before_its_sync() -> None:
    tallies: dict[str, Tally] = cut_everywhere(CONTROL_LIVES)
    print(f"\n{table(tallies)}")
    for name, tally in tallies.items():
        assert tally.wrong["lost"] > 0, name
