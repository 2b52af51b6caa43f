"""What is said and when: names and times. The words are in the catalogue, `bedside/texts.py`.

Source of the times: docs/evidence.md, "During a cramp" (a proposal: no trial gives a hold time) and "The evening
stretch" (after Hallegraeff 2012, doi 10.1016/S1836-9553(12)70068-1, alternating legs so that it fits 180 s).
"""

from enum import StrEnum


class Cue(StrEnum):
    """One thing the device says, named as in the catalogue."""

    PULL = "relief-pull"
    HOLD = "relief-hold"
    STAND = "relief-stand"
    RUB = "relief-rub"
    STILL_HOLD = "relief-still-hold"
    STILL_BREATHE = "relief-still-breathe"
    STILL_PRESS = "relief-still-press"
    WARNING = "relief-warning"
    STOPPED = "cramp-stopped"
    NOT_SAVED = "not-saved"
    ASK = "evening-ask"
    SKIPPED = "evening-skipped"
    SETUP = "stretch-setup"
    SEAT = "stretch-seat"
    CALF_LEFT = "stretch-calf-left"
    THIGH_LEFT = "stretch-thigh-left"
    SEATED_LEFT = "stretch-seated-left"
    LEFT = "stretch-left"
    RIGHT = "stretch-right"
    CHAIR = "stretch-chair"
    DONE = "stretch-done"
    STRETCH_STOPPED = "stretch-stopped"
    PAIRING = "pairing"


Script = tuple[tuple[float, Cue], ...]
"""Cues with their times in seconds from the script's start, in order."""

RELIEF: Script = (
    (0, Cue.PULL),
    (20, Cue.HOLD),
    (40, Cue.STAND),
    (60, Cue.RUB),
    (120, Cue.STILL_HOLD),
    (180, Cue.STILL_BREATHE),
    (300, Cue.STILL_PRESS),
)
RELIEF_WITHOUT_STANDING: Script = tuple(line for line in RELIEF if line[1] is not Cue.STAND)

HOLD_SECONDS = 10
CHANGE_SECONDS = 3


def _round(start: float, first: Cue) -> Script:
    """Three holds a leg, alternating, left first: 75 s."""
    step = HOLD_SECONDS + CHANGE_SECONDS
    changes = ((start + HOLD_SECONDS + step * i, Cue.RIGHT if i % 2 == 0 else Cue.LEFT) for i in range(5))
    return ((start, first), *changes)


STANDING: Script = (
    (0, Cue.SETUP),
    *_round(15, Cue.CALF_LEFT),
    (90, Cue.CHAIR),
    *_round(105, Cue.THIGH_LEFT),
    (180, Cue.DONE),
)
SEATED: Script = ((0, Cue.SEAT), *_round(15, Cue.SEATED_LEFT), (90, Cue.DONE))


def relief(stands: bool) -> Script:
    """The relief cues; without the standing one for whom "I don't stand at night" is set."""
    return RELIEF if stands else RELIEF_WITHOUT_STANDING


def stretch(standing: bool) -> Script:
    """The evening session's cues; the last one ends it as completed."""
    return STANDING if standing else SEATED
