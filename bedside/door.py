"""The door to the page: after the hold at the bed, one phone that knows the code is let in, for two minutes."""

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

OPEN_SECONDS = 120.0
ENOUGH_SECONDS = 45.0
TRIES = 5
"""Wrong codes, of all comers together, that shut the door: five of a million codes."""

DIGITS = 6
_SEPARATORS = str.maketrans("", "", " -\t\N{NO-BREAK SPACE}")


class Knock(StrEnum):
    """What came of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    NO_CODE = "no code"
    SHUT = "shut"


@dataclass(frozen=True, slots=True)
class Standing:
    """The code that opens the door now, and for how many seconds more."""

    code: str
    seconds: float


class Door:
    """Shut until it is opened. Any thread may call.

    `now` tells seconds that nobody can set; `draw` gives a random number below its argument.
    """

    def __init__(self, now: Callable[[], float], draw: Callable[[int], int] = secrets.randbelow) -> None:
        self._now, self._draw = now, draw
        self._lock = threading.Lock()
        self._code, self._until, self._tries = "", 0.0, 0

    def open(self) -> Standing:
        """Open it with a new code; one that stood before opens nothing any more."""
        with self._lock:
            return self._open()

    def offer(self) -> Standing:
        """The code that stands, if there is time enough to enter it; else the door is opened anew."""
        with self._lock:
            if self._is_open() and self._until - self._now() >= ENOUGH_SECONDS:
                return Standing(self._code, self._until - self._now())
            return self._open()

    def standing(self) -> Standing | None:
        """The code, while the door is open."""
        with self._lock:
            return Standing(self._code, self._until - self._now()) if self._is_open() else None

    def knock(self, code: str) -> Knock:
        """Try a code; blanks and hyphens do not count. The right one shuts the door behind whoever had it. What is no
        six digits is no guess, and costs no try.
        """
        said = code.translate(_SEPARATORS)
        with self._lock:
            if not self._is_open():
                return Knock.SHUT
            if not (len(said) == DIGITS and said.isascii() and said.isdigit()):
                return Knock.NO_CODE
            if hmac.compare_digest(said, self._code):
                self._until = 0.0
                return Knock.RIGHT
            self._tries -= 1
            return Knock.WRONG if self._tries else Knock.SHUT

    def _open(self) -> Standing:
        self._code = f"{self._draw(10**DIGITS):0{DIGITS}}"
        self._until, self._tries = self._now() + OPEN_SECONDS, TRIES
        return Standing(self._code, OPEN_SECONDS)

    def _is_open(self) -> bool:
        return self._tries > 0 and self._now() < self._until
