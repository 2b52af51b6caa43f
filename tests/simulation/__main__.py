"""Play simulated nights and print what each fault did in each phase: python -m tests.simulation --nights 20000 --seed 1

The same seed prints the same, byte for byte.
"""

import argparse
import gc
import multiprocessing
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from bedside.night.effects import Phase
from tests.simulation.faults import ANYWHERE, FAULTS
from tests.simulation.nights import Season, Strike

MEMORY = Path("/dev/shm")
NIGHTS_A_SEASON = 5
REAL_EVERY = 8
EFFECTS = (
    "struck",
    "saved",
    "saved late",
    "save failed",
    "never saved",
    "diary waits",
    "set aside",
    "asked",
    "goes on",
    "end unknown",
)


def is_real(seed: int, real_every: int) -> bool:
    """Whether this season has the real writer, journal and diary."""
    return seed % real_every == 1 % real_every


def season(seed: int, real_every: int) -> Counter[Strike]:
    """Play one season; a failure names its seed."""
    real = is_real(seed, real_every)
    try:
        return Season(seed, NIGHTS_A_SEASON, real=real).play(dict(FAULTS if real else ANYWHERE))
    except Exception as error:
        raise AssertionError(f"seed {seed}: {error}") from error


def play(nights: int, seed: int = 1, real_every: int = REAL_EVERY) -> Counter[Strike]:
    """Play so many nights on every core; what each fault did in each phase."""
    met: Counter[Strike] = Counter()
    memory = MEMORY if MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="bedside-simulation-", dir=memory) as folder,
        multiprocessing.Pool(initializer=_begin, initargs=(folder,)) as pool,
    ):
        seeds = range(seed, seed + seasons(nights))
        for counted in pool.imap(partial(season, real_every=real_every), seeds, chunksize=8):
            met.update(counted)
    return met


def _begin(folder: str) -> None:
    """What each process does first. Its cards go with the folder, also where another's failure ends it."""
    tempfile.tempdir = folder
    gc.set_threshold(200_000)  # a night makes few cycles


def seasons(nights: int) -> int:
    """How many seasons so many nights are, rounded up."""
    return -(-nights // NIGHTS_A_SEASON)


def table(met: Counter[Strike]) -> str:
    """The counts as text: a fault in a phase a line, what came of it within 15 minutes beside it."""
    lines = [f"{'fault':17}{'phase':12}" + "".join(f"{effect:>12}" for effect in EFFECTS)]
    for fault in FAULTS:
        for phase in Phase:
            counts = "".join(f"{met[fault, phase, effect]:>12}" for effect in EFFECTS)
            lines.append(f"{fault:17}{phase.value:12}{counts}")
    return "\n".join(lines)


def summary(met: Counter[Strike], nights: int, seed: int, real_every: int = REAL_EVERY) -> str:
    """What was played, and what of it was real."""
    seeds = range(seed, seed + seasons(nights))
    nights = len(seeds) * NIGHTS_A_SEASON
    real = sum(is_real(one, real_every) for one in seeds) * NIGHTS_A_SEASON
    faults = sum(count for (_, _, effect), count in met.items() if effect == "struck")
    return (
        f"{nights} nights with {faults} faults. Daemon, machine and timetable are the real ones.\n"
        f"In {real} nights writer, journal and diary are, too; in the others a made-up disk stands in for them.\n"
        "Nothing acknowledged was lost, and nothing was kept twice."
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--nights", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--real-every", type=int, default=REAL_EVERY, help="1: every season has the real diary")
    chosen = options.parse_args()
    result = play(chosen.nights, chosen.seed, chosen.real_every)
    print(table(result))
    print(summary(result, chosen.nights, chosen.seed, chosen.real_every))
