"""The morning's check-in as a form: what it shows of what was told, and what a sent form tells. Pure.

Source of the questions: docs/evidence.md, "What is logged, and the words for it".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from bedside.catalogue import N_, _
from bedside.diary.reader import KeptCheckIn, KeptCramp
from bedside.night.events import Moment
from bedside.night.told import MOST, CheckIn, Factor, Judgement, Leg, Muscle, Verdict
from bedside.pages.fields import TICKED, Faults, Fields, Sent, Shown

T = TypeVar("T")

LONGEST_NOTE = 1000
YES, NO = "yes", "no"
SLEPT: Mapping[str, str] = {YES: N_("Yes"), NO: N_("No, I was away")}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.CRAMP: N_("A cramp"),
    Verdict.NONE: N_("That wasn't one"),
    Verdict.SAME: N_("The same as the one before"),
}
LEGS: Mapping[Leg, str] = {Leg.LEFT: N_("Left"), Leg.RIGHT: N_("Right"), Leg.BOTH: N_("Both")}
MUSCLES: Mapping[Muscle, str] = {Muscle.CALF: N_("Calf"), Muscle.FOOT: N_("Foot"), Muscle.THIGH: N_("Thigh")}
FACTORS: Mapping[Factor, str] = {
    Factor.EFFORT: N_("Unusual effort"),
    Factor.STANDING: N_("Long standing"),
    Factor.SITTING: N_("Mostly sitting"),
    Factor.ALCOHOL: N_("Alcohol"),
}
KINDS = ("verdict", "severity", "leg", "muscle")
"""What is asked of each cramp."""
GRADES = tuple(map(str, range(MOST + 1)))


@dataclass(frozen=True, slots=True)
class Told:
    """What a sent form tells."""

    check_in: CheckIn
    judgements: tuple[Judgement, ...]


def verdicts(number: int) -> Mapping[str, str]:
    """What the night's cramp of this number, from 0, may be; the first has none before it."""
    return {one.value: _(words) for one, words in VERDICTS.items() if number or one is not Verdict.SAME}


def shown(kept: KeptCheckIn | None, cramps: Sequence[KeptCramp]) -> Shown:
    """The form as it shows what was told before; what was left open is left out."""
    values: dict[str, str | None] = {}
    if kept:
        values["slept"] = None if kept.slept_here is None else YES if kept.slept_here else NO
        values["disturbance"] = _text(kept.disturbance)
        values["note"] = kept.note
        values |= {factor.name.lower(): TICKED for factor in kept.factors}
    for number, cramp in enumerate(cramps):
        values[f"verdict-{number}"] = cramp.verdict
        values[f"severity-{number}"] = _text(cramp.severity)
        values[f"leg-{number}"] = cramp.leg
        values[f"muscle-{number}"] = cramp.muscle
    return {field: str(value) for field, value in values.items() if value is not None}


def shown_again(sent: Sent, cramps: Sequence[str]) -> Shown:
    """The form as it was sent, so that nothing typed is lost. What was told of a cramp stays with it, wherever it now
    stands among these ids.
    """
    values = {field: each[0] for field, each in sent.items() if each}
    places = {id: number for number, id in enumerate(sent.get("cramp", ()))}
    of_cramps = {f"{kind}-{number}" for kind in KINDS for number in places.values()}
    moved = {
        f"{kind}-{number}": values[f"{kind}-{places[id]}"]
        for number, id in enumerate(cramps)
        for kind in KINDS
        if id in places and f"{kind}-{places[id]}" in values
    }
    return {field: value for field, value in values.items() if field not in of_cramps} | moved


def read(
    sent: Sent, night: date, kept: KeptCheckIn | None, cramps: Sequence[KeptCramp], *, moment: Moment, by: str
) -> Told | Faults:
    """What the form tells of the night and of its cramps, or everything that is wrong with it. `kept` is what was told
    before, which the form must have been made from; `by` is who tells.
    """
    form = _Form(sent)
    note = form.one("note").strip()
    if len(note) > LONGEST_NOTE:
        form.faults["note"] = _(
            "The note has %(letters)s letters. Shorten it to %(most)s.", letters=len(note), most=LONGEST_NOTE
        )
    slept = form.choice("slept", {YES: True, NO: False})
    check_in = CheckIn(
        night,
        moment,
        slept_here=slept,
        disturbance=form.grade("disturbance"),
        factors=tuple(factor for factor in Factor if form.box(factor.name.lower())),
        note=note,
        by=by,
    )
    judgements = tuple(_judgement(form, number, cramp.id, moment, by) for number, cramp in enumerate(cramps))
    for number in _without_one_before(judgements):
        form.faults[f"verdict-{number}"] = _("The one before it was none. Choose what this one was.")
    if list(sent.get("cramp", ())) != [cramp.id for cramp in cramps] or form.one("seen") != (kept.at if kept else ""):
        form.faults["night"] = _("The night has changed since this page was made. Look at it again, then press Keep.")
    return form.faults or Told(check_in, judgements)


def _without_one_before(judgements: Sequence[Judgement]) -> Iterator[int]:
    """The numbers of those that are the same as one that was none."""
    before: Verdict | None = None
    for number, judgement in enumerate(judgements):
        if judgement.verdict is not Verdict.SAME:
            before = judgement.verdict
        elif before is Verdict.NONE:
            yield number


def _judgement(form: "_Form", number: int, cramp: str, moment: Moment, by: str) -> Judgement:
    return Judgement(
        cramp,
        moment,
        verdict=form.choice(f"verdict-{number}", {one: Verdict(one) for one in verdicts(number)}),
        severity=form.grade(f"severity-{number}"),
        leg=form.choice(f"leg-{number}", {one.value: one for one in Leg}),
        muscle=form.choice(f"muscle-{number}", {one.value: one for one in Muscle}),
        by=by,
    )


class _Form(Fields):
    def choice(self, field: str, allowed: Mapping[str, T]) -> T | None:
        """None where nothing was chosen."""
        text = self.one(field)
        if text and text not in allowed:
            self.faults[field] = _("This answer is not among those that are offered. Choose one of them.")
        return allowed.get(text)

    def grade(self, field: str) -> int | None:
        """From 0 to 10, or None."""
        return self.choice(field, {grade: int(grade) for grade in GRADES})

    def box(self, field: str) -> bool:
        """A browser sends a box only where it is ticked."""
        return self.choice(field, {TICKED: True}) or False


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)
