"""`bedside check --watch`: presses and the room's temperature as they come, while the wires are put in.

The running daemon tells of the presses, since it holds the pin; from then on they are practice, marked and never
counted, for ten minutes after the last time it was asked. The thermometer's files are read beside it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from bedside.catalogue import _
from bedside.control import Answer, answered
from bedside.daemon import Daemon
from bedside.devices.thermometer import SensorFailed, Thermometer
from bedside.ear import NAMES
from bedside.night.events import Moment, PracticeBegan
from bedside.night.state import Line
from bedside.settings import Folders, Settings

PAUSE_SECONDS = 0.2  # between two looks
LOOKS = 10  # from one reading of the thermometer to the next: some take a second each
WARMER = 0.3  # degrees Celsius that are told: a finger on the sensor, and not its noise


def seen(daemon: Daemon, now: Moment) -> Answer:
    """What the daemon answers: the newest press, whether its button is down, and which one of several it is. It has
    practice begin, or go on.
    """
    daemon.post(PracticeBegan(now))
    press = daemon.night.press
    told: dict[str, Any] = {"down": daemon.night.line is not Line.UP, "press": press.id if press else ""}
    told |= {"held": press.held if press else None, "button": press.button if press else "", "of": [*daemon.buttons]}
    return [told]


def looks(ask: Callable[[], Answer], thermometer: Thermometer) -> Iterator[list[str]]:
    """What each look has to tell, as sentences; the first tells how things are. `ask` asks the daemon."""
    before: Mapping[str, Any] | None = None
    room = _Room(thermometer)
    number = 0
    while True:
        (now,) = ask()
        lines = _began(now) if before is None else _pressed(before, now)
        if number % LOOKS == 0:
            lines += room.look()
        before, number = now, number + 1
        yield lines


def watch(settings: Settings, folders: Folders, echo: Callable[[str], object]) -> None:
    """Tell what comes, until Ctrl-C. Raises OSError."""
    thermometer = Thermometer(wanted=settings.sensor or None, offset=settings.sensor_offset)
    with suppress(KeyboardInterrupt):
        for lines in looks(lambda: answered(folders, "watch", "check --watch"), thermometer):
            for line in lines:
                echo(line)
            time.sleep(PAUSE_SECONDS)


def _began(now: Mapping[str, Any]) -> list[str]:
    practice = _("Presses are practice now, and for ten minutes after this: marked, never counted.")
    if now["down"]:
        return [practice, _("The button is down: is it pressed?")]
    if _several(now):
        names = ", ".join(_(NAMES[part]) for part in now["of"])
        return [practice, _("Press each in turn: %(buttons)s.", buttons=names)]
    return [practice, _("The button is up. Press it.")]


def _several(now: Mapping[str, Any]) -> bool:
    return len(now["of"]) > 1


def _pressed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    new, held = now["press"] != before["press"], now["held"]
    lines = []
    if new:
        named = _several(now) and now["button"] in NAMES
        lines.append(_("Pressed: %(button)s.", button=_(NAMES[now["button"]])) if named else _("Pressed."))
    if not now["down"] and (new or before["down"]):
        known = held is not None  # not where the line bounced for as long as it was down
        lines.append(_("Let go after %(seconds)s s.", seconds=f"{held:.1f}") if known else _("Let go."))
    return lines


class _Room:
    """Tells of the thermometer what is new."""

    def __init__(self, thermometer: Thermometer) -> None:
        self._thermometer, self._told, self._celsius = thermometer, "", 0.0

    def look(self) -> list[str]:
        try:
            celsius = self._thermometer.read()
        except SensorFailed as error:
            return self._tell(str(error))
        if abs(celsius - self._celsius) < WARMER and self._told.startswith(self._name()):
            return []
        self._celsius = celsius
        return self._tell(_("%(name)s says %(celsius)s °C.", name=self._name(), celsius=f"{celsius:.1f}"))

    def _name(self) -> str:
        return self._thermometer.sensor.name if self._thermometer.sensor else ""

    def _tell(self, says: str) -> list[str]:
        if says == self._told:
            return []
        self._told = says
        return [says]
