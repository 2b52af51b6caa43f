"""By hour of the sleep window, against the hours that were watched. Pure. Rules: docs/counting.md.

Hours are those of the local clock, counted from the night's noon: a line on which 23:00 and 01:00 average to midnight.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from bedside.patterns.exact import Comparison, Interval, rate, ratio
from bedside.patterns.facts import NightFacts, Tally, observed_nights, tally
from bedside.patterns.looks import Look, last_look, next_look
from bedside.patterns.nights import HOURS
from bedside.patterns.verdicts import TELLS, Verdict, agreed, step_down, told

CRAMPS_FOR_HOURS = 20
"""Below this the chart shows marks alone."""

LEAST_SECONDS = 3600.0
"""An hour of the clock that was watched less than this, over all nights, has no rate."""

Told = tuple[int, ...]
"""Hours of the clock."""


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the clock within the sleep window; `clock` 23 is 23:00 to midnight.

    `a_hundred` are cramps in a hundred watched hours, with the 95 % interval. `nights` are nights with a cramp in this
    hour: several count once. `against_rest` compares them, per watched hour, with those of all other hours together.
    """

    clock: int
    cramps: int
    nights: int
    watched_hours: float
    a_hundred: Interval | None = None
    against_rest: Comparison | None = None


@dataclass(frozen=True, slots=True)
class JudgedHours:
    """What a look came to: the hours that have more cramps than the others, and those that have fewer.

    `hours_looked_at` share the error by Holm's correction. `at_odds`: the confirmed nights say something else.
    """

    look: Look
    verdict: Verdict
    more: Told
    fewer: Told
    hours_looked_at: int
    at_odds: bool


@dataclass(frozen=True, slots=True)
class HourPanel:
    """The hours of the window from evening to morning, over observed and over confirmed nights.

    `mean_hours` is the mean onset in hours past noon, 12 for midnight; `mean_clock` the same as hour and minute.
    """

    verdict: Verdict
    tally: Tally
    more_cramps: int
    observed: tuple[Hour, ...]
    confirmed: tuple[Hour, ...]
    mean_hours: float | None
    mean_clock: tuple[int, int] | None
    judged: JudgedHours | None
    next_look: int
    to_next_look: int


def hour_panel(facts: Sequence[NightFacts]) -> HourPanel:
    """The hours of the whole diary, with the verdict of its last look."""
    nights = observed_nights(facts)
    more = _missing(nights)
    look, upcoming = last_look(len(nights)), next_look(len(nights))
    judged = _judge(nights[: look.nights], look) if look else None
    mean = mean_hours(nights)
    waiting = Verdict.NOT_YET if more else Verdict.WAITING
    return HourPanel(
        verdict=judged.verdict if judged else waiting,
        tally=tally(facts),
        more_cramps=more,
        observed=by_hour(nights),
        confirmed=by_hour([fact for fact in nights if fact.confirmed]),
        mean_hours=mean,
        mean_clock=None if mean is None else clock_of(mean),
        judged=judged,
        next_look=upcoming.nights,
        to_next_look=upcoming.nights - len(nights),
    )


def mean_hours(nights: Sequence[NightFacts]) -> float | None:
    """The mean onset, in hours past noon; None without a cramp."""
    onsets = sorted(onset for fact in nights for onset in fact.onset_hours)
    return sum(onsets) / len(onsets) if onsets else None


def clock_of(hours: float) -> tuple[int, int]:
    """The hour and the minute of the clock at so many hours past noon."""
    minutes = round(hours * 60) + 12 * 60
    return minutes // 60 % HOURS, minutes % 60


def by_hour(nights: Sequence[NightFacts]) -> tuple[Hour, ...]:
    """The hours that were watched in any of the nights; below the gate their counts alone."""
    hours = _counted(nights)
    return hours if _missing(nights) else tuple(_inferred(hour, hours, 0.95) for hour in hours)


def _missing(nights: Sequence[NightFacts]) -> int:
    return max(CRAMPS_FOR_HOURS - sum(len(fact.onset_hours) for fact in nights), 0)


def _counted(nights: Sequence[NightFacts]) -> tuple[Hour, ...]:
    """The hours that were watched at all, counts alone."""
    watched = [sum(seconds) for seconds in zip(*(fact.watched_by_hour for fact in nights), strict=True)]
    onsets = [[min(int(onset), HOURS - 1) for onset in fact.onset_hours] for fact in nights if fact.onset_hours]
    cramps = Counter(chain.from_iterable(onsets))
    with_cramp = Counter(chain.from_iterable(map(set, onsets)))
    return tuple(
        Hour((at + 12) % HOURS, cramps[at], with_cramp[at], seconds / 3600)
        for at, seconds in enumerate(watched)
        if seconds or cramps[at]
    )


def _inferred(hour: Hour, hours: Sequence[Hour], confidence: float) -> Hour:
    if hour.watched_hours * 3600 < LEAST_SECONDS:
        return hour
    a_hundred = rate(hour.cramps, hour.watched_hours / 100)
    against = _against_rest(hour, hours, confidence)
    return Hour(hour.clock, hour.cramps, hour.nights, hour.watched_hours, a_hundred, against)


def _against_rest(hour: Hour, hours: Sequence[Hour], confidence: float) -> Comparison | None:
    """Nights with a cramp in the hour against those in the others, per watched hour.

    A bad hour of a bad night counts once, so that bursts do not make an hour. None where there are no other hours.
    """
    rest = [other for other in hours if other.clock != hour.clock]
    watched = sum(other.watched_hours for other in rest)
    if min(hour.watched_hours, watched) * 3600 < LEAST_SECONDS:
        return None
    others = sum(other.nights for other in rest)
    return ratio(hour.nights, hour.watched_hours, others, watched, confidence=confidence)


def _judge(nights: Sequence[NightFacts], look: Look) -> JudgedHours | None:
    """The look, if there were cramps enough by then."""
    if _missing(nights):
        return None
    said = _said(nights, look)
    confirmed = _said([fact for fact in nights if fact.confirmed], look)
    both = {clock: agreed(verdict, confirmed.get(clock, Verdict.CANNOT_TELL)) for clock, verdict in said.items()}
    more = tuple(clock for clock, verdict in both.items() if verdict is Verdict.GOES_TOGETHER_MORE)
    fewer = tuple(clock for clock, verdict in both.items() if verdict is Verdict.GOES_TOGETHER_FEWER)
    at_odds = any(
        verdict is not confirmed.get(clock, Verdict.CANNOT_TELL) and verdict in TELLS for clock, verdict in said.items()
    )
    return JudgedHours(look, Verdict.UNEVEN if more or fewer else Verdict.CANNOT_TELL, more, fewer, len(said), at_odds)


def _said(nights: Sequence[NightFacts], look: Look) -> dict[int, Verdict]:
    """What each hour says, with Holm's correction over all of them; nothing below the gate."""
    if _missing(nights):
        return {}
    hours = _counted(nights)
    compared = {hour.clock: found for hour in hours if (found := _against_rest(hour, hours, look.confidence))}
    levels = step_down([found.p for found in compared.values()], look.error)
    return {clock: told(found, level) for (clock, found), level in zip(compared.items(), levels, strict=True)}
