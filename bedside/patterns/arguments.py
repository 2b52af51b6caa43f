"""What the counting accepts: each refusal is a ValueError that names the argument and says what is allowed. Pure."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

LARGEST_COUNT = 10_000_000
"""Far beyond any diary. More would take seconds, and some day no float could hold it."""

Stratum = tuple[int, int, int, int]
"""Nights with a cramp, nights, and the same on the other side; of one month, for instance."""


def whole(name: str, value: object, most: int = LARGEST_COUNT, least: int = 0) -> int:
    """A count."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return value


def exposure(name: str, value: object) -> float:
    """Time that was watched, whole nights or parts of them."""
    number = _number(value)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} must be a finite number above 0, not {value!r}")
    return number


def probability(name: str, value: object) -> float:
    """A number from 0 to 1."""
    number = _number(value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must be a number from 0 to 1, not {value!r}")
    return number


def sure(confidence: object) -> float:
    """A confidence: neither 0 nor 1."""
    number = _number(confidence)
    if not 0 < number < 1:
        raise ValueError(f"confidence must lie between 0 and 1, as 0.95 does, not {confidence!r}")
    return number


def exact_number(name: str, value: object) -> Fraction:
    """A finite number at its exact value; a float at the binary one."""
    if isinstance(value, int | float | Fraction) and math.isfinite(_number(value)):
        return Fraction(value)
    raise ValueError(f"{name} must be a finite number, not {value!r}")


def several(name: str, values: object, least: int = 1) -> Sequence[object]:
    """The values, at least so many."""
    listed = tuple(values) if isinstance(values, Iterable) and not isinstance(values, str | bytes) else None
    if listed is None or len(listed) < least:
        raise ValueError(f"{name} must have {least} or more values, not {values!r}")
    return listed


def stratum(value: object, name: str = "") -> Stratum:
    """A table of nights with a cramp and nights, on two sides; an empty side is allowed, for months have them."""
    cells = several(name, value, 4) if name else value
    if not isinstance(cells, tuple) or len(cells) != 4:
        raise ValueError(f"{name} must be (with_cramp, nights, other_with, other_nights), not {value!r}")
    dot = f"{name}." if name else ""
    nights, other_nights = whole(f"{dot}nights", cells[1]), whole(f"{dot}other_nights", cells[3])
    return (
        whole(f"{dot}with_cramp", cells[0], nights),
        nights,
        whole(f"{dot}other_with", cells[2], other_nights),
        other_nights,
    )


def _number(value: object) -> float:
    """As a float; nan for what is no number, so that every comparison refuses it."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan
