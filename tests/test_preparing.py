"""When the voice's clips are prepared beside everything else, and what is told of it."""

import threading
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

import pytest

from bedside.night.habits import Habits
from bedside.rooms import Rooms

SOON = 60  # seconds that no test waits unless it fails
"""Seconds that no test takes: a bound for what would otherwise wait for ever."""

Told = tuple[str, bool, str, str]


class Spoken:
    """A voice that prepares as it is told."""

    def __init__(self, error: Exception | None = None, *, well: bool = True) -> None:
        self.well, self.error = well, error
        self.says, self.remedy = "The voice is made by one.", "" if well else "Mend it."

    def prepare(self) -> None:
        if self.error:
            raise self.error


class Ground:
    """What a household has of all that the rooms need to prepare a voice."""

    def __init__(self, voice: Spoken, folder: Path) -> None:
        self.voice, self.settings, self.around = voice, None, SimpleNamespace(folders=folder)
        self.clock = SimpleNamespace(now=None)
        self.told = SimpleQueue[Told]()

    def tell(self, part: str, well: bool, says: str, remedy: str = "") -> None:
        self.told.put((part, well, says, remedy))


@pytest.mark.parametrize("well", [True, False])
def test_what_the_voice_says_of_itself_is_told(tmp_path: Path, well: bool) -> None:
    voice = Spoken(well=well)
    ground = Ground(voice, tmp_path)
    Rooms(ground).habits_changed(Habits(), True)  # type: ignore[arg-type]
    assert ground.told.get(timeout=SOON) == ("voice", well, voice.says, voice.remedy)


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (OSError(28, "No space left on device"), "Free some space"),
        (ValueError(), "journalctl"),
        (EOFError(), "journalctl"),
    ],
)
def test_a_preparation_that_fails_is_told_with_its_remedy(tmp_path: Path, error: Exception, remedy: str) -> None:
    ground = Ground(Spoken(error), tmp_path)
    Rooms(ground).habits_changed(Habits(), True)  # type: ignore[arg-type]
    part, well, _, told = ground.told.get(timeout=SOON)
    assert (part, well) == ("voice", False)
    assert remedy in told


def test_habits_that_change_nothing_spoken_prepare_nothing(tmp_path: Path) -> None:
    ground = Ground(Spoken(), tmp_path)
    Rooms(ground).habits_changed(Habits(asks=2), False)  # type: ignore[arg-type]
    for thread in threading.enumerate():
        if thread.name == "voice":
            thread.join(SOON)
    assert ground.told.empty()
