"""The backups: which there are, which is to be made now, and which are too many. Times come in; only the list is read.

A day of theirs runs from noon to noon, as a night does, and has the date it began on: one that is made in the morning
is of the day before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum
from pathlib import Path

from bedside.night.events import Moment
from bedside.night.habits import Habits
from bedside.patterns.nights import night_of, sleeps

FOLDER = "backups"
"""Beside the diary. It goes when everything is deleted."""


class Kind(StrEnum):
    """What a backup holds."""

    PEOPLE = "people"
    """What was pressed and told: all but the temperatures, and what is made from the rest. Made every day."""

    EVERYTHING = "everything"
    """Made every month."""


KEPT = {Kind.PEOPLE: 14, Kind.EVERYTHING: 6}
"""How many of each are kept."""

LEFT_OUT = {Kind.PEOPLE: frozenset({"readings", "nights", "unjournaled"}), Kind.EVERYTHING: frozenset({"unjournaled"})}
"""The tables whose rows are not in it."""


@dataclass(frozen=True)
class Backup:
    """A backup on the card: `made` on a day from noon to noon, local time; `size` in bytes."""

    path: Path
    kind: Kind
    made: date
    size: int

    @property
    def name(self) -> str:
        """The file's."""
        return self.path.name


class StillGoesOn(str):
    """What is told of a backup that is not put back yet, and will be."""


def path_of(folder: Path, kind: Kind, made: date) -> Path:
    """Where the backup of that day lies."""
    return folder / f"{kind}-{made.isoformat()}.db"


def listed(folder: Path) -> list[Backup]:
    """The backups in the folder, the newest first; of one day the one that has more first. None that cannot be read."""
    try:
        found = [backup for path in folder.glob("*.db") if (backup := _backup(path))]
    except OSError:
        found = []
    return sorted(found, key=lambda backup: (backup.made, backup.kind is Kind.EVERYTHING), reverse=True)


def due(now: Moment, kept: Iterable[Backup], habits: Habits, zone: tzinfo) -> tuple[Kind, date] | None:
    """The backup to be made now, and its day; None while there is one of each, while the clock is not known to be
    right, and in the sleep window. What seems to be of a day to come was made by a clock set wrong, and is none.
    """
    if not is_by_day(now, habits, zone):
        return None
    day = night_of(now.wall, zone)
    made = {(backup.kind, backup.made) for backup in kept if backup.made <= day}
    if (Kind.PEOPLE, day) not in made:
        return Kind.PEOPLE, day
    if not any(kind is Kind.EVERYTHING and (of.year, of.month) == (day.year, day.month) for kind, of in made):
        return Kind.EVERYTHING, day
    return None


def is_by_day(now: Moment, habits: Habits, zone: tzinfo) -> bool:
    """Whether it is a time that nobody sleeps at, by a clock that is known to be right."""
    return now.trusted and not sleeps(now.wall, habits.bedtime, habits.rising, zone)


def too_many(kept: Iterable[Backup], day: date) -> list[Backup]:
    """Those that are not kept any more once there is one of this day: of each kind the oldest. What seems to be of a
    day to come goes first.
    """
    ordered = sorted(kept, key=lambda backup: (backup.made <= day, backup.made), reverse=True)
    of_kind = ([backup for backup in ordered if backup.kind is kind] for kind in Kind)
    return [backup for kind, backups in zip(Kind, of_kind, strict=True) for backup in backups[KEPT[kind] :]]


def _backup(path: Path) -> Backup | None:
    kind, _, made = path.stem.partition("-")
    try:
        return Backup(path, Kind(kind), date.fromisoformat(made), path.stat().st_size)
    except (ValueError, OSError):  # none of ours, or just gone
        return None
