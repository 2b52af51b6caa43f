"""What each night that is over came to, kept in the table `nights`, so that no page counts readings again.

A row is out of date where `rolled_up` is not `changed`. Then whoever reads it rolls the night up for themselves, and
the writer does so for good when it has nothing else to do: what is shown never waits for that, and is never old.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from bedside.diary.columns import RULES, Columns, in_utc
from bedside.diary.kept import KeptCheckIn, Warmth, as_chains
from bedside.diary.reader import Reader
from bedside.patterns.facts import NO_ANSWERS, Answers, NightFacts, Side, roll_up
from bedside.patterns.nights import HOUR, Span, night_of, span_of, within_night
from bedside.patterns.raster import Mark, Row, Unknown, night_row

MEASURED_SHARE = 0.5
"""Of the hours of the sleep window: measured in fewer, the night has no mean, which would be one of the evening."""

MARKED = ("cramp", "at", "doubtful", "daytime", "about", "severity")
"""What the table keeps of each mark of the raster, in this order."""

DAY = timedelta(days=1)
MOST_YEARS = 30
"""Longer ago, it was a clock that had not been set."""


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A night that is over: its facts, its row of the raster, its sleep window in UTC, and the room in it."""

    facts: NightFacts
    row: Row
    window: Span
    warmth: Warmth | None


def rolled_up(reader: Reader, night: date, zone: tzinfo) -> RolledUp:
    """The night, counted from everything the diary has of it. Raises DiaryError."""
    span = span_of(night, zone)
    window = within_night(reader.sleep_window(night, zone), night, zone)
    cramps, watches, readings = as_chains(reader.cramps(*span)), reader.watches(*span), reader.readings(*span)
    warmth = reader.warmth(*window) if _measured(readings, window) else None
    facts = roll_up(
        night,
        window,
        zone,
        cramps=cramps,
        watches=watches,
        presses=reader.presses(*span),
        celsius=warmth.mean if warmth else None,
        stretches=reader.stretches(night),
        answers=_answers(reader.check_in(night)),
    )
    row = night_row(facts, window, zone, cramps=cramps, watches=watches, readings=readings)
    tenths = tuple(None if celsius is None else round(celsius, 1) for celsius in row.celsius)
    return RolledUp(facts, replace(row, celsius=tenths), window, warmth)


def nights_over(reader: Reader, now: datetime, zone: tzinfo) -> list[RolledUp]:
    """Every night from the first of which anything is known to the last that is over, oldest first.

    Raises DiaryError.
    """
    return _rolled_up(reader, _nights(reader, now, zone), reader.rows("select * from nights"), zone)


def nights_between(reader: Reader, first: date, last: date, now: datetime, zone: tzinfo) -> list[RolledUp]:
    """Those from the first to the last, both counted and over, as far back as anything is known; nothing is read of the
    others. The night that runs is none of them. Raises DiaryError.
    """
    running = night_of(now, zone)
    since = max(first, first_night(reader, now, zone) or date.max)
    until = min(last, max(running - DAY, last_kept(reader) or running - DAY))  # the clock may be behind
    days = (since + day * DAY for day in range((until - since).days + 1))
    within = [night for night in days if night != running]
    ends = first.isoformat(), last.isoformat()
    kept = reader.rows("select * from nights where night between ? and ?", *ends)
    return _rolled_up(reader, within, kept, zone)


def change(reader: Reader, now: datetime, zone: tzinfo) -> tuple[object, ...]:
    """Equal as long as nothing that `nights_over` or what was told came from has changed."""
    ((changed,),) = reader.rows("select max(changed) from nights")
    ((records,),) = reader.rows("select max(rowid) from replayed")
    ((made,),) = reader.rows("select min(applied_at) from _sqlite_migrations")  # after a deletion another one
    return made, changed, records, night_of(now, zone), str(zone)


def missing(reader: Reader, now: datetime, zone: tzinfo) -> list[date]:
    """The nights that are over and have no row. Raises DiaryError."""
    has = {row["night"] for row in reader.rows("select night from nights")}
    return [night for night in _nights(reader, now, zone) if night.isoformat() not in has]


def empty_columns(night: date, zone: tzinfo) -> Columns:
    """A row that is to be rolled up."""
    starts, ends = span_of(night, zone)
    return {"night": night.isoformat(), "starts": in_utc(starts), "ends": in_utc(ends), "changed": 0}


def columns_of(rolled: RolledUp) -> Columns:
    """The night's row of the table, but for when it was changed."""
    facts, row, warmth = rolled.facts, rolled.row, rolled.warmth
    opens, closes = rolled.window
    return {
        "rules": RULES,
        "opens": in_utc(opens),
        "closes": in_utc(closes),
        "observed": int(facts.observed),
        "confirmed": int(facts.confirmed),
        "away": int(facts.away),
        "cramps": facts.cramps,
        "doubtful": facts.doubtful,
        "daytime": facts.daytime,
        "undated": facts.undated,
        "watched_seconds": facts.watched,
        "window_seconds": facts.window,
        "celsius": warmth.mean if warmth else None,
        "low_celsius": warmth.low if warmth else None,
        "high_celsius": warmth.high if warmth else None,
        "samples": warmth.samples if warmth else None,
        "stretch": facts.stretch.value,
        "factors": ", ".join(sorted(facts.factors)),
        "asked": ", ".join(sorted(facts.asked)),
        "onset_hours": _json(facts.onset_hours),
        "watched_by_hour": _json(facts.watched_by_hour),
        "celsius_by_hour": _json(row.celsius),
        "window": _json(row.window),
        "unwatched": _json([(span.start, span.end) for span in row.unknown]),
        "marks": _json([[getattr(mark, name) for name in MARKED] for mark in row.marks]),
    }


def _rolled_up(reader: Reader, nights: Iterable[date], kept: Iterable[Any], zone: tzinfo) -> list[RolledUp]:
    """The nights as they are kept; one that is not, or is out of date, is counted anew."""
    rows = {row["night"]: row for row in kept}
    found = []
    for night in nights:
        row = rows.get(night.isoformat())
        fresh = row is not None and row["rolled_up"] == row["changed"] and row["rules"] == RULES
        found.append(_from_columns(row) if fresh else rolled_up(reader, night, zone))
    return found


def _from_columns(kept: Any) -> RolledUp:
    night = date.fromisoformat(kept["night"])
    facts = NightFacts(
        night=night,
        observed=bool(kept["observed"]),
        confirmed=bool(kept["confirmed"]),
        away=bool(kept["away"]),
        cramps=kept["cramps"],
        doubtful=kept["doubtful"],
        daytime=kept["daytime"],
        undated=kept["undated"],
        onset_hours=tuple(json.loads(kept["onset_hours"])),
        watched=kept["watched_seconds"],
        window=kept["window_seconds"],
        watched_by_hour=tuple(json.loads(kept["watched_by_hour"])),
        celsius=kept["celsius"],
        stretch=Side(kept["stretch"]),
        factors=_texts(kept["factors"]),
        asked=_texts(kept["asked"]),
    )
    counts = facts.observed and not facts.away
    row = Row(
        first=night,
        elapsed=1,
        observed=int(counts),
        unconfirmed=int(counts and not facts.confirmed),
        away=int(facts.away),
        window=tuple(json.loads(kept["window"])),
        marks=tuple(Mark(night=night, **dict(zip(MARKED, mark, strict=True))) for mark in json.loads(kept["marks"])),
        unknown=tuple(Unknown(start, end, 1) for start, end in json.loads(kept["unwatched"])),
        celsius=tuple(json.loads(kept["celsius_by_hour"])),
    )
    warmth = (
        None
        if kept["celsius"] is None
        else Warmth(kept["celsius"], kept["low_celsius"], kept["high_celsius"], kept["samples"])
    )
    window = datetime.fromisoformat(kept["opens"]), datetime.fromisoformat(kept["closes"])
    return RolledUp(facts, row, window, warmth)


_FIRST_MOMENTS = (
    "select min(began) from watches where trusted",
    "select min(onset) from cramps where onset_trusted and origin != 'page'",
    "select min(cramps.onset) from cramps left join judgements on cramp = cramps.id"
    " where origin = 'page' and verdict is not 'no cramp'",
)
_FIRST_TOLD = (
    "select night from checkins where slept_here = 0 or disturbance is not null or note != '' or asked != ''"
    " order by night limit 1"
)
"""A slip of a year that was taken back leaves no years of unknown nights behind."""


def first_night(reader: Reader, now: datetime, zone: tzinfo) -> date | None:
    """The first night of which anything is known, under a clock that was set; None where nothing is."""
    moments = [at for query in _FIRST_MOMENTS for (at,) in reader.rows(query) if at]
    firsts = [night_of(datetime.fromisoformat(at), zone) for at in moments]
    firsts += [date.fromisoformat(night) for (night,) in reader.rows(_FIRST_TOLD)]
    return max(min(firsts), night_of(now, zone) - 366 * MOST_YEARS * DAY) if firsts else None


def last_kept(reader: Reader) -> date | None:
    """The last night that has a row: it was over."""
    ((night,),) = reader.rows("select max(night) from nights")
    return date.fromisoformat(night) if night else None


def _nights(reader: Reader, now: datetime, zone: tzinfo) -> Iterator[date]:
    """From the first of which anything is known to the last that is over."""
    running = night_of(now, zone)
    night = first_night(reader, now, zone) or running
    while night < running:
        yield night
        night += DAY


def _measured(readings: list[tuple[datetime, float]], window: Span) -> bool:
    """Whether the room was measured in enough hours of the window."""
    hours = {(at - window[0]) // HOUR for at, _ in readings if window[0] <= at < window[1]}
    return len(hours) * HOUR >= MEASURED_SHARE * (window[1] - window[0]) and bool(hours)


def _answers(told: KeptCheckIn | None) -> Answers:
    if told is None:
        return NO_ANSWERS
    return Answers(told.slept_here, frozenset(told.factors), frozenset(told.asked))


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _texts(joined: str) -> frozenset[str]:
    return frozenset(filter(None, joined.split(", ")))
