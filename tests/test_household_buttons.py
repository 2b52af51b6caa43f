"""A household with a wire and a remote: a press on either is heard and kept by its button, and told by the watch."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.devices.button import ButtonUnavailable
from bedside.devices.clock import since_boot
from bedside.devices.inputs import DOWN, UP
from bedside.diary.journal import Journal
from bedside.ear import NAMES
from bedside.household import Household
from bedside.night.effects import Press
from bedside.night.events import KEY, WIRE
from bedside.pages import attention
from bedside.settings import Folders, Settings
from bedside.surroundings import Surroundings
from bedside.watching import seen
from tests.afternoon import hearing
from tests.inputs import ENTER, REMOTE, Kernel, Plugged
from tests.test_household_watched import Beaten

MANY = 2000  # looks, ten milliseconds apart, that no test takes unless it fails


@contextmanager
def of_two(folder: Path, kernel: Kernel) -> Iterator[Household]:
    """A household that hears a wire and a remote, with no more than a press needs; stopped at the end."""
    factory = MockFactory(pin_class=MockPWMPin)
    around = Surroundings(Folders(folder / "data", folder / "cache"), factory=factory, inputs=kernel.inputs)
    with hearing(Settings(key=REMOTE), around) as household:
        yield household


def until(true: Callable[[], object]) -> None:
    waiting = threading.Event()
    for _ in range(MANY):
        if true():
            return
        waiting.wait(0.01)
    pytest.fail("it did not come")


def press(household: Household, remote: Plugged | None = None) -> None:
    """Press the wire, or the remote, until it is heard as one more; let go, and wait until all lines are at rest."""
    before = household.daemon.night.press
    pin = household.around.factory.pin(17)  # type: ignore[attr-defined]
    if remote:
        remote.tell(ENTER, DOWN, since_boot())
    else:
        pin.drive_low()
    until(lambda: household.daemon.night.press is not before)
    if remote:
        remote.tell(ENTER, UP, since_boot())
    else:
        pin.drive_high()
    until(lambda: not any(contact.down or contact.burst for contact in household.daemon.contacts.values()))


def test_a_press_is_kept_with_its_button_and_while_the_remote_is_away_the_watch_ends_and_the_wire_is_heard(
    tmp_path: Path,
) -> None:
    kernel = Kernel(tmp_path / "kernel")
    remote = kernel.plug()
    with of_two(tmp_path, kernel) as household:
        daemon = household.daemon
        until(lambda: daemon.night.listening)
        press(household, remote)
        press(household)
        kernel.unplug(remote)
        until(lambda: not daemon.night.listening)
        assert (daemon.parts[KEY].well, daemon.parts[WIRE].well) == (False, True)
        press(household)
        remote = kernel.plug(number=5)
        until(lambda: daemon.night.listening)
        press(household, remote)
    saves = Journal(tmp_path / "data/journal").read()
    kept = {row.id: row.button for save in saves for row in save.rows if isinstance(row, Press)}
    assert list(kept.values()) == [KEY, WIRE, WIRE, KEY]


def test_a_remote_that_goes_while_it_is_down_leaves_no_button_down(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path / "kernel")
    remote = kernel.plug()
    with of_two(tmp_path, kernel) as household:
        daemon = household.daemon
        until(lambda: daemon.night.listening)
        remote.tell(ENTER, DOWN, since_boot())
        until(lambda: daemon.night.down)
        kernel.unplug(remote)
        until(lambda: not daemon.night.down)
        assert not daemon.night.listening


def test_a_chip_that_the_service_is_let_have_late_gives_the_button_the_light_and_the_buzzer(tmp_path: Path) -> None:
    factory, let = MockFactory(pin_class=MockPWMPin), threading.Event()

    def open_late() -> MockFactory:
        if not let.is_set():
            raise ButtonUnavailable("The GPIO chip may not be used by this user.", "")
        return factory

    around = Surroundings(Folders(tmp_path / "data", tmp_path / "cache"), factory=open_late)
    with hearing(Settings(buzzer_pin=18), around, retry=0.01) as household:
        parts = lambda: {name: part.well for name, part in household.daemon.parts.items()}  # noqa: E731
        until(lambda: {WIRE, "light", "buzzer"} <= parts().keys())
        assert not any(parts()[name] for name in (WIRE, "light", "buzzer"))
        assert not household.daemon.night.listening
        let.set()
        until(lambda: all(parts()[name] for name in (WIRE, "light", "buzzer")))
        until(lambda: household.daemon.night.listening)
        factory.pin(17).drive_low()
        until(lambda: factory.pin(12).state > 0)


def test_a_button_is_called_the_same_wherever_it_is_named() -> None:
    assert {part: attention.NAMES[part] for part in NAMES} == dict(NAMES)


def test_what_bedside_check_watches_names_the_button_that_was_pressed(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path / "kernel")
    remote = kernel.plug()
    with of_two(tmp_path, kernel) as household:
        until(lambda: household.daemon.night.listening)
        press(household, remote)
        (told,) = seen(household.daemon, household.clock.now())
        assert (told["button"], told["of"], told["down"]) == (KEY, [WIRE, KEY], False)


def test_the_remotes_thread_is_one_that_must_be_well_before_the_watchdog_is_fed(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path / "kernel")
    with of_two(tmp_path, kernel) as household:
        beaten = Beaten(household, "button", "remote or key")
        assert [beaten.beat_at_rest() for _ in range(10)] == ["fed"] * 10, "a remote that is away starves nothing"
        assert {part.name for part in household.watched()} > {"button", "remote or key"}
