"""Backups on the page: which there are, and one put back, with a fresh code from the bed, while nobody is at it."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bedside.diary.backups import Backup, Kind, StillGoesOn
from bedside.night.effects import Phase
from bedside.pages.guard import COOKIE
from tests.homes import OURS, QUIET, Home, at, words_of

NIGHTLY = Backup(Path("people-2026-01-10.db"), Kind.PEOPLE, date(2026, 1, 10), 1_250_000)
MONTHLY = Backup(Path("everything-2026-01-01.db"), Kind.EVERYTHING, date(2026, 1, 1), 23_000_000)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, now=at("11 13:00"), backups=(NIGHTLY, MONTHLY))


@pytest.fixture
def page(home: Home) -> FlaskClient:
    return home.client()


def put_back(client: FlaskClient, name: str, code: str) -> TestResponse:
    return client.post("/backups", data={"backup": name, "code": code}, headers=OURS)


def test_each_backup_is_listed_with_its_date_what_it_holds_and_its_size(page: FlaskClient) -> None:
    said = words_of(page.get("/backups").text)
    assert "10 January 2026: what was pressed and told (1.2 MB)" in said
    assert "1 January 2026: everything, the temperatures too (23.0 MB)" in said
    assert said.index("10 January 2026") < said.index("1 January 2026: every")
    assert "All phones must be paired anew, this one too." in said


def test_without_a_backup_the_page_says_when_the_first_is_made_and_shows_no_form(home: Home, page: FlaskClient) -> None:
    home.backups = ()
    html = page.get("/backups").text
    assert "There is none yet." in html
    assert "<form" not in html


def test_with_the_right_code_it_is_put_back_once_and_the_browser_is_led_to_the_pairing(
    home: Home, page: FlaskClient
) -> None:
    code = home.entrance.door.open().code
    answer = put_back(page, NIGHTLY.name, code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/pair?restored=1")
    assert page.get_cookie(COOKIE) is None
    assert "The backup is put back." in page.get("/pair?restored=1").text
    assert page.get("/").headers["Location"] == "/pair"
    page.set_cookie(COOKIE, home.pair())
    assert put_back(page, NIGHTLY.name, code).status_code == 400
    assert home.acts == [f"restore {NIGHTLY.name}"]
    assert "The backup is put back." not in page.get("/pair?restored=1").text, "a phone is paired again"


def test_a_wrong_code_is_told_beside_the_field_and_the_choice_stays(home: Home, page: FlaskClient) -> None:
    right = home.entrance.door.open().code
    answer = put_back(page, MONTHLY.name, f"{(int(right) + 1) % 10**6:06}")
    assert answer.status_code == 400
    assert re.search(r'id="restore-code-wrong" role="alert">That is not the code\.', answer.text)
    assert re.search(rf'value="{MONTHLY.name}" required checked', answer.text)
    assert home.acts == []
    assert put_back(page, MONTHLY.name, right).status_code == 303


@pytest.mark.parametrize("name", ["", "people-2025-01-01.db", "../diary.db", NIGHTLY.name + "\0", "x" * 2000])
def test_what_is_no_backup_of_the_list_is_asked_for_again_and_uses_no_code_up(
    home: Home, page: FlaskClient, name: str
) -> None:
    code = home.entrance.door.open().code
    answer = put_back(page, name, code)
    assert answer.status_code == 400
    assert 'role="alert">Choose one of the backups first.' in answer.text
    assert home.acts == []
    assert put_back(page, NIGHTLY.name, code).status_code == 303


def test_while_somebody_is_at_the_bed_nothing_is_put_back_and_no_code_is_used_up(home: Home, page: FlaskClient) -> None:
    code = home.entrance.door.open().code
    home.night = replace(QUIET, phase=Phase.ASKING)
    answer = put_back(page, NIGHTLY.name, code)
    assert answer.status_code == 409
    assert "something goes on at the bed just now" in words_of(answer.text)
    assert home.acts == []
    home.night = QUIET
    assert put_back(page, NIGHTLY.name, code).status_code == 303


def test_a_backup_that_cannot_be_put_back_is_told_with_its_reason(home: Home, page: FlaskClient) -> None:
    home.unrestored = "The backup is damaged."
    answer = put_back(page, NIGHTLY.name, home.entrance.door.open().code)
    assert answer.status_code == 503
    assert "The diary is as it was The backup is damaged." in words_of(answer.text)
    assert page.get("/").status_code == 200, "the phone is still paired"


def test_what_is_sent_twice_is_put_back_once_and_both_are_led_to_the_pairing(home: Home) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def restore(name: str) -> str:
        home.acts.append(name)
        begun.set()
        assert go_on.wait(10)
        home.entrance.phones.put_all_out()
        return ""

    house = replace(home.house(), restore=restore)
    first, again = home.visitor(house), home.visitor(house, paired=False)
    cookie = first.get_cookie(COOKIE)
    assert cookie
    again.set_cookie(COOKIE, cookie.value)
    code = home.entrance.door.open().code
    with ThreadPoolExecutor(2) as taps:
        answers = [taps.submit(put_back, first, NIGHTLY.name, code)]
        assert begun.wait(10)
        answers.append(taps.submit(put_back, again, NIGHTLY.name, code))
        go_on.set()
        assert [answer.result().status_code for answer in answers] == [303, 303]
    assert home.acts == [NIGHTLY.name]


def test_one_that_takes_long_is_told_as_going_on_and_not_as_failed(home: Home, page: FlaskClient) -> None:
    home.unrestored = StillGoesOn("It takes longer than usual.")
    answer = put_back(page, NIGHTLY.name, home.entrance.door.open().code)
    assert answer.status_code == 202
    assert "Still being put back It takes longer than usual." in words_of(answer.text)
    assert "Not put back" not in answer.text
