"""A short run of the writer on a disk that fails now and then: `python -m tests.powercuts.faulty ROOT TOLD`.

It writes into TOLD what it gives and what it is told, and `well` once all is written and no trouble is reported; if
that does not come, it ends with another status than 0.
"""

import logging
import os
import sys
from pathlib import Path
from queue import Queue

from bedside.diary.writer import Writer
from bedside.night.effects import Save
from bedside.night.events import PartReported, Saved, SaveFailed
from tests.diary.rows import NIGHT, check_in, cramp, ended, press, save

LONG = 30.0  # seconds that nothing takes unless it hangs
SHORT = 0.01  # between the writer's tries

RECORDS = (
    save("1", press("1"), cramp("c")),
    save("2", press("2"), ended("c"), check_in(disturbance=3)),
)


def run(root: Path, told: Path) -> None:
    """Give each record when the one before is answered; then wait until all is well."""
    answers: Queue[Saved | SaveFailed] = Queue()
    reports: Queue[PartReported] = Queue()
    remarks = os.open(told, os.O_WRONLY | os.O_APPEND)

    def tell(text: str) -> None:
        os.write(remarks, f"{text}\n".encode())

    def take(event: object) -> None:
        if isinstance(event, PartReported):
            reports.put(event)
        elif isinstance(event, Saved | SaveFailed):
            tell(f"{'saved' if isinstance(event, Saved) else 'failed'} {event.record}")
            answers.put(event)

    writer = _start(root, take)
    saved: set[str] = set()
    for record in RECORDS:
        tell(f"given {record.record}")
        writer.save(record)
        saved |= _answered(answers, record)
    while len(saved) < len(RECORDS):
        answer = answers.get(timeout=LONG)
        saved |= {answer.record} if isinstance(answer, Saved) else set()
    said = reports.get(timeout=LONG)
    while not reports.empty() or not said.well:
        said = reports.get(timeout=LONG)
    tell("well")
    writer.close(LONG)
    assert not writer.alive(), "the writer hangs"


def _start(root: Path, take: object) -> Writer:
    writer = Writer(root, take, lambda: NIGHT, SHORT)  # type: ignore[arg-type]
    while True:
        try:
            writer.kept()
        except OSError:  # the daemon is started anew
            continue
        writer.start()
        return writer


def _answered(answers: "Queue[Saved | SaveFailed]", record: Save) -> set[str]:
    """Wait for a word on this record. The records that were saved meanwhile."""
    saved = set()
    while True:
        answer = answers.get(timeout=LONG)
        saved |= {answer.record} if isinstance(answer, Saved) else set()
        if answer.record == record.record:
            return saved


if __name__ == "__main__":
    logging.disable()
    run(Path(sys.argv[1]), Path(sys.argv[2]))
