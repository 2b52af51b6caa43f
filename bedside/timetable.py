"""The timetable: the evening reminder through APScheduler, and the watch on the clock, which APScheduler cannot keep.

The reminder is asked for by level, not by edge: whenever the scheduler fires, at each look at the clock, when the
habits change, and when the daemon begins, `evenings_due` says which evening windows it is inside of, and the night asks
once a date. `reminders` are local times, one a weekday, Monday first, None on a day off.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import count
from time import monotonic

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from bedside.night.events import ClockSet, EveningCalledOff, EveningPassed, Moment, ReminderDue
from bedside.night.state import EVENING_WINDOW

log = logging.getLogger(__name__)

Reminders = tuple[time | None, ...]

WINDOW = timedelta(seconds=EVENING_WINDOW)
DAY = timedelta(hours=24)
HALF_DAY = timedelta(hours=12)
LOOK_SECONDS = 20.0
STEP_SECONDS = 2.0  # a wall clock that moved this much against the boot clock was set
SETTLED_SECONDS = 600.0  # a clock set wrong is often set right soon: until then no evening is taken for missed


def occurrence(day: date, reminders: Reminders, zone: tzinfo) -> datetime | None:
    """The one instant, in UTC, at which the local `day`'s reminder is due; None on a day off. Where the clock goes back
    it is the first of two; where the clock skips that time, the instant it would have been without the skip.
    """
    at = reminders[day.weekday()]
    return None if at is None else datetime.combine(day, at, zone).astimezone(UTC)


def _since_due(
    now: datetime, reminders: Reminders, zone: tzinfo, days: Iterable[int]
) -> Iterator[tuple[date, timedelta]]:
    """Dates, as days from today's, and how long ago their reminders were due; below zero if they are to come."""
    today = now.astimezone(zone).date()
    for number in days:
        day = today + timedelta(days=number)
        due = occurrence(day, reminders, zone)
        if due is not None:
            yield day, now - due


def evenings_due(now: datetime, reminders: Reminders, zone: tzinfo) -> list[tuple[date, float]]:
    """The local dates whose evening windows `now` lies in, earliest first, and the seconds each has left.

    Two at once only where one weekday's reminder comes within three hours of the next one's.
    """
    ago = _since_due(now, reminders, zone, (-1, 0, 1))  # tomorrow's, too: past midnight some clocks go back to today
    return [(day, (WINDOW - past).total_seconds()) for day, past in ago if timedelta(0) <= past < WINDOW]


def evening_passed(now: datetime, reminders: Reminders, zone: tzinfo) -> date | None:
    """The latest local date whose evening window ended within the last 24 hours."""
    ago = _since_due(now, reminders, zone, range(-3, 2))
    return max((day for day, past in ago if WINDOW <= past < WINDOW + DAY), default=None)


def evening_of(now: datetime, reminders: Reminders, zone: tzinfo) -> date:
    """The evening that what a person does now belongs to: of the reminder nearest to `now`, if that is due within 12
    hours before or after; else the night's, noon to noon. Of two as near it is the one to come.
    """
    found = min(_since_due(now, reminders, zone, (1, 0, -1)), key=lambda one: abs(one[1]), default=None)
    if found and abs(found[1]) <= HALF_DAY:
        return found[0]
    return (now.astimezone(zone).replace(tzinfo=None) - HALF_DAY).date()


def other_night(day: date, reminders: Reminders, zone: tzinfo) -> date | None:
    """The night, noon to noon, that the local `day`'s reminder falls into; None where that has its date, as before
    midnight, or on a day off.
    """
    due = occurrence(day, reminders, zone)
    if due is None:
        return None
    night = (due.astimezone(zone).replace(tzinfo=None) - HALF_DAY).date()
    return None if night == day else night


class OncePerDate(BaseTrigger):  # type: ignore[misc]
    """Fires at one instant of every local date that has a reminder, whatever the clock does that day."""

    def __init__(self, reminders: Reminders, zone: tzinfo) -> None:
        self.reminders, self.zone = reminders, zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first occurrence at or after `now` that is not the one that fired last, in UTC; None for never."""
        today = now.astimezone(self.zone).date()
        first: datetime | None = None
        for number in range(-1, 9):
            fires = occurrence(today + timedelta(days=number), self.reminders, self.zone)
            if fires is None or fires < now or fires == previous_fire_time:
                continue
            if first is not None:
                return min(first, fires)  # a skip can put a late evening behind the next date's first minutes
            first = fires
        return first


class Timetable:
    """Posts ReminderDue and EveningPassed, and has the `duties` done about every 20 s of the clock that nobody can set.

    `zone` tells the system's time zone and never raises; it is asked anew at each look, and `.zone` is the one in
    force. `stepped` tells by how many seconds the wall clock was set since it was last asked.
    """

    def __init__(
        self,
        reminders: Reminders,
        zone: Callable[[], tzinfo],
        *,
        now: Callable[[], Moment],
        stepped: Callable[[], float],
        post: Callable[[object], None],
        duties: Iterable[Callable[[], object]] = (),
        awake: Callable[[], float] = monotonic,
    ) -> None:
        self.reminders, self.zone = reminders, zone()
        self._find_zone = zone
        self._now, self._stepped, self._post = now, stepped, post
        self._duties = tuple(duties)
        self._awake = awake
        self._pieces = count()
        self._piece: int | None = None
        self._settles = awake()  # when the clock and the zone will have stood for long enough
        self._begun: frozenset[date] = frozenset()
        self._passed: date | None = None
        self._planning = threading.Lock()
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._keep_watch, name="clock watch", daemon=True)

    def start(self) -> None:
        """Begin; if it is evening already, the reminder is due at once."""
        self._scheduler.start()
        self._plan()
        self.remind()
        self._watch.start()

    def change(self, reminders: Reminders) -> None:
        """Go by other reminders from now on, from any thread. An evening whose window is open by the old ones and not
        by the new is called off.
        """
        if reminders == self.reminders:
            return
        now = self._now()
        was, will = (
            {day for day, _ in evenings_due(now.wall, some, self.zone)} for some in (self.reminders, reminders)
        )
        self.reminders = reminders
        for day in sorted(was - will):
            self._post(EveningCalledOff(now, day))
        self._plan()
        self.remind()

    def remind(self) -> None:
        """Post a ReminderDue for each evening window that it is inside of, and before that what has passed."""
        now, reminders, zone = self._now(), self.reminders, self.zone
        due = evenings_due(now.wall, reminders, zone)
        dates = frozenset(day for day, _ in due)
        if not dates & self._begun:  # an evening that the night has begun is not disturbed
            self._post_passed(now, reminders, zone)
        self._begun = dates
        for day, left in due:
            self._post(ReminderDue(now, day, left, other_night(day, reminders, zone)))

    def remind_now(self) -> None:
        """Post a ReminderDue for the evening of now at any hour, on a person's wish; the night asks once a date."""
        day, night = self.stretch_evening()
        self._post(ReminderDue(self._now(), day, EVENING_WINDOW, night))

    def stretch_evening(self) -> tuple[date, date | None]:
        """The evening that a stretch done or wanted now belongs to, and its night where that has another date; any
        thread may ask.
        """
        reminders, zone = self.reminders, self.zone
        day = evening_of(self._now().wall, reminders, zone)
        return day, other_night(day, reminders, zone)

    def look(self) -> None:
        """Do the duties; if the clock was set or the zone changed, plan anew; remind, if it is evening."""
        for duty in self._duties:
            self._piece = next(self._pieces)
            duty()
        self._piece = next(self._pieces)
        step, zone = self._stepped(), self._find_zone()
        now = self._now()
        moved = not _same(self.zone, zone, now.wall)
        if moved:
            log.warning("the time zone is %s, no longer %s; the evening is planned anew", zone, self.zone)
        if abs(step) > STEP_SECONDS:
            log.warning("the clock was set by %.0f s; the evening is planned anew", step)
        self.zone = zone
        if moved or abs(step) > STEP_SECONDS:
            self._settles = self._awake() + SETTLED_SECONDS
            self._post(ClockSet(now))
            self._plan()
        self.remind()
        self._piece = None

    def next_reminder(self, over: date | None = None) -> datetime | None:
        """When the next reminder is planned, local time of the zone, but for that of the evening that is `over`; None
        if every day is off.
        """
        zone = self.zone
        trigger = OncePerDate(self.reminders, zone)
        fires = trigger.get_next_fire_time(None, self._now().wall)
        if fires and over and fires == occurrence(over, self.reminders, zone):
            fires = trigger.get_next_fire_time(fires, fires)
        return fires.astimezone(zone) if fires else None

    def alive(self) -> bool:
        """Whether the scheduler and the watch run."""
        return bool(self._scheduler.running) and self._watch.is_alive()

    def at_work(self) -> int | None:
        """The number of the duty, or of the look itself, that the watch is at; None while it waits for the next."""
        return self._piece

    def close(self) -> None:
        """Stop both."""
        self._over.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _plan(self) -> None:
        """Have the scheduler go by the reminders, the zone and the clock as they are now."""
        with self._planning:  # whoever plans last has read the newest
            if not self._scheduler.running:
                return
            self._scheduler.add_job(
                self.remind,
                OncePerDate(self.reminders, self.zone),
                id="reminder",
                replace_existing=True,
                misfire_grace_time=None,  # what is late is judged by its window, not by a default of one second
                coalesce=True,
            )

    def _post_passed(self, now: Moment, reminders: Reminders, zone: tzinfo) -> None:
        """Tell once of the evening that is over, if the clock can be believed; the night knows what became of most."""
        day = evening_passed(now.wall, reminders, zone)
        if day is None or day == self._passed or not now.trusted or self._awake() < self._settles:
            return
        self._passed = day
        self._post(EveningPassed(now, day, other_night(day, reminders, zone)))

    def _keep_watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.look()


def _same(zone: tzinfo, other: tzinfo, now: datetime) -> bool:
    """Whether two zones are one; the offset is compared, too, since a zone read from a file without a name is `local`.

    Equality alone would not do: such a zone is another object each time.
    """
    return str(zone) == str(other) and now.astimezone(zone).utcoffset() == now.astimezone(other).utcoffset()
