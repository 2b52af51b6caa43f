"""Input devices for tests: a kernel of our own over real fifos, which stand for the files under /dev/input."""

import errno
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bedside.devices import inputs
from bedside.devices.inputs import EVENT, GRAB, KEYS_DOWN, STAMP_BY, Inputs

ENTER, VOLUME_UP = 28, 115
REPEAT = 2
AT = 1000.0  # seconds since boot: when what is told happened, if nothing else is said
REMOTE = "Shutter 3"


@dataclass
class Plugged:
    """A device that is there: the writing end of its fifo, what is down, and who has it for himself."""

    folder: Path
    path: Path
    end: int
    down: set[int] = field(default_factory=set)
    grabbed: int | None = None

    @property
    def held(self) -> bool:
        """Whether somebody has it for himself."""
        return self.grabbed is not None and _path(self.grabbed) == self.path

    def tell(self, code: int, value: int, stamp: float = AT, kind: int = inputs.KEY) -> None:
        """Make an event wait at its file; a key is down or up from then on."""
        if kind == inputs.KEY and value != REPEAT:
            (self.down.add if value else self.down.discard)(code)
        os.write(self.end, EVENT.pack(int(stamp), round(stamp % 1 * 1e6), kind, code, value))

    def drop(self) -> None:
        """Tell that more came than is kept."""
        self.tell(inputs.DROPPED, 0, kind=inputs.SYN)

    def press(self, stamp: float = AT, code: int = ENTER) -> None:
        """Down and up again within a tenth of a second."""
        self.tell(code, inputs.DOWN, stamp)
        self.tell(code, inputs.UP, stamp + 0.1)


class Kernel:
    """The kernel's input devices. `refuses` has what it refuses, by the number of the call."""

    def __init__(self, folder: Path) -> None:
        self.inputs = Inputs(folder / "sys", folder / "dev", self._ioctl)
        self.refuses: dict[int, int] = {}
        self._plugged: dict[Path, Plugged] = {}
        (self.inputs.dev / "input").mkdir(parents=True)

    def plug(self, name: str = REMOTE, number: int = 0, keys: str = "10000000 0") -> Plugged:
        """Make a device of this name."""
        path = self.inputs.dev / f"input/event{number}"
        os.mkfifo(path)
        device = Plugged(self.inputs.sys / f"class/input/{path.name}", path, os.open(path, os.O_RDWR))
        self._plugged[path] = device
        (device.folder / "device/capabilities").mkdir(parents=True)
        (device.folder / "device/capabilities/key").write_text(f"{keys}\n")
        (device.folder / "device/name").write_text(f"{name}\n")  # last: by it, it is found
        return device

    def unplug(self, device: Plugged) -> None:
        """Take it off."""
        shutil.rmtree(device.folder)
        device.path.unlink()
        os.close(device.end)
        del self._plugged[device.path]

    def _ioctl(self, file: int, request: int, argument: Any) -> Any:
        if request in self.refuses:
            number = self.refuses[request]
            raise OSError(number, os.strerror(number))
        device = self._plugged.get(_path(file))
        if device is None:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        if request == GRAB:
            if device.held and device.grabbed != file:  # that number may be free again, and given anew
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
            device.grabbed = file
            return 0
        if request == STAMP_BY:
            return argument
        assert request == KEYS_DOWN
        if file == device.grabbed:  # as evdev does: what waits there of keys is dropped
            os.read(file, EVENT.size * inputs.MANY)
        return sum(1 << code for code in device.down).to_bytes(inputs.KEY_BYTES, "little")


def _path(file: int) -> Path:
    try:
        return Path(os.readlink(f"/proc/self/fd/{file}"))
    except FileNotFoundError:
        return Path()  # it is closed
