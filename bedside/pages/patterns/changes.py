"""Before and after a dated change, such as a medicine: numbers, no verdict, and what happens with no change. Pure.

Source: docs/evidence.md, "getting better by itself" (Cochrane 2012; Roguin Maor 2017) and "Counting honestly", 8.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.charts.contrast import contrast_chart, contrast_key
from bedside.pages.evidence import evidence
from bedside.pages.guide import Said
from bedside.pages.patterns import numbers
from bedside.pages.patterns.contrasts import missing
from bedside.pages.patterns.often import rates_table
from bedside.pages.patterns.parts import Linked, Panel, Table, leaves_out, needs
from bedside.pages.patterns.questions import Question, change
from bedside.pages.patterns.ranges import ranges, tables
from bedside.patterns.before_after import BeforeAfter, ByItself, before_after
from bedside.patterns.compare import Contrast
from bedside.patterns.facts import NightFacts, Tally
from bedside.patterns.looks import NIGHTS_A_SIDE
from bedside.patterns.rates import Rate

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class DatedChange:
    """Something that changed on a day, such as a medicine: `words` say what, as a heading does."""

    day: date
    words: str


def change_panel(facts: Sequence[NightFacts], one: DatedChange, number: int) -> Panel:
    """The nights before a change and from it on."""
    found = before_after(facts, one.day)
    # Translators: what was changed, and when, such as: Started a statin, 9 January 2026.
    title = _("%(change)s, %(day)s", change=one.words, day=words.day_dates(one.day))
    question = change(f"change-{number}", title)
    if not found.before.tally.elapsed:
        return Panel(
            question.id, title, _("The diary has no night before this change, so there is nothing to compare.")
        )
    too_late = _too_late(found)
    return Panel(
        id=question.id,
        title=title,
        says=question.says[found.verdict],
        lines=(*_rates(found), *too_late, *ranges(question, found)),
        needs="" if too_late else needs(missing(question, found.observed.gate)),
        leaves_out=_unknown(found),
        notes=by_itself(found.by_itself),
        tables=(_table(title, found), *tables(question, found)[1:]),
        chart=_chart(question, found.observed),
        key=contrast_key(found.observed),
    )


def changes_panel(parts: tuple[Panel, ...], older: int, tally: Tally) -> Panel:
    """All changes, newest first, each a panel within this one; so many older ones stand on a page of their own."""
    says = _("Numbers before and after each change, and no verdict: spells come and go with no change at all.")
    further = ngettext("%(number)s older change", "%(number)s older changes", older)
    return Panel(
        id="changes",
        title=_("Before and after a change"),
        says=says if parts else _("No change of a medicine or a supplement is noted yet."),
        lines=() if parts else (_("Once one is, the nights before and after it are shown here side by side."),),
        leaves_out=leaves_out(tally),
        parts=parts,
        link=Linked(further, "/patterns/weeks#changes") if older else None,
    )


def _chart(question: Question, contrast: Contrast) -> "Markup":
    """The nights before, then those after: in the order of time."""
    turned = replace(contrast, yes=contrast.no, no=contrast.yes)
    return contrast_chart(turned, (question.no, question.yes), name=f"{question.id}-chart", title=question.title)


def _too_late(found: BeforeAfter) -> tuple[str, ...]:
    """That no more nights make up for it: those before a change are over."""
    if not found.observed.gate.more_no:
        return ()
    if found.before.tally.elapsed < NIGHTS_A_SIDE:
        return (_("The diary begins too late before this change to compare."),)
    return (_("Too few nights before this change were observed to compare."),)


def _rates(found: BeforeAfter) -> tuple[str, ...]:
    """The rate of each side that has one."""
    before, after = _rate(found.before.observed), _rate(found.after.observed)
    return (
        *((_("Cramps a week before: %(rate)s.", rate=before),) if before else ()),
        *((_("Cramps a week from then on: %(rate)s.", rate=after),) if after else ()),
    )


def _unknown(found: BeforeAfter) -> tuple[str, ...]:
    before, after = found.before.tally.unknown, found.after.tally.unknown
    return (_("Unknown nights: %(before)s before, %(after)s from then on.", before=before, after=after),)


def _rate(rate: Rate) -> str:
    return numbers.ranged(rate.a_week) if rate.a_week else ""


def _table(title: str, found: BeforeAfter) -> Table:
    sides = (
        (_("Nights before"), found.before.observed),
        (_("Nights before, confirmed alone"), found.before.confirmed),
        (_("Nights from then on"), found.after.observed),
        (_("Nights from then on, confirmed alone"), found.after.confirmed),
    )
    return rates_table(_("%(title)s: nights", title=title), sides)


def by_itself(usual: ByItself) -> tuple[Said, ...]:
    """What happens without any change: it stands beside every comparison of before and after."""
    low, high = (numbers.number(share * 100) for share in usual.placebo)
    placebo = _(
        "In studies, cramps fell by %(low)s to %(high)s percent in those who got a dummy pill, with no remedy in it.",
        low=low,
        high=high,
    )
    season = ngettext(
        "By the season alone they fall by about %(percent)s percent in the %(number)s week from September.",
        "By the season alone they fall by about %(percent)s percent in the %(number)s weeks from September.",
        usual.season_weeks,
        percent=numbers.number(usual.season * 100),
    )
    source = _("worked out from %(source)s", source=_cite("garrison-2015"))
    return (Said(placebo, (_cite("cochrane-2012"), _cite("roguin-maor-2017"))), Said(season, (source,)))


def _cite(source: str) -> str:
    return _(evidence().sources[source].short)
