"""What the diary has about one night, in words that say no more than is known.

Source of the definitions: docs/evidence.md, "What is logged, and the words for it".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bedside.catalogue import N_, _, ngettext
from bedside.diary.kept import KeptCramp, Warmth
from bedside.night.effects import CrampState
from bedside.night.told import Leg, Muscle, Verdict
from bedside.pages import words
from bedside.pages.links import anchor, to_cramp
from bedside.patterns.nights import OBSERVED_SHARE, Span, in_window, watched_share

LEGS: Mapping[Leg, str] = {Leg.LEFT: N_("left leg"), Leg.RIGHT: N_("right leg"), Leg.BOTH: N_("both legs")}
MUSCLES: Mapping[Muscle, str] = {Muscle.CALF: N_("calf"), Muscle.FOOT: N_("foot"), Muscle.THIGH: N_("thigh")}


@dataclass(frozen=True, slots=True)
class Entry:
    """A cramp as the page shows it. `at` is for machines, `time` the local time of day."""

    at: str
    time: str
    about: bool
    lasted: str
    room: str
    doubtful: bool
    told: str
    href: str
    anchor: str


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
    away: bool = False,
) -> Account:
    """The account of a night whose sleep window has opened, up to `now`. `live` is the id of the cramp that is open;
    `away`: a person told that they slept elsewhere.
    """
    opens, until = window[0], max(window[0], min(window[1], now))
    share = watched_share((opens, until), watches)
    real = [cramp for cramp in cramps if not cramp.practice]
    inside = [cramp for cramp in real if in_window(cramp.onset, window)]
    observed = share >= OBSERVED_SHARE
    return Account(
        glance=_away(inside) if away else _glance(inside, observed, running=now < window[1]),
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
        doubtful=cramp.unsure,
        told=_told(cramp, zone),
        href=to_cramp(cramp.id),
        anchor=anchor(words.clock(cramp.onset, zone)),
    )


def practice(cramps: Sequence[KeptCramp]) -> str:
    """The line on practice; empty where there was none."""
    number = sum(cramp.practice for cramp in cramps)
    if not number:
        return ""
    return ngettext("%(number)s practice cramp is not counted.", "%(number)s practice cramps are not counted.", number)


def warmth(room: Warmth | None) -> tuple[tuple[str, str], ...]:
    """The room over the sleep window as (name, value) lines; empty where nothing was measured."""
    if room is None:
        return ()
    named = ((_("Average"), room.mean), (_("Lowest"), room.low), (_("Highest"), room.high))
    return tuple((name, words.celsius(value)) for name, value in named)


def _lasted(cramp: KeptCramp, live: str | None, zone: tzinfo) -> str:
    if cramp.seconds is not None and cramp.verdict is Verdict.TWO:
        return _("%(span)s, both together", span=words.lasted(cramp.seconds))
    if cramp.seconds is not None:
        return words.lasted(cramp.seconds)
    if cramp.pressed or cramp.origin == "page":
        return _("not known")
    if cramp.id == live and cramp.state == CrampState.OPEN:
        return _("still open, since %(time)s", time=words.clock(cramp.onset, zone))
    return _("not known: no end press")


def _told(cramp: KeptCramp, zone: tzinfo) -> str:
    """What a person told of it, a sentence each; empty where they did not."""
    said = [_("You added it: the button was not pressed.") if cramp.origin == "page" else "", _judged(cramp, zone)]
    if cramp.pressed == cramp.onset:
        said.append(_("You corrected how long it lasted."))
    elif cramp.pressed:
        said.append(_("You corrected its time: the press was at %(time)s.", time=words.clock(cramp.pressed, zone)))
    return " ".join(filter(None, said))


def _judged(cramp: KeptCramp, zone: tzinfo) -> str:
    if cramp.verdict is Verdict.NONE:
        return _("You told that it was none.")
    kind = ""
    if cramp.verdict is Verdict.SAME:
        kind = _("You told that it was the same cramp as the one before.")
    elif cramp.verdict is Verdict.TWO and cramp.second:
        since = words.clock(cramp.second, zone)
        kind = _("You told that it was two cramps, the second from %(time)s on.", time=since)
    elif cramp.verdict is Verdict.TWO:
        kind = _("You told that it was two cramps.")
    said = (
        _("severity %(grade)s of 10", grade=cramp.severity) if cramp.severity is not None else "",
        _(LEGS[cramp.leg]) if cramp.leg else "",
        _(MUSCLES[cramp.muscle]) if cramp.muscle else "",
    )
    said_of_it = words.listed(said)
    # Translators: what a person told of a cramp, such as: You told: severity 7 of 10, left leg, calf.
    return " ".join(filter(None, (kind, _("You told: %(words)s.", words=said_of_it) if said_of_it else "")))


def _away(cramps: Sequence[KeptCramp]) -> str:
    return _("Away: what was pressed is in no rate") if cramps else _("Away")


def _glance(cramps: Sequence[KeptCramp], observed: bool, running: bool) -> str:
    doubtful = sum(cramp.unsure for cramp in cramps)
    sure = sum(cramp.number for cramp in cramps if cramp.counts)
    if not (doubtful or sure):
        return _none(bool(cramps), observed, running)
    if not doubtful:
        return _sure(sure, running)
    if sure:
        perhaps = ngettext(
            "%(number)s press that may have been one", "%(number)s presses that may have been one", doubtful
        )
        # Translators: such as: 2 cramps so far, and 1 press that may have been one.
        return _("%(cramps)s, and %(presses)s", cramps=_sure(sure, running), presses=perhaps)
    if running:
        return ngettext(
            "%(number)s press that may have been a cramp so far",
            "%(number)s presses that may have been a cramp so far",
            doubtful,
        )
    return ngettext(
        "%(number)s press that may have been a cramp", "%(number)s presses that may have been a cramp", doubtful
    )


def _none(pressed: bool, observed: bool, running: bool) -> str:
    """A night without a cramp; `pressed`: there was a press, and a person told that it was none."""
    if not observed:
        return _("Cramps: not known")
    if pressed:
        return _("No cramp, as you told it")
    return _("No press for a cramp so far") if running else _("No press for a cramp")


def _sure(number: int, running: bool) -> str:
    if running:
        return ngettext("%(number)s cramp so far", "%(number)s cramps so far", number)
    return ngettext("%(number)s cramp", "%(number)s cramps", number)


def _watched(heard: timedelta, length: timedelta, observed: bool, pressed: bool) -> str:
    if length < timedelta(minutes=1):
        return _("The sleep window has only just begun.")
    spans = {"part": words.span(heard), "whole": words.span(length)}
    # Translators: %(part)s and %(whole)s are spans of time, such as: 8 hours 40 minutes.
    if observed and spans["part"] == spans["whole"]:
        return _("The button was listening for all %(whole)s.", **spans)
    if observed:
        return _("The button was listening for %(part)s of %(whole)s.", **spans)
    return _(_unknown(heard, pressed), **spans)


def _unknown(heard: timedelta, pressed: bool) -> str:
    """What to say, with the spans in their places, of a night that was hardly listened to."""
    if heard < timedelta(minutes=1):
        if pressed:
            return N_("The button was not listening in these %(whole)s: there may have been more.")
        return N_("The button was not listening in these %(whole)s: whether there was a cramp is not known.")
    if pressed:
        return N_("The button was listening for only %(part)s of %(whole)s: there may have been more.")
    return N_("The button was listening for only %(part)s of %(whole)s: whether there was a cramp is not known.")
