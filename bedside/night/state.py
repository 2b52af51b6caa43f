"""The state of a night, the rules it is read with, and what follows from both: the light and the next deadline."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from bedside.night import cues
from bedside.night.cues import Cue, Script
from bedside.night.effects import Cramp, Evening, LightLevel, Phase, Press, Watch
from bedside.night.events import Moment

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
ASKS = 3
AFTER_CRAMP = 900.0  # no reminder sooner after a cramp's close
SPEAK_ANYWAY = 0.3  # help does not wait longer for the disk
TOO_LATE = 5.0  # a cue later than this is dropped
FRESH = 900.0  # a temperature older than this is unknown
HEARTBEAT = 1200.0
PRACTICE = 600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """The habits and facts a press is read with. `bedtime` and `rising` bound the sleep window, local time."""

    bedtime: time = time(22, 0)
    rising: time = time(7, 0)
    stands: bool = True
    standing_stretch: bool = True
    glow: bool = True
    light_found: bool = True
    has_phone: bool = False

    def in_sleep_window(self, moment: Moment) -> bool:
        """Whether the moment's local wall time lies from bedtime up to rising time."""
        at = moment.wall.time()
        if self.bedtime <= self.rising:
            return self.bedtime <= at < self.rising
        return at >= self.bedtime or at < self.rising


class Line(StrEnum):
    """The button's line, as the night sees it."""

    UP = "up"
    DOWN = "down"
    LEANED_ON = "leaned on"
    STUCK = "stuck"


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
    """Everything the device knows about now. `cramp` is the open one or the last; `told` counts cues of the script."""

    phase: Phase = Phase.QUIET
    line: Line = Line.UP
    press: Press | None = None
    released: float | None = None
    cramp: Cramp | None = None
    evening: Evening | None = None
    evenings_past: tuple[date, ...] = ()
    stretch_from: float = 0.0
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


def script_of(night: Night, rules: Rules) -> tuple[float, Script]:
    """The running script and the seconds since boot it counts from; empty where nothing is led."""
    if night.phase is Phase.CRAMPING and night.cramp:
        return night.cramp.led_from.since_boot, cues.relief(rules.stands)
    if night.phase is Phase.STRETCHING:
        return night.stretch_from, cues.stretch(rules.standing_stretch)
    return 0.0, ()


def light_of(night: Night, rules: Rules) -> LightLevel:
    """Lit while a cramp is open or a stretch runs; else a glow, unless a press would not be heard or kept."""
    if night.phase in (Phase.CRAMPING, Phase.STRETCHING):
        if night.unsaved:
            return LightLevel.BLINKING
        if night.phase is Phase.CRAMPING and night.cramp and night.cramp.muted:
            return LightLevel.DIM
        return LightLevel.RISING if night.pending else LightLevel.FULL
    if night.phase is Phase.ASKING and night.evening and night.evening.by_light:
        return LightLevel.PULSING
    heard_and_kept = night.listening and night.line is not Line.STUCK and not night.unsaved
    return LightLevel.GLOW if rules.glow and heard_and_kept else LightLevel.OFF


class Timer(StrEnum):
    """What can fall due."""

    SPEECH = "speech"
    CUE = "cue"
    WARNING = "warning"
    CLOSE = "close"
    LEAN = "lean"
    STUCK = "stuck"
    ASK = "ask"
    ASK_OVER = "ask over"
    WINDOW_OVER = "window over"
    PRACTICE_OVER = "practice over"
    HEARTBEAT = "heartbeat"


def next_ask(night: Night) -> float | None:
    """When tonight's next ask may begin, in seconds since boot; None where none will or a cramp is open."""
    evening = night.evening
    if evening is None or evening.over or evening.asks >= ASKS or night.phase is not Phase.QUIET:
        return None
    at = evening.due if evening.asked is None else evening.asked + ASK_EVERY
    if night.cramp and night.cramp.closed and not night.cramp.practice:
        at = max(at, night.cramp.closed.since_boot + AFTER_CRAMP)
    return at


def timers(night: Night, rules: Rules) -> Iterator[tuple[float, Timer]]:
    """All that is waited for, as (seconds since boot, what), in no order."""
    if night.speech:
        yield night.speech.by, Timer.SPEECH
    start, script = script_of(night, rules)
    if night.told < len(script):
        yield start + script[night.told][0], Timer.CUE
    if night.phase is Phase.CRAMPING and night.cramp:
        yield from _cramp_timers(night, night.cramp)
    if night.press and night.line is Line.DOWN:
        yield night.press.moment.since_boot + LEAN, Timer.LEAN
    if night.press and night.line is Line.LEANED_ON:
        yield night.press.moment.since_boot + STUCK, Timer.STUCK
    if night.evening and not night.evening.over:
        yield from _evening_timers(night, night.evening)
    if night.practice_until is not None:
        yield night.practice_until, Timer.PRACTICE_OVER
    if night.watch:
        yield night.watch.seen.since_boot + HEARTBEAT, Timer.HEARTBEAT


def _cramp_timers(night: Night, cramp: Cramp) -> Iterator[tuple[float, Timer]]:
    yield cramp.last_press.since_boot + CLOSE, Timer.CLOSE
    if not (cramp.warned or cramp.muted or night.speech):
        yield cramp.onset.since_boot + WARNING, Timer.WARNING


def _evening_timers(night: Night, evening: Evening) -> Iterator[tuple[float, Timer]]:
    ask = next_ask(night)
    if ask is not None:
        yield ask, Timer.ASK
    if night.phase is Phase.ASKING and evening.asked is not None:
        yield evening.asked + ASKING, Timer.ASK_OVER
    else:
        yield evening.until, Timer.WINDOW_OVER


def deadline(night: Night, rules: Rules) -> float | None:
    """When the night next wants a DeadlinePassed, in seconds since boot; None for never."""
    return min((due for due, _ in timers(night, rules)), default=None)
