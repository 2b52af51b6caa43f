"""What is looked at again and again, each by itself: one that fails stops no other, and is told."""

import logging
from collections.abc import Callable, Iterable
from functools import partial

from bedside.catalogue import _

log = logging.getLogger(__name__)

PART = "duties"


class Duties:
    """Callables that are done one after the other, in rounds. All on one thread."""

    def __init__(self, duties: Iterable[Callable[[], object]], tell: Callable[[str, bool, str, str], None]) -> None:
        """`tell` shows a part's state, by its name, whether it is well, what it says and what to do."""
        self._duties, self._tell = tuple(duties), tell
        self._trouble, self._told = "", ""

    def each(self) -> tuple[Callable[[], None], ...]:
        """The pieces of one round, to be called in this order."""
        return (*(partial(self._do, duty) for duty in self._duties), self._end)

    def _do(self, duty: Callable[[], object]) -> None:
        try:
            duty()
        except (OSError, RuntimeError, MemoryError) as error:  # no file, thread or memory is left, say: it may be soon
            log.warning("a duty failed: %s: %r", getattr(duty, "__qualname__", duty), error)
            self._trouble = str(error) or type(error).__name__

    def _end(self) -> None:
        trouble, self._trouble = self._trouble, ""
        if trouble and not self._told:
            says = _("Not all could be looked after (%(error)s).", error=trouble)
            self._tell(PART, False, says, _("It tries again every 20 seconds; if it stays so, switch it off and on."))
        elif self._told and not trouble:
            self._tell(PART, True, _("All is looked after."), "")
        self._told = trouble
