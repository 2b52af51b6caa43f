"""Thins the readings: five minutes each for two years, then an hour each, a day at a time.

Part of the one writing connection. A clock that is years ahead would make everything old, and what is thinned does not
come back: so a day is only thinned once the watches after it have lasted for two years as well, which the clock that
nobody can set has counted.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bedside.diary.brought_in import NAMES
from bedside.diary.columns import reading
from bedside.diary.errors import NO_ROW_OF_OURS
from bedside.diary.readings import Aggregate

if TYPE_CHECKING:
    from sqlite_utils import Database

log = logging.getLogger(__name__)

WHOLE = timedelta(days=730)
"""So long each reading stays as it was written."""
WATCHED_SHARE = 0.9
"""Of that time, at the least: the device was off now and then."""
DAY = timedelta(days=1)
FIRST_YEAR = 2020
"""Before it there is nothing, or it is little."""

SURE = "(since_boot is null or trusted)"
"""Of a reading: the others wait for the clock to be set, which puts them right; until then they may be young."""

TO_THIN = f"""
select start from readings where start >= ? and start < ? and start not like '%:00:00.000+00:00'
and {SURE} order by start limit 1
"""
"""What begins with the hour is as it would be thinned, or nearly."""
ANY = "select 1 from readings where start >= ? and start < ? limit 1"
WATCHED = "select sum(julianday(seen) - julianday(max(began, ?))) from watches where seen > ? and trusted"
OF_A_DAY = f"""
select boot, start, samples, mean_celsius, low_celsius, high_celsius, trusted from readings
where start >= ? and start < ? and {SURE}
"""
KEEP = f"insert or replace into readings ({', '.join(NAMES)}) values ({', '.join(f':{name}' for name in NAMES)})"


def whole_since(now: datetime) -> date:
    """The first UTC day whose readings are not old at `now`."""
    return (now.astimezone(UTC) - WHOLE).date()


def by_hour(readings: Iterable[Aggregate]) -> list[Aggregate]:
    """The readings, one for each boot and hour of UTC; one that is an hour already stays as it is. Mean of all samples,
    lowest, highest; trusted where all of them are.
    """

    def hour(reading: Aggregate) -> tuple[str, datetime]:
        return reading.boot, reading.start.replace(minute=0, second=0, microsecond=0)

    return [_together(start, list(some)) for (_, start), some in groupby(sorted(readings, key=hour), hour)]


def _together(start: datetime, readings: list[Aggregate]) -> Aggregate:
    samples = sum(reading.samples for reading in readings)
    return replace(
        readings[0],
        start=start,
        samples=samples,
        mean=sum(reading.mean * reading.samples for reading in readings) / samples,
        low=min(reading.low for reading in readings),
        high=max(reading.high for reading in readings),
        trusted=all(reading.trusted for reading in readings),
    )


class Thinning:
    """Goes through the days from the oldest on; it remembers how far it came, so that little is looked at twice."""

    def __init__(self, db: "Database") -> None:
        self._db, self._from = db, ""

    def thin_one(self, now: datetime) -> bool:
        """Thin the oldest day that is to be, or see that there is none in one year more; `now` by a clock that was set.
        True if there may be more.
        """
        until = whole_since(now).isoformat()
        while (found := self._first(upto := min(until, self._year_end()))) is None:
            empty = not self._db.execute(ANY, [self._from, upto]).fetchone()
            self._from = upto
            if upto == until or not empty:
                return upto < until
        (start,) = found
        day, after = start[:10], f"{start} "  # the next text behind it, where it begins with no day
        try:
            after = (date.fromisoformat(day) + DAY).isoformat()
            if not self._watched(after):
                return False
            self._thin(day, after)
        except NO_ROW_OF_OURS as error:
            log.warning("the readings of %s stay as they are, one is none of ours: %s", day, error)
        self._from = after
        return True

    def _first(self, upto: str) -> Any | None:
        return self._db.execute(TO_THIN, [self._from, upto]).fetchone()

    def _year_end(self) -> str:
        """So far is looked at once: a look at ten years would hold a press up."""
        year = self._from[:4]
        return f"{max(int(year), FIRST_YEAR) + 1 if year.isdecimal() else FIRST_YEAR}-01-01"

    def _watched(self, since: str) -> bool:
        (days,) = self._db.execute(WATCHED, [since, since]).fetchone()
        return bool(days and days * DAY >= WHOLE * WATCHED_SHARE)

    def _thin(self, day: str, after: str) -> None:
        rows = self._db.execute(OF_A_DAY, [day, after]).fetchall()
        thinned = [reading(hour) for hour in by_hour(map(_aggregate, rows))]
        with self._db.atomic():
            self._db.execute(f"delete from readings where start >= ? and start < ? and {SURE}", [day, after])
            self._db.conn.executemany(KEEP, thinned)


def _aggregate(row: Sequence[Any]) -> Aggregate:
    boot, start, samples, mean, low, high, trusted = row
    return Aggregate(boot, datetime.fromisoformat(start), samples, mean, low, high, bool(trusted))
