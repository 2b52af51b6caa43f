"""Numbers and ranges on the patterns page: no more digits than help, nothing that is not 0 as 0, no end made up."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.pages.patterns.numbers import between, between_times, endless, number, of_a_hundred, sure, times
from bedside.patterns.exact import Comparison, Interval


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"), (0.004, "less than 0.01"), (0.01, "0.01"), (0.307, "0.31"), (0.4, "0.4"), (0.996, "1"), (1.04, "1"),
        (2.44, "2.4"), (2.0, "2"), (9.94, "9.9"), (9.96, "10"), (10.0, "10"), (100, "100"), (1234.5, "1234"),
    ],
)  # fmt: skip
def test_a_number_has_as_many_digits_as_help(value: float, shown: str) -> None:
    assert number(value) == shown


@given(st.floats(0, 1e6))
def test_only_nothing_is_shown_as_nothing(value: float) -> None:
    assert (number(value) == "0") is (value == 0)


@given(st.floats(0, 1))
def test_only_none_of_a_hundred_is_none_and_only_all_are_all(share: float) -> None:
    assert (of_a_hundred(share) == "0") is (share * 100 == 0)
    assert (of_a_hundred(share) == "100") is (share == 1)


def test_nearly_all_are_over_ninety_nine() -> None:
    assert (of_a_hundred(0.996), of_a_hundred(0.31), of_a_hundred(0.004)) == ("over 99", "31", "0.4")


@pytest.mark.parametrize(
    ("confidence", "shown"),
    [(0.95, "95"), (0.975, "97.5"), (0.9875, "98.75"), (1 - 0.025 / 3, "99.16"), (1 - 0.05 / 2**20, "99.99")],
)
def test_a_confidence_is_never_rounded_up(confidence: float, shown: str) -> None:
    assert sure(confidence) == shown


def test_a_range_has_two_ends() -> None:
    assert between(Interval(3.2, 2.21, 4.4)) == "between 2.2 and 4.4"


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0.13, 1.9, "between 0.13 and 1.9"),
        (1.3, math.inf, "1.3 or more, no upper limit yet"),
        (0, 3.2, "3.2 or less, no lower limit yet"),
        (0, math.inf, "no limit yet, upward or downward"),
        (0.2, 0.997, "between 0.2 and just under 1"),
        (1.01, 4, "between just over 1 and 4"),
        (1.0, 4, "between 1 and 4"),
    ],
)
def test_a_range_without_an_end_says_so_and_one_short_of_1_does_not_end_there(
    low: float, high: float, shown: str
) -> None:
    assert between_times(Comparison(2.0, low, high, 0.5)) == shown


@pytest.mark.parametrize(
    ("estimate", "shown"), [(None, "no number yet"), (math.inf, "no number yet"), (0.0, "0"), (0.51, "0.51")]
)
def test_what_cannot_be_put_as_a_number_is_none(estimate: float | None, shown: str) -> None:
    assert times(estimate) == shown
    assert endless(Comparison(estimate, 0, math.inf, 1)) is (estimate == math.inf)
