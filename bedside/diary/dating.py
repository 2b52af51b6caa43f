"""Times that a clock told which was not set: noted as it told them, and put right once the boot's clock is known.

Part of the one writing connection. What puts a time right is a time of the same boot, and nothing else: the first that
the device itself vouched for or, until there is one, what a person typed last. Which of the records came first makes no
difference, so that the journal can be replayed as often as need be.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bedside.diary.cells import YEARS
from bedside.diary.columns import Columns, in_utc, reading, utc
from bedside.diary.errors import NO_ROW_OF_OURS
from bedside.diary.exported import KEYS
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

KNOWN = (
    "select trusted, trusted_since_boot from boots where id = ? and trusted is not null",
    "select time, since_boot from times_told where boot = ? order by since_boot desc, id desc limit 1",
)
NOTE = """
insert into logged_times (id, boot, since_boot, entry_table, entry, field, logged, corrected)
values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set
boot = excluded.boot, since_boot = excluded.since_boot, logged = excluded.logged, corrected = excluded.corrected
"""
ADD_READING = """
insert into readings (start, boot, mean_celsius, low_celsius, high_celsius, samples, trusted, since_boot, logged)
values (:start, :boot, :mean_celsius, :low_celsius, :high_celsius, :samples, :trusted, :since_boot, :logged)
on conflict (start, boot) do update set
mean_celsius = round((mean_celsius * samples + excluded.mean_celsius * excluded.samples)
  / (samples + excluded.samples), 3),
low_celsius = min(low_celsius, excluded.low_celsius), high_celsius = max(high_celsius, excluded.high_celsius),
samples = samples + excluded.samples, trusted = min(trusted, excluded.trusted)
"""
"""Of the same five minutes it is another part."""
OUT_OF_PLACE = """
select 1 from readings where boot = ? and since_boot is not null
and (trusted is not 1 or strftime('%s', start) - since_boot is not ?) limit 1
"""


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


@dataclass(frozen=True, slots=True)
class _Change:
    """A time that is kept otherwise than it is known now, as the diary writes it."""

    table: str
    entry: str
    column: str
    before: str
    after: str


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


def put_right(db: "Database", row: Row, table: str, key: str, values: Columns) -> None:
    """Note the times of a row that may be wrong, and put them right in its values where they are known. To be called
    before the row is kept.
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
        boot = row.id
    elif isinstance(row, TimeTold):
        boot = row.moment.boot
    else:
        return
    right = known(db, boot)
    if right is None:
        return
    for change in list(_changes(db, boot, right)):
        _correct(db, change)
    _put_readings_right(db, boot, right)


def add_reading(db: "Database", aggregate: Aggregate) -> str:
    """Keep an aggregate, put right where its time is known, beside or together with what is there. When it starts."""
    values = reading(aggregate) | {"logged": None}
    right = known(db, aggregate.boot) if aggregate.since_boot is not None else None
    if right:
        _put_reading_right(right, values)
    db.execute(ADD_READING, values)
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
    """All at once: shifted one by one, each would fall into the next one's place."""
    if not _out_of_place(db, boot, right):
        return
    names = "start, boot, mean_celsius, low_celsius, high_celsius, samples, trusted, since_boot, logged"
    ours = "where boot = ? and since_boot is not null"
    found = db.execute(f"select {names} from readings {ours} order by since_boot", [boot]).fetchall()
    db.execute(f"delete from readings {ours}", [boot])
    befores, afters = [], []
    for row in found:
        values = dict(zip(names.split(", "), row, strict=True))
        befores.append(values["start"])
        _put_reading_right(right, values)
        db.execute(ADD_READING, values)
        afters.append(values["start"])
    for starts in (befores, afters):
        touch_between(db, min(starts), max(starts))


def _out_of_place(db: "Database", boot: str, right: Known) -> bool:
    """Whether any reading of this boot is elsewhere than it belongs. A boot is told of at each start of the program,
    and its readings may be a year's.
    """
    began = right.at(0.0)
    # Each is some times five minutes since the boot, so that all of them are as far from where they belong.
    belongs = five_minutes_of(began).timestamp() if began else None
    return bool(db.execute(OUT_OF_PLACE, [boot, belongs]).fetchone())


def _put_reading_right(right: Known, values: Columns) -> None:
    at = right.at(values["since_boot"])
    if at:
        values |= {"logged": values["logged"] or values["start"], "start": in_utc(five_minutes_of(at)), "trusted": 1}
