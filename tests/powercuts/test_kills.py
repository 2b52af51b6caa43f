"""SIGKILL, three hundred times, at random moments of a writer that is never idle."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.powercuts.kills import in_the_diary, kill_again_and_again

FOLDERS, KILLS_EACH = 30, 10
MOST = 8  # records that a life is told of before it is killed, at the most


@pytest.mark.slow
def test_no_acknowledged_record_is_lost_to_sigkill_at_three_hundred_random_moments(tmp_path: Path) -> None:
    chance = random.Random(3)
    acknowledged = 0
    for number in range(FOLDERS):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        told = kill_again_and_again(folder, KILLS_EACH, MOST, chance)
        found = Counter(in_the_diary(folder))
        assert told - set(found) == set()
        assert {name for name, times in found.items() if times > 1} == set()
        acknowledged += len(told)
    print(f"\n{FOLDERS * KILLS_EACH} kills, {acknowledged:,} records acknowledged, 0 lost")
    assert acknowledged > FOLDERS * KILLS_EACH
