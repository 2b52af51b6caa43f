"""The patterns in Chromium, on the real daemon: below their gates and above them, and with ten years of nights."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests import browsers, years
from tests.browsers import Place

pytestmark = browsers.MARKS
browser = browsers.browser

TEN_YEARS = 3650
HEAVY = 250_000
PANELS = ("often", "hours", "stretch")

fewer = pytest.mark.parametrize("place", [5, 30, 120], indirect=True, ids="{} nights".format)
few = pytest.mark.parametrize("place", [5], indirect=True, ids="{} nights".format)
some = pytest.mark.parametrize("place", [30], indirect=True, ids="{} nights".format)
many = pytest.mark.parametrize("place", [120], indirect=True, ids="{} nights".format)
very_many = pytest.mark.parametrize("place", [TEN_YEARS], indirect=True, ids="{} nights".format)


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder, clips = tmp_path_factory.mktemp("home"), tmp_path_factory.getbasetemp() / "clips"
    readings = 24 if request.param == TEN_YEARS else years.READINGS_A_NIGHT
    with browsers.daemon(folder, clips, browser, request.param, readings) as place:
        yield place


def panels(browser: Any, place: Place) -> dict[str, str]:
    """What each panel says first, and all that it says."""
    browsers.shape(browser, 360)
    browser.get(f"{place.address}/patterns")
    found = {one: browser.find_element("css selector", f"section[aria-labelledby={one}]") for one in PANELS}
    return {one: panel.text for one, panel in found.items()}


def links(browser: Any, within: str) -> set[str]:
    """Where the links within it lead, after our address."""
    script = "return [...document.querySelectorAll(arguments[0] + ' a')].map(one => one.getAttribute('href'))"
    return set(browser.execute_script(script, within))


@few
def test_below_its_gate_a_panel_shows_what_there_is_and_says_what_it_waits_for(browser: Any, place: Place) -> None:
    said = panels(browser, place)
    assert all("Too early to" in words for words in said.values())
    assert all(re.search(r"Still needed: [1-9]\d* more ", words) for words in said.values())
    assert "Still needed: 9 more observed nights." in said["often"]
    assert "of 5 had a cramp" in said["often"]
    assert not re.search(r"\d cramps a week|between \d", " ".join(said.values()))


@some
def test_a_rate_comes_first_and_what_is_compared_waits_for_more(browser: Any, place: Place) -> None:
    said = panels(browser, place)
    assert re.search(r"About \d\.\d cramps a week", said["often"])
    assert "Still needed" not in said["often"]
    assert re.search(r"Still needed: \d+ more cramps?\.", said["hours"])
    assert re.search(r"Still needed: \d+ more nights without the stretch", said["stretch"])


@many
def test_above_its_gate_a_panel_has_its_range_and_its_verdict(browser: Any, place: Place) -> None:
    said = panels(browser, place)
    assert not any("Too early to" in words or "Still needed" in words for words in said.values())
    assert "Cannot tell yet whether any hour differs" in said["hours"]
    assert "Cannot tell yet whether nights with the stretch differ" in said["stretch"]
    assert re.search(r"times as high so far, between \d", said["stretch"])
    assert all(
        re.search(r"The words may change in \d+ more observed nights", said[one]) for one in ("hours", "stretch")
    )


@fewer
def test_what_a_drawing_shows_is_told_by_a_table_that_the_keyboard_opens(browser: Any, place: Place) -> None:
    from selenium.webdriver.common.keys import Keys

    browsers.shape(browser, 320)
    browser.get(f"{place.address}/patterns")
    browser.find_element("css selector", "section[aria-labelledby=often] summary").send_keys(Keys.ENTER)
    region = browser.find_element("css selector", "section[aria-labelledby=often] details[open] [role=region]")
    assert region.is_displayed()
    assert region.get_attribute("tabindex") == "0"
    assert region.accessible_name
    assert region.find_elements("css selector", "tbody th[scope=row]")


@some
def test_a_mark_of_the_nights_leads_to_its_cramp(browser: Any, place: Place) -> None:
    from selenium.webdriver.common.keys import Keys

    browsers.shape(browser, 1280)
    browser.get(f"{place.address}/patterns")
    mark = browser.find_element("css selector", ".raster .marks a")
    leads_to = browser.execute_script("arguments[0].focus(); return arguments[0].href.baseVal", mark)
    time = re.search(r"\d\d:\d\d", mark.accessible_name)
    assert browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browsers.press(browser, mark, Keys.ENTER)
    assert browser.current_url == place.address + leads_to
    assert time
    assert time[0] in browser.find_element("tag name", "h1").text


@some
def test_small_marks_have_their_like_in_the_table(browser: Any, place: Place) -> None:
    """What WCAG 2.5.8 calls an equivalent control: the marks are dense, and cannot all be as large as a finger."""
    browser.get(f"{place.address}/patterns")
    marks = links(browser, ".raster")
    browser.get(f"{place.address}/patterns/nights")
    assert marks
    assert marks <= links(browser, "table")


@very_many
def test_ten_years_are_no_heavier_than_a_picture(browser: Any, place: Place) -> None:
    """The page itself; its style and icon are there from the first page on."""
    weights = {path: len(place.get(path).text.encode()) for path in place.pages}
    assert {path: weight for path, weight in weights.items() if weight >= HEAVY} == {}


@very_many
@pytest.mark.parametrize("path", ["/patterns", "/patterns/nights", "/patterns/weeks", "/report", "/diary"])
def test_ten_years_fit_on_the_smallest_phone(browser: Any, place: Place, path: str) -> None:
    browsers.shape(browser, 320)
    browser.get(place.address + path)
    assert browsers.overflow(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 320
