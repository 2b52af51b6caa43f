"""A made-up language for the catalogue's tests: every text stands in ⟦brackets⟧, with its places left open.

What a page shows outside of brackets did not come out of the catalogue.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "bedside/locale/bedside.pot"
LANGUAGE = "qps"
PLACE = re.compile(r"(%\(\w+\)s)")
ADDRESS = r"https?://[\w.:\[\]-]+/?|localhost"
FREE = re.compile(rf"{ADDRESS}|bedside|\d+:\d\d|−?\d+(?:\.\d+)?(?: °C)?|–|…")  # noqa: RUF001 (a true minus sign and dash)
"""What is the same in every language: addresses, our name, times, temperatures, numbers, a dash, what is cut off."""
SHOWN_ATTRIBUTES = ("aria-label", "aria-description", "title", "alt", "placeholder")


def template() -> Catalog:
    """The committed catalogue of all texts."""
    with TEMPLATE.open("rb") as file:
        return read_po(file)


def texts(catalog: Catalog) -> list[Message]:
    """All its texts, without the header."""
    return [message for message in catalog if message.id]


def bracketed(text: str) -> str:
    """The text in brackets, its places outside of them: what is filled in has to come out of the catalogue itself."""
    return "".join(part if PLACE.fullmatch(part) or not part.strip() else f"⟦{part}⟧" for part in PLACE.split(text))


def compiled(folder: Path) -> Path:
    """The folder, with the made-up language in it."""
    language = Catalog()
    for message in texts(template()):
        forms = message.id if message.pluralizable else (message.id,)
        strings = tuple(map(bracketed, forms))
        language.add(message.id, strings if message.pluralizable else strings[0], context=message.context)
    path = folder / LANGUAGE / "LC_MESSAGES/bedside.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        language.mime_headers = [*language.mime_headers, ("Language", LANGUAGE)]
        write_mo(file, language)
    return folder


class _Page(HTMLParser):
    """Every text that a person reads or hears of a page, in its order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.read: list[str] = []
        self.heard: list[str] = []
        self.language: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.heard += [value or "" for name, value in attrs if name in SHOWN_ATTRIBUTES]
        if tag == "html":
            self.language = dict(attrs)["lang"]

    def handle_data(self, data: str) -> None:
        self.read.append(data)


def language_of(html: str) -> str | None:
    """What the page says of its own language."""
    return _Page(html).language


def bare(html: str) -> list[str]:
    """What a page shows that did not come out of the catalogue."""
    page = _Page(html)
    return [text for shown in ("\n".join(page.read), *page.heard) for text in outside(shown)]


def outside(shown: str) -> Iterator[str]:
    """What stands outside of brackets, but for what is the same in every language."""
    deep, text = 0, ""
    for letter in shown:
        deep += (letter == "⟦") - (letter == "⟧")
        text += " \n"[letter == "\n"] if deep or letter in "⟦⟧" else letter
    for line in text.splitlines():
        if left := FREE.sub(" ", line).strip():
            yield left
