"""The relief page, `/relief`: the warning signs, then the steps the voice says, readable in a dark room.

Source: `evidence.toml` for the signs and what to be careful of; docs/evidence.md, "During a cramp", for the steps.
Nothing here has been reviewed by a clinician.
"""

from collections.abc import Mapping

from bedside.catalogue import _
from bedside.night import cues
from bedside.night.cues import Cue
from bedside.night.state import WARNING
from bedside.pages import guide, words
from bedside.pages.house import House
from bedside.texts import spoken

CITED = ("hallegraeff-2017", "warning-signs", "fda")


def page(house: House) -> Mapping[str, object]:
    """What the template shows: the same words at the same times as the voice, and the same line left out."""
    script = (*cues.relief(house.stands), (WARNING, Cue.WARNING))
    return {
        **guide.warnings(house),
        "steps": tuple((_when(seconds), spoken(cue)) for seconds, cue in script if cue),
        "never": guide.signs("never"),
        "cited": {name: guide.cited(name) for name in CITED},
    }


def _when(seconds: float) -> str:
    # Translators: %(span)s is a span of time, such as: 20 seconds.
    return _("After %(span)s", span=words.lasted(seconds)) if seconds else _("At once")
