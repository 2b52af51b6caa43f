"""The form for a change of a medicine, and the two buttons beside each that is kept. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bedside.catalogue import N_, _
from bedside.diary.kept import KeptMedicine
from bedside.night.events import Moment
from bedside.night.told import Change, Medicine, Remedy
from bedside.pages.diary.form import Form
from bedside.pages.fields import Faults, Sent

FIRST_DAY = date(1900, 1, 1)
LONGEST_NAME = 100
RETRACT, TAKE_BACK = "retract", "take-back"

REMEDIES: Mapping[Remedy, str] = {
    Remedy.BETA_AGONIST: N_("Long-acting beta-agonist inhaler"),
    Remedy.POTASSIUM_SPARING: N_("Potassium-sparing diuretic"),
    Remedy.THIAZIDE: N_("Thiazide-like diuretic"),
    Remedy.LOOP: N_("Loop diuretic"),
    Remedy.STATIN: N_("Statin"),
    Remedy.QUININE: N_("Quinine"),
    Remedy.MAGNESIUM: N_("Magnesium"),
    Remedy.VITAMIN_K: N_("Vitamin K2"),
    Remedy.OTHER_MEDICINE: N_("Another medicine"),
    Remedy.OTHER_SUPPLEMENT: N_("Another supplement"),
}
FLAGGED = (Remedy.BETA_AGONIST, Remedy.POTASSIUM_SPARING, Remedy.THIAZIDE, Remedy.LOOP, Remedy.STATIN)
"""The classes after which cramps were treated more often: docs/evidence.md, "Evidence cards", medicines as a cause."""
GLOSSES: Mapping[Remedy, str] = {
    Remedy.BETA_AGONIST: N_("a long-acting inhaler for asthma or COPD"),
    Remedy.POTASSIUM_SPARING: N_("a water pill that keeps potassium"),
    Remedy.THIAZIDE: N_("a water pill, mostly for blood pressure"),
    Remedy.LOOP: N_("a strong water pill, mostly against swelling"),
    Remedy.STATIN: N_("a pill that lowers cholesterol"),
}
"""What the words for the flagged classes mean, and no more."""
CHANGES: Mapping[Change, str] = {
    Change.STARTED: N_("Started"),
    Change.CHANGED: N_("Changed"),
    Change.STOPPED: N_("Stopped"),
}


def read(sent: Sent, today: date, *, moment: Moment, by: str) -> Medicine | Faults:
    """What the form tells, or everything that is wrong with it. `by` is who tells, `moment` is now."""
    form = Form(sent)
    made, name = form.made("made"), form.line("name", LONGEST_NAME)
    day = form.day("day", FIRST_DAY, today)
    remedy = form.choice("remedy", {one.value: one for one in Remedy})
    change = form.choice("change", {one.value: one for one in Change})
    if remedy is None:
        form.tell("remedy", _("Choose what kind it is. Not sure? Choose another medicine, or another supplement."))
    if change is None:
        form.tell("change", _("Choose whether it was started, changed or stopped."))
    if form.faults or day is None or remedy is None or change is None:
        return form.faults
    return Medicine(f"medicine/{made}", moment, day, remedy, change, name, by=by)


def read_retraction(sent: Sent, kept: KeptMedicine, *, moment: Moment, by: str) -> Medicine | Faults:
    """What one of the two buttons tells of a change that is kept: that it was told by mistake, or was not."""
    form = Form(sent)
    retracted = form.choice("act", {RETRACT: True, TAKE_BACK: False})
    if retracted is None:
        form.tell("act", _("This answer is not among those that are offered. Choose one of them."))
    as_kept = Medicine(kept.id, moment, kept.day, kept.remedy, kept.change, kept.name, by=by)
    return form.faults or replace(as_kept, retracted=bool(retracted))


def is_of(kept: KeptMedicine, told: Medicine) -> bool:
    """Whether they tell the same, so that a form was only sent twice."""
    return (kept.day, kept.remedy, kept.change, kept.name) == (told.day, told.remedy, told.change, told.name)
