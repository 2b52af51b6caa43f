"""The page of medicines and supplements, `/diary/medicines`: what was started, changed and stopped, and when.

Source of what it says of them: docs/evidence.md, "Evidence cards", medicines as a cause.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bedside.catalogue import N_, _
from bedside.diary.kept import Amendment
from bedside.diary.reader import reading
from bedside.night.told import Medicine
from bedside.pages import words
from bedside.pages.checkin import NO_FAULTS, Again
from bedside.pages.diary import medicine_form
from bedside.pages.diary.entry_history import telling
from bedside.pages.diary.form import shown_again
from bedside.pages.diary.medicine_form import CHANGES, FLAGGED, GLOSSES, REMEDIES
from bedside.pages.evidence import evidence
from bedside.pages.fields import Faults, Sent, Shown
from bedside.pages.house import House

LABELS: Mapping[str, str] = {
    "day": N_("On which day?"),
    "remedy": N_("What kind is it?"),
    "name": N_("Its name, and how much"),
}
HELPS: Mapping[str, str] = {
    "day": N_("As well as you remember."),
    "name": N_("In your own words, or left empty."),
}
FIELDS: Mapping[str, str] = {"day": N_("Day"), "class": N_("Kind"), "change": N_("Change"), "name": N_("Name")}
WORDS: Mapping[str, Mapping[str, str]] = {
    "class": {one.value: name for one, name in REMEDIES.items()},
    "change": {one.value: name for one, name in CHANGES.items()},
}
CARD = "medicines"


@dataclass(frozen=True, slots=True)
class Line:
    """A change of a medicine as it is shown. `history` is what was told otherwise, the newest first."""

    id: str
    day: str
    what: str
    name: str
    flagged: bool
    retracted: bool
    told: str
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What the guide says of the flagged classes, and on whose word."""

    says: str
    cites: tuple[str, ...]


def page(
    house: House, *, kept: bool = False, again: Again | None = None, readable: bool = True
) -> Mapping[str, object]:
    """What the template shows: the list, and the form, empty or, `again`, as it was sent. Raises DiaryError, unless
    the diary is known not to be `readable`.
    """
    now = house.now()
    today = now.wall.astimezone(house.zone).date()
    values = (again.values if again else {}) or {"day": today.isoformat()}
    lines = _lines(house) if readable else ()
    return {
        "lines": lines,
        "readable": readable,
        "advice": advice(),
        "flagged": {_(REMEDIES[one]): _(GLOSSES[one]) for one in FLAGGED},
        "made": values.get("made", now.key),
        "today": today,
        "values": values,
        "faults": again.faults if again else NO_FAULTS,
        "unwritten": again is not None and again.unwritten,
        "kept": kept and bool(lines),
        "labels": {name: _(text) for name, text in LABELS.items()},
        "helps": {name: _(text) for name, text in HELPS.items()},
        "remedies": {one.value: _(text) for one, text in REMEDIES.items()},
        "changes": {one.value: _(text) for one, text in CHANGES.items()},
    }


def take(house: House, sent: Sent, by: str) -> Again | None:
    """Have kept what the form, or one of the buttons beside a line, tells. None if done. Raises DiaryError."""
    with reading(house.diary) as reader:
        kept = {one.id: one for one in reader.medicines()}
    values = shown_again(sent)
    if "act" in sent:
        one = kept.get((sent.get("id") or ("",))[0])
        if one is None:
            return Again({}, {"made": _("There is no such line. Look at the list again.")})
        told = medicine_form.read_retraction(sent, one, moment=house.now(), by=by)
        values = {}
    else:
        today = house.now().wall.astimezone(house.zone).date()
        told = medicine_form.read(sent, today, moment=house.now(), by=by)
    if not isinstance(told, Medicine):
        return _anew(house, values, told)
    before = kept.get(told.id)
    if "act" not in sent and before:
        if medicine_form.is_of(before, told):
            return None
        faults = {"made": _("What was sent before is kept. If this is another one, press Keep once more.")}
        return _anew(house, values, faults)
    return None if house.tell((told,)) else Again(values, NO_FAULTS, unwritten=True)


def advice() -> Advice:
    """The guide's line on medicines."""
    honest = evidence().cards[CARD].honest
    return Advice(_(honest.text), tuple(_(source.short) for source in honest.sources))


def _anew(house: House, values: Shown, faults: Faults) -> Again:
    """The form again; under a new name, where its own is none, or has been used."""
    return Again({**values, "made": house.now().key} if "made" in faults else values, faults)


def _lines(house: House) -> tuple[Line, ...]:
    """The list, the newest day first."""
    with reading(house.diary) as reader:
        return tuple(
            Line(
                id=one.id,
                day=words.day_dates(one.day),
                what=_("%(medicine)s: %(change)s", medicine=_(REMEDIES[one.remedy]), change=_(CHANGES[one.change])),
                name=one.name,
                flagged=one.remedy in FLAGGED and not one.retracted,
                retracted=one.retracted,
                told=telling(datetime.fromisoformat(one.at), one.by, house.zone),
                history=tuple(_changed(house, reader.history("medicines", one.id))),
            )
            for one in reader.medicines()
        )


def _changed(house: House, history: Sequence[Amendment]) -> Sequence[str]:
    """Each amendment as a line."""
    return [_("%(when)s: %(what)s", when=telling(one.at, one.by, house.zone), what=_otherwise(one)) for one in history]


def _otherwise(one: Amendment) -> str:
    if one.field == "retracted":
        return _("removed") if one.after == "1" else _("put back")
    field = _(FIELDS[one.field]) if one.field in FIELDS else one.field
    was, now = (_said(one.field, text) for text in (one.before, one.after))
    return _("%(what)s: it was “%(before)s”, now it is “%(after)s”.", what=field, before=was, after=now)


def _said(field: str, text: str | None) -> str:
    if not text:
        return _("left open")
    if field == "day":
        return words.day_dates(date.fromisoformat(text))
    return _(WORDS[field][text]) if text in WORDS.get(field, ()) else text
