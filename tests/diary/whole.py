"""Whole diaries: rows as they may stand in one, made up by hypothesis, and diaries that have them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bedside.diary.exporting import Export
from bedside.diary.importing import Imported, place, take_in
from bedside.diary.reader import reading
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.night.brought import Amended, LoggedTime
from bedside.night.effects import (
    Boot,
    Cramp,
    CrampState,
    Evening,
    Meaning,
    Phase,
    Press,
    Reason,
    Row,
    Save,
    StretchState,
    Watch,
)
from bedside.night.events import BUTTONS, Moment
from bedside.night.habits import Chosen
from bedside.night.told import Added, TimeTold
from tests.diary import test_rows as free
from tests.diary.rows import NIGHT

MADE = datetime(2026, 1, 11, 8, tzinfo=UTC)

since = st.floats(0, 1e8)
spans = st.floats(0, 1e5)
celsius = st.floats(-50, 60)
times = st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=free.zones).filter(
    lambda at: 1970 <= at.astimezone(UTC).year < 2200
)
days = st.dates(date(1970, 1, 1), date(2199, 12, 31))
texts = st.text(max_size=20)
moments = st.builds(Moment, texts, since, times, st.booleans(), st.booleans())


@st.composite
def cramps(draw: st.DrawFn) -> Cramp:
    """A cramp that is over; one that ended, so many seconds after its onset of the same boot."""
    onset = draw(moments)
    state = draw(st.sampled_from([CrampState.ENDED, CrampState.END_UNKNOWN, CrampState.NO_CRAMP]))
    end = replace(draw(moments), boot=onset.boot, since_boot=onset.since_boot + draw(spans))
    return Cramp(
        id=f"cramp {draw(texts)}",
        onset=onset,
        led_from=onset,
        last_press=draw(moments),
        state=state,
        end=draw(st.sampled_from([end, None])) if state is CrampState.NO_CRAMP else end,
        celsius=draw(st.none() | celsius),
        doubtful=draw(st.booleans()),
        practice=draw(st.booleans()),
    )


@st.composite
def watches(draw: st.DrawFn) -> Watch:
    began = draw(moments)
    return Watch(draw(texts), began, began.at(began.since_boot + draw(spans)))


presses = st.builds(
    Press,
    texts,
    moments,
    st.sampled_from(Phase),
    st.sampled_from(Meaning),
    st.none() | texts,
    st.none() | spans,
    st.booleans(),
    st.booleans(),
    st.sampled_from(BUTTONS),
)
evenings = st.builds(
    Evening,
    date=days,
    due=since,
    until=since,
    trusted=st.booleans(),
    state=st.sampled_from(StretchState),
    reason=st.sampled_from(Reason),
    asks=st.integers(0, 3),
    by_page=st.booleans(),
    night=st.none() | days,
)
boots = st.builds(Boot, texts, moments, st.none() | moments)
choices = st.builds(Chosen, moments, free.habits)
check_ins = st.builds(replace, free.check_ins, night=days, moment=moments, note=texts, by=texts)
judgements = st.builds(
    replace, free.judgements, moment=moments, onset=st.none() | times, second=st.none() | times, cramp=texts, by=texts
)
added = st.builds(Added, texts.map("added {}".format), moments, times, st.none() | spans, texts)
medicines = st.builds(replace, free.medicines, day=days, moment=moments, name=texts, id=texts, by=texts)
abouts = st.builds(replace, free.abouts, moment=moments, by=texts)
amended = st.builds(
    Amended, st.integers(1, 2**52), texts, times, texts, texts, texts, texts, st.none() | texts, st.none() | texts
)
times_told = st.builds(TimeTold, moments, times, texts)
logged = st.builds(
    LoggedTime,
    texts,
    since,
    st.sampled_from(["presses", "cramps", "boots", "x"]),
    texts,
    st.sampled_from(["at", "onset"]),
    times,
    st.none() | times,
)
kinds: tuple[st.SearchStrategy[Any], ...] = (
    boots, choices, presses, cramps(), added, check_ins, judgements, evenings, medicines, abouts, amended, watches(),
    times_told, logged,
)  # fmt: skip
rows = st.one_of(*kinds)
diaries = st.lists(rows, max_size=40)


@st.composite
def measured(draw: st.DrawFn) -> Aggregate:
    """Five minutes of the room."""
    start = datetime(2026, 1, 10, tzinfo=UTC) + draw(st.integers(-9999, 9999)) * timedelta(minutes=5)
    mean, low, high = (draw(celsius) for _ in range(3))
    count, trusted, begins = draw(st.integers(1, 99)), draw(st.booleans()), draw(st.none() | since)
    start += timedelta(0) if begins is None else draw(st.integers(0, 299_999)) * timedelta(milliseconds=1)
    return Aggregate(draw(texts), start, count, mean, low, high, trusted, begins)


def diary(path: Path, rows: Iterable[Row] = (), readings: Iterable[Aggregate] = (), *, record: str = "record") -> Path:
    """A diary with these rows, a record each so that later ones amend, closed."""
    made = Diary(path)
    made.apply([Save(f"{record} {number}", NIGHT, (row,)) for number, row in enumerate(rows)], readings)
    made.close()
    return path


def exported(path: Path, made: datetime = MADE) -> bytes:
    """The diary as JSON."""
    with Export(path) as export:
        return b"".join(export.as_json(made))


def taken_in(text: bytes, path: Path) -> Imported:
    """What the text has for the diary at this path."""
    with reading(path) as reader:
        where = place(reader)
    return take_in(BytesIO(text), path, where)


def brought_in(text: bytes, path: Path) -> Path:
    """The diary at this path, with the text's rows kept in it as the household keeps them."""
    found = taken_in(text, path)
    into = Diary(path)
    into.apply([Save("brought in", NIGHT, found.rows)])
    into.close()
    return path
