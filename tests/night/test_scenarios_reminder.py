"""When the evening's reminder asks, and when nothing asks, as stories: see `story.py` for the language."""

import pytest

from bedside.night.state import Rules
from tests.night.story import expect

# --- when it asks ---


@pytest.mark.parametrize(("asks", "story"), [
    (1, """
    21:00 reminder for 2026-01-10 -> asks | 21:02 -> keep evening offered, 1 asks, over; hush | 21:40 wait
    kept: evening 2026-01-10 offered, 1 asks, over
    """),
    (2, """
    21:00 reminder for 2026-01-10 -> asks | 21:02 -> hush
    21:10 -> asks again | 21:12 -> keep evening offered, 2 asks, over; hush | 21:40 wait
    kept: evening 2026-01-10 offered, 2 asks, over
    """),
])  # fmt: skip
def test_it_asks_as_often_as_is_wanted(asks: int, story: str) -> None:
    expect(story, rules=Rules(has_phone=True, asks=asks))


@pytest.mark.parametrize(("left", "asks"), [("170.1 min", "asks"), ("170 min", "asks late"), ("1 min", "asks late")])
def test_an_ask_ten_minutes_or_more_after_its_time_says_that_it_is_late(left: str, asks: str) -> None:
    expect(f"""
    21:00 reminder for 2026-01-10, {left} left -> {asks} | 21:00:30 wait
    kept: evening 2026-01-10 offered, 1 asks
    """)


def test_off_at_the_time_and_on_an_hour_later_it_asks_at_once_and_only_once_says_it_is_late() -> None:
    expect("""
    20:50 power cut
    22:00 power back -> light glow
    22:00:01 reminder for 2026-01-10, 119.98 min left -> asks late | 22:02:01 -> hush
    22:10:01 -> asks again | 22:11 wait
    kept: evening 2026-01-10 offered, 2 asks
    """)


def test_it_waits_while_a_cramp_is_open_and_15_min_after_and_then_says_it_is_late() -> None:
    expect("""
    20:59:10 press -> begins aloud | 20:59:30 -> say relief-hold | 20:59:50 -> say relief-stand
    21:00 reminder for 2026-01-10 -> keep evening unknown (it has not asked), 0 asks | 21:00:10 -> say relief-rub
    21:00:30 press -> light glow; keep 'ended a cramp', cramp ended 1 min 20 s; hush; say cramp-stopped
    21:15:30 -> asks late | 21:16 wait
    kept: press 20:59:10 began a cramp | cramp 20:59:10 ended 1 min 20 s | press 21:00:30 ended a cramp
    evening 2026-01-10 offered, 1 asks
    """)


def test_a_cramp_that_held_it_up_for_under_ten_minutes_makes_it_not_late() -> None:
    expect("""
    20:50 press -> begins aloud
    20:50:10 press -> light glow; keep 'ended a cramp', cramp ended 10 s; hush; say cramp-stopped
    21:00 reminder for 2026-01-10 -> keep evening unknown (it has not asked), 0 asks | 21:05:10 -> asks | 21:06 wait
    kept: press 20:50:00 began a cramp | cramp 20:50:00 ended 10 s | press 20:50:10 ended a cramp
    evening 2026-01-10 offered, 1 asks
    """)


def test_a_clock_that_was_never_right_asks_all_the_same_and_says_so_in_the_diary() -> None:
    expect("""
    20:50 power cut
    20:55 power back, clock 20:59 -> light glow
    20:56 reminder for 2026-01-10 -> keep evening unknown (not known if heard), 1 asks, about; hush; say evening-ask;
    ... keep evening unknown (the clock was not set), 1 asks, about
    20:56:30 press -> light rising; keep 'started the stretch', evening started, 1 asks, over, about; hush; light full;
    ... say stretch-setup
    20:56:40 wait
    kept: evening 2026-01-10 started, 1 asks, over, about | press 21:00:30 about started the stretch
    """)


def test_a_restart_between_asks_goes_on_with_the_next() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks | 21:02 -> hush
    21:05 restart -> light glow
    21:05 reminder for 2026-01-10, 175 min left | 21:10 -> asks again | 21:11 wait
    kept: evening 2026-01-10 offered, 2 asks
    """)


def test_a_restart_in_the_very_minute_of_the_ask_asks_no_second_time() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:00:10 restart -> light glow
    21:00:11 reminder for 2026-01-10, 179.8 min left | 21:00:40 restart -> light glow
    21:00:41 reminder for 2026-01-10, 179.3 min left | 21:10 -> asks again | 21:11 wait
    kept: evening 2026-01-10 offered, 2 asks
    """)


def test_a_power_cut_in_the_very_minute_of_the_ask_asks_no_more_that_evening() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:00:10 power cut
    21:00:40 power back -> keep evening offered, 1 asks, over; light glow
    21:00:41 reminder for 2026-01-10, 179.3 min left | 21:20 wait
    kept: evening 2026-01-10 offered, 1 asks, over
    """)


# --- when it is called off ---


def test_a_day_made_a_day_off_while_it_asks_is_hushed_and_asks_no_more() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:01 evening called off 2026-01-10 -> keep evening offered, 1 asks, over; hush
    21:11 wait
    kept: evening 2026-01-10 offered, 1 asks, over
    """)


def test_a_day_made_a_day_off_between_asks_asks_no_more_and_another_day_is_none_of_its_business() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks | 21:02 -> hush
    21:04 evening called off 2026-01-09 | 21:05 evening called off 2026-01-10 -> keep evening offered, 1 asks, over
    21:30 wait
    kept: evening 2026-01-10 offered, 1 asks, over
    """)


def test_a_day_made_a_day_off_before_it_could_ask_is_unknown_and_why() -> None:
    expect("""
    20:59:50 press -> light rising; keep 'began a cramp', cramp open; hush; light full; say relief-pull
    21:00 reminder for 2026-01-10 -> keep evening unknown (it has not asked), 0 asks
    21:00:00.5 evening called off 2026-01-10 -> keep evening unknown (called off), 0 asks, over
    21:00:00.6 wait
    kept: press 20:59:50 began a cramp | cramp 20:59:50 open
    evening 2026-01-10 unknown (called off), 0 asks, over
    """)


def test_a_stretch_that_runs_goes_on_though_the_day_is_made_a_day_off() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks | 21:00:20 press -> starts
    21:00:30 evening called off 2026-01-10 | 21:00:31 wait
    kept: evening 2026-01-10 started, 1 asks, over | press 21:00:20 started the stretch
    """)


# --- when it was off ---


def test_on_again_after_the_window_the_evening_is_unknown_because_it_was_off() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:00:20 hold 3.5 s -> starts
    21:00:23.5 -> light glow; keep 'skipped the stretch, held 3.5 s', evening skipped, 1 asks, over; hush
    21:00:23.8 -> say evening-skipped
    23:00 power cut | 22:59 wait | 00:30 power back -> light glow
    00:30:01 evening passed 2026-01-11 -> keep evening unknown (not asked in time), 0 asks, over
    00:32 wait
    kept: evening 2026-01-10 skipped, 1 asks, over | press 21:00:20 skipped the stretch, held 3.5 s
    evening 2026-01-11 unknown (not asked in time), 0 asks, over
    """)


def test_a_missed_evening_is_asked_after_all_where_the_clock_is_set_right_in_time() -> None:
    expect("""
    20:00 stretch reported for 2026-01-08 -> keep evening completed, 0 asks, over, on the page
    20:30 evening passed 2026-01-10 -> keep evening unknown (not asked in time), 0 asks, over
    21:00 reminder for 2026-01-10 -> asks | 21:01 wait
    kept: evening 2026-01-08 completed, 0 asks, over, on the page | evening 2026-01-10 offered, 1 asks
    """)


def test_before_the_first_evening_none_was_missed() -> None:
    expect("""
    20:30 evening passed 2026-01-09
    21:00 reminder for 2026-01-10 -> asks | 21:02 -> hush
    21:05 evening passed 2026-01-09 | 21:06 wait
    kept: evening 2026-01-10 offered, 1 asks
    """)


def test_a_missed_evening_told_after_the_next_has_begun_ends_none_of_its_asks() -> None:
    """Off since yesterday, on just before the time; a restart, too, goes on with tonight."""
    expect("""
    20:00 stretch reported for 2026-01-08 -> keep evening completed, 0 asks, over, on the page
    21:00 reminder for 2026-01-10 -> asks | 21:02 -> hush
    21:05 evening passed 2026-01-09 -> keep evening unknown (not asked in time), 0 asks, over
    21:07 restart -> light glow | 21:10 -> asks again | 21:11 wait
    kept: evening 2026-01-08 completed, 0 asks, over, on the page
    evening 2026-01-09 unknown (not asked in time), 0 asks, over | evening 2026-01-10 offered, 2 asks
    """)


def test_an_evening_that_is_known_was_not_missed() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks | 21:01 evening passed 2026-01-10 | 21:02 -> hush
    21:03 evening passed 2026-01-10 | 21:04 wait
    kept: evening 2026-01-10 offered, 1 asks
    """)


def test_an_evening_missed_can_still_be_said_done_on_the_page() -> None:
    expect("""
    21:00 stretch reported for 2026-01-09 -> keep evening completed, 0 asks, over, on the page
    00:30 evening passed 2026-01-10 -> keep evening unknown (not asked in time), 0 asks, over
    08:00 stretch reported for 2026-01-10 -> keep evening completed, 0 asks, over, on the page | 08:01 wait
    kept: evening 2026-01-09 completed, 0 asks, over, on the page
    evening 2026-01-10 completed, 0 asks, over, on the page
    """)
