"""The state of a night, the rules it is read with, and what follows from both: the light and the next deadline."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from math import inf

from bedside.night import cues
from bedside.night.cues import Cue, Script
from bedside.night.effects import Cramp, CrampState, Evening, LightLevel, Phase, Press, Watch
from bedside.night.events import WIRE, Moment
from bedside.night.habits import MOST_ASKS

# Every limit, in seconds.
CRY = 8.0  # a press sooner after the last is the same cry
PAIR_OF_PRESSES = 5.0  # two presses this close, on an ask or a stretch, are a cramp
RELAPSE = 120.0  # a press this soon after an end press reopens the cramp
ANEW = 600.0  # a press this late in an open cramp belongs to another one
WARNING = 600.0  # from the first onset
CLOSE = 1800.0  # from the last press
HOLD = 3.0
PAIRING_HOLD = 6.0
LEAN = 10.0
STUCK = 60.0
ASKING = 120.0
ASK_EVERY = 600.0
EVENING_WINDOW = 10800.0  # from the set time
LATE = 600.0  # an ask this long after the set time says that it is late
AFTER_CRAMP = 900.0  # no reminder sooner after a cramp's close
SPEAK_ANYWAY = 0.3  # help does not wait longer for the disk
TOO_LATE = 5.0  # a cue later than this is dropped
FRESH = 900.0  # a temperature older than this is unknown
HEARTBEAT = 1200.0
PRACTICE = 600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """The habits and facts a press is read with. `bedtime` and `rising` bound the sleep window, local time.

    `asks` is how often an evening's reminder asks in all. Silent evenings ask and lead by light and page alone, silent
    nights help so.
    """

    bedtime: time = time(22, 0)
    rising: time = time(7, 0)
    asks: int = MOST_ASKS
    stands: bool = True
    standing_stretch: bool = True
    silent_evenings: bool = False
    silent_nights: bool = False
    warning_by_light: bool = False
    glow: bool = True
    light_found: bool = True
    has_phone: bool = False

    def in_sleep_window(self, moment: Moment) -> bool:
        """Whether the moment's local wall time lies from bedtime up to rising time."""
        at = moment.wall.time()
        if self.bedtime <= self.rising:
            return self.bedtime <= at < self.rising
        return at >= self.bedtime or at < self.rising

    @property
    def warns_by_light(self) -> bool:
        """Whether a cramp's warning is shown; it is not only shown where no light is found."""
        return self.light_found and (self.warning_by_light or self.silent_nights)

    def silences(self, cue: Cue, moment: Moment) -> bool:
        """Whether the habits want this cue not said. What a person asked to hear, they hear."""
        if cue in (Cue.PAIRING, Cue.TRY):
            return False
        if cue in cues.EVENING:
            return self.silent_evenings
        silent_night = self.silent_nights and self.in_sleep_window(moment)
        if cue is Cue.WARNING:
            return self.light_found and (self.warning_by_light or silent_night)
        return silent_night


class Line(StrEnum):
    """The button's line, as the night sees it."""

    UP = "up"
    DOWN = "down"
    LEANED_ON = "leaned on"
    STUCK = "stuck"


@dataclass(frozen=True)
class Down:
    """A button that was still down when another was pressed, and since when. What was pressed with it is judged no
    more; that it is stuck still ends the watch.
    """

    button: str
    since: Moment
    stuck: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """The last temperature, in degrees Celsius, and when it was read."""

    moment: Moment
    celsius: float


@dataclass(frozen=True, slots=True)
class Speech:
    """A first sentence that waits for its press to be saved, or for `by` seconds since boot."""

    cue: Cue
    by: float


@dataclass(frozen=True)
class Night:
    """Everything the device knows about now. `cramp` is the open one or the last; `line` and `released` are those of
    `button`, which was pressed last, `others` the ones that are down besides it; `listening`: every button is well;
    `told` counts cues of the script; nothing falls due before `quiet_until`, in seconds since boot, under the rules of
    the last step.
    """

    phase: Phase = Phase.QUIET
    line: Line = Line.UP
    press: Press | None = None
    released: float | None = None
    cramp: Cramp | None = None
    evening: Evening | None = None
    evenings_past: tuple[date, ...] = ()
    stretch_from: float = 0.0
    stretch_standing: bool = True
    told: int = 0
    speech: Speech | None = None
    pending: str | None = None
    tells_failure: bool = False
    unsaved: frozenset[str] = frozenset()
    room: Room | None = None
    practice_until: float | None = None
    listening: bool = False
    watch: Watch | None = None
    light: LightLevel = LightLevel.OFF
    serial: int = 0
    quiet_until: float = -inf
    button: str = WIRE
    others: tuple[Down, ...] = ()

    @property
    def stuck(self) -> bool:
        """Whether a press on some button would not be heard, since it is down for so long."""
        return self.line is Line.STUCK or (bool(self.others) and any(other.stuck for other in self.others))

    @property
    def down(self) -> frozenset[str]:
        """The buttons that are down."""
        others = frozenset(other.button for other in self.others)
        return others if self.line is Line.UP else others | {self.button}


def script_of(night: Night) -> tuple[float, Script]:
    """The running script and the seconds since boot it counts from; empty where nothing is led."""
    if night.phase is Phase.CRAMPING and night.cramp:
        return night.cramp.led_from.since_boot, cues.RELIEF
    if night.phase is Phase.STRETCHING:
        return night.stretch_from, cues.stretch(night.stretch_standing)
    return 0.0, ()


def light_of(night: Night, rules: Rules) -> LightLevel:
    """Lit while a cramp is open or a stretch runs; else a glow, unless a press would not be heard or kept."""
    if night.phase in (Phase.CRAMPING, Phase.STRETCHING):
        if night.phase is Phase.CRAMPING and night.cramp and night.cramp.warned and rules.warns_by_light:
            return LightLevel.WARNING  # before what failed: it is the one sign that sends for help
        if night.unsaved:
            return LightLevel.BLINKING
        if night.phase is Phase.CRAMPING and night.cramp and night.cramp.muted:
            return LightLevel.DIM
        return LightLevel.RISING if night.pending else LightLevel.FULL
    if night.phase is Phase.ASKING and night.evening and night.evening.by_light:
        return LightLevel.PULSING
    heard_and_kept = night.listening and not night.stuck and not night.unsaved
    return LightLevel.GLOW if rules.glow and heard_and_kept else LightLevel.OFF


class Timer(StrEnum):
    """What can fall due."""

    SPEECH = "speech"
    CUE = "cue"
    WARNING = "warning"
    CLOSE = "close"
    LEAN = "lean"
    STUCK = "stuck"
    OTHER_STUCK = "other stuck"
    ASK = "ask"
    ASK_OVER = "ask over"
    WINDOW_OVER = "window over"
    PRACTICE_OVER = "practice over"
    HEARTBEAT = "heartbeat"


def next_ask(night: Night, rules: Rules) -> float | None:
    """When tonight's next ask may begin, in seconds since boot; None where none will or a cramp is open."""
    evening = night.evening
    if evening is None or evening.over or evening.asks >= rules.asks or night.phase is not Phase.QUIET:
        return None
    at = evening.due if evening.asked is None else evening.asked + ASK_EVERY
    cramp = night.cramp
    if cramp and cramp.closed and not cramp.practice and cramp.state is not CrampState.NO_CRAMP:
        at = max(at, cramp.closed.since_boot + AFTER_CRAMP)
    return at


Waits = list[tuple[float, Timer]]
"""What is waited for, as (seconds since boot, what), in no order."""


def timers(night: Night, rules: Rules) -> Waits:
    """All that is waited for."""
    waits: Waits = []
    if night.speech:
        waits.append((night.speech.by, Timer.SPEECH))
    start, script = script_of(night)
    if night.told < len(script):
        waits.append((start + script[night.told][0], Timer.CUE))
    if night.phase is Phase.CRAMPING and night.cramp:
        waits += _cramp_timers(night, night.cramp)
    if night.press and night.line is Line.DOWN:
        waits.append((night.press.moment.since_boot + LEAN, Timer.LEAN))
    if night.press and night.line is Line.LEANED_ON:
        waits.append((night.press.moment.since_boot + STUCK, Timer.STUCK))
    for other in night.others:
        if not other.stuck:
            waits.append((other.since.since_boot + STUCK, Timer.OTHER_STUCK))
    if night.evening and not night.evening.over:
        waits += _evening_timers(night, night.evening, rules)
    if night.practice_until is not None:
        waits.append((night.practice_until, Timer.PRACTICE_OVER))
    if night.watch:
        waits.append((night.watch.seen.since_boot + HEARTBEAT, Timer.HEARTBEAT))
    return waits


def _cramp_timers(night: Night, cramp: Cramp) -> Waits:
    closes = cramp.last_press.since_boot + CLOSE, Timer.CLOSE
    if cramp.warned or cramp.muted or night.speech:
        return [closes]
    return [closes, (cramp.onset.since_boot + WARNING, Timer.WARNING)]


def _evening_timers(night: Night, evening: Evening, rules: Rules) -> Waits:
    over = evening.until, Timer.WINDOW_OVER
    if night.phase is Phase.ASKING and evening.asked is not None:
        over = evening.asked + ASKING, Timer.ASK_OVER
    ask = next_ask(night, rules)
    return [over] if ask is None else [(ask, Timer.ASK), over]
