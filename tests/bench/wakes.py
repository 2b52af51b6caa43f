"""Row 4: how often an idle daemon wakes, and how long it computes.

Real: the daemon's process as `bedside run` starts it, before any page was asked for. Not real: the mock pins. lgpio's
thread polls every 0.5 ms on a Pi: that is not in here, but in row 11. The floor is the libraries' process, which only
sleeps.
"""

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Finding, Sample, at_most
from tests.bench.processes import Running, get, household, pair, script, settled

WAKES = 1.0  # a second
SHARE = 0.1  # percent of one core
WHAT = (("wake-ups", "/s", WAKES), ("CPU, ticks,", "%", SHARE), ("CPU, scheduler's,", "%", SHARE))
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Count:
    """A process at one moment: voluntary switches and nanoseconds on a core by thread, ticks of the whole."""

    at: float
    switches: dict[int, int]
    computed: dict[int, int]
    comms: dict[int, str]
    ticks: int


def count(running: Running) -> Count:
    """Read /proc now."""
    switches, computed, comms = {}, {}, {}
    for task in (running.proc / "task").iterdir():
        number = int(task.name)
        status = (task / "status").read_text()
        switches[number] = int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.M)[1])  # type: ignore[index]
        computed[number] = int((task / "schedstat").read_text().split()[0])
        comms[number] = (task / "comm").read_text().strip()
    fields = (running.proc / "stat").read_text().rpartition(")")[2].split()
    return Count(time.monotonic(), switches, computed, comms, int(fields[11]) + int(fields[12]))


def rates(begin: Count, end: Count) -> tuple[float, ...]:
    """Wake-ups a second; percent of one core by the kernel's ticks of 10 ms, and by the scheduler's nanoseconds."""
    seconds = end.at - begin.at
    woke = sum(end.switches.values()) - sum(begin.switches.get(number, 0) for number in end.switches)
    computed = sum(end.computed.values()) - sum(begin.computed.get(number, 0) for number in end.computed)
    return woke / seconds, (end.ticks - begin.ticks) / TICKS / seconds * 100, computed / 1e7 / seconds


def by_thread(begin: Count, end: Count, names: dict[int, str]) -> str:
    """Who woke how often and computed how long."""
    lines = []
    for number, switches in end.switches.items():
        woke = switches - begin.switches.get(number, 0)
        milliseconds = (end.computed[number] - begin.computed.get(number, 0)) / 1e6
        name = f"{end.comms[number]} / {names.get(number, '(not of Python)')}"
        lines.append((woke, f"    {name:<40} {woke:>5} wake-ups {milliseconds:>8.2f} ms"))
    return "\n".join(line for _, line in sorted(lines, reverse=True))


def measure(folder: Path, clips: Path, seconds: float) -> list[Finding]:
    """Leave one of each alone for so long, side by side; then once more with the page's server running."""
    findings = []
    with script("floor_imports.py", folder=folder, says_ready=True) as bare, household(folder, clips) as ours:
        settled(ours)
        for when in ("before a page", "after a page"):
            begins = count(bare), count(ours)
            time.sleep(seconds)
            ends = count(bare), count(ours)
            print(f"  {when}, {seconds:g} s, comm / Python's name:")
            print(by_thread(begins[1], ends[1], ours.thread_names()))
            floor, daemon = (rates(*pair) for pair in zip(begins, ends, strict=True))
            for (what, unit, limit), mine, its in zip(WHAT, daemon, floor, strict=True):
                samples = Sample(unit, (mine,)), Sample(unit, (its,))
                findings.append(Finding(4, f"idle {what} {when}", *samples, at_most(limit, unit)))
            get(ours.port, "/", pair(ours))
            time.sleep(2)
    return findings
