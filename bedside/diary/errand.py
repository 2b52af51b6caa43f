"""Work on the diary that takes long, on a thread of its own: no press waits for it."""

import threading
from collections.abc import Callable

from bedside.catalogue import _
from bedside.diary.copying import Stop
from bedside.diary.errors import NO_ROW_OF_OURS, DiaryError

Then = Callable[[], object]
Do = Callable[[Stop], Then]


class Errand:
    """Begins as it is made. `do` returns what is to be done then, `failed` is told why it could not; either is handed
    to `queue`, for the thread that sent it. `says` is what goes on, as a sentence. Raises DiaryError where there is no
    thread to be had.
    """

    def __init__(self, says: str, do: Do, failed: Callable[[OSError], object], queue: Callable[[Then], object]) -> None:
        self.says = says
        self._do, self._failed, self._queue = do, failed, queue
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="errand", daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:
            raise DiaryError(str(error)) from error

    def stop(self, seconds: float) -> None:
        """Have it end, and wait so many seconds at most until it has; nothing is done then."""
        self._stopped.set()
        self._thread.join(seconds)

    def give_up(self, error: OSError) -> None:
        """Have it end, and tell whoever sent it, at once, that nothing comes of it; nothing is done then."""
        self._stopped.set()
        self._failed(error)

    def has_ended(self, seconds: float) -> bool:
        """Whether it has ended, or does within so many seconds: one that hangs on the card may still write."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        error: OSError = DiaryError(_("It failed; type sudo journalctl -u bedside to see why."))
        then: Then = lambda: self._failed(error)  # noqa: E731 - whatever comes, who waits is told
        try:
            then = self._do(self._stopped.is_set)
        except OSError as refused:
            error = refused
        except NO_ROW_OF_OURS as refused:
            error = DiaryError(str(refused))
        finally:
            self._queue(lambda: None if self._stopped.is_set() else then())
