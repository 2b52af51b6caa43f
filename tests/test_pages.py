"""The pages, asked through Flask's own client, over a real diary and real nights."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from bedside.night.cues import relief
from bedside.night.effects import CrampState, Evening, LightLevel, Phase, Reason, StretchState
from bedside.night.habits import Habits
from bedside.night.state import Line, Night
from bedside.pages import assets
from bedside.pages.evening import REASONS
from bedside.pages.site import make_site
from bedside.texts import SPOKEN
from tests.homes import OURS, QUIET, SATURDAY, THREE, WELL, Home, at, cramp, evening, report, watch, words_of

WATCHED = watch("10 18:00", "11 08:00")
PATHS = ("/", "/relief", "/stretch", "/settings", "/nothing")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def client(home: Home, *, in_demo: bool = False) -> FlaskClient:
    return home.client(in_demo=in_demo)


def morning(home: Home, *, in_demo: bool = False) -> str:
    answer = client(home, in_demo=in_demo).get("/")
    assert answer.status_code == 200
    return words_of(answer.text)


# ── who is answered, and what goes with every answer ──


@pytest.mark.parametrize("in_demo", [False, True])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/relief", 200),
        ("GET", "/stretch", 200),
        ("GET", "/settings", 200),
        ("POST", "/stretch/start", 403),
        ("POST", "/stretch/done", 403),
        ("POST", "/settings", 403),
        ("POST", "/settings/try", 403),
        ("HEAD", "/", 200),
        ("GET", "/static/style.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/nothing", 404),
        ("OPTIONS", "/", 200),
        ("POST", "/", 403),
        ("TRACE", "/", 403),
    ],
)
def test_every_answer_carries_the_headers(home: Home, in_demo: bool, method: str, path: str, status: int) -> None:
    answer = client(home, in_demo=in_demo).open(path, method=method)
    assert answer.status_code == status
    assert_guarded(answer.headers)
    assert (answer.headers["Cache-Control"] == "no-store") is (path != "/static/style.css")


def assert_guarded(headers: object) -> None:
    sent = dict(headers)  # type: ignore[call-overload]
    assert sent["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )
    assert sent["Referrer-Policy"] == "same-origin"
    assert sent["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.1.9:8080", "", "[::2]", "a b"])
@pytest.mark.parametrize(
    "path", ["/", "/relief", "/stretch", "/settings", "/settings/try", "/static/style.css", "/nothing", "/demo/press"]
)
def test_a_foreign_host_gets_400_and_nothing_of_the_night(home: Home, host: str, path: str) -> None:
    home.rows = THREE
    answer = client(home, in_demo=True).get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert_guarded(answer.headers)
    assert "03:04" not in answer.text
    assert "This address does not lead here" in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]", "[::1]:8080"])
def test_this_device_is_known_by_each_of_its_own_names(home: Home, host: str) -> None:
    assert client(home).get("/relief", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://localhost:9", "localhost", "http://[", "http://localhost/"]
)
def test_an_unsafe_method_needs_our_origin(home: Home, origin: str | None) -> None:
    page = client(home, in_demo=True)
    refused = page.post("/demo/press", headers={} if origin is None else {"Origin": origin})
    assert refused.status_code == 403
    assert_guarded(refused.headers)
    assert home.acts == []
    for host in ("localhost:8080", "[::1]:8080"):
        assert page.post("/demo/press", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 303


def test_no_page_holds_a_script_or_asks_for_anything_from_elsewhere(home: Home) -> None:
    home.rows = THREE
    page = client(home, in_demo=True)
    for path in PATHS:
        html = page.get(path).text
        assert "<script" not in html
        assert not re.search(r"\son\w+=|style=|javascript:", html)
        assert not re.search(r"""(src|href|action)=["'](?!/|#)""", html)


# ── when something is wrong ──


def test_a_page_that_is_not_there_says_so_and_leads_back(home: Home) -> None:
    answer = client(home).get("/nothing")
    assert "There is no such page" in words_of(answer.text)
    assert 'href="/relief"' in answer.text


def test_a_page_that_breaks_says_so_and_keeps_its_headers(home: Home) -> None:
    def broken() -> Night:
        raise RuntimeError("the night is gone")

    answer = home.visitor(replace(home.house(), night=broken)).get("/")
    assert answer.status_code == 500
    assert_guarded(answer.headers)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "This page could not be made" in answer.text
    assert "the night is gone" not in answer.text


def missing(path: Path) -> None:
    path.unlink()


def no_diary(path: Path) -> None:
    path.write_bytes(b"not a diary at all " * 999)


def without_tables(path: Path) -> None:
    path.unlink()
    sqlite3.connect(path).close()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_row_that_is_none(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update cramps set onset = '2026-01-10T23:99'")


def a_state_that_is_none(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update stretches set state = 'dreamt'")


@pytest.mark.parametrize(
    "spoil", [missing, no_diary, without_tables, a_folder, a_row_that_is_none, a_state_that_is_none]
)
def test_a_diary_that_cannot_be_read_is_told_and_all_else_is_shown(home: Home, spoil: object) -> None:
    home.rows = (*THREE, evening(StretchState.COMPLETED))
    house = home.house()
    for side in ("-wal", "-shm"):
        home.path.with_name(home.path.name + side).unlink(missing_ok=True)
    spoil(home.path)  # type: ignore[operator]
    assert_told(home.visitor(house))


def assert_told(page: FlaskClient) -> None:
    answer = page.get("/")
    assert answer.status_code == 200
    text = words_of(answer.text)
    assert "The diary cannot be read, so the night is not shown." in text
    assert "Cramps: not known" in text
    assert "No press" not in text
    assert "Tonight at 21:00 the device asks for the stretch." in text
    assert "Thermometer ✓ Well" in text or "The room is 18.5 °C warm." in text
    assert page.get("/relief").status_code == 200


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program holds the diary for itself alone."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = delete")
        connection.execute("begin exclusive")
        yield


@pytest.mark.slow
def test_a_locked_diary_is_told_and_comes_back(home: Home) -> None:
    home.rows = THREE
    page = client(home)
    with held(home.path):
        assert_told(page)
    assert "2 cramps" in words_of(page.get("/").text)


# ── which night ──


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("11 03:00", "The night from Saturday to Sunday 10 to 11 January 2026"),
        ("11 11:59", "The night from Saturday to Sunday"),
        ("11 15:00", "The night from Saturday to Sunday"),
        ("11 21:59", "The night from Saturday to Sunday"),
        ("11 22:00", "The night from Sunday to Monday 11 to 12 January 2026"),
    ],
)
def test_the_night_shown_is_the_latest_whose_sleep_window_has_opened(home: Home, now: str, night: str) -> None:
    home.now = at(now)
    assert night in morning(home)


def test_a_night_over_the_end_of_a_month_or_year_names_both(home: Home) -> None:
    home.now = at("1 08:00")
    assert "31 December 2025 to 1 January 2026" in morning(home)


def test_what_was_pressed_since_noon_stands_apart_until_bedtime(home: Home) -> None:
    home.rows = (*THREE, cramp("11 14:20", 3), cramp("11 14:40", 1, practice=True), WATCHED)
    home.now = at("11 15:00")
    text = morning(home)
    assert "2 cramps, and 1 press that may have been one" in text
    assert "Today, since noon 14:20 Lasted 3 minutes" in text
    assert "1 practice cramp is not counted." in text


# ── cramps ──


def test_each_cramp_has_its_time_its_duration_and_the_room(home: Home) -> None:
    home.rows = (*THREE, WATCHED)
    text = morning(home)
    assert "2 cramps, and 1 press that may have been one" in text
    assert "23:40 Lasted 6 minutes Room 18.5 °C" in text
    assert "03:04 Lasted not known: no end press Room 17.9 °C" in text
    assert "05:12 Lasted 2 minutes Room not known Was that a cramp? It was held or leaned on." in text


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.7, "42 seconds"), (1 / 60, "1 second"), (1, "1 minute"), (5.6, "6 minutes"), (63, "1 hour 3 minutes")],
)
def test_a_duration_is_told_in_words(home: Home, minutes: float, words: str) -> None:
    home.rows = (cramp("11 01:00", minutes),)
    assert f"Lasted {words} Room" in morning(home)


def test_a_press_held_by_itself_is_not_called_a_cramp(home: Home) -> None:
    home.rows = (cramp("11 01:00", 1, doubtful=True), cramp("11 02:00", 1, doubtful=True), WATCHED)
    assert "2 presses that may have been a cramp" in morning(home)


def test_a_time_by_a_clock_that_was_not_set_is_about(home: Home) -> None:
    home.rows = (cramp("11 01:00", 1, trusted=False),)
    assert "about 01:00" in morning(home)


def test_daytime_and_practice_are_not_counted_into_the_night(home: Home) -> None:
    home.rows = (cramp("10 14:10", 1), cramp("11 07:00", 2), cramp("11 02:00", 1, practice=True), WATCHED)
    text = morning(home)
    assert "No press for a cramp The button was listening for all 9 hours." in text
    assert "In the daytime Outside your sleep window, 22:00 to 07:00. 14:10" in text
    assert "07:00 Lasted 2 minutes" in text
    assert "1 practice cramp is not counted." in text
    assert "02:00" not in text


def test_an_open_cramp_is_open_only_while_the_night_leads_it(home: Home) -> None:
    left = cramp("11 03:04", state=CrampState.OPEN)
    home.rows = (left, WATCHED)
    home.now = at("11 03:10")
    assert "not known: no end press" in morning(home)
    home.night = replace(QUIET, phase=Phase.CRAMPING, cramp=left)
    text = morning(home)
    assert "Right now A cramp is open, since 03:04." in text
    assert "still open, since 03:04" in text
    assert "1 cramp so far" in text


# ── what is not known ──


def test_a_watched_night_without_a_press_says_how_long_it_was_listened_to(home: Home) -> None:
    home.rows = (watch("10 22:20", "11 08:00"),)
    text = morning(home)
    assert "No press for a cramp The button was listening for 8 hours 40 minutes of 9 hours." in text
    assert "no cramp" not in text.lower()


def test_a_night_that_was_not_watched_claims_nothing(home: Home) -> None:
    home.rows = (watch("10 22:00", "11 00:00"),)
    text = morning(home)
    assert "Cramps: not known The button was listening for only 2 hours of 9 hours" in text
    assert "whether there was a cramp is not known." in text
    assert "No press" not in text


def test_cramps_of_a_night_that_was_hardly_watched_may_not_be_all(home: Home) -> None:
    home.rows = (cramp("10 23:00", 1), watch("10 22:00", "11 00:00"))
    assert "1 cramp The button was listening for only 2 hours of 9 hours: there may have been more." in morning(home)


def test_an_empty_diary_claims_nothing(home: Home) -> None:
    text = morning(home)
    assert "The button was not listening in these 9 hours: whether there was a cramp is not known." in text
    assert "Not known: no temperature is kept for these hours." in text
    assert "Before this night Not known: nothing is kept about it." in text


def test_a_running_night_is_measured_up_to_now_with_the_watch_that_still_runs(home: Home) -> None:
    home.now = at("11 00:00")
    home.night = replace(QUIET, watch=watch("10 21:00", "10 23:41"))
    assert "No press for a cramp so far The button was listening for all 2 hours." in morning(home)
    home.now = at("10 22:00")
    assert "The sleep window has only just begun." in morning(home)


def test_the_room_is_told_over_the_sleep_window_alone(home: Home) -> None:
    home.degrees = (18.0, 19.0, 20.0)
    assert "The room, 22:00 to 07:00 Average 19.0 °C Lowest 17.8 °C Highest 20.2 °C" in morning(home)


def test_a_frosty_room_has_a_minus_sign(home: Home) -> None:
    home.degrees = (-3.26,)
    assert "Average −3.3 °C" in morning(home)  # noqa: RUF001 (a true minus sign)


# ── the evening ──


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (evening(StretchState.COMPLETED), "Done to the end."),
        (evening(StretchState.STARTED), "Started, not done to the end."),
        (evening(StretchState.SKIPPED), "Skipped with the button."),
        (evening(StretchState.OFFERED, asks=3), "The device asked 3 times. It was not answered."),
        (evening(StretchState.OFFERED, asks=1), "The device asked once. It was not answered."),
        (evening(StretchState.UNKNOWN, reason=Reason.CRAMP_FIRST), "Not known: a cramp came first."),
        (evening(StretchState.UNKNOWN, reason=Reason.NOT_ASKED), "Not known: the device has not asked."),
        (evening(StretchState.UNKNOWN, reason=Reason.NO_OUTPUT), "but neither sound nor light worked."),
        (evening(StretchState.UNKNOWN, reason=Reason.CLOCK_NOT_SET), "Not known: the clock was not set"),
        (evening(StretchState.UNKNOWN, reason=Reason.MISSED), "Not known: the device did not ask in time"),
        (
            evening(StretchState.SKIPPED, asks=1, trusted=False),
            "The clock was not set, so the time it asked may have been",
        ),
    ],
)
def test_what_the_evening_came_to_is_told_in_plain_words(home: Home, row: Evening, words: str) -> None:
    home.rows = (row,)
    text = morning(home)
    assert "Before this night" in text
    assert words in text


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason])
def test_every_reason_has_its_words(reason: Reason) -> None:
    assert reason in REASONS


@pytest.mark.parametrize("live", [True, False])
def test_a_stretch_asked_for_past_midnight_is_that_of_the_night_it_fell_into(home: Home, live: bool) -> None:
    late = evening(StretchState.COMPLETED, SATURDAY + timedelta(days=1), night=SATURDAY)
    home.rows, home.night = () if live else (late,), replace(QUIET, evening=late if live else None)
    assert "Before this night Done to the end." in morning(home)


SKIPPED = evening(StretchState.SKIPPED)
DONE_PAST_MIDNIGHT = evening(StretchState.COMPLETED, SATURDAY + timedelta(days=1), night=SATURDAY)


@pytest.mark.parametrize(
    ("kept", "live"),
    [
        ((SKIPPED, DONE_PAST_MIDNIGHT), None),
        ((SKIPPED,), DONE_PAST_MIDNIGHT),
        ((DONE_PAST_MIDNIGHT,), SKIPPED),
        ((SKIPPED, DONE_PAST_MIDNIGHT), SKIPPED),
    ],
)
def test_of_two_evenings_in_one_night_the_one_that_was_done_counts(
    home: Home, kept: tuple[Evening, ...], live: Evening | None
) -> None:
    home.rows, home.night = kept, replace(QUIET, evening=live)
    assert "Before this night Done to the end." in morning(home)


@pytest.mark.parametrize("over", [True, False])
def test_what_is_planned_leaves_out_an_evening_that_asks_no_more(home: Home, over: bool) -> None:
    tonight = at("11 12:00").wall.date()
    home.night = replace(QUIET, evening=evening(StretchState.COMPLETED, tonight, over=over))
    morning(home)
    assert home.left_out == (tonight if over else None)


def test_an_evening_that_still_asks_is_not_told_as_over(home: Home) -> None:
    asking = evening(StretchState.OFFERED, at("11 12:00").wall.date(), asks=2, over=False)
    home.now = at("11 21:12")
    home.night = replace(QUIET, phase=Phase.ASKING, evening=asking)
    home.reminder = "12 21:00"
    text = morning(home)
    assert "It is asking right now." in text
    assert 'href="/stretch">See the stretch' in client(home).get("/").text
    assert "This evening The device has asked twice so far. It was not answered yet." in text
    assert "Tomorrow at 21:00 the device asks for the stretch." in text


@pytest.mark.parametrize(
    ("reminder", "words"),
    [
        ("11 21:00", "Tonight at 21:00 the device asks"),
        ("12 21:30", "Tomorrow at 21:30 the device asks"),
        ("14 20:15", "On Wednesday at 20:15 the device asks"),
        (None, "No reminder is planned."),
    ],
)
def test_the_next_reminder_is_told_with_its_day(home: Home, reminder: str | None, words: str) -> None:
    home.reminder = reminder
    assert words in morning(home)


# ── the device ──


def test_every_part_is_told_those_that_need_attention_first(home: Home) -> None:
    silent = "The thermometer gives no answer."
    home.parts = (*WELL[:2], report("thermometer", silent, remedy="Check its cable."), report("page", "It is here."))
    text = morning(home)
    assert "The thermometer needs attention. See what to do" in text
    assert f"The device Thermometer Needs attention {silent} Check its cable. Button Well" in text
    assert "Speaker Not known It has not reported yet." in text
    assert "Page Well It is here." in text


@pytest.mark.parametrize(
    ("night", "words"),
    [
        (replace(QUIET, line=Line.STUCK), "Something lies on the button, or its wire is stuck."),
        (replace(QUIET, line=Line.LEANED_ON), "Something leans on the button."),
        (Night(), "A press would not be heard right now."),
        (replace(QUIET, unsaved=frozenset("ab")), "Not written down yet: 2 records."),
    ],
)
def test_what_the_night_knows_to_be_wrong_stands_at_the_top(home: Home, night: Night, words: str) -> None:
    home.night = night
    text = morning(home)
    assert "Needs attention" in text.partition(words)[0]
    assert words in text.partition("The device Button")[0]


def test_a_clock_that_is_not_set_is_told(home: Home) -> None:
    home.now = at("11 08:00", trusted=False)
    assert "The clock is not set. The dates and times on this page may be wrong." in morning(home)


def test_nothing_is_flagged_when_all_is_well(home: Home) -> None:
    assert "Needs attention" not in morning(home)


def test_practice_and_a_running_stretch_are_told(home: Home) -> None:
    home.night = replace(QUIET, phase=Phase.STRETCHING, practice_until=home.now.since_boot + 300)
    text = morning(home)
    assert "The stretch is running right now." in text
    assert "See the stretch" in text
    assert "Practice is on until 08:05: what is pressed now is not counted." in text
    home.now = home.now.at(home.now.since_boot + 400)
    assert "Practice is on" not in morning(home)


def test_a_quiet_night_leads_to_no_stretch(home: Home) -> None:
    home.night = replace(QUIET, phase=Phase.CRAMPING, cramp=cramp("11 07:58"))
    assert "See the stretch" not in morning(home)
    home.night = QUIET
    assert "See the stretch" not in morning(home)


def test_what_was_told_on_the_page_is_not_what_the_device_led(home: Home) -> None:
    told = evening(StretchState.COMPLETED, at("11 12:00").wall.date(), by_page=True)
    home.now, home.night = at("11 20:00"), replace(QUIET, evening=told)
    assert "This evening Done, as you told it on the page." in morning(home)


def test_sample_nights_are_marked(home: Home) -> None:
    home.rows = THREE
    house = home.house()
    page = home.visitor(house)
    assert "These are sample nights" not in page.get("/").text
    with closing(sqlite3.connect(home.path)) as connection, connection:
        connection.execute("update cramps set origin = 'sample'")
    assert "These are sample nights, made up for this demo." in page.get("/").text


def test_every_page_says_that_it_is_no_diagnosis_and_leads_to_relief(home: Home) -> None:
    page = client(home)
    for path in PATHS:
        html = page.get(path).text
        assert "Not a diagnosis. Nothing here has been reviewed by a clinician." in html
        assert 'href="/relief"' in html


# ── relief ──


@pytest.mark.parametrize("stands", [True, False])
def test_relief_says_the_warning_signs_first_and_then_what_the_voice_says(home: Home, stands: bool) -> None:
    home.habits = Habits(stands=stands)
    text = words_of(client(home).get("/relief").text)
    order = ["Call your local emergency number now if", "Get medical help today if", "Otherwise, do this"]
    places = [text.index(words) for words in (*order, *(SPOKEN[cue] for _, cue in relief(stands)[:4] if cue))]
    assert places == sorted(places)
    assert ("Stand only if you are steady" in text) is stands
    assert "After 20 seconds Keep holding, and breathe." in text
    assert "After 10 minutes Ten minutes is unusually long" in text


def test_relief_needs_no_diary_and_no_well_night(home: Home) -> None:
    def broken() -> Night:
        raise RuntimeError("the night is gone")

    house = replace(home.house(), night=broken, diary=Path("/nowhere/diary.db"))
    assert home.visitor(house).get("/relief").status_code == 200


def luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    red, green, blue = (linear(int(digits[i : i + 2], 16) / 255) for i in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def schemes() -> list[dict[str, str]]:
    """The colours of light, dark and the dark room, by their names in the style sheet."""
    style = (assets() / "static/style.css").read_text()
    blocks = re.findall(r"--ground.*?}", style, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", block)) for block in blocks[:3]]


@pytest.mark.parametrize("scheme", schemes(), ids=["light", "dark", "dark room"])
def test_every_text_stands_out_from_its_ground(scheme: dict[str, str]) -> None:
    """WCAG 2.2 AA for text of any size: 4.5 to 1."""
    pairs = [(text, ground) for text in ("ink", "soft", "warm") for ground in ("ground", "card", "wash")]
    pairs += [("ink", "ill-wash"), ("ill", "ill-wash"), ("warm", "ill-wash"), ("ill", "card"), ("on-warm", "warm")]
    pairs += [("well", "card")] if "well" in scheme else []
    assert {
        pair: contrast(scheme[pair[0]], scheme[pair[1]]) for pair in pairs if contrast(*map(scheme.get, pair)) < 4.5
    } == {}  # type: ignore[arg-type]


# ── the demo ──


def test_a_device_has_no_demo(home: Home) -> None:
    page = client(home)
    assert "demo" not in page.get("/").text.lower()
    for name in ("press", "hold", "remind"):
        assert page.post(f"/demo/{name}", headers=OURS).status_code == 404


def test_the_demo_presses_holds_and_asks_and_comes_back_to_the_page(home: Home) -> None:
    page = client(home, in_demo=True)
    for name in ("press", "hold", "remind"):
        answer = page.post(f"/demo/{name}", headers=OURS)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        assert f'action="/demo/{name}"' in page.get("/").text
    assert home.acts == [0.2, 4.0, "remind"]
    assert page.get("/demo/press").status_code == 405


def test_the_demo_shows_the_light_the_phase_and_what_was_said_last(home: Home) -> None:
    home.night = replace(QUIET, phase=Phase.CRAMPING, light=LightLevel.FULL)
    home.heard = ("Keep holding, and breathe.", "Breathe <b>out</b>.")
    text = words_of(client(home, in_demo=True).get("/").text)
    assert "This is a demo." in text
    assert "Light full and warm Night a cramp is open" in text
    assert "Keep holding, and breathe. Breathe <b>out</b>." in text


@pytest.mark.parametrize("level", LightLevel)
def test_the_demo_has_words_for_every_light(home: Home, level: LightLevel) -> None:
    home.night = replace(QUIET, light=level)
    assert f'<span class="lamp {level}"' in client(home, in_demo=True).get("/").text


def test_the_demo_looks_again_by_itself_only_while_something_goes_on(home: Home) -> None:
    page = client(home, in_demo=True)
    assert 'http-equiv="refresh"' not in page.get("/").text
    home.night = replace(QUIET, phase=Phase.ASKING)
    assert '<meta http-equiv="refresh" content="5">' in page.get("/").text
    assert 'http-equiv="refresh"' not in client(home).get("/").text


# ── form ──


def test_headings_come_in_order_and_every_section_has_a_name(home: Home) -> None:
    home.rows = (*THREE, cramp("10 14:10", 1), WATCHED)
    home.heard = ("Keep holding.",)
    page = client(home, in_demo=True)
    for path in PATHS:
        html = page.get(path).text
        levels = [int(level) for level in re.findall(r"<h(\d)", html)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        names = re.findall(r'aria-labelledby="([\w-]+)"', html)
        assert all(html.count(f'id="{name}"') == 1 for name in names)


def test_a_page_weighs_little(home: Home) -> None:
    home.rows = (*THREE, WATCHED)
    page = client(home)
    weights = [len(page.get(path).data) for path in ("/", "/relief", "/static/style.css", "/static/icon.svg")]
    assert sum(weights) < 50_000


def test_the_assets_are_a_folder_of_the_wheel_or_of_the_checkout(home: Home) -> None:
    assert (assets() / "templates/base.html").exists()
    assert make_site(home.house(), assets()).test_client().get("/static/icon.svg").mimetype == "image/svg+xml"


def test_times_are_local_to_the_house(home: Home) -> None:
    """In New York it is five hours earlier: the sleep window is its own, and so is the name of the night."""
    home.rows, new_york = (cramp("11 05:12", 2), WATCHED), ZoneInfo("America/New_York")
    text = words_of(home.visitor(replace(home.house(), find_zone=lambda: new_york)).get("/").text)
    assert "00:12 Lasted 2 minutes" in text
    assert "The button was listening for all 5 hours." in text
