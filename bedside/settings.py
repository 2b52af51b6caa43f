"""The settings: one flat TOML file, none of it needed. `default.toml` beside this module explains every key."""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Any

PLACES = (Path("/etc/bedside/bedside.toml"), Path("~/.config/bedside/bedside.toml"))
PINS = range(28)  # the BCM numbers on a Pi's header
WIRES = ("pin", "light_pin", "buzzer_pin")
HABITS = {"light", "glow", "volume", "reminder", "standing", "stand_at_night", "bedtime", "rising"}
"""What is set on the settings page, and may be looked for here."""
RANGES: Mapping[str, tuple[float, float]] = {
    "sensor_offset": (-15, 15),
    "port": (1024, 65535),
}


class SettingsError(ValueError):
    """A setting is wrong; the sentence names the file, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the device is wired, with its defaults. Temperatures are degrees Celsius. Habits are no settings: they are
    chosen on the page.
    """

    pin: int = 17
    light_pin: int = 12
    buzzer_pin: int = 0
    card: str = ""
    own_clips: str = ""
    sensor: str = ""
    sensor_offset: float = 0.0
    port: int = 8080


def default_text() -> str:
    """The default file, which explains every key."""
    return resources.files("bedside").joinpath("default.toml").read_text(encoding="utf-8")


def load(path: Path | None = None) -> Settings:
    """The settings of `path`, or of the first of PLACES that is there, or the defaults. Raises SettingsError."""
    if path is None:
        path = next((place.expanduser() for place in PLACES if place.expanduser().exists()), None)
        if path is None:
            return Settings()
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(f"There is no settings file {path}. Leave the option out to use the defaults.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read ({error}). Check who may read it.") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Settings:
    """The settings in a TOML text; `name` is the file's, for messages. Raises SettingsError."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # the second: brackets without end
        raise SettingsError(f"{name} is not a settings file: {error}. A line is written like this: pin = 17") from error
    known = {field.name: field for field in fields(Settings)}
    result: dict[str, Any] = {}
    for key, value in values.items():
        where = f"{name}, line {_line(text, key)}"
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known settings: {', '.join(known)}."
            if key in HABITS:
                hint = "It is a habit: delete the line, and choose it on the page, under Settings."
            raise SettingsError(f"{where}: there is no setting {key}. {hint}")
        result[key] = _checked(key, value, getattr(Settings(), key), where)
    settings = Settings(**result)
    for one, other in combinations(WIRES, 2):
        if (taken := getattr(settings, other)) and taken == getattr(settings, one):
            raise SettingsError(f"{name}: {one} and {other} are both {taken}. Each needs a pin of its own.")
    return settings


def _checked(key: str, value: Any, default: Any, where: str) -> Any:
    whole = isinstance(default, float) and type(value) is int  # 1 does for 1.0
    if type(value) is not type(default) and not whole:
        kind = {int: "a whole number", float: "a number", str: "a text in quotes"}[type(default)]
        raise SettingsError(f"{where}: {key} must be {kind}, such as {_example(default)}.")
    if key in RANGES and not RANGES[key][0] <= value <= RANGES[key][1]:
        low, high = RANGES[key]
        raise SettingsError(f"{where}: {key} is {value}, but must be from {low:g} to {high:g}.")
    if key in WIRES and value not in PINS:
        raise SettingsError(f"{where}: {key} is {value}, but the pins of a Pi are 0 to 27 (BCM numbers).")
    return float(value) if whole else value


def _example(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _line(text: str, key: str) -> int:
    begins = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if begins.match(line)), 1)


@dataclass(frozen=True, slots=True)
class Folders:
    """Where things lie: the diary with its journal, and the rendered clips."""

    data: Path
    cache: Path


def folders(environment: Mapping[str, str] = os.environ) -> Folders:
    """The folders systemd gives, else the user's own after the XDG rules."""
    home = Path(environment.get("HOME", "/"))

    def place(systemd: str, xdg: str, usual: str) -> Path:
        given = environment.get(systemd)
        return Path(given) if given else Path(environment.get(xdg) or home / usual) / "bedside"

    return Folders(
        place("STATE_DIRECTORY", "XDG_DATA_HOME", ".local/share"), place("CACHE_DIRECTORY", "XDG_CACHE_HOME", ".cache")
    )
