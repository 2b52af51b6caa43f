"""The page of one entry, `/cramp?id=…`: all that is known of it, the form that corrects it, and its history."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bedside.catalogue import N_, _
from bedside.diary.reader import reading
from bedside.night.effects import CrampState, Meaning
from bedside.night.events import KEY, SECOND_WIRE, WIRE
from bedside.night.state import HOLD
from bedside.night.told import Judgement, Verdict
from bedside.pages import words
from bedside.pages.checkin import NO_FAULTS, Again
from bedside.pages.checkin_form import LEGS, MUSCLES
from bedside.pages.diary import entry_form
from bedside.pages.diary.entry_history import history, telling
from bedside.pages.diary.form import GRADES, shown_again
from bedside.pages.diary.kept_entry import Entry, PressOf, entry
from bedside.pages.diary.times import DAY, dated
from bedside.pages.fields import Sent
from bedside.pages.house import House
from bedside.pages.links import to_night
from bedside.patterns.nights import in_window

LABELS: Mapping[str, str] = {
    "began": N_("When did it begin?"),
    "ended": N_("When did it end?"),
    "unknown": N_("The end is not known"),
    "right": N_("The time above is right"),
    "second": N_("When did the second begin?"),
}
MEANINGS: Mapping[str, str] = {
    Meaning.BEGAN: N_("The cramp began."),
    Meaning.REPEATED: N_("Pressed once more in the same cramp: nothing changed."),
    Meaning.ENDED: N_("The cramp ended."),
    Meaning.REOPENED: N_("Still cramping: it went on."),
    Meaning.TAKEN_BACK: N_("Leaned on: it meant nothing."),
    Meaning.PAIRED: N_("It asked to pair a phone."),
}
BY: Mapping[str, str] = {
    WIRE: N_("By the button on the wire."),
    SECOND_WIRE: N_("By the second button."),
    KEY: N_("By the remote or key."),
}
"""Which button it was, where there was ever more than one."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no entry of the id that was asked for."""


def page(house: House, id: str, *, kept: bool = False, again: Again | None = None) -> Mapping[str, object] | Missing:
    """What the template shows: an entry, its form as it is kept or, `again`, as it was sent. Raises DiaryError."""
    with reading(house.diary) as reader:
        found = entry(reader, id, house.zone)
    if found is None:
        return Missing()
    cramp = found.cramp
    return {
        "id": cramp.id,
        "title": _title(found),
        "night_name": words.night_name(found.night),
        "night_href": to_night(found.night),
        "month_href": f"/diary?month={found.night:%Y-%m}",
        "facts": tuple(_facts(found)),
        "presses": tuple(_press(press, found) for press in found.presses),
        "notes": tuple(_notes(found)),
        "history": history(found),
        "correctable": found.can_be_corrected,
        "open": cramp.state == CrampState.OPEN,
        "retracted": cramp.verdict is Verdict.NONE,
        "seen": found.seen,
        "values": again.values if again else entry_form.shown(found),
        "faults": again.faults if again else NO_FAULTS,
        "unwritten": again is not None and again.unwritten,
        "kept": kept and bool(found.seen),
        "labels": {name: _(text) for name, text in LABELS.items()},
        "helps": _helps(found),
        "ends": found.cramp.seconds is not None,
        "about": not cramp.trusted,
        "choices": entry_form.choices(found),
        "grades": {grade: grade for grade in GRADES},
        "legs": {one.value: _(text) for one, text in LEGS.items()},
        "muscles": {one.value: _(text) for one, text in MUSCLES.items()},
    }


def take(house: House, id: str, sent: Sent, by: str) -> Again | Missing | None:
    """Have kept what the form, or one of the two buttons below it, tells. None if done. Raises DiaryError."""
    with reading(house.diary) as reader:
        found = entry(reader, id, house.zone)
    if found is None:
        return Missing()
    values = entry_form.shown(found) if "act" in sent else shown_again(sent)
    if not found.can_be_corrected:
        return Again(values, {"entry": _("This entry cannot be corrected now.")})
    read = entry_form.read_retraction if "act" in sent else entry_form.read
    told = read(sent, found, moment=house.now(), by=by)
    if not isinstance(told, Judgement):
        return Again(values, told)
    return None if house.tell((told,)) else Again(values, NO_FAULTS, unwritten=True)


def _title(found: Entry) -> str:
    time = words.clock(found.cramp.onset, found.line.zone)
    if found.cramp.practice:
        return _("Practice at %(time)s", time=time)
    if not found.cramp.trusted:
        return _("The cramp at about %(time)s", time=time)
    return _("The cramp at %(time)s", time=time)


def _facts(found: Entry) -> Iterator[tuple[str, str]]:
    """What is known, as (name, value) lines."""
    cramp, zone = found.cramp, found.line.zone
    if cramp.onset != found.pressed:
        yield _("Began, as you corrected it"), dated(cramp.onset, zone)
    if cramp.origin == "page":
        yield _("Began, as you added it"), dated(found.pressed, zone)
    else:
        yield _("Pressed"), dated(found.pressed, zone)
    yield _("Lasted"), _lasted(found)
    if cramp.pressed and cramp.seconds != found.seconds:
        pressed = _("not known") if found.seconds is None else words.lasted(found.seconds)
        yield (_("Lasted, as you added it") if cramp.origin == "page" else _("Lasted, as it was pressed")), pressed
    yield _("Room"), words.celsius(cramp.celsius)
    yield _("Kept by"), _origin(found)


def _lasted(found: Entry) -> str:
    cramp = found.cramp
    if cramp.state == CrampState.OPEN:
        return _("It is still open.")
    if cramp.seconds is not None:
        return words.lasted(cramp.seconds)
    return _("not known") if cramp.pressed or cramp.origin == "page" else _("not known: no end press")


def _origin(found: Entry) -> str:
    if found.cramp.origin == "sample":
        return _("a sample, made up for this demo")
    if found.cramp.origin != "page":
        return _("the button")
    if found.added is None:
        return _("a person, on the page")
    return _("a person, on the page: %(when)s", when=telling(found.added.at, found.added.by, found.line.zone))


def _notes(found: Entry) -> Iterator[str]:
    """What sets it apart from other cramps."""
    cramp = found.cramp
    if cramp.practice:
        yield _("This was practice. It is never counted, and there is nothing to correct.")
        return
    if cramp.unsure:
        yield _("Was that a cramp? It was held or leaned on. Until you say, it is in no count.")
    if not in_window(cramp.onset, found.window):
        yield _("It began outside your sleep window: it is kept as a daytime cramp, and is in no rate of the nights.")
    if not cramp.trusted:
        yield _("The clock was not set when the button was pressed, so the time may be wrong.")
    if found.logged and abs(found.logged - found.pressed) >= MINUTE:
        said = dated(found.logged, found.line.zone)
        yield _(
            "The clock of the device was wrong then: it said %(when)s. It was put right once the time was known.",
            when=said,
        )
    if cramp.verdict is Verdict.NONE:
        yield _("You told that it was none. It is kept, and in no count.")
    if cramp.verdict is Verdict.SAME:
        yield _("You told that it was the same cramp as the one before. It is not counted apart.")
    if cramp.verdict is Verdict.TWO:
        yield _two(found)


def _two(found: Entry) -> str:
    if found.cramp.second is None:
        return _("You told that it was two cramps. When the second began is not known.")
    time = words.clock(found.cramp.second, found.line.zone)
    return _("You told that it was two cramps, the second from %(time)s on.", time=time)


def _press(press: PressOf, found: Entry) -> tuple[str, str]:
    """When it was pressed, and what it came to mean."""
    says = _(MEANINGS.get(press.meaning, N_("The button was pressed.")))
    if press.leaned and press.meaning != Meaning.TAKEN_BACK:
        says = _("%(says)s It was leaned on.", says=says)
    elif press.held is not None and press.held >= HOLD:
        held = words.lasted(press.held)
        says = _("%(says)s It was held for %(seconds)s.", says=says, seconds=held)
    if press.button in BY:
        # Translators: what a press came to mean, and which button it was. Both are sentences of their own.
        says = _("%(says)s %(button)s", says=says, button=_(BY[press.button]))
    return words.clock(press.at, found.line.zone), says


def _helps(found: Entry) -> Mapping[str, str]:
    night = found.night
    line = _(
        "It stays in its night: 23:50 is on %(evening)s, 03:04 on %(morning)s.",
        evening=words.day_dates(night),
        morning=words.day_dates(night + DAY),
    )
    if found.line.shift < timedelta(0):
        line += " " + _("The clock was set back in this night. Of a time that came twice, the first is meant.")
    if found.line.shift > timedelta(0):
        line += " " + _("The clock was set forward in this night: one hour has no times.")
    again = tuple(words.clock(at, found.line.zone) for at in found.relapses)
    helps = {"began": line, "ended": _("Leave it empty if nobody knows.")}
    helps["second"] = _("Only if it was two. Leave it empty if nobody knows.")
    if again:
        pressed = words.listed(again)
        helps["second"] += " " + _("The button was pressed again at %(times)s: it may have been then.", times=pressed)
    return helps
