"""JSON is read value by value, whatever lies between two readings of the file, and what is none is told by its line."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.diary import scanning
from bedside.diary.scanning import ScanError, Scanner

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Dripping(BytesIO):
    """A file that gives a few bytes at a time."""

    def __init__(self, text: bytes, pace: int) -> None:
        super().__init__(text)
        self.pace = pace

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self.pace)


def scanned(scanner: Scanner) -> dict[str, list[Any]]:
    """An object of lists."""
    found = {name: list(scanner.elements()) for name in scanner.members()}
    scanner.end()
    return found


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(), st.lists(values, max_size=4), max_size=3), st.integers(1, 9), st.booleans())
def test_a_text_gives_its_values_however_it_comes_in(whole: dict[str, Any], pace: int, spread: bool) -> None:
    text = json.dumps(whole, indent=2 if spread else None, ensure_ascii=spread).encode()
    assert scanned(Scanner(Dripping(text, pace))) == whole


@pytest.mark.parametrize(
    ("text", "line", "over"),
    [
        (b"", 1, True),
        (b"[]", 1, False),
        (b'{"a":[1\n,2\n', 3, True),
        (b'{"a":[1\n,2\n}', 3, False),
        (b'{"a":[1 2]}', 1, False),
        (b'{"a":[1,]}', 1, False),
        (b'{"a":\n[tru]}', 2, False),
        (b'{"a":[Infinity]}', 1, False),
        (b"{1:[]}", 1, False),
        (b'{"a" []}', 1, False),
        (b'{"a":[]}\n\nx', 3, False),
        (b'{"a":["\xc3', 1, False),
        (b'{"a":["\xff"]}', 1, False),
        (b'{"a":[' + b"9" * 5000 + b"]}", 1, False),
    ],
)
def test_what_is_no_json_is_told_by_its_line(text: bytes, line: int, over: bool) -> None:
    with pytest.raises(ScanError) as error:
        scanned(Scanner(BytesIO(text)))
    assert (error.value.line, error.value.over) == (line, over)


def test_no_more_is_in_memory_than_a_value_and_a_piece_of_the_file() -> None:
    rows = [[number, "x" * 90] for number in range(20_000)]
    scanner = Scanner(BytesIO(json.dumps({"a": rows}).encode()))
    for _ in scanner.members():
        for row, found in zip(rows, scanner.elements(), strict=True):
            assert found == row
            assert len(scanner._text) <= 2 * scanning.BLOCK


def test_a_value_that_never_ends_is_given_up() -> None:
    file = BytesIO(b'{"a":["' + b"x" * 5 * scanning.LONGEST)
    with pytest.raises(ScanError):
        scanned(Scanner(file))
    assert file.tell() < 4 * scanning.LONGEST
