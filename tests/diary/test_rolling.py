"""The writer rolls nights up when it has nothing else to do, in the zone it is given, and trips over nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from queue import Queue

import pytest

from bedside.diary.writer import Writer
from bedside.night.events import Moment, Saved
from tests.diary.rows import NIGHT, ended, judgement, save

LONG = 60.0
AFTERNOON = NIGHT.at(NIGHT.since_boot + 12 * 3600)


class Desk:
    """A writer on its thread, which asks for the zone each time it looks for a night to roll up."""

    def __init__(self, folder: Path, now: Moment) -> None:
        self.path, self.now = folder / "diary.db", now
        self.asked: Queue[None] = Queue()
        self.posted: Queue[object] = Queue()
        self.writer = Writer(folder, self.posted.put, lambda: self.now)
        self.writer.roll_up_in(self._zone)
        self.writer.start()

    def _zone(self) -> tzinfo:
        self.asked.put(None)
        return UTC

    def looks(self, times: int) -> None:
        """Wait until it has looked so many times: the looks before are over then."""
        for _ in range(times):
            self.asked.get(timeout=LONG)

    def saved(self, record: str) -> None:
        while not (isinstance(event := self.posted.get(timeout=LONG), Saved) and event.record == record):
            pass

    def nights(self) -> list[tuple[str, int | None]]:
        with closing(sqlite3.connect(self.path)) as other:
            return other.execute("select night, cramps from nights").fetchall()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, AFTERNOON)
    yield desk
    desk.writer.close()


def test_a_night_that_is_over_is_rolled_up(desk: Desk) -> None:
    desk.writer.save(save("one", ended("c")))
    desk.saved("one")
    desk.looks(3)  # it gets its row, is rolled up, and then nothing is left
    assert desk.nights() == [("2026-01-10", 1)]


def test_while_the_clock_is_not_set_no_night_is_over(desk: Desk) -> None:
    desk.now = replace(AFTERNOON, trusted=False)
    desk.writer.save(save("one", ended("c")))
    desk.saved("one")
    desk.looks(1)
    desk.now = replace(AFTERNOON, wall=NIGHT.wall + timedelta(minutes=1))  # still the night
    desk.writer.save(save("two", ended("d")))
    desk.saved("two")
    desk.looks(1)
    assert desk.nights() == []


def test_a_row_of_a_newer_version_stops_no_writer(desk: Desk) -> None:
    desk.writer.save(save("one", ended("c"), judgement("c")))
    desk.saved("one")
    desk.looks(3)
    with closing(sqlite3.connect(desk.path)) as other, other:
        other.execute("update judgements set verdict = 'three cramps'")
        other.execute("update nights set changed = changed + 1")
    desk.writer.save(save("two", ended("d", NIGHT.at(NIGHT.since_boot + 600))))
    desk.saved("two")
    desk.looks(1)
    desk.writer.save(save("three", ended("e", NIGHT.at(NIGHT.since_boot + 900))))
    desk.saved("three")
    assert desk.writer.alive()
