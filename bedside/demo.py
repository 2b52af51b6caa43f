"""The demo's room: a simulated button and light on gpiozero's own mock pins, and a thermometer as real files."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.catalogue import N_, _
from bedside.devices.clock import local_zone
from bedside.diary.store import Diary
from bedside.night.cues import Cue
from bedside.sample import sample_nights
from bedside.texts import caption

PRESS_SECONDS = 0.15
WORDS = {"": PRESS_SECONDS, "h": 4.0, "p": 8.0, "l": 12.0}
HOW = N_(
    """\
  Enter        press the button
  h, Enter     hold it for 4 seconds
  p, Enter     hold it for 8 seconds: it pairs a phone, by day
  l, Enter     lean on it for 12 seconds
  s, Enter     ask for the evening stretch now (once, and not within 15 minutes of a cramp)
  q, Enter     end the demo
"""
)


class Room:
    """A bedroom without a bed. Pins are gpiozero's, files are files: the daemon cannot tell."""

    def __init__(self, folder: Path, pin: int) -> None:
        self.factory = MockFactory(pin_class=MockPWMPin)
        self.sys = folder / "sys"
        self._pin_number = pin
        self._began = time.monotonic()
        chip = self.sys / "bus/i2c/devices/1-0048"
        self._file = chip / "hwmon/hwmon0/temp1_input"
        self._file.parent.mkdir(parents=True)
        (chip / "name").write_text("tmp102\n")
        (self._file.parent / "name").write_text("tmp102\n")
        (self._file.parent / "device").symlink_to(chip)
        (chip / "subsystem").symlink_to(self.sys / "bus/i2c")
        listed = self.sys / "class/hwmon/hwmon0"
        listed.parent.mkdir(parents=True)
        listed.symlink_to(self._file.parent)
        self.warm()

    def warm(self) -> None:
        """Let the room's temperature drift by half a degree about 19 °C."""
        celsius = 19 + 0.5 * math.sin((time.monotonic() - self._began) / 600)
        self._file.write_text(f"{celsius * 1000:.0f}\n")

    def press(self, seconds: float = PRESS_SECONDS) -> None:
        """Close the button to ground for so long. Returns at once."""
        pin = self.factory.pin(self._pin_number)
        pin.drive_low()
        threading.Timer(seconds, pin.drive_high).start()


class Captions:
    """What is said, in letters, for a computer that says nothing: the newest few."""

    def __init__(self, show: Callable[[str], object], words: Callable[[Cue], str] = caption) -> None:
        self._show, self._words = show, words
        self._newest: deque[str] = deque(maxlen=5)

    def add(self, cue: Cue) -> None:
        """Show a cue's words."""
        words = self._words(cue)
        self._newest.appendleft(words)
        self._show("  " + _("says: %(words)s", words=words))

    def newest(self) -> tuple[str, ...]:
        """The last words, the newest first."""
        return tuple(self._newest)


def fill(path: Path) -> None:
    """Make a diary of sample nights, marked as such."""
    zone = local_zone()
    diary = Diary(path)
    for save, readings in sample_nights(datetime.now(zone), zone):
        diary.apply([save], readings)
    diary.mark_as_sample()
    diary.close()


def obey(lines: Iterable[str], room: Room, remind: Callable[[], None]) -> bool:
    """Do what a person types, until the lines end or say q. True if they said q."""
    for line in lines:
        word = line.strip().lower()
        if word == "q":
            return True
        if word == "s":
            remind()
        elif word in WORDS:
            room.press(WORDS[word])
        else:
            print("  " + _("%(word)s is none of these:", word=repr(word)), _(HOW), sep="\n", end="")
    return False
