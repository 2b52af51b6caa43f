"""What the diary has, as values: rows of its tables, with what a person told of them. Times are UTC."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bedside.night.told import Change, Factor, Leg, Muscle, Remedy, Verdict


@dataclass(frozen=True, slots=True)
class KeptCramp:
    """A cramp as the diary has it. Times are UTC; `seconds` and `celsius` are None where unknown. From `verdict` on it
    is what a person told of it, None where they have not. `onset` and `seconds` are as they corrected them; `pressed`
    is when the button was, where they did.
    """

    id: str
    onset: datetime
    trusted: bool
    seconds: float | None
    state: str
    doubtful: bool
    practice: bool
    celsius: float | None
    origin: str
    verdict: Verdict | None = None
    severity: int | None = None
    leg: Leg | None = None
    muscle: Muscle | None = None
    second: datetime | None = None
    pressed: datetime | None = None

    @property
    def unsure(self) -> bool:
        """Whether only a person can tell if it was a cramp, and has not."""
        return self.doubtful and self.verdict is None

    @property
    def counts(self) -> bool:
        """Whether it is a cramp of its own: what is unsure is none yet, what was told to be none, or the same as the
        one before, is none.
        """
        return not (self.practice or self.unsure or self.verdict in (Verdict.NONE, Verdict.SAME))

    @property
    def untold(self) -> bool:
        """Whether a person has told nothing of what it was."""
        return (self.verdict, self.severity, self.leg, self.muscle) == (None, None, None, None)

    @property
    def corrections(self) -> dict[str, Any]:
        """What a person told of its times, by the fields of a judgement: to be told again with anything new."""
        if self.pressed is None:
            return {"second": self.second}
        times = {"onset": self.onset, "seconds": self.seconds, "end_unknown": self.seconds is None}
        return {**times, "second": self.second}

    @property
    def by_button(self) -> bool:
        """Whether it was pressed; else a person added it."""
        return self.origin != "page"

    @property
    def number(self) -> int:
        """How many cramps it is, if it counts."""
        return 2 if self.verdict is Verdict.TWO else 1

    @property
    def onsets(self) -> tuple[datetime, ...]:
        """When they began, as far as known."""
        return (self.onset, self.second) if self.second and self.verdict is Verdict.TWO else (self.onset,)


def as_chains(cramps: Iterable[KeptCramp]) -> list[KeptCramp]:
    """The cramps, oldest first, each as bad as the worst of those that were told to be the same as it."""
    found: list[KeptCramp] = []
    base: int | None = None
    for cramp in sorted(cramps, key=lambda one: one.onset):
        if cramp.verdict is not Verdict.SAME:
            base = len(found) if cramp.counts else None
        elif base is not None and cramp.severity is not None:
            found[base] = replace(found[base], severity=max(cramp.severity, found[base].severity or 0))
        found.append(cramp)
    return found


def without_one_before(cramps: Iterable[KeptCramp]) -> list[KeptCramp]:
    """Those that were told to be the same as the one before, where that was none, where nobody has said yet whether it
    was one, or where there is no other.
    """
    found = []
    base: KeptCramp | None = None
    for cramp in sorted(cramps, key=lambda one: one.onset):
        if cramp.verdict is not Verdict.SAME:
            base = cramp
        elif base is None or base.unsure or base.verdict is Verdict.NONE:
            found.append(cramp)
    return found


@dataclass(frozen=True, slots=True)
class KeptCheckIn:
    """What a person told of a night, and when, as the diary writes it; None where a question was left open. `asked` are
    the factors that the answer covers.
    """

    slept_here: bool | None
    disturbance: int | None
    factors: tuple[Factor, ...]
    note: str
    at: str = field(default="", compare=False)
    asked: tuple[Factor, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptStretch:
    """What an evening's stretch came to; `by_page`: a person said on the page that it is done."""

    evening: date
    state: str
    reason: str
    asks: int
    trusted: bool
    by_page: bool = False


@dataclass(frozen=True, slots=True)
class Warmth:
    """The room over a span, degrees Celsius: mean of all samples, lowest, highest."""

    mean: float
    low: float
    high: float
    samples: int


@dataclass(frozen=True, slots=True)
class KeptMedicine:
    """A change of a medicine on a day; `retracted`: it was told by mistake. `at` and `by`: told when, by whom."""

    id: str
    day: date
    remedy: Remedy
    change: Change
    name: str
    retracted: bool
    at: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class KeptAbout:
    """What a person told of themselves: what is so, and what is not."""

    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of what was told: at a moment, by a phone, of a field, from one text to another."""

    at: datetime
    by: str
    field: str
    before: str | None
    after: str | None


def cramp_of(row: Any) -> KeptCramp:
    """A row of `entries`."""
    return KeptCramp(
        id=row["id"],
        onset=datetime.fromisoformat(row["onset"]),
        trusted=bool(row["trusted"]),
        seconds=row["seconds"],
        state=row["state"],
        doubtful=bool(row["doubtful"]),
        practice=bool(row["practice"]),
        celsius=row["celsius"],
        origin=row["origin"],
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
        severity=row["severity"],
        leg=Leg(row["leg"]) if row["leg"] else None,
        muscle=Muscle(row["muscle"]) if row["muscle"] else None,
        second=datetime.fromisoformat(row["second_onset"]) if row["second_onset"] else None,
        pressed=datetime.fromisoformat(row["pressed"]) if row["corrected"] else None,
    )


def check_in_of(row: Any) -> KeptCheckIn:
    """A row of `checkins`."""
    return KeptCheckIn(
        slept_here=None if row["slept_here"] is None else bool(row["slept_here"]),
        disturbance=row["disturbance"],
        factors=_factors(row["factors"]),
        note=row["note"],
        at=row["at"],
        asked=_factors(row["asked"]),
    )


def stretch_of(row: Any) -> KeptStretch:
    """A row of `stretches`."""
    return KeptStretch(
        date.fromisoformat(row["evening"]),
        row["state"],
        row["reason"] or "",
        row["asks"] or 0,
        trusted=bool(row["trusted"]),
        by_page=row["origin"] == "page",
    )


def medicine_of(row: Any) -> KeptMedicine:
    """A row of `medicines`."""
    return KeptMedicine(
        id=row["id"],
        day=date.fromisoformat(row["day"]),
        remedy=Remedy(row["class"]),
        change=Change(row["change"]),
        name=row["name"] or "",
        retracted=bool(row["retracted"]),
        at=row["at"],
        by=row["told_by"] or "",
    )


def about_of(row: Any) -> KeptAbout:
    """A row of `about`."""
    return KeptAbout(frozenset(_texts(row["yes"])), frozenset(_texts(row["no"])), row["at"])


def amendment_of(row: Any) -> Amendment:
    """A row of `amendments`."""
    return Amendment(datetime.fromisoformat(row["at"]), row["told_by"] or "", row["field"], row["before"], row["after"])


def _texts(joined: str | None) -> list[str]:
    return list(filter(None, (joined or "").split(", ")))


def _factors(joined: str | None) -> tuple[Factor, ...]:
    return tuple(map(Factor, _texts(joined)))
