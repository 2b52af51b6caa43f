"""Cramps and nights as sheets: comma-separated values (RFC 4180), which every spreadsheet program opens.

Times are local with their UTC offset, lengths in the unit that the column names, and an empty cell is what nobody
knows. The first bytes say that it is UTF-8: without them Excel takes it for the letters of the computer's country.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from functools import cache
from typing import Any

from bedside.diary.kept import KeptCheckIn, KeptCramp, cramp_of
from bedside.diary.nights import RolledUp, nights_over
from bedside.diary.reader import Reader
from bedside.patterns.facts import NightFacts
from bedside.patterns.nights import Span, in_window, night_of, within_night

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a text begins that a spreadsheet program would reckon with; it gets an apostrophe before it."""

CRAMP = (
    "night", "onset", "about", "lasted_seconds", "state", "doubtful", "daytime", "practice", "counts", "verdict",
    "second_onset", "severity", "leg", "muscle", "celsius", "origin", "pressed", "measured",
)  # fmt: skip
NIGHT = (
    "night", "observed", "confirmed", "away", "cramps", "doubtful", "daytime", "undated", "window_opens",
    "window_closes", "window_hours", "watched_hours", "mean_celsius", "low_celsius", "high_celsius", "stretch",
    "factors", "asked", "slept_here", "disturbance", "note",
)  # fmt: skip

Cell = str | bool | int | float | date | datetime | None


def cramp_lines(reader: Reader, entries: Iterable[Any], zone: tzinfo) -> Iterator[str]:
    """A sheet of these rows of `entries`."""

    @cache
    def window(night: date) -> Span:
        return within_night(reader.sleep_window(night, zone), night, zone)

    yield MARK + _line(CRAMP)
    for entry in entries:
        cramp = cramp_of(entry)
        night = night_of(cramp.onset, zone)
        yield _line(_cramp(cramp, night, zone, daytime=not in_window(cramp.onset, window(night))))


def night_lines(reader: Reader, now: datetime, zone: tzinfo) -> Iterator[str]:
    """A sheet of the nights that are over."""
    yield MARK + _line(NIGHT)
    for rolled in nights_over(reader, now, zone):
        yield _line(_night(rolled, reader.check_in(rolled.facts.night), zone))


def _cramp(cramp: KeptCramp, night: date, zone: tzinfo, *, daytime: bool) -> Sequence[Cell]:
    return (
        night,
        cramp.onset.astimezone(zone),
        not cramp.trusted,
        _rounded(cramp.seconds),
        cramp.state,
        cramp.doubtful,
        daytime if cramp.trusted else None,
        cramp.practice,
        cramp.counts,
        cramp.verdict,
        cramp.second.astimezone(zone) if cramp.second else None,
        cramp.severity,
        cramp.leg,
        cramp.muscle,
        _rounded(cramp.celsius),
        cramp.origin,
        cramp.pressed.astimezone(zone) if cramp.pressed else None,
        cramp.seconds is not None and cramp.pressed is None and cramp.origin != "page",
    )


def _night(rolled: RolledUp, told: KeptCheckIn | None, zone: tzinfo) -> Sequence[Cell]:
    facts, warmth = rolled.facts, rolled.warmth
    opens, closes = rolled.window
    return (
        facts.night,
        facts.observed,
        facts.confirmed,
        facts.away,
        *(_counted(number, facts) for number in (facts.cramps, facts.doubtful, facts.daytime, facts.undated)),
        opens.astimezone(zone),
        closes.astimezone(zone),
        _rounded(facts.window / 3600),
        _rounded(facts.watched / 3600),
        *(map(_rounded, (warmth.mean, warmth.low, warmth.high)) if warmth else [None] * 3),
        facts.stretch,
        ", ".join(sorted(facts.factors)),
        ", ".join(sorted(facts.asked)),
        told.slept_here if told else None,
        told.disturbance if told else None,
        told.note if told else None,
    )


def _counted(number: int, facts: NightFacts) -> int | None:
    """None pressed is none only in a night in which a press would have been heard; a cramp that is known stays."""
    return number if number or (facts.observed and not facts.away) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _line(cells: Sequence[Cell]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(map(_written, cells))
    return line.getvalue()


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
        case str():
            return f"'{cell}" if cell.startswith(FORMULA) else str(cell)
        case _:
            return str(cell)
