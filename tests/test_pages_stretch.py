"""The stretch page, in every step of both sessions and in every phase of the night."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bedside.night.cues import LEAD, SEATED, STANDING, Pose, Session, Step
from bedside.night.effects import Phase, StretchState
from bedside.night.habits import Habits
from bedside.pages.habits_form import STRETCHES
from bedside.pages.stretch import HOLDS, leading
from bedside.texts import POSES
from tests.homes import OURS, QUIET, SATURDAY, Home, at, cramp, evening, words_of

FROM = 1000.0
SESSIONS = {"standing": STANDING, "seated": SEATED}
BEGUN = {
    name: [steps[0], *(step for before, step in pairwise(steps) if step.pose is not before.pose)]
    for name, steps in SESSIONS.items()
}
EACH = [
    pytest.param(name, step, then, id=f"{name} {step.at:.0f} {step.pose}")
    for name, begun in BEGUN.items()
    for step, then in pairwise(begun)
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def stretching(home: Home, elapsed: float, kind: str = "standing") -> str:
    home.night = replace(QUIET, phase=Phase.STRETCHING, stretch_from=FROM, stretch_standing=kind == "standing")
    home.now = at("11 21:00").at(FROM + elapsed)
    answer = home.client().get("/stretch")
    assert answer.status_code == 200
    return answer.text


def quiet(home: Home) -> str:
    answer = home.client().get("/stretch")
    assert answer.status_code == 200
    return answer.text


def refresh(html: str) -> int | None:
    found = re.search(r'<meta http-equiv="refresh" content="(\d+)">', html)
    return int(found[1]) if found else None


# ── while it runs ──


@pytest.mark.parametrize(("kind", "step", "then"), EACH)
def test_each_step_shows_its_words_and_looks_again_when_the_next_begins(
    home: Home, kind: str, step: Step, then: Step
) -> None:
    for into in (0, 0.25, 1, then.at - step.at - 0.001):
        html = stretching(home, LEAD + step.at + into, kind)
        name, what = POSES[step.pose]
        assert f"<h1>{name}</h1>" in html
        assert f'<p class="what">{what}</p>' in html
        left = then.at - step.at - into
        assert left <= (refresh(html) or 0) < left + 1
        assert f'<div class="bar of-{then.at - step.at:.0f} left-{refresh(html)}"' in html
        assert "A press on the button stops the stretch." in html


@pytest.mark.parametrize("kind", SESSIONS)
def test_the_first_step_waits_for_the_lead(home: Home, kind: str) -> None:
    html = stretching(home, 0, kind)
    assert "<h1>Get ready</h1>" in html
    assert refresh(html) == 16
    assert "left-15" in html
    assert "Get ready" in stretching(home, -0.5, kind)


def test_what_comes_next_is_told_with_its_time(home: Home) -> None:
    assert "Next, in 15 seconds: Left calf" in words_of(stretching(home, LEAD))
    assert "Next, in 4 seconds: Change, then right calf" in words_of(stretching(home, LEAD + 15 + 6))
    assert "Next, in 1 second: Right calf" in words_of(stretching(home, LEAD + 15 + 12.5))
    assert "Next, in 10 seconds: Done" in words_of(stretching(home, LEAD + 170))


def test_how_far_along_it_is_is_counted_in_holds(home: Home) -> None:
    for kind, holds in (("standing", 12), ("seated", 6)):
        begun = [step for step in BEGUN[kind] if step.pose in HOLDS]
        said = [words_of(stretching(home, LEAD + step.at, kind)) for step in begun]
        assert len(begun) == holds
        assert all(f"Hold {number} of {holds}" in text for number, text in enumerate(said, start=1))
    assert "Hold" not in re.findall('class="hold">(.*?)<', stretching(home, LEAD + 26))[0]


@pytest.mark.parametrize("steps", SESSIONS.values(), ids=SESSIONS)
def test_at_no_instant_does_it_look_again_early_or_show_more_than_is_left(steps: Session) -> None:
    for tenth in range(-20, int(steps[-1].at * 10) + 50):
        lead = leading(steps, tenth / 10)
        assert 1 <= lead.refresh <= 16
        assert 1 <= lead.left <= lead.length <= 15
        after = leading(steps, tenth / 10 + lead.refresh)
        assert after != lead or lead.name == POSES[Pose.DONE][0]


def test_after_the_last_step_it_says_so_and_looks_again_soon(home: Home) -> None:
    html = stretching(home, LEAD + 180)
    assert "<h1>Done</h1>" in html
    assert refresh(html) == 1
    assert "Next" not in words_of(html)
    assert "stops the stretch" not in words_of(html)
    assert "A cramp? Press twice, quickly." in words_of(html)


# ── while it asks, and in a cramp ──


def test_while_it_asks_it_says_what_a_press_and_a_hold_do(home: Home) -> None:
    home.now = at("11 21:01")
    asking = evening(StretchState.OFFERED, at("11 12:00").wall.date(), asks=1, over=False)
    home.night = replace(QUIET, phase=Phase.ASKING, evening=asking)
    html = quiet(home)
    assert "It is asking right now Press the button to start the stretch. Hold it down to skip tonight." in words_of(
        html
    )
    assert "The device has asked once so far." in words_of(html)
    assert refresh(html) == 5


def test_in_a_cramp_there_is_relief_and_no_button(home: Home) -> None:
    home.night = replace(QUIET, phase=Phase.CRAMPING, cramp=cramp("11 07:58"))
    html = quiet(home)
    assert "<button" not in html
    assert 'class="jump" href="/relief"' in html
    assert refresh(html) is None


# ── when the night is quiet ──


def test_a_quiet_page_tells_of_the_evening_and_looks_again_never(home: Home) -> None:
    html = quiet(home)
    assert "The evening of Saturday Nothing yet. Start it now I have done it already" in words_of(html)
    assert refresh(html) is None
    home.now = at("11 19:00")
    assert "Tonight Nothing yet." in words_of(quiet(home))


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (StretchState.STARTED, "Started, not done to the end. Start it now I have done it already"),
        (StretchState.SKIPPED, "Skipped with the button. Start it now I have done it already"),
        (StretchState.COMPLETED, "Done to the end. Start it again Once"),
    ],
)
@pytest.mark.parametrize("live", [True, False])
def test_what_the_evening_came_to_is_told_by_the_night_or_the_diary(
    home: Home, state: StretchState, says: str, live: bool
) -> None:
    row = evening(state)
    if live:
        home.night = replace(QUIET, evening=row)
    else:
        home.rows = (row,)
    assert f"The evening of Saturday {says}" in words_of(quiet(home))


@pytest.mark.parametrize("hour", ["10 22:00", "11 00:40"])
def test_an_evening_past_midnight_is_tonight_before_and_after_it(home: Home, hour: str) -> None:
    home.now, home.belongs = at(hour), (SATURDAY + timedelta(days=1), SATURDAY)
    assert "Tonight Nothing yet." in words_of(quiet(home))


def test_another_evening_of_the_night_is_not_taken_for_this_one(home: Home) -> None:
    home.now = at("11 19:00")
    home.night = replace(QUIET, evening=evening(StretchState.COMPLETED, SATURDAY))
    assert "Tonight Nothing yet." in words_of(quiet(home))


def test_what_was_told_on_the_page_is_shown_as_told(home: Home) -> None:
    home.night = replace(QUIET, evening=evening(StretchState.COMPLETED, by_page=True))
    text = words_of(quiet(home))
    assert "Done, as you told it on the page." in text
    assert "I have done it already" not in text


def test_a_diary_that_cannot_be_read_holds_nobody_back(home: Home) -> None:
    house = home.client()
    home.path.unlink()
    assert "Not known: the diary cannot be read just now. Start it now" in words_of(house.get("/stretch").text)
    with closing(sqlite3.connect(home.path)) as connection, connection:
        connection.execute("create table stretches (evening, state, reason, asks, trusted)")
        connection.execute("insert into stretches values ('2026-01-10', 'dreamt', '', 1, 1)")
    assert "Not known: the diary cannot be read just now. Start it now" in words_of(house.get("/stretch").text)


@pytest.mark.parametrize(("kind", "rows"), [("standing", 15), ("seated", 8)])
def test_the_steps_are_listed_with_the_times_and_words_of_the_table_in_force(home: Home, kind: str, rows: int) -> None:
    home.habits = Habits(standing_stretch=kind == "standing")
    html = quiet(home)
    listed = [step for step in BEGUN[kind] if step.pose not in (Pose.TO_LEFT, Pose.TO_RIGHT)]
    table = re.findall(r'<td>(\d:\d\d)</td><th scope="row">(.*?)(?: <span>(.*?)</span>)?</th>', html)
    assert [(at, name) for at, name, _ in table] == [
        (f"{int(step.at) // 60}:{int(step.at) % 60:02}", POSES[step.pose][0]) for step in listed
    ]
    assert len(table) == rows
    assert {what for _, _, what in table if what} == {POSES[step.pose][1] for step in listed}
    assert f"{STRETCHES[kind]}. Change this" in words_of(html)


def test_what_to_be_careful_of_comes_before_the_steps(home: Home) -> None:
    text = words_of(quiet(home))
    careful = text.index("Before you start")
    for words in ("Bare feet or shoes, not socks.", "something firm to hold", "Breathe normally", "a clear stretch"):
        assert careful < text.index(words, careful) < text.index("The steps")
    assert "A press on the button stops it at any time." in text


def test_both_sides_of_what_is_known_are_told_with_their_sources(home: Home) -> None:
    text = words_of(quiet(home))
    assert "Whether there will be fewer is uncertain." in text
    for source in ("Hallegraeff 2012", "Coppin 2005", "Cochrane 2021", "AAN 2010", "RELAX 2024", "CD008496.pub3"):
        assert source in text


@pytest.mark.parametrize(("name", "act"), [("start", "stretch"), ("done", "stretched")])
def test_each_button_does_its_act_and_comes_back(home: Home, name: str, act: str) -> None:
    page = home.client()
    assert f'<form method="post" action="/stretch/{name}">' in page.get("/stretch").text
    answer = page.post(f"/stretch/{name}", headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/stretch?acted=1")
    assert home.acts == [act]
    assert page.get(f"/stretch/{name}").status_code == 405
    assert page.post(f"/stretch/{name}", headers={"Origin": "null"}).status_code == 403
    assert home.acts == [act]
