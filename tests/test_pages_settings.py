"""The settings page: every control, every slip of a hand, and whatever else may be sent."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.night.habits import Accent, Habits
from bedside.pages.habits_form import ASKED, BRIGHTNESS, DAYS, LABELS, VOLUMES, choices, read, shown
from tests.homes import OTHER, OURS, Home, words_of

KEPT = "Kept. It holds from now on."


class Form(HTMLParser):
    """What a browser would send of the page's first form, and what it shows of each field."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.fields: dict[str, dict[str, str | None]] = {}
        self.ids: list[str] = []
        self._select = ""
        self._over = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = dict(attrs)
        self.ids += [marks["id"]] if marks.get("id") else []  # type: ignore[list-item]
        if self._over:
            return
        name = marks.get("name") or ""
        if tag in ("input", "select"):
            self.fields[name] = marks
        if tag == "input" and (marks["type"] != "checkbox" or "checked" in marks):
            self.sent[name] = marks["value"] or ""
        if tag == "select":
            self._select = name
        if tag == "option" and (self._select not in self.sent or "selected" in marks):
            self.sent[self._select] = marks["value"] or ""

    def handle_endtag(self, tag: str) -> None:
        self._over = self._over or tag == "form"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def page(home: Home) -> FlaskClient:
    return home.client()


def form(page: FlaskClient) -> dict[str, str]:
    return Form(page.get("/settings").text).sent


def send(page: FlaskClient, fields: Mapping[str, Any]) -> Any:
    return page.post("/settings", data=fields, headers=OURS)


def without(fields: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in names}


# ── what is kept ──


@pytest.mark.parametrize("habits", [Habits(), OTHER], ids=["the defaults", "others"])
def test_a_form_that_is_sent_as_it_stands_changes_nothing(home: Home, page: FlaskClient, habits: Habits) -> None:
    home.habits = habits
    answer = send(page, form(page))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings?kept=1")
    assert home.acts == [habits]


def test_what_is_kept_is_told_once_it_is_kept(page: FlaskClient) -> None:
    assert KEPT not in page.get("/settings").text
    assert KEPT not in page.get("/settings?kept=0").text
    html = page.get("/settings?kept=1").text
    assert f'role="status">{KEPT}' in html


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        ({"bedtime": "23:30"}, {"bedtime": time(23, 30)}),
        ({"bedtime": "00:00"}, {"bedtime": time(0)}),
        ({"rising": "6:45"}, {"rising": time(6, 45)}),
        ({"rising": "21:30:15"}, {"rising": time(21, 30)}),
        ({"rising": " 21:30:15.250 "}, {"rising": time(21, 30)}),
        ({"wednesday_at": "20:15"}, {"reminders": (*[time(21)] * 2, time(20, 15), *[time(21)] * 4)}),
        ({"asks": "1"}, {"asks": 1}),
        ({"stretch": "seated"}, {"standing_stretch": False}),
        ({"voice": "en-US"}, {"accent": Accent.AMERICAN}),
        *[({"evening_volume": repr(step)}, {"evening_volume": step}) for step in VOLUMES],
        *[({"night_volume": repr(step)}, {"night_volume": step}) for step in VOLUMES],
        *[({"light": repr(step)}, {"light": step}) for step in BRIGHTNESS],
        ({"silent_evenings": "on"}, {"silent_evenings": True}),
        ({"silent_nights": "on"}, {"silent_nights": True}),
        ({"warning_by_light": "on"}, {"warning_by_light": True}),
        ({"no_standing": "on"}, {"stands": False}),
    ],
)
def test_each_control_changes_its_own_habit_alone(
    home: Home, page: FlaskClient, fields: Mapping[str, str], changes: Mapping[str, Any]
) -> None:
    assert send(page, form(page) | fields).status_code == 303
    assert home.acts == [replace(Habits(), **changes)]
    assert read({name: [value] for name, value in shown(home.habits).items()}, home.habits) == home.habits


def test_a_box_that_is_not_sent_is_off(home: Home, page: FlaskClient) -> None:
    home.habits = OTHER
    boxes = ("silent_evenings", "silent_nights", "warning_by_light", "no_standing", "glow", *DAYS)
    assert send(page, without(form(page), *boxes)).status_code == 303
    off = {"silent_evenings": False, "silent_nights": False, "warning_by_light": False, "glow": False}
    assert home.acts == [replace(OTHER, **off, stands=True, reminders=(None,) * 7)]


@pytest.mark.parametrize("left", ["", "25:99", "\0", None])
def test_the_time_of_a_day_off_does_not_matter(home: Home, page: FlaskClient, left: str | None) -> None:
    fields = without(form(page), "sunday", "sunday_at") | ({} if left is None else {"sunday_at": left})
    assert send(page, fields).status_code == 303
    assert home.habits.reminders == (*[time(21)] * 6, None)


def test_a_day_off_shows_the_time_of_another_day_to_begin_from(home: Home, page: FlaskClient) -> None:
    home.habits = Habits(reminders=(None, time(20, 15), *[None] * 5))
    shows = form(page)
    assert shows["monday_at"] == "20:15"
    assert "monday" not in shows
    home.habits = Habits(reminders=(None,) * 7)
    assert form(page)["monday_at"] == "21:00"


def test_a_value_in_force_without_a_name_is_shown_as_it_is_and_stays(home: Home, page: FlaskClient) -> None:
    home.habits = Habits(evening_volume=1 / 3, light=0.62)
    assert "As it is now: 33%" in page.get("/settings").text
    assert send(page, form(page)).status_code == 303
    assert home.acts == [Habits(evening_volume=1 / 3, light=0.62)]
    assert send(page, form(page) | {"night_volume": repr(1 / 3)}).status_code == 400


def test_what_cannot_be_written_down_is_told_and_stands_in_the_form(home: Home, page: FlaskClient) -> None:
    home.keeps = False
    answer = send(page, form(page) | {"bedtime": "23:11", "silent_nights": "on"})
    assert answer.status_code == 503
    assert "This could not be written down yet." in words_of(answer.text)
    assert KEPT not in answer.text
    again = Form(answer.text).sent
    assert (again["bedtime"], again["silent_nights"]) == ("23:11", "on")


# ── what is wrong ──

NO_TIME = "no time is set. Write hours and minutes, such as"
WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    (
        {"bedtime": "25:99"},
        {"bedtime": "Bedtime: “25:99” is not a time of day. Write hours and minutes, such as 22:00."},
    ),
    ({"bedtime": "9"}, {"bedtime": "“9” is not a time of day"}),
    ({"bedtime": "24:00"}, {"bedtime": "“24:00” is not a time of day"}),
    ({"bedtime": "\u0662\u0662:\u0660\u0660"}, {"bedtime": "is not a time of day"}),
    ({"bedtime": "22:00+01:00"}, {"bedtime": "is not a time of day"}),
    ({"bedtime": "-1:00"}, {"bedtime": "is not a time of day"}),
    ({"bedtime": "22:00\0"}, {"bedtime": "“22:00\N{REPLACEMENT CHARACTER}” is not a time of day"}),
    ({"bedtime": "<b>22:00</b>"}, {"bedtime": "“<b>22:00</b>” is not a time of day"}),
    ({"bedtime": "2" * 50_000}, {"bedtime": f"“{'2' * 20}…” is not a time of day"}),
    ({"bedtime": ""}, {"bedtime": f"Bedtime: {NO_TIME} 22:00."}),
    ({"rising": "22:00"}, {"rising": "Rising time: it is the same as bedtime. Set two different times."}),
    ({"rising": "22:00:59"}, {"rising": "the same as bedtime"}),
    (
        {"rising": ["07:00", "08:00"]},
        {"rising": "Rising time: it was sent 2 times. Set it once more, then press Keep."},
    ),
    ({"monday_at": "half nine"}, {"monday_at": "Monday, time: “half nine” is not a time of day"}),
    ({"sunday_at": ""}, {"sunday_at": f"Sunday, time: {NO_TIME} 21:00."}),
    ({"monday": "maybe"}, {"monday": "Monday: the answer was not clear. Tick the box, or leave it empty."}),
    ({"monday": ["on", "on"]}, {"monday": "it was sent 2 times"}),
    ({"asks": "0"}, {"asks": "How often it asks: “0” is not in the list. Choose one from the list."}),
    ({"asks": "4"}, {"asks": "not in the list"}),
    ({"asks": "\u0663"}, {"asks": "not in the list"}),
    ({"asks": ["3", "3"]}, {"asks": "it was sent 2 times"}),
    ({"stretch": "lying"}, {"stretch": "not in the list"}),
    ({"voice": "en-AU"}, {"voice": "not in the list"}),
    ({"voice": ""}, {"voice": "Voice: nothing is chosen. Choose one from the list."}),
    ({"evening_volume": "nan"}, {"evening_volume": "not in the list"}),
    ({"evening_volume": "0.6"}, {"evening_volume": "not in the list"}),
    ({"night_volume": "1e999"}, {"night_volume": "not in the list"}),
    ({"light": "-1"}, {"light": "not in the list"}),
    ({"light": "\0"}, {"light": "“\N{REPLACEMENT CHARACTER}” is not in the list"}),
    ({"glow": "yes"}, {"glow": "the answer was not clear"}),
    ({"silent_nights": ""}, {"silent_nights": "the answer was not clear"}),
    (
        {"bedtime": "x", "rising": "", "friday_at": "8pm", "light": "2"},
        {"bedtime": "“x”", "rising": "no time is set", "friday_at": "“8pm”", "light": "“2”"},
    ),
]


@pytest.mark.parametrize(("fields", "faults"), WRONG, ids=lambda part: " ".join(part)[:40])
def test_all_that_is_wrong_is_told_at_once_and_nothing_is_kept(
    home: Home, page: FlaskClient, fields: dict[str, Any], faults: dict[str, str]
) -> None:
    answer = send(page, form(page) | fields)
    assert answer.status_code == 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert home.acts == []
    html, seen = answer.text, Form(answer.text)
    told = dict(re.findall(r'<p class="wrong" id="(\w+)-wrong">(.*?)</p>', html))
    assert told.keys() == faults.keys()
    assert all(words in unescape(told[name]) for name, words in faults.items())
    assert re.findall(r'<li><a href="#(\w+)">(.*?)</a></li>', html) == list(told.items())
    for name in faults:
        assert seen.fields[name]["aria-invalid"] == "true"
        assert f"{name}-wrong" in (seen.fields[name]["aria-describedby"] or "").split()
    assert {name for name, marks in seen.fields.items() if "aria-invalid" in marks} == set(faults)
    assert 'role="alert"' in html
    assert "<title>Not kept yet – Settings" in html  # noqa: RUF001 (a true dash)


def test_nothing_typed_is_lost_when_something_is_wrong(page: FlaskClient) -> None:
    fields = form(page) | {
        "bedtime": "25:99",
        "rising": "06:11",
        "asks": "2",
        "silent_nights": "on",
        "friday_at": "20:01",
    }
    fields = without(fields, "glow", "sunday")
    again = Form(send(page, fields).text)
    assert again.sent == fields


def test_an_unknown_choice_is_not_shown_as_another_one(page: FlaskClient) -> None:
    again = Form(send(page, form(page) | {"voice": "en-AU"}).text).sent
    assert again["voice"] == ""


@pytest.mark.parametrize(
    "name", ["bedtime", "rising", "asks", "stretch", "voice", "evening_volume", "light", "monday_at"]
)
def test_a_field_that_is_missing_is_told(home: Home, page: FlaskClient, name: str) -> None:
    answer = send(page, without(form(page), name))
    assert answer.status_code == 400
    assert f'href="#{name}"' in answer.text
    assert home.acts == []


@pytest.mark.parametrize(
    "body",
    [
        {"data": b""},
        {"data": b"%ff=%fe&=&&&bedtime"},
        {"json": {"bedtime": "22:00"}},
        {"data": b"--", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"bedtime=22:00", "content_type": "multipart/form-data"},
    ],
)
def test_what_is_no_form_of_ours_keeps_nothing(home: Home, page: FlaskClient, body: dict[str, Any]) -> None:
    answer = page.post("/settings", headers=OURS, **body)
    assert answer.status_code == 400
    assert "things need to be put right" in answer.text
    assert home.acts == []


def test_a_form_of_another_site_keeps_nothing(home: Home, page: FlaskClient) -> None:
    answer = page.post("/settings", data=form(page), headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert home.acts == []


NAMES = st.sampled_from([*LABELS, "kept", "at", ""])
VALUES = st.lists(
    st.one_of(
        st.sampled_from(["on", "22:00", "07:00", "1", "3", "seated", "en-US", "0.5", "1.0", "25:99", "", "\0"]),
        st.text(max_size=30).filter(lambda text: not re.search("[\ud800-\udfff]", text)),
    ),
    max_size=3,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(fields=st.dictionaries(NAMES, VALUES, max_size=30), whole=st.booleans())
def test_whatever_is_sent_is_kept_whole_or_not_at_all(
    home: Home, page: FlaskClient, fields: dict[str, list[str]], whole: bool
) -> None:
    home.habits, before = Habits(), Habits()
    home.acts.clear()
    answer = send(page, (dict(shown(before)) if whole else {}) | fields)
    if answer.status_code == 400:
        assert (home.acts, home.habits) == ([], before)
        assert 'class="wrong"' in answer.text
        return
    assert answer.status_code == 303
    (kept,) = home.acts
    assert isinstance(kept, Habits)
    assert kept.bedtime != kept.rising
    assert len(kept.reminders) == 7
    assert kept.asks in (1, 2, 3)
    assert {kept.evening_volume, kept.night_volume, kept.light} <= {*VOLUMES, *BRIGHTNESS}


# ── the form's own form ──


def test_every_field_has_a_label_and_a_line_that_says_what_it_does(page: FlaskClient) -> None:
    html = page.get("/settings").text
    seen = Form(html)
    assert set(seen.fields) == set(LABELS)
    assert len(seen.ids) == len(set(seen.ids))
    for name, marks in seen.fields.items():
        assert marks["id"] == name
        assert f'for="{name}"' in html
        assert set((marks.get("aria-describedby") or "").split()) <= set(seen.ids)
        if name.removesuffix("_at") not in DAYS and name not in ASKED.values():  # those are explained as a group
            assert marks["aria-describedby"] == f"{name}-help"


def test_the_choices_are_named_in_plain_words() -> None:
    offered = choices(Habits())
    assert list(offered["evening_volume"].values()) == ["Very quiet", "Quiet", "Medium", "Loud", "Full"]
    assert list(offered["light"].values()) == ["Faint", "Low", "Half", "Strong", "Full"]
    assert list(offered["asks"]) == ["1", "2", "3"]


# ── a sound to try ──


@pytest.mark.parametrize("at", ["evening", "night"])
def test_a_sound_is_tried_and_it_is_said_when_it_is_not_heard(home: Home, page: FlaskClient, at: str) -> None:
    assert f'name="at" value="{at}"' in page.get("/settings").text
    answer = page.post("/settings/try", data={"at": at}, headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings?tried=1#hear")
    assert home.acts == [f"{at} sound"]
    said = "It speaks now if nothing else is going on. Nothing is heard while a cramp or the stretch runs."
    assert said in words_of(page.get("/settings?tried=1").text)
    assert said not in words_of(page.get("/settings").text)


@pytest.mark.parametrize("fields", [{}, {"at": ""}, {"at": "noon"}, {"at": "night\0"}, {"at": "x" * 50_000}])
def test_an_unknown_sound_is_refused(home: Home, page: FlaskClient, fields: dict[str, str]) -> None:
    answer = page.post("/settings/try", data=fields, headers=OURS)
    assert answer.status_code == 400
    assert "There is no such sound" in answer.text
    assert home.acts == []
    assert page.get("/settings/try").status_code == 405
