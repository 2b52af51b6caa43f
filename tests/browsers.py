"""Debian's Chromium for tests, and places to go to: a household's real daemon, with a diary of so many nights.

A test module takes the fixtures it needs by name: `browser = browsers.browser`.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bedside.control import ask
from bedside.devices.clock import local_zone
from bedside.pages import assets
from bedside.pages.links import to_cramp
from bedside.pages.site import make_site
from bedside.patterns.nights import night_of
from tests import years
from tests.afternoon import in_the_afternoon
from tests.bench.processes import Running, household
from tests.bench.surroundings import until
from tests.homes import Home
from tests.visitor import Answer, Visitor

webdriver = pytest.importorskip("selenium.webdriver")

MARKS = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.slow]
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
GOES_ON = ("/checkin", "/cramp", "/import")
"""Addresses that show nothing by themselves: they lead on, the cramp's unless one is named."""

FILES = "/export/"
"""Below it are files to be kept, and no pages."""

SEED = 7
"""Of the diaries: the very first night has two cramps of which all is told."""


def _addresses() -> tuple[str, ...]:
    with TemporaryDirectory() as folder:
        app = make_site(Home(Path(folder)).house(), assets())
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"]
    return tuple(sorted(rule.rule for rule in rules))


ADDRESSES = _addresses()
"""What the app's own map of addresses has to open, so that a new page is in every test by itself."""

PAGES = tuple(path for path in ADDRESSES if path not in GOES_ON and not path.startswith(FILES))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.implicitly_wait(5)  # a click comes back before the next page is there
    yield driver
    driver.quit()


@dataclass(frozen=True)
class Place:
    """A daemon's address, its diary, and the cookie of the phone that is paired with it."""

    running: Running
    cookie: str

    @property
    def address(self) -> str:
        """Where the browser finds it."""
        return f"http://127.0.0.1:{self.running.port}"

    @property
    def diary(self) -> Path:
        """The diary's file."""
        return self.running.folder / "data/diary.db"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the diary's file answers."""
        with closing(sqlite3.connect(f"{self.diary.absolute().as_uri()}?mode=ro", uri=True)) as diary:
            return diary.execute(query).fetchall()

    @cached_property
    def night(self) -> date:
        """The last one that is over."""
        return night_of(datetime.now(UTC), local_zone()) - years.DAY

    @property
    def pages(self) -> tuple[str, ...]:
        """Every page, also of a night that is over, of a month before, and of the last cramp if there is one."""
        cramps = self.rows("select id from cramps order by onset desc limit 1")
        months = f"/diary?month={self.night.month}&year={self.night.year}"
        return (*PAGES, f"/?night={self.night}", months, *(to_cramp(id) for (id,) in cramps))

    def get(self, path: str) -> Answer:
        """What the address answers, asked beside the browser with the same cookie."""
        visitor = Visitor(self.running.port)
        visitor.cookie = self.cookie
        return visitor.get(path)


@contextmanager
def daemon(
    folder: Path, clips: Path, browser: Any, nights: int, readings: int = years.READINGS_A_NIGHT
) -> Iterator[Place]:
    """A household of so many nights that are over, in the afternoon, with the browser paired through the page."""
    (folder / "data").mkdir(parents=True)
    with in_the_afternoon():
        if nights:
            years.fill(folder / "data/diary.db", nights, datetime.now(UTC), local_zone(), SEED, readings=readings)
        with household(folder, clips) as running:
            yield Place(running, _pair(browser, running))


def _pair(browser: Any, running: Running) -> str:
    """Enter the code that `bedside pair` shows. The cookie."""
    codes: list[str] = []

    def invited() -> bool:
        codes.extend(one["code"] for one in ask(running.folder / "data/control", "pair") or ())
        return bool(codes)

    until(invited)
    address = f"http://127.0.0.1:{running.port}"
    browser.get(f"{address}/pair")
    browser.find_element("id", "code").send_keys(codes[-1])
    press(browser, browser.find_element("css selector", "form button.first"))
    assert browser.current_url == f"{address}/"
    (cookie,) = browser.get_cookies()
    return f"{cookie['name']}={cookie['value']}"


def press(browser: Any, button: Any, keys: str = "") -> None:
    """Press a button that leads to another page, or type keys on it, and wait for that page."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.expected_conditions import staleness_of
    from selenium.webdriver.support.wait import WebDriverWait

    page = browser.find_element("tag name", "html")
    if keys:
        button.send_keys(keys)
    else:
        button.click()
    # Just while the page goes, the driver may call it an error of its own, and not a stale element.
    WebDriverWait(browser, 60, ignored_exceptions=[WebDriverException]).until(staleness_of(page))
    browser.find_element("id", "main")


def shape(browser: Any, width: int, scheme: str = "light", *, mobile: bool = False) -> None:
    """Let the window be that wide, in this colour scheme."""
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": mobile}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)


@contextmanager
def large_type(browser: Any) -> Iterator[None]:
    """Letters of twice the size, as who chose so for the whole phone or browser has them."""
    browser.execute_cdp_cmd("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Page.setFontSizes", {"fontSizes": {"standard": 16}})


def overflow(browser: Any) -> list[str]:
    """What reaches past the right edge of the window, apart from what scrolls in a region of its own."""
    script = """
        const wide = document.documentElement.clientWidth + 0.5;
        return [...document.querySelectorAll('body *')].filter(one => !one.closest('[role=region][tabindex="0"] *'))
            .filter(one => one.getBoundingClientRect().right > wide).map(one => one.outerHTML.slice(0, 80))"""
    return list(browser.execute_script(script))


def asked(browser: Any) -> list[str]:
    """What the browser has asked for since the last time; its own pictures, for the fields of forms, are left out."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    requests = [one["params"]["request"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    return [request["url"] for request in requests if not request["url"].startswith("data:")]


def words(browser: Any) -> str:
    """What the page's main part says, spaces made one."""
    return " ".join(browser.find_element("id", "main").text.split())


def chosen(browser: Any, form: str) -> dict[str, str]:
    """What is chosen in the form."""
    script = """return Object.fromEntries([...document.querySelectorAll(arguments[0] + ' input:checked')]
        .map(one => [one.name, one.value]))"""
    return dict(browser.execute_script(script, form))


def tab_to(browser: Any, selector: str) -> Any:
    """Press Tab until the focus is on what is meant."""
    from selenium.webdriver.common.keys import Keys

    for _ in range(150):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        if browser.execute_script("return document.activeElement.matches(arguments[0])", selector):
            return browser.switch_to.active_element
    raise AssertionError(f"no tab leads to {selector}")
