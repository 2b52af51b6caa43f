"""The button, on gpiozero's own mock pins and on lgpio's own thread."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
from gpiozero import Device, DigitalInputDevice
from gpiozero.pins.mock import MockFactory

from bedside.devices.button import Button, ButtonUnavailable, open_factory
from bedside.night.events import LineChanged, LineRead, Moment, PartReported

PIN = 17


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    factory = MockFactory()
    yield factory
    factory.close()


@pytest.fixture
def inbox() -> "SimpleQueue[object]":
    return SimpleQueue()


@pytest.fixture
def button(factory: MockFactory, inbox: "SimpleQueue[object]", moment: Moment) -> Iterator[Button]:
    button = Button(PIN, inbox.put, lambda: moment, factory)
    button.arm()
    yield button
    button.close()


def all_of(inbox: "SimpleQueue[object]") -> list[object]:
    """What was posted; edges, which are told with the kernel's stamp, dated to the whole second they lie before."""
    items = []
    while not inbox.empty():
        item = inbox.get()
        if isinstance(item, LineChanged):
            item = LineChanged(item.moment.at(ceil(item.moment.since_boot)), item.down)
        items.append(item)
    return items


def script(text: str, cwd: Path) -> str:
    """What a Python program of its own prints, with `cwd` as its working directory."""
    source = Path(__file__).parent.parent
    text = f"import sys; sys.path.insert(0, {str(source)!r})\n{text}"
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal_of(button: Button) -> ButtonUnavailable:
    with pytest.raises(ButtonUnavailable) as caught:
        button.arm()
    return caught.value


def test_importing_the_button_imports_neither_gpiozero_nor_lgpio(tmp_path: Path) -> None:
    out = script("import bedside.devices.button; print('gpiozero' in sys.modules, 'lgpio' in sys.modules)", tmp_path)
    assert out.split() == ["False", "False"]


def test_a_press_and_its_release_are_posted_as_raw_edges(
    button: Button, factory: MockFactory, inbox: "SimpleQueue[object]", moment: Moment
) -> None:
    factory.pin(PIN).drive_low()
    factory.pin(PIN).drive_high()
    assert all_of(inbox) == [LineChanged(moment, True), LineChanged(moment, False)]


def test_every_edge_of_a_bouncing_contact_is_posted_and_none_is_filtered_here(
    button: Button, factory: MockFactory, inbox: "SimpleQueue[object]"
) -> None:
    for _ in range(50):
        factory.pin(PIN).drive_low()
        factory.pin(PIN).drive_high()
    assert len(all_of(inbox)) == 100


def test_a_press_after_a_lost_release_still_arrives(
    button: Button, factory: MockFactory, inbox: "SimpleQueue[object]", moment: Moment
) -> None:
    pin = factory.pin(PIN)
    pin.drive_low()
    pin.edges = "falling"
    pin.drive_high()  # the release, which nobody is told
    pin.edges = "both"
    pin.drive_low()
    assert all_of(inbox) == [LineChanged(moment, True), LineChanged(moment, True)]


def test_a_button_already_down_at_start_is_told_by_read(
    factory: MockFactory, inbox: "SimpleQueue[object]", moment: Moment
) -> None:
    pin = factory.pin(PIN)
    button = Button(PIN, inbox.put, lambda: moment, factory)
    button.arm()
    pin.edges = "none"
    pin.drive_low()
    button.read()
    assert all_of(inbox) == [LineRead(moment, True)]
    pin.drive_high()
    button.read()
    assert all_of(inbox) == [LineRead(moment, False)]


def test_an_edge_told_late_is_dated_by_the_kernels_stamp(
    button: Button, factory: MockFactory, inbox: "SimpleQueue[object]"
) -> None:
    """A level read may overtake it; its moment still tells which came first."""
    tell = factory.pin(PIN).when_changed
    tell(factory.ticks() - 0.5, 0)
    tell(factory.ticks() - 500, 1)  # of some other clock
    late, odd = inbox.get(), inbox.get()
    assert isinstance(late, LineChanged)
    assert isinstance(odd, LineChanged)
    assert late.moment.since_boot == pytest.approx(999.5, abs=0.2)
    assert odd.moment.since_boot == 1000.0


def test_an_exception_in_the_callback_leaves_the_button_heard_and_is_counted(
    factory: MockFactory, inbox: "SimpleQueue[object]", moment: Moment
) -> None:
    moments = iter([None, moment])

    def now() -> Moment:
        told = next(moments)
        if told is None:
            raise RuntimeError("the clock is broken")
        return told

    button = Button(PIN, inbox.put, now, factory)
    button.arm()
    factory.pin(PIN).drive_low()
    factory.pin(PIN).drive_high()
    assert all_of(inbox) == [LineChanged(moment, False)]
    assert (button.failures, button.last_failure) == (1, "RuntimeError('the clock is broken')")


def test_after_close_nothing_is_posted_and_the_pin_is_free(
    button: Button, factory: MockFactory, inbox: "SimpleQueue[object]"
) -> None:
    button.close()
    button.close()
    factory.pin(PIN).drive_low()
    button.read()
    with pytest.raises(Empty):
        inbox.get_nowait()
    DigitalInputDevice(PIN, pull_up=True, pin_factory=factory).close()
    assert not button.armed


def test_a_button_armed_again_is_heard_again(
    button: Button, factory: MockFactory, inbox: "SimpleQueue[object]", moment: Moment
) -> None:
    button.arm()  # already is: nothing
    button.close()
    button.arm()
    factory.pin(PIN).drive_low()
    assert all_of(inbox) == [LineChanged(moment, True)]


def test_arming_starts_no_thread_so_nothing_wakes_up_while_the_button_is_idle(
    factory: MockFactory, moment: Moment
) -> None:
    before = threading.enumerate()
    button = Button(PIN, print, lambda: moment, factory)
    button.arm()
    assert threading.enumerate() == before
    button.close()


def test_a_button_on_other_pins_than_lgpios_counts_as_alive(button: Button) -> None:
    assert button.alive()
    button.close()
    assert button.alive()


def test_a_busy_pin_says_who_can_tell_and_is_armed_once_it_is_free(
    factory: MockFactory, inbox: "SimpleQueue[object]", moment: Moment
) -> None:
    holder = DigitalInputDevice(PIN, pull_up=True, pin_factory=factory)
    button = Button(PIN, inbox.put, lambda: moment, factory)
    refusal = refusal_of(button)
    assert refusal.says == "GPIO17, the button's pin, is in use by something else."
    assert "gpioinfo" in refusal.remedy
    assert "`pin`" in refusal.remedy
    holder.close()
    button.arm()
    factory.pin(PIN).drive_low()
    assert all_of(inbox) == [LineChanged(moment, True)]
    button.close()


class RefusingFactory(MockFactory):  # type: ignore[misc]
    """Real board data, but a kernel that gives no pin."""

    refusal: OSError | None = PermissionError(13, "Permission denied")

    def pin(self, name: object, **options: object) -> object:
        try:
            raise KeyError(name)  # as gpiozero looks it up among those it knows
        except KeyError:
            if self.refusal:
                raise self.refusal from None
        return super().pin(name, **options)


def test_a_refused_try_keeps_no_hold_on_the_pin(inbox: "SimpleQueue[object]", moment: Moment) -> None:
    factory = RefusingFactory()
    button = Button(PIN, inbox.put, lambda: moment, factory)
    refusal = refusal_of(button)  # kept, as the page keeps it
    factory.refusal = None
    button.arm()
    assert button.armed
    assert "gpio" in refusal.remedy
    assert refusal.says == "GPIO17, the button's pin, may not be used by this user."


def test_a_pin_number_no_pi_has_names_the_setting(factory: MockFactory, moment: Moment) -> None:
    refusal = refusal_of(Button(99, print, lambda: moment, factory))
    assert refusal.says == "GPIO99, the button's pin, is not a pin that a button can be wired to."
    assert "`pin`" in refusal.remedy


def test_a_fault_nobody_foresaw_is_told_whole(moment: Moment) -> None:
    factory = RefusingFactory()
    factory.refusal = OSError(5, "Input/output error")
    assert "Input/output error" in refusal_of(Button(PIN, print, lambda: moment, factory)).says


def test_a_computer_without_a_gpio_chip_is_sent_to_the_demo(tmp_path: Path) -> None:
    with pytest.raises(ButtonUnavailable, match="bedside demo"):
        open_factory(tmp_path)


def test_a_function_that_opens_the_chip_is_asked_at_each_arm(
    factory: MockFactory, inbox: "SimpleQueue[object]", moment: Moment
) -> None:
    answers: list[object] = []

    def opens() -> object:
        if not answers:
            raise ButtonUnavailable("There is no chip.", "Wait.")
        return answers[0]

    button = Button(PIN, inbox.put, lambda: moment, opens)
    assert refusal_of(button).says == "There is no chip."
    answers.append(factory)
    button.arm()
    assert button.armed


def test_without_a_factory_gpiozeros_own_is_taken(inbox: "SimpleQueue[object]", moment: Moment) -> None:
    Device.pin_factory = MockFactory()
    try:
        button = Button(PIN, inbox.put, lambda: moment)
        button.arm()
        Device.pin_factory.pin(PIN).drive_low()
        assert all_of(inbox) == [LineChanged(moment, True)]
        button.close()
    finally:
        Device.pin_factory.close()
        Device.pin_factory = None


def test_a_chip_that_goes_away_is_posted_once_and_opened_anew_at_the_next_arm(
    inbox: "SimpleQueue[object]", moment: Moment
) -> None:
    class LosablePin(MockFactory().pin_class):  # type: ignore[misc]
        def _get_state(self) -> object:
            if self.factory.lost:
                raise OSError(19, "No such device")
            return super()._get_state()

    class LosableFactory(MockFactory):  # type: ignore[misc]
        lost = False

    def post(item: object) -> None:
        inbox.put(item)
        if isinstance(item, PartReported):
            assert button.armed, "who looks just now arms nothing, and so tells nothing before this"

    first = Device.pin_factory = LosableFactory(pin_class=LosablePin)
    button = Button(PIN, post, lambda: moment)
    button.arm()
    first.lost = True
    button.read()
    button.read()
    (report,) = all_of(inbox)
    assert isinstance(report, PartReported)
    assert (report.part, report.well, button.armed) == ("button", False, False)
    assert "No such device" in refusal_of(button).says
    assert Device.pin_factory is None  # so that the chip is opened anew
    Device.pin_factory = LosableFactory(pin_class=LosablePin)
    button.arm()
    Device.pin_factory.pin(PIN).drive_low()
    assert all_of(inbox) == [LineChanged(moment, True)]
    Device.pin_factory = None


def test_a_pin_whose_chip_another_button_closed_is_told_and_armed_anew(
    inbox: "SimpleQueue[object]", moment: Moment
) -> None:
    class ClosedPin(MockFactory().pin_class):  # type: ignore[misc]
        def _get_state(self) -> object:
            if self.factory.closed:
                raise TypeError("an integer is required, got None")  # as lgpio does without a handle
            return super()._get_state()

    class ClosableFactory(MockFactory):  # type: ignore[misc]
        closed = False

    factory = ClosableFactory(pin_class=ClosedPin)
    button = Button(PIN, inbox.put, lambda: moment, factory)
    button.arm()
    factory.closed = True
    button.read()
    (report,) = all_of(inbox)
    assert isinstance(report, PartReported)
    assert (report.part, report.well, button.armed) == ("button", False, False)
    factory.closed = False
    button.arm()
    factory.pin(PIN).drive_low()
    assert all_of(inbox) == [LineChanged(moment, True)]


needs_lgpio = pytest.mark.skipif(find_spec("lgpio") is None, reason="needs the package lgpio")

REAL_LGPIO_THREAD = """
import os, queue, struct, threading
from gpiozero.pins.local import LocalPiFactory
from gpiozero.pins.lgpio import LGPIOFactory, lgpio
from gpiozero.pins.mock import MockPin
from bedside.devices.button import Button
from bedside.devices.clock import Clock

now = Clock().now

class Pin(MockPin):  # its level is a mock's, its edges come from lgpio's own thread through lgpio's own FIFO
    def _enable_event_detect(self):
        self.callback = lgpio.callback(0, 17, lgpio.BOTH_EDGES, self.told)
    def told(self, chip, gpio, level, tick):
        self._state = bool(level)
        self._call_when_changed()
    def _disable_event_detect(self):
        self.callback.cancel()
    def _set_function(self, value):  # as lgpio's pin does it
        if hasattr(self, "callback"):
            self.callback.cancel()
        super()._set_function(value)
    def close(self):  # lgpio's pin forgets no callback here
        pass

class Factory(LGPIOFactory):
    def __init__(self):
        LocalPiFactory.__init__(self)
        self._handle, self.pin_class = None, Pin
    def _get_revision(self):
        return 0xa020d3

inbox = queue.SimpleQueue()
fifo = open(".lgd-nfy0", "wb", buffering=0)
def edge(level):
    fifo.write(struct.pack("QBBBBI", 0, 0, 17, level, 0, 0))
"""


@needs_lgpio
def test_lgpios_only_thread_survives_an_exception_in_our_callback(tmp_path: Path) -> None:
    text = """
faults = [OSError("no memory")]
def post(item):
    if faults:
        raise faults.pop()
    inbox.put(item)
button = Button(17, post, now, Factory())
button.arm()
edge(0); edge(1)
print(inbox.get(timeout=10).down, button.failures, button.alive())
"""
    assert script(REAL_LGPIO_THREAD + text, tmp_path).split() == ["False", "1", "True"]


@needs_lgpio
def test_a_button_closed_and_armed_again_is_heard_through_lgpio(tmp_path: Path) -> None:
    text = """
factory = Factory()
button = Button(17, inbox.put, now, factory)
button.arm(); button.close(); button.arm()
edge(0)
print(inbox.get(timeout=3).down)
"""
    assert script(REAL_LGPIO_THREAD + text, tmp_path).split() == ["True"]


@needs_lgpio
def test_a_dead_callback_thread_of_lgpio_is_noticed(tmp_path: Path) -> None:
    text = """
button = Button(17, inbox.put, now, Factory())
button.arm()
before = button.alive()
threading.excepthook = lambda *_: None
lgpio.callback(0, 4, lgpio.BOTH_EDGES, lambda *_: 1 / 0)
fifo.write(struct.pack("QBBBBI", 0, 0, 4, 0, 0, 0))
lgpio._notify_thread.join(10)
print(before, button.alive())
"""
    assert script(REAL_LGPIO_THREAD + text, tmp_path).split() == ["True", "False"]


@needs_lgpio
def test_lgpios_thread_answers_each_question_and_edges_come_as_ever(tmp_path: Path) -> None:
    text = """
button = Button(17, inbox.put, now, Factory())
button.arm()
asked = []
for level in (0, 1, 0):
    asked.append(button.at_work())
    edge(level)  # it comes behind the question
    inbox.get(timeout=10)
button.close()
print(asked, inbox.empty(), button.at_work())
"""
    assert script(REAL_LGPIO_THREAD + text, tmp_path).strip() == "[1, 2, 3] True None"


@needs_lgpio
def test_a_thread_of_lgpio_that_runs_and_does_not_read_owes_its_answer(tmp_path: Path) -> None:
    text = """
button = Button(17, inbox.put, now, Factory())
button.arm()
hangs, release = threading.Event(), threading.Event()
lgpio.callback(0, 4, lgpio.BOTH_EDGES, lambda *_: (hangs.set(), release.wait(10)))
fifo.write(struct.pack("QBBBBI", 0, 0, 4, 0, 0, 0))
hangs.wait(10)
print(button.alive(), button.at_work(), button.at_work(), button.at_work())
release.set()
edge(0)
inbox.get(timeout=10)
print(button.at_work())
"""
    assert script(REAL_LGPIO_THREAD + text, tmp_path).split() == ["True", "1", "1", "1", "2"]


@needs_lgpio
def test_a_working_directory_that_cannot_be_written_names_lg_wd(tmp_path: Path) -> None:
    (tmp_path / "gpiochip0").touch()
    text = f"""
import os
from pathlib import Path
from bedside.devices.button import ButtonUnavailable, open_factory
os.chdir("/proc/self")
try:
    open_factory(Path({str(tmp_path)!r}))
except ButtonUnavailable as error:
    print(error.remedy)
"""
    assert "LG_WD" in script(text, tmp_path)


def test_an_empty_package_named_lgpio_is_told_from_the_real_one(tmp_path: Path) -> None:
    (tmp_path / "gpiochip0").touch()
    (tmp_path / "lgpio.py").touch()
    text = f"""
sys.path.insert(0, {str(tmp_path)!r})
from pathlib import Path
from bedside.devices.button import ButtonUnavailable, open_factory
try:
    open_factory(Path({str(tmp_path)!r}))
except ButtonUnavailable as error:
    print(error.remedy)
"""
    assert "python3-lgpio" in script(text, tmp_path)


def test_a_chip_this_user_may_not_open_names_the_group(tmp_path: Path) -> None:
    text = """
import os, shutil, tempfile
from pathlib import Path
from bedside.devices.button import ButtonUnavailable, open_factory
import gpiozero
if os.getuid() == 0:
    os.setuid(65534)  # root may open everything
folder = Path(tempfile.mkdtemp(dir="/tmp"))
(folder / "gpiochip0").touch(mode=0)
try:
    open_factory(folder)
except ButtonUnavailable as error:
    print(error.remedy)
finally:
    shutil.rmtree(folder)
"""
    assert "group gpio" in script(text, tmp_path)


@needs_lgpio
def test_lgpio_is_imported_before_the_chip_may_be_opened(tmp_path: Path) -> None:
    """The chip may be let in at any moment, and the import takes long on a small Pi."""
    (tmp_path / "gpiochip0").symlink_to("nowhere")  # not even root may use it
    text = f"""
import threading
from pathlib import Path
from bedside.devices.button import ButtonUnavailable, open_factory
try:
    open_factory(Path({str(tmp_path)!r}))
except ButtonUnavailable as error:
    print(error.says)
print([type(thread).__module__ for thread in threading.enumerate()])
"""
    assert script(text, tmp_path).splitlines() == [
        "The GPIO chip may not be used by this user.",
        "['threading', 'lgpio']",
    ]


@needs_lgpio
def test_a_gpio_chip_that_is_not_a_pis_gives_an_error_and_no_other_factory(tmp_path: Path) -> None:
    if Path("/dev/gpiochip0").exists():
        pytest.skip("needs a computer that is no Pi")
    (tmp_path / "gpiochip0").touch()
    text = f"""
from pathlib import Path
import gpiozero
from bedside.devices.button import ButtonUnavailable, open_factory
try:
    open_factory(Path({str(tmp_path)!r}))
except ButtonUnavailable as error:
    print(error.says, gpiozero.Device.pin_factory)
"""
    assert script(text, tmp_path).strip() == "The GPIO chip is not that of a Raspberry Pi. None"
