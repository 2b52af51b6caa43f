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
class BroughtIn:
    """Marks a record as one that was brought in: nothing in it is going on. `id` names the file beside the diary in
    which its temperatures wait until the diary has them.
    """

    id: str
