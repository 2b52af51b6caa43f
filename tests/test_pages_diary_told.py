"""What is told on the diary's pages: cramps that the button missed, medicines, journeys. Each is kept once, or not."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bedside.diary.kept import KeptCramp, KeptMedicine
from bedside.diary.reader import reading
from bedside.night.told import CheckIn, Factor, Judgement, Leg, Muscle, Verdict
from bedside.pages.diary.medicine_form import FLAGGED, GLOSSES, REMEDIES
from tests.homes import OURS, SATURDAY, THREE, Home, at, cramp, watch, words_of
from tests.test_pages_diary_entry import form

ALL_NIGHT = watch("10 18:00", "11 08:00")
ADD, MEDICINES, AWAY = "/diary/add", "/diary/medicines", "/diary/away"
TYPED: dict[str, dict[str, str]] = {
    ADD: {"day": "2026-01-11", "began": "02:00", "ended": "02:05", "severity": "4", "leg": "left", "muscle": "calf"},
    MEDICINES: {"day": "2026-01-05", "remedy": "statin", "change": "started", "name": "Simvastatin 20 mg"},
    AWAY: {"where": "away", "first": "2026-01-03", "last": "2026-01-06"},
}
"""What a person types into each form."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, rows=(*THREE, ALL_NIGHT))


@pytest.fixture
def phone(home: Home) -> FlaskClient:
    return home.client()


def filled(phone: FlaskClient, path: str, **changes: Any) -> dict[str, Any]:
    """The form as a browser would send it, with everything typed but for the changes."""
    return form(phone.get(path).text) | TYPED[path] | {name.replace("_", "-"): text for name, text in changes.items()}


def told(phone: FlaskClient, path: str, **changes: Any) -> TestResponse:
    return phone.post(path, data=filled(phone, path, **changes), headers=OURS)


def later(home: Home) -> None:
    home.now = home.now.at(home.now.since_boot + 60)


def cramps(home: Home) -> list[KeptCramp]:
    with reading(home.path) as reader:
        return reader.cramps(at("10 12:00").wall, at("11 12:00").wall)


def medicines(home: Home) -> list[KeptMedicine]:
    with reading(home.path) as reader:
        return reader.medicines()


def nights(home: Home) -> dict[int, bool | None]:
    """By day of January, whether it was told that they slept here."""
    with reading(home.path) as reader:
        found = {day: reader.check_in(date(2026, 1, day)) for day in range(1, 12)}
    return {day: told.slept_here for day, told in found.items() if told}


def fault(answer: TestResponse, field: str) -> str:
    found = re.search(rf'id="{field}-wrong">(.*?)</p>', answer.text)
    return unescape(found[1]) if found else ""


# ── a cramp that the button missed ──


def test_an_added_cramp_is_kept_with_what_was_told_of_it(home: Home, phone: FlaskClient) -> None:
    answer = told(phone, ADD)
    assert answer.status_code == 303
    (one,) = [cramp for cramp in cramps(home) if cramp.origin == "page"]
    assert answer.headers["Location"] == f"/cramp?id=page%2Fboot%2F{home.now.since_boot:.6f}&kept=1"
    assert (one.onset, one.seconds, one.counts) == (at("11 02:00").wall, 300, True)
    assert (one.verdict, one.severity, one.leg, one.muscle) == (Verdict.CRAMP, 4, Leg.LEFT, Muscle.CALF)
    assert home.told == 1
    text = words_of(phone.get(answer.headers["Location"]).text)
    assert "Kept." in text
    assert "The cramp at 02:00" in text


def test_a_form_that_is_sent_twice_adds_one_cramp(home: Home, phone: FlaskClient) -> None:
    fields = filled(phone, ADD)
    places = {phone.post(ADD, data=fields, headers=OURS).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert len(cramps(home)) == 4


def test_a_second_sending_does_not_undo_what_was_told_since(home: Home, phone: FlaskClient) -> None:
    fields = filled(phone, ADD)
    phone.post(ADD, data=fields, headers=OURS)
    id = f"page/{fields['made']}"
    home.house().tell((Judgement(id, home.now, Verdict.NONE, onset=at("11 02:10").wall, seconds=60.0),))
    assert phone.post(ADD, data=fields, headers=OURS).status_code == 303
    (one,) = [cramp for cramp in cramps(home) if cramp.id == id]
    assert one.verdict is Verdict.NONE


def test_a_form_that_is_used_again_for_another_cramp_replaces_none(home: Home, phone: FlaskClient) -> None:
    fields = filled(phone, ADD)
    phone.post(ADD, data=fields, headers=OURS)
    later(home)
    answer = phone.post(ADD, data=fields | {"began": "04:00", "ended": ""}, headers=OURS)
    assert answer.status_code == 400
    assert "The cramp at 02:00 on Sunday, 11 January 2026 is kept. If this is another one" in answer.text
    assert len(cramps(home)) == 4
    assert phone.post(ADD, data=form(answer.text), headers=OURS).status_code == 303
    assert [one.onset for one in cramps(home) if one.origin == "page"] == [at("11 02:00").wall, at("11 04:00").wall]


def test_one_that_is_in_the_diary_already_has_to_be_meant(home: Home, phone: FlaskClient) -> None:
    answer = told(phone, ADD, began="23:40", day="2026-01-10", ended="")
    assert (answer.status_code, home.told) == (400, 0)
    assert "It is in the diary already: a cramp at 23:40 on Saturday, 10 January 2026." in fault(answer, "same")
    answer = phone.post(ADD, data=form(answer.text) | {"same": "on"}, headers=OURS)
    assert answer.status_code == 303
    assert len(cramps(home)) == 4


def test_a_form_that_was_made_nowhere_is_made_anew(home: Home, phone: FlaskClient) -> None:
    for made in ("", "cramp 10 23:40", "x" * 10_000, "../1.0"):
        answer = told(phone, ADD, made=made)
        assert (answer.status_code, home.told) == (400, 0)
        assert "This form was not made here." in answer.text
        assert form(answer.text)["made"] == home.now.key
    assert phone.post(ADD, data=form(answer.text), headers=OURS).status_code == 303


def test_last_nights_late_evening_is_shown_again_with_yesterdays_date(home: Home, phone: FlaskClient) -> None:
    answer = told(phone, ADD, began="23:50", ended="23:55")
    assert (answer.status_code, home.told) == (400, 0)
    assert fault(answer, "began").startswith("23:50 today is still to come. Was it yesterday?")
    again = form(answer.text)
    assert (again["day"], again["began"], again["ended"]) == ("2026-01-10", "23:50", "23:55")
    assert phone.post(ADD, data=again, headers=OURS).status_code == 303
    (one,) = [cramp for cramp in cramps(home) if cramp.origin == "page"]
    assert (one.onset, one.seconds) == (at("10 23:50").wall, 300)


def test_a_length_of_hours_has_to_be_meant_with_the_guides_line_beside_it(home: Home, phone: FlaskClient) -> None:
    assert "It did last that long" not in phone.get(ADD).text
    answer = told(phone, ADD, began="01:00", ended="07:30")
    assert (answer.status_code, home.told) == (400, 0)
    assert "From one time to the other it is 6 hours 30 minutes." in fault(answer, "long")
    line = "Get medical help today if The cramp has gone on for more than 10 minutes and does not ease. NHS"
    assert line in words_of(answer.text)
    assert phone.post(ADD, data=form(answer.text) | {"long": "on"}, headers=OURS).status_code == 303
    assert [one.seconds for one in cramps(home) if one.origin == "page"] == [6.5 * 3600]


def test_the_form_begins_with_today(phone: FlaskClient) -> None:
    assert form(phone.get(ADD).text)["day"] == "2026-01-11"
    assert 'max="2026-01-11"' in phone.get(ADD).text


# ── medicines ──


def test_a_medicine_is_kept_and_listed_newest_first(home: Home, phone: FlaskClient) -> None:
    assert "Nothing is kept yet." in phone.get(MEDICINES).text
    assert told(phone, MEDICINES).headers["Location"] == "/diary/medicines?kept=1"
    later(home)
    told(phone, MEDICINES, day="2026-01-07", remedy="magnesium", change="stopped", name="")
    text = words_of(phone.get(f"{MEDICINES}?kept=1").text)
    assert "Kept." in text
    listed = re.findall(r"(\d+ January 2026) (Magnesium: Stopped|Statin: Started)", text)
    assert listed == [("7 January 2026", "Magnesium: Stopped"), ("5 January 2026", "Statin: Started")]
    assert "(Simvastatin 20 mg)" in text
    assert "Told: 08:00 on Sunday, 11 January 2026, on A phone" in text


def test_the_flagged_classes_carry_the_guides_line_with_its_source_and_no_other_does(
    home: Home, phone: FlaskClient
) -> None:
    line = "Show this list to whoever prescribes for you. Never stop a medicine because of this page. Garrison 2012"
    beside_the_form = words_of(phone.get(MEDICINES).text).count(line)
    assert beside_the_form == 1
    told(phone, MEDICINES, remedy="quinine")
    assert words_of(phone.get(MEDICINES).text).count(line) == 1
    for number, remedy in enumerate(("statin", "loop diuretic", "long-acting beta-agonist inhaler"), 1):
        later(home)
        told(phone, MEDICINES, remedy=remedy)
        assert words_of(phone.get(MEDICINES).text).count(line) == 1 + number


def test_a_medicine_that_is_sent_twice_is_kept_once_and_a_form_used_again_replaces_none(
    home: Home, phone: FlaskClient
) -> None:
    fields = filled(phone, MEDICINES)
    for _ in range(2):
        assert phone.post(MEDICINES, data=fields, headers=OURS).status_code == 303
    assert len(medicines(home)) == 1
    later(home)
    answer = phone.post(MEDICINES, data=fields | {"change": "stopped"}, headers=OURS)
    assert answer.status_code == 400
    assert "What was sent before is kept." in answer.text
    assert phone.post(MEDICINES, data=form(answer.text), headers=OURS).status_code == 303
    assert sorted(one.change for one in medicines(home)) == ["started", "stopped"]


def test_a_medicine_is_retracted_struck_and_taken_back_with_its_history(home: Home, phone: FlaskClient) -> None:
    told(phone, MEDICINES)
    (one,) = medicines(home)
    later(home)
    assert phone.post(MEDICINES, data={"id": one.id, "act": "retract"}, headers=OURS).status_code == 303
    html = phone.get(MEDICINES).text
    assert "<s>Statin: Started (Simvastatin 20 mg)</s> Removed." in html
    assert "08:01 on Sunday, 11 January 2026, on A phone: removed First told before that." in words_of(html)
    assert medicines(home) == [replace(one, retracted=True, at=medicines(home)[0].at)]
    later(home)
    assert phone.post(MEDICINES, data={"id": one.id, "act": "take-back"}, headers=OURS).status_code == 303
    html = phone.get(MEDICINES).text
    assert "<s>" not in html
    assert "08:02 on Sunday, 11 January 2026, on A phone: put back" in words_of(html)


def test_the_list_leads_to_the_form_and_each_line_is_removed_without_opening_its_history(
    home: Home, phone: FlaskClient
) -> None:
    told(phone, MEDICINES)
    html = phone.get(MEDICINES).text
    assert (
        html.index('<a class="jump" href="#tell">Add a change</a>') < html.index('id="list"') < html.index('id="tell"')
    )
    (line,) = re.findall(r"<li>\s*<p class=\"small\">5 January 2026.*?</details>", html, re.DOTALL)
    button = 'aria-label="Remove: Statin: Started, 5 January 2026">Remove</button>'
    assert line.index(button) < line.index("<details>")


def test_the_flagged_classes_are_explained_and_who_is_not_sure_is_told_what_to_choose(phone: FlaskClient) -> None:
    html = phone.get(MEDICINES).text
    for one in FLAGGED:
        assert f"<strong>{REMEDIES[one]}:</strong> {GLOSSES[one]}" in html
    assert "Not sure? Choose another medicine, or another supplement." in html


def test_a_change_of_another_field_is_told_in_words(home: Home, phone: FlaskClient) -> None:
    told(phone, MEDICINES)
    with closing(sqlite3.connect(home.path)) as diary:
        for field, before, after in (("day", "2026-01-04", "2026-01-05"), ("class", "loop diuretic", "statin")):
            diary.execute(
                "insert into amendments (record, at, told_by, entry_table, entry, field, before, after)"
                " select 'r', at, '', 'medicines', id, ?, ?, ? from medicines",
                (field, before, after),
            )
        diary.commit()
    text = words_of(phone.get(MEDICINES).text)
    assert "Day: it was “4 January 2026”, now it is “5 January 2026”." in text
    assert "Kind: it was “Loop diuretic”, now it is “Statin”." in text


@pytest.mark.parametrize("fields", [{"id": "none"}, {"id": ""}, {}, {"id": "x" * 10_000}])
def test_a_line_that_there_is_not_cannot_be_retracted(home: Home, phone: FlaskClient, fields: dict[str, str]) -> None:
    answer = phone.post(MEDICINES, data={"act": "retract", **fields}, headers=OURS)
    assert (answer.status_code, home.told) == (400, 0)
    assert "There is no such line." in answer.text
    assert form(answer.text)["day"] == "2026-01-11"


def test_a_name_is_shown_as_it_was_typed_and_never_as_markup(home: Home, phone: FlaskClient) -> None:
    told(phone, MEDICINES, name="<b>20 mg</b>")
    assert "(&lt;b&gt;20 mg&lt;/b&gt;)" in phone.get(MEDICINES).text


# ── journeys ──


def test_a_journey_is_kept_night_by_night_in_one_go(home: Home, phone: FlaskClient) -> None:
    assert "No night was told as away." in phone.get(AWAY).text
    assert told(phone, AWAY).headers["Location"] == "/diary/away?kept=1"
    assert nights(home) == dict.fromkeys((3, 4, 5, 6), False)
    assert home.told == 1
    text = words_of(phone.get(f"{AWAY}?kept=1").text)
    assert "Kept." in text
    assert "4 nights, from that of 3 January 2026 to that of 6 January 2026: I slept here after all" in text
    assert words_of(phone.get("/diary").text).count("Away") == 4


def test_a_year_at_once_is_kept(home: Home, phone: FlaskClient) -> None:
    assert told(phone, AWAY, first="2025-01-06").status_code == 303
    assert len(home.rows) == 366
    answer = told(phone, AWAY, first="2025-01-05")
    assert answer.status_code == 400
    assert "At most 366 can be told at once." in fault(answer, "last")


def test_what_was_told_of_a_night_before_stays(home: Home, phone: FlaskClient) -> None:
    before = CheckIn(
        date(2026, 1, 4), home.now, disturbance=4, factors=(Factor.EFFORT,), note="A walk.", asked=(Factor.EFFORT,)
    )
    home.house().tell((before,))
    told(phone, AWAY)
    with reading(home.path) as reader:
        kept = reader.check_in(before.night)
    assert kept
    assert (kept.slept_here, kept.disturbance, kept.factors, kept.note) == (False, 4, (Factor.EFFORT,), "A walk.")
    assert kept.asked == (Factor.EFFORT,)


def test_nights_that_speak_against_it_are_shown_and_have_to_be_meant(home: Home, phone: FlaskClient) -> None:
    home.house().tell((CheckIn(date(2026, 1, 9), home.now, slept_here=True, note="Well"),))
    answer = told(phone, AWAY, first="2026-01-08", last="2026-01-10")
    assert (answer.status_code, home.told) == (400, 1)
    text = words_of(answer.text)
    assert "The night from Friday to Saturday, 9 to 10 January 2026 : You told that you slept here." in text
    assert "The night from Saturday to Sunday, 10 to 11 January 2026 : A cramp was pressed or added." in text
    assert "The night from Thursday to Friday" not in text
    assert "tick that you were away all the same" in fault(answer, "sure")
    answer = phone.post(AWAY, data=form(answer.text) | {"sure": "on", "where": "away"}, headers=OURS)
    assert answer.status_code == 303
    assert nights(home) == dict.fromkeys((8, 9, 10), False)


def test_a_tick_counts_for_the_nights_that_were_shown_and_for_no_others(home: Home, phone: FlaskClient) -> None:
    answer = told(phone, AWAY, last="2026-01-10")
    again = form(answer.text) | {"sure": "on", "where": "away"}
    home.house().tell((CheckIn(date(2026, 1, 5), home.now, slept_here=True),))
    answer = phone.post(AWAY, data=again, headers=OURS)
    assert answer.status_code == 400
    assert "5 to 6 January 2026" in answer.text
    assert "sure" not in form(answer.text)
    assert phone.post(AWAY, data=TYPED[AWAY] | {"last": "2026-01-10", "sure": "on"}, headers=OURS).status_code == 400


def test_a_press_that_was_none_and_practice_do_not_speak_against_it(home: Home) -> None:
    home.rows = (cramp("11 02:00", 1), cramp("11 03:00", 1, practice=True), cramp("11 04:00", 1, trusted=False))
    home.rows += (Judgement("cramp 11 02:00", at("11 07:00"), Verdict.NONE),)
    assert told(home.client(), AWAY, last="2026-01-10").status_code == 303


def test_a_journey_is_taken_back_and_only_where_it_was_told(home: Home, phone: FlaskClient) -> None:
    told(phone, AWAY)
    home.house().tell((CheckIn(date(2026, 1, 8), home.now, slept_here=True),))
    found = re.search(r'href="(/diary/away\?[^"]*)#tell"', phone.get(AWAY).text)
    assert found
    undo = form(phone.get(unescape(found[1])).text)
    assert (undo["where"], undo["first"], undo["last"]) == ("here", "2026-01-03", "2026-01-06")
    assert phone.post(AWAY, data=undo | {"last": "2026-01-09"}, headers=OURS).status_code == 303
    assert nights(home) == dict.fromkeys((3, 4, 5, 6, 8), True)
    answer = phone.post(AWAY, data=undo, headers=OURS)
    assert answer.status_code == 400
    assert "None of these nights was told as away" in fault(answer, "where")


def test_a_journey_that_was_told_already_is_kept_as_it_is(home: Home, phone: FlaskClient) -> None:
    told(phone, AWAY)
    assert told(phone, AWAY).status_code == 303
    assert home.told == 1


def test_tonight_is_not_told_before_it_has_begun(home: Home, phone: FlaskClient) -> None:
    home.now = at("11 15:00")
    assert fault(told(phone, AWAY, last="2026-01-12"), "last") == (
        "Nights up to that of 10 January 2026 can be told so far. Tell the others when you are back."
    )
    home.now = at("11 22:30")
    assert told(phone, AWAY, last="2026-01-11", first="2026-01-11").status_code == 303
    assert nights(home) == {SATURDAY.day + 1: False}


# ── whatever may go wrong ──


@pytest.mark.parametrize("path", TYPED)
def test_a_disk_that_refuses_is_told_and_what_was_typed_stays(home: Home, phone: FlaskClient, path: str) -> None:
    home.keeps = False
    answer = told(phone, path)
    assert answer.status_code == 503
    assert "This could not be written down yet." in answer.text
    assert TYPED[path].items() <= form(answer.text).items()
    home.keeps = True
    assert phone.post(path, data=form(answer.text), headers=OURS).status_code == 303


@pytest.mark.parametrize("path", TYPED)
def test_a_diary_that_cannot_be_read_keeps_nothing_and_loses_nothing_typed(
    home: Home, phone: FlaskClient, path: str
) -> None:
    fields = filled(phone, path)
    home.path.write_bytes(b"no diary")
    answer = phone.post(path, data=fields, headers=OURS)
    assert (answer.status_code, home.told) == (503, 0)
    assert "This could not be written down yet." in answer.text
    assert TYPED[path].items() <= form(answer.text).items()


@pytest.mark.parametrize(
    ("path", "field", "text"),
    [
        (path, field, text)
        for path, fields in TYPED.items()
        for field in fields
        for text in ("9999-12-31", "0000-00-00", "11", "x" * 10_000, "\x00", "' or 1=1", "<b>")
        if (field, text)
        not in {("name", text) for text in ("9999-12-31", "0000-00-00", "11", "\x00", "' or 1=1", "<b>")}
    ],
    ids=lambda value: value[:12],
)
def test_a_slip_is_answered_beside_its_field_and_keeps_nothing(
    home: Home, phone: FlaskClient, path: str, field: str, text: str
) -> None:
    answer = told(phone, path, **{field: text})
    assert (answer.status_code, home.told) == (400, 0)
    assert fault(answer, field)
    assert "Nothing is kept yet: see what is marked below." in answer.text


@pytest.mark.parametrize("path", TYPED)
def test_a_field_that_is_sent_twice_is_refused(home: Home, phone: FlaskClient, path: str) -> None:
    for field, text in TYPED[path].items():
        answer = told(phone, path, **{field: [text, text]})
        assert (answer.status_code, home.told) == (400, 0)
        assert "This was sent 2 times." in answer.text, field
    assert "This was sent 2 times." in fault(answer, field)


@pytest.mark.parametrize("path", TYPED)
def test_an_empty_form_keeps_nothing(home: Home, phone: FlaskClient, path: str) -> None:
    assert phone.post(path, headers=OURS).status_code == 400
    assert home.told == 0
