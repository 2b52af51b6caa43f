"""The power supply, told from a tree of the kernel's files as a Pi has them."""

from pathlib import Path

import pytest

from bedside.devices.power import PART, RECENT, THROTTLED, PowerSupply


class Pi:
    """The files of a Pi, what is told of them, and a clock that a test turns."""

    def __init__(self, root: Path) -> None:
        self.root, self.now = root, 1000.0
        self.told: list[tuple[str, bool, str]] = []
        self.power = PowerSupply(self._tell, root, lambda: self.now)

    def throttled(self, text: str) -> None:
        path = self.root / THROTTLED
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")

    def alarm(self, text: str, chip: str = "rpi_volt") -> None:
        folder = self.root / "class/hwmon/hwmon1"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "name").write_text(f"{chip}\n")
        (folder / "in0_lcrit_alarm").write_text(f"{text}\n")

    def look(self, after: float = 20.0) -> None:
        self.now += after
        self.power.look()

    def _tell(self, part: str, well: bool, says: str, remedy: str) -> None:
        assert well is not bool(remedy)
        self.told.append((part, well, says))


@pytest.fixture
def pi(tmp_path: Path) -> Pi:
    return Pi(tmp_path)


def test_on_a_machine_that_tells_nothing_of_its_power_nothing_is_said(pi: Pi) -> None:
    pi.look()
    pi.alarm("1", chip="some_other_chip")
    pi.look()
    assert pi.told == []


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ("1", "too weak"), ("10000", "too weak"), ("50005", "too weak"), ("8", "slowed down"), ("4", "slowed down"),
        ("2", "slowed down"), ("80000", "slowed down"),
    ],
)  # fmt: skip
def test_a_weak_supply_or_a_hot_processor_is_told_with_what_to_do(pi: Pi, flags: str, says: str) -> None:
    pi.throttled("0")
    pi.look()
    pi.throttled(flags)
    pi.look()
    pi.look()
    assert [(part, well) for part, well, _ in pi.told] == [(PART, False)]
    assert says in pi.told[0][2]


def test_the_alarm_of_the_kernels_own_driver_is_told_too(pi: Pi) -> None:
    pi.alarm("0")
    pi.look()
    assert pi.told == []
    pi.alarm("1")
    pi.look()
    assert [(part, well) for part, well, _ in pi.told] == [(PART, False)]


def test_a_dip_between_two_looks_is_told_for_an_hour_and_then_gone_though_the_firmware_remembers_it(pi: Pi) -> None:
    pi.throttled("0")
    pi.look()
    pi.throttled("10000")
    pi.look()
    pi.look(after=RECENT - 1)
    assert [well for _, well, _ in pi.told] == [False]
    pi.look(after=1)
    assert [well for _, well, _ in pi.told] == [False, True]


def test_what_the_firmware_remembers_of_weeks_ago_is_not_told_after_a_restart_of_the_program(pi: Pi) -> None:
    pi.throttled("d0000")
    pi.look(after=21 * 86400)
    pi.look()
    assert pi.told == []
    pi.throttled("f0000")
    pi.look()
    pi.throttled("f0001")
    pi.look(after=RECENT)
    assert [(well, "slowed down" in says) for _, well, says in pi.told] == [(False, True), (False, False)]


def test_what_the_firmware_remembers_within_the_first_hour_is_told_until_that_hour_is_over(pi: Pi) -> None:
    pi.throttled("10000")
    pi.look()
    assert [well for _, well, _ in pi.told] == [False]
    pi.look(after=RECENT - pi.now)
    assert [well for _, well, _ in pi.told] == [False, True]


@pytest.mark.parametrize("text", ["", "no number", "0x"])
def test_what_is_no_number_says_nothing(pi: Pi, text: str) -> None:
    pi.throttled(text)
    pi.look()
    assert pi.told == []
