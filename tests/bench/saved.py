"""Row 2: from the press until it is durable.

Real: Daemon, Writer, Journal, diary, all their syncs, and how the unit lets the threads run. Not real: the button is a
hand that puts LineChanged into the inbox; light and speaker do nothing; the clock is put forward between presses.
Measured until the journal's sync is through, which is what is bounded; until the writer posts Saved; and until the loop
has it. The floor is one INSERT of such a row in a transaction of its own. Neither begins before the other's disk, and
the processor, are at rest. Both pay one sync; where a sync takes less than a millisecond, as on most servers, what is
compared is Python with C. So it is measured again with every sync made longer by strace, as on a quick SD card.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from bedside.daemon import Daemon, StopAsked
from bedside.devices.clock import Clock
from bedside.diary.journal import Journal
from bedside.diary.writer import Writer
from bedside.night.events import WIRE, DeadlinePassed, LineChanged, LineRead, ListeningBegan, Saved
from bedside.night.state import CRY, RELAPSE, Night, Rules
from tests.bench.figures import Finding, Sample, times
from tests.bench.surroundings import MEMORY_DISKS, ShiftedTime, come_first, disk_of, until

LIMIT = 1.5
QUIET = 0.03  # seconds without a commit: the writer is at rest
CARD = 5  # milliseconds that strace adds to a sync
SLOW_SHARE = 5  # of so many pairs one is measured on the slow disk too
Took = dict[str, list[float]]
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

    def say(self, cue: object, *, quiet: bool = False, due: float | None = None) -> None:
        """Nothing."""

    def hush(self) -> None:
        """Nothing."""

    def open(self) -> None:
        """Nothing."""


class Stamps:
    """Notes when the journal was synced, when Saved was posted, and when the loop had it."""

    def __init__(self, inbox: SimpleQueue[object]) -> None:
        self._inbox = inbox
        self.durable: SimpleQueue[float] = SimpleQueue()
        self.posted: SimpleQueue[float] = SimpleQueue()
        self.arrived: SimpleQueue[float] = SimpleQueue()

    def post(self, item: object) -> None:
        """The writer's way to the inbox."""
        if isinstance(item, Saved):
            self.posted.put(time.perf_counter())
        self._inbox.put(item)

    def sync(self, file: int) -> None:
        """The journal's way to the disk."""
        os.fdatasync(file)
        self.durable.put(time.perf_counter())

    def forget(self) -> None:
        """Those of a release, of a heartbeat."""
        for queue in (self.durable, self.posted, self.arrived):
            while not queue.empty():
                queue.get()


class StampedDaemon(Daemon):
    """Notes when Saved comes to the loop."""

    stamps: Stamps

    def turn(self, item: object) -> bool:
        """As the daemon does."""
        if isinstance(item, Saved):
            self.stamps.arrived.put(time.perf_counter())
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
        time.sleep(QUIET)  # the question itself has warmed the processor for SQLite, and for nothing else


def measure(folder: Path, pairs: int) -> list[Finding]:
    """A press and a bare commit in turn, `pairs` times; then a share of them on a disk made slow."""
    folder.mkdir(parents=True)
    disk = disk_of(folder)
    print(f"  the disk is {disk}" + (": a sync costs nothing there, the row tells little" * (disk in MEMORY_DISKS)))
    findings = _findings(_take_in_a_process_of_its_own(folder / "quick", pairs), "")
    if shutil.which("strace") is None:
        print("  strace is absent: not measured with longer syncs")
        return findings
    return findings + _findings(_take_slowly(folder / "slow", pairs // SLOW_SHARE), f", syncs {CARD} ms longer")


def _findings(took: Took, suffix: str) -> list[Finding]:
    bare = Sample("ms", tuple(took["bare"]))
    spans = {"durable": "durable", "posted": "Saved posted", "arrived": "Saved at the loop"}
    return [
        Finding(2, f"press to {words}{suffix}", Sample("ms", tuple(took[name])), bare, times(LIMIT))
        for name, words in spans.items()
    ]


def _take_slowly(folder: Path, pairs: int) -> Took:
    tracing = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", f"{folder}.strace", "-e", "trace=fsync,fdatasync"]
    tracing += ["-e", f"inject=fsync,fdatasync:delay_exit={CARD * 1000}"]
    return _take_in_a_process_of_its_own(folder, max(2, pairs), tracing)


def _take_in_a_process_of_its_own(folder: Path, pairs: int, before: Sequence[str] = ()) -> Took:
    command = [*before, sys.executable, "-m", "tests.bench.saved", str(folder), str(pairs)]
    took: Took = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    return took


@dataclass(frozen=True)
class Bed:
    """A daemon with its writer at work, and a hand on the button; `shifted` puts its clock forward."""

    shifted: ShiftedTime
    stamps: Stamps
    hand: Hand
    time_passed: Callable[[], None]

    def turn_to(self, number: int) -> None:
        """Let so much time go by that press `number` begins a cramp, or ends one. What is due by then is done."""
        self.shifted.skip(CRY + 1 if number % 2 else RELAPSE + 1)
        self.time_passed()

    def let_go(self) -> None:
        """A moment after the press."""
        self.shifted.skip(HELD)
        self.hand.move(down=False)


def at_work(folder: Path, hand_does: Callable[[Bed], object]) -> None:
    """Have the loop run on the first thread, as it does, while a hand at a bed whose diary lies in the folder does this
    on one that the unit knows nothing of. All is written at the end.
    """
    folder.mkdir(parents=True)
    shifted, inbox = ShiftedTime(), SimpleQueue[object]()
    clock, stamps = shifted.make_clock(), Stamps(inbox)
    journal = Journal(folder / "journal", sync=stamps.sync)
    hand, writer = Hand(inbox, clock), Writer(folder, stamps.post, clock.now, journal=journal)
    daemon = StampedDaemon(Night(), Rules(), clock.now, {WIRE: hand}, hand, hand, writer, hand, inbox=inbox)
    daemon.stamps = stamps
    bed = Bed(shifted, stamps, hand, lambda: inbox.put(DeadlinePassed(clock.now())))

    def press() -> None:
        try:
            begins.wait()
            hand_does(bed)
        finally:
            inbox.put(StopAsked())

    begins = threading.Event()
    presses = threading.Thread(target=press, name="hand")
    presses.start()
    writer.start()
    come_first()
    inbox.put(ListeningBegan(clock.now()))
    begins.set()
    daemon.run()
    presses.join()
    writer.close()


def take(folder: Path, pairs: int) -> Took:
    """Milliseconds of the bare commits, and until the press was durable, and Saved posted and arrived."""
    took: Took = {"bare": [], "durable": [], "posted": [], "arrived": []}

    def pair(bed: Bed) -> None:
        bare, rest = BareDiary(folder / "bare.db"), Rest(folder / "diary.db")
        for number in range(pairs):
            bed.turn_to(number)
            rest.wait()
            took["bare"].append(bare.commit(number))
            rest.wait()
            _press(took, bed.stamps, bed.hand)
            bed.let_go()

    at_work(folder, pair)
    return took


def _press(took: Took, stamps: Stamps, hand: Hand) -> None:
    stamps.forget()
    began = time.perf_counter()
    hand.move(down=True)
    for name, queue in (("durable", stamps.durable), ("posted", stamps.posted), ("arrived", stamps.arrived)):
        took[name].append((queue.get(timeout=10) - began) * 1000)


if __name__ == "__main__":
    print(json.dumps(take(Path(sys.argv[1]), int(sys.argv[2]))))
