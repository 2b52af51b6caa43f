"""The doctor's sheet as numbers: a span's nights, and what its cramps were like. Pure. Rules: docs/counting.md.

Source of what it has: docs/evidence.md, "What is logged, and the words for it", the doctor's page. It tests nothing.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from statistics import median
from typing import Protocol

from bedside.patterns.facts import CrampEntry, NightFacts, StretchEntry, Tally, observed_nights, stretch_state, tally
from bedside.patterns.hours import by_hour
from bedside.patterns.nights import HOURS, Span, in_window, night_of
from bedside.patterns.rates import Rate, rate_over

SAME = "same as the one before"
"""What a person may tell of an entry: it goes on with the one before, or it was none."""

RELAPSE = timedelta(minutes=2)
"""A press this soon after an end is of the same cramp: docs/evidence.md, "Words of the diary"."""

STATES = ("completed", "started", "offered", "skipped", "unknown")
"""What an evening's stretch may have come to."""


class ToldCramp(CrampEntry, Protocol):
    """A cramp as the diary has it, with what was told of it. `origin` is "page" for one that the button missed,
    `pressed` is when the button was pressed where a person corrected that.
    """

    @property
    def seconds(self) -> float | None: ...
    @property
    def origin(self) -> str: ...
    @property
    def pressed(self) -> datetime | None: ...
    @property
    def verdict(self) -> str | None: ...
    @property
    def severity(self) -> int | None: ...
    @property
    def leg(self) -> str | None: ...
    @property
    def muscle(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Joined:
    """A cramp of its own, with all entries that were told to be the same. `number`: two where it was told to be two.

    `seconds` runs from the first onset to the last end, None where an end is not known or where it is two; `measured`:
    by presses alone, without a longer pause than RELAPSE. `severity` is the highest that was told of any of them; leg
    and muscle are those told first.
    """

    onset: datetime
    trusted: bool
    number: int
    seconds: float | None
    measured: bool
    severity: int | None
    leg: str | None
    muscle: str | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some values, the lowest and the highest, and how many there are."""

    median: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the cramps were. `measured` are seconds between two presses; of the others a length was told, or none
    is known. No length is ever that after which an entry closes by itself.
    """

    measured: Spread | None
    told: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Period:
    """A span's nights. `observed` and `confirmed` are its rates; `elsewhere` are cramps in the sleep window of nights
    that no rate has, because they were not observed or away.
    """

    first: date
    last: date
    tally: Tally
    observed: Rate
    confirmed: Rate
    elsewhere: int


@dataclass(frozen=True, slots=True)
class HourOfNight:
    """An hour of the clock in the observed nights: its cramps, the hours listened to, and the room's mean."""

    clock: int
    cramps: int
    watched_hours: float
    celsius: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands on the sheet. What the cramps were like is that of the sure ones in the sleep window, on nights that
    were not away; `legs` and `muscles` have None for those of which nobody told it. `evenings` are of nights not away.
    """

    period: Period
    before: Period
    described: int
    severity: Spread | None
    lengths: Lengths
    disturbance: Spread | None
    legs: Mapping[str | None, int]
    muscles: Mapping[str | None, int]
    hours: tuple[HourOfNight, ...]
    evenings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Night:
    """A night of the span: its facts, its sleep window in UTC, and the room in each hour of the clock from noon on."""

    facts: NightFacts
    window: Span
    celsius: Sequence[float | None] = (None,) * HOURS


def summary(
    first: date,
    last: date,
    nights: Sequence[Night],
    before: Sequence[NightFacts],
    *,
    cramps: Sequence[ToldCramp],
    disturbances: Mapping[date, int],
    stretches: Mapping[date, Sequence[StretchEntry]],
    zone: tzinfo,
) -> Summary:
    """The nights from the first to the last, both counted; `before` are those of the period before, as long as this.

    `cramps` are all of the span's entries, also those that turned out to be none; the mappings are by night.
    """
    facts = [night.facts for night in nights]
    away = {fact.night for fact in facts if fact.away}
    here = [cramp for cramp in joined(cramps, zone) if night_of(cramp.onset, zone) not in away]
    windows = [night.window for night in nights]
    ours = [cramp for cramp in here if cramp.trusted and _within(cramp.onset, windows)]
    elapsed = timedelta(days=(last - first).days + 1)
    return Summary(
        period=period(facts, first, last),
        before=period(before, first - elapsed, first - timedelta(days=1)),
        described=sum(cramp.number for cramp in ours),
        severity=spread(cramp.severity for cramp in ours),
        lengths=_lengths(ours),
        disturbance=spread(told for night, told in disturbances.items() if night not in away),
        legs=_counted((cramp.leg, cramp.number) for cramp in ours),
        muscles=_counted((cramp.muscle, cramp.number) for cramp in ours),
        hours=hours_of(nights),
        evenings=_evenings(first, last, away, stretches),
    )


def period(facts: Sequence[NightFacts], first: date, last: date) -> Period:
    """The span's nights and how often; without facts a night is unknown."""
    within = [fact for fact in facts if first <= fact.night <= last]
    counting = observed_nights(within)
    rate = rate_over(counting)
    return Period(
        first=first,
        last=last,
        tally=tally(within, first, last),
        observed=rate,
        confirmed=rate_over([fact for fact in counting if fact.confirmed]),
        elsewhere=sum(fact.cramps for fact in within) - rate.count.cramps,
    )


def joined(cramps: Iterable[ToldCramp], zone: tzinfo) -> list[Joined]:
    """The cramps that count, oldest first. An entry told to be the same as the one before is part of that one, if they
    are of one night; the same as one that was none, it is no cramp of its own either.
    """
    chains: list[list[ToldCramp]] = []
    for cramp in sorted(cramps, key=lambda one: one.onset):
        if cramp.practice:
            continue
        if cramp.verdict != SAME:
            chains.append([cramp])
        elif chains and night_of(chains[-1][0].onset, zone) == night_of(cramp.onset, zone):
            chains[-1].append(cramp)
    return [_one(chain) for chain in chains if chain[0].counts]


def spread(values: Iterable[float | None]) -> Spread | None:
    """The spread of those that are known; None where none is."""
    known = sorted(value for value in values if value is not None)
    return Spread(median(known), known[0], known[-1], len(known)) if known else None


def hours_of(nights: Sequence[Night]) -> tuple[HourOfNight, ...]:
    """The hours of the clock that were listened to in the observed nights, from evening to morning."""
    counting = [night for night in nights if night.facts.observed and not night.facts.away]
    rooms = list(zip(*(night.celsius for night in counting), strict=True))
    return tuple(
        HourOfNight(hour.clock, hour.cramps, hour.watched_hours, _mean(rooms[(hour.clock - HOURS // 2) % HOURS]))
        for hour in by_hour(observed_nights([night.facts for night in counting]))
    )


def _one(chain: Sequence[ToldCramp]) -> Joined:
    first = chain[0]
    return Joined(
        onset=first.onset,
        trusted=first.trusted,
        number=first.number,
        seconds=_seconds(chain),
        measured=_measured(chain),
        severity=max((cramp.severity for cramp in chain if cramp.severity is not None), default=None),
        leg=next((cramp.leg for cramp in chain if cramp.leg), None),
        muscle=next((cramp.muscle for cramp in chain if cramp.muscle), None),
    )


def _seconds(chain: Sequence[ToldCramp]) -> float | None:
    """From the first onset to the last end, where every end is known. A clock set in between measures nothing."""
    first, last = chain[0], chain[-1]
    if first.number > 1 or (len(chain) > 1 and not all(cramp.trusted for cramp in chain)):
        return None
    if last.seconds is None or any(cramp.seconds is None for cramp in chain):
        return None
    return (last.onset - first.onset).total_seconds() + last.seconds


def _measured(chain: Sequence[ToldCramp]) -> bool:
    """Whether presses say how long it was: no part is corrected or added, no pause is longer than a relapse's."""
    if any(cramp.origin == "page" or cramp.pressed is not None for cramp in chain):
        return False
    ends = [cramp.onset + timedelta(seconds=cramp.seconds or 0) for cramp in chain]
    return all(cramp.onset - end <= RELAPSE for end, cramp in zip(ends, chain[1:], strict=False))


def _within(onset: datetime, windows: Sequence[Span]) -> bool:
    """Whether the onset lies in one of the windows, which are in order."""
    at = bisect_right(windows, onset, key=lambda window: window[0])
    return at > 0 and in_window(onset, windows[at - 1])


def _lengths(cramps: Sequence[Joined]) -> Lengths:
    known = [cramp for cramp in cramps if cramp.seconds is not None]
    return Lengths(
        measured=spread(cramp.seconds for cramp in known if cramp.measured),
        told=sum(not cramp.measured for cramp in known),
        unknown=sum(cramp.number for cramp in cramps if cramp.seconds is None),
    )


def _counted(told: Iterable[tuple[str | None, int]]) -> Mapping[str | None, int]:
    counts: Counter[str | None] = Counter()
    for name, number in told:
        counts[name] += number
    return dict(counts)


def _evenings(
    first: date, last: date, away: set[date], stretches: Mapping[date, Sequence[StretchEntry]]
) -> Mapping[str, int]:
    """How many nights each state has; of a night without any entry nothing is known."""
    counts = Counter(
        stretch_state(of_night) for night, of_night in stretches.items() if first <= night <= last and night not in away
    )
    elapsed = (last - first).days + 1 - len(away)
    counts["unknown"] += elapsed - counts.total()
    return {state: counts[state] for state in STATES}


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
