"""The page that adds a cramp that the button missed, `/diary/add`.

Source of what it says of a long one: docs/evidence.md, "Red flags".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bedside.catalogue import N_, _
from bedside.diary.reader import reading
from bedside.pages.checkin import NO_FAULTS, Again
from bedside.pages.checkin_form import LEGS, MUSCLES
from bedside.pages.diary import added_form
from bedside.pages.diary.added_form import Missed
from bedside.pages.diary.form import GRADES, shown_again
from bedside.pages.evidence import evidence
from bedside.pages.fields import Faults, Sent, Shown
from bedside.pages.guide import Said
from bedside.pages.house import House
from bedside.pages.links import to_cramp

LABELS: Mapping[str, str] = {
    "day": N_("On which day?"),
    "began": N_("When did it begin?"),
    "ended": N_("When did it end?"),
    "same": N_("It is another one: add it all the same"),
    "long": N_("It did last that long"),
}
HELPS: Mapping[str, str] = {
    "day": N_("After midnight it is the new day’s date."),  # noqa: RUF001 (a true apostrophe)
    "ended": N_("Leave it empty if nobody knows."),
}


LONG_CRAMP = 1
"""Which of the signs to get help for on the same day is that of a cramp that goes on."""


@dataclass(frozen=True, slots=True)
class Done:
    """It is kept; `href` is where it can be seen."""

    href: str


def page(house: House, *, again: Again | None = None) -> Mapping[str, object]:
    """What the template shows: an empty form with today's date or, `again`, one as it was sent."""
    now = house.now()
    today = now.wall.astimezone(house.zone).date()
    values = again.values if again else {"day": today.isoformat()}
    return {
        "made": values.get("made", now.key),
        "today": today,
        "values": values,
        "faults": again.faults if again else NO_FAULTS,
        "unwritten": again is not None and again.unwritten,
        "long_cramp": long_cramp(),
        "labels": {name: _(text) for name, text in LABELS.items()},
        "helps": {name: _(text) for name, text in HELPS.items()},
        "grades": {grade: grade for grade in GRADES},
        "legs": {one.value: _(text) for one, text in LEGS.items()},
        "muscles": {one.value: _(text) for one, text in MUSCLES.items()},
    }


def take(house: House, sent: Sent, by: str) -> Again | Done:
    """Have kept what the form tells, once however often it is sent. Else the form to show again. Raises DiaryError."""
    values, zone = shown_again(sent), house.zone
    missed = added_form.read(sent, zone, moment=house.now(), by=by)
    if not isinstance(missed, Missed):
        day = added_form.likely_day(sent, zone, house.now().wall)
        return _anew(house, {**values, "day": day.isoformat()} if day else values, missed)
    with reading(house.diary) as reader:
        kept = reader.cramp(missed.added.id)
        cramps = reader.cramps(*added_form.around(missed, zone))
    if kept:
        faults = added_form.already(missed, kept, zone)
        return _anew(house, values, faults) if faults else Done(f"{to_cramp(kept.id)}&kept=1")
    if faults := added_form.look_around(sent, missed, cramps, zone):
        return Again(values, faults)
    if house.tell(missed.rows):
        return Done(f"{to_cramp(missed.added.id)}&kept=1")
    return Again(values, NO_FAULTS, unwritten=True)


def long_cramp() -> Said:
    """The guide's line on a cramp that goes on, and on whose word."""
    sign = evidence().signs["same_day"][LONG_CRAMP]
    return Said(_(sign.text), tuple(_(source.short) for source in sign.sources))


def _anew(house: House, values: Shown, faults: Faults) -> Again:
    """The form again; under a new name, where its own is none, or has been used."""
    return Again({**values, "made": house.now().key} if "made" in faults else values, faults)
