"""The relief page, `/relief`: the warning signs, then the steps the voice says, readable in a dark room.

Source: docs/evidence.md, "During a cramp" and "Red flags" (NHS, NHS inform, nidirect, CKS, FDA; a numb saddle
area, sudden weakness, a cold pale leg and dark urine on a statin are generally accepted). Nothing here has been
reviewed by a clinician.
"""

from collections.abc import Mapping

from bedside.catalogue import N_, _
from bedside.night import cues
from bedside.night.cues import Cue
from bedside.night.state import WARNING
from bedside.pages import words
from bedside.pages.house import House
from bedside.texts import spoken

EMERGENCY = (
    N_("One leg is swollen, warm, red, dark or tender, and you are short of breath or your chest hurts."),
    N_("A leg is suddenly cold, pale and numb."),
)
SAME_DAY = (
    N_("One leg is swollen, warm, red, dark or tender. Do not stretch or rub it: it may be a clot."),
    N_("The cramp has gone on for more than 10 minutes and does not ease."),
    N_("Cramps began after a dirty wound, or after contact with a poison."),
    N_("You are suddenly weak, or numb between the legs."),
    N_("You take quinine and have bruises, nosebleeds, purple spots or blood in the urine."),
    N_("You take a statin, your muscles hurt and your urine is dark."),
)
NEVER = (
    N_("Do not point your toes. Do not walk on tiptoe."),
    N_("Heat only on a plain cramp: never on a hot, red leg, on numb feet, or while you sleep."),
)


def page(house: House) -> Mapping[str, object]:
    """What the template shows: the same words at the same times as the voice, and the same line left out."""
    script = (*cues.relief(house.stands), (WARNING, Cue.WARNING))
    return {
        "emergency": tuple(map(_, EMERGENCY)),
        "same_day": tuple(map(_, SAME_DAY)),
        "steps": tuple((_when(seconds), spoken(cue)) for seconds, cue in script if cue),
        "never": tuple(map(_, NEVER)),
    }


def _when(seconds: float) -> str:
    # Translators: %(span)s is a span of time, such as: 20 seconds.
    return _("After %(span)s", span=words.lasted(seconds)) if seconds else _("At once")
