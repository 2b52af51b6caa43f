"""The ear: the least that hears a press. Made first; from then on a press waits in the inbox for all the rest, which is
slow to import.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from queue import SimpleQueue
from types import MappingProxyType

from bedside.catalogue import N_, _
from bedside.devices.button import Button, ButtonUnavailable
from bedside.devices.clock import Clock
from bedside.devices.keys import Key
from bedside.holding import hold, release
from bedside.night.events import KEY, SECOND_WIRE, WIRE, PartReported
from bedside.settings import Settings
from bedside.surroundings import Surroundings
from bedside.threads import known_as

RETRY_SECONDS = 1.0
"""Between two tries to arm a button that could not be: when the power comes on, the system may let the service have the
GPIO chip only a while after its start, and every second of that is one in which no press is heard.
"""
LEAVE_SECONDS = 5.0  # for a try to end

NAMES: Mapping[str, str] = MappingProxyType(
    {WIRE: N_("button"), SECOND_WIRE: N_("second button"), KEY: N_("remote or key")}
)
"""What a person calls each button, by the name of its part."""

HEARD: Mapping[str, str] = MappingProxyType(
    {
        WIRE: N_("The button on GPIO%(pin)s is heard."),
        SECOND_WIRE: N_("The second button on GPIO%(pin)s is heard."),
    }
)
DEAF: Mapping[str, str] = MappingProxyType(
    {
        WIRE: N_("The button is not heard any more."),
        SECOND_WIRE: N_("The second button is not heard any more."),
        KEY: N_("The button that is an input device is not heard any more."),
    }
)


class Ear:
    """The inbox, the clock and the buttons, in a folder that this process alone holds."""

    def __init__(self, settings: Settings, around: Surroundings, retry: float = RETRY_SECONDS) -> None:
        """Arm every button that is set up. Raises AlreadyRunningError or OSError: a folder of no use."""
        self.settings, self.around = settings, around
        self._lock = hold(around.folders.data)
        self.inbox: SimpleQueue[object] = SimpleQueue()
        self.post: Callable[[object], None] = self.inbox.put
        self.clock = Clock()
        self._pins = {part: pin for part, pin in ((WIRE, settings.pin), (SECOND_WIRE, settings.second_pin)) if pin}
        self.buttons: tuple[Button | Key, ...] = tuple(self._set_up())
        self.along: tuple[Callable[[], None], ...] = ()
        """What is armed with the buttons, since it wants the same chip. None of it raises."""
        self._retry, self._over, self._arming = retry, threading.Event(), threading.Lock()
        self._trying: threading.Thread | None = None
        self.arm()

    def arm(self) -> None:
        """Arm each button that is not, and what goes along; whether a button is heard is told. One that fails keeps no
        other, and is tried again every second. From any thread.
        """
        with self._arming:
            if self._over.is_set():
                return
            for button in self.buttons:
                if not button.armed:
                    self._arm(button)
                elif not button.alive():  # nothing revives it within this process: the watchdog is no longer fed
                    self._tell(button.part, False, _(DEAF[button.part]), _("It starts anew by itself in a minute."))
            for arm in self.along:
                arm()
            if not self._all_armed() and not (self._trying and self._trying.is_alive()):
                self._try_on()

    def try_no_more(self) -> None:
        """What could not be armed by now stays so, but for a try that is under way and takes very long."""
        self._over.set()
        if self._trying:
            self._trying.join(LEAVE_SECONDS)

    def close(self) -> None:
        """Hear nothing more, and let another process have the folder."""
        self.try_no_more()
        try:
            for button in self.buttons:
                button.close()
        finally:
            release(self._lock)

    def _set_up(self) -> Iterator[Button | Key]:
        for part, pin in self._pins.items():
            yield Button(pin, self.post, self.clock.now, self.around.factory, part)
        if self.settings.key.strip():
            yield Key(self.settings.key, self.post, self.clock.now, self.around.inputs)

    def _all_armed(self) -> bool:
        return all(button.armed for button in self.buttons)

    def _try_on(self) -> None:
        def run() -> None:
            known_as("arming")
            while not self._over.wait(self._retry) and not self._all_armed():
                self.arm()

        with suppress(RuntimeError):  # no thread is left: whoever arms the next time begins one
            trying = threading.Thread(target=run, name="arming", daemon=True)
            trying.start()
            self._trying = trying

    def _arm(self, button: Button | Key) -> None:
        try:
            button.arm()
        except ButtonUnavailable as error:
            self._tell(button.part, False, error.says, error.remedy)
        else:
            if button.part in self._pins:  # a key tells by itself when it is found, and when it is gone
                self._tell(button.part, True, _(HEARD[button.part], pin=self._pins[button.part]))

    def _tell(self, part: str, well: bool, says: str, remedy: str = "") -> None:
        self.post(PartReported(self.clock.now(), part, well, says, remedy))
