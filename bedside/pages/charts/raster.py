"""The raster of nights: a row a night or a week, the newest on top, cramps as marks over the warmth of the room.

The newest is on top because it is what one looks for first: on a phone the oldest may be ten screens further down.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import ceil, floor

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.charts import key
from bedside.pages.charts.clockface import Clockface, clockface
from bedside.pages.charts.dates import labels
from bedside.pages.charts.marks import Links, Size, areas, link, marked, shape
from bedside.pages.charts.svg import LEFT, RIGHT, Markup, drawing, group, hatching, label, number, path, silent, text
from bedside.patterns.raster import Raster, Row
from bedside.patterns.rates import WEEK

TOP, BOTTOM, MARGIN, CLOCK = 24, 24, 4, 15
TALLEST, LOWEST, ALL_ROWS = 18, 4, 900
"""A row is between these two high, so that all are about 900 together."""

ROOMY = 8
"""From this height on rows have a gap between them, and marks an area that follows a finger."""

LETTER, FEW, FEWS_LETTER = 22.0, 14, 18.0
"""Two dates are at least so far apart; of a few rows each may have its own."""

LONG = 300
"""What is higher than this has the hours below it, too."""

STEPS = 5


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of warmth: five, from `low` on, each `wide` degrees Celsius."""

    low: float
    wide: float

    def of(self, celsius: float) -> int:
        """The step of a temperature, 1 to 5."""
        return min(int((celsius - self.low) / self.wide), STEPS - 1) + 1

    def bounds(self, step: int) -> tuple[float, float]:
        """From how many degrees to how many it goes."""
        return self.low + (step - 1) * self.wide, self.low + step * self.wide


def steps_of(rows: Sequence[Row]) -> Steps | None:
    """Steps of half degrees, none less than one, that hold all that was measured; None where nothing was."""
    known = [celsius for row in rows for celsius in row.celsius if celsius is not None]
    if not known:
        return None
    low = floor(min(known))
    return Steps(low, max(ceil((max(known) - low) / STEPS * 2) / 2, 1.0))


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the rows are, the newest first."""

    face: Clockface
    rows: tuple[Row, ...]

    @property
    def high(self) -> int:
        """Of a row: whole numbers keep the page small."""
        return min(max(ALL_ROWS // max(len(self.rows), 1), LOWEST), TALLEST)

    @property
    def bottom(self) -> int:
        """Where the last row ends."""
        return TOP + len(self.rows) * self.high

    @property
    def long(self) -> bool:
        """Whether one scrolls from its top to its bottom."""
        return self.bottom > LONG

    @property
    def height(self) -> int:
        """Of the whole drawing."""
        return self.bottom + (BOTTOM if self.long else MARGIN)

    def middle(self, row: int) -> float:
        """The middle of a row."""
        return TOP + (row + 0.5) * self.high

    @property
    def size(self) -> Size:
        """Of the marks."""
        roomy = self.high >= ROOMY
        return Size(self.high - (1.5 if roomy else 0.4), min(max(self.high * 0.3, 1.6), 3.6), 1 if roomy else 0)


def raster_chart(raster: Raster, links: Links, *, name: str, title: str) -> Markup:
    """The nights as a drawing; `name` is its own on the page.

    Marks are dense, and many cannot be as large as a finger: the table beside the chart has the same links
    (WCAG 2.5.8, equivalent control).
    """
    grid = _grid(raster)
    ground = silent(
        hatching(name),
        _warmth(grid),
        _unknown(grid, name),
        grid.face.lines(TOP, grid.bottom),
        _bounds(grid),
        _away(grid),
        _labels(grid, raster.weekly) if raster.rows else text(0, CLOCK, _("no night yet")),
    )
    marks = group(*_marks(grid, links), class_="marks", stroke_width=grid.size.thick)
    parts = ground, marks
    return drawing(name, title, _described(raster), grid.height, parts, class_="raster", linked=bool(marks))


def raster_key(raster: Raster, *, name: str) -> Markup:
    """What its signs mean; those alone that are in it."""
    rows = raster.rows
    signs = key.of_marks([mark for row in rows for mark in row.marks])
    somewhere = [span for row in rows for span in row.unknown if span.nights < row.elapsed - row.away]
    if any(span not in somewhere for row in rows for span in row.unknown):
        signs.append((key.hatched(name), _("not listening: what happened then is unknown")))
    if somewhere:
        signs.append((key.hatched(name, "s"), _("not listening in some of the nights")))
    if any(row.window for row in rows):
        signs.append((key.sign(path("M6 0v16M18 0v16", "bound")), _("the sleep window begins and ends")))
    if any(row.away for row in rows):
        signs.append(
            (
                key.sign(path("M0 8h24", "away")),
                _("away; a dot at the end: away in some of the nights") if raster.weekly else _("away"),
            )
        )
    return key.key([*signs, *_shades(raster)])


def _shades(raster: Raster) -> Iterator[key.Sign]:
    """The steps of warmth that there are, from the coldest on, and last what was not measured."""
    steps, face = steps_of(raster.rows), _grid(raster).face
    if not steps:
        return
    for step in sorted({steps.of(celsius) for row in raster.rows for celsius in row.celsius if celsius is not None}):
        low, high = map(number, steps.bounds(step))
        shade = key.sign(group(path("M0 8h24", f"warm-{step}"), stroke_width=16))
        yield shade, _("the room at %(low)s to %(high)s °C", low=low, high=high)
    if any(celsius is None for row in raster.rows for celsius in row.celsius[face.first : face.last]):
        yield key.sign(path("M1 1h22v14h-22z", "blank")), _("not measured")


def _grid(raster: Raster) -> Grid:
    rows = tuple(reversed(raster.rows))
    return Grid(clockface((row.window for row in rows), (mark.at for row in rows for mark in row.marks)), rows)


def _warmth(grid: Grid) -> Markup:
    """One path for each step, drawn in hours and rows and then stretched: numbers are short, and the page small."""
    steps = steps_of(grid.rows)
    if not steps:
        return Markup()
    ways = dict.fromkeys(range(1, STEPS + 1), "")
    for at, row in enumerate(grid.rows):
        for step, first, last in _runs(row, steps, grid.face):
            ways[step] += f"M{first} {at}h{last - first}"
    return group(
        *(path(way, f"warm-{step}") for step, way in ways.items()),
        transform=f"translate({number(LEFT)} {number(grid.middle(0))})scale({number(grid.face.hour)} {grid.high})",
        stroke_width=1 - 1 / grid.high if grid.high >= ROOMY else 1,
    )


def _runs(row: Row, steps: Steps, face: Clockface) -> Iterator[tuple[int, int, int]]:
    """The step, and from which hour of the chart to which it holds."""
    shown = [None if celsius is None else steps.of(celsius) for celsius in row.celsius[face.first : face.last]]
    at = 0
    for step, hours in groupby(shown):
        first, at = at, at + len(list(hours))
        if step is not None:
            yield step, first, at


def _unknown(grid: Grid, name: str) -> Markup:
    """Hatched where nobody listened; more openly, where somebody did in some of the nights."""
    always, sometimes = "", ""
    for at, row in enumerate(grid.rows):
        y = number(grid.middle(at))
        for span in row.unknown:
            start, end = (number(grid.size.round(grid.face.x(place))) for place in (span.start, span.end))
            if start != end:
                way = f"M{start} {y}H{end}"
                if span.nights >= row.elapsed - row.away:
                    always += way
                else:
                    sometimes += way
    return group(
        path(sometimes, stroke=f"url(#{name}-s)"), path(always, stroke=f"url(#{name}-h)"), stroke_width=grid.high
    )


def _bounds(grid: Grid) -> Markup:
    """Where the sleep window opens and closes, as one line down as many rows as it is the same in."""
    way = ""
    for side in (0, 1):
        at = 0
        for x, rows in groupby(
            number(round(grid.face.x(row.window[side]), 1)) if row.window else "" for row in grid.rows
        ):
            first, at = at, at + len(list(rows))
            if x:
                way += f"M{x} {TOP + first * grid.high}V{TOP + at * grid.high}"
    return path(way, "bound")


def _away(grid: Grid) -> Markup:
    """A dotted line through a row of which all is away, a dot at its end where some is."""
    way = ""
    for at, row in enumerate(grid.rows):
        if row.away:
            way += f"M{number(LEFT if row.away == row.elapsed else RIGHT + 4)} {number(grid.middle(at))}"
            way += f"H{number(RIGHT)}" if row.away == row.elapsed else "h0"
    return path(way, "away")


def _labels(grid: Grid, weekly: bool) -> Markup:
    oldest_first = [row.first for row in reversed(grid.rows)]
    least = FEWS_LETTER if len(grid.rows) <= FEW else LETTER
    dates = labels(oldest_first, WEEK if weekly else 1, grid.high, least)
    last = len(grid.rows) - 1
    beside = (label(0, grid.middle(last - at), said) for at, said in dates.items())
    below = grid.face.labels(grid.bottom + CLOCK + 3) if grid.long else Markup()
    return Markup("").join([grid.face.labels(CLOCK), *beside, below])


def _marks(grid: Grid, links: Links) -> Iterator[Markup]:
    size, foot = grid.size, (grid.high + grid.size.tall) / 2
    placed = [
        (mark, grid.face.x(mark.at), TOP + at * grid.high + foot)
        for at, row in enumerate(grid.rows)
        for mark in row.marks
    ]
    if grid.high >= ROOMY:
        fingers = areas([(x, y - size.tall / 2) for _mark, x, y in placed], grid.height)
    else:
        fingers = [Markup()] * len(placed)
    for (mark, x, y), finger in zip(placed, fingers, strict=True):
        yield link(links, mark, finger, shape(mark, x, y, size))


def _since(raster: Raster) -> date:
    """The first night: its week may have begun before it."""
    oldest = raster.rows[0]
    return oldest.first + timedelta(days=WEEK - oldest.elapsed) if raster.weekly else oldest.first


def _described(raster: Raster) -> str:
    """The drawing in sentences."""
    if not raster.rows:
        return _("There is no night yet.")
    nights = sum(row.elapsed for row in raster.rows)
    said = [
        _("A row is a week, the newest on top.") if raster.weekly else _("A row is a night, the newest on top."),
        ngettext(
            "It shows %(number)s night, from %(since)s on.",
            "It shows %(number)s nights, from %(since)s on.",
            nights,
            since=words.day_dates(_since(raster)),
        ),
        *marked([mark for row in raster.rows for mark in row.marks]),
    ]
    if raster.weekly and any(mark.severity is not None for row in raster.rows for mark in row.marks):
        said.append(_("The name of a mark has in brackets how bad it was, 0 to 10."))
    if any(row.unknown for row in raster.rows):
        said.append(_("What is hatched was not listened to."))
    return " ".join(said)
