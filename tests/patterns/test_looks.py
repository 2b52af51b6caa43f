"""The looks: at 56 observed nights and each doubling, with half the error of the one before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.patterns.looks import Look, enough_to_compare, last_look


@pytest.mark.parametrize(
    ("observed", "look"),
    [
        (0, None),
        (55, None),
        (56, Look(1, 56)),
        (111, Look(1, 56)),
        (112, Look(2, 112)),
        (223, Look(2, 112)),
        (224, Look(3, 224)),
        (365, Look(3, 224)),
        (448, Look(4, 448)),
        (3650, Look(7, 3584)),
    ],
)
def test_a_verdict_stands_from_one_look_to_the_next(observed: int, look: Look | None) -> None:
    assert last_look(observed) == look


@given(st.integers(56, 10**6))
def test_a_look_is_never_ahead_of_the_diary_and_less_than_one_doubling_behind(observed: int) -> None:
    look = last_look(observed)
    assert look
    assert look.nights <= observed < 2 * look.nights


def test_all_looks_together_have_less_than_five_percent() -> None:
    looks = [Look(number, 56 << number - 1) for number in range(1, 50)]
    assert [look.error for look in looks[:3]] == [0.025, 0.0125, 0.00625]
    assert looks[0].confidence == 0.975
    assert sum(look.error for look in looks) < 0.05


def test_a_comparison_needs_nights_on_both_sides_and_cramps() -> None:
    assert enough_to_compare(14, 14, 6)
    assert not enough_to_compare(13, 400, 100)
    assert not enough_to_compare(400, 13, 100)
    assert not enough_to_compare(400, 400, 5)
