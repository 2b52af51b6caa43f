"""The warm light, on gpiozero's own mock PWM pins."""

import threading
from collections.abc import Iterator
from itertools import pairwise
from queue import Empty, SimpleQueue

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.devices.light import FAINTEST, Light, course
from bedside.night.effects import LightLevel
from bedside.night.events import Moment, PartReported

PIN = 12
LONG = 60.0  # seconds that no test waits unless it fails


class ToldPin(MockPWMPin):  # type: ignore[misc]
    """A mock pin that tells each write and its thread, and can break."""

    broken = False

    def __init__(self, factory: object, info: object) -> None:
        self.told: SimpleQueue[tuple[float, threading.Thread]] = SimpleQueue()
        super().__init__(factory, info)

    def _set_state(self, value: float) -> None:
        if self.broken:
            raise OSError(5, "Input/output error")
        super()._set_state(value)
        self.told.put((value, threading.current_thread()))


class House:
    """A light, what it is wired to and what it reports."""

    def __init__(self, moment: Moment, brightness: float = 1.0) -> None:
        self.factory = MockFactory(pin_class=ToldPin)
        self.pin = self.factory.pin(PIN)
        self.reports: SimpleQueue[PartReported] = SimpleQueue()
        self.light = Light(PIN, self.reports.put, lambda: moment, brightness, self.factory)  # type: ignore[arg-type]
        self.light.arm()

    def told_until(self, value: float) -> list[tuple[float, threading.Thread]]:
        """Every value written, up to and with `value`, and the thread that wrote it."""
        told = [self.pin.told.get(timeout=LONG)]
        while told[-1][0] != value:
            told.append(self.pin.told.get(timeout=LONG))
        return told

    def writes_until(self, value: float) -> list[float]:
        """Every value written, up to and with `value`."""
        return [written for written, _ in self.told_until(value)]


@pytest.fixture
def house(moment: Moment) -> Iterator[House]:
    house = House(moment)
    while not house.pin.told.empty():
        house.pin.told.get()
    yield house
    house.light.close()


def test_the_first_brightness_is_set_in_the_callers_thread_before_show_returns(house: House) -> None:
    house.light.show(LightLevel.RISING)
    assert house.pin.state == 0.2
    assert house.pin.told.get_nowait() == (0.2, threading.current_thread())


def test_full_rises_smoothly_and_ends_at_exactly_one(house: House) -> None:
    house.light.show(LightLevel.FULL)
    values = house.writes_until(1)
    assert values == sorted(values)
    assert max(after - before for before, after in pairwise(values)) < 0.5
    assert house.pin.state == 1


def test_a_steady_light_leaves_its_thread_asleep(house: House) -> None:
    house.light.show(LightLevel.GLOW)
    assert house.writes_until(0.03) == [0.03]
    with pytest.raises(Empty):
        house.pin.told.get(timeout=0.3)


@pytest.mark.parametrize("level", [LightLevel.OFF, LightLevel.GLOW, LightLevel.DIM])
def test_a_steady_level_asks_for_no_wake_up(level: LightLevel) -> None:
    assert course(level, 0.7, 0.0) == course(level, 0.0, 1e6)
    assert course(level, 0.0, 0.0)[1] is None


@pytest.mark.parametrize(("level", "end"), [(LightLevel.RISING, 0.9), (LightLevel.FULL, 1.0)])
def test_a_rise_begins_visibly_never_falls_and_then_sleeps(level: LightLevel, end: float) -> None:
    values = [course(level, 0.0, tick / 20)[0] for tick in range(100)]
    assert values[0] == 0.2
    assert values == sorted(values)
    assert course(level, 0.0, 4.0) == (end, None)


def test_rising_takes_three_seconds() -> None:
    assert course(LightLevel.RISING, 0.0, 2.9)[0] < 0.9
    assert course(LightLevel.RISING, 0.0, 3.0) == (0.9, None)


def test_full_goes_on_from_where_rising_stood() -> None:
    assert course(LightLevel.FULL, 0.6, 0.0)[0] == 0.6


def test_blinking_is_on_and_off_once_a_second_for_ever() -> None:
    moments = (0.0, 0.49, 0.5, 0.99, 1.0, 86400.25)
    assert [course(LightLevel.BLINKING, 0.0, at)[0] for at in moments] == [1, 1, 0, 0, 1, 1]
    assert course(LightLevel.BLINKING, 0.0, 0.25)[1] == pytest.approx(0.25)


def test_pulsing_is_slow_soft_and_never_dark() -> None:
    values = [course(LightLevel.PULSING, 0.0, tick / 20)[0] for tick in range(81)]
    assert min(values) == values[0] == pytest.approx(values[80]) == 0.05
    assert max(values) == pytest.approx(0.5)
    assert max(abs(after - before) for before, after in pairwise(values)) < 0.02


def test_a_warning_is_a_deep_slow_pulse_from_full_that_is_never_dark() -> None:
    values = [course(LightLevel.WARNING, 1.0, tick / 20)[0] for tick in range(41)]
    assert values[0] == values[40] == pytest.approx(1.0)
    assert min(values) == values[20] == pytest.approx(0.2)
    assert max(abs(after - before) for before, after in pairwise(values)) < 0.1


def test_a_warning_is_unlike_what_else_moves() -> None:
    def seen(level: LightLevel) -> list[float]:
        return [course(level, 1.0, tick / 20)[0] for tick in range(80)]

    warning, blinking, pulsing = map(seen, (LightLevel.WARNING, LightLevel.BLINKING, LightLevel.PULSING))
    assert 0 in blinking
    assert len(set(blinking)) == 2 < len(set(warning))
    assert max(pulsing) < 0.6 < max(warning)


def test_a_warning_goes_on_by_itself(house: House) -> None:
    house.light.show(LightLevel.WARNING)
    seen = [house.pin.told.get(timeout=LONG) for _ in range(3)]
    assert seen[0] == (1.0, threading.current_thread())
    assert {thread.name for _, thread in seen[1:]} == {"light"}


@pytest.mark.parametrize("level", [LightLevel.GLOW, LightLevel.DIM])
def test_another_brightness_is_set_at_once_on_what_is_shown(house: House, level: LightLevel) -> None:
    house.light.show(level)
    before = house.pin.state
    house.light.set_brightness(0.5)
    assert house.pin.state == pytest.approx(before / 2, abs=0.01)
    assert house.pin.state < before
    house.light.show(LightLevel.OFF)
    house.light.set_brightness(1.0)
    assert house.pin.state == 0


def test_a_blink_goes_on_at_another_brightness(house: House) -> None:
    house.light.show(LightLevel.BLINKING)
    assert set(house.writes_until(0)[:-1]) == {1}
    house.light.set_brightness(0.5)  # while it is off, which it stays
    assert set(house.writes_until(0.5)[:-1]) == {0}
    assert set(house.writes_until(0)[:-1]) <= {0.5}


def test_another_brightness_before_the_pin_is_open_is_that_of_its_first_light(moment: Moment) -> None:
    factory = MockFactory(pin_class=ToldPin)
    light = Light(PIN, lambda report: None, lambda: moment, factory=factory)
    light.show(LightLevel.FULL)
    light.set_brightness(0.5)
    light.arm()
    assert factory.pin(PIN).state == 0.1
    light.close()


def test_a_pin_that_fails_as_the_brightness_changes_is_reported(house: House) -> None:
    assert house.reports.get(timeout=LONG).well
    house.pin.broken = True
    house.light.set_brightness(0.5)
    assert not house.reports.get(timeout=LONG).well


def test_a_blink_goes_on_by_itself(house: House) -> None:
    house.light.show(LightLevel.BLINKING)
    house.light.show(LightLevel.BLINKING)  # the same: it does not start anew
    seen = [*house.told_until(0), *house.told_until(1)]
    assert seen[0] == (1, threading.current_thread())
    assert {thread.name for _, thread in seen[1:]} == {"light"}


def test_brightness_scales_every_level_and_leaves_the_glow_visible(moment: Moment) -> None:
    house = House(moment, brightness=0.1)
    house.light.show(LightLevel.GLOW)
    assert house.pin.state == FAINTEST
    house.light.show(LightLevel.BLINKING)
    assert house.pin.state == 0.1
    house.light.close()


def test_a_pin_that_fails_is_reported_once_and_never_raised(house: House) -> None:
    assert house.reports.get(timeout=LONG).well
    house.pin.broken = True
    house.light.show(LightLevel.DIM)
    house.light.show(LightLevel.GLOW)
    house.light.arm()
    report = house.reports.get(timeout=LONG)
    assert (report.part, report.well) == ("light", False)
    assert "Input/output error" in report.says
    assert "`light_pin`" in report.remedy
    assert house.reports.empty()


def test_a_fade_that_fails_halfway_is_reported_once(house: House) -> None:
    house.reports.get(timeout=LONG)
    house.light.show(LightLevel.PULSING)
    house.pin.broken = True
    assert not house.reports.get(timeout=LONG).well
    with pytest.raises(Empty):
        house.reports.get(timeout=0.2)


def test_a_light_that_works_again_shows_what_it_should_by_now(house: House) -> None:
    house.pin.broken = True
    house.light.show(LightLevel.DIM)
    house.pin.broken = False
    house.light.arm()
    assert house.pin.state == 0.15
    assert [house.reports.get(timeout=LONG).well for _ in range(3)] == [True, False, True]


def test_a_level_shown_before_the_pin_is_open_is_shown_when_it_opens(moment: Moment) -> None:
    reports: SimpleQueue[object] = SimpleQueue()
    factory = MockFactory(pin_class=ToldPin)
    light = Light(PIN, reports.put, lambda: moment, factory=lambda: factory)
    light.show(LightLevel.GLOW)
    light.arm()
    assert factory.pin(PIN).state == 0.03
    light.close()


def test_a_pin_in_use_names_the_setting(moment: Moment) -> None:
    house = House(moment)
    reports: SimpleQueue[PartReported] = SimpleQueue()
    Light(PIN, reports.put, lambda: moment, factory=house.factory).arm()  # type: ignore[arg-type]
    report = reports.get(timeout=LONG)
    assert report.says == "GPIO12, the light's pin, is in use by something else."
    assert "`light_pin`" in report.remedy
    house.light.close()


def test_a_pin_number_no_pi_has_names_the_setting(moment: Moment) -> None:
    reports: SimpleQueue[PartReported] = SimpleQueue()
    Light(99, reports.put, lambda: moment, factory=MockFactory()).arm()  # type: ignore[arg-type]
    assert "is not a pin" in reports.get(timeout=LONG).says


def test_without_an_open_chip_no_other_pin_factory_is_tried(moment: Moment) -> None:
    assert Device.pin_factory is None
    reports: SimpleQueue[PartReported] = SimpleQueue()
    Light(PIN, reports.put, lambda: moment).arm()  # type: ignore[arg-type]
    assert "no GPIO chip is open" in reports.get(timeout=LONG).says
    assert Device.pin_factory is None


def test_the_sentence_of_the_function_that_opens_the_chip_is_passed_on(moment: Moment) -> None:
    class NoChipError(OSError):
        says, remedy = "There is no chip.", "Try the demo."

    def opens() -> object:
        raise NoChipError

    reports: SimpleQueue[PartReported] = SimpleQueue()
    Light(PIN, reports.put, lambda: moment, factory=opens).arm()  # type: ignore[arg-type]
    report = reports.get(timeout=LONG)
    assert (report.says, report.remedy) == ("There is no chip.", "Try the demo.")


def test_no_light_at_all_is_no_fault(moment: Moment) -> None:
    reports: SimpleQueue[object] = SimpleQueue()
    light = Light(None, reports.put, lambda: moment)
    light.arm()
    light.show(LightLevel.FULL)
    light.close()
    assert reports.empty()


def test_closing_puts_the_light_out_ends_its_thread_and_frees_the_pin(moment: Moment) -> None:
    before = set(threading.enumerate())
    house = House(moment)
    house.light.show(LightLevel.BLINKING)
    house.light.close()
    house.light.close()
    assert house.pin.function == "input"
    assert set(threading.enumerate()) <= before
    house.light.arm()
    assert house.pin.state == 1
    house.light.close()
