"""The history of an entry: what was told of it, and every change since, newest first, in plain words. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from bedside.catalogue import N_, _
from bedside.night.told import Leg, Muscle, Verdict
from bedside.pages import words
from bedside.pages.checkin_form import LEGS, MUSCLES, VERDICTS
from bedside.pages.diary.kept_entry import Entry
from bedside.pages.diary.times import dated

Snapshot = Mapping[str, str | None]
"""What was told of an entry at some time, by column."""

NAMES: Mapping[str, str] = {
    "verdict": N_("What it was"),
    "began": N_("Began"),
    "lasted": N_("Lasted"),
    "second": N_("The second began"),
    "severity": N_("How bad, 0 to 10"),
    "leg": N_("Leg"),
    "muscle": N_("Muscle"),
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "verdict": {one.value: VERDICTS[one] for one in Verdict},
    "leg": {one.value: LEGS[one] for one in Leg},
    "muscle": {one.value: MUSCLES[one] for one in Muscle},
}


@dataclass(frozen=True, slots=True)
class Told:
    """What was told at once: when, if that is known, on which phone, and what, a sentence each."""

    when: str
    by: str
    lines: tuple[str, ...]


def history(entry: Entry) -> tuple[Told, ...]:
    """Everything that was told of the entry, the newest first, down to what was told first."""
    return tuple(_changes(entry))


def telling(at: datetime, by: str, zone: tzinfo) -> str:
    """When something was told, and on which phone where that is known."""
    when = dated(at, zone)
    # Translators: such as: 08:15 on Sunday, 11 January 2026, on Anna's phone.
    return _("%(when)s, on %(phone)s", when=when, phone=by) if by else when


def _changes(entry: Entry) -> Iterator[Told]:
    zone, after = entry.line.zone, dict(entry.told)
    for (at, by), group in groupby(entry.history, lambda one: (one.at, one.by)):
        before = {**after, **{one.field: one.before for one in group}}
        lines = tuple(_differences(_described(before, entry), _described(after, entry)))
        if lines:
            yield Told(telling(at, by, zone), by, lines)
        after = before
    said = _described(after, entry, first=True)
    # Translators: what was told of a cramp, such as: Leg: Left.
    first = tuple(_("%(what)s: %(told)s", what=_(NAMES[name]), told=told) for name, told in said.items())
    if first:
        known = entry.telling if not entry.history else None
        yield Told(telling(known.at, known.by, zone) if known else "", known.by if known else "", first)


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name, label in NAMES.items():
        if before.get(name) != after.get(name):
            was, now = (said.get(name, _("left open")) for said in (before, after))
            # Translators: a change of what was told, such as: Leg: it was Left, now it is Right.
            yield _("%(what)s: it was “%(before)s”, now it is “%(after)s”.", what=_(label), before=was, after=now)


def _described(told: Snapshot, entry: Entry, *, first: bool = False) -> dict[str, str]:
    """What was told, in words, without what was left open; times also where they were not corrected, unless it is the
    first telling.
    """
    said = {name: _(WORDS[name].get(text, text)) for name in WORDS if (text := told.get(name))}
    if severity := told.get("severity"):
        said["severity"] = severity
    corrected = told.get("onset")
    if corrected or not first:
        said["began"] = _clock(corrected, entry) if corrected else words.clock(entry.pressed, entry.line.zone)
        said["lasted"] = _lasted(told, entry)
    if second := told.get("second_onset"):
        said["second"] = _clock(second, entry)
    return {name: said[name] for name in NAMES if name in said}


def _clock(text: str, entry: Entry) -> str:
    return words.clock(datetime.fromisoformat(text), entry.line.zone)


def _lasted(told: Snapshot, entry: Entry) -> str:
    """How long, as it was corrected, or as the presses say."""
    if told.get("end_unknown") == "1":
        return _("not known")
    text = told.get("seconds")
    seconds = float(text) if text else entry.seconds
    return _("not known") if seconds is None else words.lasted(seconds)
