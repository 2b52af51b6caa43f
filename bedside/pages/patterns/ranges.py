"""Ranges of how many times as high: as sentences, and as the rows of a table. Pure."""

from bedside.catalogue import _, ngettext
from bedside.pages.patterns import numbers
from bedside.pages.patterns.parts import Table
from bedside.pages.patterns.questions import Question
from bedside.patterns.before_after import BeforeAfter
from bedside.patterns.compare import Contrast, Judged, Panel
from bedside.patterns.exact import Comparison, proportion
from bedside.patterns.rates import Count

Sided = Panel | BeforeAfter
"""What has two sides: over all observed nights, and over confirmed ones alone."""


def ranges(question: Question, panel: Sided, judged: Judged | None = None) -> tuple[str, ...]:
    """The range so far, that over confirmed nights alone where others count, too, and the one that the verdict rests
    on; and what confirmed nights said at its look, where that is something else.
    """
    so_far = panel.observed.nights
    said = [_so_far(question.odds, so_far)] if so_far else []
    if so_far and panel.tally.unconfirmed:
        said.append(_confirmed(panel.confirmed.nights))
    if judged and judged.observed.nights:
        said.append(_at_look(judged.observed.nights, judged.look.nights, numbers.sure(judged.observed.confidence)))
        if judged.at_odds:
            said.append(_confirmed_at_look(judged.confirmed))
    return tuple(said)


def tables(question: Question, panel: Sided, judged: Judged | None = None) -> tuple[Table, ...]:
    """The nights of both sides; and all ranges, with how sure they are, once there is one."""
    so_far = (panel.observed, panel.confirmed, _("so far"))
    rows = (*_odds(*so_far), *_cramps(*so_far))
    if judged:
        at = judged.look.nights
        when = ngettext("at the look after %(number)s night", "at the look after %(number)s nights", at)
        rows += _odds(judged.observed, judged.confirmed, when)
    nights = Table(_("%(title)s: nights", title=question.title), _head(), _sides(question, panel))
    heads = (_("What is compared"), _("Times as high"), _("Range"), _("Holds in, of 100 diaries"))
    return (nights, Table(_("%(title)s: ranges", title=question.title), heads, rows)) if rows else (nights,)


def _so_far(odds: str, found: Comparison) -> str:
    if found.estimate is None:
        return _("There is nothing to compare yet: every night had a cramp, or none had.")
    values = {"odds": odds, "times": numbers.times(found.estimate), "range": numbers.between_times(found)}
    if numbers.endless(found):
        # Translators: such as: Chances of a night with a cramp, with it against without it: 1.3 or more,
        # no upper limit yet.
        return _("%(odds)s: %(range)s.", odds=odds, range=values["range"])
    # Translators: such as: Chances of a night with a cramp, with it against without it: 0.4 times as high so far,
    # between 0.1 and 1.3.
    return _("%(odds)s: %(times)s times as high so far, %(range)s.", **values)


def _confirmed(found: Comparison | None) -> str:
    if found is None:
        return _("Confirmed nights alone are too few for a range yet.")
    if found.estimate is None:
        return _("Over confirmed nights alone there is nothing to compare yet.")
    if numbers.endless(found):
        return _("Over confirmed nights alone: %(range)s.", range=numbers.between_times(found))
    values = {"times": numbers.times(found.estimate), "range": numbers.between_times(found)}
    return _("Over confirmed nights alone: %(times)s times as high, %(range)s.", **values)


def _at_look(found: Comparison, nights: int, sure: str) -> str:
    if found.estimate is None:
        return _("At the look after %(nights)s observed nights there was nothing to compare.", nights=nights)
    values = {"range": numbers.between_times(found), "nights": nights, "sure": sure}
    if numbers.endless(found):
        return _(
            "At the look after %(nights)s observed nights, which the verdict is from: %(range)s "
            "(a range that holds in %(sure)s of 100 diaries).",
            **values,
        )
    return _(
        "At the look after %(nights)s observed nights, which the verdict is from: %(times)s times as high, %(range)s "
        "(a range that holds in %(sure)s of 100 diaries).",
        times=numbers.times(found.estimate),
        **values,
    )


def _confirmed_at_look(contrast: Contrast) -> str:
    """What they said that the others did not."""
    found = contrast.nights
    if found is None:
        return _("Confirmed nights alone were too few for a range at that look.")
    if found.estimate is None:
        return _("Over confirmed nights alone there was nothing to compare at that look.")
    values = {"range": numbers.between_times(found), "sure": numbers.sure(contrast.confidence)}
    if numbers.endless(found):
        return _(
            "At that look over confirmed nights alone: %(range)s (a range that holds in %(sure)s of 100 diaries).",
            **values,
        )
    return _(
        "At that look over confirmed nights alone: %(times)s times as high, %(range)s "
        "(a range that holds in %(sure)s of 100 diaries).",
        times=numbers.times(found.estimate),
        **values,
    )


def _head() -> tuple[str, ...]:
    observed = (_("Observed"), _("With a cramp"), _("Of 100"), _("Range"), _("Cramps"))
    return (_("Nights"), *observed, _("Confirmed"), _("With a cramp"), _("Cramps"))


def _sides(question: Question, panel: Sided) -> tuple[tuple[str, ...], ...]:
    def cells(one: Count, other: Count) -> tuple[str, ...]:
        confirmed = (str(other.nights), str(other.with_cramp), str(other.cramps))
        return (str(one.nights), str(one.with_cramp), *_share(one, panel.observed), str(one.cramps), *confirmed)

    return (
        (question.yes, *cells(panel.observed.yes, panel.confirmed.yes)),
        (question.no, *cells(panel.observed.no, panel.confirmed.no)),
    )


def _share(one: Count, contrast: Contrast) -> tuple[str, str]:
    """The nights with a cramp, of a hundred, with the range that the chart draws."""
    if not contrast.gate.open:
        return (_("too early"), _("too early"))
    share = proportion(one.with_cramp, one.nights)
    return (numbers.of_a_hundred(share.estimate), numbers.between_shares(share))


def _odds(observed: Contrast, confirmed: Contrast, when: str) -> tuple[tuple[str, ...], ...]:
    """The primary ranges, of nights with a cramp."""
    return (
        *_row(_("Chances of a night with a cramp"), when, observed.nights, observed.confidence),
        *_row(_("Chances of a night with a cramp, confirmed alone"), when, confirmed.nights, confirmed.confidence),
    )


def _cramps(observed: Contrast, confirmed: Contrast, when: str) -> tuple[tuple[str, ...], ...]:
    """The ranges that stand beside them, of cramps a night."""
    return (
        *_row(_("Cramps a night"), when, observed.cramps, observed.confidence),
        *_row(_("Cramps a night, confirmed alone"), when, confirmed.cramps, confirmed.confidence),
    )


def _row(what: str, when: str, found: Comparison | None, confidence: float) -> tuple[tuple[str, ...], ...]:
    """The row of a range, if there is one."""
    if found is None:
        return ()
    # Translators: what a range is of, and when it was worked out, such as: Cramps a night, so far.
    name = _("%(what)s, %(when)s", what=what, when=when)
    return ((name, numbers.times(found.estimate), numbers.between_times(found), numbers.sure(confidence)),)
