"""Looks: when the words of a verdict may change, and how sure each time asks for. Pure.

Looking every day finds something that is not there. So there are few looks, ever farther apart, and each has half the
error of the one before: all together have less than 5 %, however long the diary. Rules: docs/counting.md.
"""

from dataclasses import dataclass

FIRST_LOOK = 56
"""Observed nights; each further look is at twice as many."""

ERROR_IN_ALL = 0.05
NIGHTS_A_SIDE, CRAMPS_IN_ALL = 14, 6


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the first so many observed nights of the whole diary; a verdict needs p <= `error`."""

    number: int
    nights: int

    @property
    def error(self) -> float:
        """0.05·2⁻ʲ for look j."""
        return ERROR_IN_ALL / (1 << self.number)

    @property
    def confidence(self) -> float:
        """Of the interval beside the verdict."""
        return 1 - self.error


def last_look(observed_nights: int) -> Look | None:
    """The look whose verdict stands after so many observed nights; None before the first."""
    number = (observed_nights // FIRST_LOOK).bit_length()
    return Look(number, FIRST_LOOK << number - 1) if number else None


def next_look(observed_nights: int) -> Look:
    """The look that comes after so many observed nights."""
    last = last_look(observed_nights)
    return Look(last.number + 1, 2 * last.nights) if last else Look(1, FIRST_LOOK)


def enough_to_compare(nights: int, other_nights: int, cramps: int) -> bool:
    """Whether there is enough for a comparison: 14 observed nights on each side and 6 cramps in all."""
    return min(nights, other_nights) >= NIGHTS_A_SIDE and cramps >= CRAMPS_IN_ALL
