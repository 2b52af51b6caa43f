"""Speech as engines render it, kept at its full level: a text is rendered once, whatever clips it is needed in."""

import hashlib
import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bedside.devices.engine import Engine, EngineFailedError
from bedside.devices.sound import UNREADABLE, Sound, is_whole, read, write

RECIPE = 3
"""Part of what is kept: count up when it is made in another way."""

DIGITS = 16
"""How many digits at a name's end tell one kept file from another."""

_log = logging.getLogger(__name__)


def kept(cache: Path, name: str, *facts: object) -> Path:
    """Where what is made of these facts is kept."""
    return cache / f"{name}-{hashlib.sha256(repr((RECIPE, *facts)).encode()).hexdigest()[:DIGITS]}.wav"


class Speech:
    """The kept speech of one cache directory. Every method may be called from any thread."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._failed: dict[Engine, str] = {}
        self._freed = threading.Condition()
        self._rendering = set[Path]()

    def path(self, engine: Engine, text: str) -> Path:
        """Where the text is kept."""
        return kept(self._cache, "spoken", engine, text)

    def keeps(self, engine: Engine, texts: Iterable[str]) -> bool:
        """Whether all of them are there, with no run of the engine."""
        return all(is_whole(self.path(engine, text)) for text in texts)

    def failure(self, engine: Engine) -> str | None:
        """Why the engine is left out, if it is."""
        return self._failed.get(engine)

    def forgive(self) -> None:
        """Gives every engine another chance."""
        self._failed.clear()

    def said(self, engine: Engine, text: str) -> Sound:
        """The text, rendered if it is not kept whole. Raises EngineFailedError, also where the engine has failed
        before, and OSError if the cache cannot be written.
        """
        path = self.path(engine, text)
        if found := _read(path):
            return found
        with self._alone(path):
            if found := _read(path):  # another thread has rendered it meanwhile
                return found
            sound = self._run(engine, text, path.with_suffix(".part"))
            write(path, sound)
            return sound

    @contextmanager
    def still(self) -> Iterator[set[Path]]:
        """Lets no rendering begin or end; what is being rendered."""
        with self._freed:
            yield self._rendering

    @contextmanager
    def _alone(self, path: Path) -> Iterator[None]:
        """Keeps other threads from rendering the same speech; other speech never waits for it."""
        with self._freed:
            self._freed.wait_for(lambda: path not in self._rendering)
            self._rendering.add(path)
        try:
            yield
        finally:
            with self._freed:
                self._rendering.remove(path)
                self._freed.notify_all()

    def _run(self, engine: Engine, text: str, out: Path) -> Sound:
        if says := self._failed.get(engine):
            raise EngineFailedError(says)
        try:
            return engine.speech(text, out)
        except EngineFailedError as error:
            _log.warning("%s. It is left out until clips are prepared again.", error)
            self._failed[engine] = str(error)
            raise


def _read(path: Path) -> Sound | None:
    """What is kept there; None where it is missing or not whole."""
    with suppress(*UNREADABLE):
        return read(path)
    return None
