"""Makers of rows and records for the diary's tests, and disks that really refuse, root too."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bedside.night.effects import (
    Boot,
    Cramp,
    CrampState,
    Evening,
    Meaning,
    Phase,
    Press,
    Reason,
    Row,
    Save,
    StretchState,
    Watch,
)
from bedside.night.events import Moment
from bedside.night.habits import Chosen, Habits
from bedside.night.phones import Phone
from bedside.night.told import CheckIn, Judgement

NIGHT = Moment("boot", 1000.0, datetime(2026, 1, 11, 3, 4, tzinfo=UTC))
NOBODY = 65534


def at(seconds: float) -> Moment:
    """So many seconds after four minutes past three."""
    return NIGHT.at(NIGHT.since_boot + seconds)


def press(id: str = "press", moment: Moment = NIGHT, **changes: Any) -> Press:
    return replace(Press(id, moment, Phase.QUIET, Meaning.BEGAN), **changes)


def cramp(id: str = "cramp", onset: Moment = NIGHT, **changes: Any) -> Cramp:
    """A cramp that is open, unless changed."""
    return replace(Cramp(id, onset, led_from=onset, last_press=onset), **changes)


def ended(id: str = "cramp", onset: Moment = NIGHT, seconds: float = 90.5, **changes: Any) -> Cramp:
    end = onset.at(onset.since_boot + seconds)
    return cramp(id, onset, state=CrampState.ENDED, end=end, last_press=end, **changes)


def evening(day: date = date(2026, 1, 10), **changes: Any) -> Evening:
    made = Evening(day, due=100.0, until=10900.0, trusted=True, state=StretchState.OFFERED, reason=Reason.NONE, asks=1)
    return replace(made, **changes)


def watch(id: str = "watch", began: Moment = NIGHT, seconds: float = 1200.0) -> Watch:
    return Watch(id, began, began.at(began.since_boot + seconds))


def boot(id: str = "boot", trusted: Moment | None = None) -> Boot:
    return Boot(id, NIGHT, trusted)


def chosen(moment: Moment = NIGHT, **changes: Any) -> Chosen:
    """The habits as they come, but for the changes."""
    return Chosen(moment, Habits(**changes))


def phone(id: str = "phone", **changes: Any) -> Phone:
    """A phone that was paired, and may come in, unless changed."""
    return replace(Phone(id, "Anna's phone", "5e" * 32, "192.168.1.23:8080", paired=NIGHT, used=NIGHT), **changes)


def check_in(night: date = date(2026, 1, 10), **changes: Any) -> CheckIn:
    """Told of the night: slept here, unless changed."""
    return replace(CheckIn(night, NIGHT, slept_here=True, by="Anna's phone"), **changes)


def judgement(cramp: str = "cramp", **changes: Any) -> Judgement:
    return replace(Judgement(cramp, NIGHT, by="Anna's phone"), **changes)


def save(record: str, *rows: Row, moment: Moment = NIGHT) -> Save:
    """A record; one press of the same name where no rows are given."""
    return Save(record, moment, rows or (press(record),))


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """Inside, no file of this process grows past `size` bytes: EFBIG, and a torn write before it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def little_room(folder: Path, size: int) -> Iterator[None]:
    """Inside, the folder is a disk of `size` bytes that fills up. What was written is there afterwards."""
    disk = folder.with_name(f"{folder.name}-disk")
    disk.mkdir()
    if not _mount("-t", "tmpfs", "-o", f"size={size}", "none", disk):
        with file_limit(size):
            yield
        return
    try:
        shutil.copytree(folder, disk, dirs_exist_ok=True)
        _mount("--bind", disk, folder)
        try:
            yield
        finally:
            _unmount(folder)
        shutil.copytree(disk, folder, dirs_exist_ok=True)
    finally:
        _unmount(disk)


class SmallDisk:
    """A disk of its own for a folder, which a test fills up and gives room again. Where none can be mounted no file may
    grow instead, which refuses the same writes.
    """

    def __init__(self, folder: Path, mounted: bool) -> None:
        self.real = mounted
        self._filler = folder / "filler" if mounted else None
        self._limit = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        """To the last byte."""
        if self._filler is None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, self._limit[1]))
            return
        with suppress(OSError), self._filler.open("ab", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

    def free(self) -> None:
        """All that was filled."""
        resource.setrlimit(resource.RLIMIT_FSIZE, self._limit)
        if self._filler:
            self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[SmallDisk]:
    """Inside, the folder, which is empty, is a disk of `size` bytes; what is written to it is gone afterwards."""
    mounted = _mount("-t", "tmpfs", "-o", f"size={size}", "none", folder)
    disk = SmallDisk(folder, mounted)
    try:
        yield disk
    finally:
        disk.free()
        if mounted:
            _unmount(folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Inside, nothing in the folder can be written: by mode bits, or for root by a mount, or else as nobody."""
    if os.geteuid() == 0 and _mount("--bind", folder, folder):
        try:
            assert _mount("-o", "remount,ro,bind", folder)
            yield
        finally:
            _unmount(folder)
        return
    root = os.geteuid() == 0
    modes = {path: path.stat().st_mode for path in (folder, *folder.iterdir())}
    for path in modes:
        path.chmod(0o500)
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)


def open_files(path: Path) -> list[str]:
    """The files of this process that are open under this path, or a path that goes on from it."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the listing's own
            found.append(os.readlink(f"/proc/self/fd/{number}"))
    return [name for name in found if name.startswith(str(path))]


def _mount(*arguments: str | Path) -> bool:
    try:
        return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", folder], capture_output=True, check=True)
