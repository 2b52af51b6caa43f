"""The room's temperature in five-minute aggregates, gathered in memory until they are written. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bedside.night.events import TemperatureRead

SPAN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Five minutes from `start` (UTC): mean, lowest and highest in degrees Celsius of `samples` readings."""

    boot: str
    start: datetime
    samples: int
    mean: float
    low: float
    high: float
    trusted: bool


class Readings:
    """Gathers readings into aggregates. The newest aggregate stays after `written`, since it may grow."""

    def __init__(self) -> None:
        self._gathered: dict[tuple[str, datetime], Aggregate] = {}

    def add(self, reading: TemperatureRead) -> None:
        """Take a reading into the aggregate of its five minutes."""
        moment, celsius = reading.moment, reading.celsius
        seconds = moment.wall.timestamp() // SPAN_SECONDS * SPAN_SECONDS
        key = moment.boot, datetime.fromtimestamp(seconds, UTC)
        old = self._gathered.get(key)
        if old is None:
            self._gathered[key] = Aggregate(*key, 1, celsius, celsius, celsius, moment.trusted)
            return
        self._gathered[key] = replace(
            old,
            samples=old.samples + 1,
            mean=(old.mean * old.samples + celsius) / (old.samples + 1),
            low=min(old.low, celsius),
            high=max(old.high, celsius),
        )

    def gathered(self) -> tuple[Aggregate, ...]:
        """What is not written yet, or has grown since."""
        return tuple(self._gathered.values())

    def written(self) -> None:
        """Forget all but the newest. What a card refuses is bounded: a day of it is kept at the most."""
        newest = list(self._gathered.items())[-1:]
        self._gathered = dict(newest)

    def refused(self) -> None:
        """Keep it all for the next try, but never more than a day's."""
        newest = list(self._gathered.items())[-24 * 3600 // SPAN_SECONDS :]
        self._gathered = dict(newest)
