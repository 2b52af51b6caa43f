"""The sampler: has the room's thermometer read every minute, beside everything else, and tells how it is."""

import threading
from collections.abc import Callable

from bedside.catalogue import _, ngettext
from bedside.devices.thermometer import SensorFailed, Thermometer
from bedside.night.events import Moment, PartReported, TemperatureRead

EVERY = 60.0  # seconds
STALE = 180.0  # seconds without a read that ended
MOST_PATIENT = 86400.0  # seconds between two starts beside a read that hangs
ASLEEP = 120.0  # seconds between two checks after which the whole device must have slept
STUCK = 1440  # reads, a day's, that gave the very same


class Sampler:
    """Reads `thermometer` every `every` seconds on a thread of its own, and posts what it tells.

    Posts TemperatureRead, in hundredths of a degree Celsius, and PartReported("thermometer") when its state changes.
    """

    def __init__(
        self,
        thermometer: Thermometer,
        post: Callable[[object], None],
        now: Callable[[], Moment],
        every: float = EVERY,
    ) -> None:
        self._thermometer, self._post, self._now, self._every = thermometer, post, now, every
        self._told: tuple[bool, str] | None = None
        self._finished = self._checked = self._begun = now().since_boot
        self._patience = STALE
        self._celsius: float | None = None
        self._same = 0
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin to read. A thread that hangs in a read is left behind, and what it may still find is not posted."""
        self._stop.set()
        self._stop, self._begun = threading.Event(), self._now().since_boot
        self._thread = threading.Thread(target=self._run, args=(self._stop,), name="thermometer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End at once, even while a read hangs. Nothing is posted afterwards; calling it again does nothing."""
        with self._lock:
            self._stop.set()

    def stale(self, at: Moment) -> bool:
        """Whether at `at` no read has ended for more than 180 seconds."""
        return at.since_boot - self._finished > STALE

    def check(self) -> None:
        """To be called every minute: post a read that hangs, once, and start anew beside it; and beside that, each time
        more patiently, for what hangs is left behind. A thread that has ended is replaced at once. Raises RuntimeError
        where no thread is left.
        """
        with self._lock:
            moment = self._now()
            if moment.since_boot - self._checked > ASLEEP:
                self._finished = self._begun = moment.since_boot  # after a sleep no read is late yet
            self._checked = moment.since_boot
            if self._stop.is_set() or self._thread is None:
                return
            if self.stale(moment) and moment.since_boot - self._begun > self._patience:
                says = _("The thermometer has not answered for three minutes.")
                self._report(moment, False, says, _("Unplug it, plug it in again, and check its wires."))
                self._patience = min(2 * self._patience, MOST_PATIENT)
                self.start()
            elif not self._thread.is_alive():
                self.start()

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._sample(stop)
            stop.wait(self._every)

    def _sample(self, stop: threading.Event) -> None:
        celsius, failure = 0.0, None
        try:
            celsius = self._thermometer.read()
            failure = self._stuck(celsius)
        except SensorFailed as error:
            failure = error
        with self._lock:
            if stop.is_set():
                return
            moment = self._now()
            self._finished, self._patience = moment.since_boot, STALE
            if failure:
                self._report(moment, False, failure.says, failure.remedy)
            else:
                self._report(moment, True, self._well())
                self._post(TemperatureRead(moment, round(celsius, 2)))

    def _stuck(self, celsius: float) -> SensorFailed | None:
        """What is wrong with the same value again and again. A room keeps one for hours, and no room for a day."""
        self._same = self._same + 1 if celsius == self._celsius else 1
        self._celsius = celsius
        if self._same < STUCK:
            return None
        says = _("The thermometer has told exactly the same for a day: it is stuck.")
        return SensorFailed(says, _("Unplug it, plug it in again; if it stays so, replace it."))

    def _well(self) -> str:
        name = self._thermometer.sensor.name if self._thermometer.sensor else ""
        others = self._thermometer.found - 1
        works = _("The thermometer %(name)s works.", name=name)
        if others < 1:
            return works
        more = ngettext(
            "%(number)s more can be chosen with `sensor`.", "%(number)s more can be chosen with `sensor`.", others
        )
        return f"{works} {more}"

    def _report(self, moment: Moment, well: bool, says: str, remedy: str = "") -> bool:
        if self._told == (well, says):
            return False
        self._told = (well, says)
        self._post(PartReported(moment, "thermometer", well, says, remedy))
        return True
