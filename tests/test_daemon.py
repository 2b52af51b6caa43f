"""The daemon: its loop, with parts that a test can see into. Time is a variable here; nothing waits."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from queue import SimpleQueue

import pytest

from bedside.daemon import AnewAsked, Daemon, RulesChanged, StopAsked
from bedside.night.contact import READ_WHEN_IDLE
from bedside.night.cues import Cue
from bedside.night.effects import (
    Cramp,
    CrampState,
    Hush,
    LightLevel,
    Meaning,
    OpenDoor,
    Phase,
    Press,
    Save,
    Say,
    SetLight,
    Watch,
)
from bedside.night.events import (
    WIRE,
    LineChanged,
    LineRead,
    ListeningBegan,
    Moment,
    PartReported,
    ReminderDue,
    Saved,
    SoundWanted,
    StretchWanted,
    TemperatureRead,
)
from bedside.night.state import CLOSE, HEARTBEAT, Night, Rules

START = 1000.0
WALL = datetime(2026, 1, 11, 3, 4, tzinfo=UTC)


class Broken(Exception):  # noqa: N818 - what a part throws is no error of ours
    """What a device may throw: anything."""


class Clock:
    """The time, which the test lets pass."""

    since_boot = START

    def __call__(self) -> Moment:
        return Moment("boot", self.since_boot, WALL + timedelta(seconds=self.since_boot - START))


@dataclass
class Button:
    """A button whose level the test sets. None: the line cannot be read, so no answer comes."""

    clock: Clock
    inbox: SimpleQueue[object]
    down: bool | None = False
    reads: int = 0
    part: str = WIRE

    def read(self) -> None:
        self.reads += 1
        if self.down is not None:
            self.inbox.put(LineRead(self.clock(), self.down, self.part))


@dataclass
class House:
    """The light, the speaker, the writer and the door in one, so that the order of all that is done can be seen."""

    done: list[object] = field(default_factory=list)
    samples: list[TemperatureRead] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def show(self, level: LightLevel) -> None:
        self._do("light", SetLight(level))

    def say(self, cue: Cue, *, quiet: bool = False, due: float | None = None) -> None:
        self._do("speaker", Say(cue, quiet, due))

    def hush(self) -> None:
        self._do("speaker", Hush())

    def save(self, save: Save) -> None:
        self._do("writer", save)

    def open(self) -> None:
        self._do("door", OpenDoor())

    def sample(self, reading: TemperatureRead) -> None:
        self.samples.append(reading)

    def _do(self, part: str, what: object) -> None:
        if part in self.broken:
            raise Broken(part)
        self.done.append(what)

    def saved(self, kind: type) -> list:  # type: ignore[type-arg]
        """All rows of the kind that were given to the writer."""
        return [row for save in self.done if isinstance(save, Save) for row in save.rows if isinstance(row, kind)]


@dataclass
class Bed:
    """A daemon with its parts, as a test plays with them."""

    clock: Clock
    house: House
    button: Button
    daemon: Daemon
    pulses: list[float]

    def settle(self) -> None:
        """Let the loop take what is in the inbox, as far as it is there already."""
        while not self.daemon.inbox.empty():
            self.daemon.turn(self.daemon.inbox.get())

    def tell(self, item: object) -> None:
        """Post it, and let the loop take it and what follows."""
        self.daemon.post(item)
        self.settle()

    def edge(self, *, down: bool) -> None:
        """Let the line go there, with its edge."""
        self.button.down = down
        self.tell(LineChanged(self.clock(), down))

    def tap(self) -> None:
        """Press for an eighth of a second."""
        self.edge(down=True)
        self.pass_time(0.125)
        self.edge(down=False)
        self.pass_time(0.125)

    def pass_time(self, seconds: float) -> int:
        """Let so many seconds go by as the loop lives through them. How often it was woken."""
        until, wakes = self.clock.since_boot + seconds, 0
        self.settle()
        while (at := self.daemon.wakes_at()) <= until:
            self.clock.since_boot = max(self.clock.since_boot, at)
            wakes += 1
            assert wakes < 100_000, "the loop spins"
            self.daemon.turn(None)
            self.settle()
        self.clock.since_boot = until
        return wakes


@pytest.fixture
def bed() -> Bed:
    """A quiet night with everything well."""
    clock, house, inbox = Clock(), House(), SimpleQueue[object]()
    button, pulses = Button(clock, inbox), []
    daemon = Daemon(
        Night(),
        Rules(),
        clock,
        {WIRE: button},
        house,
        house,
        house,
        house,
        pulse=lambda: pulses.append(clock.since_boot),
        inbox=inbox,
    )
    bed = Bed(clock, house, button, daemon, pulses)
    bed.tell(PartReported(clock(), "button", True, "The button is heard."))
    bed.pass_time(1)
    house.done.clear()
    return bed


def kinds(done: list[object]) -> list[type]:
    return [type(what) for what in done]


# --- a press ---


def test_a_press_lights_up_before_anything_else_and_is_saved(bed: Bed) -> None:
    bed.edge(down=True)
    assert bed.house.done[0] == SetLight(LightLevel.RISING)
    assert kinds(bed.house.done) == [SetLight, Save, Hush]
    assert [press.meaning for press in bed.house.saved(Press)] == [Meaning.BEGAN]
    assert [cramp.state for cramp in bed.house.saved(Cramp)] == [CrampState.OPEN]


def test_the_first_sentence_comes_once_the_press_is_saved(bed: Bed) -> None:
    bed.edge(down=True)
    record = next(save.record for save in bed.house.done if isinstance(save, Save))
    bed.tell(Saved(bed.clock(), record))
    assert bed.house.done[-2:] == [SetLight(LightLevel.FULL), Say(Cue.PULL, quiet=True)]


def test_the_first_sentence_comes_after_a_third_of_a_second_whether_or_not_it_is_saved(bed: Bed) -> None:
    bed.edge(down=True)
    bed.pass_time(0.29)
    assert Say(Cue.PULL, quiet=True) not in bed.house.done
    bed.pass_time(0.02)
    assert Say(Cue.PULL, quiet=True) in bed.house.done


def test_a_press_is_one_press_however_the_contact_bounces(bed: Bed) -> None:
    for down in (True, False, True, False, True):
        bed.edge(down=down)
        bed.clock.since_boot += 0.002
    bed.pass_time(0.1)
    assert len(bed.house.saved(Press)) == 1


def test_a_press_whose_edge_was_lost_is_found_when_the_level_is_read(bed: Bed) -> None:
    bed.button.down = True
    bed.pass_time(READ_WHEN_IDLE)
    assert [press.meaning for press in bed.house.saved(Press)] == [Meaning.BEGAN]


def test_two_presses_ten_seconds_apart_are_a_cramp_and_its_end(bed: Bed) -> None:
    bed.tap()
    bed.pass_time(10)
    bed.tap()
    assert bed.daemon.night.phase is Phase.QUIET
    assert bed.house.saved(Cramp)[-1].state is CrampState.ENDED


def test_a_press_in_the_inbox_is_judged_by_its_own_moment_however_late_the_loop_comes(bed: Bed) -> None:
    pressed = bed.clock()
    bed.clock.since_boot += 40
    bed.tell(LineChanged(pressed, True))
    assert bed.house.saved(Cramp)[0].onset == pressed


# --- what fails ---


@pytest.mark.parametrize("part", ["light", "speaker"])
def test_a_press_is_saved_though_another_part_fails(bed: Bed, part: str, caplog: pytest.LogCaptureFixture) -> None:
    bed.house.broken = {part}
    with caplog.at_level(logging.ERROR):
        bed.edge(down=True)
    assert [press.meaning for press in bed.house.saved(Press)] == [Meaning.BEGAN]
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].exc_info[0] is Broken  # whole, with its trace


def test_a_writer_that_fails_darkens_no_light_and_stops_no_help(bed: Bed) -> None:
    bed.house.broken = {"writer"}
    bed.edge(down=True)
    bed.pass_time(1)
    assert SetLight(LightLevel.RISING) in bed.house.done
    assert Say(Cue.PULL, quiet=True) in bed.house.done


def test_with_everything_broken_the_next_press_is_heard_all_the_same(bed: Bed) -> None:
    bed.house.broken = {"light", "speaker", "writer"}
    bed.tap()
    bed.house.broken = set()
    bed.pass_time(10)
    bed.tap()
    assert bed.house.saved(Press)[0].meaning is Meaning.ENDED


def test_a_button_that_cannot_be_read_and_a_pulse_that_fails_stop_no_time(bed: Bed) -> None:
    def fail() -> None:
        raise Broken("gone")

    broken = replace(bed.daemon, pulse=fail)
    broken.buttons[WIRE].read = fail  # type: ignore[method-assign]
    bed.daemon = broken
    bed.tell(ReminderDue(bed.clock(), date(2026, 1, 10), 3600.0))
    assert bed.pass_time(60) >= 6
    assert bed.daemon.night.phase is Phase.ASKING


# --- the loop ---


def test_a_flood_of_temperatures_starves_neither_the_level_read_nor_a_deadline(bed: Bed) -> None:
    bed.tap()
    reads, pulses = bed.button.reads, len(bed.pulses)
    bed.daemon.post(TemperatureRead(bed.clock(), 19.0))
    for _ in range(6_000):
        bed.clock.since_boot += 0.005
        bed.daemon.post(TemperatureRead(bed.clock(), 19.0))
        while bed.daemon.inbox.qsize() > 1:  # the inbox is never found empty
            bed.daemon.turn(bed.daemon.inbox.get())
    assert bed.button.reads - reads >= 2
    assert len(bed.pulses) - pulses >= 2
    assert [what.cue for what in bed.house.done if isinstance(what, Say)] == [Cue.PULL, Cue.HOLD]


def test_every_temperature_is_kept_and_known_at_the_next_onset(bed: Bed) -> None:
    bed.tell(TemperatureRead(bed.clock(), 17.5))
    bed.tell(TemperatureRead(bed.clock(), 18.5))
    bed.edge(down=True)
    assert [reading.celsius for reading in bed.house.samples] == [17.5, 18.5]
    assert bed.house.saved(Cramp)[0].celsius == 18.5


def test_the_loop_wants_to_be_woken_at_the_nearest_of_deadline_and_read(bed: Bed) -> None:
    read = bed.daemon.contacts[WIRE].next_read()
    assert bed.daemon.wakes_at() == read
    bed.edge(down=True)
    assert bed.daemon.wakes_at() == bed.clock.since_boot + 0.03  # the line settles
    bed.pass_time(0.2)
    assert bed.daemon.wakes_at() == pytest.approx(START + 1.3)  # the first sentence, saved or not
    bed.pass_time(0.3)
    assert bed.daemon.wakes_at() == pytest.approx(START + 2.03, abs=0.02)  # the level, while it is down


def test_an_idle_daemon_is_woken_far_less_than_once_a_second(bed: Bed) -> None:
    assert bed.pass_time(3600) <= 3600 / READ_WHEN_IDLE + 3600 / HEARTBEAT + 1


@pytest.mark.parametrize("down", [True, None])
def test_a_button_held_down_for_an_hour_wakes_it_about_once_a_second(bed: Bed, down: bool | None) -> None:
    """None: it was pressed and cannot be read any more."""
    bed.edge(down=True)
    bed.pass_time(1)
    bed.button.down = down
    assert bed.pass_time(3600) <= 3600 + 60


def test_a_button_that_is_lost_while_it_bounces_does_not_make_the_loop_spin(bed: Bed) -> None:
    bed.edge(down=True)
    bed.button.down = None
    bed.tell(PartReported(bed.clock(), "button", False, "The chip is gone.", "Switch off and on."))
    assert bed.pass_time(3600) <= 3600 + 60


def test_a_button_lost_while_it_bounces_is_heard_again_when_it_is_back(bed: Bed) -> None:
    bed.edge(down=True)
    bed.button.down = None
    bed.tell(PartReported(bed.clock(), "button", False, "The chip is gone.", "Switch off and on."))
    bed.pass_time(100)
    bed.button.down = False
    bed.tell(PartReported(bed.clock(), "button", True, "The button is heard."))
    bed.pass_time(10)
    before = len(bed.house.saved(Press))
    bed.tap()
    assert len(bed.house.saved(Press)) > before


def test_the_watchdog_is_fed_about_every_ten_seconds_by_day_and_in_a_flood(bed: Bed) -> None:
    bed.pulses.clear()
    bed.pass_time(60)
    assert len(bed.pulses) == 6
    for _ in range(600):
        bed.clock.since_boot += 0.1
        bed.tell(TemperatureRead(bed.clock(), 19.0))
    assert 12 <= len(bed.pulses) <= 18


def test_a_line_that_never_rests_starves_no_watchdog(bed: Bed) -> None:
    """Mains hum on a long wire: edges so near that the level is never read in between."""
    bed.pulses.clear()
    for number in range(12_000):
        bed.clock.since_boot += 0.005
        bed.edge(down=number % 2 == 0)
    assert 6 <= len(bed.pulses) <= 12, "in a minute"


def test_a_button_that_is_told_every_second_to_be_deaf_starves_no_watchdog(bed: Bed) -> None:
    """Each report is taken as the line's level, and so puts off the next reading of it."""
    bed.pulses.clear()
    for _ in range(60):
        bed.tell(PartReported(bed.clock(), "button", False, "The chip is shut.", "Let it in."))
        bed.pass_time(1)
    assert 6 <= len(bed.pulses) <= 12, "in a minute"


def test_after_an_hour_in_which_nothing_ran_only_what_is_still_due_is_done(bed: Bed) -> None:
    """SIGSTOP, a suspended machine: the loop comes back late, says the warning, and later still closes the cramp."""
    bed.tap()
    bed.house.done.clear()
    bed.clock.since_boot += 900
    bed.daemon.turn(None)
    assert [what.cue for what in bed.house.done if isinstance(what, Say)] == [Cue.WARNING]
    bed.clock.since_boot += 2700
    bed.daemon.turn(bed.daemon.inbox.get())  # the level it had asked for
    bed.daemon.turn(None)
    assert [what.cue for what in bed.house.done if isinstance(what, Say)] == [Cue.WARNING]
    assert bed.house.saved(Cramp)[-1].state is CrampState.END_UNKNOWN


# --- what the parts say ---


def test_the_parts_are_known_by_their_last_report(bed: Bed) -> None:
    bed.tell(PartReported(bed.clock(), "speaker", False, "No sound card.", "Plug one in."))
    seen = bed.daemon.parts
    bed.tell(PartReported(bed.clock(), "speaker", True, "The card speaks."))
    assert {name: part.says for name, part in bed.daemon.parts.items()} == {
        "button": "The button is heard.",
        "speaker": "The card speaks.",
    }
    assert seen["speaker"].says == "No sound card."  # who read the parts before keeps what they had


def test_a_report_is_logged_when_it_changes_and_not_each_time(bed: Bed, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for says in ("No sensor.", "No sensor.", "It reads badly.", "It reads badly."):
            bed.tell(PartReported(bed.clock(), "thermometer", False, says, "See the wires."))
    assert caplog.messages == ["thermometer: No sensor. See the wires.", "thermometer: It reads badly. See the wires."]


def test_the_buttons_report_begins_and_ends_the_watch(bed: Bed) -> None:
    assert bed.daemon.night.watch is not None
    bed.pass_time(30)
    bed.tell(PartReported(bed.clock(), "button", False, "The chip is gone.", "Switch off and on."))
    assert bed.daemon.night.watch is None
    assert bed.house.saved(Watch)[-1].seen == bed.clock()
    assert SetLight(LightLevel.OFF) in bed.house.done  # the glow says that a press is heard
    bed.tell(PartReported(bed.clock(), "button", True, "The button is heard."))
    assert bed.daemon.night.watch is not None
    assert bed.house.done[-2] == SetLight(LightLevel.GLOW)


def test_a_button_that_is_well_is_read_at_once_since_it_may_be_down_already(bed: Bed) -> None:
    bed.tell(PartReported(bed.clock(), "button", False, "In use.", "Stop that."))
    bed.button.down = True
    bed.tell(PartReported(bed.clock(), "button", True, "The button is heard."))
    assert [press.meaning for press in bed.house.saved(Press)] == [Meaning.BEGAN]


def test_the_rules_know_whether_a_light_was_found(bed: Bed) -> None:
    bed.tell(PartReported(bed.clock(), "light", False, "No light.", "Wire one."))
    assert not bed.daemon.rules.light_found
    bed.tell(PartReported(bed.clock(), "light", True, "The light shines."))
    assert bed.daemon.rules.light_found


# --- what is asked of it ---


def test_new_rules_take_effect_at_once(bed: Bed) -> None:
    assert bed.daemon.night.light is LightLevel.GLOW
    bed.tell(RulesChanged(replace(bed.daemon.rules, glow=False)))
    assert bed.house.done == [SetLight(LightLevel.OFF)]


def test_new_rules_are_habits_and_leave_it_known_that_there_is_no_light(bed: Bed) -> None:
    bed.tell(PartReported(bed.clock(), "light", False, "No light.", "Wire one."))
    bed.tell(RulesChanged(Rules(stands=False)))
    assert not bed.daemon.rules.light_found
    assert not bed.daemon.rules.stands


@dataclass
class Asking:
    """Someone who wants everything deleted. `waits`: for the loop, still. What the loop did is in the house's order."""

    house: House
    waits: bool = True

    def item(self, rules: Rules | None = None) -> AnewAsked:
        return AnewAsked(rules or Rules(), self._wipe, lambda: self.house.done.append("busy"))

    def _wipe(self) -> bool:
        if self.waits:
            self.house.done.append("wipe")
        return self.waits


def test_all_saved_before_a_deletion_goes_to_the_writer_before_it_and_all_saved_later_after(bed: Bed) -> None:
    bed.tap()
    bed.pass_time(10)
    bed.tap()
    bed.pass_time(130)
    bed.tell(Asking(bed.house).item())
    bed.tap()
    wiped = bed.house.done.index("wipe")
    before, after = ([what for what in some if isinstance(what, Save)]
                     for some in (bed.house.done[:wiped], bed.house.done[wiped:]))  # fmt: skip
    assert {row.id for save in before for row in save.rows}.isdisjoint(row.id for save in after for row in save.rows)
    assert [type(row) for row in after[0].rows] == [Watch]
    assert next(row.meaning for save in after for row in save.rows if isinstance(row, Press)) is Meaning.BEGAN


def test_in_a_cramp_nothing_is_deleted_and_the_night_goes_on(bed: Bed) -> None:
    bed.tap()
    night = bed.daemon.night
    bed.tell(Asking(bed.house).item(Rules(stands=False)))
    assert "wipe" not in bed.house.done
    assert bed.house.done[-1] == "busy"
    assert (bed.daemon.night.cramp, bed.daemon.rules.stands) == (night.cramp, True)


def test_a_cramp_that_is_due_to_close_by_then_is_closed_before(bed: Bed) -> None:
    bed.tap()
    bed.pass_time(10)
    bed.clock.since_boot += CLOSE
    bed.tell(Asking(bed.house).item())
    assert "wipe" in bed.house.done
    assert bed.daemon.night.cramp is None


def test_a_press_in_the_inbox_before_a_deletion_keeps_it_from_beginning(bed: Bed) -> None:
    bed.button.down = True
    bed.daemon.post(LineChanged(bed.clock(), True))
    bed.tell(Asking(bed.house).item())
    assert bed.house.done[-1] == "busy"
    assert len(bed.house.saved(Press)) == 1


def test_a_press_in_the_inbox_behind_a_deletion_is_saved_after_it_and_lit_at_once(bed: Bed) -> None:
    pressed = bed.clock()
    bed.clock.since_boot += 1
    bed.daemon.post(Asking(bed.house).item())
    bed.button.down = True
    bed.tell(LineChanged(pressed, True))
    rest = bed.house.done[bed.house.done.index("wipe") :]
    assert kinds(rest[:5]) == [str, Save, SetLight, Save, Hush]
    assert bed.house.saved(Cramp)[0].onset == pressed


def test_a_deletion_nobody_waits_for_any_more_does_not_begin(bed: Bed) -> None:
    night = bed.daemon.night
    bed.tell(Asking(bed.house, waits=False).item(Rules(stands=False)))
    assert bed.house.done == []
    assert (bed.daemon.night.watch, bed.daemon.rules.stands) == (night.watch, True)


def test_a_deletion_goes_on_with_other_rules_and_still_knows_whether_a_light_was_found(bed: Bed) -> None:
    bed.tell(PartReported(bed.clock(), "light", False, "No light.", "Wire one."))
    bed.tell(Asking(bed.house).item(Rules(stands=False)))
    assert (bed.daemon.rules.stands, bed.daemon.rules.light_found) == (False, False)


def test_a_deletion_that_fails_leaves_the_night_as_it_was_and_presses_heard(bed: Bed) -> None:
    def fail() -> bool:
        raise Broken("deletion")

    night = bed.daemon.night
    bed.tell(AnewAsked(Rules(), fail, lambda: None))
    assert bed.daemon.night.watch == night.watch
    bed.tap()
    assert len(bed.house.saved(Press)) > 0


def test_who_asks_it_to_stop_has_the_watch_saved_up_to_then(bed: Bed) -> None:
    bed.clock.since_boot += 5
    bed.daemon.post(StopAsked())
    bed.daemon.run()
    assert bed.house.saved(Watch)[-1].seen == bed.clock()
    assert bed.daemon.night.watch is None


def test_what_came_before_the_stop_is_still_done_and_what_comes_after_is_left(bed: Bed) -> None:
    bed.daemon.post(LineChanged(bed.clock(), True))
    bed.daemon.post(StopAsked())
    bed.daemon.post(TemperatureRead(bed.clock(), 19.0))
    bed.daemon.run()
    assert len(bed.house.saved(Press)) == 1
    assert bed.house.samples == []


def test_a_waiting_loop_wakes_for_its_deadline_by_itself(bed: Bed) -> None:
    """The one test that runs on the real clock: the inbox stays empty, and the pulse alone ends the run."""
    bed.clock.since_boot = bed.daemon.wakes_at()
    replace(bed.daemon, pulse=lambda: bed.daemon.post(StopAsked())).run()
    assert bed.house.saved(Watch)


def test_what_the_night_does_not_get_from_the_contact_reaches_it_as_it_is(bed: Bed) -> None:
    told: list[Callable[[], object]] = [
        lambda: ListeningBegan(bed.clock()),
        lambda: TemperatureRead(bed.clock(), 20.0),
        lambda: ReminderDue(bed.clock(), date(2026, 1, 10), 3600.0),
    ]
    for make in told:
        bed.tell(make())
    bed.pass_time(1)
    assert Counter(kinds(bed.house.done))[Say] == 1
    assert bed.daemon.night.phase is Phase.ASKING


def test_how_loud_and_when_a_cue_is_to_be_said_reaches_the_speaker(bed: Bed) -> None:
    bed.tell(StretchWanted(bed.clock(), date(2026, 1, 10)))
    start = bed.clock.since_boot
    bed.pass_time(16)
    said = [what for what in bed.house.done if isinstance(what, Say)]
    assert said == [Say(Cue.SETUP), Say(Cue.CALF_LEFT, due=start + 15)]
    bed.tap()
    bed.pass_time(10)
    bed.tell(SoundWanted(bed.clock(), quiet=True))
    assert bed.house.done[-1] == Say(Cue.TRY, quiet=True)


# --- pairing ---


def test_a_hold_of_seven_seconds_opens_the_door_before_its_code_is_said(bed: Bed) -> None:
    bed.edge(down=True)
    bed.pass_time(7)
    bed.house.done.clear()
    bed.edge(down=False)
    bed.pass_time(1)
    after = [what for what in bed.house.done if isinstance(what, OpenDoor | Say)]
    assert after == [OpenDoor(), Say(Cue.PAIRING, quiet=True)]
