"""Rows as JSON text and back, exactly. A press waits for its text, so orjson writes it."""

import types
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import Enum
from functools import partial
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

import orjson

from bedside.night.brought import Amended, BroughtIn, LoggedTime
from bedside.night.effects import Boot, Cramp, Evening, Press, Row, Save, Watch
from bedside.night.events import Moment
from bedside.night.habits import Chosen, Habits
from bedside.night.phones import Phone
from bedside.night.told import About, Added, CheckIn, Judgement, Medicine, TimeTold

KINDS: Mapping[str, type[Row]] = {
    "press": Press,
    "cramp": Cramp,
    "evening": Evening,
    "watch": Watch,
    "boot": Boot,
    "time": TimeTold,
    "habits": Chosen,
    "phone": Phone,
    "check-in": CheckIn,
    "judgement": Judgement,
    "added": Added,
    "medicine": Medicine,
    "about": About,
    "amended": Amended,
    "logged": LoggedTime,
    "brought in": BroughtIn,
}
NAMES: Mapping[type[Row], str] = {kind: name for name, kind in KINDS.items()}

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
    read = _READ[kind]
    return kind(**{name: read[name](value) for name, value in values.items()})


def _reader(hint: Any) -> Callable[[Any], Any]:
    """What makes a value of this type of what JSON has. Made once: a start reads every record there is."""
    if get_origin(hint) is types.UnionType:
        read_known = _reader(next(part for part in get_args(hint) if part is not type(None)))
        return lambda value: None if value is None else read_known(value)
    if hint in (datetime, date, time):
        return cast("Callable[[Any], Any]", hint.fromisoformat)
    if hint in (Moment, Habits):
        return partial(_build, hint)
    if get_origin(hint) is tuple:
        read_part = _reader(get_args(hint)[0])
        return lambda value: tuple(map(read_part, value))
    if isinstance(hint, type) and issubclass(hint, Enum | float):
        return hint
    return lambda value: value


_READ: Mapping[type, Mapping[str, Callable[[Any], Any]]] = {
    kind: {name: _reader(hint) for name, hint in get_type_hints(kind).items()} for kind in (*NAMES, Moment, Habits)
}
