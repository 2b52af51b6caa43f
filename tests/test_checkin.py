"""The morning's check-in: asked about the right things, kept as one form, changed later, and never half taken."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bedside.diary.kept import KeptCheckIn
from bedside.diary.reader import reading
from bedside.night.effects import CrampState
from bedside.night.told import ALWAYS_ASKED, CheckIn, Factor, Judgement, Leg, Muscle, Verdict
from bedside.pages.checkin_form import LONGEST_NOTE
from tests.homes import OURS, SATURDAY, THREE, Home, at, cramp, watch, words_of

ALL_NIGHT = watch("10 18:00", "11 08:00")
FIRST, SECOND, THIRD = (row.id for row in THREE)
IDS = [FIRST, SECOND, THIRD]
EVERYTHING: dict[str, Any] = {
    "night": "2026-01-10", "cramp": IDS, "slept": "yes", "disturbance": "4", "effort": "on", "alcohol": "on",
    "note": "A long walk.", "verdict-0": "a cramp", "severity-0": "7", "leg-0": "left", "muscle-0": "calf",
    "verdict-1": "same as the one before", "verdict-2": "no cramp",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, rows=(*THREE, ALL_NIGHT))


@pytest.fixture
def phone(home: Home) -> FlaskClient:
    return home.client()


def told(phone: FlaskClient, **changes: Any) -> TestResponse:
    """Send the form with everything told, but for the changes; None leaves a field out."""
    night = (EVERYTHING | changes)["night"]
    made_from = re.search(r'name="seen" value="([^"]*)"', phone.get(f"/?night={night}").text)
    filled = {"seen": made_from[1] if made_from else ""} | EVERYTHING | changes
    fields = {name: value for name, value in filled.items() if value is not None}
    return phone.post("/checkin", data=fields, headers=OURS)


def checked(phone: FlaskClient, page: str = "/") -> set[tuple[str, str]]:
    """The fields that the page shows as chosen."""
    tags = re.findall(r"<input[^>]* checked[^>]*>", phone.get(page).text)
    return {
        (named["name"], unescape(named["value"])) for named in (dict(re.findall(r'(\w+)="([^"]*)"', t)) for t in tags)
    }


def kept(home: Home) -> tuple[KeptCheckIn | None, dict[str, tuple[object, ...]]]:
    """What the diary has."""
    with reading(home.path) as reader:
        cramps = reader.cramps(at("10 12:00").wall, at("11 12:00").wall)
        judged = {one.id: (one.verdict, one.severity, one.leg, one.muscle) for one in cramps}
        return reader.check_in(SATURDAY), judged


# --- what is asked ---


def test_every_press_of_the_night_is_asked_about_in_its_order(phone: FlaskClient) -> None:
    text = words_of(phone.get("/").text)
    assert "How was the night?" in text
    assert re.findall(r"The press at (\d\d:\d\d)", text) == ["23:40", "03:04", "05:12"]
    assert text.count("The same as the one before") == 2  # nothing comes before the first


def test_nothing_is_chosen_beforehand(phone: FlaskClient) -> None:
    assert checked(phone) == set()


def test_a_cramp_that_is_open_and_practice_are_not_asked_about(home: Home) -> None:
    home.rows = (cramp("11 02:00", 1), cramp("11 03:00", 1, practice=True), cramp("11 07:55", state=CrampState.OPEN))
    assert re.findall(r"The press at (\d\d:\d\d)", home.client().get("/").text) == ["02:00"]


def test_a_night_without_a_press_asks_for_the_night_alone(home: Home) -> None:
    home.rows = (ALL_NIGHT,)
    text = words_of(home.client().get("/").text)
    assert "Did you sleep here?" in text
    assert "What was it?" not in text


@pytest.mark.parametrize(
    ("now", "asks"), [("10 22:30", False), ("11 02:29", False), ("11 02:30", True), ("11 15:00", True)]
)
def test_it_is_asked_from_the_middle_of_the_night_on(home: Home, now: str, asks: bool) -> None:
    home.now = at(now)
    assert ("How was the night?" in home.client().get("/").text) is asks


# --- what is kept ---


def test_all_that_is_told_is_kept_and_shown_again(home: Home, phone: FlaskClient) -> None:
    answer = told(phone)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?kept=2026-01-10#checkin")
    assert kept(home) == (
        KeptCheckIn(True, 4, (Factor.EFFORT, Factor.ALCOHOL), "A long walk.", asked=ALWAYS_ASKED),
        {
            FIRST: (Verdict.CRAMP, 7, Leg.LEFT, Muscle.CALF),
            SECOND: (Verdict.SAME, None, None, None),
            THIRD: (Verdict.NONE, None, None, None),
        },
    )
    text = words_of(phone.get("/?kept=2026-01-10").text)
    assert "Your check-in" in text
    assert "Kept." in text
    assert checked(phone) == {
        ("slept", "yes"), ("disturbance", "4"), ("effort", "on"), ("alcohol", "on"), ("verdict-0", "a cramp"),
        ("severity-0", "7"), ("leg-0", "left"), ("muscle-0", "calf"), ("verdict-1", "same as the one before"),
        ("verdict-2", "no cramp"),
    }  # fmt: skip


def test_the_night_goes_by_what_was_told(phone: FlaskClient) -> None:
    assert "2 cramps, and 1 press that may have been one" in words_of(phone.get("/").text)
    told(phone)
    text = words_of(phone.get("/").text)
    assert "1 cramp The button was listening" in text
    assert "You told: severity 7 of 10, left leg, calf." in text
    assert "You told that it was the same cramp as the one before." in text
    assert "You told that it was none." in text
    assert "Was that a cramp?" not in text


def test_a_night_whose_only_press_was_none_says_whose_word_that_is(home: Home) -> None:
    home.rows = (cramp("11 02:00", 1), ALL_NIGHT)
    phone = home.client()
    told(phone, cramp=["cramp 11 02:00"], **{"verdict-0": "no cramp", "verdict-1": None, "verdict-2": None})
    assert "No cramp, as you told it" in phone.get("/").text


def test_what_is_left_open_is_kept_as_open(home: Home, phone: FlaskClient) -> None:
    assert phone.post("/checkin", data={"night": "2026-01-10", "cramp": IDS}, headers=OURS).status_code == 303
    assert kept(home) == (KeptCheckIn(None, None, (), ""), dict.fromkeys(IDS, (None, None, None, None)))


def test_it_can_be_changed_later_and_an_answer_taken_back(home: Home, phone: FlaskClient) -> None:
    told(phone)
    assert "Leave open" in phone.get("/").text
    told(phone, **{"severity-0": "3", "leg-0": "", "disturbance": "", "note": ""})
    check_in, judged = kept(home)
    assert check_in == KeptCheckIn(True, None, (Factor.EFFORT, Factor.ALCOHOL), "", asked=ALWAYS_ASKED)
    assert judged[FIRST] == (Verdict.CRAMP, 3, None, Muscle.CALF)


def test_who_told_it_is_kept_with_it(home: Home, phone: FlaskClient) -> None:
    told(phone)
    check_in = next(row for row in home.rows if isinstance(row, CheckIn))
    assert (check_in.by, check_in.night, check_in.moment) == ("A phone", SATURDAY, home.now)
    assert {row.by for row in home.rows if isinstance(row, Judgement)} == {"A phone"}


def test_a_note_is_shown_as_text(phone: FlaskClient) -> None:
    note = '<script>alert(1)</script> \N{RIGHT-TO-LEFT OVERRIDE} 📱 "quoted" {{ 7*7 }} %(x)s'
    told(phone, note=note)
    page = phone.get("/").text
    assert "<script" not in page
    assert unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1]) == note  # type: ignore[index]


# --- what is refused ---

BAD = [
    ({"slept": "maybe"}, "slept"),
    ({"disturbance": "11"}, "disturbance"),
    ({"disturbance": "-1"}, "disturbance"),
    ({"severity-1": "11"}, "severity-1"),
    ({"severity-0": "7.5"}, "severity-0"),
    ({"leg-0": "arm"}, "leg-0"),
    ({"muscle-2": "nose"}, "muscle-2"),
    ({"verdict-0": "same as the one before"}, "verdict-0"),
    ({"verdict-1": "perhaps"}, "verdict-1"),
    ({"slept": ["yes", "no"]}, "slept"),
    ({"effort": "x"}, "effort"),
    ({"verdict-0": "no cramp"}, "verdict-1"),
    ({"note": "x" * (LONGEST_NOTE + 1)}, "note"),
    ({"note": "x" * 10_000}, "note"),
]


@pytest.mark.parametrize(("changes", "field"), BAD, ids=str)
def test_a_wrong_answer_gets_a_sentence_beside_its_field_and_changes_nothing(
    home: Home, phone: FlaskClient, changes: dict[str, Any], field: str
) -> None:
    before = kept(home)
    answer = told(phone, **changes)
    assert answer.status_code == 400
    assert f'id="{field}-wrong"' in answer.text
    assert "Nothing is kept yet" in answer.text
    assert (kept(home), home.told) == (before, 0)


def test_what_was_typed_is_still_there_after_a_slip(phone: FlaskClient) -> None:
    page = told(phone, disturbance="11").text
    assert "A long walk.</textarea>" in page
    assert re.search(r'name="severity-0" value="7" checked', page)


@pytest.mark.parametrize("ids", [[], [FIRST], [SECOND, FIRST, THIRD], [*IDS, "another"], ["another"] * 3])
def test_a_form_about_other_presses_than_the_nights_is_not_taken(
    home: Home, phone: FlaskClient, ids: list[str]
) -> None:
    answer = told(phone, cramp=ids)
    assert answer.status_code == 400
    assert "The night has changed since this page was made." in answer.text
    assert home.told == 0


@pytest.mark.parametrize(
    "night", ["", "yesterday", "2026-01-11", "9999-12-31", "1066-10-14", "2026-1-10", "2026-01-10x"]
)
def test_a_night_that_is_none_or_has_not_begun_is_refused(home: Home, phone: FlaskClient, night: str) -> None:
    answer = told(phone, night=night)
    assert answer.status_code == 400
    assert "There is no such night" in answer.text
    assert home.told == 0


def test_a_disk_that_refuses_is_told_and_what_was_typed_stays(home: Home, phone: FlaskClient) -> None:
    home.keeps = False
    answer = told(phone)
    assert answer.status_code == 503
    assert "This could not be written down yet." in answer.text
    assert "A long walk.</textarea>" in answer.text


def test_a_diary_that_cannot_be_read_keeps_nothing_says_so_and_loses_nothing_typed(
    home: Home, phone: FlaskClient
) -> None:
    home.path.write_bytes(b"no diary")
    answer = told(phone)
    assert answer.status_code == 503
    assert home.told == 0
    assert "This could not be written down yet." in answer.text
    assert "A long walk.</textarea>" in answer.text
    assert re.search(r'name="disturbance" value="4" checked', answer.text)


def test_an_answer_of_a_newer_version_is_no_error_of_the_page(home: Home, phone: FlaskClient) -> None:
    told(phone)
    with closing(sqlite3.connect(home.path)) as diary:
        diary.execute("update judgements set verdict = 'three cramps'")
        diary.commit()
    assert told(phone).status_code == 503


def test_an_older_copy_of_the_page_does_not_overwrite_what_was_told_since(home: Home, phone: FlaskClient) -> None:
    told(phone)
    answer = told(phone, seen="", slept="no")
    assert answer.status_code == 400
    assert "The night has changed since this page was made." in answer.text
    assert kept(home)[0] == KeptCheckIn(True, 4, (Factor.EFFORT, Factor.ALCOHOL), "A long walk.", asked=ALWAYS_ASKED)


def test_a_page_that_is_opened_again_shows_the_new_night_and_says_kept_of_no_other(
    home: Home, phone: FlaskClient
) -> None:
    place = told(phone).headers["Location"].partition("#")[0]
    assert "Kept." in words_of(phone.get(place).text)
    home.now = at("12 08:00")
    text = words_of(phone.get(place).text)
    assert "The night from Sunday to Monday" in text
    assert "Kept." not in text
    assert "Kept." not in words_of(phone.get("/?kept=2026-01-11").text)  # of which nothing was told


def test_the_address_of_the_form_leads_back_to_the_morning(phone: FlaskClient) -> None:
    assert phone.get("/checkin").headers["Location"] == "/"


def test_the_day_is_named_that_the_factors_are_about(phone: FlaskClient) -> None:
    assert "On Saturday, was there" in phone.get("/").text
    assert "On Friday, was there" in phone.get("/?night=2026-01-09").text


# --- other nights ---


def test_each_night_leads_to_the_one_before_and_after(phone: FlaskClient) -> None:
    assert 'href="/?night=2026-01-09">The night before' in phone.get("/").text
    assert "The night after" not in phone.get("/").text
    earlier = phone.get("/?night=2026-01-08").text
    assert 'href="/?night=2026-01-07">The night before' in earlier
    assert 'href="/?night=2026-01-09">The night after' in earlier


def test_an_earlier_night_can_be_looked_at_and_told_of(home: Home) -> None:
    home.rows = (cramp("10 03:00", 2), watch("9 18:00", "10 08:00"), ALL_NIGHT)
    phone = home.client()
    page = phone.get("/?night=2026-01-09").text
    assert "The night from Friday to Saturday" in page
    told(phone, night="2026-01-09", cramp=["cramp 10 03:00"], **{"verdict-1": None, "verdict-2": None})
    assert "You told: severity 7 of 10" in phone.get("/?night=2026-01-09").text


@pytest.mark.parametrize("night", ["2026-01-11", "soon", "9999-12-31", "", "0001-01-01"])
def test_a_night_that_is_none_shows_the_last_one(phone: FlaskClient, night: str) -> None:
    assert "The night from Saturday to Sunday" in phone.get(f"/?night={night}").text


def test_the_night_before_is_offered_once_while_nothing_was_told_of_it(home: Home) -> None:
    home.rows = (watch("9 18:00", "10 08:00"), ALL_NIGHT)
    phone = home.client()
    offered = 'href="/?night=2026-01-09#checkin"'
    assert offered in phone.get("/").text
    told(phone, night="2026-01-09", cramp=[], **{f"verdict-{number}": None for number in range(3)})
    assert offered not in phone.get("/").text
    home.now = replace(at("12 08:00"))
    assert 'href="/?night=2026-01-09#checkin' not in phone.get("/").text


def test_a_night_before_in_which_the_device_was_off_is_not_asked_for(home: Home, phone: FlaskClient) -> None:
    assert "?night=2026-01-09#checkin" not in phone.get("/").text
