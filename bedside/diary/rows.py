"""Rows as JSON text and back, exactly. A press waits for its text, so orjson writes it."""

import types
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import orjson

from bedside.night.brought import Amended, BroughtIn
from bedside.night.effects import Boot, Cramp, Evening, Press, Row, Save, Watch
from bedside.night.events import Moment
from bedside.night.habits import Chosen, Habits
from bedside.night.phones import Phone
from bedside.night.told import About, Added, CheckIn, Judgement, Medicine

KINDS: Mapping[str, type[Row]] = {
    "press": Press,
    "cramp": Cramp,
    "evening": Evening,
    "watch": Watch,
    "boot": Boot,
    "habits": Chosen,
    "phone": Phone,
    "check-in": CheckIn,
    "judgement": Judgement,
    "added": Added,
    "medicine": Medicine,
    "about": About,
    "amended": Amended,
    "brought in": BroughtIn,
}
NAMES: Mapping[type[Row], str] = {kind: name for name, kind in KINDS.items()}
_HINTS: Mapping[type, Mapping[str, Any]] = {kind: get_type_hints(kind) for kind in (*NAMES, Moment, Habits)}

T = TypeVar("T")


def to_json(save: Save) -> bytes:
    """The record as JSON text; times are ISO 8601 with their UTC offset in whole minutes."""
    rows = [{NAMES[type(row)]: row} for row in save.rows]
    record = {"record": save.record, "moment": save.moment, "rows": rows}
    return orjson.dumps(record)


def from_json(text: bytes) -> Save:
    """The record again. Raises KeyError, ValueError or TypeError on anything `to_json` did not make."""
    record = orjson.loads(text)
    rows = []
    for row in record["rows"]:
        if not isinstance(row, Mapping):
            raise TypeError("a row is written as an object")
        rows += [_build(KINDS[kind], values) for kind, values in row.items()]
    return Save(str(record["record"]), _build(Moment, record["moment"]), tuple(rows))


def _build(kind: type[T], values: Any) -> T:
    if not isinstance(values, Mapping):
        raise TypeError(f"a {kind.__name__} is written as an object")
    hints = _HINTS[kind]
    return kind(**{name: _value(hints[name], value) for name, value in values.items()})


def _value(hint: Any, value: Any) -> Any:
    if get_origin(hint) is types.UnionType:
        if value is None:
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint in (datetime, date, time):
        return hint.fromisoformat(value)
    if hint in (Moment, Habits):
        return _build(hint, value)
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], part) for part in value)
    if isinstance(hint, type) and issubclass(hint, Enum | float):
        return hint(value)
    return value
