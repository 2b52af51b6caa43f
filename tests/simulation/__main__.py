"""Play simulated nights and print how often each fault met each phase: python -m tests.simulation --nights 20000"""

import argparse
import multiprocessing
import sys
from collections import Counter

from bedside.night.effects import Phase
from tests.simulation.nights import FAULTS, Season

NIGHTS_A_SEASON = 14


def season(seed: int) -> Counter[tuple[str, Phase]]:
    """Play one season; a failure names its seed."""
    try:
        return Season(seed, NIGHTS_A_SEASON).play()
    except Exception as error:
        raise AssertionError(f"seed {seed}: {error!r}") from error


def play(nights: int, seed: int = 1) -> Counter[tuple[str, Phase]]:
    """Play so many nights on every core; the count of fault x phase."""
    seasons = range(seed, seed + -(-nights // NIGHTS_A_SEASON))
    met: Counter[tuple[str, Phase]] = Counter()
    with multiprocessing.Pool() as pool:
        for counted in pool.imap_unordered(season, seasons, chunksize=8):
            met += counted
    return met


def table(met: Counter[tuple[str, Phase]]) -> str:
    """The counts as text, a fault a line."""
    lines = [f"{'':18}" + "".join(f"{phase.value:>12}" for phase in Phase)]
    lines += [f"{fault:18}" + "".join(f"{met[fault, phase]:>12}" for phase in Phase) for fault in FAULTS]
    return "\n".join(lines)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--nights", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    result = play(chosen.nights, chosen.seed)
    print(table(result))
    print(f"{chosen.nights} nights, {sum(result.values())} faults, nothing lost, nothing doubled")
    sys.exit(0)
