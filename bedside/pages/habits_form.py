"""The settings form: what it shows for the habits in force, and which habits a sent form means. Pure."""

import re
from collections.abc import Mapping
from datetime import time

from bedside.catalogue import N_, _, ngettext, pgettext
from bedside.night.habits import Accent, Habits
from bedside.pages.factors import FACTORS, OPTIONAL, field_of
from bedside.pages.fields import TICKED, Faults, Fields, Sent, Shown
from bedside.pages.words import WEEKDAYS

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
USUAL_REMINDER = time(21)
LONGEST_SHOWN, LONGEST_QUOTED = 40, 20

ASKED = {factor: f"ask_{field_of(factor)}" for factor in OPTIONAL}
"""The boxes of the factors that are asked about if wanted."""

LABELS: Mapping[str, str] = {
    "bedtime": N_("Bedtime"),
    "rising": N_("Rising time"),
    **dict(zip(DAYS, WEEKDAYS, strict=True)),
    "monday_at": N_("Monday, time"),
    "tuesday_at": N_("Tuesday, time"),
    "wednesday_at": N_("Wednesday, time"),
    "thursday_at": N_("Thursday, time"),
    "friday_at": N_("Friday, time"),
    "saturday_at": N_("Saturday, time"),
    "sunday_at": N_("Sunday, time"),
    "asks": N_("How often it asks"),
    "silent_evenings": N_("Silent evenings"),
    "stretch": N_("Kind of stretch"),
    "no_standing": N_("I don’t stand at night"),  # noqa: RUF001 (a true apostrophe)
    "silent_nights": N_("Silent nights"),
    "warning_by_light": N_("Ten-minute warning by light"),
    "voice": N_("Voice"),
    "evening_volume": N_("Evening volume"),
    "night_volume": N_("Night volume"),
    "light": N_("Brightness"),
    "glow": N_("Glow"),
    **{ASKED[factor]: FACTORS[factor] for factor in OPTIONAL},
}
ASKS = {"1": N_("Once"), "2": N_("2 times"), "3": N_("3 times")}
STRETCHES = {"standing": N_("Standing, 3 minutes"), "seated": N_("Seated, 1½ minutes")}
VOICES = {Accent.BRITISH.value: N_("British English"), Accent.AMERICAN.value: N_("American English")}
VOLUMES = BRIGHTNESS = (0.1, 0.25, 0.5, 0.75, 1.0)

# A time field of a browser sends hours and minutes, in some with seconds.
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:[0-5][0-9](\.[0-9]{1,6})?)?")


def choices(held: Habits) -> Mapping[str, Mapping[str, str]]:
    """By field, the values that can be chosen, each with its words. What is in force is always among them."""
    return {
        "asks": {value: _(words) for value, words in ASKS.items()},
        "stretch": {value: _(words) for value, words in STRETCHES.items()},
        "voice": {value: _(words) for value, words in VOICES.items()},
        "evening_volume": _steps(_volumes(), held.evening_volume),
        "night_volume": _steps(_volumes(), held.night_volume),
        "light": _steps(_brightness(), held.light),
    }


def shown(habits: Habits) -> Shown:
    """The form as it shows these habits. A day off shows the time of another day, to begin from."""
    usual = next((at for at in habits.reminders if at), USUAL_REMINDER)
    days = dict(zip(DAYS, habits.reminders, strict=True))
    boxes = {
        **{day: at is not None for day, at in days.items()},
        "silent_evenings": habits.silent_evenings,
        "silent_nights": habits.silent_nights,
        "no_standing": not habits.stands,
        "warning_by_light": habits.warning_by_light,
        "glow": habits.glow,
        **{box: factor in habits.factors for factor, box in ASKED.items()},
    }
    return {
        "bedtime": _clock(habits.bedtime),
        "rising": _clock(habits.rising),
        **{f"{day}_at": _clock(at or usual) for day, at in days.items()},
        "asks": str(habits.asks),
        "stretch": "standing" if habits.standing_stretch else "seated",
        "voice": habits.accent.value,
        "evening_volume": repr(habits.evening_volume),
        "night_volume": repr(habits.night_volume),
        "light": repr(habits.light),
        **{box: TICKED for box, ticked in boxes.items() if ticked},
    }


def shown_again(sent: Sent) -> Shown:
    """The form as it was sent, so that nothing typed is lost."""
    return {field: values[0][:LONGEST_SHOWN] for field, values in sent.items() if field in LABELS and values}


def read(sent: Sent, held: Habits) -> Habits | Faults:
    """The habits that the form means, or everything that is wrong with it. `held` are those in force."""
    form = _Form(sent, choices(held))
    bedtime, rising = form.time("bedtime", "22:00"), form.time("rising", "07:00")
    if bedtime == rising and not {"bedtime", "rising"} & set(form.faults):
        same = _("%(field)s: it is the same as bedtime. Set two different times.", field=_(LABELS["rising"]))
        form.faults["rising"] = same
    habits = Habits(
        bedtime=bedtime,
        rising=rising,
        reminders=tuple(form.time(f"{day}_at", "21:00") if form.box(day) else None for day in DAYS),
        asks=int(form.choice("asks", "1")),
        standing_stretch=form.choice("stretch", "standing") == "standing",
        stands=not form.box("no_standing"),
        evening_volume=float(form.choice("evening_volume", "1.0")),
        night_volume=float(form.choice("night_volume", "1.0")),
        accent=Accent(form.choice("voice", Accent.BRITISH.value)),
        silent_evenings=form.box("silent_evenings"),
        silent_nights=form.box("silent_nights"),
        light=float(form.choice("light", "1.0")),
        glow=form.box("glow"),
        warning_by_light=form.box("warning_by_light"),
        factors=tuple(factor for factor, box in ASKED.items() if form.box(box)),
    )
    return form.faults or habits


class _Form(Fields):
    def __init__(self, sent: Sent, choices: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(sent)
        self._choices = choices

    def time(self, field: str, example: str) -> time:
        text = self.one(field).strip()
        match = _TIME.fullmatch(text)
        if match:
            return time(int(match[1]), int(match[2]))
        unset = N_("%(field)s: no time is set. Write hours and minutes, such as %(example)s.")
        wrong = N_("%(field)s: “%(text)s” is not a time of day. Write hours and minutes, such as %(example)s.")
        self._tell(field, wrong if text else unset, text=_shortened(text), example=example)
        return time()

    def choice(self, field: str, fallback: str) -> str:
        text = self.one(field)
        if text in self._choices[field]:
            return text
        unset = N_("%(field)s: nothing is chosen. Choose one from the list.")
        wrong = N_("%(field)s: “%(text)s” is not in the list. Choose one from the list.")
        self._tell(field, wrong if text else unset, text=_shortened(text))
        return fallback

    def box(self, field: str) -> bool:
        """A browser sends a box only where it is ticked."""
        if field not in self.sent:
            return False
        if self.one(field) == TICKED:
            return True
        self._tell(field, N_("%(field)s: the answer was not clear. Tick the box, or leave it empty."))
        return False

    def too_often(self, field: str, times: int) -> str:
        return ngettext(
            "%(field)s: it was sent %(number)s time. Set it once more, then press Keep.",
            "%(field)s: it was sent %(number)s times. Set it once more, then press Keep.",
            times,
            field=_(LABELS[field]),
        )

    def _tell(self, field: str, message: str, **values: str) -> None:
        self.faults.setdefault(field, _(message, field=_(LABELS[field]), **values))


def _volumes() -> Mapping[float, str]:
    words = (
        pgettext("volume", "Very quiet"),
        pgettext("volume", "Quiet"),
        pgettext("volume", "Medium"),
        pgettext("volume", "Loud"),
        pgettext("volume", "Full"),
    )
    return dict(zip(VOLUMES, words, strict=True))


def _brightness() -> Mapping[float, str]:
    words = (
        pgettext("brightness", "Faint"),
        pgettext("brightness", "Low"),
        pgettext("brightness", "Half"),
        pgettext("brightness", "Strong"),
        pgettext("brightness", "Full"),
    )
    return dict(zip(BRIGHTNESS, words, strict=True))


def _steps(named: Mapping[float, str], held: float) -> Mapping[str, str]:
    """The named steps; a value in force that is none of them stands first, as it is."""
    as_it_is = _("As it is now: %(percent)s%%", percent=f"{held * 100:.0f}")
    others = {} if held in named else {repr(held): as_it_is}
    return others | {repr(value): words for value, words in named.items()}


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _shortened(text: str) -> str:
    """What was typed, as it can be shown."""
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return plain[:LONGEST_QUOTED] + ("…" if len(plain) > LONGEST_QUOTED else "")
