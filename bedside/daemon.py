"""The hall that joins the rooms: one inbox, one loop.

Every thread puts what happened into the inbox; the loop alone changes the night, and has its effects carried out. It
does no file I/O, so that a press never waits for a disk.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from typing import Protocol, assert_never

from bedside.night.anew import begin_anew
from bedside.night.contact import Contact, feel
from bedside.night.cues import Cue
from bedside.night.effects import Effect, Hush, LightLevel, OpenDoor, Save, Say, SetLight
from bedside.night.events import (
    ButtonReleased,
    DeadlinePassed,
    Event,
    LineChanged,
    LineRead,
    ListeningBegan,
    ListeningEnded,
    Moment,
    PartReported,
    TemperatureRead,
)
from bedside.night.machine import step
from bedside.night.state import Night, Rules

log = logging.getLogger(__name__)

PATIENCE = 100
"""So many things in a row are taken before the time is looked at: time must not seem to have passed before what came
late, and what never ends must not stop the clock.
"""

BEAT_SECONDS = 5.0  # at least, between two
BEAT_LATEST = 10.0  # at most: whatever puts off the reading of a line, the loop wakes for its beat


class Button(Protocol):
    """Whose level can be asked for; the answer comes as LineRead."""

    def read(self) -> None:
        """Post the level."""


class Light(Protocol):
    """Shows a level."""

    def show(self, level: LightLevel) -> None:
        """Show it at once, without blocking."""


class Speaker(Protocol):
    """Says cues in order."""

    def say(self, cue: Cue, *, quiet: bool = False, due: float | None = None) -> None:
        """Queue it, without blocking; `quiet` and `due` as in `Say`."""

    def hush(self) -> None:
        """Stop, without blocking."""


class Door(Protocol):
    """The page's door, which a phone is paired through."""

    def open(self) -> object:
        """Open it, without blocking."""


class Writer(Protocol):
    """Keeps records."""

    def save(self, save: Save) -> None:
        """Queue it, without blocking."""

    def sample(self, reading: TemperatureRead) -> None:
        """Queue it, without blocking."""


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """From now on presses are read with these rules; whether a light is found stays as it reported itself."""

    rules: Rules


@dataclass(frozen=True, slots=True)
class AnewAsked:
    """Someone wants all that is kept deleted. `wipe` has the writer delete what it was given so far, or tells that
    nobody waits for it any more; then the night begins anew with these rules. `busy` is called where it may not.
    """

    rules: Rules
    wipe: Callable[[], bool]
    busy: Callable[[], object]


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Someone wants the daemon to end."""


@dataclass
class Daemon:
    """`buttons` are those that are set up, by the names of their parts. `pulse` is called about every ten seconds while
    the loop is well: it feeds the watchdog.
    """

    night: Night
    rules: Rules
    now: Callable[[], Moment]
    buttons: Mapping[str, Button]
    light: Light
    speaker: Speaker
    writer: Writer
    door: Door
    pulse: Callable[[], None] = lambda: None
    inbox: SimpleQueue[object] = field(default_factory=SimpleQueue)
    contacts: dict[str, Contact] = field(default_factory=dict)
    parts: Mapping[str, PartReported] = field(default_factory=dict)
    _in_a_row: int = 0
    _beaten: float = float("-inf")  # the first is due at once

    def __post_init__(self) -> None:
        for name in self.buttons:
            self.contacts.setdefault(name, Contact(down=name in self.night.down, button=name))

    def post(self, item: object) -> None:
        """Tell the daemon that something happened. From any thread; never blocks."""
        self.inbox.put(item)

    def run(self) -> None:
        """Take what comes, until StopAsked."""
        going = True
        while going:
            going = self.turn(self._next())
        self._apply(ListeningEnded(self.now()))

    def turn(self, item: object) -> bool:
        """Take one thing from the inbox, or the time that has passed where it is None. False if it was StopAsked."""
        match item:
            case None:
                pass
            case LineChanged() | LineRead():
                self._feel(item)
            case PartReported():
                self._part_reported(item)
            case TemperatureRead():
                self._apply(item)
                self._carefully(item, self.writer.sample, item)
            case RulesChanged():
                self.rules = self._as_found(item.rules)
                self._apply(DeadlinePassed(self.now()))
            case AnewAsked():
                self._carefully(item, self._begin_anew, item)
            case StopAsked():
                return False
            case _:
                self._apply(item)  # type: ignore[arg-type]
        self._in_a_row = 0 if item is None else (self._in_a_row + 1) % PATIENCE
        if self._in_a_row == 0:  # not after a press: the writer gets its record once this thread rests
            self._time_passed()
        return True

    def wakes_at(self) -> float:
        """When the loop wants to be woken, in seconds since boot, if nothing comes."""
        at = min(self.night.quiet_until, self._beaten + BEAT_LATEST)
        for contact in self.contacts.values():
            at = min(at, contact.next_read())
        return at

    def _next(self) -> object:
        try:
            return self.inbox.get(timeout=max(0.0, self.wakes_at() - self.now().since_boot))
        except Empty:
            return None

    def _time_passed(self) -> None:
        now = self.now()
        if self.night.quiet_until <= now.since_boot:
            self._apply(DeadlinePassed(now))
        for name, contact in self.contacts.items():
            if contact.next_read() <= now.since_boot:
                self.contacts[name] = contact.asked(now.since_boot)
                self._carefully(f"reading the {name}", self.buttons[name].read)
        if self._beaten + BEAT_SECONDS <= now.since_boot:  # by time: a line that never rests is not read for long
            self._beaten = now.since_boot
            self._carefully("feeding the watchdog", self.pulse)

    def _as_found(self, rules: Rules) -> Rules:
        return replace(rules, light_found=self.rules.light_found)  # a fact, no habit

    def _begin_anew(self, asked: AnewAsked) -> None:
        """What was saved up to here is deleted, what is saved from here on stays: the writer takes all in this order,
        and a press that comes meanwhile waits for nothing but this.
        """
        now = self.now()
        self._apply(DeadlinePassed(now))
        rules = self._as_found(asked.rules)
        begun = begin_anew(self.night, now, rules)
        if begun is None:
            asked.busy()
        elif asked.wipe():
            self.rules, (self.night, effects) = rules, begun
            self.perform(effects)

    def _apply(self, event: Event) -> None:
        self.night, effects = step(self.night, event, self.rules)
        self.perform(effects)

    def _feel(self, event: LineChanged | LineRead) -> None:
        self.contacts[event.button], heard = feel(self.contacts[event.button], event)
        for press_or_release in heard:
            self._apply(press_or_release)

    def perform(self, effects: tuple[Effect, ...]) -> None:
        """Carry the effects out, each by itself: one that fails stops no other."""
        for effect in effects:
            self._carefully(effect, self._perform, effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case SetLight(level):
                self.light.show(level)
            case Save():
                self.writer.save(effect)
            case Say(cue, quiet, due):
                self.speaker.say(cue, quiet=quiet, due=due)
            case Hush():
                self.speaker.hush()
            case OpenDoor():
                self.door.open()
            case _:
                assert_never(effect)

    def _carefully(self, what: object, do: Callable[..., None], *given: object) -> None:
        try:
            do(*given)
        except Exception:  # effects meet the world: whatever it throws, the next press must still be heard
            log.exception("failed: %s", what)

    def _part_reported(self, report: PartReported) -> None:
        before = self.parts.get(report.part)
        self.parts = {**self.parts, report.part: report}
        if before is None or before.well is not report.well or before.says != report.says:
            (log.info if report.well else log.warning)("%s: %s %s", report.part, report.says, report.remedy)
        if report.part in self.buttons:
            self._button_reported(report)
        if report.part == "light":
            self.rules = replace(self.rules, light_found=report.well)

    def _button_reported(self, report: PartReported) -> None:
        """A press would be heard while every button is well: whoever reaches for one must not find it deaf."""
        name, moment = report.part, report.moment
        if not report.well:
            self._apply(ListeningEnded(moment))
            self.contacts[name] = replace(self.contacts[name], burst=None)  # no read will ever settle it
            self._feel(LineRead(moment, False, name))  # nobody can tell any more how long it stays down
            return
        for gone in self.night.down - self.buttons.keys():  # a restart knew it as leaned on, and it is set up no more
            self._apply(ButtonReleased(moment, False, gone))
        if all(part in self.parts and self.parts[part].well for part in self.buttons):
            self._apply(ListeningBegan(moment))
        self._carefully(f"reading the {name}", self.buttons[name].read)  # it may be down already
