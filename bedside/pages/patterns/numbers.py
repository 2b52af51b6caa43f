"""Numbers and ranges as a person reads them. Pure.

No more digits than help: 12, 2.4, 0.31. What is not 0 is never shown as 0.
"""

import math

from bedside.catalogue import _
from bedside.patterns.exact import Comparison, Interval

SMALLEST = 0.01
"""What is smaller, and not 0, is said to be smaller than this."""


def number(value: float) -> str:
    """A number from 0 on."""
    if 0 < value < SMALLEST:
        return _("less than %(number)s", number=_digits(SMALLEST, 2))
    return _digits(value, 0 if value >= 9.95 else 1 if value >= 0.995 else 2)


def times(value: float | None) -> str:
    """How many times as high; without an upper end, or with nothing to compare, there is no number."""
    return _("no number yet") if value is None or math.isinf(value) else number(value)


def endless(found: Comparison) -> bool:
    """Whether the estimate lies without end, so that only a range can be told."""
    return found.estimate is not None and math.isinf(found.estimate)


def of_a_hundred(share: float) -> str:
    """A share as so many of a hundred; only all of them are a hundred, and only none is 0."""
    text = number(share * 100)
    return _("over %(number)s", number=99) if text == number(100) and share < 1 else text


def sure(confidence: float) -> str:
    """A confidence as so many of a hundred, never rounded up."""
    return _digits(math.floor(confidence * 10_000 + 1e-6) / 100, 2)


def between(interval: Interval) -> str:
    """The two ends of a range."""
    return _span(number(interval.low), number(interval.high))


def ranged(interval: Interval) -> str:
    """A number and its range."""
    # Translators: a number and its range, such as: 2.4, between 1.6 and 3.5.
    return _("%(number)s, %(range)s", number=number(interval.estimate), range=between(interval))


def between_shares(interval: Interval) -> str:
    """The two ends of a range of shares, of a hundred."""
    return _span(of_a_hundred(interval.low), of_a_hundred(interval.high))


def between_times(found: Comparison) -> str:
    """The two ends of a range of how many times as high; where one is missing, that is said."""
    if math.isinf(found.high) and not found.low:
        return _("no limit yet, upward or downward")
    if math.isinf(found.high):
        return _("%(low)s or more, no upper limit yet", low=_beside_one(found.low))
    if not found.low:
        return _("%(high)s or less, no lower limit yet", high=_beside_one(found.high))
    return _span(_beside_one(found.low), _beside_one(found.high))


def _beside_one(limit: float) -> str:
    """An end of a range, which does not seem to be 1 where 1 lies beyond it."""
    text = number(limit)
    if text != number(1) or limit == 1:
        return text
    return _("just over %(number)s", number=text) if limit > 1 else _("just under %(number)s", number=text)


def _span(low: str, high: str) -> str:
    # Translators: the ends of a range, such as: between 2 and 5.
    return _("between %(low)s and %(high)s", low=low, high=high)


def _digits(value: float, places: int) -> str:
    """So many places behind the point at most, none that says nothing: 2, and not 2.0."""
    whole, _point, part = f"{value:.{places}f}".partition(".")
    part = part.rstrip("0")
    # Translators: a number with a decimal point, such as: 2.4.
    return _("%(whole)s.%(part)s", whole=whole, part=part) if part else whole
