"""SECURITY.md and the page on ETSI EN 303 645: complete, naming only what is there, the limits the code's own."""

import re
from base64 import urlsafe_b64decode
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bedside.control import Control
from bedside.diary.exported import LARGEST
from bedside.door import DIGITS, OPEN_SECONDS, TRIES
from bedside.night.state import LEAN, PAIRING_HOLD
from bedside.pages.crowd import Limits
from bedside.pages.guard import COOKIE
from bedside.phones import LASTS
from tests.homes import Home

ROOT = Path(__file__).parent.parent
SECURITY, ETSI = ROOT / "SECURITY.md", ROOT / "docs/etsi-en-303-645.md"
STATUSES = ("met", "not met", "not applicable")
MOST_WORDS = 12
"""Of what a provision asks: the standard's own sentences are not ours to print."""

# Table B.1 of V3.1.3 (2024-09); what is a must has an exclamation mark.
NUMBERS = {
    "5.0": "1!",
    "5.1": "1! 2! 2A 3! 4! 5!",
    "5.2": "1! 2 3",
    "5.3": "1 2! 3! 4A 4B 5 6A 6B 7! 8! 9 10! 11 12 13! 14 15A 15B 16!",
    "5.4": "1! 2! 3! 4!",
    "5.5": "1! 2 3 4 5! 6 7! 8!",
    "5.6": "1! 2! 3 4A! 4B 5 6 7 8 9",
    "5.7": "1 2",
    "5.8": "1 2! 3!",
    "5.9": "1 2 3",
    "5.10": "1",
    "5.11": "1! 2 3 4",
    "5.12": "1 2 3",
    "5.13": "1A! 1B!",
    "6": "1! 2! 3A! 3B! 4 5! 6! 7 8",
}
MUST = {f"{clause}-{number[:-1]}" for clause, numbers in NUMBERS.items() for number in numbers.split() if "!" in number}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def rows(page: Path) -> list[list[str]]:
    """The cells of every row of its tables, the heads left out."""
    lines = re.findall(r"^\|(.+)\|$", re.sub(r"^\|.*\|\n\|[-|]+\|$", "", text(page), flags=re.MULTILINE), re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


PROVISIONS = rows(ETSI)
provisions = pytest.mark.parametrize("row", PROVISIONS, ids=lambda row: row[0])


@pytest.mark.parametrize("page", [SECURITY, ETSI], ids=lambda page: page.name)
def test_every_file_and_every_test_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"`([^`]+)`", text(page)))
    tests = {name for name in named if name.startswith("test_")}
    files = {name for name in named if re.fullmatch(r"[\w./-]+\.\w+", name) and not name.startswith("/")} | (
        named & {"Makefile"}
    )
    there = {
        name for file in ROOT.glob("tests/**/test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    assert len(files) > 8
    assert sorted(tests - there) == []
    assert sorted(name for name in files if not (ROOT / name).is_file()) == []


@pytest.mark.parametrize("page", [SECURITY, ETSI], ids=lambda page: page.name)
def test_every_link_and_every_section_that_is_named_exists(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", text(page)):
        assert (page.parent / target).is_file(), target
    for file, section in re.findall(r"`(\w+\.md)`, \*([^*]+)\*", text(page)):
        assert f"\n## {section}\n" in text(ROOT / file), section


def test_every_provision_is_there_once_in_order_under_its_clause() -> None:
    parts = re.split(r"^## (\S+) .*$", text(ETSI), flags=re.MULTILINE)
    found = {
        clause: " ".join(re.findall(rf"^\| {re.escape(clause)}-(\w+) \|", part, re.MULTILINE))
        for clause, part in zip(parts[1::2], parts[2::2], strict=True)
    }
    assert list(found.items()) == [(clause, numbers.replace("!", "")) for clause, numbers in NUMBERS.items()]
    assert len(PROVISIONS) == sum(len(numbers.split()) for numbers in NUMBERS.values())


@provisions
def test_every_provision_has_one_status_and_a_reason(row: list[str]) -> None:
    number, kind, asks, status, why = row
    assert kind == ("must" if number in MUST else "should")
    assert 0 < len(asks.split()) <= MOST_WORDS
    assert status in STATUSES
    assert why
    if status == "met":
        assert "`" in why or why.startswith("this page"), "what is met is shown by a file or a test"


def test_the_sums_are_those_of_the_rows() -> None:
    for kinds in (("must", "should"), ("must",)):
        count = Counter(row[3] for row in PROVISIONS if row[1] in kinds)
        assert ", ".join(f"{count[status]} {status}" for status in STATUSES) in text(ETSI)
    assert f"\n{len(PROVISIONS)} provisions: " in text(ETSI)
    assert f"Of the {len(MUST)} that are a must: " in text(ETSI)


def test_the_limits_are_the_codes_own(tmp_path: Path) -> None:
    home, limits = Home(tmp_path), Limits()
    token = home.pair()
    bits = len(urlsafe_b64decode(token + "=" * (-len(token) % 4))) * 8
    assert rows(SECURITY) == [
        ["hold that draws a code", f"{PAIRING_HOLD:g} to {LEAN:g} s"],
        ["code", f"{DIGITS} digits, for {OPEN_SECONDS / 60:g} minutes, for 1 phone"],
        ["wrong codes of all comers together", f"{TRIES}"],
        ["token", f"{bits} random bits, for {LASTS / timedelta(days=1):g} days after the last visit"],
        ["headers of a request", f"{limits.header_bytes / 1024:g} kB"],
        ["body of a request", f"{limits.body_bytes / 1024:g} kB"],
        ["a diary that is brought in, from a paired phone, with a fresh code", f"{LARGEST / 1024**2:g} MB"],
        ["connections of an address", f"{limits.per_address}"],
        ["connections in all", f"{limits.in_all}"],
        ["without a whole request", f"{limits.request_seconds + limits.idle_seconds:g} s"],
    ]


def test_the_cookie_is_as_it_is_said_to_be(tmp_path: Path) -> None:
    home = Home(tmp_path)
    code = home.entrance.door.open().code
    answer = home.client(paired=False).post("/pair", data={"code": code}, headers={"Origin": "http://localhost"})
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(f"{COOKIE}="))
    marks = {mark.strip() for mark in cookie.split(";")[1:]}
    assert {"HttpOnly", "SameSite=Strict", f"Max-Age={LASTS // timedelta(seconds=1)}"} <= marks
    assert "The cookie is\n  HttpOnly and SameSite=Strict." in text(SECURITY)
    assert ("Secure" in marks) is ("its cookie is not marked Secure" not in text(SECURITY))


def test_pair_is_for_the_services_own_user_and_group(tmp_path: Path) -> None:
    control = Control(tmp_path / "control", {})
    control.start()
    mode = (tmp_path / "control").stat().st_mode & 0o777
    control.close()
    assert mode == 0o660


def test_the_support_period_has_a_date() -> None:
    promise = text(SECURITY).partition("## Support period")[2]
    assert re.search(r"until\s+\d{1,2} (December|June) 20\d\d", promise)


def test_security_md_is_short_and_the_readme_leads_to_it() -> None:
    lines = text(SECURITY).splitlines()
    assert len(lines) <= 90
    assert max(map(len, lines)) <= 120
    assert "(SECURITY.md)" in text(ROOT / "README.md").partition("## More")[2]
