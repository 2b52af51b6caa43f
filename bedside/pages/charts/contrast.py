"""Two kinds of nights side by side: the share with a cramp in each, with its interval; the counts below the gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap

from bedside.catalogue import _
from bedside.pages.charts import key
from bedside.pages.charts.scale import rounded_up
from bedside.pages.charts.svg import RIGHT, Markup, drawing, element, number, path, silent, text
from bedside.patterns.compare import Contrast
from bedside.patterns.exact import Interval, proportion
from bedside.patterns.rates import Count

LETTERS = 36
"""Of a line of text, so that it fits in."""

LINE, BAND, BEGIN = 19.0, 34.0, 8.0
HUNDRED = 100.0


@dataclass(frozen=True, slots=True)
class Side:
    """One side: what it is called, and what was counted."""

    label: str
    count: Count

    @property
    def places(self) -> Mapping[str, object]:
        """What its words are filled with."""
        return {"side": self.label, "with_cramp": self.count.with_cramp, "nights": self.count.nights}

    @property
    def beside(self) -> str:
        """Its nights, in the few words that stand in the drawing."""
        # Translators: a side of a comparison, such as: Stretch done: 5 of 20 nights.
        return _("%(side)s: %(with_cramp)s of %(nights)s nights", **self.places)

    @property
    def told(self) -> str:
        """Its nights in a sentence."""
        return _("%(side)s: %(with_cramp)s of %(nights)s nights had a cramp.", **self.places)

    @property
    def share(self) -> Interval | None:
        """Of its nights those with a cramp, in a hundred; None without a night."""
        return _share(self.count.with_cramp, self.count.nights) if self.count.nights else None


@lru_cache(maxsize=64)
def _share(with_cramp: int, nights: int) -> Interval:
    share = proportion(with_cramp, nights)
    return Interval(share.estimate * HUNDRED, share.low * HUNDRED, share.high * HUNDRED)


def contrast_chart(contrast: Contrast, labels: tuple[str, str], *, name: str, title: str) -> Markup:
    """Both sides as a drawing; `labels` are the words for yes and for no, `name` is its own on the page."""
    sides = _sides(contrast, labels)
    top = _top(contrast, sides)
    parts, y = Markup(), 0.0
    for side in sides:
        for line in wrap(side.beside, LETTERS):
            y += LINE
            parts += text(0, y - 4, line, class_="said")
        parts += _row(side, y + BAND / 2, top, shares=contrast.gate.open)
        y += BAND
    parts += _axis(y, top, shares=contrast.gate.open)
    said = " ".join(side.told for side in sides)
    return drawing(name, title, said, y + 2 * LINE, (silent(parts),))


def contrast_key(contrast: Contrast) -> Markup:
    """What its signs mean."""
    if contrast.gate.open:
        return key.key(
            [(key.interval(), _("the share of nights with a cramp, with its %(sure)s %% interval", sure=95))]
        )
    return key.key([(key.bar(), _("nights with a cramp, of all nights; too few yet for an interval"))])


def _sides(contrast: Contrast, labels: tuple[str, str]) -> tuple[Side, Side]:
    return Side(labels[0], contrast.yes), Side(labels[1], contrast.no)


def _top(contrast: Contrast, sides: tuple[Side, Side]) -> float:
    """Where the axis ends: no interval reaches beyond it."""
    if not contrast.gate.open:
        return rounded_up(max(2, *(side.count.nights for side in sides)))
    highest = max(side.share.high for side in sides if side.share)
    return min(rounded_up(highest), HUNDRED)


def _x(value: float, top: float) -> float:
    return BEGIN + value / top * (RIGHT - BEGIN)


def _row(side: Side, y: float, top: float, *, shares: bool) -> Markup:
    line = path(f"M{number(BEGIN)} {number(y)}H{number(RIGHT)}", "grid")
    if shares and side.share:
        low, high = _x(side.share.low, top), _x(side.share.high, top)
        ends = "".join(f"M{number(x)} {number(y - 5)}v10" for x in (low, high))
        whisker = path(f"M{number(low)} {number(y)}H{number(high)}{ends}", "whisker")
        return line + whisker + element("circle", class_="point", cx=_x(side.share.estimate, top), cy=y, r=6)
    bars = ((side.count.with_cramp, "filled"), (side.count.nights, "outline"))
    ways = (
        (f"M{number(BEGIN)} {number(y - 7)}H{number(_x(value, top))}v14H{number(BEGIN)}z" if value else "", kind)
        for value, kind in bars
    )
    return line + Markup("").join(path(way, kind) for way, kind in ways)


def _axis(y: float, top: float, *, shares: bool) -> Markup:
    unit = _("nights with a cramp, in 100") if shares else _("nights")
    values = (
        text(_x(value, top), y + 12, number(value), anchor=anchor)
        for value, anchor in ((0, "start"), (top / 2, "middle"), (top, "end"))
    )
    return Markup("").join([*values, text(BEGIN, y + 12 + LINE, unit)])
