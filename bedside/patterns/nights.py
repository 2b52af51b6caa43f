"""Nights: which one a moment belongs to, its bounds and its sleep window, and how much of that was watched. Pure.

Source of the definitions: docs/evidence.md, "What is logged, and the words for it".
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Span = tuple[datetime, datetime]
"""From, up to: aware datetimes."""

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


def watched_share(window: Span, watches: Iterable[Span]) -> float:
    """The share, 0 to 1, of the window in which a press would have been heard; watches may overlap."""
    opens, closes = window
    if closes <= opens:
        return 0.0
    watched, reached = timedelta(0), opens
    for began, seen in sorted(watches):
        start, end = max(began, reached), min(seen, closes)
        if end > start:
            watched += end - start
            reached = end
    return watched / (closes - opens)


def in_window(moment: datetime, window: Span) -> bool:
    """Whether the moment lies in the sleep window; a cramp outside is a daytime one."""
    return window[0] <= moment < window[1]
