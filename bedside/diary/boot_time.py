"""What tells the times of a boot: a time of the same boot, and nothing else. Part of the one writing connection.

It is the first that the device itself vouched for or, until there is one, what a person typed last.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bedside.diary.cells import YEARS
from bedside.diary.errors import NO_ROW_OF_OURS

if TYPE_CHECKING:
    from sqlite_utils import Database

KNOWN = (
    "select trusted, trusted_since_boot from boots where id = ? and trusted is not null",
    "select time, since_boot from times_told where boot = ? order by since_boot desc, id desc limit 1",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What time it was so many seconds after a boot."""

    since_boot: float
    wall: datetime

    def at(self, since_boot: float) -> datetime | None:
        """What time it was then; None where that cannot be."""
        try:
            wall = self.wall - timedelta(seconds=self.since_boot - since_boot)
        except OverflowError:
            return None
        return wall if wall.year in YEARS else None


def known(db: "Database", boot: str) -> Known | None:
    """What tells the times of this boot; None while nothing does."""
    for query in KNOWN:
        found = db.execute(query, [boot]).fetchone()
        if found:
            try:
                return Known(float(found[1]), datetime.fromisoformat(found[0]))
            except NO_ROW_OF_OURS:  # a row that is none of ours keeps no press out
                return None
    return None
