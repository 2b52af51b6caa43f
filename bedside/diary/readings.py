"""The room's temperature in five-minute aggregates, gathered in memory until they are written. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bedside.night.events import TemperatureRead

SPAN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Five minutes, or an hour once thinned, from `start` (UTC): mean, lowest and highest in degrees Celsius of
    `samples` readings. `since_boot`, in seconds, is their start by the clock that nobody can set, where one that is set
    later may still put it right.
    """

    boot: str
    start: datetime
    samples: int
    mean: float
    low: float
    high: float
    trusted: bool
    since_boot: float | None = None


class Readings:
    """Gathers readings into aggregates: those of a clock that is set by its five minutes, the others by those since the
    boot, so that they are as many once they are put right. An aggregate may be written in parts.
    """

    def __init__(self) -> None:
        self._gathered: dict[tuple[str, bool, float], Aggregate] = {}

    def add(self, reading: TemperatureRead) -> None:
        """Take a reading into the aggregate of its five minutes."""
        moment, celsius = reading.moment, reading.celsius
        seconds = moment.since_boot if moment.unsure else moment.wall.timestamp()
        begins = seconds // SPAN_SECONDS * SPAN_SECONDS
        key = moment.boot, moment.unsure, begins
        old = self._gathered.get(key)
        if old is None:
            wall = moment.wall.astimezone(UTC)
            start = wall - timedelta(seconds=seconds - begins) if moment.unsure else five_minutes_of(wall)
            since = begins if moment.unsure else None
            self._gathered[key] = Aggregate(moment.boot, start, 1, celsius, celsius, celsius, moment.trusted, since)
            return
        self._gathered[key] = replace(
            old,
            samples=old.samples + 1,
            mean=(old.mean * old.samples + celsius) / (old.samples + 1),
            low=min(old.low, celsius),
            high=max(old.high, celsius),
        )

    def gathered(self) -> tuple[Aggregate, ...]:
        """What is not written yet."""
        return tuple(self._gathered.values())

    def written(self) -> None:
        """Forget it: what comes of the same five minutes is another part."""
        self._gathered = {}

    def refused(self) -> None:
        """Keep it all for the next try, but never more than a day's."""
        newest = list(self._gathered.items())[-24 * 3600 // SPAN_SECONDS :]
        self._gathered = dict(newest)


def five_minutes_of(at: datetime) -> datetime:
    """When the five minutes began in which this time lies, in UTC."""
    return datetime.fromtimestamp(at.timestamp() // SPAN_SECONDS * SPAN_SECONDS, UTC)
