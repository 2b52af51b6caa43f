"""The kernel's input devices (evdev): which there are, and one of them opened for this program alone.

There is no library in between: what is read is one struct, and what is asked are three ioctls.
"""

import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

EVENT = struct.Struct("llHHi")  # seconds, microseconds, type, code, value: 24 bytes on a 64-bit system
MANY = 64  # events that are read at once: as many as the kernel keeps
SYN, DROPPED, KEY = 0, 3, 1  # the types and the code that mean something here
UP, DOWN = 0, 1  # values of a key; 2 is its repeat

GRAB = 0x40044590  # EVIOCGRAB
STAMP_BY = 0x400445A0  # EVIOCSCLOCKID
KEY_BYTES = 96  # of all the keys there may be
KEYS_DOWN = 0x80004518 | KEY_BYTES << 16  # EVIOCGKEY
BOOT_CLOCK = 7  # CLOCK_BOOTTIME: seconds since the boot, time asleep included

NEVER_ONE = ("vc4-hdmi", "pwr_button")  # a Pi's own: the television's remote, and the button that switches it off


class InputEvent(NamedTuple):
    """What the device told. `stamp` is seconds of the clock it stamps by."""

    stamp: float
    type: int
    code: int
    value: int


class Listed(NamedTuple):
    """An input device that is there, and its file."""

    name: str
    path: Path
    keys: bool

    @property
    def candidate(self) -> bool:
        """Whether it could be a button that a person means."""
        return self.keys and not self.name.startswith(NEVER_ONE)


class InputDevice:
    """An input device that tells what its keys do to this program alone. For one thread, but for `down`."""

    def __init__(self, path: Path, ioctl: Callable[[int, int, Any], Any] = fcntl.ioctl) -> None:
        """Open it. Raises OSError: EBUSY where another program has it for itself."""
        self._ioctl = ioctl
        with ExitStack() as undo:
            self._events = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            undo.callback(os.close, self._events)
            # A second time, for the level: asked through the first, the kernel would drop the edges that wait there.
            self._levels = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            undo.callback(os.close, self._levels)
            ioctl(self._events, GRAB, 1)
            self.stamps = self._stamp_by_the_boots_clock()
            undo.pop_all()

    def fileno(self) -> int:
        """What to wait at for its events."""
        return self._events

    def read(self) -> list[InputEvent]:
        """What came since the last time. Raises OSError where the device is gone."""
        try:
            data = os.read(self._events, EVENT.size * MANY)
        except BlockingIOError:
            return []
        return [
            InputEvent(seconds + microseconds / 1e6, *told)
            for seconds, microseconds, *told in EVENT.iter_unpack(data[: len(data) // EVENT.size * EVENT.size])
        ]

    def down(self) -> set[int]:
        """The keys that are down now. Raises OSError where the device is gone."""
        bits = int.from_bytes(self._ioctl(self._levels, KEYS_DOWN, bytes(KEY_BYTES)), "little")
        return {code for code in range(KEY_BYTES * 8) if bits >> code & 1} if bits else set()

    def close(self) -> None:
        """Give it back. To be called once."""
        os.close(self._events)
        os.close(self._levels)

    def _stamp_by_the_boots_clock(self) -> bool:
        try:
            self._ioctl(self._events, STAMP_BY, struct.pack("i", BOOT_CLOCK))
        except OSError:
            return False
        return True


@dataclass(frozen=True)
class Inputs:
    """All input devices of a computer, by its folders."""

    sys: Path = Path("/sys")
    dev: Path = Path("/dev")
    ioctl: Callable[[int, int, Any], Any] = fcntl.ioctl

    def listed(self) -> list[Listed]:
        """Those that are there, as the kernel numbers them."""
        folders = (self.sys / "class/input").glob("event*")
        numbered = sorted(folders, key=lambda folder: (len(folder.name), folder.name))
        return list(self._told(numbered))

    def find(self, name: str) -> Listed | None:
        """The one of this whole name, whatever its case; of several the first that has keys."""
        wanted = plain(name)
        named = [one for one in self.listed() if plain(one.name) == wanted]
        return next((one for one in named if one.keys), named[0] if named else None)

    def open(self, path: Path) -> InputDevice:
        """Open one. Raises OSError."""
        return InputDevice(path, self.ioctl)

    def _told(self, folders: list[Path]) -> Iterator[Listed]:
        for folder in folders:
            with suppress(OSError):  # it went away just now
                name = (folder / "device/name").read_text(errors="replace").strip()
                keys = (folder / "device/capabilities/key").read_text()
                yield Listed(name, self.dev / "input" / folder.name, bool(keys.strip(" 0\n")))


def plain(name: str) -> str:
    """A device's name as it is compared."""
    return name.strip().casefold()
