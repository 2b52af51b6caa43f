"""Elements of SVG: escaped, numbers rounded to two decimals, every drawing with a title and a description."""

from collections.abc import Iterable

from markupsafe import Markup, escape

__all__ = [
    "CHART",
    "LEFT",
    "Markup",
    "RIGHT",
    "WIDTH",
    "drawing",
    "element",
    "group",
    "hatching",
    "label",
    "number",
    "path",
    "silent",
    "text",
]

Value = str | float | None

CHART = "chart"
"""The class of every drawing, under which the sheet has its colours."""

WIDTH = 320.0
"""Of every drawing's viewBox. At 320 CSS px of screen it is 250 px wide, where the letters of the sheet are 11 px."""

LEFT, RIGHT = 56.0, 312.0
"""Where what is plotted begins and ends; the labels stand left of it."""

HATCH = 4
"""How far apart the lines of a hatching are."""


def number(value: float) -> str:
    """At most two decimals, and none that are zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(tag: str, *children: str, **attributes: Value) -> Markup:
    """An element. Children that are no Markup are escaped; `stroke_width` is stroke-width, `class_` is class.

    An attribute that is None is left out.
    """
    said = "".join(
        f' {name.strip("_").replace("_", "-")}="{number(value) if isinstance(value, int | float) else escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = "".join(map(escape, children))
    return Markup(f"<{tag}{said}>{inner}</{tag}>" if inner else f"<{tag}{said}/>")


def text(x: float, y: float, words: str, *, anchor: str | None = None, class_: str | None = None) -> Markup:
    """Words at a place; `anchor` is middle or end where they do not begin there."""
    return element("text", words, x=x, y=y, text_anchor=anchor, class_=class_)


def label(x: float, y: float, words: str, *, anchor: str | None = None) -> Markup:
    """Words at the height of what they stand beside, however large the sheet makes them."""
    return element("text", words, x=x, y=y, dy=".35em", text_anchor=anchor)


def path(d: str, class_: str | None = None, **more: Value) -> Markup:
    """A path; nothing at all where it has no way to go."""
    return element("path", class_=class_, d=d, **more) if d else Markup()


def group(*children: str, class_: str | None = None, **more: Value) -> Markup:
    """A group; nothing at all where it is empty."""
    return element("g", *children, class_=class_, **more) if any(children) else Markup()


def silent(*children: str) -> Markup:
    """What a screen reader need not read out: the description and the table say it."""
    return group(*children, aria_hidden="true")


def hatching(name: str) -> Markup:
    """The patterns for what is unknown: `name`-h, and `name`-s, thin and the other way, where only some of it is."""
    return element("defs", _hatch(f"{name}-h", 45, "hatch"), _hatch(f"{name}-s", -45, "some"))


def _hatch(name: str, turned: int, class_: str) -> Markup:
    line = element("path", d=f"M0 0v{HATCH}", class_=class_)
    turn = f"rotate({turned})"
    return element(
        "pattern", line, id=name, width=HATCH, height=HATCH, patternUnits="userSpaceOnUse", patternTransform=turn
    )


def drawing(
    name: str, title: str, desc: str, height: float, parts: Iterable[str], *, class_: str = "", linked: bool = False
) -> Markup:
    """The whole drawing. `name` is its own on the page.

    One that has links is a group: what is within an image is presentation and could not be reached.
    """
    return element(
        "svg",
        element("title", title, id=f"{name}-t"),
        element("desc", desc, id=f"{name}-d"),
        *parts,
        class_=f"{CHART} {class_}".strip(),
        viewBox=f"0 0 {number(WIDTH)} {number(height)}",
        role="group" if linked else "img",
        aria_labelledby=f"{name}-t",
        aria_describedby=f"{name}-d",
    )
