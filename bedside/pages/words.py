"""Times, spans and numbers in plain words, always local to the zone that is given."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from functools import reduce

from bedside.catalogue import N_, _, ngettext

# Translators: a weekday stands alone, and in "The night from Saturday to Sunday" and "On Wednesday at 21:00 ...".
WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


def clock(moment: datetime, zone: tzinfo) -> str:
    """The local time, such as 03:04."""
    return f"{moment.astimezone(zone):%H:%M}"


def lasted(seconds: float) -> str:
    """A cramp's duration: whole seconds under a minute, else minutes, rounded."""
    if seconds < 59.5:
        return ngettext("%(number)s second", "%(number)s seconds", round(seconds))
    return span(timedelta(seconds=seconds))


def span(length: timedelta) -> str:
    """A span in hours and minutes, rounded to minutes: 8 hours 40 minutes."""
    hours, minutes = divmod(int(length.total_seconds() / 60 + 0.5), 60)
    in_hours = ngettext("%(number)s hour", "%(number)s hours", hours)
    in_minutes = ngettext("%(number)s minute", "%(number)s minutes", minutes)
    if not hours:
        return in_minutes
    if not minutes:
        return in_hours
    # Translators: a span of time, such as: 8 hours 40 minutes.
    return _("%(hours)s %(minutes)s", hours=in_hours, minutes=in_minutes)


def celsius(value: float | None) -> str:
    """A temperature to the tenth of a degree, or that it is not known."""
    return _("not known") if value is None else f"{value:.1f} °C".replace("-", "−")  # noqa: RUF001 (a true minus sign)


def weekday(day: date) -> str:
    """Its weekday."""
    return _(WEEKDAYS[day.weekday()])


def night_name(night: date) -> str:
    """The night by the weekdays it joins."""
    names = {"evening": weekday(night), "morning": weekday(night + timedelta(days=1))}
    return _("The night from %(evening)s to %(morning)s", **names)


def night_dates(night: date) -> str:
    """The night by its two dates, each part said once: 9 to 10 January 2026."""
    morning = night + timedelta(days=1)
    until = {"day": morning.day, "month": _(MONTHS[morning.month - 1]), "year": morning.year}
    since = {"from_day": night.day, "from_month": _(MONTHS[night.month - 1]), "from_year": night.year}
    if night.year != morning.year:
        # Translators: the dates of a night, such as: 31 December 2025 to 1 January 2026.
        message = N_("%(from_day)s %(from_month)s %(from_year)s to %(day)s %(month)s %(year)s")
    elif night.month != morning.month:
        # Translators: the dates of a night, such as: 31 January to 1 February 2026.
        message = N_("%(from_day)s %(from_month)s to %(day)s %(month)s %(year)s")
    else:
        # Translators: the dates of a night, such as: 9 to 10 January 2026.
        message = N_("%(from_day)s to %(day)s %(month)s %(year)s")
    return _(message, **since, **until)


def listed(parts: Iterable[str]) -> str:
    """The parts that say something, one after the other; empty where none does."""
    # Translators: two parts of a list, such as: left leg, calf.
    message = N_("%(some)s, %(one)s")
    said = list(filter(None, parts))
    return reduce(lambda some, one: _(message, some=some, one=one), said) if said else ""


def day_dates(day: date) -> str:
    """A day by its date: 9 January 2026."""
    # Translators: a date, such as: 9 January 2026.
    return _("%(day)s %(month)s %(year)s", day=day.day, month=_(MONTHS[day.month - 1]), year=day.year)
