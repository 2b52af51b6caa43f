"""Cramps a week with their intervals, and below it the nights of each week, with a cramp and without."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.charts import key
from bedside.pages.charts.dates import labels
from bedside.pages.charts.scale import Scale, rounded_up, scale_for
from bedside.pages.charts.svg import (
    LEFT,
    RIGHT,
    Markup,
    drawing,
    element,
    group,
    hatching,
    label,
    number,
    path,
    silent,
    text,
)
from bedside.patterns.rates import WEEK, Week

MOST_WEEKS = 52
"""The last year of weeks is drawn, so that each has room; the tables have the others."""

WIDEST = 28.0
HEIGHT = 262.0
HEAD, HIGH, LOW = 15.0, 34.0, 140.0
NIGHTS_HEAD, NIGHTS_HIGH, NIGHTS_LOW, DATES = 172.0, 184.0, 234.0, 256.0
LETTER = 50.0
"""Two dates are at least so far apart."""

HALF = 28.0
"""So far from its middle a date reaches, and some more that it touches no other."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The weeks that are drawn, from left to right."""

    weeks: tuple[Week, ...]

    @property
    def wide(self) -> float:
        """Of a column."""
        return min((RIGHT - LEFT) / max(len(self.weeks), 1), WIDEST)

    def placed(self) -> Iterator[tuple[float, Week]]:
        """The weeks with the middles of their columns."""
        return ((LEFT + (at + 0.5) * self.wide, week) for at, week in enumerate(self.weeks))


def weeks_shown(weeks: Sequence[Week]) -> str:
    """In words, which weeks are drawn where it is not all of them."""
    if len(weeks) <= MOST_WEEKS:
        return ""
    return _("The last %(shown)s of %(all)s weeks are drawn.", shown=MOST_WEEKS, all=len(weeks))


def weeks_chart(weeks: Sequence[Week], *, name: str, title: str) -> Markup:
    """The last year of weeks as a drawing; `name` is its own on the page."""
    columns = Columns(tuple(weeks[-MOST_WEEKS:]))
    parts = silent(
        hatching(name),
        path(_unknown(columns), stroke=f"url(#{name}-h)", stroke_width=columns.wide),
        text(0, HEAD, _("cramps a week") if _has_rates(columns.weeks) else _("cramps counted in the week")),
        _rates(columns),
        text(0, NIGHTS_HEAD, _("nights with a cramp")),
        _nights(columns),
        _dates(columns),
    )
    return drawing(name, title, _described(weeks), HEIGHT, (parts,))


def weeks_key(weeks: Sequence[Week], *, name: str) -> Markup:
    """What its signs mean; those alone that are in it."""
    shown = weeks[-MOST_WEEKS:]
    signs = []
    if _has_rates(shown):
        signs.append((key.interval(), _("cramps a week, with the %(sure)s %% interval", sure=95)))
        if any(one.observed.a_week and one.observed.a_week.high > _scale(shown).top for one in shown):
            signs.append((key.beyond(), _("the interval goes on beyond the chart")))
    elif any(week.observed.count.nights for week in shown):
        signs.append((key.point(), _("cramps in the nights that were observed; too few nights yet for a rate")))
    if any(week.observed.count.nights for week in shown):
        signs.append((key.bar(), _("nights with a cramp, of the nights observed")))
    if not all(week.observed.count.nights for week in shown):
        signs.append((key.hatched(name), _("no night was observed: unknown")))
    return key.key(signs)


def _has_rates(weeks: Sequence[Week]) -> bool:
    return any(week.observed.a_week for week in weeks)


def _scale(weeks: Sequence[Week]) -> Scale:
    rates = [week.observed.a_week for week in weeks if week.observed.a_week]
    if rates:
        return scale_for(rates, HIGH, LOW)
    return Scale(rounded_up(max([2, *(week.observed.count.cramps for week in weeks)])), HIGH, LOW)


def _rates(columns: Columns) -> Markup:
    """The rates; the counts where there are too few nights for one. A week without a night has neither."""
    scale = _scale(columns.weeks)
    radius = min(max(columns.wide * 0.4, 2), 4)
    if _has_rates(columns.weeks):
        places = [(x, week.observed.a_week) for x, week in columns.placed() if week.observed.a_week]
        return scale.drawn() + scale.whiskers(places, radius)
    counts = ((x, week.observed.count) for x, week in columns.placed())
    points = (
        element("circle", class_="point", cx=x, cy=scale.y(count.cramps), r=radius)
        for x, count in counts
        if count.nights
    )
    return scale.drawn() + Markup("").join(points)


def _unknown(columns: Columns) -> str:
    """The columns of weeks without a night that counts."""
    return "".join(
        f"M{number(x)} {number(HIGH)}V{number(LOW)}M{number(x)} {number(NIGHTS_HIGH)}V{number(NIGHTS_LOW)}"
        for x, week in columns.placed()
        if not week.observed.count.nights
    )


def _nights(columns: Columns) -> Markup:
    """For each week an outline as high as the nights that count, filled as high as those with a cramp."""
    scale = Scale(WEEK, NIGHTS_HIGH, NIGHTS_LOW)
    wide = min(columns.wide * 0.7, 14)
    outlines, filled = "", ""
    for x, week in columns.placed():
        count = week.observed.count
        left, right = f"M{number(x - wide / 2)} {number(NIGHTS_LOW)}", f"h{number(wide)}V{number(NIGHTS_LOW)}z"
        outlines += f"{left}V{number(scale.y(count.nights))}{right}" if count.nights else ""
        filled += f"{left}V{number(scale.y(count.with_cramp))}{right}" if count.with_cramp else ""
    foot = path(f"M{number(LEFT)} {number(NIGHTS_LOW)}H{number(RIGHT)}", "grid")
    sides = (label(LEFT - 8, scale.y(value), str(value), anchor="end") for value in (0, WEEK))
    return group(foot, *sides, path(filled, "filled"), path(outlines, "outline"))


def _dates(columns: Columns) -> Markup:
    mondays = [week.monday for week in columns.weeks]
    dates = labels(mondays, WEEK, columns.wide, LETTER)
    places = [x for x, _week in columns.placed()]
    last = len(places) - 1
    if not places:
        return Markup()
    # The last one ends where its week does, so that it stays within the chart; what it would touch gives way.
    end = max(places[last] + columns.wide / 2, LETTER)
    before = (
        text(places[at], DATES, said, anchor="middle")
        for at, said in dates.items()
        if at < last and end - LETTER - places[at] >= HALF
    )
    return Markup("").join([*before, text(end, DATES, dates[last], anchor="end")])


def _described(weeks: Sequence[Week]) -> str:
    """The drawing in sentences."""
    if not weeks:
        return _("There is no week yet.")
    shown = weeks[-MOST_WEEKS:]
    unknown = sum(not week.observed.count.nights for week in shown)
    said = [
        weeks_shown(weeks),
        _("The first is the week from %(monday)s on.", monday=words.day_dates(shown[0].monday)),
        _("Each week has its cramps a week with a %(sure)s %% interval, and its nights with a cramp.", sure=95)
        if _has_rates(shown)
        else _("There are too few nights for a rate: each week has its cramps as they were counted."),
        ngettext("%(number)s week is unknown.", "%(number)s weeks are unknown.", unknown) if unknown else "",
    ]
    return " ".join(filter(None, said))
