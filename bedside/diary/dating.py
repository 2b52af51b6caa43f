"""Times that a clock told which was not set: noted as it told them, and put right once the boot's clock is known.

Part of the one writing connection. Which of the records came first makes no difference, so that the journal can be
replayed as often as need be. What a person typed as the time of something is theirs, and stays.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bedside.diary.boot_time import Known, known
from bedside.diary.columns import Columns, in_utc, reading, utc
from bedside.diary.exported import KEYS
from bedside.diary.filing import file_anew, zone_of
from bedside.diary.readings import Aggregate, five_minutes_of
from bedside.diary.rolling import touch_between
from bedside.night.brought import logged_id
from bedside.night.effects import Boot, Cramp, Press, Row, Watch
from bedside.night.events import Moment
from bedside.night.habits import Chosen
from bedside.night.told import About, Added, CheckIn, Judgement, Medicine, TimeTold

if TYPE_CHECKING:
    from sqlite_utils import Database

Times = Mapping[str, Callable[[Any], Moment | None]]


def _told(row: Press | Chosen | CheckIn | Judgement | Added | Medicine | About) -> Moment:
    return row.moment


TIMES: Mapping[type[Row], Times] = {
    Cramp: {
        "onset": lambda row: row.onset,
        "end": lambda row: row.end,
        "last_press": lambda row: row.last_press,
    },
    Watch: {"began": lambda row: row.began, "seen": lambda row: row.began.at(row.seen.since_boot)},
    Boot: {"seen": lambda row: row.seen},
    **{kind: {"at": _told} for kind in (Press, Chosen, CheckIn, Judgement, Added, Medicine, About)},
}
"""By kind of row: which columns say when something was, and which moment each is of."""

MARKS = {
    ("cramps", "onset"): "onset_trusted",
    ("presses", "at"): "trusted",
    ("habits", "at"): "trusted",
    ("watches", "began"): "trusted",
}
"""The column that says whether the clock was set then."""

COLUMNS = frozenset(
    [("cramps", column) for column in ("onset", "end", "last_press", "at")]
    + [("watches", "began"), ("watches", "seen"), ("boots", "seen")]
    + [(table, "at") for table in ("presses", "habits", "checkins", "judgements", "medicines", "about", "amendments")]
)
"""Where such a time may be, and nowhere else: what was brought in may name anything."""

END_OF_TIME = "9999"

NOTE = """
insert into logged_times (id, boot, since_boot, entry_table, entry, field, logged, corrected)
values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set
boot = excluded.boot, since_boot = excluded.since_boot, logged = excluded.logged, corrected = excluded.corrected
"""
READING = (
    "start", "boot", "mean_celsius", "low_celsius", "high_celsius", "samples", "trusted", "since_boot", "logged"
)  # fmt: skip
ADD_READING = f"""
insert into readings ({", ".join(READING)}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (start, boot) do update set
mean_celsius = round((mean_celsius * samples + excluded.mean_celsius * excluded.samples)
  / (samples + excluded.samples), 3),
low_celsius = min(low_celsius, excluded.low_celsius), high_celsius = max(high_celsius, excluded.high_celsius),
samples = samples + excluded.samples, trusted = min(trusted, excluded.trusted)
"""
"""Of the same five minutes it is another part."""
OF_A_BOOT = "where boot = :boot and since_boot is not null"
PLACE = "strftime('%Y-%m-%dT%H:%M:%f+00:00', since_boot + :belongs, 'unixepoch')"
ENDS = f"select min(start), max(start), min({PLACE}), max({PLACE}) from readings {OF_A_BOOT}"
SHIFTED = f"""
select {PLACE}, boot, mean_celsius, low_celsius, high_celsius, samples, 1, since_boot, coalesce(logged, start)
from readings {OF_A_BOOT}
"""
OUT_OF_PLACE = f"""
select 1 from readings {OF_A_BOOT}
and (trusted is not 1 or strftime('%s', start) - since_boot is not :belongs) limit 1
"""


@dataclass(frozen=True, slots=True)
class _Change:
    """A time that is kept otherwise than it is known now, as the diary writes it."""

    table: str
    entry: str
    column: str
    before: str
    after: str


def put_right(db: "Database", row: Row, table: str, key: str, values: Columns) -> None:
    """Note the times of a row that may be wrong, and put them right in its values where they are known. To be called
    before the row is kept, and once it is filed.
    """
    if isinstance(row, Boot):
        _keep_the_first(db, values)
    for column, moment_of in TIMES.get(type(row), {}).items():
        moment = moment_of(row)
        if isinstance(row, Boot) and values["seen_since_boot"] != row.seen.since_boot:
            continue  # it was seen before
        if moment and moment.unsure and values[column] is not None:
            _note(db, moment, (table, str(values[key]), column), values)
        else:
            db.execute("delete from logged_times where id = ?", [logged_id(table, str(values[key]), column)])
    if isinstance(row, Watch) and row.began.unsure:
        _touch_watch(db, values)


def note_amendment(db: "Database", number: int, moment: Moment) -> None:
    """Note when something was told otherwise, which is written already."""
    values: Columns = {"at": utc(moment)}
    if moment.unsure:
        _note(db, moment, ("amendments", str(number), "at"), values)
        db.execute("update amendments set at = ? where id = ?", [values["at"], number])


def look_back(db: "Database", row: Row) -> None:
    """Put right what was kept before the time of its boot was known, if this row tells that. To be called after it."""
    if isinstance(row, Boot):
        boot, zone = row.id, zone_of((row.trusted or row.seen).wall)
    elif isinstance(row, TimeTold):
        boot, zone = row.moment.boot, zone_of(row.time)
    else:
        return
    right = known(db, boot)
    if right is None:
        return
    for change in list(_changes(db, boot, right)):
        _correct(db, change)
    file_anew(db, boot, right, zone)
    _put_readings_right(db, boot, right)


def add_reading(db: "Database", aggregate: Aggregate) -> str:
    """Keep an aggregate, put right where its time is known, beside or together with what is there. When it starts."""
    values = reading(aggregate) | {"logged": None}
    right = known(db, aggregate.boot) if aggregate.since_boot is not None else None
    if right:
        _put_reading_right(right, values)
    db.execute(ADD_READING, [values[name] for name in READING])
    start: str = values["start"]
    return start


def _keep_the_first(db: "Database", values: Columns) -> None:
    """A boot is told of at each start of the program: it stays as it was first seen, and first trusted."""
    found = db.execute(
        "select seen, seen_since_boot, trusted, trusted_since_boot from boots where id = ?", [values["id"]]
    ).fetchone()
    if found is None:
        return
    seen, seen_since, trusted, trusted_since = found
    if (seen_since or 0.0) <= values["seen_since_boot"]:
        values |= {"seen": seen, "seen_since_boot": seen_since}
    if trusted and (values["trusted"] is None or (trusted_since or 0.0) <= values["trusted_since_boot"]):
        values |= {"trusted": trusted, "trusted_since_boot": trusted_since}


def _note(db: "Database", moment: Moment, where: tuple[str, str, str], values: Columns) -> None:
    table, _, column = where
    right = known(db, moment.boot)
    at = right.at(moment.since_boot) if right else None
    logged, corrected = values[column], in_utc(at) if at else None
    db.execute(NOTE, [logged_id(*where), moment.boot, moment.since_boot, *where, logged, corrected])
    if corrected:
        values[column] = corrected
        if mark := MARKS.get((table, column)):
            values[mark] = 1
        touch_between(db, corrected, corrected)


def _touch_watch(db: "Database", values: Columns) -> None:
    """From where it had reached to where it reaches now."""
    had_seen = db.execute("select seen from watches where id = ?", [values["id"]]).fetchone() or [values["began"]]
    touch_between(db, *sorted((had_seen[0], values["seen"])))


def _changes(db: "Database", boot: str, right: Known) -> Iterator[_Change]:
    """What is kept otherwise than it is known now."""
    query = "select since_boot, entry_table, entry, field, logged, corrected from logged_times where boot = ?"
    for since, table, entry, column, logged, corrected in db.execute(query, [boot]).fetchall():
        at = right.at(since)
        if at and in_utc(at) != corrected and (table, column) in COLUMNS:
            yield _Change(table, entry, column, corrected or logged, in_utc(at))


def _correct(db: "Database", change: _Change) -> None:
    table, entry, before, after = change.table, change.entry, change.before, change.after
    mark = MARKS.get((table, change.column))
    changes = f'"{change.column}" = ?' + (f", {mark} = 1" if mark else "")
    db.execute(f"update {table} set {changes} where {KEYS[table]} = ?", [after, entry])
    db.execute("update logged_times set corrected = ? where id = ?", [after, logged_id(table, entry, change.column)])
    if table == "habits":
        touch_between(db, min(before, after), END_OF_TIME)
    elif table == "watches":
        for began, seen in db.execute("select began, seen from watches where id = ?", [entry]).fetchall():
            touch_between(db, *sorted((began, seen)))
            touch_between(db, *sorted((before, after)))
    else:
        for at in (before, after):
            touch_between(db, at, at)


def _put_readings_right(db: "Database", boot: str, right: Known) -> None:
    """All at once: shifted one by one, each would fall into the next one's place. They may be a year's, and presses
    wait meanwhile: so SQLite reckons, and nothing is done where all are where they belong.
    """
    began = right.at(0.0)
    if began is None:
        return
    # Each is some times five minutes since the boot, so that all of them are as far from where they belong.
    belongs = five_minutes_of(began).timestamp()
    if not db.execute(OUT_OF_PLACE, {"boot": boot, "belongs": belongs}).fetchone():
        return
    before, to, after, until = db.execute(ENDS, {"boot": boot, "belongs": belongs}).fetchone()
    touch_between(db, before, to)
    touch_between(db, after, until)
    _shift_readings(db, boot, belongs)


def _shift_readings(db: "Database", boot: str, belongs: float) -> None:
    where = {"belongs": belongs, "boot": boot}
    try:
        db.execute(
            f"update readings set start = {PLACE}, trusted = 1, logged = coalesce(logged, start) {OF_A_BOOT}", where
        )
    except sqlite3.IntegrityError:  # some fall together, or into the next one's place: a third of the speed
        shifted = db.execute(SHIFTED, where).fetchall()
        db.execute(f"delete from readings {OF_A_BOOT}", where)
        db.conn.executemany(ADD_READING, shifted)


def _put_reading_right(right: Known, values: Columns) -> None:
    at = right.at(values["since_boot"])
    if at:
        values |= {"logged": values["logged"] or values["start"], "start": in_utc(five_minutes_of(at)), "trusted": 1}
