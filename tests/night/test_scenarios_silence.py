"""How loud it speaks, and what it does where it shall not speak, as stories: see `story.py` for the language."""

from itertools import product

import pytest

from bedside.night.cues import Cue
from bedside.night.state import Rules
from tests.night.story import expect, play

SILENT_EVENINGS = Rules(has_phone=True, silent_evenings=True)
SILENT_NIGHTS = Rules(has_phone=True, silent_nights=True)


# --- the two volumes ---


def test_it_speaks_quietly_from_bedtime_on() -> None:
    expect("""
    21:59:50 press -> begins aloud | 22:00:10 -> say quietly relief-hold | 22:00:11 wait
    kept: press 21:59:50 began a cramp | cramp 21:59:50 open
    """)


def test_it_speaks_aloud_from_rising_on() -> None:
    expect("""
    06:59:50 press -> begins | 07:00:10 -> say relief-hold | 07:00:11 wait
    kept: press 06:59:50 began a cramp | cramp 06:59:50 open
    """)


def test_the_evening_is_never_quiet() -> None:
    expect("""
    22:30 reminder for 2026-01-10 -> asks
    22:30:10 press -> starts | 22:30:25 -> say stretch-calf-left | 22:30:30 -> say stretch-count-right
    22:30:31 press -> stops | 22:31 wait
    kept: evening 2026-01-10 started, 1 asks, over | press 22:30:10 started the stretch
    press 22:30:31 stopped the stretch
    """)


@pytest.mark.parametrize("rules", [Rules(), Rules(silent_evenings=True, silent_nights=True)])
def test_who_wants_to_hear_how_loud_it_is_hears_it_at_any_hour_unless_something_goes_on(rules: Rules) -> None:
    story = """
    21:00 sound wanted -> say try
    21:00:10 sound wanted, quiet -> say quietly try
    23:00 sound wanted -> say try
    23:00:10 sound wanted, quiet -> say quietly try | 23:01 wait
    """
    expect(story, rules=rules)


def test_no_try_of_the_sound_is_mixed_with_what_goes_on() -> None:
    expect("""
    21:00 reminder for 2026-01-10 -> asks
    21:00:05 sound wanted
    21:00:10 press -> starts
    21:00:12 sound wanted
    21:00:20 press -> stops
    21:00:30 press -> begins aloud
    21:00:35 sound wanted, quiet | 21:00:36 wait
    kept: evening 2026-01-10 started, 1 asks, over | press 21:00:10 started the stretch
    press 21:00:20 stopped the stretch | press 21:00:30 began a cramp | cramp 21:00:30 open
    """)


def test_that_a_person_must_help_is_said_in_a_quiet_evening_and_neither_asleep_nor_amid_anything_else() -> None:
    expect("""
    20:00 help needed -> say evening-needs-you
    21:00 reminder for 2026-01-10 -> asks
    21:00:05 help needed
    21:00:10 press -> starts
    21:00:12 help needed
    21:00:20 press -> stops
    21:00:30 press -> begins aloud
    21:00:35 help needed
    21:00:50 press -> light glow; keep 'ended a cramp', cramp ended 20 s; hush; say cramp-stopped
    23:30 help needed | 23:31 wait
    kept: evening 2026-01-10 started, 1 asks, over | press 21:00:10 started the stretch
    press 21:00:20 stopped the stretch | press 21:00:30 began a cramp
    press 21:00:50 ended a cramp | cramp 21:00:30 ended 20 s
    """)
    expect("20:00 help needed | 20:01 wait", rules=Rules(silent_evenings=True))


# --- silent evenings ---


def test_a_silent_evening_asks_by_light_and_leads_without_a_word() -> None:
    story = """
    21:00 reminder for 2026-01-10 -> light pulsing; keep evening offered, 1 asks, by light; hush
    21:01 press -> light rising; keep 'started the stretch', evening started, 1 asks, by light, over; hush; light full
    21:04 -> keep evening completed, 1 asks, by light, over | 21:04:06 -> light glow | 21:05 wait
    kept: evening 2026-01-10 completed, 1 asks, by light, over | press 21:01:00 started the stretch
    """
    expect(story, rules=SILENT_EVENINGS)


def test_a_silent_evening_that_nobody_answers_was_offered_by_light() -> None:
    story = """
    21:00 reminder for 2026-01-10 -> light pulsing; keep evening offered, 1 asks, by light; hush
    21:02 -> light glow; hush
    21:10 -> light pulsing; keep evening offered, 2 asks, by light; hush | 21:12 -> light glow; hush
    21:20 -> light pulsing; keep evening offered, 3 asks, by light; hush
    21:22 -> light glow; keep evening offered, 3 asks, by light, over; hush | 21:40 wait
    kept: evening 2026-01-10 offered, 3 asks, by light, over
    """
    expect(story, rules=SILENT_EVENINGS)


def test_a_silent_evening_without_a_light_was_offered_by_nothing() -> None:
    story = """
    21:00 reminder for 2026-01-10 -> keep evening unknown (no output worked), 1 asks; hush
    21:02 -> hush | 21:10 -> keep evening unknown (no output worked), 2 asks; hush | 21:11 wait
    kept: evening 2026-01-10 unknown (no output worked), 2 asks
    """
    expect(story, rules=Rules(has_phone=True, silent_evenings=True, light_found=False))


def test_a_silent_evening_is_skipped_or_stopped_without_a_word_and_a_cramp_in_it_has_its_voice() -> None:
    story = """
    21:00 reminder for 2026-01-10 -> light pulsing; keep evening offered, 1 asks, by light; hush
    21:00:20 hold 3.5 s -> light rising; keep 'started the stretch', evening started, 1 asks, by light, over; hush;
    ... light full
    21:00:23.5 -> light glow; keep 'skipped the stretch, held 3.5 s', evening skipped, 1 asks, by light, over; hush
    21:10 stretch wanted for 2026-01-10 -> light rising; keep evening started, 1 asks, by light, over; hush; light full
    21:10:30 press -> light glow; keep 'stopped the stretch'; hush
    21:11 press -> begins aloud | 21:11:01 wait
    kept: evening 2026-01-10 started, 1 asks, by light, over | press 21:00:20 skipped the stretch, held 3.5 s
    press 21:10:30 stopped the stretch | press 21:11:00 began a cramp | cramp 21:11:00 open
    """
    expect(story, rules=SILENT_EVENINGS)


# --- silent nights, and the warning ---


def test_a_silent_night_helps_and_warns_by_light_alone() -> None:
    story = """
    03:04 press -> light rising; keep 'began a cramp', cramp open; hush; light full
    03:04:05 press -> repeats
    03:14 -> light warning; keep cramp open, warned
    03:14:02 press -> light glow; keep 'ended a cramp', cramp ended 10 min 2 s, warned; hush | 03:16 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 ended 10 min 2 s, warned | press 03:04:05 repeated
    press 03:14:02 ended a cramp
    """
    expect(story, rules=SILENT_NIGHTS)


def test_silent_nights_speak_by_day() -> None:
    story = """
    15:04 press -> begins aloud
    15:04:05 press -> repeats | 15:04:20 -> say relief-hold | 15:04:40 -> say relief-stand | 15:05 -> say relief-rub
    15:06 -> say relief-still-hold | 15:07 -> say relief-still-breathe | 15:09 -> say relief-still-press
    15:14 -> light warning; keep cramp open, warned; say relief-warning
    15:14:02 press -> light glow; keep 'ended a cramp', cramp ended 10 min 2 s, warned; hush; say cramp-stopped
    15:16 wait
    kept: press 15:04:00 began a cramp | cramp 15:04:00 ended 10 min 2 s, warned | press 15:04:05 repeated
    press 15:14:02 ended a cramp
    """
    expect(story, rules=SILENT_NIGHTS)


def test_in_a_silent_night_without_a_light_the_warning_alone_is_spoken() -> None:
    story = """
    03:04 press -> light rising; keep 'began a cramp', cramp open; hush; light full
    03:04:05 press -> repeats
    03:14 -> warns
    03:14:02 press -> light glow; keep 'ended a cramp', cramp ended 10 min 2 s, warned; hush | 03:16 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 ended 10 min 2 s, warned | press 03:04:05 repeated
    press 03:14:02 ended a cramp
    """
    expect(story, rules=Rules(has_phone=True, silent_nights=True, light_found=False))


def test_the_warning_by_light_leaves_all_else_spoken_and_is_shown_until_the_cramp_ends() -> None:
    story = """
    03:04 press -> begins | 03:04:20 -> say quietly relief-hold | 03:04:40 -> say quietly relief-stand
    03:05 -> say quietly relief-rub | 03:06 -> say quietly relief-still-hold
    03:07 -> say quietly relief-still-breathe | 03:09 -> say quietly relief-still-press
    03:13:59 press -> light glow; keep 'ended a cramp', cramp ended 9 min 59 s; hush; say quietly cramp-stopped
    03:14:30 press -> light rising; keep 'reopened a cramp', cramp open; hush; light warning; keep cramp open, warned;
    ... say quietly relief-pull
    03:14:40 restart -> light warning
    03:14:45 press -> light glow; keep 'ended a cramp', cramp ended 10 min 45 s, warned; hush;
    ... say quietly cramp-stopped
    03:15 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 ended 10 min 45 s, warned | press 03:13:59 ended a cramp
    press 03:14:30 reopened a cramp | press 03:14:45 ended a cramp
    """
    expect(story, rules=Rules(has_phone=True, warning_by_light=True))


def test_the_warning_by_light_is_seen_though_the_disk_fails() -> None:
    story = """
    03:03 disk fails
    03:04 press -> light rising; keep 'began a cramp', cramp open; hush; light blinking
    03:14 -> light warning; keep cramp open, warned | 03:15 wait
    kept: press 03:04:00 began a cramp | cramp 03:04:00 open, warned
    """
    expect(story, rules=SILENT_NIGHTS)


EVERY_CHOICE = [
    Rules(silent_nights=nights, silent_evenings=evenings, warning_by_light=by_light, light_found=light)
    for nights, evenings, by_light, light in product([False, True], repeat=4)
]


@pytest.mark.parametrize("disk", ["well", "slow", "fails"])
@pytest.mark.parametrize("clock", ["03", "15"])
@pytest.mark.parametrize("rules", EVERY_CHOICE)
def test_whatever_is_chosen_a_warning_reaches_the_person_once(rules: Rules, clock: str, disk: str) -> None:
    story = f"{clock}:03 disk {disk}\n{clock}:04 press\n{clock}:13 wait\n{clock}:20 wait"
    player, _ = play(story, on="2026-01-10", rules=rules, watches=False)
    spoken = [what.cue for what in player.said].count(Cue.WARNING)
    shown = sum("light warning" in line for line in player.lines) if rules.light_found else 0
    assert spoken <= 1
    assert shown <= 1
    assert spoken + shown >= 1
