"""A day on which nobody presses: what it writes to the card, and what of it is there after each twenty minutes."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.bench.idle import written
from tests.days import DAY, days

MOST = 1_000_000  # bytes a day, the nightly backup apart
MINUTE = timedelta(minutes=1)
DAYS = 6  # among which is one on which the log goes into the diary
SEEN = "select cast(strftime('%s', max(seen)) as integer) from watches"
MEASURED = "select cast(strftime('%s', max(start)) as integer) from readings"


@pytest.mark.slow
def test_an_idle_day_writes_a_megabyte_at_the_most(tmp_path: Path) -> None:
    with days(tmp_path) as bed:
        bed.live(0, MINUTE)
        bed.tidied(1)
        before = written()
        for day in range(1, 1 + DAYS):
            bed.live(day, MINUTE)
            bed.tidied(day + 1)
        assert (written() - before) / DAYS <= MOST
        assert bed.count("select count(*) from stretches where state = 'offered'") == DAYS + 1  # it did what it does


def test_the_watch_is_on_the_disk_every_twenty_minutes_and_the_temperature_every_hour(tmp_path: Path) -> None:
    with days(tmp_path) as bed:
        while bed.passed < DAY / 4:
            bed.live_one(MINUTE)
            now = bed.now().wall
            assert now - at(bed.count(SEEN)) <= 20 * MINUTE
            if bed.passed > timedelta(hours=1):
                assert now - at(bed.count(MEASURED)) <= timedelta(hours=1, minutes=5)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()
