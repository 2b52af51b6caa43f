"""What a panel of the page is made of, and the lines that every panel has. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.guide import Said
from bedside.patterns.facts import Tally

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Linked:
    """A text that leads somewhere."""

    text: str
    href: str


Cell = str | tuple[Linked, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers in rows; the first cell of each row is its heading. `kind` is a name for the style sheet."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number to see first: what it is of, the number, and its range or what it counts."""

    name: str
    value: str
    more: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """A panel that an empty page has not yet, and when it will be there."""

    title: str
    when: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One question and what can be said to it.

    `says` is the verdict in one sentence, `figures` are the numbers to see first and `lines` its ranges in words.
    `needs` is what the gate still asks for and `looks` when the words may change; both are empty where there is nothing
    to wait for. `leaves_out` says what became of all nights, and which cramps are in no rate. `how` is folded away with
    the tables: by what rule it was compared. `past` is a link past the drawing, where that has a link for each cramp.
    `parts` are panels within this one.
    """

    id: str
    title: str
    says: str
    figures: tuple[Figure, ...] = ()
    lines: tuple[str, ...] = ()
    needs: str = ""
    looks: str = ""
    leaves_out: tuple[str, ...] = ()
    notes: tuple[Said, ...] = ()
    tables: tuple[Table, ...] = ()
    how: tuple[str, ...] = ()
    link: Linked | None = None
    chart: "Markup | None" = None
    key: "Markup | None" = None
    past: str = ""
    parts: tuple["Panel", ...] = ()


def leaves_out(tally: Tally, on_no_side: int = 0) -> tuple[str, ...]:
    """What became of the nights, unknown ones first of all, and the cramps that no rate has."""
    nights = (
        ngettext("%(number)s observed", "%(number)s observed", tally.observed),
        ngettext("%(number)s of them not confirmed", "%(number)s of them not confirmed", tally.unconfirmed)
        if tally.unconfirmed
        else "",
        ngettext("%(number)s unknown", "%(number)s unknown", tally.unknown),
        ngettext("%(number)s away", "%(number)s away", tally.away) if tally.away else "",
    )
    cramps = (
        ngettext("%(number)s doubtful", "%(number)s doubtful", tally.doubtful) if tally.doubtful else "",
        ngettext("%(number)s by day", "%(number)s by day", tally.daytime) if tally.daytime else "",
        ngettext("%(number)s without a sure time", "%(number)s without a sure time", tally.undated)
        if tally.undated
        else "",
    )
    # Translators: such as: Nights: 50 observed, 3 of them not confirmed, 2 unknown.
    said = [_("Nights: %(nights)s.", nights=words.listed(nights)), *neither(on_no_side)]
    if any(cramps):
        said.append(_("Cramps that are not counted: %(cramps)s.", cramps=words.listed(cramps)))
    return tuple(said)


def neither(nights: int) -> tuple[str, ...]:
    """The observed nights that are of neither kind in a comparison."""
    if not nights:
        return ()
    return (
        ngettext(
            "%(number)s observed night is in neither of the two groups.",
            "%(number)s observed nights are in neither of the two groups.",
            nights,
        ),
    )


def needs(missing: Sequence[str]) -> str:
    """What a gate still asks for; empty where that is nothing."""
    listed = words.listed(missing)
    # Translators: such as: Still needed: 9 more nights with the stretch, 2 more cramps.
    return _("Still needed: %(nights_and_cramps)s.", nights_and_cramps=listed) if listed else ""


def looks(more: int, waiting: bool, running: date) -> str:
    """When the words may change. `waiting`: the gate is closed, and the look comes in vain unless it opens."""
    day = words.day_dates(running + timedelta(days=more))
    if waiting:
        return ngettext(
            "The next look is in %(number)s more observed night, on %(day)s at the earliest.",
            "The next look is in %(number)s more observed nights, on %(day)s at the earliest.",
            more,
            day=day,
        )
    return ngettext(
        "The words may change in %(number)s more observed night, on %(day)s at the earliest.",
        "The words may change in %(number)s more observed nights, on %(day)s at the earliest.",
        more,
        day=day,
    )


def cramps_needed(more: int) -> str:
    """So many more cramps; empty for none."""
    return ngettext("%(number)s more cramp", "%(number)s more cramps", more) if more else ""
