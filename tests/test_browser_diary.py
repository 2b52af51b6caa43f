"""What a person tells, on the real daemon's pages: by touch on a small phone, by the keyboard alone, and wrongly."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests import browsers
from tests.browsers import Place, chosen, press, tab_to, words

pytestmark = browsers.MARKS
browser = browsers.browser

TOLD = ("cramps", "judgements", "checkins", "amendments", "medicines")
CHECK_IN, FORM = "#checkin", "form.asked"


@pytest.fixture(scope="module")
def place(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("home")
    with browsers.daemon(folder, tmp_path_factory.getbasetemp() / "clips", browser, 30) as place:
        yield place


@pytest.fixture
def phone(browser: Any) -> Iterator[Any]:
    """A small phone that is touched."""
    browsers.shape(browser, 360, mobile=True)
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    yield browser
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def newest(place: Place, cramps: int, *, told: bool) -> date:
    """The newest night of so many cramps of which a check-in is kept, or is not."""
    query = """select night from nights where (cramps, doubtful, daytime) = ({}, 0, 0)
        and night {} (select night from checkins) order by night desc limit 1"""
    ((night,),) = place.rows(query.format(cramps, "in" if told else "not in"))
    return date.fromisoformat(night)


def told(place: Place) -> list[int]:
    """How many rows of each kind the diary has."""
    return [count for table in TOLD for (count,) in place.rows(f"select count(*) from {table}")]


def tap(browser: Any, selector: str) -> None:
    """Touch the middle of it with one finger, large enough for a thumb, and wait until that was taken."""
    from selenium.webdriver.support.wait import WebDriverWait

    x, y, width, height = browser.execute_script(
        """const one = document.querySelector(arguments[0]);
        one.scrollIntoView({block: 'center', behavior: 'instant'});
        document.addEventListener('click', click => { document.touched = click.pointerType }, {once: true});
        const box = one.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2, box.width, box.height]""",
        selector,
    )
    assert min(width, height) >= 44, selector
    for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    WebDriverWait(browser, 60).until(lambda _: browser.execute_script("return document.touched") == "touch")
    browser.execute_script("document.touched = null")


def choice(name: str, value: str) -> str:
    """Where a choice is tapped."""
    return f"label:has(input[name='{name}'][value='{value}'])"


def write(browser: Any, field: str, value: str) -> None:
    """Fill a field. How a date or a time is typed is each browser's and each country's own."""
    browser.execute_script("document.getElementById(arguments[0]).value = arguments[1]", field, value)


def value(browser: Any, field: str) -> str:
    return str(browser.find_element("id", field).get_property("value"))


def keep(browser: Any, form: str = FORM) -> None:
    press(browser, browser.find_element("css selector", f"{form} button.first"))


def said(browser: Any) -> list[str]:
    """What the page says of the form that was sent."""
    return [one.text for one in browser.find_elements("css selector", "main [role=status], main [role=alert]")]


def focus_is_seen(browser: Any) -> bool:
    """Whether there is a line around what has the focus, or around the words of a choice that has it."""
    script = """const one = document.activeElement, shown = one.matches('.tap input') ? one.nextElementSibling : one;
        const box = shown.getBoundingClientRect(), style = getComputedStyle(shown);
        return [style.outlineStyle, parseFloat(style.outlineWidth), box.top, box.bottom]"""
    style, wide, top, bottom = browser.execute_script(script)
    return bool(style == "solid" and wide >= 2 and bottom > 0 and top < 800)


# --- the check-in ---


def test_a_check_in_is_told_by_touch_kept_and_corrected(place: Place, phone: Any) -> None:
    page = f"{place.address}/?night={newest(place, 1, told=False)}"
    phone.get(page)
    answers = {"slept": "yes", "severity-0": "7", "leg-0": "both", "muscle-0": "foot", "disturbance": "10"}
    for name, answer in answers.items():
        tap(phone, f"{CHECK_IN} {choice(name, answer)}")
    assert chosen(phone, CHECK_IN) | answers == chosen(phone, CHECK_IN)
    keep(phone, CHECK_IN)
    assert said(phone) == ["Kept."]
    phone.get(page)
    assert chosen(phone, CHECK_IN) | answers == chosen(phone, CHECK_IN)
    assert "severity 7 of 10, both legs, foot" in words(phone)
    tap(phone, f"{CHECK_IN} {choice('severity-0', '3')}")
    tap(phone, f"{CHECK_IN} {choice('leg-0', '')}")
    keep(phone, CHECK_IN)
    assert said(phone) == ["Kept."]
    phone.get(page)
    assert chosen(phone, CHECK_IN)["severity-0"] == "3"
    assert "leg-0" not in chosen(phone, CHECK_IN)
    assert "severity 3 of 10, foot" in words(phone)


def test_a_check_in_is_told_by_the_keyboard_alone_kept_and_corrected(place: Place, browser: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    browsers.shape(browser, 1280)
    night = newest(place, 0, told=False)
    page = f"{place.address}/?night={night}"
    browser.get(page)
    tab_to(browser, "input[name=slept]").send_keys(Keys.SPACE)
    assert focus_is_seen(browser)
    tab_to(browser, "input[name=disturbance]").send_keys(Keys.SPACE)
    for _ in range(4):
        browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    assert focus_is_seen(browser)
    tab_to(browser, "input[name=alcohol]").send_keys(Keys.SPACE)
    assert focus_is_seen(browser)
    tab_to(browser, "#note").send_keys("By keys")
    press(browser, tab_to(browser, f"{CHECK_IN} button"), Keys.ENTER)
    assert said(browser) == ["Kept."]
    browser.get(page)
    assert chosen(browser, CHECK_IN) == {"slept": "yes", "disturbance": "4", "alcohol": "on"}
    assert value(browser, "note") == "By keys"
    tab_to(browser, "input[name=slept]").send_keys(Keys.ARROW_RIGHT)
    assert chosen(browser, CHECK_IN)["slept"] == "no"
    press(browser, tab_to(browser, f"{CHECK_IN} button"), Keys.ENTER)
    assert said(browser) == ["Kept."]
    browser.get(page)
    assert chosen(browser, CHECK_IN)["slept"] == "no"
    browser.get(f"{place.address}/diary?month={night.month}&year={night.year}")
    line = browser.find_element("css selector", f".nights > li:has(time[datetime='{night}'])")
    assert "away" in line.text.lower()


# --- one cramp, from its beginning in the diary ---


@pytest.fixture(scope="module")
def added(place: Place, browser: Any) -> tuple[date, str]:
    """A cramp that the button missed, at ten past three: its night, and the address of its entry."""
    night = newest(place, 0, told=True)
    browsers.shape(browser, 360)
    browser.get(f"{place.address}/diary/add")
    for field, text in {"day": f"{night + timedelta(days=1)}", "began": "03:10", "ended": "03:16"}.items():
        write(browser, field, text)
    browser.find_element("css selector", choice("severity", "6")).click()
    keep(browser)
    assert said(browser) == ["Kept."]
    assert "Lasted 6 minutes" in words(browser)
    return night, browser.current_url.removesuffix("&kept=1")


def night_says(place: Place, browser: Any, night: date) -> str:
    browser.get(f"{place.address}/?night={night}")
    return str(browser.find_element("id", "cramps").text)


def test_an_added_cramp_is_split_retracted_and_taken_back_and_all_of_that_is_told(
    place: Place, browser: Any, added: tuple[date, str]
) -> None:
    night, entry = added
    assert night_says(place, browser, night) == "1 cramp"
    browser.get(entry)
    assert not browser.find_element("id", "second").is_displayed()
    browser.find_element("css selector", choice("verdict", "two cramps")).click()
    assert browser.find_element("id", "second").is_displayed()
    write(browser, "second", "03:13")
    keep(browser)
    assert "You told that it was two cramps, the second from 03:13 on." in words(browser)
    assert night_says(place, browser, night) == "2 cramps"
    browser.get(entry)
    press(browser, browser.find_element("css selector", "button:not(.first)"))
    assert "You told that it was none. It is kept, and in no count." in words(browser)
    assert night_says(place, browser, night) == "No cramp, as you told it"
    browser.get(entry)
    take_back = browser.find_element("css selector", "button:not(.first)")
    assert take_back.text == "Put it back"
    press(browser, take_back)
    assert night_says(place, browser, night) == "2 cramps"
    browser.get(entry)
    history = [one.text for one in browser.find_elements("css selector", ".tellings > li")]
    assert len(history) == 4
    assert "now it is “Two cramps”" in history[0]
    assert "now it is “That wasn't one”" in history[1]
    assert "now it is “Two cramps”" in history[2]
    assert "03:13" in history[2]
    assert "How bad, 0 to 10: 6" in history[3]


def test_a_correction_that_ends_before_it_began_changes_nothing(
    place: Place, browser: Any, added: tuple[date, str]
) -> None:
    _night, entry = added
    browser.get(entry)
    before, history = told(place), browser.find_element("css selector", ".tellings").text
    write(browser, "began", "03:40")
    write(browser, "ended", "03:30")
    browser.find_element("css selector", choice("leg", "right")).click()
    keep(browser)
    refused(browser, "ended", "This is before it began, at 03:40. Write a later time, or leave it open.")
    assert (value(browser, "began"), value(browser, "ended")) == ("03:40", "03:30")
    assert chosen(browser, FORM)["leg"] == "right"
    assert told(place) == before
    browser.get(entry)
    assert browser.find_element("css selector", ".tellings").text == history


# --- what is refused ---


def refused(browser: Any, field: str, sentence: str) -> None:
    """Said at the top, and beside the field, which is marked for eyes and ears."""
    assert browser.title.startswith("Not kept yet")
    assert "Nothing is kept yet" in browser.find_element("css selector", "[role=alert]").text
    marked = browser.find_element("id", field)
    assert marked.get_attribute("aria-invalid") == "true"
    described = (marked.get_attribute("aria-describedby") or "").split()
    assert sentence in [browser.find_element("id", one).text for one in described]
    assert re.search(r"solid", browser.execute_script("return getComputedStyle(arguments[0]).outline", marked))
    assert browsers.overflow(browser) == []


def test_an_added_cramp_that_ends_before_it_began_is_refused_and_put_right(place: Place, browser: Any) -> None:
    browsers.shape(browser, 320)
    browser.get(f"{place.address}/diary/add")
    before, day = told(place), newest(place, 0, told=True)
    for field, text in {"day": f"{day}", "began": "23:20", "ended": "23:10"}.items():
        write(browser, field, text)
    browser.find_element("css selector", choice("muscle", "thigh")).click()
    keep(browser)
    refused(browser, "ended", "This is before it began, at 23:20. Write a later time, or leave it open.")
    assert [value(browser, field) for field in ("day", "began", "ended")] == [f"{day}", "23:20", "23:10"]
    assert chosen(browser, FORM) == {"muscle": "thigh"}
    assert told(place) == before
    write(browser, "ended", "23:30")
    keep(browser)
    assert said(browser) == ["Kept."]
    assert "Lasted 10 minutes" in words(browser)
    assert told(place) != before


def test_a_medicine_of_tomorrow_is_refused_and_keeps_what_was_typed(place: Place, browser: Any) -> None:
    browsers.shape(browser, 360)
    browser.get(f"{place.address}/diary/medicines")
    before, tomorrow = told(place), date.fromisoformat(value(browser, "day")) + timedelta(days=1)
    browser.execute_script("document.getElementById('day').removeAttribute('max')")  # a browser that knows no dates
    write(browser, "day", f"{tomorrow}")
    for name, answer in {"change": "started", "remedy": "magnesium"}.items():
        browser.find_element("css selector", choice(name, answer)).click()
    browser.find_element("id", "name").send_keys("Six letters")
    keep(browser)
    sentence = browser.find_element("id", "day-wrong").text
    assert sentence.startswith("This is still to come")
    refused(browser, "day", sentence)
    assert (value(browser, "day"), value(browser, "name")) == (f"{tomorrow}", "Six letters")
    assert chosen(browser, FORM) == {"change": "started", "remedy": "magnesium"}
    assert told(place) == before
