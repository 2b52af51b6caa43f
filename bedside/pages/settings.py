"""The settings page, `/settings`: the habits as one form, and two sounds to try."""

from collections.abc import Mapping

from bedside.catalogue import N_, _
from bedside.night.habits import Habits
from bedside.pages import habits_form, phones
from bedside.pages.fields import Faults, Sent, Shown
from bedside.pages.habits_form import ASKED, DAYS, LABELS
from bedside.pages.house import House

HELPS: Mapping[str, str] = {
    "bedtime": N_("From then on, until rising time, a press counts as a cramp of the night."),
    "rising": N_("Cramps after this time are kept as daytime cramps."),
    "asks": N_("Ten minutes apart, until you answer."),
    "silent_evenings": N_("It asks and leads by the light and the stretch page only, without the voice."),
    "stretch": N_("Choose seated if it is hard to stand."),
    "no_standing": N_("Then the voice never says to stand up when you have a cramp."),
    "silent_nights": N_(
        "From bedtime to rising time it helps by the light and the relief page only. "
        "The ten-minute warning is still spoken where there is no light: if none is wired, set light_pin to 0."
    ),
    "warning_by_light": N_(
        "The light gives the warning instead of the voice. "
        "Without a light it is still spoken: if none is wired, set light_pin to 0."
    ),
    "voice": N_("Whose English it speaks."),
    "evening_volume": N_("How loud it asks for the stretch and leads it, and how loud it helps in the daytime."),
    "night_volume": N_("How loud it helps with a cramp from bedtime to rising time."),
    "light": N_("How bright the light gets when you press."),
    "glow": N_("A faint light that shows where the button is."),
}
SOUNDS = {"evening": False, "night": True}
"""The sounds to try, and whether each is the night's."""


def page(
    house: House,
    own: str | None,
    *,
    kept: bool = False,
    tried: bool = False,
    removed: bool = False,
    not_deleted: str = "",
) -> Mapping[str, object]:
    """What the template shows for the habits in force: `kept` after they were changed, `tried` after a sound, `removed`
    after a phone was put out; `not_deleted` says why nothing was. `own` is the id of the phone that looks.
    """
    said = {"kept": kept, "tried": tried, "removed": removed, "not_deleted": not_deleted}
    return _form(house, own, habits_form.shown(house.habits()), {}) | said


def choose(house: House, own: str | None, sent: Sent) -> tuple[Mapping[str, object], int] | None:
    """Have the habits kept that the form means, all or none. None if done; else what to show, and its status."""
    held = house.habits()
    read = habits_form.read(sent, held)
    again = habits_form.shown_again(sent)
    if not isinstance(read, Habits):
        return _form(house, own, again, read), 400
    if house.choose(read):
        return None
    return _form(house, own, again, {}) | {"unwritten": True}, 503


def _form(house: House, own: str | None, values: Shown, faults: Faults) -> dict[str, object]:
    return {
        "labels": {field: _(label) for field, label in LABELS.items()},
        "helps": {field: _(line) for field, line in HELPS.items()},
        "days": DAYS,
        "factors": tuple(ASKED.values()),
        "choices": habits_form.choices(house.habits()),
        "values": values,
        "faults": faults,
        "kept": False,
        "tried": False,
        "removed": False,
        "unwritten": False,
        "not_deleted": "",
        **phones.section(house.entrance, own, house.zone),
    }
