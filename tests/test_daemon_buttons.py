"""The daemon with several buttons: each has its own contact and its own report, and a press on any is heard."""

from dataclasses import dataclass
from queue import SimpleQueue

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.daemon import Daemon
from bedside.night.contact import READ_WHEN_IDLE
from bedside.night.effects import CrampState, LightLevel, Meaning, Phase, Press, SetLight, Watch
from bedside.night.events import KEY, SECOND_WIRE, WIRE, LineChanged, Moment, PartReported
from bedside.night.resume import Kept, resume
from bedside.night.state import LEAN, STUCK, Down, Night, Rules
from tests.test_daemon import WALL, Bed, Button, Clock, House


@dataclass
class Buttons(Bed):
    """A bed with several buttons, each of which a test can press."""

    def move(self, button: str, *, down: bool) -> None:
        """Let that line go there, with its edge."""
        self.of(button).down = down
        self.tell(LineChanged(self.clock(), down, button))

    def of(self, button: str) -> Button:
        """The button of this name."""
        found = self.daemon.buttons[button]
        assert isinstance(found, Button)
        return found

    def press(self, button: str, seconds: float = 0.125) -> None:
        """Press it for so long."""
        self.move(button, down=True)
        self.pass_time(seconds)
        self.move(button, down=False)
        self.pass_time(0.125)

    def report(self, button: str, *, well: bool) -> None:
        """Let it report itself."""
        self.tell(PartReported(self.clock(), button, well, "says", "" if well else "remedy"))

    def pressed(self) -> list[tuple[str, Meaning]]:
        """Every press there was, with its button and what it meant."""
        newest = {press.id: press for press in self.house.saved(Press)}
        return [(press.button, press.meaning) for press in newest.values()]


def beside(*names: str, night: Night | None = None, well: bool = True, down: str = "") -> Buttons:
    """A bed with these buttons, of which one is down already."""
    clock, house, inbox = Clock(), House(), SimpleQueue[object]()
    buttons = {name: Button(clock, inbox, down=name == down, part=name) for name in names}
    daemon = Daemon(night or Night(), Rules(), clock, buttons, house, house, house, house, inbox=inbox)
    bed = Buttons(clock, house, buttons[names[0]], daemon, [])
    for name in names if well else ():
        bed.report(name, well=True)
    bed.pass_time(1)
    house.done.clear()
    return bed


@pytest.fixture
def bed() -> Buttons:
    return beside(WIRE, KEY)


# --- presses ---


def test_a_press_on_either_button_is_a_press_and_is_kept_with_its_name(bed: Buttons) -> None:
    bed.press(KEY)
    bed.pass_time(10)
    bed.press(WIRE)
    assert bed.pressed() == [(KEY, Meaning.BEGAN), (WIRE, Meaning.ENDED)]


def test_a_press_on_one_within_the_others_bounce_is_heard_at_once(bed: Buttons) -> None:
    bed.move(WIRE, down=True)
    bed.clock.since_boot += 0.010
    bed.move(KEY, down=True)
    assert bed.pressed() == [(WIRE, Meaning.BEGAN), (KEY, Meaning.REPEATED)]


def test_each_level_is_read_by_itself_and_a_press_whose_edge_was_lost_is_found(bed: Buttons) -> None:
    bed.press(WIRE)
    bed.of(KEY).down = True
    bed.pass_time(READ_WHEN_IDLE)
    assert bed.pressed() == [(WIRE, Meaning.BEGAN), (KEY, Meaning.ENDED)]


def test_an_idle_daemon_with_two_buttons_is_woken_at_most_twice_as_often(bed: Buttons) -> None:
    assert bed.pass_time(3600) <= 2 * 3600 / READ_WHEN_IDLE + 10


def test_a_button_that_cannot_be_read_keeps_the_other_from_nothing(bed: Buttons) -> None:
    bed.of(KEY).down = None
    bed.pass_time(60)
    reads = bed.of(WIRE).reads
    bed.of(WIRE).down = True
    bed.pass_time(READ_WHEN_IDLE)
    assert bed.of(WIRE).reads > reads
    assert bed.pressed() == [(WIRE, Meaning.BEGAN)]


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([WIRE, KEY]),
            st.floats(0.07, 0.6),
            st.floats(0.07, 0.9),
            st.lists(st.floats(0.0003, 0.0295), max_size=3),
        ),
        min_size=1,
        max_size=20,
    ),
    st.floats(0.0, 0.5),
)
def test_no_physical_press_of_two_chattering_buttons_is_lost_or_told_twice(
    told: list[tuple[str, float, float, list[float]]], shift: float
) -> None:
    """Each button is pressed at its own pace, so that they overlap as they will; each contact chatters both ways, with
    gaps under 30 ms, and rests for more than that.
    """
    edges, paces = [], {WIRE: 0.0, KEY: shift}
    for button, rests, held, gaps in told:
        for wait, down in ((rests, True), (held, False)):
            paces[button] += wait
            for level in [down] + [not down, down] * len(gaps):
                edges.append((paces[button], button, level))
                paces[button] += gaps[len(edges) % len(gaps)] if gaps else 0.0
    bed = beside(WIRE, KEY)
    began = bed.clock.since_boot
    for at, button, down in sorted(edges):
        bed.pass_time(max(0.0, began + at - bed.clock.since_boot))
        bed.move(button, down=down)
    bed.pass_time(2)
    heard = [button for button, _ in bed.pressed()]
    assert sorted(heard) == sorted(button for button, *_ in told)
    assert bed.daemon.night.down == frozenset()


# --- what the buttons say of themselves ---


def test_the_watch_begins_once_the_last_button_is_well() -> None:
    bed = beside(WIRE, SECOND_WIRE, KEY, well=False)
    for button in (KEY, WIRE):
        bed.report(button, well=True)
        assert bed.daemon.night.watch is None
    bed.pass_time(5)
    bed.report(SECOND_WIRE, well=True)
    assert bed.daemon.night.watch is not None
    assert bed.daemon.night.watch.began == bed.clock()


def test_an_absent_key_ends_the_watch_and_begins_it_anew_when_it_is_back(bed: Buttons) -> None:
    bed.pass_time(30)
    bed.report(KEY, well=False)
    gone = bed.clock()
    assert bed.house.saved(Watch)[-1].seen == gone
    assert SetLight(LightLevel.OFF) in bed.house.done
    bed.pass_time(60)
    bed.report(WIRE, well=True)
    assert bed.daemon.night.watch is None, "the key is away still"
    bed.report(KEY, well=True)
    assert bed.daemon.night.watch is not None
    assert bed.daemon.night.watch.began == bed.clock()


def test_a_press_on_the_wire_is_heard_while_the_key_is_away(bed: Buttons) -> None:
    bed.report(KEY, well=False)
    bed.press(WIRE)
    assert bed.pressed() == [(WIRE, Meaning.BEGAN)]


def test_a_key_that_goes_in_mid_press_is_up_and_its_press_no_hold(bed: Buttons) -> None:
    bed.move(KEY, down=True)
    bed.pass_time(5)
    bed.of(KEY).down = None
    bed.report(KEY, well=False)
    bed.pass_time(60)
    assert bed.daemon.night.down == frozenset()
    (press,) = {press.id: press for press in bed.house.saved(Press)}.values()
    assert (press.held, press.leaned) == (None, False)
    cramp = bed.daemon.night.cramp
    assert cramp is not None
    assert (cramp.state, cramp.doubtful) == (CrampState.OPEN, False)


def test_a_key_that_is_back_is_read_at_once_since_it_may_be_down_already(bed: Buttons) -> None:
    bed.report(KEY, well=False)
    bed.of(KEY).down = True
    bed.report(KEY, well=True)
    assert bed.pressed() == [(KEY, Meaning.BEGAN)]


def test_a_stuck_wire_ends_the_watch_though_the_key_was_pressed_since_and_its_release_begins_it_anew(
    bed: Buttons,
) -> None:
    bed.move(WIRE, down=True)
    bed.pass_time(5)
    bed.press(KEY)
    bed.pass_time(STUCK)
    assert bed.daemon.night.watch is None
    bed.move(WIRE, down=False)
    bed.pass_time(0.1)
    assert bed.daemon.night.watch is not None


# --- after a restart ---


def leaned_on(bed: Buttons, button: str) -> Press:
    """A press that was leaned on, and not let go."""
    bed.move(button, down=True)
    bed.pass_time(LEAN + 5)
    press = bed.daemon.night.press
    assert press is not None
    assert press.leaned
    return press


@pytest.mark.parametrize("down", [True, False])
def test_a_button_that_was_leaned_on_before_a_restart_is_no_new_press_whichever_was_pressed_last(down: bool) -> None:
    before = beside(WIRE, KEY)
    leaned = leaned_on(before, WIRE)
    before.press(KEY)
    kept = Kept(press=before.daemon.night.press, presses_besides=(leaned,))
    night, _ = resume(kept, Moment("boot", 1100.0, WALL), Rules())
    bed = beside(WIRE, KEY, night=night, down=WIRE if down else "")
    assert bed.pressed() == []
    assert (bed.daemon.night.watch is None) is down


@pytest.mark.parametrize(
    "night",
    [
        Night(others=(Down(WIRE, Moment("boot", 900.0, WALL), stuck=True),), button=KEY),
        resume(Kept(press=Press("p", Moment("before", 1.0, WALL), Phase.QUIET, Meaning.BEGAN, leaned=True)),
               Moment("boot", 900.0, WALL), Rules())[0],
    ],
)  # fmt: skip
def test_a_button_that_was_leaned_on_and_is_set_up_no_more_keeps_no_watch_from_beginning(night: Night) -> None:
    assert night.stuck
    bed = beside(KEY, night=night)
    assert bed.daemon.night.watch is not None
    assert bed.daemon.night.down == frozenset()
