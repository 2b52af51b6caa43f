"""Every sentence that is spoken, and every pose that is shown. Nothing here has been reviewed by a clinician.

Where a group names its source, the sentences say no more than that source does; the words are our own. Numbers are
spelt out, because voices read digits in their own ways. Each text has to end before its script's next cue begins.
The tables are in English; `spoken`, `countdown` and `posed` look them up in the language of this process.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bedside.catalogue import N_, _
from bedside.night.cues import COUNTED, Cue, Pose

# Source: docs/evidence.md, "During a cramp" (what a cramp is: Hallegraeff 2017, doi 10.1186/s12875-017-0600-x; no
# trial gives a hold time) and "Red flags": a clot can feel like a cramp, so what speaks against a stretch comes first.
_RELIEF = {
    Cue.PULL: N_(
        "If this leg is swollen, hot or red, don't stretch or rub it: get help. "
        "If not, straighten the knee, pull your toes toward your shin, and keep them there. Breathe out."
    ),
    Cue.HOLD: N_("Keep holding, and breathe."),
    Cue.STAND: N_(
        "Sit up, feet down, and wait a breath. Stand only if you are steady and holding on to something. "
        "Then press that heel flat on the floor."
    ),
    Cue.RUB: N_("As it lets go, rub gently. Press the button when it is over."),
    Cue.STILL_HOLD: N_("Keep holding."),
    Cue.STILL_BREATHE: N_("Keep breathing."),
    Cue.STILL_PRESS: N_("Press the button when it is over."),
    Cue.WARNING: N_("Ten minutes is unusually long for a cramp. If it is not easing, get medical advice now."),
}

# Our own words about the device itself: no health claim, no source.
_DEVICE = {
    Cue.STOPPED: N_("Stopped. Still cramping? Press again."),
    Cue.NOT_SAVED: N_("This press could not be written down yet. I keep trying."),
    Cue.PAIRING: N_("A phone can be paired now."),
    Cue.TRY: N_("This is how loud I speak."),
    Cue.NEEDS_YOU: N_("I need your help. The page says what to do."),
}

# Source: docs/evidence.md, "The evening stretch" (Hallegraeff 2012, doi 10.1016/S1836-9553(12)70068-1; alternating
# legs so that it fits three minutes).
_EVENING = {
    Cue.ASK: N_("Time for the evening stretch. Press the button to start. Hold it down to skip tonight."),
    Cue.ASK_LATE: N_(
        "It is later than planned, and still time for the evening stretch. Press the button to start. "
        "Hold it down to skip tonight."
    ),
    Cue.SKIPPED: N_("Skipped for tonight."),
    Cue.SETUP: N_(
        "Stand in bare feet or shoes, not socks. Face a wall, hands on it at chest height. "
        "Lean toward it, heels down, to a clear stretch. Breathe normally all the way through."
    ),
    Cue.SEAT: N_(
        "Sit on the bed, legs out, knees straight. Draw one foot toward you, to a clear stretch. "
        "Breathe normally all the way through."
    ),
    Cue.CALF_LEFT: N_("Left leg. Lean in, and hold."),
    Cue.THIGH_LEFT: N_("Left heel on the chair. Lean forward, and hold."),
    Cue.SEATED_LEFT: N_("Left foot toward you, and hold."),
    Cue.COUNT_RIGHT: N_("Change. Right leg, and hold."),
    Cue.COUNT_LEFT: N_("Change. Left leg, and hold."),
    Cue.COUNT_CHAIR: N_(
        "Relax. Go to a chair that stands against a wall. Hold on to something firm. "
        "Put one heel on it, knee straight, and lean forward from the hips, to a clear stretch."
    ),
    Cue.COUNT_DONE: N_("Relax. That was the whole stretch."),
    Cue.STRETCH_STOPPED: N_("The stretch is stopped."),
}

SPOKEN: Mapping[Cue, str] = MappingProxyType({**_RELIEF, **_DEVICE, **_EVENING})
"""What each cue says, in English; before a counted one come the numbers of `COUNTDOWN`."""

COUNTDOWN = (N_("Five."), N_("Four."), N_("Three."), N_("Two."), N_("One."))
"""Said a second apart, before what a counted cue says."""

DIGITS = (
    N_("Zero."),
    N_("One."),
    N_("Two."),
    N_("Three."),
    N_("Four."),
    N_("Five."),
    N_("Six."),
    N_("Seven."),
    N_("Eight."),
    N_("Nine."),
)
SIGNS: Mapping[str, str] = MappingProxyType(
    {**{str(number): word for number, word in enumerate(DIGITS)}, ".": N_("Point."), ":": N_("Colon.")}
)
"""How an address or a code is said, sign by sign."""

_PAIRED_AT, _PAIRED_BY, _AGAIN = N_("On the home Wi-Fi, open this address."), N_("Enter this code."), N_("Once more.")
_SPENT = N_("This code is good no more.")

PIECED: frozenset[Cue] = frozenset({Cue.PAIRING})
"""Cues whose words are only known when they are said, and are put together from pieces then."""

CHIMED: frozenset[Cue] = frozenset({Cue.ASK, Cue.ASK_LATE, Cue.WARNING}) | COUNTED
"""Cues with a chime: they come unasked, or mark the very moment of a change. A counted one has it after its count."""

# Source: as for what is spoken in the evening.
POSES: Mapping[Pose, tuple[str, str]] = MappingProxyType(
    {
        Pose.SETUP: (
            N_("Get ready"),
            N_("Bare feet or shoes, not socks. Face a wall, hands on it at chest height. Breathe normally."),
        ),
        Pose.SEAT: (N_("Get ready"), N_("Sit on the bed, legs out, knees straight. Breathe normally.")),
        Pose.CALF_LEFT: (N_("Left calf"), N_("Heel down. Lean toward the wall on the left leg, and hold.")),
        Pose.CALF_RIGHT: (N_("Right calf"), N_("Heel down. Lean toward the wall on the right leg, and hold.")),
        Pose.CHAIR: (
            N_("Go to the chair"),
            N_("It stands against a wall. Hold on to something firm. One heel on it, knee straight."),
        ),
        Pose.THIGH_LEFT: (
            N_("Left thigh"),
            N_("Left heel on the chair, knee straight. Lean forward from the hips, and hold."),
        ),
        Pose.THIGH_RIGHT: (
            N_("Right thigh"),
            N_("Right heel on the chair, knee straight. Lean forward from the hips, and hold."),
        ),
        Pose.SEATED_LEFT: (N_("Left leg"), N_("Knee straight. Draw the left foot toward you, and hold.")),
        Pose.SEATED_RIGHT: (N_("Right leg"), N_("Knee straight. Draw the right foot toward you, and hold.")),
        Pose.TO_LEFT: (N_("Change"), N_("Relax, and change to the left leg.")),
        Pose.TO_RIGHT: (N_("Change"), N_("Relax, and change to the right leg.")),
        Pose.DONE: (N_("Done"), N_("That was the whole stretch.")),
    }
)
"""What the page shows for each pose: its name, and what to do."""


def spoken(cue: Cue) -> str:
    """What a cue says; before a counted one come the numbers of `countdown`."""
    return _(SPOKEN[cue])


def countdown() -> tuple[str, ...]:
    """The numbers, each said a second after the one before."""
    return tuple(map(_, COUNTDOWN))


def posed(pose: Pose) -> tuple[str, str]:
    """A pose's name, and what to do."""
    name, what = POSES[pose]
    return _(name), _(what)


def pairing(address: str, code: str) -> tuple[str, ...]:
    """What is said so that a phone can be paired, in pieces: an address of digits, points and colons, if there is one,
    and the code twice; without a code, that it is good no more.
    """
    if not code:
        return (_(_SPENT),)
    said = [SPOKEN[Cue.PAIRING]]
    if address:
        said += [_PAIRED_AT, *(SIGNS[sign] for sign in address)]
    signs = [SIGNS[sign] for sign in code]
    said += [_PAIRED_BY, *signs, _AGAIN, *signs]
    return tuple(map(_, said))


def pairing_pieces() -> tuple[str, ...]:
    """All that `pairing` may say."""
    return tuple(map(_, (SPOKEN[Cue.PAIRING], _PAIRED_AT, _PAIRED_BY, _AGAIN, _SPENT, *SIGNS.values())))


def caption(cue: Cue) -> str:
    """All that a cue says, in one line."""
    return " ".join((*countdown(), spoken(cue))) if cue in COUNTED else spoken(cue)
