"""Nights: which one a moment belongs to, its bounds and its sleep window, and how much of that was watched. Pure.

Source of the definitions: docs/evidence.md, "What is logged, and the words for it".
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Span = tuple[datetime, datetime]
"""From, up to: aware datetimes."""

HOURS = 24
HOUR = timedelta(hours=1)

OBSERVED_SHARE = 0.9
"""A night is observed when a press would have been heard over this share of the sleep window."""


def night_of(moment: datetime, zone: tzinfo) -> date:
    """The night a moment belongs to: noon to noon local time, named by the evening's date."""
    return (moment.astimezone(zone).replace(tzinfo=None) - timedelta(hours=12)).date()


def span_of(night: date, zone: tzinfo) -> Span:
    """The night from noon to noon, in UTC: 23 or 25 hours where the clock changes."""
    noon = time(12)
    start = datetime.combine(night, noon, zone).astimezone(UTC)
    return start, datetime.combine(night + timedelta(days=1), noon, zone).astimezone(UTC)


def sleep_window(night: date, bedtime: time, rising: time, zone: tzinfo) -> Span:
    """The night's sleep window, in UTC: the first bedtime and the first rising time after it, from the night's noon."""
    evening = night + timedelta(days=bedtime < time(12))
    morning = evening + timedelta(days=rising < bedtime)
    opens = datetime.combine(evening, bedtime, zone).astimezone(UTC)
    closes = datetime.combine(morning, rising, zone).astimezone(UTC)
    return opens, max(opens, closes)


def within_night(window: Span, night: date, zone: tzinfo) -> Span:
    """The part of the window that lies in the night, so that no moment lies in the windows of two. It may be empty."""
    start, end = span_of(night, zone)
    opens = min(max(window[0].astimezone(UTC), start), end)
    return opens, max(opens, min(window[1].astimezone(UTC), end))


def watched_spans(window: Span, watches: Iterable[Span]) -> list[Span]:
    """The parts of the window, in UTC, in which a press would have been heard, in order; watches may overlap."""
    reached, closes = window[0].astimezone(UTC), window[1].astimezone(UTC)
    spans: list[Span] = []
    for began, seen in sorted(watches):
        start, end = max(began.astimezone(UTC), reached), min(seen.astimezone(UTC), closes)
        if end > start:
            if spans and spans[-1][1] == start:
                start = spans.pop()[0]
            spans.append((start, end))
            reached = end
    return spans


def unwatched_spans(window: Span, watches: Iterable[Span]) -> list[Span]:
    """The parts of the window that nobody listened to: what happened then is unknown."""
    reached, closes = window[0].astimezone(UTC), window[1].astimezone(UTC)
    spans: list[Span] = []
    for began, seen in [*watched_spans(window, watches), (closes, closes)]:
        if began > reached:
            spans.append((reached, began))
        reached = seen
    return spans


def watched_share(window: Span, watches: Iterable[Span]) -> float:
    """The share, 0 to 1, of the window in which a press would have been heard; watches may overlap."""
    opens, closes = window[0].astimezone(UTC), window[1].astimezone(UTC)
    if closes <= opens:
        return 0.0
    return sum((end - start for start, end in watched_spans(window, watches)), timedelta(0)) / (closes - opens)


def in_window(moment: datetime, window: Span) -> bool:
    """Whether the moment lies in the sleep window; a cramp outside is a daytime one."""
    return window[0] <= moment < window[1]


def hours_past_noon(moment: datetime, night: date, zone: tzinfo) -> float:
    """Where the moment stands in its night by the local clock, from 0 to 24: 23:00 is 11, 01:00 is 13.

    A line, not a circle, so that 23:00 and 01:00 average to midnight. What lies outside the night stands at its end.
    """
    local = moment.astimezone(zone).replace(tzinfo=None)
    return min(max((local - datetime.combine(night, time(12))) / HOUR, 0.0), float(HOURS))


def seconds_by_hour(spans: Iterable[Span], zone: tzinfo) -> tuple[float, ...]:
    """How much of the spans lies in each hour of the local clock, the first from noon to one.

    An hour that the clock skips has nothing, one that it repeats up to two hours.
    """
    seconds = [0.0] * HOURS
    for start, end in cut_by_hour(spans, zone):
        seconds[(start.astimezone(zone).hour + 12) % HOURS] += (end - start).total_seconds()
    return tuple(seconds)


def cut_by_hour(spans: Iterable[Span], zone: tzinfo) -> Iterator[Span]:
    """The spans in UTC, cut wherever an hour of the local clock begins: no piece has a change of the clock in it."""
    for start, end in spans:
        at, until = start.astimezone(UTC), end.astimezone(UTC)
        while at < until:
            local = at.astimezone(zone)
            into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            upto = min(at + HOUR - into, until)
            yield at, upto
            at = upto


def sleeps(at: datetime, bedtime: time, rising: time, zone: tzinfo) -> bool:
    """Whether `at` lies in a sleep window: of its night or, since who sleeps by day may sleep through noon, of the one
    before.
    """
    night = night_of(at, zone)
    windows = (sleep_window(one, bedtime, rising, zone) for one in (night, night - timedelta(days=1)))
    return any(in_window(at, window) for window in windows)
