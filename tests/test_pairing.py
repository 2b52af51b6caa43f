"""Pairing on the page: the code from the bed, once, in time; and the phones that are listed and put out."""

import re
import threading
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from bedside.door import OPEN_SECONDS, TRIES
from bedside.pages.guard import COOKIE
from tests.homes import OURS, Home, words_of
from tests.test_guard import METHODS, ask, routes


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def stranger(home: Home) -> FlaskClient:
    return home.client(paired=False)


def enter(client: FlaskClient, code: str, name: str = "Anna's phone") -> TestResponse:
    return client.post("/pair", data={"code": code, "name": name}, headers=OURS)


def wrong(code: str, number: int = 1) -> str:
    """Another code than this."""
    return f"{(int(code) + number) % 10**6:06}"


def later(home: Home, seconds: float) -> None:
    home.now = home.now.at(home.now.since_boot + seconds)


# --- the code ---


def test_the_right_code_lets_the_phone_in_and_shows_it_the_night(home: Home, stranger: FlaskClient) -> None:
    answer = enter(stranger, home.entrance.door.open().code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/pair?entered=1")
    assert stranger.get("/pair?entered=1").headers["Location"] == "/"
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "The night from" in stranger.get("/").text
    assert [(phone.name, phone.address) for phone in home.entrance.phones.all()] == [("Anna's phone", "localhost")]


def test_a_browser_that_keeps_no_cookie_is_told_what_to_do(home: Home) -> None:
    forgetful = home.visitor(home.house(), paired=False, cookies=False)
    assert enter(forgetful, home.entrance.door.open().code).headers["Location"] == "/pair?entered=1"
    text = words_of(forgetful.get("/pair?entered=1").text)
    assert "The code was right, but this browser kept no cookie, so it is not paired." in text
    assert "kept no cookie" not in forgetful.get("/pair").text


def test_whoever_is_paired_and_comes_from_elsewhere_finds_the_way_in(home: Home, stranger: FlaskClient) -> None:
    """A link in another app comes without the cookie; a link of our own page brings it."""
    assert '<a href="/">Paired already? Open the morning page</a>' in stranger.get("/pair").text
    assert "Paired already?" not in home.client().get("/pair").text


def test_a_code_is_good_for_one_phone(home: Home, stranger: FlaskClient) -> None:
    code = home.entrance.door.open().code
    enter(stranger, code)
    answer = enter(home.client(paired=False), code)
    assert answer.status_code == 400
    assert "No code is good just now." in answer.text
    assert len(home.entrance.phones.all()) == 1


def test_a_code_is_good_for_two_minutes(home: Home, stranger: FlaskClient) -> None:
    code = home.entrance.door.open().code
    later(home, OPEN_SECONDS)
    assert enter(stranger, code).status_code == 400
    assert home.entrance.phones.all() == ()


def test_five_wrong_codes_of_all_comers_together_end_it(home: Home) -> None:
    code = home.entrance.door.open().code
    for number in range(1, TRIES):
        answer = enter(home.client(paired=False), wrong(code, number))
        assert answer.status_code == 400
        assert "That is not the code." in answer.text
    assert "No code is good just now." in enter(home.client(paired=False), wrong(code)).text
    assert enter(home.client(paired=False), code).status_code == 400
    assert home.entrance.phones.all() == ()


def test_of_two_phones_that_race_one_is_paired(home: Home) -> None:
    code, together = home.entrance.door.open().code, threading.Barrier(4)
    racers, statuses = [home.client(paired=False) for _ in range(4)], SimpleQueue[int]()

    def race(client: FlaskClient) -> None:
        together.wait(10)
        statuses.put(enter(client, code).status_code)

    threads = [threading.Thread(target=race, args=(client,)) for client in racers]
    for thread in threads:
        thread.start()
    assert sorted(statuses.get(timeout=20) for _ in threads) == [303, 400, 400, 400]
    for thread in threads:
        thread.join(10)
    assert len(home.entrance.phones.all()) == 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "<b>", "'; drop table phones; --"])
def test_what_is_no_code_is_told_so_and_costs_no_try(home: Home, stranger: FlaskClient, code: str) -> None:
    right = home.entrance.door.open().code
    for _ in range(TRIES + 1):
        answer = enter(stranger, code)
        assert answer.status_code == 400
        assert "The code has 6 digits." in answer.text
    assert enter(stranger, right).status_code == 303


def test_the_name_that_was_typed_is_still_there_after_a_slip_and_the_code_is_not(
    home: Home, stranger: FlaskClient
) -> None:
    code = home.entrance.door.open().code
    text = enter(stranger, wrong(code), name='"Anna" & Co').text
    assert 'value="&#34;Anna&#34; &amp; Co"' in text
    assert wrong(code) not in text


def test_nothing_on_the_network_opens_the_door_or_tells_the_code(home: Home) -> None:
    for client in (home.client(), home.client(paired=False)):
        for path in routes(home):
            for method in METHODS:
                ask(client, method, path)
                assert home.entrance.door.standing() is None
    standing = home.entrance.door.open()
    for client in (home.client(), home.client(paired=False)):
        assert not [path for path in routes(home) if standing.code.encode() in ask(client, "GET", path).data]


def test_a_phone_without_a_name_is_called_a_phone(home: Home, stranger: FlaskClient) -> None:
    enter(stranger, home.entrance.door.open().code, name=" \N{RIGHT-TO-LEFT OVERRIDE} ")
    assert home.entrance.phones.all()[0].name == "A phone"


def test_a_phone_that_is_paired_anew_takes_the_place_of_its_old_self(home: Home, stranger: FlaskClient) -> None:
    enter(stranger, home.entrance.door.open().code, name="Old")
    assert "This phone is paired already." in stranger.get("/pair").text
    enter(stranger, home.entrance.door.open().code, name="New")
    assert [phone.name for phone in home.entrance.phones.all()] == ["New"]
    assert stranger.get("/").status_code == 200


def test_a_phone_is_let_in_even_while_the_disk_refuses(home: Home, stranger: FlaskClient) -> None:
    home.keeps = False
    assert enter(stranger, home.entrance.door.open().code).status_code == 303
    assert stranger.get("/").status_code == 200


# --- the phones ---


def test_the_settings_list_every_phone_with_its_first_and_last_use(home: Home) -> None:
    client = home.client()
    home.now = replace(home.now, wall=home.now.wall.replace(day=14))
    home.pair("Ben's tablet")
    text = words_of(client.get("/settings").text)
    assert "A phone (this one) Paired 11 January 2026 for localhost, last used 14 January 2026." in text
    assert "Ben's tablet Paired 14 January 2026 for localhost, last used 14 January 2026." in text


def test_a_day_under_a_clock_that_was_not_set_is_not_known(home: Home) -> None:
    home.now = replace(home.now, trusted=False)
    assert "Paired on a day that is not known" in words_of(home.client().get("/settings").text)


def test_one_phone_is_put_out_and_the_other_stays(home: Home) -> None:
    client = home.client()
    home.pair("Ben's tablet")
    tablet = home.entrance.phones.all()[0]
    assert client.post("/settings/phones/out", data={"id": tablet.id}, headers=OURS).status_code == 303
    assert [phone.name for phone in home.entrance.phones.all()] == ["A phone"]
    assert client.get("/settings").status_code == 200


def test_a_phone_that_puts_itself_out_is_asked_first_and_is_a_stranger_then(home: Home) -> None:
    client, own = home.client(), home.entrance.phones.all
    asked = client.post("/settings/phones/out", data={"id": own()[0].id}, headers=OURS)
    assert "Are you sure?" in asked.text
    assert len(own()) == 1
    client.post("/settings/phones/out", data={"id": own()[0].id, "sure": "yes"}, headers=OURS)
    assert client.get("/").headers["Location"] == "/pair"


def test_a_slip_on_remove_all_is_asked_about(home: Home) -> None:
    asked = home.client().post("/settings/phones/out", data={"all": "yes"}, headers=OURS)
    assert "Every phone would be a stranger then" in asked.text
    assert len(home.entrance.phones.all()) == 1


def test_that_a_phone_was_removed_is_said(home: Home) -> None:
    client = home.client()
    home.pair("Lost")
    answer = client.post("/settings/phones/out", data={"id": home.entrance.phones.all()[0].id}, headers=OURS)
    assert "Removed. It is let in no more." in client.get(answer.headers["Location"]).text


def test_all_are_put_out_at_once(home: Home) -> None:
    client = home.client()
    home.pair("Ben's tablet")
    assert "Remove all, this one too" in client.get("/settings").text
    client.post("/settings/phones/out", data={"all": "yes", "sure": "yes"}, headers=OURS)
    assert home.entrance.phones.all() == ()
    assert client.get("/settings").headers["Location"] == "/pair"


@pytest.mark.parametrize("data", [{}, {"id": ""}, {"all": "no"}, {"all": ""}])
def test_a_form_that_names_nobody_puts_nobody_out(home: Home, data: dict[str, str]) -> None:
    client = home.client()
    assert client.post("/settings/phones/out", data=data, headers=OURS).status_code == 400
    assert len(home.entrance.phones.all()) == 1


def test_what_is_not_on_the_disk_yet_is_told(home: Home) -> None:
    client = home.client()
    home.pair("Lost")
    home.keeps = False
    answer = client.post("/settings/phones/out", data={"id": home.entrance.phones.all()[0].id}, headers=OURS)
    assert answer.status_code == 503
    assert "a phone that was removed may be let in again" in answer.text


NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "%(name)s",
    "📱 Anna",
    "שלום",
    "&amp;",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_as_text_and_keeps_to_itself(home: Home, name: str) -> None:
    client = home.client()
    home.pair(name)
    home.pair("\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe")
    page = client.get("/settings").text
    assert "<script" not in page
    assert "<img" not in page
    assert f"<bdi>{name.translate(ESCAPED)}</bdi>" in page
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page


ESCAPED = str.maketrans({"<": "&lt;", ">": "&gt;", '"': "&#34;", "&": "&amp;"})


def test_the_address_is_shown_as_a_qr_code_with_its_words_beside(home: Home) -> None:
    page = home.client().get("/settings").text
    assert re.search(r'<svg [^>]*class="qr"', page)
    assert "style=" not in page  # the policy lets no inline style in
    assert 'aria-label="The address as a QR code: http://192.168.1.23:8080"' in page
    assert "A phone is paired for one address." in page


# --- every form, with anything in it ---

texts = st.text(max_size=30) | st.sampled_from(
    ["", "on", "22:00", "0", "-1", "1e999", "standing", "en-GB", "null", "000000"]
)
fields = st.dictionaries(
    st.sampled_from(["code", "name", "id", "all", "at", "bedtime", "rising", "monday", "monday_at", "asks", "light"])
    | st.text(max_size=8),
    st.lists(texts, max_size=3),
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=900, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=fields, paired=st.booleans())
def test_every_form_takes_anything_without_an_error_and_stores_nothing_unasked(
    everything: tuple[Home, FlaskClient, FlaskClient, list[str]], sent: dict[str, list[str]], paired: bool
) -> None:
    """Six forms each time: more than five thousand requests in all."""
    home, phone, stranger, forms = everything
    assert len(forms) >= 6
    for path in forms:
        acts, records = len(home.acts), len(home.records)
        answer = (phone if paired else stranger).post(path, data=sent, headers=OURS)
        assert answer.status_code < 500
        if not paired or answer.status_code >= 400:
            assert (len(home.acts), len(home.records)) == (acts, records), (path, sent)
    if not home.entrance.phones.all():  # it said so itself: put all out
        assert sent.get("all") == ["yes"] or "id" in sent
        phone.set_cookie(COOKIE, home.pair())


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, FlaskClient, FlaskClient, list[str]]:
    """A home, its phone, a stranger, and every path that takes a form."""
    home = Home(tmp_path_factory.mktemp("home"))
    phone = home.client()
    forms = sorted({rule.rule for rule in phone.application.url_map.iter_rules() if "POST" in (rule.methods or ())})
    return home, phone, home.client(paired=False), forms
