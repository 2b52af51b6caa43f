"""Times of day on the line of a night, from noon to noon by the local clock, and dates in words. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bedside.catalogue import _
from bedside.pages import words

NOON = time(12)
DAY = timedelta(days=1)
EARLIEST = date(2000, 1, 1)
"""Before this there is nothing, and dates are near their end."""


@dataclass(frozen=True, slots=True)
class Line:
    """A night as a line: 23:50 is its evening, 03:04 the morning after."""

    night: date
    zone: tzinfo

    def day_of(self, at: time) -> date:
        """The date that the clock has with this time."""
        return self.night + (DAY if at < NOON else timedelta(0))

    def moments(self, at: time) -> tuple[datetime, ...]:
        """When the clock showed this time in the night, in UTC."""
        return moments(self.day_of(at), at, self.zone)

    @property
    def shift(self) -> timedelta:
        """By how much the clock was set forward in the night; less than nothing where it was set back."""
        offsets = [datetime.combine(day, NOON, self.zone).utcoffset() for day in (self.night, self.night + DAY)]
        return (offsets[1] or timedelta(0)) - (offsets[0] or timedelta(0))


def moments(day: date, at: time, zone: tzinfo) -> tuple[datetime, ...]:
    """When the clock showed this time on this day, in UTC: twice where it was set back, never where it skipped it."""
    shown = datetime.combine(day, at)
    meant = {shown.replace(fold=fold, tzinfo=zone).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(moment for moment in meant if moment.astimezone(zone).replace(tzinfo=None) == shown))


def day_named(day: date) -> str:
    """A day by weekday and date: Sunday, 11 January 2026."""
    # Translators: such as: Sunday, 11 January 2026.
    return _("%(weekday)s, %(date)s", weekday=words.weekday(day), date=words.day_dates(day))


def dated(moment: datetime, zone: tzinfo) -> str:
    """A moment by time, weekday and date."""
    day = moment.astimezone(zone).date()
    # Translators: such as: 03:04 on Sunday, 11 January 2026.
    return _("%(time)s on %(day)s", time=words.clock(moment, zone), day=day_named(day))
