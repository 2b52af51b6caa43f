"""The room on the memory card: told in time, and what is left is left to presses."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.card import LEAST, LITTLE, MARGIN, Card, Room, bytes_free, room
from bedside.pages.attention import NAMES
from tests.test_deletion import until
from tests.test_habits import at_home

FREE = st.integers(0, 2 * LITTLE)


class Shown:
    """A card of so many bytes free, what is told of it, and whether readings are kept."""

    def __init__(self, free: int) -> None:
        self.free, self.told, self.kept = free, list[tuple[bool, str, str]](), list[bool]()
        self.card = Card(Path("/"), self._tell, self.kept.append, lambda _: self.free)

    def _tell(self, part: str, well: bool, says: str, remedy: str) -> None:
        assert part in NAMES
        self.told.append((well, says, remedy))

    def look(self, free: int) -> tuple[bool, str, str] | None:
        """What is told of it when so much is free; None where nothing is."""
        self.free, before = free, len(self.told)
        self.card.look()
        return self.told[-1] if len(self.told) > before else None


@pytest.mark.parametrize(
    ("free", "state"),
    [
        (LITTLE, Room.ENOUGH),
        (LITTLE - 1, Room.LITTLE),
        (LEAST, Room.LITTLE),
        (LEAST - 1, Room.NONE),
        (0, Room.NONE),
    ],
)
def test_below_200_mb_there_is_little_room_and_below_20_mb_none(free: int, state: Room) -> None:
    assert room(free, Room.ENOUGH) is state


@given(FREE, st.sampled_from(Room))
def test_what_is_told_is_as_bad_as_the_bytes_say_or_worse_and_settles_at_once(free: int, before: Room) -> None:
    state = room(free, before)
    assert state <= room(free, Room.ENOUGH)
    assert room(free, state) is state


@given(st.sampled_from((LITTLE, LEAST)), st.floats(0.99, MARGIN - 0.01), st.floats(0.99, MARGIN - 0.01))
def test_what_goes_up_and_down_around_a_limit_is_told_once(limit: int, one: float, other: float) -> None:
    state = room(limit - 1, Room.ENOUGH)
    for share in (one, other, one, other):
        state_before, state = state, room(int(limit * share), state)
        assert state is state_before


def test_a_card_that_fills_up_is_told_and_over_again_when_there_is_room() -> None:
    shown = Shown(LITTLE)
    told = [
        shown.look(free) for free in (LITTLE, LITTLE - 1, LEAST, LEAST - 1, int(LEAST * MARGIN), int(LITTLE * MARGIN))
    ]
    assert [one and one[:2] for one in told] == [
        (True, "There is room on the memory card."),
        (False, "The memory card is nearly full."),
        None,
        (False, "The memory card is full. The temperature is not kept any more; what you press and tell is."),
        (False, "The memory card is nearly full."),
        (True, "There is room on the memory card."),
    ]
    assert [bool(one[2]) for one in shown.told] == [False, True, True, True, False]
    assert shown.kept == [True, True, False, True, True]


def test_what_to_do_names_how_much_has_to_be_free() -> None:
    shown = Shown(0)
    full = shown.look(0)
    assert full
    assert "Once 25 MB are free" in full[2]
    nearly = shown.look(LEAST * 2)
    assert nearly
    assert "Once 250 MB are free" in nearly[2]


def test_a_card_that_cannot_be_asked_changes_nothing(tmp_path: Path) -> None:
    kept: list[bool] = []
    card = Card(tmp_path / "gone", lambda *_: None, kept.append)
    with pytest.raises(OSError, match=r"."):
        card.look()
    (tmp_path / "gone").mkdir()
    card.look()
    assert len(kept) == 1


def test_the_bytes_are_those_that_may_still_be_written(tmp_path: Path) -> None:
    assert bytes_free(tmp_path) == pytest.approx(shutil.disk_usage(tmp_path).free, abs=1_000_000_000)


def test_a_household_looks_at_its_card(tmp_path: Path) -> None:
    with at_home(tmp_path) as household:
        until(lambda: household.rooms and household.rooms.timetable)
        assert household.rooms
        assert household.rooms.timetable
        household.rooms.timetable.look()
        until(lambda: "card" in household.daemon.parts)
