"""Row 1: from the edge to the light.

Real: the whole Household with its threads, folders and diary, gpiozero's devices. Not real: the pins are gpiozero's
MockPWMPin, whose `_change_state` here also notes the time, so that a change is stamped in the very call that makes it;
the clock is put forward between presses, so that each press begins a cramp or ends one; no sound. lgpio's own 0.5 ms
poll is in neither figure.
"""

import threading
import time
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from unittest.mock import patch

from gpiozero import PWMLED, DigitalInputDevice
from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.ear import Ear
from bedside.household import Household
from bedside.night.events import DeadlinePassed
from bedside.night.state import CRY, RELAPSE
from bedside.settings import Settings
from tests.bench.figures import Finding, Sample, above
from tests.bench.surroundings import ShiftedTime, surroundings, until
from tests.ports import free_port

LIMIT = 2.0  # milliseconds
BARE_BUTTON, BARE_LIGHT = 22, 13  # the floor's pins
LIT = 0.2  # brighter than any glow
HELD = 0.15
SETTLE = 0.02  # seconds of real time in which every thread comes to rest


class StampedPin(MockPWMPin):  # type: ignore[misc]
    """Notes when its level changed, and to what."""

    def __init__(self, *args: object) -> None:
        self.changes: SimpleQueue[tuple[float, float]] = SimpleQueue()
        super().__init__(*args)

    def _change_state(self, value: float) -> bool:
        changed = bool(super()._change_state(value))
        if changed:
            self.changes.put((time.perf_counter(), float(value)))
        return changed


def measure(folder: Path, clips: Path, presses: int) -> list[Finding]:
    """Press both buttons in turn, `presses` times each."""
    shifted = ShiftedTime()
    around = surroundings(folder, clips, StampedPin)
    with patch("bedside.ear.Clock", shifted.make_clock):
        household = Household(Ear(Settings(port=free_port()), around))
    loop = threading.Thread(target=household.run, name="loop", daemon=True)
    loop.start()
    until(lambda: "voice" in household.daemon.parts, seconds=120)
    bare, ours = [], []
    with _bare(around.factory) as press_bare:
        for number in range(presses):
            bare.append(press_bare())
            ours.append(_press(household, around.factory, shifted, begins=number % 2 == 0))
    household.stop()
    loop.join()
    return [Finding(1, "edge to light", Sample("ms", tuple(ours)), Sample("ms", tuple(bare)), above(LIMIT, "ms"))]


class _bare:  # noqa: N801 - used as a function
    """The floor: gpiozero's own input and light, joined by one line."""

    def __init__(self, factory: MockFactory) -> None:
        self._button = DigitalInputDevice(BARE_BUTTON, pull_up=True, pin_factory=factory)
        self._light = PWMLED(BARE_LIGHT, pin_factory=factory)
        self._button.when_activated = partial(setattr, self._light, "value", LIT)
        self._button.when_deactivated = partial(setattr, self._light, "value", 0.0)

    def __enter__(self) -> "_bare":
        return self

    def __exit__(self, *_: object) -> None:
        self._button.close()
        self._light.close()

    def __call__(self) -> float:
        time.sleep(SETTLE)
        took = _change_after_press(self._button.pin, self._light.pin, lit=True)
        self._button.pin.drive_high()
        return took


def _press(household: Household, factory: MockFactory, shifted: ShiftedTime, *, begins: bool) -> float:
    """One press and its release, long enough after the one before; milliseconds to the light's change."""
    shifted.skip(RELAPSE + 1 if begins else CRY + 1)
    household.post(DeadlinePassed(household.clock.now()))  # what fell due meanwhile is no part of the press
    time.sleep(SETTLE)
    button, light = factory.pin(household.settings.pin), factory.pin(household.settings.light_pin)
    took = _change_after_press(button, light, lit=begins)
    time.sleep(SETTLE)
    shifted.skip(HELD)
    button.drive_high()
    time.sleep(2 * SETTLE)
    return took


def _change_after_press(button: StampedPin, light: StampedPin, *, lit: bool) -> float:
    """Milliseconds from the edge until the light is lit, or is not any more."""
    while not light.changes.empty():
        light.changes.get()  # a fade's steps
    began = time.perf_counter()
    button.drive_low()
    while True:
        changed, value = light.changes.get(timeout=5)
        if (value >= LIT) is lit:
            return (changed - began) * 1000
