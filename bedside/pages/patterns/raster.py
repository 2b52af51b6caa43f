"""The nights one by one, or week by week: the raster, and the same as a table. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.charts.dates import short_date
from bedside.pages.charts.marks import Links
from bedside.pages.charts.raster import raster_chart, raster_key
from bedside.pages.links import to_cramp, to_night
from bedside.pages.patterns.parts import Cell, Linked, Panel, Table, leaves_out
from bedside.patterns.facts import Tally
from bedside.patterns.nights import HOURS
from bedside.patterns.raster import Mark, Raster, Row


def raster_panel(found: Raster, tally: Tally) -> Panel:
    """The picture of the nights. Nothing is worked out from it, so it has no range and no look."""
    rows = (
        _("Each row is a week, from Monday's evening on, and the newest is on top.")
        if found.weekly
        else _("Each row is a night, and the newest is on top.")
    )
    name = "nights-chart"
    return Panel(
        id="nights",
        title=_("Night by night"),
        says=_("A picture of all nights; nothing is worked out from it."),
        lines=(rows, *_drawn([mark for row in found.rows for mark in row.marks])),
        leaves_out=leaves_out(tally),
        link=Linked(_("The same as a table"), "/patterns/nights"),
        chart=raster_chart(found, links(found), name=name, title=_("Night by night")),
        key=raster_key(found, name=name),
        past=_("Skip the cramps of the picture") if any(row.marks for row in found.rows) else "",
    )


def links(found: Raster) -> Links:
    """Each mark leads to its cramp, and has its name, such as: 03:04 on 11 January, severity 7 of 10."""
    return Links(lambda mark: _href(mark, found.weekly), lambda mark: _mark(mark, found.weekly))


def raster_table(found: Raster) -> Table:
    """Every row with its cramps and the room, newest first; the cramps lead where the marks do."""
    head = (_("Cramps"), _("Room"), _("Observed"), _("Not confirmed"), _("Away"), _("Unknown"))
    caption = (
        _("Week by week, newest first; in brackets how bad, 0 to 10")
        if found.weekly
        else _("Night by night, newest first")
    )
    first = _("Week from") if found.weekly else _("Night")
    rows = tuple(_row(row, found.weekly) for row in reversed(found.rows))
    return Table(caption, (first, *head), rows, kind="nights")


def _drawn(marks: Sequence[Mark]) -> tuple[str, ...]:
    """How many there are; what may have been none is no cramp yet."""
    doubtful = sum(mark.doubtful for mark in marks)
    number = len(marks) - doubtful
    cramps = ngettext(
        "%(number)s cramp is drawn, counted or not.", "%(number)s cramps are drawn, counted or not.", number
    )
    presses = ngettext(
        "%(number)s press that may have been a cramp is drawn, too.",
        "%(number)s presses that may have been cramps are drawn, too.",
        doubtful,
    )
    return (cramps, presses) if doubtful else (cramps,)


def _row(row: Row, weekly: bool) -> tuple[Cell, ...]:
    nights = (row.observed, row.unconfirmed, row.away, row.elapsed - row.observed - row.away)
    when: Cell = words.day_dates(row.first) if weekly else (Linked(words.night_dates(row.first), to_night(row.first)),)
    return (when, _cramps(row, weekly), _room(row), *map(str, nights))


def _cramps(row: Row, weekly: bool) -> Cell:
    """When they began, in their order; where a night was not observed, no mark is not known, and never none."""
    if not row.marks:
        return _("none") if row.observed == row.elapsed else _("none known")
    ordered = sorted(row.marks, key=lambda mark: (mark.night, mark.at))
    return tuple(Linked(_mark(mark, weekly), _href(mark, weekly)) for mark in ordered)


def _href(mark: Mark, weekly: bool) -> str:
    """The cramp's own page; over years its place on its night's page, whose address is half as long."""
    return to_night(mark.night, _clock(mark)[1]) if weekly else to_cramp(mark.cramp)


def _clock(mark: Mark) -> tuple[int, str]:
    """How many days after the evening it began, and at what time of day."""
    minutes = int(mark.at * HOURS * 60 + 1e-6) + 12 * 60
    return minutes // (HOURS * 60), f"{minutes // 60 % HOURS:02}:{minutes % 60:02}"


def _mark(mark: Mark, weekly: bool) -> str:
    """When it began, by the day of the clock, which is not always that of the evening. Over years in few letters: there
    are so many marks that their names make half of the page.
    """
    days, time = _clock(mark)
    day = mark.night + timedelta(days=days)
    at = _("about %(time)s", time=time) if mark.about else time
    told = mark.severity is not None
    kinds = _("doubtful") if mark.doubtful else "", _("by day") if mark.daytime else ""
    if weekly:
        # Translators: a short date and when a cramp began, such as: 11 Jan 03:04.
        short = _("%(day)s %(time)s", day=short_date(day), time=at)
        more = words.listed((str(mark.severity) if told else "", *kinds))
        # Translators: when a cramp began, and how bad it was or what else is known of it, such as: 11 Jan 03:04 (7).
        return _("%(time)s (%(more)s)", time=short, more=more) if more else short
    # Translators: when a cramp began, such as: 03:04 on 11 January.
    whole = _("%(time)s on %(day)s %(month)s", time=at, day=day.day, month=_(words.MONTHS[day.month - 1]))
    return words.listed((whole, _("severity %(grade)s of 10", grade=mark.severity) if told else "", *kinds))


def _room(row: Row) -> str:
    """The room over the sleep window, from the coolest hour to the warmest."""
    known = [degrees for degrees in _in_window(row) if degrees is not None]
    if not known:
        return words.celsius(None)
    low, high = words.celsius(min(known)), words.celsius(max(known))
    # Translators: two temperatures, such as: 17.9 °C to 18.4 °C.
    return low if low == high else _("%(low)s to %(high)s", low=low, high=high)


def _in_window(row: Row) -> Sequence[float | None]:
    if row.window is None:
        return row.celsius
    opens, closes = (at * HOURS for at in row.window)
    return [degrees for hour, degrees in enumerate(row.celsius) if hour + 1 > opens and hour < closes]
