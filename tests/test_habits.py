"""Habits that are chosen hold at once, in every part, and after a restart; a real household on mock pins."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpiozero.pins.mock import MockFactory, MockPWMPin

from bedside.diary.journal import Journal
from bedside.household import Household, rules_of
from bedside.night.habits import Habits
from bedside.settings import Folders, Settings
from bedside.surroundings import Surroundings
from tests.afternoon import hearing
from tests.homes import OTHER
from tests.ports import free_port


@contextmanager
def at_home(folder: Path) -> Iterator[Household]:
    """A household that hears presses, in the afternoon; stopped at the end."""
    around = Surroundings(
        Folders(folder / "data", folder / "cache"),
        sys=folder / "sys",
        factory=MockFactory(pin_class=MockPWMPin),
        find_card=lambda: None,
    )
    with hearing(Settings(port=free_port()), around, rooms=True) as household:
        yield household


def test_every_habit_here_is_another_than_the_default() -> None:
    assert not {name for name, value in vars(OTHER).items() if value == vars(Habits())[name]}


def test_chosen_habits_hold_at_once_and_are_in_the_journal_before_they_are_called_kept(tmp_path: Path) -> None:
    with at_home(tmp_path) as household:
        assert household.choose(OTHER)
        assert Journal(tmp_path / "data/journal").kept().habits == OTHER
    rules = rules_of(OTHER)
    assert [getattr(household.daemon.rules, name) for name in ("asks", "bedtime", "silent_nights", "glow")] == [
        getattr(rules, name) for name in ("asks", "bedtime", "silent_nights", "glow")
    ]


def test_the_rules_have_every_habit_a_press_is_read_with() -> None:
    rules, usual = rules_of(OTHER), rules_of(Habits())
    facts = {"light_found", "has_phone"}
    assert {name for name in rules.__slots__ if getattr(rules, name) == getattr(usual, name)} == facts


def test_after_a_restart_the_habits_of_last_time_hold(tmp_path: Path) -> None:
    with at_home(tmp_path) as household:
        household.choose(OTHER)
        household.choose(Habits(asks=2))
    with at_home(tmp_path) as again:
        assert again.habits == Habits(asks=2)
        assert again.daemon.rules.asks == 2


def test_without_a_choice_the_defaults_hold(tmp_path: Path) -> None:
    with at_home(tmp_path) as household:
        assert household.habits == Habits()
