"""The pages in Debian's Chromium: narrow and wide, light and dark, and nothing asked of anyone but us."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from bedside.night.effects import LightLevel, Phase
from bedside.night.habits import Habits
from bedside.night.state import Line
from bedside.pages import create_app
from bedside.pages.habits_form import LABELS
from bedside.pages.links import to_cramp
from bedside.pages.server import PageServer
from tests import browsers
from tests.browsers import chosen, overflow, shape, tab_to
from tests.homes import QUIET, THREE, Home, at, cramp, report, watch

pytestmark = browsers.MARKS
browser = browsers.browser

ALSO = ("/?night=2026-01-09", "/diary?month=12&year=2025", to_cramp(THREE[0].id), "/nothing")
PAGES = (*browsers.PAGES, *ALSO)
PHASES = ("quiet", "asking", "cramping", "standing", "seated")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A demo in which everything is there to be shown, or to overflow."""
    says = "The thermometer at /sys/bus/i2c/devices/1-0048/hwmon/hwmon0/temp1_input gives no answer."
    home = Home(tmp_path_factory.mktemp("home"), heard=("Keep holding, and breathe.",), degrees=(18.0, 19.5))
    home.rows = (*THREE, cramp("10 14:10", 1), cramp("11 04:30", 3, trusted=False), watch("10 18:00", "11 08:00"))
    home.parts = (*home.parts, report("thermometer", says, remedy="Check its cable."))
    home.night = replace(QUIET, line=Line.STUCK, unsaved=frozenset("a"), light=LightLevel.GLOW)
    return home


@pytest.fixture(scope="module")
def address(home: Home) -> Iterator[str]:
    house = home.house(in_demo=True)
    server = PageServer("127.0.0.1", 0, lambda: create_app(house), print, lambda: home.now)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.close()


@pytest.fixture
def later(home: Home) -> Iterator[Home]:
    """The home, whose night and habits are put back afterwards."""
    facts = (home.night, home.now, home.habits, list(home.acts))
    yield home
    home.night, home.now, home.habits, home.acts[:] = facts


def come_to(home: Home, phase: str) -> None:
    """Let the night be in that phase; a running stretch is in its first hold, the longest words of its session."""
    home.now = at("11 21:05")
    home.habits = Habits(standing_stretch=phase != "seated")
    began = home.now.since_boot - 16.4
    home.night = {
        "quiet": QUIET,
        "asking": replace(QUIET, phase=Phase.ASKING),
        "cramping": replace(QUIET, phase=Phase.CRAMPING, cramp=cramp("11 21:04")),
        "standing": replace(QUIET, phase=Phase.STRETCHING, stretch_from=began - 90),
        "seated": replace(QUIET, phase=Phase.STRETCHING, stretch_from=began),
    }[phase]


def ground(browser: Any) -> str:
    return str(browser.execute_script("return getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_needs_scrolling_sideways(browser: Any, address: str, scheme: str, path: str) -> None:
    browser.get(address + path)
    for width in (320, 360, 1280):
        shape(browser, width, scheme)
        assert overflow(browser) == []
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_stretch_fits_in_every_phase(browser: Any, address: str, later: Home, width: int, phase: str) -> None:
    come_to(later, phase)
    shape(browser, width)
    browser.get(address + "/stretch")
    assert overflow(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "pixels"), [(320, 60), (360, 60), (1280, 120)])
def test_the_pose_can_be_read_from_where_one_stretches(
    browser: Any, address: str, later: Home, width: int, pixels: int
) -> None:
    """On a phone and on a screen, all of the step without scrolling."""
    come_to(later, "standing")
    shape(browser, width, "dark")
    browser.get(address + "/stretch")
    size = "return parseFloat(getComputedStyle(document.querySelector('{}')).fontSize)"
    assert browser.execute_script(size.format("h1")) >= pixels
    assert browser.execute_script(size.format(".what")) >= pixels / 2
    assert browser.execute_script("return document.querySelector('.bar').getBoundingClientRect().bottom") <= 800


def bar(browser: Any) -> float:
    script = "const one = document.querySelector('.bar'), by = one.getBoundingClientRect().width;"
    return float(browser.execute_script(script + "return one.firstChild.getBoundingClientRect().width / by"))


def test_the_bar_stands_still_for_whom_movement_disturbs(browser: Any, address: str, later: Home) -> None:
    """Nine seconds of fifteen are left: it shows that much, and no less later."""
    come_to(later, "seated")
    later.now = at("11 21:05").at(later.night.stretch_from + 7.2)
    shape(browser, 360)
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    )
    browser.get(address + "/stretch")
    state = "return getComputedStyle(document.querySelector('.bar span')).animationPlayState"
    assert browser.execute_script(state) == "paused"
    assert bar(browser) == pytest.approx(9 / 15, abs=0.03)


def test_the_bar_empties_over_what_is_left(browser: Any, address: str, later: Home) -> None:
    come_to(later, "seated")
    later.now = at("11 21:05").at(later.night.stretch_from + 7.2)
    shape(browser, 360)
    browser.get(address + "/stretch")
    assert browser.execute_script(
        "const [one] = document.getAnimations(); one.pause(); one.currentTime = one.effect.getTiming().delay + 15000;"
        "return [one.effect.getTiming().duration, one.effect.getTiming().delay]"
    ) == [15000, -6000]
    assert bar(browser) == 0


def test_the_settings_are_chosen_by_hand_and_kept(browser: Any, address: str, later: Home) -> None:
    from selenium.webdriver.support.select import Select

    later.acts.clear()
    later.habits = Habits()
    shape(browser, 320)
    browser.get(address + "/settings")
    Select(browser.find_element("id", "night_volume")).select_by_visible_text("Very quiet")
    for box in ("sunday", "silent_evenings"):
        browser.find_element("id", box).click()
    browser.find_element("css selector", ".keep button").click()
    assert "Kept. It holds from now on." in browser.find_element("css selector", "[role=status]").text
    assert later.acts == [
        Habits(night_volume=0.1, silent_evenings=True, reminders=(*Habits().reminders[:6], None)),
    ]


def test_what_is_wrong_leads_to_its_field(browser: Any, address: str, later: Home) -> None:
    from selenium.webdriver.common.keys import Keys

    later.acts.clear()
    shape(browser, 320)
    browser.get(address + "/settings")
    browser.execute_script("document.getElementById('rising').value = document.getElementById('bedtime').value")
    browser.find_element("css selector", ".keep button").click()
    link = browser.find_element("css selector", "[role=alert] a")
    assert "the same as bedtime" in link.text
    assert later.acts == []
    assert overflow(browser) == []
    link.send_keys(Keys.ENTER)
    assert browser.current_url.endswith("/settings#rising")
    field = browser.find_element("id", "rising")
    assert field.accessible_name == "Rising time"
    assert field.get_attribute("aria-invalid") == "true"


def test_every_field_has_a_name_that_is_spoken(browser: Any, address: str) -> None:
    browser.get(address + "/settings")
    names = [one.accessible_name for one in browser.find_elements("css selector", "input, select")]
    assert set(names) - {"The code"} == set(LABELS.values())
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", PAGES)
def test_letters_of_twice_the_size_still_fit(browser: Any, address: str, path: str) -> None:
    shape(browser, 640)
    with browsers.large_type(browser):
        browser.get(address + path)
        assert browser.execute_script("return parseFloat(getComputedStyle(document.body).fontSize)") == 40
        assert overflow(browser) == []


def test_the_morning_follows_the_colour_scheme_and_relief_is_always_red_on_black(browser: Any, address: str) -> None:
    grounds = {}
    for path in ("/", "/relief"):
        for scheme in ("light", "dark"):
            shape(browser, 360, scheme)
            browser.get(address + path)
            grounds[path, scheme] = ground(browser)
    assert grounds["/", "light"] != grounds["/", "dark"]
    assert {grounds["/relief", scheme] for scheme in ("light", "dark")} == {"rgb(0, 0, 0)"}
    colours = browser.execute_script(
        "return [...document.querySelectorAll('main *')].map(one => getComputedStyle(one).color)"
    )
    assert set(colours) == {"rgb(255, 90, 77)"}


def test_no_page_asks_any_other_host(browser: Any, address: str) -> None:
    browsers.asked(browser)
    browser.get_log("browser")
    for path in PAGES[:-1]:
        browser.get(address + path)
    urls = set(browsers.asked(browser))
    assert f"{address}/static/style.css" in urls
    assert {urlsplit(url).netloc for url in urls} == {urlsplit(address).netloc}
    assert browser.get_log("browser") == []


def test_a_press_on_the_page_reaches_the_house(browser: Any, address: str, home: Home) -> None:
    """Through a real browser's Origin, and under our own form-action."""
    browser.get(address + "/")
    browser.find_element("css selector", "button.first").click()
    assert browser.current_url == address + "/"
    assert home.acts == [0.2]


def test_the_keyboard_reaches_the_page_first_and_sees_where_it_is(browser: Any, address: str) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.get(address + "/")
    browser.find_element("css selector", "body").send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to the page"
    assert skip.rect["x"] >= 0
    outline = browser.execute_script("return getComputedStyle(document.activeElement).outline")
    assert re.search(r"solid [1-9]", outline)
    skip.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"


@pytest.mark.parametrize("path", PAGES)
def test_what_is_pressed_is_large_enough_for_a_thumb(browser: Any, address: str, path: str) -> None:
    """WCAG 2.2 asks for 24 px; links inside a sentence are exempt."""
    shape(browser, 320)
    browser.get(address + path)
    small = browser.execute_script(
        "return [...document.querySelectorAll('nav a, button, .jump, select, [type=time], [type=date], .box, .tap')]"
        ".filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect())"
        ".filter(box => box.height < 40 || box.width < 40).length"
    )
    assert small == 0


def test_the_demo_looks_again_by_itself_while_a_cramp_is_open(browser: Any, address: str, home: Home) -> None:
    quiet = home.night
    home.night = replace(QUIET, phase=Phase.CRAMPING, cramp=cramp("11 07:58"), light=LightLevel.FULL)
    home.now = at("11 08:00")
    browser.get(address + "/")
    home.night = quiet
    refresh = browser.find_element("css selector", "meta[http-equiv=refresh]")
    assert refresh.get_attribute("content") == "5"
    assert "A cramp is open, since 07:58." in browser.find_element("tag name", "main").text


# --- the check-in ---


def test_a_check_in_is_told_by_touch(browser: Any, address: str, later: Home) -> None:
    shape(browser, 360)
    browser.get(address + "/")
    for name, value in (("slept", "yes"), ("severity-0", "7"), ("leg-0", "left"), ("muscle-0", "calf")):
        tap = browser.find_element("css selector", f"label:has(input[name='{name}'][value='{value}'])")
        size = tap.size
        assert min(size["width"], size["height"]) >= 44, (name, size)  # a thumb's width
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", tap)
        tap.click()
    browser.find_element("css selector", "#checkin button").click()
    assert browser.find_element("css selector", "#checkin .banner").text == "Kept."
    assert chosen(browser, "#checkin") == {"slept": "yes", "severity-0": "7", "leg-0": "left", "muscle-0": "calf"}
    assert later.told


def test_a_check_in_is_told_by_the_keyboard_alone(browser: Any, address: str, later: Home) -> None:
    from selenium.webdriver.common.keys import Keys

    shape(browser, 1280)
    browser.get(address + "/")
    told = later.told

    tab_to(browser, "input[name='verdict-2']").send_keys(Keys.SPACE)
    browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    assert chosen(browser, "#checkin")["verdict-2"] == "no cramp"
    outline = "return getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"
    assert browser.execute_script(outline) == "solid"  # whoever goes by keys sees where they are
    tab_to(browser, "#note").send_keys("By keys")
    tab_to(browser, "#checkin button").send_keys(Keys.ENTER)
    assert browser.find_element("css selector", "#checkin .banner").text == "Kept."
    assert browser.find_element("id", "note").get_attribute("value") == "By keys"
    assert later.told == told + 1
