"""Which night an evening's stretch and a check-in belong to that were kept under a clock that was not set: noted, and
filed anew once the boot's clock is known. Part of the one writing connection.

An evening keeps its date, which is its name: the device asks once a date. What moves is the night it counts for. A
night may have two stretches, and what they came to is told of both; it has one check-in, and the one told last stands.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from bedside.diary.boot_time import Known, known
from bedside.diary.columns import Columns, in_utc, utc
from bedside.diary.rolling import NEXT
from bedside.night.brought import logged_id
from bedside.night.effects import Evening, Reason, Row, Save
from bedside.night.events import Moment
from bedside.night.told import CheckIn
from bedside.patterns.nights import night_of

if TYPE_CHECKING:
    from sqlite_utils import Database

NIGHT = "night"
DAY = timedelta(days=1)

NOTE = """
insert or replace into logged_times (id, boot, since_boot, entry_table, entry, field, logged, corrected)
values (?, ?, ?, ?, ?, 'night', ?, ?)
"""
NOTED = "select boot, since_boot from logged_times where id = ?"
NOTED_OF_A_BOOT = (
    "select since_boot, entry_table, entry, corrected from logged_times where boot = ? and field = 'night'"
)
AMENDED = """
insert into amendments (record, at, told_by, entry_table, entry, field, before, after)
values (?, ?, ?, 'checkins', ?, ?, ?, ?)
"""
ANSWERS = ("slept_here", "disturbance", "factors", "asked", "note")


def file_row(db: "Database", save: Save, row: Row, values: Columns) -> None:
    """Note the night of a row that a clock told which was not set, and have its values tell the right one, where that
    is known. To be called before the row is kept, and before its other times are put right.
    """
    if isinstance(row, Evening):
        _file_evening(db, save.moment, row, values)
    elif isinstance(row, CheckIn):
        _file_check_in(db, save, row, values)


def file_anew(db: "Database", boot: str, right: Known, zone: tzinfo) -> None:
    """File what was kept before the time of its boot was known; `zone` tells the local time then."""
    moves = []
    for since, table, entry, corrected in db.execute(NOTED_OF_A_BOOT, [boot]).fetchall():
        at = right.at(since)
        if at is None or in_utc(at) == corrected:
            continue
        db.execute("update logged_times set corrected = ? where id = ?", [in_utc(at), logged_id(table, entry, NIGHT)])
        if table == "stretches":
            _move_stretch(db, entry, *_night_of_stretch(db, at, zone))
        elif table == "checkins":
            moves.append((entry, _night_before(at, zone)))
    # From the end that they move to: each would fall into the next one's place.
    for old, new in sorted(moves, reverse=any(old < new for old, new in moves)):
        if old != new:
            _move_check_in(db, old, new)


def zone_of(at: datetime) -> tzinfo:
    """How far local time was from UTC then: the journal knows no more, and tells the same at each replay."""
    return timezone(at.utcoffset() or timedelta(0))


def _file_evening(db: "Database", moment: Moment, row: Evening, values: Columns) -> None:
    """An evening that was begun by such a clock. What was missed was no evening at all, and says nothing."""
    id = logged_id("stretches", row.id, NIGHT)
    boot = _boot_begun_in(db, id, moment, row)
    if boot is None:
        db.execute("delete from logged_times where id = ?", [id])
        return
    right = known(db, boot)
    at = right.at(row.due) if right else None
    if boot == moment.boot and not db.execute(NOTED, [id]).fetchone():
        db.execute(NOTE, [id, boot, row.due, "stretches", row.id, utc(moment.at(row.due)), None])
    if at:
        values["night"], values["trusted"] = _night_of_stretch(db, at, zone_of(moment.wall))
        db.execute("update logged_times set corrected = ? where id = ?", [in_utc(at), id])
        _touch(db, values["night"])


def _boot_begun_in(db: "Database", id: str, moment: Moment, row: Evening) -> str | None:
    """The boot by whose unset clock the evening was begun; None where it was not. A restart keeps it once more."""
    noted = db.execute(NOTED, [id]).fetchone()
    if noted and noted[1] == row.due:
        return str(noted[0])
    kept = db.execute("select 1 from stretches where evening = ?", [row.id]).fetchone()
    begun = moment.unsure and row.reason is not Reason.MISSED and not (row.trusted and kept)
    if noted and begun:  # called off, and begun again
        db.execute("delete from logged_times where id = ?", [id])
    return moment.boot if begun else None


def _file_check_in(db: "Database", save: Save, row: CheckIn, values: Columns) -> None:
    """A check-in of the night just past, by such a clock. Other nights are dates that a person chose. So is one that
    was told of before: the page had shown what.
    """
    moment, id = row.moment, logged_id("checkins", row.id, NIGHT)
    noted = db.execute(NOTED, [id]).fetchone()
    if not moment.unsure:
        db.execute("delete from logged_times where id = ?", [id])
        return
    kept = db.execute("select 1 from checkins where night = ?", [row.id]).fetchone()
    alone = sum(isinstance(other, CheckIn) for other in save.rows) == 1
    if not alone or row.night != moment.wall.date() - DAY or (noted[0] != moment.boot if noted else kept):
        return
    right = known(db, moment.boot)
    at = right.at(moment.since_boot) if right else None
    if at:
        values["night"] = _night_before(at, zone_of(moment.wall))
        _touch(db, values["night"])
    entry = values["night"]
    id = logged_id("checkins", entry, NIGHT)
    corrected = in_utc(at) if at else None
    db.execute(NOTE, [id, moment.boot, moment.since_boot, "checkins", entry, utc(moment), corrected])


def _night_of_stretch(db: "Database", at: datetime, zone: tzinfo) -> tuple[str, int]:
    """The night that the time lies in, and 1 where a stretch then was for it: not once the night is slept."""
    from bedside.diary.reader import Reader  # with all that counts, which nobody waits for who only keeps a press

    night = night_of(at, zone)
    _, closes = Reader(db.conn).sleep_window(night, zone)
    return night.isoformat(), int(at < closes)


def _move_stretch(db: "Database", evening: str, night: str, sure: int) -> None:
    for (before,) in db.execute("select night from stretches where evening = ?", [evening]).fetchall():
        _touch(db, before, night)
    db.execute("update stretches set night = ?, trusted = ? where evening = ?", [night, sure, evening])


def _night_before(at: datetime, zone: tzinfo) -> str:
    return (at.astimezone(zone).date() - DAY).isoformat()


def _move_check_in(db: "Database", old: str, new: str) -> None:
    """Have it, with what was changed of it, be of another night. Where that has one, the one told last stands; what it
    left open is taken from the other, and what of that it changes is kept.
    """
    kept = [_check_in(db, night) for night in (old, new)]
    told = [row for row in kept if row]
    if kept[0] is None:
        return
    told.sort(key=lambda row: str(row["at"]))
    last = {**_together(told[0], told[-1]), "night": new}
    db.execute("update amendments set entry = ? where entry_table = 'checkins' and entry = ?", [new, old])
    for answer in ANSWERS:
        if told[0][answer] != last[answer]:
            change = answer, told[0][answer], last[answer]
            db.execute(AMENDED, [logged_id("checkins", old, NIGHT), last["at"], last["told_by"], new, *change])
    db.execute("delete from checkins where night in (?, ?)", [old, new])
    names = ", ".join(f'"{name}"' for name in last)
    db.execute(f"insert into checkins ({names}) values ({', '.join('?' * len(last))})", list(last.values()))
    for field in ("at", NIGHT):
        ids = [logged_id("checkins", night, field) for night in (old, new)]
        stays = ids if told[-1] is kept[0] else ids[::-1]
        db.execute("delete from logged_times where id = ?", [stays[1]])
        db.execute("update logged_times set id = ?, entry = ? where id = ?", [ids[1], new, stays[0]])
    _touch(db, old, new)


def _check_in(db: "Database", night: str) -> Mapping[str, Any] | None:
    return next(iter(db.query("select * from checkins where night = ?", [night])), None)


def _together(first: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
    """What was told last; what that left open, as it was told first."""
    open_still = {name for name in ("slept_here", "disturbance", "note") if last[name] in (None, "")}
    open_still |= set() if last["asked"] else {"factors", "asked"}
    return {**last, **{name: first[name] for name in open_still}}


def _touch(db: "Database", *nights: str) -> None:
    for night in nights:
        db.execute(NEXT + "night = ?", [night])
