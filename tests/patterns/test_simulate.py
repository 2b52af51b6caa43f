"""What simulated users without an effect are told, and that the intervals hold what they say. Seeded.

Six hundred users tell a share of 2 % to within 0.6 % (one standard error): a rule with 5 % or more would show.
"""

from functools import partial

import numpy as np
import pytest
from scipy import stats

from bedside.patterns.exact import rate
from tests.patterns import simulate
from tests.patterns.simulate import clustered, compare_cramps, false_alarms, poisson, told

USERS = 600
SEED = 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", [poisson, clustered])
def test_of_users_without_an_effect_at_most_one_in_twenty_is_told_of_one_within_a_year(kind: simulate.Kind) -> None:
    found = false_alarms(USERS, SEED, kind)
    assert 0 < found.value <= 0.05


@pytest.mark.slow
def test_the_simulation_would_see_a_rule_that_misleads() -> None:
    """Looking every week with 95 %, and counting cramps that come in bursts as if each came alone."""
    assert false_alarms(USERS // 4, SEED, poisson, partial(simulate.told_every, 7)).value > 0.1
    assert false_alarms(USERS // 3, SEED, clustered, lambda *seen: told(compare_cramps, *seen)).value > 0.08


@pytest.mark.slow
def test_a_randomised_trial_keeps_its_promise_while_the_rate_drifts() -> None:
    assert 0 < simulate.trial(2 * USERS, SEED).value <= 0.05


@pytest.mark.slow
def test_the_observational_panels_mislead_and_say_so() -> None:
    """Stretching for weeks on end while the rate drifts for weeks: one interval in seven leaves out 1."""
    by_the_rule, by_the_interval = simulate.drifting(USERS // 2, SEED, simulate.in_runs, 28)
    assert by_the_interval.value > 0.08
    assert by_the_rule.value < 0.2


@pytest.mark.slow
def test_a_halved_rate_is_found_about_one_time_in_five() -> None:
    assert simulate.halved(2 * USERS, SEED).value == pytest.approx(0.17, abs=0.04)


def test_the_interval_of_a_rate_holds_any_true_rate_at_least_as_often_as_it_says() -> None:
    """Not simulated but summed: the chance of every count whose interval holds the true mean."""
    for confidence in (0.5, 0.9, 0.95, 0.99):
        intervals = [rate(events, 1, confidence=confidence) for events in range(130)]
        low, high = np.array([(one.low, one.high) for one in intervals]).T
        for mean in np.concatenate((np.linspace(0.001, 60, 1500), low[1:60] * (1 + 1e-12), high[:60] * (1 - 1e-12))):
            held = (low <= mean) & (mean <= high)
            chance = stats.poisson.pmf(np.flatnonzero(held), mean).sum()
            assert chance >= confidence - 1e-12, (confidence, mean)


@pytest.mark.slow
def test_the_interval_of_a_rate_holds_for_cramps_one_by_one_and_is_too_narrow_for_bursts() -> None:
    assert simulate.coverage(USERS, SEED, poisson).value >= 0.95 - 0.01  # one standard error
    assert simulate.coverage(USERS, SEED, clustered).value < 0.9
