"""What is lived while the power may go: `python -m tests.powercuts.lives LIFE PART ROOT TOLD` lives a part of one.

Every part is a process of its own, which starts on what the one before has left. It writes into TOLD what it gives to
the writer and the very moment at which the writer answers: `given 003`, `saved 003`, `failed 003`, `asked to delete`,
`deleted`, `backed up everything-2026-01-10.db`.
"""

import logging
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from enum import Enum, auto
from itertools import count
from pathlib import Path
from queue import Queue
from threading import Event

from bedside.diary.backups import FOLDER, Kind, listed, path_of
from bedside.diary.journal import Journal, is_human
from bedside.diary.making import make, records_in_every_backup
from bedside.diary.store import Diary
from bedside.diary.wiping import MARKER
from bedside.diary.writer import Writer
from bedside.night.effects import CrampState, Meaning, Row, Save, StretchState
from bedside.night.events import Moment, PartReported, Saved, SaveFailed, TemperatureRead
from bedside.night.told import About, Added, Change, Factor, Medicine, Remedy, Verdict
from tests.diary.rows import at, boot, check_in, chosen, cramp, ended, evening, judgement, phone, press, save, watch
from tests.powercuts.controls import CONTROLS

LONG = 60.0  # seconds that nothing takes unless it hangs
SHORT = 0.02  # between the writer's tries
SECRET = "Secret"
"""In the name of all that is to be deleted."""
NOT_A_DIARY = b"this was never a diary " * 400


class Step(Enum):
    """What is done beside giving records."""

    WAIT = auto()  # until the diary has what was given
    CHECKPOINT = auto()  # by another program, as `sqlite-utils` does when it looks
    DELETE = auto()  # everything
    FORGET = auto()  # let the journal forget what every backup has
    RESTORE = auto()  # the oldest backup
    WELL = auto()  # wait until the writer says that all is well
    CLOSE = auto()  # an orderly end; without it the process is killed when the diary has what was given
    ROLL_UP = auto()  # two days later, with the time zone known
    FORGET_THE_CRAMP = auto()  # the next start is one after a power cut: it leads no cramp
    DIE_WHEN_SAVED = auto()  # the process is killed the moment it is told that the next record is saved


@dataclass(frozen=True)
class Warm:
    """The room's temperature, `at` seconds."""

    celsius: float
    at: float


@dataclass(frozen=True)
class BackUp:
    """Everything, as of this day."""

    day: date


Lived = Save | Step | Warm | BackUp | tuple[Save, ...]
"""Records in a tuple are given at once; each other when the one before is answered."""


@dataclass(frozen=True)
class Life:
    """`parts` are the processes. `prepare` makes the folder as it is before, where `saved` are kept already, or if
    `deleting` are to be deleted; `damaged`: the diary there is none. `writer` names a control, which is not ours.
    """

    parts: tuple[tuple[Lived, ...], ...]
    prepare: Callable[[Path], None]
    saved: tuple[Save, ...] = ()
    deleting: bool = False
    damaged: bool = False
    writer: str = ""

    def records(self) -> list[Save]:
        """All that are given, in their order."""
        found = list(self.saved)
        for lived in (step for part in self.parts for step in part):
            found += [lived] if isinstance(lived, Save) else lived if isinstance(lived, tuple) else []
        return found


def _numbered() -> Callable[..., Save]:
    numbers = count(1)

    def numbered(*rows: Row) -> Save:
        number = next(numbers)
        return save(f"{number:03}", *rows, moment=at(60.0 * number))

    return numbered


def _nights() -> tuple[tuple[Lived, ...], ...]:
    """A first night and a cramp that goes on over a kill; another after a power cut."""
    keep = _numbered()
    held = press("p1", at(0), held=0.4, cramp="c1")
    first = (
        keep(boot(), phone()),
        keep(press("p1", at(0), cramp="c1"), cramp("c1", at(0), celsius=17.5)),
        Warm(17.5, 0), Warm(17.25, 400),
        keep(held),
        keep(press("p2", at(90), meaning=Meaning.ENDED, cramp="c1"), ended("c1", at(0), celsius=17.5)),
        Step.WAIT,
        save("", watch(), moment=at(5)),
        (
            keep(press("p3", at(900), cramp="c2"), cramp("c2", at(900))),
            keep(press("p3", at(900), cramp="c2", held=4.0), cramp("c2", at(900), doubtful=True, muted=True)),
            keep(evening()),
        ),
        save("", watch(seconds=2400.0), moment=at(6)),
        keep(evening(state=StretchState.COMPLETED, asks=2, over=True)),
    )  # fmt: skip
    second = (
        keep(press("p4", at(1000), meaning=Meaning.ENDED, cramp="c2"), ended("c2", at(900), doubtful=True)),
        Step.WAIT, Step.CHECKPOINT, Warm(16.5, 1000),
        keep(press("p5", at(5000), cramp="c3"), cramp("c3", at(5000))),
        Step.FORGET_THE_CRAMP, Step.DIE_WHEN_SAVED,
        keep(press("p5", at(5000), cramp="c3", held=0.5)),
    )  # fmt: skip
    third = (keep(press("p6", at(9000)), ended("c4", at(9000))), Step.ROLL_UP, Step.CLOSE)
    return first, second, third


def _mornings() -> tuple[tuple[Lived, ...], ...]:
    """What is told, and told otherwise."""
    keep, night = _numbered(), date(2026, 1, 10)
    bought = Medicine("m1", at(300), date(2026, 1, 3), Remedy.MAGNESIUM, Change.STARTED, "from the chemist", by="Anna")
    first = (
        (keep(chosen(at(1), asks=2)), keep(ended("c1"), press("p1"))),
        keep(check_in(night, disturbance=4, factors=(Factor.ALCOHOL,), asked=(Factor.ALCOHOL, Factor.EFFORT))),
        keep(judgement("c1", severity=6)),
        (keep(judgement("c1", severity=7, verdict=Verdict.CRAMP)), keep(check_in(night, disturbance=5, note="hot"))),
        Step.WAIT,
        keep(bought),
        keep(Added("a1", at(400), at(-3600).wall, 45.0, by="Anna")),
    )
    second = (
        (keep(judgement("a1", verdict=Verdict.NONE)), keep(Medicine(**(vars(bought) | {"retracted": True})))),
        keep(About(at(500), yes=("back trouble",), no=("frequent",))),
        Warm(18.0, 500),
        keep(chosen(at(600), glow=False), phone(out=True)),
        Step.WAIT,
        keep(judgement("c1", severity=2, onset=at(-60).wall, seconds=30.0)),
        Step.CLOSE,
    )
    return first, second


def _presses(number: int, *ends: Lived, name: str = "p") -> tuple[Lived, ...]:
    """Presses, each a cramp of its own, that are waited for in turns."""
    keep = _numbered()
    given = [keep(press(f"{name}{one}", at(one)), ended(f"c{one}", at(one))) for one in range(number)]
    steps: list[Lived] = []
    for one, record in enumerate(given):
        steps += [record, *([Step.WAIT] if one % 3 == 1 else [])]
    return (*steps, *ends)


def _in_two(*steps: Lived) -> tuple[tuple[Lived, ...], ...]:
    """The same in two processes, the first of which is killed."""
    half = len(steps) // 2
    return (*steps[: half - 1], Step.DIE_WHEN_SAVED, steps[half - 1]), steps[half:]


SECRETS = tuple(
    save(f"{SECRET} {number}", press(f"{SECRET} {number}"), phone(f"{number}", name=SECRET)) for number in range(3)
)
AFTER = tuple(save(f"after {number}", press(f"after {number}"), ended(f"after {number}")) for number in range(4))


LATER = tuple(save(f"later {number}", press(f"later {number}"), ended(f"later {number}")) for number in range(2))


def _empty(root: Path) -> None:
    (root / "data").mkdir()
    (root / "clips").mkdir()


def _old(root: Path) -> None:
    """A diary that is there, closed, with nothing in it."""
    _empty(root)
    writer = Writer(root / "data", lambda event: None, lambda: at(0))
    writer.start()
    writer.close(LONG)


def _without_journal(root: Path) -> None:
    _old(root)
    (root / "data/journal").unlink(missing_ok=True)
    (root / "data/journal").mkdir()


def _damaged(root: Path) -> None:
    _empty(root)
    journal = Journal(root / "data/journal")
    journal.append(DAMAGED)
    journal.close()
    (root / "data/diary.db").write_bytes(NOT_A_DIARY)


def _with_more_to_delete(root: Path) -> None:
    _old(root)
    (root / "data/backups").mkdir()
    for name in ("data/backups/one.db", "data/diary.db.damaged-20250101-000000", "clips/ask-0123456789abcdef.wav"):
        (root / name).write_text(SECRET)


def _half_deleted(root: Path) -> None:
    _with_more_to_delete(root)
    journal = Journal(root / "data/journal")
    journal.append(SECRETS)
    journal.close()
    (root / "data" / MARKER).touch()


def _damaged_with_backup(root: Path) -> None:
    """The journal has forgotten what the backup has."""
    _old(root)
    diary = Diary(root / "data/diary.db")
    diary.apply(DAMAGED[:3])
    diary.close()
    make(root / "data/diary.db", Kind.EVERYTHING, JANUARY)
    journal = Journal(root / "data/journal")
    journal.append(DAMAGED[3:])
    journal.close()
    (root / "data/diary.db").write_bytes(NOT_A_DIARY)


JANUARY, FEBRUARY = date(2026, 1, 10), date(2026, 2, 10)
DAMAGED = tuple(save(f"old {number}", press(f"old {number}"), ended(f"old {number}")) for number in range(5))

LIVES = {
    "first nights": Life(_nights(), _empty),
    "mornings": Life(_mornings(), _old),
    "presses": Life(_in_two(*_presses(12, Step.CLOSE)), _old),
    "no journal": Life(_in_two(*_presses(8, Step.CLOSE)), _without_journal),
    "damaged diary": Life(((*AFTER[:2], Step.CLOSE),), _damaged, saved=DAMAGED, damaged=True),
    "backups": Life(
        (
            (*AFTER[:2], Step.WAIT, BackUp(JANUARY), AFTER[2], Step.WAIT, BackUp(FEBRUARY), Step.FORGET, AFTER[3]),
            (Step.RESTORE, *LATER, Step.WELL, Step.CLOSE),
        ),
        _old,
    ),
    "damaged diary with a backup": Life(
        ((*AFTER[:2], Step.WELL, Step.CLOSE),), _damaged_with_backup, saved=DAMAGED, damaged=True
    ),
    "deleted": Life(((*SECRETS, Step.DELETE, *AFTER[:2]), (*AFTER[2:], Step.CLOSE)), _with_more_to_delete),
    "half deleted": Life(((*AFTER[:2], Step.CLOSE),), _half_deleted, saved=SECRETS, deleting=True),
}
CONTROL_LIVES = {name: Life(_in_two(*_presses(8, Step.CLOSE)), _empty, writer=name) for name in CONTROLS}


class Living:
    """A writer at work, and what it says, told on."""

    def __init__(self, life: Life, part: int, root: Path, told: Path) -> None:
        self._told = os.open(told, os.O_WRONLY | os.O_APPEND)
        self._life, self._root, self._now = life, root, at(0)
        self._diary, self._backups = root / "data/diary.db", root / "data" / FOLDER
        self._dies = False
        self._answers: Queue[str] = Queue()
        self._well: Queue[bool] = Queue()
        if life.writer:
            self._writer = CONTROLS[life.writer](root / "data", self._take)
            return
        self._writer = Writer(root / "data", self._take, lambda: self._now, SHORT, clips=root / "clips")
        forgets = part and Step.FORGET_THE_CRAMP in life.parts[part - 1]
        cramp = open_cramp(self._writer)
        self._writer.start(None if forgets else cramp)

    def live(self, part: int) -> None:
        """To its end, from which nothing returns."""
        for step in self._life.parts[part]:
            match step:
                case Save():
                    self._give(step)
                case tuple():
                    self._give(*step)
                case Warm():
                    self._writer.sample(TemperatureRead(at(step.at), step.celsius))
                case BackUp():
                    make(self._diary, Kind.EVERYTHING, step.day)
                    self._tell(f"backed up {path_of(self._backups, Kind.EVERYTHING, step.day).name}")
                case Step():
                    self._do(step)
        self._writer.after(_die)  # on the writer's thread, so that no call of its is cut in two
        self._answers.get(timeout=LONG)

    def _do(self, step: Step) -> None:
        match step:
            case Step.WAIT:
                self._wait()
            case Step.CHECKPOINT:
                with closing(sqlite3.connect(self._diary)) as other:
                    other.execute("PRAGMA wal_checkpoint(PASSIVE)")
            case Step.DELETE:
                self._delete()
            case Step.FORGET:
                journal = self._root / "data/journal"
                names = records_in_every_backup(self._diary, journal)
                assert names
                self._writer.forget(Journal(journal).forgettable(names))
                self._wait()
            case Step.RESTORE:
                self._writer.restore(listed(self._backups)[-1].path, self._answers.put)
                refusal = self._answers.get(timeout=LONG)
                assert not refusal, refusal
            case Step.WELL:
                while not self._well.get(timeout=LONG):
                    pass
            case Step.ROLL_UP:
                later = at(2 * 86400.0)
                self._now = Moment(later.boot, later.since_boot, later.wall + timedelta(hours=12))
                self._writer.roll_up_in(lambda: UTC)
                self._wait()
            case Step.CLOSE:
                self._writer.close(LONG)
                _die()
            case Step.DIE_WHEN_SAVED:
                self._dies = True

    def _give(self, *saves: Save) -> None:
        for one in saves:
            self._tell(f"given {one.record}")
            self._writer.save(one)
        for _ in filter(is_human, saves):
            self._answers.get(timeout=LONG)

    def _wait(self) -> None:
        through = Event()
        self._writer.after(through.set)
        assert through.wait(LONG)

    def _delete(self) -> None:
        def answer(gone: bool) -> None:
            self._tell("deleted" if gone else "not deleted yet")
            self._answers.put("")

        self._tell("asked to delete")
        self._writer.wipe(answer)
        self._answers.get(timeout=LONG)

    def _take(self, event: object) -> None:
        """On the writer's thread: what is told here is told before the writer's next call."""
        if isinstance(event, PartReported):
            self._well.put(event.well)
        if isinstance(event, Saved | SaveFailed):
            self._tell(f"{'saved' if isinstance(event, Saved) else 'failed'} {event.record}")
            if self._dies:
                _die()
            if isinstance(event, Saved):
                self._answers.put(event.record)

    def _tell(self, text: str) -> None:
        os.write(self._told, f"{text}\n".encode())


def _die() -> None:
    os._exit(0)


def open_cramp(writer: Writer) -> str | None:
    """The cramp that a start would go on with, as the daemon does."""
    try:
        cramp = writer.kept().cramp
    except OSError:  # the journal is none
        return None
    return cramp.id if cramp and cramp.state is CrampState.OPEN else None


if __name__ == "__main__":
    logging.disable()
    name, part, root, told = sys.argv[1:]
    Living((LIVES | CONTROL_LIVES)[name], int(part), Path(root), Path(told)).live(int(part))
