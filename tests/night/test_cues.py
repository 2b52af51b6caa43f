"""The times are those of docs/evidence.md: the relief script and the evening stretch."""

from itertools import pairwise

import pytest

from bedside.night import cues
from bedside.night.cues import CHANGE_SECONDS, HOLD_SECONDS, RELIEF, SEATED, STANDING, Cue, Script

LEGS = {
    Cue.CALF_LEFT: "left", Cue.THIGH_LEFT: "left", Cue.SEATED_LEFT: "left", Cue.LEFT: "left", Cue.RIGHT: "right",
}  # fmt: skip
FIRST_HOLDS = [Cue.CALF_LEFT, Cue.THIGH_LEFT, Cue.SEATED_LEFT]


def at(script: Script, cue: Cue) -> float:
    return next(seconds for seconds, said in script if said is cue)


def holds(script: Script, first: Cue) -> list[tuple[float, str]]:
    """The holds of one round, as their beginnings and legs."""
    begins = at(script, first)
    return [(seconds, LEGS[cue]) for seconds, cue in script if cue in LEGS and begins <= seconds <= begins + 75]


def test_relief_cues_come_at_the_times_of_the_evidence() -> None:
    assert [seconds for seconds, _ in RELIEF] == [0, 20, 40, 60, 2 * 60, 3 * 60, 5 * 60]


def test_the_standing_cue_alone_is_left_out_for_who_does_not_stand() -> None:
    assert set(cues.relief(stands=True)) - set(cues.relief(stands=False)) == {(40, Cue.STAND)}


@pytest.mark.parametrize("script", [RELIEF, STANDING, SEATED])
def test_cues_are_in_order_and_no_two_at_once(script: Script) -> None:
    times = [seconds for seconds, _ in script]
    assert times == sorted(set(times))
    assert times[0] == 0


def test_the_standing_session_takes_180_s_and_the_seated_one_90() -> None:
    assert (cues.stretch(standing=True)[-1], cues.stretch(standing=False)[-1]) == ((180, Cue.DONE), (90, Cue.DONE))


def test_a_standing_session_changes_from_calf_to_chair_to_thigh_at_the_times_of_the_evidence() -> None:
    times = [at(STANDING, cue) for cue in (Cue.SETUP, Cue.CALF_LEFT, Cue.CHAIR, Cue.THIGH_LEFT)]
    assert times == [0, 15, 90, 105]


@pytest.mark.parametrize("first", FIRST_HOLDS)
def test_each_leg_is_held_three_times_for_10_s_alternating(first: Cue) -> None:
    script = SEATED if first is Cue.SEATED_LEFT else STANDING
    begins = holds(script, first)
    assert [leg for _, leg in begins] == ["left", "right"] * 3
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(begins)]
    # a change is said as the hold before it ends, so the leg's own 10 s begin after the change of 3 s
    assert gaps == [HOLD_SECONDS] + [HOLD_SECONDS + CHANGE_SECONDS] * 4
    assert begins[-1][0] + CHANGE_SECONDS + HOLD_SECONDS == begins[0][0] + 75


def test_every_cue_is_said_somewhere() -> None:
    scripted = {cue for script in (RELIEF, STANDING, SEATED) for _, cue in script}
    alone = {
        Cue.WARNING, Cue.STOPPED, Cue.NOT_SAVED, Cue.ASK, Cue.SKIPPED, Cue.STRETCH_STOPPED, Cue.PAIRING,
    }  # fmt: skip
    assert scripted | alone == set(Cue)
