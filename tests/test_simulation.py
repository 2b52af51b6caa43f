"""Simulated nights with faults by seed, and proof that the simulation can fail: on ten deliberate bugs it does."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bedside.night.effects import Phase
from tests.simulation.__main__ import play, summary, table
from tests.simulation.faults import FAULTS

ROOT = Path(__file__).parent.parent
MUTANTS = sorted((ROOT / "tests/mutants").glob("*.patch"))
NIGHTS = 20_000
AT_LEAST = 3  # faults a night
SHORT = ("--nights", "800")


def simulate(*options: str, source: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Play nights in a process of its own, with the `bedside` that lies in `source`."""
    command = [sys.executable, "-m", "tests.simulation", *options]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source), **environment},
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the program and of the simulation, to be broken."""
    for folder in ("bedside", "tests/simulation"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ("tests/__init__.py", "tests/diary/__init__.py", "tests/diary/rows.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / path, tmp_path / path)
    return tmp_path


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_in_twenty_thousand_nights_and_every_fault_meets_every_phase(
    capsys: pytest.CaptureFixture[str],
) -> None:
    met = play(NIGHTS)
    with capsys.disabled():
        print(f"\n{table(met)}\n{summary(met, NIGHTS)}")
    assert [(fault, phase) for fault in FAULTS for phase in Phase if not met[fault, phase, "struck"]] == []
    assert sum(count for (_, _, effect), count in met.items() if effect == "struck") >= AT_LEAST * NIGHTS


def test_the_same_seed_plays_the_same_nights_byte_for_byte() -> None:
    first, second = (simulate("--nights", "20", "--seed", "7", PYTHONHASHSEED=s) for s in "12")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout


def test_there_are_ten_deliberate_bugs_and_each_says_what_it_breaks() -> None:
    headers = [path.read_text(encoding="utf-8").splitlines()[0] for path in MUTANTS]
    assert len(set(headers)) == len(MUTANTS) >= 10
    assert not [header for header in headers if header.startswith(("diff", "---"))]


@pytest.mark.slow
def test_the_program_as_it_is_passes_what_its_broken_copies_fail(copy: Path) -> None:
    played = simulate(*SHORT, source=copy)
    assert played.returncode == 0, played.stderr


@pytest.mark.slow
@pytest.mark.needs("git")
@pytest.mark.parametrize("patch", MUTANTS, ids=lambda path: path.stem)
def test_the_simulation_notices_a_deliberate_bug(patch: Path, copy: Path) -> None:
    apart = {**os.environ, "GIT_CEILING_DIRECTORIES": str(copy.parent)}  # from any repository around it
    subprocess.run(["git", "apply", patch], cwd=copy, check=True, env=apart)
    played = simulate(*SHORT, source=copy)
    assert played.returncode != 0, "it was not noticed"
    assert "AssertionError: seed" in played.stderr, played.stderr
