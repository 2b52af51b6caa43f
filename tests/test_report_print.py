"""The doctor's sheet on paper: one page of A4 and of Letter from Chromium and Firefox, however full it is."""

import base64
import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bedside.diary.store import Diary
from bedside.night.effects import Row, StretchState, Watch
from bedside.night.habits import Chosen, Habits
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
from bedside.pages import create_app
from bedside.pages.report_told import MOST
from bedside.pages.server import PageServer
from bedside.sample import sample_nights
from tests.homes import BOOTED, LONDON, SATURDAY, Home, at, cramp, evening
from tests.marionette import Marionette, firefox
from tests.test_browser import overflow, shape

pypdf = pytest.importorskip("pypdf")
webdriver = pytest.importorskip("selenium.webdriver")

pytestmark = pytest.mark.slow

PAPERS = {"A4": (21.0, 29.7), "Letter": (21.59, 27.94)}
"""In centimetres."""

TEN_YEARS = "?from=2016-01-11&to=2026-01-10"
FIRST = date(2016, 1, 11)
IDENTICAL = """
with recursive days(night) as (select '2016-01-11' union all select date(night, '+1 day') from days
  where night < '2026-01-09')
insert into nights select days.night, {columns} from days, nights where nights.night = '2026-01-10'
"""
"""The newest night again and again, as if each had come to the same: rolling up ten years would take minutes."""


def full(folder: Path) -> Home:
    """Ten years of nights, with everything on the sheet as wide as it can be: all day is the sleep window, cramps come
    in bursts, and there are more medicines than it has room for, with the longest names.
    """
    home = Home(folder, now=at("11 15:00"))
    began = replace(at("10 12:00"), wall=BOOTED - timedelta(days=3653), since_boot=-3653 * 86400.0)
    day_long = Habits(bedtime=time(12, 0), rising=time(11, 59))
    home.rows = (
        Chosen(began, day_long),
        Watch("ten years", began, at("11 14:00")),
        *(cramp(f"11 {hour:02}:{minute}", 9, doubtful=hour == 5) for hour in range(11) for minute in (10, 40)),
        *(Judgement(f"cramp 11 {hour:02}:10", at("11 12:00"), Verdict.CRAMP, hour, *place) for hour, place in told()),
        CheckIn(SATURDAY, at("11 12:00"), slept_here=True, disturbance=10),
        evening(StretchState.COMPLETED),
        *medicines(),
        About(at("11 12:00"), yes=(*list(Flag)[::2], *list(Condition)[::2]), no=(Flag.FREQUENT, Condition.DIABETES)),
    )
    home.degrees = tuple(-10 + number / 7 for number in range(13 * 12))
    return home


def told() -> Iterator[tuple[int, tuple[Leg, Muscle]]]:
    for hour in range(11):
        yield hour, (list(Leg)[hour % 3], list(Muscle)[hour % 3])


def medicines() -> Iterator[Row]:
    for number in range(MOST + 10):
        for month, change in enumerate((Change.STARTED, Change.CHANGED, Change.STOPPED), 9):
            remedy, day = list(Remedy)[number % 10], date(2025, month, 10 + number)
            yield Medicine(f"{number} {change}", at("11 12:00"), day, remedy, change, f"{number:02}" + "W" * 98)


def few(folder: Path) -> Home:
    """Three months of sample nights, which a newcomer's sheet looks like."""
    home = Home(folder, now=at("11 15:00"))
    with closing(Diary(home.path)) as diary:
        for save, readings in sample_nights(home.now.wall, LONDON):
            diary.apply([save], readings)
        diary.mark_as_sample()
    return home


def empty(folder: Path) -> Home:
    return Home(folder, now=at("11 15:00"))


@contextmanager
def served(home: Home, *, years: bool = False) -> Iterator[str]:
    """The address of its pages; with `years`, its newest night is that of each before."""
    house = home.house(in_demo=True)
    if years:
        copy_nights(home)
    server = PageServer("127.0.0.1", 0, lambda: create_app(house), print, lambda: home.now)
    server.start()
    yield f"http://127.0.0.1:{server.port}/report{TEN_YEARS if years else ''}"
    server.close()


def copy_nights(home: Home) -> None:
    with closing(Diary(home.path)) as diary:
        diary.tidy(home.now, LONDON)  # the rows, and then the newest of them
        diary.tidy(home.now, LONDON)
    with closing(sqlite3.connect(home.path)) as other, other:
        other.execute("delete from nights where night < '2026-01-10'")
        names = [name for _at, name, *_ in other.execute("pragma table_info(nights)") if name != "night"]
        other.execute(IDENTICAL.format(columns=", ".join(f"nights.{name}" for name in names)))
        other.execute("update nights set cramps = 0, onset_hours = '[]' where night < '2026-01-10' and night like '%5'")


@pytest.fixture(scope="module", params=["full", "few", "empty"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    make: Callable[[Path], Home] = {"full": full, "few": few, "empty": empty}[request.param]
    with served(make(tmp_path_factory.mktemp("home")), years=request.param == "full") as address:
        yield address


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"):
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marionette]:
    with firefox(tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def assert_one_sheet(pdf: bytes) -> None:
    """All of it, from the heading to the last line of the foot, and nothing else."""
    (text,) = pages(pdf)
    assert "sheet for the doctor" in text
    assert "Nothing here has been reviewed by a clinician." in text
    assert "What the words mean" in text
    assert "Name:" in text
    assert "Settings" not in text
    assert "Show" not in text.replace("Show this list", "")


@pytest.mark.needs("chromium", "chromedriver")
@pytest.mark.parametrize("paper", PAPERS)
def test_chromium_prints_one_sheet(chromium: Any, address: str, paper: str) -> None:
    width, height = (side / 2.54 for side in PAPERS[paper])
    chromium.get(address)
    told = chromium.execute_cdp_cmd("Page.printToPDF", {"paperWidth": width, "paperHeight": height})
    assert_one_sheet(base64.b64decode(told["data"]))


@pytest.mark.needs("firefox-esr")
@pytest.mark.parametrize("paper", PAPERS)
def test_firefox_prints_one_sheet(fox: Marionette, address: str, paper: str) -> None:
    assert_one_sheet(fox.pdf(address, *PAPERS[paper]))


def test_the_full_sheet_is_as_full_as_it_can_be(tmp_path: Path) -> None:
    """Else the tests above would show nothing."""
    home = full(tmp_path)
    house = home.house()
    copy_nights(home)
    html = home.visitor(house).get(f"/report{TEN_YEARS}").text
    assert html.count('<th scope="col">') == 24 + 2
    assert "3653 of 3653" in html
    assert "the cramps came in bursts" in html
    assert html.count("3 changes in all") == MOST
    assert "W" * 98 in html
    assert "10 more are on the medicines page: Loop diuretic †, " in html
    assert "Not answered:" in html
    assert "°" in html.partition("<svg")[2].partition("</svg>")[0]


@pytest.mark.needs("chromium", "chromedriver")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_sheet_needs_no_scrolling_sideways(chromium: Any, address: str, width: int, scheme: str) -> None:
    shape(chromium, width, scheme)
    chromium.get(address)
    assert overflow(chromium) == []
    assert chromium.execute_script("return document.documentElement.scrollWidth") <= width
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
