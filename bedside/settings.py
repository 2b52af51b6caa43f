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

from bedside.catalogue import N_, _

PLACES = (Path("/etc/bedside/bedside.toml"), Path("~/.config/bedside/bedside.toml"))
PINS = range(28)  # the BCM numbers on a Pi's header
WIRES = ("pin", "second_pin", "light_pin", "buzzer_pin")
LEGS = ("left", "right", "")
HABITS = {"light", "glow", "volume", "reminder", "standing", "stand_at_night", "bedtime", "rising"}
"""What is set on the settings page, and may be looked for here."""
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
RANGES: Mapping[str, tuple[float, float]] = {
    "sensor_offset": (-15, 15),
    "port": (1024, 65535),
}


MUST_BE: Mapping[type, str] = {
    int: N_("%(where)s: %(name)s must be a whole number, such as %(example)s."),
    float: N_("%(where)s: %(name)s must be a number, such as %(example)s."),
    str: N_("%(where)s: %(name)s must be a text in quotes, such as %(example)s."),
    bool: N_("%(where)s: %(name)s must be true or false, such as %(example)s."),
}


class SettingsError(ValueError):
    """A setting is wrong; the sentence names the file, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the device is wired, with its defaults. Temperatures are degrees Celsius. Habits are no settings: they are
    chosen on the page.
    """

    pin: int = 17
    second_pin: int = 0
    key: str = ""
    leg: str = ""
    second_leg: str = ""
    light_pin: int = 12
    buzzer_pin: int = 0
    card: str = ""
    own_clips: str = ""
    sensor: str = ""
    sensor_offset: float = 0.0
    port: int = 8080
    network: bool = True
    names: str = ""
    emergency_number: str = ""
    out_of_hours: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The further names, in lower case, with blanks or commas between them in the file."""
        return tuple(self.names.lower().replace(",", " ").split())


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
        raise SettingsError(
            _("There is no settings file %(path)s. Leave the option out to use the defaults.", path=path)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            _("The settings file %(path)s cannot be read (%(error)s). Check who may read it.", path=path, error=error)
        ) from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Settings:
    """The settings in a TOML text; `name` is the file's, for messages. Raises SettingsError."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # the second: brackets without end
        raise SettingsError(
            _(
                "%(name)s is not a settings file: %(error)s. A line is written like this: pin = 17",
                name=name,
                error=error,
            )
        ) from error
    known = {field.name: field for field in fields(Settings)}
    result: dict[str, Any] = {}
    for key, value in values.items():
        where = _("%(name)s, line %(line)s", name=name, line=_line(text, key))
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = _("Known settings: %(names)s.", names=", ".join(known))
            if near:
                hint = _("Did you mean %(name)s?", name=near[0])
            if key in HABITS:
                hint = _("It is a habit: delete the line, and choose it on the page, under Settings.")
            raise SettingsError(
                _("%(where)s: there is no setting %(name)s. %(hint)s", where=where, name=key, hint=hint)
            )
        result[key] = _checked(key, value, getattr(Settings(), key), where)
    settings = Settings(**result)
    _check_names(settings, name)
    _check_pins(settings, name)
    return settings


def _check_names(settings: Settings, name: str) -> None:
    for host in settings.hosts:
        if not HOST.fullmatch(host):
            raise SettingsError(
                _(
                    "%(name)s: %(host)s in names is no host name. Write it like this: pi.example.org",
                    name=name,
                    host=host,
                )
            )


def _check_pins(settings: Settings, name: str) -> None:
    if not (settings.pin or settings.second_pin or settings.key.strip()):
        raise SettingsError(
            _(
                "%(name)s: no button is set up, so that no press would ever be heard. Set pin to the GPIO pin of one, "
                "such as 17, or key to the name of an input device that `bedside check` lists.",
                name=name,
            )
        )
    for one, other in combinations(WIRES, 2):
        if (taken := getattr(settings, other)) and taken == getattr(settings, one):
            raise SettingsError(
                _(
                    "%(name)s: %(one)s and %(other)s are both %(pin)s. Each needs a pin of its own.",
                    name=name,
                    one=one,
                    other=other,
                    pin=taken,
                )
            )


def _checked(key: str, value: Any, default: Any, where: str) -> Any:
    whole = isinstance(default, float) and type(value) is int  # 1 does for 1.0
    if type(value) is not type(default) and not whole:
        example = _example(default)
        raise SettingsError(_(MUST_BE[type(default)], where=where, name=key, example=example))
    if key in RANGES and not RANGES[key][0] <= value <= RANGES[key][1]:
        low, high = RANGES[key]
        raise SettingsError(
            _(
                "%(where)s: %(name)s is %(value)s, but must be from %(low)s to %(high)s.",
                where=where,
                name=key,
                value=value,
                low=f"{low:g}",
                high=f"{high:g}",
            )
        )
    if key in WIRES and value not in PINS:
        raise SettingsError(
            _(
                "%(where)s: %(name)s is %(value)s, but the pins of a Pi are 0 to 27 (BCM numbers).",
                where=where,
                name=key,
                value=value,
            )
        )
    if key in ("leg", "second_leg") and value not in LEGS:
        raise SettingsError(
            _(
                '%(where)s: %(name)s is "%(value)s", but must be "left", "right" or "".',
                where=where,
                name=key,
                value=value,
            )
        )
    return float(value) if whole else value


def _example(value: Any) -> str:
    """The value as TOML writes it."""
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


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
