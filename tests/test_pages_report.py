"""The doctor's sheet: the dates it is asked for, plain numbers, nothing unknown shown as 0, no verdict and no p."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.diary.between import disturbances, stretches
from bedside.diary.kept import KeptMedicine
from bedside.diary.nights import nights_between, nights_over
from bedside.diary.reader import reading
from bedside.diary.store import Diary
from bedside.night.effects import Row, StretchState
from bedside.night.told import (
    About,
    Change,
    CheckIn,
    Condition,
    Flag,
    Judgement,
    Leg,
    Medicine,
    Muscle,
    Remedy,
    Verdict,
)
from bedside.pages import report_form, report_told
from bedside.pages.charts.hour_strip import hour_strip, hour_strip_key
from bedside.pages.diary.medicine_form import FLAGGED
from bedside.pages.report_form import MOST_YEARS, USUAL, Dates
from bedside.patterns.summary import HourOfNight
from tests.homes import LONDON, SATURDAY, Home, at, cramp, evening, watch, words_of

NIGHTS = 20
LAST = SATURDAY + timedelta(days=NIGHTS - 1)
DAYS = [SATURDAY + timedelta(days=day) for day in range(NIGHTS)]


def rows() -> Iterator[Row]:
    """Twenty observed nights from 10 January on; in each second one a cramp of four minutes."""
    yield watch("10 18:00", "30 09:00")
    for number, day in enumerate(DAYS):
        if number % 2:
            yield cramp(f"{day.day + 1} 03:04", 4)


def medicine(name: str, remedy: Remedy, change: Change, day: date, **more: object) -> Medicine:
    kept = Medicine(f"{name} {change} {day}", at("11 08:00"), day, remedy, change, name)
    return replace(kept, **more)  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, rows=tuple(rows()), now=at("30 15:00"))


def sheet(home: Home, **dates: str) -> str:
    """What a reader reads of the sheet."""
    answer = home.client().get(f"/report?{urlencode(dates)}")
    assert answer.status_code == 200
    return words_of(answer.text)


def cells(home: Home, name: str) -> tuple[str, str]:
    """A row of the first table: these dates, and those before."""
    found = re.search(
        rf'<th scope="row">{re.escape(name)}</th><td>([^<]*)</td><td>([^<]*)</td>', home.client().get("/report").text
    )
    assert found, name
    return found[1], found[2]


def told_of(home: Home, name: str) -> str:
    """A line of what the cramps were like."""
    found = re.search(rf"<dt>{re.escape(name)}</dt><dd>([^<]*)</dd>", home.client().get("/report").text)
    assert found, name
    return unescape(found[1])


# --- the dates ---


def test_without_dates_all_nights_are_shown_where_there_are_few(home: Home) -> None:
    assert "20 nights, the evenings of 10 January 2026 to 29 January 2026" in sheet(home)


def test_without_dates_the_last_twelve_weeks_are_shown_where_there_are_more() -> None:
    assert report_form.usual(date(2020, 1, 1), LAST) == Dates(LAST - timedelta(days=USUAL - 1), LAST)
    assert report_form.usual(LAST, LAST) == Dates(LAST, LAST)


@pytest.mark.parametrize(
    ("dates", "shown"),
    [
        ({"from": "2026-01-12", "to": "2026-01-15"}, "4 nights, the evenings of 12 January 2026 to 15 January 2026"),
        ({"from": "2026-01-12"}, "18 nights, the evenings of 12 January 2026 to 29 January 2026"),
        ({"to": "2026-01-15"}, "84 nights, the evenings of 24 October 2025 to 15 January 2026"),
        ({"from": "2026-01-12", "to": "2026-01-12"}, "1 night, the evening of 12 January 2026"),
        ({"from": "", "to": ""}, "20 nights, the evenings of 10 January 2026 to 29 January 2026"),
    ],
)
def test_any_dates_can_be_chosen(home: Home, dates: dict[str, str], shown: str) -> None:
    assert shown in sheet(home, **dates)


@pytest.mark.parametrize(
    ("dates", "field", "says"),
    [
        ({"from": "2026-01-15", "to": "2026-01-12"}, "from", "The first day comes after the last one."),
        ({"to": "2026-01-30"}, "to", "That night is not over yet. The last one that is: 29 January 2026."),
        ({"from": "2027-01-01"}, "from", "That night is not over yet."),
        ({"from": "soon"}, "from", "This is not a date of the calendar. Choose another."),
        ({"from": "2026-02-30"}, "from", "This is not a date of the calendar."),
        ({"from": "20260110"}, "from", "This is not a date of the calendar."),
        ({"from": "0001-01-01"}, "from", f"That is more than {MOST_YEARS} years ago."),
        ({"to": "x" * 10_000}, "to", "This is not a date of the calendar."),
    ],
)
def test_a_date_that_cannot_be_is_answered_beside_its_field(
    home: Home, dates: dict[str, str], field: str, says: str
) -> None:
    answer = home.client().get(f"/report?{urlencode(dates)}")
    assert answer.status_code == 400
    found = re.search(rf'<p class="wrong" id="{field}-wrong">([^<]*)</p>', answer.text)
    assert found
    assert says in found[1]
    assert f'id="{field}" name="{field}" value="{dates[field]}" aria-invalid="true"' in answer.text
    assert "How often" not in answer.text


def test_a_date_that_is_sent_twice_is_asked_for_again(home: Home) -> None:
    answer = home.client().get("/report?from=2026-01-12&from=2026-01-13")
    assert answer.status_code == 400
    assert "This was sent 2 times. Choose once more, then press Show." in answer.text


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["from", "to", "x"]), st.text() | st.dates().map(str), max_size=3))
def test_whatever_is_sent_is_answered(standing: FlaskClient, sent: dict[str, str]) -> None:
    answer = standing.get("/report", query_string=sent)
    assert answer.status_code in (200, 400)
    assert (answer.status_code == 400) is ('class="wrong"' in answer.text)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The sheet of one diary, for many questions."""
    return Home(tmp_path_factory.mktemp("home"), rows=tuple(rows()), now=at("30 15:00")).client()


# --- how often ---


def test_the_rate_stands_first_with_its_interval(home: Home) -> None:
    assert "3.5 cramps a week (95 % interval 1.7 to 6.4)" in sheet(home)
    assert cells(home, "Nights observed") == ("20 of 20", "0 of 20")
    assert cells(home, "Observed: confirmed / unconfirmed") == ("10 / 10", "0 / 0")
    assert cells(home, "Cramps at night, on observed nights") == ("10", "not known")
    assert cells(home, "Nights with a cramp") == ("10 of 20", "not known")
    assert cells(home, "Cramps a week, confirmed nights alone") == ("too few nights", "not known")


def test_below_the_gate_there_are_counts_and_how_many_nights_are_needed(home: Home) -> None:
    text = sheet(home, to="2026-01-18", **{"from": "2026-01-10"})
    assert "Too few nights for a rate: 5 more observed nights are needed." in text
    assert "interval" not in text.partition("In brackets")[0]
    assert "Cramps at night, on observed nights 4" in text


def test_nights_without_a_watch_are_unknown_and_no_count_of_them_is_0(tmp_path: Path) -> None:
    home = Home(tmp_path, now=at("30 15:00"))
    text = sheet(home)
    assert "No night of these dates was observed: how many cramps there were is not known." in text
    assert "84 / 0" in text
    assert "Nights with a cramp not known not known" in text
    assert "0 cramps" not in text


def test_doubtful_and_daytime_cramps_stand_apart(home: Home) -> None:
    home.rows += (cramp("12 02:00", 1, doubtful=True), cramp("12 13:00", 2), cramp("13 14:00", 2))
    assert cells(home, "In no rate: doubtful / by day") == ("1 / 2", "not known")
    assert cells(home, "Cramps at night, on observed nights")[0] == "10"


def test_nights_away_are_told_apart_from_unknown_ones(home: Home) -> None:
    home.rows += (CheckIn(SATURDAY, at("11 08:00"), slept_here=False),)
    assert cells(home, "Not observed: unknown / away")[0] == "0 / 1"


def test_the_period_before_is_shown_with_what_happens_by_itself_and_without_a_verdict(home: Home) -> None:
    text = sheet(home, **{"from": "2026-01-20", "to": "2026-01-29"})
    assert "Before: 10 January 2026 to 19 January 2026" in text
    assert "Nights with a cramp 5 of 10 5 of 10" in text
    assert "fell by 28 to 36 percent" in text
    assert "about 20 percent in the 6 weeks from September" in text
    assert not re.search(
        r"because|better|worse|significan|\bp\b ?[=<]|goes together", text.replace("because of this", "")
    )


NOW = "In these dates the cramps came in bursts: the intervals of that column are too narrow."
BEFORE = "In the dates before the cramps came in bursts: the intervals of that column are too narrow."
BOTH = "In both columns the cramps came in bursts: the intervals are too narrow."


@pytest.mark.parametrize(("days", "says"), [((20,), NOW), ((6,), BEFORE), ((6, 20), BOTH), ((), "")])
def test_cramps_in_bursts_say_in_which_column_the_intervals_are_too_narrow(
    home: Home, days: tuple[int, ...], says: str
) -> None:
    """Twelve cramps in a night of the dates before, from 2 to 15 January, of these, or of both."""
    bursts = tuple(cramp(f"{day} 0{hour}:{minute}", 1) for day in days for hour in range(6) for minute in (10, 40))
    home.rows = (watch("2 12:00", "30 09:00"), *bursts)
    text = sheet(home, **{"from": "2026-01-16", "to": "2026-01-29"})
    assert [one for one in (NOW, BEFORE, BOTH) if one in text] == ([says] if says else [])


# --- what they were like ---


def test_severity_length_and_place_have_median_range_and_number(home: Home) -> None:
    first, second, third = (f"cramp {day} 03:04" for day in (12, 14, 16))
    home.rows += (
        Judgement(first, at("12 09:00"), Verdict.CRAMP, 4, Leg.LEFT, Muscle.CALF),
        Judgement(second, at("14 09:00"), Verdict.CRAMP, 7, Leg.LEFT, Muscle.FOOT),
        Judgement(third, at("16 09:00"), Verdict.TWO),
        CheckIn(DAYS[1], at("12 09:00"), disturbance=3),
    )
    assert told_of(home, "Severity, 0 to 10") == "median 5.5 (4 to 7), n = 2"
    assert told_of(home, "Length") == "median 4 minutes (4 minutes to 4 minutes), n = 9, not known: 2"
    assert told_of(home, "Sleep disturbance, 0 to 10") == "3, n = 1"
    assert told_of(home, "Leg") == "left 2, right 0, both 0, not told 9"
    assert told_of(home, "Muscle") == "calf 1, foot 1, thigh 0, not told 9"


def test_a_length_that_was_told_is_never_among_the_measured_ones(home: Home) -> None:
    onset = at("12 03:04").wall
    home.rows += (Judgement("cramp 12 03:04", at("12 09:00"), onset=onset, seconds=3000.0),)
    assert told_of(home, "Length").endswith("n = 9, told, not measured: 1")


@pytest.mark.parametrize(
    ("second", "says"), [("11 03:04", "8 minutes, n = 1"), ("11 03:20", "none measured, told, not measured: 1")]
)
def test_two_entries_that_are_one_cramp_are_measured_only_where_the_pause_is_short(
    tmp_path: Path, second: str, says: str
) -> None:
    same = Judgement(f"cramp {second}", at("11 09:00"), Verdict.SAME)
    home = Home(tmp_path, now=at("11 15:00"))
    home.rows = (cramp("11 03:00", 2), cramp(second, 4), same, watch("10 18:00", "11 08:00"))
    assert told_of(home, "Length") == says


def test_the_hours_are_drawn_and_stand_in_a_table(home: Home) -> None:
    home.degrees = tuple(18.0 for _ in range(9 * 12))
    html = home.client().get("/report").text
    table = html.partition('<table class="across">')[2].partition("</table>")[0]
    by_name = [re.findall(r"<t[hd](?: [^>]*)?>([^<]*)<", row) for row in table.split("</tr>")[:-1]]
    assert [row[0] for row in by_name] == ["From (hour)", "Cramps", "Hours listened", "Room, °C"]
    assert by_name[0][1:] == ["22", "23", "0", "1", "2", "3", "4", "5", "6"]
    assert by_name[1][1:] == ["0", "0", "0", "0", "0", "10", "0", "0", "0"]
    assert set(by_name[2][1:]) == {"20"}
    assert set(by_name[3][1:]) == {"18.0"}
    assert html.count("<svg") > 1


def test_the_stretch_has_its_five_states(home: Home) -> None:
    states = (StretchState.COMPLETED, StretchState.COMPLETED, StretchState.OFFERED, StretchState.SKIPPED)
    home.rows += tuple(evening(state, day) for state, day in zip(states, DAYS, strict=False))
    assert "20 evenings: completed 2, started 0, offered 1, skipped 1, unknown 16." in sheet(home)


# --- what was told ---


def test_medicines_have_their_dates_and_the_flagged_classes_a_mark_with_its_source(home: Home) -> None:
    home.rows += (
        medicine("Simvastatin", Remedy.STATIN, Change.STARTED, date(2025, 3, 1)),
        medicine("simvastatin ", Remedy.STATIN, Change.STOPPED, date(2025, 12, 9)),
        medicine("", Remedy.MAGNESIUM, Change.STARTED, date(2026, 1, 2)),
        medicine("Told by mistake", Remedy.LOOP, Change.STARTED, date(2026, 1, 2), retracted=True),
    )
    text = sheet(home)
    assert "simvastatin (Statin †) started 1 Mar 2025, stopped 9 Dec 2025 Magnesium started 2 Jan 2026" in text
    assert "before cramps were treated: an association (Garrison 2012, PMID 22157068)" in text
    assert "Never stop a medicine because of this page." in text
    assert "Told by mistake" not in text


def test_the_five_classes_of_the_guide_are_marked_and_no_other() -> None:
    taken = {
        remedy: report_told.medicines([_kept(medicine("", remedy, Change.STARTED, SATURDAY))])[0] for remedy in Remedy
    }
    assert [remedy for remedy, one in taken.items() if one.flagged] == list(FLAGGED)
    assert [remedy for remedy, one in taken.items() if one.remedy.endswith("†")] == list(FLAGGED)
    assert len(FLAGGED) == 5


def test_without_a_flagged_class_there_is_no_mark(home: Home) -> None:
    home.rows += (medicine("", Remedy.MAGNESIUM, Change.STARTED, SATURDAY),)
    assert "†" not in sheet(home)


def test_of_many_medicines_the_newest_stand_on_the_sheet(home: Home) -> None:
    home.rows += tuple(
        medicine(f"Pill {number}", Remedy.OTHER_MEDICINE, Change.STARTED, date(2025, 1, 1) + timedelta(days=number))
        for number in range(12)
    )
    text = sheet(home)
    assert re.findall(r"Pill \d+", text) == [f"Pill {number}" for number in range(11, 3, -1)]
    assert "4 more are on the medicines page: Another medicine." in text


def test_flagged_classes_and_quinine_come_first_then_what_is_still_taken_and_the_rest_is_named_by_class() -> None:
    told = [
        *(medicine(f"Vitamin {n}", Remedy.VITAMIN_K, Change.STARTED, date(2026, 1, 9)) for n in range(7)),
        medicine("Old", Remedy.MAGNESIUM, Change.STOPPED, date(2026, 1, 8)),
        medicine("Quinine", Remedy.QUININE, Change.STOPPED, date(2025, 1, 2)),
        medicine("Water pill", Remedy.LOOP, Change.STARTED, date(2025, 1, 1)),
        medicine("Old too", Remedy.OTHER_MEDICINE, Change.STOPPED, date(2024, 1, 1)),
    ]
    kept = list(map(_kept, told))
    names = [one.name for one in report_told.medicines(kept)]
    assert names == ["Water pill", "Quinine", *(f"Vitamin {n}" for n in range(6))]
    left_out = report_told.left_out(kept)
    assert left_out == "3 more are on the medicines page: Vitamin K2, Magnesium, Another medicine."
    assert report_told.left_out(kept[:8]) == ""


def test_a_flagged_class_that_is_cut_has_its_mark_and_the_mark_its_meaning() -> None:
    quinine = [medicine(f"Q {n}", Remedy.QUININE, Change.STARTED, date(2026, 1, 9)) for n in range(8)]
    kept = list(map(_kept, [*quinine, medicine("", Remedy.STATIN, Change.STOPPED, date(2025, 1, 1))]))
    assert report_told.left_out(kept) == "1 more is on the medicines page: Statin †."
    assert "† Medicines of this class" in report_told.flagged(kept)


def test_of_many_changes_the_first_and_the_last_are_told(home: Home) -> None:
    changes = [Change.STARTED, *[Change.CHANGED] * 5, Change.STOPPED]
    home.rows += tuple(
        medicine("Pill", Remedy.OTHER_MEDICINE, change, date(2025, 1, 1) + timedelta(days=number))
        for number, change in enumerate(changes)
    )
    assert "started 1 Jan 2025, stopped 7 Jan 2025, 7 changes in all" in sheet(home)


def test_what_was_told_of_oneself_has_its_day(home: Home) -> None:
    assert "Nothing is told of signs and conditions." in sheet(home)
    home.path.unlink()
    home.rows += (About(at("12 08:00"), yes=(Flag.WEAK, Condition.BACK), no=(Condition.KIDNEY,)),)
    text = sheet(home)
    assert "Answered last on 12 January 2026." in text
    assert "Signs Yes: muscles shrink or become weaker. Not answered: sleep or the next day suffers" in text
    assert "Conditions Yes: back trouble. No: kidney disease. Not answered: pregnancy, diabetes" in text


def test_the_sheet_says_what_its_words_mean_and_that_it_is_no_diagnosis(home: Home) -> None:
    text = sheet(home)
    for word in ("Night", "Sleep window", "Observed", "Confirmed", "Cramp", "Doubtful", "Length", "Rate"):
        assert f"{word}: " in text.partition("What the words mean")[2], word
    assert "Not a diagnosis." in text.partition("How often")[0]


def test_a_sheet_of_made_up_nights_says_so(home: Home) -> None:
    assert "made up" not in home.client().get("/report").text
    with closing(Diary(home.path)) as diary:
        diary.mark_as_sample()
    assert "Some of these nights are made up, for a demo." in home.client().get("/report").text


def test_a_diary_that_cannot_be_read_is_told(home: Home) -> None:
    phone = home.client()
    home.path.write_bytes(b"no diary" * 1000)
    answer = phone.get("/report")
    assert answer.status_code == 503
    assert "The diary cannot be read just now" in answer.text


# --- what is read for it ---


def test_the_nights_between_two_are_those_of_all(home: Home) -> None:
    home.keep()
    with closing(Diary(home.path)) as diary:
        while diary.tidy(home.now, LONDON):
            pass
        diary.apply([])
    with reading(home.path) as reader:
        everything = nights_over(reader, home.now.wall, LONDON)
        between = nights_between(reader, DAYS[3], DAYS[5], home.now.wall, LONDON)
        assert between == everything[3:6]
        assert nights_between(reader, SATURDAY - timedelta(days=9), DAYS[1], home.now.wall, LONDON) == everything[:2]
        assert nights_between(reader, DAYS[-1], LAST + timedelta(days=9), home.now.wall, LONDON) == everything[-1:]
        assert nights_between(reader, DAYS[1], DAYS[0], home.now.wall, LONDON) == []


def test_a_night_that_is_out_of_date_or_has_no_row_is_counted_anew(home: Home) -> None:
    home.keep()
    with reading(home.path) as reader:
        assert [night.facts.cramps for night in nights_between(reader, DAYS[0], DAYS[1], home.now.wall, LONDON)] == [
            0,
            1,
        ]
    with closing(Diary(home.path)) as diary:
        while diary.tidy(home.now, LONDON):
            pass
    home.rows = (Judgement("cramp 12 03:04", at("12 09:00"), Verdict.NONE),)
    assert home._tell(home.rows)
    with reading(home.path) as reader:
        assert [night.facts.cramps for night in nights_between(reader, DAYS[0], DAYS[1], home.now.wall, LONDON)] == [
            0,
            0,
        ]


def test_what_was_told_and_stretched_between_two_nights_is_by_night(home: Home) -> None:
    home.rows += tuple(CheckIn(day, at("30 09:00"), disturbance=number % 11) for number, day in enumerate(DAYS[:5]))
    home.rows += (CheckIn(DAYS[5], at("30 09:00"), slept_here=True),)
    home.rows += (evening(StretchState.SKIPPED, DAYS[2]), evening(StretchState.OFFERED, DAYS[3], night=DAYS[2]))
    home.keep()
    with reading(home.path) as reader:
        assert disturbances(reader, DAYS[2], DAYS[6]) == {DAYS[2]: 2, DAYS[3]: 3, DAYS[4]: 4}
        found = stretches(reader, DAYS[1], DAYS[2])
    assert {night: [one.state for one in each] for night, each in found.items()} == {DAYS[2]: ["skipped", "offered"]}


# --- the strip ---

HOURS = tuple(HourOfNight(clock, clock % 3, 10.0, 18.0 - clock % 4) for clock in (22, 23, 0, 1))


def test_the_strip_has_a_bar_for_each_hour_with_a_cramp_and_its_line() -> None:
    html = str(hour_strip(HOURS, name="h", title="Hours"))
    (bars,) = re.findall(r'<path class="filled" d="([^"]*)"', html)
    assert bars.count("M") == sum(hour.cramps > 0 for hour in HOURS)
    (line,) = re.findall(r'<path class="warmth" d="([^"]*)"', html)
    assert (line.count("M"), line.count("L")) == (1, 3)
    assert "<title" in html
    assert "<desc" in html


def test_the_line_is_broken_where_nothing_was_measured_and_unheard_hours_are_hatched() -> None:
    hours = (HOURS[0], replace(HOURS[1], celsius=None), HOURS[2], replace(HOURS[3], clock=2))
    html = str(hour_strip(hours, name="h", title="Hours"))
    (line,) = re.findall(r'<path class="warmth" d="([^"]*)"', html)
    assert line.count("M") == 3
    assert 'stroke="url(#h-h)"' in html
    assert "not listening" in str(hour_strip_key(hours, name="h"))


def test_a_strip_without_a_temperature_has_no_line_and_its_key_says_nothing_of_it() -> None:
    hours = tuple(replace(hour, celsius=None) for hour in HOURS)
    assert 'class="warmth"' not in str(hour_strip(hours, name="h", title="Hours"))
    assert "temperature" not in str(hour_strip_key(hours, name="h"))


def _kept(row: Medicine) -> KeptMedicine:
    return KeptMedicine(row.id, row.day, row.remedy, row.change, row.name, row.retracted, "")
