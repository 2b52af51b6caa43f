"""What a person told of themselves and of their medicines, as it stands on the doctor's sheet. Pure.

Source of what is flagged: docs/evidence.md, "medicines as a cause" (Garrison 2012): an association, and never advice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bedside.catalogue import N_, _, ngettext
from bedside.diary.kept import KeptAbout, KeptMedicine
from bedside.night.told import Change, Remedy
from bedside.pages import about_form, words
from bedside.pages.about_form import Question
from bedside.pages.charts.dates import short_date
from bedside.pages.diary.medicine_form import FLAGGED, REMEDIES
from bedside.pages.guide import cited

MOST = 8
"""Medicines that the one sheet has room for."""

FIRST = (*FLAGGED, Remedy.QUININE)
"""The classes that stand on the sheet before any other: those with the mark, and quinine, for its warning."""

CHANGES: Mapping[Change, str] = {
    Change.STARTED: N_("started %(day)s"),
    Change.CHANGED: N_("changed %(day)s"),
    Change.STOPPED: N_("stopped %(day)s"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A medicine with what was done with it, and when. `flagged`: its class, `remedy`, has the mark."""

    name: str
    remedy: str
    flagged: bool
    changes: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers of one kind, in words."""

    answer: str
    what: str


def medicines(kept: Sequence[KeptMedicine]) -> tuple[Taken, ...]:
    """As many as fit: the classes that come first, then what is still taken, then the rest; each newest first."""
    return tuple(map(_taken, _together(kept)[:MOST]))


def left_out(kept: Sequence[KeptMedicine]) -> str:
    """That there are more, and of which classes; empty where all fit."""
    cut = _together(kept)[MOST:]
    classes = words.listed(dict.fromkeys(_marked(changes[0].remedy) for changes in cut))
    message = ngettext(
        # Translators: how many medicines, and their classes, such as: 2 more are on the medicines page: Magnesium.
        "%(number)s more is on the medicines page: %(classes)s.",
        "%(number)s more are on the medicines page: %(classes)s.",
        len(cut),
        classes=classes,
    )
    return message if cut else ""


def flagged(kept: Sequence[KeptMedicine]) -> str:
    """What the mark means; empty where no medicine has it."""
    if not any(changes[0].remedy in FLAGGED for changes in _together(kept)):
        return ""
    return _(
        "† Medicines of this class were taken more often before cramps were treated: an association (%(source)s). Show "
        "this list to whoever prescribes. Never stop a medicine because of this page.",
        source=cited("garrison-2012"),
    )


def signs(about: KeptAbout) -> tuple[Answered, ...]:
    """The signs for which an appointment is advised, by what was answered."""
    return _answered(about_form.FLAGS, about)


def conditions(about: KeptAbout) -> tuple[Answered, ...]:
    """What the person has, by what was answered."""
    return _answered(about_form.CONDITIONS, about)


def _answered(asked: Mapping[Question, tuple[str, str]], about: KeptAbout) -> tuple[Answered, ...]:
    open_still = asked.keys() - about.yes - about.no
    kinds = ((_("Yes"), about.yes), (_("No"), about.no), (_("Not answered"), open_still))
    listed = (
        (answer, words.listed(_(name) for one, (_q, name) in asked.items() if one in them)) for answer, them in kinds
    )
    return tuple(Answered(answer, what) for answer, what in listed if what)


def _together(kept: Iterable[KeptMedicine]) -> list[list[KeptMedicine]]:
    """The changes of each medicine, newest first, in the order of the sheet; one that was told by mistake is none."""
    by_name: dict[tuple[Remedy, str], list[KeptMedicine]] = {}
    for one in kept:
        if not one.retracted:
            by_name.setdefault((one.remedy, one.name.strip().casefold()), []).append(one)
    return sorted(by_name.values(), key=_order)


def _order(changes: Sequence[KeptMedicine]) -> tuple[bool, bool]:
    return changes[0].remedy not in FIRST, changes[0].change is Change.STOPPED


def _taken(changes: Sequence[KeptMedicine]) -> Taken:
    """Of many changes the first and the last, and how many there are."""
    newest, oldest = changes[0], changes[-1]
    ends = [oldest, newest] if len(changes) > 1 else [newest]
    said = [_(CHANGES[one.change], day=_short(one.day)) for one in ends]
    if len(changes) > len(ends):
        said.append(ngettext("%(number)s change in all", "%(number)s changes in all", len(changes)))
    return Taken(newest.name, _marked(newest.remedy), newest.remedy in FLAGGED, words.listed(said))


def _marked(remedy: Remedy) -> str:
    name = _(REMEDIES[remedy])
    # Translators: the class of a medicine, with the mark that a note below explains, such as: Statin †.
    return _("%(name)s †", name=name) if remedy in FLAGGED else name


def _short(day: date) -> str:
    # Translators: a date with a short month, such as: 9 Jan 2026.
    return _("%(day)s %(year)s", day=short_date(day), year=day.year)
