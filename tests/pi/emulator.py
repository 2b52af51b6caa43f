"""The emulated Pi, driven through its command: the button, the room, the light, the speaker, and a shell inside."""

import json
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.visitor import Visitor

T = TypeVar("T")

DIARY = "/var/lib/bedside/diary.db"
LIGHT = "/sys/devices/platform/gpio-sim.0/gpiochip*/sim_gpio12/value"
LOOK = 0.5  # seconds between two looks at what is waited for
PATIENCE = 60.0
COMMAND_SECONDS = 1200.0  # the longest installs the package, while the computer has other work
PART = re.compile(r"(well |WRONG|     )  (\S+) +(.+)")


class PiFailed(Exception):  # noqa: N818 - what happened, as the log shows it
    """What was expected of the Pi did not happen; the sentence says what did."""


@dataclass(frozen=True, slots=True)
class Part:
    """A line of `bedside check`; `well` is None for what is not there and need not be."""

    name: str
    well: bool | None
    says: str


def until(what: str, look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """What `look` gives, as soon as that is something. Raises PiFailed after `seconds`, with `what` was waited for."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise PiFailed(f"{what}: not within {seconds:.0f} s")
        time.sleep(LOOK)


class Pi:
    """One emulated Pi. Every method raises PiFailed where the emulator's command does."""

    def __init__(self, command: str) -> None:
        self._command = command
        self.phone: Visitor | None = None  # the one that is paired with it

    def do(self, *words: str) -> str:
        """Run the emulator's command with these words; its output."""
        try:
            done = subprocess.run(
                [self._command, *words], capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PiFailed(f"The emulator's command failed: {error}") from error
        if done.returncode:
            said = (done.stdout + done.stderr).strip()
            raise PiFailed(f"{' '.join(words)!r} ended with {done.returncode}: {said[-2000:]}")
        return done.stdout.strip()

    def sh(self, script: str) -> str:
        """Run a shell script as root inside."""
        return self.do("ssh", script)

    def answers(self) -> bool:
        """Whether it is switched on, and up."""
        try:
            self.sh("true")
        except PiFailed:
            return False
        return True

    def says(self, script: str) -> str:
        """What the script prints, however it ends."""
        return self.sh(f"{script} || true")

    def now(self) -> float:
        """The wall time inside, seconds since 1970."""
        return float(self.sh("date +%s.%6N"))

    def uptime(self) -> float:
        """Seconds since the boot."""
        return float(self.sh("cut -d' ' -f1 /proc/uptime"))

    def press(self, milliseconds: int = 120, bounces: int = 0) -> float:
        """Press the button; the wall time of the first edge, once it is let go."""
        return float(self.do("press", "17", str(milliseconds), "--bounce", str(bounces)).split()[-1])

    def brightness(self) -> float:
        """The share of 60 looks at the light's line that found it high."""
        looks = self.sh(f"for i in $(seq 60); do cat {LIGHT}; sleep 0.013; done").split()
        return looks.count("1") / len(looks)

    def loudness(self) -> list[float]:
        """The speaker's loudness in each second it played since the emulator was started."""
        try:
            lines = self.do("heard").splitlines()
        except PiFailed:
            return []  # the emulator has no sound to tell of before the first one
        return [float(line.split()[-1]) for line in lines if " rms " in line]

    def parts(self) -> dict[str, Part]:
        """What `bedside check` says of each part."""
        lines = self.says("bedside check").splitlines()
        found = (PART.fullmatch(line) for line in lines)
        marks = {"well ": True, "WRONG": False, "     ": None}
        return {line[2]: Part(line[2], marks[line[1]], line[3]) for line in found if line}

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the diary, as anyone may read them beside the running daemon."""
        text = self.sh(f'sqlite3 -readonly -json {DIARY} "{query}"')
        rows: list[dict[str, Any]] = json.loads(text) if text else []
        return rows

    def cramps(self) -> list[dict[str, Any]]:
        """Every cramp, oldest first."""
        return self.rows("select * from cramps order by onset")

    def presses(self) -> list[dict[str, Any]]:
        """Every press, oldest first; `at_unix` in seconds since 1970."""
        at = "(julianday(at) - 2440587.5) * 86400 as at_unix"
        return self.rows(f"select *, {at} from presses order by at")

    def evenings(self) -> list[dict[str, Any]]:
        """Every evening's stretch, oldest first."""
        return self.rows("select * from stretches order by evening")

    def unit(self, name: str) -> str:
        """A property of the service."""
        return self.sh(f"systemctl show bedside --property={name} --value")

    def active(self) -> bool:
        """Whether the service told that presses are heard."""
        return self.unit("ActiveState") == "active"
