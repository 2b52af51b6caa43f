"""The guided stretch line by line, and what the page has to do with it, as stories: see `story.py` for the language."""

from datetime import timedelta

import pytest

from bedside.night import cues
from bedside.night.cues import Cue, Script
from bedside.night.state import Rules
from tests.night.story import Player, expect, play

SEATED = Rules(has_phone=True, standing_stretch=False)


# --- the session ---


def test_the_standing_session_from_its_ask_to_its_end() -> None:
    """What is said last goes on over the end."""
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:01 press -> starts
    21:01:15 -> say stretch-calf-left
    21:01:20 -> say stretch-count-right
    21:01:33 -> say stretch-count-left
    21:01:46 -> say stretch-count-right
    21:01:59 -> say stretch-count-left
    21:02:12 -> say stretch-count-right
    21:02:25 -> say stretch-count-chair
    21:02:45 -> say stretch-thigh-left
    21:02:50 -> say stretch-count-right
    21:03:03 -> say stretch-count-left
    21:03:16 -> say stretch-count-right
    21:03:29 -> say stretch-count-left
    21:03:42 -> say stretch-count-right
    21:03:55 -> say stretch-count-done
    21:04 -> keep evening completed, 1 asks, over | 21:04:06 -> light glow
    21:05 wait
    kept: evening 2026-01-10 completed, 1 asks, over | press 21:01:00 started the stretch
    """)


def test_the_seated_session_from_its_ask_to_its_end() -> None:
    story = """
    21:00 reminder for 2026-01-10 -> asks
    21:01 press -> light rising; keep 'started the stretch', evening started, 1 asks, over; hush; light full;
    ... say stretch-seat
    21:01:15 -> say stretch-seated-left
    21:01:20 -> say stretch-count-right
    21:01:33 -> say stretch-count-left
    21:01:46 -> say stretch-count-right
    21:01:59 -> say stretch-count-left
    21:02:12 -> say stretch-count-right
    21:02:25 -> say stretch-count-done
    21:02:30 -> keep evening completed, 1 asks, over | 21:02:36 -> light glow
    21:05 wait
    kept: evening 2026-01-10 completed, 1 asks, over | press 21:01:00 started the stretch
    """
    expect(story, rules=SEATED)


@pytest.mark.parametrize("standing", [True, False])
def test_each_cue_of_a_session_is_due_at_its_time_and_what_is_said_at_once_at_none(standing: bool) -> None:
    story = "20:58 press\n20:58:10 press\n21:00 reminder for 2026-01-10\n21:14:10 press\n21:18 wait"
    player, _ = play(story, on="2026-01-10", rules=Rules(standing_stretch=standing), watches=False)
    start = player.since(player.start) + 16 * 60 + 10
    beats = due_cues(cues.stretch(standing), start)
    first = Cue.SETUP if standing else Cue.SEAT
    alone = [Cue.PULL, Cue.STOPPED, Cue.ASK_LATE, first]
    assert [(what.due, what.cue) for what in player.said] == [*((None, cue) for cue in alone), *beats]
    assert len(beats) == (14 if standing else 7)


def test_a_cue_that_is_a_little_late_is_due_at_its_own_time_and_a_later_one_is_left_out() -> None:
    """The page and the voice keep the session's beat, whatever the loop was kept from."""
    player, _ = play("""
    21:00 stretch wanted for 2026-01-10 | 21:00:10 suspend | 21:00:18 wait | 21:00:19 suspend | 21:00:27 wait
    21:00:34 wait
    """, on="2026-01-10", rules=Rules(), watches=False)  # fmt: skip
    start = player.since(player.start)
    beats = due_cues(cues.stretch(True), start)
    assert [(what.due, what.cue) for what in player.said[1:]] == [beats[0], beats[2]]


def due_cues(script: Script, start: float) -> list[tuple[float, Cue]]:
    """What is said of a script after its first sentence, with the times it belongs to."""
    return [(start + at, cue) for at, cue in script[1:] if cue]


def test_a_session_that_has_begun_goes_on_as_it_is_whatever_is_chosen_meanwhile() -> None:
    player = told("21:00 stretch wanted for 2026-01-10\n21:00:30 wait")
    player.rules = SEATED
    player.play(player.start + timedelta(minutes=4), "wait")
    assert player.lines[-2:] == ["21:03:00 -> keep evening completed, 0 asks, over", "21:03:06 -> light glow"]


def test_a_press_ends_it_early() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:01 press -> starts | 21:01:15 -> say stretch-calf-left | 21:01:20 -> say stretch-count-right
    21:01:24 press -> stops | 21:30 wait
    kept: evening 2026-01-10 started, 1 asks, over | press 21:01:00 started the stretch
    press 21:01:24 stopped the stretch
    """)


def test_a_press_over_the_last_words_is_no_cramp_and_takes_nothing_back() -> None:
    expect("""
    21:00 stretch wanted for 2026-01-10 -> starts by page
    21:00:01 suspend | 21:02:54 wait | 21:02:55 -> say stretch-count-done
    21:03 -> keep evening completed, 0 asks, over
    21:03:05.9 press -> light glow; keep 'stopped the stretch'; hush; say stretch-stopped | 21:04 wait
    kept: evening 2026-01-10 completed, 0 asks, over | press 21:03:05.9 stopped the stretch
    """)


def test_a_press_after_the_last_words_is_a_cramp() -> None:
    expect("""
    21:00 stretch wanted for 2026-01-10 -> starts by page
    21:00:01 suspend | 21:02:54 wait | 21:02:55 -> say stretch-count-done
    21:03 -> keep evening completed, 0 asks, over | 21:03:06 -> light glow
    21:03:06.1 press -> begins aloud | 21:03:07 wait
    kept: evening 2026-01-10 completed, 0 asks, over | press 21:03:06.1 began a cramp | cramp 21:03:06.1 open
    """)


def test_a_session_that_led_nobody_since_the_loop_stood_still_is_not_called_completed() -> None:
    expect("""
    21:00 stretch wanted for 2026-01-10 -> starts by page
    21:00:10 suspend | 21:20 wait | 21:20 -> light glow | 21:21 wait
    kept: evening 2026-01-10 started, 0 asks, over
    """)


def test_a_restart_in_mid_session_leaves_it_started_and_asks_no_more() -> None:
    expect("""
    20:40 stretch wanted for 2026-01-10 -> starts by page | 20:40:15 -> say stretch-calf-left
    20:40:18 restart -> light glow
    21:00 reminder for 2026-01-10 | 21:10 wait
    kept: evening 2026-01-10 started, 0 asks, over
    """)


# --- asked for on the page ---


def test_a_session_from_the_page_is_led_to_its_end_and_then_nothing_asks() -> None:
    story = """
    20:40 stretch wanted for 2026-01-10
    ... -> light rising; keep evening started, 0 asks, over; hush; light full; say stretch-seat
    20:40:15 -> say stretch-seated-left | 20:40:20 -> say stretch-count-right | 20:40:33 -> say stretch-count-left
    20:40:46 -> say stretch-count-right | 20:40:59 -> say stretch-count-left | 20:41:12 -> say stretch-count-right
    20:41:25 -> say stretch-count-done | 20:41:30 -> keep evening completed, 0 asks, over
    20:41:36 -> light glow
    21:00 reminder for 2026-01-10 | 21:10 wait
    kept: evening 2026-01-10 completed, 0 asks, over
    """
    expect(story, rules=SEATED)


def test_a_session_from_the_page_that_was_stopped_is_started_and_nothing_asks() -> None:
    expect("""
    20:40 stretch wanted for 2026-01-10 -> starts by page
    20:40:10 press -> stops
    21:00 reminder for 2026-01-10 | 21:10 wait
    kept: evening 2026-01-10 started, 0 asks, over | press 20:40:10 stopped the stretch
    """)


def test_two_presses_in_a_session_from_the_page_are_a_cramp_from_the_first() -> None:
    expect("""
    20:40 stretch wanted for 2026-01-10 -> starts by page
    20:40:10 press -> stops
    20:40:13 press -> light rising; keep 'began a cramp', 'repeated', cramp open; hush; light full; say relief-pull
    20:40:20 wait
    kept: evening 2026-01-10 started, 0 asks, over | press 20:40:10 began a cramp | press 20:40:13 repeated
    cramp 20:40:10 open
    """)


def test_wanted_while_it_asks_it_begins_and_the_ask_is_hushed() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:00:30 stretch wanted for 2026-01-10
    ... -> light rising; keep evening started, 1 asks, over; hush; light full; say stretch-setup
    21:00:40 press -> stops | 21:30 wait
    kept: evening 2026-01-10 started, 1 asks, over | press 21:00:40 stopped the stretch
    """)


def test_wanted_in_a_cramp_or_in_a_session_nothing_begins() -> None:
    expect("""
    20:40 press -> begins aloud
    20:40:05 stretch wanted for 2026-01-10
    20:40:10 press -> light glow; keep 'ended a cramp', cramp ended 10 s; hush; say cramp-stopped
    20:40:20 stretch wanted for 2026-01-10 -> starts by page
    20:40:25 stretch wanted for 2026-01-10 | 20:40:35 -> say stretch-calf-left | 20:40:36 wait
    kept: press 20:40:00 began a cramp | cramp 20:40:00 ended 10 s | press 20:40:10 ended a cramp
    evening 2026-01-10 started, 0 asks, over
    """)


def test_a_second_session_stopped_early_leaves_the_evening_completed() -> None:
    expect("""
    20:40 stretch reported for 2026-01-10 -> keep evening completed, 0 asks, over, on the page
    20:50 stretch wanted for 2026-01-10 -> light rising; hush; light full; say stretch-setup
    20:50:10 press -> stops | 21:00 reminder for 2026-01-10 | 21:10 wait
    kept: evening 2026-01-10 completed, 0 asks, over, on the page | press 20:50:10 stopped the stretch
    """)


def test_a_second_session_cut_off_or_led_to_its_end_leaves_the_evening_completed() -> None:
    story = """
    20:40 stretch reported for 2026-01-10 -> keep evening completed, 0 asks, over, on the page
    20:50 stretch wanted for 2026-01-10 -> light rising; hush; light full; say stretch-seat
    20:50:10 restart -> light glow
    20:51 stretch wanted for 2026-01-10 -> light rising; hush; light full; say stretch-seat
    20:51:15 -> say stretch-seated-left | 20:51:20 -> say stretch-count-right | 20:51:33 -> say stretch-count-left
    20:51:46 -> say stretch-count-right | 20:51:59 -> say stretch-count-left | 20:52:12 -> say stretch-count-right
    20:52:25 -> say stretch-count-done | 20:52:30 -> keep evening completed, 0 asks, over
    20:52:36 -> light glow | 20:53 wait
    kept: evening 2026-01-10 completed, 0 asks, over
    """
    expect(story, rules=SEATED)


def test_wanted_for_an_evening_long_past_nothing_begins() -> None:
    expect("""
    20:40 stretch reported for 2026-01-09 -> keep evening completed, 0 asks, over, on the page
    21:00 reminder for 2026-01-10 -> asks | 21:02 -> hush
    21:03 stretch wanted for 2026-01-09 | 21:04 wait
    kept: evening 2026-01-09 completed, 0 asks, over, on the page | evening 2026-01-10 offered, 1 asks
    """)


# --- said done on the page ---


def test_said_done_before_the_time_nothing_asks() -> None:
    expect("""
    20:40 stretch reported for 2026-01-10 -> keep evening completed, 0 asks, over, on the page
    21:00 reminder for 2026-01-10 | 21:10 wait
    kept: evening 2026-01-10 completed, 0 asks, over, on the page
    """)


def test_said_done_while_it_asks_the_ask_is_hushed_and_none_follows() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:00:30 stretch reported for 2026-01-10 -> keep evening completed, 1 asks, over, on the page; hush
    21:30 wait
    kept: evening 2026-01-10 completed, 1 asks, over, on the page
    """)


def test_said_done_while_a_session_runs_the_session_tells() -> None:
    expect("""
    20:40 stretch wanted for 2026-01-10 -> starts by page
    20:40:05 stretch reported for 2026-01-10
    20:40:10 press -> stops | 20:41 wait
    kept: evening 2026-01-10 started, 0 asks, over | press 20:40:10 stopped the stretch
    """)


def test_said_done_after_a_session_that_was_stopped_it_is_done() -> None:
    expect("""
    20:40 stretch wanted for 2026-01-10 -> starts by page
    20:40:10 press -> stops
    20:41 stretch reported for 2026-01-10 -> keep evening completed, 0 asks, over, on the page | 20:42 wait
    kept: evening 2026-01-10 completed, 0 asks, over, on the page | press 20:40:10 stopped the stretch
    """)


def test_said_done_in_a_cramp_leaves_the_cramp_alone() -> None:
    expect("""
    20:59 press -> begins aloud
    20:59:05 stretch reported for 2026-01-10 -> keep evening completed, 0 asks, over, on the page
    20:59:10 press -> light glow; keep 'ended a cramp', cramp ended 10 s; hush; say cramp-stopped
    21:00 reminder for 2026-01-10 | 21:30 wait
    kept: press 20:59:00 began a cramp | cramp 20:59:00 ended 10 s | press 20:59:10 ended a cramp
    evening 2026-01-10 completed, 0 asks, over, on the page
    """)


def test_a_press_after_a_skip_is_a_cramp_of_its_own_and_takes_nothing_back() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:00:20 hold 3.5 s -> starts
    21:00:23.5 -> light glow; keep 'skipped the stretch, held 3.5 s', evening skipped, 1 asks, over; hush
    21:00:23.8 -> say evening-skipped
    21:00:24 stretch reported for 2026-01-10 -> keep evening completed, 1 asks, over, on the page
    21:00:24.5 press -> begins aloud
    21:00:26 wait
    kept: evening 2026-01-10 completed, 1 asks, over, on the page | press 21:00:20 skipped the stretch, held 3.5 s
    press 21:00:24.5 began a cramp | cramp 21:00:24.5 open
    """)


def told(story: str) -> Player:
    return play(story, on="2026-01-10", rules=Rules(has_phone=True), watches=False)[0]


def test_an_evening_from_the_page_is_marked_where_the_clock_is_not_trusted() -> None:
    player = told(
        "20:40 power cut | 20:41 power back, clock 20:41 | 20:42 stretch reported for 2026-01-10 | 20:43 wait"
    )
    assert player.lines[-1].endswith("keep evening completed, 0 asks, over, on the page, about")
