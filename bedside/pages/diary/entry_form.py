"""The form that corrects an entry: what it shows, and what a sent form tells. Pure.

Its times lie on the line of the night of the press: an entry moves within its night, and never out of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bedside.catalogue import _
from bedside.diary.kept import without_one_before
from bedside.night.events import Moment
from bedside.night.told import Judgement, Leg, Muscle, Verdict
from bedside.pages import words
from bedside.pages.checkin_form import VERDICTS
from bedside.pages.diary.form import Form
from bedside.pages.diary.kept_entry import Entry
from bedside.pages.fields import Faults, Sent, Shown

RETRACT, TAKE_BACK = "retract", "take-back"
KEPT_EXACT = 0.001
"""Seconds: nearer than that, a length is the one that was kept."""


@dataclass(frozen=True, slots=True)
class Times:
    """When it began and how long it lasted; `corrected`: not as the presses say."""

    onset: datetime
    seconds: float | None
    corrected: bool


def choices(entry: Entry) -> Mapping[str, str]:
    """What it may have been; the first of a night has none before it."""
    first = not entry.around or entry.around[0].id == entry.cramp.id
    return {one.value: _(words) for one, words in VERDICTS.items() if not (first and one is Verdict.SAME)}


def shown(entry: Entry) -> Shown:
    """The form as it shows what is kept. Where the button was pressed again, that is offered as a second cramp."""
    cramp, zone = entry.cramp, entry.line.zone
    second = cramp.second if cramp.verdict is Verdict.TWO else next(iter(entry.relapses), None)
    values = {
        "began": words.clock(cramp.onset, zone),
        "ended": words.clock(entry.end, zone) if entry.end else None,
        "verdict": cramp.verdict,
        "second": words.clock(second, zone) if second else None,
        "severity": None if cramp.severity is None else str(cramp.severity),
        "leg": cramp.leg,
        "muscle": cramp.muscle,
    }
    return {field: str(value) for field, value in values.items() if value is not None}


def read(sent: Sent, entry: Entry, *, moment: Moment, by: str) -> Judgement | Faults:
    """What the form tells of the entry, or everything that is wrong with it. `by` is who tells."""
    form = Form(sent)
    times = _times(form, entry, moment.wall)
    verdict = form.choice("verdict", {one: Verdict(one) for one in choices(entry)})
    judgement = Judgement(
        entry.cramp.id,
        moment,
        verdict=verdict,
        severity=form.grade("severity"),
        leg=form.choice("leg", {one.value: one for one in Leg}),
        muscle=form.choice("muscle", {one.value: one for one in Muscle}),
        by=by,
        onset=times.onset if times.corrected else None,
        seconds=times.seconds if times.corrected else None,
        end_unknown=times.corrected and times.seconds is None,
        second=_second(form, entry, times, moment.wall) if verdict is Verdict.TWO else None,
    )
    _look_around(form, entry, times.onset, verdict)
    _look_again(form, entry)
    return form.faults or judgement


def read_retraction(sent: Sent, entry: Entry, *, moment: Moment, by: str) -> Judgement | Faults:
    """What one of the two buttons below the form tells: that it was no cramp, or what was told before that."""
    form = Form(sent)
    act = form.choice("act", {RETRACT: RETRACT, TAKE_BACK: TAKE_BACK})
    verdict = Verdict.NONE if act == RETRACT else _before_retraction(entry)
    _look_around(form, entry, entry.cramp.onset, verdict)
    _look_again(form, entry)
    kept = entry.cramp
    told = {"severity": kept.severity, "leg": kept.leg, "muscle": kept.muscle, **kept.corrections}
    return form.faults or Judgement(kept.id, moment, verdict=verdict, by=by, **told)


def _before_retraction(entry: Entry) -> Verdict | None:
    """What it was said to be before it was retracted; None where nobody had said."""
    if entry.cramp.verdict is not Verdict.NONE:
        return entry.cramp.verdict
    texts = (one.before for one in entry.history if one.field == "verdict" and one.after == Verdict.NONE)
    before = next(texts, None)
    return Verdict(before) if before in set(Verdict) else None


def _times(form: Form, entry: Entry, now: datetime) -> Times:
    """When it began and ended. A time that reads as the kept one, or as the press, is that one to the second."""
    line, kept = entry.line, entry.cramp
    onset = form.in_night("began", line, (kept.onset, entry.pressed))
    if onset is None:
        return Times(kept.onset, kept.seconds, corrected=False)
    unknown = form.box("unknown")
    ends = [end for end in (entry.end, entry.pressed_end) if end]
    typed = form.one("ended").strip()
    end = None
    if not unknown:
        end = form.after("ended", onset, line, ends)
    elif typed and typed != shown(entry).get("ended", ""):
        form.tell("ended", _("Write when it ended, or tick that it is not known: not both."))
    form.past("began", onset, now)
    form.past("ended", end, now)
    seconds = None if end is None else round((end - onset).total_seconds(), 3)
    as_pressed = onset == entry.pressed and _alike(seconds, entry.seconds)
    right = form.box("right") or (kept.pressed is not None and not entry.dated)  # as was told before
    if not (as_pressed or right or kept.trusted) and onset == kept.onset:
        form.tell("right", _("The end is kept with the beginning: correct that, or tick that it is right."))
    return Times(onset, seconds, corrected=not as_pressed or right)


def _second(form: Form, entry: Entry, times: Times, now: datetime) -> datetime | None:
    """When the second of two began; None where nobody knows."""
    known = [moment for moment in (entry.cramp.second, *entry.relapses) if moment]
    second = form.after("second", times.onset, entry.line, known)
    form.past("second", second, now)
    if second and times.seconds is not None and (second - times.onset).total_seconds() >= times.seconds:
        form.tell("second", _("The second must begin before the end of the entry. Write an earlier time."))
    return second


def _look_around(form: Form, entry: Entry, onset: datetime, verdict: Verdict | None) -> None:
    """Note a cramp that would be the same as one that was none."""
    changed = replace(entry.cramp, onset=onset, verdict=verdict)
    now = [changed if one.id == changed.id else one for one in entry.around]
    already = {one.id for one in without_one_before(entry.around)}
    for one in without_one_before(now):
        if one.id == changed.id:
            form.tell("verdict", _("There is no cramp before it that it could be the same as. Choose what it was."))
        elif one.id not in already:
            time = words.clock(one.onset, entry.line.zone)
            form.tell(
                "verdict",
                _("The one at %(time)s was told to be the same as this. Correct that one first.", time=time),
            )


def _look_again(form: Form, entry: Entry) -> None:
    """An older copy of the page must not overwrite what was told since."""
    if form.one("seen") != entry.seen:
        form.tell("entry", _("The entry has changed since this page was made. Look at it again, then press Keep."))


def _alike(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < KEPT_EXACT
