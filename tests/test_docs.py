"""The documents name nothing that is not there."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bedside.cli import cli
from bedside.settings import Settings

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


def test_every_bedside_command_that_a_document_names_has_its_options() -> None:
    named = set()
    for file in (ROOT / "README.md", ROOT / "SECURITY.md", *ROOT.glob("docs/*.md")):
        named |= set(re.findall(r"`(?:sudo )?bedside ([a-z]+)((?: --[a-z]+)*)", file.read_text()))
    assert len(named) > 5
    for command, options in named:
        has = {name for parameter in cli.commands[command].params for name in parameter.opts}
        assert set(options.split()) <= has, f"bedside {command}{options}"


@pytest.mark.parametrize("document", ["troubleshooting"])
def test_every_setting_that_the_help_names_is_one_and_every_quoted_sentence_is_ours(document: str) -> None:
    text = (ROOT / f"docs/{document}.md").read_text()
    settings = {field.name for field in fields(Settings)}
    assert set(re.findall(r"`([a-z_]+) = ", text)) | {"pin", "card", "sensor", "sensor_offset"} <= settings
    catalogue = (ROOT / "bedside/locale/bedside.pot").read_text().replace('"\n"', "")
    for sentence in re.findall(r'"([A-Z][^"]+)"', text):
        assert sentence.rstrip(".?") in catalogue, sentence
