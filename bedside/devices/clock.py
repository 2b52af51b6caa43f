"""The clock: the moment now, whether its wall time can be trusted, and how far it was set."""

import ctypes
import logging
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache, partial
from pathlib import Path

from bedside.night.events import Moment

SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
RTC = Path("/sys/class/rtc")
ZONE_FILES = (Path("/etc/localtime"), Path("/etc/timezone"))
TIME_ERROR = 5  # adjtimex(2)
STA_UNSYNC = 0x40
FLAT = 2_000_000  # microvolts: under 2 V the Pi 5's clock has no battery that could have kept it
MINUTE = 60  # seconds: no zone's offset changes within one
MADE = datetime(2026, 1, 1, tzinfo=UTC).timestamp()  # a clock that tells an earlier year was never set


since_boot: Callable[[], float] = (
    partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic
)
"""Seconds since the boot, time asleep included; where the system has no such clock, of the one nobody can set."""


@lru_cache(maxsize=1)  # asked for within a press, and half of what the moment costs
def _offset_in(minute: float) -> tzinfo | None:
    """The offset from UTC that the C library tells for this minute since 1970."""
    return datetime.fromtimestamp(minute * MINUTE, UTC).astimezone().tzinfo


class _Timex(ctypes.Structure):
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("before", ctypes.c_long * 4),  # offset, freq, maxerror, esterror
        ("status", ctypes.c_int),
        ("after", ctypes.c_long * 40),  # more than any libc writes
    )


def _made_up_boot() -> str:
    import uuid  # only a computer that is no Linux wants it

    return str(uuid.uuid4())


def local_zone() -> tzinfo:
    """The system's time zone with its rules, read anew if what tells it has changed.

    Raises LookupError, ValueError or OSError where it cannot be told, maybe for a moment only: while it is being
    changed, the files that tell it contradict each other.
    """
    return _zone_told_by(os.environ.get("TZ"), *map(_stamp, ZONE_FILES))


@lru_cache(maxsize=1)
def _zone_told_by(*_: object) -> tzinfo:
    from tzlocal import reload_localzone  # not wanted before the first press can be heard

    logging.getLogger("tzlocal").setLevel(logging.ERROR)  # it would warn of a stale /etc/timezone at every look
    zone: tzinfo = reload_localzone()
    return zone


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def kernel_is_synchronized() -> bool:
    """Whether the kernel says that a time service holds its clock. False where it may not be asked, or cannot be."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return False
    timex = _Timex(modes=0)
    state = adjtimex(ctypes.byref(timex))  # -1 under systemd's ProtectClock
    return 0 <= state != TIME_ERROR and not timex.status & STA_UNSYNC


class Clock:
    """Tells the moment. `zone` is None for the system's own, which is asked anew at each `look`.

    The paths and functions are the system's; `wall` is seconds since 1970 UTC, `boottime` seconds since the boot.
    Without a boot id every start of the program is a boot of its own.

    A time that a person typed counts until the system vouches for its own: it is kept as how far it is apart from the
    clock that nobody can set, so that it needs no privilege. Then the system's takes over, and whatever was dated by a
    slip of the hand is put right by it, as what was dated by no clock at all (`diary/dating.py`).
    """

    def __init__(
        self,
        zone: tzinfo | None = None,
        *,
        synchronized: Path = SYNCHRONIZED,
        boot_id: Path = BOOT_ID,
        rtc: Path = RTC,
        kernel: Callable[[], bool] = kernel_is_synchronized,
        wall: Callable[[], float] = time.time,
        boottime: Callable[[], float] = since_boot,
    ) -> None:
        self._zone, self._synchronized, self._rtc = zone, synchronized, rtc
        self._kernel, self._wall, self._boottime = kernel, wall, boottime
        self._boot = _line(boot_id) or _made_up_boot()
        self._vouched_for = False
        self._by_hand: float | None = None
        self._apart = self._wall_apart()
        self.look()

    @property
    def trusted(self) -> bool:
        """Whether the wall time is trusted, as far as was looked."""
        return self.now().trusted

    def now(self) -> Moment:
        """The moment, its wall time local and aware. Reads no file."""
        since, by_hand = self._boottime(), self._by_hand
        seconds = self._wall() if by_hand is None else since + by_hand
        wall = datetime.fromtimestamp(seconds, self._zone or _offset_in(seconds // MINUTE))
        trusted = by_hand is not None or (self._vouched_for and seconds > MADE)
        return Moment(self._boot, since, wall, trusted, by_hand is not None)

    def look(self) -> bool:
        """Whether the wall time is trusted, asked anew of the system unless it said so already: its word lasts for the
        boot, but for a time before the program was made.
        """
        if hasattr(time, "tzset"):
            time.tzset()  # the C library reads a changed /etc/localtime only when told to
        _offset_in.cache_clear()
        vouched_for = self._vouched_for or self._synchronized.exists() or self._kernel() or self._battery_kept_it()
        if vouched_for and self._wall() > MADE:
            self._by_hand = None
        self._vouched_for = vouched_for
        return self.trusted

    def set_by_hand(self, wall: datetime, since_boot: float) -> None:
        """Go by this time, which it was so many seconds after the boot, unless the system vouches for its own."""
        if not self.trusted or self._by_hand is not None:
            self._by_hand = wall.timestamp() - since_boot

    def stepped(self) -> float:
        """Seconds by which the wall clock was set, forward positive, since this was last asked."""
        before, self._apart = self._apart, self._wall_apart()
        return self._apart - before

    def _wall_apart(self) -> float:
        return self._wall() - self._boottime() if self._by_hand is None else self._by_hand

    def _battery_kept_it(self) -> bool:
        """Whether the kernel took its time from a clock chip, and nothing tells that the chip had lost it.

        The usual chips refuse to be read after their battery failed, and then `hctosys` is 0. What nobody can know: a
        chip that kept running, but from a time that had been wrong when it was set.
        """
        return self._wall() > MADE and any(_kept(device) for device in self._rtc.glob("rtc*"))


def _kept(device: Path) -> bool:
    if _line(device / "hctosys") != "1":
        return False
    voltage = _line(device / "battery_voltage")  # the Pi 5's own clock has a socket, often empty, and tells this
    return not (voltage.isdecimal() and int(voltage) < FLAT)


def _line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
