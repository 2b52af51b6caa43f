"""What waits for the writer, in order, and which piece of work it is at."""

from collections.abc import Callable
from itertools import count
from queue import Empty, SimpleQueue

from bedside.night.effects import Save
from bedside.night.events import TemperatureRead

Item = Save | TemperatureRead | Callable[[], object] | None
"""What is queued: to be kept, to be called once all before is, or the end."""


class Inbox:
    """Any thread may `put`; one takes."""

    def __init__(self) -> None:
        self._items: SimpleQueue[Item] = SimpleQueue()
        self._pieces = count(1)
        self._piece: int | None = next(self._pieces)  # whoever takes begins with work of its own

    def put(self, item: Item) -> None:
        """Queue it. Never blocks."""
        self._items.put(item)

    def take(self, waits: float | None) -> list[Item]:
        """All that is queued: waits for the first, so many seconds at most. What is done with it, or where nothing came
        meanwhile, is the next piece of work.
        """
        self._piece = None
        try:
            items = [self._items.get(timeout=waits)]
        except Empty:
            items = []
        while not self._items.empty():
            items.append(self._items.get())
        self._piece = next(self._pieces)
        return items

    def step(self) -> None:
        """A step of a long piece of work is done: it does not hang."""
        self._piece = next(self._pieces)

    def at_work(self) -> int | None:
        """The number of the piece of work that what was taken last is; None while whoever takes waits for more."""
        return self._piece
