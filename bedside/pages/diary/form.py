"""How the diary's forms read their fields: choices, days, times on the line of a night. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TypeVar

from bedside.catalogue import _
from bedside.night.told import MOST
from bedside.pages import words
from bedside.pages.diary.times import DAY, NOON, Line, day_named, moments
from bedside.pages.fields import TICKED, Fields, Sent, Shown

T = TypeVar("T")

GRADES = tuple(map(str, range(MOST + 1)))
LONGEST_SHOWN = 2000
PAST_NOON = timedelta(hours=1)
"""So long may a cramp go on past the noon at which its night ends; a later time is a slip."""

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:[0-5][0-9](\.[0-9]{1,6})?)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MADE = re.compile(r"[\x21-\x7e]{1,80}/-?[0-9]{1,15}\.[0-9]{6}")


def shown_again(sent: Sent) -> Shown:
    """The form as it was sent, so that nothing typed is lost."""
    return {field: values[0][:LONGEST_SHOWN] for field, values in sent.items() if values}


class Form(Fields):
    """Reads one field after the other, as `Fields` does."""

    def tell(self, field: str, sentence: str) -> None:
        """Note what is wrong with a field, unless something is already."""
        self.faults.setdefault(field, sentence)

    def choice(self, field: str, allowed: Mapping[str, T]) -> T | None:
        """None where nothing was chosen."""
        text = self.one(field)
        if text and text not in allowed:
            self.tell(field, _("This answer is not among those that are offered. Choose one of them."))
        return allowed.get(text)

    def grade(self, field: str) -> int | None:
        """From 0 to 10, or None."""
        return self.choice(field, {grade: int(grade) for grade in GRADES})

    def box(self, field: str) -> bool:
        """A browser sends a box only where it is ticked."""
        return self.choice(field, {TICKED: True}) or False

    def line(self, field: str, most: int) -> str:
        """A line of text, of so many letters at most."""
        plain = "".join(letter if letter.isprintable() else " " for letter in self.one(field))
        text = " ".join(plain.split())
        if len(text) > most:
            self.tell(field, _("This has %(letters)s letters. Shorten it to %(most)s.", letters=len(text), most=most))
        return text

    def made(self, field: str) -> str:
        """The name that the form was given when it was made, so that a form sent twice is kept once."""
        text = self.one(field)
        if not _MADE.fullmatch(text):
            self.tell(field, _("This form was not made here. It is a new one now: look at it, then press Keep."))
        return text

    def day(self, field: str, first: date, last: date, later: str = "") -> date | None:
        """A day of the calendar, from the first to the last, both counted. `later` is said of one after the last, where
        that is not today.
        """
        text = self.one(field).strip()
        day = _day(text)
        if not text:
            self.tell(field, _("No date is set. Choose one."))
        elif day is None:
            self.tell(field, _("This is not a date of the calendar. Choose another."))
        elif day < first:
            self.tell(field, _("This is too long ago: nothing before %(date)s is taken.", date=words.day_dates(first)))
        elif day > last:
            self.tell(field, later or _("This is still to come: today is %(date)s.", date=words.day_dates(last)))
        else:
            return day
        return None

    def clock(self, field: str, *, needed: bool = True) -> time | None:
        """A time of day to the minute; None, and no fault, where it is left open and not needed."""
        text = self.one(field).strip()
        match = _TIME.fullmatch(text)
        if match:
            return time(int(match[1]), int(match[2]))
        if text:
            self.tell(field, _("This is not a time of day. Write hours and minutes, such as 03:04."))
        elif needed:
            self.tell(field, _("No time is set. Write hours and minutes, such as 03:04."))
        return None

    def on_day(self, field: str, day: date, zone: tzinfo) -> datetime | None:
        """The moment of a time on this day: the first where the clock was set back."""
        at = self.clock(field)
        return self._first(field, day, moments(day, at, zone)) if at else None

    def in_night(self, field: str, line: Line, known: Iterable[datetime] = ()) -> datetime | None:
        """The moment of a time in the night: that of those known which the clock shows so, exact as it is kept; else
        the first.
        """
        at = self.clock(field)
        if at is None:
            return None
        return _among(known, at, line.zone) or self._first(field, line.day_of(at), line.moments(at))

    def after(
        self, field: str, onset: datetime, line: Line, known: Iterable[datetime] = (), *, needed: bool = False
    ) -> datetime | None:
        """The same for a time that comes after an onset, or is left open; the first after it is taken."""
        at = self.clock(field, needed=needed)
        if at is None:
            return None
        found = _among(known, at, line.zone)
        on_line = (found,) if found else line.moments(at)
        later = [moment for moment in on_line if moment > onset] or _past_noon(onset, at, line)
        if later:
            return later[0]
        if self._first(field, line.day_of(at), on_line):
            self.tell(field, _not_after(onset, at, line.zone))
        return None

    def past(self, field: str, moment: datetime | None, now: datetime) -> None:
        """Note a moment that is still to come."""
        if moment and moment > now:
            self.tell(field, _("This time is still to come."))

    def _first(self, field: str, day: date, found: tuple[datetime, ...]) -> datetime | None:
        if found:
            return found[0]
        self.tell(
            field,
            _("There was no such time on %(day)s: the clock was set forward. Write another.", day=day_named(day)),
        )
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _among(known: Iterable[datetime], at: time, zone: tzinfo) -> datetime | None:
    """A browser's field has no seconds: what it was not changed from stays what it was."""
    return next((moment for moment in known if words.clock(moment, zone) == f"{at:%H:%M}"), None)


def _past_noon(onset: datetime, at: time, line: Line) -> list[datetime]:
    """The moments after the night's last noon, for a cramp that began just before it."""
    if at < NOON:
        return []
    return [moment for moment in moments(line.night + DAY, at, line.zone) if onset < moment <= onset + PAST_NOON]


def _not_after(onset: datetime, at: time, zone: tzinfo) -> str:
    began = words.clock(onset, zone)
    if began == f"{at:%H:%M}":
        return _(
            "It began in this very minute, %(time)s, and seconds are not asked. Write the next minute, or leave it "
            "open.",
            time=began,
        )
    return _("This is before it began, at %(time)s. Write a later time, or leave it open.", time=began)
