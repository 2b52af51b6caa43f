"""The button: raw edges of one GPIO pin, posted as they come.

What bounce, a hold or a lost edge mean is decided by the night: a filter here would lose short presses.
"""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bedside.catalogue import _
from bedside.devices.callbacks import Callbacks
from bedside.night.events import SECOND_WIRE, WIRE, LineChanged, LineRead, Moment, PartReported

# gpiozero and lgpio are imported where they are used: they are slow on a small Pi, and not wanted in every command.

BUSY = ("gpiopininuse", "busy", "in use")
FORBIDDEN = ("permission", "not permitted")
NO_SUCH_PIN = ("pininvalidpin", "gpiopinmissing", "bad gpio number")
LATEST = 5.0  # seconds: an edge that seems older has a stamp of some other clock
NO_PI = ("badpinfactory", "pinunknownpi", "can not open gpiochip")


class ButtonUnavailable(OSError):  # noqa: N818 - a state of the button, as the page shows it
    """No press can be heard. `says` is one sentence for a person, `remedy` what to do; str() is both."""

    def __init__(self, says: str, remedy: str) -> None:
        super().__init__(f"{says} {remedy}")
        self.says, self.remedy = says, remedy


def open_factory(dev: Path = Path("/dev")) -> object:
    """gpiozero's pin factory for this Pi, opened at the first call: lgpio, and no other in silence.

    The first `import lgpio` makes a FIFO `.lgd-nfy0` in the working directory or, with the environment's LG_WD, in that
    one, and then changes the process's directory to it. The unit sets both to /run/bedside; paths must be absolute.
    Raises ButtonUnavailable: no GPIO chip, no permission, no lgpio, or no place for that FIFO.
    """
    from gpiozero import Device

    if Device.pin_factory is None:
        _check_chips(dev)
        factory_class = _lgpio_factory()
        try:
            Device.pin_factory = factory_class()
        except _pin_errors() as error:
            raise _explained(_("The GPIO chip"), error) from error
    factory: object = Device.pin_factory
    return factory


class Button:
    """A button between GPIO `pin` (BCM number) and ground, heard by its raw edges.

    `post` and `now` are called from lgpio's only callback thread. What goes wrong there is counted in `failures` and
    told in `last_failure`; it is never raised, because an exception would end that thread and leave the button deaf.
    `factory` is a gpiozero pin factory, or a function that opens one, asked at each `arm`; None is `open_factory`,
    which gives gpiozero's own where that is set. `part` is the name that tells it from other buttons.
    """

    def __init__(
        self,
        pin: int,
        post: Callable[[object], None],
        now: Callable[[], Moment],
        factory: object | None = None,
        part: str = WIRE,
    ) -> None:
        self.failures = 0
        self.last_failure = ""
        self.part = part
        self._pin, self._post, self._now = pin, post, now
        self._factory = open_factory if factory is None else factory
        self._device: Any = None
        self._callbacks: Callbacks | None = None
        self._lock = (
            threading.Lock()
        )  # what is read and what is called back reach the inbox in the order of their moments

    @property
    def armed(self) -> bool:
        """Whether the pin is open."""
        return self._device is not None

    def arm(self) -> None:
        """Open the pin; from now on every edge is posted as LineChanged. Nothing if it is open already.

        A button that is down already makes no edge: call `read` afterwards. Raises ButtonUnavailable.
        """
        if self.armed:
            return
        factory = self._factory() if callable(self._factory) else self._factory
        device = self._open(factory)
        self._callbacks = _callbacks(factory)
        self._device = device
        # gpiozero's own layer drops an edge to the level it knows already, such as a press after a lost release. The
        # pin holds the method weakly: it is heard for as long as this object is kept.
        device.pin.when_changed = self._changed

    def read(self) -> None:
        """Post the level now as LineRead. Nothing while the pin is not open.

        A pin that cannot be read any more is closed, to be armed anew, and posted as PartReported.
        """
        try:
            with self._lock:
                if self._device is not None:
                    down = bool(self._device.value)
                    self._post(LineRead(self._now(), down, self.part))  # an edge before it, still on its way, is in it
        except _read_errors() as error:
            lost = _explained(self._what(), error, self._setting)
            self._post(PartReported(self._now(), self.part, False, lost.says, lost.remedy))
            self.close()  # last: whoever arms it anew tells that after this

    def alive(self) -> bool:
        """Whether the thread that calls back still runs. True where there is none, or the pin is not open."""
        callbacks = self._callbacks
        return callbacks is None or callbacks.alive()

    def at_work(self) -> int | None:
        """Asks the thread that calls back whether it still reads. Gives the number of the question that it has not
        answered; None where there is none to ask. To be called by one thread.
        """
        with self._lock:
            return self._callbacks.ask() if self._callbacks else None

    def close(self) -> None:
        """Give the pin back. Nothing is posted afterwards; calling it again does nothing."""
        with self._lock:
            device, self._device = self._device, None
            callbacks, self._callbacks = self._callbacks, None
            if callbacks is not None:
                callbacks.close()
        if device is not None:
            # A chip that is gone refuses this too (TypeError where its handle is closed), and has nothing left to free.
            with suppress(TypeError, *_pin_errors()):
                device.pin.when_changed = None  # lgpio's pin keeps it at close, and would be deaf when opened again
            with suppress(TypeError, *_pin_errors()):
                device.close()

    def _changed(self, ticks: float, level: object) -> None:
        try:
            with self._lock:
                if self._device is not None:
                    self._post(LineChanged(self._moment(ticks), not level, self.part))
        except Exception as error:  # noqa: BLE001 - raised here it would end lgpio's only thread
            self.failures += 1
            self.last_failure = repr(error)

    def _moment(self, ticks: float) -> Moment:
        now, factory = self._now(), self._device.pin_factory
        return dated(now, factory.ticks_diff(factory.ticks(), ticks))

    @property
    def _setting(self) -> str:
        return "second_pin" if self.part == SECOND_WIRE else "pin"

    def _what(self) -> str:
        # Translators: it begins sentences such as: GPIO17, the button's pin, is in use by something else.
        return _("GPIO%(pin)s, the button's pin,", pin=self._pin)

    def _open(self, factory: object) -> Any:
        from gpiozero import DigitalInputDevice

        try:
            return DigitalInputDevice(self._pin, pull_up=True, pin_factory=factory)
        except _pin_errors() as error:
            # The traceback holds the half-made device, and with it gpiozero's reservation of the pin; so does that of
            # the KeyError in whose handling gpiozero opens a pin.
            error.__context__ = None
            refused = _explained(self._what(), error.with_traceback(None), self._setting)
            if _chip_is_lost(error):
                _forget(factory)
            raise refused from error


def dated(now: Moment, late: float) -> Moment:
    """The moment of an edge that the kernel stamped `late` seconds ago: on a busy Pi it is told late, and a level read
    may overtake it.
    """
    return now.at(now.since_boot - late) if 0 < late < LATEST else now


def _check_chips(dev: Path) -> None:
    chips = sorted(dev.glob("gpiochip*"))
    if not chips:
        raise ButtonUnavailable(
            _("This computer has no GPIO chip, so it is not a Raspberry Pi that a button can be wired to."),
            _("To try it here, run: bedside demo"),
        )
    if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        with suppress(ButtonUnavailable):
            _lgpio_factory()  # it may be let in soon, and is heard sooner with this slow import done
        raise _forbidden(_("The GPIO chip"))


def _lgpio_factory() -> Any:
    try:
        from gpiozero.pins.lgpio import LGPIOFactory
    except OSError as error:
        raise ButtonUnavailable(
            _(
                "The GPIO library lgpio cannot make its FIFO .lgd-nfy0, because its working directory cannot be "
                "written."
            ),
            _("Set WorkingDirectory and the environment variable LG_WD to a folder that can be, such as /run/bedside."),
        ) from error
    except (ImportError, AttributeError) as error:  # AttributeError: the release 0.0.0.2 on PyPI is an empty stub
        raise ButtonUnavailable(
            _("The GPIO library lgpio is missing, or is the empty package of that name."),
            _("On a Pi run: sudo apt install python3-lgpio (elsewhere: pip install lgpio==0.2.2.0)"),
        ) from error
    return LGPIOFactory


def _callbacks(factory: object) -> Callbacks | None:
    pins = sys.modules.get("gpiozero.pins.lgpio")
    return Callbacks(pins.lgpio) if pins and isinstance(factory, pins.LGPIOFactory) else None


def _pin_errors() -> tuple[type[Exception], ...]:
    from gpiozero import GPIOZeroError

    lgpio = sys.modules.get("lgpio")  # its errors descend from Exception alone
    return (OSError, GPIOZeroError, lgpio.error) if lgpio else (OSError, GPIOZeroError)


def _read_errors() -> tuple[type[Exception], ...]:
    return (TypeError, *_pin_errors())  # the first: another button found the chip gone, and closed its handle


def _cause(error: Exception) -> str:
    return f"{type(error).__name__} {error}".lower()  # lgpio tells its errors apart by their words alone


def _forbidden(what: str) -> ButtonUnavailable:
    return ButtonUnavailable(
        _("%(what)s may not be used by this user.", what=what),
        _("Add the user to the group gpio and start again, for example: sudo adduser bedside gpio"),
    )


def _explained(what: str, error: Exception, setting: str = "pin") -> ButtonUnavailable:
    cause = _cause(error)
    if any(word in cause for word in BUSY):
        return ButtonUnavailable(
            _("%(what)s is in use by something else.", what=what),
            _(
                "See who holds it with: sudo gpioinfo. Stop that, or wire the button to another pin and set "
                "`%(setting)s` to it.",
                setting=setting,
            ),
        )
    if any(word in cause for word in FORBIDDEN):
        return _forbidden(what)
    if any(word in cause for word in NO_SUCH_PIN):
        return ButtonUnavailable(
            _("%(what)s is not a pin that a button can be wired to.", what=what),
            _(
                "Set `%(setting)s` to a GPIO number from 2 to 27, such as 17, and wire the button between that pin and "
                "ground.",
                setting=setting,
            ),
        )
    if any(word in cause for word in NO_PI):
        return ButtonUnavailable(
            _("%(what)s is not that of a Raspberry Pi.", what=what), _("To try it here, run: bedside demo")
        )
    return ButtonUnavailable(
        _("%(what)s does not work (%(error)s).", what=what, error=error),
        _("Switch the Pi off and on; if it stays so, wire the button to another pin."),
    )


def _chip_is_lost(error: Exception) -> bool:
    return not any(word in _cause(error) for word in BUSY + FORBIDDEN + NO_SUCH_PIN)


def _forget(factory: Any) -> None:
    """Drop gpiozero's own factory if its chip went away: it never works again, even when the chip is back."""
    from gpiozero import Device

    if factory is Device.pin_factory:
        Device.pin_factory = None
        factory.pins.clear()
        with suppress(TypeError, *_pin_errors()):
            factory.close()
