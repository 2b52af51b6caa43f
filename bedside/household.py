"""The wiring of what a press needs: the button first, then light, journal, voice and the loop, from the settings.

What no press waits for, and is slow to import, is built beside the running loop by `rooms.py`.
"""

import logging
import signal
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from bedside.catalogue import _
from bedside.daemon import Daemon, RulesChanged, StopAsked
from bedside.devices.button import Button, ButtonUnavailable
from bedside.devices.clock import Clock
from bedside.devices.light import Light
from bedside.holding import hold
from bedside.night.contact import Contact
from bedside.night.cues import Cue
from bedside.night.effects import Boot, Row, Save
from bedside.night.events import ClockSet, Moment, PartReported
from bedside.night.habits import Chosen, Habits
from bedside.night.resume import Kept, resume
from bedside.night.state import Line, Rules
from bedside.settings import Settings
from bedside.surroundings import Surroundings
from bedside.systemd import Systemd

if TYPE_CHECKING:
    from bedside.diary.wiping import Deleted
    from bedside.diary.writer import Writer
    from bedside.rooms import Rooms

log = logging.getLogger(__name__)


def rules_of(habits: Habits, *, has_phone: bool = False) -> Rules:
    """The rules a press is read with. The light counts as found once it reports itself well."""
    return Rules(
        bedtime=habits.bedtime,
        rising=habits.rising,
        asks=habits.asks,
        stands=habits.stands,
        standing_stretch=habits.standing_stretch,
        silent_evenings=habits.silent_evenings,
        silent_nights=habits.silent_nights,
        warning_by_light=habits.warning_by_light,
        glow=habits.glow,
        light_found=False,
        has_phone=has_phone,
    )


class Household:
    """All parts of one running bedside. Made and run on the main thread; `stop` may be called from any."""

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        """Arm the button, then build what a press needs. Raises AlreadyRunningError or OSError: a folder of no use."""
        self.settings, self.around, self._lock = settings, around, hold(around.folders.data)
        inbox: SimpleQueue[object] = SimpleQueue()
        self.post: Callable[[object], None] = inbox.put
        self.clock = Clock()
        self.button = Button(settings.pin, self.post, self.clock.now, around.factory)
        self.arm()

        from bedside.devices.buzzer import Buzzer  # slow to import, and from here on presses are heard
        from bedside.devices.speaker import Speaker
        from bedside.devices.voice import Voice
        from bedside.diary.keeping import Keeping
        from bedside.diary.writer import Writer
        from bedside.entrance import Entrance

        clips = around.folders.cache / "clips"
        self._keeping = Keeping(self.post)
        self.writer = Writer(around.folders.data, self._keeping.post, self.clock.now, clips=clips)
        kept = _kept(self.writer)
        self.habits = habits = kept.habits or Habits()
        self._choosing, self._telling, self._told = threading.Lock(), threading.Lock(), count()
        self.light = Light(settings.light_pin or None, self.post, self.clock.now, habits.light, around.factory)
        self.light.arm()
        self.buzzer = Buzzer(settings.buzzer_pin or None, self.post, self.clock.now, around.factory)
        self.entrance = Entrance(
            settings,
            kept.phones,
            keep=self._keeping.keep_if,
            note=self.writer.save,
            now=self.clock.now,
            changed=self._tell_rules,
        )
        self.voice = Voice(clips, _path(settings.own_clips), **_spoken(habits))
        self.speaker = Speaker(
            self.voice.clip,
            self.post,
            self.clock.now,
            settings.card or None,  # without one, whatever is plugged in by then
            ready=self.voice.ready,
            made={Cue.PAIRING: lambda quiet: self.voice.said(self.entrance.announcement(), quiet)},
            also=around.caption,
            find=around.find_card,
            fallback=self.buzzer,
        )
        self.systemd = Systemd()
        self.rooms: Rooms | None = None
        self._opening = threading.Thread(target=self._open_rooms, name="opening", daemon=True)
        self._trusted: bool | None = None
        self._begin_night(kept, inbox)

    def _begin_night(self, kept: Kept, inbox: "SimpleQueue[object]") -> None:
        """Go on with the night that was kept."""
        self._over = False
        rules = self._rules()
        night, effects = resume(kept, self.clock.now(), rules)
        self._open_cramp = night.cramp.id if night.cramp else None
        devices = (self.button, self.light, self.speaker, self.writer, self.entrance.door)
        contact = Contact(down=night.line is Line.STUCK)
        self.daemon = Daemon(night, rules, self.clock.now, *devices, self._pulse, inbox, contact)
        self.daemon.perform(effects)

    def run(self) -> None:
        """Hear presses until stopped; then write what is left and give everything back."""
        self.writer.start(self._open_cramp)
        self.systemd.ready()
        self._opening.start()
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
        """End every part, each by itself; what is to be kept is written first."""
        self._over = True
        self.systemd.stopping()
        self.writer.close()
        rooms = self.rooms.close if self.rooms else lambda: None
        devices = (self.speaker.close, rooms, self.buzzer.close, self.light.close, self.button.close)
        for close in (*devices, self._lock.close):
            try:
                close()
            except (OSError, RuntimeError) as error:
                log.error("a part could not be closed: %s", error)

    def remind(self) -> None:
        """Ask for the evening stretch now, as the demo does on request; nothing in the first second."""
        if self.rooms and self.rooms.timetable:
            self.rooms.timetable.remind_now()

    def choose(self, habits: Habits) -> bool:
        """Let these habits hold at once; True once they are on the disk too. From any thread."""

        def give(save: Save) -> None:
            with self._choosing:  # what is written last is what holds
                self.writer.save(save)
                self.go_by(habits)

        chosen = Chosen(self.clock.now(), habits)
        return self._keeping.keep(Save(f"{chosen.id}/habits", chosen.moment, (chosen,)), give)

    def delete_everything(self) -> "Deleted":
        """Delete all that is kept, and begin anew, unless a person is at the bed just now. From any thread."""
        from bedside.deletion import Deletion

        speak_anew = self.rooms.prepare_voice_beside if self.rooms else lambda: None
        deletion = Deletion(self.entrance.phones.forget, self.writer.wipe, speak_anew)
        with self._choosing:  # habits that are chosen meanwhile are chosen after it
            if deletion.begins(self.post, rules_of(Habits())):
                self.writer.save(boot_record(self.clock.now()))
                self.go_by(Habits())
        return deletion.outcome()

    def go_by(self, habits: Habits) -> None:
        """Let these habits hold."""
        self.habits = habits
        self._tell_rules()
        self.light.set_brightness(habits.light)
        otherwise_spoken = self.voice.change(**_spoken(habits))
        if self.rooms:
            self.rooms.habits_changed(habits, otherwise_spoken)

    def _rules(self) -> Rules:
        return rules_of(self.habits, has_phone=bool(self.entrance.phones.all()))

    def _tell_rules(self) -> None:
        with self._telling:  # what is told last is what holds
            self.post(RulesChanged(self._rules()))

    def tell_diary(self, rows: tuple[Row, ...]) -> bool:
        """Keep what a person told on the page; True once it is on the disk. From any thread."""
        now = self.clock.now()
        save = Save(f"{now.key}/told/{next(self._told)}", now, rows)
        return self._keeping.keep_and_show(save, self.writer.save, self.writer.after)

    def arm(self) -> None:
        """Arm the button if it is not; whether it is heard is told once a change."""
        if self.button.armed:
            if not self.button.alive():  # nothing revives it within this process: the watchdog is no longer fed
                self.tell(
                    "button", False, _("The button is not heard any more."), _("It starts anew by itself in a minute.")
                )
            return
        try:
            self.button.arm()
        except ButtonUnavailable as error:
            self.tell("button", False, error.says, error.remedy)
        else:
            self.tell("button", True, _("The button on GPIO%(pin)s is heard.", pin=self.settings.pin))

    def tell(self, part: str, well: bool, says: str, remedy: str = "") -> None:
        """Have a part's state shown."""
        self.post(PartReported(self.clock.now(), part, well, says, remedy))

    def look_at_clock(self) -> None:
        """Tell whether the time is known; the first trusted moment of a boot is kept."""
        trusted = self.clock.look()
        if trusted is self._trusted:
            return
        self._trusted = trusted
        self.writer.save(boot_record(self.clock.now()))
        if trusted:
            self.post(ClockSet(self.clock.now()))
            self.tell("clock", True, _("The time is known."))
        else:
            says = _("The time is not sure since the power came on; what is kept is marked as about.")
            self.tell(
                "clock", False, says, _("It sets itself once the Internet is reached; nothing else waits for it.")
            )

    def _open_rooms(self) -> None:
        from bedside.rooms import Rooms

        self.rooms = Rooms(self)
        if not self._over:  # else whoever closes has not seen them
            self.rooms.open()

    def _pulse(self) -> None:
        """Feed the watchdog if all that keeps a press is alive, and the evening's thread once it is there."""
        rooms = self._opening.is_alive() or (self.rooms is not None and self.rooms.alive())
        if self.writer.alive() and self.button.alive() and self.speaker.alive() and rooms:
            self.systemd.alive()


def boot_record(moment: Moment) -> Save:
    """What is kept of a boot: when it was first seen, and when its clock was first trusted."""
    boot = Boot(moment.boot, moment, moment if moment.trusted else None)
    return Save(f"{moment.boot}/boot/{moment.since_boot:.6f}", moment, (boot,))


def _kept(writer: "Writer") -> Kept:
    """What the journal has; nothing where the card does not give it, since presses must be heard all the same."""
    try:
        return writer.kept()
    except OSError as error:
        log.error("the journal cannot be read: %s", error)
        return Kept()


def _spoken(habits: Habits) -> dict[str, Any]:
    """What of the habits the voice is made with."""
    return {"accent": habits.accent, "evening": habits.evening_volume, "night": habits.night_volume}


def _path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None
