"""One deletion of everything: wanted on a page's thread, allowed and begun by the loop, done on the writer's thread."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from bedside.daemon import AnewAsked
from bedside.diary.wiping import Deleted
from bedside.night.state import Rules

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds; a card that takes longer is told as not having deleted all yet


class Deletion:
    """`forget` lets no phone in any more, and waits for nothing; `wipe` is the writer's; `gone` is called on the
    writer's thread once all is deleted, however late.
    """

    def __init__(
        self,
        forget: Callable[[], None],
        wipe: Callable[[Callable[[bool], object]], None],
        gone: Callable[[], object],
    ) -> None:
        self._forget, self._wipe, self._gone = forget, wipe, gone
        self._answer: Future[bool] = Future()
        self._begun = False
        self._wiped: SimpleQueue[bool] = SimpleQueue()

    def begins(self, post: Callable[[object], None], rules: Rules, patience: float = PATIENCE) -> bool:
        """Ask the loop, and wait whether it begins; then these rules hold. A loop that does not answer at all is asked
        no more.
        """
        post(AnewAsked(rules, self._begin, self._refuse))
        try:
            self._begun = self._answer.result(patience)
        except TimeoutError:
            self._begun = not self._answer.cancel() and self._answer.result(patience)
        return self._begun

    def outcome(self, patience: float = PATIENCE) -> Deleted:
        """Wait for the writer. What is not deleted yet will be: it goes on trying, and so does the next start."""
        if not self._begun:
            return Deleted.NO_ANSWER if self._answer.cancelled() else Deleted.BUSY
        try:
            return Deleted.DONE if self._wiped.get(timeout=patience) else Deleted.NOT_YET
        except Empty:
            return Deleted.NOT_YET

    def _begin(self) -> bool:
        """On the loop: a phone that is paired after this is kept, as is all that is saved."""
        if not self._answer.set_running_or_notify_cancel():
            return False
        self._forget()
        self._wipe(self._tell)
        self._answer.set_result(True)
        return True

    def _refuse(self) -> None:
        if self._answer.set_running_or_notify_cancel():
            self._answer.set_result(False)

    def _tell(self, gone: bool) -> None:
        self._wiped.put(gone)
        if gone:
            try:
                self._gone()
            except Exception:  # the thread is the writer's, and must go on
                log.exception("what follows a deletion failed")
