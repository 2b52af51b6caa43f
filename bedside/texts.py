"""Every sentence that is spoken, one catalogue. Nothing here has been reviewed by a clinician.

Where a group names its source, the sentences say no more than that source does; the words are our own. Numbers are
spelt out, because voices read digits in their own ways. Each text has to end before its script's next cue begins.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bedside.night.cues import COUNTED, Cue, Pose

# Source: docs/evidence.md, "During a cramp" (what a cramp is: Hallegraeff 2017, doi 10.1186/s12875-017-0600-x; no
# trial gives a hold time) and "Red flags": a clot can feel like a cramp, so what speaks against a stretch comes first.
_RELIEF = {
    Cue.PULL: "If this leg is swollen, hot or red, don't stretch or rub it: get help. "
    "If not, straighten the knee, pull your toes toward your shin, and keep them there. Breathe out.",
    Cue.HOLD: "Keep holding, and breathe.",
    Cue.STAND: "Sit up, feet down, and wait a breath. Stand only if you are steady and holding on to something. "
    "Then press that heel flat on the floor.",
    Cue.RUB: "As it lets go, rub gently. Press the button when it is over.",
    Cue.STILL_HOLD: "Keep holding.",
    Cue.STILL_BREATHE: "Keep breathing.",
    Cue.STILL_PRESS: "Press the button when it is over.",
    Cue.WARNING: "Ten minutes is unusually long for a cramp. If it is not easing, get medical advice now.",
}

# Our own words about the device itself: no health claim, no source.
_DEVICE = {
    Cue.STOPPED: "Stopped. Still cramping? Press again.",
    Cue.NOT_SAVED: "This press could not be written down yet. I keep trying.",
    Cue.PAIRING: "Phones cannot be paired in this version. The page opens only on this device itself.",
    Cue.TRY: "This is how loud I speak.",
}

# Source: docs/evidence.md, "The evening stretch" (Hallegraeff 2012, doi 10.1016/S1836-9553(12)70068-1; alternating
# legs so that it fits three minutes).
_EVENING = {
    Cue.ASK: "Time for the evening stretch. Press the button to start. Hold it down to skip tonight.",
    Cue.ASK_LATE: "It is later than planned, and still time for the evening stretch. Press the button to start. "
    "Hold it down to skip tonight.",
    Cue.SKIPPED: "Skipped for tonight.",
    Cue.SETUP: "Stand in bare feet or shoes, not socks. Face a wall, hands on it at chest height. "
    "Lean toward it, heels down, to a clear stretch. Breathe normally all the way through.",
    Cue.SEAT: "Sit on the bed, legs out, knees straight. Draw one foot toward you, to a clear stretch. "
    "Breathe normally all the way through.",
    Cue.CALF_LEFT: "Left leg. Lean in, and hold.",
    Cue.THIGH_LEFT: "Left heel on the chair. Lean forward, and hold.",
    Cue.SEATED_LEFT: "Left foot toward you, and hold.",
    Cue.COUNT_RIGHT: "Change. Right leg, and hold.",
    Cue.COUNT_LEFT: "Change. Left leg, and hold.",
    Cue.COUNT_CHAIR: "Relax. Go to a chair that stands against a wall. Hold on to something firm. "
    "Put one heel on it, knee straight, and lean forward from the hips, to a clear stretch.",
    Cue.COUNT_DONE: "Relax. That was the whole stretch.",
    Cue.STRETCH_STOPPED: "The stretch is stopped.",
}

SPOKEN: Mapping[Cue, str] = MappingProxyType({**_RELIEF, **_DEVICE, **_EVENING})
"""What each cue says, in English; before a counted one come the numbers of `COUNTDOWN`."""

COUNTDOWN = ("Five.", "Four.", "Three.", "Two.", "One.")
"""Said a second apart, before what a counted cue says."""

CHIMED: frozenset[Cue] = frozenset({Cue.ASK, Cue.ASK_LATE, Cue.WARNING}) | COUNTED
"""Cues with a chime: they come unasked, or mark the very moment of a change. A counted one has it after its count."""

# Source: as for what is spoken in the evening.
POSES: Mapping[Pose, tuple[str, str]] = MappingProxyType(
    {
        Pose.SETUP: (
            "Get ready",
            "Bare feet or shoes, not socks. Face a wall, hands on it at chest height. Breathe normally.",
        ),
        Pose.SEAT: ("Get ready", "Sit on the bed, legs out, knees straight. Breathe normally."),
        Pose.CALF_LEFT: ("Left calf", "Heel down. Lean toward the wall on the left leg, and hold."),
        Pose.CALF_RIGHT: ("Right calf", "Heel down. Lean toward the wall on the right leg, and hold."),
        Pose.CHAIR: (
            "Go to the chair",
            "It stands against a wall. Hold on to something firm. One heel on it, knee straight.",
        ),
        Pose.THIGH_LEFT: ("Left thigh", "Left heel on the chair, knee straight. Lean forward from the hips, and hold."),
        Pose.THIGH_RIGHT: (
            "Right thigh",
            "Right heel on the chair, knee straight. Lean forward from the hips, and hold.",
        ),
        Pose.SEATED_LEFT: ("Left leg", "Knee straight. Draw the left foot toward you, and hold."),
        Pose.SEATED_RIGHT: ("Right leg", "Knee straight. Draw the right foot toward you, and hold."),
        Pose.TO_LEFT: ("Change", "Relax, and change to the left leg."),
        Pose.TO_RIGHT: ("Change", "Relax, and change to the right leg."),
        Pose.DONE: ("Done", "That was the whole stretch."),
    }
)
"""What the page shows for each pose: its name, and what to do."""


def caption(cue: Cue) -> str:
    """All that a cue says, in one line."""
    return " ".join((*COUNTDOWN, SPOKEN[cue])) if cue in COUNTED else SPOKEN[cue]
