"""The guide, `/guide`: the warning signs, then what is known of each thing, with both sides, certainty and source.

Source: `evidence.toml`, which docs/evidence.md tells at length. Nothing here has been reviewed by a clinician.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bedside.catalogue import _
from bedside.pages.evidence import Card, Source, Statement, evidence
from bedside.pages.house import House

DIALLED = re.compile(r"\+?[0-9]+(?:[ -]?\([1-9][0-9]*\))?(?:[ -][0-9]+)*")
SHORT = re.compile(r"[0-9]{2,5}")
USUAL = "warning-signs"
"""The source of most warning signs: named once for all of them."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as it is shown. `cites` are the sources that stand beside it."""

    text: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as it is shown."""

    id: str
    title: str
    honest: str
    certainty: str
    ask: str
    speaks_for: tuple[Said, ...]
    against: tuple[Said, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number to call. `link` is where a phone dials it; empty where it is more than a number, or none is set."""

    text: str
    link: str


def page(house: House) -> Mapping[str, object]:
    """What the template shows."""
    known = evidence()
    return {
        **warnings(house),
        "appointment": signs("appointment"),
        "cramp": signs("cramp"),
        "apart": signs("apart"),
        "never": signs("never"),
        "usual": cited(USUAL),
        "cards": tuple(map(_shown, known.cards.values())),
    }


def warnings(house: House) -> Mapping[str, object]:
    """What stands first wherever something is said to do: the signs to get help for, and the numbers to call."""
    return {
        "emergency": signs("emergency"),
        "same_day": signs("same_day"),
        "emergency_number": number(house.emergency_number),
        "out_of_hours": number(house.out_of_hours),
    }


def signs(group: str) -> tuple[Said, ...]:
    """The statements of a group; the source that most signs share is not beside each."""
    return tuple(_said(one, but=USUAL) for one in evidence().signs[group])


def card(name: str) -> Shown:
    """The card with this id."""
    return _shown(evidence().cards[name])


def cited(source: str) -> str:
    """A source, as it stands in a list of them."""
    return _(evidence().sources[source].full)


def number(setting: str) -> Number:
    """A number of the settings, which may be words. What is not plainly one number is shown, and not dialled: a wrong
    one is worse than none.
    """
    text = " ".join(setting.split())
    digits = re.sub(r"[^0-9+]", "", text)
    one = SHORT.fullmatch(text) or (DIALLED.fullmatch(text) and 7 <= len(digits) <= 16)
    return Number(text, f"tel:{digits}" if one else "")


def _shown(card: Card) -> Shown:
    return Shown(
        id=card.id,
        title=_(card.title),
        honest=_(card.honest.text),
        certainty=_(card.certainty),
        ask=_(card.ask.text) if card.ask else "",
        speaks_for=tuple(map(_said, card.speaks_for)),
        against=tuple(map(_said, card.against)),
        sources=tuple(_(source.full) for source in card.sources),
    )


def _said(statement: Statement, but: str = "") -> Said:
    return Said(_(statement.text), tuple(map(_short, (one for one in statement.sources if one.id != but))))


def _short(source: Source) -> str:
    return _(source.short)
