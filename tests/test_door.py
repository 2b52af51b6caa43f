"""The door: a code, two minutes, five tries for all comers together, one phone."""

import threading
from collections import Counter
from queue import SimpleQueue

import pytest

from bedside.door import OPEN_SECONDS, TRIES, Door, Knock, Standing


class Seconds:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def door(clock: Seconds) -> Door:
    return Door(clock, draw=lambda _: 12345)


def test_a_door_that_nobody_opened_is_shut(door: Door) -> None:
    assert door.standing() is None
    assert door.knock("012345") is Knock.SHUT
    assert door.knock("") is Knock.SHUT


def test_the_code_has_six_digits_with_zeros_in_front(door: Door) -> None:
    assert door.open() == Standing("012345", OPEN_SECONDS)


def test_the_right_code_opens_once(door: Door) -> None:
    door.open()
    assert door.knock("012345") is Knock.RIGHT
    assert door.knock("012345") is Knock.SHUT
    assert door.standing() is None


@pytest.mark.parametrize("typed", ["012 345", " 012345 ", "012-345", "0 1 2 3 4 5", "012\N{NO-BREAK SPACE}345"])
def test_blanks_and_hyphens_do_not_count(door: Door, typed: str) -> None:
    door.open()
    assert door.knock(typed) is Knock.RIGHT


@pytest.mark.parametrize(
    "typed", ["", "12345", "0123456", "O12345", "٠١٢٣٤٥", "012345\0", "012³45", "-" * 6, "x" * 10**6]
)
def test_what_is_no_code_is_told_so_and_costs_no_try(door: Door, typed: str) -> None:
    door.open()
    for _ in range(TRIES + 1):
        assert door.knock(typed) is Knock.NO_CODE
    assert door.knock("012345") is Knock.RIGHT


def test_the_fifth_wrong_code_shuts_the_door_for_the_right_one_too(door: Door) -> None:
    door.open()
    assert [door.knock(f"{wrong:06}") for wrong in range(TRIES)] == [Knock.WRONG] * (TRIES - 1) + [Knock.SHUT]
    assert door.knock("012345") is Knock.SHUT
    assert door.standing() is None


def test_the_fifth_try_may_be_the_right_one(door: Door) -> None:
    door.open()
    for wrong in range(TRIES - 1):
        door.knock(f"{wrong:06}")
    assert door.knock("012345") is Knock.RIGHT


def test_it_shuts_by_itself_after_two_minutes(door: Door, clock: Seconds) -> None:
    door.open()
    clock.now += OPEN_SECONDS - 0.001
    standing = door.standing()
    assert standing is not None
    assert standing.seconds == pytest.approx(0.001, abs=1e-6)
    clock.now += 0.001
    assert door.standing() is None
    assert door.knock("012345") is Knock.SHUT


def test_opening_it_again_gives_a_new_code_new_tries_and_two_new_minutes(clock: Seconds) -> None:
    codes = iter([111111, 222222])
    door = Door(clock, draw=lambda _: next(codes))
    door.open()
    for wrong in range(TRIES - 1):
        door.knock(f"{wrong:06}")
    clock.now += OPEN_SECONDS - 1
    door.open()
    clock.now += OPEN_SECONDS - 1
    assert door.knock("111111") is Knock.WRONG
    assert door.knock("222222") is Knock.RIGHT


def test_of_two_phones_that_race_one_is_let_in() -> None:
    for _ in range(50):
        door = Door(lambda: 0.0)
        code, answers, together = door.open().code, SimpleQueue[Knock](), threading.Barrier(4)

        def knock(door: Door = door, code: str = code, answers: SimpleQueue[Knock] = answers) -> None:
            together.wait(10)  # noqa: B023 - it ends before the next round
            answers.put(door.knock(code))

        racers = [threading.Thread(target=knock) for _ in range(4)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(10)
        assert Counter(answers.get(timeout=10) for _ in racers) == {Knock.RIGHT: 1, Knock.SHUT: 3}


def test_codes_are_drawn_from_all_there_are_and_differ() -> None:
    door = Door(lambda: 0.0)
    codes = {door.open().code for _ in range(200)}
    assert len(codes) > 190  # of a million, 200 draws give the same twice with a probability of 0.02
    assert all(len(code) == 6 and code.isdigit() for code in codes)
