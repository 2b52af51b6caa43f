"""Both pages in Debian's Chromium: narrow and wide, light and dark, and nothing asked of anyone but us."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from bedside.night.effects import LightLevel, Phase
from bedside.night.state import Line
from bedside.pages import create_app
from bedside.pages.server import PageServer
from tests.homes import QUIET, THREE, Home, at, cramp, report, watch

webdriver = pytest.importorskip("selenium.webdriver")

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.slow]

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGES = ("/", "/relief", "/nothing")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


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


def shape(browser: Any, width: int, scheme: str = "light") -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)


def ground(browser: Any) -> str:
    return str(browser.execute_script("return getComputedStyle(document.body).backgroundColor"))


def overflow(browser: Any) -> list[str]:
    """What reaches past the right edge of the window."""
    script = """
        const wide = document.documentElement.clientWidth + 0.5;
        return [...document.querySelectorAll('body *')]
            .filter(one => one.getBoundingClientRect().right > wide).map(one => one.outerHTML.slice(0, 80))"""
    return list(browser.execute_script(script))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_page_needs_scrolling_sideways(browser: Any, address: str, width: int, scheme: str, path: str) -> None:
    shape(browser, width, scheme)
    browser.get(address + path)
    assert overflow(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_letters_of_twice_the_size_still_fit(browser: Any, address: str, path: str) -> None:
    """As a browser's own zoom of 200 % on a small laptop does it, and as large type on a phone does."""
    shape(browser, 640)
    browser.get(address + path)
    browser.execute_script("document.documentElement.style.setProperty('font-size', '250%')")
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
    browser.get_log("performance")
    browser.get_log("browser")
    for path in ("/", "/relief"):
        browser.get(address + path)
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {
        message["params"]["request"]["url"] for message in asked if message["method"] == "Network.requestWillBeSent"
    }
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
        "return [...document.querySelectorAll('nav a, button, .jump')]"
        ".map(one => one.getBoundingClientRect()).filter(box => box.height < 40 || box.width < 40).length"
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
