"""A person, a season of nights, and the faults, played on a world by seed. Counts what each fault did in each phase."""

import logging
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from bedside.night.effects import Cramp, Evening, Phase
from bedside.night.events import StretchReported, StretchWanted
from bedside.night.state import Rules
from bedside.night.told import CheckIn, Factor
from tests.simulation.disk import CRASHES, Card
from tests.simulation.world import LONDON, LOOK_SECONDS, World

DAY = 86_400.0
EVENING, MORNING = 2 * 3600.0, 15 * 3600.0  # of a night that begins at 17:00 UTC
BOUNCE = 0.006
STUCK = 60.0
SUMMER_TIME = "summer time"  # the one fault that has its own night
AFTERMATH = 900.0  # seconds in which what happens is counted to a fault

HABITS = (
    Rules(),
    Rules(asks=2, warning_by_light=True),
    Rules(silent_evenings=True, silent_nights=True, standing_stretch=False),
)
STARTS = (datetime(2026, 3, 27), datetime(2026, 10, 23), datetime(2026, 1, 5), datetime(2025, 12, 30))
CHANGES = {3: datetime(2026, 3, 29, 1, tzinfo=UTC), 10: datetime(2026, 10, 25, 1, tzinfo=UTC)}
"""When the clocks of London go forward, and back."""
LATE = {3: time(0, 59), 10: time(1, 59), 1: time(0, 30), 12: time(23, 50)}
"""Reminders that a change of the clocks, or midnight, falls into."""

Strike = tuple[str, Phase, str]
"""A fault, the phase it struck in, and what came of it; `struck` is counted once for each."""


class Trouble(logging.Handler):
    """Listens while a season is played: an effect that failed, but for those that were to, fails the season."""

    def emit(self, record: logging.LogRecord) -> None:
        """Take an error for what it is."""
        meant = record.name == "bedside.diary.writer" or (record.exc_info and "simulated" in str(record.exc_info[1]))
        if record.levelno >= logging.ERROR and not meant:
            raise AssertionError(record.getMessage() + (f": {record.exc_info[1]!r}" if record.exc_info else ""))

    def __enter__(self) -> None:
        log = logging.getLogger("bedside")
        log.addHandler(self)
        log.propagate = False

    def __exit__(self, *_: object) -> None:
        log = logging.getLogger("bedside")
        log.removeHandler(self)
        log.propagate = True


class Season:
    """So many nights of one seed, half of them around a change of the clock."""

    def __init__(self, seed: int, nights: int, *, world: type[World] = World) -> None:
        self.chance = chance = random.Random(seed)
        start = chance.choice(STARTS)
        self.change = CHANGES.get(start.month)
        at = LATE[start.month] if chance.random() < 0.4 else time(21)
        self.reminders = (at,) * 7
        self.world = world(start.replace(hour=17, tzinfo=UTC), chance.choice(HABITS), self.reminders, chance=chance)
        self.world.on_effect, self.world.on_crash = self._effect, self._crashed
        self.nights = nights
        self.sleeps_by_day = chance.random() < 0.7
        self.met: Counter[Strike] = Counter()
        self.presses: list[tuple[float, float]] = []
        self.blurred: list[tuple[float, float]] = []
        self.travelled = False
        self.lost: set[str] = set()  # records that lay in the diary alone, which then was damaged or put back
        self.falls: Callable[[], None] | None = None
        self._open: list[tuple[float, str, Phase]] = []
        self._busy_until = 0.0
        self._trouble = Trouble()

    def play(self, faults: dict[str, Callable[["Season"], None]]) -> Counter[Strike]:
        """Play all nights, with these faults in them, checking what must hold. Returns what each fault did."""
        from tests.simulation.laws import check_night, check_season

        with self._trouble:
            try:
                self._await_change(faults)
                for night in range(self.nights):
                    self._night(night * DAY, faults)
                    self.world.run(night * DAY + MORNING - 1)
                    check_night(self)
                self.world.run(self.nights * DAY)
                check_season(self)
            finally:
                self.world.disk.close()
        return self.met

    # --- the person ---

    def _night(self, dusk: float, faults: dict[str, Callable[["Season"], None]]) -> None:
        world, chance = self.world, self.chance
        for hour in range(0, 24, 3):
            world.at(dusk + hour * 3600, world.warm)
        cramps = [self._cramp(dusk + chance.uniform(5, 14) * 3600) for _ in range(chance.choice([0, 1, 1, 2]))]
        asked = self._evening(dusk)
        spans = [(asked - 100, asked + 30), (asked, asked + 150), (dusk + 5 * 3600, dusk + 14 * 3600)]
        if cramps:
            spans[2] = (cramps[0] - 20, cramps[0] + 100)
        for (first, last), name in zip(
            spans, chance.sample([name for name in faults if name != SUMMER_TIME], 3), strict=True
        ):
            world.at(chance.uniform(first, last), lambda name=name: self._strike(name, faults[name]))
        day = (world.start + timedelta(seconds=dusk)).date()
        for told in range(chance.choice([0, 1, 2])):
            world.at(dusk + 14.5 * 3600 + told * 60, lambda told=told: self._tell(day, told))
        world.at(dusk + EVENING, world.disk.copy)
        if self.sleeps_by_day:
            world.at(dusk + MORNING, self._sleep)

    def _sleep(self) -> None:
        """Nothing happens by day: most devices are suspended then, for the simulation's speed."""
        if self.world.powered and self.world.true >= self.world.asleep_until:
            seconds = DAY - MORNING + EVENING
            self.blur(seconds)
            self.world.suspend(seconds)

    def _strike(self, name: str, fault: Callable[["Season"], None]) -> None:
        world = self.world
        if not world.powered or world.true < world.asleep_until:
            world.at(world.true + self.chance.uniform(60, 600), lambda: self._strike(name, fault))
            return
        phase = world.night.phase
        self.met[name, phase, "struck"] += 1
        self._open.append((world.true + AFTERMATH, name, phase))
        fault(self)

    def _effect(self, effect: str) -> None:
        self._open = [one for one in self._open if one[0] >= self.world.true]
        for _, name, phase in self._open:
            self.met[name, phase, effect] += 1

    def _await_change(self, faults: dict[str, Callable[["Season"], None]]) -> None:
        """The night in which the clocks change has a cramp at that hour, or an ask."""
        if self.change is None or SUMMER_TIME not in faults:
            return
        at = (self.change - self.world.start).total_seconds()
        self.world.at(at, lambda: self._strike(SUMMER_TIME, lambda _: None))
        if self.chance.random() < 0.5:
            self.world.at(at - self.chance.uniform(0, 100), self.press)

    def _tell(self, day: date, told: int) -> None:
        factors = (Factor.EFFORT,) if told else ()
        self.world.tell((CheckIn(day, self.world.now(), True, factors=factors, asked=(Factor.EFFORT,), by="A phone"),))

    def _cramp(self, at: float) -> float:
        """Presses from a cramp's onset to its end, and perhaps after it. When the last but those was."""
        chance, world = self.chance, self.world
        for gap in (0, *(chance.choice([3, 7.9, 8.1, 12]) for _ in range(chance.choice([0, 0, 1, 2])))):
            at += gap
            world.at(at, self.press)
        at += chance.choice([30, 90, 400, 599, 601, 1799, 1801, 4000])
        world.at(at, self.press)
        if chance.random() < 0.4:
            world.at(at + chance.choice([1, 60, 119, 121, 300]), self.press)
        return at

    def _evening(self, dusk: float) -> float:
        """What the person does when it asks. Returns when."""
        chance, world, at = self.chance, self.world, self.reminders[0]
        assert at is not None
        day = (world.start + timedelta(seconds=dusk)).date() + timedelta(days=at < time(12))
        due = (datetime.combine(day, at, LONDON).astimezone(UTC) - world.start).total_seconds()
        asked = due + chance.choice([0, 600, 1200]) + chance.uniform(2, 100)
        answer = chance.choice(["none", "start", "start", "skip", "cramp"])
        if answer in ("start", "cramp"):
            world.at(asked, self.press)
        if answer == "cramp":
            world.at(asked + chance.choice([0.5, 4.9, 5.1]), self.press)
        if answer == "skip":
            world.at(asked, lambda: self.press(chance.choice([3.1, 9.9, 10.1])))
        if answer == "start" and chance.random() < 0.5:
            stop = asked + chance.uniform(6, 170)
            world.at(stop, self.press)
            world.at(stop + chance.choice([2, 4.9, 5.1, 40]), self.press)
        for kind in (StretchWanted, StretchReported):
            if chance.random() < 0.15:  # on the page: before the ask, while it asks or leads, or after
                when = asked + chance.choice([-1800, -60, 1, 5, 90, 700])
                world.at(when, lambda kind=kind: world.page(kind))
        return asked

    def press(self, seconds: float | None = None, *, bounces: int = 0, lost: str = "") -> None:
        """A finger on the button for so long, the contact bouncing, or one of its edges lost."""
        world, chance = self.world, self.chance
        if world.true < self._busy_until:
            return  # a finger is on it
        long = chance.random() < 0.1
        seconds = seconds or (chance.choice([2.9, 3.1, 5, 7, 9.9, 10.1, 20]) if long else chance.uniform(0.025, 0.6))
        began = world.true
        self._busy_until = began + seconds + 0.5
        heard = world.powered and world.button_well and began >= world.asleep_until
        world.line(True, lost=lost == "down")
        for number in range(bounces):
            world.at(began + BOUNCE * (2 * number + 1), lambda: world.line(False))
            world.at(began + BOUNCE * (2 * number + 2), lambda: world.line(True))
        world.at(began + max(seconds, BOUNCE * (2 * bounces + 3)), lambda: world.line(False, lost=lost == "up"))
        self.presses.append((began, self._busy_until))
        if not heard:
            self.blurred.append((began, self._busy_until))
        elif seconds > STUCK and not lost:
            self._note_stuck(began, seconds)

    def _note_stuck(self, began: float, seconds: float) -> None:
        """While something lies on the button, no other press could be heard."""
        world = self.world
        life, spans = world.life, len(world.deaf)

        def over() -> None:
            if life != world.life or spans != len(world.deaf) or world.deaf_since is not None:
                return
            was_set = any(began - LOOK_SECONDS < clock.since < began + STUCK for clock in world.clocks)
            world.deaf.append((began + STUCK * was_set, began + seconds))  # else the watch before it had ended already

        world.at(began + seconds - 0.001, over)

    # --- what the faults are made of ---

    def blur(self, seconds: float) -> None:
        """A span in which a press may be lost: nobody listens."""
        self.blurred.append((self.world.true - 1, self.world.true + seconds + 1))

    def during(self, name: str, value: object, back: object, seconds: float) -> None:
        """The world is otherwise for a while."""
        world = self.world
        setattr(world, name, value)
        world.at(world.true + seconds, lambda: setattr(world, name, back))

    def disk(self, trouble: str) -> None:
        """The card is not well for a while."""
        disk = self.world.disk
        disk.begins(trouble)
        if trouble == "locked" or self.chance.random() < 0.5:
            self.press()
        self.world.at(self.world.true + self.chance.uniform(1, 45), lambda: disk.trouble == trouble and disk.well())

    def outage(
        self, seconds: float, *, power: bool, shift: float = 0.0, meanwhile: Callable[[Card], None] | None = None
    ) -> None:
        """The process is gone, or the power too, now or in the middle of the next record; then the daemon starts."""
        world, chance = self.world, self.chance

        def falls() -> None:
            if self.falls is not falls or not world.powered:
                return
            self.falls = None
            self.blur(seconds)
            self.blurred.extend(span for span in world.stalls if span[1] > world.true)  # those presses were not seen
            world.switch_off(power=power)
            if meanwhile:
                self._note_alone()
                meanwhile(world.disk)
            world.at(world.true + seconds, on)

        def on() -> None:
            if shift:
                world.shift, world.trusted = shift, False
                life = world.life + 1
                known = world.true + chance.uniform(60, 7200)
                world.at(known, lambda: world.life == life and world.set_clock(0.0))  # type: ignore[func-returns-value]
            world.switch_on(same_boot=not power)

        if self.falls:
            return  # it is about to
        self.falls = falls
        world.disk.crash = chance.choice(CRASHES)
        if not world.disk.crash:
            falls()
            return
        if chance.random() < 0.5:
            self.press()
        world.at(world.true + chance.uniform(0.1, 10), falls)

    def _note_alone(self) -> None:
        """What lies in the diary alone, since the journal refused it, goes with the diary."""
        world = self.world
        alone = world.acknowledged.keys() - world.disk.journaled()
        rows = (row for record in alone for row in world.given[record].rows)
        world.forgotten |= {row.id for row in rows if isinstance(row, Cramp | Evening)}
        self.lost |= alone

    def _crashed(self) -> None:
        if self.falls:
            self.falls()

    def step(self, shift: float, seconds: float) -> None:
        """The clock is set wrong, and after a while right again; nobody tells the device that it is wrong."""
        world = self.world
        world.set_clock(shift)
        world.at(world.true + seconds, lambda: world.powered and world.trusted and world.set_clock(0.0))  # type: ignore[func-returns-value]
