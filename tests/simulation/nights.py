"""A person, a season of nights, and the faults, played on a world by seed. Counts which fault met which phase."""

import logging
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

from bedside.night.effects import Cramp, Phase, Press, Watch
from bedside.night.events import StretchReported, StretchWanted
from bedside.night.state import Rules
from tests.simulation.world import World

DAY = 86_400.0
BOUNCE = 0.006

HABITS = (
    Rules(),
    Rules(asks=2, warning_by_light=True),
    Rules(silent_evenings=True, silent_nights=True, standing_stretch=False),
)

Fault = Callable[["Season"], None]


class Trouble(logging.Handler):
    """Listens while a season is played: an effect that failed, logged by the daemon, fails the season."""

    def emit(self, record: logging.LogRecord) -> None:
        """Take an error for what it is."""
        if record.levelno >= logging.ERROR:
            raise AssertionError(record.getMessage())

    def __enter__(self) -> None:
        log = logging.getLogger("bedside")
        log.addHandler(self)
        log.propagate = False

    def __exit__(self, *_: object) -> None:
        log = logging.getLogger("bedside")
        log.removeHandler(self)
        log.propagate = True


class Season:
    """So many nights of one seed: two weeks around a change of the clock, over and over."""

    def __init__(self, seed: int, nights: int = 14, world: type[World] = World) -> None:
        self.chance = random.Random(seed)
        self._trouble = Trouble()
        month, day = self.chance.choice([(3, 22), (10, 18), (1, 5), (12, 27)])
        self.world = world(datetime(2026, month, day, 17, 0, tzinfo=UTC), self.chance.choice(HABITS))
        self.nights = nights
        self.met: Counter[tuple[str, Phase]] = Counter()
        self.presses: list[tuple[float, float]] = []
        self.blurred: list[tuple[float, float]] = []
        self.boots: dict[str, float] = {}
        self.lost_edges = 0
        self._busy_until = 0.0

    def play(self) -> Counter[tuple[str, Phase]]:
        """Play all nights and check what must hold. Returns how often each fault met each phase."""
        with self._trouble:
            for night in range(self.nights):
                self._night(night * DAY)
            self.world.run(self.nights * DAY)
        self._note_boot()
        self._check_presses()
        self._check_watches()
        self._check_asks()
        return self.met

    # --- the person ---

    def _night(self, dusk: float) -> None:
        world, chance = self.world, self.chance
        for hour in range(0, 24, 2):
            world.at(dusk + hour * 3600, world.warm)
        for hour in range(3, 8):
            world.at(dusk + hour * 3600 + 1, world.remind)  # the timetable's looks, coarser than the real ones
        for _ in range(chance.choice([0, 1, 1, 2])):
            self._cramp(dusk + chance.uniform(5, 14) * 3600)
        self._evening(dusk)
        for fault in chance.sample(list(FAULTS), 3):
            when = dusk + chance.choice([chance.uniform(3.9, 4.6), chance.uniform(5, 14)]) * 3600
            world.at(when, lambda fault=fault: self._strike(fault))
        world.run(dusk + 18 * 3600)

    def _strike(self, name: str) -> None:
        world = self.world
        if not world.powered:
            return
        self.met[name, world.night.phase] += 1
        FAULTS[name](self)
        world.check()

    def _cramp(self, at: float) -> None:
        chance, world = self.chance, self.world
        for gap in (0, *(chance.choice([3, 7.9, 8.1, 12]) for _ in range(chance.choice([0, 0, 1, 3])))):
            at += gap
            world.at(at, self._press)
        at += chance.choice([30, 90, 400, 599, 601, 1799, 1801, 4000])
        world.at(at, self._press)
        if chance.random() < 0.3:
            world.at(at + chance.choice([1, 60, 119, 121]), self._press)
        if chance.random() < 0.5:  # something breaks while it hurts
            fault = chance.choice(list(FAULTS))
            world.at(at - chance.uniform(0, 20), lambda: self._strike(fault))

    def _evening(self, dusk: float) -> None:
        chance, world = self.chance, self.world
        asked = dusk + 4 * 3600 + chance.choice([0, 600, 1200]) + chance.uniform(2, 100)
        answer = chance.choice(["none", "start", "start", "skip", "cramp"])
        if answer in ("start", "cramp"):
            world.at(asked, self._press)
        if answer == "cramp":
            world.at(asked + chance.choice([0.5, 4.9, 5.1]), self._press)
        if answer == "skip":
            world.at(asked, lambda: self._press(chance.choice([3.1, 9.9, 10.1])))
        if answer == "start" and chance.random() < 0.5:
            stop = asked + chance.uniform(6, 170)
            world.at(stop, self._press)
            world.at(stop + chance.choice([2, 4.9, 5.1, 40]), self._press)
        for kind in (StretchWanted, StretchReported):
            if chance.random() < 0.2:  # on the page: before the ask, while it asks or leads, or after
                when = asked + chance.choice([-1800, -60, 1, 5, 90, 700])
                world.at(when, lambda kind=kind: world.page(kind))
        for offset in (chance.uniform(-100, 30), chance.uniform(1, 150)):
            fault = chance.choice(list(FAULTS))
            world.at(asked + offset, lambda fault=fault: self._strike(fault))

    def _press(self, seconds: float | None = None, *, bounces: int = 0, lost: str = "") -> None:
        world, chance = self.world, self.chance
        if world.true < self._busy_until:
            return  # a finger is on it
        long = chance.random() < 0.1
        seconds = seconds or (chance.choice([2.9, 3.1, 5, 7, 9.9, 10.1, 20]) if long else chance.uniform(0.025, 0.6))
        began = world.true
        self._busy_until = began + seconds + 0.5
        heard = world.powered and world.button_well
        world.line(True, lost=lost == "down")
        for number in range(bounces):
            world.at(began + BOUNCE * (2 * number + 1), lambda: world.line(False))
            world.at(began + BOUNCE * (2 * number + 2), lambda: world.line(True))
        world.at(began + max(seconds, BOUNCE * (2 * bounces + 3)), lambda: world.line(False, lost=lost == "up"))
        self.presses.append((began, self._busy_until))
        if not heard:
            self.blurred.append((began, self._busy_until))

    # --- the faults ---

    def _note_boot(self) -> None:
        self.boots[f"boot{self.world.boot}"] = self.world.boot_began

    def _blur(self, seconds: float) -> None:
        """A span in which a press may be lost: nobody listens."""
        self.blurred.append((self.world.true - 1, self.world.true + seconds + 1))

    def _outage(self, seconds: float, *, same_boot: bool, shift: float = 0.0) -> None:
        world = self.world
        self._note_boot()
        self._blur(seconds)
        self.blurred += [span for span in world.stalls if span[1] > world.true]  # it had not got round to those presses
        world.switch_off()

        def on() -> None:
            world.shift += shift
            world.trusted = world.trusted and not shift
            world.switch_on(same_boot=same_boot)
            self._note_boot()

        world.at(world.true + seconds, on)
        if shift:
            world.at(world.true + seconds + 300, lambda: self._trust(-world.shift))

    def _trust(self, seconds: float) -> None:
        self.world.trusted = True
        self.world.set_clock(seconds)

    def _for(self, seconds: float, name: str, value: object, back: object) -> None:
        world = self.world
        setattr(world, name, value)
        world.at(world.true + seconds, lambda: setattr(world, name, back))

    def _disk(self, name: str, value: object, back: object) -> None:
        world = self.world
        setattr(world.disk, name, value)
        world.at(world.true + self.chance.uniform(1, 900), lambda: setattr(world.disk, name, back))

    def _button_gone(self) -> None:
        seconds = self.chance.uniform(5, 900)
        self._blur(seconds)
        self.world.button(False)
        self.world.at(self.world.true + seconds, lambda: self.world.button(True))

    def _step(self, low: float, high: float) -> None:
        step = self.chance.uniform(low, high)
        self.world.set_clock(step)
        self.world.at(self.world.true + self.chance.uniform(60, 7200), lambda: self.world.set_clock(-self.world.shift))

    # --- what must hold in the end ---

    def _check_presses(self) -> None:
        """Every press while somebody listened is one accepted press, and none came from nowhere."""
        clear = [span for span in self.presses if not any(a < span[1] and span[0] < b for a, b in self.blurred)]
        times = sorted(self.world.accepted.values())
        stalls = self.world.stalls
        for began, over in clear:
            end = max([over, *(b for a, b in stalls if a < over and began < b)])
            found = sum(began - 0.001 <= at <= end for at in times)
            near = sum(a < end and began < b for a, b in self.presses)
            assert 1 <= found <= near, (began, over, found, near)
        for at in times:
            known = any(began - 0.001 <= at <= over for began, over in self.presses)
            assert known or any(a <= at <= b for a, b in (*self.blurred, *stalls)), f"a press came from nowhere at {at}"
        kept = {row.id for row in self.world.disk.of(Press)} | {
            row.id for save in self.world.disk.waiting for row in save.rows if isinstance(row, Press)
        }
        assert self.world.acknowledged <= kept, "an acknowledged press is gone"
        cramps = {row.id for row in self.world.disk.of(Cramp)}
        of_cramps = {row.cramp for row in self.world.disk.of(Press) if isinstance(row, Press) and row.cramp}
        assert of_cramps <= cramps, "a press names a cramp that is not kept"

    def _check_watches(self) -> None:
        """No watch covers a span in which nobody listened."""
        for row in self.world.disk.of(Watch):
            assert isinstance(row, Watch)
            began = self.world.true_time(row.began, self.boots)
            seen = self.world.true_time(row.seen, self.boots)
            for a, b in self.world.deaf:
                assert min(b, seen) - max(a, began) < 1e-3, (row, a, b)

    def _check_asks(self) -> None:
        """At most as many asks a date as are wanted, ten minutes apart, but where power went before one was kept."""
        asks = [ask for ask in self.world.asks if ask[1] not in self.world.forgotten]
        dates = Counter(day for _, day in asks)
        assert all(count <= self.world.rules.asks for count in dates.values()), dates
        for (first, day), (second, other) in pairwise(asks):
            assert day != other or second - first >= 599, (day, first, second)


FAULTS: dict[str, Fault] = {
    "disk fails": lambda s: s._disk("fails", True, False),
    "disk slow": lambda s: s._disk("delay", s.chance.uniform(0.2, 4), 0.004),
    "speaker fails": lambda s: s._for(900, "speaker_works", False, True),
    "sensor silent": lambda s: s._for(7200, "sensor_works", False, True),
    "bounce": lambda s: s._press(0.3, bounces=5),
    "release edge lost": lambda s: s._press(0.3, lost="up"),
    "press edge lost": lambda s: s._press(0.3, lost="down"),
    "stuck line": lambda s: s._press(s.chance.uniform(61, 400)),
    "button gone": Season._button_gone,
    "clock forward": lambda s: s._step(60, 9 * 3600),
    "clock back": lambda s: s._step(-9 * 3600, -60),
    "loop stalled": lambda s: s.world.stall(s.chance.uniform(1, 90)),
    "restart": lambda s: s._outage(s.chance.uniform(0.5, 5), same_boot=True),
    "power cut": lambda s: s._outage(s.chance.uniform(5, 9000), same_boot=False, shift=-s.chance.uniform(60, 9000)),
}
