"""Pages that take long to work out: made once a change of the diary, not once a request."""

import threading
from collections.abc import Callable

from bedside.diary.nights import change
from bedside.diary.reader import Reader, reading
from bedside.pages.answers import Answer
from bedside.pages.house import House

MOST = 8
"""Pages that are kept; of more, those made first are made anew."""


class MadeOnce:
    """The pages as they were made last, each with what it was made from. Any thread may ask."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._made: dict[object, tuple[object, Answer]] = {}
        self._making = threading.Lock()  # who comes meanwhile waits for it, instead of doing the same beside

    def page(self, name: object, make: Callable[[Reader], Answer]) -> Answer:
        """The page of this name, made by `make` if anything has changed since. Raises what reading the diary may."""
        house = self._house
        now, zone = house.now().wall, house.zone
        with self._making, reading(house.diary) as reader:
            made_from = change(reader, now, zone), now.astimezone(zone).date(), house.habits()
            kept, answer = self._made.get(name, (None, ""))
            if kept != made_from:
                answer = make(reader)
                self._made.pop(name, None)
                self._made[name] = made_from, answer
                if len(self._made) > MOST:
                    del self._made[next(iter(self._made))]
            return answer
