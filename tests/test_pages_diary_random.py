"""Whatever is sent to the diary's forms: it is kept whole and the page leads on, or nothing is kept at all."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.night.effects import CrampState
from tests.homes import OURS, THREE, Home, cramp, watch
from tests.test_pages_diary_entry import form

pytestmark = pytest.mark.slow

MANY = settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""With four forms and more than one field each, well over two thousand values in all."""

TABLES = ("cramps", "judgements", "checkins", "medicines", "amendments")
IDS = st.sampled_from([*(row.id for row in THREE), "open", "practice", "nothing", "", "page/boot/1.000000"])
CLOCKS = st.times().map(lambda at: f"{at:%H:%M}") | st.sampled_from(["", "24:00", "1:2", "03:04:05", "03:04", "03:20"])
DAYS = st.dates().map(str) | st.sampled_from(["2026-01-11", "2026-01-10", "2026-01-03", "2025-03-30", "", "x"])
MADE = st.sampled_from(["boot/72000.000000", "boot/-1.000000", "", "boot", "é/1.000000"]) | st.text(max_size=40)
TICKS = st.sampled_from(["on", "off", ""])
VERDICTS = st.sampled_from(["a cramp", "no cramp", "same as the one before", "two cramps", "", "x"])
GRADES = st.integers(-3, 13).map(str)
LEGS = st.sampled_from(["left", "right", "both", "", "arm"])
MUSCLES = st.sampled_from(["calf", "foot", "thigh", "", "nose"])
REMEDIES = st.sampled_from(["statin", "magnesium", "quinine", "loop diuretic", "garlic", ""])
CHANGES = st.sampled_from(["started", "changed", "stopped", "", "eaten"])
FORMS: Mapping[str, Mapping[str, st.SearchStrategy[str]]] = {
    "/cramp": {
        "id": IDS, "seen": st.just("") | st.text(max_size=5), "verdict": VERDICTS, "began": CLOCKS, "ended": CLOCKS,
        "unknown": TICKS, "right": TICKS, "second": CLOCKS, "severity": GRADES, "leg": LEGS, "muscle": MUSCLES,
        "act": st.sampled_from(["retract", "take-back", "x"]),
    },
    "/diary/add": {
        "made": MADE, "day": DAYS, "began": CLOCKS, "ended": CLOCKS, "same": TICKS, "severity": GRADES, "leg": LEGS,
        "muscle": MUSCLES,
    },
    "/diary/medicines": {
        "made": MADE, "act": st.sampled_from(["retract", "take-back", "x"]),
        "day": DAYS, "remedy": REMEDIES, "change": CHANGES, "name": st.text(max_size=200), "id": IDS,
    },
    "/diary/away": {
        "where": st.sampled_from(["away", "here", "", "x"]), "first": DAYS, "last": DAYS, "sure": TICKS,
        "sure-of": st.sampled_from(["2026-01-10", "", "x"]),
    },
}  # fmt: skip


USUAL: Mapping[str, Mapping[str, str]] = {
    "/cramp": {"id": THREE[1].id, "began": "03:04", "ended": "03:09"},
    "/diary/add": {"day": "2026-01-11", "began": "02:00"},
    "/diary/medicines": {"day": "2026-01-05", "remedy": "statin", "change": "started"},
    "/diary/away": {"where": "away", "first": "2026-01-03", "last": "2026-01-06"},
}


def sent(fields: Mapping[str, st.SearchStrategy[str]]) -> st.SearchStrategy[dict[str, list[str]]]:
    """Some of the fields, with values that may fit; now and then a value is anything at all, or there twice."""
    one: dict[str, st.SearchStrategy[list[str]]] = {
        name: st.one_of(
            values.map(lambda text: [text]), values.map(lambda text: [text]), st.lists(st.text(), max_size=2)
        )
        for name, values in fields.items()
    }
    names = st.lists(st.sampled_from(sorted(fields)), max_size=4, unique=True)
    return names.flatmap(lambda some: st.fixed_dictionaries({name: one[name] for name in some}))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    running = cramp("11 07:55", state=CrampState.OPEN)
    return Home(tmp_path, rows=(*THREE, watch("10 18:00", "11 08:00"), running))


@pytest.fixture
def phone(home: Home) -> FlaskClient:
    return home.client()


def kept(home: Home) -> Iterator[tuple[object, ...]]:
    """Every row of what can be told."""
    with closing(sqlite3.connect(home.path)) as diary:
        for table in TABLES:
            yield from diary.execute(f"select '{table}', * from {table}").fetchall()


@pytest.mark.parametrize("path", FORMS)
def test_whatever_is_sent_is_kept_whole_or_not_at_all(home: Home, phone: FlaskClient, path: str) -> None:
    outcomes = set()

    @MANY
    @given(fields=sent(FORMS[path]))
    def send(fields: dict[str, list[str]]) -> None:
        home.now = home.now.at(home.now.since_boot + 1)
        before, told = list(kept(home)), home.told
        shown = form(phone.get(path if path != "/cramp" else f"{path}?id={THREE[1].id}").text)
        answer = phone.post(path, data={**shown, **USUAL[path], **fields}, headers=OURS)
        outcomes.add(answer.status_code)
        assert answer.status_code in (303, 400, 404)
        if answer.status_code == 303:
            assert phone.get(answer.headers["Location"]).status_code == 200
            return
        assert (list(kept(home)), home.told) == (before, told)
        assert answer.status_code == 404 or "Nothing is kept yet" in answer.text

    send()
    assert {303, 400} <= outcomes


@MANY
@given(month=st.text(max_size=12) | st.dates().map(lambda day: f"{day:%Y-%m}"), year=st.text(max_size=6))
def test_whatever_month_is_asked_for_is_answered(home: Home, phone: FlaskClient, month: str, year: str) -> None:
    assert phone.get("/diary", query_string={"month": month, "year": year}).status_code == 200


@MANY
@given(asked=st.dictionaries(st.sampled_from(["first", "last", "where", "kept", "id"]), st.text(max_size=20)))
def test_whatever_address_is_opened_is_answered(home: Home, phone: FlaskClient, asked: dict[str, str]) -> None:
    for path in ("/diary/away", "/diary/medicines", "/diary/add", "/cramp"):
        assert phone.get(path, query_string=asked).status_code in (200, 303, 404)
