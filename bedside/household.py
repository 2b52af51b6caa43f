"""The wiring: builds every part from the settings and starts them. The only place that knows them all.

The button, the light, the journal and the loop come first; what is slow to import is built beside the running loop, and
Flask is imported when the first page is asked for.
"""

import fcntl
import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any

from bedside.control import Control
from bedside.daemon import Daemon, StopAsked
from bedside.devices.button import Button, ButtonUnavailable
from bedside.devices.clock import Clock
from bedside.devices.light import Light
from bedside.devices.speaker import Speaker, find_card
from bedside.devices.thermometer import Sampler, Thermometer
from bedside.devices.voice import Voice
from bedside.diary.journal import Journal
from bedside.diary.writer import Writer
from bedside.night.contact import Contact
from bedside.night.cues import Cue
from bedside.night.effects import Boot, Save
from bedside.night.events import Moment, PartReported
from bedside.night.resume import Kept, resume
from bedside.night.state import Line, Rules
from bedside.settings import Folders, Settings
from bedside.systemd import Systemd

if TYPE_CHECKING:
    from bedside.pages.house import House
    from bedside.timetable import Timetable

log = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"


class AlreadyRunningError(OSError):
    """Another bedside holds the diary."""


@dataclass(frozen=True)
class Surroundings:
    """What differs between a Pi, the demo and a test. `factory` None is the Pi's own pins."""

    folders: Folders
    sys: Path = Path("/sys")
    factory: object | None = None
    find_card: Callable[[], str | None] = find_card
    caption: Callable[[Cue], None] | None = None
    heard: Callable[[], tuple[str, ...]] = lambda: ()
    press: Callable[[float], None] | None = None
    duty: Callable[[], object] = lambda: None


def rules_of(settings: Settings) -> Rules:
    """The rules a press is read with. The light counts as found once it reports itself well."""
    return Rules(
        bedtime=settings.bedtime,
        rising=settings.rising,
        stands=settings.stand_at_night,
        standing_stretch=settings.standing,
        glow=settings.glow,
        light_found=False,
    )


def hold(folder: Path) -> IO[str]:
    """Make the folder and hold it for this process alone. Raises AlreadyRunningError, or OSError with a sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        raise OSError(f"The folder {folder} cannot be used ({error.strerror}). Check who owns it.") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise AlreadyRunningError(f"bedside runs already: it holds {folder}. Stop it first, or use it.") from None
    return file


class Household:
    """All parts of one running bedside. Made and run on the main thread; `stop` may be called from any."""

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        """Arm the button, then build what a press needs. Raises AlreadyRunningError or OSError: a folder of no use."""
        self.settings, self.around = settings, around
        self._lock = hold(around.folders.data)
        inbox: SimpleQueue[object] = SimpleQueue()
        self.post = inbox.put
        self.clock = Clock()
        self.button = Button(settings.pin, self.post, self.clock.now, around.factory)
        self._arm()
        self.light = Light(settings.light_pin or None, self.post, self.clock.now, settings.light, around.factory)
        self.light.arm()
        self.writer = Writer(around.folders.data, self.post, self.clock.now)
        self.voice = Voice(around.folders.cache / "clips", _path(settings.own_clips), settings.volume)
        card = settings.card or around.find_card()
        self.speaker = Speaker(
            self.voice.clip, self.post, self.clock.now, card, also=around.caption, find=around.find_card
        )
        self.systemd = Systemd()
        self.timetable: Timetable | None = None
        self._trusted: bool | None = None
        self._closing: list[Callable[[], None]] = []
        rules = rules_of(settings)
        night, effects = resume(_kept(around.folders.data), self.clock.now(), rules)
        self._open_cramp = night.cramp.id if night.cramp else None
        parts = (self.button, self.light, self.speaker, self.writer, self._pulse)
        self.daemon = Daemon(night, rules, self.clock.now, *parts, inbox, Contact(down=night.line is Line.STUCK))
        self.daemon.perform(effects)

    def run(self) -> None:
        """Hear presses until stopped; then write what is left and give everything back."""
        self.writer.start(self._open_cramp)
        threading.Thread(target=self._open_house, name="opening", daemon=True).start()
        self.systemd.ready()
        try:
            self.daemon.run()
        finally:
            self.close()

    def stop(self, *_: object) -> None:
        """Ask the loop to end; serves as a signal's handler too."""
        self.post(StopAsked())

    def stop_on_signals(self) -> None:
        """End well on SIGTERM and SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def close(self) -> None:
        """End every part; what is to be kept is written first."""
        self.systemd.stopping()
        self.writer.close()
        for close in (self.speaker.close, *self._closing, self.light.close, self.button.close, self._lock.close):
            close()

    def _open_house(self) -> None:
        """Build and start what no press waits for."""
        self._look_at_clock()
        settings = self.settings
        thermometer = Thermometer(self.around.sys, settings.sensor or None, settings.sensor_offset)
        sampler = Sampler(thermometer, self.post, self.clock.now)
        self._closing.append(sampler.close)
        sampler.start()
        self._open_timetable(sampler)
        self._open_doors()
        try:
            self.voice.prepare()
        except OSError as error:
            self._tell("voice", False, f"The clips cannot be kept ({error}).", "Free some space on the card.")
        else:
            self._tell("voice", True, self.voice.says)

    def _open_timetable(self, sampler: Sampler) -> None:
        from tzlocal import get_localzone

        from bedside.timetable import Timetable

        self.timetable = Timetable(
            self.settings.reminder,
            get_localzone(),
            now=self.clock.now,
            stepped=self.clock.stepped,
            post=self.post,
            duties=(self._look_at_clock, self._arm, self.light.arm, sampler.check, self.around.duty),
        )
        self._closing.append(self.timetable.close)
        self.timetable.start()

    def _open_doors(self) -> None:
        """The page and the control socket: without them presses are heard all the same."""
        from bedside.pages.server import PageServer

        control = Control(control_path(self.around.folders), lambda: self.daemon.parts)
        pages = PageServer(ADDRESS, self.settings.port, self._make_app, self.post, self.clock.now)
        try:
            control.start()
            self._closing.append(control.close)
            pages.start()
            self._closing.append(pages.close)
        except OSError as error:
            self._tell("page", False, str(error), "Set `port` to a free one, or stop what uses it, and start again.")
        else:
            self._tell("page", True, f"The page is at http://{ADDRESS}:{self.settings.port} on this device.")

    def _arm(self) -> None:
        """Arm the button if it is not; whether it is heard is told once a change."""
        if self.button.armed and self.button.alive():
            return
        try:
            self.button.arm()
        except ButtonUnavailable as error:
            self._tell("button", False, error.says, error.remedy)
        else:
            says = f"The button on GPIO{self.settings.pin} is heard."
            self._tell("button", True, says)

    def _tell(self, part: str, well: bool, says: str, remedy: str = "") -> None:
        self.post(PartReported(self.clock.now(), part, well, says, remedy))

    def _look_at_clock(self) -> None:
        """Tell whether the time is known; the first trusted moment of a boot is kept."""
        trusted = self.clock.look()
        if trusted is self._trusted:
            return
        self._trusted = trusted
        moment = self.clock.now()
        self.writer.save(boot_record(moment))
        if trusted:
            self._tell("clock", True, "The time is known.")
        else:
            says = "The time is not sure since the power came on; what is kept is marked as about."
            self._tell("clock", False, says, "It sets itself once the Internet is reached; nothing else waits for it.")

    def _make_app(self) -> Any:
        from bedside.pages import create_app

        return create_app(self._house())

    def _house(self) -> "House":
        from bedside.pages.house import House

        settings, timetable = self.settings, self.timetable
        assert timetable is not None, "the doors open after it"
        return House(
            diary=self.around.folders.data / "diary.db",
            zone=timetable.zone,
            bedtime=settings.bedtime,
            rising=settings.rising,
            stands=settings.stand_at_night,
            now=self.clock.now,
            night=lambda: self.daemon.night,
            parts=lambda: self.daemon.parts,
            next_reminder=timetable.next_reminder,
            press=self.around.press,
            remind=self.remind if self.around.press else None,
            heard=self.around.heard,
        )

    def remind(self) -> None:
        """Ask for the evening stretch now, as the demo does on request."""
        if self.timetable:
            self.timetable.remind_now()

    def _pulse(self) -> None:
        """Feed the watchdog, if all that keeps a press is alive; the timetable may still be opening."""
        opening = self.timetable is None
        if self.writer.alive() and self.button.alive() and (opening or self.timetable_alive()):
            self.systemd.alive()

    def timetable_alive(self) -> bool:
        """Whether the evening's thread and the clock's watch run."""
        return self.timetable is not None and self.timetable.alive()


def _kept(folder: Path) -> Kept:
    """What the journal has; nothing where the card does not give it, since presses must be heard all the same."""
    try:
        return Journal(folder / "journal").kept()
    except OSError as error:
        log.error("the journal cannot be read: %s", error)
        return Kept()


def _path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def boot_record(moment: Moment) -> Save:
    """What is kept of a boot: when it was first seen, and when its clock was first trusted."""
    boot = Boot(moment.boot, moment, moment if moment.trusted else None)
    return Save(f"{moment.boot}/boot/{moment.since_boot:.6f}", moment, (boot,))


def control_path(folders: Folders) -> Path:
    """Where the control socket lies: in systemd's runtime folder, else beside the diary."""
    return Path(os.environ.get("RUNTIME_DIRECTORY", str(folders.data))) / "control"
