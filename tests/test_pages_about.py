"""What a person tells of themselves: asked once, all of it optional, kept as a whole, and its changes are shown."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from bedside.diary.kept import KeptAbout
from bedside.diary.reader import reading
from bedside.night.told import About, Condition, Flag
from bedside.pages import about_form
from bedside.pages.about_form import ADVISED, QUESTIONS, Changed, changes, field_of
from tests.homes import OURS, Home, at, words_of

FIELDS = [field_of(one) for one in QUESTIONS]
ADVICE = "An appointment with a doctor is advised"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def phone(home: Home) -> FlaskClient:
    return home.client()


def seen(phone: FlaskClient) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', phone.get("/about").text)
    assert found
    return found[1]


def tell(phone: FlaskClient, **answers: Any) -> TestResponse:
    """Send the form, made from what is kept unless told otherwise."""
    return phone.post("/about", data={"seen": seen(phone)} | answers, headers=OURS)


def kept(home: Home) -> KeptAbout:
    with reading(home.path) as reader:
        return reader.about()


def checked(html: str) -> set[tuple[str, str]]:
    tags = re.findall(r"<input[^>]* checked[^>]*>", html)
    return {(named["name"], named["value"]) for named in (dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags)}


def fault(answer: TestResponse, field: str) -> str:
    found = re.search(rf'<p class="wrong" id="{field}-wrong">([^<]*)</p>', answer.text)
    assert found, answer.text
    return found[1]


# --- what is asked ---


def test_every_sign_and_condition_is_asked_about_and_nothing_is_chosen_beforehand(phone: FlaskClient) -> None:
    html = phone.get("/about").text
    assert list(dict.fromkeys(re.findall(r'type="radio" name="(\w+)"', html))) == FIELDS
    assert len(QUESTIONS) == len(Flag) + len(Condition)
    assert checked(html) == set()


def test_the_warning_signs_come_before_any_question_and_lead_to_the_guide(phone: FlaskClient) -> None:
    text = words_of(phone.get("/about").text)
    emergency, same_day = text.index("emergency number now if"), text.index("Get medical help today if")
    assert emergency < same_day < text.index("Do the cramps spoil your sleep")
    assert 'href="/guide"' in phone.get("/about").text.partition("<main")[2]


# --- what is kept ---


def test_answers_are_kept_and_shown_again(home: Home, phone: FlaskClient) -> None:
    answer = tell(phone, diabetes="yes", kidney="no", frequent="yes", back="")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/about?kept=1#kept")
    assert kept(home).yes == {Condition.DIABETES, Flag.FREQUENT}
    assert kept(home).no == {Condition.KIDNEY}
    html = phone.get("/about?kept=1").text
    assert checked(html) == {("diabetes", "yes"), ("kidney", "no"), ("frequent", "yes")}
    assert "Kept." in html
    assert "Told last on 11 January 2026." in html


def test_kept_is_not_said_where_nothing_is(phone: FlaskClient) -> None:
    assert "Kept." not in phone.get("/about?kept=1").text


def test_an_answer_can_be_left_open_again(home: Home, phone: FlaskClient) -> None:
    tell(phone, diabetes="yes")
    assert tell(phone, diabetes="").status_code == 303
    assert kept(home).yes == frozenset()


def test_what_is_told_stands_on_the_doctors_sheet_with_its_day(phone: FlaskClient) -> None:
    tell(phone, weak="yes", liver="no")
    text = words_of(phone.get("/report").text)
    assert "Answered last on 11 January 2026." in text
    assert "Yes: muscles shrink or become weaker." in text
    assert "No: liver disease." in text


@pytest.mark.parametrize("one", QUESTIONS)
def test_a_yes_advises_an_appointment_where_the_evidence_does(phone: FlaskClient, one: Any) -> None:
    """Poor circulation and back trouble are asked about, and in no list of signs for an appointment."""
    assert ADVICE not in phone.get("/about").text
    tell(phone, **{field_of(one): "yes"})
    assert (ADVICE in phone.get("/about").text) is (one not in (Condition.CIRCULATION, Condition.BACK))
    assert (one in ADVISED) is (one not in (Condition.CIRCULATION, Condition.BACK))


def test_a_swelling_is_told_the_same_day_sign_with_its_source_before_any_appointment(phone: FlaskClient) -> None:
    today = "First: get medical help today if One leg is swollen, warm, red, dark or tender."
    tell(phone, weak="yes", numb="no")
    assert today not in words_of(phone.get("/about").text)
    tell(phone, numb="yes")
    text = words_of(phone.get("/about").text)
    assert text.index(today) < text.index(ADVICE)
    assert "NHS" in text[text.index(today) : text.index(ADVICE)]


def test_a_no_advises_nothing(phone: FlaskClient) -> None:
    tell(phone, **dict.fromkeys(FIELDS, "no"))
    assert ADVICE not in phone.get("/about").text


# --- what was changed ---


def test_changes_are_shown_with_when_and_by_whom_the_newest_first(home: Home, phone: FlaskClient) -> None:
    tell(phone, diabetes="yes", kidney="no")
    assert "It was:" not in phone.get("/about").text
    home.now = replace(home.now, wall=home.now.wall + timedelta(days=1))
    tell(phone, diabetes="no", kidney="no")
    home.now = replace(home.now, wall=home.now.wall + timedelta(days=1))
    tell(phone, diabetes="no", weak="yes")
    text = words_of(phone.get("/about").text).partition("Changes")[2]
    newest, older = text.index("13 January 2026, 08:00, on A phone"), text.index("12 January 2026, 08:00, on A phone")
    assert newest < older
    assert "Have muscles shrunk or become weaker? It was: left open. Now: Yes." in text[newest:older]
    assert "Do you have kidney disease? It was: No. Now: left open." in text[newest:older]
    assert "Do you have diabetes? It was: Yes. Now: No." in text[older:]
    assert text.count("It was:") == 3


@pytest.mark.parametrize(
    ("fields", "before", "after"),
    [
        ([("yes", "diabetes", ""), ("no", None, "diabetes")], "Yes", "No"),
        ([("yes", "", "diabetes")], "left open", "Yes"),
        ([("no", "diabetes, thyroid disease", "thyroid disease")], "No", "left open"),
    ],
)
def test_fields_that_changed_together_are_one_change(
    fields: list[tuple[str, str | None, str | None]], before: str, after: str
) -> None:
    assert list(changes(fields)) == [Changed("Do you have diabetes?", before, after)]


# --- what is refused ---


def test_an_answer_that_is_not_offered_is_answered_beside_it_and_changes_nothing(
    home: Home, phone: FlaskClient
) -> None:
    answer = tell(phone, diabetes="perhaps", kidney="no")
    assert answer.status_code == 400
    assert fault(answer, "diabetes") == "This answer is not among those that are offered. Choose one of them."
    assert 'aria-describedby="diabetes-wrong"' in answer.text
    assert checked(answer.text) == {("kidney", "no")}
    assert kept(home) == KeptAbout()


def test_an_answer_that_is_sent_twice_is_asked_for_again(home: Home, phone: FlaskClient) -> None:
    answer = tell(phone, diabetes=["yes", "no"])
    assert answer.status_code == 400
    assert "This was sent 2 times." in fault(answer, "diabetes")
    assert kept(home) == KeptAbout()


def test_a_page_that_was_made_before_a_newer_answer_overwrites_nothing(home: Home, phone: FlaskClient) -> None:
    stale = seen(phone)
    tell(phone, diabetes="yes")
    answer = phone.post("/about", data={"seen": stale, "diabetes": "no"}, headers=OURS)
    assert answer.status_code == 400
    assert "The answers have changed since this page was made." in answer.text
    assert kept(home).yes == {Condition.DIABETES}
    again = re.search(r'name="seen" value="([^"]*)"', answer.text)
    assert again
    assert phone.post("/about", data={"seen": again[1], "diabetes": "no"}, headers=OURS).status_code == 303


def test_what_the_disk_does_not_take_is_shown_again_as_it_was_sent(home: Home, phone: FlaskClient) -> None:
    home.keeps = False
    answer = tell(phone, diabetes="yes")
    assert answer.status_code == 503
    assert "This could not be written down yet." in answer.text
    assert checked(answer.text) == {("diabetes", "yes")}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_diary_that_cannot_be_read_is_told_and_what_was_sent_is_not_lost(
    home: Home, phone: FlaskClient, method: str
) -> None:
    home.path.write_bytes(b"no diary" * 1000)
    answer = phone.open("/about", method=method.upper(), data={"diabetes": "yes"}, headers=OURS)
    assert answer.status_code == 503
    assert "cannot be read just now" in answer.text
    assert checked(answer.text) == ({("diabetes", "yes")} if method == "post" else set())


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One diary for many forms."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.rows = (About(at("11 07:00"), yes=(Condition.DIABETES,)),)
    home.keep()
    return home


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "seen", "other"]),
        st.lists(st.sampled_from(["yes", "no", "", "on"]) | st.text(max_size=20), max_size=2),
    )
)
def test_whatever_is_sent_is_answered_and_only_what_is_led_on_is_kept(
    standing: Home, sent: dict[str, list[str]]
) -> None:
    phone = standing.client()
    before = kept(standing)
    data = {"seen": [before.at]} | sent
    answer = phone.post("/about", data=data, headers=OURS)
    assert answer.status_code in (303, 400)
    if answer.status_code == 400:
        assert kept(standing) == before
    else:
        wanted = {one for one in QUESTIONS if sent.get(field_of(one)) == ["yes"]}
        assert kept(standing).yes == wanted


def test_what_a_form_tells_is_read_back_as_it_was_told() -> None:
    told = KeptAbout(frozenset({Flag.WEAK}), frozenset({Condition.LIVER}), "2026-01-11")
    sent = {field: [value] for field, value in about_form.shown(told).items()} | {"seen": [told.at]}
    read = about_form.read(sent, told, moment=at("11 08:00"), by="A phone")
    assert read == About(at("11 08:00"), (Flag.WEAK,), (Condition.LIVER,), "A phone")
