"""`bedside check --watch`: what it tells of presses and of the room, asked of a real household over its socket."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bedside.cli import cli
from bedside.control import ask
from bedside.devices.thermometer import Thermometer
from bedside.diary.journal import Journal
from bedside.household import Household
from bedside.night.effects import Cramp, Press
from bedside.night.events import KEY, SECOND_WIRE, WIRE
from bedside.watching import LOOKS, looks
from tests.bench.surroundings import make_sys
from tests.test_habits import at_home

UP: dict[str, Any] = {"down": False, "press": "", "held": None, "button": "", "of": [WIRE]}
MANY = 2000  # looks, ten milliseconds apart, that no test takes unless it fails


def told(look: Iterator[list[str]], words: str) -> list[str]:
    """What is told until a line begins with these words."""
    lines, waiting = list[str](), threading.Event()
    for _ in range(MANY):
        lines += next(look)
        if any(line.startswith(words) for line in lines):
            return lines
        waiting.wait(0.01)
    pytest.fail(f"{words!r} was never told: {lines}")


def move(household: Household, *, down: bool) -> None:
    pin = household.around.factory.pin(17)  # type: ignore[attr-defined]
    (pin.drive_low if down else pin.drive_high)()


def test_a_press_is_told_as_it_comes_and_is_practice(tmp_path: Path) -> None:
    with at_home(tmp_path) as household:
        control, waiting = tmp_path / "data/control", threading.Event()
        while not ask(control, "watch"):
            waiting.wait(0.01)
        look = looks(lambda: ask(control, "watch") or [], Thermometer(make_sys(tmp_path / "room")))
        assert told(look, "The button is up.")[0].startswith("Presses are practice now")
        move(household, down=True)
        assert told(look, "Pressed.") == ["Pressed."]
        move(household, down=False)
        assert len(told(look, "Let go")) == 1
    rows = [row for save in Journal(tmp_path / "data/journal").read() for row in save.rows]
    assert {row.practice for row in rows if isinstance(row, Press | Cramp)} == {True}


def test_two_presses_between_two_looks_are_told_by_the_newest(tmp_path: Path) -> None:
    answers = iter([UP, UP | {"press": "2", "held": 0.21}])
    look = looks(lambda: [next(answers)], Thermometer(make_sys(tmp_path)))
    next(look)
    assert next(look) == ["Pressed.", "Let go after 0.2 s."]


def test_a_release_is_told_with_the_time_that_it_was_held_where_that_is_known(tmp_path: Path) -> None:
    down = UP | {"down": True, "press": "1"}
    answers = iter([UP, down, down, down | {"down": False, "held": 5.04}, down | {"press": "2"}, UP | {"press": "2"}])
    look = looks(lambda: [next(answers)], Thermometer(make_sys(tmp_path)))
    assert [next(look) for _ in range(6)][1:] == [["Pressed."], [], ["Let go after 5.0 s."], ["Pressed."], ["Let go."]]


def test_of_several_buttons_the_one_that_was_pressed_is_named(tmp_path: Path) -> None:
    up = UP | {"of": [WIRE, SECOND_WIRE, KEY]}
    pressed = [up | {"press": f"{number}", "held": 0.2, "button": part} for number, part in enumerate(up["of"])]
    answers = iter([up, *pressed])
    look = looks(lambda: [next(answers)], Thermometer(make_sys(tmp_path)))
    assert next(look)[1] == "Press each in turn: button, second button, remote or key."
    assert [next(look)[0] for _ in pressed] == [
        "Pressed: button.",
        "Pressed: second button.",
        "Pressed: remote or key.",
    ]


def test_a_line_that_is_down_from_the_start_is_told(tmp_path: Path) -> None:
    look = looks(lambda: [UP | {"down": True}], Thermometer(make_sys(tmp_path)))
    assert next(look)[1] == "The button is down: is it pressed?"


def test_the_room_is_told_when_it_changes_and_a_sensor_that_goes_and_comes_back(tmp_path: Path) -> None:
    make_sys(tmp_path)
    value = tmp_path / "bus/i2c/devices/1-0048/hwmon/hwmon0/temp1_input"
    look = looks(lambda: [UP], Thermometer(tmp_path))

    def after(text: str | None) -> list[str]:
        if text is None:
            value.unlink()
        else:
            value.write_text(text)
        return [line for _ in range(LOOKS) for line in next(look)]

    assert [line.endswith("says 19.0 °C.") for line in after("19000")] == [False, False, True]
    assert after("19200") == []
    assert [line.endswith("says 23.5 °C.") for line in after("23500")] == [True]
    (gone,) = after(None)
    assert gone.startswith("No thermometer is found. Check its wires")
    assert after("23500")[0].endswith("says 23.5 °C.")


def test_without_a_bedside_it_says_how_to_start_one_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    ended = CliRunner().invoke(cli, ["check", "--watch"])
    assert isinstance(ended.exception, OSError)
    assert "Start it: sudo systemctl start bedside" in str(ended.exception)
