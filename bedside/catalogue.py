"""The catalogue: every text for a person is looked up here by its English, in the language of this process.

English is the source, and what is shown and said where there is no other; docs/language.md tells how one is added. A
text is one whole message with named places, `%(name)s`: other languages order and count in their own ways.
"""

import gettext as standard
import logging
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "bedside"
SOURCE = "en"
_PLACE = re.compile(r"%\((\w+)\)s|%%")

log = logging.getLogger(__name__)


class Translations(standard.GNUTranslations):
    """The texts of one language. One whose places are not those of the English is left out: to fill it in would fail,
    and no slip in a catalogue may keep a page, a part or a press from anyone.
    """

    def gettext(self, message: str) -> str:
        """The text, or the English one."""
        return _fitting(super().gettext(message), message)

    def pgettext(self, context: str, message: str) -> str:
        """The text of a word that means different things in different places."""
        return _fitting(super().pgettext(context, message), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form for so many."""
        return _fitting(super().ngettext(msgid1, msgid2, n), msgid1 if n == 1 else msgid2)


class _InForce:
    """What texts are looked up in; read when the first is wanted, since no press waits for a catalogue."""

    chosen: standard.NullTranslations | None = None


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Marks a text in a table. Where it is shown or said, `_` looks it up."""
    return message


def _(message: str, /, **values: object) -> str:
    """The text in the language of this process, with the values in their places."""
    text = translations().gettext(message)
    return text % values if values else text


def pgettext(context: str, message: str) -> str:
    """As `_`, for a word that means different things in different places."""
    return translations().pgettext(context, message)


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """As `_`, in the form that the language has for so many; the place of the number is `%(number)s`."""
    return translations().ngettext(singular, plural, number) % {"number": number, **values}


def language() -> str:
    """The language of the texts, as HTML names it."""
    return (translations().info().get("language") or SOURCE).replace("_", "-")


def choose(*languages: str, folder: Path = FOLDER) -> standard.NullTranslations:
    """Look texts up in the first of these languages that `folder` has. Without any it is that of the process: of
    LANGUAGE, LC_ALL, LC_MESSAGES or LANG.
    """
    chosen = standard.NullTranslations()
    try:
        chosen = standard.translation(DOMAIN, folder, languages or None, class_=Translations, fallback=True)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file: English is better than silence
        log.warning("a catalogue in %s cannot be read, the texts are English: %r", folder, error)
    _InForce.chosen = chosen
    return chosen


def translations() -> standard.NullTranslations:
    """The texts in force, as gettext has them."""
    return _InForce.chosen or choose()


def _fitting(text: str, message: str) -> str:
    filled = {*_PLACE.findall(text)} <= {*_PLACE.findall(message)} and "%" not in _PLACE.sub("", text)
    return text if filled else message
