"""The page of an entry: all that is known of it, corrected, retracted and taken back, with every change kept."""

import re
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bedside.diary.kept import KeptCramp
from bedside.diary.reader import reading
from bedside.night.effects import Cramp, CrampState, Meaning, Phase, Press
from bedside.night.events import Moment
from bedside.night.told import Added, CheckIn, Judgement, Leg, Muscle, Verdict
from bedside.pages.guard import COOKIE
from tests.homes import LONDON, OURS, THREE, Home, at, cramp, watch, words_of

ALL_NIGHT = watch("10 18:00", "11 08:00")
SECOND = THREE[1].id


def press(when: str, meaning: Meaning, **marks: Any) -> Press:
    return Press(f"press {when}", at(when), Phase.QUIET, meaning, cramp=SECOND, **marks)


PRESSES = (
    press("11 03:04", Meaning.BEGAN, held=0.2),
    press("11 03:05", Meaning.REPEATED),
    press("11 03:07", Meaning.ENDED, held=5.0),
    press("11 03:08", Meaning.REOPENED, leaned=True),
    press("11 03:13", Meaning.ENDED),
)
NINE = cramp("11 03:04", 9, celsius=17.9)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, rows=(THREE[0], NINE, THREE[2], ALL_NIGHT, *PRESSES))


@pytest.fixture
def phone(home: Home) -> FlaskClient:
    return home.client()


def page(phone: FlaskClient, id: str = SECOND) -> str:
    answer = phone.get(f"/cramp?id={quote(id, safe='')}")
    assert answer.status_code == 200
    return answer.text


def form(html: str) -> dict[str, str]:
    """What a browser would send of the form as it is shown."""
    part = html.partition('<form class="asked"')[2].partition("</form>")[0]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", part):
        named = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if named.get("type") not in ("radio", "checkbox") or " checked" in tag:
            fields[named["name"]] = unescape(named["value"])
    return fields


def told(phone: FlaskClient, id: str = SECOND, **changes: Any) -> TestResponse:
    fields = {name.replace("_", "-"): text for name, text in changes.items()}
    return phone.post("/cramp", data=form(page(phone, id)) | fields, headers=OURS)


def kept(home: Home, id: str = SECOND) -> KeptCramp:
    with reading(home.path) as reader:
        found = reader.cramp(id)
    assert found
    return found


def later(home: Home, minutes: float = 1) -> None:
    home.now = home.now.at(home.now.since_boot + minutes * 60)


def history(html: str) -> str:
    return words_of("<body>" + html.partition('<ol class="tellings">')[2].partition("</ol>")[0])


# ── what is known ──


def test_all_that_is_known_is_shown(phone: FlaskClient) -> None:
    text = words_of(page(phone))
    assert "The cramp at 03:04 The night from Saturday to Sunday" in text
    assert "Pressed 03:04 on Sunday, 11 January 2026 Lasted 9 minutes Room 17.9 °C Kept by the button" in text
    assert (
        "03:04 The cramp began. 03:05 Pressed once more in the same cramp: nothing changed."
        " 03:07 The cramp ended. It was held for 5 seconds. 03:08 Still cramping: it went on. It was leaned on."
        " 03:13 The cramp ended."
    ) in text
    assert "What was told of it" not in text


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (cramp("11 02:00", 1, doubtful=True), "Was that a cramp? It was held or leaned on."),
        (cramp("10 14:10", 1), "It began outside your sleep window"),
        (cramp("11 02:00", 1, trusted=False), "The clock was not set when the button was pressed"),
        (cramp("11 02:00", 1, practice=True), "This was practice. It is never counted"),
        (cramp("11 02:00"), "Lasted not known: no end press"),
        (cramp("11 02:00", 0.5), "Lasted 30 seconds"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_sets_it_apart_is_said(home: Home, row: Cramp, says: str) -> None:
    home.rows = (row, ALL_NIGHT)
    assert says in words_of(page(home.client(), row.id))


def test_a_cramp_that_is_open_cannot_be_corrected_yet(home: Home) -> None:
    home.rows = (cramp("11 07:55", state=CrampState.OPEN),)
    phone = home.client()
    text = words_of(page(phone, "cramp 11 07:55"))
    assert "It is still open The next press may still change it." in text
    assert "Tell or correct" not in text
    answer = phone.post("/cramp", data={"id": "cramp 11 07:55", "began": "07:50", "seen": ""}, headers=OURS)
    assert (answer.status_code, home.told) == (400, 0)
    assert "This entry cannot be corrected now." in answer.text


def test_practice_stays_as_it_is(home: Home) -> None:
    home.rows = (cramp("11 02:00", 1, practice=True),)
    answer = home.client().post("/cramp", data={"id": "cramp 11 02:00", "act": "retract", "seen": ""}, headers=OURS)
    assert (answer.status_code, home.told) == (400, 0)


@pytest.mark.parametrize("id", ["nothing", "%00", "'; drop table cramps", "x" * 3000, "é"])
def test_an_entry_that_there_is_not_is_said_so(home: Home, phone: FlaskClient, id: str) -> None:
    answer = phone.get("/cramp", query_string={"id": id})
    assert answer.status_code == 404
    assert "There is no such entry" in answer.text
    answer = phone.post("/cramp", data={"id": id, "began": "03:04", "seen": ""}, headers=OURS)
    assert (answer.status_code, home.told) == (404, 0)


def test_without_an_id_the_diary_is_shown(phone: FlaskClient) -> None:
    assert phone.get("/cramp").headers["Location"] == "/diary"
    assert phone.post("/cramp", headers=OURS).status_code == 404


# ── corrected ──


def test_a_correction_is_kept_and_shown(home: Home, phone: FlaskClient) -> None:
    answer = told(phone, began="03:01", ended="03:20", verdict="a cramp", severity="7", leg="left", muscle="calf")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cramp?id=cramp%2011%2003%3A04&kept=1")
    now = kept(home)
    assert (now.onset, now.seconds) == (at("11 03:01").wall, 19 * 60)
    assert (now.verdict, now.severity, now.leg, now.muscle) == (Verdict.CRAMP, 7, Leg.LEFT, Muscle.CALF)
    text = words_of(phone.get(answer.headers["Location"]).text)
    assert "Kept." in text
    assert "Began, as you corrected it 03:01 on Sunday, 11 January 2026 Pressed 03:04 on Sunday" in text
    assert "Lasted 19 minutes Lasted, as it was pressed 9 minutes" in text


def test_a_form_that_is_sent_as_it_is_corrects_no_time(home: Home, phone: FlaskClient) -> None:
    assert told(phone, severity="3").status_code == 303
    assert kept(home).pressed is None
    assert "Began, as you corrected it" not in page(phone)


def test_an_end_that_is_not_known_is_kept_so_and_can_be_told_later(home: Home, phone: FlaskClient) -> None:
    told(phone, unknown="on")
    assert kept(home).seconds is None
    later(home)
    assert "The end is not known" not in page(phone)
    told(phone, ended="03:15")
    assert kept(home).seconds == 11 * 60


def test_two_cramps_are_offered_with_the_press_that_reopened_it(home: Home, phone: FlaskClient) -> None:
    html = page(phone)
    assert "The button was pressed again at 03:08: it may have been then." in html
    assert form(html)["second"] == "03:08"
    told(phone, verdict="two cramps")
    assert kept(home).onsets == (at("11 03:04").wall, at("11 03:08").wall)
    assert "two cramps, the second from 03:08 on" in words_of(page(phone))
    later(home)
    told(phone, verdict="two cramps", second="")
    assert "When the second began is not known." in words_of(page(phone))


def test_the_verdict_of_another_page_is_kept_beside_a_correction(home: Home, phone: FlaskClient) -> None:
    home.house().tell((Judgement(SECOND, home.now, Verdict.CRAMP, severity=9, leg=Leg.BOTH),))
    later(home)
    told(phone, ended="")
    now = kept(home)
    assert (now.verdict, now.severity, now.leg, now.seconds) == (Verdict.CRAMP, 9, Leg.BOTH, None)


def test_a_slip_is_answered_beside_its_field_and_what_was_typed_is_still_there(home: Home, phone: FlaskClient) -> None:
    answer = told(phone, began="03:20", severity="11", muscle="calf")
    assert answer.status_code == 400
    assert "Nothing is kept yet" in answer.text
    assert 'id="ended-wrong">This is before it began, at 03:20.' in answer.text
    assert 'aria-describedby="ended-help ended-wrong" aria-invalid="true"' in answer.text
    assert 'id="severity-wrong"' in answer.text
    assert form(answer.text)["began"] == "03:20"
    assert form(answer.text)["muscle"] == "calf"
    assert home.told == 0


def test_an_older_copy_of_the_page_does_not_overwrite_what_was_told_since(home: Home, phone: FlaskClient) -> None:
    old = form(page(phone))
    told(phone, severity="3")
    answer = phone.post("/cramp", data=old | {"severity": "9"}, headers=OURS)
    assert answer.status_code == 400
    assert "The entry has changed since this page was made." in answer.text
    assert kept(home).severity == 3
    again = form(answer.text)
    assert phone.post("/cramp", data=again | {"severity": "9"}, headers=OURS).status_code == 303


def test_a_disk_that_refuses_is_told_and_what_was_typed_stays(home: Home, phone: FlaskClient) -> None:
    home.keeps = False
    answer = told(phone, severity="3", began="03:01")
    assert answer.status_code == 503
    assert "This could not be written down yet." in answer.text
    assert form(answer.text)["began"] == "03:01"


def test_a_diary_that_cannot_be_read_keeps_nothing(home: Home, phone: FlaskClient) -> None:
    sent = form(page(phone))
    home.path.write_bytes(b"no diary")
    answer = phone.post("/cramp", data=sent, headers=OURS)
    assert (answer.status_code, home.told) == (503, 0)


def test_a_retraction_that_the_disk_refuses_leaves_the_form_as_it_was(home: Home, phone: FlaskClient) -> None:
    home.keeps = False
    answer = told(phone, act="retract")
    assert answer.status_code == 503
    assert form(answer.text)["began"] == "03:04"


def test_a_time_that_was_told_to_be_right_stays_right(home: Home) -> None:
    home.rows = (cramp("11 02:00", 1, trusted=False), ALL_NIGHT)
    phone, id = home.client(), "cramp 11 02:00"
    assert "The time above is right" in page(phone, id)
    told(phone, id, right="on")
    assert kept(home, id).trusted
    later(home)
    told(phone, id, severity="3")
    assert (kept(home, id).trusted, kept(home, id).severity) == (True, 3)
    assert "The cramp at 02:00" in words_of(page(phone, id))


# ── retracted ──


def test_an_entry_is_retracted_and_taken_back_and_nothing_is_lost(home: Home, phone: FlaskClient) -> None:
    told(phone, began="03:01", verdict="two cramps", severity="7")
    before = kept(home)
    later(home)
    assert told(phone, act="retract").status_code == 303
    gone = kept(home)
    assert (gone.verdict, gone.counts) == (Verdict.NONE, False)
    text = words_of(page(phone))
    assert "You told that it was none. It is kept, and in no count." in text
    assert "Put it back" in text
    later(home)
    assert told(phone, act="take-back").status_code == 303
    assert kept(home) == before


def test_taking_back_gives_a_doubtful_one_its_doubt_again(home: Home, phone: FlaskClient) -> None:
    third = THREE[2].id
    told(phone, third, act="retract")
    later(home)
    told(phone, third, act="take-back")
    assert kept(home, third).unsure


def test_the_one_that_another_is_the_same_as_is_not_retracted(home: Home, phone: FlaskClient) -> None:
    third = THREE[2].id
    told(phone, third, verdict="same as the one before")
    answer = told(phone, act="retract")
    assert answer.status_code == 400
    assert "The one at 05:12 was told to be the same as this. Correct that one first." in unescape(answer.text)
    assert kept(home).verdict is None


def test_an_added_cramp_is_retracted_as_well(home: Home) -> None:
    home.rows = (Added("page/x/1.000000", at("11 07:00"), at("11 02:00").wall, 60.0, by="A phone"), ALL_NIGHT)
    phone = home.client()
    text = words_of(page(phone, "page/x/1.000000"))
    assert "Began, as you added it 02:00 on Sunday, 11 January 2026 Lasted 1 minute Room not known" in text
    assert "Kept by a person, on the page: 07:00 on Sunday, 11 January 2026, on A phone" in text
    told(phone, "page/x/1.000000", act="retract")
    assert not kept(home, "page/x/1.000000").counts


# ── history ──


def test_what_was_told_once_is_the_whole_history(home: Home, phone: FlaskClient) -> None:
    told(phone, severity="7", leg="left", verdict="a cramp", ended="")
    assert history(page(phone)) == (
        "08:00 on Sunday, 11 January 2026, on A phone"
        " What it was: A cramp Began: 03:04 Lasted: not known How bad, 0 to 10: 7 Leg: Left"
    )


def test_every_change_is_told_newest_first_down_to_what_was_told_first(home: Home, phone: FlaskClient) -> None:
    told(phone, severity="7", leg="left")
    later(home, 10)
    told(phone, began="03:01", ended="", verdict="two cramps", leg="")
    later(home, 10)
    told(phone, verdict="a cramp", severity="0", began="03:04", ended="03:13", muscle="foot")
    assert history(page(phone)) == (
        "08:20 on Sunday, 11 January 2026, on A phone"
        " What it was: it was “Two cramps”, now it is “A cramp”."
        " Began: it was “03:01”, now it is “03:04”."
        " Lasted: it was “not known”, now it is “9 minutes”."
        " The second began: it was “03:08”, now it is “left open”."
        " How bad, 0 to 10: it was “7”, now it is “0”."
        " Muscle: it was “left open”, now it is “Foot”."
        " 08:10 on Sunday, 11 January 2026, on A phone"
        " What it was: it was “left open”, now it is “Two cramps”."
        " Began: it was “03:04”, now it is “03:01”."
        " Lasted: it was “9 minutes”, now it is “not known”."
        " The second began: it was “left open”, now it is “03:08”."
        " Leg: it was “Left”, now it is “left open”."
        " Before that How bad, 0 to 10: 7 Leg: Left"
    )


def test_the_history_names_the_phone_that_told(home: Home, phone: FlaskClient) -> None:
    told(phone, severity="7")
    later(home)
    other = home.visitor(home.house(), paired=False)
    other.set_cookie(COOKIE, home.pair("Anna <b>"))
    told(other, severity="3")
    assert "08:01 on Sunday, 11 January 2026, on Anna &lt;b&gt;" in page(phone)


def test_a_word_of_a_newer_version_is_shown_as_it_is(home: Home, phone: FlaskClient) -> None:
    import sqlite3
    from contextlib import closing

    told(phone, verdict="a cramp", severity="1")
    later(home)
    told(phone, severity="2")
    with closing(sqlite3.connect(home.path)) as diary:
        diary.execute("update amendments set before = 'half a cramp', field = 'verdict'")
        diary.commit()
    assert "What it was: it was “half a cramp”, now it is “A cramp”." in history(page(phone))


# ── nights in which the clock was changed ──


def changed(home: Home, onset: datetime, minutes: float = 5) -> tuple[FlaskClient, str]:
    """A night with one cramp, seen on the morning after."""
    began = Moment("boot", 1000.0, onset.astimezone(LONDON))
    ended = began.at(began.since_boot + minutes * 60)
    row = Cramp("it", began, led_from=began, last_press=ended, state=CrampState.ENDED, end=ended)
    home.rows, home.now = (row,), began.at(began.since_boot + 12 * 3600)
    return home.client(), "it"


def test_in_the_spring_night_a_skipped_time_is_answered(home: Home) -> None:
    phone, id = changed(home, datetime(2026, 3, 29, 2, 4, tzinfo=UTC))
    html = page(phone, id)
    assert "The cramp at 03:04" in html
    assert "23:50 is on 28 March 2026, 03:04 on 29 March 2026." in html
    assert "The clock was set forward in this night: one hour has no times." in html
    answer = told(phone, id, began="01:30")
    assert answer.status_code == 400
    assert "There was no such time on Sunday, 29 March 2026: the clock was set forward." in answer.text
    assert told(phone, id, began="00:59", ended="02:01").status_code == 303
    assert kept(home, id).seconds == 120


def test_in_the_autumn_night_the_first_of_two_is_taken_and_that_is_said(home: Home) -> None:
    phone, id = changed(home, datetime(2026, 10, 25, 1, 30, 20, tzinfo=UTC))
    html = page(phone, id)
    assert "Of a time that came twice, the first is meant." in html
    assert told(phone, id, severity="1").status_code == 303
    assert kept(home, id).pressed is None  # shown as 01:30, and left as it is
    later(home)
    assert told(phone, id, began="01:20", ended="").status_code == 303
    assert kept(home, id).onset == datetime(2026, 10, 25, 0, 20, tzinfo=UTC)


def test_an_entry_stays_in_its_night(home: Home, phone: FlaskClient) -> None:
    told(phone, began="23:10", ended="23:20")
    assert kept(home).onset == at("10 23:10").wall
    later(home)
    told(phone, began="12:00", ended="12:10")
    assert kept(home).onset == at("10 12:00").wall
    text = words_of(page(phone))
    assert "The night from Saturday to Sunday" in text
    assert "It began outside your sleep window" in text
    home.house().tell((CheckIn(date(2026, 1, 9), home.now),))
    assert "12:00 10 minutes, in the daytime" in words_of(phone.get("/diary").text)
    assert kept(home).pressed == at("11 03:04").wall
