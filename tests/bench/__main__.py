"""Measure everything, or one row: python -m tests.bench --row 2 --pairs 100

It is a benchmark, no test: it tells which bound holds and always ends with 0. Idle machines tell more.
"""

import argparse
import os
import platform
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from queue import Empty

from bedside.devices.voice import Voice
from tests.bench import beat, flooded, idle, memory, page, press, saved, start, waiting, wakes, years
from tests.bench.figures import Finding, table

ABSENT = (OSError, ImportError, subprocess.SubprocessError, Empty, KeyError)
"""What a row may throw where something it needs is absent: it is said, and the other rows go on."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--row", type=int, choices=range(1, 12), action="append", help="this row only; may be repeated")
    parser.add_argument("--presses", type=int, default=200, help="row 1: presses of each")
    parser.add_argument("--pairs", type=int, default=1000, help="row 2: presses and bare commits")
    parser.add_argument("--runs", type=int, default=5, help="row 3: processes of each")
    parser.add_argument("--seconds", type=float, default=60, help="rows 4, 11: how long to look")
    parser.add_argument("--starts", type=int, default=10, help="row 5: starts of each")
    parser.add_argument("--pages", type=int, default=100, help="row 6: fetches of each")
    parser.add_argument("--beats", type=int, default=7, help="row 7: cues of a seated session, in real time")
    parser.add_argument("--flooded", type=int, default=900, help="row 8: presses, a third of them under a flood")
    parser.add_argument("--years", type=int, default=50, help="row 9: fetches of each page with either diary")
    parser.add_argument("--days", type=int, default=6, help="row 10: idle days")
    parser.add_argument("--folder", type=Path, help="on the disk to measure; without it the temporary one")
    return parser.parse_args()


def _rows(options: argparse.Namespace, folder: Path, clips: Path) -> dict[int, Callable[[], list[Finding]]]:
    return {
        1: lambda: press.measure(folder / "press", clips, options.presses),
        2: lambda: saved.measure(folder / "saved", options.pairs),
        3: lambda: memory.measure(folder / "memory", clips, options.runs),
        4: lambda: wakes.measure(folder / "wakes", clips, options.seconds),
        5: lambda: start.measure(folder / "start", clips, options.starts),
        6: lambda: page.measure(folder / "page", clips, options.pages),
        7: lambda: beat.measure(folder / "beat", clips, options.beats),
        8: lambda: flooded.measure(folder / "flooded", options.flooded),
        9: lambda: years.measure(folder / "years", clips, options.years),
        10: lambda: idle.measure(folder / "idle", options.days),
        11: lambda: waiting.measure(folder / "waiting", options.seconds),
    }


def main() -> None:
    """Measure row after row, then print the table."""
    options = _options()
    print(f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores, load", end=" ")
    print(*(f"{load:.2f}" for load in os.getloadavg()))
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="bedside-bench-", dir=options.folder) as name:
        folder = Path(name)
        clips = folder / "cache"
        Voice(clips / "clips").prepare()  # as on every start but the first
        for row, measure in _rows(options, folder, clips).items():
            if options.row and row not in options.row:
                continue
            print(f"row {row}", flush=True)
            try:
                findings += measure()
            except ABSENT as error:
                print(f"  not measured: {type(error).__name__}: {error}")
    print(f"\n{table(findings)}" if findings else "nothing was measured")


if __name__ == "__main__":
    main()
