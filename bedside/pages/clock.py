"""The time, `/clock`: where the device does not know it, a person can type it."""

from collections.abc import Mapping

from bedside.catalogue import N_, _
from bedside.night.told import TimeTold
from bedside.pages import clock_form
from bedside.pages.checkin import NO_FAULTS, Again
from bedside.pages.diary.form import shown_again
from bedside.pages.diary.times import dated
from bedside.pages.fields import Sent
from bedside.pages.house import House

LABELS: Mapping[str, str] = {"day": N_("Which day is it?"), "time": N_("What is the time now?")}
HELPS: Mapping[str, str] = {
    "time": N_("To the minute, by a watch or a phone. What was kept since the power came on is put right by it.")
}


class KnownAlreadyError(Exception):
    """The clock is set: nobody needs to type the time."""


def page(house: House, *, kept: bool = False, again: Again | None = None) -> Mapping[str, object]:
    """What the template shows: the time as the device has it and, where it does not know, the form."""
    now = house.now()
    return {
        "now": dated(now.wall, house.zone),
        "known": now.trusted,
        "asked": now.unsure,
        "kept": kept and now.by_hand,
        "values": again.values if again else {},
        "faults": again.faults if again else NO_FAULTS,
        "unwritten": again is not None and again.unwritten,
        "labels": {name: _(text) for name, text in LABELS.items()},
        "helps": {name: _(text) for name, text in HELPS.items()},
        "first": clock_form.FIRST,
        "last": clock_form.LAST,
    }


def take(house: House, sent: Sent, by: str) -> Again | None:
    """Have the time hold that the form tells. None if done, and kept; else the form to show again.

    Raises KnownAlreadyError.
    """
    moment = house.now()
    if not moment.unsure:
        raise KnownAlreadyError
    told = clock_form.read(sent, house.zone, moment=moment, by=by)
    if not isinstance(told, TimeTold):
        return Again(shown_again(sent), told)
    return None if house.tell_time(told) else Again({}, NO_FAULTS, unwritten=True)
