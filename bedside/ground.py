"""What the rooms stand on: the parts that a press needs, built before any room is opened."""

from collections.abc import Callable
from typing import Protocol

from bedside.daemon import Daemon
from bedside.devices.button import Button
from bedside.devices.buzzer import Buzzer
from bedside.devices.clock import Clock
from bedside.devices.keys import Key
from bedside.devices.light import Light
from bedside.devices.speaker import Speaker
from bedside.devices.voice import Voice
from bedside.diary.wiping import Deleted
from bedside.diary.writer import Writer
from bedside.entrance import Entrance
from bedside.known_time import KnownTime
from bedside.night.effects import Row
from bedside.night.habits import Habits
from bedside.settings import Settings
from bedside.surroundings import Surroundings


class Ground(Protocol):
    """The household, as its rooms see it."""

    settings: Settings
    around: Surroundings
    clock: Clock
    buttons: tuple[Button | Key, ...]
    known_time: KnownTime
    post: Callable[[object], None]
    light: Light
    speaker: Speaker
    voice: Voice
    writer: Writer
    buzzer: Buzzer
    daemon: Daemon
    habits: Habits
    entrance: Entrance

    def choose(self, habits: Habits) -> bool:
        """Let these habits hold; True once they are on the disk."""

    def delete_everything(self) -> Deleted:
        """Delete all that is kept, and begin anew."""

    def restore(self, name: str) -> str:
        """Put this backup in the diary's place; nothing, or why it is not done."""

    def go_by(self, habits: Habits) -> None:
        """Let these habits hold, which are kept already."""

    def tell_diary(self, rows: tuple[Row, ...]) -> bool:
        """Keep what a person told; True once it is on the disk."""

    def arm(self) -> None:
        """Arm every button that is not."""

    def tell(self, part: str, well: bool, says: str, remedy: str = "") -> None:
        """Have a part's state shown."""

    def remind(self) -> None:
        """Ask for the evening stretch now."""
