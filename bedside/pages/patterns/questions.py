"""What is asked of two kinds of nights, and the words for each verdict. Pure.

No sentence says more than "goes together", and none of a difference leaves out that it cannot be told from good and bad
spells: nobody drew lots over the nights. Source: docs/evidence.md, "Counting honestly".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bedside.catalogue import _, ngettext
from bedside.patterns.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Question:
    """Nights of one kind, `yes`, against those of another, `no`.

    `odds` names what its range is of. `says` has a sentence for each verdict; `more_yes` and `more_no` say that so many
    more nights are needed.
    """

    id: str
    title: str
    yes: str
    no: str
    odds: str
    says: Mapping[Verdict, str]
    more_yes: Callable[[int], str]
    more_no: Callable[[int], str]


def at_odds() -> str:
    """What is said where observed and confirmed nights say different things."""
    return _("All observed nights and the confirmed ones do not say the same, so nobody can tell.")


def waiting() -> str:
    """What is said between the gate and the look."""
    return _("There is enough for a range. A verdict waits for the next look.")


def stretch() -> Question:
    """The primary question."""
    return Question(
        id="stretch",
        title=_("Evening stretch: done or not"),
        yes=_("Nights with the stretch"),
        no=_("Nights without it"),
        odds=_("Chances of a night with a cramp, with the stretch against without it"),
        says={
            Verdict.NOT_YET: _("Too early to compare nights with and without the stretch."),
            Verdict.WAITING: waiting(),
            Verdict.CANNOT_TELL: _("Cannot tell yet whether nights with the stretch differ from nights without it."),
            Verdict.GOES_TOGETHER_MORE: _(
                "The stretch goes together with more nights with a cramp; this cannot be told from good and bad spells."
            ),
            Verdict.GOES_TOGETHER_FEWER: _(
                "The stretch goes together with fewer nights with a cramp; "
                "this cannot be told from good and bad spells."
            ),
        },
        more_yes=lambda more: ngettext(
            "%(number)s more night with the stretch", "%(number)s more nights with the stretch", more
        ),
        more_no=lambda more: ngettext(
            "%(number)s more night without the stretch", "%(number)s more nights without the stretch", more
        ),
    )


def warmth() -> Question:
    """Warm nights against cold ones, within each month."""
    return Question(
        id="warmth",
        title=_("Warm and cold nights"),
        yes=_("Warm nights"),
        no=_("Cold nights"),
        odds=_("Chances of a night with a cramp, warm nights against cold ones of the same month"),
        says={
            Verdict.NOT_YET: _("Too early to compare warm and cold nights."),
            Verdict.WAITING: waiting(),
            Verdict.CANNOT_TELL: _("Cannot tell yet whether warm nights differ from cold ones."),
            Verdict.GOES_TOGETHER_MORE: _(
                "A warm room goes together with more nights with a cramp; this cannot be told from good and bad spells."
            ),
            Verdict.GOES_TOGETHER_FEWER: _(
                "A cold room goes together with more nights with a cramp; this cannot be told from good and bad spells."
            ),
        },
        more_yes=lambda more: ngettext("%(number)s more warm night", "%(number)s more warm nights", more),
        more_no=lambda more: ngettext("%(number)s more cold night", "%(number)s more cold nights", more),
    )


def factor(id: str, name: str) -> Question:
    """Evenings with a factor against those without it; `name` is how the morning asks for it."""
    return Question(
        id=id,
        title=name,
        yes=_("Nights with it"),
        no=_("Nights without it"),
        odds=_("Chances of a night with a cramp, with it against without it"),
        says={
            Verdict.NOT_YET: _("Too early to compare nights with and without it."),
            Verdict.WAITING: waiting(),
            Verdict.CANNOT_TELL: _("Cannot tell yet whether nights with it differ from nights without it."),
            Verdict.GOES_TOGETHER_MORE: _(
                "It goes together with more nights with a cramp; this cannot be told from good and bad spells."
            ),
            Verdict.GOES_TOGETHER_FEWER: _(
                "It goes together with fewer nights with a cramp; this cannot be told from good and bad spells."
            ),
        },
        more_yes=lambda more: ngettext("%(number)s more night with it", "%(number)s more nights with it", more),
        more_no=lambda more: ngettext("%(number)s more night without it", "%(number)s more nights without it", more),
    )


def change(id: str, title: str) -> Question:
    """Nights from a date on against those before it: there is no verdict, whatever the numbers."""
    return Question(
        id=id,
        title=title,
        yes=_("Nights from then on"),
        no=_("Nights before"),
        odds=_("Chances of a night with a cramp, from then on against before"),
        says={Verdict.CHOSEN_SPAN: _("Numbers side by side, and no verdict.")},
        more_yes=lambda more: ngettext(
            "%(number)s more night from then on", "%(number)s more nights from then on", more
        ),
        more_no=lambda more: ngettext("%(number)s more night before", "%(number)s more nights before", more),
    )
