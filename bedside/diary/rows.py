"""Rows as JSON and back, exactly. A press waits for it, so it is short: a moment is a list of its four values."""

import types
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from bedside.night.effects import Boot, Cramp, Evening, Press, Row, Save, Watch
from bedside.night.events import Moment

KINDS: Mapping[str, type[Row]] = {"press": Press, "cramp": Cramp, "evening": Evening, "watch": Watch, "boot": Boot}
NAMES: Mapping[type[Row], str] = {kind: name for name, kind in KINDS.items()}

# Looked up once: they are most of the time that a record takes to write or read, and a press waits for the one.
_HINTS: Mapping[type, Mapping[str, Any]] = {kind: get_type_hints(kind) for kind in NAMES}
_FIELDS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (*NAMES, Moment)
}
_AS_IT_IS = frozenset({str, int, float, bool, type(None)})

T = TypeVar("T")
Json = dict[str, Any]


def to_json(save: Save) -> Json:
    """The record as plain JSON values; times are ISO 8601 with their UTC offset."""
    rows = [
        {"kind": NAMES[type(row)]} | {name: _plain(getattr(row, name)) for name in _FIELDS[type(row)]}
        for row in save.rows
    ]
    return {"record": save.record, "moment": _plain(save.moment), "rows": rows}


def from_json(record: Json) -> Save:
    """The record again. Raises KeyError, ValueError or TypeError on anything `to_json` did not make."""
    rows = []
    for row in record["rows"]:
        rest = dict(row)
        rows.append(_build(KINDS[rest.pop("kind")], rest))
    return Save(str(record["record"]), _moment(record["moment"]), tuple(rows))


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is Moment:
        return value.boot, value.since_boot, value.wall.isoformat(), value.trusted
    return value.value if isinstance(value, Enum) else value.isoformat()


def _build(kind: type[T], values: Mapping[str, Any]) -> T:
    if not isinstance(values, Mapping):
        raise TypeError(f"a {kind.__name__} is written as an object")
    hints = _HINTS[kind]
    return kind(**{name: _value(hints[name], value) for name, value in values.items()})


def _moment(values: Any) -> Moment:
    boot, since_boot, wall, trusted = values
    return Moment(str(boot), float(since_boot), datetime.fromisoformat(wall), bool(trusted))


def _value(hint: Any, value: Any) -> Any:
    if get_origin(hint) is types.UnionType:
        if value is None:
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint is datetime or hint is date:
        return hint.fromisoformat(value)
    if hint is Moment:
        return _moment(value)
    if isinstance(hint, type) and issubclass(hint, Enum | float):
        return hint(value)
    return value
