"""Keeps the table `nights`: notes which night a new row touches, and rolls up the nights that are out of date.

Part of the one writing connection.
"""

import logging
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from bedside.diary.columns import RULES, in_utc, utc
from bedside.diary.errors import NO_ROW_OF_OURS
from bedside.night.effects import Cramp, Evening, Press, Row, Watch
from bedside.night.habits import Chosen
from bedside.night.told import Added, CheckIn, Judgement

if TYPE_CHECKING:
    from sqlite_utils import Database

log = logging.getLogger(__name__)

OUT_OF_DATE = """
select night, changed from nights where rolled_up is not changed and coalesce(rolled_up, 0) is not -1 - changed
order by night desc limit 1
"""
"""A night that could not be rolled up has a `rolled_up` below zero, and is tried again once it has changed."""
MOST_AT_ONCE = 31
"""Nights get their row so many at a time: of a clock that is years ahead there would be thousands."""
NEXT = "update nights set changed = (select max(changed) + 1 from nights) where "


def touch_by_other_rules(db: "Database") -> None:
    """Note the nights that an older version rolled up. To be called when the diary is opened."""
    with db.atomic():
        db.execute(NEXT + "rolled_up is changed and rules is not ?", [RULES])


def touch(db: "Database", row: Row) -> None:
    """Note that the night that a row belongs to came to something else. To be called before the row is kept."""
    try:
        _touch(db, row)
    except NO_ROW_OF_OURS:  # a row beside it that is none of ours: nobody knows which night it was
        db.execute(NEXT + "1")


def _touch(db: "Database", row: Row) -> None:
    match row:
        case Chosen():
            db.execute(NEXT + "ends > ?", [utc(row.moment)])
        case Cramp():
            _touch_moment(db, utc(row.onset))
        case Press():
            _touch_moment(db, utc(row.moment))
        case Added():
            _touch_moment(db, in_utc(row.onset))
        case Judgement():
            for (onset,) in _rows(db, "select onset from cramps where id = ?", row.cramp):
                _touch_moment(db, onset)
        case CheckIn():
            db.execute(NEXT + "night = ?", [row.night.isoformat()])
        case Evening():
            db.execute(NEXT + "night = ?", [row.of_night.isoformat()])
        case Watch():
            known = [seen for (seen,) in _rows(db, "select seen from watches where id = ?", row.id)]
            touch_between(db, known[0] if known else utc(row.began), utc(row.began.at(row.seen.since_boot)))


def touch_between(db: "Database", start: str, end: str) -> None:
    """Note that the nights from one time to another, both as the diary writes them, came to something else."""
    day = date.fromisoformat(start[:10]) - timedelta(days=2)
    db.execute(NEXT + "night >= ? and ends > ? and starts <= ?", [day.isoformat(), start, end])


def roll_up_one(db: "Database", now: datetime, zone: tzinfo) -> bool:
    """Roll up one night that is out of date; before, every night that is over gets its row. True if one was."""
    from bedside.diary import nights  # with all that counts, which nobody waits for who only keeps a press
    from bedside.diary.reader import Reader
    from bedside.patterns.nights import night_of

    reader = Reader(db.conn)
    if _forget_nights_to_come(db, night_of(now, zone)):
        return True
    out_of_date = _rows(db, OUT_OF_DATE)
    if not out_of_date:
        absent = nights.missing(reader, now, zone)[:MOST_AT_ONCE]
        with db.atomic():
            for night in absent:
                _insert(db, nights.empty_columns(night, zone))
        return bool(absent)
    ((name, changed),) = out_of_date
    values: dict[str, Any] = {"rolled_up": -1 - changed}
    try:
        rolled = nights.rolled_up(reader, date.fromisoformat(name), zone)
        values = nights.columns_of(rolled) | {"rolled_up": changed}
    except NO_ROW_OF_OURS as error:
        log.warning("the night %s has a row that is none of ours: %s", name, error)
    changes = ", ".join(f"{column} = :{column}" for column in values)
    with db.atomic():
        db.execute(f"update nights set {changes} where night = :night", values | {"night": name})
    return True


def _forget_nights_to_come(db: "Database", running: date) -> bool:
    """A clock that was ahead has made them; what they came to is made from the rest. True if there were any."""
    if not _rows(db, "select 1 from nights where night >= ? limit 1", running.isoformat()):
        return False
    with db.atomic():
        db.execute(NEXT + "night = (select max(night) from nights where night < ?)", [running.isoformat()])
        db.execute("delete from nights where night >= ?", [running.isoformat()])
    return True


def _touch_moment(db: "Database", at: str) -> None:
    day = date.fromisoformat(at[:10])
    near = [(day + timedelta(days=days)).isoformat() for days in (-2, 1)]  # no night is named by a farther date
    db.execute(NEXT + "night between ? and ? and starts <= ? and ends > ?", [*near, at, at])


def _insert(db: "Database", values: dict[str, Any]) -> None:
    names = ", ".join(values)
    db.execute(f"insert into nights ({names}) values ({', '.join(f':{name}' for name in values)})", values)


def _rows(db: "Database", query: str, *values: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query, values).fetchall())
