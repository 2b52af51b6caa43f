"""Print what simulated users are told: python -m tests.patterns --users 4000 --seed 1"""

import argparse
from collections.abc import Iterator
from functools import partial

from tests.patterns import simulate
from tests.patterns.simulate import Share, told

Row = tuple[str, tuple[Share | str, ...]]


def coverage(users: int, seed: int) -> Iterator[Row]:
    yield "The 95 % interval of a rate holds the truth (14 to 1,095 nights)", ()
    yield "  cramps one by one (Poisson)", (simulate.coverage(users, seed, simulate.poisson),)
    yield "  in bursts (variance twice the mean)", (simulate.coverage(users, seed, simulate.clustered),)


def randomised(users: int, seed: int) -> Iterator[Row]:
    yield "Told of an effect that is none within a year, nights assigned at random", ()
    by_cramps = partial(told, simulate.compare_cramps)
    for name, kind in (("one by one", simulate.poisson), ("in bursts", simulate.clustered)):
        yield f"  {name}: by the rule", (simulate.false_alarms(users, seed, kind),)
        yield f"  {name}: same looks, by cramps, not nights", (simulate.false_alarms(users, seed, kind, by_cramps),)
    daily = simulate.false_alarms(max(users // 10, 50), seed, simulate.poisson, partial(simulate.told_every, 1))
    yield "  one by one: looking every morning at 95 %", (daily,)
    yield "  randomised trial of 8 pairs, the rate in spells", (simulate.trial(users, seed),)
    yield "A halved rate is found, 28 nights a side, 3 cramps a week", (simulate.halved(users, seed),)


def observational(users: int, seed: int) -> Iterator[Row]:
    yield "A difference that is none: told in a year; outside 1 at its end", ("by the rule", "95 % interval")
    evenings = (
        ("evenings chosen by a coin", simulate.assigned),
        ("stretch after a bad night", simulate.after_bad_nights),
        ("stretch for weeks on end", simulate.in_runs),
    )
    halves = (
        ("warm nights, by month", simulate.compare_by_month),
        ("warm nights, undivided (never shown)", simulate.compare_undivided),
    )
    for spell in (7, 28, 90):
        for title, choose in evenings:
            yield f"  spells of {spell:2} nights, {title}", simulate.drifting(users, seed, choose, spell)
        for title, compare in halves:
            yield f"  spells of {spell:2} nights, {title}", simulate.weather(users, seed, compare, spell)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.patterns", description=__doc__)
    options.add_argument("--users", type=int, default=1000, help="of each kind")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    print(f"{chosen.users} users of each kind, seed {chosen.seed}; ± is one standard error")
    for part in (coverage, randomised, observational):
        for name, shares in part(chosen.users, chosen.seed):
            print(f"{name:68}" + "".join(f"{share!s:>18}" for share in shares), flush=True)


if __name__ == "__main__":
    main()
