"""Kills the writer's process at random moments under load, again and again in one folder, and looks each time."""

import os
import random
import signal
import sqlite3
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Queue

from bedside.diary.writer import Writer
from bedside.night.events import Saved, TemperatureRead
from tests.diary.rows import NIGHT, at, ended, press, save, watch

PREPARED = ["bedside.diary.store", "tests.powercuts.kills"]
LONG = 60.0  # seconds that nothing takes unless it hangs
AT_ONCE = 5
"""Records that wait for an answer at a time."""


def press_on(folder: Path, life: int, pipe: Connection) -> None:
    """Give records without end; tell of each, the moment it is saved, through the pipe."""
    answers: Queue[str] = Queue()

    def take(event: object) -> None:
        if isinstance(event, Saved):
            os.write(pipe.fileno(), f"{event.record}\n".encode())
            answers.put(event.record)

    writer = Writer(folder, take, lambda: NIGHT)
    writer.kept()
    writer.start()
    for number in range(1_000_000):
        name, moment = f"{life}-{number}", at(number)
        writer.sample(TemperatureRead(moment, 17.0))
        writer.save(save("", watch(f"watch {life}", seconds=float(number))))
        writer.save(save(name, press(name, moment), ended(name, moment)))
        if number >= AT_ONCE:
            answers.get(timeout=LONG)


def kill_again_and_again(folder: Path, times: int, most: int, chance: random.Random) -> set[str]:
    """Start so many times in the folder, each time killed within the first `most` records. What was acknowledged."""
    context = get_context("forkserver")
    context.set_forkserver_preload(PREPARED)
    acknowledged: set[str] = set()
    for life in range(times):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=press_on, args=(folder, life, theirs), daemon=True)
        process.start()
        theirs.close()
        with os.fdopen(os.dup(ours.fileno()), "rb") as told:
            acknowledged |= {told.readline().decode().strip() for _ in range(chance.randrange(1, most))}
            for _ in range(chance.randrange(40_000)):  # some way into the next records
                pass
            assert process.pid
            os.kill(process.pid, signal.SIGKILL)
            acknowledged |= {line.decode().strip() for line in told}
        process.join()
        assert process.exitcode == -signal.SIGKILL
        ours.close()
    return acknowledged


def in_the_diary(folder: Path) -> list[str]:
    """The presses that are there after a start, each as often as it is."""
    writer = Writer(folder, lambda event: None, lambda: NIGHT)
    writer.kept()
    writer.start()
    writer.close(LONG)
    with closing(sqlite3.connect(folder / "diary.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [name for (name,) in db.execute("select id from presses join replayed on record = id")]
