"""The room on the memory card: told before it runs out, so that the last of it is there for presses."""

import os
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

from bedside.catalogue import _

LITTLE = 200_000_000
"""Bytes free: with fewer, it is told."""
LEAST = 20_000_000
"""With fewer, the temperature is not kept any more: what a person does is."""
MARGIN = 1.25
"""It is over once so many times that is free, and not at the first byte."""


class Room(IntEnum):
    """How much is left."""

    NONE = 0
    LITTLE = 1
    ENOUGH = 2


def room(free: int, before: Room) -> Room:
    """What so many bytes free come to. To have more room than before takes the margin as well."""
    for least, state in ((LEAST, Room.NONE), (LITTLE, Room.LITTLE)):
        if free < least * (MARGIN if before <= state else 1):
            return state
    return Room.ENOUGH


def bytes_free(folder: Path) -> int:
    """How many bytes this program may still write there. Raises OSError."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


class Card:
    """Looks at the card that a folder lies on. `tell` shows a part's state: its name, whether it is well, what it says
    and what to do; `keep_readings` is told whether the temperature is to be kept.
    """

    def __init__(
        self,
        folder: Path,
        tell: Callable[[str, bool, str, str], None],
        keep_readings: Callable[[bool], None],
        free: Callable[[Path], int] = bytes_free,
    ) -> None:
        self._folder, self._tell, self._keep_readings = folder, tell, keep_readings
        self._free = free
        self._room: Room | None = None

    def look(self) -> None:
        """Tell of a change. Raises OSError where the card cannot be asked; then all stays as it was."""
        before, free = self._room, self._free(self._folder)
        self._room = room(free, Room.ENOUGH if before is None else before)
        if self._room is before:
            return
        self._keep_readings(self._room is not Room.NONE)
        self._tell("card", self._room is Room.ENOUGH, *_told(self._room))


def _told(state: Room) -> tuple[str, str]:
    if state is Room.ENOUGH:
        return _("There is room on the memory card."), ""
    enough, least = (str(int(limit * MARGIN / 1_000_000)) for limit in (LITTLE, LEAST))
    if state is Room.LITTLE:
        says = _("The memory card is nearly full.")
        return says, _(
            "Make room: sudo apt clean removes what is left of updates; if that is not enough, use a larger card."
            " Once %(megabytes)s MB are free, this is over.",
            megabytes=enough,
        )
    says = _("The memory card is full. The temperature is not kept any more; what you press and tell is.")
    return says, _(
        "Make room soon: sudo apt clean removes what is left of updates. Once %(megabytes)s MB are free,"
        " the temperature is kept again.",
        megabytes=least,
    )
