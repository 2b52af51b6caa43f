"""The night as one strip, evening to morning: the cramps over the room's temperature."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from bedside.catalogue import _, language
from bedside.diary.kept import KeptCramp, as_chains
from bedside.diary.reader import Reader
from bedside.night.told import Verdict
from bedside.pages import words
from bedside.pages.charts.marks import Links
from bedside.pages.charts.strip import strip_chart, strip_key, strip_of
from bedside.pages.charts.svg import Markup
from bedside.pages.links import to_cramp
from bedside.patterns.facts import Answers, roll_up
from bedside.patterns.nights import HOUR, HOURS, Span, hours_past_noon, span_of, watched_spans
from bedside.patterns.raster import night_row


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shown of a night beside its strip: its cramps, the sleep window, the watches, and up to when."""

    cramps: Sequence[KeptCramp]
    window: Span
    watches: Sequence[Span]
    now: datetime
    away: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawing, and what its signs mean."""

    chart: Markup
    key: Markup


def drawn(reader: Reader, night: date, seen: Seen, zone: tzinfo) -> Drawn:
    """The strip of a night that has begun. What is still to come is not unknown. Raises DiaryError."""
    to_come = [(seen.now, seen.window[1])] if seen.now < seen.window[1] else []
    listened = watched_spans(seen.window, [*seen.watches, *to_come])
    readings = reader.readings(*_around(seen, span_of(night, zone)))
    shown = Shown(night, zone, tuple(seen.cramps), seen.window, tuple(listened), seen.away, tuple(readings), language())
    return _drawn(shown)


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a strip shows: a night that is slept out looks the same at every look."""

    night: date
    zone: tzinfo
    cramps: tuple[KeptCramp, ...]
    window: Span
    listened: tuple[Span, ...]
    away: bool
    readings: tuple[tuple[datetime, float], ...]
    language: str


@lru_cache(maxsize=4)
def _drawn(shown: Shown) -> Drawn:
    night, zone, window = shown.night, shown.zone, shown.window

    def place(moment: datetime) -> float:
        return hours_past_noon(moment, night, zone) / HOURS

    cramps, answers = as_chains(shown.cramps), Answers(slept_here=False if shown.away else None)
    facts = roll_up(night, window, zone, cramps=cramps, watches=shown.listened, answers=answers)
    row = night_row(facts, window, zone, cramps=cramps, watches=shown.listened)
    ends = {
        cramp.id: place(cramp.onset + timedelta(seconds=cramp.seconds))
        for cramp in cramps
        if cramp.seconds is not None and cramp.verdict is not Verdict.TWO
    }
    strip = strip_of(row, until=ends, temperature=[(place(at), celsius) for at, celsius in shown.readings])
    names = {cramp.id: _name(cramp, zone) for cramp in shown.cramps}
    links = Links(lambda mark: to_cramp(mark.cramp), lambda mark: names[mark.cramp])
    title = _("The night, evening to morning")
    return Drawn(strip_chart(strip, links, name="strip", title=title), strip_key(strip, name="strip"))


def _around(seen: Seen, night: Span) -> Span:
    """The part of the night that is drawn: an hour around the sleep window, and around cramps outside it."""
    onsets = [onset for cramp in seen.cramps for onset in cramp.onsets]
    start, end = min([seen.window[0], *onsets]) - HOUR, max([seen.window[1], *onsets]) + HOUR
    return max(start, night[0]), min(end, night[1])


def _name(cramp: KeptCramp, zone: tzinfo) -> str:
    """What a mark is called: Cramp at 03:04, severity 7 of 10, 6 minutes."""
    time = words.clock(cramp.onset, zone)
    at = _("Cramp at %(time)s", time=time) if cramp.trusted else _("Cramp at about %(time)s", time=time)
    return words.listed(
        (
            _("%(cramp)s, doubtful", cramp=at) if cramp.unsure else at,
            _("severity %(grade)s of 10", grade=cramp.severity) if cramp.severity is not None else "",
            words.lasted(cramp.seconds) if cramp.seconds is not None else "",
        )
    )
