"""Reads the diary for the pages: a read-only connection of its own, opened and closed by whoever asks."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from bedside.diary.columns import in_utc
from bedside.diary.kept import (
    Amendment,
    KeptAbout,
    KeptCheckIn,
    KeptCramp,
    KeptMedicine,
    KeptStretch,
    Warmth,
    about_of,
    amendment_of,
    check_in_of,
    cramp_of,
    medicine_of,
    stretch_of,
)
from bedside.diary.opening import opened, unreadable
from bedside.night.brought import logged_id
from bedside.night.effects import Meaning
from bedside.night.events import WIRE
from bedside.night.habits import Habits
from bedside.night.state import HOLD
from bedside.patterns.nights import Span, sleep_window

UNCHOSEN = Habits()
"""The habits until some are chosen."""


class Reader:
    """Questions to the diary. Spans are UTC, from and up to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def cramps(self, start: datetime, end: datetime) -> list[KeptCramp]:
        """The cramps with an onset in the span of a night or several, oldest first; what turned out to be none is left
        out. A corrected onset lies in the night of the pressed one.
        """
        return list(
            map(
                cramp_of,
                self.rows("select * from entries where pressed >= ? and pressed < ? order by onset", start, end),
            )
        )

    def cramp(self, id: str) -> KeptCramp | None:
        """The cramp of this id; None where there is none."""
        return next(map(cramp_of, self.rows("select * from entries where id = ?", id)), None)

    def presses(self, start: datetime, end: datetime) -> list[datetime]:
        """When somebody pressed: under a clock that was set, neither held nor leaned on, and no practice."""
        rows = self.rows(
            "select at from presses where at >= ? and at < ? and trusted and not leaned and not practice"
            f" and coalesce(held_seconds, 0) < {HOLD} order by at",
            start,
            end,
        )
        return [datetime.fromisoformat(row["at"]) for row in rows]

    def last_press(self) -> datetime | None:
        """When a press was heard last, of whatever kind; if none ever was, when the device first knew the time."""
        at = self.rows("select coalesce((select max(at) from presses), (select min(trusted) from boots)) as at")[0][
            "at"
        ]
        return datetime.fromisoformat(at) if at else None

    def relapses(self, cramp: str) -> list[datetime]:
        """When a cramp was reopened by a press: where it may have been two."""
        rows = self.rows("select at from presses where cramp = ? and meaning = ? order by at", cramp, Meaning.REOPENED)
        return [datetime.fromisoformat(row["at"]) for row in rows]

    def as_kept(self, table: str, key: str, value: str) -> Any | None:
        """The row of a table that has this key, column by column; None where there is none."""
        return next(iter(self.rows(f"select * from {table} where {key} = ?", value)), None)

    def logged(self, table: str, entry: str, field: str) -> datetime | None:
        """What a clock that was not set said, where that was put right; None where it was not."""
        query = "select logged from logged_times where id = ? and corrected is not null"
        return next(
            (datetime.fromisoformat(row["logged"]) for row in self.rows(query, logged_id(table, entry, field))), None
        )

    def presses_in(self, cramp: str) -> list[Any]:
        """The rows of all presses that belong to a cramp, oldest first."""
        return self.rows("select * from presses where cramp = ? order by at, since_boot", cramp)

    def buttons(self) -> frozenset[str]:
        """The buttons that were ever pressed."""
        return frozenset(row["button"] or WIRE for row in self.rows("select distinct button from presses"))

    def first_buttons(self, start: datetime, end: datetime) -> Mapping[str, str]:
        """By cramp the button that it began with, of those that began in the span."""
        query = "select cramp, button from presses where at >= ? and at < ? and cramp is not null"
        rows = self.rows(f"{query} order by at desc, since_boot desc", start, end)
        return {row["cramp"]: row["button"] or WIRE for row in rows}

    def check_in(self, night: date) -> KeptCheckIn | None:
        """What was told of the night; None where nothing was."""
        return next(map(check_in_of, self.rows("select * from checkins where night = ?", night.isoformat())), None)

    def stretch(self, evening: date) -> KeptStretch | None:
        """The evening's stretch; None where nothing is kept, so that nothing is known."""
        rows = self.rows("select * from stretches where evening = ?", evening.isoformat())
        return next(map(stretch_of, rows), None)

    def stretches(self, night: date) -> list[KeptStretch]:
        """The stretches of the evenings that belong to the night, earliest first: one, or two where a weekday's
        reminder comes past midnight.
        """
        rows = self.rows("select * from stretches where night = ? order by evening", night.isoformat())
        return list(map(stretch_of, rows))

    def watches(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The watches that touch the span, as (began, seen). One kept under a clock that was not set tells nothing."""
        query = "select began, seen from watches where seen > ? and began < ? and trusted order by began"
        rows = self.rows(query, start, end)
        return [(datetime.fromisoformat(row["began"]), datetime.fromisoformat(row["seen"])) for row in rows]

    def warmth(self, start: datetime, end: datetime) -> Warmth | None:
        """The room over the span; None without a reading."""
        row = self.rows(
            "select sum(mean_celsius * samples) / sum(samples) as mean, min(low_celsius) as low,"
            " max(high_celsius) as high, sum(samples) as samples"
            " from readings where start >= ? and start < ? and trusted",
            start,
            end,
        )[0]
        return Warmth(row["mean"], row["low"], row["high"], row["samples"]) if row["samples"] else None

    def readings(self, start: datetime, end: datetime) -> list[tuple[datetime, float]]:
        """The room's temperature, as (from when on, mean in degrees Celsius), under a clock that was set, oldest
        first: each is five minutes, or an hour where it is long ago.
        """
        rows = self.rows(
            "select start, mean_celsius from readings where start >= ? and start < ? and trusted order by start",
            start,
            end,
        )
        return [(datetime.fromisoformat(row["start"]), row["mean_celsius"]) for row in rows]

    def medicines(self) -> list[KeptMedicine]:
        """Every change of a medicine, the newest day first, retracted ones too."""
        return list(map(medicine_of, self.rows("select * from medicines order by day desc, at desc, id")))

    def about(self) -> KeptAbout:
        """What a person told of themselves."""
        return next(map(about_of, self.rows("select * from about limit 1")), KeptAbout())

    def history(self, table: str, entry: str) -> list[Amendment]:
        """What was changed of an entry of that table, the newest first."""
        rows = self.rows("select * from amendments where entry_table = ? and entry = ? order by id desc", table, entry)
        return list(map(amendment_of, rows))

    def sleep_window(self, night: date, zone: tzinfo, otherwise: Habits = UNCHOSEN) -> Span:
        """The night's sleep window by the habits of that night: those chosen last before its midnight, or the defaults
        where none were yet; `otherwise` where none ever were.
        """
        midnight = datetime.combine(night + timedelta(days=1), time(0), zone)
        chosen = self.rows("select bedtime, rising from habits where at < ? order by at desc limit 1", midnight)
        for row in chosen:
            return sleep_window(night, time.fromisoformat(row["bedtime"]), time.fromisoformat(row["rising"]), zone)
        held = UNCHOSEN if self.rows("select 1 from habits limit 1") else otherwise
        return sleep_window(night, held.bedtime, held.rising, zone)

    def has_samples(self) -> bool:
        """Whether sample nights, made for a demo, are among what is kept."""
        return bool(self.rows("select 1 from cramps where origin = 'sample' limit 1"))

    def rows(self, query: str, *values: datetime | str) -> list[Any]:
        """What a query of another part of the diary finds. Raises DiaryError."""
        texts = [in_utc(value) if isinstance(value, datetime) else value for value in values]
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        try:
            return cursor.execute(query, texts).fetchall()
        except sqlite3.Error as error:
            raise unreadable(error) from error


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A reader of the diary at `path`. Raises DiaryError where it cannot be read."""
    connection = opened(path)
    try:
        yield Reader(connection)
    finally:
        connection.close()
