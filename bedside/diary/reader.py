"""Reads the diary for the pages: a read-only connection of its own, opened and closed by whoever asks."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bedside.catalogue import _
from bedside.diary.errors import DiaryError
from bedside.night.told import Factor, Leg, Muscle, Verdict


@dataclass(frozen=True, slots=True)
class KeptCramp:
    """A cramp as the diary has it. Times are UTC; `seconds` and `celsius` are None where unknown. From `verdict` on it
    is what a person told of it in the morning, None where they have not.
    """

    id: str
    onset: datetime
    trusted: bool
    seconds: float | None
    state: str
    doubtful: bool
    practice: bool
    celsius: float | None
    origin: str
    verdict: Verdict | None = None
    severity: int | None = None
    leg: Leg | None = None
    muscle: Muscle | None = None

    @property
    def unsure(self) -> bool:
        """Whether only a person can tell if it was a cramp, and has not."""
        return self.doubtful and self.verdict is None

    @property
    def counts(self) -> bool:
        """Whether it is a cramp of its own: what is unsure is none yet, what was told to be none, or the same as the
        one before, is none.
        """
        return not (self.practice or self.unsure or self.verdict in (Verdict.NONE, Verdict.SAME))


@dataclass(frozen=True, slots=True)
class KeptCheckIn:
    """What a person told of a night, and when, as the diary writes it; None where a question was left open."""

    slept_here: bool | None
    disturbance: int | None
    factors: tuple[Factor, ...]
    note: str
    at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class KeptStretch:
    """What an evening's stretch came to; `by_page`: a person said on the page that it is done."""

    evening: date
    state: str
    reason: str
    asks: int
    trusted: bool
    by_page: bool = False


@dataclass(frozen=True, slots=True)
class Warmth:
    """The room over a span, degrees Celsius: mean of all samples, lowest, highest."""

    mean: float
    low: float
    high: float
    samples: int


class Reader:
    """Questions to the diary. Spans are UTC, from and up to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def cramps(self, start: datetime, end: datetime) -> list[KeptCramp]:
        """The cramps with an onset in the span, oldest first; what turned out to be none is left out."""
        rows = self._rows(
            "select cramps.*, verdict, severity, leg, muscle from cramps left join judgements on cramp = cramps.id"
            " where onset >= ? and onset < ? and state != 'no cramp' order by onset",
            start,
            end,
        )
        return [
            KeptCramp(
                id=row["id"],
                onset=datetime.fromisoformat(row["onset"]),
                trusted=bool(row["onset_trusted"]),
                seconds=row["seconds"],
                state=row["state"],
                doubtful=bool(row["doubtful"]),
                practice=bool(row["practice"]),
                celsius=row["celsius"],
                origin=row["origin"],
                verdict=Verdict(row["verdict"]) if row["verdict"] else None,
                severity=row["severity"],
                leg=Leg(row["leg"]) if row["leg"] else None,
                muscle=Muscle(row["muscle"]) if row["muscle"] else None,
            )
            for row in rows
        ]

    def check_in(self, night: date) -> KeptCheckIn | None:
        """What was told of the night; None where nothing was."""
        rows = self._rows("select * from checkins where night = ?", night.isoformat())
        return next(
            (
                KeptCheckIn(
                    slept_here=None if row["slept_here"] is None else bool(row["slept_here"]),
                    disturbance=row["disturbance"],
                    factors=tuple(map(Factor, filter(None, row["factors"].split(", ")))),
                    note=row["note"],
                    at=row["at"],
                )
                for row in rows
            ),
            None,
        )

    def stretch(self, evening: date) -> KeptStretch | None:
        """The evening's stretch; None where nothing is kept, so that nothing is known."""
        rows = self._rows("select * from stretches where evening = ?", evening.isoformat())
        return next(map(_stretch, rows), None)

    def stretches(self, night: date) -> list[KeptStretch]:
        """The stretches of the evenings that belong to the night, earliest first: one, or two where a weekday's
        reminder comes past midnight.
        """
        rows = self._rows("select * from stretches where night = ? order by evening", night.isoformat())
        return list(map(_stretch, rows))

    def watches(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The watches that touch the span, as (began, seen). One kept under a clock that was not set tells nothing."""
        query = "select began, seen from watches where seen > ? and began < ? and trusted order by began"
        rows = self._rows(query, start, end)
        return [(datetime.fromisoformat(row["began"]), datetime.fromisoformat(row["seen"])) for row in rows]

    def warmth(self, start: datetime, end: datetime) -> Warmth | None:
        """The room over the span; None without a reading."""
        row = self._rows(
            "select sum(mean_celsius * samples) / sum(samples) as mean, min(low_celsius) as low,"
            " max(high_celsius) as high, sum(samples) as samples from readings where start >= ? and start < ?",
            start,
            end,
        )[0]
        return Warmth(row["mean"], row["low"], row["high"], row["samples"]) if row["samples"] else None

    def has_samples(self) -> bool:
        """Whether sample nights, made for a demo, are among what is kept."""
        return bool(self._rows("select 1 from cramps where origin = 'sample' limit 1"))

    def _rows(self, query: str, *values: datetime | str) -> list[Any]:
        texts = [
            value.astimezone(UTC).isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
            for value in values
        ]
        try:
            return self._connection.execute(query, texts).fetchall()
        except sqlite3.Error as error:
            raise DiaryError(_("The diary cannot be read just now: %(error)s.", error=error)) from error


def _stretch(row: Any) -> KeptStretch:
    return KeptStretch(
        date.fromisoformat(row["evening"]),
        row["state"],
        row["reason"] or "",
        row["asks"] or 0,
        trusted=bool(row["trusted"]),
        by_page=row["origin"] == "page",
    )


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A reader of the diary at `path`. Raises DiaryError where it cannot be opened."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)
    except sqlite3.Error as error:
        raise DiaryError(_("The diary %(path)s cannot be opened: %(error)s.", path=path, error=error)) from error
    connection.row_factory = sqlite3.Row
    try:
        yield Reader(connection)
    finally:
        connection.close()
