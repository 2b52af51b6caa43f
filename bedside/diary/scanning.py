"""Reads JSON value by value from a file that is larger than the memory should be."""

import codecs
import json
from collections.abc import Iterator
from typing import IO, Any

BLOCK = 64 * 1024
LONGEST = 1024 * 1024
"""Characters of one value that is read whole: a row, or a short list."""
BLANK = " \t\r\n"


class ScanError(ValueError):
    """It is no JSON from this line on; `over`: since the file ends there."""

    def __init__(self, line: int, *, over: bool) -> None:
        super().__init__(f"line {line}")
        self.line, self.over = line, over


class Scanner:
    """Stands somewhere in a JSON text, and is moved on by whoever knows what is to come. Each raises ScanError where
    that does not.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = codecs.getreader("utf-8-sig")(file)
        self._text, self._at, self._line, self._over = "", 0, 1, False
        self._decode = json.JSONDecoder(parse_constant=_refuse).raw_decode

    def value(self) -> Any:
        """The value that comes, whole."""
        self._peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except (ValueError, RecursionError):
                if self._over or len(self._text) - self._at > LONGEST:
                    raise self._broken() from None
            else:
                if end < len(self._text) or self._over:  # else a number might go on
                    self._at = end
                    return value
            self._fill()

    def members(self) -> Iterator[str]:
        """The names in the object that comes; after each, its value is to be taken before the next."""
        for _ in self._parts("{", "}"):
            name = self.value()
            if not isinstance(name, str):
                raise self._broken()
            self._take(":")
            yield name

    def elements(self) -> Iterator[Any]:
        """The elements of the list that comes, each whole."""
        for _ in self._parts("[", "]"):
            yield self.value()

    def end(self) -> None:
        """Nothing comes any more."""
        if self._peek():
            raise self._broken()

    def _parts(self, opens: str, closes: str) -> Iterator[None]:
        self._take(opens)
        if self._peek() == closes:
            self._at += 1
            return
        while True:
            yield
            if self._peek() == closes:
                self._at += 1
                return
            self._take(",")

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._broken()
        self._at += 1

    def _peek(self) -> str:
        """The next sign that is no blank; nothing at the end."""
        while True:
            while self._at < len(self._text):
                sign = self._text[self._at]
                if sign not in BLANK:
                    return sign
                self._at += 1
            if self._over:
                return ""
            self._fill()

    def _fill(self) -> None:
        """Read on: as much again as waits to be understood, so that a long value is not tried a hundred times."""
        self._line += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :], 0
        try:
            more = self._file.read(max(BLOCK, len(self._text)))
        except UnicodeDecodeError:
            raise self._broken() from None
        self._over = not more
        self._text += more

    def _broken(self) -> ScanError:
        line = self._line + self._text.count("\n", 0, self._at)
        return ScanError(line, over=self._over and not self._text[self._at :].strip(BLANK))


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and the infinities, which are no JSON
