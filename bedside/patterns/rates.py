"""How often: cramps, and nights with one, over the whole span and week by week. Pure. Rules: docs/counting.md."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

from bedside.patterns.exact import Interval, dispersion, proportion, rate
from bedside.patterns.facts import NightFacts, Tally, observed_nights, tally
from bedside.patterns.verdicts import Verdict

NIGHTS_FOR_A_RATE = 14
"""Observed nights; below them the raw marks are shown."""

IN_BURSTS = 1.5
"""A dispersion above this says that cramps come in bursts."""

WEEK = 7


@dataclass(frozen=True, slots=True)
class Count:
    """Nights, those with a cramp among them, and the cramps."""

    nights: int
    with_cramp: int
    cramps: int


@dataclass(frozen=True, slots=True)
class Rate:
    """How often, with 95 % intervals; below the gate the count alone, and `more_nights` say what is missing.

    `a_week` are cramps, by Garwood's interval; `share` is that of nights with a cramp. `dispersion` is the variance of
    the cramps a night over their mean. `in_bursts`: it is above 1.5, and the interval of `a_week`, which takes each
    cramp for itself, is too narrow; that of `share` is not.
    """

    count: Count
    more_nights: int
    a_week: Interval | None
    share: Interval | None
    dispersion: float | None = None
    in_bursts: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """A week of nights, Monday's evening first. Without a night that counts it has no rate: that is unknown, not 0."""

    monday: date
    observed: Rate
    confirmed: Rate
    tally: Tally


@dataclass(frozen=True, slots=True)
class RatePanel:
    """The rates of a span over all observed nights and over the confirmed ones, and its weeks without a gap."""

    verdict: Verdict
    tally: Tally
    observed: Rate
    confirmed: Rate
    weeks: tuple[Week, ...]


def count(nights: Iterable[NightFacts]) -> Count:
    """The count over nights that all count."""
    cramps = [fact.cramps for fact in nights]
    return Count(len(cramps), sum(map(bool, cramps)), sum(cramps))


def rate_over(nights: Sequence[NightFacts]) -> Rate:
    """The rate over nights that all count."""
    counted = count(nights)
    more = max(NIGHTS_FOR_A_RATE - counted.nights, 0)
    if more:
        return Rate(counted, more, None, None)
    spread = dispersion([fact.cramps for fact in nights]).ratio
    return Rate(counted, 0, *_intervals(counted), spread, spread is not None and spread > IN_BURSTS)


def rate_panel(facts: Sequence[NightFacts]) -> RatePanel:
    """The rates of all facts: the diary's, or those of a chosen span."""
    observed = rate_over(observed_nights(facts))
    return RatePanel(
        verdict=Verdict.NOT_YET if observed.more_nights else Verdict.KNOWN,
        tally=tally(facts),
        observed=observed,
        confirmed=rate_over(observed_nights(facts, confirmed=True)),
        weeks=by_week(facts),
    )


def monday_of(night: date) -> date:
    """The Monday of the week that the night's evening lies in."""
    return night - timedelta(days=night.weekday())


def by_week(facts: Sequence[NightFacts]) -> tuple[Week, ...]:
    """Every week from the first night's to the last one's, also those that nothing is known of.

    A week has 7 nights at most, so the gate is that of the whole span: intervals are shown once it has a rate, over the
    nights of each week that count, be it one.
    """
    ordered = sorted(facts, key=lambda fact: fact.night)
    if not ordered:
        return ()
    first, last = ordered[0].night, ordered[-1].night
    missing = [
        max(NIGHTS_FOR_A_RATE - len(observed_nights(ordered, confirmed=confirmed)), 0) for confirmed in (False, True)
    ]
    by_monday = {monday: list(group) for monday, group in groupby(ordered, lambda fact: monday_of(fact.night))}
    mondays = [monday_of(first)]
    while mondays[-1] < monday_of(last):
        mondays.append(mondays[-1] + timedelta(days=WEEK))
    return tuple(_week(monday, by_monday.get(monday, []), first, last, missing) for monday in mondays)


def _week(monday: date, facts: Sequence[NightFacts], first: date, last: date, missing: Sequence[int]) -> Week:
    sunday = monday + timedelta(days=WEEK - 1)
    observed, confirmed = (
        _rate_of_week(count(observed_nights(facts, confirmed=kind)), more)
        for kind, more in zip((False, True), missing, strict=True)
    )
    return Week(monday, observed, confirmed, tally(facts, max(first, monday), min(last, sunday)))


def _rate_of_week(counted: Count, more: int) -> Rate:
    shown = counted.nights and not more
    return Rate(counted, more, *(_intervals(counted) if shown else (None, None)))


@lru_cache(maxsize=4096)
def _intervals(counted: Count) -> tuple[Interval, Interval]:
    """Cramps a week and the share of nights with one. Kept, for weeks are much alike."""
    a_night = rate(counted.cramps, counted.nights)
    return (
        Interval(a_night.estimate * WEEK, a_night.low * WEEK, a_night.high * WEEK),
        proportion(counted.with_cramp, counted.nights),
    )
