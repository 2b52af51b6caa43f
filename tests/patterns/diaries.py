"""Hand-made diaries: nights of facts in a row, and the diary's rows that one night is rolled up from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bedside.patterns.facts import NightFacts, Side
from bedside.patterns.nights import HOURS

MONDAY = date(2024, 1, 1)
WINDOW_HOURS = range(10, 19)
"""Hours past noon of a sleep window from ten to seven."""

WATCHED = tuple(3600.0 * (hour in WINDOW_HOURS) for hour in range(HOURS))


@dataclass(frozen=True)
class Kept:
    """A cramp as the diary has it."""

    onset: datetime
    id: str = "a"
    trusted: bool = True
    unsure: bool = False
    practice: bool = False
    none: bool = False
    severity: int | None = None

    second: datetime | None = None
    number: int = 1
    by_button: bool = True

    @property
    def counts(self) -> bool:
        return not (self.unsure or self.practice or self.none)

    @property
    def onsets(self) -> tuple[datetime, ...]:
        return (self.onset, self.second) if self.second else (self.onset,)


@dataclass(frozen=True)
class Stretched:
    """An evening's stretch as the diary has it."""

    state: str
    trusted: bool = True


def utc(*clock: int) -> datetime:
    return datetime(*clock, tzinfo=UTC)  # type: ignore[misc, arg-type]


def night(day: int, cramps: int = 0, **more: Any) -> NightFacts:
    """An observed, confirmed night of so many cramps, from half past ten on, an hour between them."""
    facts = NightFacts(
        night=MONDAY + timedelta(days=day),
        observed=True,
        confirmed=True,
        cramps=cramps,
        onset_hours=tuple(10.5 + at % 9 for at in range(cramps)),
        watched=9 * 3600.0,
        window=9 * 3600.0,
        watched_by_hour=WATCHED,
    )
    return replace(facts, **more)


def diary(cramps: Iterable[int], first: int = 0, **more: Any) -> list[NightFacts]:
    """Nights in a row with so many cramps each."""
    return [night(first + day, number, **more) for day, number in enumerate(cramps)]


def stretched(cramps: Sequence[int], done: Sequence[bool], first: int = 0) -> list[NightFacts]:
    """The same, with the stretch done or not."""
    return [
        night(first + day, number, stretch=Side.YES if side else Side.NO)
        for day, (number, side) in enumerate(zip(cramps, done, strict=True))
    ]


def unknown(day: int, cramps: int = 0) -> NightFacts:
    """A night that was hardly watched; a cramp in it was pressed all the same."""
    return night(day, cramps, observed=False, watched=1800.0, watched_by_hour=(0.0,) * HOURS, onset_hours=())


def away(day: int, cramps: int = 0) -> NightFacts:
    return night(day, cramps, away=True, confirmed=False)


SIDES = st.sampled_from(Side)


@st.composite
def nights(draw: st.DrawFn, day: int) -> NightFacts:
    """A night of any kind."""
    number = draw(st.sampled_from((0, 0, 0, 1, 1, 2, 4)))
    facts = night(
        day,
        number,
        observed=draw(st.sampled_from((True, True, True, False))),
        confirmed=draw(st.sampled_from((True, True, False))),
        stretch=draw(SIDES),
        celsius=draw(st.none() | st.sampled_from((17.0, 18.0, 18.5, 19.0, 20.0))),
        asked=frozenset({"alcohol", "sitting"}),
        factors=draw(st.frozensets(st.sampled_from(("alcohol", "sitting")))),
    )
    return facts if draw(st.integers(0, 9)) else replace(facts, away=True)


@st.composite
def diaries(draw: st.DrawFn, most: int = 140) -> list[NightFacts]:
    """Nights of any kind in a row. A few are drawn, then taken in turns: long diaries, quickly made."""
    kinds = [draw(nights(0)) for _ in range(draw(st.integers(1, 9)))]
    turns = draw(st.randoms(use_true_random=False))
    return [
        replace(turns.choice(kinds), night=MONDAY + timedelta(days=day)) for day in range(draw(st.integers(0, most)))
    ]
