"""The hours of many nights: how many cramps began in each, and over them the room's mean temperature."""

from collections.abc import Sequence
from itertools import groupby

from bedside.catalogue import _
from bedside.pages.charts import key
from bedside.pages.charts.clockface import Clockface
from bedside.pages.charts.scale import rounded_up
from bedside.pages.charts.svg import (
    LEFT,
    RIGHT,
    Markup,
    drawing,
    element,
    hatching,
    label,
    number,
    path,
    silent,
)
from bedside.patterns.nights import HOURS
from bedside.patterns.summary import HourOfNight

HEIGHT = 128.0
WARMEST, COLDEST, HIGH, LOW, CLOCK = 12.0, 34.0, 52.0, 104.0, 124.0
LEAST_RANGE = 1.0
"""A room that stays within a degree does not look as if it did not."""


def hour_strip(hours: Sequence[HourOfNight], *, name: str, title: str) -> Markup:
    """The hours as a drawing; `name` is its own on the page."""
    face = _face(hours)
    top = rounded_up(max([1, *(hour.cramps for hour in hours)]))
    parts = silent(
        hatching(name),
        path(_unknown(face, hours), stroke=f"url(#{name}-h)", stroke_width=LOW - HIGH),
        path(f"M{number(LEFT)} {number(LOW)}H{number(RIGHT)}", "foot"),
        label(LEFT - 8, HIGH, number(top), anchor="end"),
        label(LEFT - 8, LOW, "0", anchor="end"),
        path("".join(_bar(face, hour, top) for hour in hours if hour.cramps), "filled"),
        _temperature(face, hours),
        face.labels(CLOCK),
    )
    desc = _("A bar for each hour of the night has its cramps; a line over them has the room's mean temperature.")
    return drawing(name, title, desc, HEIGHT, (parts,), class_="hour-strip")


def hour_strip_key(hours: Sequence[HourOfNight], *, name: str) -> Markup:
    """What its signs mean; those alone that are in it."""
    signs = []
    if any(hour.cramps for hour in hours):
        bar = key.sign(element("rect", class_="filled", x=7, y=3, width=10, height=13))
        signs.append((bar, _("cramps that began in the hour")))
    if any(hour.celsius is not None for hour in hours):
        line = key.sign(path("M1 12q6 0 11-4t11-4", "warmth"))
        signs.append((line, _("the room's mean temperature in the hour, with its highest and its lowest")))
    if _unknown(_face(hours), hours):
        signs.append((key.hatched(name), _("not listening: what happened then is unknown")))
    return key.key(signs)


def _past_noon(hour: HourOfNight) -> int:
    return (hour.clock - HOURS // 2) % HOURS


def _face(hours: Sequence[HourOfNight]) -> Clockface:
    places = [_past_noon(hour) for hour in hours]
    return Clockface(min(places), max(places) + 1)


def _bar(face: Clockface, hour: HourOfNight, top: float) -> str:
    left, height = face.x((_past_noon(hour) + 0.2) / HOURS), hour.cramps / top * (LOW - HIGH)
    return f"M{number(left)} {number(LOW)}v{number(-height)}h{number(face.hour * 0.6)}v{number(height)}z"


def _unknown(face: Clockface, hours: Sequence[HourOfNight]) -> str:
    """The hours in between that nobody listened to."""
    known, middle = {_past_noon(hour) for hour in hours}, number((HIGH + LOW) / 2)
    missing = (at for at in range(face.first, face.last) if at not in known)
    return "".join(f"M{number(face.x(at / HOURS))} {middle}h{number(face.hour)}" for at in missing)


def _temperature(face: Clockface, hours: Sequence[HourOfNight]) -> Markup:
    """The line, broken where nothing was measured, with its highest and its lowest degrees beside it."""
    degrees = {_past_noon(hour): hour.celsius for hour in hours if hour.celsius is not None}
    if not degrees:
        return Markup()
    low, high = min(degrees.values()), max(degrees.values())
    spare = max(LEAST_RANGE - (high - low), 0) / 2

    def y(celsius: float) -> float:
        return COLDEST - (celsius - low + spare) / (high - low + 2 * spare) * (COLDEST - WARMEST)

    runs = [list(run) for _at, run in groupby(enumerate(sorted(degrees)), lambda place: place[1] - place[0])]
    way = "".join(
        f"{'L' if at else 'M'}{number(face.x((hour + 0.5) / HOURS))} {number(y(degrees[hour]))}"
        for run in runs
        for at, (_number, hour) in enumerate([*run, *(run if len(run) == 1 else ())])
    )
    named = {_shortly(value): place for value, place in ((high, WARMEST - 2), (low, COLDEST))}
    labels = (label(LEFT - 8, place, value, anchor="end") for value, place in named.items())
    return path(way, "warmth") + Markup("").join(labels)


def tenths(value: float) -> str:
    """A value to the tenth."""
    whole, _point, part = f"{value:.1f}".replace("-", "−").partition(".")  # noqa: RUF001 (a true minus sign)
    # Translators: a number with a decimal point, such as: 2.4.
    return _("%(whole)s.%(part)s", whole=whole, part=part)


def _shortly(celsius: float) -> str:
    # Translators: degrees Celsius, where there is little room: 18.5°.
    return _("%(number)s°", number=tenths(celsius))
