"""The settings form: what it shows for the habits in force, and which habits a sent form means. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from typing import TypeVar

from bedside.night.habits import Accent, Habits

Sent = Mapping[str, Sequence[str]]
"""Every field that was sent, with all its values."""
Shown = Mapping[str, str]
"""What each field holds; a box that is not ticked is left out."""
Faults = Mapping[str, str]
"""By field, a sentence that says what is wrong and what to do."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TICKED = "on"
USUAL_REMINDER = time(21)
LONGEST_SHOWN, LONGEST_QUOTED = 40, 20

LABELS: Mapping[str, str] = {
    "bedtime": "Bedtime",
    "rising": "Rising time",
    **{day: day.capitalize() for day in DAYS},
    **{f"{day}_at": f"{day.capitalize()}, time" for day in DAYS},
    "asks": "How often it asks",
    "silent_evenings": "Silent evenings",
    "stretch": "Kind of stretch",
    "no_standing": "I don’t stand at night",  # noqa: RUF001 (a true apostrophe)
    "silent_nights": "Silent nights",
    "warning_by_light": "Ten-minute warning by light",
    "voice": "Voice",
    "evening_volume": "Evening volume",
    "night_volume": "Night volume",
    "light": "Brightness",
    "glow": "Glow",
}
ASKS = {"1": "Once", "2": "2 times", "3": "3 times"}
STRETCHES = {"standing": "Standing, 3 minutes", "seated": "Seated, 1½ minutes"}
VOICES = {Accent.BRITISH.value: "British English", Accent.AMERICAN.value: "American English"}
VOLUMES = {0.1: "Very quiet", 0.25: "Quiet", 0.5: "Medium", 0.75: "Loud", 1.0: "Full"}
BRIGHTNESS = {0.1: "Faint", 0.25: "Low", 0.5: "Half", 0.75: "Strong", 1.0: "Full"}

T = TypeVar("T")

# A time field of a browser sends hours and minutes, in some with seconds.
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:[0-5][0-9](\.[0-9]{1,6})?)?")


def choices(held: Habits) -> Mapping[str, Mapping[str, str]]:
    """By field, the values that can be chosen, each with its words. What is in force is always among them."""
    return {
        "asks": ASKS,
        "stretch": STRETCHES,
        "voice": VOICES,
        "evening_volume": _steps(VOLUMES, held.evening_volume),
        "night_volume": _steps(VOLUMES, held.night_volume),
        "light": _steps(BRIGHTNESS, held.light),
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
        form.faults["rising"] = f"{LABELS['rising']}: it is the same as bedtime. Set two different times."
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
    )
    return form.faults or habits


class _Form:
    """Reads one field after the other and notes what is wrong; what it then answers is used by nobody."""

    def __init__(self, sent: Sent, choices: Mapping[str, Mapping[str, str]]) -> None:
        self._sent, self._choices = sent, choices
        self.faults: dict[str, str] = {}

    def time(self, field: str, example: str) -> time:
        text = self._one(field).strip()
        match = _TIME.fullmatch(text)
        if match:
            return time(int(match[1]), int(match[2]))
        wrong = f"{_quoted(text)} is not a time of day" if text else "no time is set"
        return self._wrong(field, f"{wrong}. Write hours and minutes, such as {example}.", time())

    def choice(self, field: str, fallback: str) -> str:
        text = self._one(field)
        if text in self._choices[field]:
            return text
        wrong = f"{_quoted(text)} is not in the list" if text else "nothing is chosen"
        return self._wrong(field, f"{wrong}. Choose one from the list.", fallback)

    def box(self, field: str) -> bool:
        """A browser sends a box only where it is ticked."""
        if field not in self._sent:
            return False
        if self._one(field) == TICKED:
            return True
        return self._wrong(field, "the answer was not clear. Tick the box, or leave it empty.", False)

    def _one(self, field: str) -> str:
        """The field's value; nothing where it was not sent, or not once."""
        values = self._sent.get(field, ())
        if len(values) > 1:
            self.faults[field] = f"{LABELS[field]}: it was sent {len(values)} times. Set it once more, then press Keep."
        return values[0] if len(values) == 1 else ""

    def _wrong(self, field: str, sentence: str, answer: T) -> T:
        self.faults.setdefault(field, f"{LABELS[field]}: {sentence}")
        return answer


def _steps(named: Mapping[float, str], held: float) -> Mapping[str, str]:
    """The named steps; a value in force that is none of them stands first, as it is."""
    others = {} if held in named else {repr(held): f"As it is now: {held:.0%}"}
    return others | {repr(value): words for value, words in named.items()}


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _quoted(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return f"“{plain[:LONGEST_QUOTED]}{'…' if len(plain) > LONGEST_QUOTED else ''}”"
