"""The nights one by one, or week by week: the raster, and the same as a table. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from bedside.catalogue import N_, _, ngettext
from bedside.pages import words
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
    number = sum(len(row.marks) for row in found.rows)
    drawn = ngettext(
        "%(number)s cramp is drawn, counted or not.", "%(number)s cramps are drawn, counted or not.", number
    )
    name = "nights-chart"
    return Panel(
        id="nights",
        title=_("Night by night"),
        says=_("A picture of all nights; nothing is worked out from it."),
        lines=(rows, drawn),
        leaves_out=leaves_out(tally),
        link=Linked(_("The same as a table"), "/patterns/nights"),
        chart=raster_chart(found, links(found), name=name, title=_("Night by night")),
        key=raster_key(found, name=name),
    )


def links(found: Raster) -> Links:
    """Each mark leads to its cramp, and has its name, such as: 03:04 (severity 7 of 10)."""
    return Links(lambda mark: _href(mark, found.weekly), lambda mark: _mark(mark, found.weekly))


def raster_table(found: Raster) -> Table:
    """Every row with its cramps and the room, newest first; the cramps lead where the marks do."""
    head = (_("Cramps"), _("Room"), _("Observed"), _("Not confirmed"), _("Away"), _("Unknown"))
    caption = _("Week by week, newest first") if found.weekly else _("Night by night, newest first")
    first = _("Week from") if found.weekly else _("Night")
    rows = tuple(_row(row, found.weekly) for row in reversed(found.rows))
    return Table(caption, (first, *head), rows, kind="nights")


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
    """When it began; in a week with the day of the clock, which is not that of the evening."""
    days, time = _clock(mark)
    at = _("about %(time)s", time=time) if mark.about else time
    if weekly:
        # Translators: a weekday and when a cramp began, such as: Tuesday 03:04.
        at = _("%(weekday)s %(time)s", weekday=words.weekday(mark.night + timedelta(days=days)), time=at)
    severe = N_("severity %(grade)s") if weekly else N_("severity %(grade)s of 10")
    more = words.listed(
        (
            _(severe, grade=mark.severity) if mark.severity is not None else "",
            _("doubtful") if mark.doubtful else "",
            _("by day") if mark.daytime else "",
        )
    )
    # Translators: when a cramp began, and what else is known of it, such as: 23:40 (severity 7 of 10).
    return _("%(time)s (%(more)s)", time=at, more=more) if more else at


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
