"""The pages where there are several buttons: how each is, which was pressed, and the leg that it is for."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from bedside.diary.reader import reading
from bedside.night.effects import Meaning, Phase, Press
from bedside.night.events import KEY, SECOND_WIRE, WIRE
from bedside.night.state import Down, Line, Night
from bedside.night.told import CheckIn, Judgement, Leg
from tests.homes import OURS, QUIET, SATURDAY, THREE, WELL, Home, at, report, watch, words_of

ALL = (WIRE, SECOND_WIRE, KEY)
HEARD = (report(SECOND_WIRE, "The button on GPIO27 is heard."), report(KEY, "The button AB Shutter3 is heard."))
NEVER = "A press would not be heard right now."


def pressed(number: int, button: str = WIRE, when: str = "", meaning: Meaning = Meaning.BEGAN) -> Press:
    """A press in that one of the three cramps, at its onset unless said."""
    of = THREE[number]
    moment = at(when) if when else of.onset
    return Press(f"{moment.key}/{button}", moment, Phase.QUIET, meaning, cramp=of.id, button=button)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, rows=(*THREE, watch("10 18:00", "11 08:00")), parts=(*WELL, *HEARD), buttons=ALL)


def morning(home: Home) -> str:
    return words_of(home.client().get("/").text)


# --- how they are ---


def test_every_button_that_is_set_up_is_shown_and_one_that_is_not_is_not_waited_for(home: Home) -> None:
    said = "Second button Well The button on GPIO27 is heard. Remote or key Well The button AB Shutter3 is heard."
    assert f"The device Button Well The button on GPIO17 is heard. {said}" in morning(home)
    home.parts, home.buttons = (*WELL[1:], HEARD[1]), (KEY,)
    text = morning(home)
    assert "The device Remote or key Well" in text
    assert "It has not reported yet." not in text


def test_a_remote_that_is_away_is_told_without_saying_that_nothing_is_heard(home: Home) -> None:
    home.night = Night()
    home.parts = (*WELL, HEARD[0], report(KEY, "AB Shutter3 is not connected.", remedy="Switch it on."))
    text = morning(home)
    assert "Nothing would be heard right now from this: remote or key." in text
    assert "The remote or key needs attention." in text
    assert "AB Shutter3 is not connected. Switch it on." in text
    assert NEVER not in text
    home.parts = (*WELL, report(SECOND_WIRE, "Pin busy.", remedy="Stop that."), home.parts[-1])
    assert "from this: second button and remote or key." in morning(home)


def test_where_no_button_is_heard_that_is_what_is_told(home: Home) -> None:
    home.night, home.parts = Night(), WELL[1:]
    assert NEVER in morning(home)


@pytest.mark.parametrize(
    ("night", "words"),
    [
        (replace(QUIET, line=Line.STUCK), "Button: something lies on it, or it is stuck. A press on it would not"),
        (replace(QUIET, line=Line.LEANED_ON, button=KEY), "Remote or key: something leans on it."),
        (
            replace(QUIET, others=(Down(SECOND_WIRE, at("11 03:00"), stuck=True),)),
            "Second button: something lies on it, or it is stuck.",
        ),
    ],
)
def test_a_button_that_is_down_too_long_is_told_by_its_name(home: Home, night: Night, words: str) -> None:
    home.night = night
    text = morning(home)
    assert words in text
    assert NEVER not in text


def test_a_button_that_is_down_for_a_moment_beside_another_is_no_trouble(home: Home) -> None:
    home.night = replace(QUIET, others=(Down(KEY, at("11 03:00")),))
    assert "something" not in morning(home)


def test_a_lone_remote_that_is_stuck_is_called_by_its_name(home: Home) -> None:
    home.buttons, home.night = (KEY,), replace(QUIET, line=Line.STUCK, button=KEY)
    assert "Remote or key: something lies on it" in morning(home)


# --- which was pressed ---


def entry(home: Home, number: int = 0) -> str:
    """What stands in the list of presses."""
    text = home.client().get(f"/cramp?id={quote(THREE[number].id, safe='')}").text
    return words_of("<body>" + text.partition('<ol class="pressed">')[2].partition("</ol>")[0])


def test_an_entry_says_of_each_press_which_button_it_was(home: Home) -> None:
    home.rows += (
        pressed(0), pressed(0, KEY, "10 23:41", Meaning.REPEATED), pressed(0, SECOND_WIRE, "10 23:46", Meaning.ENDED),
    )  # fmt: skip
    assert entry(home) == (
        "23:40 The cramp began. By the button on the wire. "
        "23:41 Pressed once more in the same cramp: nothing changed. By the remote or key. "
        "23:46 The cramp ended. By the second button."
    )


def test_where_there_was_never_another_button_none_is_named(home: Home) -> None:
    home.rows += (pressed(0), pressed(1))
    assert entry(home) == "23:40 The cramp began."


def test_where_another_button_was_pressed_in_any_cramp_the_button_is_named(home: Home) -> None:
    home.rows += (pressed(0), pressed(2, KEY))
    assert entry(home) == "23:40 The cramp began. By the button on the wire."


# --- the leg it is for ---


def chosen(home: Home) -> dict[str, str]:
    """The fields that the check-in shows as chosen."""
    tags = re.findall(r"<input[^>]* checked[^>]*>", home.client().get("/").text)
    return {named["name"]: named["value"] for named in (dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags)}


@pytest.fixture
def two_legs(home: Home) -> Home:
    """The first cramp began with the second button, whatever was pressed after it, the second with the wire."""
    home.legs = {WIRE: Leg.LEFT, SECOND_WIRE: Leg.RIGHT}
    home.rows += (
        pressed(0, SECOND_WIRE), pressed(0, WIRE, "10 23:46", Meaning.ENDED), pressed(1), pressed(2, KEY),
    )  # fmt: skip
    return home


def test_the_leg_of_the_button_that_a_cramp_began_with_is_offered_and_that_is_said(two_legs: Home) -> None:
    assert chosen(two_legs) == {"leg-0": "right", "leg-1": "left"}
    text = morning(two_legs)
    assert "Which leg? Offered: Right, since the button for that leg was pressed." in text
    assert text.count("since the button for that leg was pressed") == 2


def test_where_no_leg_is_set_none_is_offered(two_legs: Home) -> None:
    two_legs.legs = {}
    assert chosen(two_legs) == {}
    assert "since the button" not in morning(two_legs)


def test_what_a_person_says_of_the_leg_is_kept_whatever_was_pressed(two_legs: Home) -> None:
    ids = [row.id for row in THREE]
    sent = {"night": "2026-01-10", "seen": "", "cramp": ids, "leg-0": "left", "leg-1": ""}
    assert two_legs.client().post("/checkin", data=sent, headers=OURS).status_code == 303
    with reading(two_legs.path) as reader:
        legs = {cramp.id: cramp.leg for cramp in reader.cramps(at("10 12:00").wall, at("11 12:00").wall)}
    assert [legs[id] for id in ids] == [Leg.LEFT, None, None]


def test_a_leg_that_was_left_open_is_not_offered_again(two_legs: Home) -> None:
    two_legs.rows += (CheckIn(SATURDAY, at("11 07:30"), slept_here=True),)
    assert chosen(two_legs) == {"slept": "yes"}


def test_a_cramp_of_which_something_was_told_has_no_leg_offered(two_legs: Home) -> None:
    two_legs.rows += (Judgement(THREE[0].id, at("11 07:30"), severity=3),)
    assert chosen(two_legs) == {"severity-0": "3", "leg-1": "left"}


def test_a_button_is_never_a_leg_in_the_diary_by_itself(two_legs: Home) -> None:
    morning(two_legs)
    with reading(two_legs.path) as reader:
        assert not reader.rows("select * from judgements")
