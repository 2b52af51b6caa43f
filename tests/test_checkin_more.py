"""The check-in: cramps without a press, two in one, and the factors of the day before."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bedside.diary.kept import KeptCramp
from bedside.diary.reader import reading
from bedside.night.habits import Habits
from bedside.night.told import ALWAYS_ASKED, CheckIn, Factor, Judgement, Verdict
from tests.homes import OURS, SATURDAY, Home, at, cramp, watch, words_of

ALL_NIGHT = watch("10 18:00", "11 08:00")
ID = "cramp 11 03:04"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, rows=(cramp("11 03:04", 6), ALL_NIGHT))


@pytest.fixture
def phone(home: Home) -> FlaskClient:
    return home.client()


def tell(phone: FlaskClient, **fields: Any) -> TestResponse:
    """Send the form as the page has it, with these fields."""
    page = phone.get("/").text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    ids = re.findall(r'name="cramp" value="([^"]*)"', page)
    assert seen is not None
    return phone.post("/checkin", data={"night": "2026-01-10", "cramp": ids, "seen": seen[1]} | fields, headers=OURS)


def cramps(home: Home) -> list[KeptCramp]:
    with reading(home.path) as reader:
        return reader.cramps(at("10 12:00").wall, at("11 12:00").wall)


def answered(home: Home) -> tuple[tuple[Factor, ...], tuple[Factor, ...]]:
    with reading(home.path) as reader:
        told = reader.check_in(SATURDAY)
    assert told is not None
    return told.factors, told.asked


# --- cramps without a press ---


def test_a_cramp_without_a_press_is_kept_shown_and_asked_about(home: Home, phone: FlaskClient) -> None:
    assert tell(phone, **{"missed-0": "01:30", "missed-1": "23:10"}).status_code == 303
    assert [(one.onset, one.origin, one.seconds) for one in cramps(home)] == [
        (at("10 23:10").wall, "page", None),
        (at("11 01:30").wall, "page", None),
        (at("11 03:04").wall, "button", 360.0),
    ]
    text = words_of(phone.get("/").text)
    assert "3 cramps The button was listening" in text
    assert "The cramp at 01:30, which you added" in text
    assert "You added it: the button was not pressed." in text


def test_a_form_that_is_sent_twice_adds_it_once(home: Home, phone: FlaskClient) -> None:
    fields = {"night": "2026-01-10", "cramp": [ID], "seen": "", "missed-0": "01:30"}
    assert phone.post("/checkin", data=fields, headers=OURS).status_code == 303
    again = phone.post("/checkin", data=fields, headers=OURS)
    assert again.status_code == 400
    assert "The night has changed since this page was made." in again.text
    assert len(cramps(home)) == 2


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("25:00", "This is not a time of day. Write hours and minutes, such as 03:04."),
        ("soon", "This is not a time of day."),
        ("11:30", "This time is still to come."),
        ("03:04", "A cramp at this time is here already."),
    ],
)
def test_a_wrong_time_is_told_beside_it_and_nothing_is_kept(
    home: Home, phone: FlaskClient, field: str, says: str
) -> None:
    answer = tell(phone, **{"missed-1": field, "disturbance": "3"})
    assert answer.status_code == 400
    assert re.search(rf'<p class="wrong" id="missed-1-wrong">{re.escape(says)}', answer.text)
    assert f'value="{field}"' in answer.text
    assert home.told == 0


def test_the_same_time_twice_is_one_too_many(home: Home, phone: FlaskClient) -> None:
    answer = tell(phone, **{"missed-0": "01:30", "missed-1": "01:30"})
    assert answer.status_code == 400
    assert home.told == 0


def test_a_time_that_the_clock_skipped_is_none(tmp_path: Path) -> None:
    home = Home(tmp_path, now=at("31 08:00"))
    home.now = home.now.at(home.now.since_boot + 57 * 86400)  # the night of London's change to summer time is over
    phone = home.client()
    night = "2026-03-28"
    fields = {"night": night, "seen": "", "missed-0": "01:30"}
    answer = phone.post("/checkin", data=fields, headers=OURS)
    assert answer.status_code == 400
    assert "There was no such time on" in answer.text


def test_midday_for_midnight_is_asked_about_and_kept_by_day_if_it_was(home: Home, phone: FlaskClient) -> None:
    answer = tell(phone, **{"missed-0": "12:30"})
    assert answer.status_code == 400
    assert "12:30 is on Saturday, outside your sleep window. Half past midnight is 00:30." in answer.text
    assert tell(phone, **{"missed-0": "12:30", "sure-by-day": "on"}).status_code == 303
    assert cramps(home)[0].onset == at("10 12:30").wall


# --- away, here, and nothing to add ---


def test_away_with_a_cramp_is_asked_about_and_then_said(home: Home, phone: FlaskClient) -> None:
    answer = tell(phone, slept="no")
    assert answer.status_code == 400
    assert "There is a cramp in this night." in answer.text
    assert home.told == 0
    assert tell(phone, **{"slept": "no", "sure-away": "on"}).status_code == 303
    assert "Away: what was pressed is in no rate" in words_of(phone.get("/").text)


def test_a_quiet_night_is_told_by_one_tap(tmp_path: Path) -> None:
    home = Home(tmp_path, rows=(ALL_NIGHT,))
    phone = home.client()
    assert "I slept here, nothing to add" in phone.get("/").text
    assert tell(phone, quick="yes").status_code == 303
    with reading(home.path) as reader:
        told = reader.check_in(SATURDAY)
    assert told is not None
    assert (told.slept_here, told.disturbance, told.asked) == (True, None, ())
    assert "I slept here, nothing to add" not in phone.get("/").text


def test_what_is_the_same_as_a_press_that_nobody_judged_is_asked_about(tmp_path: Path) -> None:
    home = Home(tmp_path, rows=(cramp("11 02:00", 1, doubtful=True), cramp("11 02:10", 1), ALL_NIGHT))
    same = {"verdict-1": "same as the one before"}
    answer = tell(home.client(), **same)
    assert answer.status_code == 400
    assert "Say first what the one before it was." in answer.text
    assert tell(home.client(), **same, **{"verdict-0": "a cramp"}).status_code == 303


# --- two cramps in one ---


def test_one_press_for_two_cramps_counts_as_two(home: Home, phone: FlaskClient) -> None:
    assert tell(phone, **{"verdict-0": "two cramps"}).status_code == 303
    assert cramps(home)[0].verdict is Verdict.TWO
    text = words_of(phone.get("/").text)
    assert "2 cramps The button was listening" in text
    assert "6 minutes, both together" in text
    assert "You told that it was two cramps." in text


def test_what_was_told_elsewhere_of_a_cramp_stays(tmp_path: Path) -> None:
    corrected = Judgement(
        ID, at("11 07:00"), onset=at("11 02:50").wall, seconds=240.0, second=at("11 02:52").wall, by="A phone"
    )
    home = Home(tmp_path, rows=(cramp("11 03:04", 6), ALL_NIGHT, corrected))
    assert tell(home.client(), **{"severity-0": "5"}).status_code == 303
    (one,) = cramps(home)
    assert (one.severity, one.onset, one.seconds) == (5, at("11 02:50").wall, 240.0)
    assert (one.pressed, one.second) == (at("11 03:04").wall, at("11 02:52").wall)


# --- factors ---


def test_what_is_not_ticked_is_a_no_where_one_is_and_open_where_none_is(home: Home, phone: FlaskClient) -> None:
    tell(phone)
    assert answered(home) == ((), ())
    tell(phone, effort="on")
    assert answered(home) == ((Factor.EFFORT,), ALWAYS_ASKED)


def test_none_of_these_is_an_answer_and_is_shown_again(home: Home, phone: FlaskClient) -> None:
    tell(phone, none="on")
    assert answered(home) == ((), ALWAYS_ASKED)
    assert re.search(r'name="none" value="on" checked', phone.get("/").text)


def test_none_of_these_with_one_of_these_is_asked_again(home: Home, phone: FlaskClient) -> None:
    answer = tell(phone, none="on", effort="on")
    assert answer.status_code == 400
    assert "“None of these” is ticked with others. Untick what is not so." in answer.text
    assert home.told == 0


def test_other_factors_are_asked_about_where_the_habits_say_so(home: Home, phone: FlaskClient) -> None:
    assert "Caffeine" not in phone.get("/").text
    home.habits = Habits(factors=(Factor.CAFFEINE,))
    assert "Caffeine" in phone.get("/").text
    tell(phone, caffeine="on", stress="on")
    assert answered(home) == ((Factor.CAFFEINE,), (*ALWAYS_ASKED, Factor.CAFFEINE))


def test_an_old_answer_is_not_widened_by_a_habit_of_today(home: Home, phone: FlaskClient) -> None:
    tell(phone, effort="on")
    home.habits = Habits(factors=(Factor.CAFFEINE,))
    assert tell(phone, effort="on", note="More.").status_code == 303
    assert answered(home) == ((Factor.EFFORT,), ALWAYS_ASKED)


def test_a_factor_that_was_answered_is_asked_about_again_whatever_the_habits_say_now(home: Home) -> None:
    home.rows += (CheckIn(SATURDAY, at("11 07:00"), factors=(Factor.STRESS,), asked=(Factor.STRESS,)),)
    phone = home.client()
    assert re.search(r'name="stress" value="on" checked', phone.get("/").text)
