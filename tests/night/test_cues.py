"""The times are those of docs/evidence.md: the relief script and the evening stretch."""

from itertools import pairwise

import pytest

from bedside.night import cues
from bedside.night.cues import COUNT_SECONDS, COUNTED, RELIEF, SEATED, STANDING, Cue, Pose, Script, Session, pose_at

CALF = ((15, Pose.CALF_LEFT), (25, Pose.TO_RIGHT), (28, Pose.CALF_RIGHT), (38, Pose.TO_LEFT), (41, Pose.CALF_LEFT),
        (51, Pose.TO_RIGHT), (54, Pose.CALF_RIGHT), (64, Pose.TO_LEFT), (67, Pose.CALF_LEFT), (77, Pose.TO_RIGHT),
        (80, Pose.CALF_RIGHT))  # fmt: skip
THIGH = ((105, Pose.THIGH_LEFT), (115, Pose.TO_RIGHT), (118, Pose.THIGH_RIGHT), (128, Pose.TO_LEFT),
         (131, Pose.THIGH_LEFT), (141, Pose.TO_RIGHT), (144, Pose.THIGH_RIGHT), (154, Pose.TO_LEFT),
         (157, Pose.THIGH_LEFT), (167, Pose.TO_RIGHT), (170, Pose.THIGH_RIGHT))  # fmt: skip
LEGS_OUT = ((15, Pose.SEATED_LEFT), (25, Pose.TO_RIGHT), (28, Pose.SEATED_RIGHT), (38, Pose.TO_LEFT),
            (41, Pose.SEATED_LEFT), (51, Pose.TO_RIGHT), (54, Pose.SEATED_RIGHT), (64, Pose.TO_LEFT),
            (67, Pose.SEATED_LEFT), (77, Pose.TO_RIGHT), (80, Pose.SEATED_RIGHT))  # fmt: skip
STANDING_POSES = ((0, Pose.SETUP), *CALF, (90, Pose.CHAIR), *THIGH, (180, Pose.DONE))
SEATED_POSES = ((0, Pose.SEAT), *LEGS_OUT, (90, Pose.DONE))
"""When each pose begins: hold 10 s, change 3 s, three holds a leg, alternating, left first."""

Poses = tuple[tuple[int, Pose], ...]
both = pytest.mark.parametrize(("steps", "poses"), [(STANDING, STANDING_POSES), (SEATED, SEATED_POSES)])


def test_relief_cues_come_at_the_times_of_the_evidence() -> None:
    assert [seconds for seconds, _ in RELIEF] == [0, 20, 40, 60, 2 * 60, 3 * 60, 5 * 60]


def test_the_standing_cue_alone_is_left_out_for_who_does_not_stand() -> None:
    assert set(cues.relief(stands=True)) - set(cues.relief(stands=False)) == {(40, Cue.STAND)}


@pytest.mark.parametrize("script", [RELIEF, cues.stretch(standing=True), cues.stretch(standing=False)])
def test_cues_are_in_order_and_no_two_at_once(script: Script) -> None:
    times = [seconds for seconds, _ in script]
    assert times == sorted(set(times))
    assert times[0] == 0


@both
def test_each_pose_is_held_and_changed_at_the_times_of_the_evidence(steps: Session, poses: Poses) -> None:
    changes = [(step.at, step.pose) for before, step in pairwise((None, *steps)) if not before or
               before.pose is not step.pose]  # fmt: skip
    assert tuple(changes) == poses


@pytest.mark.parametrize(("standing", "first", "seconds"), [(True, Cue.SETUP, 180), (False, Cue.SEAT, 90)])
def test_a_session_begins_with_its_set_up_and_its_end_says_nothing(standing: bool, first: Cue, seconds: int) -> None:
    script = cues.stretch(standing)
    assert (script[0], script[-2:]) == ((0, first), ((seconds, None), (seconds + cues.LEAD + cues.LAST_WORDS, None)))
    assert cues.session(standing)[-1].pose is Pose.DONE


def test_the_standing_session_says_what_comes_next_at_its_time() -> None:
    counts = [(20, Cue.COUNT_RIGHT), (33, Cue.COUNT_LEFT), (46, Cue.COUNT_RIGHT), (59, Cue.COUNT_LEFT),
              (72, Cue.COUNT_RIGHT)]  # fmt: skip
    said = [(at, cue) for at, cue in cues.stretch(standing=True) if cue]
    thigh = [(at + 90, cue) for at, cue in counts]
    assert said == [
        (0, Cue.SETUP), (15, Cue.CALF_LEFT), *counts, (85, Cue.COUNT_CHAIR),
        (105, Cue.THIGH_LEFT), *thigh, (175, Cue.COUNT_DONE),
    ]  # fmt: skip
    seated = [(at, cue) for at, cue in cues.stretch(standing=False) if cue]
    assert seated == [(0, Cue.SEAT), (15, Cue.SEATED_LEFT), *counts, (85, Cue.COUNT_DONE)]


@both
def test_every_count_ends_exactly_as_its_hold_does(steps: Session, poses: Poses) -> None:
    """Counted down to what follows: the change, the chair or the end."""
    ends = [later for (_, pose), (later, _) in pairwise(poses) if pose.endswith(("-left", "-right")) and
            not pose.startswith("change")]  # fmt: skip
    counted = [step.at + COUNT_SECONDS for step in steps if step.cue in COUNTED]
    assert counted == ends


@both
def test_a_count_names_the_leg_that_follows(steps: Session, poses: Poses) -> None:
    follows = {Cue.COUNT_RIGHT: Pose.TO_RIGHT, Cue.COUNT_LEFT: Pose.TO_LEFT, Cue.COUNT_CHAIR: Pose.CHAIR,
               Cue.COUNT_DONE: Pose.DONE}  # fmt: skip
    at = dict(poses)
    for step in steps:
        if step.cue in COUNTED:
            assert at[int(step.at) + COUNT_SECONDS] is follows[step.cue]


@both
def test_the_pose_just_before_at_and_after_each_change(steps: Session, poses: Poses) -> None:
    before: tuple[int, Pose] = poses[0]
    for number, (at, pose) in enumerate(poses):
        after = poses[number + 1] if number + 1 < len(poses) else None
        if number:
            assert shown(steps, at - 0.001) == (before, (at, pose))
        assert shown(steps, at) == shown(steps, at + 0.001) == ((at, pose), after)
        before = (at, pose)


@both
def test_before_the_beginning_it_is_the_first_pose_and_long_after_the_end_the_last(
    steps: Session, poses: Poses
) -> None:
    assert shown(steps, -5) == (poses[0], poses[1])
    assert shown(steps, 100_000) == (poses[-1], None)


def shown(steps: Session, seconds: float) -> tuple[tuple[float, Pose], tuple[float, Pose] | None]:
    """The pose of a time and the next, each with its beginning."""
    now, then = pose_at(steps, seconds)
    return (now.at, now.pose), then and (then.at, then.pose)


def test_every_cue_is_said_somewhere() -> None:
    scripted = {cue for script in (RELIEF, cues.stretch(True), cues.stretch(False)) for _, cue in script if cue}
    alone = {
        Cue.WARNING, Cue.STOPPED, Cue.NOT_SAVED, Cue.ASK, Cue.ASK_LATE, Cue.SKIPPED, Cue.STRETCH_STOPPED, Cue.PAIRING,
        Cue.TRY, Cue.NEEDS_YOU,
    }  # fmt: skip
    assert scripted | alone == set(Cue)
