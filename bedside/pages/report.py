"""The doctor's sheet, `/report`: what is read of the diary for it, of the chosen dates alone, and what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bedside.catalogue import _
from bedside.diary.between import disturbances, stretches
from bedside.diary.kept import KeptAbout, KeptMedicine
from bedside.diary.nights import first_night, nights_between
from bedside.diary.reader import Reader
from bedside.pages import report_form, report_told, report_words, words
from bedside.pages.about import told_on
from bedside.pages.charts.hour_strip import hour_strip, hour_strip_key
from bedside.pages.fields import Sent
from bedside.pages.house import House
from bedside.pages.patterns.changes import by_itself
from bedside.pages.report_form import Dates, DatesForm
from bedside.patterns.before_after import ByItself
from bedside.patterns.nights import night_of, span_of
from bedside.patterns.summary import Night, Summary, summary

STRIP = "hours-strip"


@dataclass(frozen=True, slots=True)
class Read:
    """What the diary has for the sheet. `counted` is None where the form has faults."""

    form: DatesForm
    counted: Summary | None
    medicines: tuple[KeptMedicine, ...]
    about: KeptAbout
    samples: bool


def page(house: House, reader: Reader, sent: Sent) -> Mapping[str, object]:
    """What the template shows for the dates that were sent. Raises DiaryError, or what no row of ours makes of it."""
    today = house.now().wall.astimezone(house.zone).date()
    found = _read(house, reader, sent)
    shown = {"values": found.form.values, "faults": found.form.faults, "made": words.day_dates(today)}
    return shown | {"sheet": _sheet(found, found.counted, told_on(found.about, house)) if found.counted else None}


def _read(house: House, reader: Reader, sent: Sent) -> Read:
    latest = night_of(house.now().wall, house.zone) - timedelta(days=1)
    form = report_form.read(sent, _known_since(house, reader, latest), latest)
    return Read(
        form=form,
        counted=_counted(house, reader, form.dates) if form.dates else None,
        medicines=tuple(reader.medicines()),
        about=reader.about(),
        samples=reader.has_samples(),
    )


def _known_since(house: House, reader: Reader, latest: date) -> date | None:
    """The first night of the usual dates that anything is known of."""
    known = first_night(reader, house.now().wall, house.zone)
    return max(known, latest - timedelta(days=report_form.USUAL - 1)) if known and known <= latest else None


def _counted(house: House, reader: Reader, dates: Dates) -> Summary:
    now, zone = house.now().wall, house.zone
    nights = nights_between(reader, dates.first, dates.last, now, zone)
    before = nights_between(reader, dates.before.first, dates.before.last, now, zone)
    return summary(
        dates.first,
        dates.last,
        [Night(night.facts, night.window, night.row.celsius) for night in nights],
        [night.facts for night in before],
        cramps=reader.cramps(span_of(dates.first, zone)[0], span_of(dates.last, zone)[1]),
        disturbances=disturbances(reader, dates.first, dates.last),
        stretches=stretches(reader, dates.first, dates.last),
        zone=zone,
    )


def _sheet(found: Read, counted: Summary, told: str) -> Mapping[str, object]:
    """The sheet in words, in the order in which a doctor reads it."""
    title = _("Cramps and the room's temperature by hour of the night")
    hours = counted.hours
    return {
        "span": report_words.span(counted.period),
        "glance": report_words.glance(counted.period),
        "head": report_words.heads(counted),
        "often": report_words.often(counted),
        "bursts": report_words.bursts(counted),
        "by_itself": by_itself(ByItself()),
        "described": report_words.described(counted),
        "like": report_words.like(counted),
        "strip": hour_strip(hours, name=STRIP, title=title) if hours else None,
        "key": hour_strip_key(hours, name=STRIP) if hours else None,
        "hours": report_words.hours(hours),
        "evenings": report_words.evenings(counted.evenings),
        "medicines": report_told.medicines(found.medicines),
        "older": report_told.left_out(found.medicines),
        "flagged": report_told.flagged(found.medicines),
        "signs": report_told.signs(found.about),
        "conditions": report_told.conditions(found.about),
        "told_on": told,
        "definitions": report_words.definitions(),
        "samples": found.samples,
    }
