"""Dates beside the rows of a chart and under its weeks: few enough to be read."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from bedside.catalogue import N_, _

# Translators: short names of months, beside the rows of a chart, such as: 5 Jan.
SHORT_MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)
QUARTERS = (1, 4, 7, 10)


def short_date(day: date) -> str:
    """A day beside a row: 5 Jan."""
    # Translators: a short date, such as: 5 Jan.
    return _("%(day)s %(month)s", day=day.day, month=_(SHORT_MONTHS[day.month - 1]))


def labels(firsts: Sequence[date], days: int, apart: float, least: float) -> dict[int, str]:
    """The labels of rows of so many days, `apart` from each other, by the row's place.

    As many as leave `least` room to each: every row's, each Monday's, or the months', quarters' or years' that begin
    in a row. The last row always has its date.
    """
    if not firsts:
        return {}
    last = len(firsts) - 1
    kinds: tuple[Callable[[date], str], ...] = (short_date, _of_monday, _monthly(days), _quarterly(days), _yearly(days))
    for kind in kinds:
        named = {at: label for at, first in enumerate(firsts) if (label := kind(first))}
        places = sorted(named)
        if all((after - before) * apart >= least for before, after in pairwise(places)):
            break
    return {at: label for at, label in named.items() if (last - at) * apart >= least} | {last: short_date(firsts[last])}


def _of_monday(first: date) -> str:
    return short_date(first) if first.weekday() == 0 else ""


def _monthly(days: int) -> Callable[[date], str]:
    """The month that begins within the row; its year, if that is the first."""

    def label(first: date) -> str:
        last = first + timedelta(days=days - 1)
        if last.day > days:
            return ""
        return str(last.year) if last.month == 1 else _(SHORT_MONTHS[last.month - 1])

    return label


def _quarterly(days: int) -> Callable[[date], str]:
    monthly = _monthly(days)
    return lambda first: monthly(first) if (first + timedelta(days=days - 1)).month in QUARTERS else ""


def _yearly(days: int) -> Callable[[date], str]:
    monthly = _monthly(days)
    return lambda first: monthly(first) if (first + timedelta(days=days - 1)).month == 1 else ""
