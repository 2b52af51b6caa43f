"""The examiner on a real diary, with a speaker and a night that a test sets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

import pytest

from bedside.diary.soundness import damage
from bedside.diary.store import Diary
from bedside.examiner import AGAIN, ASLEEP, AWAKE, HANGS, PART, SPEAKER_SECONDS, TRIED_AGAIN, Examined, Examiner
from bedside.night.effects import Boot, Meaning, Phase, Press, Save
from bedside.night.events import KEY, SECOND_WIRE, WIRE, HelpNeeded, Moment, PartReported
from bedside.night.state import Down, Line, Night, Room
from bedside.selftest import SELDOM_DAYS

SOON = 60  # seconds that no test waits unless it fails
"""Seconds that no test takes: a bound for what would otherwise wait for ever."""
QUIET = Night(listening=True)
EVENING = Moment("boot", 100_000.0, datetime(2026, 1, 10, 20, tzinfo=UTC))


def press(moment: Moment) -> Press:
    return Press("one", moment, Phase.QUIET, Meaning.BEGAN)


@dataclass
class Bed:
    """A bedside, every fact of which a test can set."""

    folder: Path
    now: Moment = EVENING
    night: Night = QUIET
    armed: dict[str, bool] = field(default_factory=lambda: {WIRE: True})
    sound: str | None = ""
    posted: SimpleQueue[object] = field(default_factory=SimpleQueue)
    damaged: list[str] = field(default_factory=list)
    tried: int = 0
    parts: dict[str, PartReported] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path = self.folder / "diary.db"
        self.examined = Examined(
            lambda: self.now,
            lambda: self.night,
            lambda: self.armed,
            self.path,
            self.damaged.append,
            self._try,
            lambda: self.parts,
        )
        self.try_speaker_by(self._try, 0.05)

    def try_speaker_by(
        self, attempt: Callable[[Callable[[str], object]], object], seconds: float = SPEAKER_SECONDS
    ) -> None:
        """Examine anew, and try the speaker so."""
        examined = replace(self.examined, try_speaker=attempt)
        self.examiner = Examiner(examined, self.posted.put, lambda: (None,) * 7, lambda: UTC, speaker_seconds=seconds)

    def keep(self, *rows: Press | Boot) -> None:
        with closing(Diary(self.path)) as diary:
            diary.apply([Save(f"{self.now.since_boot}", self.now, rows)])

    def pass_time(self, seconds: float) -> None:
        """Of a long time nothing is looked at but its end."""
        if seconds > ASLEEP:
            self.sleep(seconds - AWAKE)
            self.examiner.look()
            seconds = AWAKE
        self.sleep(seconds)

    def sleep(self, seconds: float) -> None:
        self.now = self.now.at(self.now.since_boot + seconds)

    def look(self) -> None:
        """Look, and wait for the test that this began."""
        self.examiner.look()
        for thread in threading.enumerate():
            if thread.name == "self-test":
                thread.join(SOON)

    def told(self) -> list[object]:
        found = []
        while not self.posted.empty():
            found.append(self.posted.get())
        return found

    def report(self) -> PartReported:
        """The only thing told."""
        (report,) = self.told()
        assert isinstance(report, PartReported)
        assert report.part == PART
        return report

    def _try(self, tried: Callable[[str], object]) -> None:
        self.tried += 1
        if self.sound is not None:
            tried(self.sound)


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Bed]:
    bed = Bed(tmp_path)
    bed.keep(press(EVENING))
    yield bed
    bed.look()


def test_in_the_evening_all_is_tested_once_and_told(bed: Bed) -> None:
    bed.look()
    assert bed.report().well
    bed.pass_time(60)
    bed.look()
    assert bed.told() == []
    bed.pass_time(86400)
    bed.look()
    assert bed.report().well
    assert bed.tried == 2


def test_outside_the_evening_nothing_is_tested(bed: Bed) -> None:
    bed.pass_time(-60)
    bed.look()
    assert bed.told() == []
    bed.pass_time(60)
    bed.look()
    bed.told()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda bed: setattr(bed, "armed", {WIRE: False}), "The button would not be heard."),
        (lambda bed: setattr(bed, "night", Night(listening=False)), "The button would not be heard."),
        (lambda bed: setattr(bed, "night", Night(listening=True, line=Line.STUCK)), "The button would not be heard."),
    ],
)
def test_a_button_that_would_not_be_heard_is_told_spoken_once_and_gone_within_a_minute_of_its_end(
    bed: Bed, change: Callable[[Bed], None], words: str
) -> None:
    change(bed)
    bed.look()
    report, said = bed.told()
    assert isinstance(report, PartReported)
    assert (report.well, words in report.says) == (False, True)
    assert isinstance(said, HelpNeeded)
    bed.pass_time(AGAIN)
    bed.look()
    assert not bed.report().well  # and nothing is spoken again
    bed.armed, bed.night = {WIRE: True}, QUIET
    bed.pass_time(AGAIN)
    bed.look()
    assert bed.report().well
    assert bed.tried == 1


def test_a_speaker_that_does_not_play_is_shown_and_not_spoken_and_tried_again_after_a_while(bed: Bed) -> None:
    bed.sound = "No sound card was found."
    bed.look()
    assert "No sound card was found." in bed.report().says
    bed.sound = ""
    bed.pass_time(AGAIN)
    bed.look()
    assert not bed.report().well
    bed.pass_time(TRIED_AGAIN - AGAIN)
    bed.look()
    assert bed.report().well
    assert bed.tried == 2


def test_a_speaker_that_was_hushed_for_what_comes_first_is_no_finding(bed: Bed) -> None:
    bed.sound = None
    bed.look()
    assert bed.report().well


def test_a_thermometer_that_fell_silent_is_told_with_the_age_of_its_last_reading(bed: Bed) -> None:
    bed.night = Night(listening=True, room=Room(bed.now.at(bed.now.since_boot - 3600), 18.5))
    bed.look()
    assert "60 minutes" in bed.report().says


def test_a_temperature_that_grew_old_while_the_device_slept_waits_for_the_next_one(bed: Bed) -> None:
    bed.pass_time(-3600)
    bed.night = Night(listening=True, room=Room(bed.now, 18.5))
    bed.look()
    bed.sleep(3600)
    bed.look()
    bed.sleep(AGAIN)
    bed.look()
    assert bed.told() == []
    bed.night = Night(listening=True, room=Room(bed.now, 18.5))
    bed.sleep(AGAIN)
    bed.look()
    assert bed.report().well


def test_a_device_that_slept_in_the_midst_of_a_test_calls_no_temperature_old(bed: Bed) -> None:
    bed.night = Night(listening=True, room=Room(bed.now, 18.5))
    well = bed._try

    def sleeps(tried: Callable[[str], object]) -> None:
        bed.sleep(3600)
        well(tried)

    bed.examiner = Examiner(replace(bed.examined, try_speaker=sleeps), bed.posted.put, lambda: (None,) * 7, lambda: UTC)
    bed.look()
    assert bed.report().well


THREE = {WIRE: True, SECOND_WIRE: True, KEY: True}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda bed: setattr(bed, "armed", THREE | {KEY: False}), "The remote or key would not be heard."),
        (
            lambda bed: setattr(bed, "night", Night(listening=True, button=SECOND_WIRE, line=Line.STUCK)),
            "The second button would not be heard.",
        ),
        (
            lambda bed: setattr(bed, "night", replace(QUIET, others=(Down(WIRE, EVENING, stuck=True),))),
            "The button would not be heard.",
        ),
        (
            lambda bed: bed.parts.update({KEY: PartReported(EVENING, KEY, False, "It is not connected.")}),
            "The remote or key would not be heard.",
        ),
    ],
)
def test_of_several_buttons_the_one_that_would_not_be_heard_is_named(
    bed: Bed, change: Callable[[Bed], None], words: str
) -> None:
    bed.armed = THREE
    change(bed)
    bed.look()
    report, said = bed.told()
    assert isinstance(report, PartReported)
    assert (report.well, report.says) == (False, words)
    assert isinstance(said, HelpNeeded)
    bed.armed, bed.night, bed.parts = THREE, QUIET, {}
    bed.pass_time(60)
    bed.look()
    assert bed.report().well


def test_while_no_press_is_written_down_nobody_is_told_how_long_none_was_heard(bed: Bed) -> None:
    bed.pass_time(SELDOM_DAYS * 86400)
    bed.parts["diary"] = PartReported(bed.now, "diary", False, "The card is full.")
    bed.look()
    assert bed.report().well
    bed.parts["diary"] = PartReported(bed.now, "diary", True, "Every press is written down.")
    bed.pass_time(86400)
    bed.look()
    assert "31 days" in bed.report().says


def test_a_time_that_is_not_sure_is_told(bed: Bed) -> None:
    bed.now = replace(bed.now, trusted=False)
    bed.look()
    assert "time is not sure" in bed.report().says


def test_a_button_that_nobody_pressed_for_a_month_is_to_be_tried_and_a_press_ends_that(bed: Bed) -> None:
    bed.pass_time(SELDOM_DAYS * 86400)
    bed.look()
    report = bed.report()
    assert "30 days" in report.says
    assert "Try the button" in report.remedy
    bed.keep(replace(press(bed.now), id="two"))
    bed.pass_time(AGAIN)
    bed.look()
    assert bed.report().well


def test_a_button_that_never_closed_is_to_be_tried_a_month_after_the_device_came(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    bed.keep(Boot("boot", EVENING, EVENING))
    bed.look()
    assert bed.report().well
    bed.pass_time(SELDOM_DAYS * 86400)
    bed.look()
    assert "30 days" in bed.report().says


def test_a_damaged_diary_is_told_spoken_and_given_to_the_writer_to_mend(bed: Bed) -> None:
    assert damage(bed.path) == ""
    with bed.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096)
    bed.look()
    report, said = bed.told()
    assert isinstance(report, PartReported)
    assert "The diary is damaged" in report.says
    assert isinstance(said, HelpNeeded)
    assert len(bed.damaged) == 1
    bed.path.unlink()
    bed.keep(press(EVENING))  # the writer put it back
    bed.pass_time(TRIED_AGAIN)
    bed.look()
    assert bed.report().well


def test_a_diary_that_is_not_there_held_or_too_slow_to_check_is_not_called_damaged(bed: Bed, tmp_path: Path) -> None:
    assert damage(tmp_path / "none.db") is None
    assert damage(tmp_path) is None
    assert damage(bed.path, patience=-1.0) in (None, "")  # a diary of two rows is checked within one look at the time


def test_a_self_test_that_hangs_is_told_once_and_the_next_evening_tests_anew(bed: Bed) -> None:
    release = threading.Event()
    bed.try_speaker_by(lambda _: release.wait(60), 0.0)
    bed.examiner.look()
    bed.sleep(3600)
    for _ in range(int(HANGS / AGAIN) + 1):  # the hour that the device slept is none in which the test came to no end
        bed.examiner.look()
        assert bed.told() == []
        bed.pass_time(AGAIN)
    bed.examiner.look()
    bed.examiner.look()
    assert "not come to an end" in bed.report().says
    release.set()
    for thread in threading.enumerate():
        if thread.name == "self-test":
            thread.join(SOON)
    assert bed.report().well


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_self_test_that_breaks_off_is_done_again_in_a_minute(bed: Bed) -> None:
    bed.armed = {WIRE: False}
    faults = [MemoryError()]
    well = bed._try

    def breaks_off(tried: Callable[[str], object]) -> None:
        if faults:
            raise faults.pop()
        well(tried)

    bed.try_speaker_by(breaks_off)
    bed.look()
    assert bed.told() == []
    bed.pass_time(AGAIN)
    bed.look()
    report, said = bed.told()
    assert isinstance(report, PartReported)
    assert not report.well
    assert isinstance(said, HelpNeeded)
    assert bed.tried == 1


def test_a_speaker_that_is_well_is_tried_in_the_evening_alone(bed: Bed) -> None:
    bed.armed = {WIRE: False}
    for _ in range(120):
        bed.look()
        bed.pass_time(AGAIN)
    assert bed.tried == 1
    bed.told()
