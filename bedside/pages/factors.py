"""The factors of an evening in words, and which of them are asked about."""

from collections.abc import Iterable, Mapping

from bedside.catalogue import N_
from bedside.night.told import ALWAYS_ASKED, Factor

FACTORS: Mapping[Factor, str] = {
    Factor.EFFORT: N_("Unusual effort"),
    Factor.STANDING: N_("Long standing"),
    Factor.SITTING: N_("Mostly sitting"),
    Factor.ALCOHOL: N_("Alcohol"),
    Factor.LITTLE_DRINK: N_("Drank little"),
    Factor.SWEAT: N_("Sweated much"),
    Factor.CAFFEINE: N_("Caffeine"),
    Factor.MAGNESIUM: N_("Magnesium"),
    Factor.STRESS: N_("Stress"),
    Factor.BLANKET: N_("Extra blanket"),
}
OPTIONAL = tuple(factor for factor in Factor if factor not in ALWAYS_ASKED)
"""Asked about only where a person chose so."""


def field_of(factor: Factor) -> str:
    """The name of its box in a form."""
    return factor.name.lower()


def asked(*chosen: Iterable[Factor]) -> tuple[Factor, ...]:
    """Those that are asked about, in their order: the usual ones, and all that were chosen."""
    wanted = {*ALWAYS_ASKED, *(factor for some in chosen for factor in some)}
    return tuple(factor for factor in Factor if factor in wanted)
