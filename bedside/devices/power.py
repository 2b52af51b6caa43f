"""The power supply, as the Pi's firmware tells it in the kernel's files: too low a voltage, or too warm a processor.

On another machine these files are not there, and nothing is said.
"""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from bedside.catalogue import N_, _

PART = "power"
THROTTLED = "devices/platform/soc/soc:firmware/get_throttled"
LOW, HOT = 0x1, 0x2 | 0x4 | 0x8  # capped, throttled, at the soft limit: all of a processor that is spared
SINCE_BOOT = 16  # bits further up, each tells of the same at any time since the start
RECENT = 3600.0  # seconds: a dip of the voltage is short, and would be gone before anyone looked

Trouble = tuple[str, str]
TOO_LOW: Trouble = (
    N_("The power supply was too weak within the last hour: the device may stop, or spoil its card."),
    N_("Use the Pi's own power supply, a short thick cable, and no other device on it."),
)
TOO_HOT: Trouble = (
    N_("The processor was slowed down within the last hour: it is too warm, or its power too weak."),
    N_("Give it air: off the heating, out of the sun, the case open."),
)


class PowerSupply:
    """Looked at by one thread. `tell` shows a part's state, by its name, whether it is well, what it says and what to
    do. `awake` tells seconds since the boot that nobody can set.
    """

    def __init__(
        self,
        tell: Callable[[str, bool, str, str], None],
        root: Path = Path("/sys"),
        awake: Callable[[], float] = monotonic,
    ) -> None:
        self._tell, self._root, self._awake = tell, root, awake
        self._before: int | None = None
        self._seen: dict[Trouble, float] = {}
        self._told: Trouble | None = None

    def look(self) -> None:
        """To be called every minute or so."""
        now, told = self._awake(), _number(self._root / THROTTLED, 16)
        since_boot = told >> SINCE_BOOT
        if self._before is None:  # the program may have been started anew weeks after the boot
            self._note(since_boot, 0.0)
            self._before = since_boot
        self._note(told | since_boot & ~self._before | self._alarm(), now)
        self._before = since_boot
        recent = (sign for sign in (TOO_LOW, TOO_HOT) if sign in self._seen and now - self._seen[sign] < RECENT)
        trouble = next(recent, None)
        if trouble == self._told:
            return
        self._told = trouble
        if trouble:
            self._tell(PART, False, _(trouble[0]), _(trouble[1]))
        else:
            self._tell(PART, True, _("The power supply was well for an hour."), "")

    def _note(self, flags: int, at: float) -> None:
        for sign, bits in ((TOO_LOW, LOW), (TOO_HOT, HOT)):
            if flags & bits:
                self._seen[sign] = at

    def _alarm(self) -> int:
        """What the kernel's own driver tells to be so now."""
        alarms = self._root.glob("class/hwmon/hwmon*/in0_lcrit_alarm")
        low = any(_number(alarm, 10) for alarm in alarms if _line(alarm.with_name("name")) == "rpi_volt")
        return LOW if low else 0


def _line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _number(path: Path, base: int) -> int:
    try:
        return int(_line(path) or "0", base)
    except ValueError:
        return 0
