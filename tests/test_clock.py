"""The clock, on real files and on the real kernel."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bedside.devices.clock import Clock, kernel_is_synchronized, local_zone, since_boot

NIGHT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC).timestamp()


class Times:
    """A wall clock and a boot clock that the test sets, in seconds."""

    wall, boot = NIGHT, 1000.0

    def pass_time(self, seconds: float) -> None:
        """Let both go on."""
        self.wall += seconds
        self.boot += seconds


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def make(tmp_path: Path, times: Times) -> Callable[..., Clock]:
    def clock(**parts: object) -> Clock:
        (tmp_path / "boot_id").write_text("127414f0-e1ad\n")
        defaults: dict[str, object] = {
            "synchronized": tmp_path / "synchronized",
            "boot_id": tmp_path / "boot_id",
            "rtc": tmp_path / "rtc",
            "kernel": lambda: False,
            "wall": lambda: times.wall,
            "boottime": lambda: times.boot,
        }
        return Clock(**(defaults | parts))  # type: ignore[arg-type]

    return clock


def battery_clock(tmp_path: Path, number: int = 0, **files: str) -> None:
    folder = tmp_path / "rtc" / f"rtc{number}"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text + "\n")


def test_now_tells_boot_seconds_and_the_local_wall_time_of_the_zone(make: Callable[..., Clock]) -> None:
    now = make(zone=ZoneInfo("Europe/Berlin")).now()
    assert (now.boot, now.since_boot, now.trusted) == ("127414f0-e1ad", 1000.0, False)
    assert now.wall.isoformat() == "2026-11-22T00:30:00+01:00"


def test_now_reads_no_file(make: Callable[..., Clock], tmp_path: Path) -> None:
    clock = make()
    (tmp_path / "boot_id").unlink()
    (tmp_path / "synchronized").touch()
    assert clock.now().boot == "127414f0-e1ad"
    assert not clock.now().trusted  # until it looks


def test_on_this_computer_now_is_aware_and_its_boot_clock_goes_on() -> None:
    clock = Clock()
    first, second = clock.now(), clock.now()
    assert second.since(first) >= 0
    assert abs(first.wall - datetime.now(UTC)) < timedelta(seconds=10)
    assert first.wall.utcoffset() is not None
    assert abs(since_boot() - second.since_boot) < 10


def test_a_clock_nobody_vouches_for_is_not_trusted(make: Callable[..., Clock]) -> None:
    assert not make().look()


def test_the_mark_of_timesyncd_makes_the_clock_trusted(make: Callable[..., Clock], tmp_path: Path) -> None:
    clock = make()
    (tmp_path / "synchronized").touch()
    assert clock.look()
    assert clock.now().trusted


def test_the_kernels_word_makes_the_clock_trusted(make: Callable[..., Clock]) -> None:
    assert make(kernel=lambda: True).now().trusted


def test_the_kernel_can_be_asked_without_privilege() -> None:
    assert kernel_is_synchronized() in (True, False)


def test_once_trusted_the_clock_stays_trusted_for_the_boot(make: Callable[..., Clock], tmp_path: Path) -> None:
    (tmp_path / "synchronized").touch()
    clock = make()
    (tmp_path / "synchronized").unlink()
    assert clock.look()


def test_a_battery_clock_the_kernel_took_its_time_from_makes_the_clock_trusted(
    make: Callable[..., Clock], tmp_path: Path
) -> None:
    battery_clock(tmp_path, 0, hctosys="0")
    assert not make().trusted
    battery_clock(tmp_path, 1, hctosys="1")
    assert make().trusted


def test_a_battery_clock_that_tells_a_year_before_the_program_was_made_is_not_trusted(
    make: Callable[..., Clock], tmp_path: Path, times: Times
) -> None:
    battery_clock(tmp_path, hctosys="1")
    times.wall = datetime(2000, 1, 1, 0, 5, tzinfo=UTC).timestamp()
    assert not make().trusted


def test_a_clock_that_is_set_to_a_year_before_the_program_was_made_is_trusted_no_more(
    make: Callable[..., Clock], tmp_path: Path, times: Times
) -> None:
    (tmp_path / "synchronized").touch()
    clock = make()
    times.wall -= 56 * 365 * 86400
    assert not clock.look()
    assert not clock.now().trusted
    times.wall = NIGHT
    assert clock.now().trusted


# --- a time that a person typed ---

TYPED = datetime(2026, 11, 22, 7, 15, tzinfo=UTC)


def test_a_time_that_was_typed_is_told_from_then_on_whatever_becomes_of_the_systems(
    make: Callable[..., Clock], times: Times
) -> None:
    clock = make()
    clock.set_by_hand(TYPED, times.boot)
    times.pass_time(3600)
    times.wall += 5 * 3600
    now = clock.now()
    assert (now.wall, now.trusted, now.by_hand) == (TYPED + timedelta(hours=1), True, True)
    assert clock.look()


def test_a_time_that_was_typed_is_a_step_that_is_told_once(make: Callable[..., Clock], times: Times) -> None:
    clock = make()
    clock.set_by_hand(TYPED, times.boot)
    assert clock.stepped() == pytest.approx(TYPED.timestamp() - NIGHT)
    times.pass_time(60)
    times.wall += 9
    assert clock.stepped() == pytest.approx(0)


def test_a_start_later_in_the_boot_goes_on_with_what_was_typed_before(make: Callable[..., Clock], times: Times) -> None:
    clock = make()
    clock.set_by_hand(TYPED, times.boot - 600)
    assert clock.now().wall == TYPED + timedelta(minutes=10)


def test_the_systems_word_takes_over_from_what_was_typed_and_that_is_a_step(
    make: Callable[..., Clock], times: Times, tmp_path: Path
) -> None:
    clock = make()
    clock.set_by_hand(TYPED, times.boot)
    clock.stepped()
    (tmp_path / "synchronized").touch()
    assert clock.look()
    now = clock.now()
    assert (now.wall.timestamp(), now.trusted, now.by_hand) == (NIGHT, True, False)
    assert clock.stepped() == pytest.approx(NIGHT - TYPED.timestamp())


def test_nothing_is_typed_over_a_clock_that_the_system_vouches_for(
    make: Callable[..., Clock], times: Times, tmp_path: Path
) -> None:
    (tmp_path / "synchronized").touch()
    clock = make()
    clock.set_by_hand(TYPED, times.boot)
    assert clock.now().wall.timestamp() == NIGHT


@pytest.mark.parametrize(("microvolts", "trusted"), [("0", False), ("1999999", False), ("3027000", True), ("?", True)])
def test_a_pi_5s_clock_is_trusted_only_with_a_battery_in_its_socket(
    make: Callable[..., Clock], tmp_path: Path, microvolts: str, trusted: bool
) -> None:
    battery_clock(tmp_path, hctosys="1", battery_voltage=microvolts)
    assert make().trusted is trusted


def test_without_a_boot_id_every_start_is_a_boot_of_its_own(make: Callable[..., Clock], tmp_path: Path) -> None:
    first, second = make(boot_id=tmp_path / "none"), make(boot_id=tmp_path / "none")
    assert first.now().boot == first.now().boot
    assert first.now().boot != second.now().boot


def test_time_that_passes_is_no_step(make: Callable[..., Clock], times: Times) -> None:
    clock = make()
    times.pass_time(3600)
    assert clock.stepped() == 0


@pytest.mark.parametrize("seconds", [7200.0, -3600.0, 10 * 365 * 86400.0])
def test_a_clock_that_was_set_is_told_once_by_how_much(
    make: Callable[..., Clock], times: Times, seconds: float
) -> None:
    clock = make()
    times.pass_time(60)
    times.wall += seconds
    assert clock.look() is False  # looking takes nothing of the step away
    assert clock.stepped() == pytest.approx(seconds)
    assert clock.stepped() == 0


@pytest.fixture
def zone_of_the_process() -> Iterator[Callable[[str], None]]:
    before = os.environ.get("TZ")
    yield lambda name: os.environ.__setitem__("TZ", name)
    os.environ.pop("TZ") if before is None else os.environ.__setitem__("TZ", before)
    time.tzset()


def test_a_zone_changed_while_it_runs_is_seen_at_the_next_look(
    make: Callable[..., Clock], zone_of_the_process: Callable[[str], None]
) -> None:
    zone_of_the_process("Europe/London")
    clock = make()
    assert clock.now().wall.utcoffset() == timedelta(0)
    zone_of_the_process("Asia/Tokyo")
    clock.look()
    assert clock.now().wall.utcoffset() == timedelta(hours=9)
    assert clock.now().wall.timestamp() == NIGHT


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham"])
def test_now_changes_its_offset_in_the_very_second_in_which_the_zone_does(
    make: Callable[..., Clock], times: Times, zone_of_the_process: Callable[[str], None], name: str
) -> None:
    zone_of_the_process(name)
    clock, zone = make(), ZoneInfo(name)
    hours = [datetime(2026, 1, 1, tzinfo=UTC).timestamp() + 3600 * hour for hour in range(365 * 24)]
    offsets = [datetime.fromtimestamp(hour, zone).utcoffset() for hour in hours]
    changed = [hour for hour, before, after in zip(hours, offsets, offsets[1:], strict=False) if before != after]
    assert len(changed) == 2
    for seconds in (hour + second for hour in changed for second in (0, 1, 1799, 1800, 1801, 3599, 3600, 3601)):
        times.wall = seconds
        assert clock.now().wall.isoformat() == datetime.fromtimestamp(seconds, zone).isoformat()


def test_the_zone_with_its_rules_is_read_anew_each_time(zone_of_the_process: Callable[[str], None]) -> None:
    for name in ("Europe/London", "Asia/Tokyo"):
        zone_of_the_process(name)
        time.tzset()
        assert str(local_zone()) == name


def test_a_zone_that_nobody_knows_is_told_by_the_promised_error(zone_of_the_process: Callable[[str], None]) -> None:
    zone_of_the_process("Nowhere/Land")
    with pytest.raises((LookupError, ValueError, OSError)):
        local_zone()
