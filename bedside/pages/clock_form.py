"""What a person types as the time it is now: as a form, and what a sent form tells. Pure."""

from datetime import date, tzinfo

from bedside.catalogue import _
from bedside.night.events import Moment
from bedside.night.told import TimeTold
from bedside.pages import words
from bedside.pages.diary.form import Form
from bedside.pages.fields import Faults, Sent

FIRST, LAST = date(2026, 1, 1), date(2046, 12, 31)
"""Before the program was made nobody can be there, and a later year is a slip."""


def read(sent: Sent, zone: tzinfo, *, moment: Moment, by: str) -> TimeTold | Faults:
    """What the form tells, or everything that is wrong with it. `moment` is now by the clock as it is, `by` who tells.
    Of a time that comes twice, where the clock is set back, the first is meant.
    """
    form = Form(sent)
    far = _("This is too far ahead: nothing after %(date)s is taken.", date=words.day_dates(LAST))
    day = form.day("day", FIRST, LAST, far)
    if day is None:
        form.clock("time")  # so that everything that is wrong is told at once
        return form.faults
    at = form.on_day("time", day, zone)
    return form.faults if at is None else TimeTold(moment, at, by)
