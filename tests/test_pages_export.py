"""The export page: files to take away, as streams; and one to bring in, with a fresh code, into an empty diary."""

import gzip
import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bedside.diary.exported import LARGEST
from bedside.door import OPEN_SECONDS, TRIES
from bedside.night.effects import CrampState, Phase
from bedside.night.state import Line
from bedside.pages.export_views import COPYING
from bedside.pages.headers import HEADERS
from bedside.pages.uploads import IMPORT, limits, token_in
from bedside.phones import LASTS
from tests.diary.rows import boot, open_files, phone
from tests.diary.whole import diary, exported
from tests.homes import LONDON, OURS, QUIET, THREE, Home, at, watch, words_of

FILES = ("cramps.csv", "nights.csv", "diary.json", "diary.db")
FRESH = "Then get a fresh code."


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """With an empty diary, and a phone that is paired."""
    return Home(tmp_path, rows=(watch("10 21:00", "11 07:30"), boot()))


@pytest.fixture
def page(home: Home) -> FlaskClient:
    return home.client()


@pytest.fixture
def file(tmp_path: Path) -> bytes:
    """A diary that was exported elsewhere."""
    return exported(diary(tmp_path / "elsewhere.db", [*THREE, watch("9 21:00", "10 07:30"), phone()]))


def bring(client: FlaskClient, file: bytes | None, code: str | None) -> TestResponse:
    data: dict[str, object] = {} if code is None else {"code": code}
    if file is not None:
        data["file"] = (io.BytesIO(file), "bedside-diary-2026-01-10.json")
    return client.post("/import", data=data, headers=OURS, content_type="multipart/form-data")


def told(answer: TestResponse, field: str) -> str:
    """The sentence beside the field, which the field names."""
    assert f'aria-describedby="import-{field}-wrong"' in answer.text
    assert "<title>Not brought in – Export and import" in answer.text  # noqa: RUF001 (a true dash)
    found = re.findall(r'<p class="wrong" id="import-(\w+)-wrong" role="alert">(.*?)</p>', answer.text)
    assert [name for name, _ in found] == [field]
    return str(found[0][1])


def cramps(home: Home) -> int:
    with closing(sqlite3.connect(home.path)) as connection:
        return int(connection.execute("select count(*) from cramps").fetchone()[0])


def leftovers(home: Home) -> list[Path]:
    return list(home.folder.glob("diary.db.*"))


# --- export ---


def test_the_page_offers_each_file_and_says_who_can_read_it(page: FlaskClient) -> None:
    html = page.get("/export").text
    assert re.findall(r'href="/export/([\w.]+)"', html) == list(FILES)
    assert "Whoever has such a file can read it" in words_of(html)
    assert "wrong" not in html


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_given_to_be_kept_under_its_name_and_the_date(home: Home, name: str) -> None:
    home.rows = (*THREE, phone())
    client = home.client()
    answer = client.get(f"/export/{name}", buffered=True)
    stem, _, suffix = name.partition(".")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f"attachment; filename=bedside-{stem}-2026-01-11.{suffix}"
    kinds = {"csv": "text/csv; charset=utf-8", "json": "application/json", "db": "application/vnd.sqlite3"}
    assert answer.headers["Content-Type"] == kinds[suffix]
    assert answer.headers["Cache-Control"] == "no-store"
    assert {header: answer.headers[header] for header in HEADERS} == dict(HEADERS)
    assert b"5e" * 32 not in answer.data
    assert open_files(home.folder) == []
    found = {
        "cramps.csv": lambda text: text.count(b"\r\n") == 4 and b"2026-01-11T03:04:00+00:00" in text,
        "nights.csv": lambda text: text.startswith(b"\xef\xbb\xbfnight,observed"),
        "diary.json": lambda text: len(json.loads(text)["tables"]["cramps"]) == 3,
        "diary.db": lambda text: text.startswith(b"SQLite format 3\0"),
    }
    assert found[name](answer.data)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", ["HEAD", "gone at once", "gone in the midst"])
def test_a_phone_that_does_not_take_the_file_leaves_nothing_open(home: Home, name: str, how: str) -> None:
    home.rows = THREE
    client = home.client()
    if how == "HEAD":
        assert client.head(f"/export/{name}").data == b""
    else:
        answer = client.get(f"/export/{name}", buffered=False)
        if how == "gone in the midst":
            next(answer.iter_encoded())
        answer.close()
    assert open_files(home.folder) == []


@pytest.mark.parametrize("name", FILES)
def test_a_diary_that_cannot_be_read_is_told_as_such(home: Home, page: FlaskClient, name: str) -> None:
    home.path.write_bytes(b"no diary" * 999)
    answer = page.get(f"/export/{name}")
    assert answer.status_code == 503
    assert "The diary cannot be read just now" in answer.text
    assert "Content-Disposition" not in answer.headers


@pytest.mark.parametrize("name", FILES)
def test_a_stranger_gets_no_file(home: Home, name: str) -> None:
    answer = home.client(paired=False).get(f"/export/{name}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/pair")


# --- import ---


def test_with_a_fresh_code_the_diary_comes_in_and_is_the_same(home: Home, page: FlaskClient, file: bytes) -> None:
    answer = bring(page, file, home.entrance.door.open().code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/export?brought_in=1")
    assert "The diary is brought in." in page.get("/export?brought_in=1").text
    again = json.loads(page.get("/export/diary.json").data)["tables"]
    expected = json.loads(file)["tables"]
    for table in expected:
        if table == "boots":
            assert len(again[table]) == 1
        elif table == "watches":
            assert len(again[table]) == 2
        elif table == "cramps":
            assert again[table] == expected[table]
    assert len(expected["cramps"]) == 3
    assert leftovers(home) == []


def test_it_comes_in_once_and_the_second_is_told_that_the_diary_is_not_empty(
    home: Home, page: FlaskClient, file: bytes
) -> None:
    code = home.entrance.door.open().code
    assert bring(page, file, code).status_code == 303
    again = bring(page, file, home.entrance.door.open().code)
    assert again.status_code == 409
    assert told(again, "file").startswith("Nothing is brought in: this diary is not empty.")
    assert home.entrance.door.standing() is not None  # the code is not used up
    assert cramps(home) == 3


def test_a_code_is_good_once(home: Home, page: FlaskClient, file: bytes) -> None:
    code = home.entrance.door.open().code
    broken = bring(page, file[:-9], code)
    assert (broken.status_code, told(broken, "file").endswith(FRESH)) == (400, True)
    assert told(bring(page, file, code), "code").startswith("No code is good just now.")
    assert cramps(home) == 0


def test_wrong_codes_count_among_those_of_all_comers_and_what_is_no_code_does_not(
    home: Home, page: FlaskClient, file: bytes
) -> None:
    code = home.entrance.door.open().code
    for nothing in (None, "", "12345", "<b>"):
        assert told(bring(page, file, nothing), "code").startswith("The code has 6 digits.")
    for number in range(1, TRIES):
        wrong = bring(page, file, f"{(int(code) + number) % 10**6:06}")
        assert wrong.status_code == 400
        assert told(wrong, "code").startswith("That is not the code.")
        assert told(wrong, "code").endswith("Choose the file once more, too.")
    assert told(bring(page, file, f"{(int(code) + 9) % 10**6:06}"), "code").startswith("No code is good just now.")
    assert bring(page, file, code).status_code == 400
    assert cramps(home) == 0


def test_a_code_is_good_for_two_minutes(home: Home, page: FlaskClient, file: bytes) -> None:
    code = home.entrance.door.open().code
    home.now = home.now.at(home.now.since_boot + OPEN_SECONDS)
    assert told(bring(page, file, code), "code").startswith("No code is good just now.")
    assert cramps(home) == 0


@pytest.mark.parametrize(
    "night",
    [
        replace(QUIET, phase=Phase.CRAMPING),
        replace(QUIET, phase=Phase.ASKING),
        replace(QUIET, phase=Phase.STRETCHING),
        replace(QUIET, line=Line.DOWN),
    ],
    ids=["cramp", "ask", "stretch", "finger"],
)
def test_while_somebody_is_at_it_nothing_comes_in_and_the_code_is_not_used_up(
    home: Home, page: FlaskClient, file: bytes, night: object
) -> None:
    code = home.entrance.door.open().code
    home.night = night  # type: ignore[assignment]
    answer = bring(page, file, code)
    assert answer.status_code == 409
    assert told(answer, "file").startswith("Nothing is brought in: something goes on at the bed just now")
    home.night = QUIET
    assert bring(page, file, code).status_code == 303


def test_a_form_without_a_file_or_with_two_is_told_so(home: Home, page: FlaskClient, file: bytes) -> None:
    code = home.entrance.door.open().code
    assert told(bring(page, None, code), "file") == "Choose the file first."
    two = {"code": code, "file": [(io.BytesIO(file), "a.json"), (io.BytesIO(file), "b.json")]}
    assert told(page.post("/import", data=two, headers=OURS), "file") == "Choose the file first."
    text = {"code": code, "file": file.decode()}
    assert told(page.post("/import", data=text, headers=OURS), "file") == "Choose the file first."
    unnamed = {"code": code, "file": (io.BytesIO(b""), "")}
    assert told(page.post("/import", data=unnamed, headers=OURS), "file") == "Choose the file first."
    assert bring(page, file, code).status_code == 303


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "This is no diary that bedside has exported."),
    "packed": (lambda text: gzip.compress(text)[:-9], "This is no diary that bedside has exported."),
    "cut off": (lambda text: text[: len(text) // 2], "The file"),
    "version": (lambda text: text.replace(b'"bedside":1', b'"bedside":9'), "The file was made by another version"),
    "script": (
        lambda text: text.replace(b'"doubtful":1', b'"doubtful":"<script>"'),
        "Row 3 of cramps cannot be: doubtful is &lt;script&gt;.",
    ),
    "strange column": (
        lambda text: text.replace(b'"doubtful"', b'"<b>"', 1),
        "Row 1 of cramps has a column &lt;b&gt;, which this diary does not know.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_is_refused_by_a_sentence_and_nothing_is_kept(
    home: Home, page: FlaskClient, file: bytes, name: str
) -> None:
    change, sentence = BAD[name]
    answer = bring(page, change(file), home.entrance.door.open().code)
    assert answer.status_code == 400
    assert told(answer, "file").startswith(sentence)
    assert cramps(home) == 0
    assert leftovers(home) == []


def test_a_file_of_thirty_megabytes_is_not_looked_at(home: Home, page: FlaskClient) -> None:
    answer = bring(page, b" " * 30_000_000, home.entrance.door.open().code)
    assert answer.status_code == 413
    assert told(answer, "file").startswith("The file is larger than 20 MB")
    assert home.entrance.door.standing() is not None


def test_a_diary_that_is_not_written_yet_is_told_as_such(home: Home, page: FlaskClient, file: bytes) -> None:
    home.keeps = False
    answer = bring(page, file, home.entrance.door.open().code)
    assert answer.status_code == 503
    assert "Not written down yet" in answer.text


def test_a_diary_that_cannot_be_read_keeps_the_code(home: Home, page: FlaskClient, file: bytes) -> None:
    code = home.entrance.door.open().code
    kept = home.path.read_bytes()
    home.path.write_bytes(b"no diary" * 999)
    answer = bring(page, file, code)
    assert answer.status_code == 503
    assert told(answer, "file").startswith("The diary cannot be read just now")
    home.path.write_bytes(kept)
    assert bring(page, file, code).status_code == 303


def test_the_press_that_paired_the_phone_does_not_count(home: Home, file: bytes) -> None:
    home.rows = (replace(THREE[0], id="paired", state=CrampState.NO_CRAMP, end=None),)
    assert bring(home.client(), file, home.entrance.door.open().code).status_code == 303


# --- who may send so much ---


def test_only_a_phone_that_is_let_in_may_send_a_large_body_and_to_the_import_alone(home: Home) -> None:
    token = home.pair()
    taken = limits(home.entrance, open_to_all=False)
    cookies = f"other=1; bedside_phone={token}"
    assert taken.large_body("POST", IMPORT, cookies) == LARGEST
    assert taken.large_body("PUT", IMPORT, cookies) is None
    assert taken.large_body("POST", "/settings", cookies) is None
    for stranger in ("", "bedside_phone=", f"bedside_phone={token}x", f"other={token}", token):
        assert taken.large_body("POST", IMPORT, stranger) is None
        assert limits(home.entrance, open_to_all=True).large_body("POST", IMPORT, stranger) == LARGEST
    assert home.records[1:] == []  # it is no visit
    home.now = replace(home.now, wall=home.now.wall + LASTS + timedelta(days=1))
    assert taken.large_body("POST", IMPORT, cookies) is None


@pytest.mark.parametrize(
    ("cookies", "token"),
    [
        ("bedside_phone=a", "a"),
        (" bedside_phone=a ; x=y", "a"),
        ("x=y;bedside_phone=a=b", "a=b"),
        ("xbedside_phone=a", ""),
        ("bedside_phone", ""),
        (";;", ""),
    ],
)
def test_the_token_is_found_among_the_cookies(cookies: str, token: str) -> None:
    assert token_in(cookies) == token


def test_the_date_in_a_files_name_is_the_local_one(home: Home) -> None:
    home.now = replace(home.now, wall=home.now.wall.replace(month=7, hour=23, minute=30).astimezone(LONDON))
    answer = home.client().get("/export/diary.json")
    assert home.now.wall.strftime("%Y-%m-%d") in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(("now", "taken"), [("11 06:59", False), ("11 07:00", True), ("11 22:00", False)])
def test_in_the_sleep_window_nothing_comes_in_and_the_code_is_not_used_up(
    home: Home, page: FlaskClient, file: bytes, now: str, taken: bool
) -> None:
    home.now = at(now)
    code = home.entrance.door.open().code
    answer = bring(page, file, code)
    assert (answer.status_code == 303) is taken
    assert (cramps(home) > 0) is taken
    if not taken:
        assert told(answer, "file").startswith("Nothing is brought in: it is the time you sleep.")
        assert home.entrance.door.standing() is not None


def test_a_second_copy_at_the_same_time_is_told_to_wait(page: FlaskClient) -> None:
    with COPYING:
        answer = page.get("/export/diary.db")
    assert answer.status_code == 503
    assert "Another copy is being made" in answer.text
    assert page.get("/export/diary.db", buffered=True).status_code == 200
