"""The morning page, `/`: last night at a glance, the evening to come, and how the device is."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bedside.diary.reader import Reader, reading
from bedside.night.effects import CrampState, Evening, Phase
from bedside.night.state import Night
from bedside.pages import attention, checkin, demo, evening, strip, unreadable, words
from bedside.pages.account import account, entry, practice, warmth
from bedside.pages.checkin import Again
from bedside.pages.house import House
from bedside.pages.strip import Seen
from bedside.patterns.nights import Span, night_of, sleep_window, span_of

log = logging.getLogger(__name__)

FIRST_NIGHT = date(2000, 1, 1)
"""Before this there is nothing, and dates are near their end."""
NOTHING_SINCE_NOON: Mapping[str, object] = {"since_noon": (), "practice_since_noon": "", "tonight": ""}


def page(house: House, *, of: date | None = None, kept: str = "", again: Again | None = None) -> Mapping[str, object]:
    """What the template shows. A diary that cannot be read is said; everything else is shown all the same.

    `of` is a night that has begun; without it the latest is shown. `kept` is the night of which a
    check-in was kept just now; `again`: the one that was sent is shown again.
    """
    now, night = house.now(), house.night()
    latest = shown_night(house, now.wall)
    shown = of or latest
    today = now.wall.astimezone(house.zone).date()
    reports = house.parts()
    lines = attention.parts(reports, house.buttons)
    return {
        "title": words.night_name(shown),
        "dates": words.night_dates(shown),
        "going_on": attention.going_on(night, now, house.zone),
        "in_evening": night.phase in (Phase.ASKING, Phase.STRETCHING),
        "troubles": attention.troubles(night, now, reports, house.buttons),
        "time_known": now.trusted,
        "time_typed": now.by_hand,
        "ailing": attention.ailing(lines),
        "parts": lines,
        "planned": evening.planned(house.next_reminder(_over(night)), today, house.zone),
        "demo": demo.section(house, night),
        "night_before": shown - timedelta(days=1),
        "night_after": shown + timedelta(days=1) if shown < latest else None,
        "checkin": None,
        "forgotten": None,
        **_from_diary(house, night, shown, now.wall, Asking(kept == shown.isoformat(), again)),
    }


def _over(night: Night) -> date | None:
    """The evening that asks no more, if it is the night's own."""
    return night.evening.date if night.evening and night.evening.over else None


def shown_night(house: House, now: datetime) -> date:
    """The latest night whose sleep window has opened.

    From bedtime on that is the running night; after rising it is the night just past, and it stays until the next
    bedtime, so that nobody who looks in the afternoon finds an empty page.
    """
    latest = night_of(now, house.zone)
    opens, _ = sleep_window(latest, house.bedtime, house.rising, house.zone)
    return latest if opens <= now else latest - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asking:
    """How the check-in stands: kept just now, or to be shown again as it was sent."""

    kept: bool
    again: Again | None


def night_named(house: House, text: str) -> date | None:
    """The night that is named by its evening's date, such as 2026-01-09; None if it is none, or has not begun."""
    try:
        night = date.fromisoformat(text)
    except ValueError:
        return None
    return night if FIRST_NIGHT <= night <= shown_night(house, house.now().wall) else None


def _from_diary(house: House, night: Night, shown: date, now: datetime, asking: Asking) -> Mapping[str, object]:
    try:
        with reading(house.diary) as reader:
            return {
                "unreadable": "",
                **_night(reader, house, night, shown, now),
                **_today(reader, house, night, now),
                **_asked(reader, house, shown, now, asking),
            }
    except unreadable.ERRORS as error:
        log.warning("the page shows no night: %s", error)
        live = _live_evening(night, night_of(now, house.zone))
        tonight = evening.came_to(None, live) if live else ""
        asked = checkin.unread(house, shown, asking.again) if asking.again else None
        nothing = {"account": None, "strip": None, "samples": False, **NOTHING_SINCE_NOON, "checkin": asked}
        return {"unreadable": str(error), **nothing, "tonight": tonight}


def _night(reader: Reader, house: House, night: Night, shown: date, now: datetime) -> Mapping[str, object]:
    span = span_of(shown, house.zone)
    window = reader.sleep_window(shown, house.zone, house.habits())
    watches = [*reader.watches(*span), *_live_watch(night, now)]
    cramps, told = reader.cramps(*span), reader.check_in(shown)
    away = told is not None and told.slept_here is False
    return {
        "account": account(cramps, window, watches, now, live=_live_cramp(night), zone=house.zone, away=away),
        "strip": strip.drawn(reader, shown, Seen(cramps, window, watches, now, away), house.zone),
        "bedtime": words.clock(window[0], house.zone),
        "rising": words.clock(window[1], house.zone),
        "warmth": warmth(reader.warmth(*window)),
        "stretch": evening.night_came_to(reader.stretches(shown), _live_evening(night, shown)),
        "samples": reader.has_samples(),
    }


def _asked(reader: Reader, house: House, shown: date, now: datetime, asking: Asking) -> Mapping[str, object]:
    """The check-in, from the middle of the sleep window on; and the night before, if nothing was told of it, once: on
    the day after.
    """
    opens, closes = reader.sleep_window(shown, house.zone, house.habits())
    if now < opens + (closes - opens) / 2:
        return {}
    before = shown - timedelta(days=1)
    window = reader.sleep_window(before, house.zone, house.habits())
    open_still = reader.check_in(before) is None and bool(reader.watches(*window))
    return {
        "checkin": checkin.form(house, reader, shown, kept=asking.kept, again=asking.again),
        "forgotten": before if open_still and shown == shown_night(house, now) else None,
    }


def _today(reader: Reader, house: House, night: Night, now: datetime) -> Mapping[str, object]:
    """What the coming night has already, before its sleep window opens: the afternoon's cramps, the evening's ask."""
    coming = night_of(now, house.zone)
    if coming == shown_night(house, now):
        return NOTHING_SINCE_NOON
    cramps = reader.cramps(*span_of(coming, house.zone))
    kept, live = reader.stretches(coming), _live_evening(night, coming)
    return {
        "since_noon": tuple(entry(cramp, _live_cramp(night), house.zone) for cramp in cramps if not cramp.practice),
        "practice_since_noon": practice(cramps),
        "tonight": evening.night_came_to(kept, live) if kept or live else "",
    }


def _live_cramp(night: Night) -> str | None:
    return night.cramp.id if night.cramp and night.cramp.state is CrampState.OPEN else None


def _live_evening(night: Night, day: date) -> Evening | None:
    return night.evening if night.evening and night.evening.of_night == day else None


def _live_watch(night: Night, now: datetime) -> tuple[Span, ...]:
    """The diary has the running watch only up to its last heartbeat; the night knows that it still runs."""
    return ((night.watch.began.wall, now),) if night.watch and night.listening else ()
