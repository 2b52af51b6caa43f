"""The morning's check-in: offered below the night it is about, and kept as one form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from bedside.catalogue import _
from bedside.diary.kept import KeptCheckIn, KeptCramp
from bedside.diary.reader import Reader, reading
from bedside.night.effects import CrampState
from bedside.night.told import Factor, Leg
from bedside.pages import checkin_form, unreadable, words
from bedside.pages.checkin_form import Told
from bedside.pages.diary.form import GRADES
from bedside.pages.factors import FACTORS, asked, field_of
from bedside.pages.fields import Faults, Sent, Shown
from bedside.pages.house import House
from bedside.patterns.nights import span_of

NO_FAULTS: Faults = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """A cramp that is asked about; `name` says which, `leg_hint` why a leg is chosen already."""

    id: str
    name: str
    verdicts: Mapping[str, str]
    leg_hint: str = ""


@dataclass(frozen=True, slots=True)
class CheckInForm:
    """What the template shows. `seen` is when what it shows was told; `known`: something was; `kept`: just now."""

    night: date
    seen: str
    cramps: tuple[Asked, ...]
    asks: tuple[Factor, ...]
    values: Shown
    faults: Faults
    known: bool
    kept: bool
    unwritten: bool

    @property
    def day(self) -> str:
        """The weekday before the night."""
        return words.weekday(self.night)

    @property
    def slept(self) -> Mapping[str, str]:
        """Where the night was spent."""
        return _worded(checkin_form.SLEPT)

    @property
    def grades(self) -> Mapping[str, str]:
        """From 0 to 10."""
        return {grade: grade for grade in GRADES}

    @property
    def legs(self) -> Mapping[str, str]:
        """Which leg."""
        return _worded(checkin_form.LEGS)

    @property
    def muscles(self) -> Mapping[str, str]:
        """Which muscle."""
        return _worded(checkin_form.MUSCLES)

    @property
    def factors(self) -> Mapping[str, str]:
        """What was unusual, by the field's name."""
        return {field_of(factor): _(FACTORS[factor]) for factor in self.asks}

    @property
    def missed(self) -> tuple[str, ...]:
        """The fields for the times of cramps that the button missed."""
        return checkin_form.MISSED


@dataclass(frozen=True, slots=True)
class Again:
    """A form that was sent and is shown again: with faults, or because the disk did not take it yet."""

    values: Shown
    faults: Faults
    unwritten: bool = False


def asked_about(cramps: Sequence[KeptCramp]) -> list[KeptCramp]:
    """The cramps that only a person can tell more of: none that is open still, and no practice."""
    return [cramp for cramp in cramps if not cramp.practice and cramp.state != CrampState.OPEN]


def form(house: House, reader: Reader, night: date, *, kept: bool = False, again: Again | None = None) -> CheckInForm:
    """The form for a night, as it was told or, `again`, as it was sent."""
    told: KeptCheckIn | None = reader.check_in(night)
    span = span_of(night, house.zone)
    cramps = asked_about(reader.cramps(*span))
    legs = {} if told or not house.legs else _legs(house, cramps, reader.first_buttons(*span))
    return CheckInForm(
        night=night,
        seen=told.at if told else "",
        cramps=tuple(
            Asked(cramp.id, _named(cramp, house.zone), checkin_form.verdicts(number), _leg_hint(legs.get(cramp.id)))
            for number, cramp in enumerate(cramps)
        ),
        asks=_asks(house, told),
        values=again.values if again else checkin_form.shown(told, cramps, legs),
        faults=again.faults if again else NO_FAULTS,
        known=told is not None,
        kept=kept and told is not None,
        unwritten=again is not None and again.unwritten,
    )


def unread(house: House, night: date, again: Again) -> CheckInForm:
    """The form as it was sent, where the diary cannot be read: what was typed is not lost."""
    return CheckInForm(
        night=night,
        seen="",
        cramps=(),
        asks=_asks(house, None),
        values=again.values,
        faults=again.faults,
        known=False,
        kept=False,
        unwritten=again.unwritten,
    )


def take(house: House, night: date, sent: Sent, by: str) -> Again | None:
    """Have kept what the form tells, all or none. None if done; else the form to show again."""
    try:
        with reading(house.diary) as reader:
            kept = reader.check_in(night)
            cramps = asked_about(reader.cramps(*span_of(night, house.zone)))
            window = reader.sleep_window(night, house.zone, house.habits())
    except unreadable.ERRORS as error:
        return Again(checkin_form.shown_again(sent, sent.get("cramp", ())), {"night": str(error)}, unwritten=True)
    values = checkin_form.shown_again(sent, [cramp.id for cramp in cramps])
    about = checkin_form.About(night, house.zone, kept, cramps, _asks(house, kept), window)
    read = checkin_form.read(sent, about, moment=house.now(), by=by)
    if not isinstance(read, Told):
        return Again(values, read)
    if house.tell(read.rows):
        return None
    return Again(values, NO_FAULTS, unwritten=True)


def _asks(house: House, told: KeptCheckIn | None) -> tuple[Factor, ...]:
    """The factors that are asked about: what was answered before, so that nothing is answered by the way that was not
    asked then; where nothing was, what the habits say.
    """
    return told.asked if told and told.asked else asked(house.habits().factors)


def _legs(house: House, cramps: Sequence[KeptCramp], buttons: Mapping[str, str]) -> Mapping[str, Leg]:
    """By cramp the leg of the button that it began with, of those of which nothing was told."""
    began = {cramp.id: buttons[cramp.id] for cramp in cramps if cramp.id in buttons and cramp.untold}
    return {id: house.legs[button] for id, button in began.items() if button in house.legs}


def _leg_hint(leg: Leg | None) -> str:
    if leg is None:
        return ""
    said = _(checkin_form.LEGS[leg])
    return _("Offered: %(leg)s, since the button for that leg was pressed. Choose another if it was not so.", leg=said)


def _named(cramp: KeptCramp, zone: tzinfo) -> str:
    time = words.clock(cramp.onset, zone)
    if cramp.origin == "page":
        return _("The cramp at %(time)s, which you added", time=time)
    return _("The press at %(time)s", time=time)


def _worded(options: Mapping[Any, str]) -> Mapping[str, str]:
    """The options with their words; an enumeration's value stands for it."""
    return {str(value): _(text) for value, text in options.items()}
