"""The numbers of the doctor's sheet in words, plain and short. Pure.

Source of the definitions: docs/evidence.md, "What is logged, and the words for it" and "Counting honestly".
"""

from collections.abc import Callable, Mapping, Sequence

from bedside.catalogue import N_, _, ngettext, pgettext
from bedside.pages import words
from bedside.pages.charts.hour_strip import tenths
from bedside.pages.patterns import numbers
from bedside.patterns.rates import Rate
from bedside.patterns.summary import HourOfNight, Lengths, Period, Spread, Summary

Cells = tuple[str, ...]
"""A row: its name, then what it has for these dates and for those before, or for each hour."""

SURE = 95
STATES: Mapping[str, str] = {
    "completed": N_("completed"),
    "started": N_("started"),
    "offered": N_("offered"),
    "skipped": N_("skipped"),
    "unknown": N_("unknown"),
}
LEGS: Mapping[str, str] = {"left": N_("left"), "right": N_("right"), "both": N_("both")}
MUSCLES: Mapping[str, str] = {"calf": N_("calf"), "foot": N_("foot"), "thigh": N_("thigh")}


def span(period: Period) -> str:
    """The dates of the sheet."""
    first, last = words.day_dates(period.first), words.day_dates(period.last)
    if first == last:
        return _("1 night, the evening of %(first)s", first=first)
    return ngettext(
        "%(number)s night, the evenings of %(first)s to %(last)s",
        "%(number)s nights, the evenings of %(first)s to %(last)s",
        period.tally.elapsed,
        first=first,
        last=last,
    )


def glance(period: Period) -> str:
    """The rate in one sentence, or why there is none."""
    if not period.tally.observed:
        return _("No night of these dates was observed: how many cramps there were is not known.")
    if not period.observed.a_week:
        return ngettext(
            "Too few nights for a rate: %(number)s more observed night is needed.",
            "Too few nights for a rate: %(number)s more observed nights are needed.",
            period.observed.more_nights,
        )
    interval = period.observed.a_week
    return _(
        # Translators: such as: 2.4 cramps a week (95 % interval 1.6 to 3.5).
        "%(number)s cramps a week (%(sure)s %% interval %(low)s to %(high)s)",
        number=numbers.number(interval.estimate),
        sure=SURE,
        low=numbers.number(interval.low),
        high=numbers.number(interval.high),
    )


def heads(counted: Summary) -> tuple[str, str]:
    """Over the two columns."""
    before = counted.before
    dates = _dates(before)
    return _("These dates"), _("Before: %(dates)s", dates=dates)


def often(counted: Summary) -> tuple[Cells, ...]:
    """Nights and cramps of these dates, and of as many nights before."""
    rows: Sequence[tuple[str, Callable[[Period], str]]] = (
        (_("Nights observed"), lambda one: _of(one.tally.observed, one.tally.elapsed)),
        (_("Observed: confirmed / unconfirmed"), lambda one: _two(one.tally.confirmed, one.tally.unconfirmed)),
        (_("Not observed: unknown / away"), lambda one: _two(one.tally.unknown, one.tally.away)),
        (_("Cramps at night, on observed nights"), lambda one: _known(one, str(one.observed.count.cramps))),
        (_("Nights with a cramp"), _with_cramp),
        (_("Cramps a week, all observed nights"), lambda one: _known(one, _rate(one.observed))),
        (_("Cramps a week, confirmed nights alone"), lambda one: _known(one, _rate(one.confirmed))),
        (_("In no rate: doubtful / by day"), lambda one: _apart(one, one.tally.doubtful, one.tally.daytime)),
        (
            _("In no rate: other nights / time not known"),
            lambda one: _apart(one, one.elsewhere, one.tally.undated),
        ),
    )
    return tuple((name, said(counted.period), said(counted.before)) for name, said in rows)


def bursts(counted: Summary) -> str:
    """For which of the two columns the intervals are too narrow; empty for none."""
    now, before = (one.observed.in_bursts or one.confirmed.in_bursts for one in (counted.period, counted.before))
    if now and before:
        return _("In both columns the cramps came in bursts: the intervals are too narrow.")
    if now:
        return _("In these dates the cramps came in bursts: the intervals of that column are too narrow.")
    if before:
        return _("In the dates before the cramps came in bursts: the intervals of that column are too narrow.")
    return ""


def described(counted: Summary) -> str:
    """How many cramps what they were like is of."""
    if not counted.described:
        return _("No cramp in the sleep window is known.")
    return ngettext(
        "%(number)s cramp in the sleep window, also of nights that were not observed.",
        "%(number)s cramps in the sleep window, also of nights that were not observed.",
        counted.described,
    )


def like(counted: Summary) -> tuple[tuple[str, str], ...]:
    """What the cramps were like, each thing with how many it is of; without a cramp there is nothing to tell."""
    sleep = (_("Sleep disturbance, 0 to 10"), _spread(counted.disturbance, numbers.number))
    if not counted.described:
        return (sleep,)
    return (
        (_("Severity, 0 to 10"), _spread(counted.severity, numbers.number)),
        (_("Length"), _lengths(counted.lengths)),
        sleep,
        (_("Leg"), _counts(LEGS, counted.legs)),
        (_("Muscle"), _counts(MUSCLES, counted.muscles)),
    )


def hours(found: Sequence[HourOfNight]) -> tuple[Cells, ...]:
    """The hours from evening to morning as columns; the first cell of each row is its name."""
    if not found:
        return ()
    return (
        (_("From (hour)"), *(str(hour.clock) for hour in found)),
        (_("Cramps"), *(str(hour.cramps) for hour in found)),
        (_("Hours listened"), *(numbers.number(hour.watched_hours) for hour in found)),
        (_("Room, °C"), *(_celsius(hour.celsius) for hour in found)),
    )


def evenings(counts: Mapping[str, int]) -> str:
    """How many evenings came to what."""
    each = words.listed(_each(_(name), counts[state]) for state, name in STATES.items())
    return ngettext("%(number)s evening: %(list)s.", "%(number)s evenings: %(list)s.", sum(counts.values()), list=each)


def definitions() -> tuple[str, ...]:
    """What the words of the sheet mean."""
    return (
        _(
            "Night: noon to noon, named by its evening. Sleep window: usual bedtime to rising time; cramps outside it "
            "are by day. Observed: a press of the button would have been heard over at least 90 percent of the sleep "
            "window. Confirmed: the button was pressed in it, or the person told that they slept there. An unknown "
            "night is never counted as one without a cramp; nights away are left out."
        ),
        _(
            "Cramp: from a press at its start to a press at its end; a press within two minutes of an end belongs to "
            "the same cramp. Doubtful: the button was held or leaned on, and the person has not said whether it was a "
            "cramp. Length: only where both presses are there; over a longer pause, that two entries are one cramp is "
            "told, not measured. Severity, leg, muscle and length are of the cramps at night that are not doubtful."
        ),
        _(
            "Rate: cramps over observed nights, with the exact Poisson interval (Garwood). Evening stretch: offered "
            "(asked, and not answered), started (not completed), completed, skipped, or unknown: the device was off, "
            "or nothing is kept. All of it was pressed or told by the person; none of it is a diagnosis."
        ),
    )


def _dates(period: Period) -> str:
    if period.first == period.last:
        return words.day_dates(period.first)
    # Translators: two dates, such as: 9 January 2026 to 2 April 2026.
    return _("%(first)s to %(last)s", first=words.day_dates(period.first), last=words.day_dates(period.last))


def _of(number: int, everything: int) -> str:
    # Translators: such as: 70 of 84.
    return _("%(number)s of %(all)s", number=number, all=everything)


def _known(period: Period, said: str) -> str:
    """Without a night that counts nothing is known, and that is not 0."""
    return said if period.tally.observed else _("not known")


def _apart(period: Period, one: int, other: int) -> str:
    return _two(one, other) if one or other else _known(period, _two(0, 0))


def _two(one: int, other: int) -> str:
    # Translators: two counts in the order of the row's name, such as: 76 / 3.
    return _("%(one)s / %(other)s", one=one, other=other)


def _with_cramp(period: Period) -> str:
    count = period.observed.count
    return _known(period, _of(count.with_cramp, count.nights))


def _rate(rate: Rate) -> str:
    if not rate.a_week:
        return _("too few nights")
    return _(
        # Translators: a rate and its interval, such as: 2.4 (1.6 to 3.5).
        "%(number)s (%(low)s to %(high)s)",
        number=numbers.number(rate.a_week.estimate),
        low=numbers.number(rate.a_week.low),
        high=numbers.number(rate.a_week.high),
    )


def _spread(found: Spread | None, said: Callable[[float], str]) -> str:
    if found is None:
        return _("not told")
    if found.n == 1:
        # Translators: a single value, and that it is of one, such as: 6, n = 1.
        return _("%(value)s, n = %(number)s", value=said(found.median), number=1)
    # Translators: such as: median 6 (2 to 9), n = 20.
    return _(
        "median %(median)s (%(low)s to %(high)s), n = %(number)s",
        median=said(found.median),
        low=said(found.low),
        high=said(found.high),
        number=found.n,
    )


def _lengths(found: Lengths) -> str:
    measured = _spread(found.measured, words.lasted) if found.measured else _("none measured")
    told = _("told, not measured: %(number)s", number=found.told) if found.told else ""
    return words.listed((measured, told, _("not known: %(number)s", number=found.unknown) if found.unknown else ""))


def _counts(names: Mapping[str, str], counts: Mapping[str | None, int]) -> str:
    untold = counts.get(None, 0)
    each = [_each(_(name), counts.get(key, 0)) for key, name in names.items()]
    return words.listed((*each, _each(_("not told"), untold) if untold else ""))


def _each(name: str, number: int) -> str:
    # Translators: how many of a kind, such as: completed 40.
    return _("%(name)s %(number)s", name=name, number=number)


def _celsius(value: float | None) -> str:
    # Translators: no number, in a narrow cell of a table.
    return pgettext("no number", "–") if value is None else tenths(value)  # noqa: RUF001 (a true dash)
