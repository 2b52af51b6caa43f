"""Several buttons at one bed, as stories: what one of them does to the others. See `story.py` for the language."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bedside.night.anew import begin_anew, is_at_rest
from bedside.night.effects import Phase, Press, Watch
from bedside.night.events import KEY, SECOND_WIRE, WIRE, ButtonPressed, ButtonReleased, ListeningBegan, Moment
from bedside.night.machine import step
from bedside.night.resume import Kept, resume
from bedside.night.state import Down, Line, Night, Rules
from tests.night.story import Player, expect

RULES = Rules(has_phone=True)


def at(seconds: float, boot: str = "boot") -> Moment:
    return Moment(boot, 1000.0 + seconds, datetime(2026, 1, 11, 3, 4, tzinfo=UTC) + timedelta(seconds=seconds))


def test_a_cramp_that_one_button_began_is_ended_by_another_and_each_press_knows_its_own() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold
    03:04:30 press by key -> light glow; keep 'ended a cramp, by key', cramp ended 30 s; hush; say quietly cramp-stopped
    03:05 press by second button -> light rising; keep 'reopened a cramp, by second button', cramp open; hush;
    ... light full; say quietly relief-pull
    03:05:10 wait
    kept: press 03:04:00 began a cramp | press 03:04:30 ended a cramp, by key
    press 03:05:00 reopened a cramp, by second button | cramp 03:04:00 open
    """)


def test_a_press_on_the_remote_while_the_wire_is_leaned_on_is_the_same_cry_and_the_next_one_ends_it() -> None:
    """What leans on the wire is in doubt; who then reaches for the remote wants help: light and voice come back."""
    expect("""
    03:04 down -> begins | 03:04:10 -> light dim; keep 'began a cramp, leaned', cramp open, doubtful, muted; hush
    03:04:15 press by key -> light rising; keep 'repeated, by key', cramp open, doubtful; light full
    03:04:20 -> say quietly relief-hold
    03:04:23 press by key -> light glow; keep 'ended a cramp, by key', cramp ended 23 s, doubtful; hush;
    ... say quietly cramp-stopped
    03:04:40 up | 03:04:41 wait
    kept: press 03:04:00 began a cramp, release unseen, leaned | press 03:04:15 repeated, by key
    press 03:04:23 ended a cramp, by key | cramp 03:04:00 ended 23 s, doubtful
    """)


def test_a_press_on_the_key_while_the_wire_is_stuck_is_heard_and_the_watch_waits_for_the_wire() -> None:
    story = """
    03:04 down -> begins | 03:04:10 -> light dim; keep 'began a cramp, leaned', cramp open, doubtful, muted; hush
    03:34 -> light off; keep cramp end unknown, doubtful; hush
    03:40 press by key -> light rising; keep 'began a cramp, by key', cramp open; hush; light full;
    ... say quietly relief-pull
    03:40:10 press by key -> light off; keep 'ended a cramp, by key', cramp ended 10 s; hush; say quietly cramp-stopped
    03:50 up -> light glow; keep watch of 0 s | 04:10 -> keep watch of 20 min 0 s | 04:11 wait
    kept: watch 03:04:00 to 03:04:00 | press 03:04:00 began a cramp, release unseen, leaned
    cramp 03:04:00 end unknown, doubtful | press 03:40:00 began a cramp, by key
    cramp 03:40:00 ended 10 s | press 03:40:10 ended a cramp, by key | watch 03:50:00 to 04:10:00
    """
    expect(story, watches=True)


def test_a_key_that_is_held_while_the_wire_is_pressed_and_let_go_is_no_hold() -> None:
    expect("""
    03:04 down by key -> light rising; keep 'began a cramp, by key', cramp open; hush; light full;
    ... say quietly relief-pull
    03:04:01 press -> repeats
    03:04:04 up by key | 03:04:20 -> say quietly relief-hold | 03:04:21 wait
    kept: press 03:04:00 began a cramp, release unseen, by key | press 03:04:01 repeated | cramp 03:04:00 open
    """)


def test_a_hold_of_the_button_that_was_pressed_last_counts_while_another_is_down() -> None:
    expect("""
    03:04 down -> begins | 03:04:10 -> light dim; keep 'began a cramp, leaned', cramp open, doubtful, muted; hush
    03:34 -> light off; keep cramp end unknown, doubtful; hush
    03:36 hold 4 s by key -> light rising; keep 'began a cramp, by key', cramp open; hush; light full;
    ... say quietly relief-pull
    03:36:04 -> light dim; keep cramp open, doubtful, muted
    03:36:05 wait
    kept: press 03:04:00 began a cramp, release unseen, leaned | cramp 03:04:00 end unknown, doubtful
    press 03:36:00 began a cramp, held 4 s, by key | cramp 03:36:00 open, doubtful, muted
    """)


def test_a_button_that_is_stuck_while_another_is_pressed_ends_the_watch_a_minute_after_it_went_down() -> None:
    story = """
    03:04 down by key -> light rising; keep 'began a cramp, by key', cramp open; hush; light full;
    ... say quietly relief-pull
    03:04:05 press -> repeats | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 -> say quietly relief-rub
    03:05:30 press -> light off; keep 'ended a cramp', cramp ended 1 min 30 s; hush; say quietly cramp-stopped
    03:06 up found by key -> light glow; keep watch of 0 s | 03:06:01 wait
    kept: watch 03:04:00 to 03:04:00 | press 03:04:00 began a cramp, release unseen, by key
    press 03:04:05 repeated | press 03:05:30 ended a cramp | cramp 03:04:00 ended 1 min 30 s
    watch 03:06:00 to 03:06:00
    """
    expect(story, watches=True)


def test_a_lost_release_of_one_button_changes_nothing_for_the_other() -> None:
    """The key's release is found late, by its level: in between the wire begins, ends and is held as ever."""
    expect("""
    03:03 down by key -> light rising; keep 'began a cramp, by key', cramp open; hush; light full;
    ... say quietly relief-pull
    03:03:08 press -> light glow; keep 'ended a cramp', cramp ended 8 s; hush; say quietly cramp-stopped
    03:03:20 up found by key
    03:06 hold 5 s -> begins | 03:06:05 -> light dim; keep cramp open, doubtful, muted | 03:06:06 wait
    kept: press 03:03:00 began a cramp, release unseen, by key | press 03:03:08 ended a cramp
    cramp 03:03:00 ended 8 s | press 03:06:00 began a cramp, held 5 s | cramp 03:06:00 open, doubtful, muted
    """)


def test_a_second_press_of_a_button_whose_release_was_lost_makes_it_the_one_that_is_judged() -> None:
    expect("""
    03:03 down by key -> light rising; keep 'began a cramp, by key', cramp open; hush; light full;
    ... say quietly relief-pull
    03:03:04 press -> repeats
    03:03:20 down by key -> light glow; keep 'ended a cramp, by key', cramp ended 20 s; hush;
    ... say quietly cramp-stopped
    03:03:30 -> keep 'ended a cramp, leaned, by key', cramp end unknown; hush
    03:03:40 up by key | 03:03:41 wait
    kept: press 03:03:00 began a cramp, release unseen, by key | press 03:03:04 repeated
    press 03:03:20 ended a cramp, held 20 s, leaned, by key | cramp 03:03:00 end unknown
    """)


def test_a_key_that_goes_in_mid_press_leaves_a_cramp_and_no_hold() -> None:
    expect("""
    03:04 down by key -> light rising; keep 'began a cramp, by key', cramp open; hush; light full;
    ... say quietly relief-pull
    03:04:05 listening ended | 03:04:05 up found by key | 03:04:20 -> say quietly relief-hold
    03:04:30 press -> light off; keep 'ended a cramp', cramp ended 30 s; hush; say quietly cramp-stopped
    03:05 listening began -> light glow | 03:05:01 wait
    kept: press 03:04:00 began a cramp, release unseen, by key | cramp 03:04:00 ended 30 s
    press 03:04:30 ended a cramp
    """)


def test_a_restart_goes_on_with_a_cramp_that_the_key_began() -> None:
    expect("""
    03:04 press by key -> light rising; keep 'began a cramp, by key', cramp open; hush; light full;
    ... say quietly relief-pull
    03:04:20 -> say quietly relief-hold
    03:04:30 daemon dies
    03:04:50 restart -> light full
    03:05 press -> light glow; keep 'ended a cramp', cramp ended 1 min 0 s; hush; say quietly cramp-stopped
    03:05:01 wait
    kept: press 03:04:00 began a cramp, by key | cramp 03:04:00 ended 1 min 0 s | press 03:05:00 ended a cramp
    """)


def test_two_presses_on_the_ask_are_a_cramp_though_each_is_on_a_button_of_its_own() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks
    21:30:20 press -> starts
    21:30:23 press by key -> light rising; keep evening offered, 1 asks, 'began a cramp', 'repeated, by key',
    ... cramp open; hush; light full; say relief-pull
    21:30:24 wait
    kept: evening 2026-01-10 offered, 1 asks | press 21:30:20 began a cramp | press 21:30:23 repeated, by key
    cramp 21:30:20 open
    """)


def test_two_buttons_that_go_down_at_one_instant_are_two_presses() -> None:
    night, rows = step(Night(), ListeningBegan(at(0)), RULES)[0], []
    for button in (WIRE, KEY):
        night, effects = step(night, ButtonPressed(at(5), button), RULES)
        rows += [row for effect in effects for row in getattr(effect, "rows", ()) if isinstance(row, Press)]
    assert len({row.id for row in rows}) == 2
    assert [row.button for row in rows] == [WIRE, KEY]


# --- after a restart, and anew ---


def leaned(seconds: float, button: str, boot: str = "boot") -> Press:
    night = step(Night(), ButtonPressed(at(seconds, boot), button), RULES)[0]
    assert night.press is not None
    return replace(night.press, leaned=True)


@pytest.mark.parametrize("boot", ["boot", "the boot before"])
def test_after_a_restart_every_button_that_was_leaned_on_is_taken_for_stuck_until_its_level_is_read(boot: str) -> None:
    kept = Kept(press=leaned(40, KEY, boot), presses_besides=(leaned(0, WIRE, boot), leaned(20, SECOND_WIRE, boot)))
    night, _ = resume(kept, at(100), RULES)
    assert night.down == {WIRE, SECOND_WIRE, KEY}
    night, _ = step(night, ListeningBegan(at(101)), RULES)
    for seconds, button in enumerate((KEY, WIRE, SECOND_WIRE), 102):
        assert night.watch is None
        night, _ = step(night, ButtonReleased(at(seconds), False, button), RULES)
    assert night.watch is not None
    assert night.watch.began == at(104)


def test_what_is_kept_for_a_restart_is_the_newest_press_of_each_button() -> None:
    player = Player(datetime(2026, 1, 11, 3, tzinfo=UTC))
    for minute, what in enumerate(("press", "press by key", "hold 12 s", "press by key", "press by second button")):
        player.play(player.start + timedelta(minutes=minute), what)
    kept = player.diary.newest()
    assert kept.press is not None
    assert kept.press.button == SECOND_WIRE
    assert [(press.button, press.leaned) for press in kept.presses_besides] == [(WIRE, True), (KEY, False)]


def test_nothing_is_deleted_under_a_finger_on_another_button() -> None:
    quiet = Night(listening=True)
    held, stuck = (replace(quiet, others=(Down(KEY, at(0), stuck),)) for stuck in (False, True))
    assert not is_at_rest(held)
    begun = begin_anew(stuck, at(100), RULES)
    assert begun is not None
    assert begun[0].others == stuck.others, "it is stuck all the same"
    assert begun[0].watch is None


def test_a_lone_key_does_all_that_the_wire_does_and_has_none_beside_it() -> None:
    night = step(Night(), ListeningBegan(at(0)), RULES)[0]
    for seconds, down in ((10, True), (10.2, False), (30, True), (35, True), (110, False)):
        event = ButtonPressed(at(seconds), KEY) if down else ButtonReleased(at(seconds), button=KEY)
        night, effects = step(night, event, RULES)
        assert night.others == ()
        if seconds == 110:
            watches = [row for effect in effects for row in getattr(effect, "rows", ()) if isinstance(row, Watch)]
            assert [(watch.began, watch.seen) for watch in watches][-1] == (at(110), at(110))
    assert (night.line, night.button, night.phase) == (Line.UP, KEY, Phase.CRAMPING)
