"""Homes for the page's tests: a real diary file, real night values, and a clock that stands still."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from html import unescape
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient

from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.diary.wiping import Deleted
from bedside.entrance import Entrance
from bedside.night.effects import Cramp, CrampState, Evening, Reason, Row, Save, StretchState, Watch
from bedside.night.events import WIRE, Moment, PartReported
from bedside.night.habits import Accent, Habits
from bedside.night.state import Night
from bedside.night.told import Factor, Leg, TimeTold
from bedside.pages import create_app
from bedside.pages.guard import COOKIE
from bedside.pages.house import House
from bedside.patterns.nights import night_of
from bedside.settings import Settings

if TYPE_CHECKING:
    from bedside.diary.backups import Backup

LONDON = ZoneInfo("Europe/London")
SATURDAY = date(2026, 1, 10)
BOOTED = datetime(2026, 1, 10, 12, tzinfo=UTC)
OURS = {"Origin": "http://localhost"}


def at(text: str, *, trusted: bool = True) -> Moment:
    """The local moment of a text such as `11 03:04`: a day of January 2026 and a time."""
    day, clock = text.split()
    wall = datetime.combine(date(2026, 1, int(day)), time.fromisoformat(clock), LONDON)
    return Moment("boot", (wall - BOOTED).total_seconds(), wall, trusted)


def cramp(onset: str, minutes: float | None = None, *, trusted: bool = True, **marks: object) -> Cramp:
    """A cramp that began at `onset` and was ended after so many minutes; without them its end is unknown."""
    began = at(onset, trusted=trusted)
    ended = None if minutes is None else began.at(began.since_boot + minutes * 60)
    state = CrampState.END_UNKNOWN if ended is None else CrampState.ENDED
    row = Cramp(f"cramp {onset}", began, led_from=began, last_press=ended or began, state=state, end=ended)
    return replace(row, **marks)  # type: ignore[arg-type]


def watch(began: str, seen: str) -> Watch:
    """A span in which a press would have been heard."""
    return Watch(f"watch {began}", at(began), at(seen))


def evening(state: StretchState, day: date = SATURDAY, **facts: object) -> Evening:
    """An evening that is over and came to `state`."""
    row = Evening(day, due=0, until=0, trusted=True, state=state, reason=Reason.NONE, over=True)
    return replace(row, **facts)  # type: ignore[arg-type]


def report(part: str, says: str, *, remedy: str = "") -> PartReported:
    """What a part reported: not well where there is a remedy."""
    return PartReported(at("10 12:00"), part, not remedy, says, remedy)


WELL = tuple(
    report(part, says)
    for part, says in {
        "button": "The button on GPIO17 is heard.",
        "light": "The light on GPIO12 works.",
        "speaker": "Sound comes from the card USB.",
        "voice": "The voice is made by py-nanotts.",
        "thermometer": "The room is 18.5 °C warm.",
        "diary": "The diary is written.",
        "clock": "The time is known.",
    }.items()
)
OTHER = Habits(
    bedtime=time(23, 15),
    rising=time(6, 5),
    reminders=(time(20), None, time(21, 30), None, time(0, 5), time(23, 59), time(19, 45)),
    asks=2,
    standing_stretch=False,
    stands=False,
    evening_volume=0.75,
    night_volume=0.1,
    accent=Accent.AMERICAN,
    silent_evenings=True,
    silent_nights=True,
    light=0.25,
    glow=False,
    warning_by_light=True,
    factors=(Factor.CAFFEINE, Factor.BLANKET),
)
"""Every habit another than the default."""
QUIET = Night(listening=True)
THREE = (
    cramp("10 23:40", 6, celsius=18.5),
    cramp("11 03:04", celsius=17.9),
    cramp("11 05:12", 2, doubtful=True),
)


@dataclass
class Home:
    """A house whose every fact a test can set. `acts` is what its forms asked for; `keeps` is what `choose` answers,
    `deleted` what deleting does."""

    folder: Path
    rows: tuple[Row, ...] = ()
    now: Moment = field(default_factory=lambda: at("11 08:00"))
    night: Night = QUIET
    parts: tuple[PartReported, ...] = WELL
    reminder: str | None = "11 21:00"
    degrees: tuple[float, ...] = ()
    heard: tuple[str, ...] = ()
    habits: Habits = field(default_factory=Habits)
    keeps: bool = True
    deleted: Deleted = Deleted.DONE
    acts: list[object] = field(default_factory=list)
    records: list[Save] = field(default_factory=list)
    left_out: date | None = None
    told: int = 0
    belongs: tuple[date, date | None] | None = None
    backups: "tuple[Backup, ...]" = ()
    unrestored: str = ""
    buttons: tuple[str, ...] = (WIRE,)
    legs: Mapping[str, Leg] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The diary's file."""
        return self.folder / "diary.db"

    def keep(self) -> None:
        """Write the rows, and the degrees as five-minute readings from bedtime on, into the diary."""
        diary = Diary(self.path)
        diary.apply([Save("record", at("10 21:00"), self.rows)], map(self._reading, range(len(self.degrees))))
        diary.close()

    def house(self, *, in_demo: bool = False) -> House:
        """The house, with the diary written."""
        self.keep()
        return House(
            diary=self.path,
            find_zone=lambda: LONDON,
            habits=lambda: self.habits,
            now=lambda: self.now,
            night=lambda: self.night,
            parts=lambda: {part.part: part for part in self.parts},
            next_reminder=self._next_reminder,
            choose=self._choose,
            tell=self._tell,
            tell_time=self._tell_time,
            evening=lambda: self.belongs or (night_of(self.now.wall, LONDON), None),
            stretch=lambda: self.acts.append("stretch"),
            stretched=lambda: self.acts.append("stretched"),
            try_sound=lambda quiet: self.acts.append("night sound" if quiet else "evening sound"),
            entrance=self.entrance,
            delete=self._delete,
            bring_in=lambda imported: self._tell(imported.rows),
            backups=lambda: self.backups,
            restore=self._restore,
            press=self.acts.append if in_demo else None,
            remind=(lambda: self.acts.append("remind")) if in_demo else None,
            heard=lambda: self.heard,
            buttons=self.buttons,
            legs=self.legs,
        )

    def client(self, *, in_demo: bool = False, paired: bool = True) -> FlaskClient:
        """A visitor of the house's pages, with a phone that is paired unless said otherwise."""
        return self.visitor(self.house(in_demo=in_demo), paired=paired and not in_demo)

    def visitor(self, house: House, *, paired: bool = True, cookies: bool = True) -> FlaskClient:
        """A visitor of this house, which a test has changed."""
        visitor = create_app(house).test_client(use_cookies=cookies)
        if paired:
            visitor.set_cookie(COOKIE, self.pair())
        return visitor

    def pair(self, name: str = "A phone") -> str:
        """Let a phone in. Its token."""
        return self.entrance.phones.pair(name, "localhost")

    @cached_property
    def entrance(self) -> Entrance:
        """The real one, with the house's clock, in a home with two addresses."""

        def keep(_: str, give: Callable[[], bool]) -> bool:
            return not give() or self.keeps

        return Entrance(
            Settings(),
            (),
            keep=keep,
            note=self.records.append,
            now=lambda: self.now,
            changed=lambda: None,
            find=lambda: tuple(map(ip_address, ("192.168.1.23", "fd00::23"))),
        )

    def _delete(self) -> Deleted:
        self.acts.append("delete")
        if self.deleted is not Deleted.BUSY:
            self.entrance.phones.forget()
        return self.deleted

    def _restore(self, name: str) -> str:
        self.acts.append(f"restore {name}")
        if not self.unrestored:
            self.entrance.phones.put_all_out()
        return self.unrestored

    def _tell(self, rows: tuple[Row, ...]) -> bool:
        """What the household does: the rows are in the diary, unless the disk refuses."""
        if self.keeps:
            self.rows = rows
            self.told += 1
            diary = Diary(self.path)
            diary.apply([Save(f"told {self.told}", self.now, rows)])
            diary.close()
        return self.keeps

    def _tell_time(self, told: TimeTold) -> bool:
        """What the household does: it is kept, and the clock goes by it."""
        kept = self._tell((told,))
        self.now = replace(self.now, wall=told.time, trusted=True, by_hand=True)
        return kept

    def _choose(self, habits: Habits) -> bool:
        self.acts.append(habits)
        self.habits = habits
        return self.keeps

    def _next_reminder(self, over: date | None) -> datetime | None:
        self.left_out = over
        return at(self.reminder).wall if self.reminder else None

    def _reading(self, number: int) -> Aggregate:
        start = at("10 22:00").wall.astimezone(UTC) + timedelta(minutes=5 * number)
        celsius = self.degrees[number]
        return Aggregate("boot", start, 5, celsius, celsius - 0.2, celsius + 0.2, trusted=True)


def words_of(html: str) -> str:
    """What a reader reads: the text of the body, spaces made one."""
    body = html.partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace(" .", ".").split())
