"""Makes room for another diary where there is one, which is kept beside it under a dated name."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

DAMAGED, REPLACED = "damaged", "replaced"
"""Why a diary is set aside, as its name says."""

READY = ".ready-"
"""Stands in the name of a diary that is whole, and to take this one's place."""

RESTORING, KEEPING = ".restoring", ".keeping"
"""Stand in the name of a diary that is not finished: one that is to be put in place, and a copy before an upgrade."""

BEFORE_UPGRADE = ".version-"
"""Stands in the name of the diary as it was before an upgrade, with its version."""

SIDES = ("-wal", "-shm", "")
"""What the names of a diary's files end in; the diary itself is the last."""


def chosen_waits(path: Path) -> bool:
    """Whether a diary that a person chose is ready to take this one's place, and the power went before it did."""
    return any(path.parent.glob(f"{path.name}{READY}{REPLACED}-*"))


def aside_name(path: Path, why: str, now: datetime) -> str:
    """What the diary will be called, a name that is free; a clock without a battery may say the same time twice."""
    name = f"{path.name}.{why}-{now:%Y%m%d-%H%M%S}"
    names = (f"{name}-{number}" if number else name for number in count())
    return next(free for free in names if not list(path.parent.glob(f"{free}*")))


def set_aside(path: Path, name: str) -> Iterator[Path]:
    """Rename the diary and its side files, one by one; it is kept. What was renamed before stays so. Raises OSError."""
    for suffix in SIDES:
        source, target = path.with_name(path.name + suffix), path.with_name(name + suffix)
        if source.exists():
            source.rename(target)
            yield target
