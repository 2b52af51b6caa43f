"""What a person tells in the morning: of the night, and of each cramp in it. Only they know it; all of it is optional.

Source of the questions: docs/evidence.md, "What is logged, and the words for it".
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bedside.night.events import Moment

MOST = 10
"""The highest severity and disturbance; 0 is none."""


class Verdict(StrEnum):
    """What an entry was, by whoever lay there."""

    CRAMP = "a cramp"
    NONE = "no cramp"
    SAME = "same as the one before"


class Leg(StrEnum):
    """Where it was."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Muscle(StrEnum):
    """Which muscle it was."""

    CALF = "calf"
    FOOT = "foot"
    THIGH = "thigh"


class Factor(StrEnum):
    """What was unusual about the day before."""

    EFFORT = "unusual effort"
    STANDING = "long standing"
    SITTING = "mostly sitting"
    ALCOHOL = "alcohol"


@dataclass(frozen=True)
class CheckIn:
    """What was told of one night. `slept_here` False: away. None where a question was left open; `factors` are those
    that were ticked. `by` is the name of the phone that told it.
    """

    night: date
    moment: Moment
    slept_here: bool | None = None
    disturbance: int | None = None
    factors: tuple[Factor, ...] = ()
    note: str = ""
    by: str = ""

    @property
    def id(self) -> str:
        """Its night: there is one of each, the one told last."""
        return self.night.isoformat()


@dataclass(frozen=True)
class Judgement:
    """What was told of one cramp; None where a question was left open."""

    cramp: str
    moment: Moment
    verdict: Verdict | None = None
    severity: int | None = None
    leg: Leg | None = None
    muscle: Muscle | None = None
    by: str = ""

    @property
    def id(self) -> str:
        """The cramp's: there is one judgement of each, the one told last."""
        return self.cramp
