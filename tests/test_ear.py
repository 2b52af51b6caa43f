"""The ear: what hears a press before the rest of the program is there, whatever the card is like."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.ear import Ear
from bedside.holding import AlreadyRunningError
from bedside.night.events import LineChanged
from bedside.settings import Folders, Settings
from bedside.surroundings import Surroundings
from tests.conftest import want


def ear(folder: Path) -> Ear:
    factory = MockFactory(pin_class=MockPWMPin)
    return Ear(Settings(), Surroundings(Folders(folder / "data", folder / "cache"), factory=factory))


def hears(armed: Ear) -> bool:
    """Whether a press comes into its inbox."""
    armed.around.factory.pin(armed.settings.pin).drive_low()  # type: ignore[union-attr]
    items = [armed.inbox.get(timeout=5) for _ in range(armed.inbox.qsize())]
    return any(isinstance(item, LineChanged) and item.down for item in items)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Inside, the folder is on a card that came up read-only."""
    want([] if os.geteuid() == 0 else ["root"])
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_press_is_heard_with_nothing_of_the_rest_imported(tmp_path: Path) -> None:
    code = "import sys, bedside.cli, bedside.ear; print(*(name for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "bedside.devices.button" in loaded
    assert loaded.isdisjoint({"bedside.daemon", "bedside.household", "bedside.diary.writer", "sqlite_utils", "flask"})
    armed = ear(tmp_path)
    assert hears(armed)
    armed.close()


def test_a_card_that_came_up_read_only_keeps_no_press_from_being_heard(tmp_path: Path) -> None:
    ear(tmp_path).close()  # as it was before
    with read_only(tmp_path):
        with pytest.raises(OSError, match="Read-only"):
            (tmp_path / "data" / "file").touch()
        armed = ear(tmp_path)
        assert hears(armed)
        with pytest.raises(AlreadyRunningError):
            ear(tmp_path)
        armed.close()


def test_a_child_that_has_the_lock_open_keeps_nobody_out_once_it_is_closed(tmp_path: Path) -> None:
    first = ear(tmp_path)
    begun = os.dup(first._lock.fileno())  # as a program that is just being started has it
    first.close()
    second = ear(tmp_path)
    assert hears(second)
    second.close()
    os.close(begun)
