"""The documents name nothing that is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(("document", "least"), [("pitfalls", 50), ("faults", 50)])
def test_every_test_that_the_pitfalls_and_the_faults_name_exists(document: str, least: int) -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / f"docs/{document}.md").read_text()))
    there = {
        name for file in ROOT.glob("tests/**/test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    assert len(named) > least
    assert sorted(named - there) == []


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for file in (ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", file.read_text()):
            assert "://" in target or (file.parent / target).exists(), f"{file.name}: {target}"


def test_every_command_the_readme_names_is_one_of_ours() -> None:
    text = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    commands = re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)`", text, re.MULTILINE)
    assert commands
    for target in (first or second for first, second in commands):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
