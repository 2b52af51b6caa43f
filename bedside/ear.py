"""The ear: the least that hears a press. Made first; from then on a press waits in the inbox for all the rest, which is
slow to import.
"""

from collections.abc import Callable
from queue import SimpleQueue

from bedside.catalogue import _
from bedside.devices.button import Button, ButtonUnavailable
from bedside.devices.clock import Clock
from bedside.holding import hold, release
from bedside.night.events import PartReported
from bedside.settings import Settings
from bedside.surroundings import Surroundings


class Ear:
    """The inbox, the clock and the button, in a folder that this process alone holds."""

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        """Arm the button. Raises AlreadyRunningError or OSError: a folder of no use."""
        self.settings, self.around = settings, around
        self._lock = hold(around.folders.data)
        self.inbox: SimpleQueue[object] = SimpleQueue()
        self.post: Callable[[object], None] = self.inbox.put
        self.clock = Clock()
        self.button = Button(settings.pin, self.post, self.clock.now, around.factory)
        self.arm()

    def arm(self) -> None:
        """Arm the button if it is not; whether it is heard is told once a change."""
        if self.button.armed:
            if not self.button.alive():  # nothing revives it within this process: the watchdog is no longer fed
                remedy = _("It starts anew by itself in a minute.")
                self._tell(False, _("The button is not heard any more."), remedy)
            return
        try:
            self.button.arm()
        except ButtonUnavailable as error:
            self._tell(False, error.says, error.remedy)
        else:
            self._tell(True, _("The button on GPIO%(pin)s is heard.", pin=self.settings.pin))

    def close(self) -> None:
        """Hear nothing more, and let another process have the folder."""
        try:
            self.button.close()
        finally:
            release(self._lock)

    def _tell(self, well: bool, says: str, remedy: str = "") -> None:
        self.post(PartReported(self.clock.now(), "button", well, says, remedy))
