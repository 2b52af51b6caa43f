"""The form for a cramp that the button missed: what it tells of when it was, and of what it was. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bedside.catalogue import _
from bedside.diary.kept import KeptCramp
from bedside.night.effects import Row
from bedside.night.events import Moment
from bedside.night.told import Added, Judgement, Leg, Muscle, Verdict
from bedside.pages.diary.form import Form
from bedside.pages.diary.times import EARLIEST, Line, dated
from bedside.pages.fields import Faults, Sent
from bedside.patterns.nights import night_of, span_of

NEAR = timedelta(minutes=1)
"""Two cramps that began nearer than that are likely to be one."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A cramp that the button missed, and what was told of it."""

    added: Added
    judgement: Judgement

    @property
    def rows(self) -> tuple[Row, ...]:
        """Both, to be kept as one."""
        return (self.added, self.judgement)


def id_of(made: str) -> str:
    """The entry that a form makes, however often it is sent: `made` is the key of the moment it was made."""
    return f"page/{made}"


def read(sent: Sent, zone: tzinfo, *, moment: Moment, by: str) -> Missed | Faults:
    """What the form tells, or what is wrong with its fields. `by` is who tells, `moment` is now."""
    form = Form(sent)
    made = form.made("made")
    day = form.day("day", EARLIEST, moment.wall.astimezone(zone).date())
    onset = form.on_day("began", day, zone) if day else None
    if day is None:
        form.clock("began")  # so that everything that is wrong is told at once
    form.past("began", onset, moment.wall)
    seconds = _seconds(form, onset, zone, moment.wall)
    judgement = Judgement(
        id_of(made),
        moment,
        verdict=Verdict.CRAMP,
        severity=form.grade("severity"),
        leg=form.choice("leg", {one.value: one for one in Leg}),
        muscle=form.choice("muscle", {one.value: one for one in Muscle}),
        by=by,
    )
    form.box("same")
    if form.faults or onset is None:
        return form.faults
    return Missed(Added(id_of(made), moment, onset, seconds, by), judgement)


def look_around(sent: Sent, missed: Missed, cramps: Sequence[KeptCramp], zone: tzinfo) -> Faults:
    """What is wrong with it beside the cramps that are kept already: one as near as that has to be meant."""
    near = [one for one in cramps if not one.practice and abs(one.onset - missed.added.onset) <= NEAR]
    if not near or Form(sent).box("same"):
        return {}
    when = dated(near[0].onset, zone)
    return {"same": _("It is in the diary already: a cramp at %(when)s. If this is another one, tick that.", when=when)}


def already(missed: Missed, kept: KeptCramp, zone: tzinfo) -> Faults:
    """What is wrong with a form that has added a cramp before: nothing, if it is the same one, sent twice."""
    added = missed.added
    alike = added.onset in (kept.onset, kept.pressed) and (kept.pressed or added.seconds == kept.seconds)
    if alike:
        return {}
    when = dated(kept.onset, zone)
    return {"made": _("The cramp at %(when)s is kept. If this is another one, press Keep once more.", when=when)}


def around(missed: Missed, zone: tzinfo) -> tuple[datetime, datetime]:
    """The span in which a cramp that is kept may be the same."""
    start, end = span_of(night_of(missed.added.onset, zone), zone)
    return start - NEAR, end + NEAR


def _seconds(form: Form, onset: datetime | None, zone: tzinfo, now: datetime) -> float | None:
    """How long it lasted; None where that was left open."""
    if onset is None:
        form.clock("ended", needed=False)
        return None
    end = form.after("ended", onset, Line(night_of(onset, zone), zone))
    form.past("ended", end, now)
    return (end - onset).total_seconds() if end else None
