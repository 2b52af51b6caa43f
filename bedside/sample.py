"""Sample nights for the demo: made up, the same each time, marked as sample in the diary."""

import math
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bedside.diary.readings import Aggregate
from bedside.night.effects import Cramp, CrampState, Evening, Reason, Row, Save, StretchState, Watch
from bedside.night.events import Moment
from bedside.night.told import ALWAYS_ASKED, MOST, CheckIn, Judgement, Leg, Muscle, Verdict

NIGHTS = 90
BOOT = "sample"
LONG = timedelta(hours=17)  # from dusk to late morning
UNTOLD = 2  # of the newest nights nothing is told yet
TOLD_SHARE = 0.8
BY = "Sample"


def sample_nights(
    now: datetime, zone: tzinfo, nights: int = NIGHTS, seed: int = 7
) -> Iterator[tuple[Save, list[Aggregate]]]:
    """One record and its readings for each of the `nights` before `now`, oldest first; nothing lies in the future.

    The last night has two cramps, so that there is something to see.
    """
    chance = random.Random(seed)
    now = now.astimezone(UTC)
    today = (now.astimezone(zone) - timedelta(hours=18)).date()
    clock = _SampleClock(_dusk(today - timedelta(days=nights), zone))
    for number in range(nights):
        evening = today - timedelta(days=nights - 1 - number)
        dusk = _dusk(evening, zone)
        hours = [6.2, 10.5] if number == nights - 1 else _onsets(chance)
        cramps = [cramp for cramp in _cramps(dusk, hours, clock, chance) if _over(cramp) < now]
        rows: list[Row] = [_watch(dusk, min(now, dusk + LONG), clock), _evening(evening, chance), *cramps]
        if number < nights - UNTOLD and chance.random() < TOLD_SHARE:
            rows += _told(evening, cramps, clock.moment(dusk + LONG), chance)
        warmth = 18 + 2 * math.sin(number / 14) + chance.uniform(-1, 1)
        readings = [reading for reading in _readings(dusk, warmth) if reading.start < now]
        yield Save(f"sample/{evening}", clock.moment(dusk), tuple(rows)), readings


def _dusk(evening: date, zone: tzinfo) -> datetime:
    return datetime.combine(evening, time(18), zone).astimezone(UTC)


def _over(cramp: Cramp) -> datetime:
    return cramp.last_press.wall


def _onsets(chance: random.Random) -> list[float]:
    """Hours after dusk."""
    return [chance.uniform(5, 12.5) for _ in range(chance.choices([0, 1, 2], [6, 3, 1])[0])]


class _SampleClock:
    def __init__(self, start: datetime) -> None:
        self._start = start

    def moment(self, wall: datetime) -> Moment:
        return Moment(BOOT, (wall - self._start).total_seconds(), wall)


def _watch(dusk: datetime, until: datetime, clock: _SampleClock) -> Watch:
    return Watch(f"sample/{dusk}", clock.moment(dusk), clock.moment(until))


def _evening(evening: date, chance: random.Random) -> Evening:
    state = chance.choices([StretchState.COMPLETED, StretchState.OFFERED, StretchState.SKIPPED], [5, 2, 1])[0]
    return Evening(
        evening, due=0, until=0, trusted=True, state=state, reason=Reason.NONE, asks=1, given=True, over=True
    )


def _cramps(dusk: datetime, hours: list[float], clock: _SampleClock, chance: random.Random) -> Iterator[Cramp]:
    for after in hours:
        began = clock.moment(dusk + timedelta(hours=after))
        ended = began.at(began.since_boot + chance.uniform(60, 500))
        known = chance.random() < 0.8
        yield Cramp(
            id=f"sample/{began.since_boot:.0f}",
            onset=began,
            led_from=began,
            last_press=ended if known else began,
            state=CrampState.ENDED if known else CrampState.END_UNKNOWN,
            end=ended if known else None,
            celsius=round(18 + chance.uniform(-2, 2), 1),
            doubtful=chance.random() < 0.05,
        )


def _told(evening: date, cramps: list[Cramp], moment: Moment, chance: random.Random) -> Iterator[Row]:
    """What a person would have told of the night."""
    there = tuple(factor for factor in ALWAYS_ASKED if chance.random() < 0.2)
    disturbance = min(2 * len(cramps) + chance.randint(0, 3), MOST)
    yield CheckIn(evening, moment, slept_here=True, disturbance=disturbance, factors=there, asked=ALWAYS_ASKED, by=BY)
    for cramp in cramps:
        leg, muscle = chance.choice(tuple(Leg)), chance.choice((Muscle.CALF, Muscle.CALF, Muscle.FOOT))
        yield Judgement(cramp.id, moment, Verdict.CRAMP, chance.randint(2, 9), leg, muscle, BY)


def _readings(dusk: datetime, warmth: float) -> Iterator[Aggregate]:
    for number in range(0, 17 * 60, 5):
        mean = warmth + 1.5 * math.cos(number / 300)
        start = dusk + timedelta(minutes=number)
        yield Aggregate(BOOT, start, 5, mean, mean - 0.1, mean + 0.1, trusted=True)
