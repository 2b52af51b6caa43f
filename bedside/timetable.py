"""The timetable: the evening reminder through APScheduler, and the watch on the clock, which APScheduler cannot keep.

The reminder is asked for by level, not by edge: whenever the scheduler fires, at each look at the clock, and when the
daemon begins, `evening_due` says whether it is inside an evening window, and the night asks once a date.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from time import monotonic

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from bedside.night.events import ClockSet, Moment, ReminderDue

log = logging.getLogger(__name__)

WINDOW = timedelta(hours=3)
LOOK_SECONDS = 20.0
HUNG_SECONDS = 60.0  # without a look, of the clock that stands still while the device is suspended
STEP_SECONDS = 2.0  # a wall clock that moved this much against the boot clock was set


def occurrence(day: date, at: time, zone: tzinfo) -> datetime:
    """The one instant, in UTC, at which it is `at` on the local `day`: the first of two where the clock goes back;
    where the clock skips that time, the instant it would have been without the skip.
    """
    return datetime.combine(day, at, zone).astimezone(UTC)


def evening_due(now: datetime, at: time, zone: tzinfo) -> tuple[date, float] | None:
    """The local date whose evening window `now` lies in, and the seconds it has left; None outside."""
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        passed = now.astimezone(UTC) - occurrence(day, at, zone)
        if timedelta(0) <= passed < WINDOW:
            return day, (WINDOW - passed).total_seconds()
    return None


class OncePerDate(BaseTrigger):  # type: ignore[misc]
    """Fires at one instant of every local date, whatever the clock does that day."""

    def __init__(self, at: time, zone: tzinfo) -> None:
        self.at, self.zone = at, zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first occurrence at or after `now` that is not the one that fired last, in UTC."""
        day = now.astimezone(self.zone).date() - timedelta(days=1)
        for _ in range(4):
            fires = occurrence(day, self.at, self.zone)
            if fires >= now and fires != previous_fire_time:
                return fires
            day += timedelta(days=1)
        return None


class Timetable:
    """Posts ReminderDue, and has the `duties` done about every 20 s of the clock that nobody can set.

    `stepped` tells by how many seconds the wall clock was set since it was last asked.
    """

    def __init__(
        self,
        at: time,
        zone: tzinfo,
        *,
        now: Callable[[], Moment],
        stepped: Callable[[], float],
        post: Callable[[object], None],
        duties: Iterable[Callable[[], object]] = (),
        awake: Callable[[], float] = monotonic,
    ) -> None:
        self.at, self.zone = at, zone
        self._now, self._stepped, self._post = now, stepped, post
        self._duties = tuple(duties)
        self._awake, self._looked = awake, awake()
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._keep_watch, name="clock watch", daemon=True)

    def start(self) -> None:
        """Begin; if it is evening already, the reminder is due at once."""
        grace = None  # a reminder that is late is judged by its window, not by APScheduler's default of one second
        trigger = OncePerDate(self.at, self.zone)
        self._scheduler.add_job(self.remind, trigger, id="reminder", misfire_grace_time=grace, coalesce=True)
        self._scheduler.start()
        self.remind()
        self._watch.start()

    def remind(self) -> None:
        """Post a ReminderDue if it is inside an evening window."""
        now = self._now()
        due = evening_due(now.wall, self.at, self.zone)
        if due:
            self._post(ReminderDue(now, *due))

    def remind_now(self) -> None:
        """Post a ReminderDue for today's evening at any hour, on a person's wish; the night asks once a date."""
        now = self._now()
        self._post(ReminderDue(now, now.wall.astimezone(self.zone).date(), WINDOW.total_seconds()))

    def look(self) -> None:
        """Do the duties; if the clock was set, plan anew; remind, if it is evening."""
        for duty in self._duties:
            duty()
        step = self._stepped()
        if abs(step) > STEP_SECONDS:
            log.warning("the clock was set by %.0f s; the evening is planned anew", step)
            self._post(ClockSet(self._now()))
            self._scheduler.reschedule_job("reminder", trigger=OncePerDate(self.at, self.zone))
            self._scheduler.wakeup()
        self.remind()
        self._looked = self._awake()

    def next_reminder(self) -> datetime | None:
        """When the next reminder is planned, local time of the zone."""
        fires = OncePerDate(self.at, self.zone).get_next_fire_time(None, self._now().wall)
        return fires.astimezone(self.zone) if fires else None

    def alive(self) -> bool:
        """Whether the scheduler and the watch run, and the watch is not hung."""
        hung = self._awake() - self._looked > HUNG_SECONDS
        return bool(self._scheduler.running) and self._watch.is_alive() and not hung

    def close(self) -> None:
        """Stop both."""
        self._over.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _keep_watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.look()
