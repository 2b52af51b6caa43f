"""What the signs of a chart mean, as a list below it: it wraps where a chart's own text could not."""

from collections.abc import Iterable, Sequence
from datetime import date

from bedside.catalogue import _
from bedside.pages.charts.marks import Size, shape
from bedside.pages.charts.svg import CHART, Markup, element, group, path
from bedside.patterns.raster import Mark

SIGN = Size(tall=14, thick=4)
FOOT = 15.0

Sign = tuple[Markup, str]
"""How it looks, and what it means."""


def key(signs: Iterable[Sign]) -> Markup:
    """The list of the signs."""
    return element("ul", *(element("li", sign, " ", says) for sign, says in signs), class_="chart-key")


def sign(*parts: str, wide: int = 24) -> Markup:
    """A sign as large as a letter. The words beside it say all, so it is not read out."""
    return element("svg", *parts, class_=f"{CHART} sign", viewBox=f"0 0 {wide} 16", aria_hidden="true")


def of_marks(marks: Sequence[Mark]) -> list[Sign]:
    """The signs of the marks that there are."""
    signs = []
    if any(not mark.doubtful and mark.severity is not None for mark in marks):
        known = group(
            *(shape(_like(severity), x, FOOT, SIGN) for severity, x in ((0, 4), (5, 12), (10, 20))),
            class_="marks",
            stroke_width=SIGN.thick,
        )
        signs.append((sign(known), _("a cramp: the taller, the worse it was, from 0 to 10")))
    if any(mark.severity is None and not mark.doubtful for mark in marks):
        untold = group(shape(_like(None), 12, 10, SIGN), class_="marks", stroke_width=SIGN.thick)
        signs.append((sign(untold), _("a cramp, and nobody said how bad it was")))
    if any(mark.doubtful for mark in marks):
        doubtful = group(
            shape(_like(8, doubtful=True), 6, FOOT, SIGN),
            shape(_like(None, doubtful=True), 17, 10, SIGN),
            class_="marks",
        )
        signs.append((sign(doubtful), _("doubtful: nobody said yet whether it was a cramp")))
    return signs


def hatched(name: str, kind: str = "h") -> Markup:
    """A piece of the hatching of the chart `name`."""
    return sign(path("M0 8h24", stroke=f"url(#{name}-{kind})", stroke_width=16))


def interval() -> Markup:
    """An estimate with its interval."""
    return sign(path("M12 1v14", "whisker"), point_at(8))


def beyond() -> Markup:
    """An interval that ends in an arrow."""
    return sign(path("M12 15V3", "whisker"), path("M8 6l4-4 4 4", "clipped"))


def point() -> Markup:
    """A plain point."""
    return sign(point_at(8))


def point_at(y: float) -> Markup:
    """A point at a height."""
    return element("circle", class_="point", cx=12, cy=y, r=4)


def bar() -> Markup:
    """A bar that is filled in part."""
    return sign(path("M6 15V9h12v6z", "filled"), path("M6 15V2h12v13z", "outline"))


def _like(severity: int | None, *, doubtful: bool = False) -> Mark:
    return Mark("", date.min, 0, doubtful, False, False, severity)
