"""Whether the time is known: looked at, told once a change, and kept of every boot."""

from collections.abc import Callable

from bedside.catalogue import _
from bedside.devices.clock import Clock
from bedside.night.effects import Boot, Row, Save
from bedside.night.events import ClockSet, Moment, PartReported
from bedside.night.told import TimeTold


class KnownTime:
    """Looks at the clock for one household. `post` is the inbox, `save` the writer's."""

    def __init__(self, clock: Clock, post: Callable[[object], None], save: Callable[[Save], None]) -> None:
        self._clock, self._post, self._save = clock, post, save
        self._known: tuple[bool, bool] | None = None
        self._told: TimeTold | None = None

    def look(self) -> None:
        """Tell whether the time is known; the first trusted moment of a boot is kept."""
        self._clock.look()
        now = self._clock.now()
        known, before = (now.trusted, now.by_hand), self._known
        if known == before:
            return
        self._known = known
        self._save(boot_record(now))
        if now.trusted:
            self._post(ClockSet(now))
        if now.by_hand:
            self._tell(True, _("The time is as you typed it."))
        elif now.trusted:
            self._tell(True, _("The time is known."))
        else:
            says = _("The time is not sure since the power came on; what is kept is marked as about.")
            remedy = _("It sets itself once the Internet is reached. Without the Internet, type the time on the page.")
            self._tell(False, says, remedy)

    def go_on(self, told: TimeTold | None) -> None:
        """Go by what a person typed before this start of the program, if that was in this boot."""
        if told and told.moment.boot == self._clock.now().boot:
            self._told = told
            self._clock.set_by_hand(told.time, told.moment.since_boot)

    def take_word(self, told: TimeTold) -> None:
        """Go by what a person typed just now, which is kept already. From any thread."""
        self.go_on(told)
        self.look()

    def keep_anew(self) -> None:
        """Keep once more what later times are counted by, after everything was deleted."""
        now = self._clock.now()
        told: tuple[Row, ...] = (self._told,) if self._told and now.by_hand else ()
        record = boot_record(now)
        self._save(Save(record.record, now, (*record.rows, *told)))

    def _tell(self, well: bool, says: str, remedy: str = "") -> None:
        self._post(PartReported(self._clock.now(), "clock", well, says, remedy))


def boot_record(moment: Moment) -> Save:
    """What is kept of a boot: when it was first seen, and when its clock was first trusted. What a person typed is no
    trust of the clock's.
    """
    boot = Boot(moment.boot, moment, moment if moment.trusted and not moment.by_hand else None)
    return Save(f"{moment.boot}/boot/{moment.since_boot:.6f}", moment, (boot,))
