"""Row 10: what an idle day writes: a reading a minute, heartbeats of the watch, an evening that nobody answers.

Real: the writer with its thread and files, the loop, the night and the timetable; the clock is moved. Bytes are those
of all writing system calls of the process, as /proc/self/io counts them, and, for root, those of a disk of its own
with ext4, flushed after each minute that wrote, as the kernel would. No backup is in it. The floor is what the diary
grew by.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL
from datetime import timedelta
from pathlib import Path

from tests.bench.figures import Finding, Sample, at_most
from tests.days import DAY, Days, days

LIMIT = 1000.0  # kilobytes
SETTLED = 7  # days until the write-ahead log has its size
MINUTE = timedelta(minutes=1)
DISK = 256 * 1024 * 1024
SECTOR = 512


def measure(folder: Path, many: int) -> list[Finding]:
    """So many days, after the first week."""
    folder.mkdir(parents=True)
    grown, called = _system_calls(folder / "data", many)
    findings = [Finding(10, "idle day, written by system calls", called, grown, at_most(LIMIT, "kB"))]
    if os.geteuid() == 0:
        with _disk(folder) as (disk, stat):
            findings.append(Finding(10, "idle day, ext4's own writing too", _sectors(disk, stat, many), grown))
    else:
        print("  not root: not measured on a disk of its own")
    return findings


def _system_calls(folder: Path, many: int) -> tuple[Sample, Sample]:
    grown, called = [], []
    with days(folder) as bed:
        _live(bed, range(SETTLED))
        for day in range(SETTLED, SETTLED + many):
            bytes_before, pages_before = written(), bed.count(SIZE)
            _live(bed, range(day, day + 1))
            called.append((written() - bytes_before) / 1000)
            grown.append((bed.count(SIZE) - pages_before) / 1000)
    mean = sum(called) / many  # the days on which the log goes into the diary among the others
    print("  kB written, day by day:", *(f"{kilobytes:.0f}" for kilobytes in called))
    return Sample("kB", (sum(grown) / many,)), Sample("kB", (mean,))


SIZE = "select page_count * page_size from pragma_page_count, pragma_page_size"


def written() -> int:
    """Bytes that this process gave to system calls that write."""
    counts = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counts["wchar"])


def _live(bed: Days, some: range) -> None:
    for day in some:
        bed.live(day, MINUTE)
        bed.tidied(day + 1)


@contextmanager
def _disk(folder: Path) -> Iterator[tuple[Path, Path]]:
    """A disk of its own, and the file in which the kernel counts what is written to it."""
    image, disk = folder / "disk.img", folder / "disk"
    disk.mkdir()
    with image.open("wb") as file:
        file.truncate(DISK)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    device = subprocess.run(
        ["losetup", "--find", "--show", image], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    try:
        subprocess.run(["mount", "-o", "noatime", device, disk], check=True)
        try:
            yield disk, Path("/sys/block", Path(device).name, "stat")
        finally:
            subprocess.run(["umount", disk], check=True)
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


def _sectors(disk: Path, stat: Path, many: int) -> Sample:
    handle = os.open(disk, os.O_RDONLY | os.O_DIRECTORY)
    flush = CDLL(None).syncfs

    def count() -> int:
        flush(handle)
        return int(stat.read_text().split()[6]) * SECTOR

    try:
        with days(disk / "data") as bed:
            _live(bed, range(SETTLED))
            before, bytes_before = count(), written()
            for day in range(SETTLED, SETTLED + many):
                while bed.passed < (day + 1) * DAY:
                    bed.live_one(MINUTE)
                    if written() - bytes_before > 0:
                        flush(handle)
                    bytes_before = written()
                bed.tidied(day + 1)
            return Sample("kB", ((count() - before) / 1000 / many,))
    finally:
        os.close(handle)
