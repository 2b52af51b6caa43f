"""The demo's part of the page: a button to press without a Pi, and what the device would show and say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bedside.night.effects import LightLevel, Phase
from bedside.night.state import CRY, Night
from bedside.pages.house import House

TAP_SECONDS = 0.2
HOLD_SECONDS = 4.0
REFRESH_SECONDS = 5
LAST_SAID = 8

LIGHTS = {
    LightLevel.OFF: "off",
    LightLevel.GLOW: "a faint glow",
    LightLevel.DIM: "dim",
    LightLevel.RISING: "rising",
    LightLevel.FULL: "full and warm",
    LightLevel.BLINKING: "blinking: a press is not written down yet",
    LightLevel.PULSING: "pulsing: it asks by light",
    LightLevel.WARNING: "warning: the cramp has gone on for ten minutes",
}
PHASES = {
    Phase.QUIET: "quiet: a press begins a cramp",
    Phase.CRAMPING: f"a cramp is open: a press {CRY:.0f} seconds or more after the last one ends it",
    Phase.ASKING: "asking for the stretch: a press starts it",
    Phase.STRETCHING: "the stretch is running: a press stops it",
}


@dataclass(frozen=True, slots=True)
class Section:
    """What the demo shows. `refresh` is the seconds until the page looks again; 0 for never."""

    light: str
    level: str
    phase: str
    heard: tuple[str, ...]
    refresh: int
    reminds: bool


def acts(house: House) -> Mapping[str, Callable[[], None]]:
    """What the demo's forms do, by the last part of their address; nothing on a device."""
    press, remind = house.press, house.remind
    if press is None:
        return {}
    pressing = {"press": lambda: press(TAP_SECONDS), "hold": lambda: press(HOLD_SECONDS)}
    return pressing | ({"remind": remind} if remind else {})


def section(house: House, night: Night) -> Section | None:
    """The demo's part of the morning page; None on a device."""
    if house.press is None:
        return None
    return Section(
        light=LIGHTS[night.light],
        level=night.light.value,
        phase=PHASES[night.phase],
        heard=house.heard()[:LAST_SAID],
        refresh=0 if night.phase is Phase.QUIET else REFRESH_SECONDS,
        reminds=house.remind is not None,
    )
