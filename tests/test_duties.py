"""The duties: each is done, whatever befalls another."""

from collections.abc import Callable

import pytest

from bedside.duties import PART, Duties


class Round:
    """Three duties, the second of which fails as a test says, and what is told of it."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.done: list[str] = []
        self.told: list[tuple[str, bool, str]] = []
        self.duties = Duties((self._note("one"), self._second, self._note("three")), self._tell)

    def go(self) -> None:
        for piece in self.duties.each():
            piece()

    def _note(self, name: str) -> Callable[[], object]:
        return lambda: self.done.append(name)

    def _second(self) -> None:
        if self.error:
            raise self.error

    def _tell(self, part: str, well: bool, says: str, remedy: str) -> None:
        assert well is not bool(remedy)
        self.told.append((part, well, says))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(24, "Too many open files"), "Too many open files"),
        (RuntimeError("can't start new thread"), "can't start new thread"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_a_duty_that_fails_stops_no_other_and_is_told_once_until_it_is_over(error: Exception, says: str) -> None:
    round_ = Round()
    round_.go()
    assert round_.told == []
    round_.error = error
    round_.go()
    round_.go()
    assert round_.done == ["one", "three"] * 3
    assert [(part, well) for part, well, _ in round_.told] == [(PART, False)]
    assert says in round_.told[0][2]
    round_.error = None
    round_.go()
    round_.go()
    assert [(part, well) for part, well, _ in round_.told] == [(PART, False), (PART, True)]


def test_a_fault_of_the_program_is_not_hidden() -> None:
    round_ = Round()
    round_.error = KeyError("a mistake")
    with pytest.raises(KeyError):
        round_.go()
