"""What a night came to: the facts that every panel counts from, and nothing else of the diary. Pure.

Source of the definitions: docs/evidence.md, "Words of the diary"; of the rules: docs/counting.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from bedside.patterns.nights import (
    HOURS,
    OBSERVED_SHARE,
    Span,
    hours_past_noon,
    in_window,
    night_of,
    seconds_by_hour,
    watched_share,
    watched_spans,
    within_night,
)


class Side(StrEnum):
    """Where a night stands in a comparison. What is not known is left out, never taken as a no."""

    YES = "yes"
    NO = "no"
    LEFT_OUT = "left out"


class CrampEntry(Protocol):
    """A cramp as the diary has it. `trusted`: its onset was told by a clock that was set. `counts`: it is a cramp of
    its own, as far as anyone knows. `unsure`: it was doubtful, and the morning has not said. `number`: two where a
    person told that it was two; `onsets` are those of them that are known. `by_button`: it was pressed, not added.
    """

    @property
    def id(self) -> str: ...
    @property
    def onset(self) -> datetime: ...
    @property
    def trusted(self) -> bool: ...
    @property
    def counts(self) -> bool: ...
    @property
    def unsure(self) -> bool: ...
    @property
    def practice(self) -> bool: ...
    @property
    def number(self) -> int: ...
    @property
    def onsets(self) -> tuple[datetime, ...]: ...
    @property
    def by_button(self) -> bool: ...


class StretchEntry(Protocol):
    """An evening's stretch as the diary has it: offered, started, completed, skipped or unknown."""

    @property
    def state(self) -> str: ...
    @property
    def trusted(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said of a night. `slept_here` is None where nobody said; False is away, as is a journey.

    `factors` are those that were there, `asked` those that the answer covers: where nobody answered there are none.
    """

    slept_here: bool | None = None
    factors: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


NO_ANSWERS = Answers()


@dataclass(frozen=True, slots=True)
class NightFacts:
    """What a night came to.

    `cramps` are the sure ones in the sleep window, `daytime` the sure ones outside it. `doubtful` ones wait for the
    morning's word and `undated` ones for a clock: both are in no rate. `onset_hours` are the hours past noon, by the
    local clock, of the sure cramps that began while a press would have been heard; `watched_by_hour` has the seconds
    of the window that were, in each hour of the clock from noon on. `watched` and `window` are seconds.
    """

    night: date
    observed: bool
    confirmed: bool
    away: bool = False
    cramps: int = 0
    doubtful: int = 0
    daytime: int = 0
    undated: int = 0
    onset_hours: tuple[float, ...] = ()
    watched: float = 0.0
    window: float = 0.0
    watched_by_hour: tuple[float, ...] = (0.0,) * HOURS
    celsius: float | None = None
    stretch: Side = Side.LEFT_OUT
    factors: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()

    def factor(self, name: str) -> Side:
        """The night's side in the comparison by a factor."""
        if name in self.factors:
            return Side.YES
        return Side.NO if name in self.asked else Side.LEFT_OUT


def roll_up(
    night: date,
    window: Span,
    zone: tzinfo,
    *,
    cramps: Iterable[CrampEntry] = (),
    watches: Iterable[Span] = (),
    presses: Iterable[datetime] = (),
    celsius: float | None = None,
    stretches: Iterable[StretchEntry] = (),
    answers: Answers = NO_ANSWERS,
) -> NightFacts:
    """What a night that is over came to; entries of other nights are passed over.

    `watches` and `presses` are those under a clock that was set; a press that was leaned on or held tells of nobody and
    is not given. `celsius` is the mean over the window. A window that reaches past the night's noon ends there.
    """
    window = within_night(window, night, zone)
    listened = watched_spans(window, watches)
    own = [cramp for cramp in cramps if not cramp.practice and night_of(cramp.onset, zone) == night]
    dated = [cramp for cramp in own if cramp.counts and cramp.trusted]
    inside = [cramp for cramp in dated if in_window(cramp.onset, window)]
    onsets = sorted(onset for cramp in inside for onset in cramp.onsets)
    away = answers.slept_here is False
    pressed = any(cramp.by_button for cramp in inside) or any(in_window(press, window) for press in presses)
    return NightFacts(
        night=night,
        observed=watched_share(window, listened) >= OBSERVED_SHARE,
        confirmed=not away and (pressed or answers.slept_here is True),
        away=away,
        cramps=sum(cramp.number for cramp in inside),
        doubtful=sum(cramp.unsure for cramp in own),
        daytime=sum(cramp.number for cramp in dated) - sum(cramp.number for cramp in inside),
        undated=sum(cramp.number for cramp in own if cramp.counts and not cramp.trusted),
        onset_hours=tuple(
            hours_past_noon(onset, night, zone)
            for onset in onsets
            if any(in_window(onset, listening) for listening in listened)
        ),
        watched=sum((seen - began).total_seconds() for began, seen in listened),
        window=(window[1] - window[0]).total_seconds(),
        watched_by_hour=seconds_by_hour(listened, zone),
        celsius=celsius,
        stretch=stretch_side(stretches),
        factors=answers.factors,
        asked=answers.asked | answers.factors,
    )


def stretch_side(stretches: Iterable[StretchEntry]) -> Side:
    """Done is completed; not done is offered or skipped, all of the night's evenings; the rest is left out."""
    sides = {"completed": Side.YES, "offered": Side.NO, "skipped": Side.NO}
    return sides.get(stretch_state(stretches), Side.LEFT_OUT)


def stretch_state(stretches: Iterable[StretchEntry]) -> str:
    """What a night's evenings came to: one, or two where a reminder comes past midnight. Not known is not undone."""
    states = {stretch.state if stretch.trusted else "unknown" for stretch in stretches}
    for state in ("completed", "started", "unknown", "skipped", "offered"):
        if state in states:
            return state
    return "unknown"


def observed_nights(facts: Iterable[NightFacts], *, confirmed: bool = False) -> tuple[NightFacts, ...]:
    """The nights that count, oldest first: observed and not away; of them those alone that are confirmed, if wanted."""
    counting = [fact for fact in facts if fact.observed and not fact.away and (fact.confirmed or not confirmed)]
    counting.sort(key=lambda fact: fact.night)
    for one, following in pairwise(counting):
        if one.night == following.night:
            raise ValueError(f"facts must have each night once, not {one.night} twice")
    return tuple(counting)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the nights of a span: `elapsed` is the sum of the four after it.

    A night that nothing is known of is unknown, also where there are no facts of it. The cramps are those that no rate
    has, on nights that were not away.
    """

    elapsed: int
    confirmed: int
    unconfirmed: int
    unknown: int
    away: int
    doubtful: int
    daytime: int
    undated: int

    @property
    def observed(self) -> int:
        """All nights that count."""
        return self.confirmed + self.unconfirmed


def tally(facts: Sequence[NightFacts], first: date | None = None, last: date | None = None) -> Tally:
    """The tally from the first night to the last, both counted; of the facts' own, unless told."""
    nights = [fact.night for fact in facts]
    first, last = first or min(nights, default=None), last or max(nights, default=None)
    within = [fact for fact in facts if first and last and first <= fact.night <= last]
    observed = observed_nights(within)
    confirmed = sum(fact.confirmed for fact in observed)
    here = [fact for fact in within if not fact.away]
    elapsed = max((last - first).days + 1, 0) if first and last else 0
    away = len(within) - len(here)
    return Tally(
        elapsed=elapsed,
        confirmed=confirmed,
        unconfirmed=len(observed) - confirmed,
        unknown=elapsed - len(observed) - away,
        away=away,
        doubtful=sum(fact.doubtful for fact in here),
        daytime=sum(fact.daytime for fact in here),
        undated=sum(fact.undated for fact in here),
    )
