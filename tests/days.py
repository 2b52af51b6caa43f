"""Days that pass in no time: the real loop, night, timetable and writer on real files, with a clock that is moved.

Nobody sleeps here: whoever moves the clock takes the daemon's turns, and waits until the writer has written.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path
from queue import SimpleQueue
from threading import Event

from bedside.card import Card
from bedside.daemon import Daemon
from bedside.diary.writer import Writer
from bedside.night.cues import Cue
from bedside.night.events import WIRE, CueGiven, LineChanged, LineRead, ListeningBegan, Moment, TemperatureRead
from bedside.night.habits import Habits
from bedside.night.state import Night, Rules
from bedside.timetable import Timetable

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
BOOT = "6f3b2a58-0a3c-4d0e-9d3f-2f1f8f6c1b7a"  # as long as the kernel's
LONG = 60.0  # seconds that nobody waits unless something is wrong
DAY = timedelta(days=1)


class Room:
    """Stands for the button, the light, the speaker, which is heard at once, and the door."""

    def __init__(self, days: "Days") -> None:
        self._days = days

    def read(self) -> None:
        """Nobody presses."""
        self._days.inbox.put(LineRead(self._days.now(), down=False))

    def show(self, level: object) -> None:
        """Nothing."""

    def say(self, cue: Cue, *, quiet: bool = False, due: float | None = None) -> None:
        """Heard."""
        self._days.inbox.put(CueGiven(self._days.now(), cue, heard=True))

    def hush(self) -> None:
        """Nothing."""

    def open(self) -> None:
        """Nothing."""


class Days:
    """A bed from noon on, in UTC."""

    def __init__(self, folder: Path) -> None:
        self.passed = timedelta(0)
        self.inbox: SimpleQueue[object] = SimpleQueue()
        self._looks: SimpleQueue[None] = SimpleQueue()
        self._path = folder / "diary.db"
        room = Room(self)
        self.writer = Writer(folder, self.inbox.put, self.now)
        self.daemon = Daemon(Night(), Rules(), self.now, {WIRE: room}, room, room, self.writer, room, inbox=self.inbox)
        card = Card(folder, lambda *_: None, self.writer.keep_readings)
        self.timetable = Timetable(
            Habits().reminders,
            lambda: UTC,
            now=self.now,
            stepped=lambda: 0.0,
            post=self.inbox.put,
            duties=(card.look,),
            awake=self._awake,
        )
        self.writer.roll_up_in(self._zone)
        self.writer.start()
        self.inbox.put(ListeningBegan(self.now()))
        self.move(timedelta(0))

    def now(self) -> Moment:
        """The moment."""
        return Moment(BOOT, 1000.0 + self._awake(), NOON + self.passed)

    def move(self, by: timedelta) -> None:
        """Let time go by; returns once all that comes of it is written."""
        self.passed += by
        self.timetable.look()
        self._turn()
        written = Event()
        self.writer.after(written.set)
        assert written.wait(LONG)
        self._turn()

    def measure(self, celsius: float) -> None:
        """The thermometer was read."""
        self.inbox.put(TemperatureRead(self.now(), celsius))

    def press(self) -> None:
        """Somebody presses, and lets go."""
        for down in (True, False):
            self.inbox.put(LineChanged(self.now(), down))
            self.move(timedelta(seconds=0.2))

    def live(self, day: int, step: timedelta, *, cramps: bool = False) -> None:
        """A day from noon to noon, step by step; with a cramp from three to five past three."""
        while self.passed < (day + 1) * DAY:
            self.live_one(step)
            if cramps and (NOON + self.passed).time() == time(3):
                self.press()
                self.move(timedelta(minutes=5))
                self.press()

    def live_one(self, step: timedelta) -> None:
        """One step: the thermometer is read, and time goes by until the next."""
        self.measure(18 + self.passed.days % 7 / 2)
        self.move((self.passed // step + 1) * step - self.passed)

    def tidied(self, nights: int) -> None:
        """Wait until so many nights are rolled up."""
        while self.count("select count(*) from nights where rolled_up is changed") < nights:
            self._looks.get(timeout=LONG)

    def count(self, query: str) -> int:
        """One number of what is in the diary."""
        with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)) as diary:
            ((number,),) = diary.execute(query).fetchall()
        return int(number)

    def _turn(self) -> None:
        while not self.inbox.empty() or self.daemon.wakes_at() <= self.now().since_boot:
            self.daemon.turn(None if self.inbox.empty() else self.inbox.get())

    def _awake(self) -> float:
        return self.passed.total_seconds()

    def _zone(self) -> tzinfo:
        self._looks.put(None)
        return UTC


@contextmanager
def days(folder: Path) -> Iterator[Days]:
    """A bed whose diary lies in the folder; all is written at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    bed = Days(folder)
    yield bed
    bed.writer.close(LONG)
    assert not bed.writer.alive()
