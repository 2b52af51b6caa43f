"""The guide and its one data file: no statement without a source, both sides, warning signs first, whom to call."""

import re
import tomllib
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bedside.check import check
from bedside.diary.errors import DiaryError
from bedside.night.state import Night
from bedside.pages import evidence as shipped
from bedside.pages.evidence import MARKS, Evidence, Source, Statement, evidence, parse
from bedside.pages.guide import number, signs
from bedside.settings import Folders, Settings
from bedside.texts import SPOKEN
from tests.brackets import template, texts
from tests.homes import Home, words_of

ROOT = Path(__file__).parent.parent
CARDS = (
    "stretch", "magnesium", "drinking", "cold", "bananas", "quinine", "vitamin-k2", "medicines", "sitting", "alcohol",
    "stockings", "blood-tests", "how-common", "by-itself", "minerals",
)  # fmt: skip
NEVER_CARRIED = re.compile(
    r"garlic|muscle relaxant|low (blood )?sugar|magnesium deficien|lack of magnesium|\b(2|two) lit(er|re)|heel[- ]rais",
    re.IGNORECASE,
)
PROMISE = re.compile(r"\b(cures?|guarantee\w*|proven|miracle|will (help|stop|end|prevent))\b", re.IGNORECASE)
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def values() -> dict[str, Any]:
    """The file as it is read, for a test to change."""
    return tomllib.loads(shipped.FILE.read_text(encoding="utf-8"))


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


def get(home: Home, path: str, emergency: str = "", out_of_hours: str = "") -> str:
    house = replace(home.house(), emergency_number=emergency, out_of_hours=out_of_hours)
    return home.visitor(house).get(path).text


# ── the data file ──


def test_every_statement_has_a_source_of_the_table_and_every_source_is_used(values: dict[str, Any]) -> None:
    """Asked of the file itself, not of what the loader made of it."""
    said = list(statements(values))
    table = {source["id"] for source in values["sources"]}
    assert len(said) > 80
    assert len(table) == len(values["sources"]) > 30
    for one in said:
        assert one["sources"], one["text"]
        assert {*one["sources"]} <= table, one["text"]
        assert one["mark"] in MARKS
    assert {source for one in said for source in one["sources"]} == table


def statements(value: Any) -> Any:
    """Whatever has a text, wherever it stands."""
    if isinstance(value, dict) and "text" in value:
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from statements(inner)


def test_there_is_a_card_for_every_topic_with_both_sides_and_how_sure_it_is() -> None:
    assert tuple(evidence().cards) == CARDS
    for card in evidence().cards.values():
        assert card.speaks_for, card.id
        assert card.against, card.id
        assert card.honest.text, card.id
        assert card.certainty.startswith(("Low", "Unclear")), card.id


def test_what_was_not_read_in_a_source_has_no_number() -> None:
    unread = [one for one in evidence().statements if one.mark != "read"]
    assert len(unread) > 12
    assert not [one.text for one in unread if re.search(r"\d", one.text)]
    for one in evidence().statements:
        assert (one.mark == "accepted") == ([source.id for source in one.sources] == ["accepted"]), one.text


def test_every_number_of_a_card_stands_under_its_title_in_the_longer_account() -> None:
    account = (ROOT / "docs/evidence.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^### (.+)\n((?:(?!^#).*\n)+)", account, re.MULTILINE))
    assert list(told) == [card.title for card in evidence().cards.values()]
    for card in evidence().cards.values():
        shown = numbers(" ".join(one.text for one in card.statements))
        assert shown <= numbers(told[card.title]), card.id
        names = {word for source in card.sources for word in numbers(source.full)} - {"58", "17"}
        assert names <= numbers(account), card.id


def test_every_interval_of_the_longer_account_is_told_on_its_card() -> None:
    account = (ROOT / "docs/evidence.md").read_text(encoding="utf-8")
    for title, told in re.findall(r"^### (.+)\n((?:(?!^#).*\n)+)", account, re.MULTILINE):
        card = next(card for card in evidence().cards.values() if card.title == title)
        shown = numbers(" ".join(one.text for one in card.statements))
        limits = re.findall(r"\(−?([\d.]+)(?:–| to )([\d.]+)[,)]", told)  # noqa: RUF001 (a minus sign and a dash)
        assert {limit for pair in limits for limit in pair} <= shown, title


def test_what_contradicts_each_other_is_both_there() -> None:
    both = {
        "stretch": ("hallegraeff-2012", "coppin-2005"),
        "magnesium": ("barna-2021", "roguin-maor-2017"),
        "how-common": ("maisonneuve-2016", "cks"),
        "by-itself": ("cochrane-2012", "tan-2024"),
        "minerals": ("us-intake", "efsa"),
    }
    for name, (one, other) in both.items():
        card = evidence().cards[name]
        assert one in {source.id for said in card.speaks_for for source in said.sources}, name
        assert other in {source.id for said in card.against for source in said.sources}, name


def test_what_is_never_to_be_said_is_said_nowhere() -> None:
    shown = [str(form) for text in texts(template()) for form in (text.id if text.pluralizable else (text.id,))]
    for text in (*shown, *SPOKEN.values(), *(one.text for one in evidence().statements)):
        assert not NEVER_CARRIED.search(text), text
        assert not PROMISE.search(text), text


def test_stockings_are_never_named_without_who_must_not_wear_them() -> None:
    naming = [one.text for one in evidence().statements if "stocking" in one.text]
    assert naming
    assert all("numb feet" in text and "fragile skin" in text for text in naming)
    assert "not for all" in evidence().cards["stockings"].title


def test_the_sentences_are_short_and_plain() -> None:
    for one in evidence().statements:
        for sentence in re.split(r"(?<=[.?!:])\s+", one.text):
            assert len(sentence.split()) <= 26, sentence


def test_it_is_read_once_and_cannot_be_changed() -> None:
    assert evidence() is evidence()
    with pytest.raises(AttributeError):
        next(iter(evidence().cards.values())).title = "Another"  # type: ignore[misc]


# ── a file with a slip in it ──

SOUND = """
[[sources]]
id = "study-2020"
short = "Study 2020"
full = "Study 2020, doi 10.1"
[[sources]]
id = "accepted"
short = "accepted"
full = "Generally accepted"
""" + "".join(f'[[{group}]]\ntext = "A sign."\nsources = ["accepted"]\nmark = "accepted"\n' for group in shipped.GROUPS)
CARD = """
[[cards]]
id = "thing"
title = "A thing"
certainty = "Low."
[cards.honest]
text = "It may help."
sources = ["study-2020"]
mark = "read"
[[cards.for]]
text = "9 people."
sources = ["study-2020"]
mark = "read"
[[cards.against]]
text = "It was small."
sources = ["study-2020"]
mark = "read"
"""


def test_a_sound_file_is_taken() -> None:
    found = parse(SOUND + CARD)
    assert isinstance(found, Evidence)
    source = Source("study-2020", "Study 2020", "Study 2020, doi 10.1")
    assert found.cards["thing"].speaks_for == (Statement("9 people.", (source,), "read"),)
    assert found.cards["thing"].sources == (source,)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('text = "9 people."\nsources = ["study-2020"]\n', 'text = "9 people."\n', "card thing, '9 people.' lacks"),
        ('"9 people."\nsources = ["study-2020"]', '"9 people."\nsources = []', "sources must be a list"),
        ('"9 people."\nsources = ["study-2020"]', '"9 people."\nsources = "study-2020"', "sources must be a list"),
        ('"9 people."\nsources = ["study-2020"]', '"9 people."\nsources = ["x"]', "'9 people.': there is no source x"),
        ('mark = "read"\n[[cards.against]]', 'mark = "sure"\n[[cards.against]]', "its mark must be one of read"),
        ('mark = "read"\n[[cards.against]]', "[[cards.against]]", "'9 people.' lacks mark"),
        ('mark = "read"\n[[cards.against]]', 'mark = "accepted"\n[[cards.against]]', "do not fit"),
        ('"A sign."\nsources = ["accepted"]\nmark = "accepted"', '"A sign."\nsources = ["accepted"]\nmark = "read"',
         "its mark and its sources do not fit"),
        ('"A sign."', '"3 signs."', "emergency, '3 signs.': what was not read in a source has no numbers"),
        ('[[cards.against]]\ntext = "It was small."\nsources = ["study-2020"]\nmark = "read"\n', "", "lacks against"),
        ('title = "A thing"\n', "", "card thing lacks title"),
        ('title = "A thing"', 'title = " "', "card thing: title must be a text"),
        ('title = "A thing"', 'title = "9 %"', "without a percent sign"),
        ('certainty = "Low."', 'certainty = "High."', "its certainty must begin with one of Low"),
        ('title = "A thing"\n', 'title = "A thing"\ncolour = "red"\n', "has what nothing reads: colour"),
        ("[[never]]", "[[seldom]]", "file lacks never"),
        ('id = "study-2020"', 'id = "study-2021"', "there is no source study-2020"),
        ('short = "Study 2020"\n', "", "source lacks short"),
        ("[[cards]]", '[[sources]]\nid = "more"\nshort = "More"\nfull = "More"\n[[cards]]', "nothing rests on these"),
        ('id = "accepted"', 'id = "study-2020"', "there is no source accepted"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_and_says_where(old: str, new: str, says: str) -> None:
    assert old in SOUND + CARD
    with pytest.raises(ValueError, match=re.escape(says)):
        parse((SOUND + CARD).replace(old, new, 1))


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="the same id"):
        parse(SOUND + CARD + CARD)


# ── the page ──


def test_the_guide_shows_every_statement_with_its_sources(home: Home) -> None:
    html = get(home, "/guide")
    text = words_of(html)
    for one in evidence().statements:
        assert " ".join(one.text.split()) in text, one.text
    for card in evidence().cards.values():
        part = unescape(html.partition(f'<h2 id="{card.id}">')[2].partition("</section>")[0])
        for said in (*card.speaks_for, *card.against):
            after = part.partition(said.text)[2].partition("</li>")[0]
            assert re.findall("<cite>(.*?)</cite>", after) == [source.short for source in said.sources], said.text
        assert [source.full for source in card.sources] == re.findall("<li>([^<]*)</li>", part)
        assert card.certainty in part
        places = [part.index(words) for words in (card.honest.text, card.certainty, ">For<", ">Against, or limits<")]
        assert places == sorted(places)


@pytest.mark.parametrize("path", ["/guide", "/relief"])
def test_the_warning_signs_come_before_anything_else_is_said(home: Home, path: str) -> None:
    text = words_of(get(home, path))
    last = max(text.index(sign.text) for group in ("emergency", "same_day") for sign in evidence().signs[group])
    others = {one.text for one in evidence().statements} - {
        one.text for group in ("emergency", "same_day") for one in evidence().signs[group]
    }
    assert last < min(text.index(one) for one in others if one in text)
    assert text.index("Call your local emergency number now if") < text.index("Get medical help today if")
    if path == "/relief":
        assert last < text.index("Otherwise, do this")
    else:
        assert last < text.index("Make an appointment") < text.index("On this page") < text.index("Evening stretch")


@pytest.mark.parametrize("path", ["/guide", "/relief"])
def test_no_warning_sign_is_folded_away(home: Home, path: str) -> None:
    folded = "".join(re.findall(r"<details>.*?</details>", get(home, path), re.DOTALL))
    for group in ("emergency", "same_day", "appointment", "never"):
        assert not [sign.text for sign in evidence().signs[group] if sign.text in folded]


def test_a_statement_is_written_in_one_place_alone(home: Home) -> None:
    sources = [*(ROOT / "web/templates").glob("*.html"), *(ROOT / "bedside/pages").glob("*.py")]
    written = {file.name: " ".join(file.read_text(encoding="utf-8").split()) for file in sources}
    for one in evidence().statements:
        assert not [name for name, text in written.items() if one.text in text], one.text
    for sign in (*signs("emergency"), *signs("same_day"), *signs("never")):
        assert sign.text in words_of(get(home, "/relief"))
    for said in evidence().cards["stretch"].statements:
        assert said.text in words_of(get(home, "/stretch"))


def test_the_index_leads_to_every_card(home: Home) -> None:
    html = get(home, "/guide")
    for name in ("cramp", "never", *CARDS):
        assert html.count(f'href="#{name}"') == html.count(f' id="{name}"') == 1


def test_the_guide_is_found_from_every_page_and_marks_itself(home: Home) -> None:
    for path in ("/", "/relief", "/stretch", "/settings", "/guide"):
        assert '<a href="/guide"' in get(home, path)
    assert '<a href="/guide" aria-current="page">' in get(home, "/guide")


def test_the_guide_says_that_no_clinician_has_reviewed_it_and_carries_no_script(home: Home) -> None:
    html = get(home, "/guide")
    assert "Not a diagnosis. Nothing here has been reviewed by a clinician." in html
    assert not re.search(r"<script|style=|javascript:| on\w+=", html)
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(set(re.findall(r' id="([^"]*)"', html))) == html.count(" id=")


def test_the_guide_weighs_little(home: Home) -> None:
    assert len(get(home, "/guide").encode()) < 60_000


def test_the_guide_needs_no_diary_and_no_well_night(home: Home) -> None:
    def broken() -> Night:
        raise DiaryError("the night is gone")

    house = replace(home.house(), night=broken, diary=Path("/nowhere/diary.db"))
    assert home.visitor(house).get("/guide").status_code == 200


# ── whom to call ──


@pytest.mark.parametrize("path", ["/guide", "/relief"])
def test_the_emergency_number_of_the_settings_is_shown_and_dialled(home: Home, path: str) -> None:
    html = get(home, path, emergency=" 112 ", out_of_hours="+44 20 7946-0018")
    assert "Call 112 now if" in html
    assert '<a class="jump" href="tel:112">Call 112</a>' in html
    assert 'Out of hours: <a href="tel:+442079460018">+44 20 7946-0018</a>' in html
    assert "your local emergency number" not in html


@pytest.mark.parametrize(
    "text", ["999/112", "112 - 911", "911 112", "112 or 999", "+44 (0)20 7946 0000", "1", "112.", "()"]
)
def test_what_is_not_plainly_one_number_is_shown_and_not_dialled(home: Home, text: str) -> None:
    html = get(home, "/relief", emergency=text)
    assert f"Call {text} now if" in html
    assert "tel:" not in html


@pytest.mark.parametrize("path", ["/guide", "/relief"])
def test_without_a_number_the_page_says_so_in_words_and_dials_nothing(home: Home, path: str) -> None:
    html = get(home, path, emergency=" ")
    assert "Call your local emergency number now if" in html
    assert "tel:" not in html
    assert "Out of hours" not in html


@pytest.mark.parametrize("path", ["/guide", "/relief"])
def test_a_number_that_is_markup_is_shown_as_it_is_written(home: Home, path: str) -> None:
    evil = "<b>112</b>\"'><script>alert(%(number)s)</script>&"
    html = get(home, path, emergency=evil, out_of_hours=evil)
    assert "<b>" not in html
    assert "<script" not in html
    assert "tel:" not in html
    assert html.count(evil) == 0
    assert unescape(html).count(evil) == 2


@pytest.mark.parametrize(
    ("setting", "link"),
    [
        ("112", "tel:112"),
        ("+1 (555) 010-9999", "tel:+15550109999"),
        ("0116 117", "tel:0116117"),
        ("112 or 999", ""),
        ("NHS 111", ""),
        ("", ""),
        ("+", ""),
        ("--", ""),
        ("1\n1\t2", ""),
        ("javascript:alert(1)", ""),
        ("112,,,1#", ""),
        ("9" * 40, ""),
        ("١١٢", ""),
    ],
)
def test_only_what_is_a_number_is_dialled(setting: str, link: str) -> None:
    assert number(setting).link == link
    assert number(setting).text == " ".join(setting.split())


@pytest.mark.parametrize(
    ("setting", "says", "well"),
    [
        ("", "The emergency number is not set; the page says: your local emergency number.", None),
        ("112", "The page says to call 112 in an emergency.", True),
    ],
)
def test_the_check_asks_for_the_emergency_number(tmp_path: Path, setting: str, says: str, well: bool | None) -> None:
    found = list(check(Settings(emergency_number=setting), Folders(tmp_path, tmp_path), tmp_path))
    emergency = next(one for one in found if one.part == "emergency")
    assert (emergency.says, emergency.well) == (says, well)
    assert ('emergency_number = "112"' in emergency.remedy) is (well is None)
