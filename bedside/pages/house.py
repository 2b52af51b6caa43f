"""What the pages may ask of the running daemon, and nothing more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.diary.wiping import Deleted
from bedside.entrance import Entrance
from bedside.night.effects import Row
from bedside.night.events import WIRE, Moment, PartReported
from bedside.night.habits import Habits
from bedside.night.state import Night
from bedside.night.told import Leg, TimeTold
from bedside.patterns.nights import sleeps

if TYPE_CHECKING:
    from bedside.diary.backups import Backup
    from bedside.diary.importing import Imported


@dataclass(frozen=True, slots=True)
class House:
    """Callables that any thread may call.

    `next_reminder` leaves out that of an evening that is over. `choose` keeps new habits, which hold at once; False
    where they are not on the disk after some seconds. `tell` keeps what a person told, `tell_time` what time it is,
    which the clock then goes by, `bring_in` a whole diary, and all answer so too. `backups` are the copies of the
    diary, the newest first; `restore` puts the one of that name back and answers nothing, or why it did not. `evening`
    is the date of the evening that a stretch now belongs to, and its night where that has another date. `stretch`
    starts its guided session, `stretched` tells that it is done, `try_sound` speaks at the night's volume (True) or the
    evening's; all three do nothing where the night does not allow it. `entrance` is who may open the pages. `press` is
    the demo's button, held for so many seconds; None on a device. The two numbers are for whoever needs help; empty
    where none is set. `buttons` are those that are set up, by the names of their parts, `legs` the legs that they are
    for, where that is set.
    """

    diary: Path
    find_zone: Callable[[], tzinfo]
    habits: Callable[[], Habits]
    now: Callable[[], Moment]
    night: Callable[[], Night]
    parts: Callable[[], Mapping[str, PartReported]]
    next_reminder: Callable[[date | None], datetime | None]
    choose: Callable[[Habits], bool]
    tell: Callable[[tuple[Row, ...]], bool]
    tell_time: Callable[[TimeTold], bool]
    evening: Callable[[], tuple[date, date | None]]
    stretch: Callable[[], None]
    stretched: Callable[[], None]
    try_sound: Callable[[bool], None]
    entrance: Entrance
    delete: Callable[[], Deleted]
    bring_in: "Callable[[Imported], bool]"
    backups: "Callable[[], Sequence[Backup]]"
    restore: Callable[[str], str]
    press: Callable[[float], None] | None = None
    remind: Callable[[], None] | None = None
    heard: Callable[[], tuple[str, ...]] = lambda: ()
    emergency_number: str = ""
    out_of_hours: str = ""
    buttons: Sequence[str] = (WIRE,)
    legs: Mapping[str, Leg] = field(default_factory=dict)

    @property
    def zone(self) -> tzinfo:
        """The time zone of now."""
        return self.find_zone()

    @property
    def bedtime(self) -> time:
        """When the sleep window opens."""
        return self.habits().bedtime

    @property
    def rising(self) -> time:
        """When it closes."""
        return self.habits().rising

    @property
    def asleep(self) -> bool:
        """Whether it is the time a person sleeps, as far as the clock can be believed."""
        now = self.now()
        return now.trusted and sleeps(now.wall, self.bedtime, self.rising, self.zone)

    @property
    def stands(self) -> bool:
        """Whether the relief may say to stand up at night."""
        return self.habits().stands
