"""What is said and when: names and times. The words are in the catalogue, `bedside/texts.py`.

Source of the times: docs/evidence.md, "During a cramp" (a proposal: no trial gives a hold time) and "The evening
stretch" (after Hallegraeff 2012, doi 10.1016/S1836-9553(12)70068-1, alternating legs so that it fits 180 s).
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


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
    PAIRING = "pairing"
    TRY = "try"
    NEEDS_YOU = "evening-needs-you"
    ASK = "evening-ask"
    ASK_LATE = "evening-ask-late"
    SKIPPED = "evening-skipped"
    SETUP = "stretch-setup"
    SEAT = "stretch-seat"
    CALF_LEFT = "stretch-calf-left"
    THIGH_LEFT = "stretch-thigh-left"
    SEATED_LEFT = "stretch-seated-left"
    COUNT_RIGHT = "stretch-count-right"
    COUNT_LEFT = "stretch-count-left"
    COUNT_CHAIR = "stretch-count-chair"
    COUNT_DONE = "stretch-count-done"
    STRETCH_STOPPED = "stretch-stopped"


ASK_CUES = frozenset({Cue.ASK, Cue.ASK_LATE})
COUNTED = frozenset({Cue.COUNT_RIGHT, Cue.COUNT_LEFT, Cue.COUNT_CHAIR, Cue.COUNT_DONE})
"""Five numbers, a second apart, and on the next second what comes then."""
EVENING = frozenset(cue for cue in Cue if cue.startswith(("evening-", "stretch-")))

LEAD = 1.0
"""A cue on a beat sounds so many seconds after its time: a player starts within that, and none is heard late."""
COUNT_SECONDS = 5
LAST_WORDS = 5.0  # seconds that those of a session take

Script = tuple[tuple[float, Cue | None], ...]
"""Cues with their times in seconds from the script's start, in order; None where nothing is said."""

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


class Pose(StrEnum):
    """What is to be done at a time of the session, named as in the catalogue."""

    SETUP = "setup"
    SEAT = "seat"
    CALF_LEFT = "calf-left"
    CALF_RIGHT = "calf-right"
    CHAIR = "chair"
    THIGH_LEFT = "thigh-left"
    THIGH_RIGHT = "thigh-right"
    SEATED_LEFT = "seated-left"
    SEATED_RIGHT = "seated-right"
    TO_LEFT = "change-to-left"
    TO_RIGHT = "change-to-right"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` seconds of the session on it is `pose`; `cue` is what is said then."""

    at: float
    pose: Pose
    cue: Cue | None = None


Session = tuple[Step, ...]
"""The one table of a session, which machine, voice and page share. At its last step the session is completed."""

HOLD_SECONDS = 10
CHANGE_SECONDS = 3
HOLDS = 6  # three a leg, alternating, left first


def _round(start: float, left: Pose, right: Pose, first: Cue, then: Cue) -> Session:
    """A round of 75 s: six holds, each counted down, with a change after all but the last; `then` follows that."""
    steps = []
    for number in range(HOLDS):
        at, on_left, last = start + number * (HOLD_SECONDS + CHANGE_SECONDS), number % 2 == 0, number == HOLDS - 1
        pose, count = (left, Cue.COUNT_RIGHT) if on_left else (right, Cue.COUNT_LEFT)
        steps.append(Step(at, pose, first if number == 0 else None))
        steps.append(Step(at + HOLD_SECONDS - COUNT_SECONDS, pose, then if last else count))
        if not last:
            steps.append(Step(at + HOLD_SECONDS, Pose.TO_RIGHT if on_left else Pose.TO_LEFT))
    return tuple(steps)


STANDING: Session = (
    Step(0, Pose.SETUP, Cue.SETUP),
    *_round(15, Pose.CALF_LEFT, Pose.CALF_RIGHT, Cue.CALF_LEFT, Cue.COUNT_CHAIR),
    Step(90, Pose.CHAIR),
    *_round(105, Pose.THIGH_LEFT, Pose.THIGH_RIGHT, Cue.THIGH_LEFT, Cue.COUNT_DONE),
    Step(180, Pose.DONE),
)
SEATED: Session = (
    Step(0, Pose.SEAT, Cue.SEAT),
    *_round(15, Pose.SEATED_LEFT, Pose.SEATED_RIGHT, Cue.SEATED_LEFT, Cue.COUNT_DONE),
    Step(90, Pose.DONE),
)


def relief(stands: bool) -> Script:
    """The relief cues; without the standing one for whom "I don't stand at night" is set."""
    return RELIEF if stands else RELIEF_WITHOUT_STANDING


def session(standing: bool) -> Session:
    """The evening session: standing 180 s, seated 90 s."""
    return STANDING if standing else SEATED


def stretch(standing: bool) -> Script:
    """The session's cues with their times. It is completed at the last but one row, and over at the last: until then
    its last words sound.
    """
    steps = session(standing)
    return (*((step.at, step.cue) for step in steps), (steps[-1].at + LEAD + LAST_WORDS, None))


def poses(steps: Session) -> list[Step]:
    """The steps that begin another pose."""
    return [steps[0], *(step for before, step in pairwise(steps) if step.pose is not before.pose)]


def pose_at(steps: Session, seconds: float) -> tuple[Step, Step | None]:
    """The step in which the pose of `seconds` began, and the one with the next pose; None after the last."""
    changes = poses(steps)
    begun = max(1, sum(step.at <= seconds for step in changes))
    return changes[begun - 1], changes[begun] if begun < len(changes) else None
