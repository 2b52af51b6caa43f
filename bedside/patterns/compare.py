"""Comparisons: nights of one kind against nights of another, and when words may be put to it. Pure.

Nights with a cramp are the primary comparison, cramps a night stand beside it. One question is primary: the stretch.
All others are exploratory and share their error. Rules: docs/counting.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from bedside.patterns.exact import Comparison, stratified_nights_ratio
from bedside.patterns.facts import NightFacts, Tally, observed_nights, tally
from bedside.patterns.looks import CRAMPS_IN_ALL, NIGHTS_A_SIDE, Look, last_look, next_look
from bedside.patterns.rates import Count, count
from bedside.patterns.sides import Split, Stratum, by_factor, by_stretch, by_warmth
from bedside.patterns.strata_ratio import stratified_ratio
from bedside.patterns.verdicts import TELLS, Verdict, agreed, step_down, told

Table = tuple[int, int, int, int]

KEPT = 1024
"""Comparisons that are remembered: those of a look stay the same until the next one, for months."""

WARMTH = "warmth"
"""The name of warm against cold nights among the exploratory questions; no factor has it."""


@dataclass(frozen=True, slots=True)
class Gate:
    """How many more it needs: nights on the one side, on the other, and cramps on either. Open when that is none."""

    more_yes: int
    more_no: int
    more_cramps: int

    @property
    def open(self) -> bool:
        """Whether there is enough for a comparison."""
        return not (self.more_yes or self.more_no or self.more_cramps)


@dataclass(frozen=True, slots=True)
class Contrast:
    """The two sides. `nights` is the odds ratio of a night with a cramp, `cramps` the ratio of cramps a night, yes over
    no; both are None below the gate.
    """

    yes: Count
    no: Count
    gate: Gate
    confidence: float
    nights: Comparison | None = None
    cramps: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a look came to, over the first observed nights of the diary: it stands until the next one.

    The intervals have the look's own confidence, or more where others were looked at, too. `at_odds`: the observed and
    the confirmed nights say different things, so that nobody can tell.
    """

    look: Look
    verdict: Verdict
    observed: Contrast
    confirmed: Contrast
    at_odds: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A comparison: its verdict, and the sides up to today with the 95 % interval once the gate is open.

    `left_out` are observed nights on neither side. `judged` is the last look, if the gate was open then; `to_next_look`
    are the observed nights until the next. A chosen span has no looks: both are 0.
    """

    verdict: Verdict
    tally: Tally
    left_out: int
    observed: Contrast
    confirmed: Contrast
    judged: Judged | None
    next_look: int
    to_next_look: int


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The primary question, and the exploratory ones. `looked_at`: so many of these share the error of the last look,
    by Holm's correction; `shown`: so many have an interval today.
    """

    stretch: Panel
    warmth: Panel
    factors: Mapping[str, Panel]
    looked_at: int
    shown: int


def comparisons(facts: Sequence[NightFacts], factors: Sequence[str] = ()) -> Comparisons:
    """Every comparison of the whole diary: with these factors, then with all others that were ever asked about, so that
    leaving one out afterwards does not lighten the correction of the rest.
    """
    ever = frozenset[str]().union(*(fact.asked for fact in facts))
    names = (*factors, *sorted(ever.difference(factors)))
    if WARMTH in names:
        raise ValueError(f"factors must not have the name {WARMTH!r}")
    stretch = family(facts, {"stretch": by_stretch})["stretch"]
    others = family(facts, {WARMTH: by_warmth, **{name: by_factor(name) for name in names}})
    return Comparisons(
        stretch=stretch,
        warmth=others[WARMTH],
        factors={name: others[name] for name in names},
        looked_at=sum(panel.judged is not None for panel in others.values()),
        shown=sum(panel.observed.gate.open for panel in others.values()),
    )


def family(facts: Sequence[NightFacts], questions: Mapping[str, Split]) -> dict[str, Panel]:
    """Questions that share the error of each look. Alone, a question has all of it."""
    nights = observed_nights(facts)
    look = last_look(len(nights))
    judged = _judge(nights[: look.nights], look, questions) if look else {}
    upcoming = next_look(len(nights))
    marks = {name: _marks(facts, nights, split) for name, split in questions.items()}
    return {
        name: replace(
            panel,
            verdict=judged[name].verdict if name in judged else panel.verdict,
            judged=judged.get(name),
            next_look=upcoming.nights,
            to_next_look=upcoming.nights - len(nights),
        )
        for name, panel in marks.items()
    }


def chosen_span(facts: Sequence[NightFacts], split: Split, first: date, last: date) -> Panel:
    """A comparison over nights that a person chose: marks and intervals, no verdict and no look."""
    within = [fact for fact in facts if first <= fact.night <= last]
    panel = _marks(within, observed_nights(within), split)
    return replace(panel, verdict=Verdict.CHOSEN_SPAN, tally=tally(within, first, last))


def contrast(strata: Sequence[Stratum], confidence: float = 0.95) -> Contrast:
    """The two sides of all strata, compared within each."""
    sides = _sides(strata)
    if not sides.gate.open:
        return replace(sides, confidence=confidence)
    by_cramps = tuple(
        (one.cramps, one.nights, other.cramps, other.nights)
        for one, other in ((count(stratum.yes), count(stratum.no)) for stratum in strata)
    )
    return replace(
        sides,
        confidence=confidence,
        nights=_by_nights(_tables(strata), confidence),
        cramps=_by_cramps(by_cramps, confidence),
    )


def _sides(strata: Sequence[Stratum]) -> Contrast:
    """The sides and the gate, nothing compared."""
    yes = count(fact for stratum in strata for fact in stratum.yes)
    no = count(fact for stratum in strata for fact in stratum.no)
    gate = Gate(
        max(NIGHTS_A_SIDE - yes.nights, 0),
        max(NIGHTS_A_SIDE - no.nights, 0),
        max(CRAMPS_IN_ALL - yes.cramps - no.cramps, 0),
    )
    return Contrast(yes, no, gate, 0.95)


def _tables(strata: Sequence[Stratum]) -> tuple[Table, ...]:
    """Nights with a cramp and nights, on one side and on the other."""
    counts = ((count(stratum.yes), count(stratum.no)) for stratum in strata)
    return tuple((one.with_cramp, one.nights, other.with_cramp, other.nights) for one, other in counts)


@lru_cache(maxsize=KEPT)
def _by_nights(tables: tuple[Table, ...], confidence: float) -> Comparison:
    return stratified_nights_ratio(tables, confidence=confidence)


@lru_cache(maxsize=KEPT)
def _by_cramps(strata: tuple[Table, ...], confidence: float) -> Comparison:
    return stratified_ratio(strata, confidence=confidence)


def _marks(facts: Sequence[NightFacts], nights: Sequence[NightFacts], split: Split) -> Panel:
    """What is shown of all nights up to today, without a look."""
    strata = split(nights)
    observed = contrast(strata)
    return Panel(
        verdict=Verdict.WAITING if observed.gate.open else Verdict.NOT_YET,
        tally=tally(facts),
        left_out=len(nights) - observed.yes.nights - observed.no.nights,
        observed=observed,
        confirmed=contrast([stratum.confirmed() for stratum in strata]),
        judged=None,
        next_look=0,
        to_next_look=0,
    )


def _judge(nights: Sequence[NightFacts], look: Look, questions: Mapping[str, Split]) -> dict[str, Judged]:
    """The look at each question whose gate is open; the others are not looked at."""
    asked = {name: strata for name, split in questions.items() if _sides(strata := split(nights)).gate.open}
    observed = _corrected(asked, look)
    confirmed = _corrected({name: [one.confirmed() for one in strata] for name, strata in asked.items()}, look)
    return {name: _judged(look, observed[name], confirmed[name]) for name in asked}


def _judged(look: Look, observed: Contrast, confirmed: Contrast) -> Judged:
    says, confirmed_says = (
        told(observed.nights, 1 - observed.confidence),
        told(confirmed.nights, 1 - confirmed.confidence),
    )
    at_odds = says is not confirmed_says and bool({says, confirmed_says} & TELLS)
    return Judged(look, agreed(says, confirmed_says), observed, confirmed, at_odds)


def _corrected(asked: Mapping[str, Sequence[Stratum]], look: Look) -> dict[str, Contrast]:
    """Each contrast with the confidence that Holm's correction leaves it; one below its gate counts with p = 1."""
    ps = [
        _by_nights(_tables(strata), look.confidence).p if _sides(strata).gate.open else 1.0 for strata in asked.values()
    ]
    levels = step_down(ps, look.error)
    return {name: contrast(strata, 1 - level) for (name, strata), level in zip(asked.items(), levels, strict=True)}
