"""The key: one input device, such as a remote, a key on USB or the overlay gpio-key's, posted as a button's raw edges.

One thread waits for it, and costs nothing while nothing is pressed. What bounce, a hold or a lost edge mean is decided
by the night, as for a button on wires.
"""

import errno
import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from itertools import count
from select import POLLERR, POLLHUP, POLLIN, POLLNVAL, poll

from bedside.catalogue import _
from bedside.devices import inputs
from bedside.devices.button import ButtonUnavailable
from bedside.devices.inputs import InputDevice, InputEvent, Inputs
from bedside.night.events import KEY, LineChanged, LineRead, Moment, PartReported

LOOK_MILLISECONDS = 1000  # between two looks for a device that is away
LEAVE_SECONDS = 5.0  # for the thread to end
REST_SECONDS = 0.01  # after a piece of work that failed, so that it is not tried in a spin


class Key:
    """The input device called `name`, heard by the edges of its keys: down while any of them is.

    It is found whenever it is there, and again when it comes back; whether it is heard is posted as PartReported.
    `post` and `now` are called from its own thread. What goes wrong there is counted in `failures` and told in
    `last_failure`; it never ends the thread, which would leave the key deaf.
    """

    part = KEY

    def __init__(
        self, name: str, post: Callable[[object], None], now: Callable[[], Moment], kernel: Inputs | None = None
    ) -> None:
        self.failures = 0
        self.last_failure = ""
        self._name, self._post, self._now = name.strip(), post, now
        self._inputs = kernel or Inputs()
        self._device: InputDevice | None = None
        self._down: set[int] = set()  # the keys, as of the last event that was taken
        self._waiting: deque[InputEvent] = deque()
        self._lost: OSError | None = None
        self._state: tuple[bool, str, str] | None = None  # whether it is heard, in words, and what to do
        self._told: tuple[bool, str, str] | None = None
        self._thread: threading.Thread | None = None
        self._bell = -1
        self._over = threading.Event()
        self._pieces = count(1)
        self._piece: int | None = None
        self._lock = threading.Lock()  # what is read and what is told reach the inbox in the order of their moments

    @property
    def armed(self) -> bool:
        """Whether the device is heard, or looked for."""
        return self._thread is not None

    def arm(self) -> None:
        """Hear the device if it is there, and look for it whenever it is not; which of them is posted. Nothing if it
        does so already. Raises ButtonUnavailable where no thread is left for it.
        """
        if self.armed:
            return
        self._state, self._told, self._over = None, None, threading.Event()
        thread = threading.Thread(target=self._run, name=KEY, daemon=True)
        try:
            self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            thread.start()
        except (OSError, RuntimeError) as error:
            self._over.set()
            self._give_back()
            says = _("The button %(name)s cannot be listened to (%(error)s).", name=self._name, error=error)
            raise ButtonUnavailable(says, _("It is tried again by itself.")) from error
        self._thread = thread

    def read(self) -> None:
        """Post the level now as LineRead. Nothing while the device is away."""
        with self._lock:
            if self._device is None or self._over.is_set():
                return
            try:
                self._read(self._device.down())
            except OSError as error:
                self._lost = error
                self._ring()

    def alive(self) -> bool:
        """Whether its thread still runs. True where there is none."""
        thread = self._thread
        return thread is None or thread.is_alive()

    def at_work(self) -> int | None:
        """The number of the piece of work that its thread is at; None while it waits."""
        return self._piece

    def close(self) -> None:
        """Give the device back. Nothing is posted afterwards; calling it again does nothing."""
        with self._lock:
            self._over.set()
            thread, self._thread = self._thread, None
            if thread is not None:
                self._ring()
        if thread is not None:
            thread.join(LEAVE_SECONDS)
            if not thread.is_alive():  # else it may still wait at them
                self._give_back()

    def _run(self) -> None:
        self._piece = next(self._pieces)  # it begins with work
        while not self._over.is_set():
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 - raised here it would end the thread
                self.failures += 1
                self.last_failure = repr(error)
                self._over.wait(REST_SECONDS if self._device else LOOK_MILLISECONDS / 1000)

    def _turn(self) -> None:
        """Take what was told, see to the device, and wait for more."""
        while self._waiting:
            self._take(self._waiting.popleft())
        if self._lost is not None:
            self._let_go(self._lost)
        elif self._device is None:
            self._look()
        self._tell()
        self._piece = None
        flags = self._wait()
        self._piece = next(self._pieces)
        if self._device is not None and flags:
            self._listen(self._device, flags)

    def _listen(self, device: InputDevice, flags: int) -> None:
        try:
            if flags & POLLIN:
                self._waiting.extend(device.read())
            if flags & (POLLHUP | POLLERR | POLLNVAL):
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        except OSError as error:
            self._lost = error

    def _wait(self) -> int:
        """Until the device tells something, the bell is rung or, without a device, for a second. What the device is
        ready for.
        """
        device, watched = self._device, poll()
        watched.register(self._bell, POLLIN)
        if device is not None:
            watched.register(device, POLLIN)
        ready = dict(watched.poll(None if device is not None else LOOK_MILLISECONDS))
        if self._bell in ready:
            with suppress(BlockingIOError):
                os.eventfd_read(self._bell)
        return ready.get(device.fileno(), 0) if device is not None else 0

    def _take(self, event: InputEvent) -> None:
        with self._lock:
            if self._device is None or self._over.is_set():
                return
            if (event.type, event.code) == (inputs.SYN, inputs.DROPPED):  # more came than the kernel keeps
                try:
                    self._down = self._device.down()
                except OSError as error:
                    self._lost = error
                else:
                    self._read(self._down)
            elif event.type == inputs.KEY and event.value in (inputs.UP, inputs.DOWN):
                self._changed(event, self._device.stamps)

    def _changed(self, event: InputEvent, stamps: bool) -> None:
        (self._down.add if event.value else self._down.discard)(event.code)
        if self._down - {event.code}:
            return  # another key is down: the button stays so
        now = self._now()
        # However late it is told: they are stamped by this very clock.
        moment = now.at(min(event.stamp, now.since_boot)) if stamps else now
        self._post(LineChanged(moment, event.value == inputs.DOWN, KEY))

    def _read(self, down: set[int]) -> None:
        self._post(LineRead(self._now(), bool(down), KEY))

    def _look(self) -> None:
        """Open the device if it is there."""
        try:
            device = self._open()
        except ButtonUnavailable as error:
            self._state = False, error.says, error.remedy
            return
        with self._lock:
            self._device = device
        self._state = True, _("The button %(name)s is heard.", name=self._name), ""

    def _open(self) -> InputDevice:
        """Raises ButtonUnavailable."""
        listed = self._inputs.find(self._name)
        if listed is None:
            raise self._explained(OSError(errno.ENODEV, ""))
        try:
            with ExitStack() as undo:
                device = self._inputs.open(listed.path)
                undo.callback(device.close)
                self._down = device.down()
                undo.pop_all()
        except OSError as error:
            raise self._explained(error) from error
        return device

    def _let_go(self, lost: OSError) -> None:
        self._lost = None
        with self._lock:
            device, self._device = self._device, None
            self._down = set()
        if device is not None:
            device.close()
        why = self._explained(lost)
        self._state = False, why.says, why.remedy

    def _give_back(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()
        self._waiting.clear()
        self._lost = None
        if self._bell >= 0:
            os.close(self._bell)
            self._bell = -1

    def _ring(self) -> None:
        """Have the thread look up."""
        with suppress(BlockingIOError):  # it was rung already
            os.eventfd_write(self._bell, 1)

    def _tell(self) -> None:
        """Post whether it is heard, where that is news."""
        with self._lock:
            if self._state and self._state != self._told and not self._over.is_set():
                self._post(PartReported(self._now(), KEY, *self._state))
                self._told = self._state

    def _explained(self, error: OSError) -> ButtonUnavailable:
        what = _("The button %(name)s", name=self._name)
        match error.errno:
            case errno.ENODEV | errno.ENOENT | errno.ENXIO:
                return ButtonUnavailable(
                    _("%(what)s is not connected.", what=what),
                    _(
                        "Switch it on, charge it, bring it near or plug it in; it is found by itself. `sudo bedside "
                        "check` lists what is there."
                    ),
                )
            case errno.EACCES | errno.EPERM:
                return ButtonUnavailable(
                    _("%(what)s may not be used by this user.", what=what),
                    _("Add the user to the group input and start again, for example: sudo adduser bedside input"),
                )
            case errno.EBUSY:
                return ButtonUnavailable(
                    _("%(what)s is held by another program, which alone hears it.", what=what),
                    _("See which with: sudo fuser -v /dev/input/event*. Stop it; the button is found by itself then."),
                )
        return ButtonUnavailable(
            _("%(what)s does not work (%(error)s).", what=what, error=error),
            _("Take it off and connect it again."),
        )
