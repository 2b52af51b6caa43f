"""What a night wants done: imperative, carried out by the daemon. The rows are what the diary keeps."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bedside.night.brought import Amended, BroughtIn, LoggedTime
from bedside.night.cues import Cue
from bedside.night.events import WIRE, Moment
from bedside.night.habits import Chosen
from bedside.night.phones import Phone
from bedside.night.told import About, Added, CheckIn, Judgement, Medicine, TimeTold

Day = date
"""For a class that has a field of the name `date`."""


class Phase(StrEnum):
    """Where the night stands."""

    QUIET = "quiet"
    CRAMPING = "cramping"
    ASKING = "asking"
    STRETCHING = "stretching"


class Meaning(StrEnum):
    """What a press came to mean."""

    BEGAN = "began a cramp"
    REPEATED = "repeated"
    ENDED = "ended a cramp"
    REOPENED = "reopened a cramp"
    STARTED = "started the stretch"
    STOPPED = "stopped the stretch"
    SKIPPED = "skipped the stretch"
    TAKEN_BACK = "leaned on, nothing"
    PAIRED = "pairing"


class CrampState(StrEnum):
    """How a cramp's entry stands. Only `ended` has a duration."""

    OPEN = "open"
    ENDED = "ended"
    END_UNKNOWN = "end unknown"
    NO_CRAMP = "no cramp"


class StretchState(StrEnum):
    """What an evening's stretch came to."""

    OFFERED = "offered"
    STARTED = "started"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Press:
    """An accepted press. `held` is in seconds and only known where the release was seen; `button` is which of them was
    pressed.
    """

    id: str
    moment: Moment
    phase: Phase
    meaning: Meaning
    cramp: str | None = None
    held: float | None = None
    leaned: bool = False
    practice: bool = False
    button: str = WIRE


@dataclass(frozen=True)
class Cramp:
    """A cramp's entry. `led_from` is the press its relief cues count from; `end` is the last end press."""

    id: str
    onset: Moment
    led_from: Moment
    last_press: Moment
    state: CrampState = CrampState.OPEN
    end: Moment | None = None
    closed: Moment | None = None
    celsius: float | None = None
    doubtful: bool = False
    muted: bool = False
    warned: bool = False
    practice: bool = False

    @property
    def seconds(self) -> float | None:
        """Duration from the first onset to the last end press; None where no end press tells."""
        return self.end.since(self.onset) if self.state is CrampState.ENDED and self.end else None


class Reason(StrEnum):
    """Why nobody knows what became of an evening; `NONE` where its state tells."""

    NONE = ""
    NOT_ASKED = "it has not asked"
    NOT_KNOWN_IF_HEARD = "not known if heard"
    NO_OUTPUT = "no output worked"
    CLOCK_NOT_SET = "the clock was not set"
    CRAMP_FIRST = "a cramp came first"
    CALLED_OFF = "called off"
    MISSED = "not asked in time"


@dataclass(frozen=True)
class Evening:
    """An evening's reminder and stretch. `due`, `until` and `asked` are seconds since boot; `given`: some output gave
    the ask; `reason` says why the state is unknown; `by_page`: a person said on the page that it is done; `night`: that
    it belongs to, where that has not its date.
    """

    date: date
    due: float
    until: float
    trusted: bool
    state: StretchState = StretchState.UNKNOWN
    reason: Reason = Reason.NOT_ASKED
    asks: int = 0
    asked: float | None = None
    given: bool = False
    by_light: bool = False
    over: bool = False
    by_page: bool = False
    night: Day | None = None

    @property
    def id(self) -> str:
        """Its date: there is one evening of each."""
        return self.date.isoformat()

    @property
    def of_night(self) -> Day:
        """The night it belongs to: past midnight, an evening has the next night's date."""
        return self.night or self.date


@dataclass(frozen=True)
class Watch:
    """A span in which a press would have been heard, known up to `seen`."""

    id: str
    began: Moment
    seen: Moment


@dataclass(frozen=True, slots=True)
class Boot:
    """A boot of the device: when it was first seen, and when its clock was first trusted. A time that a person typed
    is none of these.
    """

    id: str
    seen: Moment
    trusted: Moment | None = None


Row = (
    Press | Cramp | Evening | Watch | Boot | TimeTold | Chosen | Phone | CheckIn | Judgement | Added | Medicine | About
    | Amended | LoggedTime | BroughtIn
)  # fmt: skip


class LightLevel(StrEnum):
    """How the light shows."""

    OFF = "off"
    GLOW = "glow"
    DIM = "dim"
    RISING = "rising"
    FULL = "full"
    BLINKING = "blinking"
    PULSING = "pulsing"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Save:
    """Keep these rows, all or none, under the record's own id."""

    record: str
    moment: Moment
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """Say a cue, after what is being said: at the night's volume if `quiet`, else at the evening's.

    `due`, seconds since boot, is set where it belongs to a beat: then it sounds `cues.LEAD` after that, not at once.
    """

    cue: Cue
    quiet: bool = False
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Hush:
    """Stop what is being said, and what waits to be said."""


@dataclass(frozen=True, slots=True)
class SetLight:
    """Show this level."""

    level: LightLevel


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """Let a phone be paired by whoever hears the code, which is about to be said."""


Effect = Save | Say | Hush | SetLight | OpenDoor
