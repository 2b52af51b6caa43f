"""Diaries of many nights, made up: all watched and measured, two cramps in five nights, most of it told.

The same seed makes the same diary. All of it goes in as the device would keep it, and is rolled up.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path

from sqlite_utils import Database

from bedside.diary.readings import Aggregate
from bedside.diary.rolling import roll_up_one
from bedside.diary.store import Diary
from bedside.night.effects import Cramp, CrampState, Evening, Reason, Row, Save, StretchState, Watch
from bedside.night.events import Moment
from bedside.night.told import (
    ALWAYS_ASKED,
    About,
    Change,
    CheckIn,
    Condition,
    Factor,
    Flag,
    Judgement,
    Leg,
    Medicine,
    Muscle,
    Remedy,
    Verdict,
)
from bedside.patterns.nights import night_of, span_of

CRAMPS_A_NIGHT = 1500 / 3650
READINGS_A_NIGHT = 288
DAY = timedelta(days=1)


def fill(
    path: Path,
    nights: int,
    now: datetime,
    zone: tzinfo = UTC,
    seed: int = 1,
    *,
    readings: int = READINGS_A_NIGHT,
    thinned: bool = True,
) -> None:
    """Make a diary of so many nights that are over, the last one just before `now`, with so many readings in each, and
    roll it up; those of long ago are thinned, unless that is left to `tidy`.
    """
    diary = Diary(path)
    last = night_of(now, zone) - DAY
    chance = random.Random(seed)
    first = last - (nights - 1) * DAY
    begins = span_of(first, zone)[0]
    for night in (first + number * DAY for number in range(nights)):
        start, end = span_of(night, zone)
        rows = tuple(_rows(night, start, end, begins, chance))
        diary.apply([Save(f"made {night}", _moment(start, begins), rows)], _readings(start, chance, readings))
    diary.apply([Save("made of the person", _moment(begins, begins), tuple(_person(first, nights, begins)))])
    diary.close()
    with closing(sqlite3.connect(path)) as connection:
        while roll_up_one(Database(connection), now, zone):
            pass
    if thinned:
        tidy(path, now, zone)


def tidy(path: Path, now: datetime, zone: tzinfo = UTC) -> None:
    """All that the device does in quiet times."""
    diary = Diary(path)
    while diary.tidy(Moment("years", 0.0, now), zone):
        pass
    diary.close()


def _moment(wall: datetime, begins: datetime) -> Moment:
    return Moment("years", (wall - begins).total_seconds(), wall)


def _rows(night: date, start: datetime, end: datetime, begins: datetime, chance: random.Random) -> Iterator[Row]:
    def at(wall: datetime) -> Moment:
        return _moment(wall, begins)

    yield Watch(f"watch {night}", at(start), at(end))
    state = chance.choice((StretchState.COMPLETED, StretchState.COMPLETED, StretchState.OFFERED, StretchState.SKIPPED))
    yield Evening(night, 0, 0, trusted=True, state=state, reason=Reason.NONE, asks=1, over=True)
    number = chance.choices((0, 1, 2, 3), (70, 21, 7, 2))[0]
    for hours in sorted(chance.uniform(10.5, 18.5) for _ in range(number)):
        onset = at(start + timedelta(hours=hours))
        seconds = chance.uniform(40, 600) if chance.random() < 0.8 else None
        yield _cramp(f"cramp {night} {hours:.3f}", onset, seconds)
        if chance.random() < 0.7:
            yield Judgement(
                f"cramp {night} {hours:.3f}",
                at(end),
                chance.choice((Verdict.CRAMP, None)),
                chance.randint(1, 9),
                chance.choice(tuple(Leg)),
                chance.choice(tuple(Muscle)),
                "A phone",
            )
    if chance.random() < 0.8:
        there = tuple(factor for factor in ALWAYS_ASKED if chance.random() < 0.2)
        note = "" if chance.random() < 0.9 else "7 / 10"
        yield CheckIn(
            night, at(end), True, chance.randint(0, 6), there, note, "A phone", (*ALWAYS_ASKED, Factor.STRESS)
        )


def _cramp(id: str, onset: Moment, seconds: float | None) -> Cramp:
    ended = None if seconds is None else onset.at(onset.since_boot + seconds)
    state = CrampState.END_UNKNOWN if ended is None else CrampState.ENDED
    return Cramp(id, onset, onset, ended or onset, state, ended, celsius=18.5)


def _readings(start: datetime, chance: random.Random, many: int) -> Iterator[Aggregate]:
    base, minutes = 18 + chance.uniform(-2, 2), 24 * 60 // many
    for number in range(many):
        mean, at = round(base + chance.uniform(-0.3, 0.3), 2), start + timedelta(minutes=minutes * number)
        yield Aggregate("years", at, minutes, mean, mean - 0.1, mean + 0.1, trusted=True)


def _person(first: date, nights: int, begins: datetime) -> Iterator[Row]:
    told = _moment(begins, begins)
    for number, remedy in enumerate(Remedy):
        day = first + (nights * number // len(Remedy)) * DAY
        yield Medicine(f"medicine {number}", told, day, remedy, tuple(Change)[number % 3], "20")
    yield About(told, yes=(Condition.DIABETES, Flag.FREQUENT), no=(Condition.PREGNANCY, Flag.NUMB))
