"""What every row stands on: mock pins, a thermometer as files, a clock to be put forward, a disk with a name."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.devices.clock import Clock, since_boot
from bedside.settings import Folders
from bedside.surroundings import Surroundings

PRECEDENCE = Path(__file__).parents[2] / "packaging/precedence"
MEMORY_DISKS = ("tmpfs", "ramfs", "overlay")


def make_sys(root: Path) -> Path:
    """A tree like /sys with one thermometer on the I2C bus that reads 19 °C."""
    chip = root / "bus/i2c/devices/1-0048"
    sensor = chip / "hwmon/hwmon0"
    sensor.mkdir(parents=True)
    for folder in (chip, sensor):
        (folder / "name").write_text("tmp102\n")
    (sensor / "temp1_input").write_text("19000\n")
    (sensor / "device").symlink_to(chip)
    (chip / "subsystem").symlink_to(root / "bus/i2c")
    listed = root / "class/hwmon"
    listed.mkdir(parents=True)
    (listed / "hwmon0").symlink_to(sensor)
    return root


def surroundings(folder: Path, clips: Path, pins: type[MockPWMPin] = MockPWMPin) -> Surroundings:
    """A household's: new folders under `folder`, its clips in the cache `clips`, no sound."""
    folder.mkdir(parents=True, exist_ok=True)
    return Surroundings(
        Folders(folder / "data", clips),
        sys=make_sys(folder / "sys"),
        factory=MockFactory(pin_class=pins),
        find_card=lambda: None,
    )


class ShiftedTime:
    """The system's clocks, put forward by what the bench skips: so a night's waits cost no time.

    The wall clock begins at one at night, so that no reminder comes between the presses.
    """

    def __init__(self) -> None:
        self._skipped = 0.0
        self._apart = datetime.now().replace(hour=1, minute=0).timestamp() - time.time()

    def skip(self, seconds: float) -> None:
        """Put both clocks forward."""
        self._skipped += seconds

    def make_clock(self) -> Clock:
        """The real Clock, on these."""
        return Clock(
            wall=lambda: time.time() + self._apart + self._skipped, boottime=lambda: since_boot() + self._skipped
        )


def disk_of(folder: Path) -> str:
    """The kind of file system a folder lies on."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    place = folder.resolve()
    holding = [(len(at), kind) for at, kind in mounts if place.is_relative_to(at)]
    return max(holding)[1]


def until(true: Callable[[], bool], seconds: float = 30.0, every: float = 0.01) -> None:
    """Wait until it is true. Raises TimeoutError."""
    over = time.monotonic() + seconds
    while not true():
        if time.monotonic() > over:
            raise TimeoutError(f"nothing came in {seconds:g} s")
        time.sleep(every)


def stand_aside() -> None:
    """Let this process run only while nobody else wants the processor, as what stands for another device must: at a
    mere nice 19 the kernel would let it finish its slice, some milliseconds, before whoever wakes up.
    """
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def come_first() -> None:
    """Let the threads that run by now come before all others, as the unit does once a press is heard."""
    done = subprocess.run([PRECEDENCE, str(os.getpid())], stderr=subprocess.DEVNULL, check=False)
    if done.returncode:
        print("  measured without what the unit does: only root may let threads come first", file=sys.stderr)
