"""Times, spans and numbers in plain English words, always local to the zone that is given."""

from datetime import date, datetime, timedelta, tzinfo

NOT_KNOWN = "not known"


def clock(moment: datetime, zone: tzinfo) -> str:
    """The local time, such as 03:04."""
    return f"{moment.astimezone(zone):%H:%M}"


def lasted(seconds: float) -> str:
    """A cramp's duration: whole seconds under a minute, else minutes, rounded."""
    return counted(round(seconds), "second") if seconds < 59.5 else span(timedelta(seconds=seconds))


def span(length: timedelta) -> str:
    """A span in hours and minutes, rounded to minutes: 8 hours 40 minutes."""
    hours, minutes = divmod(int(length.total_seconds() / 60 + 0.5), 60)
    if not hours:
        return counted(minutes, "minute")
    return counted(hours, "hour") + (f" {counted(minutes, 'minute')}" if minutes else "")


def celsius(value: float | None) -> str:
    """A temperature to the tenth of a degree, or that it is not known."""
    return NOT_KNOWN if value is None else f"{value:.1f} °C".replace("-", "−")  # noqa: RUF001 (a true minus sign)


def counted(number: int, noun: str) -> str:
    """The number with its noun: 1 cramp, 3 cramps."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def times(number: int) -> str:
    """How often: once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def night_name(night: date) -> str:
    """The night by the weekdays it joins."""
    return f"The night from {night:%A} to {night + timedelta(days=1):%A}"


def night_dates(night: date) -> str:
    """The night by its two dates, each part said once: 9 to 10 January 2026."""
    morning = night + timedelta(days=1)
    evening = f"{night.day}"
    if night.month != morning.month:
        evening += f" {night:%B}"
    if night.year != morning.year:
        evening += f" {night.year}"
    return f"{evening} to {morning.day} {morning:%B} {morning.year}"


def day_name(day: date, today: date) -> str:
    """A day to come, seen from today."""
    return {0: "Tonight", 1: "Tomorrow"}.get((day - today).days, f"On {day:%A}")
