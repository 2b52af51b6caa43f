"""The page on counting names what is there."""

import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs/counting.md").read_text(encoding="utf-8")


def test_every_test_it_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    there = {
        name
        for file in (ROOT / "tests/patterns").glob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    }
    assert len(named) > 15
    assert sorted(named - there) == []


def test_every_place_it_names_exists() -> None:
    named = set(re.findall(r"`([a-z_]+)\.([A-Za-z_]+)`", TEXT))
    assert len(named) > 15
    for module, name in named:
        assert hasattr(import_module(f"bedside.patterns.{module}"), name), f"{module}.{name}"


def test_it_has_every_rule() -> None:
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)] == list(range(1, 13))
