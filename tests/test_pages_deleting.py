"""Delete everything on the page: with a fresh code from the bed, while nobody is at it, and told how it went."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bedside.diary.wiping import Deleted
from bedside.door import OPEN_SECONDS, TRIES
from bedside.night.effects import Phase
from bedside.night.state import Line
from bedside.pages.guard import COOKIE
from tests.homes import OURS, QUIET, Home, cramp, words_of

BUSY = "Nothing is deleted: something goes on at the bed just now, a cramp, the ask, the stretch or a press."


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def page(home: Home) -> FlaskClient:
    return home.client()


def delete(client: FlaskClient, code: str | None) -> TestResponse:
    return client.post("/settings/delete", data={} if code is None else {"code": code}, headers=OURS)


def wrong(code: str, number: int = 1) -> str:
    return f"{(int(code) + number) % 10**6:06}"


def told(answer: TestResponse) -> str:
    """The sentence beside the field, which the field names."""
    assert 'aria-describedby="delete-code-wrong"' in answer.text
    assert "<title>Not deleted – Settings" in answer.text  # noqa: RUF001 (a true dash)
    found = re.search(r'<p class="wrong" id="delete-code-wrong" role="alert">(.*?)</p>', answer.text)
    assert found
    return found[1]


def test_it_is_the_last_section_of_the_settings_and_says_what_goes_and_what_may_not(
    page: FlaskClient,
) -> None:
    html = page.get("/settings").text
    assert re.findall(r'<section [^>]*aria-labelledby="(\w+)"', html)[-1] == "everything"
    said = words_of(html).partition("Delete everything")[2]
    for words in (
        "every night, cramp and stretch", "what was told in the morning", "every temperature", "the habits",
        "the paired phones, this one too",
        "It cannot be taken back.", "hold the button at the bed down for about 8 seconds", "sudo bedside pair",
        "might still find traces on the memory card", "destroy the card",
    ):  # fmt: skip
        assert words in said, words
    assert "wrong" not in html.partition('id="delete"')[2]


def test_with_the_right_code_all_goes_and_the_browser_is_led_to_the_pairing(home: Home, page: FlaskClient) -> None:
    answer = delete(page, home.entrance.door.open().code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/pair?deleted=1")
    assert home.acts == ["delete"]
    assert answer.headers["Set-Cookie"].startswith(f"{COOKIE}=;")
    assert page.get_cookie(COOKIE) is None
    assert "Everything is deleted." in page.get("/pair?deleted=1").text
    assert page.get("/").headers["Location"] == "/pair"
    assert home.entrance.door.standing() is None


def test_a_code_deletes_once(home: Home, page: FlaskClient) -> None:
    code = home.entrance.door.open().code
    delete(page, code)
    page.set_cookie(COOKIE, home.pair())
    assert delete(page, code).status_code == 400
    assert home.acts == ["delete"]


def test_a_code_that_paired_a_phone_deletes_nothing(home: Home, page: FlaskClient) -> None:
    code = home.entrance.door.open().code
    assert home.client(paired=False).post("/pair", data={"code": code}, headers=OURS).status_code == 303
    assert told(delete(page, code)).startswith("No code is good just now.")
    assert home.acts == []


def test_a_code_is_good_for_two_minutes(home: Home, page: FlaskClient) -> None:
    code = home.entrance.door.open().code
    home.now = home.now.at(home.now.since_boot + OPEN_SECONDS)
    assert told(delete(page, code)).startswith("No code is good just now.")
    assert home.acts == []


def test_wrong_codes_count_among_those_of_all_comers(home: Home, page: FlaskClient) -> None:
    code = home.entrance.door.open().code
    stranger = home.client(paired=False)
    for number in range(1, TRIES):
        sent = {"code": wrong(code, number)}
        if number % 2:
            assert told(delete(page, sent["code"])).startswith("That is not the code.")
        else:
            assert stranger.post("/pair", data=sent, headers=OURS).status_code == 400
    assert told(delete(page, wrong(code))).startswith("No code is good just now.")
    assert delete(page, code).status_code == 400
    assert home.acts == []


@pytest.mark.parametrize("code", [None, "", "12345", "١٢٣٤٥٦", "<b>"])
def test_what_is_no_code_is_told_so_and_costs_no_try(home: Home, page: FlaskClient, code: str | None) -> None:
    right = home.entrance.door.open().code
    for _ in range(TRIES + 1):
        answer = delete(page, code)
        assert answer.status_code == 400
        assert told(answer) == "The code has 6 digits."
    assert home.acts == []
    assert delete(page, right).status_code == 303


def test_a_wrong_code_is_not_shown_again_and_the_habits_stand_as_they_are(home: Home, page: FlaskClient) -> None:
    code = home.entrance.door.open().code
    html = delete(page, wrong(code)).text
    assert wrong(code) not in html
    assert code not in html
    assert 'id="bedtime" name="bedtime" value="22:00"' in html


@pytest.mark.parametrize(
    "night",
    [
        replace(QUIET, phase=Phase.CRAMPING, cramp=cramp("11 03:04")),
        replace(QUIET, phase=Phase.ASKING),
        replace(QUIET, phase=Phase.STRETCHING),
        replace(QUIET, line=Line.DOWN),
        replace(QUIET, line=Line.LEANED_ON),
    ],
    ids=["cramp", "ask", "stretch", "finger", "arm"],
)
def test_while_somebody_is_at_it_nothing_is_deleted_and_the_code_is_not_used_up(
    home: Home, page: FlaskClient, night: object
) -> None:
    code = home.entrance.door.open().code
    home.night = night  # type: ignore[assignment]
    answer = delete(page, code)
    assert answer.status_code == 409
    assert told(answer).startswith(BUSY)
    assert home.acts == []
    home.night = QUIET
    assert delete(page, code).status_code == 303


def test_a_press_that_came_before_it_is_told_so_and_the_phone_stays(home: Home, page: FlaskClient) -> None:
    home.deleted = Deleted.BUSY
    answer = delete(page, home.entrance.door.open().code)
    assert answer.status_code == 409
    assert told(answer).startswith(BUSY)
    assert page.get("/settings").status_code == 200


def test_a_device_that_does_not_answer_is_not_told_as_busy(home: Home, page: FlaskClient) -> None:
    home.deleted = Deleted.NO_ANSWER
    answer = delete(page, home.entrance.door.open().code)
    assert answer.status_code == 503
    assert told(answer).startswith("Nothing is deleted: the device does not answer just now.")


def test_a_disk_that_refuses_is_told(home: Home, page: FlaskClient) -> None:
    home.deleted = Deleted.NOT_YET
    answer = delete(page, home.entrance.door.open().code)
    assert answer.status_code == 503
    assert "Not all is deleted yet" in answer.text
    assert "finishes it at its next start" in words_of(answer.text)


def test_in_the_demo_the_code_is_asked_for_as_well(home: Home) -> None:
    visitor = home.client(in_demo=True)
    assert delete(visitor, "123456").status_code == 400
    answer = delete(visitor, home.entrance.door.open().code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/pair?deleted=1")
    assert home.acts == ["delete"]
