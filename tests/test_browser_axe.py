"""Every page of the app against WCAG 2.2 AA, by axe-core in Chromium, and whether it fits: the real daemon serves them.

The pages are the app's own map of addresses, with an empty diary, with one night, and with three months of nights.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests import browsers
from tests.browsers import ADDRESSES, FILES, GOES_ON, PAGES, Place
from tests.homes import Home

pytestmark = browsers.MARKS
browser = browsers.browser

DIARIES = {"empty diary": 0, "one night": 1, "three months": 90}
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL: Mapping[str, object] = {"runOnly": LEVELS, "rules": {"target-size": {"enabled": True}}}
COLOURS: Mapping[str, object] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
RULES = {"light": ALL, "dark": COLOURS}
"""What the other scheme changes is colours."""

HEAVY = 100_000

with_three_months = pytest.mark.parametrize("place", [90], ids=["three months"], indirect=True)


@pytest.fixture(scope="module", params=list(DIARIES.values()), ids=list(DIARIES))
def place(request: pytest.FixtureRequest, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("home")
    with browsers.daemon(folder, tmp_path_factory.getbasetemp() / "clips", browser, request.param) as place:
        yield place


@pytest.fixture(scope="module")
def axe() -> str:
    """The script that the package brings; its own `run` cannot be told which rules are wanted."""
    return (resources.files("selenium_axe_python") / "axe-core/axe.min.js").read_text()


@pytest.fixture(scope="module")
def seen() -> set[tuple[str, str]]:
    """The pages that were looked at, by scheme and text: many are the same in every diary."""
    return set()


def broken(browser: Any, axe: str, rules: Mapping[str, object]) -> list[str]:
    """The rules that the page breaks, and where; what is folded up is opened first."""
    browser.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    browser.execute_script(axe)  # the page's policy forbids scripts, but not those of who drives the browser
    found: Sequence[Mapping[str, Any]] = browser.execute_async_script(
        """const [options, done] = arguments;
        axe.run({...options, resultTypes: ['violations']}).then(found => done(found.violations))""",
        rules,
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])} in all)" for one in found]


def test_every_address_of_the_app_is_a_page_or_known_to_be_none(tmp_path: Path) -> None:
    client = Home(tmp_path).client()
    answers = {path: client.get(path) for path in ADDRESSES}
    pages = {path for path, answer in answers.items() if (answer.status_code, answer.mimetype) == (200, "text/html")}
    assert pages == set(PAGES)
    assert {path for path, answer in answers.items() if answer.status_code == 303} == set(GOES_ON)
    assert all(path.startswith(FILES) for path in set(ADDRESSES) - pages - set(GOES_ON))


@pytest.mark.parametrize("scheme", RULES)
def test_no_page_breaks_a_rule_of_wcag(
    place: Place, browser: Any, axe: str, seen: set[tuple[str, str]], scheme: str
) -> None:
    browsers.shape(browser, 360, scheme)
    texts = {path: (scheme, place.get(path).text) for path in place.pages}
    found = {}
    for path in [path for path, text in texts.items() if text not in seen]:
        browser.get(place.address + path)
        found[path] = broken(browser, axe, RULES[scheme])
    seen.update(texts.values())
    assert found
    assert {path: rules for path, rules in found.items() if rules} == {}


@with_three_months
def test_what_breaks_a_rule_is_found(place: Place, browser: Any, axe: str) -> None:
    browser.get(place.address + "/pair")
    browser.execute_script(
        """document.getElementById('main').innerHTML = `<img src="/static/icon.svg"><p>Hardly to be read</p>
        <div><button>one</button><button>two</button></div>`;
        document.querySelector('#main p').style = 'color: #ddd; background: #eee';
        document.querySelectorAll('#main button').forEach(one => {
            one.style = 'width: 15px; height: 15px; min-height: 0; padding: 0; font-size: 6px' })"""
    )
    found = {one.partition(":")[0] for one in broken(browser, axe, ALL)}
    assert found >= {"image-alt", "target-size", "color-contrast", "page-has-heading-one"}


def contrast(first: Sequence[float], second: Sequence[float]) -> float:
    """The ratio of WCAG, of two colours in 0 to 255."""

    def light(colour: Sequence[float]) -> float:
        parts = [part / 255 for part in colour]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((light(first), light(second)))
    return (bright + 0.05) / (dark + 0.05)


@with_three_months
@pytest.mark.parametrize("scheme", RULES)
@pytest.mark.parametrize("path", ["/patterns", "/report"])
def test_letters_in_a_drawing_stand_out_from_what_they_may_stand_on(
    place: Place, browser: Any, scheme: str, path: str
) -> None:
    """axe-core cannot tell what lies beneath them: the card, or the wash of the sleep window."""
    browsers.shape(browser, 360, scheme)
    browser.get(place.address + path)
    inks, grounds = browser.execute_script(
        """const three = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number), nav = document.createElement('p');
        nav.className = 'banner'; document.body.append(nav);
        return [[...new Set([...document.querySelectorAll('.chart text')].map(one => getComputedStyle(one).fill))],
            [...new Set([nav, ...document.querySelectorAll('section:not(.attention)')].map(
                one => getComputedStyle(one).backgroundColor))]].map(all => all.map(three))"""
    )
    assert len(grounds) == 2
    assert all(contrast(ink, ground) >= 4.5 for ink in inks for ground in grounds)


@pytest.mark.parametrize("scheme", RULES)
def test_no_page_needs_scrolling_sideways_on_the_smallest_phone(place: Place, browser: Any, scheme: str) -> None:
    browsers.shape(browser, 320, scheme)
    found = {}
    for path in place.pages:
        browser.get(place.address + path)
        browser.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
        width = browser.execute_script("return document.documentElement.scrollWidth")
        found[path] = [*browsers.overflow(browser), *([f"{width} wide"] if width > 320 else [])]
    assert {path: wide for path, wide in found.items() if wide} == {}


def test_letters_of_twice_the_size_fit_on_every_page(place: Place, browser: Any) -> None:
    browsers.shape(browser, 640)
    found = {}
    with browsers.large_type(browser):
        for path in place.pages:
            browser.get(place.address + path)
            found[path] = browsers.overflow(browser)
        assert browser.execute_script("return getComputedStyle(document.body).fontSize") == "40px"
    assert {path: wide for path, wide in found.items() if wide} == {}


@with_three_months
def test_a_page_asks_for_itself_and_its_style_and_nothing_else(place: Place, browser: Any) -> None:
    style, icon = (f"{place.address}/static/{name}" for name in ("style.css", "icon.svg"))
    for path in place.pages:
        browser.get("about:blank")
        browsers.asked(browser)
        browser.get(place.address + path)
        found = browsers.asked(browser)
        assert sorted(set(found) - {icon}) == sorted((place.address + path, style))
        assert len(found) == len(set(found)), path


@with_three_months
def test_no_page_of_three_months_is_heavy_for_a_slow_network(place: Place) -> None:
    """With its style and icon, as the first page comes to a phone."""
    always = sum(len(place.get(f"/static/{name}").text.encode()) for name in ("style.css", "icon.svg"))
    weights = {path: always + len(place.get(path).text.encode()) for path in place.pages}
    assert {path: weight for path, weight in weights.items() if weight >= HEAVY} == {}
