"""The simulated world: time, a button's line, a disk, a speaker, a clock that can be wrong, and the daemon in it."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bedside.daemon import Daemon
from bedside.night.cues import EVENING, Cue
from bedside.night.effects import (
    Cramp,
    CrampState,
    Evening,
    LightLevel,
    Phase,
    Press,
    Row,
    Save,
    StretchState,
    Watch,
)
from bedside.night.events import (
    CueGiven,
    EveningPassed,
    LineChanged,
    LineRead,
    Moment,
    PartReported,
    ReminderDue,
    Saved,
    SaveFailed,
    StretchReported,
    StretchWanted,
    TemperatureRead,
)
from bedside.night.resume import Kept, resume, what_was_kept
from bedside.night.state import Night, Rules
from bedside.timetable import evening_of, evening_passed, evenings_due
from tests.night.waiting import deadline

ZONE = ZoneInfo("Europe/London")
RULES = Rules()
REMINDERS = (time(21, 0),) * 7
CUE_SECONDS = 3.0


@dataclass
class Disk:
    """What is safe. `fails` and `delay` are the faults; `waiting` is what only memory holds."""

    rows: dict[tuple[type, str], Row] = field(default_factory=dict)
    written: list[Save] = field(default_factory=list)
    waiting: list[Save] = field(default_factory=list)
    fails: bool = False
    delay: float = 0.004

    def write(self, save: Save) -> None:
        """Put the rows on the disk, as the journal and the diary do."""
        for row in save.rows:
            key = (type(row), row.id)
            before = self.rows.pop(key, None)
            done = isinstance(before, Evening) and before.state is StretchState.COMPLETED
            assert not done or row.state is StretchState.COMPLETED, (before, row)  # type: ignore[union-attr]
            self.rows[key] = row
        self.written.append(save)

    def of(self, kind: type) -> list[Row]:
        """The rows of one kind, the one written last at the end."""
        return [row for (key, _), row in self.rows.items() if key is kind]

    def kept(self) -> Kept:
        """What a restart goes on from."""
        return what_was_kept(self.written)


class World:
    """One device through many nights. It implements the daemon's ports itself."""

    def __init__(self, start: datetime, rules: Rules = RULES) -> None:
        self.rules = rules
        self.true, self.boot_began = 0.0, 0.0
        self.start, self.shift, self.boot, self.trusted = start, 0.0, 1, True
        self.disk = Disk()
        self.low = self.powered = False
        self.button_well = self.speaker_works = self.sensor_works = True
        self.stalled_until = 0.0
        self.light = LightLevel.OFF
        self.saying: float = 0.0
        self.token = 0
        self.asks: dict[tuple[float, str], None] = {}
        self.deaf: list[tuple[float, float]] = []
        self.deaf_since: float | None = 0.0
        self.accepted: dict[str, float] = {}
        self.acknowledged: set[str] = set()
        self.forgotten: set[str] = set()
        self.stalls: list[tuple[float, float]] = []
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self.switch_on()

    # --- time ---

    def now(self) -> Moment:
        """The moment as the device believes it."""
        wall = self.start + timedelta(seconds=self.true + self.shift)
        return Moment(f"boot{self.boot}", self.true - self.boot_began, wall.astimezone(ZONE), self.trusted)

    def at(self, true: float, do: Callable[[], None]) -> None:
        """Have something happen at a true time."""
        heapq.heappush(self._heap, (true, next(self._count), do))

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
        if not self.powered:
            return float("inf")
        if not self.daemon.inbox.empty():
            return self.true
        contact = self.daemon.contact
        busy = contact.down or contact.burst is not None or self.low
        times = [deadline(self.daemon.night, self.rules), contact.next_read() if busy else contact.read + 3600]
        return self.boot_began + min(at for at in times if at is not None) + 1e-6

    def _drain(self) -> None:
        if self.daemon.inbox.empty():
            self.daemon.turn(None)
        while not self.daemon.inbox.empty():
            self.daemon.turn(self.daemon.inbox.get())

    # --- the daemon's ports ---

    def read(self) -> None:
        """The button's level."""
        if self.button_well:
            self.daemon.post(LineRead(self.now(), self.low))

    def show(self, level: LightLevel) -> None:
        """The light."""
        self.light = level

    def say(self, cue: Cue, *, quiet: bool = False, due: float | None = None) -> None:
        """The speaker: three seconds a cue."""
        assert not (cue in EVENING and (quiet or self.rules.silent_evenings)), cue
        self.saying = max(self.saying, self.true) + CUE_SECONDS
        token, works = self.token, self.speaker_works
        self.at(self.saying, lambda: token == self.token and self.daemon.post(CueGiven(self.now(), cue, works)))

    def open(self) -> None:
        """The door: nobody comes."""

    def hush(self) -> None:
        """Silence."""
        self.token += 1
        self.saying = self.true

    def save(self, save: Save) -> None:
        """The writer: answers after a while, and tries again what failed."""
        for row in save.rows:
            if isinstance(row, Press):
                self.accepted.setdefault(row.id, self.boot_began + row.moment.since_boot)
            elif isinstance(row, Evening) and row.asked == save.moment.since_boot:  # by voice or by light
                self.asks[self.boot_began + row.asked, row.date.isoformat()] = None
        boot = self.boot
        self.disk.waiting.append(save)
        self.at(self.true + self.disk.delay, lambda: self._write(save, boot, told=False))

    def sample(self, reading: TemperatureRead) -> None:
        """Temperatures are not kept here."""

    def _write(self, save: Save, boot: int, *, told: bool) -> None:
        if not self.powered or save not in self.disk.waiting:
            return
        if self.disk.fails:
            if not told:
                self.daemon.post(SaveFailed(self.now(), save.record))
            self.at(self.true + 5, lambda: self._write(save, boot, told=True))
            return
        done = self.disk.waiting.index(save) + 1  # in the order queued, as the writer does
        for earlier in self.disk.waiting[:done]:
            self.disk.write(earlier)
            self.acknowledged |= {row.id for row in earlier.rows if isinstance(row, Press)}
            self.daemon.post(Saved(self.now(), earlier.record))
        del self.disk.waiting[:done]

    # --- what happens to it ---

    def line(self, low: bool, *, lost: bool = False) -> None:
        """The contact closes or opens; the edge may be lost."""
        self.low = low
        if self.powered and self.button_well and not lost:
            self.daemon.post(LineChanged(self.now(), low))

    def button(self, well: bool) -> None:
        """The button's pin is lost, or back."""
        self.button_well = well
        if self.powered:
            self._deaf(not well)
            self.daemon.post(PartReported(self.now(), "button", well, "…"))

    def warm(self) -> None:
        """The thermometer is read."""
        if self.powered and self.sensor_works:
            self.daemon.post(TemperatureRead(self.now(), 18.5))

    def remind(self) -> None:
        """The timetable looks whether it is evening, or whether one was missed."""
        if not self.powered:
            return
        now = self.now()
        missed = evening_passed(now.wall, REMINDERS, ZONE) if now.trusted else None
        if missed:
            self.daemon.post(EveningPassed(now, missed))
        for day, left in evenings_due(now.wall, REMINDERS, ZONE):
            self.daemon.post(ReminderDue(now, day, left))

    def page(self, kind: type[StretchWanted | StretchReported]) -> None:
        """Someone asks for the stretch on the page, or says there that it is done."""
        if self.powered:
            now = self.now()
            self.daemon.post(kind(now, evening_of(now.wall, REMINDERS, ZONE)))

    def stall(self, seconds: float) -> None:
        """The loop gets no time for a while; edges go on coming in."""
        self.stalled_until = self.true + seconds
        self.stalls.append((self.true, self.stalled_until))

    def set_clock(self, seconds: float) -> None:
        """Someone sets the clock."""
        self.shift += seconds
        self.remind()

    def switch_off(self) -> None:
        """Power, or the process, is gone; what only memory held is lost."""
        self.powered = False
        self.hush()
        self.light = LightLevel.OFF
        waiting = [row for save in self.disk.waiting for row in save.rows]
        self.forgotten |= {row.date.isoformat() for row in waiting if isinstance(row, Evening)}
        self.disk.waiting.clear()
        self._deaf(True)

    def switch_on(self, *, same_boot: bool = False) -> None:
        """The daemon starts: in a new boot, or in this one."""
        if not same_boot:
            self.boot += 1
            self.boot_began = self.true
        night, effects = resume(self.disk.kept(), self.now(), self.rules)
        self.daemon = Daemon(night, self.rules, self.now, self, self, self, self, self)
        self.powered = True
        self.stalled_until = self.true
        self.daemon.perform(effects)
        self._deaf(not self.button_well)
        self.daemon.post(PartReported(self.now(), "button", self.button_well, "…"))
        self.daemon.post(PartReported(self.now(), "light", True, "…"))
        self.remind()

    def _deaf(self, deaf: bool) -> None:
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

    def true_time(self, moment: Moment, boots: dict[str, float]) -> float:
        """The true time of a moment, by its boot's beginning."""
        return boots[moment.boot] + moment.since_boot

    def check(self) -> None:
        """What must hold at every instant."""
        night = self.night
        lit = self.light not in (LightLevel.OFF, LightLevel.GLOW, LightLevel.PULSING)
        assert not self.powered or lit == (night.phase in (Phase.CRAMPING, Phase.STRETCHING)), (night.phase, self.light)
        open_cramps = [row for row in self.disk.of(Cramp) if isinstance(row, Cramp) and row.state is CrampState.OPEN]
        assert len(open_cramps) <= 1, open_cramps
        for row in self.disk.of(Cramp):
            assert isinstance(row, Cramp)
            assert row.state is CrampState.ENDED or row.seconds is None
        assert all(row.asks <= self.rules.asks for row in self.disk.of(Evening) if isinstance(row, Evening))
        assert all(
            isinstance(row, Watch) and row.seen.since_boot >= row.began.since_boot for row in self.disk.of(Watch)
        )
