"""What waits for the writer, and how a long piece of work is told from one that hangs."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bedside.diary.inbox import Inbox
from bedside.diary.store import Diary
from bedside.night.effects import Meaning, Phase, Press, Save
from bedside.night.events import Moment

MOMENT = Moment("boot", 1000.0, datetime(2026, 1, 11, 3, 4, tzinfo=UTC))


def test_what_waits_is_taken_in_its_order_and_each_taking_is_another_piece_of_work() -> None:
    inbox, first, second = Inbox(), Save("1", MOMENT, ()), Save("2", MOMENT, ())
    assert inbox.at_work() is not None, "whoever takes has work of its own before"
    inbox.put(first)
    inbox.put(second)
    inbox.put(None)
    assert inbox.take(None) == [first, second, None]
    at = inbox.at_work()
    assert at is not None
    assert inbox.take(0.0) == []
    assert inbox.at_work() not in (None, at)


def test_a_step_within_a_piece_of_work_shows_that_it_comes_on() -> None:
    inbox = Inbox()
    inbox.take(0.0)
    at = inbox.at_work()
    inbox.step()
    assert inbox.at_work() not in (None, at)


def test_a_year_of_the_journal_given_to_a_new_diary_comes_on_step_by_step(tmp_path: Path) -> None:
    steps: list[int] = []
    saves = [
        Save(f"{number}", MOMENT, (Press(f"{number}", MOMENT, Phase.QUIET, Meaning.BEGAN),)) for number in range(500)
    ]
    with closing(Diary(tmp_path / "diary.db")) as diary:
        diary.tell_steps(lambda: steps.append(1))
        assert diary.replay(saves) == 500
    assert steps
