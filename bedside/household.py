"""The wiring of what a press needs: behind the ear, light, journal, voice and the loop, from the settings.

What no press waits for, and is slow to import, is built beside the running loop by `rooms.py`.
"""

import logging
import signal
import threading
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.catalogue import N_
from bedside.daemon import Daemon, RulesChanged, StopAsked
from bedside.devices.buzzer import Buzzer
from bedside.devices.light import Light
from bedside.devices.speaker import Speaker
from bedside.devices.voice import Voice
from bedside.diary.keeping import Keeping
from bedside.diary.writer import Writer
from bedside.ear import NAMES, Ear
from bedside.entrance import Entrance
from bedside.known_time import KnownTime
from bedside.night.cues import Cue
from bedside.night.effects import Row, Save
from bedside.night.events import PartReported
from bedside.night.habits import Chosen, Habits
from bedside.night.resume import Kept, resume
from bedside.night.state import Rules
from bedside.pulse import Pulse, Watched
from bedside.systemd import Systemd
from bedside.threads import known_as

if TYPE_CHECKING:
    from bedside.diary.wiping import Deleted
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

    def __init__(self, ear: Ear) -> None:
        """Build what a press needs, behind an ear that hears already."""
        self.settings, self.around = settings, around = ear.settings, ear.around
        self._ear, self.post, self.clock, self.buttons = ear, ear.post, ear.clock, ear.buttons
        self.arm = ear.arm
        clips = around.folders.cache / "clips"
        self._keeping = Keeping(self.post)
        self.writer = Writer(around.folders.data, self._keeping.post, self.clock.now, clips=clips)
        self.known_time = KnownTime(self.clock, self.post, self.writer.save)
        kept = _kept(self.writer)
        self.habits = habits = kept.habits or Habits()
        self._choosing, self._telling, self._told = threading.Lock(), threading.Lock(), count()
        self.light = Light(settings.light_pin or None, self.post, self.clock.now, habits.light, around.factory)
        self.buzzer = Buzzer(settings.buzzer_pin or None, self.post, self.clock.now, around.factory)
        ear.along = (self.light.arm, self.buzzer.arm)
        self.arm()
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
        self._begin_night(kept)

    def _begin_night(self, kept: Kept) -> None:
        """Go on with the night that was kept."""
        self._over = False
        self._pulse = Pulse(self.watched(), self.systemd, self.tell)
        self.known_time.go_on(kept.time_told)
        rules = self._rules()
        night, effects = resume(kept, self.clock.now(), rules)
        self._open_cramp = night.cramp.id if night.cramp else None
        devices = (self.light, self.speaker, self.writer, self.entrance.door)
        buttons = {button.part: button for button in self.buttons}
        self.daemon = Daemon(night, rules, self.clock.now, buttons, *devices, self._beat, self._ear.inbox)
        self.daemon.perform(effects)

    def run(self) -> None:
        """Hear presses until stopped; then write what is left and give everything back."""
        self.writer.start(self._open_cramp)
        self._opening.start()  # first: once it is ready, what this thread begins would be tied to its processor
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
        """End every part, each by itself; what is to be kept is written first."""
        self._over = True
        self.systemd.stopping()
        self.writer.close()
        self._ear.try_no_more()
        rooms = self.rooms.close if self.rooms else lambda: None
        devices = (self.speaker.close, rooms, self.buzzer.close, self.light.close, self._ear.close)
        for close in devices:
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

        speak_anew = self.rooms.voice.prepare_beside if self.rooms else lambda: None
        deletion = Deletion(self.entrance.phones.forget, self.writer.wipe, speak_anew)
        with self._choosing:  # habits that are chosen meanwhile are chosen after it
            if deletion.begins(self.post, rules_of(Habits())):
                self.known_time.keep_anew()
                self.go_by(Habits())
        return deletion.outcome()

    def restore(self, name: str) -> str:
        """Put this backup in the diary's place, and all phones out; nothing, or why it is not done. From any thread."""
        from bedside.putting_back import put_back

        return put_back(name, self.around.folders.data, self.writer.restore, self.entrance.phones.put_all_out)

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

    def tell(self, part: str, well: bool, says: str, remedy: str = "") -> None:
        """Have a part's state shown."""
        self.post(PartReported(self.clock.now(), part, well, says, remedy))

    def watched(self) -> tuple[Watched, ...]:
        """What must be well before the watchdog is fed: all that keeps a press, and the evening's thread."""
        return (
            Watched(N_("writing"), self.writer.alive, self.writer.at_work),
            *(Watched(NAMES[button.part], button.alive, button.at_work) for button in self.buttons),
            Watched(N_("speaking"), self.speaker.alive),
            Watched(N_("timetable"), self._rooms_alive, lambda: self.rooms and self.rooms.at_work()),
        )

    def _open_rooms(self) -> None:
        known_as("opening")
        from bedside.rooms import Rooms

        self.rooms = Rooms(self)
        if not self._over:  # else whoever closes has not seen them
            self.rooms.open()

    def _rooms_alive(self) -> bool:
        return self._opening.is_alive() or (self.rooms is not None and self.rooms.alive())

    def _beat(self) -> None:
        if not self._over:
            self._pulse.beat()


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
