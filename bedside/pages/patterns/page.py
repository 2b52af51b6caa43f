"""The page as a whole: what can be said so far, then the panels; and the page of nights with what is too long. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.factors import FACTORS
from bedside.pages.patterns.changes import DatedChange, change_panel, changes_panel
from bedside.pages.patterns.contrasts import factors_panel, stretch_panel, warmth_panel
from bedside.pages.patterns.hours import hours_panel
from bedside.pages.patterns.often import often_panel, older, weeks_table
from bedside.pages.patterns.parts import Panel
from bedside.pages.patterns.raster import raster_panel, raster_table
from bedside.pages.patterns.reading import awaited, explained
from bedside.patterns.compare import comparisons
from bedside.patterns.facts import NightFacts, tally
from bedside.patterns.hours import hour_panel
from bedside.patterns.raster import Row, raster
from bedside.patterns.rates import by_week, rate_panel

NAMES: Mapping[str, str] = {factor.value: name for factor, name in FACTORS.items()}
"""What the morning calls each factor."""

NEWEST_CHANGES = 4
"""So many stand on the page of patterns, the others on a page of their own."""


def page(
    facts: Sequence[NightFacts],
    rows: Sequence[Row],
    changes: Sequence[DatedChange],
    factors_asked: Sequence[str],
    *,
    today: date,
    names: Mapping[str, str] = NAMES,
) -> Mapping[str, object]:
    """What the template of `/patterns` shows."""
    return {
        "title": _("Patterns"),
        "span": span(facts),
        "explained": explained(),
        "awaited": () if facts else awaited(today),
        "panels": panels(facts, rows, changes, factors_asked, names=names) if facts else (),
    }


def nights(facts: Sequence[NightFacts], rows: Sequence[Row]) -> Mapping[str, object]:
    """What the template of `/patterns/nights` shows: the raster's table."""
    drawn = raster(rows)
    return {
        "title": _("Night by night"),
        "span": span(facts),
        "table": raster_table(drawn) if drawn.rows else None,
    }


def weeks(facts: Sequence[NightFacts], changes: Sequence[DatedChange] = ()) -> Mapping[str, object]:
    """What the template of `/patterns/weeks` shows: the weeks and the changes that are too old for the first page."""
    weeks = older(by_week(facts))
    return {
        "title": _("Further back"),
        "span": span(facts),
        "weeks": weeks_table(_("Older weeks, newest first"), weeks) if weeks else None,
        "changes": tuple(
            change_panel(facts, one, number) for number, one in numbered(changes)[NEWEST_CHANGES:] if facts
        ),
    }


def panels(
    facts: Sequence[NightFacts],
    rows: Sequence[Row],
    changes: Sequence[DatedChange],
    factors_asked: Sequence[str],
    *,
    names: Mapping[str, str],
) -> tuple[Panel, ...]:
    """The panels of a diary that has nights, in their order.

    What is still to come is counted from the night that runs: until noon that is last night, and not today's.
    """
    found = comparisons(facts, tuple(factors_asked))
    running = max(fact.night for fact in facts) + timedelta(days=1)
    often, hours, drawn = rate_panel(facts), hour_panel(facts), raster(rows)
    newest = tuple(change_panel(facts, one, number) for number, one in numbered(changes)[:NEWEST_CHANGES])
    return (
        often_panel(often),
        raster_panel(drawn, tally(facts)),
        hours_panel(hours, running),
        stretch_panel(found, running),
        warmth_panel(found, facts, running),
        factors_panel(found, names, running),
        changes_panel(newest, max(len(changes) - NEWEST_CHANGES, 0), tally(facts)),
    )


def numbered(changes: Sequence[DatedChange]) -> Sequence[tuple[int, DatedChange]]:
    """The changes, newest first, each with a number that it keeps when later ones come."""
    ordered = sorted(changes, key=lambda change: change.day)
    return list(enumerate(ordered, 1))[::-1]


def span(facts: Sequence[NightFacts]) -> str:
    """From when to when the diary goes; empty for an empty one."""
    if not facts:
        return ""
    ends = sorted(fact.night for fact in facts)
    first, last = words.day_dates(ends[0]), words.day_dates(ends[-1])
    if first == last:
        return _("One night, the evening of %(day)s", day=first)
    return ngettext(
        "Evenings of %(first)s to %(last)s: %(number)s night",
        "Evenings of %(first)s to %(last)s: %(number)s nights",
        tally(facts).elapsed,
        first=first,
        last=last,
    )
