"""The wiring of what no press waits for: thermometer, timetable, page and control socket, beside the running loop.

A room that cannot be opened is told and left out; the rest opens all the same.
"""

import gc
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, tzinfo

from bedside.card import Card
from bedside.catalogue import _
from bedside.control import Answer, Control, control_path, told
from bedside.devices.clock import local_zone
from bedside.devices.power import PowerSupply
from bedside.devices.sampler import Sampler
from bedside.devices.thermometer import Thermometer
from bedside.diary.errors import DamagedDiaryError
from bedside.diary.nightly import Nightly
from bedside.duties import Duties
from bedside.examiner import Examined, Examiner
from bedside.ground import Ground
from bedside.night.habits import Habits
from bedside.page_room import PageRoom
from bedside.timetable import Timetable
from bedside.voice_room import VoiceRoom
from bedside.watching import seen

log = logging.getLogger(__name__)


class Rooms:
    """The rooms of one household."""

    def __init__(self, household: Ground) -> None:
        self._household = household
        self._settings, self._folders = household.settings, household.around.folders
        self.voice = VoiceRoom(household.voice, household.tell, household.clock.now)
        self.timetable: Timetable | None = None
        self._page: PageRoom | None = None
        self._zone_known = True
        self._closing: list[Callable[[], None]] = []
        self._changing, self._over = threading.Lock(), False

    def open(self) -> None:
        """Open one room after the other; returns when all are open and every clip is rendered."""
        household, settings = self._household, self._settings
        thermometer = Thermometer(household.around.sys, settings.sensor or None, settings.sensor_offset)
        sampler = Sampler(thermometer, household.post, household.clock.now)
        for name, room in (
            ("clock", household.known_time.look),
            ("thermometer", lambda: self._opened(sampler.start, sampler.close)),
            ("duties", lambda: self._open_timetable(sampler)),
            ("program", self._open_control),
            ("page", self._open_page),
            ("voice", self.voice.prepare),
        ):
            self._open(name, room)
        gc.freeze()  # what was loaded stays: a collection that went through it all would hold up a press

    def habits_changed(self, habits: Habits, otherwise_spoken: bool) -> None:
        """Plan by these habits, and if it is spoken otherwise, have the clips made anew beside everything else."""
        if self.timetable:
            self.timetable.change(habits.reminders)
        if otherwise_spoken:
            self.voice.prepare_beside()

    def alive(self) -> bool:
        """Whether the evening's thread and the clock's watch run; True where they could not begin, which is told."""
        return self.timetable is None or self.timetable.alive()

    def at_work(self) -> int | None:
        """The number of the duty that the clock's watch is at; None while it waits."""
        return self.timetable.at_work() if self.timetable else None

    def close(self) -> None:
        """Close what was opened; what would be opened yet stays closed."""
        with self._changing:
            self._over = True
        for close in reversed(self._closing):
            close()

    def _open(self, name: str, room: Callable[[], object]) -> None:
        try:
            room()
        except Exception as error:  # whatever it throws: the button is heard on, and the other rooms are opened
            log.exception("a room could not be opened: %s", name)
            remedy = _("Switch the device off and on. If it stays so, install bedside anew.")
            self._household.tell(name, False, _("It could not be started (%(error)s).", error=error), remedy)

    def _opened(self, start: Callable[[], None], close: Callable[[], None]) -> None:
        with self._changing:
            if not self._over:
                start()
                self._closing.append(close)

    def _open_timetable(self, sampler: Sampler) -> None:
        household = self._household
        timetable = Timetable(
            household.habits.reminders,
            self._zone,
            now=household.clock.now,
            stepped=household.clock.stepped,
            post=household.post,
            duties=Duties(self._duties(sampler), household.tell).each(),
        )
        self._opened(timetable.start, timetable.close)
        household.writer.roll_up_in(lambda: timetable.zone)
        self.timetable = timetable

    def _duties(self, sampler: Sampler) -> tuple[Callable[[], object], ...]:
        """What the clock's watch does about every 20 s. None of it may take long: a slow piece starves the watchdog."""
        household = self._household
        return (
            household.known_time.look,
            household.arm,
            household.speaker.look,
            self.voice.look,
            sampler.check,
            Card(self._folders.data, household.tell, household.writer.keep_readings).look,
            self._open_backups().look,
            self._look_at_page,
            PowerSupply(household.tell, household.around.sys).look,
            self._examiner().look,
            household.around.duty,
        )

    def _open_backups(self) -> Nightly:
        household = self._household
        backups = Nightly(
            self._folders.data,
            household.writer,
            household.tell,
            now=household.clock.now,
            habits=lambda: household.habits,
            zone=lambda: self.timetable.zone if self.timetable else UTC,
        )
        self._opened(lambda: None, backups.close)
        return backups

    def _examiner(self) -> Examiner:
        household = self._household
        examined = Examined(
            now=household.clock.now,
            night=lambda: household.daemon.night,
            armed=lambda: {button.part: button.armed for button in household.buttons},
            diary=self._folders.data / "diary.db",
            damaged=lambda says: household.writer.mend(DamagedDiaryError(says)),
            try_speaker=household.speaker.try_out,
            parts=lambda: household.daemon.parts,
        )
        return Examiner(examined, household.post, lambda: household.habits.reminders, self._known_zone)

    def _known_zone(self) -> tzinfo:
        return self.timetable.zone if self.timetable else self._zone()

    def _zone(self) -> tzinfo:
        """The system's time zone; where it cannot be told, the one before, or UTC."""
        try:
            zone = local_zone()
        except (LookupError, ValueError, OSError) as error:  # tzlocal's and zoneinfo's own
            zone = self.timetable.zone if self.timetable else UTC
            if self._zone_known:
                remedy = _("Set it, for example: sudo timedatectl set-timezone Europe/London")
                self._household.tell(
                    "zone",
                    False,
                    _("The time zone cannot be read (%(error)s); %(zone)s is used.", error=error, zone=zone),
                    remedy,
                )
            self._zone_known = False
            return zone
        if not self._zone_known:
            self._zone_known = True
            self._household.tell("zone", True, _("The time zone is %(zone)s.", zone=zone))
        return zone

    def _open_control(self) -> None:
        household = self._household
        answers: dict[str, Callable[[], Answer]] = {
            "check": lambda: told(household.daemon.parts),
            "watch": lambda: seen(household.daemon, household.clock.now()),
            "pair": lambda: [asdict(household.entrance.invitation())],
        }
        control = Control(control_path(self._folders), answers)
        try:
            self._opened(control.start, control.close)
        except OSError as error:
            log.error("`bedside check` cannot ask this daemon: %s", error)

    def _open_page(self) -> None:
        if self.timetable:  # which knows the evening that a person is asked about
            page = PageRoom(self._household, self.timetable)
            self._opened(page.open, page.close)
            self._page = page  # looked at from here on

    def _look_at_page(self) -> None:
        if self._page:
            self._page.look()
