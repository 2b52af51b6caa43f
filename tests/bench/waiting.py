"""Row 11: what a button costs that nobody presses: a key's thread, blocked at its input device, beside lgpio's thread.

Real: both threads, each alone in a process, and lgpio's loop, which looks every 0.5 ms. Not real: the input device is
a fifo and the GPIO line a pipe, at which both wait as at the kernel's files. What an edge costs is not in here.
"""

import time
from pathlib import Path

from tests.bench.figures import Finding, Sample, at_most
from tests.bench.processes import script
from tests.bench.wakes import WHAT, count, rates


def measure(folder: Path, seconds: float) -> list[Finding]:
    """Leave one of each alone for so long, side by side; lgpio's is the floor."""
    arguments = [(str(folder / kind), kind) for kind in ("key", "lgpio")]
    with (
        script("key_waits.py", *arguments[0], folder=folder, says_ready=True) as key,
        script("key_waits.py", *arguments[1], folder=folder, says_ready=True) as polled,
    ):
        begins = count(key), count(polled)
        time.sleep(seconds)
        ends = count(key), count(polled)
    blocked, polls = (rates(*pair) for pair in zip(begins, ends, strict=True))
    findings = []
    for (what, unit, limit), ours, its in zip(WHAT, blocked, polls, strict=True):
        samples = Sample(unit, (ours,)), Sample(unit, (its,))
        findings.append(Finding(11, f"idle key (floor: lgpio), {what}", *samples, at_most(limit, unit)))
    return findings
