"""The pulse: systemd's watchdog is fed only while all that hears and keeps a press is well, and not merely alive.

Nothing here mends anything: what hangs in this process is cured by a new one. Whoever beats it is the loop, which is
well if it comes that far.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from bedside.catalogue import N_, _

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds of one and the same piece of work after which a part hangs: far above what a slow card takes for one. A beat
comes every ten seconds, so it is found within 30 s.
"""
BEAT_AT_MOST = 15.0  # seconds that count between two beats: beyond them the whole device was asleep or stopped

PART = "program"
HANGS = N_("A part of the program hangs, or has ended (%(parts)s).")
REMEDY = N_("It starts anew by itself in a minute; if not, type: sudo systemctl restart bedside")
BY_HAND = N_("Stop it and start it again.")


@dataclass(frozen=True, slots=True)
class Watched:
    """A part that must be well, by its name in the catalogue. `alive` tells whether its thread runs. `at_work` gives
    what marks the piece of work it is at, another for each piece, and None while it waits; `patience` is the seconds
    it may be at one piece.
    """

    name: str
    alive: Callable[[], bool]
    at_work: Callable[[], object | None] = lambda: None
    patience: float = PATIENCE


class Watchdog(Protocol):
    """Whoever starts the program anew."""

    def listens(self) -> bool:
        """Whether there is one."""

    def alive(self) -> None:
        """Feed it."""

    def hung(self) -> None:
        """Have it act now."""


class Pulse:
    """Feeds `watchdog` at each beat, or has it act. `tell` shows a part's state, by its name, whether it is well, what
    it says and what to do. `awake` tells seconds that nobody can set.
    """

    def __init__(
        self,
        watched: Iterable[Watched],
        watchdog: Watchdog,
        tell: Callable[[str, bool, str, str], None],
        awake: Callable[[], float] = monotonic,
    ) -> None:
        self._watched, self._watchdog, self._tell, self._awake = tuple(watched), watchdog, tell, awake
        self._beaten = awake()
        self._work: dict[str, tuple[object | None, float]] = {}
        self._ill: tuple[str, ...] = ()

    def beat(self) -> None:
        """To be called by the loop, about every ten seconds."""
        now = self._awake()
        since, self._beaten = min(now - self._beaten, BEAT_AT_MOST), now
        ill = tuple([part.name for part in self._watched if not self._well(part, since)])
        if ill != self._ill:
            self._ill = ill
            if ill:
                log.error("%s: dead or hung", ", ".join(ill))
                remedy = REMEDY if self._watchdog.listens() else BY_HAND
                self._tell(PART, False, _(HANGS, parts=", ".join(map(_, ill))), _(remedy))
            else:
                self._tell(PART, True, _("All of the program answers."), "")
        if ill:
            self._watchdog.hung()
        else:
            self._watchdog.alive()

    def _well(self, part: Watched, since: float) -> bool:
        mark = part.at_work()
        before, seconds = self._work.get(part.name, (None, 0.0))
        seconds = seconds + since if mark is not None and mark == before else 0.0
        self._work[part.name] = mark, seconds
        return part.alive() and seconds < part.patience
