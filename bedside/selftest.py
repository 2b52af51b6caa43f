"""The self-test of each evening: when it is due, and what its facts mean. `examiner.py` finds the facts.

It comes half an hour before the evening's reminder, at 20:00 on a day without one, once a local date.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from types import MappingProxyType

from bedside.card import LITTLE
from bedside.catalogue import N_, _, ngettext
from bedside.night.events import KEY, SECOND_WIRE, WIRE
from bedside.timetable import Reminders, occurrence

BEFORE = timedelta(minutes=30)
LATEST = timedelta(hours=3)  # after its time; later it is night
OTHERWISE = time(20)

STALE_SECONDS = 900.0  # of the last temperature
SELDOM_DAYS = 30  # without a press, after which nobody knows any more whether the button works


UNHEARD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        WIRE: (N_("The button would not be heard."), N_("Free the button, and check its two wires.")),
        SECOND_WIRE: (N_("The second button would not be heard."), N_("Free it, and check its two wires.")),
        KEY: (N_("The remote or key would not be heard."), N_("Free it, and see that it is charged and switched on.")),
    }
)


def due(now: datetime, reminders: Reminders, zone: tzinfo, done: date | None) -> date | None:
    """The local date whose self-test is due at `now`, if that is not the one `done` last; None for none."""
    at = tuple(one or OTHERWISE for one in reminders)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=1), today, today - timedelta(days=1)):
        reminder = occurrence(day, at, zone)
        before = BEFORE if reminders[day.weekday()] else timedelta(0)
        if reminder and timedelta(0) <= now - (reminder - before) < LATEST:
            return None if day == done else day
    return None


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found. None where a thing is not there, or could not be found out: that is no finding."""

    unheard: tuple[str, ...] = ()
    """The buttons, by the names of their parts, on which a press would not be heard."""
    days_without_press: float | None = None
    """Since the last press, or since the device came, in days."""
    reading_seconds: float | None = None
    """The age of the last temperature; None where none was ever read."""
    sound: str | None = None
    """What keeps the speaker from playing, one sentence."""
    free_bytes: int | None = None
    """What is free where the diary lies."""
    damage: str | None = None
    """What is wrong in the diary's file."""
    trusted: bool = True
    """Whether the time is known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A failing piece, in a sentence, with what to do. `spoken`: a person must act, and would want to know tonight."""

    says: str
    remedy: str
    spoken: bool = False


def examine(facts: Facts) -> tuple[Finding, ...]:
    """What fails, the gravest first."""
    return tuple(_found(facts))


def _found(facts: Facts) -> Iterator[Finding]:
    for part in facts.unheard:
        says, remedy = UNHEARD[part]
        yield Finding(_(says), _(remedy), spoken=True)
    if facts.damage:
        says = _("The diary is damaged (%(error)s).", error=facts.damage)
        yield Finding(
            says,
            _(
                "It is put back by itself. Under Settings, Export and import, save the whole diary to a phone: the "
                "card may be worn out."
            ),
            spoken=True,
        )
    if facts.free_bytes is not None and facts.free_bytes < LITTLE:
        megabytes = facts.free_bytes // 1_000_000
        says = _("The card is nearly full: %(megabytes)s MB are free.", megabytes=megabytes)
        yield Finding(
            says,
            _("Make room: sudo apt clean removes what is left of updates; if that is not enough, use a larger card."),
            spoken=True,
        )
    if facts.sound:
        yield Finding(facts.sound, _("Check the speaker; its own line tells more."))
    if facts.reading_seconds is not None and facts.reading_seconds > STALE_SECONDS:
        minutes = int(facts.reading_seconds // 60)
        says = ngettext(
            "The last temperature is %(number)s minute old.", "The last temperature is %(number)s minutes old.", minutes
        )
        yield Finding(says, _("Check the thermometer's wires."))
    if not facts.trusted:
        yield Finding(
            _("The time is not sure."),
            _("Let the device reach the Internet, or type the time: the morning page leads there."),
        )
    if facts.days_without_press is not None and facts.days_without_press >= SELDOM_DAYS:
        says = ngettext(
            "No press was heard for %(number)s day.",
            "No press was heard for %(number)s days.",
            int(facts.days_without_press),
        )
        yield Finding(says, _("Try the button: press it, press again to end, and take that entry back in the diary."))
