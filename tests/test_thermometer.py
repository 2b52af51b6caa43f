"""The thermometer, on trees of real files like the kernel's."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from bedside.devices.sampler import STUCK, Sampler
from bedside.devices.thermometer import Sensor, SensorFailed, Thermometer, find
from bedside.night.events import Moment, PartReported, TemperatureRead

LONG = 60.0  # seconds that no test waits unless it fails


class Tree:
    """A /sys with what is plugged in."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def device(self, bus: str, address: str) -> Path:
        """A device's folder, which knows its bus as the kernel's do: by a link."""
        device = self.root / "devices" / bus / address
        device.mkdir(parents=True, exist_ok=True)
        (self.root / "bus" / bus).mkdir(parents=True, exist_ok=True)
        if not (device / "subsystem").is_symlink():
            (device / "subsystem").symlink_to(self.root / "bus" / bus)
        return device

    def hwmon(self, number: int, name: str, device: Path | None, **files: str) -> Path:
        """A node of class hwmon, linked from its device."""
        node = (device or self.root / "devices/virtual/thermal") / "hwmon" / f"hwmon{number}"
        self.put(node, name=name, **(files or {"temp1_input": "21500"}))
        if device:
            (node / "device").symlink_to(device)
        self.link("class/hwmon", node)
        return node

    def iio(self, number: int, name: str, device: Path, **files: str) -> Path:
        """An iio device below `device`."""
        node = device / f"iio:device{number}"
        self.put(node, name=name, **files)
        self.link("bus/iio/devices", node)
        return node

    def probe(self, text: str = "20125", address: str = "28-0316a2795cff") -> Path:
        """A DS18B20 on 1-Wire with its own file only."""
        device = self.device("w1", address)
        self.put(device, temperature=text)
        self.link("bus/w1/devices", device)
        return device

    def put(self, folder: Path, **files: str) -> None:
        """Files as the kernel writes them, each with its line's end."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(f"{text}\n" if text else "")

    def link(self, place: str, node: Path) -> None:
        """The kernel's link to `node`."""
        (self.root / place).mkdir(parents=True, exist_ok=True)
        (self.root / place / node.name).symlink_to(node)

    def unplug(self, number: int) -> None:
        """Take hwmon `number` away."""
        (self.root / f"class/hwmon/hwmon{number}").unlink()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def names(tree: Tree) -> list[str]:
    return [sensor.name for sensor in find(tree.root)]


def failure_of(thermometer: Thermometer) -> SensorFailed:
    with pytest.raises(SensorFailed) as caught:
        thermometer.read()
    return caught.value


def test_an_i2c_sensor_is_read_through_hwmon_in_degrees_with_its_offset(tree: Tree) -> None:
    tree.hwmon(3, "tmp105", tree.device("i2c", "1-0048"), temp1_input="21562")
    assert names(tree) == ["tmp105 1-0048"]
    assert Thermometer(tree.root, None, -3.5).read() == pytest.approx(18.062)


def test_a_bme280_is_read_through_iio(tree: Tree) -> None:
    tree.iio(0, "bme280", tree.device("i2c", "1-0076"), in_temp_input="19870")
    assert names(tree) == ["bme280 1-0076"]
    assert Thermometer(tree.root).read() == pytest.approx(19.87)


def test_a_raw_iio_value_is_offset_and_scaled(tree: Tree) -> None:
    device = tree.device("i2c", "1-0040")
    tree.iio(0, "hdc1000", device, in_temp_raw="25400", in_temp_offset="-15887.515151", in_temp_scale="2.517700195")
    assert Thermometer(tree.root).read() == pytest.approx(23.95, abs=0.01)


def test_a_dht22_on_its_pin_is_found_although_it_sits_on_no_bus(tree: Tree) -> None:
    tree.iio(0, "dht11@4", tree.device("platform", "dht11@4"), in_temp_input="22100")
    assert Thermometer(tree.root).read() == pytest.approx(22.1)


def test_a_ds18b20_is_read_from_its_own_file_where_it_has_no_hwmon(tree: Tree) -> None:
    tree.probe("-1250")
    assert Thermometer(tree.root).read() == pytest.approx(-1.25)


def test_a_ds18b20s_hwmon_node_is_preferred_to_its_own_file_which_reads_empty_on_errors(tree: Tree) -> None:
    device = tree.probe("")
    node = tree.hwmon(2, "w1_slave_temp", device, temp1_input="20125")
    (sensor,) = find(tree.root)
    assert sensor == Sensor("hwmon", "28-0316a2795cff", device, tree.root / "class/hwmon" / node.name / "temp1_input")
    assert Thermometer(tree.root).read() == pytest.approx(20.125)


def test_further_channels_of_a_chip_are_sensors_of_their_own(tree: Tree) -> None:
    tree.hwmon(0, "tmp421", tree.device("i2c", "1-004c"), temp1_input="30000", temp2_input="19000")
    assert names(tree) == ["tmp421 1-004c", "tmp421 1-004c temp2"]
    assert Thermometer(tree.root, "temp2").read() == pytest.approx(19)


def test_the_processors_sensor_and_the_boards_are_never_a_rooms(tree: Tree) -> None:
    tree.hwmon(0, "cpu_thermal", None)
    tree.hwmon(1, "rp1_adc", tree.device("platform", "1f000c8000.adc"))
    tree.hwmon(2, "coretemp", tree.device("platform", "coretemp.0"))
    tree.hwmon(3, "k10temp", tree.device("pci", "0000:00:18.3"))
    tree.hwmon(4, "nvme", tree.device("nvme", "nvme0"))
    tree.hwmon(5, "iwlwifi_1", tree.device("ieee80211", "phy0"))
    tree.hwmon(6, "drivetemp", tree.device("scsi", "0:0:0:0"))
    tree.hwmon(7, "bq27441_0", tree.device("power_supply", "bq27441-0"))
    assert find(tree.root) == []


def test_a_chip_on_i2c_that_measures_itself_or_the_board_is_left_out(tree: Tree) -> None:
    clock = tree.device("i2c", "1-0068")
    (clock / "rtc/rtc0").mkdir(parents=True)
    tree.hwmon(0, "ds3231", clock)
    tree.hwmon(1, "emc2101", tree.device("i2c", "1-004c"), temp1_input="40000", fan1_input="1200")
    tree.hwmon(2, "ina238", tree.device("i2c", "1-0045"), temp1_input="35000", in1_input="5020", curr1_input="800")
    tree.iio(0, "mpu6050", tree.device("i2c", "1-0069"), in_temp_raw="100", in_accel_x_raw="3")
    assert find(tree.root) == []


def test_only_the_processors_sensor_says_that_none_is_found_and_which_line_is_missing(tree: Tree) -> None:
    tree.hwmon(0, "cpu_thermal", None, temp1_input="48000")
    failure = failure_of(Thermometer(tree.root))
    assert failure.says == "No thermometer is found."
    assert "dtoverlay=w1-gpio" in failure.remedy
    assert "dtoverlay=i2c-sensor" in failure.remedy
    assert "/boot/firmware/config.txt" in failure.remedy


def test_of_several_the_one_on_a_cable_comes_first_and_the_order_is_the_same_in_every_boot(tmp_path: Path) -> None:
    orders = []
    for boot, (first, second) in enumerate([(0, 1), (1, 0)]):
        tree = Tree(tmp_path / str(boot))
        tree.hwmon(first, "sht4x", tree.device("i2c", "1-0044"))
        tree.hwmon(second, "lm75", tree.device("i2c", "1-0048"))
        tree.probe()
        orders.append(names(tree))
    assert orders == [["28-0316a2795cff", "lm75 1-0048", "sht4x 1-0044"]] * 2


@pytest.mark.parametrize("wanted", ["sht4x 1-0044", "sht4x", "1-0044"])
def test_a_sensor_is_chosen_by_its_name_or_a_word_of_it(tree: Tree, wanted: str) -> None:
    tree.hwmon(0, "sht4x", tree.device("i2c", "1-0044"), temp1_input="17000")
    tree.probe("25000")
    assert Thermometer(tree.root, wanted).read() == pytest.approx(17)


def test_a_chosen_sensor_that_is_absent_is_not_replaced_by_another(tree: Tree) -> None:
    tree.probe()
    failure = failure_of(Thermometer(tree.root, "sht4x"))
    assert failure.says == "The thermometer sht4x is not found."
    assert "28-0316a2795cff" in failure.remedy


def test_a_sensor_whose_number_became_another_chips_is_found_under_its_new_one(tree: Tree) -> None:
    device = tree.device("i2c", "1-0048")
    tree.hwmon(3, "tmp105", device, temp1_input="21000")
    thermometer = Thermometer(tree.root)
    assert thermometer.read() == 21
    tree.unplug(3)
    (tree.root / "devices/i2c/1-0048/hwmon/hwmon3/temp1_input").unlink()
    tree.hwmon(3, "cpu_thermal", None, temp1_input="48000")
    tree.hwmon(5, "tmp105", device, temp1_input="20500")
    assert thermometer.read() == 20.5


def test_a_sensor_unplugged_and_back_is_read_again(tree: Tree) -> None:
    node = tree.hwmon(3, "tmp105", tree.device("i2c", "1-0048"))
    thermometer = Thermometer(tree.root)
    tree.unplug(3)
    assert "No thermometer" in failure_of(thermometer).says
    tree.link("class/hwmon", node)
    assert thermometer.read() == 21.5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The thermometer's answer is empty."),
        ("warm", "The thermometer tells something that is no number."),
        ("nan", "The thermometer tells something that is no number."),
        ("85000", "The thermometer tells the value it shows when its power was lost."),
        ("127937", "The thermometer tells the value it shows when its power was lost."),
        ("127940", "The thermometer tells the value it shows when its power was lost."),
        ("60001", "The thermometer tells a temperature that no bedroom has."),
        ("-40001", "The thermometer tells a temperature that no bedroom has."),
    ],
)
def test_a_value_that_cannot_be_the_rooms_is_refused_with_a_remedy(tree: Tree, text: str, says: str) -> None:
    tree.probe(text)
    failure = failure_of(Thermometer(tree.root))
    assert failure.says == says
    assert failure.remedy


def test_bytes_that_are_no_text_are_no_number(tree: Tree) -> None:
    (tree.probe() / "temperature").write_bytes(b"\xff\xfe\n")
    assert "no number" in failure_of(Thermometer(tree.root)).says


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.EIO, "The thermometer's answer is garbled."),
        (errno.EREMOTEIO, "The thermometer's answer is garbled."),
        (errno.ETIMEDOUT, "The thermometer does not answer in time."),
        (errno.ENODEV, "The thermometer was unplugged."),
        (errno.EACCES, "The thermometer may not be read by this user."),
        (errno.ENOMEM, "The thermometer cannot be read (Cannot allocate memory)."),
    ],
)
def test_each_error_of_the_kernel_has_a_sentence_and_a_remedy(tree: Tree, number: int, says: str) -> None:
    tree.probe()

    def read_text(path: Path) -> str:
        raise OSError(number, os.strerror(number))

    failure = failure_of(Thermometer(tree.root, read_text=read_text))
    assert failure.says == says
    assert failure.remedy
    assert isinstance(failure.__cause__, OSError)


def test_an_error_of_the_real_kernel_is_told_too(tree: Tree) -> None:
    value = tree.probe() / "temperature"
    value.unlink()
    value.mkdir()
    assert failure_of(Thermometer(tree.root)).says == "The thermometer cannot be read (Is a directory)."


class Posts:
    """An inbox, and a clock that the test sets."""

    def __init__(self, moment: Moment) -> None:
        self.inbox: SimpleQueue[object] = SimpleQueue()
        self.moment = moment

    def pass_time(self, seconds: float) -> None:
        """Let the clock that nobody can set go on."""
        self.moment = replace(self.moment, since_boot=self.moment.since_boot + seconds)

    def next(self, kind: type) -> object:
        """The next post of this kind."""
        while not isinstance(item := self.inbox.get(timeout=LONG), kind):
            pass
        return item

    def report(self) -> PartReported:
        """The next report."""
        report = self.next(PartReported)
        assert isinstance(report, PartReported)
        return report


@pytest.fixture
def posts(moment: Moment) -> Posts:
    return Posts(moment)


class Hang:
    """Reads that hang as the kernel's do: they open a FIFO that nobody writes to, until `left` of them have."""

    def __init__(self, fifo: Path, left: int) -> None:
        os.mkfifo(fifo)
        self.fifo, self.left, self.begun = fifo, left, threading.Semaphore(0)
        self.threads: list[threading.Thread] = []

    def read_text(self, path: Path) -> str:
        """In place of Path.read_text."""
        if self.left == 0:
            return path.read_text()
        self.left -= 1
        self.threads.append(threading.current_thread())
        self.begun.release()
        return self.fifo.read_text()

    def end(self) -> None:
        """Let them return, and wait until their threads are gone."""
        for thread in self.threads:
            while thread.is_alive():
                os.close(os.open(self.fifo, os.O_RDWR | os.O_NONBLOCK))
                thread.join(0.05)


@pytest.fixture
def sampler(tree: Tree, posts: Posts) -> Iterator[Callable[..., Sampler]]:
    made = []

    def make(every: float = 3600.0, read_text: Callable[[Path], str] = Path.read_text) -> Sampler:
        sampler = Sampler(Thermometer(tree.root, read_text=read_text), posts.inbox.put, lambda: posts.moment, every)
        made.append(sampler)
        sampler.start()
        return sampler

    yield make
    for sampler in made:
        sampler.close()


def test_the_sampler_posts_hundredths_of_a_degree_and_that_the_thermometer_works(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler]
) -> None:
    tree.probe("20126.7")
    sampler()
    report = posts.report()
    assert (report.part, report.well, report.says) == ("thermometer", True, "The thermometer 28-0316a2795cff works.")
    assert posts.inbox.get(timeout=LONG) == TemperatureRead(posts.moment, 20.13)


def test_where_several_are_found_and_none_is_chosen_the_report_says_so(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler]
) -> None:
    tree.probe()
    tree.hwmon(0, "sht4x", tree.device("i2c", "1-0044"))
    sampler()
    assert posts.report().says == "The thermometer 28-0316a2795cff works. 1 more can be chosen with `sensor`."


def test_the_sampler_reports_each_change_of_state_once(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler]
) -> None:
    value = tree.probe() / "temperature"

    def tell(text: str) -> None:
        value.with_name("new").write_text(text)
        value.with_name("new").rename(value)  # at once: the kernel's file is never half written

    sampler(every=0.001)
    assert posts.report().well
    posts.next(TemperatureRead)
    posts.next(TemperatureRead)
    tell("")
    assert posts.report().says == "The thermometer's answer is empty."
    with pytest.raises(Empty):
        posts.inbox.get(timeout=0.1)  # a hundred failures, one report
    tell("85000\n")
    assert "power was lost" in posts.report().says
    tell("19000\n")
    assert posts.report().well


def test_a_read_that_hangs_is_reported_once_after_three_minutes_and_read_anew_beside_it(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler], tmp_path: Path
) -> None:
    tree.probe("18500")
    hang = Hang(tmp_path / "fifo", left=1)
    hanging = sampler(read_text=hang.read_text)
    assert hang.begun.acquire(timeout=LONG)
    for _ in range(3):
        posts.pass_time(60)
        hanging.check()
    assert not hanging.stale(posts.moment)
    assert posts.inbox.empty()
    posts.pass_time(1)
    assert hanging.stale(posts.moment)
    hanging.check()
    report = posts.report()
    assert (report.well, report.says) == (False, "The thermometer has not answered for three minutes.")
    assert posts.report().well
    assert posts.inbox.get(timeout=LONG) == TemperatureRead(posts.moment, 18.5)
    assert not hanging.stale(posts.moment)
    hang.end()
    assert posts.inbox.empty()  # what the old read finds at last is not posted


def test_a_sensor_that_hangs_for_ever_is_reported_once_and_is_tried_anew_ever_more_rarely(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler], tmp_path: Path
) -> None:
    tree.probe()
    hang = Hang(tmp_path / "fifo", left=100)
    before = set(threading.enumerate())  # one that another test closed may be just about to end
    hanging = sampler(read_text=hang.read_text)
    threads = set[threading.Thread]()
    for _ in range(24 * 60):
        posts.pass_time(60)
        hanging.check()
        for thread in {thread for thread in threading.enumerate() if thread.name == "thermometer"} - threads - before:
            assert hang.begun.acquire(timeout=LONG)
            threads.add(thread)
    assert not posts.report().well
    assert posts.inbox.empty()
    assert 5 < len(threads) < 12  # after 3, 6, 12 minutes and so on
    hanging.close()
    hang.end()


def test_closing_is_immediate_even_while_a_read_hangs_and_nothing_is_posted_afterwards(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler], tmp_path: Path
) -> None:
    tree.probe()
    hang = Hang(tmp_path / "fifo", left=1)
    hanging = sampler(read_text=hang.read_text)
    assert hang.begun.acquire(timeout=LONG)
    hanging.close()
    hanging.close()
    for _ in range(5):
        posts.pass_time(60)
        hanging.check()
    hang.end()
    assert posts.inbox.empty()


def test_after_an_hour_asleep_there_is_no_false_alarm(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler]
) -> None:
    tree.probe()
    slept = sampler()
    posts.next(TemperatureRead)
    posts.pass_time(3600)
    slept.check()
    assert posts.inbox.empty()


def test_a_sensor_that_hung_twice_and_answers_again_is_found_without_a_restart(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler], tmp_path: Path
) -> None:
    tree.probe("18500")
    hang = Hang(tmp_path / "fifo", left=2)
    hanging = sampler(read_text=hang.read_text)
    for minutes in (6, 12):  # the second read begins on a thread of its own, whenever that is
        assert hang.begun.acquire(timeout=LONG)
        for _ in range(minutes):
            posts.pass_time(60)
            hanging.check()
    assert not posts.report().well
    assert posts.report().well
    assert posts.next(TemperatureRead).celsius == 18.5  # of some minute: it is read on a thread of its own
    hanging.close()
    hang.end()


def test_a_sensor_that_tells_exactly_the_same_for_a_day_is_stuck_until_it_tells_another(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler]
) -> None:
    value = tree.probe("18437") / "temperature"
    sampler(every=0.0)
    assert posts.report().well
    for _ in range(STUCK - 1):
        posts.next(TemperatureRead)
    report = posts.report()
    assert (report.well, "stuck" in report.says) == (False, True)
    with pytest.raises(Empty):
        posts.inbox.get(timeout=0.1)  # what is stuck is no temperature of the room
    value.with_name("new").write_text("18500\n")
    value.with_name("new").rename(value)
    assert posts.report().well
    assert posts.inbox.get(timeout=LONG) == TemperatureRead(posts.moment, 18.5)


def test_when_no_file_can_be_opened_that_is_told_and_reading_goes_on_as_soon_as_there_is_one(
    tree: Tree, posts: Posts, sampler: Callable[..., Sampler]
) -> None:
    tree.probe("18500")
    failing = [OSError(24, "Too many open files")]

    def read_text(path: Path) -> str:
        if failing:
            raise failing.pop()
        return path.read_text()

    sampler(every=0.0, read_text=read_text)
    assert posts.report().says == "The thermometer cannot be read (Too many open files)."
    assert posts.report().well


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_has_ended_is_replaced(tree: Tree, posts: Posts, sampler: Callable[..., Sampler]) -> None:
    tree.probe("18500")
    faults = [MemoryError()]

    def read_text(path: Path) -> str:
        if faults:
            raise faults.pop()
        return path.read_text()

    ended = sampler(read_text=read_text)
    for thread in threading.enumerate():
        if thread.name == "thermometer":
            thread.join(LONG)
    ended.check()
    assert posts.report().well
