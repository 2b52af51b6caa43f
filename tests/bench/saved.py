"""Row 2: from the press until it is durable.

Real: Daemon, Writer, Journal, diary, all their syncs. Not real: the button is a hand that puts LineChanged into the
inbox; light and speaker do nothing; the clock is put forward between presses. Measured until Saved comes to the loop.
The floor is one INSERT of such a row in a transaction of its own. Neither begins before the other's disk is at rest.
"""

import sqlite3
import threading
import time
from pathlib import Path
from queue import SimpleQueue

from bedside.daemon import Daemon, StopAsked
from bedside.devices.clock import Clock
from bedside.diary.writer import Writer
from bedside.night.events import LineChanged, LineRead, ListeningBegan, Saved
from bedside.night.state import CRY, RELAPSE, Night, Rules
from tests.bench.figures import Finding, Sample, times
from tests.bench.surroundings import MEMORY_DISKS, ShiftedTime, disk_of, until

LIMIT = 1.5
QUIET = 0.03  # seconds without a commit: the writer is at rest
HELD = 0.15


class Hand:
    """Stands for the button: tells its level when it is asked, and for the light and the speaker, which do nothing."""

    def __init__(self, inbox: SimpleQueue[object], clock: Clock) -> None:
        self._inbox, self._clock, self._down = inbox, clock, False

    def move(self, *, down: bool) -> None:
        """Press or release."""
        self._down = down
        self._inbox.put(LineChanged(self._clock.now(), down))

    def read(self) -> None:
        """Post the level, as the button does."""
        self._inbox.put(LineRead(self._clock.now(), self._down))

    def show(self, level: object) -> None:
        """Nothing."""

    def say(self, cue: object) -> None:
        """Nothing."""

    def hush(self) -> None:
        """Nothing."""


class StampedDaemon(Daemon):
    """Notes when Saved comes to the loop."""

    saved: SimpleQueue[float] = SimpleQueue()

    def turn(self, item: object) -> bool:
        """As the daemon does."""
        if isinstance(item, Saved):
            self.saved.put(time.perf_counter())
        return super().turn(item)


class BareDiary:
    """The floor: one commit of sqlite3 as it comes, WAL and synchronous FULL."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        for line in ("pragma journal_mode = wal", "pragma synchronous = full"):
            self._database.execute(line)
        self._database.execute(
            "create table presses (id text primary key, at text, boot text, since_boot real, trusted int, phase text,"
            " meaning text, cramp text, held_seconds real, leaned int, practice int)"
        )

    def commit(self, number: int) -> float:
        """Insert one press; milliseconds until it is on the disk."""
        row = (f"boot/{number}", "2026-01-11T03:04:05.678+00:00", "b" * 36, 1.5 * number, 1, "quiet")
        began = time.perf_counter()
        with self._database:
            self._database.execute(
                "insert into presses values (?, ?, ?, ?, ?, ?, 'began a cramp', 'boot/0', null, 0, 0)", row
            )
        return (time.perf_counter() - began) * 1000


class Rest:
    """Tells when the writer has committed what it had: a reader sees each commit of another connection."""

    def __init__(self, path: Path) -> None:
        until(path.exists)
        self._reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def wait(self) -> None:
        """Until no commit came for a while."""
        before = None
        while before != (before := self._reader.execute("pragma data_version").fetchone()):
            time.sleep(QUIET)


def measure(folder: Path, pairs: int) -> list[Finding]:
    """A press and a bare commit in turn, `pairs` times."""
    folder.mkdir(parents=True)
    disk = disk_of(folder)
    print(f"  the disk is {disk}" + (": a sync costs nothing there, the row tells little" * (disk in MEMORY_DISKS)))
    shifted, inbox = ShiftedTime(), SimpleQueue[object]()
    clock = shifted.make_clock()
    hand, writer = Hand(inbox, clock), Writer(folder, inbox.put, clock.now)
    daemon = StampedDaemon(Night(), Rules(), clock.now, hand, hand, hand, writer, inbox=inbox)
    writer.start()
    loop = threading.Thread(target=daemon.run, name="loop", daemon=True)
    loop.start()
    inbox.put(ListeningBegan(clock.now()))
    bare_diary, rest = BareDiary(folder / "bare.db"), Rest(folder / "diary.db")
    bare, ours = [], []
    for number in range(pairs):
        bare.append(bare_diary.commit(number))
        ours.append(_press(daemon, hand, shifted, rest, begins=number % 2 == 0))
    inbox.put(StopAsked())
    loop.join()
    writer.close()
    return [Finding(2, "press to Saved", Sample("ms", tuple(ours)), Sample("ms", tuple(bare)), times(LIMIT))]


def _press(daemon: StampedDaemon, hand: Hand, shifted: ShiftedTime, rest: Rest, *, begins: bool) -> float:
    """One press and its release; milliseconds until it was saved."""
    shifted.skip(RELAPSE + 1 if begins else CRY + 1)
    rest.wait()
    while not daemon.saved.empty():
        daemon.saved.get()  # a release's, a heartbeat's
    began = time.perf_counter()
    hand.move(down=True)
    took = daemon.saved.get(timeout=10) - began
    shifted.skip(HELD)
    hand.move(down=False)
    rest.wait()
    return took * 1000
