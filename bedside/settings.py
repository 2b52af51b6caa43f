"""The settings: one flat TOML file, none of it needed. `default.toml` beside this module explains every key."""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from importlib import resources
from pathlib import Path
from typing import Any

PLACES = (Path("/etc/bedside/bedside.toml"), Path("~/.config/bedside/bedside.toml"))
PINS = range(28)  # the BCM numbers on a Pi's header
RANGES: Mapping[str, tuple[float, float]] = {
    "light": (0.1, 1),
    "volume": (0.05, 1),
    "sensor_offset": (-15, 15),
    "port": (1024, 65535),
}


class SettingsError(ValueError):
    """A setting is wrong; the sentence names the file, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, with its default. Temperatures are degrees Celsius, times local."""

    pin: int = 17
    light_pin: int = 12
    light: float = 1.0
    glow: bool = True
    card: str = ""
    volume: float = 0.5
    own_clips: str = ""
    sensor: str = ""
    sensor_offset: float = 0.0
    reminder: time = time(21, 0)
    standing: bool = True
    stand_at_night: bool = True
    bedtime: time = time(22, 0)
    rising: time = time(7, 0)
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
            raise SettingsError(f"{where}: there is no setting {key}. {hint}")
        result[key] = _checked(key, value, getattr(Settings(), key), where)
    settings = Settings(**result)
    if settings.light_pin and settings.light_pin == settings.pin:
        raise SettingsError(f"{name}: pin and light_pin are both {settings.pin}. The light needs a pin of its own.")
    if settings.bedtime == settings.rising:
        raise SettingsError(f"{name}: bedtime and rising are the same time. Set rising to when you usually get up.")
    return settings


def _checked(key: str, value: Any, default: Any, where: str) -> Any:
    if isinstance(default, time):
        return _time(key, value, where)
    whole = isinstance(default, float) and type(value) is int  # 1 does for 1.0
    if type(value) is not type(default) and not whole:
        kind = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}[type(default)]
        raise SettingsError(f"{where}: {key} must be {kind}, such as {_example(default)}.")
    if key in RANGES and not RANGES[key][0] <= value <= RANGES[key][1]:
        low, high = RANGES[key]
        raise SettingsError(f"{where}: {key} is {value}, but must be from {low:g} to {high:g}.")
    if key in ("pin", "light_pin") and value not in PINS:
        raise SettingsError(f"{where}: {key} is {value}, but the pins of a Pi are 0 to 27 (BCM numbers).")
    return float(value) if whole else value


def _time(key: str, value: Any, where: str) -> time:
    try:
        hours, minutes = str(value).split(":")
        return time(int(hours), int(minutes))
    except ValueError:
        raise SettingsError(f'{where}: {key} must be a time in quotes, such as "21:30".') from None


def _example(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


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
