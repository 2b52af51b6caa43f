"""Lets the n-th call of a kind fail, for n = 1, 2, 3 … until a run has passed without it, and looks each time."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import Queue

from bedside.diary.journal import Journal
from bedside.diary.writer import Writer
from bedside.night.events import PartReported
from tests.diary.rows import NIGHT
from tests.powercuts.faulty import LONG, RECORDS

FILES = ("", "journal", "diary.db", "diary.db-wal", "diary.db-journal", "diary.db-shm")
"""In the writer's folder: calls on them fail, and no others."""
LONGEST = 120  # seconds of a run


@dataclass(frozen=True)
class Fault:
    """A call that fails, how, and how often in a row."""

    call: str
    error: str
    times: int = 1

    def __str__(self) -> str:
        return f"{self.call} {self.error}" + (f" {self.times} times" if self.times > 1 else "")


@dataclass(frozen=True)
class Run:
    """What came of a run in which the fault came at the n-th call."""

    fault: Fault
    number: int
    hit: bool
    wrong: tuple[str, ...]


def run_until_clean(fault: Fault, prepared: Path, scratch: Path) -> Iterator[Run]:
    """A run for each n, up to the first that is not hit. Each starts in a copy of the folder `prepared`."""
    for number in count(1):
        root = scratch / f"{fault} {number}".replace(" ", "-")
        shutil.copytree(prepared, root / "data")
        run = _run(fault, number, root)
        shutil.rmtree(root)
        yield run
        if not run.hit:
            return


def _run(fault: Fault, number: int, root: Path) -> Run:
    data, told, trace = root / "data", root / "told", root / "trace"
    told.touch()
    when = f"{number}..{number + fault.times - 1}" if fault.times > 1 else f"{number}"
    paths = [option for name in FILES for option in ("-P", str(data / name).rstrip("/"))]
    inject = ["-e", f"trace={fault.call}", "-e", f"inject={fault.call}:error={fault.error}:when={when}"]
    command = ["strace", "-f", "--seccomp-bpf", "-qq", *inject, *paths, "-o", trace]
    try:
        ended = subprocess.run(
            [*command, sys.executable, "-m", "tests.powercuts.faulty", data, told],
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        return Run(fault, number, hit=True, wrong=("it hangs",))
    wrong = [] if ended.returncode == 0 else [f"it ended with {ended.returncode}: {ended.stderr[-600:]}"]
    wrong += _wrong_remarks(told.read_text().splitlines())
    _start_once_more(data)  # a fault that lasted to the very end leaves the diary behind its journal
    wrong += _wrong_rows(data)
    return Run(fault, number, "(INJECTED)" in trace.read_text(), tuple(wrong))


def _start_once_more(data: Path) -> None:
    """On a disk that is well."""
    reports: Queue[PartReported] = Queue()
    writer = Writer(data, lambda event: reports.put(event) if isinstance(event, PartReported) else None, lambda: NIGHT)
    writer.start()
    while not reports.get(timeout=LONG).well:
        pass
    writer.close(LONG)


def _wrong_remarks(told: list[str]) -> Iterator[str]:
    """Each record is answered before the next is given: it is saved, or it is told that it is not and saved later."""
    wanted = [record.record for record in RECORDS]
    for record in wanted:
        answers = [remark.partition(" ")[0] for remark in told if remark.endswith(f" {record}")][1:]
        if answers not in (["saved"], ["failed", "saved"]):
            yield f"{record} was answered by {answers}"
    if told[-1:] != ["well"]:
        yield f"the last word is {told[-1:]}"


def _wrong_rows(data: Path) -> Iterator[str]:
    """Journal and diary have every record once."""
    wanted = [record.record for record in RECORDS]
    journaled = [save.record for save in Journal(data / "journal").read()]
    if sorted(set(journaled)) != wanted:
        yield f"the journal has {journaled}"
    with closing(sqlite3.connect(data / "diary.db")) as db:
        for query, rows in (
            ("select record from replayed order by 1", wanted),
            ("select id from presses order by 1", ["1", "2"]),
            ("select state from cramps", ["ended"]),
            ("select disturbance from checkins", [3]),
            ("PRAGMA integrity_check", ["ok"]),
        ):
            found = [value for (value,) in db.execute(query)]
            if found != rows:
                yield f"{query}: {found}"


def run_all(faults: list[Fault], prepared: Path, scratch: Path) -> dict[Fault, list[Run]]:
    """All of them, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        runs = pool.map(lambda fault: list(run_until_clean(fault, prepared, scratch)), faults)
        return dict(zip(faults, runs, strict=True))


def table(runs: dict[Fault, list[Run]]) -> str:
    """Runs, how many were hit, and in how many something was wrong, a line a fault."""
    lines = [f"{'':32}{'runs':>6}{'hit':>6}{'wrong':>6}"]
    for fault, of_it in [*runs.items(), ("together", [run for each in runs.values() for run in each])]:
        wrong = sum(bool(run.wrong) for run in of_it)
        lines.append(f"{fault!s:32}{len(of_it):6}{sum(run.hit for run in of_it):6}{wrong:6}")
    return "\n".join(lines)
