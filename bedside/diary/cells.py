"""The cells of a row that came from outside: each is what its column must hold, or is refused by the column's name."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar

YEARS = range(1970, 2200)
LONGEST_TEXT = 10_000
MOST_SECONDS = 1e9
"""Thirty years: no boot and no cramp lasts as long."""

Kind = TypeVar("Kind", bound=StrEnum)
T = TypeVar("T")


class CellError(ValueError):
    """A cell that no row of ours can have. `column` is its name."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


class Cells:
    """The cells of one row, read by what they must be. Each raises CellError where it is something else."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, column: str) -> str:
        """Any text that can be written down."""
        value = self._values.get(column)
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or not is_writable(value):
            raise CellError(column)
        return value

    def number(self, column: str, least: float = 0.0, most: float = MOST_SECONDS) -> float:
        """A number in this range."""
        return number(column, self._values.get(column), least, most)

    def whole(self, column: str, least: int = 0, most: int = 2**53) -> int:
        """A whole number in this range."""
        return whole(column, self._values.get(column), least, most)

    def flag(self, column: str) -> bool:
        """1 or 0, which true and false do for."""
        value = self._values.get(column)
        return value if isinstance(value, bool) else bool(whole(column, value, most=1))

    def at(self, column: str) -> datetime:
        """A time, in a year that can be."""
        return read_as(column, self.text(column), _time)

    def day(self, column: str) -> date:
        """A date, in a year that can be."""
        return read_as(column, self.text(column), _date)

    def clock(self, column: str) -> time:
        """A time of day."""
        return read_as(column, self.text(column), time.fromisoformat)

    def one_of(self, column: str, kind: type[Kind]) -> Kind:
        """One of the kind's values."""
        return read_as(column, self.text(column), kind)

    def one_of_these(self, column: str, texts: Collection[str]) -> str:
        """One of these texts."""
        if (text := self.text(column)) not in texts:
            raise CellError(column)
        return text

    def some_of(self, column: str, read: Callable[[str], T]) -> tuple[T, ...]:
        """Several, with commas between."""
        return tuple(read_as(column, word, read) for word in self.text(column).split(", ") if word)

    def has(self, column: str) -> bool:
        """Whether the cell holds anything."""
        return self._values.get(column) is not None

    def maybe(self, column: str, read: Callable[[str], T]) -> T | None:
        """What `read` makes of the column; None of an empty cell."""
        return read(column) if self.has(column) else None


def number(column: str, value: object, least: float = 0.0, most: float = MOST_SECONDS) -> float:
    """The value, if it is a number in this range. Raises CellError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise CellError(column)
    return float(value)


def whole(column: str, value: object, least: int = 0, most: int = 2**53) -> int:
    """The value, if it is a whole number in this range. Raises CellError."""
    if type(value) is not int or not least <= value <= most:
        raise CellError(column)
    return value


def read_as(column: str, text: str, read: Callable[[str], T]) -> T:
    """What `read` makes of the text. Raises CellError where it raises ValueError."""
    try:
        return read(text)
    except ValueError:
        raise CellError(column) from None


def is_writable(text: str) -> bool:
    """Whether it can be written in UTF-8: half a letter cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair, which JSON can spell
        return False
    return True


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or at.year not in YEARS:
        raise ValueError(text)
    return at


def _date(text: str) -> date:
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day
