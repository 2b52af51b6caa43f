"""The patterns page: its words say what the counting came to, never more, and its tables have the same numbers."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import StrictUndefined

from bedside.catalogue import language, translations
from bedside.pages import assets
from bedside.pages import patterns as pages
from bedside.pages.patterns import DatedChange, questions
from bedside.pages.patterns.hours import spans
from bedside.pages.patterns.numbers import between_times, number
from bedside.pages.patterns.page import NEWEST_CHANGES, panels
from bedside.pages.patterns.parts import Linked, Panel, Table
from bedside.patterns.compare import comparisons
from bedside.patterns.facts import NightFacts, Side
from bedside.patterns.hours import hour_panel
from bedside.patterns.raster import Mark, Row, Unknown
from bedside.patterns.rates import rate_panel
from bedside.patterns.verdicts import Verdict
from tests.patterns.diaries import MONDAY, away, diaries, diary, night, stretched, unknown
from tests.test_catalogue import sentences

ORDER = ("often", "nights", "hours", "stretch", "warmth", "factors", "changes")
FACTORS = ("unusual effort", "alcohol")
CLAIMS = re.compile(r"\b(because|caus\w*|prevent\w*|help\w*|proves?|works?)\b", re.IGNORECASE)
SPELLS = "cannot be told from good and bad spells"
quick = settings(deadline=None, max_examples=15)


def row(fact: NightFacts, *marks: Mark) -> Row:
    """The night's row, its sleep window from ten to seven."""
    counts = int(fact.observed and not fact.away)
    unwatched = () if fact.observed else (Unknown(10 / 24, 19 / 24, 1),)
    room = tuple(18.0 + hour / 10 if 10 <= hour < 19 else None for hour in range(24))
    return Row(
        fact.night,
        1,
        counts,
        int(counts and not fact.confirmed),
        int(fact.away),
        (10 / 24, 19 / 24),
        marks,
        unwatched,
        room,
    )


def mark(day: int, hour: float, **more: Any) -> Mark:
    """A cramp so many hours past noon of a day."""
    plain = Mark(f"{day}-{hour}", MONDAY + timedelta(days=day), hour / 24, False, False, False, None)
    return replace(plain, **more)


def rows_of(facts: Sequence[NightFacts]) -> list[Row]:
    return [row(fact, *(mark((fact.night - MONDAY).days, hour) for hour in fact.onset_hours)) for fact in facts]


def shown(
    facts: Sequence[NightFacts], changes: Sequence[DatedChange] = (), factors: Sequence[str] = FACTORS
) -> dict[str, Panel]:
    """The panels by their names, those within a panel among them."""
    found = panels(facts, rows_of(facts), changes, factors, names={"alcohol": "Alcohol"})
    return {panel.id: panel for one in found for panel in (one, *one.parts)}


def render(template: str, values: Mapping[str, object]) -> str:
    """The page, in an environment set up as the site's is."""
    app = Flask("patterns", template_folder=assets() / "templates")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_translations(translations(), newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(language=language(), in_demo=False)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    with app.test_request_context():
        return render_template(template, **values)


def page(facts: Sequence[NightFacts], changes: Sequence[DatedChange] = (), factors: Sequence[str] = FACTORS) -> str:
    today = (max((fact.night for fact in facts), default=MONDAY)) + timedelta(days=1)
    return render("patterns.html", pages.page(facts, rows_of(facts), changes, factors, today=today))


def nights_page(facts: Sequence[NightFacts], changes: Sequence[DatedChange] = ()) -> str:
    """What is too long for the first page, as a reader finds it on two."""
    return "".join(further(facts, changes))


def further(facts: Sequence[NightFacts], changes: Sequence[DatedChange] = ()) -> tuple[str, str]:
    """The page of nights, and that of older weeks and changes."""
    nights = render("patterns_nights.html", pages.nights(facts, rows_of(facts)))
    return nights, render("patterns_weeks.html", pages.weeks(facts, changes))


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<main")[2])).split())


def text(panel: Panel) -> str:
    """All sentences of a panel, but for those of the panels within."""
    notes = [note.text for note in panel.notes]
    return " ".join((panel.says, *panel.lines, panel.needs, panel.looks, *panel.leaves_out, *notes, *panel.how))


def cells(table: Table) -> dict[str, tuple[object, ...]]:
    """The cells of each row, by the row's heading."""
    return {str(one[0]): one[1:] for one in table.rows}


def by_turns(nights: int, done: int = 0, skipped: int = 1) -> list[NightFacts]:
    """Every other evening the stretch, with so many cramps after it and after the others."""
    sides = [day % 2 == 0 for day in range(nights)]
    return stretched([done if side else skipped for side in sides], sides)


def asked(cramps: Sequence[int], **factors: Sequence[bool]) -> list[NightFacts]:
    """Nights whose evenings had these factors or not."""
    return [
        night(day, some, asked=frozenset(factors), factors=frozenset(name for name in factors if factors[name][day]))
        for day, some in enumerate(cramps)
    ]


# ── the page as a whole ──


def test_the_panels_stand_in_their_order_and_the_list_at_the_top_leads_to_each() -> None:
    html = page(by_turns(60))
    assert tuple(re.findall(r'<section class="card pattern" aria-labelledby="([\w-]+)"', html)) == ORDER
    top = html.partition('<section class="card')[0]
    assert tuple(re.findall(r'<dt><a href="#([\w-]+)">', top)) == ORDER
    found = shown(by_turns(60))
    assert all(found[id].says in unescape(top) for id in ORDER)


def test_it_is_said_once_and_before_the_panels_what_a_range_is() -> None:
    html = page(by_turns(60))
    assert html.count("“Between 2 and 5” is a range") == 1
    assert html.index("“Between 2 and 5” is a range") < html.index('<section class="card')
    assert "28 nights with it and 28 without show that in only 1 of 5 diaries" in words(html)
    assert "after 56, 112, 224 and so on observed nights" in words(html)


def test_an_empty_diary_has_a_page_that_says_what_will_appear_when() -> None:
    found = words(page([]))
    assert "Nothing to say yet, and that is fine" in found
    assert "How often After 14 observed nights, about 16 January 2024 at the earliest." in found
    assert "A verdict after 56 observed nights, about 27 February 2024 at the earliest." in found
    assert "By hour of the night After 20 cramps." in found
    assert "Once a month is over that has 20 observed nights with a temperature." in found
    assert '<section class="card' not in page([])
    assert "No night is over yet." in words(nights_page([]))


def test_one_night_has_every_panel_and_none_that_says_more_than_that_it_is_early() -> None:
    found = shown(diary([1]))
    assert set(ORDER) < set(found)
    early = [found[id].says for id in ("often", "hours", "stretch", "warmth", "factor-1")]
    assert all(says.startswith("Too early") for says in early)
    assert found["often"].figures[0].value == "1 of 1"


def test_a_diary_in_which_nothing_was_observed_has_a_page_too() -> None:
    html = page([unknown(0), away(1, 2), unknown(2)], [DatedChange(MONDAY, "Started a statin")])
    assert "Nights: 0 observed, 2 unknown, 1 away." in words(html)


@quick
@given(diaries(), st.booleans())
def test_every_panel_names_the_unknown_nights(facts: list[NightFacts], some: bool) -> None:
    facts = [*facts, unknown(200), away(201), night(202, confirmed=False, doubtful=1, daytime=2, undated=1)]
    changes = [DatedChange(MONDAY + timedelta(days=201), "Stopped magnesium")] if some else []
    found = shown(facts, changes)
    tally = rate_panel(facts).tally
    for id in ORDER:
        said = " ".join(found[id].leaves_out)
        assert f"{tally.observed} observed, {tally.unconfirmed} of them not confirmed, {tally.unknown} unknown" in said
        assert f"{tally.away} away" in said
        assert f"{tally.doubtful} doubtful, {tally.daytime} by day, {tally.undated} without a sure time" in said
    for change in found["changes"].parts:
        assert change.leaves_out[0].startswith("Unknown nights: ")


@quick
@given(diaries(260))
def test_no_diary_makes_the_page_say_more_than_goes_together(facts: list[NightFacts]) -> None:
    found = shown([*facts, night(300)], [DatedChange(MONDAY + timedelta(days=50), "A change")])
    for panel in found.values():
        assert not CLAIMS.search(text(panel))
        assert len(re.sub(r"\d\d:00 to \d\d:00,?", "hours", panel.says).replace("hours hours", "").split()) <= 22
        assert not re.search(r"\bgo(es)? together\b", panel.says) or SPELLS in panel.says


def test_no_words_of_a_verdict_claim_more() -> None:
    every = (
        questions.stretch(),
        questions.warmth(),
        questions.factor("x", "Alcohol"),
        questions.change("y", "A change"),
    )
    said = [one.says for one in every]
    compared = {Verdict.NOT_YET, Verdict.WAITING, Verdict.CANNOT_TELL}
    tells = {Verdict.GOES_TOGETHER_MORE, Verdict.GOES_TOGETHER_FEWER}
    assert [set(one) for one in said] == [compared | tells] * 3 + [{Verdict.CHOSEN_SPAN}]
    assert not [words for one in said for words in one.values() if CLAIMS.search(words) or not words]
    assert all(
        one[verdict].endswith(f"{SPELLS}.") and "goes together" in one[verdict] for one in said[:3] for verdict in tells
    )
    assert len({one[verdict] for one in said[:2] for verdict in tells}) == 4


@pytest.mark.parametrize("path", sorted(Path(pages.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_a_module_has_no_sentence_that_is_not_marked_for_the_catalogue(path: Path) -> None:
    assert list(sentences(ast.parse(path.read_text(encoding="utf-8")))) == []


# ── how often ──


def test_below_fourteen_nights_nothing_is_said_of_how_often_and_from_then_on_it_is() -> None:
    early, there = (shown(diary([1, 0] * 7)[:nights])["often"] for nights in (13, 14))
    assert (early.says, early.needs) == ("Too early to say how often.", "Still needed: 1 more observed night.")
    assert [one.value for one in early.figures] == ["7 of 13"]
    assert (there.says, there.needs) == ("About 3.5 cramps a week, and a cramp on 50 of 100 nights.", "")
    assert [(one.value, one.more) for one in there.figures] == [
        ("3.5", "between 1.4 and 7.2"),
        ("50 of 100", "between 23 and 77"),
    ]
    assert early.looks == there.looks == "These numbers move with every observed night."


def test_no_cramp_in_many_nights_is_said_as_that() -> None:
    panel = shown(diary([0] * 60))["often"]
    assert panel.says == "No cramp in 60 observed nights."
    assert panel.figures[0].more == "between 0 and 0.43"


def test_bursts_are_said_in_words() -> None:
    assert "Cramps come in bursts" in text(shown(diary([4, 0, 0, 0] * 8))["often"])
    assert "bursts" not in text(shown(diary([1, 0, 0, 0] * 8))["often"])


def test_confirmed_nights_have_a_range_of_their_own_where_others_count_too() -> None:
    facts = [*diary([1, 0] * 10), *diary([0] * 20, first=20, confirmed=False)]
    assert "Over confirmed nights alone: 3.5 cramps a week, between 1.7 and 6.4; 50 of 100 nights" in text(
        shown(facts)["often"]
    )
    assert "Over confirmed nights" not in text(shown(facts[:20])["often"])
    few = [replace(fact, confirmed=day < 13) for day, fact in enumerate(facts)]
    assert "Confirmed nights alone are too few for a range yet." in text(shown(few)["often"])


@quick
@given(diaries(200))
def test_the_table_of_how_often_has_the_numbers_of_the_panel(facts: list[NightFacts]) -> None:
    found = rate_panel(facts := [*facts, night(210, 1)])
    panel = shown(facts)["often"]
    table = cells(panel.tables[0])
    for name, rate in (("Observed nights", found.observed), ("Confirmed nights", found.confirmed)):
        counted = rate.count
        assert table[name][:3] == (str(counted.nights), str(counted.with_cramp), str(counted.cramps))
        assert table[name][3] == (number(rate.a_week.estimate) if rate.a_week else "too early")
    if found.observed.a_week:
        assert table["Observed nights"][3:5] == (panel.figures[0].value, panel.figures[0].more)
    weeks = panel.tables[1].rows
    assert [int(str(one[2])) for one in weeks] == [week.tally.confirmed for week in found.weeks[:-27:-1]]


def test_a_week_that_nothing_is_known_of_has_no_number() -> None:
    facts = [*diary([1] * 14), *(unknown(day) for day in range(14, 21)), *diary([0] * 7, first=21)]
    assert shown(facts)["often"].tables[1].rows[1][1:] == ("0", "0", "7", "0", *("not known",) * 5)
    assert shown(facts)["often"].tables[1].rows[0][5:] == (
        *("0", "0", "0", "between 0 and 3.7", "0, between 0 and 3.7"),
    )
    assert shown(facts[:13])["often"].tables[1].rows[0][5:] == ("6", "6", *("too early",) * 3)


def test_the_table_of_the_weeks_has_the_rate_that_the_chart_draws_and_that_of_confirmed_nights() -> None:
    facts = [night(day, int(day % 7 < 2), confirmed=day % 7 < 4) for day in range(28)]
    table = shown(facts)["often"].tables[1]
    assert table.head[-3:] == ("Cramps a week", "Range", "Cramps a week, confirmed alone")
    assert table.rows[0][-3:] == ("2", "between 0.24 and 7.2", "3.5, between 0.42 and 13")
    none_told = [*facts, *(night(day, confirmed=False) for day in range(28, 35))]
    assert shown(none_told)["often"].tables[1].rows[0][-3:] == ("0", "between 0 and 3.7", "not known")


@pytest.mark.parametrize(("weeks", "rows"), [(52, 26), (53, 26), (20, 20)])
def test_which_weeks_the_drawing_and_the_table_have_is_said_as_it_is(weeks: int, rows: int) -> None:
    panel = shown(diary([1] * 7 * weeks))["often"]
    said = (
        "The last 52 weeks are drawn. The table here has the newest 26, the page of older weeks has the rest."
        in text(panel)
    )
    assert said is (weeks > 52)
    assert len(panel.tables[1].rows) == rows
    assert (panel.link is not None) is (weeks > 26)
    assert "has them all" not in page(diary([1] * 7 * weeks))


# ── the nights ──


def test_the_table_of_the_nights_says_when_each_cramp_was_and_what_is_not_known() -> None:
    facts = [night(0, 2), unknown(1), away(2), night(3)]
    marks = [mark(0, 11.75, severity=7), mark(0, 14.5, doubtful=True, about=True), mark(0, 2.0, daytime=True)]
    rows = [row(facts[0], *marks), *map(row, facts[1:])]
    table = pages.nights(facts, rows)["table"]
    assert isinstance(table, Table)
    newest, gone, dark, oldest = table.rows
    assert (newest[1], gone[1], dark[1]) == ("none", "none known", "none known")
    assert [one.text for one in oldest[1] if isinstance(one, Linked)] == [
        "14:00 on 1 January, by day",
        "23:45 on 1 January, severity 7 of 10",
        "about 02:30 on 2 January, doubtful",
    ]
    assert oldest[2:] == ("19.0 °C to 19.8 °C", "1", "0", "0", "0")
    assert (gone[3:], dark[3:]) == (("0", "0", "1", "0"), ("0", "0", "0", "1"))


def test_above_ninety_nights_a_row_is_a_week_and_a_cramp_has_the_date_of_the_clock() -> None:
    """Of the night from the first to the second of January: before midnight it is the first, after it the second."""
    facts = diary([0] * 91)
    marks = [mark(0, 11.5, severity=7), mark(0, 12.5), mark(0, 14.5, severity=0, doubtful=True, about=True)]
    rows = [row(facts[0], *marks, mark(0, 23.0, daytime=True)), *map(row, facts[1:])]
    table = pages.nights(facts, rows)["table"]
    assert isinstance(table, Table)
    assert (len(table.rows), table.head[0]) == (13, "Week from")
    assert [one.text for one in table.rows[-1][1] if isinstance(one, Linked)] == [
        "1 Jan 23:30 (7)",
        "2 Jan 00:30",
        "2 Jan about 02:30 (0, doubtful)",
        "2 Jan 11:00 (by day)",
    ]
    assert table.caption == "Week by week, newest first; in brackets how bad, 0 to 10"
    assert len(pages.nights(facts[:90], rows[:90])["table"].rows) == 90  # type: ignore[attr-defined]


def test_the_table_leads_where_the_marks_of_the_chart_do() -> None:
    facts = diary([1, 0, 2])
    links = re.compile(r'href="(/cramp[^"]+)"')
    chart, html = links.findall(str(shown(facts)["nights"].chart)), nights_page(facts)
    assert sorted(chart) == ["/cramp?id=0-10.5", "/cramp?id=2-10.5", "/cramp?id=2-11.5"]
    assert sorted(links.findall(html)) == sorted(chart)
    assert '<th scope="row"><a href="/?night=2024-01-03">3 to 4 January 2024</a></th>' in html


def titles(chart: str) -> list[str]:
    """What the marks of a drawing are called."""
    return [unescape(one) for one in re.findall(r"<a [^>]*><title>(.*?)</title>", chart)]


def test_a_mark_of_the_chart_is_called_what_the_table_calls_it() -> None:
    for nights in (3, 91):
        facts = [night(0, 1), *diary([0] * (nights - 1), first=1)]
        rows = [row(facts[0], mark(0, 13.5, severity=4)), *map(row, facts[1:])]
        found = panels(facts, rows, [], FACTORS, names={})[1]
        table = pages.nights(facts, rows)["table"]
        assert isinstance(table, Table)
        (link,) = table.rows[-1][1]
        assert isinstance(link, Linked)
        assert titles(str(found.chart)) == [link.text]
        assert link.text == ("01:30 on 2 January, severity 4 of 10" if nights == 3 else "2 Jan 01:30 (4)")


def test_the_keyboard_gets_past_the_marks_of_the_chart() -> None:
    html = page(diary([1, 0, 2]))
    figure = html[html.index('<a class="skip" href="#nights-past">Skip the cramps of the picture</a>') :]
    assert figure.index("<svg") < figure.index("</figure>") < figure.index('id="nights-past" tabindex="-1"')
    assert html.count('id="nights-past"') == html.count('class="skip" href="#nights-past"') == 1
    assert 'href="#nights-past"' not in page(diary([0, 0]))


def test_what_may_have_been_a_cramp_is_counted_apart() -> None:
    facts = diary([0])
    for doubtful, said in (
        (0, ("2 cramps are drawn, counted or not.",)),
        (1, ("2 cramps are drawn, counted or not.", "1 press that may have been a cramp is drawn, too.")),
        (2, ("2 cramps are drawn, counted or not.", "2 presses that may have been cramps are drawn, too.")),
    ):
        marks = [mark(0, 11.0), mark(0, 12.0), *(mark(0, 13.0 + at, doubtful=True) for at in range(doubtful))]
        assert panels(facts, [row(facts[0], *marks)], [], FACTORS, names={})[1].lines[1:] == said


# ── the hours ──


def at_three(nights: int, **more: Any) -> list[NightFacts]:
    return [night(day, 1, onset_hours=(15.5,), **more) for day in range(nights)]


def test_hours_wait_for_twenty_cramps() -> None:
    early, there = (shown(at_three(nights))["hours"] for nights in (19, 20))
    assert (early.says, early.needs) == ("Too early to compare the hours of the night.", "Still needed: 1 more cramp.")
    assert "The next look is in 37 more observed nights" in early.looks
    assert (there.says, there.needs) == ("There is enough for a range. A verdict waits for the next look.", "")
    assert there.looks == "The words may change in 36 more observed nights, on 26 February 2024 at the earliest."
    assert (len(early.tables[0].head), len(there.tables[0].head)) == (4, 8)
    assert "On average the 20 cramps began at 03:30." in there.lines
    assert early.lines == ()


def test_uneven_hours_are_named_with_their_ranges() -> None:
    panel = shown(at_three(60))["hours"]
    assert panel.says == (
        "More cramps go together with 03:00 to 04:00, fewer with 22:00 to 03:00, 04:00 to 07:00; "
        "this cannot be told from good and bad spells."
    )
    assert "03:00 to 04:00: 100 cramps in 100 watched hours so far, between 76 and 129." in panel.lines
    assert "9 hours were looked at together, so each needs stronger numbers." in panel.how
    assert cells(panel.tables[0])["03:00 to 04:00"][:4] == ("60", "60", "60", "100")


def test_even_hours_cannot_be_told_apart_and_no_hour_is_picked_out() -> None:
    facts = [night(day, 1, onset_hours=(10.5 + day % 9,)) for day in range(63)]
    panel = shown(facts)["hours"]
    assert panel.says == "Cannot tell yet whether any hour differs from the others."
    assert "The range of every hour is in the table." in panel.lines


def test_hours_of_unconfirmed_nights_alone_tell_nobody() -> None:
    panel = shown(at_three(60, confirmed=False))["hours"]
    assert panel.says == "All observed nights and the confirmed ones do not say the same, so nobody can tell."


@quick
@given(diaries(120))
def test_the_tables_of_the_hours_have_the_numbers_of_the_panel(facts: list[NightFacts]) -> None:
    facts = [*facts, night(130, 1)]
    found, panel = hour_panel(facts), shown(facts)["hours"]
    for table, hours in zip(panel.tables, filter(None, (found.observed, found.confirmed)), strict=True):
        assert [one[:3] for one in table.rows] == [
            (spans((hour.clock,)), str(hour.cramps), str(hour.nights)) for hour in hours
        ]


def test_hours_that_follow_each_other_are_one_span() -> None:
    assert spans((22, 23, 0, 3)) == "22:00 to 01:00, 03:00 to 04:00"


# ── the stretch ──


@pytest.mark.parametrize(
    ("yes", "no", "cramps", "needs"),
    [
        (0, 0, 0, "14 more nights with the stretch, 14 more nights without the stretch, 6 more cramps"),
        (13, 14, 6, "1 more night with the stretch"),
        (5, 11, 4, "9 more nights with the stretch, 3 more nights without the stretch, 2 more cramps"),
        (14, 14, 5, "1 more cramp"),
        (14, 14, 6, ""),
    ],
)
def test_the_gate_is_said_in_nights_and_cramps(yes: int, no: int, cramps: int, needs: str) -> None:
    sides = [True] * yes + [False] * no
    facts = stretched([1] * cramps + [0] * (len(sides) - cramps), sides)
    panel = shown([*facts, unknown(40)])["stretch"]
    assert panel.needs == (f"Still needed: {needs}." if needs else "")
    assert panel.says.startswith("Too early" if needs else "There is enough for a range")
    assert len(panel.tables) == (1 if needs else 2)


def test_the_words_of_the_stretch_change_at_a_look_alone() -> None:
    fewer = "The stretch goes together with fewer nights with a cramp; this cannot be told from good and bad spells."
    said = [shown(by_turns(nights))["stretch"].says for nights in (27, 28, 55, 56, 57)]
    waits = "There is enough for a range. A verdict waits for the next look."
    assert said == ["Too early to compare nights with and without the stretch.", waits, waits, fewer, fewer]
    assert shown(by_turns(60, 1, 0))["stretch"].says == fewer.replace("fewer", "more")
    even = stretched([1, 1, 0, 0] * 15, [True, False] * 30)
    assert shown(even)["stretch"].says == (
        "Cannot tell yet whether nights with the stretch differ from nights without it."
    )


def test_when_the_next_look_is_stands_beside_every_comparison() -> None:
    looks = [shown(by_turns(nights))["stretch"].looks for nights in (28, 55, 56)]
    assert [re.search(r"in (\d+) more", one)[1] for one in looks] == ["28", "1", "56"]  # type: ignore[index]
    assert looks[1] == "The words may change in 1 more observed night, on 26 February 2024 at the earliest."


def test_observed_and_confirmed_nights_that_say_different_things_tell_nobody() -> None:
    facts = [replace(fact, confirmed=fact.cramps > 0) for fact in by_turns(56)]
    panel = shown(facts)["stretch"]
    assert panel.says == "All observed nights and the confirmed ones do not say the same, so nobody can tell."
    assert "Confirmed nights alone are too few for a range yet." in panel.lines
    assert panel.lines[-1] == "Confirmed nights alone were too few for a range at that look."


def test_the_range_of_the_confirmed_nights_at_the_look_stands_there_where_they_say_something_else() -> None:
    """Of the nights without the stretch half are confirmed, and of those with a cramp among them fewer."""
    facts = stretched([int(day < (40 if day % 2 else 8)) for day in range(56)], [day % 2 == 0 for day in range(56)])
    facts = [replace(fact, confirmed=day % 2 == 0 or day >= 28) for day, fact in enumerate(facts)]
    panel, found = shown(facts)["stretch"], comparisons(facts).stretch.judged
    assert found
    assert found.at_odds
    assert found.confirmed.nights
    assert panel.lines[-1].startswith("At that look over confirmed nights alone: ")
    assert panel.lines[-1].endswith(
        f"{between_times(found.confirmed.nights)} (a range that holds in 97.5 of 100 diaries)."
    )
    assert "At that look" not in text(shown(by_turns(56))["stretch"])


def test_the_range_of_the_look_stands_beside_the_verdict_and_the_running_one_apart() -> None:
    sides = [True] * 28 + [False] * 28
    facts = stretched([1] * 8 + [0] * 20 + [1] * 17 + [0] * 11, sides)
    panel = shown([*facts, *stretched([1, 0] * 5, [True, False] * 5, first=56)])["stretch"]
    found = comparisons([*facts, *stretched([1, 0] * 5, [True, False] * 5, first=56)]).stretch
    assert found.judged
    assert found.judged.observed.nights
    assert found.observed.nights
    look, today = found.judged.observed.nights, found.observed.nights
    assert look.low != today.low
    assert f"so far, between {number(today.low)} and {number(today.high)}." in panel.lines[0]
    assert panel.lines[1] == (
        "At the look after 56 observed nights, which the verdict is from: "
        f"{number(look.estimate or 0)} times as high, {between_times(look)} "
        "(a range that holds in 97.5 of 100 diaries)."
    )
    assert panel.tables[1].head[-1] == "Holds in, of 100 diaries"
    ranges = cells(panel.tables[1])
    assert ranges["Chances of a night with a cramp, so far"][2] == "95"
    assert ranges["Chances of a night with a cramp, at the look after 56 nights"][2] == "97.5"


@pytest.mark.parametrize(
    ("facts", "line", "cell"),
    [
        (by_turns(40, 0, 1), "0 times as high so far, 0.02 or less, no lower limit yet.", "0"),
        (by_turns(40, 1, 0), "without it: 49 or more, no upper limit yet.", "no number yet"),
        (by_turns(40, 1, 1), "There is nothing to compare yet: every night had a cramp, or none had.", "no number yet"),
    ],
)
def test_a_range_without_an_end_is_said_in_words(facts: list[NightFacts], line: str, cell: str) -> None:
    panel = shown(facts)["stretch"]
    assert panel.lines[0].endswith(line)
    assert cells(panel.tables[1])["Chances of a night with a cramp, so far"][0] == cell
    assert not re.search(r"\b(inf|nan|None)\b", words(page(facts)))


@quick
@given(diaries(140))
def test_the_tables_of_a_comparison_have_the_numbers_of_the_panel(facts: list[NightFacts]) -> None:
    facts = [*facts, night(150, 1, stretch=Side.YES)]
    found, panel = comparisons(facts).stretch, shown(facts)["stretch"]
    table = cells(panel.tables[0])
    for name, one, other in (
        ("Nights with the stretch", found.observed.yes, found.confirmed.yes),
        ("Nights without it", found.observed.no, found.confirmed.no),
    ):
        wanted = (one.nights, one.with_cramp, one.cramps, other.nights, other.with_cramp, other.cramps)
        assert tuple(int(str(table[name][at])) for at in (0, 1, 4, 5, 6, 7)) == wanted
        assert f"{name}: {one.with_cramp} of {one.nights} nights" in unescape(str(panel.chart))
    assert (f"{found.left_out} observed night" in " ".join(panel.leaves_out)) is bool(found.left_out)


# ── warm and cold ──


def room(nights: int, cramps: Sequence[int] = (), first: int = 0) -> list[NightFacts]:
    """Every other night warm, no two alike, with these cramps on the cold and on the warm ones."""
    one = cramps or (0, 0)
    return [night(first + day, one[day % 2], celsius=18.0 + day % 2 + day / 1000) for day in range(nights)]


def test_the_months_used_the_short_and_the_running_one_are_said() -> None:
    early = shown(room(10))["warmth"]
    assert early.says == "Too early to compare warm and cold nights."
    assert early.lines == ("No month is used yet.", "The running month needs 10 more nights before it ends.")
    late = shown([*(night(day) for day in range(20)), *room(5, first=20)])["warmth"]
    assert late.lines[1] == "The running month will have too few nights."
    two = shown([*room(31), *(night(31 + day) for day in range(29)), *room(22, first=60)])["warmth"]
    assert two.lines[-3:] == (
        "1 month is used.",
        "1 finished month has too few observed nights with a temperature.",
        "The running month has nights enough, and is used once it is over.",
    )


def test_a_running_month_that_is_over_by_the_calendar_gets_no_more_nights() -> None:
    facts = [*room(18), *(unknown(day) for day in range(18, 34))]
    assert "The running month will have too few nights." in shown(facts)["warmth"].lines


@pytest.mark.parametrize(("cramps", "side"), [((0, 1), "warm"), ((1, 0), "cold")])
def test_warmth_is_told_at_a_look_and_never_as_advice(cramps: tuple[int, int], side: str) -> None:
    assert shown(room(55, cramps))["warmth"].says == "There is enough for a range. A verdict waits for the next look."
    panel = shown(room(62, cramps))["warmth"]
    assert (
        panel.says
        == f"A {side} room goes together with more nights with a cramp; {SPELLS.replace('cannot', 'this cannot')}."
    )
    assert panel.notes[0].text == "Nobody knows about bedrooms in general: no trial of bedroom temperature was found."
    assert not re.search("keep", text(panel), re.IGNORECASE)


# ── the factors ──


def test_factors_say_how_many_were_looked_at_together() -> None:
    cramps = [1] * 7 + [0] * 21 + [1] * 17 + [0] * 11
    alcohol, odd = [day < 28 for day in range(56)], [day % 2 == 0 for day in range(56)]
    found = shown(asked(cramps, alcohol=alcohol, odd=odd), factors=("alcohol",))
    assert [part.title for part in found["factors"].parts] == ["Alcohol", "odd"]
    assert found["factors"].says == "Cannot tell yet for any of the 2 things that were asked about."
    assert (
        "Of warmth and the factors 2 were looked at together, so each needs stronger numbers." in found["factors"].lines
    )
    assert (
        cells(found["factor-1"].tables[1])["Chances of a night with a cramp, at the look after 56 nights"][2] == "98.75"
    )
    assert found["factor-1"].lines[-1].endswith("(a range that holds in 98.75 of 100 diaries).")
    alone = shown(asked(cramps, alcohol=alcohol), factors=("alcohol",))
    assert alone["factor-1"].says == f"It goes together with fewer nights with a cramp; this {SPELLS}."
    assert alone["factors"].says == (
        f"These go together with more or fewer nights with a cramp: Alcohol; this {SPELLS}."
    )


def test_a_factor_below_its_gate_says_what_it_needs_and_who_did_not_answer() -> None:
    facts = [*asked([0] * 30, alcohol=[day < 5 for day in range(30)]), *diary([0] * 4, first=30)]
    found = shown(facts, factors=("alcohol",))
    assert found["factors"].says == "Too early to tell for the 1 thing that is asked about."
    assert found["factors"].looks == "The next look is in 22 more observed nights, on 26 February 2024 at the earliest."
    panel = found["factor-1"]
    assert panel.needs == "Still needed: 9 more nights with it, 6 more cramps."
    assert panel.leaves_out == ("4 observed nights are in neither of the two groups.",)


def test_without_a_factor_nothing_was_asked() -> None:
    panel = shown(diary([0] * 3), factors=())["factors"]
    assert (panel.says, panel.parts) == ("Nothing was asked about the day yet.", ())


def test_a_factor_has_the_words_of_the_morning() -> None:
    html = page(diary([0] * 3), factors=("unusual effort",))
    assert '<h3 id="factor-1">Unusual effort</h3>' in html


# ── before and after ──

PLACEBO = "In studies, cramps fell by 28 to 36 percent in those who got a dummy pill, with no remedy in it."
SEASON = "By the season alone they fall by about 20 percent in the 6 weeks from September."


def changes(number: int) -> list[DatedChange]:
    return [DatedChange(MONDAY + timedelta(days=20 * at + 15), f"Change {at}") for at in range(number)]


def test_what_happens_by_itself_stands_beside_every_before_and_after() -> None:
    """As many of them as there are, on both pages, each with its sources."""
    facts = diary([1, 0] * 100)
    both = page(facts, changes(9)), nights_page(facts, changes(9))
    assert [html.count('<h3 id="change-') for html in both] == [NEWEST_CHANGES, 9 - NEWEST_CHANGES]
    for html in both:
        parts = html.split('<h3 id="change-')[1:]
        assert all(PLACEBO in part and SEASON in part and "Roguin Maor 2017" in part for part in parts)
        assert all("Cochrane 2012" in part and "Garrison 2015" in part for part in parts)
    assert f"{9 - NEWEST_CHANGES} older changes" in both[0]
    assert [re.search(r"Change \d", part)[0] for part in both[0].split('<h3 id="change-')[1:]] == [  # type: ignore[index]
        f"Change {at}" for at in range(8, 8 - NEWEST_CHANGES, -1)
    ]


def test_before_and_after_has_numbers_and_never_a_verdict() -> None:
    """A cramp each night for a month, then none for two: as clear as can be, and a date that somebody chose."""
    facts = [*diary([1] * 30), *diary([0] * 60, first=30)]
    panel = shown(facts, [DatedChange(MONDAY + timedelta(days=30), "Stopped a statin")])["change-1"]
    assert panel.title == "Stopped a statin, 31 January 2024"
    assert panel.says == "Numbers side by side, and no verdict."
    assert panel.lines[:2] == (
        "Cramps a week before: 7, between 4.7 and 10.",
        "Cramps a week from then on: 0, between 0 and 0.43.",
    )
    assert panel.looks == ""
    assert cells(panel.tables[0])["Nights before"][:4] == ("30", "30", "30", "7")
    assert cells(panel.tables[0])["Nights from then on"][:4] == ("60", "0", "0", "0")


def test_before_and_after_has_a_gate_and_the_unknown_nights_of_both_sides() -> None:
    facts = [*diary([1] * 30), *diary([1] * 5, first=30), unknown(35)]
    panel = shown(facts, [DatedChange(MONDAY + timedelta(days=30), "A change")])["change-1"]
    assert panel.needs == "Still needed: 9 more nights from then on."
    assert panel.leaves_out == ("Unknown nights: 0 before, 1 from then on.",)


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ([*diary([1] * 5), *diary([1], first=5)], "The diary begins too late before this change to compare."),
        (
            [*diary([1] * 6), *(unknown(day) for day in range(6, 14))],
            "Too few nights before this change were observed to compare.",
        ),
    ],
)
def test_nights_before_a_change_that_are_too_few_stay_so_and_nothing_is_needed(
    before: list[NightFacts], line: str
) -> None:
    facts = [*before, *diary([1] * 4, first=len(before))]
    panel = shown(facts, [DatedChange(MONDAY + timedelta(days=len(before)), "A change")])["change-1"]
    assert panel.needs == ""
    assert line in panel.lines


@pytest.mark.parametrize("early", [0, 400])
def test_without_a_night_before_a_change_there_is_a_line_and_no_numbers(early: int) -> None:
    panel = shown(diary([1] * 40), [DatedChange(MONDAY - timedelta(days=early), "A change")])["change-1"]
    assert text(panel).strip() == "The diary has no night before this change, so there is nothing to compare."
    assert (panel.tables, panel.chart) == ((), None)


def test_before_noon_the_night_that_runs_counts_among_those_to_come() -> None:
    """The last night is over but not yet counted: the look may be at noon of the same day."""
    facts = by_turns(55)
    last = facts[-1].night
    morning, evening = (
        str(pages.page(facts, rows_of(facts), [], (), today=last + timedelta(days=days))) for days in (2, 1)
    )
    assert "in 1 more observed night, on 26 February 2024 at the earliest." in morning
    assert morning == evening


def test_a_diary_without_a_change_says_what_would_stand_there() -> None:
    panel = shown(diary([0] * 3))["changes"]
    assert panel.says == "No change of a medicine or a supplement is noted yet."


def test_what_a_person_wrote_is_no_markup() -> None:
    html = page(diary([1] * 40), [DatedChange(MONDAY, "<b>Magnesium</b> & more")])
    assert "<b>" not in html
    assert "&lt;b&gt;Magnesium&lt;/b&gt; &amp; more" in html


# ── tables and size ──


def test_every_table_has_a_caption_and_headings_with_a_scope() -> None:
    facts = [*by_turns(100), unknown(100)]
    for html in (page(facts, changes(2)), *further(facts, changes(9))):
        tables = re.findall(r"<table>.*?</table>", html, re.DOTALL)
        assert tables
        for table in tables:
            assert re.search(r"<caption id=\"[\w-]+\">[^<]+</caption>", table)
            assert "<th>" not in table
            heads = table.count('scope="col"')
            assert {len(re.findall(r"<t[hd]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)} == {heads}
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids))


@pytest.mark.slow
def test_ten_years_fit_on_the_page() -> None:
    """Without the charts: with all ten factors, more changes than the page has, and words at every look."""
    names = tuple(f"factor {at}" for at in range(10))
    facts = [
        replace(fact, asked=frozenset(names), factors=frozenset(names[at] for at in range(10) if day % (at + 2) == 0))
        for day, fact in enumerate(by_turns(3652, 1, 0))
    ]
    facts = [replace(fact, celsius=18 + day % 7 / 3, confirmed=day % 5 > 0) for day, fact in enumerate(facts)]
    html = page(facts, changes(12), names)
    plain = re.sub(r"<figure>.*?</figure>", "", html, flags=re.DOTALL)
    assert len(plain.encode()) < 62_000
    assert plain.count('<tr><th scope="row">') > 60
    assert 'href="/patterns/weeks#weeks"' in plain
    older = nights_page(facts, changes(12))
    assert 'id="weeks"' in older
    assert older.count("<tr>") > 520 + 490
