"""Cramps by the hour of the night, in a hundred watched hours, with their intervals; a dot a cramp below the gate."""

from collections.abc import Sequence

from bedside.catalogue import _
from bedside.pages.charts import key
from bedside.pages.charts.clockface import Clockface
from bedside.pages.charts.scale import Scale, scale_for
from bedside.pages.charts.svg import Markup, drawing, element, hatching, number, path, silent, text
from bedside.patterns.hours import Hour
from bedside.patterns.nights import HOURS

HEIGHT = 190.0
HEAD, HIGH, LOW, CLOCK = 15.0, 34.0, 160.0, 183.0
LARGEST = 5.0
"""Of the dots that are counted below the gate."""


def hours_chart(hours: Sequence[Hour], *, name: str, title: str) -> Markup:
    """The hours as a drawing; `name` is its own on the page."""
    face = _face(hours)
    inferred = _inferred(hours)
    parts = silent(
        hatching(name),
        path(_unknown(face, hours), stroke=f"url(#{name}-h)", stroke_width=LOW - HIGH),
        text(0, HEAD, _("cramps in 100 watched hours") if inferred else _("cramps")),
        _rates(face, hours) if inferred else _dots(face, hours),
        face.labels(CLOCK),
    )
    return drawing(name, title, _described(hours), HEIGHT, (parts,))


def hours_key(hours: Sequence[Hour], *, name: str) -> Markup:
    """What its signs mean; those alone that are in it."""
    signs = []
    if _inferred(hours):
        signs.append((key.interval(), _("cramps in 100 watched hours, with the %(sure)s %% interval", sure=95)))
        if any(hour.a_hundred and hour.a_hundred.high > _scale(hours).top for hour in hours):
            signs.append((key.beyond(), _("the interval goes on beyond the chart")))
    elif any(hour.cramps for hour in hours):
        signs.append((key.point(), _("a cramp; too few yet for a rate")))
    if _unknown(_face(hours), hours):
        signs.append((key.hatched(name), _("watched for less than an hour in all: unknown")))
    return key.key(signs)


def _inferred(hours: Sequence[Hour]) -> bool:
    return any(hour.a_hundred for hour in hours)


def _past_noon(hour: Hour) -> int:
    return (hour.clock - HOURS // 2) % HOURS


def _face(hours: Sequence[Hour]) -> Clockface:
    places = [_past_noon(hour) for hour in hours]
    return Clockface(min(places), max(places) + 1) if places else Clockface(10, 19)


def _middle(face: Clockface, past_noon: int) -> float:
    return face.x((past_noon + 0.5) / HOURS)


def _scale(hours: Sequence[Hour]) -> Scale:
    return scale_for([hour.a_hundred for hour in hours if hour.a_hundred], HIGH, LOW)


def _rates(face: Clockface, hours: Sequence[Hour]) -> Markup:
    scale = _scale(hours)
    places = [(_middle(face, _past_noon(hour)), hour.a_hundred) for hour in hours if hour.a_hundred]
    return scale.drawn() + scale.whiskers(places, 4)


def _dots(face: Clockface, hours: Sequence[Hour]) -> Markup:
    """A dot for each cramp, one over the other."""
    most = max((hour.cramps for hour in hours), default=0)
    radius = min(LARGEST, face.hour * 0.4, (LOW - HIGH) / (2.3 * max(most, 1)))
    places = (
        (_middle(face, _past_noon(hour)), LOW - radius * (2.3 * at + 1.3))
        for hour in hours
        for at in range(hour.cramps)
    )
    foot = path(f"M{number(face.x(0))} {number(LOW)}H{number(face.x(1))}", "grid")
    return foot + Markup("").join(element("circle", class_="point", cx=x, cy=y, r=radius) for x, y in places)


def _unknown(face: Clockface, hours: Sequence[Hour]) -> str:
    """The hours in between that nobody listened to; above the gate those, too, that were watched too little."""
    inferred = _inferred(hours)
    known = {_past_noon(hour) for hour in hours if hour.a_hundred or not inferred}
    middle = number((HIGH + LOW) / 2)
    return "".join(
        f"M{number(face.x(at / HOURS))} {middle}h{number(face.hour)}"
        for at in range(face.first, face.last)
        if hours and at not in known
    )


def _described(hours: Sequence[Hour]) -> str:
    """The drawing in sentences."""
    if not hours:
        return _("No hour was watched yet.")
    if _inferred(hours):
        return _(
            "Each hour of the night has its cramps in a hundred watched hours, with a %(sure)s %% interval.", sure=95
        )
    return _("There are too few cramps for a rate: each is a dot over the hour in which it began.")
