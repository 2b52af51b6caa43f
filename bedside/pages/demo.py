"""The demo's part of the page: a button to press without a Pi, and what the device would show and say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bedside.catalogue import N_, _
from bedside.night.effects import LightLevel, Phase
from bedside.night.state import CRY, Night
from bedside.pages.house import House

TAP_SECONDS = 0.2
HOLD_SECONDS = 4.0
REFRESH_SECONDS = 5
LAST_SAID = 8

LIGHTS = {
    LightLevel.OFF: N_("off"),
    LightLevel.GLOW: N_("a faint glow"),
    LightLevel.DIM: N_("dim"),
    LightLevel.RISING: N_("rising"),
    LightLevel.FULL: N_("full and warm"),
    LightLevel.BLINKING: N_("blinking: a press is not written down yet"),
    LightLevel.PULSING: N_("pulsing: it asks by light"),
    LightLevel.WARNING: N_("warning: the cramp has gone on for ten minutes"),
}
PHASES = {
    Phase.QUIET: N_("quiet: a press begins a cramp"),
    Phase.CRAMPING: N_("a cramp is open: a press %(seconds)s seconds or more after the last one ends it"),
    Phase.ASKING: N_("asking for the stretch: a press starts it"),
    Phase.STRETCHING: N_("the stretch is running: a press stops it"),
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
        light=_(LIGHTS[night.light]),
        level=night.light.value,
        phase=_(PHASES[night.phase], seconds=f"{CRY:.0f}"),
        heard=house.heard()[:LAST_SAID],
        refresh=0 if night.phase is Phase.QUIET else REFRESH_SECONDS,
        reminds=house.remind is not None,
    )
