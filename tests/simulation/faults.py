"""The faults: what may strike a simulated night, by name."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from tests.simulation.nights import SUMMER_TIME, Season
from tests.simulation.world import SYNC_SECONDS

HOUR, YEAR = 3600.0, 365 * 86_400.0
ZONES = tuple(ZoneInfo(name) for name in ("Europe/Athens", "Asia/Kolkata", "America/New_York", "Pacific/Auckland"))


def _effects_fail(season: Season) -> None:
    seconds = season.chance.uniform(1, 300)
    if season.chance.random() < 0.5:
        season.during("speaker_hangs", True, False, seconds)
    else:
        season.during("effects_fail", True, False, seconds)


def _button_gone(season: Season) -> None:
    seconds = season.chance.uniform(5, 900)
    season.blur(seconds)
    season.world.button(False)
    season.world.at(season.world.true + seconds, lambda: season.world.button(True))


def _suspended(season: Season) -> None:
    seconds = season.chance.uniform(HOUR, 2 * HOUR)
    season.blur(seconds)
    season.world.suspend(seconds)


def _zone_changed(season: Season) -> None:
    world, home = season.world, season.world.zone
    season.travelled = True
    world.travel(season.chance.choice(ZONES))
    world.at(world.true + season.chance.uniform(HOUR, 30 * HOUR), lambda: world.travel(home))


def _clock_forward(season: Season) -> None:
    shift = season.chance.choice([season.chance.uniform(60, 9 * HOUR)] * 5 + [10 * YEAR])
    season.step(shift, season.chance.uniform(60, 2 * HOUR))


def _clock_back(season: Season) -> None:
    shift = season.chance.choice([season.chance.uniform(60, 9 * HOUR)] * 5 + [YEAR])
    season.step(-shift, season.chance.uniform(60, 2 * HOUR))


Fault = Callable[[Season], None]

FAULTS: Mapping[str, Fault] = {
    "disk read-only": lambda s: s.disk("read-only"),
    "disk errors": lambda s: s.disk("errors"),
    "diary locked": lambda s: s.disk("locked"),
    "diary damaged": lambda s: s.outage(s.chance.uniform(1, 9), power=False, meanwhile=lambda card: card.damage()),
    "diary put back": lambda s: s.outage(s.chance.uniform(1, 99), power=False, meanwhile=lambda card: card.put_back()),
    "disk full": lambda s: s.disk("full"),
    "disk slow": lambda s: s.during("delay", s.chance.uniform(0.2, 4), SYNC_SECONDS, s.chance.uniform(1, 900)),
    "power cut": lambda s: s.outage(s.chance.uniform(5, 9000), power=True),
    "killed": lambda s: s.outage(s.chance.uniform(0.5, 5), power=False),
    "clock wrong": lambda s: s.outage(s.chance.uniform(5, 999), power=True, shift=-s.chance.uniform(60, 9000)),
    "clock forward": _clock_forward,
    "clock back": _clock_back,
    "zone changed": _zone_changed,
    SUMMER_TIME: lambda s: None,  # has its own night
    "bounce": lambda s: s.press(0.3, bounces=5),
    "press edge lost": lambda s: s.press(0.3, lost="down"),
    "release lost": lambda s: s.press(0.3, lost="up"),
    "lean": lambda s: s.press(s.chance.uniform(10.5, 55)),
    "stuck line": lambda s: s.press(s.chance.uniform(61, 130)),
    "button gone": _button_gone,
    "sensor silent": lambda s: s.during("sensor_works", False, True, 7200),
    "speaker gone": lambda s: s.during("speaker_works", False, True, 900),
    "effects fail": _effects_fail,
    "flood": lambda s: s.world.flood(20),
    "loop stalled": lambda s: s.world.stall(s.chance.uniform(1, 90)),
    "suspended": _suspended,
}
