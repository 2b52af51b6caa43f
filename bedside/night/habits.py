"""The habits: what a person has chosen on the settings page. Until then the defaults hold."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from bedside.night.events import Moment
from bedside.night.told import Factor

MOST_ASKS = 3


class Accent(StrEnum):
    """Whose English the voice speaks."""

    BRITISH = "en-GB"
    AMERICAN = "en-US"


@dataclass(frozen=True)
class Habits:
    """Times are local. `reminders` is one a weekday, Monday first, None on a day off. Volumes and `light` are from 0 to
    1, shares of the loudest and the brightest. `stands`: whether the relief may say to stand up at night. `factors` are
    those that are asked about besides the usual ones.
    """

    bedtime: time = time(22, 0)
    rising: time = time(7, 0)
    reminders: tuple[time | None, ...] = (time(21, 0),) * 7
    asks: int = MOST_ASKS
    standing_stretch: bool = True
    stands: bool = True
    evening_volume: float = 0.5
    night_volume: float = 0.25
    accent: Accent = Accent.BRITISH
    silent_evenings: bool = False
    silent_nights: bool = False
    light: float = 1.0
    glow: bool = True
    warning_by_light: bool = False
    factors: tuple[Factor, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """The habits that hold from a moment on."""

    moment: Moment
    habits: Habits

    @property
    def id(self) -> str:
        """A name of its own for each change."""
        return self.moment.key
