"""One night from evening to morning: the room's temperature, and below it the cramps as marks where they began."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bedside.catalogue import _
from bedside.pages import words
from bedside.pages.charts import key
from bedside.pages.charts.clockface import Clockface, clockface
from bedside.pages.charts.marks import REACH, Links, Size, areas, link, marked, shape
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
from bedside.patterns.nights import HOURS
from bedside.patterns.raster import Mark, Row, Unknown

Point = tuple[float, float]
"""A position in the night and the degrees Celsius there."""

HEIGHT = 184.0
TOP, HIGHEST, LOWEST, CEILING, FOOT, BELOW, CLOCK = 6.0, 20.0, 62.0, 82.0, 148.0, 158.0, 178.0
"""From the top down: the band, the temperature between its highest and its lowest, the cramps on their foot, how long
they lasted, the hours."""

SIZE = Size(tall=56, thick=7)
LETTER = 17.0
"""Two labels are at least so far apart."""

LONGEST_GAP = 0.75 / HOURS
"""Where nothing was measured for longer, the line is broken: it says nothing of the time in between."""

LEAST_RANGE = 1.0
"""A room that stays within a degree does not look as if it did not."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A night from noon to noon, positions 0 to 1. `until` has the end of each cramp whose end is known, by its id.

    `temperature` are the readings in their order.
    """

    window: tuple[float, float] | None
    marks: tuple[Mark, ...]
    until: Mapping[str, float] = field(default_factory=dict)
    unknown: tuple[Unknown, ...] = ()
    temperature: tuple[Point, ...] = ()


def strip_of(row: Row, *, until: Mapping[str, float] | None = None, temperature: Iterable[Point] = ()) -> Strip:
    """The strip of one night of the raster."""
    return Strip(row.window, row.marks, until or {}, row.unknown, tuple(sorted(temperature)))


def strip_chart(strip: Strip, links: Links, *, name: str, title: str) -> Markup:
    """The night as a drawing; `name` is its own on the page."""
    face = _face(strip)
    ground = silent(
        hatching(name),
        _band(face, strip.window),
        face.lines(TOP, FOOT),
        path(_unknown(face, strip.unknown), stroke=f"url(#{name}-h)", stroke_width=FOOT - CEILING),
        element("path", class_="foot", d=f"M{number(face.x(face.first / HOURS))} {number(FOOT)}H{number(RIGHT)}"),
        _temperature(face, strip.temperature),
        face.labels(CLOCK),
    )
    marks = _marks(face, strip, links)
    return drawing(name, title, _described(face, strip), HEIGHT, (ground, marks), linked=bool(marks))


def strip_key(strip: Strip, *, name: str) -> Markup:
    """What its signs mean; those alone that are in it."""
    signs = key.of_marks(strip.marks)
    if any(mark.cramp in strip.until for mark in strip.marks):
        lasted = key.sign(path("M2 4v5", "foot"), path("M2 12h16", "lasted"))
        signs.append((lasted, _("below it, how long it lasted")))
    if any(mark.about for mark in strip.marks):
        about = key.sign(path("M1 12h22", "about"))
        signs.append((about, _("the clock was not set: about that time")))
    if strip.unknown:
        signs.append((key.hatched(name), _("not listening: what happened then is unknown")))
    if strip.window:
        window = key.sign(element("rect", class_="band", x=1, y=1, width=22, height=14))
        signs.append((window, _("the sleep window")))
    if _shown(_face(strip), strip.temperature):
        line = key.sign(path("M1 12q6 0 11-4t11-4", "warmth"))
        signs.append((line, _("the room's temperature")))
    return key.key(signs)


def _face(strip: Strip) -> Clockface:
    return clockface([strip.window], [mark.at for mark in strip.marks])


def _band(face: Clockface, window: tuple[float, float] | None) -> Markup:
    if not window:
        return Markup()
    opens, closes = face.x(window[0]), face.x(window[1])
    return element("rect", class_="band", x=opens, y=TOP, width=closes - opens, height=FOOT - TOP)


def _unknown(face: Clockface, spans: Sequence[Unknown]) -> str:
    middle = number((CEILING + FOOT) / 2)
    ends = ((face.x(span.start), face.x(span.end)) for span in spans)
    return "".join(f"M{number(start)} {middle}H{number(end)}" for start, end in ends if end > start)


def _temperature(face: Clockface, points: Sequence[Point]) -> Markup:
    """The line, broken where nothing was measured, and its highest and lowest as labels."""
    shown = _shown(face, points)
    if not shown:
        return text((LEFT + RIGHT) / 2, (HIGHEST + LOWEST) / 2, _("no temperature"), anchor="middle")
    low, high = min(celsius for _at, celsius in shown), max(celsius for _at, celsius in shown)
    middle, reach = (low + high) / 2, max(high - low, LEAST_RANGE)

    def y(celsius: float) -> float:
        return (HIGHEST + LOWEST) / 2 + (middle - celsius) / reach * (LOWEST - HIGHEST)

    d, before = "", -1.0
    for at, celsius in shown:
        begins = at - before > LONGEST_GAP
        d += f"{'M' if begins else 'L'}{number(face.x(at))} {number(y(celsius))}{'h0' if begins else ''}"
        before = at
    return path(d, "warmth") + _degrees(low, high, y(low), y(high))


def _shown(face: Clockface, points: Sequence[Point]) -> list[Point]:
    """Those that lie within the hours of the chart."""
    return [(at, celsius) for at, celsius in points if face.first <= at * HOURS <= face.last]


def _degrees(low: float, high: float, low_y: float, high_y: float) -> Markup:
    lowest, highest = _shortly(low), _shortly(high)
    if lowest == highest:
        return label(0, (low_y + high_y) / 2, highest)
    apart = max(LETTER - (low_y - high_y), 0) / 2
    return label(0, high_y - apart, highest) + label(0, low_y + apart, lowest)


def _shortly(celsius: float) -> str:
    # Translators: degrees Celsius, where there is little room: 18.5°.
    return _("%(number)s°", number=f"{celsius:.1f}".replace("-", "−"))  # noqa: RUF001 (a true minus sign)


def _marks(face: Clockface, strip: Strip, links: Links) -> Markup:
    places = [(face.x(mark.at), FOOT - REACH) for mark in strip.marks]
    drawn = (
        link(links, mark, area, _lasted(face, mark, strip.until.get(mark.cramp)), shape(mark, x, FOOT - 2, SIZE))
        for mark, (x, _y), area in zip(strip.marks, places, areas(places, HEIGHT), strict=True)
    )
    return group(*drawn, class_="marks", stroke_width=SIZE.thick)


def _lasted(face: Clockface, mark: Mark, until: float | None) -> Markup:
    """A bar as long as the cramp, if that is known; a broken line both ways where the time itself is not."""
    x, y = face.x(mark.at), number((FOOT + BELOW) / 2 + 1)
    long = max(face.x(until) - x, 1.5) if until is not None else 0
    lasted = path(f"M{number(x)} {y}h{number(long)}" if long else "", "lasted")
    start, end = max(x - REACH, face.x(0)), min(x + REACH, face.x(1))
    return lasted + path(f"M{number(start)} {number(BELOW + 2)}H{number(end)}" if mark.about else "", "about")


def _described(face: Clockface, strip: Strip) -> str:
    """The drawing in sentences."""
    said = [*marked(strip.marks)]
    if strip.unknown:
        said.append(_("What is hatched was not listened to."))
    degrees = [celsius for _at, celsius in _shown(face, strip.temperature)]
    if degrees:
        coldest, warmest = words.celsius(min(degrees)), words.celsius(max(degrees))
        said.append(_("The room had %(coldest)s to %(warmest)s.", coldest=coldest, warmest=warmest))
    else:
        said.append(_("No temperature was measured."))
    return " ".join(said)
