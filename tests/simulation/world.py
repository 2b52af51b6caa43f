"""The simulated world: time, a button's line, a disk, a speaker, a clock that can be wrong, and the daemon in it.

The daemon, the machine, the writer, the timetable's looks and the trigger it plans by are the real ones. The world is
what they stand on: it implements their ports, and knows what was true.
"""

import heapq
import itertools
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bedside.daemon import Daemon, RulesChanged
from bedside.diary.journal import is_human
from bedside.known_time import KnownTime
from bedside.night.cues import EVENING, Cue
from bedside.night.effects import Cramp, CrampState, Evening, LightLevel, Phase, Press, Row, Save
from bedside.night.events import (
    WIRE,
    CueGiven,
    DeadlinePassed,
    LineChanged,
    LineRead,
    Moment,
    PartReported,
    Saved,
    SaveFailed,
    SoundWanted,
    StretchReported,
    StretchWanted,
    TemperatureRead,
)
from bedside.night.resume import resume
from bedside.night.state import Night, Rules
from bedside.timetable import OncePerDate, Timetable
from tests.simulation.disk import Card, PowerLostError

LONDON = ZoneInfo("Europe/London")
CUE_SECONDS = 3.0
SYNC_SECONDS = 0.004
AT_ONCE = 0.3  # seconds within which a press is saved on a disk that is well
LAZY_SECONDS = 1800.0  # until the writer gets round to a heartbeat, which nobody waits for: the simulation's speed
LOOK_SECONDS = 20.0  # after which the timetable notices what was set
LOOK_EVERY = 3600.0  # coarser than the real one, for the same reason
RETRY_SECONDS = 5.0


@dataclass(frozen=True)
class Clock:
    """How the device's clock was, from a true time on."""

    since: float
    shift: float
    trusted: bool
    zone: tzinfo

    @property
    def right(self) -> bool:
        """Whether it told the time, and was known to."""
        return self.trusted and not self.shift


@dataclass(frozen=True)
class Heard:
    """A press as the device first kept it: its true time, and in which life of the daemon."""

    at: float
    life: int


class World:
    """One device through many nights."""

    def __init__(
        self,
        start: datetime,
        rules: Rules,
        reminders: Sequence[time | None],
        *,
        chance: random.Random | None = None,
    ) -> None:
        self.rules, self.reminders = rules, tuple(reminders)
        self.true, self.boot_began = 0.0, 0.0
        self.start, self.shift, self.boot, self.trusted = start, 0.0, 0, True
        self.zone: tzinfo = LONDON
        self.life = 0
        chance = chance or random.Random(0)
        of_the_card = random.Random(chance.random())  # so that how long a record is changes nobody's night
        self.disk = Card(self._answered, self.now, of_the_card, lambda: self.zone)
        self.delay = SYNC_SECONDS
        self.low = self.powered = False
        self.button_well = self.speaker_works = self.sensor_works = True
        self.effects_fail = self.speaker_hangs = False
        self.asleep_until = self.stalled_until = 0.0
        self.light = LightLevel.OFF
        self.saying, self.token = 0.0, 0
        self.on_effect: Callable[[str], None] = lambda effect: None
        self.on_crash: Callable[[], None] = lambda: None
        # --- the truth ---
        self.boots: dict[str, float] = {}
        self.clocks: list[Clock] = []
        self.looks: list[float] = []
        self.deaf: list[tuple[float, float]] = []
        self.deaf_since: float | None = 0.0
        self.stalls: list[tuple[float, float]] = []
        self.heard: dict[str, Heard] = {}
        self.asks: dict[tuple[float, str], None] = {}
        self.outages: list[float] = []
        self.forgotten: set[str] = set()  # rows that a restart could not know of, as they were kept last
        self.given: dict[str, Save] = {}  # to the writer, in order
        self.given_at: dict[str, float] = {}
        self.acknowledged: dict[str, None] = {}
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._moment: tuple[float, Moment] | None = None
        self._plan_number = 0
        self._writer_due = float("inf")
        self.switch_on()

    # --- time ---

    def now(self) -> Moment:
        """The moment as the device believes it."""
        if self._moment is None or self._moment[0] != self.true:
            wall = (self.start + timedelta(seconds=self.true + self.shift)).astimezone(self.zone)
            moment = Moment(f"boot{self.boot}", self.true - self.boot_began, wall, self.trusted)
            self._moment = self.true, moment
        return self._moment[1]

    def at(self, true: float, do: Callable[[], None]) -> None:
        """Have something happen at a true time."""
        heapq.heappush(self._heap, (true, next(self._count), do))

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Have the device do something after a while, if it is the same life still; while it is suspended it waits."""
        life = self.life

        def done() -> None:
            if life != self.life or not self.powered:
                return
            if self.true < self.asleep_until:
                self.at(self.asleep_until, done)
            else:
                do()

        self.at(self.true + seconds, done)

    def run(self, until: float) -> None:
        """Let time pass."""
        while True:
            happens = self._heap[0][0] if self._heap else until
            wakes = max(self._wakes(), self.stalled_until, self.true)
            at = min(happens, wakes, until)
            self.true = max(self.true, at)
            if at >= until:
                return
            if happens <= wakes:
                heapq.heappop(self._heap)[2]()
            if self.powered and self.true >= self.stalled_until:
                self._drain()

    def _wakes(self) -> float:
        """When the loop wakes; a level that has nothing to tell is not read every ten seconds."""
        if not self.powered:
            return float("inf")
        if not self.daemon.inbox.empty():
            return self.true
        contact = self.daemon.contacts[WIRE]
        busy = contact.down is not self.low or contact.burst is not None
        read = contact.next_read() if busy else contact.read + 3600
        return self.boot_began + min(self.daemon.night.quiet_until, read) + 1e-6

    def _drain(self) -> None:
        if self.daemon.inbox.empty():
            self.daemon.turn(None)
        while not self.daemon.inbox.empty():
            self.daemon.turn(self.daemon.inbox.get())
        night = self.daemon.night
        lit = self.light not in (LightLevel.OFF, LightLevel.GLOW, LightLevel.PULSING)
        assert lit == (night.phase in (Phase.CRAMPING, Phase.STRETCHING)), f"lit {self.light} while {night.phase}"

    # --- the daemon's ports ---

    def read(self) -> None:
        """The button's level."""
        if self.button_well:
            self.daemon.post(LineRead(self.now(), self.low))

    def show(self, level: LightLevel) -> None:
        """The light."""
        self.light = level
        self._may_fail()

    def say(self, cue: Cue, *, quiet: bool = False, due: float | None = None) -> None:
        """The speaker: three seconds a cue."""
        assert not (cue in EVENING and (quiet or self.rules.silent_evenings)), f"{cue} was said"
        self._may_fail()
        if self.speaker_hangs:
            return
        self.saying = max(self.saying, self.true) + CUE_SECONDS
        token, works = self.token, self.speaker_works
        wait = self.saying - self.true
        self.later(wait, lambda: token == self.token and self.daemon.post(CueGiven(self.now(), cue, works)))  # type: ignore[func-returns-value]

    def open(self) -> None:
        """The door: nobody comes."""
        self._may_fail()

    def hush(self) -> None:
        """Silence."""
        self.token += 1
        self.saying = self.true
        self._may_fail()

    def _may_fail(self) -> None:
        if self.effects_fail:
            raise RuntimeError("simulated")

    def save(self, save: Save) -> None:
        """The writer's queue."""
        for row in save.rows:
            if isinstance(row, Press) and row.id not in self.heard:
                self.heard[row.id] = Heard(self.boot_began + row.moment.since_boot, self.life)
            elif isinstance(row, Evening) and row.asked == save.moment.since_boot and not row.over:  # by voice or light
                self.asks[self.boot_began + row.asked, row.id] = None
                self.on_effect("asked")
            elif isinstance(row, Cramp) and row.state is CrampState.END_UNKNOWN:
                self.on_effect("end unknown")
        assert save.record not in self.given, f"{save.record} is the name of two records"
        self.given[save.record], self.given_at[save.record] = save, self.true
        self.disk.queue.append(save)
        self._writer_turns(self.delay if is_human(save) else LAZY_SECONDS)

    def sample(self, reading: TemperatureRead) -> None:
        """A temperature, which waits for the next press."""
        self.disk.queue.append(reading)

    # --- the writer's thread, and the timetable's ---

    def _writer_turns(self, seconds: float) -> None:
        if self.true + seconds >= self._writer_due:
            return
        self._writer_due = due = self.true + seconds

        def turn() -> None:
            if due != self._writer_due:
                return  # it was woken before
            self._writer_due = float("inf")
            try:
                self.disk.turn()
            except PowerLostError:
                self.on_crash()
            else:
                if not self.disk.diary_well or self.disk.trouble:
                    self._writer_turns(RETRY_SECONDS)

        self.later(seconds, turn)

    def _answered(self, item: object) -> None:
        if isinstance(item, Saved):
            late = self.true - self.given_at[item.record] > AT_ONCE
            if any(isinstance(row, Press) for row in self.given[item.record].rows):
                self.on_effect("saved late" if late else "saved")
            self.acknowledged[item.record] = None
        elif isinstance(item, SaveFailed):
            self.on_effect("save failed")
        elif isinstance(item, PartReported) and not item.well:
            self.on_effect("set aside" if "set aside" in item.says else "diary waits")
        self.daemon.post(item)

    def tell(self, rows: tuple[Row, ...]) -> None:
        """Someone tells the page something, which goes to the writer without a look at the night."""
        if self.powered and self.true >= self.asleep_until:
            now = self.now()
            self.save(Save(f"{now.key}/told/{len(self.given)}", now, rows))

    def look(self) -> bool:
        """The clock's own look, for `KnownTime`."""
        return self.trusted

    def _stepped(self) -> float:
        before, self._looked_shift = self._looked_shift, self.shift
        return self.shift - before

    def _timetable_looks(self) -> None:
        self._note_look()
        planned_by = self._looked_shift, self.timetable.zone
        self.timetable.look()
        if planned_by != (self._looked_shift, self.timetable.zone):
            self._plan(None)

    def _looks_on(self) -> None:
        self._timetable_looks()
        self.later(LOOK_EVERY, self._looks_on)

    def _plan(self, fired: datetime | None) -> None:
        """What the scheduler does: sleep until the trigger's next time, by the clock as it is now."""
        self._plan_number += 1
        number = self._plan_number
        trigger = OncePerDate(self.timetable.reminders, self.timetable.zone)
        fires = trigger.get_next_fire_time(fired, self.now().wall)
        assert fires is not None

        def fire() -> None:
            if number != self._plan_number:
                return
            wait = (fires - self.now().wall).total_seconds()
            if wait > 0:
                self.later(wait, fire)  # the clock was set back since
                return
            self._note_look()
            self.timetable.remind()
            self._plan(fires)

        self.later(max(0.0, (fires - self.now().wall).total_seconds()), fire)

    def _note_look(self) -> None:
        if self.clocks[-1].right:
            self.looks.append(self.true)

    def _clock_changed(self) -> None:
        self._moment = None
        self.clocks.append(Clock(self.true, self.shift, self.trusted, self.zone))

    # --- what happens to it ---

    def line(self, low: bool, *, lost: bool = False) -> None:
        """The contact closes or opens; the edge may be lost."""
        self.low = low
        if self.powered and self.button_well and not lost and self.true >= self.asleep_until:
            self.daemon.post(LineChanged(self.now(), low))

    def button(self, well: bool) -> None:
        """The button's pin is lost, or back."""
        if self.powered and self.true < self.asleep_until:
            self.at(self.asleep_until, lambda: self.button(well))
            return
        self.button_well = well
        if self.powered:
            self.is_deaf(not well)
            self.daemon.post(PartReported(self.now(), "button", well, "…"))

    def warm(self) -> None:
        """The thermometer is read."""
        if self.powered and self.sensor_works and self.true >= self.asleep_until:
            self.daemon.post(TemperatureRead(self.now(), 18.5))

    def page(self, kind: type[StretchWanted | StretchReported]) -> None:
        """Someone asks for the stretch on the page, or says there that it is done."""
        if self.powered and self.true >= self.asleep_until:
            self.daemon.post(kind(self.now(), *self.timetable.stretch_evening()))

    def flood(self, number: int) -> None:
        """The page is flooded, and what it and the speaker tell comes late."""
        now = self.now()
        late = now.at(max(0.0, now.since_boot - 2))
        for _ in range(number):
            self.daemon.post(SoundWanted(late, quiet=True))
            self.daemon.post(RulesChanged(self.rules))
            self.daemon.post(TemperatureRead(late, 18.5))
            self.daemon.post(CueGiven(late, Cue.HOLD, heard=True))
            self.daemon.post(DeadlinePassed(late))

    def stall(self, seconds: float) -> None:
        """The loop gets no time for a while; edges go on coming in."""
        self.stalled_until = max(self.stalled_until, self.true + seconds)
        self.stalls.append((self.true, self.stalled_until))

    def suspend(self, seconds: float) -> None:
        """All stands still for a while, but for the clock since the boot: no edge comes in."""
        self.asleep_until = self.true + seconds
        self.is_deaf(True)
        self.stall(seconds)
        self.later(0.0, lambda: self.is_deaf(not self.button_well))
        self.later(LOOK_SECONDS, self._timetable_looks)

    def set_clock(self, shift: float, *, trusted: bool = True) -> None:
        """The clock is set, to so many seconds off the truth."""
        self.shift, self.trusted = shift, trusted
        self._clock_changed()
        self.later(LOOK_SECONDS, self._timetable_looks)

    def travel(self, zone: tzinfo) -> None:
        """The time zone is another one."""
        self.zone = zone
        self._clock_changed()
        self.later(LOOK_SECONDS, self._timetable_looks)

    def switch_off(self, *, power: bool = True) -> None:
        """Power, or the process, is gone; what only memory held is lost."""
        self.powered = False
        self.hush_at_once()
        self.outages.append(self.true)
        waiting = [row for save in self.disk.queue if isinstance(save, Save) for row in save.rows]
        if any(isinstance(row, Press) for row in waiting):
            self.on_effect("never saved")
        self.forgotten |= {row.id for save in self.unsure() for row in save.rows if isinstance(row, Evening)}
        self.is_deaf(True)
        self.disk.end(power=power)

    def hush_at_once(self) -> None:
        """Light and voice are gone with the process."""
        self.token += 1
        self.saying = self.true
        self.light = LightLevel.OFF

    def unsure(self) -> list[Save]:
        """The records that were given and not acknowledged: they may be kept or not."""
        return [save for record, save in self.given.items() if record not in self.acknowledged]

    def switch_on(self, *, same_boot: bool = False) -> None:
        """The daemon starts: in a new boot, or in this one."""
        if not same_boot:
            self.boot += 1
            self.boot_began = self.true
            self.boots[f"boot{self.boot}"] = self.true
        self.life += 1
        self._writer_due = float("inf")
        self._clock_changed()
        self.effects_fail = self.speaker_hangs = False
        kept = self.disk.begin()
        night, effects = resume(kept, self.now(), self.rules)
        self.daemon = Daemon(night, self.rules, self.now, {WIRE: self}, self, self, self, self)
        self.powered = True
        self.stalled_until = self.asleep_until = self.true
        self.daemon.perform(effects)
        if night.phase is Phase.CRAMPING:
            self.on_effect("goes on")
        self.disk.lead(night.cramp.id if night.cramp else None)
        self._writer_turns(0.0)
        self.is_deaf(not self.button_well)
        self.daemon.post(PartReported(self.now(), "button", self.button_well, "…"))
        self.daemon.post(PartReported(self.now(), "light", True, "…"))
        self._open_timetable()

    def _open_timetable(self) -> None:
        self._looked_shift = self.shift
        known = KnownTime(self, self.daemon.post, self.save)  # type: ignore[arg-type]
        self.timetable = Timetable(
            self.reminders,
            lambda: self.zone,
            now=self.now,
            stepped=self._stepped,
            post=self.daemon.post,
            duties=(known.look,),
            awake=lambda: self.true,
        )
        known.look()
        self._note_look()
        self.timetable.remind()
        self._plan(None)
        self.later(LOOK_SECONDS, self._looks_on)

    def is_deaf(self, deaf: bool) -> None:
        """From now on a press would not be heard, or would."""
        if deaf and self.deaf_since is None:
            self.deaf_since = self.true
        if not deaf and self.deaf_since is not None:
            self.deaf.append((self.deaf_since, self.true))
            self.deaf_since = None

    # --- looking at it ---

    @property
    def night(self) -> Night:
        """The daemon's night."""
        return self.daemon.night

    def true_time(self, moment: Moment) -> float:
        """The true time of a moment, by its boot's beginning."""
        return self.boots[moment.boot] + moment.since_boot

    def clock_at(self, true: float) -> Clock:
        """How the clock was at a true time."""
        return self.clocks[bisect_right(self.clocks, true, key=lambda clock: clock.since) - 1]

    def truly(self, true: float) -> datetime:
        """The true time, in UTC."""
        return self.start + timedelta(seconds=true)
