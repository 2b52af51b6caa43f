"""What makes no difference to a night: looking at the time more often or later, what the wall clock says, a restart.

Each property plays the same random lines twice, the second time with something put between them.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bedside.night.effects import Cramp, Evening, Phase, Press, Watch
from bedside.night.events import Moment
from bedside.night.state import Rules
from tests.night.story import Player

START = datetime(2026, 1, 10, 21, 0, tzinfo=UTC)
ALL_NIGHT = Rules(bedtime=time.min, rising=time.max, has_phone=True)
"""A sleep window round the clock: no hold is a pairing, whatever the wall clock says."""

PRESSES = [
    "press",
    "press",
    "press",
    "hold 2.5 s",
    "hold 3 s",
    "hold 5 s",
    "hold 7 s",
    "hold 12 s",
    "hold 70 s",
    "down",
]
OTHERS = ["up found", "temperature 18.5", "practice", "reminder for 2026-01-10", "listening ended", "listening began"]
GAPS = [0.5, 2.0, 3.0, 4.75, 7.75, 8.0, 10.0, 21.0, 61.0, 119.0, 120.25, 300.0, 599.0, 600.0, 900.0, 1300.0, 1801.0]

Line = tuple[float, str]
fast = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def lines(verbs: list[str]) -> st.SearchStrategy[list[Line]]:
    """Lines as seconds after the line before has ended, and an event."""
    return st.lists(st.tuples(st.sampled_from(GAPS), st.sampled_from(verbs)), min_size=1, max_size=12)


def lasts(what: str) -> float:
    """How long the event itself takes: a press to its release."""
    return float(what.split()[1]) if what.startswith("hold") else 0.25


def play(
    told: list[Line], between: dict[int, list[Line]] | None = None, *, late: bool = False, on: bool = True
) -> Player:
    """Play the lines; `between` are put before the n-th, at a share of the gap before it; `on`: until all is quiet."""
    player, now = Player(START, rules=ALL_NIGHT, watches=True), START
    for number, (gap, what) in enumerate(told):
        for share, extra in (between or {}).get(number, []):
            player.play(now + timedelta(seconds=gap * share), extra)
        if late:
            player.play(now, "suspend")
        now += timedelta(seconds=gap)
        player.play(now, what)
        now += timedelta(seconds=lasts(what))
    if late:
        player.play(now, "suspend")
    if on:
        player.play(now + timedelta(seconds=1900), "wait")
    return player


def bare(row: object) -> tuple:
    """A row without its wall times."""
    fields = (getattr(row, name) for name in vars(row))
    return tuple(value.since_boot if isinstance(value, Moment) else value for value in fields)


def kept(player: Player, *kinds: type) -> list[tuple]:
    return [bare(row) for kind in kinds for row in player.diary.of(kind)]


def transcript(player: Player) -> list[str]:
    return [line for line in player.lines if "clock set" not in line and "suspend" not in line]


def cues(player: Player) -> set[str]:
    """What was said, apart from when."""
    return {words for line in player.lines for words in line.partition(" -> ")[2].split("; ") if words[:4] == "say "}


@fast
@given(lines(PRESSES + OTHERS), st.lists(st.floats(0.0, 1.0, width=16), min_size=1, max_size=4))
def test_looking_at_the_time_more_often_changes_nothing(told: list[Line], shares: list[float]) -> None:
    looks = {number: [(share, "wait") for share in sorted(shares)] for number in range(len(told))}
    often, seldom = play(told, looks), play(told)
    assert transcript(often) == transcript(seldom)
    assert often.diary.rows == seldom.diary.rows


@fast
@given(lines([*PRESSES, "practice"]))
def test_a_night_that_is_woken_late_keeps_the_same_presses_and_cramps(told: list[Line]) -> None:
    """Cues over 5 s late are dropped, and an ask begins when it can be heard; so no evening here."""
    late, exact = play(told, late=True), play(told)
    assert kept(late, Press, Cramp) == kept(exact, Press, Cramp)
    assert cues(late) <= cues(exact)


@fast
@given(lines(PRESSES + OTHERS), st.lists(st.integers(-9000, 90000), min_size=12, max_size=12))
def test_the_wall_clock_set_to_anything_changes_no_duration_phase_or_cue(told: list[Line], hours: list[int]) -> None:
    jumps = {number: [(0.5, f"clock set {hours[number]} h")] for number in range(len(told))}
    jumping, steady = play(told, jumps), play(told)
    assert transcript(jumping) == transcript(steady)
    assert kept(jumping, Press, Cramp, Evening) == kept(steady, Press, Cramp, Evening)


@fast
@given(lines([what for what in PRESSES if what != "down"]), st.integers(0, 11), st.sampled_from([0.1, 0.5, 1.0]))
def test_a_restart_within_a_boot_changes_no_cramp(told: list[Line], number: int, share: float) -> None:
    assume(number < len(told))
    restarted, steady = play(told, {number: [(share, "restart")]}), play(told)
    assert kept(restarted, Press, Cramp) == kept(steady, Press, Cramp)
    assert restarted.night is not None
    assert restarted.night.phase is Phase.QUIET


@fast
@given(
    lines([what for what in PRESSES if what != "down"] + OTHERS),
    st.lists(st.sampled_from(["", " by key", " by second button"]), min_size=12, max_size=12),
)
def test_which_button_is_pressed_makes_no_difference_where_one_is_let_go_before_the_next(
    told: list[Line], by: list[str]
) -> None:
    mixed = [(gap, what + by[number] * what.startswith(("press", "hold"))) for number, (gap, what) in enumerate(told)]
    several, one = play(mixed), play(told)

    def presses(player: Player) -> list[tuple]:
        return [bare(replace(row, id="", button="")) for row in player.diary.of(Press)]

    assert presses(several) == presses(one)
    assert kept(several, Cramp, Evening, Watch) == kept(one, Cramp, Evening, Watch)
    assert cues(several) == cues(one)


@fast
@given(lines([*PRESSES, "restart", *OTHERS]))
def test_no_record_has_the_name_of_another(told: list[Line]) -> None:
    player = play(told)
    assert len(set(player.records)) == len(player.records)
