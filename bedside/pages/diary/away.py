"""The page of journeys, `/diary/away`: the nights that were not slept here, told in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bedside.catalogue import N_, _
from bedside.diary.between import away_nights, check_ins
from bedside.diary.reader import Reader, reading
from bedside.night.told import Verdict
from bedside.pages import words
from bedside.pages.checkin import NO_FAULTS, Again
from bedside.pages.diary import away_form
from bedside.pages.diary.away_form import AWAY, HERE, WHERE, Journey
from bedside.pages.diary.form import shown_again
from bedside.pages.fields import Sent
from bedside.pages.house import House
from bedside.pages.links import to_night
from bedside.pages.morning import shown_night
from bedside.patterns.nights import night_of, span_of

LABELS: Mapping[str, str] = {
    "first": N_("The evening of the first night"),
    "last": N_("The evening of the last night"),
    "sure": N_("I was away all the same"),
}
MOST_SHOWN = 24
"""The newest journeys; the others are in the diary's months."""


@dataclass(frozen=True, slots=True)
class Against:
    """A night that speaks against a journey, and why."""

    href: str
    night: str
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Nights in a row that were away. `undo` leads to the form that takes them back."""

    says: str
    undo: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the diary has against a journey: each night, and all of them as one text."""

    nights: tuple[Against, ...] = ()
    text: str = ""


NO_DOUBT = Doubt()


def page(
    house: House,
    *,
    asked: Mapping[str, str] | None = None,
    kept: bool = False,
    again: Again | None = None,
    doubt: Doubt = NO_DOUBT,
    readable: bool = True,
) -> Mapping[str, object]:
    """What the template shows: the journeys, and the form as it is `asked` for or, `again`, as it was sent; `doubt` is
    what has to be ticked. Raises DiaryError, unless the diary is known not to be `readable`.
    """
    latest = shown_night(house, house.now().wall)
    usual = {"last": latest.isoformat()} | {name: text for name, text in (asked or {}).items() if text}
    return {
        "journeys": _journeys(house) if readable else (),
        "readable": readable,
        "latest": latest,
        "values": again.values if again else {"where": AWAY} | usual,
        "faults": again.faults if again else NO_FAULTS,
        "unwritten": again is not None and again.unwritten,
        "kept": kept,
        "doubt": doubt,
        "labels": {name: _(text) for name, text in LABELS.items()},
        "helps": {"first": _("A night has the date of its evening.")},
        "where": {name: _(text) for name, text in WHERE.items()},
        "most": away_form.MOST_NIGHTS,
    }


def take(house: House, sent: Sent, by: str) -> tuple[Again, Doubt] | None:
    """Have kept what the form tells, all nights or none. None if done; else the form again. Raises DiaryError."""
    values = {name: text for name, text in shown_again(sent).items() if name != "sure"}
    journey = away_form.read(sent, shown_night(house, house.now().wall))
    if not isinstance(journey, Journey):
        return Again(values, journey), NO_DOUBT
    with reading(house.diary) as reader:
        told = check_ins(reader, journey.first, journey.last)
        pressed = _pressed(house, reader, journey)
    nights = away_form.against(journey, pressed, told)
    if nights and journey.sure != away_form.named(nights):
        doubt = Doubt(tuple(_against(night, pressed) for night in nights), away_form.named(nights))
        return Again(values, {"sure": _("Look at these nights, then tick that you were away all the same.")}), doubt
    rows = away_form.rows(journey, told, moment=house.now(), by=by)
    if not rows and not journey.away:
        return Again(values, {"where": _("None of these nights was told as away, so there is nothing to change.")}), (
            NO_DOUBT
        )
    if not rows or house.tell(rows):
        return None
    return Again(values, NO_FAULTS, unwritten=True), NO_DOUBT


def _pressed(house: House, reader: Reader, journey: Journey) -> set[date]:
    """The nights with a cramp, under a clock that was set, but for those that were told to be none."""
    span = span_of(journey.first, house.zone)[0], span_of(journey.last, house.zone)[1]
    return {
        night_of(cramp.pressed or cramp.onset, house.zone)
        for cramp in reader.cramps(*span)
        if cramp.trusted and not cramp.practice and cramp.verdict is not Verdict.NONE
    }


def _against(night: date, pressed: set[date]) -> Against:
    name = _("%(night)s, %(dates)s", night=words.night_name(night), dates=words.night_dates(night))
    why = _("A cramp was pressed or added.") if night in pressed else _("You told that you slept here.")
    return Against(to_night(night), name, why)


def _journeys(house: House) -> Sequence[Kept]:
    with reading(house.diary) as reader:
        nights = away_nights(reader)
    return [
        Kept(away_form.said(first, last), f"/diary/away?first={first}&last={last}&where={HERE}#tell")
        for first, last in away_form.spans(nights)[:MOST_SHOWN]
    ]
