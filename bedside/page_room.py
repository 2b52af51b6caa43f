"""The page's room: where it is served, where it is found, and what of the house it may ask."""

import gc
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bedside.catalogue import _
from bedside.diary.backups import FOLDER, listed
from bedside.ground import Ground
from bedside.night.events import KEY, SECOND_WIRE, WIRE, SoundWanted, StretchReported, StretchWanted
from bedside.night.told import Leg, TimeTold
from bedside.pages.house import House
from bedside.pages.server import EVERYWHERE, PageServer
from bedside.pages.uploads import limits
from bedside.timetable import Timetable

if TYPE_CHECKING:
    from bedside.diary.importing import Imported

LOOPBACK = "127.0.0.1"


class PageRoom:
    """The page of one household."""

    def __init__(self, household: Ground, timetable: Timetable) -> None:
        self._household, self._timetable = household, timetable
        host = EVERYWHERE if household.entrance.open_to_network else LOOPBACK
        taken = limits(household.entrance, open_to_all=household.around.press is not None)
        self._server = PageServer(
            host, household.settings.port, self._make_app, household.post, household.clock.now, limits=taken
        )
        self._begun = False
        self._at: str | None = None  # what was told; None while the page is not well

    def open(self) -> None:
        """Serve the page; told where that cannot be, and tried again at each look."""
        try:
            self._server.start()
        except OSError as error:
            says = error.strerror or str(error)
            remedy = _("Set `port` to a free one, or stop what uses it: it is tried again every 20 seconds.")
            self._household.tell("page", False, says, remedy)
        else:
            self._begun = True
            self._tell_address()

    def close(self) -> None:
        """Serve it no more."""
        self._server.close()

    def look(self) -> None:
        """To be called every 20 s: have a page that is not served tried again, and one that hangs replaced."""
        if not self._begun:
            self.open()
        elif self._server.look():
            self._tell_address()
        else:
            self._at = None

    def _tell_address(self) -> None:
        """Tell where the page is found: at the start there is often no address yet, and a router may give another."""
        address = self._household.entrance.url()
        if self._at != address:
            self._at = address
            self._household.tell("page", True, _("The page is at %(address)s.", address=address))

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

    def _tell_time(self, told: TimeTold) -> bool:
        """Keep what time it is, then go by it: what is dated by it comes after it."""
        kept = self._household.tell_diary((told,))
        self._household.known_time.take_word(told)
        return kept

    def _house(self) -> House:
        household, timetable = self._household, self._timetable
        now, post, data = household.clock.now, household.post, household.around.folders.data
        return House(
            diary=data / "diary.db",
            find_zone=lambda: timetable.zone,
            habits=lambda: household.habits,
            now=now,
            night=lambda: household.daemon.night,
            parts=lambda: household.daemon.parts,
            next_reminder=timetable.next_reminder,
            choose=household.choose,
            tell=household.tell_diary,
            tell_time=self._tell_time,
            delete=household.delete_everything,
            bring_in=self._bring_in,
            backups=lambda: listed(data / FOLDER),
            restore=household.restore,
            evening=timetable.stretch_evening,
            stretch=lambda: post(StretchWanted(now(), *timetable.stretch_evening())),
            stretched=lambda: post(StretchReported(now(), *timetable.stretch_evening())),
            try_sound=lambda quiet: post(SoundWanted(now(), quiet)),
            entrance=household.entrance,
            press=household.around.press,
            remind=household.remind if household.around.press else None,
            heard=household.around.heard,
            emergency_number=household.settings.emergency_number,
            out_of_hours=household.settings.out_of_hours,
            buttons=tuple(household.daemon.buttons),
            legs=_legs(household.settings.leg, household.settings.second_leg),
        )


def _legs(first: str, second: str) -> Mapping[str, Leg]:
    """By button the leg that it is for, where one is set."""
    legs = {WIRE: first, KEY: first, SECOND_WIRE: second}
    return {button: Leg(leg) for button, leg in legs.items() if leg}
