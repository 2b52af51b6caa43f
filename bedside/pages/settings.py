"""The settings page, `/settings`: the habits as one form, and two sounds to try."""

from collections.abc import Mapping

from bedside.night.habits import Habits
from bedside.pages import habits_form
from bedside.pages.habits_form import DAYS, LABELS, Faults, Sent, Shown
from bedside.pages.house import House

HELPS: Mapping[str, str] = {
    "bedtime": "From then on, until rising time, a press counts as a cramp of the night.",
    "rising": "Cramps after this time are kept as daytime cramps.",
    "asks": "Ten minutes apart, until you answer.",
    "silent_evenings": "It asks and leads by the light and the stretch page only, without the voice.",
    "stretch": "Choose seated if it is hard to stand.",
    "no_standing": "Then the voice never says to stand up when you have a cramp.",
    "silent_nights": "From bedtime to rising time it helps by the light and the relief page only. "
    "The ten-minute warning is still spoken where there is no light: if none is wired, set light_pin to 0.",
    "warning_by_light": "The light gives the warning instead of the voice. "
    "Without a light it is still spoken: if none is wired, set light_pin to 0.",
    "voice": "Whose English it speaks.",
    "evening_volume": "How loud it asks for the stretch and leads it, and how loud it helps in the daytime.",
    "night_volume": "How loud it helps with a cramp from bedtime to rising time.",
    "light": "How bright the light gets when you press.",
    "glow": "A faint light that shows where the button is.",
}
SOUNDS = {"evening": False, "night": True}
"""The sounds to try, and whether each is the night's."""


def page(house: House, *, kept: bool = False, tried: bool = False) -> Mapping[str, object]:
    """What the template shows for the habits in force: `kept` after they were changed, `tried` after a sound."""
    habits = house.habits()
    return _form(habits, habits_form.shown(habits), {}) | {"kept": kept, "tried": tried}


def choose(house: House, sent: Sent) -> tuple[Mapping[str, object], int] | None:
    """Have the habits kept that the form means, all or none. None if done; else what to show, and its status."""
    held = house.habits()
    read = habits_form.read(sent, held)
    again = habits_form.shown_again(sent)
    if not isinstance(read, Habits):
        return _form(held, again, read), 400
    if house.choose(read):
        return None
    return _form(held, again, {}) | {"unwritten": True}, 503


def _form(held: Habits, values: Shown, faults: Faults) -> dict[str, object]:
    return {
        "labels": LABELS,
        "helps": HELPS,
        "days": DAYS,
        "choices": habits_form.choices(held),
        "values": values,
        "faults": faults,
        "kept": False,
        "tried": False,
        "unwritten": False,
    }
