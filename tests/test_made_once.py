"""Pages that take long to work out, on a real diary: made once a change, and said where it cannot be read."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bedside.diary.reader import Reader
from bedside.night.habits import Habits
from bedside.night.told import Change, CheckIn, Factor, Medicine, Remedy
from bedside.pages.answers import Answer
from bedside.pages.made_once import MOST, MadeOnce
from bedside.pages.patterns_views import ADDRESSES
from tests import years
from tests.homes import Home, at, words_of

NOW = at("31 15:00")
LAST = date(2026, 1, 30)
PAGES = (*ADDRESSES, "/report")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Twenty nights that are over."""
    home = Home(tmp_path, now=NOW)
    years.fill(home.path, 20, NOW.wall)
    return home


class Maker:
    """Makes a page of its own each time, and counts them."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, reader: Reader) -> Answer:
        self.made += 1
        return f"{self.made}: {len(reader.rows('select night from nights'))} nights"


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_there_and_an_empty_diary_has_it_too(tmp_path: Path, home: Home, path: str) -> None:
    (tmp_path / "empty").mkdir()
    for one in (home, Home(tmp_path / "empty")):
        answer = one.client().get(path)
        assert answer.status_code == 200
        assert "<h1>" in answer.text


def test_a_page_is_made_once_and_not_again_while_nothing_changes(home: Home) -> None:
    once, make = MadeOnce(home.house()), Maker()
    assert once.page("a", make) == "1: 20 nights"
    home.now = home.now.at(home.now.since_boot + 3600)
    assert once.page("a", make) == "1: 20 nights"
    assert once.page("b", make) == "2: 20 nights"
    assert once.page("a", make) == "1: 20 nights"


def test_so_many_pages_are_kept_and_no_more(home: Home) -> None:
    once, make = MadeOnce(home.house()), Maker()
    for name in range(MOST + 1):
        once.page(name, make)
    once.page(1, make)
    assert make.made == MOST + 1
    once.page(0, make)
    assert make.made == MOST + 2


@pytest.mark.parametrize("what", ["told", "medicine", "habits", "day"])
def test_whatever_changes_makes_it_anew(home: Home, what: str) -> None:
    house = home.house()
    page = home.visitor(house)
    first = page.get("/patterns").text
    match what:
        case "told":
            house.tell((CheckIn(LAST, NOW, slept_here=False),))
        case "medicine":
            house.tell((Medicine("m", NOW, LAST, Remedy.STATIN, Change.STARTED, "its name"),))
        case "habits":
            home.habits = Habits(factors=(Factor.CAFFEINE,))
        case "day":
            home.now = replace(home.now, wall=home.now.wall + timedelta(days=1))
    second = page.get("/patterns").text
    told = {"told": "1 away", "medicine": "Started: Statin (its name)", "habits": "Caffeine", "day": "21 nights"}
    assert told[what] in words_of(second)
    assert told[what] not in words_of(first)


def test_two_who_ask_at_once_wait_for_the_one_who_makes_it(home: Home) -> None:
    once, make = MadeOnce(home.house()), Maker()
    with ThreadPoolExecutor(4) as threads:
        texts = set(threads.map(lambda _: once.page("a", make), range(8)))
    assert texts == {"1: 20 nights"}


def test_a_page_that_could_not_be_made_is_made_the_next_time(home: Home) -> None:
    once, make = MadeOnce(home.house()), Maker()

    def fail(_: Reader) -> Answer:
        raise ValueError("no row of ours")

    with pytest.raises(ValueError, match="no row of ours"):
        once.page("a", fail)
    assert once.page("a", make) == "1: 20 nights"


def test_a_retracted_medicine_is_no_change(home: Home) -> None:
    house = home.house()
    house.tell((Medicine("m", NOW, LAST, Remedy.STATIN, Change.STARTED, retracted=True),))
    assert "Started: Statin" not in home.visitor(house).get("/patterns").text


@pytest.mark.parametrize("path", PAGES)
def test_a_diary_that_cannot_be_read_is_said(home: Home, path: str) -> None:
    page = home.client()
    home.path.write_bytes(b"no diary at all, but a file of some length" * 100)
    answer = page.get(path)
    assert answer.status_code == 503
    assert "The diary cannot be read just now" in answer.text
