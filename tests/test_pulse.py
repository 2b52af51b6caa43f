"""The pulse: what must be well before the watchdog is fed, by the minute of a clock that a test turns."""

from dataclasses import dataclass, field

import pytest

from bedside.pulse import BEAT_AT_MOST, PART, PATIENCE, Pulse, Watched

EVERY = 10.0  # seconds between two beats of the loop


@dataclass
class Bedside:
    """A watchdog, the page and one part of the program, with every fact a test can set."""

    alive_: bool = True
    mark: object | None = None
    now: float = 1000.0
    systemd: bool = True
    remedies: list[str] = field(default_factory=list)
    told: list[tuple[str, bool]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        watched = Watched("writer", lambda: self.alive_, lambda: self.mark)
        self.pulse = Pulse([watched], self, self._tell, lambda: self.now)

    def listens(self) -> bool:
        return self.systemd

    def alive(self) -> None:
        self.given.append("fed")

    def hung(self) -> None:
        self.given.append("hung")

    def beat(self, after: float = EVERY) -> str:
        """What the watchdog gets at a beat so many seconds after the one before."""
        self.now += after
        self.pulse.beat()
        return self.given[-1]

    def _tell(self, part: str, well: bool, _: str, remedy: str) -> None:
        self.told.append((part, well))
        self.remedies.append(remedy)


@pytest.fixture
def bedside() -> Bedside:
    return Bedside()


def test_while_all_is_well_every_beat_feeds_and_nothing_is_told(bedside: Bedside) -> None:
    assert [bedside.beat() for _ in range(10)] == ["fed"] * 10
    assert bedside.told == []


def test_a_dead_thread_has_the_watchdog_act_at_the_next_beat_and_is_told_once(bedside: Bedside) -> None:
    bedside.beat()
    bedside.alive_ = False
    assert [bedside.beat() for _ in range(3)] == ["hung"] * 3
    assert bedside.told == [(PART, False)]


def test_a_part_that_hangs_in_one_piece_of_work_is_found_within_30_seconds(bedside: Bedside) -> None:
    bedside.beat()
    bedside.mark, began = "a record", bedside.now
    while bedside.beat() == "fed":
        pass
    assert PATIENCE <= bedside.now - began <= 30


def test_a_part_that_is_always_at_work_but_comes_on_is_well(bedside: Bedside) -> None:
    for number in range(100):
        bedside.mark = number
        assert bedside.beat() == "fed"


def test_a_part_that_is_slow_but_within_bounds_is_well(bedside: Bedside) -> None:
    for number in range(20):
        bedside.mark = number // 2  # each piece takes 20 s from its first beat to the next piece's
        assert bedside.beat() == "fed"


def test_beats_in_a_hurry_make_nobody_hang(bedside: Bedside) -> None:
    bedside.mark = "a record"
    assert [bedside.beat(after=0.03) for _ in range(100)] == ["fed"] * 100


def test_an_hour_of_standing_still_in_the_midst_of_work_is_no_hang(bedside: Bedside) -> None:
    bedside.mark = "a record"
    bedside.beat()
    assert bedside.beat(after=3600.0) == "fed"
    bedside.mark = None
    assert bedside.beat() == "fed"
    assert bedside.told == []
    assert BEAT_AT_MOST < PATIENCE


def test_what_comes_on_again_is_fed_and_told_to_be_over(bedside: Bedside) -> None:
    bedside.mark = "a record"
    for _ in range(4):
        bedside.beat()
    assert bedside.given[-1] == "hung"
    bedside.mark = None
    assert bedside.beat() == "fed"
    assert bedside.told == [(PART, False), (PART, True)]


@pytest.mark.parametrize(("systemd", "remedy"), [(True, "starts anew by itself"), (False, "Stop it and start it")])
def test_only_where_systemd_starts_it_anew_is_that_promised(bedside: Bedside, systemd: bool, remedy: str) -> None:
    bedside.systemd, bedside.alive_ = systemd, False
    bedside.beat()
    assert remedy in bedside.remedies[0]
