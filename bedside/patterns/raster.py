"""The raster of nights: one row a night, above ninety nights one row a week. What is drawn, as numbers. Pure.

Positions run from 0 at the night's noon to 1 at the next, by the local clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby, pairwise
from typing import Protocol

from bedside.patterns.facts import CrampEntry, NightFacts
from bedside.patterns.nights import (
    HOUR,
    HOURS,
    Span,
    cut_by_hour,
    hours_past_noon,
    in_window,
    night_of,
    unwatched_spans,
    within_night,
)
from bedside.patterns.rates import monday_of

MOST_NIGHTS = 90
"""More nights than these have a row a week."""


class DrawnCramp(CrampEntry, Protocol):
    """A cramp as the diary has it, with what the morning said of it."""

    @property
    def severity(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A cramp where it began. `doubtful`: the morning has not said; `about`: its clock was not set; `severity` 0 to 10,
    None where nobody said.
    """

    cramp: str
    night: date
    at: float
    doubtful: bool
    daytime: bool
    about: bool
    severity: int | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A stretch of the sleep window that was not watched, in so many nights of the row."""

    start: float
    end: float
    nights: int


@dataclass(frozen=True, slots=True)
class Row:
    """A night, or a week of them. `elapsed` nights, of which `observed`, `unconfirmed` among these, and `away`.

    `celsius` is the room in each hour of the clock from noon on, the mean of what is known.
    """

    first: date
    elapsed: int
    observed: int
    unconfirmed: int
    away: int
    window: tuple[float, float] | None
    marks: tuple[Mark, ...]
    unknown: tuple[Unknown, ...]
    celsius: tuple[float | None, ...] = (None,) * HOURS


@dataclass(frozen=True, slots=True)
class Raster:
    """The rows, oldest first and without a gap. `weekly`: each is a week, Monday's evening first."""

    weekly: bool
    rows: tuple[Row, ...]


def night_row(
    facts: NightFacts,
    window: Span,
    zone: tzinfo,
    *,
    cramps: Iterable[DrawnCramp] = (),
    watches: Iterable[Span] = (),
    readings: Iterable[tuple[datetime, float]] = (),
) -> Row:
    """A night's row; entries of other nights are passed over. `readings` are moments and degrees Celsius."""
    night = facts.night
    window = within_night(window, night, zone)

    def place(moment: datetime) -> float:
        return hours_past_noon(moment, night, zone) / HOURS

    gaps = () if facts.away else unwatched_spans(window, watches)
    pieces = [
        Unknown(round(place(start), 9), round(place(start) + (end - start) / HOUR / HOURS, 9), 1)
        for start, end in cut_by_hour(gaps, zone)
    ]
    marks = (
        Mark(
            cramp=cramp.id,
            night=night,
            at=place(onset),
            doubtful=cramp.unsure,
            daytime=not in_window(onset, window),
            about=not cramp.trusted,
            severity=cramp.severity,
        )
        for cramp in cramps
        for onset in cramp.onsets
        if (cramp.counts or cramp.unsure) and not cramp.practice and night_of(cramp.onset, zone) == night
    )
    counts = facts.observed and not facts.away
    return Row(
        first=night,
        elapsed=1,
        observed=int(counts),
        unconfirmed=int(counts and not facts.confirmed),
        away=int(facts.away),
        window=(place(window[0]), place(window[1])),
        marks=tuple(sorted(marks, key=lambda mark: (mark.at, mark.cramp))),
        unknown=tuple(_layers([replace(span, nights=1) for span in _layers(pieces)])),
        celsius=_by_hour(readings, night, zone),
    )


def raster(rows: Sequence[Row]) -> Raster:
    """The rows of nights, or of weeks; a night that has no row is unknown from end to end of the night."""
    ordered = sorted(rows, key=lambda row: row.first)
    if not ordered:
        return Raster(False, ())
    known = {row.first: row for row in ordered}
    if len(known) < len(ordered):
        raise ValueError("rows must have each night once")
    first, last = ordered[0].first, ordered[-1].first
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    nights = [known.get(night) or _nothing_known(night) for night in days]
    if len(nights) <= MOST_NIGHTS:
        return Raster(False, tuple(nights))
    weeks = groupby(nights, lambda row: monday_of(row.first))
    return Raster(True, tuple(_week(monday, list(group)) for monday, group in weeks))


def _nothing_known(night: date) -> Row:
    return Row(night, 1, 0, 0, 0, None, (), (Unknown(0.0, 1.0, 1),))


def _week(monday: date, nights: Sequence[Row]) -> Row:
    """At most seven nights as one row with all their marks; its window from the earliest opening to the last close."""
    windows = [night.window for night in nights if night.window]
    by_hour = zip(*(night.celsius for night in nights), strict=True)
    return Row(
        first=monday,
        elapsed=len(nights),
        observed=sum(night.observed for night in nights),
        unconfirmed=sum(night.unconfirmed for night in nights),
        away=sum(night.away for night in nights),
        window=(min(opens for opens, _ in windows), max(closes for _, closes in windows)) if windows else None,
        marks=tuple(
            sorted(
                (mark for night in nights for mark in night.marks), key=lambda mark: (mark.at, mark.night, mark.cramp)
            )
        ),
        unknown=tuple(_layers([span for night in nights for span in night.unknown])),
        celsius=tuple(_mean([value for value in hour if value is not None]) for hour in by_hour),
    )


def _layers(spans: Sequence[Unknown]) -> list[Unknown]:
    """Spans that overlap, cut where their number changes and nowhere else."""
    changes: dict[float, int] = defaultdict(int)
    for span in spans:
        changes[span.start] += span.nights
        changes[span.end] -= span.nights
    edges = sorted(at for at, change in changes.items() if change)
    layers, deep = [], 0
    for start, end in pairwise(edges):
        deep += changes[start]
        if deep:
            layers.append(Unknown(start, end, deep))
    return layers


def _by_hour(readings: Iterable[tuple[datetime, float]], night: date, zone: tzinfo) -> tuple[float | None, ...]:
    hours: list[list[float]] = [[] for _ in range(HOURS)]
    for moment, celsius in readings:
        if night_of(moment, zone) == night:
            hours[min(int(hours_past_noon(moment, night, zone)), HOURS - 1)].append(celsius)
    return tuple(map(_mean, hours))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
