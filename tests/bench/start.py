"""Row 5: from the process's start until the button is armed, beside a bare Flask app's first answer.

Real: the daemon's process as `bedside run` starts it. It tells on a Unix socket when the pin is armed: from then on a
press is kept in the inbox, though journal, voice and loop are still being built. Not real: mock pins; on a Pi
`import lgpio` is added. The floor is Flask behind waitress, asked every 2 ms.
"""

import time
from pathlib import Path

from tests.bench.figures import Finding, Sample, sooner
from tests.bench.processes import answers, household, script
from tests.bench.surroundings import until


def measure(folder: Path, clips: Path, runs: int) -> list[Finding]:
    """Start each so many times, alternating; one start before, so that all byte code is there."""
    ours, floor = [], []
    for run in range(runs + 1):
        began = time.perf_counter()
        with script("floor_flask.py", folder=folder) as bare:
            until(lambda port=bare.port: answers(port), every=0.002)  # type: ignore[misc]
            floor.append((time.perf_counter() - began) * 1000)
        with household(folder / str(run), clips) as daemon:
            ours.append(daemon.ready_after * 1000)
    samples = (Sample("ms", tuple(values[1:])) for values in (ours, floor))
    return [Finding(5, "start to button armed", *samples, sooner())]
