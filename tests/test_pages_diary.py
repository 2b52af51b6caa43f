"""The diary's months: every night and its cramps, newest first, in words that say no more than is known."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bedside.diary.store import Diary
from bedside.night.effects import CrampState, Save
from bedside.night.told import Added, CheckIn, Judgement, Verdict
from bedside.sample import sample_nights
from tests.homes import LONDON, QUIET, SATURDAY, THREE, Home, at, cramp, watch, words_of

ALL_NIGHT = watch("10 18:00", "11 08:00")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, rows=(*THREE, ALL_NIGHT))


def nights(html: str) -> list[str]:
    """Each night's line, with its cramps, as it is read."""
    found = re.search(r'<ol class="nights">(.*?)</ol>', html, re.DOTALL)
    items = re.split(r'<li>\n<p><a href="/\?night=', found[1]) if found else []
    return [words_of(f'<body><p><a href="{item}') for item in items[1:]]


def shown(home: Home, query: str = "") -> list[str]:
    return nights(home.client().get(f"/diary{query}").text)


def roll_up(home: Home) -> None:
    """What the writer does when it has nothing else to do."""
    diary = Diary(home.path)
    while diary.tidy(home.now, LONDON):
        pass
    diary.close()


# ── what is shown of a night ──


def test_a_night_has_what_it_came_to_and_each_of_its_cramps(home: Home) -> None:
    home.now = at("12 08:00")
    assert shown(home) == [
        "Sunday 11 Cramps: not known",
        "Saturday 10 2 cramps, and 1 press that may have been one"
        " 23:40 6 minutes 03:04 length not known 05:12 2 minutes, doubtful",
    ]


def test_a_night_that_is_kept_rolled_up_reads_the_same(home: Home) -> None:
    home.now = at("13 08:00")
    before = shown(home)
    roll_up(home)
    assert shown(home) == before
    assert len(before) == 3


def test_a_row_that_is_out_of_date_is_never_shown(home: Home) -> None:
    home.now = at("12 08:00")
    home.client()
    roll_up(home)
    home.house().tell((CheckIn(SATURDAY, home.now, slept_here=False),))
    assert shown(home)[-1].startswith("Saturday 10 Away 23:40")


def test_each_cramp_leads_to_its_entry_and_each_night_to_its_page(home: Home) -> None:
    html = home.client().get("/diary").text
    assert 'href="/?night=2026-01-10"' in html
    assert 'href="/cramp?id=cramp%2010%2023%3A40"' in html


def test_what_sets_a_cramp_apart_is_said(home: Home) -> None:
    home.now = at("12 08:00")
    home.rows = (
        cramp("10 14:10", 1),
        cramp("10 23:00", 1, practice=True),
        cramp("11 01:00", 1, trusted=False),
        *(cramp(f"11 0{hour}:00", 1) for hour in (2, 3, 4, 5)),
        Added("page/x/1.000000", at("11 07:00"), at("11 06:00").wall),
        Judgement("cramp 11 02:00", at("11 07:00"), Verdict.CRAMP, severity=7),
        Judgement("cramp 11 03:00", at("11 07:00"), Verdict.NONE),
        Judgement("cramp 11 04:00", at("11 07:00"), Verdict.TWO),
        Judgement("cramp 11 05:00", at("11 07:00"), Verdict.SAME),
        ALL_NIGHT,
    )
    (line,) = [line for line in shown(home) if line.startswith("Saturday")]
    assert line == (
        "Saturday 10 5 cramps"
        " 14:10 1 minute, in the daytime"
        " 23:00 1 minute, practice"
        " about 01:00 1 minute"
        " 02:00 1 minute, severity 7 of 10"
        " 03:00 1 minute, you told that it was none"
        " 04:00 1 minute, you told that it was two"
        " 05:00 1 minute, you told that it was the same as the one before"
        " 06:00 length not known, added on the page"
    )


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ((ALL_NIGHT,), "No press for a cramp (unconfirmed)"),
        ((ALL_NIGHT, CheckIn(SATURDAY, at("11 07:00"), slept_here=True)), "No press for a cramp"),
        ((ALL_NIGHT, CheckIn(SATURDAY, at("11 07:00"), slept_here=False)), "Away"),
        ((watch("10 18:00", "10 23:00"),), "Cramps: not known"),
        ((watch("10 18:00", "10 23:00"), cramp("10 22:30", 1)), "1 cramp (there may have been more) 22:30 1 minute"),
        ((ALL_NIGHT, cramp("11 02:00", 1, doubtful=True)), "1 press that may have been a cramp (unconfirmed)"
         " 02:00 1 minute, doubtful"),
        ((ALL_NIGHT, cramp("11 02:00", 1), Judgement("cramp 11 02:00", at("11 07:00"), Verdict.NONE)),
         "No cramp, as you told it (unconfirmed) 02:00 1 minute, you told that it was none"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_night_says_no_more_than_is_known(home: Home, rows: tuple[object, ...], says: str) -> None:
    home.now, home.rows = at("12 08:00"), rows  # type: ignore[assignment]
    assert shown(home)[-1] == f"Saturday 10 {says}"


def test_unconfirmed_is_explained_where_it_is_said(home: Home) -> None:
    explained = "Unconfirmed: a press would have been heard"
    assert explained not in home.client().get("/diary").text
    home.now, home.rows = at("12 08:00"), (watch("11 18:00", "12 08:00"), watch("9 18:00", "10 08:00"))
    assert explained in home.client().get("/diary").text


def test_a_night_with_a_doubtful_press_is_not_explained_as_one_without_any(home: Home) -> None:
    home.now, home.rows = at("12 08:00"), (ALL_NIGHT, cramp("11 02:00", 1, doubtful=True))
    html = home.client().get("/diary").text
    assert "there was none" not in html
    assert "but none was made that is sure, and nobody has told whether you slept here." in html


def test_the_night_that_runs_is_told_so_far(home: Home) -> None:
    home.rows, home.now = (watch("10 18:00", "11 01:00"), cramp("10 23:40", 6)), at("11 01:00")
    assert shown(home) == ["Saturday 10 1 cramp so far 23:40 6 minutes"]
    home.rows = (watch("10 18:00", "11 01:00"),)
    home.path.unlink()
    assert shown(home) == ["Saturday 10 No press for a cramp so far"]


def test_a_watch_that_runs_counts_beyond_its_last_heartbeat(home: Home) -> None:
    began = watch("10 18:00", "10 18:20")
    home.rows, home.now = (began,), at("11 01:00")
    assert shown(home) == ["Saturday 10 Cramps: not known"]
    home.night = replace(QUIET, watch=began)
    assert shown(home) == ["Saturday 10 No press for a cramp so far"]


def test_an_afternoon_has_the_coming_night_only_with_a_cramp(home: Home) -> None:
    home.now = at("11 15:00")
    assert [line.split()[0] for line in shown(home)] == ["Saturday"]
    home.path.unlink()
    home.rows = (cramp("11 14:10", state=CrampState.OPEN),)
    assert shown(home)[0] == "Sunday 11 The night is still to come. 14:10 still open, in the daytime"


# ── which nights, which month ──


def test_nothing_before_the_first_known_night_and_nothing_to_come_is_shown(home: Home) -> None:
    home.now, home.rows = at("20 08:00"), (CheckIn(date(2026, 1, 8), at("11 07:00"), note="Told"), cramp("10 23:40", 1))
    assert [line.split()[1] for line in shown(home)] == [str(day) for day in range(19, 7, -1)]


def test_a_cramp_of_a_clock_that_was_not_set_begins_no_diary(home: Home) -> None:
    home.rows = (cramp("2 03:00", 1, trusted=False), ALL_NIGHT)
    assert [line.split()[1] for line in shown(home)] == ["10"]


def test_a_diary_with_nothing_in_it_says_so(home: Home) -> None:
    home.rows = ()
    html = home.client().get("/diary").text
    assert nights(html) == []
    assert "Nothing is in the diary yet." in html
    assert "Another month" not in html


def test_each_month_leads_to_the_one_before_and_after_and_no_further(home: Home) -> None:
    home.rows = (CheckIn(date(2025, 11, 20), at("11 07:00"), note="Told"), ALL_NIGHT)
    client = home.client()

    def around(query: str) -> list[tuple[str, str]]:
        return re.findall(r'<a href="/diary\?month=([0-9-]+)" rel="(\w+)">', client.get(f"/diary{query}").text)

    assert around("") == [("2025-12", "prev")]
    assert around("?month=2025-12") == [("2025-11", "prev"), ("2026-01", "next")]
    assert around("?month=2025-11") == [("2025-12", "next")]
    text = words_of(client.get("/diary?month=2025-12").text)
    assert "December 2025" in text
    assert len(nights(client.get("/diary?month=2025-12").text)) == 31


def test_a_month_is_chosen_by_a_form_without_a_script(home: Home) -> None:
    home.rows = (CheckIn(date(2025, 11, 20), at("11 07:00"), note="Told"), ALL_NIGHT)
    html = home.client().get("/diary?month=12&year=2025").text
    assert "<h1>December 2025</h1>" in html
    assert '<option value="12" selected>December</option>' in html
    assert re.findall(r"<option( selected)?>(\d{4})", html) == [("", "2026"), (" selected", "2025")]


@pytest.mark.parametrize(
    ("query", "month"),
    [
        ("?month=soon", "January 2026"),
        ("?month=2026-13", "January 2026"),
        ("?month=0000-01", "January 2026"),
        ("?month=9999-12", "January 2026"),
        ("?month=1066-10", "January 2026"),
        ("?month=12&year=1066", "January 2026"),
        ("?month=%00&year=%ff", "January 2026"),
        ("?month=2026-W02", "January 2026"),
        ("?year=2026", "January 2026"),
    ],
)
def test_a_month_that_there_is_not_shows_the_nearest_or_the_latest(home: Home, query: str, month: str) -> None:
    answer = home.client().get(f"/diary{query}")
    assert answer.status_code == 200
    assert f"<h1>{month}</h1>" in answer.text


def test_on_the_first_afternoon_of_a_month_the_last_night_is_shown(home: Home) -> None:
    home.rows = (watch("30 18:00", "31 08:00"),)
    home.now = at("31 12:00").at(at("31 12:00").since_boot + 25 * 3600)
    html = home.client().get("/diary").text
    assert "<h1>January 2026</h1>" in html
    assert 'href="/diary?month=2026-02" rel="next"' in html
    assert "No night of this month has begun yet." in home.client().get("/diary?month=2026-02").text


def test_a_clock_that_is_behind_hides_no_night(home: Home) -> None:
    home.client()
    home.now = at("13 08:00")
    roll_up(home)
    home.now = at("2 08:00", trusted=False)
    assert [line.split()[1] for line in shown(home)] == ["11", "10"]


def test_the_diary_leads_to_what_can_be_added(home: Home) -> None:
    html = home.client().get("/diary").text
    assert [f'href="/diary/{page}"' in html for page in ("add", "medicines", "away")] == [True] * 3


def test_sample_nights_are_said_to_be_made_up(home: Home) -> None:
    home.rows = ()
    diary = Diary(home.path)
    for save, readings in sample_nights(home.now.wall, LONDON, nights=42):
        diary.apply([save], readings)
    diary.mark_as_sample()
    diary.close()
    assert "These are sample nights" in home.client().get("/diary").text
    assert len(shown(home, "?month=2025-12")) == 31


@pytest.mark.slow
def test_a_month_reads_no_more_of_ten_years_than_its_own_nights(home: Home) -> None:
    """By the count of SQLite's own steps: ten years cost little more than one."""
    steps = []
    for years in (1, 10):
        home.path.unlink(missing_ok=True)
        diary = Diary(home.path)
        diary.apply([Save("nights", home.now, tuple(_years(home, years)))])
        diary.close()
        roll_up(home)
        steps.append(_steps(home))
    assert steps[1] < steps[0] * 3


def _years(home: Home, years: int) -> Iterator[CheckIn]:
    for number in range(365 * years):
        yield CheckIn(SATURDAY - timedelta(days=number), home.now, slept_here=True)


def _steps(home: Home) -> int:
    import sqlite3

    from bedside.diary import reader
    from bedside.pages.diary import months

    connection = sqlite3.connect(home.path)
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    connection.set_progress_handler(count, 100)
    house = home.house()
    kept = reader.Reader(connection)
    first = months.first_night(kept, house.now().wall, house.zone)
    assert first
    list(months._lines(house, kept, date(2026, 1, 1), first, SATURDAY))
    connection.close()
    return max(counted[0], 1)


def test_a_diary_that_cannot_be_read_is_said_to_be_so(home: Home) -> None:
    client = home.client()
    home.path.write_bytes(b"no diary")
    for path in ("/diary", "/cramp?id=x", "/diary/medicines", "/diary/away"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "The diary cannot be read just now" in answer.text


@pytest.mark.parametrize("path", ["/diary", "/diary/add", "/diary/medicines", "/diary/away"])
def test_the_diarys_pages_are_marked_in_the_menu(home: Home, path: str) -> None:
    assert re.search(r'<a href="/diary" aria-current="page"', home.client().get(path).text)


def test_the_diary_asks_nobody_to_be_paired_twice(home: Home) -> None:
    stranger: FlaskClient = home.client(paired=False)
    assert stranger.get("/diary").headers["Location"] == "/pair"
