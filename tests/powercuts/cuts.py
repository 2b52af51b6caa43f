"""Cuts the power at every point of what was recorded, and starts on every disk that may be left."""

import copy
import hashlib
import logging
import pickle
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from tests.powercuts.disk import Disk, Fate, Files, fates
from tests.powercuts.lives import CONTROL_LIVES, LIVES, Life
from tests.powercuts.starts import Found, Told, put, start_on
from tests.powercuts.trace import Event, Redone, record

RESTART = "restart"
"""The remark between two processes."""
CHUNK = 40
"""Cuts that a worker goes through at a time."""
WAYS = {"late": 60, "torn": 1, "reordered": 2}
"""How often each model is tried at each cut, at the most."""
WORKERS = 2


@dataclass
class Recording:
    """A life: what lay in the folder, what it did there and said."""

    name: str
    root: Path
    first: Disk
    events: list[Event]

    @property
    def life(self) -> Life:
        """What was lived."""
        return (LIVES | CONTROL_LIVES)[self.name]

    def cuts(self) -> Iterator[tuple[int, Disk, Told]]:
        """The disk before the first call and after each that changed it, with all that was said before the next."""
        disk, told = copy.deepcopy(self.first), Told.before(self.life)
        redone, number, changed = Redone(disk, self.root), 0, True
        for event in self.events:
            if event == RESTART:
                redone.restart()
            elif isinstance(event, str):
                told.hear(event)
            else:
                if changed:
                    yield number, disk, told
                    number += 1
                changed = redone.do(event)
        if changed:
            yield number, disk, told


@dataclass
class Tally:
    """Points, by model, and the states of the disk that they came to; what was wrong, by kind; an example of each."""

    points: Counter[str] = field(default_factory=Counter)
    states: set[bytes] = field(default_factory=set)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Take another's in."""
        self.points += other.points
        self.states |= other.states
        self.wrong += other.wrong
        self.examples = other.examples | self.examples


def record_life(name: str, scratch: Path) -> Recording:
    """Live it once under strace. What was recorded, done again, is what lies there, or the record is worth nothing."""
    root, told = scratch / "root", scratch / "told"
    root.mkdir(parents=True)
    life = (LIVES | CONTROL_LIVES)[name]
    life.prepare(root)
    recording = Recording(name, root, Disk(root), [])
    disk = Disk(root)
    redone = Redone(disk, root)
    for part in range(len(life.parts)):
        command = [sys.executable, "-m", "tests.powercuts.lives", name, str(part), root, told]
        events = record(command, scratch / "trace", root, told)
        for event in events:
            if not isinstance(event, str):
                redone.do(event)
        redone.restart()
        assert disk.after(Fate()) == Disk(root).after(Fate()), f"{name}: something was done that strace did not tell"
        recording.events += [*events, RESTART]
    return recording


def cut_everywhere(names: Iterable[str]) -> dict[str, Tally]:
    """Record each life, cut the power at each of its points, and start on what is left."""
    tallies = {name: Tally() for name in names}
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as scratch,
        ProcessPoolExecutor(WORKERS, get_context("spawn"), initializer=logging.disable) as pool,
    ):
        folders = {name: Path(scratch) / str(number) for number, name in enumerate(tallies)}
        waiting = []
        for name, recording in zip(folders, pool.map(record_life, folders, folders.values()), strict=True):
            (folders[name] / "recording").write_bytes(pickle.dumps(recording))
            cuts = sum(1 for _ in recording.cuts())
            for start in range(0, cuts, CHUNK):
                waiting.append((name, pool.submit(_cut, folders[name], start, start + CHUNK)))
        for name, tally in waiting:
            tallies[name].add(tally.result())
    return tallies


@cache
def _recorded(folder: Path) -> tuple[Recording, dict[bytes, Found]]:
    """The recording, and what was found on each state of the disk so far."""
    return pickle.loads((folder / "recording").read_bytes()), {}


def _cut(folder: Path, start: int, stop: int) -> Tally:
    recording, found = _recorded(folder)
    tally, digests = Tally(), Digests()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for number, disk, told in recording.cuts():
            if number >= stop:
                break
            if number < start:
                continue
            for way, fate in enumerate(fates(disk, random.Random(number), **WAYS)):
                files = disk.after(fate)
                state = digests.of(files)
                if state not in found:
                    put(files, Path(scratch) / "root")
                    found[state] = start_on(recording.life, Path(scratch) / "root", twice=state[0] < 16)
                tally.points[fate.model] += 1
                tally.states.add(state)
                for says in told.judge(found[state]):
                    kind = says.partition(":")[0]
                    tally.wrong[kind] += 1
                    tally.examples.setdefault(kind, f"cut {number}, {fate.model} {way}: {says}")
    return tally


class Digests:
    """Names for states of the disk. The bytes of a file that no call has changed since are one object, named once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[bytes, bytes]] = {}

    def of(self, files: Files) -> bytes:
        """The same for the same files."""
        parts = [(path, None if text is None else self._of(text)) for path, text in files.items()]
        return hashlib.blake2b(repr(parts).encode(), digest_size=12).digest()

    def _of(self, text: bytes) -> bytes:
        known = self._known.get(id(text))
        if known is None:
            if len(self._known) > 1000:
                self._known.clear()
            known = self._known[id(text)] = text, hashlib.blake2b(text, digest_size=12).digest()
        return known[1]


def table(tallies: dict[str, Tally]) -> str:
    """Points by model, distinct states, and what was wrong, a line a life."""
    models = ("kept", "dropped", "late", "torn", "reordered")
    widths = (max(map(len, tallies)), *[10] * (len(models) + 2))
    total = Tally()
    lines = [("", *models, "points", "states", "wrong")]
    for name, tally in tallies.items():
        lines.append(_line(name, tally, models))
        total.add(tally)
    lines.append(_line("together", total, models))
    return "\n".join(
        " ".join([line[0].ljust(widths[0]), *(text.rjust(9) for text in line[1:-1]), "  " + line[-1]]) for line in lines
    )


def _line(name: str, tally: Tally, models: Iterable[str]) -> tuple[str, ...]:
    counts = [*(tally.points[model] for model in models), tally.points.total(), len(tally.states)]
    wrong = ", ".join(f"{number} {kind}" for kind, number in sorted(tally.wrong.items()))
    return (name, *(f"{count:,}" for count in counts), wrong or "0")
