"""Rows of the tables become rows that tell the tables the same, and nothing else passes for a row."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings

from bedside.diary.cells import LONGEST_TEXT, CellError
from bedside.diary.columns import columns
from bedside.diary.exported import KEYS
from bedside.diary.from_columns import row_of
from bedside.night.effects import Row, Watch
from bedside.night.events import KEY, WIRE, Moment
from bedside.night.told import Added
from tests.diary import whole
from tests.diary.rows import NIGHT, boot, check_in, chosen, ended, evening, judgement, press, watch

LATE = NIGHT.wall.replace(microsecond=900)


@settings(max_examples=500, deadline=None)
@given(whole.rows)
@example(ended(onset=replace(NIGHT, since_boot=0.1), seconds=0.2))
@example(Watch("w", Moment("boot", 0.7, LATE), Moment("boot", 1.1002, LATE)))
@example(Added("a", NIGHT, LATE, 0.0003))
def test_what_a_row_tells_its_table_gives_a_row_that_tells_the_same(row: Row) -> None:
    table, _, values = columns(row)
    assert columns(row_of(table, values)) == columns(row)


def test_every_table_of_an_export_has_rows_of_its_own() -> None:
    rows = [
        boot(), chosen(), press(), ended(), check_in(), judgement(), evening(), watch(),
        whole.Added("added", NIGHT, NIGHT.wall), whole.TimeTold(NIGHT, NIGHT.wall),
    ]  # fmt: skip
    told = {columns(row)[0] for row in rows}
    assert told | {"medicines", "about", "amendments", "logged_times"} == set(KEYS)


BAD: list[tuple[Row, str, Any]] = [
    (press(), "id", 7),
    (press(), "id", "x" * (LONGEST_TEXT + 1)),
    (press(), "id", "\ud800"),
    (press(), "at", "2026-01-11T03:04:00"),
    (press(), "at", "2026-01-11T03:04:00Z"),
    (press(), "at", "2026-01-11T04:04:00.000+01:00"),
    (press(), "at", "2026-02-30T03:04:00.000+00:00"),
    (press(), "at", "1969-12-31T23:59:59.999+00:00"),
    (press(), "at", "2200-01-01T00:00:00.000+00:00"),
    (press(), "at", "0001-01-01T00:00:00.000+00:00"),
    (press(), "at", None),
    (press(), "since_boot", "1000"),
    (press(), "since_boot", True),
    (press(), "since_boot", -0.1),
    (press(), "since_boot", float("nan")),
    (press(), "since_boot", float("inf")),
    (press(), "since_boot", 10**400),
    (press(), "trusted", 2),
    (press(), "trusted", 1.0),
    (press(), "trusted", None),
    (press(), "phase", "asleep"),
    (press(), "cramp", 3),
    (press(), "button", "foot"),
    (press(), "button", 1),
    (ended(), "seconds", None),
    (ended(), "seconds", -1.0),
    (ended(), "end", None),
    (ended(), "state", "open"),
    (ended(), "last_press", None),
    (ended(), "celsius", 400.0),
    (ended(), "origin", "sample"),
    (ended(), "told_by", "Anna"),
    (evening(), "origin", "sample"),
    (evening(), "evening", "20260110"),
    (evening(), "evening", "2026-13-10"),
    (evening(), "asks", -1),
    (watch(), "seen", "2026-01-11T03:25:00.000+00:00"),
    (watch(), "seconds", None),
    (boot(), "trusted_since_boot", 5.0),
    (boot(), "seen_since_boot", -1.0),
    (whole.TimeTold(NIGHT, NIGHT.wall), "id", "boot/1"),
    (whole.TimeTold(NIGHT, NIGHT.wall), "time", "noon"),
    (whole.LoggedTime("boot", 1.0, "presses", "p", "at", NIGHT.wall), "id", "p"),
    (whole.LoggedTime("boot", 1.0, "presses", "p", "at", NIGHT.wall), "logged", None),
    (chosen(), "id", "boot/nan"),
    (chosen(), "id", "boot/1000"),
    (chosen(), "reminders", "21:00"),
    (chosen(), "reminders", "21:00 " * 6 + "never"),
    (chosen(), "bedtime", "22:00:30"),
    (chosen(), "light", 1.1),
    (chosen(), "accent", "de"),
    (chosen(), "factors", "alcohol, chocolate"),
    (check_in(), "disturbance", 11),
    (check_in(), "disturbance", 5.0),
    (check_in(), "slept_here", 2),
    (judgement(), "severity", -1),
    (judgement(), "verdict", ""),
    (judgement(), "onset", "yesterday"),
    (Added("a", NIGHT, NIGHT.wall, 60.0), "end", "2026-01-11T03:06:00.000+00:00"),
    (Added("a", NIGHT, NIGHT.wall, 60.0), "state", "end unknown"),
    (Added("a", NIGHT, NIGHT.wall, 60.0), "celsius", 18.0),
]


@pytest.mark.parametrize(("row", "column", "value"), BAD, ids=lambda value: repr(value)[:40])
def test_a_cell_that_cannot_be_is_refused_by_its_column(row: Row, column: str, value: object) -> None:
    table, _, values = columns(row)
    defaults = {"origin": "button", "at": None, "told_by": None} if table == "cramps" else {}
    with pytest.raises(CellError) as refused:
        row_of(table, {**defaults, **values, column: value})
    assert refused.value.column in (column, *RELATED.get(column, ()))


RELATED = {"since_boot": ("id",), "state": ("seconds", "end"), "seconds": ("end",), "trusted_since_boot": ("trusted",)}
"""Columns of which one alone cannot tell which of them is wrong."""


def test_a_column_that_was_added_later_may_be_empty() -> None:
    table, _, values = columns(chosen())
    assert row_of(table, {**values, "factors": None}) == row_of(table, values)
    table, _, values = columns(judgement())
    assert row_of(table, {**values, "end_unknown": None}) == row_of(table, values)


@pytest.mark.parametrize("empty", [None, ""])
def test_a_press_of_which_the_table_names_no_button_was_one_on_the_wire(empty: str | None) -> None:
    table, _, values = columns(press(button=KEY))
    assert row_of(table, {**values, "button": empty}) == press(button=WIRE)


def test_a_day_and_a_time_at_the_end_of_the_years_that_can_be_are_taken() -> None:
    last = evening(date(2199, 12, 31))
    assert row_of("stretches", columns(last)[2])
    first = press(moment=Moment("boot", 0.0, datetime(1970, 1, 1, tzinfo=UTC) + timedelta(0)))
    assert row_of("presses", columns(first)[2]) == first
