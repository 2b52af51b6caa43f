"""What was told and what came of the evenings between two nights, read at once and nothing beside it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from bedside.diary.kept import KeptCheckIn, KeptStretch, check_in_of, stretch_of
from bedside.diary.reader import Reader


def check_ins(reader: Reader, first: date, last: date) -> Mapping[date, KeptCheckIn]:
    """What was told of the nights; those of which nothing was are left out."""
    rows = reader.rows("select * from checkins where night between ? and ?", first.isoformat(), last.isoformat())
    return {date.fromisoformat(row["night"]): check_in_of(row) for row in rows}


def away_nights(reader: Reader) -> list[date]:
    """Every night that was told to be spent away."""
    return [date.fromisoformat(night) for (night,) in reader.rows("select night from checkins where slept_here = 0")]


def disturbances(reader: Reader, first: date, last: date) -> Mapping[date, int]:
    """How much the sleep was disturbed, 0 to 10, by night; nights of which nobody told it are left out."""
    query = "select night, disturbance from checkins where night between ? and ? and disturbance is not null"
    rows = reader.rows(query, first.isoformat(), last.isoformat())
    return {date.fromisoformat(row["night"]): row["disturbance"] for row in rows}


def stretches(reader: Reader, first: date, last: date) -> Mapping[date, Sequence[KeptStretch]]:
    """What the evenings' stretches came to, by night; nights of which nothing is kept are left out."""
    query = "select * from stretches where night between ? and ? order by evening"
    by_night: dict[date, list[KeptStretch]] = defaultdict(list)
    for row in reader.rows(query, first.isoformat(), last.isoformat()):
        by_night[date.fromisoformat(row["night"])].append(stretch_of(row))
    return by_night
