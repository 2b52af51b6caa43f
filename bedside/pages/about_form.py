"""What a person may tell of themselves, once: as a form, in words, and what a sent form tells. Pure.

Source of the questions: docs/evidence.md, "Red flags" (an appointment) and "What is logged, and the words for it".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bedside.catalogue import N_, _
from bedside.diary.kept import KeptAbout
from bedside.night.events import Moment
from bedside.night.told import About, Condition, Flag
from bedside.pages.fields import Faults, Fields, Sent, Shown

YES, NO = "yes", "no"
ANSWERS: Mapping[str, str] = {YES: N_("Yes"), NO: N_("No")}
"""What may be answered, as it is offered; it may stay open, too."""

FORM = "about"
"""Where a fault stands that no single question has."""

Question = Flag | Condition

FLAGS: Mapping[Question, tuple[str, str]] = {
    Flag.SUFFERS: (N_("Do the cramps spoil your sleep or the next day?"), N_("sleep or the next day suffers")),
    Flag.FREQUENT: (N_("Do they come often?"), N_("they come often")),
    Flag.NUMB: (N_("Is there numbness or swelling?"), N_("numbness or swelling")),
    Flag.WEAK: (N_("Have muscles shrunk or become weaker?"), N_("muscles shrink or become weaker")),
    Flag.WALKING: (
        N_("Does your calf hurt when you walk, and does rest relieve it?"),
        N_("calf pain on walking that rest relieves"),
    ),
    Flag.NEW_MEDICINE: (
        N_("Did you start a new medicine in the weeks before they began?"),
        N_("new medicine in the weeks before"),
    ),
}
"""Each sign as a question, and as it stands in a list."""

CONDITIONS: Mapping[Question, tuple[str, str]] = {
    Condition.PREGNANCY: (N_("Are you pregnant?"), N_("pregnancy")),
    Condition.DIABETES: (N_("Do you have diabetes?"), N_("diabetes")),
    Condition.KIDNEY: (N_("Do you have kidney disease?"), N_("kidney disease")),
    Condition.LIVER: (N_("Do you have liver disease?"), N_("liver disease")),
    Condition.THYROID: (N_("Do you have thyroid disease?"), N_("thyroid disease")),
    Condition.CIRCULATION: (N_("Do you have poor circulation?"), N_("poor circulation")),
    Condition.BACK: (N_("Do you have back trouble?"), N_("back trouble")),
}
"""The same of what a person has."""

QUESTIONS: Mapping[Question, tuple[str, str]] = {**FLAGS, **CONDITIONS}
ADVISED = (*Flag, *(one for one in Condition if one not in (Condition.CIRCULATION, Condition.BACK)))
"""With any of these an appointment with a doctor is advised."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that was answered otherwise than before."""

    question: str
    before: str
    after: str


def field_of(one: Question) -> str:
    """The name of its field."""
    return one.name.lower()


def shown(kept: KeptAbout) -> Shown:
    """The form as it shows what was told before; what was left open is left out."""
    return {field_of(one): answer for one in QUESTIONS if (answer := _answer(one, kept.yes, kept.no))}


def shown_again(sent: Sent) -> Shown:
    """The form as it was sent."""
    return {field_of(one): values[0] for one in QUESTIONS if (values := sent.get(field_of(one)))}


def read(sent: Sent, kept: KeptAbout, *, moment: Moment, by: str) -> About | Faults:
    """What the form tells, or everything that is wrong with it. `kept` is what was told before, which the form must
    have been made from; `by` is who tells.
    """
    form = Fields(sent)
    given = {one: form.one(field_of(one)) for one in QUESTIONS}
    for one, answer in given.items():
        if answer and answer not in ANSWERS:
            form.faults[field_of(one)] = _("This answer is not among those that are offered. Choose one of them.")
    if form.one("seen") != kept.at:
        form.faults[FORM] = _("The answers have changed since this page was made. Look at them again, then press Keep.")
    if form.faults:
        return form.faults
    yes, no = (tuple(one for one, answer in given.items() if answer == kind) for kind in (YES, NO))
    return About(moment, yes, no, by)


def advised(kept: KeptAbout) -> tuple[str, ...]:
    """What was answered with yes and asks for an appointment, in words."""
    return tuple(_(QUESTIONS[one][1]) for one in ADVISED if one in kept.yes)


def leg_may_be_a_clot(kept: KeptAbout) -> bool:
    """Whether a leg may be swollen: a sign for the same day comes before any appointment then."""
    return Flag.NUMB in kept.yes


def changes(fields: Iterable[tuple[str, str | None, str | None]]) -> Iterator[Changed]:
    """What was answered otherwise, from the fields that were changed at once: each with its text before and after."""
    texts = {field: (_names(before), _names(after)) for field, before, after in fields}
    nothing = (frozenset[str](), frozenset[str]())
    yes, no = texts.get(YES, nothing), texts.get(NO, nothing)
    for one, (question, _name) in QUESTIONS.items():
        before, after = (_answer(one, yes[at], no[at]) for at in (0, 1))
        if before != after:
            yield Changed(_(question), _in_words(before), _in_words(after))


def _in_words(answer: str) -> str:
    return _(ANSWERS[answer]) if answer else _("left open")


def _answer(one: str, yes: Iterable[str], no: Iterable[str]) -> str:
    return YES if one in yes else NO if one in no else ""


def _names(joined: str | None) -> frozenset[str]:
    return frozenset(filter(None, (joined or "").split(", ")))
