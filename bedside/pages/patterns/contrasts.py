"""Two kinds of nights against each other: the stretch, warmth and each factor. Pure."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.charts.contrast import contrast_chart, contrast_key
from bedside.pages.guide import Said
from bedside.pages.patterns.parts import Linked, Panel, cramps_needed, leaves_out, looks, needs, neither
from bedside.pages.patterns.questions import Question, at_odds, factor, stretch, warmth
from bedside.pages.patterns.ranges import ranges, tables
from bedside.patterns import compare
from bedside.patterns.compare import Comparisons, Contrast, Gate
from bedside.patterns.facts import NightFacts, observed_nights
from bedside.patterns.sides import Months, months
from bedside.patterns.verdicts import TELLS

if TYPE_CHECKING:
    from markupsafe import Markup


def stretch_panel(found: Comparisons, running: date) -> Panel:
    """The primary question."""
    return contrast_panel(
        stretch(), found.stretch, running, how=(_("This is the main question, looked at on its own."),)
    )


def warmth_panel(found: Comparisons, facts: Sequence[NightFacts], running: date) -> Panel:
    """Warm nights against cold ones, and the months that they are told apart in."""
    split = _(
        "Each finished month is split at its own middle temperature, and its nights are compared with each other alone."
    )
    return contrast_panel(
        warmth(),
        found.warmth,
        running,
        lines=_months(observed_nights(facts), running),
        how=(split, *_together(found)),
        notes=(Said(_("Nobody knows about bedrooms in general: no trial of bedroom temperature was found."), ()),),
        link=Linked(_("What is known of cold bedrooms"), "/guide#cold"),
    )


def factors_panel(found: Comparisons, names: Mapping[str, str], running: date) -> Panel:
    """Every factor, each a panel within this one; what it is called is taken from `names`."""
    named = {
        name: contrast_panel(factor(f"factor-{number}", _(names[name]) if name in names else name), panel, running)
        for number, (name, panel) in enumerate(found.factors.items(), 1)
    }
    telling = [part.title for name, part in named.items() if found.factors[name].verdict in TELLS]
    parts = tuple(
        replace(part, looks="", leaves_out=neither(found.factors[name].left_out)) for name, part in named.items()
    )
    return Panel(
        id="factors",
        title=_("What the day was like"),
        says=_of_factors(telling, [panel.judged is not None for panel in found.factors.values()]),
        lines=_together(found),
        looks=looks(found.stretch.to_next_look, not found.looked_at, running) if parts else "",
        leaves_out=leaves_out(found.stretch.tally),
        parts=parts,
    )


def contrast_panel(
    question: Question,
    panel: compare.Panel,
    running: date,
    *,
    lines: Sequence[str] = (),
    how: tuple[str, ...] = (),
    notes: tuple[Said, ...] = (),
    link: Linked | None = None,
) -> Panel:
    """A comparison in words: the verdict of its last look, both sides, the ranges, and what it waits for."""
    in_vain = not panel.observed.gate.open and not panel.judged
    return Panel(
        id=question.id,
        title=question.title,
        says=at_odds() if panel.judged and panel.judged.at_odds else question.says[panel.verdict],
        lines=(*ranges(question, panel, panel.judged), *lines),
        needs=needs(missing(question, panel.observed.gate)),
        looks=looks(panel.to_next_look, in_vain, running) if panel.next_look else "",
        leaves_out=leaves_out(panel.tally, panel.left_out),
        notes=notes,
        tables=tables(question, panel, panel.judged),
        how=how,
        link=link,
        chart=sides_chart(question, panel.observed),
        key=contrast_key(panel.observed),
    )


def missing(question: Question, gate: Gate) -> tuple[str, ...]:
    """What a gate still asks for."""
    return (
        question.more_yes(gate.more_yes) if gate.more_yes else "",
        question.more_no(gate.more_no) if gate.more_no else "",
        cramps_needed(gate.more_cramps),
    )


def sides_chart(question: Question, contrast: Contrast) -> "Markup":
    """Both sides: on how many of its nights there was a cramp."""
    labels = (question.yes, question.no)
    return contrast_chart(contrast, labels, name=f"{question.id}-chart", title=question.title)


def _months(nights: Sequence[NightFacts], running: date) -> tuple[str, ...]:
    """How far the months are; the running one may end too early for its nights."""
    found = months(nights)
    used = ngettext("%(number)s month is used.", "%(number)s months are used.", found.used)
    said = [used if found.used else _("No month is used yet.")]
    if found.short:
        short = ngettext(
            "%(number)s finished month has too few observed nights with a temperature.",
            "%(number)s finished months have too few observed nights with a temperature.",
            found.short,
        )
        said.append(short)
    if found.running:
        runs_on = (running.year, running.month) == (nights[-1].night.year, nights[-1].night.month)
        left = calendar.monthrange(running.year, running.month)[1] - running.day + 1 if runs_on else 0
        said.append(_running(found, left))
    return tuple(said)


def _running(found: Months, left: int) -> str:
    if not found.more:
        return _("The running month has nights enough, and is used once it is over.")
    if found.more > left:
        return _("The running month will have too few nights.")
    return ngettext(
        "The running month needs %(number)s more night before it ends.",
        "The running month needs %(number)s more nights before it ends.",
        found.more,
    )


def _together(found: Comparisons) -> tuple[str, ...]:
    """That side questions share one error."""
    if not found.looked_at:
        return (_("Warmth and all factors are looked at together, so each will need stronger numbers."),)
    said = [
        ngettext(
            "Of warmth and the factors %(number)s was looked at.",
            "Of warmth and the factors %(number)s were looked at together, so each needs stronger numbers.",
            found.looked_at,
        )
    ]
    if found.shown > 1:
        more = ngettext(
            "%(number)s has a range so far.",
            "%(number)s have a range so far; the more ranges there are, the more of them miss.",
            found.shown,
        )
        said.append(more)
    return tuple(said)


def _of_factors(telling: Sequence[str], judged: Sequence[bool]) -> str:
    """All of them in one sentence: those that tell, each by its name. `judged`: whether each was looked at."""
    asked = len(judged)
    if not asked:
        return _("Nothing was asked about the day yet.")
    if not any(judged):
        return ngettext(
            "Too early to tell for the %(number)s thing that is asked about.",
            "Too early to tell for any of the %(number)s things that are asked about.",
            asked,
        )
    if not telling:
        return ngettext(
            "Cannot tell yet for the %(number)s thing that was asked about.",
            "Cannot tell yet for any of the %(number)s things that were asked about.",
            asked,
        )
    listed = words.listed(telling)
    return _(
        "These go together with more or fewer nights with a cramp: %(names)s; "
        "this cannot be told from good and bad spells.",
        names=listed,
    )
