"""Starts bedside's writer on what a power cut left, and looks whether all is there that was acknowledged, once, as it
was told last, and nothing else.
"""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from bedside.diary.backups import FOLDER, listed
from bedside.diary.columns import columns
from bedside.diary.journal import is_human
from bedside.diary.readings import SPAN_SECONDS
from bedside.diary.restoring import newest_whole
from bedside.diary.writer import Writer
from bedside.night.effects import Cramp, CrampState, Press, Save, Watch
from bedside.night.events import Moment, PartReported
from bedside.night.resume import Kept
from tests.diary.rows import NIGHT
from tests.powercuts.controls import CONTROLS
from tests.powercuts.disk import Files
from tests.powercuts.lives import LONG, NOT_A_DIARY, SECRET, SHORT, Life, Warm

Values = dict[str, Any]
SOON = 20.0  # seconds in which a start has all in order
POWER_IS_BACK = Moment("next boot", 5.0, NIGHT.wall + timedelta(hours=1))


@dataclass(frozen=True)
class Found:
    """What a start found: the records that count from then on and the backups; what is wrong whatever was acknowledged;
    and whether anything is left that a person wanted deleted.
    """

    records: frozenset[str]
    backups: frozenset[str] = frozenset()
    wrong: tuple[str, ...] = ()
    secrets: bool = False


@dataclass
class Told:
    """What the process had said when the power went."""

    given: set[str] = field(default_factory=set)
    saved: set[str] = field(default_factory=set)
    backups: set[str] = field(default_factory=set)
    to_go: set[str] = field(default_factory=set)
    deleting: bool = False
    deleted: bool = False

    @classmethod
    def before(cls, life: Life) -> "Told":
        """What was said in an earlier time."""
        names = {save.record for save in life.saved}
        to_go = names if life.deleting else set()
        return cls(set(names), set(names), to_go=to_go, deleting=life.deleting, deleted=life.deleting)

    def hear(self, remark: str) -> None:
        """The next that it said."""
        verb, _, record = remark.partition(" ")
        match verb:
            case "given":
                self.given.add(record)
            case "saved":
                self.saved.add(record)
            case "backed":
                self.backups.add(remark.rpartition(" ")[2])
            case "asked":
                self.to_go, self.deleting = set(self.given), True
            case "deleted":
                self.deleted = True

    def judge(self, found: Found) -> list[str]:
        """What is wrong with what was found, each with its kind first."""
        wrong = [*found.wrong]
        wrong += [f"never given: {record}" for record in sorted(found.records - self.given)]
        late = self.saved - self.to_go
        wrong += [f"lost: {record}" for record in sorted(late - found.records)]
        wrong += [f"lost: the backup {name}" for name in sorted(self.backups - found.backups)]
        early = self.saved & self.to_go
        gone = early - found.records
        if self.deleted or (self.deleting and gone):
            wrong += [f"came back: {record}" for record in sorted(self.to_go & found.records)]
            wrong += ["came back: what was to be deleted"] if found.secrets else []
        return wrong


def put(files: Files, root: Path) -> None:
    """Have these files, and no others, in the folder."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for path, text in files.items():
        if text is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(text)


def start_on(life: Life, root: Path, *, twice: bool) -> Found:
    """Start on the folder, as after a power cut, and once more if `twice`."""
    if life.writer:
        return Found(frozenset(CONTROLS[life.writer].found(root / "data")))
    kept, wrong = _start(root)
    if twice and not wrong:
        again, wrong = _start(root)
        wrong += ["changed: by the second start"] if again != kept else []
    if wrong:
        return Found(frozenset(), wrong=tuple(wrong))
    texts = [path.read_bytes() for path in root.rglob("*") if path.is_file()]
    with closing(sqlite3.connect(root / "data/diary.db")) as db:
        db.row_factory = sqlite3.Row
        records = [row["record"] for row in db.execute("select record from replayed")]
        there = [save for save in life.records() if save.record in records and is_human(save)]
        wrong += _damage(life, root, db)
        wrong += _wrong_rows(life, there, db)
        if not (root / "data/journal").is_dir():
            wrong += _wrong_kept(kept, there)
    backups = listed(root / "data" / FOLDER)
    wrong += [f"corrupt: the backup {backup.name}" for backup in backups if newest_whole([backup]) is None]
    names = frozenset(backup.name for backup in backups)
    return Found(frozenset(records), names, tuple(wrong), secrets=any(SECRET.encode() in text for text in texts))


def _start(root: Path) -> tuple[Kept, list[str]]:
    """What a start goes on from; the daemon's own way, to an orderly end."""
    reports: Queue[PartReported] = Queue()
    kept, on, impossible = Kept(), None, (root / "data/journal").is_dir()

    def take(event: object) -> None:
        if isinstance(event, PartReported):
            reports.put(event)

    writer = Writer(root / "data", take, lambda: POWER_IS_BACK, SHORT, clips=root / "clips")
    if not impossible:
        kept = writer.kept()
        on = kept.cramp.id if kept.cramp and kept.cramp.state is CrampState.OPEN else None
    writer.start(on)
    try:
        while not reports.get(timeout=SOON).well and not impossible:
            pass
    except Empty:
        return kept, ["corrupt: it does not become well"]
    finally:
        writer.close(LONG)
    return kept, ["lost: the writer hangs"] if writer.alive() else []


def _damage(life: Life, root: Path, db: sqlite3.Connection) -> Iterator[str]:
    for (says,) in db.execute("PRAGMA integrity_check"):
        if says != "ok":
            yield f"corrupt: {says}"
    paths = (root / "data").glob("diary.db.damaged-2026*")
    aside = [path.read_bytes() for path in paths if not path.name.endswith(("-wal", "-shm"))]
    if aside != [NOT_A_DIARY] * life.damaged:
        yield f"corrupt: {len(aside)} diaries were set aside"


def _wrong_kept(kept: Kept, there: Iterable[Save]) -> Iterator[str]:
    """What a restart goes on from is what was written last."""
    rows = [row for save in there for row in save.rows]
    for kind, found in ((Press, kept.press), (Cramp, kept.cramp)):
        last = next((row for row in reversed(rows) if isinstance(row, kind)), None)
        if found != last:
            yield f"changed: goes on from {found}, not {last}"


def _wrong_rows(life: Life, there: Iterable[Save], db: sqlite3.Connection) -> Iterator[str]:
    """The tables hold what these records say, and no more."""
    wanted, amended = _wanted(there)
    for table, rows in wanted.items():
        key = next(iter(rows.values()))[0] if rows else ""
        found = {row[key]: row for row in db.execute(f"select * from {table}")} if rows else {}
        count = db.execute(f"select count(*) from {table}").fetchone()[0]
        if count != len(rows):
            yield f"{'doubled' if count > len(rows) else 'lost'}: {count} rows in {table}, not {len(rows)}"
        for name, (_, values) in rows.items():
            if name not in found:
                yield f"lost: {name} in {table}"
                continue
            row = found[name]
            for column, value in values.items():
                closed = column == "state" and value == CrampState.OPEN and row[column] == CrampState.END_UNKNOWN
                if row[column] != value and not closed:
                    yield f"changed: {column} of {name} in {table} is {row[column]}, not {value}"
    told = Counter(tuple(row) for row in db.execute(f"select {', '.join(AMENDED)} from amendments"))
    if told != amended:
        yield f"{'doubled' if told - amended else 'lost'}: amendments {told} are not {amended}"
    yield from _wrong_spans(life, db)


AMENDED = ("record", "entry_table", "entry", "field", "before", "after")


def _wanted(there: Iterable[Save]) -> tuple[dict[str, dict[str, tuple[str, Values]]], "Counter[tuple[Any, ...]]"]:
    """By table and key, the key's column and the values that the records, in their order, come to; and what was told
    otherwise.
    """
    wanted: dict[str, dict[str, tuple[str, Values]]] = {table: {} for table in TABLES}
    amended: Counter[tuple[Any, ...]] = Counter()
    for save in there:
        for row in save.rows:
            table, key, values = columns(row)
            _, before = wanted[table].setdefault(values[key], (key, {}))
            if table in TOLD and before:
                for name in (name for name in values if name not in (key, *ABOUT_TELLING)):
                    if before[name] != values[name]:
                        texts = (None if value is None else str(value) for value in (before[name], values[name]))
                        amended[save.record, table, values[key], name, *texts] += 1
            before.update(values)
    return wanted, amended


TOLD = ("checkins", "judgements", "medicines", "about")
"""Tables of what a person may correct: what was changed is kept as well, but for when and by whom it was told."""
ABOUT_TELLING = ("at", "told_by")
TABLES = ("cramps", "presses", "stretches", "boots", "habits", "phones", "checkins", "judgements", "medicines", "about")


def _wrong_spans(life: Life, db: sqlite3.Connection) -> Iterator[str]:
    """Watches and readings are not acknowledged, but no other is there than were given."""
    rows = [row for save in life.records() for row in save.rows if isinstance(row, Watch)]
    watches = [columns(row)[2] for row in rows]
    for row in db.execute("select * from watches"):
        if dict(row) not in watches:
            yield f"never given: the watch {dict(row)}"
    given = [step for part in life.parts for step in part if isinstance(step, Warm)]
    starts = Counter((NIGHT.at(NIGHT.since_boot + step.at).wall.timestamp() // SPAN_SECONDS) for step in given)
    samples = db.execute("select sum(samples), count(*) from readings").fetchone()
    if (samples[0] or 0) > len(given) or samples[1] > len(starts):
        yield f"doubled: {tuple(samples)} readings"
