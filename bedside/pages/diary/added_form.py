"""The form for a cramp that the button missed: what it tells of when it was, and of what it was. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from bedside.catalogue import _
from bedside.diary.kept import KeptCramp
from bedside.night.effects import Row
from bedside.night.events import Moment
from bedside.night.told import Added, Judgement, Leg, Muscle, Verdict
from bedside.pages import words
from bedside.pages.diary.form import Form
from bedside.pages.diary.times import DAY, EARLIEST, Line, dated
from bedside.pages.fields import Faults, Sent
from bedside.patterns.nights import night_of, span_of

NEAR = timedelta(minutes=1)
"""Two cramps that began nearer than that are likely to be one."""
LONG = timedelta(minutes=30)
"""Of a cramp that lasted longer it is asked whether it did: a slip of an hour is likelier."""


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
    if likely_day(sent, zone, moment.wall):
        form.tell("began", _still_to_come(form))
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
    form.box("long")
    if form.faults or onset is None:
        return form.faults
    return Missed(Added(id_of(made), moment, onset, seconds, by), judgement)


def look_around(sent: Sent, missed: Missed, cramps: Sequence[KeptCramp], zone: tzinfo) -> Faults:
    """What has to be meant: one as near as that to a cramp that is kept already, and a length that is likely a slip."""
    form, faults = Form(sent), {}
    near = [one for one in cramps if not one.practice and abs(one.onset - missed.added.onset) <= NEAR]
    if near and not form.box("same"):
        when = dated(near[0].onset, zone)
        faults["same"] = _(
            "It is in the diary already: a cramp at %(when)s. If this is another one, tick that.", when=when
        )
    length = timedelta(seconds=missed.added.seconds or 0)
    if length > LONG and not form.box("long"):
        faults["long"] = _(
            "From one time to the other it is %(length)s. Look at both again; if it did last that long, tick that.",
            length=words.span(length),
        )
    return faults


def likely_day(sent: Sent, zone: tzinfo, now: datetime) -> date | None:
    """The day before, where the form has today's date with a time that is still to come: after midnight the evening
    before is easily taken for today.
    """
    form, today = Form(sent), now.astimezone(zone).date()
    if form.day("day", EARLIEST, today) != today:
        return None
    onset = form.on_day("began", today, zone)
    return today - DAY if onset and onset > now else None


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


def _still_to_come(form: Form) -> str:
    at = form.clock("began")
    return _(
        "%(time)s today is still to come. Was it yesterday? Yesterday’s date is set now: if it is right, press Keep.",  # noqa: RUF001 (a true apostrophe)
        time=f"{at:%H:%M}" if at else "",
    )


def _seconds(form: Form, onset: datetime | None, zone: tzinfo, now: datetime) -> float | None:
    """How long it lasted; None where that was left open."""
    if onset is None:
        form.clock("ended", needed=False)
        return None
    end = form.after("ended", onset, Line(night_of(onset, zone), zone))
    if onset <= now:  # else what is wrong is told of the beginning
        form.past("ended", end, now)
    return (end - onset).total_seconds() if end else None
