"""A diary that was brought in from a file: rows that only such a record has, besides those of every kind."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Amended:
    """A change of what was told, as the diary had it that was brought in: by whom, of which field of which entry, from
    what to what. `number` is its place among them, `record` the record that changed it there.
    """

    number: int
    record: str
    at: datetime
    by: str
    table: str
    entry: str
    field: str
    before: str | None = None
    after: str | None = None

    @property
    def id(self) -> str:
        """Its number."""
        return str(self.number)


@dataclass(frozen=True)
class LoggedTime:
    """A time that a clock told which was not set, as the diary had it that was brought in: in which field of which
    entry it is, what the clock said, and what it was, None where nobody knows. `since_boot` is in seconds.
    """

    boot: str
    since_boot: float
    table: str
    entry: str
    field: str
    logged: datetime
    corrected: datetime | None = None

    @property
    def id(self) -> str:
        """Where it is."""
        return logged_id(self.table, self.entry, self.field)


def logged_id(table: str, entry: str, field: str) -> str:
    """The key under which a time that was logged is kept."""
    return f"{table}.{field} {entry}"


@dataclass(frozen=True)
class BroughtIn:
    """Marks a record as one that was brought in: nothing in it is going on. `id` names the file beside the diary in
    which its temperatures wait until the diary has them.
    """

    id: str
