"""The ear: what hears a press before the rest of the program is there, whatever the card is like."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest
from gpiozero import DigitalInputDevice
from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.devices.button import ButtonUnavailable
from bedside.ear import Ear
from bedside.holding import AlreadyRunningError
from bedside.night.events import KEY, SECOND_WIRE, WIRE, LineChanged, PartReported
from bedside.settings import Folders, Settings
from bedside.surroundings import Surroundings
from tests.conftest import want
from tests.inputs import REMOTE, Kernel

LONG = 60.0  # seconds that no test waits unless it fails
FAR = 600.0  # seconds: in this test nothing is tried again by itself


def ear(folder: Path) -> Ear:
    factory = MockFactory(pin_class=MockPWMPin)
    return Ear(Settings(), Surroundings(Folders(folder / "data", folder / "cache"), factory=factory))


def hears(armed: Ear) -> bool:
    """Whether a press comes into its inbox."""
    armed.around.factory.pin(armed.settings.pin).drive_low()  # type: ignore[union-attr]
    items = [armed.inbox.get(timeout=LONG) for _ in range(armed.inbox.qsize())]
    return any(isinstance(item, LineChanged) and item.down for item in items)


def of_three(folder: Path, factory: MockFactory) -> tuple[Ear, Kernel]:
    """An ear with two wires and a remote, which is not there yet."""
    kernel = Kernel(folder)
    settings = Settings(pin=17, second_pin=22, key=REMOTE)
    around = Surroundings(Folders(folder / "data", folder / "cache"), factory=factory, inputs=kernel.inputs)
    return Ear(settings, around, retry=FAR), kernel


def told(armed: Ear, many: int) -> dict[str, PartReported]:
    """The next so many reports, by the part."""
    reports = [armed.inbox.get(timeout=LONG) for _ in range(many)]
    assert all(isinstance(report, PartReported) for report in reports)
    return {report.part: report for report in reports if isinstance(report, PartReported)}


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


def test_of_several_buttons_each_is_told_by_itself_and_an_edge_names_its_own(tmp_path: Path) -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    armed, kernel = of_three(tmp_path, factory)
    assert [button.part for button in armed.buttons] == [WIRE, SECOND_WIRE, KEY]
    reports = told(armed, 3)
    assert {part: report.well for part, report in reports.items()} == {WIRE: True, SECOND_WIRE: True, KEY: False}
    assert reports[SECOND_WIRE].says == "The second button on GPIO22 is heard."
    armed.arm()  # all are, or are looked for: nothing is told twice
    remote = kernel.plug()
    assert told(armed, 1)[KEY].well
    factory.pin(22).drive_low()
    remote.press()
    factory.pin(17).drive_low()
    edges = [armed.inbox.get(timeout=LONG) for _ in range(4)]
    assert all(isinstance(edge, LineChanged) for edge in edges)
    heard = sorted((edge.button, edge.down) for edge in edges if isinstance(edge, LineChanged))
    assert heard == [(WIRE, True), (KEY, False), (KEY, True), (SECOND_WIRE, True)]
    armed.close()
    assert not remote.held
    DigitalInputDevice(22, pull_up=True, pin_factory=factory).close()  # nor is a pin


def test_a_button_that_cannot_be_armed_keeps_no_other_from_being_heard(tmp_path: Path) -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    holder = DigitalInputDevice(17, pull_up=True, pin_factory=factory)
    armed, _ = of_three(tmp_path, factory)
    reports = told(armed, 3)
    assert {part: report.well for part, report in reports.items()} == {WIRE: False, SECOND_WIRE: True, KEY: False}
    factory.pin(22).drive_low()
    edge = armed.inbox.get(timeout=LONG)
    assert isinstance(edge, LineChanged)
    assert edge.button == SECOND_WIRE
    holder.close()
    armed.arm()
    assert told(armed, 1)[WIRE].well
    armed.close()


def test_a_chip_that_the_service_is_let_have_after_its_start_is_heard_without_anybody_asking(tmp_path: Path) -> None:
    """As when the power comes on and the system sets up its devices later than this program."""
    factory, tries, ready = MockFactory(pin_class=MockPWMPin), list[object](), threading.Event()

    def open_late() -> MockFactory:
        if tries:  # the first is that of whoever makes the ear
            assert ready.wait(LONG)
        tries.append(object())
        if len(tries) < 4:
            raise ButtonUnavailable("The GPIO chip may not be used by this user.", "")
        return factory

    around = Surroundings(Folders(tmp_path / "data", tmp_path / "cache"), factory=open_late)
    armed = Ear(Settings(), around, retry=0.01)
    along = SimpleQueue[bool]()
    armed.along = (lambda: along.put(armed.buttons[0].armed),)
    ready.set()
    reports = [armed.inbox.get(timeout=LONG) for _ in range(4)]
    assert [report.well for report in reports if isinstance(report, PartReported)] == [False, False, False, True]
    while not along.get(timeout=LONG):  # what goes along is armed with the button, too
        pass
    factory.pin(17).drive_low()
    edge = armed.inbox.get(timeout=LONG)
    assert isinstance(edge, LineChanged)
    assert edge.down
    armed.close()
    assert len(tries) == 4, "what is armed is tried no more"


def test_what_cannot_be_armed_is_tried_no_more_once_the_ear_is_closed(tmp_path: Path) -> None:
    armed, _ = of_three(tmp_path, factory := MockFactory(pin_class=MockPWMPin))
    armed.close()
    holder = DigitalInputDevice(17, pull_up=True, pin_factory=factory)
    deaf = Ear(Settings(), armed.around, retry=0.01)
    assert not told(deaf, 1)[WIRE].well
    deaf.close()
    holder.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "arming"]
    deaf.arm()  # as a look at all parts that was under way
    assert not deaf.buttons[0].armed


def test_a_busy_second_pin_names_its_own_setting(tmp_path: Path) -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    holder = DigitalInputDevice(22, pull_up=True, pin_factory=factory)
    armed, _ = of_three(tmp_path, factory)
    assert "`second_pin`" in told(armed, 3)[SECOND_WIRE].remedy
    holder.close()
    armed.close()


def test_without_a_wired_button_the_key_alone_is_armed(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path)
    remote = kernel.plug()
    around = Surroundings(Folders(tmp_path / "data", tmp_path / "cache"), factory=open, inputs=kernel.inputs)
    armed = Ear(Settings(pin=0, key=REMOTE), around)  # no pin is opened: the factory is none
    assert told(armed, 1)[KEY].well
    remote.press()
    edge = armed.inbox.get(timeout=LONG)
    assert isinstance(edge, LineChanged)
    assert (edge.button, edge.down) == (KEY, True)
    armed.close()
    assert not remote.held
