"""Play simulated nights and print what each fault did in each phase: python -m tests.simulation --nights 20000 --seed 1

The same seed prints the same, byte for byte.
"""

import argparse
import gc
import multiprocessing
import tempfile
from collections import Counter
from pathlib import Path

from bedside.night.effects import Phase
from tests.simulation.faults import FAULTS
from tests.simulation.nights import Season, Strike

MEMORY = Path("/dev/shm")
NIGHTS_A_SEASON = 5
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


def season(seed: int) -> Counter[Strike]:
    """Play one season; a failure names its seed."""
    try:
        return Season(seed, NIGHTS_A_SEASON).play(dict(FAULTS))
    except Exception as error:
        raise AssertionError(f"seed {seed}: {error}") from error


def play(nights: int, seed: int = 1) -> Counter[Strike]:
    """Play so many nights on every core; what each fault did in each phase."""
    met: Counter[Strike] = Counter()
    memory = MEMORY if MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="bedside-simulation-", dir=memory) as folder,
        multiprocessing.Pool(initializer=_begin, initargs=(folder,)) as pool,
    ):
        seeds = range(seed, seed + seasons(nights))
        for counted in pool.imap(season, seeds, chunksize=8):
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


def summary(met: Counter[Strike], nights: int) -> str:
    """What was played, and what of it was real."""
    faults = sum(count for (_, _, effect), count in met.items() if effect == "struck")
    return (
        f"{seasons(nights) * NIGHTS_A_SEASON} nights with {faults} faults. "
        "Daemon, machine, timetable, writer, journal and diary are the real ones.\n"
        "Nothing acknowledged was lost, and nothing was kept twice."
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--nights", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    result = play(chosen.nights, chosen.seed)
    print(table(result))
    print(summary(result, chosen.nights))
