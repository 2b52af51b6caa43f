"""Row 3: resident memory of an idle daemon before and after the first page, beside the libraries it stands on.

Real: the daemon's process as `bedside run` starts it. Not real: gpiozero's mock pins stand for lgpio's. The clips are
in the cache already, as on every start but the first.
"""

import time
from pathlib import Path

from tests.bench.figures import Finding, Sample, times
from tests.bench.processes import get, household, pair, script, settled

BEFORE, AFTER = 1.0, 1.3  # times the floor


def measure(folder: Path, clips: Path, runs: int) -> list[Finding]:
    """Start each so many times, alternating."""
    floor, before, after = [], [], []
    for run in range(runs):
        with script("floor_imports.py", folder=folder, says_ready=True) as bare:
            time.sleep(0.5)
            floor.append(bare.memory())
        with household(folder / str(run), clips) as ours:
            settled(ours)
            before.append(ours.memory())
            get(ours.port, "/", pair(ours))
            time.sleep(1)
            after.append(ours.memory())
    findings = []
    for index, kind in enumerate(("RSS", "PSS")):
        bare_sample, *samples = (Sample("MB", tuple(run[index] for run in all_)) for all_ in (floor, before, after))
        bounds = (times(BEFORE), times(AFTER)) if kind == "RSS" else (None, None)
        for when, sample, bound in zip(("before", "after"), samples, bounds, strict=True):
            findings.append(Finding(3, f"{kind} {when} the first page", sample, bare_sample, bound))
    return findings
