"""What a person tells: of the night, of each cramp in it, of their medicines, of themselves. All of it is optional.

Source of the questions: docs/evidence.md, "What is logged, and the words for it".
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bedside.night.events import Moment

MOST = 10
"""The highest severity and disturbance; 0 is none."""


class Verdict(StrEnum):
    """What an entry was, by whoever lay there."""

    CRAMP = "a cramp"
    NONE = "no cramp"
    SAME = "same as the one before"
    TWO = "two cramps"


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
    LITTLE_DRINK = "drank little"
    SWEAT = "sweated much"
    CAFFEINE = "caffeine"
    MAGNESIUM = "magnesium"
    STRESS = "stress"
    BLANKET = "extra blanket"


ALWAYS_ASKED = (Factor.EFFORT, Factor.STANDING, Factor.SITTING, Factor.ALCOHOL)
"""The others are asked about where the habits say so."""


@dataclass(frozen=True)
class CheckIn:
    """What was told of one night. `slept_here` False: away. None where a question was left open; `factors` are those
    that were there, of those that the answer covers, `asked`. `by` is the name of the phone that told it.
    """

    night: date
    moment: Moment
    slept_here: bool | None = None
    disturbance: int | None = None
    factors: tuple[Factor, ...] = ()
    note: str = ""
    by: str = ""
    asked: tuple[Factor, ...] = ()

    @property
    def id(self) -> str:
        """Its night: there is one of each, the one told last."""
        return self.night.isoformat()


@dataclass(frozen=True)
class Judgement:
    """What was told of one entry; None where a question was left open.

    `onset` and `seconds` stand for what the presses say, where a person corrected that; `end_unknown`: the end press
    was not its end, and nobody knows when that was. `second` is when the second of two cramps began.
    """

    cramp: str
    moment: Moment
    verdict: Verdict | None = None
    severity: int | None = None
    leg: Leg | None = None
    muscle: Muscle | None = None
    by: str = ""
    onset: datetime | None = None
    seconds: float | None = None
    end_unknown: bool = False
    second: datetime | None = None

    @property
    def id(self) -> str:
        """The cramp's: there is one judgement of each, the one told last."""
        return self.cramp


@dataclass(frozen=True)
class Added:
    """A cramp that the button missed; `seconds` is None where nobody knows how long it was."""

    id: str
    moment: Moment
    onset: datetime
    seconds: float | None = None
    by: str = ""


class Change(StrEnum):
    """What was done with a medicine."""

    STARTED = "started"
    CHANGED = "changed"
    STOPPED = "stopped"


class Remedy(StrEnum):
    """The class of a medicine or a supplement. The first five were taken more often before cramps were treated."""

    BETA_AGONIST = "long-acting beta-agonist inhaler"
    POTASSIUM_SPARING = "potassium-sparing diuretic"
    THIAZIDE = "thiazide-like diuretic"
    LOOP = "loop diuretic"
    STATIN = "statin"
    QUININE = "quinine"
    MAGNESIUM = "magnesium"
    VITAMIN_K = "vitamin K2"
    OTHER_MEDICINE = "other medicine"
    OTHER_SUPPLEMENT = "other supplement"


@dataclass(frozen=True)
class Medicine:
    """A medicine or a supplement that was started, changed or stopped on a day. `name` is in the person's own words;
    `retracted`: it was told by mistake.
    """

    id: str
    moment: Moment
    day: date
    remedy: Remedy
    change: Change
    name: str = ""
    retracted: bool = False
    by: str = ""


@dataclass(frozen=True)
class TimeTold:
    """What time it is, as a person typed it: `time` at the moment. That has what the clock said until then."""

    moment: Moment
    time: datetime
    by: str = ""

    @property
    def id(self) -> str:
        """The moment it was told at."""
        return self.moment.key


class Condition(StrEnum):
    """What a person has, asked once."""

    PREGNANCY = "pregnancy"
    DIABETES = "diabetes"
    KIDNEY = "kidney disease"
    LIVER = "liver disease"
    THYROID = "thyroid disease"
    CIRCULATION = "poor circulation"
    BACK = "back trouble"


class Flag(StrEnum):
    """A sign for which an appointment is advised, asked once; it can be told anew."""

    SUFFERS = "sleep or the next day suffers"
    FREQUENT = "frequent"
    NUMB = "numbness or swelling"
    WEAK = "muscles shrinking or weaker"
    WALKING = "calf pain on walking that rest relieves"
    NEW_MEDICINE = "new medicine in the weeks before"


@dataclass(frozen=True)
class About:
    """What a person told of themselves: what is so, and what is not. What is in neither was left open."""

    moment: Moment
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    by: str = ""

    @property
    def id(self) -> str:
        """There is one, the one told last."""
        return "about"
