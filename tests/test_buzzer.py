"""The buzzer, on gpiozero's own mock PWM pins, with a wait that takes no time."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.devices.buzzer import TUNES, Buzzer
from bedside.night.cues import ASK_CUES, COUNTED, Cue
from bedside.night.events import Moment, PartReported
from bedside.texts import CHIMED

PIN = 13
LONG = 60.0  # seconds that no test waits unless it fails
LONGEST = 3.0  # seconds a tune may last


class NotingPin(MockPWMPin):  # type: ignore[misc]
    """A mock pin that can break."""

    broken = False

    def _set_frequency(self, value: float | None) -> None:
        if self.broken and value is not None:
            raise OSError(5, "Input/output error")
        super()._set_frequency(value)


class Score:
    """Waits no time, and writes down what sounds meanwhile, for how long; `meanwhile` is done in each wait."""

    def __init__(self, pin: MockPWMPin) -> None:
        self.pin, self.played = pin, list[tuple[float | None, float]]()
        self.meanwhile: Callable[[], None] = lambda: None
        self._set = False

    def set(self) -> None:
        self._set = True

    def clear(self) -> None:
        self._set = False

    def wait(self, timeout: float) -> bool:
        self.played.append((self.pin.frequency, timeout))
        self.meanwhile()
        return self._set

    @property
    def notes(self) -> list[float]:
        return [hertz for hertz, _ in self.played if hertz]


class House:
    """A buzzer, what it is wired to, what it plays and what it reports."""

    def __init__(self, moment: Moment) -> None:
        self.factory = MockFactory(pin_class=NotingPin)
        self.pin = self.factory.pin(PIN)
        self.score = Score(self.pin)
        self.reports: SimpleQueue[PartReported] = SimpleQueue()
        self.buzzer = Buzzer(PIN, self.reports.put, lambda: moment, self.factory, silencer=self.score)  # type: ignore[arg-type]
        self.buzzer.arm()

    @property
    def silent(self) -> bool:
        return self.pin.frequency is None and self.pin.state == 0


@pytest.fixture
def house(moment: Moment) -> House:
    return House(moment)


def test_every_chimed_cue_has_a_tune_of_three_seconds_at_most_and_no_other_has_one() -> None:
    assert set(TUNES) == CHIMED
    assert all(0 < sum(seconds for _, seconds in tune) <= LONGEST for tune in TUNES.values())


@pytest.mark.parametrize("cue", sorted(CHIMED))
def test_a_tune_sounds_to_its_end_and_then_is_silent(house: House, cue: Cue) -> None:
    assert house.buzzer.play(cue)
    assert [seconds for _, seconds in house.score.played] == [seconds for _, seconds in TUNES[cue]]
    assert house.score.notes
    assert house.silent


def test_an_ask_rises_again_and_again(house: House) -> None:
    for cue in ASK_CUES:
        house.buzzer.play(cue)
    low, high = sorted(set(house.score.notes))
    assert house.score.notes == [low, high] * 6


def test_a_warning_is_neither_an_ask_nor_a_change(house: House) -> None:
    assert len(TUNES[Cue.WARNING]) > len(TUNES[Cue.ASK])
    assert max(seconds for _, seconds in TUNES[Cue.WARNING]) < min(seconds for _, seconds in TUNES[Cue.ASK])


@pytest.mark.parametrize("cue", sorted(COUNTED))
def test_a_counted_cue_is_one_short_note(house: House, cue: Cue) -> None:
    house.buzzer.play(cue)
    ((hertz, seconds),) = house.score.played
    assert hertz
    assert seconds <= 0.5


@pytest.mark.parametrize("cue", sorted(set(Cue) - CHIMED))
def test_what_has_no_tune_is_not_heard(house: House, cue: Cue) -> None:
    assert not house.buzzer.play(cue)
    assert not house.score.played


def test_a_hush_ends_a_tune_at_once_and_the_next_sounds_again(house: House) -> None:
    house.score.meanwhile = house.buzzer.hush
    assert not house.buzzer.play(Cue.ASK)
    assert len(house.score.played) == 1
    assert house.silent
    house.score.meanwhile = lambda: None
    assert house.buzzer.play(Cue.ASK)


def test_a_hush_just_before_a_tune_keeps_it_from_sounding(house: House) -> None:
    assert not house.buzzer.play(Cue.ASK, lambda: True)
    assert not house.score.played


def test_a_hush_from_another_thread_ends_a_wait_in_real_time(moment: Moment) -> None:
    began, heard = Event(), SimpleQueue[bool]()

    class Told(Event):
        """Tells that a tune sounds, and would then sound for long."""

        def wait(self, timeout: float | None = None) -> bool:
            began.set()
            return super().wait(LONG)

    factory = MockFactory(pin_class=NotingPin)
    buzzer = Buzzer(PIN, lambda report: None, lambda: moment, factory, silencer=Told())
    buzzer.arm()
    Thread(target=lambda: heard.put(buzzer.play(Cue.ASK)), daemon=True).start()
    assert began.wait(LONG)
    buzzer.hush()
    assert heard.get(timeout=LONG / 2) is False
    buzzer.close()


def test_a_pin_that_fails_is_reported_once_and_never_raised(house: House) -> None:
    assert house.reports.get(timeout=LONG).well
    house.pin.broken = True
    assert not house.buzzer.play(Cue.ASK)
    assert not house.buzzer.play(Cue.WARNING)
    report = house.reports.get(timeout=LONG)
    assert (report.part, report.well) == ("buzzer", False)
    assert "Input/output error" in report.says
    assert "`buzzer_pin`" in report.remedy
    assert house.reports.empty()


def test_a_pin_that_fails_halfway_was_not_heard_and_stays_silent(house: House) -> None:
    house.score.meanwhile = lambda: setattr(house.pin, "broken", True)
    assert not house.buzzer.play(Cue.ASK)
    assert house.silent


def test_a_buzzer_that_works_again_is_armed_anew_and_sounds(house: House) -> None:
    house.pin.broken = True
    house.buzzer.play(Cue.ASK)
    house.pin.broken = False
    house.buzzer.arm()
    assert [house.reports.get(timeout=LONG).well for _ in range(3)] == [True, False, True]
    house.buzzer.arm()
    assert house.reports.empty()
    assert house.buzzer.play(Cue.ASK)


def test_no_buzzer_at_all_is_no_fault_and_is_never_heard(moment: Moment) -> None:
    reports: SimpleQueue[object] = SimpleQueue()
    buzzer = Buzzer(None, reports.put, lambda: moment)
    buzzer.arm()
    assert not buzzer.play(Cue.ASK)
    buzzer.hush()
    buzzer.close()
    assert reports.empty()


def test_a_buzzer_that_was_never_armed_is_not_heard(moment: Moment) -> None:
    assert not Buzzer(PIN, lambda report: None, lambda: moment, MockFactory()).play(Cue.ASK)


@pytest.mark.parametrize("pin", [99, PIN], ids=["no such pin", "no PWM"])
def test_a_pin_that_cannot_be_opened_names_the_setting(moment: Moment, pin: int) -> None:
    reports: SimpleQueue[PartReported] = SimpleQueue()
    buzzer = Buzzer(pin, reports.put, lambda: moment, MockFactory())  # type: ignore[arg-type]
    buzzer.arm()
    report = reports.get(timeout=LONG)
    assert not report.well
    assert "`buzzer_pin`" in report.remedy
    assert not buzzer.play(Cue.ASK)


def test_without_an_open_chip_it_says_so(moment: Moment) -> None:
    reports: SimpleQueue[PartReported] = SimpleQueue()
    Buzzer(PIN, reports.put, lambda: moment).arm()  # type: ignore[arg-type]
    assert "no GPIO chip is open" in reports.get(timeout=LONG).says


def test_closing_silences_it_and_frees_the_pin(house: House) -> None:
    house.score.meanwhile = house.buzzer.close
    assert not house.buzzer.play(Cue.ASK)
    house.buzzer.close()
    assert house.pin.frequency is None
    assert house.pin.function == "input"
    house.score.meanwhile = lambda: None
    house.buzzer.arm()
    assert house.buzzer.play(Cue.ASK)
