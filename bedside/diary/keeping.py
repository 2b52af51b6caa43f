"""Lets whoever gave the writer a record wait until it is on the disk: a page says "kept" only of what is."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event

from bedside.night.effects import Save
from bedside.night.events import Saved, SaveFailed

SHOWN = 2.0  # seconds; a page that is older than what was just kept is not wrong, only puzzling
PATIENCE = 5.0  # seconds; a card that takes longer is told as not kept yet


After = Callable[[Callable[[], object]], None]
"""Has something called once the writer is through with all that it was given before."""


class Keeping:
    """Stands between the writer and the inbox. Any thread may `keep`."""

    def __init__(self, post: Callable[[object], None]) -> None:
        self._post = post
        self._waiting: dict[str, SimpleQueue[bool]] = {}

    def post(self, item: object) -> None:
        """The writer's way to the inbox."""
        if isinstance(item, Saved | SaveFailed) and (waiting := self._waiting.get(item.record)):
            waiting.put(isinstance(item, Saved))
        self._post(item)

    def keep_and_show(self, save: Save, give: Callable[[Save], None], after: After, patience: float = SHOWN) -> bool:
        """The same as `keep`; then wait a moment until the diary has it, too, which the next page reads."""
        kept, through = self.keep(save, give), Event()
        after(through.set)
        through.wait(patience)
        return kept

    def keep(self, save: Save, give: Callable[[Save], None], patience: float = PATIENCE) -> bool:
        """Give the record to the writer; True once it is on the disk, False if it is not within `patience` seconds.

        What is not there yet is not lost: the writer goes on trying.
        """

        def given() -> bool:
            give(save)
            return True

        return self.keep_if(save.record, given, patience)

    def keep_if(self, record: str, give: Callable[[], bool], patience: float = PATIENCE) -> bool:
        """The same for a record of this name, if there is one: `give` tells whether it gave the writer any."""
        answer = self._waiting[record] = SimpleQueue()
        try:
            return not give() or answer.get(timeout=patience)
        except Empty:
            return False
        finally:
            del self._waiting[record]
