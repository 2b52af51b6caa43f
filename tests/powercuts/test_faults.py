"""The n-th write, sync or open fails, for every n: nothing dies, hangs, or is lost, and all is written in the end."""

from pathlib import Path

import pytest

from bedside.diary.writer import Writer
from tests.diary.rows import NIGHT
from tests.powercuts.faults import Fault, run_all, table

EACH = ("EIO", "ENOSPC", "EROFS")
ONCE = [Fault(call, error) for call in ("pwrite64", "fdatasync", "openat") for error in EACH] + [
    Fault("ftruncate", "EIO"),
    Fault("unlink", "EROFS"),
]
IN_A_ROW = [Fault("fdatasync", "EIO", times=4), Fault("openat", "EROFS", times=6), Fault("pwrite64", "ENOSPC", times=9)]

pytestmark = [pytest.mark.slow, pytest.mark.needs("strace")]


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A folder with a journal and a diary, closed."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    writer = Writer(folder, lambda event: None, lambda: NIGHT)
    writer.start()
    writer.close()
    assert not writer.alive()
    return folder


def look_at(faults: list[Fault], prepared: Path) -> None:
    """Every run of each is well, some were hit, and the last was not."""
    runs = run_all(faults, prepared, prepared.parent)
    print(f"\n{table(runs)}")
    wrong = [f"{run.fault} at {run.number}: {says}" for of_it in runs.values() for run in of_it for says in run.wrong]
    assert wrong == []
    assert all(of_it[0].hit and not of_it[-1].hit for of_it in runs.values())


def test_whichever_call_of_the_disk_fails_nothing_dies_or_hangs_and_every_record_is_answered_and_kept(
    prepared: Path,
) -> None:
    look_at(ONCE, prepared)


def test_however_many_calls_fail_in_a_row_every_record_is_answered_and_kept_as_it_was_told_last(prepared: Path) -> None:
    look_at(IN_A_ROW, prepared)
