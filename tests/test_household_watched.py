"""What of a real household must be well before the watchdog is fed: parts that truly hang, by a clock a test turns."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside import duties, examiner, pulse
from bedside.devices import power
from bedside.ear import Ear
from bedside.household import Household
from bedside.pages.attention import NAMES
from bedside.pulse import Pulse
from bedside.settings import Folders, Settings
from bedside.surroundings import Surroundings
from tests.test_deletion import at_bed

EVERY = 10.0
LONG = 60.0


class Beaten:
    """The pulse of all or some of a household's parts, beaten every ten seconds of a clock of its own."""

    def __init__(self, household: Household, *names: str) -> None:
        watched = [part for part in household.watched() if not names or part.name in names]
        self.watched, self.now, self.given, self.told = watched, 0.0, [""], list[tuple[str, bool, str]]()
        self.pulse = Pulse(watched, self, lambda part, well, says, _: self.told.append((part, well, says)), self._clock)

    def listens(self) -> bool:
        return True

    def alive(self) -> None:
        self.given.append("fed")

    def hung(self) -> None:
        self.given.append("hung")

    def beat(self) -> str:
        self.now += EVERY
        self.pulse.beat()
        return self.given[-1]

    def beat_at_rest(self) -> str:
        """Beat while no part is at work: what takes a moment would by this clock take ten seconds and more."""
        until(lambda: all(part.at_work() is None for part in self.watched))
        return self.beat()

    def _clock(self) -> float:
        return self.now


def until(true: Callable[[], object]) -> None:
    waiting = threading.Event()
    for _ in range(int(LONG * 100)):
        if true():
            return
        waiting.wait(0.01)
    pytest.fail("it did not come")


def test_a_writer_that_hangs_in_its_work_starves_the_watchdog_within_30_seconds_and_is_told(tmp_path: Path) -> None:
    with at_bed(tmp_path) as household:
        beaten, hangs, release = Beaten(household, "writing"), threading.Event(), threading.Event()
        assert [beaten.beat_at_rest() for _ in range(20)] == ["fed"] * 20, "an idle writer is well"
        household.writer.after(lambda: (hangs.set(), release.wait(60)))
        assert hangs.wait(LONG)
        began = beaten.now
        while beaten.beat() == "fed":
            assert beaten.now - began < 60, "nobody noticed"
        assert beaten.now - began <= 30
        assert [(part, well, "writing" in says) for part, well, says in beaten.told] == [("program", False, True)]
        release.set()
        assert beaten.beat_at_rest() == "fed"
        assert beaten.told[-1][1]


def test_a_writer_whose_thread_has_ended_starves_the_watchdog_at_once(tmp_path: Path) -> None:
    with at_bed(tmp_path) as household:
        beaten = Beaten(household, "writing", "button", "speaking")
        assert beaten.beat() == "fed"
        household.writer.close()
        assert beaten.beat() == "hung"


def test_without_the_evenings_thread_the_watchdog_starves(tmp_path: Path) -> None:
    with at_bed(tmp_path) as household:
        assert Beaten(household).beat() == "hung"


def test_a_room_that_cannot_be_opened_is_told_and_left_out_and_the_watchdog_is_fed(tmp_path: Path) -> None:
    """A port that no computer has, which the settings file refuses, stands for whatever nobody thought of."""
    around = Surroundings(Folders(tmp_path / "data", tmp_path / "cache"), factory=MockFactory(pin_class=MockPWMPin))
    household = Household(Ear(Settings(port=-1), around))
    running = threading.Thread(target=household.run, daemon=True)
    running.start()
    try:
        until(lambda: "page" in household.daemon.parts and "voice" in household.daemon.parts)
        page = household.daemon.parts["page"]
        assert (page.well, page.says.startswith("It could not be started (")) == (False, True)
        assert household.rooms
        assert household.rooms.timetable
        household.rooms.timetable.look()  # what is not there is not looked at
        beaten = Beaten(household)
        assert [beaten.beat_at_rest() for _ in range(5)] == ["fed"] * 5
        assert household.daemon.parts["button"].well
    finally:
        household.stop()
        running.join(LONG)
    assert not running.is_alive()


def test_whatever_watches_has_a_name_on_the_page() -> None:
    assert {duties.PART, examiner.PART, power.PART, pulse.PART} <= set(NAMES)
