"""Whether the time is known: told once a change, kept of every boot, and what a person typed is gone on with."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bedside.devices.clock import Clock
from bedside.diary.journal import Journal
from bedside.known_time import KnownTime
from bedside.night.effects import Boot, Save
from bedside.night.events import ClockSet, Moment, PartReported
from bedside.night.resume import Kept, what_was_kept
from bedside.night.told import TimeTold

WRONG = datetime(2026, 1, 10, 16, tzinfo=UTC)
TRUE = datetime(2026, 1, 11, 3, tzinfo=UTC)


@dataclass
class Device:
    """One start of the program on a computer whose files and clocks are these."""

    folder: Path
    boot: str = "this boot"
    since: float = 100.0
    wall: datetime = WRONG
    posted: list[object] = field(default_factory=list)
    saved: list[Save] = field(default_factory=list)

    def start(self) -> KnownTime:
        """Once more, with what the journal has."""
        (self.folder / "boot_id").write_text(self.boot)
        self.clock = Clock(
            UTC,
            synchronized=self.folder / "synchronized",
            boot_id=self.folder / "boot_id",
            rtc=self.folder / "rtc",
            kernel=lambda: False,
            wall=self.seconds,
            boottime=lambda: self.since,
        )
        return KnownTime(self.clock, self.posted.append, self.saved.append)

    def seconds(self) -> float:
        """The wall time since 1970."""
        return self.wall.timestamp()

    def told(self, time: datetime) -> TimeTold:
        return TimeTold(self.clock.now(), time, "Anna's phone")

    def boots(self) -> list[tuple[float, bool]]:
        rows = [row for save in self.saved for row in save.rows if isinstance(row, Boot)]
        return [(row.seen.since_boot, row.trusted is not None) for row in rows]

    def says(self) -> list[tuple[bool, str]]:
        return [(one.well, one.says) for one in self.posted if isinstance(one, PartReported)]


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_each_look_tells_a_change_once_and_the_first_trusted_moment_is_kept(device: Device) -> None:
    known = device.start()
    for since in (100, 120, 140):
        device.since = since
        known.look()
    assert device.boots() == [(100, False)]
    (device.folder / "synchronized").touch()
    device.wall = TRUE
    for since in (160, 180):
        device.since = since
        known.look()
    assert device.boots() == [(100, False), (160, True)]
    assert device.says() == [
        (False, "The time is not sure since the power came on; what is kept is marked as about."),
        (True, "The time is known."),
    ]
    (step,) = (one for one in device.posted if isinstance(one, ClockSet))
    assert step.moment == Moment("this boot", 160, TRUE)


def test_a_time_that_is_typed_holds_at_once_and_is_no_trust_of_the_boots(device: Device) -> None:
    known = device.start()
    known.look()
    known.take_word(device.told(TRUE))
    assert device.clock.now() == Moment("this boot", 100, TRUE, trusted=True, by_hand=True)
    assert device.boots() == [(100, False), (100, False)]
    assert device.says()[-1] == (True, "The time is as you typed it.")
    assert isinstance(device.posted[-2], ClockSet)


def test_once_the_system_knows_that_counts_and_is_the_boots_first_trust(device: Device) -> None:
    known = device.start()
    known.take_word(device.told(TRUE + timedelta(hours=1)))
    (device.folder / "synchronized").touch()
    device.wall, device.since = TRUE, 200
    known.look()
    assert device.clock.now() == Moment("this boot", 200, TRUE)
    assert device.boots()[-1] == (200, True)
    assert device.says()[-1] == (True, "The time is known.")


def journaled(device: Device, told: TimeTold) -> Kept:
    journal = Journal(device.folder / "journal")
    journal.append([Save("told", told.moment, (told,))])
    journal.close()
    return journal.kept()


def test_a_start_in_the_same_boot_goes_on_with_what_was_typed(device: Device) -> None:
    device.start()
    kept = journaled(device, device.told(TRUE))
    device.since += 7200
    device.start().go_on(kept.time_told)
    assert device.clock.now() == Moment("this boot", 7300, TRUE + timedelta(hours=2), trusted=True, by_hand=True)


def test_after_a_new_boot_what_was_typed_tells_nothing(device: Device) -> None:
    device.start()
    kept = journaled(device, device.told(TRUE))
    device.boot = "the next boot"
    known = device.start()
    known.go_on(kept.time_told)
    assert not device.clock.now().trusted
    known.keep_anew()
    assert [type(row) for row in device.saved[-1].rows] == [Boot]


def test_after_everything_was_deleted_what_was_typed_is_kept_anew(device: Device) -> None:
    known = device.start()
    told = device.told(TRUE)
    known.take_word(told)
    known.keep_anew()
    assert what_was_kept([device.saved[-1]]).time_told == told


def test_of_two_times_that_were_typed_a_restart_goes_on_with_the_last(device: Device) -> None:
    device.start()
    journaled(device, device.told(TRUE + timedelta(hours=1)))
    device.since += 60
    kept = what_was_kept(
        [*Journal(device.folder / "journal").read(), Save("again", device.clock.now(), (device.told(TRUE),))]
    )
    device.start().go_on(kept.time_told)
    assert device.clock.now().wall == TRUE
