"""The README: its table of what a press means is the one that the night decides by."""

import subprocess
import sys
from pathlib import Path

import pytest

from bedside.night.meaning import HOLDS, PRESSES

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
REMEDY = "run: python tools/phases.py --write README.md"


def phases(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The tool that makes the table, as one runs it."""
    command = [sys.executable, str(ROOT / "tools/phases.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, cwd="/")


@pytest.fixture(scope="module")
def table() -> str:
    return phases().stdout.strip()


def test_the_readme_is_read_in_one_go() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) < 120


def test_the_readmes_table_is_the_nights_own(table: str) -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count("<!-- phases -->") == text.count("<!-- /phases -->") == 1, f"put both markers in, then {REMEDY}"
    written = text.partition("<!-- phases -->")[2].partition("<!-- /phases -->")[0]
    assert written.strip() == table, f"the night has changed: {REMEDY}"


def test_the_table_has_every_row_of_the_night(table: str) -> None:
    lines = [line for line in table.splitlines() if line.startswith("|") and "---" not in line]
    assert len(lines) == len(PRESSES) + len(HOLDS) + 2
    for row in (*PRESSES, *HOLDS):
        assert any(row.when in line and row.means in line for line in lines)


def test_every_line_of_the_table_has_four_cells(table: str) -> None:
    assert {line.count("|") for line in table.splitlines() if line} == {5}


def test_the_table_is_written_between_the_markers_and_nothing_else_is_touched(tmp_path: Path, table: str) -> None:
    file = tmp_path / "README.md"
    file.write_text("# Title\n<!-- phases -->\nold\n<!-- /phases -->\nThe end: °C\n", encoding="utf-8")
    for _ in range(2):  # a second time changes nothing
        assert phases("--write", file).returncode == 0
        expected = f"# Title\n<!-- phases -->\n{table}\n<!-- /phases -->\nThe end: °C\n"
        assert file.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("text", ["no markers", "<!-- phases -->", "<!-- /phases --> <!-- phases -->"])
def test_a_file_without_both_markers_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "README.md"
    file.write_text(text)
    ended = phases("--write", file)
    assert (ended.returncode, file.read_text()) == (1, text)
    assert "once each, in this order" in ended.stderr


def test_the_tool_says_how_it_is_used() -> None:
    ended = phases("--help")
    assert ended.returncode == 2
    assert ended.stderr.startswith("usage: ")
