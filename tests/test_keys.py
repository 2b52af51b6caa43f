"""The key: an input device's edges over real fifos, with a kernel of our own behind them, and a real one."""

import errno
import os
import resource
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from bedside.devices import inputs
from bedside.devices.button import ButtonUnavailable
from bedside.devices.clock import Clock
from bedside.devices.inputs import EVENT, GRAB, KEYS_DOWN, STAMP_BY, InputDevice, Inputs, Listed
from bedside.devices.keys import Key
from bedside.night.events import KEY, LineChanged, LineRead, Moment, PartReported
from tests.inputs import ENTER, REMOTE, REPEAT, VOLUME_UP, Kernel

SOON = 60  # seconds that no test waits unless it fails
"""Seconds that no test takes: a bound for what would otherwise wait for ever."""
MSC = 4


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path)


class Bed:
    """A key, and what it posted."""

    def __init__(self, kernel: Kernel, moment: Moment, name: str = REMOTE) -> None:
        self.inbox: SimpleQueue[object] = SimpleQueue()
        self.key = Key(name, self.inbox.put, lambda: moment, kernel.inputs)

    def next(self) -> object:
        """The next thing posted."""
        return self.inbox.get(timeout=SOON)

    def report(self) -> PartReported:
        """The next thing posted, which is about the key itself."""
        report = self.next()
        assert isinstance(report, PartReported)
        assert report.part == KEY
        return report

    def arm(self) -> PartReported:
        self.key.arm()
        return self.report()


@pytest.fixture
def bed(kernel: Kernel, moment: Moment) -> Iterator[Bed]:
    bed = Bed(kernel, moment)
    yield bed
    bed.key.close()


def edge(moment: Moment, down: bool, since_boot: float | None = None) -> LineChanged:
    return LineChanged(moment if since_boot is None else moment.at(since_boot), down, KEY)


# --- what it tells ---


def test_an_event_is_24_bytes_where_a_long_is_8() -> None:
    assert EVENT.size == 2 * struct.calcsize("l") + 8


def test_a_press_and_its_release_are_posted_as_raw_edges_dated_by_the_kernels_stamps(
    kernel: Kernel, bed: Bed, moment: Moment
) -> None:
    remote = kernel.plug()
    assert bed.arm() == PartReported(moment, KEY, True, "The button Shutter 3 is heard.")
    remote.press(999.5)
    assert [bed.next(), bed.next()] == [edge(moment, True, 999.5), edge(moment, False, 999.6)]


def test_an_edge_that_is_told_late_has_its_own_moment_and_none_is_of_a_time_to_come(
    kernel: Kernel, bed: Bed, moment: Moment
) -> None:
    remote = kernel.plug()
    bed.arm()
    remote.press(940.0)
    remote.press(1000.05)
    late = [edge(moment, True, 940.0), edge(moment, False, 940.1)]
    assert [bed.next() for _ in range(4)] == [*late, edge(moment, True), edge(moment, False)]


def test_where_the_kernel_stamps_by_another_clock_an_edge_is_now(kernel: Kernel, bed: Bed, moment: Moment) -> None:
    kernel.refuses[STAMP_BY] = errno.EINVAL
    remote = kernel.plug()
    bed.arm()
    remote.press(999.5)
    assert [bed.next(), bed.next()] == [edge(moment, True), edge(moment, False)]


def test_every_edge_of_a_bouncing_key_is_posted_and_none_is_filtered_here(kernel: Kernel, bed: Bed) -> None:
    remote = kernel.plug()
    bed.arm()
    for _ in range(200):
        remote.press()
    assert [getattr(bed.next(), "down", None) for _ in range(400)] == [True, False] * 200


def test_repeats_and_what_is_no_key_mean_nothing(kernel: Kernel, bed: Bed, moment: Moment) -> None:
    remote = kernel.plug()
    bed.arm()
    remote.tell(ENTER, inputs.DOWN)
    remote.tell(ENTER, REPEAT)
    remote.tell(4, 458792, kind=MSC)
    remote.tell(0, 0, kind=inputs.SYN)
    remote.tell(ENTER, inputs.UP)
    remote.press()
    assert [bed.next() for _ in range(4)] == [edge(moment, True), edge(moment, False)] * 2


def test_of_several_keys_the_button_is_down_while_any_is(kernel: Kernel, bed: Bed, moment: Moment) -> None:
    remote = kernel.plug()
    bed.arm()
    for code, value in ((ENTER, 1), (VOLUME_UP, 1), (ENTER, 0), (VOLUME_UP, 0)):
        remote.tell(code, value)
    assert [bed.next(), bed.next()] == [edge(moment, True), edge(moment, False)]
    assert bed.inbox.empty()


def test_a_level_read_drops_no_edge_that_waits_to_be_read(kernel: Kernel) -> None:
    """Asked through the file that the edges come through, the kernel drops them."""
    remote = kernel.plug()
    device = InputDevice(remote.path, kernel.inputs.ioctl)
    remote.tell(ENTER, inputs.DOWN)
    assert device.down() == {ENTER}
    assert [event.value for event in device.read()] == [inputs.DOWN]
    assert device.read() == []
    device.close()


def test_a_key_that_is_down_already_is_told_by_read_and_its_release_comes(
    kernel: Kernel, bed: Bed, moment: Moment
) -> None:
    remote = kernel.plug()
    remote.down.add(ENTER)
    bed.arm()
    bed.key.read()
    assert bed.next() == LineRead(moment, True, KEY)
    remote.tell(ENTER, inputs.UP)
    assert bed.next() == edge(moment, False)
    bed.key.read()
    assert bed.next() == LineRead(moment, False, KEY)


def test_where_more_came_than_the_kernel_keeps_the_level_is_read_anew(kernel: Kernel, bed: Bed, moment: Moment) -> None:
    remote = kernel.plug()
    bed.arm()
    remote.tell(ENTER, inputs.DOWN)
    remote.down.clear()  # its release is among what was dropped
    remote.drop()
    assert [bed.next(), bed.next()] == [edge(moment, True), LineRead(moment, False, KEY)]
    remote.press()
    assert [bed.next(), bed.next()] == [edge(moment, True), edge(moment, False)]


# --- there, away and back ---


def test_a_remote_that_goes_is_told_once_and_heard_again_when_it_is_back_under_another_number(
    kernel: Kernel, bed: Bed, moment: Moment
) -> None:
    remote = kernel.plug()
    bed.arm()
    remote.tell(ENTER, inputs.DOWN)
    assert bed.next() == edge(moment, True)
    kernel.unplug(remote)
    gone = bed.report()
    assert (gone.well, gone.says) == (False, "The button Shutter 3 is not connected.")
    assert "found by itself" in gone.remedy
    bed.key.read()  # nothing is known of it
    other = kernel.plug("Some keyboard", 0)
    remote = kernel.plug(number=11)
    assert bed.report().well
    assert (remote.held, other.held) == (True, False)
    remote.press()
    assert [bed.next(), bed.next()] == [edge(moment, True), edge(moment, False)]


def test_a_remote_that_is_not_there_yet_is_heard_once_it_comes_whatever_the_case_of_its_name(
    kernel: Kernel, moment: Moment
) -> None:
    bed = Bed(kernel, moment, " shutter 3 ")
    assert not bed.arm().well
    assert bed.key.armed
    remote = kernel.plug(f"{REMOTE} ", 7)
    assert bed.report().well
    remote.press()
    assert bed.next() == edge(moment, True)
    bed.key.close()


def test_a_remote_that_stays_away_is_told_once(kernel: Kernel, moment: Moment) -> None:
    looks, inbox = SimpleQueue[str](), SimpleQueue[object]()

    class Asked(Inputs):
        def find(self, name: str) -> Listed | None:
            looks.put(name)
            return super().find(name)

    key = Key(REMOTE, inbox.put, lambda: moment, Asked(kernel.inputs.sys, kernel.inputs.dev))
    key.arm()
    for _ in range(3):  # what the first two came to is posted by then
        looks.get(timeout=SOON)
    assert inbox.qsize() == 1
    key.close()


def test_of_two_devices_of_one_name_the_one_with_keys_is_taken(kernel: Kernel, bed: Bed) -> None:
    without, remote = kernel.plug(keys="0"), kernel.plug(number=1)
    assert bed.arm().well
    assert (without.held, remote.held) == (False, True)


def test_a_part_of_a_name_is_no_name(kernel: Kernel, bed: Bed) -> None:
    kernel.plug("Shutter 3 Mouse")
    assert not bed.arm().well


def test_a_remote_that_another_program_holds_is_told_and_heard_once_it_is_free(
    kernel: Kernel, bed: Bed, moment: Moment
) -> None:
    remote = kernel.plug()
    other = InputDevice(remote.path, kernel.inputs.ioctl)
    report = bed.arm()
    assert report.says == "The button Shutter 3 is held by another program, which alone hears it."
    assert "fuser" in report.remedy
    other.close()
    assert bed.report().well
    remote.press()
    assert bed.next() == edge(moment, True)


@pytest.mark.parametrize(
    ("number", "says", "remedy"),
    [
        (errno.EACCES, "The button Shutter 3 may not be used by this user.", "group input"),
        (errno.EIO, "The button Shutter 3 does not work ([Errno 5] Input/output error).", "connect it again"),
    ],
)
def test_a_remote_that_cannot_be_opened_says_why_and_leaves_no_file_open(
    kernel: Kernel, bed: Bed, number: int, says: str, remedy: str
) -> None:
    remote = kernel.plug()
    kernel.refuses[GRAB] = number
    report = bed.arm()
    assert (report.well, report.says) == (False, says)
    assert remedy in report.remedy
    kernel.refuses = {KEYS_DOWN: errno.EPIPE}  # opened it can be, and not read
    assert "Broken pipe" in bed.report().says
    assert not bed_files(remote.path)


def bed_files(path: Path) -> list[str]:
    """The files of this process that are the device, but for the test's own."""
    links = [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [link for link in links if link == str(path)][1:]


def threads() -> int:
    """How many keys' threads there are."""
    return sum(thread.name == KEY for thread in threading.enumerate())


def test_a_level_that_cannot_be_read_any_more_has_the_remote_let_go_and_looked_for_anew(
    kernel: Kernel, bed: Bed
) -> None:
    kernel.plug()
    bed.arm()
    kernel.refuses[KEYS_DOWN] = errno.ENODEV
    bed.key.read()
    assert bed.report().says == "The button Shutter 3 is not connected."
    kernel.refuses.clear()
    assert bed.report().well


# --- its thread ---


def test_an_exception_in_its_thread_leaves_the_key_heard_and_is_counted(kernel: Kernel, moment: Moment) -> None:
    faults, posted = [RuntimeError("no room")], SimpleQueue[object]()

    def post(item: object) -> None:
        if isinstance(item, LineChanged) and faults:
            raise faults.pop()
        posted.put(item)

    remote = kernel.plug()
    key = Key(REMOTE, post, lambda: moment, kernel.inputs)
    key.arm()
    assert isinstance(posted.get(timeout=SOON), PartReported)
    remote.press()
    assert posted.get(timeout=SOON) == edge(moment, False)
    assert (key.failures, key.last_failure, key.alive()) == (1, "RuntimeError('no room')", True)
    key.close()


def test_a_thread_that_hangs_is_seen_to_be_at_one_piece_of_work_until_it_comes_on(
    kernel: Kernel, moment: Moment
) -> None:
    hangs, release, posted = threading.Event(), threading.Event(), SimpleQueue[object]()

    def post(item: object) -> None:
        if isinstance(item, LineChanged) and item.down:
            hangs.set()
            release.wait(SOON)
        posted.put(item)

    remote = kernel.plug()
    key = Key(REMOTE, post, lambda: moment, kernel.inputs)
    key.arm()
    posted.get(timeout=SOON)
    remote.press()
    assert hangs.wait(SOON)
    assert key.alive()
    assert key.at_work() is not None
    assert key.at_work() == key.at_work()
    release.set()
    assert [posted.get(timeout=SOON), posted.get(timeout=SOON)] == [edge(moment, True), edge(moment, False)]
    waiting = threading.Event()
    for _ in range(SOON * 100):
        if key.at_work() is None:
            break
        waiting.wait(0.01)
    assert key.at_work() is None
    key.close()


def test_after_close_nothing_is_posted_the_device_is_free_and_it_can_be_armed_again(
    kernel: Kernel, bed: Bed, moment: Moment
) -> None:
    remote = kernel.plug()
    bed.arm()
    bed.key.arm()  # already is: nothing
    assert threads() == 1
    bed.key.close()
    bed.key.close()
    assert (remote.held, bed_files(remote.path), threads()) == (False, [], 0)
    bed.key.read()
    assert bed.inbox.empty()
    assert (bed.key.armed, bed.key.alive()) == (False, True)
    assert bed.arm().well
    remote.press()
    assert bed.next() == edge(moment, True)


def test_where_no_file_is_left_for_it_that_is_told_and_it_is_armed_as_soon_as_there_is_one(
    kernel: Kernel, bed: Bed
) -> None:
    kernel.plug()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(ButtonUnavailable, match="The button Shutter 3 cannot be listened to"):
            bed.key.arm()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert not bed.key.armed
    assert bed.arm().well


# --- what there is ---


def test_a_pis_own_devices_and_those_without_keys_are_no_candidates(kernel: Kernel) -> None:
    kernel.plug("vc4-hdmi-0", 0)
    kernel.plug("vc4-hdmi-0 HDMI Jack", 1, keys="0")
    kernel.plug("pwr_button", 2)
    kernel.plug("Mouse without keys", 10, keys="0 0")
    kernel.plug("button@11", 9)
    listed = kernel.inputs.listed()
    assert [one.path.name for one in listed] == ["event0", "event1", "event2", "event9", "event10"]
    assert [one.name for one in listed if one.candidate] == ["button@11"]


def test_a_computer_without_input_devices_has_none(tmp_path: Path) -> None:
    assert Inputs(tmp_path, tmp_path).listed() == []
    assert Inputs(tmp_path, tmp_path).find("any") is None


if os.access("/dev/uinput", os.W_OK):  # nothing may be skipped: where there is none, there is no such test

    def test_a_real_device_of_the_kernel_is_heard_read_and_told_to_be_gone() -> None:
        name = f"bedside test {os.getpid()}"

        def keyboard(*words: str) -> None:
            script = Path(__file__).parent / "pi/keyboard.py"
            subprocess.run([sys.executable, script, name, *words], check=True, stdout=subprocess.DEVNULL, timeout=60)

        inbox = SimpleQueue[object]()
        key = Key(name, inbox.put, Clock().now)
        keyboard("here")
        try:
            key.arm()
            report = inbox.get(timeout=SOON)
            while isinstance(report, PartReported) and not report.well:  # its file is there, and not yet its rights
                report = inbox.get(timeout=SOON)
            keyboard("press", "50")
            down, up = inbox.get(timeout=SOON), inbox.get(timeout=SOON)
            assert isinstance(down, LineChanged)
            assert isinstance(up, LineChanged)
            assert (down.down, up.down) == (True, False)
            assert 0.04 < up.moment.since_boot - down.moment.since_boot < SOON
            keyboard("down")
            inbox.get(timeout=SOON)
            key.read()
            read = inbox.get(timeout=SOON)
            assert isinstance(read, LineRead)
            assert read.down
        finally:
            keyboard("gone")
        while not isinstance(gone := inbox.get(timeout=SOON), PartReported):
            pass
        assert not gone.well
        key.close()
