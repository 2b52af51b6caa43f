"""What a person tells of themselves, `/about`: asked once, all of it optional, changed whenever they like.

Source of what it says to do: docs/evidence.md, "Red flags".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bedside.catalogue import _
from bedside.diary.kept import Amendment, KeptAbout
from bedside.diary.reader import reading
from bedside.night.told import About
from bedside.pages import about_form, unreadable, words
from bedside.pages.about_form import Changed, Question
from bedside.pages.checkin import Again
from bedside.pages.evidence import evidence
from bedside.pages.fields import Sent
from bedside.pages.guide import Said, warnings
from bedside.pages.house import House

ONE_LEG = 0
"""Which of the signs to get help for on the same day is that of one swollen leg."""
MOST_CHANGES = 20
"""The newest; the others stay in the diary's file."""


@dataclass(frozen=True, slots=True)
class Told:
    """Some answers that were changed at once: when, and on which phone."""

    when: str
    by: str
    changes: tuple[Changed, ...]


def page(house: House, *, kept: bool = False, again: Again | None = None) -> Mapping[str, object]:
    """What the template shows: the answers as they were told or, `again`, as they were sent. Only without the latter
    does it raise what reading the diary may raise.
    """
    try:
        with reading(house.diary) as reader:
            told, history = reader.about(), reader.history("about", "about")
    except unreadable.ERRORS:
        if again is None:
            raise
        told, history = KeptAbout(), []
    return {
        **warnings(house),
        "flags": _questions(about_form.FLAGS),
        "conditions": _questions(about_form.CONDITIONS),
        "answers": {answer: _(words_) for answer, words_ in about_form.ANSWERS.items()},
        "values": again.values if again else about_form.shown(told),
        "faults": again.faults if again else {},
        "unwritten": again is not None and again.unwritten,
        "seen": told.at,
        "told_on": told_on(told, house),
        "kept": kept and bool(told.at),
        "today": one_leg() if about_form.leg_may_be_a_clot(told) else None,
        "advised": about_form.advised(told),
        "history": changes(history, house),
    }


def take(house: House, sent: Sent, by: str) -> Again | None:
    """Have kept what the form tells. None if done; else the form to show again."""
    values = about_form.shown_again(sent)
    try:
        with reading(house.diary) as reader:
            told = reader.about()
    except unreadable.ERRORS as error:
        return Again(values, {about_form.FORM: str(error)}, unwritten=True)
    read = about_form.read(sent, told, moment=house.now(), by=by)
    if not isinstance(read, About):
        return Again(values, read)
    return None if house.tell((read,)) else Again(values, {}, unwritten=True)


def one_leg() -> Said:
    """The guide's line on a swollen leg, for which nobody waits for an appointment; and on whose word."""
    sign = evidence().signs["same_day"][ONE_LEG]
    return Said(_(sign.text), tuple(_(source.short) for source in sign.sources))


def told_on(told: KeptAbout, house: House) -> str:
    """The day on which the answers were told last; empty where none ever were."""
    return words.day_dates(datetime.fromisoformat(told.at).astimezone(house.zone).date()) if told.at else ""


def changes(history: Sequence[Amendment], house: House) -> tuple[Told, ...]:
    """What was told otherwise than before, the newest first."""
    together = [list(group) for _key, group in groupby(history, lambda one: (one.at, one.by))]
    return tuple(
        Told(
            # Translators: when something was told, such as: 9 January 2026, 08:15.
            _("%(day)s, %(time)s", day=words.day_dates(at.date()), time=f"{at:%H:%M}"),
            group[0].by,
            tuple(about_form.changes((one.field, one.before, one.after) for one in group)),
        )
        for group in together[:MOST_CHANGES]
        for at in (group[0].at.astimezone(house.zone),)
    )


def _questions(asked: Mapping[Question, tuple[str, str]]) -> Mapping[str, str]:
    return {about_form.field_of(one): _(question) for one, (question, _name) in asked.items()}
