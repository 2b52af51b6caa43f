"""What may be said about cramps, from `evidence.toml` beside this module: warning signs, and cards with both sides.

The content is a TOML file and no Python, so that whoever knows medicine can read and correct it; its texts reach the
catalogue through `extract`. Nothing in it has been reviewed by a clinician.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

FILE = Path(__file__).with_name("evidence.toml")
GROUPS = ("emergency", "same_day", "appointment", "cramp", "apart", "never")
MARKS = ("read", "accepted", "claimed")
TEXTS = ("text", "title", "certainty", "short", "full")
"""Keys whose texts are shown, and so are in the catalogue."""
CERTAINTIES = ("Low", "Unclear")
UNREAD: Mapping[str, Collection[str]] = {"accepted": ("accepted",), "claimed": ("articles", "seller")}
"""What a statement rests on that was not read in a source, by its mark."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was read. `short` stands beside a statement, `full` in a list of sources."""

    id: str
    short: str
    full: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said, in English, and on whose word. Without a source there is none."""

    text: str
    sources: tuple[Source, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one thing, with both sides. `ask`: what to ask a doctor before."""

    id: str
    title: str
    honest: Statement
    certainty: str
    ask: Statement | None
    speaks_for: tuple[Statement, ...]
    against: tuple[Statement, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All that it says."""
        return (self.honest, *((self.ask,) if self.ask else ()), *self.speaks_for, *self.against)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that it rests on, each once, in the order of the statements."""
        return tuple(dict.fromkeys(source for said in self.statements for source in said.sources))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The whole file. `signs` is by group: the warning signs, what a cramp is, what to be careful of."""

    sources: Mapping[str, Source]
    signs: Mapping[str, tuple[Statement, ...]]
    cards: Mapping[str, Card]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All that is said anywhere."""
        groups = (*self.signs.values(), *(card.statements for card in self.cards.values()))
        return tuple(said for group in groups for said in group)


@cache
def evidence() -> Evidence:
    """The file that is shipped; read once."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Evidence:
    """The evidence in a TOML text. Raises ValueError, which says where a statement lacks something."""
    values = tomllib.loads(text)
    _keys("file", values, ("sources", "cards", *GROUPS))
    sources = {one["id"]: _source(one) for one in _list(values, "sources")}
    signs = {group: tuple(_said(one, group, sources) for one in _list(values, group)) for group in GROUPS}
    cards = [_card(one, sources) for one in _list(values, "cards")]
    found = Evidence(sources, signs, {card.id: card for card in cards})
    if len(sources) < len(values["sources"]) or len(found.cards) < len(cards):
        raise ValueError("two sources, or two cards, have the same id")
    if unused := sources.keys() - {source.id for said in found.statements for source in said.sources}:
        raise ValueError(f"nothing rests on these sources: {', '.join(sorted(unused))}")
    return found


def extract(file: IO[bytes], *_: object, **__: object) -> Iterator[tuple[int, str, str, list[str]]]:
    """For Babel, which `make texts` runs: every text of the file, as from a `_` on its first line."""
    yield from ((1, "_", text, []) for text in _texts(tomllib.loads(file.read().decode("utf-8"))))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in TEXTS:
                yield inner
            else:
                yield from _texts(inner)


def _source(value: Mapping[str, Any]) -> Source:
    _keys("source", value, ("id", "short", "full"))
    where = f"source {value['id']}"
    return Source(value["id"], _text(where, value, "short"), _text(where, value, "full"))


def _card(value: Mapping[str, Any], sources: Mapping[str, Source]) -> Card:
    where = f"card {value.get('id', value)}"
    _keys(where, value, ("id", "title", "honest", "certainty", "for", "against"), ("ask",))
    certainty = _text(where, value, "certainty")
    if not certainty.startswith(CERTAINTIES):
        raise ValueError(f"{where}: its certainty must begin with one of {', '.join(CERTAINTIES)}")
    return Card(
        id=value["id"],
        title=_text(where, value, "title"),
        honest=_said(value["honest"], where, sources),
        certainty=certainty,
        ask=_said(value["ask"], where, sources) if "ask" in value else None,
        speaks_for=tuple(_said(one, where, sources) for one in _list(value, "for")),
        against=tuple(_said(one, where, sources) for one in _list(value, "against")),
    )


def _said(value: Mapping[str, Any], where: str, sources: Mapping[str, Source]) -> Statement:
    where = f"{where}, {value.get('text', value)!r}"
    _keys(where, value, ("text", "sources", "mark"))
    text, mark, named = _text(where, value, "text"), value["mark"], _list(value, "sources", where)
    if mark not in MARKS:
        raise ValueError(f"{where}: its mark must be one of {', '.join(MARKS)}")
    if unknown := [name for name in named if name not in sources]:
        raise ValueError(f"{where}: there is no source {', '.join(map(str, unknown))}")
    unread = {name for names in UNREAD.values() for name in names}
    if not {*named} <= {*UNREAD.get(mark, sources.keys() - unread)}:
        raise ValueError(f"{where}: its mark and its sources do not fit")
    if mark in UNREAD and any(letter.isdigit() for letter in text):
        raise ValueError(f"{where}: what was not read in a source has no numbers")
    return Statement(text, tuple(sources[name] for name in named), mark)


def _keys(where: str, value: Mapping[str, Any], needed: Collection[str], further: Collection[str] = ()) -> None:
    if missing := {*needed} - value.keys():
        raise ValueError(f"{where} lacks {', '.join(sorted(missing))}")
    if unknown := value.keys() - {*needed, *further}:
        raise ValueError(f"{where} has what nothing reads: {', '.join(sorted(unknown))}")


def _list(value: Mapping[str, Any], key: str, where: str = "") -> list[Any]:
    if not isinstance(found := value[key], list) or not found:
        raise ValueError(f"{where or value.get('id', 'file')}: {key} must be a list with something in it")
    return found


def _text(where: str, value: Mapping[str, Any], key: str) -> str:
    if not isinstance(text := value[key], str) or not text.strip() or text != text.strip() or "%" in text:
        raise ValueError(f"{where}: {key} must be a text, without blanks at its ends and without a percent sign")
    return text
