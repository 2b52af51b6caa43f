"""Verdicts: what a panel says, as codes that the pages put into words. Pure.

None of them is ever "because": a diary alone shows what goes together and cannot tell it from good and bad spells.
"""

from collections.abc import Sequence
from enum import StrEnum

from bedside.patterns.exact import Comparison


class Verdict(StrEnum):
    """What a panel says."""

    NOT_YET = "not yet"
    """The gate is closed: raw marks, and how many more it needs."""
    WAITING = "waiting"
    """The gate is open, the interval is shown, the verdict waits for the next look."""
    CANNOT_TELL = "cannot tell"
    """Looked at: the usual answer, and a good one."""
    GOES_TOGETHER_MORE = "goes together with more"
    GOES_TOGETHER_FEWER = "goes together with fewer"
    UNEVEN = "uneven"
    """Some hours have more cramps than the others, or fewer."""
    KNOWN = "known"
    """A rate, with its interval: nothing is compared."""
    CHOSEN_SPAN = "chosen span"
    """A person chose the span or the date: marks and intervals, never a verdict."""


TELLS = frozenset({Verdict.GOES_TOGETHER_MORE, Verdict.GOES_TOGETHER_FEWER})


def told(comparison: Comparison | None, level: float) -> Verdict:
    """What a comparison says on its own: a difference where p is at most the level."""
    if comparison is None or comparison.estimate is None or comparison.p > level:
        return Verdict.CANNOT_TELL
    return Verdict.GOES_TOGETHER_MORE if comparison.estimate > 1 else Verdict.GOES_TOGETHER_FEWER


def agreed(one: Verdict, other: Verdict) -> Verdict:
    """What both say, of observed and of confirmed nights; else nobody can tell."""
    return one if one is other else Verdict.CANNOT_TELL


def step_down(ps: Sequence[float], error: float) -> tuple[float, ...]:
    """The level that each p must reach, by Holm's correction for having asked all the questions.

    The smallest of m must reach error/m, the next error/(m - 1) and so on; from the first that fails on, its level is
    everyone's. So p is at most its level just where Holm tells of a difference, and the interval with confidence
    1 - level leaves out 1 just then, too. Holm, Scandinavian Journal of Statistics 6 (1979) 65.
    """
    levels, failed = [error] * len(ps), False
    level = error / max(len(ps), 1)
    for rank, at in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        if not failed:
            level = error / (len(ps) - rank)
            failed = ps[at] > level
        levels[at] = level
    return tuple(levels)
