"""The buzzer: one PWM pin with a passive piezo, which sounds where no speaker does. It has tunes, and no words."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Protocol

from bedside.catalogue import _
from bedside.devices.light import explained, opened, pin_errors
from bedside.night.cues import COUNTED, Cue
from bedside.night.events import Moment, PartReported

# gpiozero is imported where it is used: it is slow on a small Pi, and not wanted where there is no buzzer.

Tune = tuple[tuple[str | None, float], ...]
"""Notes and their seconds; None is a rest. Within the octave either side of A4, which old ears hear best."""

_LOW, _HIGH, _TOP = "C5", "E5", "G5"
_RISING: Tune = ((_LOW, 0.3), (_HIGH, 0.45))  # as the speaker's chime
_ASK: Tune = (*_RISING, (None, 0.3), *_RISING, (None, 0.3), *_RISING)
_URGENT: Tune = ((_TOP, 0.15), (None, 0.1)) * 3
_WARNING: Tune = (*_URGENT, (None, 0.2), *_URGENT, (None, 0.2), *_URGENT)
_CHANGE: Tune = ((_LOW, 0.3),)

TUNES: Mapping[Cue, Tune] = MappingProxyType(
    {Cue.ASK: _ASK, Cue.ASK_LATE: _ASK, Cue.WARNING: _WARNING, **dict.fromkeys(COUNTED, _CHANGE)}
)
"""What sounds for each cue with a chime, 3 s at most."""


class Silencer(Protocol):
    """A `threading.Event`, set to end a tune."""

    def set(self) -> None:
        """End the tune that sounds."""

    def clear(self) -> None:
        """Let the next one sound."""

    def wait(self, timeout: float) -> bool:
        """Wait so many seconds; True at once if it is set."""


class Buzzer:
    """A buzzer on GPIO `pin` (BCM number); with None there is none, which is not a fault.

    `factory` is a gpiozero pin factory, or a function that opens one; None takes gpiozero's own, which the button has
    opened before. What goes wrong is posted as PartReported("buzzer"), once per change, and never raised.
    """

    def __init__(
        self,
        pin: int | None,
        post: Callable[[object], None],
        now: Callable[[], Moment],
        factory: object | None = None,
        *,
        silencer: Silencer | None = None,
    ) -> None:
        self._pin, self._post, self._now, self._factory = pin, post, now, factory
        self._silencer: Silencer = threading.Event() if silencer is None else silencer
        self._device: Any = None
        self._told: tuple[bool, str] | None = None
        self._lock = threading.Lock()

    def arm(self) -> None:
        """Open the pin, or open it anew after a fault. Nothing if the buzzer is well."""
        with self._lock:
            if self._pin is None or (self._device is not None and self._told and self._told[0]):
                return
            self._let_go()
            try:
                self._device = self._open()
            except pin_errors() as error:
                self._report(error)
            else:
                self._report(None)

    def play(self, cue: Cue, hushed: Callable[[], bool] = lambda: False) -> bool:
        """Play the cue's tune to its end, on the caller's thread; whether it was heard to the end.

        False where there is no buzzer or no tune, where it failed, and where it was hushed: while it sounded, or before
        as `hushed` tells.
        """
        self._silencer.clear()
        if hushed() or not (tune := TUNES.get(cue)):
            return False
        try:
            return all(self._sound(note) and not self._silencer.wait(seconds) for note, seconds in tune)
        finally:
            self._silence()

    def hush(self) -> None:
        """Stop the tune that sounds, at once. From any thread; never blocks."""
        self._silencer.set()

    def close(self) -> None:
        """Stop, and give the pin back. Calling it again does nothing."""
        self.hush()
        with self._lock:
            self._let_go()

    def _sound(self, note: str | None) -> bool:
        """Whether there is a buzzer that took the note."""
        with self._lock:
            if self._device is None:
                return False
            try:
                self._device.play(note)
            except pin_errors() as error:
                self._report(error)
                return False
            self._report(None)
            return True

    def _silence(self) -> None:
        with self._lock, suppress(*pin_errors()):  # a fault was told with the note
            if self._device is not None:
                self._device.stop()
                self._device.pwm_device.off()  # low, whatever level the last wave left

    def _open(self) -> Any:
        from gpiozero import TonalBuzzer

        return TonalBuzzer(self._pin, pin_factory=opened(self._factory))

    def _let_go(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            with suppress(*pin_errors()):
                device.close()

    def _report(self, error: Exception | None) -> None:
        says, remedy = explained("buzzer", self._pin, error) if error else (_("The buzzer works."), "")
        if self._told != (error is None, says):
            self._told = (error is None, says)
            self._post(PartReported(self._now(), "buzzer", error is None, says, remedy))
