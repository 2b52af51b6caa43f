"""The morning's check-in as a form: what it shows of what was told, and what a sent form tells. Pure.

Source of the questions: docs/evidence.md, "What is logged, and the words for it".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from bedside.catalogue import N_, _
from bedside.diary.kept import KeptCheckIn, KeptCramp, without_one_before
from bedside.night.effects import Row
from bedside.night.events import Moment
from bedside.night.told import Added, CheckIn, Factor, Judgement, Leg, Muscle, Verdict
from bedside.pages import words
from bedside.pages.diary.form import Form
from bedside.pages.diary.times import Line
from bedside.pages.factors import field_of
from bedside.pages.fields import TICKED, Faults, Sent, Shown
from bedside.patterns.nights import Span, in_window

LONGEST_NOTE = 1000
YES, NO = "yes", "no"
SLEPT: Mapping[str, str] = {YES: N_("Yes"), NO: N_("No, I was away")}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.CRAMP: N_("A cramp"),
    Verdict.NONE: N_("That wasn't one"),
    Verdict.SAME: N_("The same as the one before"),
    Verdict.TWO: N_("Two cramps"),
}
LEGS: Mapping[Leg, str] = {Leg.LEFT: N_("Left"), Leg.RIGHT: N_("Right"), Leg.BOTH: N_("Both")}
MUSCLES: Mapping[Muscle, str] = {Muscle.CALF: N_("Calf"), Muscle.FOOT: N_("Foot"), Muscle.THIGH: N_("Thigh")}
NONE_OF_THESE = "none"
"""The box that says that nothing was unusual: an answer, where no box at all is none."""
QUICK = "quick"
"""The button that says, of a night without a press, that it was slept here and that there is nothing to add."""
SURE_AWAY, SURE_BY_DAY = "sure-away", "sure-by-day"
"""Boxes that are offered once there is a doubt."""
MISSED = ("missed-0", "missed-1")
"""The times of cramps that the button missed."""
KINDS = ("verdict", "severity", "leg", "muscle")
"""What is asked of each cramp."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a sent form tells."""

    check_in: CheckIn
    judgements: tuple[Judgement, ...]
    added: tuple[Added, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All of it, to be kept as one."""
        return (self.check_in, *self.judgements, *self.added)


@dataclass(frozen=True, slots=True)
class About:
    """The night that a form is about: what was told of it before, its cramps, and the factors that it asks about."""

    night: date
    zone: tzinfo
    kept: KeptCheckIn | None
    cramps: Sequence[KeptCramp]
    factors: Sequence[Factor]
    window: Span


def verdicts(number: int) -> Mapping[str, str]:
    """What the night's cramp of this number, from 0, may be; the first has none before it."""
    return {one.value: _(words) for one, words in VERDICTS.items() if number or one is not Verdict.SAME}


def shown(kept: KeptCheckIn | None, cramps: Sequence[KeptCramp], legs: Mapping[str, Leg]) -> Shown:
    """The form as it shows what was told before; what was left open is left out, but for the legs of these cramps."""
    values: dict[str, str | None] = {}
    if kept:
        values["slept"] = None if kept.slept_here is None else YES if kept.slept_here else NO
        values["disturbance"] = _text(kept.disturbance)
        values["note"] = kept.note
        values |= {field_of(factor): TICKED for factor in kept.factors}
        if kept.asked and not kept.factors:
            values[NONE_OF_THESE] = TICKED
    for number, cramp in enumerate(cramps):
        values[f"verdict-{number}"] = cramp.verdict
        values[f"severity-{number}"] = _text(cramp.severity)
        values[f"leg-{number}"] = cramp.leg or legs.get(cramp.id)
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


def read(sent: Sent, about: About, *, moment: Moment, by: str) -> Told | Faults:
    """What the form tells of the night and of its cramps, or everything that is wrong with it. It must have been made
    from what was told before; `by` is who tells, `moment` is now.
    """
    form = _Form(sent)
    note = form.one("note").strip()
    if len(note) > LONGEST_NOTE:
        form.faults["note"] = _(
            "The note has %(letters)s letters. Shorten it to %(most)s.", letters=len(note), most=LONGEST_NOTE
        )
    factors, asked = form.factors(about.factors)
    check_in = CheckIn(
        about.night,
        moment,
        slept_here=form.choice(QUICK, {YES: True}) or form.choice("slept", {YES: True, NO: False}),
        disturbance=form.grade("disturbance"),
        factors=factors,
        asked=asked,
        note=note,
        by=by,
    )
    judgements = tuple(_judgement(form, number, cramp, moment, by) for number, cramp in enumerate(about.cramps))
    told = [replace(cramp, verdict=one.verdict) for cramp, one in zip(about.cramps, judgements, strict=True)]
    for cramp in without_one_before(told):
        form.faults[f"verdict-{told.index(cramp)}"] = _(
            "It can only be the same as one that was a cramp. Say first what the one before it was."
        )
    added = tuple(_missed(form, about, moment, by))
    if check_in.slept_here is False and not form.box(SURE_AWAY) and (added or any(one.counts for one in told)):
        form.tell(
            "slept",
            _("There is a cramp in this night. If you were away all the same, tick so: then it is in no rate."),
        )
    seen = about.kept.at if about.kept else ""
    if list(sent.get("cramp", ())) != [cramp.id for cramp in about.cramps] or form.one("seen") != seen:
        form.faults["night"] = _("The night has changed since this page was made. Look at it again, then press Keep.")
    return form.faults or Told(check_in, judgements, added)


def _missed(form: "_Form", about: About, moment: Moment, by: str) -> Iterator[Added]:
    """The cramps that the button missed, of which a person knows when they were."""
    known = {onset.replace(second=0, microsecond=0) for cramp in about.cramps for onset in cramp.onsets}
    for field in MISSED:
        if not form.one(field).strip():
            continue
        onset = form.in_night(field, Line(about.night, about.zone))
        form.past(field, onset, moment.wall)
        if onset and not in_window(onset, about.window) and not form.box(SURE_BY_DAY):
            form.tell(field, _by_day(onset, about.zone))
        if onset in known:
            form.tell(field, _("A cramp at this time is here already. Set another, or leave it empty."))
        if onset is not None:
            known.add(onset)
            made_from = about.kept.at if about.kept else ""  # of a form that was sent twice each is kept once
            yield Added(f"page/{about.night}/{made_from}/{field}", moment, onset, by=by)


def _by_day(onset: datetime, zone: tzinfo) -> str:
    return _(
        "%(time)s is on %(day)s, outside your sleep window. Half past midnight is 00:30. If it was by day, tick so.",
        time=words.clock(onset, zone),
        day=words.weekday(onset.astimezone(zone).date()),
    )


def _judgement(form: "_Form", number: int, cramp: KeptCramp, moment: Moment, by: str) -> Judgement:
    """What is told of a cramp here, with what was told elsewhere: when it was, and how long."""
    return Judgement(
        cramp.id,
        moment,
        verdict=form.choice(f"verdict-{number}", {one: Verdict(one) for one in verdicts(number)}),
        severity=form.grade(f"severity-{number}"),
        leg=form.choice(f"leg-{number}", {one.value: one for one in Leg}),
        muscle=form.choice(f"muscle-{number}", {one.value: one for one in Muscle}),
        by=by,
        **cramp.corrections,
    )


class _Form(Form):
    def factors(self, offered: Sequence[Factor]) -> tuple[tuple[Factor, ...], tuple[Factor, ...]]:
        """Those that were there, and those that the answer covers: all that were offered, or none without one."""
        there = tuple(factor for factor in offered if self.box(field_of(factor)))
        none = self.box(NONE_OF_THESE)
        if there and none:
            self.faults[NONE_OF_THESE] = _("“None of these” is ticked with others. Untick what is not so.")
        return there, tuple(offered) if there or none else ()


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)
