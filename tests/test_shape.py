"""The shape of the source: small modules, small functions, names of the bedside, nothing left to do."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "bedside").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50
EMPTY_NAMES = re.compile(r"util|helper|manager|handler|misc|common|stuff", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef
files = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@files
def test_a_module_is_no_longer_than_one_can_read_at_once(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@files
def test_a_function_fits_on_the_screen(path: Path) -> None:
    lengths = {
        node.name: (node.end_lineno or node.lineno) - node.lineno + 1
        for node in nodes(path)
        if isinstance(node, Function)
    }
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}


@files
def test_a_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert docstring.splitlines()[0].rstrip()[-1] in ".:,;" or len(docstring.splitlines()) > 1


@files
def test_names_say_what_a_thing_is(path: Path) -> None:
    named = {node.name for node in nodes(path) if isinstance(node, Function | ast.ClassDef)} | {path.stem}
    assert not [name for name in named if EMPTY_NAMES.search(name)]


@files
def test_nothing_is_left_to_do(path: Path) -> None:
    assert not UNFINISHED.findall(path.read_text(encoding="utf-8"))


def test_most_functions_are_small() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in FILES
        for node in nodes(path)
        if isinstance(node, Function)
    )
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 20
