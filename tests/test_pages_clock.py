"""The page of the time: where the device does not know it, a person types it, and a slip changes nothing."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from bedside.night.told import TimeTold
from bedside.pages import clock_form
from bedside.pages.fields import Sent
from tests.homes import LONDON, OURS, Home, at, cramp, words_of

RIGHT = {"day": "2026-01-11", "time": "08:30"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, rows=(cramp("11 03:04", 6, trusted=False),), now=at("11 05:00", trusted=False))


@pytest.fixture
def phone(home: Home) -> FlaskClient:
    return home.client()


def tell(phone: FlaskClient, **fields: object) -> TestResponse:
    return phone.post("/clock", data=RIGHT | fields, headers=OURS)


def fault(answer: TestResponse, field: str) -> str:
    found = re.search(rf'<p class="wrong" id="{field}-wrong">([^<]*)</p>', answer.text)
    assert found, answer.text
    return found[1]


def test_the_morning_page_leads_to_the_form_while_the_time_is_not_known(home: Home, phone: FlaskClient) -> None:
    assert '<a href="/clock">Type the time</a>' in phone.get("/").text
    home.now = at("11 05:00")
    assert "/clock" not in phone.get("/").text


def test_what_is_typed_is_local_time_is_kept_and_holds(home: Home, phone: FlaskClient) -> None:
    moment = home.now
    answer = tell(phone)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/clock?kept=1")
    assert home.rows == (TimeTold(moment, datetime(2026, 1, 11, 8, 30, tzinfo=LONDON), "A phone"),)
    text = words_of(phone.get("/clock?kept=1").text)
    assert "Kept. The device goes by it from now on." in text
    assert "08:30 on Sunday, 11 January 2026" in text
    assert "It was typed here." in text


def test_what_was_kept_before_is_put_right_and_its_page_says_what_was_logged(home: Home, phone: FlaskClient) -> None:
    page = "/cramp?id=cramp 11 03:04"
    assert "The cramp at about 03:04" in words_of(phone.get(page).text)
    tell(phone)
    text = words_of(phone.get(page).text)
    assert "The cramp at 06:34" in text
    assert "The clock of the device was wrong then: it said 03:04 on Sunday, 11 January 2026." in text
    morning = words_of(phone.get("/?night=2026-01-10").text)
    assert "06:34" in morning
    assert "about 06:34" not in morning


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"day": ""}, "day", "No date is set. Choose one."),
        ({"day": "2026-02-30"}, "day", "This is not a date of the calendar. Choose another."),
        ({"day": "2025-12-31"}, "day", "This is too long ago: nothing before 1 January 2026 is taken."),
        ({"day": "2047-01-01"}, "day", "This is too far ahead: nothing after 31 December 2046 is taken."),
        ({"time": ""}, "time", "No time is set. Write hours and minutes, such as 03:04."),
        ({"time": "25:00"}, "time", "This is not a time of day. Write hours and minutes, such as 03:04."),
        ({"day": "2026-03-29", "time": "01:30"}, "time",
         "There was no such time on Sunday, 29 March 2026: the clock was set forward. Write another."),
        ({"time": ["08:30", "09:30"]}, "time", "This was sent 2 times. Choose once more, then press Keep."),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_gets_a_sentence_and_changes_nothing(
    home: Home, phone: FlaskClient, fields: dict[str, object], field: str, says: str
) -> None:
    before, moment = home.rows, home.now
    answer = tell(phone, **fields)
    assert answer.status_code == 400
    assert fault(answer, field) == says
    assert (home.rows, home.now) == (before, moment)
    for name, text in (RIGHT | fields).items():
        if isinstance(text, str):
            assert f'name="{name}" value="{text}"' in answer.text


def test_everything_that_is_wrong_is_told_at_once(phone: FlaskClient) -> None:
    answer = tell(phone, day="", time="noon")
    assert fault(answer, "day")
    assert fault(answer, "time")


def test_where_the_time_is_known_nothing_is_asked_and_nothing_taken(home: Home, phone: FlaskClient) -> None:
    home.now = at("11 08:00")
    before = home.rows
    assert "<form" not in phone.get("/clock").text
    answer = tell(phone)
    assert answer.status_code == 409
    assert "The time is known already" in answer.text
    assert (home.rows, home.now) == (before, at("11 08:00"))


def test_a_slip_can_be_typed_again_until_the_device_knows_by_itself(home: Home, phone: FlaskClient) -> None:
    tell(phone, time="09:30")
    assert "Was there a slip? Type it again" in phone.get("/clock").text
    tell(phone)
    assert home.now.wall == datetime(2026, 1, 11, 8, 30, tzinfo=LONDON)
    assert "The cramp at" in words_of(phone.get("/cramp?id=cramp 11 03:04").text)


def test_what_could_not_be_written_down_holds_all_the_same_and_says_so(home: Home, phone: FlaskClient) -> None:
    home.keeps = False
    answer = tell(phone)
    assert answer.status_code == 503
    assert "The device goes by this time, but it could not be written down yet." in words_of(answer.text)


def test_each_field_has_its_label_and_its_help(phone: FlaskClient) -> None:
    html = phone.get("/clock").text
    for field in RIGHT:
        assert f'<label for="{field}">' in html
    assert 'aria-describedby="time-help"' in html


SENT: st.SearchStrategy[Sent] = st.dictionaries(
    st.sampled_from(["day", "time"]), st.lists(st.text() | st.sampled_from(["2026-10-25", "01:30"]), max_size=2)
)


@settings(deadline=None)
@given(SENT)
def test_whatever_is_sent_gives_a_time_of_these_years_or_says_what_is_wrong(sent: Sent) -> None:
    moment = replace(at("11 05:00", trusted=False), wall=datetime(1970, 1, 1, tzinfo=UTC))
    read = clock_form.read(sent, LONDON, moment=moment, by="")
    if isinstance(read, TimeTold):
        assert clock_form.FIRST <= read.time.astimezone(LONDON).date() <= clock_form.LAST
    else:
        assert read
        assert all(read.values())
