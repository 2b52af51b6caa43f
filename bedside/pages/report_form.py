"""The dates of the doctor's sheet as a form: which are shown, and what is wrong with those that were sent. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.fields import Faults, Fields, Sent, Shown

FROM, TO = "from", "to"
USUAL = 84
"""Nights, where nobody chooses: twelve weeks."""

MOST_YEARS = 30
"""Longer ago nothing was written here."""

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Dates:
    """The first and the last night, both counted, by the dates of their evenings."""

    first: date
    last: date

    @property
    def before(self) -> "Dates":
        """As many nights, just before."""
        return Dates(self.first - (self.last - self.first) - timedelta(days=1), self.first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class DatesForm:
    """What the fields show, and the dates they come to; None with faults."""

    values: Shown
    faults: Faults
    dates: Dates | None


def usual(known_since: date | None, latest: date) -> Dates:
    """The last twelve weeks of nights, or all if there are fewer."""
    first = latest - timedelta(days=USUAL - 1)
    return Dates(min(max(first, known_since or first), latest), latest)


def read(sent: Sent, known_since: date | None, latest: date) -> DatesForm:
    """The dates that a sent form asks for; one that is left empty is the usual one. `latest` is the last night that is
    over.
    """
    form = _Form(sent)
    otherwise = usual(known_since, latest)
    last = form.day(TO, latest) or otherwise.last
    first = form.day(FROM, latest) or (otherwise.first if last == latest else last - timedelta(days=USUAL - 1))
    if not form.faults and first > last:
        form.faults[FROM] = _("The first day comes after the last one. Choose another, then press Show.")
    typed = {field: sent[field][0] for field in (FROM, TO) if sent.get(field) and sent[field][0]}
    values = {FROM: first.isoformat(), TO: last.isoformat()} | typed
    return DatesForm(values, form.faults, None if form.faults else Dates(first, last))


class _Form(Fields):
    def too_often(self, _field: str, times: int) -> str:
        """In words of this form."""
        return ngettext(
            "This was sent %(number)s time. Choose once more, then press Show.",
            "This was sent %(number)s times. Choose once more, then press Show.",
            times,
        )

    def day(self, field: str, latest: date) -> date | None:
        """The evening's date; None where the field is empty or wrong."""
        text = self.one(field)
        if not text:
            return None
        day = _day(text)
        if day is None:
            self.faults[field] = _("This is not a date of the calendar. Choose another.")
        elif day > latest:
            until = words.day_dates(latest)
            self.faults[field] = _("That night is not over yet. The last one that is: %(day)s.", day=until)
        elif day.year < latest.year - MOST_YEARS:
            self.faults[field] = ngettext(
                "That is more than %(number)s year ago. Choose a later day.",
                "That is more than %(number)s years ago. Choose a later day.",
                MOST_YEARS,
            )
        return day


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None
