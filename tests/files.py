"""What the files of a folder have in them, also while a program is at work on them."""

from contextlib import suppress
from pathlib import Path


def files_with(words: bytes, folder: Path) -> list[str]:
    """The names of all files in it, and below it, that have these words."""
    return [path.name for path in folder.rglob("*") if words in content(path)]


def content(path: Path) -> bytes:
    """What is in it: nothing where it is no file, or is gone meanwhile, as SQLite's own may be."""
    with suppress(FileNotFoundError):
        return path.read_bytes() if path.is_file() else b""
    return b""
