"""The wiring of what no press waits for: thermometer, timetable, page and control socket, beside the running loop.

A room that cannot be opened is told and left out; the rest opens all the same.
"""

import gc
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from bedside.catalogue import _
from bedside.control import Answer, Control, control_path, told
from bedside.daemon import Daemon
from bedside.devices.buzzer import Buzzer
from bedside.devices.clock import Clock, local_zone
from bedside.devices.light import Light
from bedside.devices.speaker import Speaker
from bedside.devices.thermometer import Sampler, Thermometer
from bedside.devices.voice import Voice
from bedside.diary.wiping import Deleted
from bedside.diary.writer import Writer
from bedside.entrance import Entrance
from bedside.night.effects import Row
from bedside.night.events import SoundWanted, StretchReported, StretchWanted
from bedside.night.habits import Habits
from bedside.pages.house import House
from bedside.pages.server import EVERYWHERE, PageServer
from bedside.pages.uploads import limits
from bedside.settings import Settings
from bedside.surroundings import Surroundings
from bedside.timetable import Timetable

if TYPE_CHECKING:
    from bedside.diary.importing import Imported

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"


class Ground(Protocol):
    """What the rooms stand on: the parts that a press needs, built before."""

    settings: Settings
    around: Surroundings
    clock: Clock
    post: Callable[[object], None]
    light: Light
    speaker: Speaker
    voice: Voice
    writer: Writer
    buzzer: Buzzer
    daemon: Daemon
    habits: Habits
    entrance: Entrance

    def choose(self, habits: Habits) -> bool:
        """Let these habits hold; True once they are on the disk."""

    def delete_everything(self) -> Deleted:
        """Delete all that is kept, and begin anew."""

    def go_by(self, habits: Habits) -> None:
        """Let these habits hold, which are kept already."""

    def tell_diary(self, rows: tuple[Row, ...]) -> bool:
        """Keep what a person told; True once it is on the disk."""

    def arm(self) -> None:
        """Arm the button if it is not."""

    def look_at_clock(self) -> None:
        """Tell whether the time is known."""

    def tell(self, part: str, well: bool, says: str, remedy: str = "") -> None:
        """Have a part's state shown."""

    def remind(self) -> None:
        """Ask for the evening stretch now."""


class Rooms:
    """The rooms of one household."""

    def __init__(self, household: Ground) -> None:
        self._household = household
        self._settings, self._folders = household.settings, household.around.folders
        self.timetable: Timetable | None = None
        self._zone_known = True
        self._page_at: str | None = None  # what was told; None while no page is served
        self._preparing = threading.Lock()
        self._closing: list[Callable[[], None]] = []
        self._changing, self._over = threading.Lock(), False

    def open(self) -> None:
        """Open one room after the other; returns when all are open and every clip is rendered."""
        household, settings = self._household, self._settings
        household.look_at_clock()
        thermometer = Thermometer(household.around.sys, settings.sensor or None, settings.sensor_offset)
        sampler = Sampler(thermometer, household.post, household.clock.now)
        self._opened(sampler.start, sampler.close)
        self._open_timetable(sampler)
        self._open_control()
        self._open_page()
        self._prepare_voice()
        gc.freeze()  # what was loaded stays: a collection that went through it all would hold up a press

    def habits_changed(self, habits: Habits, otherwise_spoken: bool) -> None:
        """Plan by these habits, and if it is spoken otherwise, have the clips made anew beside everything else."""
        if self.timetable:
            self.timetable.change(habits.reminders)
        if otherwise_spoken:
            self.prepare_voice_beside()

    def alive(self) -> bool:
        """Whether the evening's thread and the clock's watch run."""
        return self.timetable is not None and self.timetable.alive()

    def close(self) -> None:
        """Close what was opened; what would be opened yet stays closed."""
        with self._changing:
            self._over = True
        for close in reversed(self._closing):
            close()

    def _opened(self, start: Callable[[], None], close: Callable[[], None]) -> None:
        with self._changing:
            if not self._over:
                start()
                self._closing.append(close)

    def _open_timetable(self, sampler: Sampler) -> None:
        household = self._household
        self.timetable = timetable = Timetable(
            household.habits.reminders,
            self._zone,
            now=household.clock.now,
            stepped=household.clock.stepped,
            post=household.post,
            duties=(
                household.look_at_clock,
                household.arm,
                household.light.arm,
                household.buzzer.arm,
                household.speaker.look,
                self._look_at_voice,
                sampler.check,
                self._look_at_page,
                household.around.duty,
            ),
        )
        self._opened(self.timetable.start, self.timetable.close)
        household.writer.roll_up_in(lambda: timetable.zone)

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
            "pair": lambda: [asdict(household.entrance.invitation())],
        }
        control = Control(control_path(self._folders), answers)
        try:
            self._opened(control.start, control.close)
        except OSError as error:
            log.error("`bedside check` cannot ask this daemon: %s", error)

    def _open_page(self) -> None:
        household, port = self._household, self._settings.port
        host = EVERYWHERE if household.entrance.open_to_network else LOOPBACK
        taken = limits(household.entrance, open_to_all=household.around.press is not None)
        pages = PageServer(host, port, self._make_app, household.post, household.clock.now, limits=taken)
        try:
            self._opened(pages.start, pages.close)
        except OSError as error:
            says = error.strerror or str(error)
            household.tell("page", False, says, _("Set `port` to a free one, or stop what uses it, and start again."))
        else:
            self._page_at = ""
            self._look_at_page()

    def _look_at_page(self) -> None:
        """Tell where the page is found: at the start there is often no address yet, and a router may give another."""
        address = self._household.entrance.url()
        if self._page_at not in (None, address):
            self._page_at = address
            self._household.tell("page", True, _("The page is at %(address)s.", address=address))

    def _prepare_voice(self) -> None:
        household = self._household
        try:
            with self._preparing:
                household.voice.prepare()
        except OSError as error:
            household.tell(
                "voice",
                False,
                _("The clips cannot be kept (%(error)s).", error=error),
                _("Free some space on the card."),
            )
        except Exception:  # whatever it is: what is ready is still said
            log.exception("the clips could not be made")
            remedy = _("Type journalctl -u bedside to see why; what was made before is still said.")
            household.tell("voice", False, _("Not all that is spoken could be made."), remedy)
        else:
            voice = household.voice
            household.tell("voice", voice.well, voice.says, voice.remedy)

    def prepare_voice_beside(self) -> None:
        """Have the clips made that are missing, beside everything else."""
        threading.Thread(target=self._prepare_voice, name="voice", daemon=True).start()

    def _look_at_voice(self) -> None:
        """An engine that failed is tried again once an hour."""
        if self._household.voice.wants_preparing(self._household.clock.now().since_boot):
            self.prepare_voice_beside()

    def _make_app(self) -> Any:
        from bedside.pages import create_app  # Flask, which nobody waits for until a page is asked for

        app = create_app(self._house())
        gc.freeze()  # Flask and all it brought, too
        return app

    def _bring_in(self, imported: "Imported") -> bool:
        """Keep a diary that was brought in; its habits hold at once."""
        kept = self._household.tell_diary(imported.rows)
        if imported.habits:
            self._household.go_by(imported.habits)
        return kept

    def _house(self) -> House:
        household, timetable = self._household, self.timetable
        assert timetable is not None, "the page opens after it"
        now, post = household.clock.now, household.post
        return House(
            diary=self._folders.data / "diary.db",
            find_zone=lambda: timetable.zone,
            habits=lambda: household.habits,
            now=now,
            night=lambda: household.daemon.night,
            parts=lambda: household.daemon.parts,
            next_reminder=timetable.next_reminder,
            choose=household.choose,
            tell=household.tell_diary,
            delete=household.delete_everything,
            bring_in=self._bring_in,
            evening=timetable.stretch_evening,
            stretch=lambda: post(StretchWanted(now(), *timetable.stretch_evening())),
            stretched=lambda: post(StretchReported(now(), *timetable.stretch_evening())),
            try_sound=lambda quiet: post(SoundWanted(now(), quiet)),
            entrance=household.entrance,
            press=household.around.press,
            remind=household.remind if household.around.press else None,
            heard=household.around.heard,
            emergency_number=self._settings.emergency_number,
            out_of_hours=self._settings.out_of_hours,
        )
