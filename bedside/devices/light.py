"""The warm light: one PWM pin. The first brightness is there at once; what follows fades on a thread of its own."""

import math
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bedside.catalogue import _
from bedside.night.effects import LightLevel
from bedside.night.events import Moment, PartReported

# gpiozero is imported where it is used: it is slow on a small Pi, and not wanted where there is no light.

STEP = 0.05  # seconds; lgpio tells a hundred brightnesses apart, so a finer step would not be seen
STEADY = {LightLevel.OFF: 0.0, LightLevel.GLOW: 0.03, LightLevel.DIM: 0.15}
VISIBLE, NEARLY_FULL = 0.2, 0.9
RISE, FILL = 3.0, 1.0  # seconds
BLINK, PULSE, WARN = 1.0, 4.0, 2.0  # seconds a period; a blink is far below the rates that harm
PULSE_LOW, PULSE_HIGH = 0.05, 0.5
WARN_LOW, WARN_HIGH = 0.2, 1.0  # deep, but never dark as a blink is, which tells of a press that is not kept
FAINTEST = 0.01  # lgpio cuts to whole hundredths: less would be dark


def course(level: LightLevel, start: float, elapsed: float) -> tuple[float, float | None]:
    """The brightness, 0 to 1, `elapsed` seconds after `level` was shown on a light that stood at `start`.

    With it the seconds until it changes again; None if it is steady from here on.
    """
    if level in STEADY:
        return STEADY[level], None
    match level:
        case LightLevel.RISING:
            return _fade(max(start, VISIBLE), NEARLY_FULL, RISE, elapsed)
        case LightLevel.FULL:
            return _fade(max(start, VISIBLE), 1.0, FILL, elapsed)
        case LightLevel.BLINKING:
            half = BLINK / 2
            return float(elapsed % BLINK < half), half - elapsed % half
        case LightLevel.WARNING:  # from the top: it follows a full light
            return _pulse(WARN_HIGH, WARN_LOW, WARN, elapsed)
        case _:  # PULSING
            return _pulse(PULSE_LOW, PULSE_HIGH, PULSE, elapsed)


class Light:
    """A light on GPIO `pin` (BCM number); with None there is no light, which is not a fault.

    `brightness`, 0 to 1, scales every level. `factory` is a gpiozero pin factory, or a function that opens one; None
    takes gpiozero's own, which the button has opened before. What goes wrong is posted as PartReported("light"), once
    per change, and never raised.
    """

    def __init__(
        self,
        pin: int | None,
        post: Callable[[object], None],
        now: Callable[[], Moment],
        brightness: float = 1.0,
        factory: object | None = None,
    ) -> None:
        self._pin, self._post, self._now = pin, post, now
        self._brightness, self._factory = brightness, factory
        self._led: Any = None
        self._told: tuple[bool, str] | None = None
        self._level = LightLevel.OFF
        self._start = self._shown = self._began = 0.0
        self._wait: float | None = None  # seconds to the next step; None sleeps until the next level
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None

    def arm(self) -> None:
        """Open the pin, or open it anew after a fault, and show the level of now. Nothing if the light is well."""
        if self._pin is None or (self._led is not None and self._told and self._told[0]):
            return
        self._let_go()
        try:
            led = self._open()
        except pin_errors() as error:
            self._report(error)
            return
        with self._turn:
            self._led = led
            self._report(None)
            self._begin()
            if self._thread is None:
                self._thread = threading.Thread(target=self._fade_on, name="light", daemon=True)
                self._thread.start()

    def show(self, level: LightLevel) -> None:
        """Show `level`, its first brightness before this returns. The level shown already goes on as it does."""
        with self._turn:
            if level is not self._level:
                self._level = level
                self._begin()

    def set_brightness(self, value: float) -> None:
        """Scale every level by `value`, 0 to 1, from now on, what is shown at once. From any thread."""
        with self._turn:
            self._brightness = value
            self._go_on()

    def close(self) -> None:
        """Put the light out and give the pin back. Calling it again does nothing."""
        thread, self._thread = self._thread, None
        self._let_go()
        if thread is not None:
            thread.join(timeout=1.0)

    def _begin(self) -> None:
        self._start, self._began = self._shown, time.monotonic()
        self._go_on()

    def _go_on(self) -> None:
        self._wait = self._step()
        self._turn.notify()

    def _step(self) -> float | None:
        if self._led is None:
            return None
        value, wait = course(self._level, self._start, time.monotonic() - self._began)
        try:
            self._led.value = self._scaled(value)
        except pin_errors() as error:
            self._report(error)
            return None
        self._shown = value
        self._report(None)
        return wait

    def _scaled(self, value: float) -> float:
        scaled = round(value * self._brightness, 2)
        return max(FAINTEST, scaled) if value * self._brightness > 0 else 0.0

    def _fade_on(self) -> None:
        me = threading.current_thread()
        with self._turn:
            while self._thread is me:
                if self._turn.wait(self._wait):
                    continue  # another level, whose first brightness is set already
                self._wait = self._step()

    def _open(self) -> Any:
        from gpiozero import PWMLED

        return PWMLED(self._pin, pin_factory=opened(self._factory))

    def _let_go(self) -> None:
        with self._turn:
            led, self._led, self._wait = self._led, None, None
            self._shown = 0.0
            self._turn.notify()
        if led is not None:
            with suppress(*pin_errors()):
                led.close()

    def _report(self, error: Exception | None) -> None:
        well = error is None
        says, remedy = explained("light", self._pin, error) if error else (_("The light works."), "")
        if self._told != (well, says):
            self._told = (well, says)
            self._post(PartReported(self._now(), "light", well, says, remedy))


def _fade(begin: float, end: float, seconds: float, elapsed: float) -> tuple[float, float | None]:
    if elapsed >= seconds:
        return end, None
    return begin + (end - begin) * elapsed / seconds, STEP


def _pulse(begin: float, turn: float, seconds: float, elapsed: float) -> tuple[float, float | None]:
    wave = (1 - math.cos(2 * math.pi * elapsed / seconds)) / 2
    return begin + (turn - begin) * wave, STEP


def pin_errors() -> tuple[type[Exception], ...]:
    """What a pin may raise at any use."""
    from gpiozero import GPIOZeroError

    errors = (OSError, GPIOZeroError, TypeError)  # TypeError: lgpio's, where its chip was closed meanwhile
    lgpio = sys.modules.get("lgpio")  # its errors descend from Exception alone
    return (*errors, lgpio.error) if lgpio else errors


def opened(factory: object | None) -> object:
    """The pin factory that `factory` is or opens; for None gpiozero's own. Raises one of `pin_errors` without any."""
    from gpiozero import BadPinFactory, Device

    found: object | None = factory() if callable(factory) else factory or Device.pin_factory
    if found is None:  # gpiozero would look for any factory, and find one that cannot dim
        raise BadPinFactory(_("no GPIO chip is open"))
    return found


def explained(part: str, pin: int | None, error: Exception) -> tuple[str, str]:
    """What one of `pin_errors` means for the pin of `part`, and what to do."""
    if hasattr(error, "says") and hasattr(error, "remedy"):  # from the function that opens the chip
        return error.says, error.remedy
    setting, named = f"`{part}_pin`", _(part)
    # Translators: it begins sentences such as: GPIO12, the light's pin, is in use by something else.
    what = _("GPIO%(pin)s, the %(part)s's pin,", pin=pin, part=named)
    cause = f"{type(error).__name__} {error}".lower()  # lgpio tells its errors apart by their words alone
    if "in use" in cause or "busy" in cause:
        return (
            _("%(what)s is in use by something else.", what=what),
            _(
                "See who holds it with: sudo gpioinfo. Stop that, or wire the %(part)s to another pin and set "
                "%(setting)s.",
                part=named,
                setting=setting,
            ),
        )
    if "permission" in cause or "not permitted" in cause:
        remedy = _("Add the user to the group gpio: sudo adduser bedside gpio")
        return _("%(what)s may not be used by this user.", what=what), remedy
    if "invalidpin" in cause or "bad gpio number" in cause:
        return (
            _("%(what)s is not a pin that a %(part)s can be wired to.", what=what, part=named),
            _("Set %(setting)s to 12 or 13, whichever is free, or to 0 for no %(part)s.", setting=setting, part=named),
        )
    remedy = _("Check the %(part)s's wires. Without a %(part)s, set %(setting)s to 0.", part=named, setting=setting)
    return _("%(what)s does not work (%(error)s).", what=what, error=error), remedy
