"""Rows as JSON and back, exactly."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from bedside.night.effects import Boot, Cramp, Evening, Press, Row, Save, Watch
from bedside.night.events import Moment

KINDS: Mapping[str, type[Row]] = {"press": Press, "cramp": Cramp, "evening": Evening, "watch": Watch, "boot": Boot}
NAMES: Mapping[type[Row], str] = {kind: name for name, kind in KINDS.items()}

T = TypeVar("T")
Json = dict[str, Any]


def to_json(save: Save) -> Json:
    """The record as plain JSON values; times are ISO 8601 with their UTC offset."""
    rows = [{"kind": NAMES[type(row)], **_plain(row)} for row in save.rows]
    return {"record": save.record, "moment": _plain(save.moment), "rows": rows}


def from_json(record: Json) -> Save:
    """The record again. Raises KeyError, ValueError or TypeError on anything `to_json` did not make."""
    rows = []
    for row in record["rows"]:
        rest = dict(row)
        rows.append(_build(KINDS[rest.pop("kind")], rest))
    return Save(str(record["record"]), _build(Moment, record["moment"]), tuple(rows))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value


def _build(kind: type[T], values: Mapping[str, Any]) -> T:
    if not isinstance(values, Mapping):
        raise TypeError(f"a {kind.__name__} is written as an object")
    hints: Mapping[str, Any] = _hints(kind)  # type: ignore[arg-type] # a dataclass's type is hashable
    return kind(**{name: _value(hints[name], value) for name, value in values.items()})


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)  # slow: ten times the rest of a record's reading, and a start reads them all


def _value(hint: Any, value: Any) -> Any:
    if get_origin(hint) is types.UnionType:
        if value is None:
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint is datetime or hint is date:
        return hint.fromisoformat(value)
    if is_dataclass(hint):
        return _build(hint, value)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, Enum | float):
        return hint(value)
    return value
