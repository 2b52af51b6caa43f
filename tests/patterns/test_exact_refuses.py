"""What cannot be counted is refused with a ValueError that names the argument and says what is allowed."""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bedside.patterns.exact import (
    dispersion,
    holm,
    nights_ratio,
    proportion,
    rate,
    ratio,
    sign_flip,
    stratified_nights_ratio,
)

VALID: dict[Callable[..., Any], dict[str, Any]] = {
    rate: {"events": 3, "nights": 14},
    ratio: {"events": 3, "nights": 14, "other_events": 4, "other_nights": 15.5},
    proportion: {"successes": 3, "trials": 14},
    nights_ratio: {"with_cramp": 3, "nights": 14, "other_with": 4, "other_nights": 15},
    stratified_nights_ratio: {"strata": [(3, 14, 4, 15), (1, 14, 2, 15)]},
    dispersion: {"counts": [0, 1, 2]},
    holm: {"ps": [0.1, 0.2]},
    sign_flip: {"differences": [1, -2, 3]},
}
WITH_CONFIDENCE = (rate, ratio, proportion, nights_ratio, stratified_nights_ratio)
WHOLE = [
    (function, name)
    for function in (rate, ratio, proportion, nights_ratio)
    for name in VALID[function]
    if not (function in (rate, ratio) and name.endswith("nights"))
]
EXPOSURES = [(rate, "nights"), (ratio, "nights"), (ratio, "other_nights")]
SEQUENCES = [(function, *VALID[function]) for function in (stratified_nights_ratio, dispersion, holm, sign_flip)]
NO_COUNT = (-1, 1.0, 2.5, True, math.nan, math.inf, "3", None, 10_000_001, 10**400, Fraction(3), Decimal(3))
NO_EXPOSURE = (0, -1, -0.5, True, math.nan, math.inf, -math.inf, "3", None, 10**400, 2j)
NO_CONFIDENCE = (0, 1, 0.0, 1.0, 95, -0.05, True, math.nan, math.inf, "0.95", None)
NO_NUMBER = (True, math.nan, math.inf, -math.inf, "1", None, 10**400, 2j)


def refused(function: Callable[..., Any], name: str, value: Any, named: str | None = None) -> str:
    """The words of the refusal; they begin with the argument's name and have the value."""
    with pytest.raises(ValueError, match=f"^{re.escape(named or name)} ") as raised:
        function(**{**VALID[function], name: value})
    return str(raised.value)


def test_what_is_valid_is_taken() -> None:
    for function, arguments in VALID.items():
        assert function(**arguments)


@pytest.mark.parametrize("value", NO_COUNT, ids=lambda value: str(value)[:12])
@pytest.mark.parametrize(("function", "name"), WHOLE)
def test_a_count_is_a_whole_number(function: Callable[..., Any], name: str, value: object) -> None:
    assert "must be a whole number from" in refused(function, name, value)


@pytest.mark.parametrize("value", NO_EXPOSURE, ids=lambda value: str(value)[:12])
@pytest.mark.parametrize(("function", "name"), EXPOSURES)
def test_nights_that_were_watched_are_a_finite_number_above_none(
    function: Callable[..., Any], name: str, value: object
) -> None:
    assert "must be a finite number above 0" in refused(function, name, value)


@pytest.mark.parametrize("value", NO_CONFIDENCE)
@pytest.mark.parametrize("function", WITH_CONFIDENCE)
def test_a_confidence_lies_between_none_and_certain(function: Callable[..., Any], value: object) -> None:
    assert "must lie between 0 and 1" in refused(function, "confidence", value)


@pytest.mark.parametrize(
    "value", [[], (), iter(()), 3, None, "0123", b"0123"], ids=lambda value: repr(value).partition(" at ")[0]
)
@pytest.mark.parametrize(("function", "name"), SEQUENCES)
def test_a_list_has_values(function: Callable[..., Any], name: str, value: object) -> None:
    assert "or more values" in refused(function, name, value)


@pytest.mark.parametrize(("function", "more", "less"), [(proportion, "successes", "trials")])
def test_no_more_successes_than_trials(function: Callable[..., Any], more: str, less: str) -> None:
    assert refused(function, more, 15) == "successes must be a whole number from 0 to 14, not 15"
    assert "from 1 to" in refused(function, less, 0)


@pytest.mark.parametrize(("name", "nights"), [("with_cramp", 14), ("other_with", 15)])
def test_no_more_nights_with_a_cramp_than_nights(name: str, nights: int) -> None:
    assert f"from 0 to {nights}, not {nights + 1}" in refused(nights_ratio, name, nights + 1)


@pytest.mark.parametrize(
    ("stratum", "named"),
    [
        ((3, 14, 4), "strata[1]"),
        ((3, 14, 4, 15, 1), "strata[1]"),
        (7, "strata[1]"),
        ((15, 14, 4, 15), "strata[1].with_cramp"),
        ((3, 14, 16, 15), "strata[1].other_with"),
        ((3, 14.0, 4, 15), "strata[1].nights"),
        ((3, 14, 4, -1), "strata[1].other_nights"),
    ],
)
def test_a_stratum_that_is_wrong_is_named_by_its_place(stratum: Any, named: str) -> None:
    refused(stratified_nights_ratio, "strata", [(3, 14, 4, 15), stratum], named)


@pytest.mark.parametrize(
    "value", [count for count in NO_COUNT if count != 10_000_001], ids=lambda value: str(value)[:12]
)
def test_a_count_among_counts_is_named_by_its_place(value: object) -> None:
    refused(dispersion, "counts", [0, 1, value], "counts[2]")


def test_one_night_has_no_variance() -> None:
    assert "2 or more values" in refused(dispersion, "counts", [3])


@pytest.mark.parametrize("value", [-0.01, 1.01, *NO_NUMBER], ids=lambda value: str(value)[:12])
def test_a_p_is_from_none_to_one(value: object) -> None:
    assert "must be a number from 0 to 1" in refused(holm, "ps", [0.1, value], "ps[1]")


@pytest.mark.parametrize("value", NO_NUMBER, ids=lambda value: str(value)[:12])
def test_a_difference_is_a_finite_number(value: object) -> None:
    assert "must be a finite number" in refused(sign_flip, "differences", [1, value], "differences[1]")


def test_more_differences_than_can_be_enumerated_are_refused() -> None:
    assert "at most 32 of any size" in refused(sign_flip, "differences", [2.0**-at for at in range(34)])


def test_thirty_two_differences_of_any_size_are_enumerated() -> None:
    assert sign_flip([2**at for at in range(32)]) == 2 / 2**32
