"""Before and after a date, with what happens without any change printed beside it. Pure. Rules: docs/counting.md.

Someone chose the date, often because of a bad spell, and bad spells end by themselves: so there is no verdict, ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bedside.patterns.compare import Contrast, chosen_span
from bedside.patterns.facts import NightFacts, Tally
from bedside.patterns.rates import RatePanel, rate_panel
from bedside.patterns.sides import by_date
from bedside.patterns.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class ByItself:
    """By how much cramps fall with no change at all: shares of what they were.

    `placebo`: the arms of trials that got none of the remedy (Cochrane 2012; Roguin Maor 2017). `season`: within so
    many weeks from September, from the yearly course of Garrison 2015 (doi 10.1503/cmaj.140497).
    """

    placebo: tuple[float, float] = (0.28, 0.36)
    season: float = 0.2
    season_weeks: int = 6


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The rates before a date and from it on; the contrast is after over before. `by_itself` goes with all of it."""

    verdict: Verdict
    before: RatePanel
    after: RatePanel
    tally: Tally
    observed: Contrast
    confirmed: Contrast
    by_itself: ByItself = field(default_factory=ByItself, init=False)


def before_after(
    facts: Sequence[NightFacts], change: date, first: date | None = None, last: date | None = None
) -> BeforeAfter:
    """The nights from the one of the change on against those before it, within the span if there is one."""
    within = [fact for fact in facts if (first is None or fact.night >= first) and (last is None or fact.night <= last)]
    nights = [fact.night for fact in within] or [change]
    panel = chosen_span(within, by_date(change), first or min(nights), last or max(nights))
    return BeforeAfter(
        verdict=panel.verdict,
        before=rate_panel([fact for fact in within if fact.night < change]),
        after=rate_panel([fact for fact in within if fact.night >= change]),
        tally=panel.tally,
        observed=panel.observed,
        confirmed=panel.confirmed,
    )
