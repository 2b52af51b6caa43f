"""An entry of the diary with everything that is kept of it, read once for its page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from bedside.diary.kept import Amendment, KeptCramp
from bedside.diary.reader import Reader
from bedside.night.effects import CrampState, Meaning
from bedside.night.events import WIRE
from bedside.pages.diary.times import Line
from bedside.patterns.nights import Span, night_of, span_of, within_night

FIELDS = ("verdict", "severity", "leg", "muscle", "onset", "seconds", "end_unknown", "second_onset")
"""What is told of an entry, by its columns."""


@dataclass(frozen=True, slots=True)
class PressOf:
    """A press in a cramp, and what it came to mean. `held` is in seconds, None where the release was not seen; `button`
    is which of them was pressed, empty where there was never more than one.
    """

    at: datetime
    meaning: str
    held: float | None
    leaned: bool
    button: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """When something was told, and by which phone."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A cramp and all that is kept of it.

    `pressed` and `seconds` are as the presses say, or as it was added; `dated`: by a clock that was set, `logged` what
    the clock said where it was only set after that. `told` is what
    was told of it, by column, as texts; `telling` when that was, the last time. `around` are the night's cramps that
    can be told of, in their order.
    """

    cramp: KeptCramp
    pressed: datetime
    seconds: float | None
    dated: bool
    logged: datetime | None
    added: Telling | None
    told: Mapping[str, str | None]
    telling: Telling | None
    seen: str
    presses: tuple[PressOf, ...]
    history: tuple[Amendment, ...]
    around: tuple[KeptCramp, ...]
    line: Line
    window: Span

    @property
    def night(self) -> date:
        """The night that it lies in, whatever is corrected."""
        return self.line.night

    @property
    def end(self) -> datetime | None:
        """When it ended, as far as that is known."""
        return self.cramp.onset + timedelta(seconds=self.cramp.seconds) if self.cramp.seconds is not None else None

    @property
    def pressed_end(self) -> datetime | None:
        """The same, as the presses say."""
        return self.pressed + timedelta(seconds=self.seconds) if self.seconds is not None else None

    @property
    def relapses(self) -> tuple[datetime, ...]:
        """When it was reopened by a press: where it may have been two."""
        return tuple(press.at for press in self.presses if press.meaning == Meaning.REOPENED)

    @property
    def can_be_corrected(self) -> bool:
        """Not while it is open: the next press may still change it. Practice is in no count, and stays as it is."""
        return self.cramp.state != CrampState.OPEN and not self.cramp.practice


def entry(reader: Reader, id: str, zone: tzinfo) -> Entry | None:
    """The entry of this id; None where there is none. Raises DiaryError."""
    cramp = reader.cramp(id)
    if cramp is None:
        return None
    row, told = reader.as_kept("cramps", "id", id), reader.as_kept("judgements", "cramp", id)
    assert row is not None, "it is the cramp's own"
    pressed = datetime.fromisoformat(row["onset"])
    night = night_of(pressed, zone)
    around = reader.cramps(*span_of(night, zone))
    return Entry(
        cramp=cramp,
        pressed=pressed,
        seconds=row["seconds"],
        dated=bool(row["onset_trusted"]),
        logged=reader.logged("cramps", id, "onset"),
        added=_telling(row),
        told={field: _text(told[field]) for field in FIELDS} if told else {},
        telling=_telling(told) if told else None,
        seen=told["at"] if told else "",
        presses=tuple(_presses(reader, id)),
        history=tuple(reader.history("judgements", id)),
        around=tuple(one for one in around if not one.practice and one.state != CrampState.OPEN),
        line=Line(night, zone),
        window=within_night(reader.sleep_window(night, zone), night, zone),
    )


def _presses(reader: Reader, cramp: str) -> Iterator[PressOf]:
    several = len(reader.buttons()) > 1
    for row in reader.presses_in(cramp):
        button = row["button"] or WIRE if several else ""
        at = datetime.fromisoformat(row["at"])
        yield PressOf(at, row["meaning"], row["held_seconds"], bool(row["leaned"]), button)


def _telling(row: Any) -> Telling | None:
    return Telling(datetime.fromisoformat(row["at"]), row["told_by"] or "") if row["at"] else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
