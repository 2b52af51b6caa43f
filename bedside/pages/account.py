"""What the diary has about one night, in words that say no more than is known.

Source of the definitions: docs/evidence.md, "What is logged, and the words for it".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bedside.diary.reader import KeptCramp, Warmth
from bedside.night.effects import CrampState
from bedside.pages import words
from bedside.patterns.nights import OBSERVED_SHARE, Span, in_window, watched_share


@dataclass(frozen=True, slots=True)
class Entry:
    """A cramp as the page shows it. `at` is for machines, `time` the local time of day."""

    at: str
    time: str
    about: bool
    lasted: str
    room: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Account:
    """A night at a glance: `glance` and `watched` in words, then the entries of the sleep window and of the day."""

    glance: str
    watched: str
    observed: bool
    cramps: tuple[Entry, ...]
    daytime: tuple[Entry, ...]
    practice: str


def account(
    cramps: Sequence[KeptCramp],
    window: Span,
    watches: Sequence[Span],
    now: datetime,
    *,
    live: str | None,
    zone: tzinfo,
) -> Account:
    """The account of a night whose sleep window has opened, up to `now`. `live` is the id of the cramp that is open."""
    opens, until = window[0], max(window[0], min(window[1], now))
    share = watched_share((opens, until), watches)
    real = [cramp for cramp in cramps if not cramp.practice]
    inside = [cramp for cramp in real if in_window(cramp.onset, window)]
    observed = share >= OBSERVED_SHARE
    return Account(
        glance=_glance(inside, observed, running=now < window[1]),
        watched=_watched((until - opens) * share, until - opens, observed, bool(inside)),
        observed=observed,
        cramps=tuple(entry(cramp, live, zone) for cramp in inside),
        daytime=tuple(entry(cramp, live, zone) for cramp in real if cramp not in inside),
        practice=practice(cramps),
    )


def entry(cramp: KeptCramp, live: str | None, zone: tzinfo) -> Entry:
    """One cramp in words."""
    return Entry(
        at=cramp.onset.astimezone(zone).isoformat(timespec="minutes"),
        time=words.clock(cramp.onset, zone),
        about=not cramp.trusted,
        lasted=_lasted(cramp, live, zone),
        room=words.celsius(cramp.celsius),
        doubtful=cramp.doubtful,
    )


def practice(cramps: Sequence[KeptCramp]) -> str:
    """The line on practice; empty where there was none."""
    number = sum(cramp.practice for cramp in cramps)
    verb = "is" if number == 1 else "are"
    return f"{words.counted(number, 'practice cramp')} {verb} not counted." if number else ""


def warmth(room: Warmth | None) -> tuple[tuple[str, str], ...]:
    """The room over the sleep window as (name, value) lines; empty where nothing was measured."""
    if room is None:
        return ()
    named = (("Average", room.mean), ("Lowest", room.low), ("Highest", room.high))
    return tuple((name, words.celsius(value)) for name, value in named)


def _lasted(cramp: KeptCramp, live: str | None, zone: tzinfo) -> str:
    if cramp.seconds is not None:
        return words.lasted(cramp.seconds)
    if cramp.id == live and cramp.state == CrampState.OPEN:
        return f"still open, since {words.clock(cramp.onset, zone)}"
    return "not known: no end press"


def _glance(cramps: Sequence[KeptCramp], observed: bool, running: bool) -> str:
    doubtful = sum(cramp.doubtful for cramp in cramps)
    sure = len(cramps) - doubtful
    so_far = " so far" if running else ""
    if not cramps:
        return f"No press for a cramp{so_far}" if observed else "Cramps: not known"
    if not doubtful:
        return words.counted(sure, "cramp") + so_far
    perhaps = "1 press" if doubtful == 1 else f"{doubtful} presses"
    if not sure:
        return f"{perhaps} that may have been a cramp{so_far}"
    return f"{words.counted(sure, 'cramp')}{so_far}, and {perhaps} that may have been one"


def _watched(heard: timedelta, length: timedelta, observed: bool, pressed: bool) -> str:
    if length < timedelta(minutes=1):
        return "The sleep window has only just begun."
    all_of_it, part = words.span(length), words.span(heard)
    if observed:
        return f"The button was listening for {f'all {part}' if part == all_of_it else f'{part} of {all_of_it}'}."
    unknown = "there may have been more" if pressed else "whether there was a cramp is not known"
    if heard < timedelta(minutes=1):
        return f"The button was not listening in these {all_of_it}: {unknown}."
    return f"The button was listening for only {part} of {all_of_it}: {unknown}."
