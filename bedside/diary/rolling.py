"""Keeps the table `nights`: notes which night a new row touches, and rolls up the nights that are out of date.

Part of the one writing connection.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from bedside.diary.columns import in_utc, utc
from bedside.diary.readings import Aggregate
from bedside.night.effects import Cramp, Evening, Press, Row, Watch
from bedside.night.told import Added, CheckIn, Judgement

if TYPE_CHECKING:
    from sqlite_utils import Database

NEXT = "update nights set changed = (select max(changed) + 1 from nights) where "


def touch(db: "Database", row: Row) -> None:
    """Note that the night that a row belongs to came to something else. To be called before the row is kept."""
    match row:
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
            _touch_span(db, known[0] if known else utc(row.began), utc(row.began.at(row.seen.since_boot)))


def touch_measured(db: "Database", readings: Sequence[Aggregate]) -> None:
    """The same for new readings."""
    if readings:
        starts = [reading.start for reading in readings]
        _touch_span(db, in_utc(min(starts)), in_utc(max(starts)))


def roll_up_one(db: "Database", now: datetime, zone: tzinfo) -> bool:
    """Roll up one night that is out of date; before, every night that is over gets its row. True if one was."""
    from bedside.diary import nights  # with all that counts, which nobody waits for who only keeps a press
    from bedside.diary.reader import Reader

    reader = Reader(db.conn)
    query = "select night, changed from nights where rolled_up is not changed order by night desc limit 1"
    out_of_date = _rows(db, query)
    if not out_of_date:
        absent = nights.missing(reader, now, zone)
        with db.atomic():
            for night in absent:
                _insert(db, nights.empty_columns(night, zone))
        return bool(absent)
    ((name, changed),) = out_of_date
    values = nights.columns_of(nights.rolled_up(reader, date.fromisoformat(name), zone)) | {"rolled_up": changed}
    changes = ", ".join(f"{column} = :{column}" for column in values)
    with db.atomic():
        db.execute(f"update nights set {changes} where night = :night", values | {"night": name})
    return True


def _touch_moment(db: "Database", at: str) -> None:
    day = date.fromisoformat(at[:10])
    near = [(day + timedelta(days=days)).isoformat() for days in (-2, 1)]  # no night is named by a farther date
    db.execute(NEXT + "night between ? and ? and starts <= ? and ends > ?", [*near, at, at])


def _touch_span(db: "Database", start: str, end: str) -> None:
    day = date.fromisoformat(start[:10]) - timedelta(days=2)
    db.execute(NEXT + "night >= ? and ends > ? and starts <= ?", [day.isoformat(), start, end])


def _insert(db: "Database", values: dict[str, Any]) -> None:
    names = ", ".join(values)
    db.execute(f"insert into nights ({names}) values ({', '.join(f':{name}' for name in values)})", values)


def _rows(db: "Database", query: str, *values: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query, values).fetchall())
