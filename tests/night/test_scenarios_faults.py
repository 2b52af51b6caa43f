"""What goes wrong in a night, as stories: disk, line, daemon, power, clock. See `story.py` for the language."""

from bedside.night.state import Rules
from tests.night.story import expect, play


def test_late_cues_are_dropped_but_the_warning_is_said() -> None:
    """The board slept; a cue under 5 s late is still said."""
    expect("""
    03:04 press -> begins
    03:04:18 suspend | 03:04:24 wait | 03:04:24 -> say quietly relief-hold
    03:04:30 suspend | 03:14:30 wait | 03:14:30 -> warns | 03:15 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 open, warned
    """)


def test_a_slow_disk_keeps_nobody_waiting_for_help() -> None:
    expect("""
    03:03 disk slow
    03:04 press -> light rising; keep 'began a cramp', cramp open; hush | 03:04:00.3 -> say quietly relief-pull
    03:04:01.5 saved -> light full | 03:04:05 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 open
    """)


def test_a_failed_disk_is_said_after_the_first_cue_and_shown_until_it_is_well() -> None:
    expect("""
    03:03 disk fails
    03:04 press -> light rising; keep 'began a cramp', cramp open; hush; light blinking; say quietly relief-pull;
    ... say quietly not-saved
    03:04:10 disk well -> light full | 03:04:15 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 open
    """)


def test_a_failure_is_said_though_the_cry_was_repeated_before_it() -> None:
    expect("""
    03:03 disk slow
    03:04 press -> light rising; keep 'began a cramp', cramp open; hush | 03:04:00.3 -> say quietly relief-pull
    03:04:01 press -> keep 'repeated', cramp open
    03:04:02 failed -> light blinking; say quietly not-saved | 03:04:05 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 open | press 03:04:01 repeated
    """)


def test_a_failure_is_said_where_two_presses_on_the_ask_began_a_cramp() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks
    21:30:20 press -> starts
    21:30:22 disk fails
    21:30:23 press -> light rising; keep evening offered, 1 asks, 'began a cramp', 'repeated', cramp open; hush;
    ... light blinking; say relief-pull; say not-saved
    21:30:24 wait
    kept: evening 2026-01-10 offered, 1 asks | press 21:30:20 began a cramp | press 21:30:23 repeated
    cramp 21:30:20 open
    """)


def test_a_practice_cramp_does_not_outlive_practice_through_a_restart() -> None:
    expect("""
    20:00 practice
    20:09:10 press -> light rising; keep 'began a cramp, practice', cramp open, practice; hush; light full;
    ... say relief-pull
    20:09:15 restart -> keep cramp end unknown, practice; light glow
    20:09:20 press -> begins aloud | 20:09:40 -> say relief-hold | 20:10 -> say relief-stand | 20:10:10 wait
    kept: press 20:09:10 began a cramp, practice | cramp 20:09:10 end unknown, practice | press 20:09:20 began a cramp
    cramp 20:09:20 open
    """)


def test_a_stuck_line_ends_the_watch_and_its_release_begins_a_new_one() -> None:
    story = """
    03:04 down -> begins | 03:04:10 -> light dim; keep 'began a cramp, leaned', cramp open, doubtful, muted; hush
    03:10 up -> keep watch of 0 s | 03:30 -> keep watch of 20 min 0 s
    03:34 -> light glow; keep cramp end unknown, doubtful; hush | 03:34:30 wait
    kept: watch 03:04:00 to 03:04:00 | press 03:04:00 began a cramp, held 360 s, leaned
    cramp 03:04:00 end unknown, doubtful | watch 03:10:00 to 03:30:00
    """
    expect(story, watches=True)


def test_a_press_after_a_stuck_line_whose_release_was_lost_begins_a_new_watch() -> None:
    story = """
    03:04 down -> begins | 03:04:10 -> light dim; keep 'began a cramp, leaned', cramp open, doubtful, muted; hush
    03:10 press -> light glow; keep 'ended a cramp', cramp ended 6 min 0 s, doubtful, watch of 0 s; hush;
    ... say quietly cramp-stopped
    03:30 -> keep watch of 20 min 0 s | 03:31 wait
    kept: watch 03:04:00 to 03:04:00 | press 03:04:00 began a cramp, release unseen, leaned
    cramp 03:04:00 ended 6 min 0 s, doubtful | press 03:10:00 ended a cramp | watch 03:10:00 to 03:30:00
    """
    expect(story, watches=True)


def test_the_watch_beats_every_20_min_and_the_glow_is_off_where_nothing_is_heard() -> None:
    story = """
    03:00 listening began | 03:20 -> keep watch of 20 min 0 s | 03:40 -> keep watch of 40 min 0 s
    03:45 listening ended -> light off; keep watch of 45 min 0 s
    04:10 listening began -> light glow; keep watch of 0 s | 04:30 -> keep watch of 20 min 0 s | 04:31 wait
    kept: watch 03:00:00 to 03:45:00 | watch 04:10:00 to 04:30:00
    """
    expect(story, watches=True)


def test_a_pause_of_the_board_is_no_watch() -> None:
    story = """
    03:00 suspend | 04:10 wait | 04:10 -> keep watch of 0 s | 04:30 -> keep watch of 20 min 0 s | 04:31 wait
    kept: watch 03:00:00 to 03:00:00 | watch 04:10:00 to 04:30:00
    """
    expect(story, watches=True)


def test_a_restart_goes_on_with_the_open_cramp() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold
    03:04:30 daemon dies
    03:04:50 restart -> light full
    03:05 press -> light glow; keep 'ended a cramp', cramp ended 1 min 0 s; hush; say quietly cramp-stopped
    03:05:05 restart -> light glow
    03:06 press -> reopens | 03:06:01 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 open | press 03:05:00 ended a cramp
    press 03:06:00 reopened a cramp
    """)


def test_a_lean_released_unseen_is_taken_for_stuck_after_a_restart_only_until_its_level_is_read() -> None:
    story = """
    03:04 hold 30 s -> begins | 03:04:10 -> light dim; keep 'began a cramp, leaned', cramp open, doubtful, muted; hush
    03:24 -> keep watch of 20 min 0 s | 03:34 -> light glow; keep cramp end unknown, doubtful; hush
    03:34:05 down -> begins | 03:34:15 -> light dim; keep 'began a cramp, leaned', cramp open, doubtful, muted; hush
    03:34:16 up found
    03:34:20 restart -> light dim | 03:34:21 up found -> keep watch of 0 s | 03:34:30 wait
    kept: watch 03:04:00 to 03:24:00 | press 03:04:00 began a cramp, held 30 s, leaned
    cramp 03:04:00 end unknown, doubtful
    press 03:34:05 began a cramp, release unseen, leaned | cramp 03:34:05 open, doubtful, muted
    watch 03:34:21 to 03:34:21
    """
    expect(story, watches=True)


def test_a_stretch_cut_off_stays_started_and_an_ask_counts_as_one() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks
    21:31 restart -> light glow | 21:40 -> keep evening offered, 2 asks; hush; say evening-ask
    21:40:10 press -> light rising; keep 'started the stretch', evening started, 2 asks, over; hush; light full;
    ... say stretch-setup
    21:40:20 restart -> light glow | 21:50 wait
    kept: evening 2026-01-10 started, 2 asks, over | press 21:40:10 started the stretch
    """)


def test_a_power_cut_leaves_the_end_unknown_whatever_the_clock_says_after_it() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold
    03:04:30 power cut
    08:00 power back, clock 03:05 -> keep cramp end unknown; light glow
    08:01 press -> begins | 08:01:20 -> say quietly relief-hold
    08:01:30 press -> light glow; keep 'ended a cramp', cramp ended 30 s; hush; say quietly cramp-stopped
    08:02 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 end unknown | press 03:06:00 about began a cramp
    cramp 03:06:00 about ended 30 s | press 03:06:30 about ended a cramp
    """)


def test_an_evening_that_had_not_asked_before_a_power_cut_asks_after_it() -> None:
    expect("""
    21:20 press -> begins aloud
    21:20:10 press -> light glow; keep 'ended a cramp', cramp ended 10 s; hush; say cramp-stopped
    21:30 reminder for 2026-01-10 -> keep evening unknown (it has not asked), 0 asks
    21:31 power cut
    21:33 power back -> light glow
    21:34 reminder for 2026-01-10 -> asks | 21:36 -> hush | 21:36 wait
    kept: press 21:20:00 began a cramp | cramp 21:20:00 ended 10 s | press 21:20:10 ended a cramp
    evening 2026-01-10 offered, 1 asks
    """)


def test_the_clock_set_5_h_on_in_a_cramp_changes_no_duration() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 clock set +5 h | 03:05 -> say relief-rub
    03:05:30 press -> light glow; keep 'ended a cramp', cramp ended 1 min 30 s; hush; say cramp-stopped
    03:11 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 ended 1 min 30 s | press 08:05:30 ended a cramp
    """)


def test_the_end_of_summer_time_makes_a_cramp_no_hour_longer() -> None:
    """01:50 to 01:05 is 15 min, so the press is another cramp's; a press at 01:00 ends one of 10 min less 1 s."""
    story = """
    01:50 press -> begins | 01:50:20 -> say quietly relief-hold | 01:50:40 -> say quietly relief-stand
    01:51 -> say quietly relief-rub
    01:52 -> say quietly relief-still-hold | 01:53 -> say quietly relief-still-breathe
    01:55 -> say quietly relief-still-press
    01:00 -> warns
    01:05 press -> begins anew | 01:05:20 -> say quietly relief-hold | 01:05:40 -> say quietly relief-stand
    01:06 -> say quietly relief-rub
    01:06 wait
    kept: press 01:50:00 began a cramp | cramp 01:50:00 end unknown, warned | press 01:05:00 began a cramp
    cramp 01:05:00 open
    """
    expect(story, on="2026-10-25")


def test_fifteen_minutes_across_the_end_of_summer_time() -> None:
    """Kept alive by a repeated cry, so that the press at 01:05 ends it."""
    story = """
    01:50 press -> begins
    01:50:07 press -> repeats | 01:50:20 -> say quietly relief-hold | 01:50:40 -> say quietly relief-stand
    01:51 -> say quietly relief-rub
    01:52 -> say quietly relief-still-hold | 01:53 -> say quietly relief-still-breathe
    01:55 -> say quietly relief-still-press
    01:57 press -> light glow; keep 'ended a cramp', cramp ended 7 min 0 s; hush; say quietly cramp-stopped
    01:57:30 press -> reopens | 01:57:50 -> say quietly relief-hold | 01:58:10 -> say quietly relief-stand
    01:58:30 -> say quietly relief-rub
    01:59:30 -> say quietly relief-still-hold | 01:00 -> warns | 01:00:30 -> say quietly relief-still-breathe
    01:02:30 -> say quietly relief-still-press
    01:05 press -> light glow; keep 'ended a cramp', cramp ended 15 min 0 s, warned; hush; say quietly cramp-stopped
    01:05:01 wait
    kept: press 01:50:00 began a cramp | cramp 01:50:00 ended 15 min 0 s, warned | press 01:50:07 repeated
    press 01:57:00 ended a cramp | press 01:57:30 reopened a cramp | press 01:05:00 ended a cramp
    """
    expect(story, on="2026-10-25")


def test_a_restart_remembers_when_a_grip_was_let_go() -> None:
    expect("""
    03:04 hold 5 s -> begins | 03:04:05 -> light dim; keep cramp open, doubtful, muted
    03:04:06 restart -> light dim
    03:04:10 press -> light rising; keep 'repeated', cramp open, doubtful; light full
    03:04:20 -> say quietly relief-hold
    03:04:25 wait
    kept: press 03:04:00 began a cramp, held 5 s | cramp 03:04:00 open, doubtful | press 03:04:10 repeated
    """)


def test_no_record_has_the_name_of_another_after_a_power_cut() -> None:
    story = "03:04 press | 03:04:30 power cut | 08:00 power back"
    player, _ = play(story, on="2026-01-10", rules=Rules(), watches=True)
    assert len(set(player.records)) == len(player.records)


def test_a_clock_that_is_set_ends_the_watch_and_begins_another_by_the_new_time() -> None:
    """What was kept under the old time stays under it: a watch never spans a step of the clock."""
    story = """
    03:00 wait | 03:05 clock set +5 h
    03:05:01 clock noticed -> keep watch of 5 min 1 s, watch of 0 s
    03:25:01 -> keep watch of 20 min 0 s | 03:26 wait
    kept: watch 03:00:00 to 08:05:01 | watch 08:05:01 to 08:25:01
    """
    expect(story, watches=True)
