"""How the page is to be read, and what an empty one waits for. Pure.

Source: docs/evidence.md, "Counting honestly".
"""

from datetime import date, timedelta

from bedside.catalogue import _, ngettext
from bedside.pages import words
from bedside.pages.patterns.parts import Awaited
from bedside.patterns.hours import CRAMPS_FOR_HOURS
from bedside.patterns.looks import CRAMPS_IN_ALL, FIRST_LOOK, NIGHTS_A_SIDE
from bedside.patterns.rates import NIGHTS_FOR_A_RATE
from bedside.patterns.sides import NIGHTS_OF_A_MONTH


def explained() -> tuple[str, ...]:
    """What the words of the page mean."""
    return (
        _(
            "“Times as high” compares chances as a bet does: nights with a cramp for each night without one. "
            "1 means no difference. A range with 1 in it leaves open whether there is any."
        ),
        _(
            "“Cannot tell yet” is the usual answer. Say there are 3 cramps a week and something halves them: 28 nights "
            "with it and 28 without show that in only 1 of 5 diaries."
        ),
        _(
            "A verdict changes only at a look: after %(first)s, %(second)s, %(third)s and so on observed nights. "
            "Looking every day finds something that is not there. "
            "Each look asks for stronger numbers and has a wider range.",
            first=FIRST_LOOK,
            second=FIRST_LOOK * 2,
            third=FIRST_LOOK * 4,
        ),
        _(
            "“Goes together” is the most that a diary can say. Who is tired skips the stretch, and who had a bad night "
            "does it: good and bad spells look just like that."
        ),
        _(
            "A night is observed if the button was listening for nine tenths of the sleep window. It is confirmed if "
            "the button was pressed in it, or if the morning was told that you slept here. An unknown night is never "
            "counted as one without a cramp."
        ),
    )


def awaited(today: date) -> tuple[Awaited, ...]:
    """What an empty page says will be there, and when."""
    rate = ngettext(
        "After %(number)s observed night, about %(day)s at the earliest.",
        "After %(number)s observed nights, about %(day)s at the earliest.",
        NIGHTS_FOR_A_RATE,
        day=words.day_dates(today + timedelta(days=NIGHTS_FOR_A_RATE)),
    )
    verdict = _(
        "A range after %(nights)s nights of each kind with %(cramps)s cramps in all. A verdict after %(look)s observed "
        "nights, about %(day)s at the earliest.",
        nights=NIGHTS_A_SIDE,
        cramps=CRAMPS_IN_ALL,
        look=FIRST_LOOK,
        day=words.day_dates(today + timedelta(days=FIRST_LOOK)),
    )
    return (
        Awaited(_("How often"), rate),
        Awaited(_("Night by night"), _("After the first night.")),
        Awaited(_("By hour of the night"), _("After %(cramps)s cramps.", cramps=CRAMPS_FOR_HOURS)),
        Awaited(_("Evening stretch: done or not"), verdict),
        Awaited(
            _("Warm and cold nights"),
            _("Once a month is over that has %(nights)s observed nights with a temperature.", nights=NIGHTS_OF_A_MONTH),
        ),
        Awaited(_("What the day was like"), _("When the morning has been told of such days.")),
        Awaited(_("Before and after a change"), _("When a change of a medicine is noted.")),
    )
