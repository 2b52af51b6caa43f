"""The catalogue: every cue has words, and the words are plain."""

import re

import pytest

from bedside.night.cues import COUNT_SECONDS, COUNTED, Cue, Pose
from bedside.texts import CHIMED, COUNTDOWN, POSES, SPOKEN, caption, pairing, pairing_pieces


def test_every_cue_has_a_text_and_no_text_is_left_over() -> None:
    assert set(SPOKEN) == set(Cue)
    assert all(text.strip() for text in SPOKEN.values())


def test_every_pose_has_a_name_and_what_to_do() -> None:
    assert set(POSES) == set(Pose)
    assert all(text.strip() for texts in POSES.values() for text in texts)


def test_every_chimed_cue_is_a_cue_and_the_evening_begins_with_a_chime() -> None:
    assert set(Cue) >= CHIMED
    assert {Cue.ASK, Cue.COUNT_DONE} <= CHIMED


def test_the_very_moment_of_each_change_has_a_chime() -> None:
    assert CHIMED >= COUNTED


def test_the_count_has_a_number_for_each_of_its_seconds() -> None:
    assert COUNTDOWN == ("Five.", "Four.", "Three.", "Two.", "One.")
    assert len(COUNTDOWN) == COUNT_SECONDS


def test_a_counted_cues_caption_counts_first() -> None:
    assert caption(Cue.COUNT_RIGHT) == "Five. Four. Three. Two. One. Change. Right leg, and hold."
    assert caption(Cue.CALF_LEFT) == SPOKEN[Cue.CALF_LEFT]


def test_no_chime_delays_the_first_help_in_a_cramp() -> None:
    assert Cue.PULL not in CHIMED


def test_what_speaks_against_a_stretch_comes_before_the_stretch() -> None:
    text = SPOKEN[Cue.PULL]
    assert text.startswith("If this leg is swollen, hot or red, don't stretch or rub it: get help.")
    assert text.index("get help") < text.index("pull your toes")


def test_a_long_cramp_is_sent_for_advice() -> None:
    assert "Ten minutes is unusually long" in SPOKEN[Cue.WARNING]
    assert "If it is not easing, get medical advice now." in SPOKEN[Cue.WARNING]


def test_an_ended_cramp_can_be_reopened_by_what_is_said() -> None:
    assert SPOKEN[Cue.STOPPED] == "Stopped. Still cramping? Press again."


@pytest.mark.parametrize("cue", Cue)
def test_a_text_holds_nothing_that_a_voice_reads_oddly(cue: Cue) -> None:
    assert re.fullmatch(r"[A-Za-z ',.:?]+", SPOKEN[cue])


@pytest.mark.parametrize("cue", Cue)
def test_a_text_neither_orders_nor_promises(cue: Cue) -> None:
    assert not re.search(r"\b(must|have to|will|always|cure|prevents?|guarantee\w*)\b", SPOKEN[cue], re.IGNORECASE)


@pytest.mark.parametrize("cue", Cue)
def test_a_sentence_is_short_enough_to_follow_half_asleep(cue: Cue) -> None:
    assert all(len(sentence.split()) <= 18 for sentence in re.split(r"[.?:]", SPOKEN[cue]))


# --- pairing ---


def test_an_address_and_a_code_are_said_sign_by_sign_and_the_code_twice() -> None:
    assert " ".join(pairing("10.0.0.7:8080", "012345")) == (
        "A phone can be paired now. On the home Wi-Fi, open this address. "
        "One. Zero. Point. Zero. Point. Zero. Point. Seven. Colon. Eight. Zero. Eight. Zero. "
        "Enter this code. Zero. One. Two. Three. Four. Five. "
        "Once more. Zero. One. Two. Three. Four. Five."
    )


def test_what_is_not_known_is_not_said() -> None:
    assert pairing("", "") == pairing("10.0.0.7:8080", "") == ("This code is good no more.",)
    assert "On the home Wi-Fi, open this address." not in pairing("", "012345")


def test_every_piece_that_may_be_said_is_kept_ready() -> None:
    said = {*pairing("192.168.45.67:8080", "012389"), *pairing("", "")}
    assert said == {*pairing_pieces(), SPOKEN[Cue.PAIRING]}
