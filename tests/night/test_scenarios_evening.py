"""What a person does in an evening, as stories: see `story.py` for the language."""

from bedside.night.state import Rules
from tests.night.story import expect


def test_two_presses_on_the_ask_are_a_cramp_from_the_first() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks
    21:30:20 press -> starts
    21:30:23 press -> cramp after all | 21:30:24 wait
    kept: evening 2026-01-10 offered, 1 asks | press 21:30:20 began a cramp | press 21:30:23 repeated
    cramp 21:30:20 open
    """)


def test_an_ask_cut_short_by_two_presses_was_offered() -> None:
    """The press hushes the ask, so no output reports it given."""
    expect("""
    21:29 sound slow
    21:30 reminder for 2026-01-10 -> keep evening unknown (not known if heard), 1 asks; hush; say evening-ask
    21:30:02 press -> starts
    21:30:05 press -> cramp after all | 21:30:06 wait
    kept: evening 2026-01-10 offered, 1 asks | press 21:30:02 began a cramp | press 21:30:05 repeated
    cramp 21:30:02 open
    """)


def test_a_press_between_asks_is_a_cramp_and_the_next_ask_waits_15_min() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks | 21:32 -> hush
    21:35 press -> begins aloud
    21:35:10 press -> light glow; keep 'ended a cramp', cramp ended 10 s; hush; say cramp-stopped
    21:50:10 -> asks again | 21:51 wait
    kept: evening 2026-01-10 offered, 2 asks | press 21:35:00 began a cramp | cramp 21:35:00 ended 10 s
    press 21:35:10 ended a cramp
    """)


def test_a_cramp_set_off_by_the_stretch() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks
    21:30:20 press -> starts
    21:30:30 press -> light glow; keep 'stopped the stretch'; hush; say stretch-stopped
    21:30:33 press -> light rising; keep 'began a cramp', 'repeated', cramp open; hush; light full; say relief-pull
    21:30:36 wait
    kept: evening 2026-01-10 started, 1 asks, over | press 21:30:20 started the stretch | press 21:30:30 began a cramp
    press 21:30:33 repeated | cramp 21:30:30 open
    """)


def test_a_reminder_due_60_s_after_an_end_waits_15_min() -> None:
    expect("""
    21:20 press -> begins aloud | 21:20:20 -> say relief-hold
    21:20:30 press -> light glow; keep 'ended a cramp', cramp ended 30 s; hush; say cramp-stopped
    21:21:30 reminder for 2026-01-10 -> keep evening unknown (it has not asked), 0 asks
    21:35:30 -> asks late | 21:36 wait
    kept: press 21:20:00 began a cramp | cramp 21:20:00 ended 30 s | press 21:20:30 ended a cramp
    evening 2026-01-10 offered, 1 asks
    """)


def test_a_reminder_that_waits_past_its_window_was_never_offered() -> None:
    expect("""
    23:00 press -> begins
    23:00:10 press -> light glow; keep 'ended a cramp', cramp ended 10 s; hush; say quietly cramp-stopped
    23:05 reminder for 2026-01-10, 10 min left -> keep evening unknown (it has not asked), 0 asks
    23:15 -> keep evening unknown (a cramp came first), 0 asks, over | 23:40 wait
    kept: press 23:00:00 began a cramp | cramp 23:00:00 ended 10 s | press 23:00:10 ended a cramp
    evening 2026-01-10 unknown (a cramp came first), 0 asks, over
    """)


def test_a_held_answer_skips_tonight() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks
    21:30:20 hold 3.5 s -> starts
    21:30:23.5 -> light glow; keep 'skipped the stretch, held 3.5 s', evening skipped, 1 asks, over; hush
    21:30:23.8 -> say evening-skipped | 21:45 wait
    kept: evening 2026-01-10 skipped, 1 asks, over | press 21:30:20 skipped the stretch, held 3.5 s
    """)


def test_a_lean_on_the_ask_is_taken_back_and_it_asks_again() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks
    21:30:20 hold 12 s -> starts
    21:30:30 -> light glow; keep 'leaned on, nothing, leaned', evening offered, 1 asks; hush
    21:40 -> asks again | 21:41 wait
    kept: evening 2026-01-10 offered, 2 asks | press 21:30:20 leaned on, nothing, held 12 s, leaned
    """)


def test_three_asks_unanswered_are_offered_and_never_repeated_that_date() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks | 21:32 -> hush
    21:40 -> asks again | 21:42 -> hush
    21:50 -> keep evening offered, 3 asks; hush; say evening-ask | 21:52 -> keep evening offered, 3 asks, over; hush
    22:31 reminder for 2026-01-10 | 22:40 wait
    kept: evening 2026-01-10 offered, 3 asks, over
    """)


def test_an_evening_nobody_could_hear_or_see_is_unknown() -> None:
    story = """
    21:29 sound fails
    21:30 reminder for 2026-01-10 -> keep evening unknown (not known if heard), 1 asks; hush; say evening-ask;
    ... keep evening unknown (no output worked), 1 asks
    21:32 -> hush | 21:40 -> keep evening unknown (no output worked), 2 asks; hush; say evening-ask | 21:42 -> hush
    21:50 -> keep evening unknown (no output worked), 3 asks; hush; say evening-ask
    21:52 -> keep evening unknown (no output worked), 3 asks, over; hush | 00:31 wait
    kept: evening 2026-01-10 unknown (no output worked), 3 asks, over
    """
    expect(story, rules=Rules(light_found=False))


def test_each_ask_without_sound_pulses_the_light() -> None:
    expect("""
    21:29 sound fails
    21:30 reminder for 2026-01-10 -> keep evening unknown (not known if heard), 1 asks; hush; say evening-ask;
    ... light pulsing; keep evening offered, 1 asks, by light
    21:32 -> light glow; hush
    21:40 -> keep evening offered, 2 asks; hush; say evening-ask; light pulsing; keep evening offered, 2 asks, by light
    21:41 wait
    kept: evening 2026-01-10 offered, 2 asks, by light
    """)


def test_an_ask_with_an_unset_clock_that_was_heard_once_keeps_its_reason() -> None:
    story = """
    21:29 power cut
    21:30 power back, clock 21:30 -> light glow
    21:31 reminder for 2026-01-10 -> keep evening unknown (not known if heard), 1 asks, about; hush; say evening-ask;
    ... keep evening unknown (the clock was not set), 1 asks, about
    21:33 sound fails | 21:33 -> hush
    21:41 -> keep evening unknown (the clock was not set), 2 asks, about; hush; say evening-ask | 21:42 wait
    kept: evening 2026-01-10 unknown (the clock was not set), 2 asks, about
    """
    expect(story, rules=Rules(light_found=False))


def test_two_presses_across_the_end_of_practice_are_a_real_cramp_with_real_presses() -> None:
    expect("""
    21:20:22 practice
    21:30 reminder for 2026-01-10 -> asks
    21:30:20 press -> light rising; keep 'started the stretch, practice', evening started, 1 asks, over; hush;
    ... light full; say stretch-setup
    21:30:23 press -> cramp after all | 21:30:24 wait
    kept: evening 2026-01-10 offered, 1 asks | press 21:30:20 began a cramp | press 21:30:23 repeated
    cramp 21:30:20 open
    """)


def test_practice_that_begins_between_two_presses_leaves_their_cramp_real() -> None:
    expect("""
    21:30 reminder for 2026-01-10 -> asks
    21:30:20 press -> starts
    21:30:21 practice
    21:30:23 press -> cramp after all | 21:30:24 wait
    kept: evening 2026-01-10 offered, 1 asks | press 21:30:20 began a cramp | press 21:30:23 repeated
    cramp 21:30:20 open
    """)


def test_a_press_after_a_practice_cramp_closed_takes_no_press_of_it_along() -> None:
    expect("""
    21:20:22 practice
    21:30 reminder for 2026-01-10 -> asks
    21:30:17 press -> light rising; keep 'started the stretch, practice', evening started, 1 asks, over; hush;
    ... light full; say stretch-setup
    21:30:20 press -> light rising;
    ... keep evening offered, 1 asks, 'began a cramp, practice', 'repeated, practice', cramp open, practice; hush;
    ... light full; say relief-pull
    21:30:22 -> light glow; keep cramp end unknown, practice; hush
    21:30:23 press -> begins aloud | 21:30:24 wait
    kept: evening 2026-01-10 offered, 1 asks | press 21:30:17 began a cramp, practice
    press 21:30:20 repeated, practice
    cramp 21:30:17 end unknown, practice | press 21:30:23 began a cramp | cramp 21:30:23 open
    """)
