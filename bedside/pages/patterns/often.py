"""How often: the rates of the whole diary and of its weeks, in words and tables. Pure."""

from collections.abc import Iterable, Sequence

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.charts.weeks import MOST_WEEKS, weeks_chart, weeks_key
from bedside.pages.patterns import numbers
from bedside.pages.patterns.parts import Figure, Linked, Panel, Table, leaves_out, needs
from bedside.patterns.rates import Rate, RatePanel, Week

NEWEST_WEEKS = 26
"""So many stand on the page of patterns, the others on a page of their own."""


def often_panel(found: RatePanel) -> Panel:
    """How often, over the whole diary; newest week first."""
    older = len(found.weeks) - NEWEST_WEEKS
    return Panel(
        id="often",
        title=_("How often"),
        says=says(found.observed),
        figures=figures(found.observed),
        lines=lines(found),
        needs=needs(more_nights(found.observed)),
        looks=_("These numbers move with every observed night."),
        leaves_out=leaves_out(found.tally),
        chart=weeks_chart(found.weeks, name="often-chart", title=_("How often, week by week")),
        key=weeks_key(found.weeks, name="often-chart"),
        tables=(
            rates_table(
                _("Over the whole diary"),
                ((_("Observed nights"), found.observed), (_("Confirmed nights"), found.confirmed)),
            ),
            *(
                (weeks_table(_("The newest weeks") if older > 0 else _("Week by week"), newest(found.weeks)),)
                if found.weeks
                else ()
            ),
        ),
        link=Linked(_("Older weeks"), "/patterns/weeks#weeks") if older > 0 else None,
    )


def newest(weeks: Sequence[Week]) -> Sequence[Week]:
    """The weeks that stand on the page of patterns, newest first."""
    return weeks[::-1][:NEWEST_WEEKS]


def older(weeks: Sequence[Week]) -> Sequence[Week]:
    """The weeks that stand on the page of nights, newest first."""
    return weeks[::-1][NEWEST_WEEKS:]


def says(rate: Rate) -> str:
    """The rate in one sentence."""
    if not (rate.a_week and rate.share):
        return _("Too early to say how often.")
    if not rate.count.cramps:
        return ngettext(
            "No cramp in %(number)s observed night.", "No cramp in %(number)s observed nights.", rate.count.nights
        )
    return _(
        "About %(cramps)s cramps a week, and a cramp on %(nights)s of 100 nights.",
        cramps=numbers.number(rate.a_week.estimate),
        nights=numbers.of_a_hundred(rate.share.estimate),
    )


def lines(found: RatePanel) -> tuple[str, ...]:
    """The ranges over confirmed nights where others count, too, and whether cramps come in bursts."""
    said = [_confirmed(found.confirmed)] if found.observed.a_week and found.tally.unconfirmed else []
    if len(found.weeks) > MOST_WEEKS:
        said.append(
            _(
                "The last %(number)s weeks are drawn. The table here has the newest %(here)s, "
                "the page of older weeks has the rest.",
                number=MOST_WEEKS,
                here=NEWEST_WEEKS,
            )
        )
    if found.observed.in_bursts:
        said.append(
            _(
                "Cramps come in bursts, several in a night: the range of cramps a week is too narrow, "
                "that of nights is not."
            )
        )
    return tuple(said)


def figures(rate: Rate) -> tuple[Figure, ...]:
    """Cramps a week and nights with one, with their ranges; below the gate what was counted."""
    if not (rate.a_week and rate.share):
        # Translators: nights with a cramp and all nights, such as: 3 of 20.
        counted = _("%(some)s of %(all)s", some=rate.count.with_cramp, all=rate.count.nights)
        return (Figure(_("Observed nights so far"), counted, _("had a cramp")),)
    share = _("%(some)s of %(all)s", some=numbers.of_a_hundred(rate.share.estimate), all=100)
    return (
        Figure(_("Cramps a week"), numbers.number(rate.a_week.estimate), numbers.between(rate.a_week)),
        Figure(_("Nights with a cramp"), share, numbers.between_shares(rate.share)),
    )


def more_nights(rate: Rate) -> tuple[str, ...]:
    """What the gate of a rate still asks for."""
    if not rate.more_nights:
        return ()
    return (ngettext("%(number)s more observed night", "%(number)s more observed nights", rate.more_nights),)


def rates_table(caption: str, rates: Iterable[tuple[str, Rate]]) -> Table:
    """Rates and what they are made of."""
    head = (
        _("Counted over"), _("Nights"), _("With a cramp"), _("Cramps"), _("Cramps a week"), _("Range"),
        _("Nights of 100"), _("Range"),
    )  # fmt: skip
    return Table(caption, head, tuple((name, *_cells(rate)) for name, rate in rates))


def weeks_table(caption: str, weeks: Iterable[Week]) -> Table:
    """Weeks of nights; one without an observed night has no rate."""
    head = (
        _("Week from"), _("Observed"), _("Confirmed"), _("Unknown"), _("Away"), _("With a cramp"), _("Cramps"),
        _("Cramps a week"), _("Range"), _("Cramps a week, confirmed alone"),
    )  # fmt: skip
    return Table(caption, head, tuple(map(_week, weeks)))


def _week(week: Week) -> tuple[str, ...]:
    counted, tally = week.observed.count, week.tally
    nights = (tally.observed, tally.confirmed, tally.unknown, tally.away)
    cramps = (str(counted.with_cramp), str(counted.cramps)) if counted.nights else (_("not known"),) * 2
    return (words.day_dates(week.monday), *map(str, nights), *cramps, *_of_week(week))


def _of_week(week: Week) -> tuple[str, ...]:
    """The rate that the chart draws, its range, and both over the confirmed nights alone."""

    def missing(rate: Rate) -> str:
        return _("too early") if rate.count.nights else _("not known")

    rate, sure = week.observed, week.confirmed
    drawn = (
        (numbers.number(rate.a_week.estimate), numbers.between(rate.a_week)) if rate.a_week else (missing(rate),) * 2
    )
    return (*drawn, numbers.ranged(sure.a_week) if sure.a_week else missing(sure))


def _cells(rate: Rate) -> tuple[str, ...]:
    counted = (str(rate.count.nights), str(rate.count.with_cramp), str(rate.count.cramps))
    if not (rate.a_week and rate.share):
        return (*counted, *(_("too early"),) * 4)
    return (
        *counted,
        numbers.number(rate.a_week.estimate),
        numbers.between(rate.a_week),
        numbers.of_a_hundred(rate.share.estimate),
        numbers.between_shares(rate.share),
    )


def _confirmed(rate: Rate) -> str:
    if not (rate.a_week and rate.share):
        return _("Confirmed nights alone are too few for a range yet.")
    return _(
        "Over confirmed nights alone: %(cramps)s cramps a week, %(range)s; %(nights)s of 100 nights, %(shares)s. A "
        "press or a check-in confirms a night: where few are told, those with a cramp are confirmed more often, and "
        "these numbers are too high.",
        cramps=numbers.number(rate.a_week.estimate),
        range=numbers.between(rate.a_week),
        nights=numbers.of_a_hundred(rate.share.estimate),
        shares=numbers.between_shares(rate.share),
    )
