"""By hour of the sleep window: which hours have more cramps, in words and tables. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from bedside.catalogue import N_, _, ngettext
from bedside.pages import words
from bedside.pages.charts.hours import hours_chart, hours_key
from bedside.pages.patterns import numbers
from bedside.pages.patterns.parts import Panel, Table, cramps_needed, leaves_out, looks, needs
from bedside.pages.patterns.questions import at_odds, waiting
from bedside.patterns.hours import Hour, HourPanel, JudgedHours
from bedside.patterns.nights import HOURS
from bedside.patterns.verdicts import Verdict


def hours_panel(found: HourPanel, running: date) -> Panel:
    """The hours of the sleep window against each other."""
    in_vain = bool(found.more_cramps) and not found.judged
    return Panel(
        id="hours",
        title=_("By hour of the night"),
        says=says(found.verdict, found.judged),
        lines=_lines(found),
        how=_how(found),
        needs=needs((cramps_needed(found.more_cramps),)),
        looks=looks(found.to_next_look, in_vain, running),
        leaves_out=leaves_out(found.tally),
        tables=_tables(found),
        chart=hours_chart(found.observed, name="hours-chart", title=_("By hour of the night")),
        key=hours_key(found.observed, name="hours-chart"),
    )


def says(verdict: Verdict, judged: JudgedHours | None) -> str:
    """The verdict in one sentence."""
    if judged and judged.verdict is Verdict.UNEVEN:
        return _uneven(judged)
    if judged and judged.at_odds:
        return at_odds()
    if verdict is Verdict.NOT_YET:
        return _("Too early to compare the hours of the night.")
    return waiting() if verdict is Verdict.WAITING else _("Cannot tell yet whether any hour differs from the others.")


def spans(clocks: Iterable[int]) -> str:
    """Hours of the clock, those that follow each other as one span."""
    found: list[tuple[int, int]] = []
    for clock in clocks:
        since = found.pop()[0] if found and found[-1][1] == clock else clock
        found.append((since, (clock + 1) % HOURS))
    # Translators: hours of the clock, such as: 03:00 to 04:00.
    message = N_("%(since)s to %(until)s")
    return words.listed(_(message, since=f"{since:02}:00", until=f"{until:02}:00") for since, until in found)


def _uneven(judged: JudgedHours) -> str:
    """Which hours, and that nobody can say more."""
    more, fewer = spans(judged.more), spans(judged.fewer)
    if more and fewer:
        return _(
            "More cramps go together with %(more)s, fewer with %(fewer)s; "
            "this cannot be told from good and bad spells.",
            more=more,
            fewer=fewer,
        )
    if more:
        return _("More cramps go together with %(more)s; this cannot be told from good and bad spells.", more=more)
    return _("Fewer cramps go together with %(fewer)s; this cannot be told from good and bad spells.", fewer=fewer)


def _lines(found: HourPanel) -> tuple[str, ...]:
    """When they began on average, and the ranges; neither below the gate."""
    if found.more_cramps or not found.mean_clock:
        return ()
    hour, minute = found.mean_clock
    mean = ngettext(
        "On average the %(number)s cramp began at %(time)s.",
        "On average the %(number)s cramps began at %(time)s.",
        sum(one.cramps for one in found.observed),
        time=f"{hour:02}:{minute:02}",
    )
    return (mean, *_ranges(found))


def _how(found: HourPanel) -> tuple[str, ...]:
    said = [_("Each hour is compared with the others by the time that the button was listening in it.")]
    if found.judged:
        said.append(
            _("The verdict is from the look after %(nights)s observed nights.", nights=found.judged.look.nights)
        )
        together = ngettext(
            "%(number)s hour was looked at.",
            "%(number)s hours were looked at together, so each needs stronger numbers.",
            found.judged.hours_looked_at,
        )
        said.append(together)
    return tuple(said)


def _ranges(found: HourPanel) -> list[str]:
    """The ranges of the hours that the verdict names, or that the table has them all. Never the highest one alone."""
    told = (*found.judged.more, *found.judged.fewer) if found.judged else ()
    named = [
        _(
            # Translators: such as: 03:00 to 04:00: 12 cramps in 100 watched hours so far, between 8 and 17.
            "%(hour)s: %(cramps)s cramps in 100 watched hours so far, %(range)s.",
            hour=spans((hour.clock,)),
            cramps=numbers.number(hour.a_hundred.estimate),
            range=numbers.between(hour.a_hundred),
        )
        for hour in found.observed
        if hour.clock in told and hour.a_hundred
    ]
    return named or [_("The range of every hour is in the table.")]


def _tables(found: HourPanel) -> tuple[Table, ...]:
    given = ((_("Hours, all observed nights"), found.observed), (_("Hours, confirmed nights alone"), found.confirmed))
    return tuple(_table(caption, hours) for caption, hours in given if hours)


def _table(caption: str, hours: Sequence[Hour]) -> Table:
    """The hours from evening to morning; without ranges below the gate."""
    head = (_("Hour"), _("Cramps"), _("Nights with one"), _("Watched hours"))
    if not any(hour.a_hundred for hour in hours):
        return Table(caption, head, tuple(map(_marks, hours)))
    more = (_("In 100 watched hours"), _("Range"), _("Times the other hours"), _("Range"))
    return Table(caption, (*head, *more), tuple((*_marks(hour), *_inferred(hour)) for hour in hours))


def _marks(hour: Hour) -> tuple[str, ...]:
    return spans((hour.clock,)), str(hour.cramps), str(hour.nights), numbers.number(hour.watched_hours)


def _inferred(hour: Hour) -> tuple[str, ...]:
    too_few = (_("too few"),) * 2
    rate = (numbers.number(hour.a_hundred.estimate), numbers.between(hour.a_hundred)) if hour.a_hundred else too_few
    against = hour.against_rest
    return (*rate, *((numbers.times(against.estimate), numbers.between_times(against)) if against else too_few))
