"""Every row survives the way through JSON text unchanged, and nothing else passes for a record."""

import json
from dataclasses import fields
from datetime import datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.diary.rows import KINDS, from_json, to_json
from bedside.night.brought import Amended, BroughtIn, LoggedTime
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
from bedside.night.events import BUTTONS, KEY, WIRE, Moment
from bedside.night.habits import Accent, Chosen, Habits
from bedside.night.phones import Phone
from bedside.night.told import (
    About,
    Added,
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
    TimeTold,
    Verdict,
)
from tests.diary.rows import NIGHT, chosen, press, save


def every_field(kind: type, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Rows of the kind, every field varied: one that did not come back would go unseen at its default."""
    assert set(parts) == {field.name for field in fields(kind)}
    return st.builds(kind, **parts)


seconds = st.floats(-1e9, 1e9)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))  # as all since 1972
walls = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=zones)
moments = st.builds(Moment, st.text(), seconds, walls, st.booleans(), st.booleans())
maybe = st.none() | moments
presses = every_field(
    Press,
    id=st.text(),
    moment=moments,
    phase=st.sampled_from(Phase),
    meaning=st.sampled_from(Meaning),
    cramp=st.none() | st.text(),
    held=st.none() | seconds,
    leaned=st.booleans(),
    practice=st.booleans(),
    button=st.sampled_from(BUTTONS),
)
cramps = every_field(
    Cramp,
    id=st.text(),
    onset=moments,
    led_from=moments,
    last_press=moments,
    state=st.sampled_from(CrampState),
    end=maybe,
    closed=maybe,
    celsius=st.none() | st.floats(-50, 60),
    doubtful=st.booleans(),
    muted=st.booleans(),
    warned=st.booleans(),
    practice=st.booleans(),
)
evenings = every_field(
    Evening,
    date=st.dates(),
    due=seconds,
    until=seconds,
    trusted=st.booleans(),
    state=st.sampled_from(StretchState),
    reason=st.sampled_from(Reason),
    asks=st.integers(0, 3),
    asked=st.none() | seconds,
    given=st.booleans(),
    by_light=st.booleans(),
    over=st.booleans(),
    by_page=st.booleans(),
    night=st.none() | st.dates(),
)
shares = st.floats(0, 1)
some_factors = st.lists(st.sampled_from(Factor), unique=True).map(tuple)
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))  # as the page gives them
habits = every_field(
    Habits,
    bedtime=minutes,
    rising=minutes,
    reminders=st.tuples(*[st.none() | minutes] * 7),
    asks=st.integers(1, 3),
    standing_stretch=st.booleans(),
    stands=st.booleans(),
    evening_volume=shares,
    night_volume=shares,
    accent=st.sampled_from(Accent),
    silent_evenings=st.booleans(),
    silent_nights=st.booleans(),
    light=shares,
    glow=st.booleans(),
    warning_by_light=st.booleans(),
    factors=some_factors,
)
choices = st.builds(Chosen, moments, habits)
watches = st.builds(Watch, st.text(), moments, moments)
boots = st.builds(Boot, st.text(), moments, maybe)
phones = every_field(
    Phone,
    id=st.text(),
    name=st.text(),
    digest=st.text(),
    address=st.text(),
    paired=moments,
    used=moments,
    out=st.booleans(),
)
check_ins = every_field(
    CheckIn,
    night=st.dates(),
    moment=moments,
    slept_here=st.none() | st.booleans(),
    disturbance=st.none() | st.integers(0, 10),
    factors=some_factors,
    note=st.text(),
    by=st.text(),
    asked=some_factors,
)
judgements = every_field(
    Judgement,
    cramp=st.text(),
    moment=moments,
    verdict=st.none() | st.sampled_from(Verdict),
    severity=st.none() | st.integers(0, 10),
    leg=st.none() | st.sampled_from(Leg),
    muscle=st.none() | st.sampled_from(Muscle),
    by=st.text(),
    onset=st.none() | walls,
    seconds=st.none() | st.floats(0, 1e6),
    end_unknown=st.booleans(),
    second=st.none() | walls,
)
added = every_field(
    Added, id=st.text(), moment=moments, onset=walls, seconds=st.none() | st.floats(0, 1e6), by=st.text()
)
medicines = every_field(
    Medicine,
    id=st.text(),
    moment=moments,
    day=st.dates(),
    remedy=st.sampled_from(Remedy),
    change=st.sampled_from(Change),
    name=st.text(),
    retracted=st.booleans(),
    by=st.text(),
)
signs = st.lists(st.sampled_from([*Condition, *Flag]).map(str), unique=True).map(tuple)
abouts = every_field(About, moment=moments, yes=signs, no=signs, by=st.text())
amended = every_field(
    Amended,
    number=st.integers(1, 2**53),
    record=st.text(),
    at=walls,
    by=st.text(),
    table=st.text(),
    entry=st.text(),
    field=st.text(),
    before=st.none() | st.text(),
    after=st.none() | st.text(),
)
times_told = every_field(TimeTold, moment=moments, time=walls, by=st.text())
logged = every_field(
    LoggedTime,
    boot=st.text(),
    since_boot=seconds,
    table=st.text(),
    entry=st.text(),
    field=st.text(),
    logged=walls,
    corrected=st.none() | walls,
)
brought_in = st.builds(BroughtIn, st.text())
kept = st.one_of(
    presses, cramps, evenings, watches, boots, choices, phones, check_ins, judgements, added, medicines, abouts,
    amended, brought_in, times_told, logged,
)  # fmt: skip
saves = st.builds(Save, st.text(), moments, st.lists(kept).map(tuple))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def plain(record: Save) -> dict[str, Any]:
    """The record's text as plain values, to be changed."""
    values: dict[str, Any] = json.loads(to_json(record))
    return values


def text(values: dict[str, Any]) -> bytes:
    return json.dumps(values).encode()


@settings(max_examples=50, deadline=None)
@given(saves)
def test_every_record_comes_back_from_its_json_text_exactly(record: Save) -> None:
    assert from_json(to_json(record)) == record


@settings(max_examples=50, deadline=None)
@given(kept)
def test_every_kind_of_row_comes_back_as_its_own_kind_with_its_local_time(row: Row) -> None:
    (back,) = from_json(to_json(Save("record", NIGHT, (row,)))).rows
    assert repr(back) == repr(from_json(to_json(Save("record", NIGHT, (back,)))).rows[0])
    assert type(back) is type(row)
    assert back == row


def test_a_press_from_before_there_were_other_buttons_was_one_on_the_wire() -> None:
    older = plain(save("record", press(button=KEY)))
    assert older["rows"][0]["press"].pop("button") == "key"
    (back,) = from_json(text(older)).rows
    assert back == press(button=WIRE)


def test_the_wall_times_offset_is_kept() -> None:
    summer = datetime(2026, 7, 1, 3, 4, tzinfo=timezone(timedelta(hours=2)))
    (back,) = from_json(to_json(save("record", press(moment=Moment("boot", 1.0, summer))))).rows
    assert isinstance(back, Press)
    assert back.moment.wall.utcoffset() == timedelta(hours=2)


def test_every_kind_has_a_name_in_the_journal() -> None:
    assert set(KINDS.values()) == {
        Press,
        Cramp,
        Evening,
        Watch,
        Boot,
        TimeTold,
        Chosen,
        Phone,
        CheckIn,
        Judgement,
        Added,
        Medicine,
        About,
        Amended,
        LoggedTime,
        BroughtIn,
    }


def test_habits_are_written_as_plain_values_by_their_names() -> None:
    (row,) = plain(save("record", chosen(bedtime=time(21, 30), reminders=(time(20, 15), *[None] * 6))))["rows"]
    written = row["habits"]["habits"]
    assert (written["bedtime"], written["reminders"], written["accent"]) == (
        "21:30:00",
        ["20:15:00", None, None, None, None, None, None],
        "en-GB",
    )


@settings(max_examples=50, deadline=None)
@given(values)
def test_what_is_no_record_is_refused_with_one_of_three_errors(value: object) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        from_json(json.dumps(value).encode())


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["moment", "rows", "record"]), values)
def test_a_record_with_one_part_replaced_is_refused_or_still_a_record(part: str, value: object) -> None:
    try:
        record = from_json(text({**plain(save("record")), part: value}))
    except (KeyError, ValueError, TypeError):
        return
    assert part == "record" or record == Save("record", NIGHT, ())


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["id", "moment", "phase", "meaning", "held"]), values)
def test_a_row_with_one_part_replaced_is_refused_or_still_a_row(part: str, value: object) -> None:
    record = plain(save("record", press()))
    record["rows"][0]["press"][part] = value
    try:
        (row,) = from_json(text(record)).rows
    except (KeyError, ValueError, TypeError):
        return
    assert isinstance(row, Press)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["bedtime", "reminders", "asks", "accent", "light", "glow"]), values)
def test_a_habit_replaced_is_refused_or_still_a_habit(name: str, value: object) -> None:
    record = plain(save("record", chosen()))
    record["rows"][0]["habits"]["habits"][name] = value
    try:
        (row,) = from_json(text(record)).rows
    except (KeyError, ValueError, TypeError):
        return
    assert isinstance(row, Chosen)


def test_a_field_or_a_kind_of_a_newer_version_is_refused() -> None:
    newer = plain(save("record", press()))
    newer["rows"][0]["press"]["mood"] = "fine"
    with pytest.raises(KeyError):
        from_json(text(newer))
    with pytest.raises(KeyError):
        from_json(text({**newer, "rows": [{"dream": {}}]}))
