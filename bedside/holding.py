"""One bedside at a time: whoever runs holds the folder of the diary."""

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bedside.catalogue import _


class AlreadyRunningError(OSError):
    """Another bedside holds the diary."""


def _lock(folder: Path) -> IO[str]:
    """The file that is held. On a card that came up read-only the one of before: presses must be heard all the same."""
    try:
        return (folder / "lock").open("a")
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        return (folder / "lock").open()


def hold(folder: Path) -> IO[str]:
    """Make the folder and hold it for this process alone. Raises AlreadyRunningError, or OSError with a sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = _lock(folder)
    except OSError as error:
        raise OSError(
            _(
                "The folder %(folder)s cannot be used (%(error)s). Check who owns it.",
                folder=folder,
                error=error.strerror,
            )
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise AlreadyRunningError(
            _("bedside runs already: it holds %(folder)s. Stop it first, or use it.", folder=folder)
        ) from None
    return file


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Whether nobody else holds the folder; then nobody comes in meanwhile. Nothing is made in it."""
    if not (folder / "lock").exists():
        yield True
        return
    try:
        file = hold(folder)
    except AlreadyRunningError:
        yield False
        return
    with file:
        yield True


def release(held: IO[str]) -> None:
    """Let another process have the folder, at once: a program that is being started may have the file open, too."""
    fcntl.flock(held, fcntl.LOCK_UN)
    held.close()
