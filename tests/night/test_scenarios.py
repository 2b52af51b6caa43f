"""What a person does in a night, as stories: see `story.py` for the language. Cramps, practice, pairing."""

from bedside.night.state import Rules
from tests.night.story import expect


def test_a_cramp_is_led_through_its_relief_cues_each_said_once_and_ended_by_a_press() -> None:
    expect("""
    03:03 temperature 18.5
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 -> say quietly relief-rub
    03:06 -> say quietly relief-still-hold | 03:07 -> say quietly relief-still-breathe
    03:09 -> say quietly relief-still-press
    03:10 press -> light glow; keep 'ended a cramp', cramp ended 6 min 0 s; hush; say quietly cramp-stopped | 03:40 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 ended 6 min 0 s, 18.5 C | press 03:10:00 ended a cramp
    """)


def test_panic_presses_keep_one_cramp_open() -> None:
    expect("""
    03:04 press -> begins
    03:04:03 press -> repeats
    03:04:06 press -> repeats
    03:04:09 press -> repeats
    03:04:12 press -> repeats | 03:04:15 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 open | press 03:04:03 repeated | press 03:04:06 repeated
    press 03:04:09 repeated | press 03:04:12 repeated
    """)


def test_an_agonised_grip_is_kept_and_doubtful() -> None:
    expect("""
    03:04 hold 5 s -> begins | 03:04:05 -> light dim; keep cramp open, doubtful, muted | 03:15 wait
    kept: press 03:04:00 began a cramp, held 5 s | cramp 03:04:00 open, doubtful, muted
    """)


def test_a_press_under_8_s_after_letting_go_brings_light_and_cues_back() -> None:
    """A grip of 5 s counts from when it was let go."""
    expect("""
    03:04 hold 5 s -> begins | 03:04:05 -> light dim; keep cramp open, doubtful, muted
    03:04:12.9 press -> light rising; keep 'repeated', cramp open, doubtful; light full
    03:04:20 -> say quietly relief-hold
    03:04:25 wait
    kept: press 03:04:00 began a cramp, held 5 s | cramp 03:04:00 open, doubtful | press 03:04:12.9 repeated
    """)


def test_a_press_8_s_after_letting_go_ends_the_doubtful_cramp() -> None:
    expect("""
    03:04 hold 5 s -> begins | 03:04:05 -> light dim; keep cramp open, doubtful, muted
    03:04:13 press -> light glow; keep 'ended a cramp', cramp ended 13 s, doubtful; hush; say quietly cramp-stopped
    03:04:15 wait
    kept: press 03:04:00 began a cramp, held 5 s | cramp 03:04:00 ended 13 s, doubtful | press 03:04:13 ended a cramp
    """)


def test_rolled_onto_for_20_s_is_kept_doubtful_and_closes_by_itself() -> None:
    """By day too: no code is spoken."""
    expect("""
    15:04 hold 20 s -> begins aloud
    15:04:10 -> light dim; keep 'began a cramp, leaned', cramp open, doubtful, muted; hush
    15:34 -> light glow; keep cramp end unknown, doubtful; hush | 15:34 wait
    kept: press 15:04:00 began a cramp, held 20 s, leaned | cramp 15:04:00 end unknown, doubtful
    """)


def test_a_lost_release_edge_changes_nothing_else() -> None:
    """The release is found by level; at 03:10 no edge tells of one at all."""
    expect("""
    03:04 down -> begins
    03:04:05 up found | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 down -> light glow; keep 'ended a cramp', cramp ended 1 min 0 s; hush; say quietly cramp-stopped
    03:05:02 down -> reopens
    03:05:02.1 up | 03:05:05 wait
    kept: press 03:04:00 began a cramp, release unseen | cramp 03:04:00 open
    press 03:05:00 ended a cramp, release unseen
    press 03:05:02 reopened a cramp, held 0.1 s
    """)


def test_asleep_without_an_end_press_the_next_cramp_is_a_second_one() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 -> say quietly relief-rub
    03:06 -> say quietly relief-still-hold | 03:07 -> say quietly relief-still-breathe
    03:09 -> say quietly relief-still-press
    03:14 -> warns
    03:29 press -> begins anew | 03:29:20 -> say quietly relief-hold | 03:29:40 -> say quietly relief-stand
    03:30 press -> light glow; keep 'ended a cramp', cramp ended 1 min 0 s; hush; say quietly cramp-stopped
    03:31 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 end unknown, warned | press 03:29:00 began a cramp
    cramp 03:29:00 ended 1 min 0 s | press 03:30:00 ended a cramp
    """)


def test_a_hold_that_begins_another_cramp_makes_only_that_one_doubtful() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 -> say quietly relief-rub
    03:06 -> say quietly relief-still-hold | 03:07 -> say quietly relief-still-breathe
    03:09 -> say quietly relief-still-press
    03:14 -> warns
    03:29 hold 5 s -> begins anew | 03:29:05 -> light dim; keep cramp open, doubtful, muted | 03:30 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 end unknown, warned | press 03:29:00 began a cramp, held 5 s
    cramp 03:29:00 open, doubtful, muted
    """)


def test_a_hold_that_begins_another_cramp_is_no_pairing() -> None:
    """A pairing hold begins in QUIET."""
    expect("""
    14:04 press -> begins aloud | 14:04:20 -> say relief-hold | 14:04:40 -> say relief-stand | 14:05 -> say relief-rub
    14:06 -> say relief-still-hold | 14:07 -> say relief-still-breathe | 14:09 -> say relief-still-press
    14:14 -> warns aloud
    14:29 hold 7 s -> begins anew aloud | 14:29:07 -> light dim; keep cramp open, doubtful, muted | 14:30 wait
    kept: press 14:04:00 began a cramp | cramp 14:04:00 end unknown, warned | press 14:29:00 began a cramp, held 7 s
    cramp 14:29:00 open, doubtful, muted
    """)


def test_an_end_press_held_4_s_still_ends() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 hold 4 s -> light glow; keep 'ended a cramp', cramp ended 1 min 0 s; hush; say quietly cramp-stopped
    03:06 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 ended 1 min 0 s | press 03:05:00 ended a cramp, held 4 s
    """)


def test_a_hold_during_a_cramp_ends_it_and_pairs_nothing() -> None:
    """By day."""
    expect("""
    15:04 press -> begins aloud | 15:04:20 -> say relief-hold
    15:04:30 hold 7 s -> light glow; keep 'ended a cramp', cramp ended 30 s; hush; say cramp-stopped | 15:05 wait
    kept: press 15:04:00 began a cramp | cramp 15:04:00 ended 30 s | press 15:04:30 ended a cramp, held 7 s
    """)


def test_a_relapse_goes_on_with_the_same_cramp() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 press -> light glow; keep 'ended a cramp', cramp ended 1 min 0 s; hush; say quietly cramp-stopped
    03:06 press -> reopens | 03:06:20 -> say quietly relief-hold
    03:06:30 press -> light glow; keep 'ended a cramp', cramp ended 2 min 30 s; hush; say quietly cramp-stopped
    03:07 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 ended 2 min 30 s | press 03:05:00 ended a cramp
    press 03:06:00 reopened a cramp | press 03:06:30 ended a cramp
    """)


def test_a_relapse_held_is_no_doubt_and_no_pairing() -> None:
    expect("""
    15:04 press -> begins aloud | 15:04:20 -> say relief-hold | 15:04:40 -> say relief-stand
    15:05 press -> light glow; keep 'ended a cramp', cramp ended 1 min 0 s; hush; say cramp-stopped
    15:06 hold 7 s -> reopens aloud | 15:06:20 -> say relief-hold
    15:06:30 press -> light glow; keep 'ended a cramp', cramp ended 2 min 30 s; hush; say cramp-stopped | 15:07 wait
    kept: press 15:04:00 began a cramp | cramp 15:04:00 ended 2 min 30 s | press 15:05:00 ended a cramp
    press 15:06:00 reopened a cramp, held 7 s | press 15:06:30 ended a cramp
    """)


def test_a_second_leg_while_the_first_ends_is_the_same_entry() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold
    03:04:30 press -> light glow; keep 'ended a cramp', cramp ended 30 s; hush; say quietly cramp-stopped
    03:04:35 press -> reopens | 03:04:55 -> say quietly relief-hold | 03:05:15 -> say quietly relief-stand
    03:05:35 -> say quietly relief-rub
    03:05:50 press -> light glow; keep 'ended a cramp', cramp ended 1 min 50 s; hush; say quietly cramp-stopped
    03:06 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 ended 1 min 50 s | press 03:04:30 ended a cramp
    press 03:04:35 reopened a cramp | press 03:05:50 ended a cramp
    """)


def test_a_press_more_than_2_min_after_an_end_is_another_cramp() -> None:
    expect("""
    03:04 press -> begins
    03:04:10 press -> light glow; keep 'ended a cramp', cramp ended 10 s; hush; say quietly cramp-stopped
    03:06:10.1 press -> begins | 03:06:15 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 ended 10 s | press 03:04:10 ended a cramp
    press 03:06:10.1 began a cramp | cramp 03:06:10.1 open
    """)


def test_the_warning_is_said_once_and_after_the_first_cue_of_a_relapse() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 -> say quietly relief-rub
    03:06 -> say quietly relief-still-hold | 03:07 -> say quietly relief-still-breathe
    03:09 -> say quietly relief-still-press
    03:13 press -> light glow; keep 'ended a cramp', cramp ended 9 min 0 s; hush; say quietly cramp-stopped
    03:14:30 press -> light rising; keep 'reopened a cramp', cramp open; hush; light full; keep cramp open, warned;
    ... say quietly relief-pull; say quietly relief-warning
    03:14:45 press -> light glow; keep 'ended a cramp', cramp ended 10 min 45 s, warned; hush; say quietly cramp-stopped
    03:15 press -> light rising; keep 'reopened a cramp', cramp open, warned; hush; light full; say quietly relief-pull
    03:15:20 -> say quietly relief-hold | 03:15:30 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 open, warned | press 03:13:00 ended a cramp
    press 03:14:30 reopened a cramp | press 03:14:45 ended a cramp | press 03:15:00 reopened a cramp
    """)


def test_an_open_cramp_closes_30_min_after_its_last_press() -> None:
    expect("""
    03:04 press -> begins
    03:04:05 press -> repeats | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 -> say quietly relief-rub
    03:06 -> say quietly relief-still-hold | 03:07 -> say quietly relief-still-breathe
    03:09 -> say quietly relief-still-press
    03:14 -> warns | 03:34:05 -> light glow; keep cramp end unknown, warned; hush | 03:35 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 end unknown, warned | press 03:04:05 repeated
    """)


def test_who_does_not_stand_at_night_is_not_told_to() -> None:
    story = """
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold | 03:05 -> say quietly relief-rub | 03:05:10 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 open
    """
    expect(story, rules=Rules(has_phone=True, stands=False))


def test_practice_is_marked_and_closes_with_practice() -> None:
    expect("""
    20:00 practice
    20:01 press -> light rising; keep 'began a cramp, practice', cramp open, practice; hush; light full; say relief-pull
    20:01:20 -> say relief-hold
    20:01:30 press -> light glow; keep 'ended a cramp, practice', cramp ended 30 s, practice; hush; say cramp-stopped
    20:09:30 press -> light rising; keep 'began a cramp, practice', cramp open, practice; hush; light full;
    ... say relief-pull
    20:09:50 -> say relief-hold | 20:10 -> light glow; keep cramp end unknown, practice; hush
    20:10:30 press -> begins aloud | 20:10:40 wait
    kept: press 20:01:00 began a cramp, practice | cramp 20:01:00 ended 30 s, practice
    press 20:01:30 ended a cramp, practice | press 20:09:30 began a cramp, practice
    cramp 20:09:30 end unknown, practice | press 20:10:30 began a cramp | cramp 20:10:30 open
    """)


def test_a_real_cramp_stays_real_in_practice_and_is_not_reopened_by_it() -> None:
    expect("""
    20:00 press -> begins aloud
    20:00:10 practice | 20:00:20 -> say relief-hold
    20:00:30 press -> light glow; keep 'ended a cramp', cramp ended 30 s; hush; say cramp-stopped
    20:01:30 press -> light rising; keep 'began a cramp, practice', cramp open, practice; hush; light full;
    ... say relief-pull
    20:01:35 wait
    kept: press 20:00:00 began a cramp | cramp 20:00:00 ended 30 s | press 20:00:30 ended a cramp
    press 20:01:30 began a cramp, practice | cramp 20:01:30 open, practice
    """)


def test_a_pairing_hold_by_day_is_no_cramp_and_a_cramp_may_begin_while_the_code_is_spoken() -> None:
    expect("""
    20:00 hold 7 s -> begins aloud
    20:00:07 -> light glow; keep 'pairing, held 7 s', cramp no cramp; hush; open the door; say pairing
    20:00:30 press -> begins aloud | 20:00:45 wait
    kept: press 20:00:00 pairing, held 7 s | cramp 20:00:00 no cramp | press 20:00:30 began a cramp
    cramp 20:00:30 open
    """)


def test_who_let_go_too_early_pairs_with_the_next_hold_though_it_ends_the_doubtful_cramp() -> None:
    expect("""
    20:00 hold 5 s -> begins aloud | 20:00:05 -> light dim; keep cramp open, doubtful, muted
    20:00:20 hold 7 s -> light glow; keep 'ended a cramp', cramp ended 20 s, doubtful; hush; say cramp-stopped
    20:00:27 -> hush; open the door; say pairing | 20:01 wait
    kept: press 20:00:00 began a cramp, held 5 s | cramp 20:00:00 ended 20 s, doubtful
    press 20:00:20 ended a cramp, held 7 s
    """)


def test_who_let_go_too_early_and_holds_again_at_once_pairs() -> None:
    player = expect("""
    20:00 hold 5 s -> begins aloud | 20:00:05 -> light dim; keep cramp open, doubtful, muted
    20:00:09 hold 7 s -> light rising; keep 'repeated', cramp open, doubtful; light full
    20:00:16 -> light dim; keep cramp open, doubtful, muted; hush; open the door; say pairing | 20:01 wait
    kept: press 20:00:00 began a cramp, held 5 s | cramp 20:00:00 open, doubtful, muted
    press 20:00:09 repeated, held 7 s
    """)
    assert player.night is not None


def test_who_let_go_too_early_twice_pairs_with_the_hold_that_reopens_the_doubtful_cramp() -> None:
    expect("""
    20:00 hold 5 s -> begins aloud | 20:00:05 -> light dim; keep cramp open, doubtful, muted
    20:00:20 hold 5 s -> light glow; keep 'ended a cramp', cramp ended 20 s, doubtful; hush; say cramp-stopped
    20:01 hold 7 s -> light rising; keep 'reopened a cramp', cramp open, doubtful; hush; light full; say relief-pull
    20:01:07 -> light dim; keep cramp open, doubtful, muted; hush; open the door; say pairing | 20:02 wait
    kept: press 20:00:00 began a cramp, held 5 s | cramp 20:00:00 open, doubtful, muted
    press 20:00:20 ended a cramp, held 5 s | press 20:01:00 reopened a cramp, held 7 s
    """)


def test_at_night_a_hold_that_ends_a_doubtful_cramp_pairs_no_further_phone() -> None:
    expect("""
    23:00 hold 5 s -> begins | 23:00:05 -> light dim; keep cramp open, doubtful, muted
    23:00:20 hold 7 s -> light glow; keep 'ended a cramp', cramp ended 20 s, doubtful; hush; say quietly cramp-stopped
    23:01 wait
    kept: press 23:00:00 began a cramp, held 5 s | cramp 23:00:00 ended 20 s, doubtful
    press 23:00:20 ended a cramp, held 7 s
    """)


def test_a_hold_that_ends_a_cramp_of_which_nobody_doubts_pairs_nothing() -> None:
    expect("""
    20:00 press -> begins aloud
    20:00:20 hold 7 s -> light glow; keep 'ended a cramp', cramp ended 20 s; hush; say cramp-stopped
    20:01 wait
    kept: press 20:00:00 began a cramp | cramp 20:00:00 ended 20 s | press 20:00:20 ended a cramp, held 7 s
    """)


def test_a_pairing_hold_inside_the_sleep_window_is_a_doubtful_cramp() -> None:
    expect("""
    23:00 hold 7 s -> begins | 23:00:07 -> light dim; keep cramp open, doubtful, muted | 23:00:30 wait
    kept: press 23:00:00 began a cramp, held 7 s | cramp 23:00:00 open, doubtful, muted
    """)


def test_before_the_first_phone_a_hold_at_night_pairs_and_keeps_its_cramp() -> None:
    story = """
    23:00 hold 7 s -> begins
    23:00:07 -> light dim; keep 'pairing, held 7 s', cramp open, doubtful, muted; hush;
    ... open the door; say quietly pairing
    23:01 wait
    kept: press 23:00:00 pairing, held 7 s | cramp 23:00:00 open, doubtful, muted
    """
    expect(story, rules=Rules())


def test_a_lean_on_the_end_press_leaves_the_end_unknown() -> None:
    expect("""
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold
    03:04:30 hold 12 s -> light glow; keep 'ended a cramp', cramp ended 30 s; hush; say quietly cramp-stopped
    03:04:40 -> keep 'ended a cramp, leaned', cramp end unknown; hush | 03:05 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 end unknown | press 03:04:30 ended a cramp, held 12 s, leaned
    """)
