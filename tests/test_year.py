"""A year at the bed, compressed into a minute: nothing grows but the files."""

import gc
import os
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.days import days

STEP = timedelta(minutes=20)  # of a heartbeat
WARM, YEAR = 45, 365  # days: by then the write-ahead log, SQLite's cache and all imports have their size
GROWTH = 6_000_000  # bytes of memory, of which the allocator's own moods are most


@dataclass(frozen=True)
class Taken:
    """What the process has of the machine."""

    threads: frozenset[str]
    files: int
    memory: int


def taken() -> Taken:
    gc.collect()
    threads = frozenset(thread.name for thread in threading.enumerate())
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Taken(threads, len(os.listdir("/proc/self/fd")), pages * os.sysconf("SC_PAGE_SIZE"))


@pytest.mark.slow
def test_in_a_year_no_memory_no_thread_and_no_open_file_is_added(tmp_path: Path) -> None:
    with days(tmp_path) as bed:
        before = None
        for day in range(YEAR):
            bed.live(day, STEP, cramps=day % 5 < 2)
            if day % 7 == 0:
                bed.tidied(day)
            if day == WARM:
                before = taken()
        after = taken()
        assert before
        assert (after.threads, after.files) == (before.threads, before.files)
        assert after.memory - before.memory < GROWTH
        assert bed.count("select count(*) from cramps where state = 'ended'") == YEAR * 2 // 5
        assert bed.count("select count(*) from stretches") == YEAR
        assert bed.daemon.inbox.empty()
