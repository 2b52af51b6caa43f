"""What can happen to a night: frozen facts in the past tense, each with its moment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from bedside.night.cues import Cue

WIRE, SECOND_WIRE, KEY = "button", "second button", "key"
BUTTONS = (WIRE, SECOND_WIRE, KEY)
"""The buttons there may be, by the names of their parts: two on wires, and an input device such as a remote."""


@lru_cache(maxsize=4)  # asked for three times within a press
def _key(boot: str, since_boot: float) -> str:
    return f"{boot}/{since_boot:.6f}"


@dataclass(frozen=True)
class Moment:
    """A point in time as the device knows it.

    `boot` names the boot; `since_boot` is seconds of the clock that nobody can set and that compares only within one
    boot; `wall` is the local wall time with its UTC offset, which may be wrong until `trusted`. `by_hand`: it is
    trusted because a person typed the time, and nothing else has told it yet. It has no slots, as the rows it stands
    in have none: so it is written as JSON in half the time.
    """

    boot: str
    since_boot: float
    wall: datetime
    trusted: bool = True
    by_hand: bool = False

    @property
    def unsure(self) -> bool:
        """Whether a clock that is set later may still put it right."""
        return not self.trusted or self.by_hand

    @property
    def key(self) -> str:
        """A name for what begins at this moment, exact to the microsecond."""
        return _key(self.boot, self.since_boot)

    def at(self, since_boot: float) -> "Moment":
        """The moment of this boot at `since_boot` seconds, by this moment's wall clock."""
        shift = timedelta(seconds=since_boot - self.since_boot)
        return Moment(self.boot, since_boot, self.wall + shift, self.trusted, self.by_hand)

    def since(self, earlier: "Moment") -> float:
        """Seconds from `earlier` to here. Raises ValueError across boots, where nobody knows."""
        if self.boot != earlier.boot:
            raise ValueError("moments of two boots cannot be compared by their time since boot")
        return self.since_boot - earlier.since_boot


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """The button went down, once, bounces taken off."""

    moment: Moment
    button: str = WIRE


@dataclass(frozen=True, slots=True)
class ButtonReleased:
    """The button is up again. `seen` is False where only the level told, so that nobody knows since when."""

    moment: Moment
    seen: bool = True
    button: str = WIRE


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The time the night asked to be woken at has come."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class Saved:
    """The record is on the disk: what it holds is acknowledged."""

    moment: Moment
    record: str


@dataclass(frozen=True, slots=True)
class SaveFailed:
    """Neither journal nor diary took the record. It is kept in memory and tried again."""

    moment: Moment
    record: str


@dataclass(frozen=True, slots=True)
class TemperatureRead:
    """The room is `celsius` warm."""

    moment: Moment
    celsius: float


@dataclass(frozen=True, slots=True)
class ReminderDue:
    """It is inside the evening window of `evening`, which lasts `window_left` seconds more.

    `night` is the night that evening belongs to, where that has not its date: past midnight it has the date before.
    """

    moment: Moment
    evening: date
    window_left: float
    night: date | None = None


@dataclass(frozen=True, slots=True)
class EveningPassed:
    """The evening window of `evening` is over; where nothing is known of it, the device was not there to ask.
    `night` as in ReminderDue.
    """

    moment: Moment
    evening: date
    night: date | None = None


@dataclass(frozen=True, slots=True)
class EveningCalledOff:
    """A person changed the reminders, so that the window of `evening`, which was open, is open no more."""

    moment: Moment
    evening: date


@dataclass(frozen=True, slots=True)
class StretchWanted:
    """A person asked on the page for the guided stretch of `evening` to start now; `night` as in ReminderDue."""

    moment: Moment
    evening: date
    night: date | None = None


@dataclass(frozen=True, slots=True)
class StretchReported:
    """A person said on the page that the stretch of `evening` is done; `night` as in ReminderDue."""

    moment: Moment
    evening: date
    night: date | None = None


@dataclass(frozen=True, slots=True)
class SoundWanted:
    """A person wants to hear how loud it speaks: at night if `quiet`, else in the evening."""

    moment: Moment
    quiet: bool


@dataclass(frozen=True, slots=True)
class HelpNeeded:
    """The self-test found what a person must put right."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class CueGiven:
    """A cue was given to the end; `heard` is False where no sound came out."""

    moment: Moment
    cue: Cue
    heard: bool


@dataclass(frozen=True, slots=True)
class ListeningBegan:
    """From now on a press would be heard."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class ListeningEnded:
    """From now on a press would not be heard: no button, or the daemon stops."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The wall clock was set, or is trusted from now on: what it told before does not go on."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class PracticeBegan:
    """For ten minutes presses are practice: marked, never counted."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class LineChanged:
    """An edge on the button's line, raw: `down` is the level after it."""

    moment: Moment
    down: bool
    button: str = WIRE


@dataclass(frozen=True, slots=True)
class LineRead:
    """The button's line was read, unasked by any edge: `down` is its level."""

    moment: Moment
    down: bool
    button: str = WIRE


@dataclass(frozen=True, slots=True)
class PartReported:
    """A part of the device is well, or not. `says` is one sentence for a person; `remedy` says what to do, if not."""

    moment: Moment
    part: str
    well: bool
    says: str
    remedy: str = ""


Event = (
    ButtonPressed | ButtonReleased | DeadlinePassed | Saved | SaveFailed | TemperatureRead | ReminderDue | CueGiven
    | ListeningBegan | ListeningEnded | ClockSet | PracticeBegan | EveningPassed | EveningCalledOff | StretchWanted
    | StretchReported | SoundWanted | HelpNeeded
)  # fmt: skip
