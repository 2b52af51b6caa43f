"""The settings: the default file that explains itself, each mistake with its line and remedy, and the real command."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.settings import (
    HABITS,
    LEGS,
    PINS,
    RANGES,
    Folders,
    Settings,
    SettingsError,
    default_text,
    folders,
    load,
    parse,
)
from tests.test_cli import bedside

KEYS = [field.name for field in fields(Settings)]


def complaint(text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        parse(text, "bedside.toml")
    return str(caught.value)


# --- the default file ---


def test_the_default_file_is_the_defaults() -> None:
    assert parse(default_text(), "default.toml") == Settings()


def test_no_settings_are_the_defaults() -> None:
    assert parse("", "empty.toml") == Settings()


def test_the_default_file_has_every_setting_in_the_order_of_the_class_and_no_other() -> None:
    assert list(tomllib.loads(default_text())) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_the_default_file_explains(key: str) -> None:
    lines = default_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"{key} = "))
    paragraph = []
    while at >= 0 and lines[at]:
        paragraph.append(lines[at])
        at -= 1
    assert any(line.startswith("# ") and len(line) > 20 for line in paragraph)


@pytest.mark.parametrize("key", RANGES)
def test_the_default_of_a_setting_with_a_range_lies_in_it(key: str) -> None:
    low, high = RANGES[key]
    assert low <= getattr(Settings(), key) <= high


def test_every_setting_can_be_changed() -> None:
    text = """
    pin = 4
    second_pin = 22
    key = "Shutter 3"
    leg = "left"
    second_leg = "right"
    light_pin = 13
    buzzer_pin = 6
    card = "plughw:CARD=Device"
    own_clips = "/srv/clips"
    sensor = "ds18b20"
    sensor_offset = -4.5
    port = 9000
    network = false
    names = "night.example.org"
    emergency_number = "112"
    out_of_hours = "NHS 111"
    """
    changed, usual = parse(text, "bedside.toml"), Settings()
    assert not [key for key in KEYS if getattr(changed, key) == getattr(usual, key)]


# --- mistakes ---


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pins", "pin"),
        ("light-pin", "light_pin"),
        ("buzzerpin", "buzzer_pin"),
        ("sensr", "sensor"),
    ],
)
def test_an_unknown_setting_suggests_the_right_one_and_names_the_line(written: str, meant: str) -> None:
    assert (
        complaint(f"# mine\n\n{written} = 1\n")
        == f"bedside.toml, line 3: there is no setting {written}. Did you mean {meant}?"
    )


def test_an_unknown_setting_that_is_like_none_lists_all() -> None:
    said = complaint('wifi = "home"')
    assert all(key in said for key in KEYS)


@pytest.mark.parametrize("text", ["[card]\npin = 12", "[[card]]\npin = 12", "card.pin = 12", '[ "card" ]\npin = 12'])
def test_a_table_where_a_setting_belongs_is_a_mistake_of_its_own_line(text: str) -> None:
    assert complaint(f"pin = 17\n\n{text}\n") == 'bedside.toml, line 3: card must be a text in quotes, such as "".'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('pin = "17"', "pin must be a whole number, such as 17."),
        ("pin = 17.0", "pin must be a whole number, such as 17."),
        ("pin = true", "pin must be a whole number, such as 17."),
        ("port = [8080]", "port must be a whole number, such as 8080."),
        ('sensor_offset = "much"', "sensor_offset must be a number, such as 0.0."),
        ("sensor_offset = true", "sensor_offset must be a number, such as 0.0."),
        ('network = "no"', "network must be true or false, such as true."),
        ("network = 1", "network must be true or false, such as true."),
        ("card = 1", 'card must be a text in quotes, such as "".'),
    ],
)
def test_a_value_of_the_wrong_kind_says_the_right_one(line: str, says: str) -> None:
    assert complaint(f"\n{line}") == f"bedside.toml, line 2: {says}"


@pytest.mark.parametrize("key", RANGES)
@pytest.mark.parametrize("side", [0, 1])
def test_the_ends_of_a_range_are_good_and_beyond_is_not(key: str, side: int) -> None:
    end = RANGES[key][side]
    assert getattr(parse(f"{key} = {end}", "bedside.toml"), key) == end
    beyond = end + (1 if side else -1)
    low, high = RANGES[key]
    assert f"line 1: {key} is {beyond}" in complaint(f"{key} = {beyond}")
    assert complaint(f"{key} = {beyond}").endswith(f"must be from {low:g} to {high:g}.")


@pytest.mark.parametrize("names", ["https://pi.example", "pi.example:443", "pi example/", "a b *", "-pi"])
def test_a_further_name_that_is_none_says_how_one_is_written(names: str) -> None:
    said = complaint(f'names = "{names}"')
    assert "is no host name. Write it like this: pi.example.org" in said


def test_further_names_stand_with_blanks_or_commas_between() -> None:
    assert parse('names = "a.example, B.example"', "bedside.toml").names == "a.example, B.example"


def test_not_a_number_is_in_no_range() -> None:
    assert "must be from" in complaint("sensor_offset = nan")


def test_a_whole_number_does_where_a_fraction_may_stand() -> None:
    assert parse("sensor_offset = -3", "bedside.toml").sensor_offset == -3.0


@pytest.mark.parametrize("key", ["pin", "light_pin"])
def test_a_pin_is_one_of_the_header(key: str) -> None:
    for number in PINS:
        other = "light_pin" if key == "pin" else "pin"
        parse(f'{key} = {number}\n{other} = {20 if number != 20 else 21}\nkey = "A remote"', "bedside.toml")
    for number in (-1, 28, 40):
        assert "0 to 27" in complaint(f"{key} = {number}")


@pytest.mark.parametrize("key", sorted(HABITS))
def test_a_habit_is_chosen_on_the_page(key: str) -> None:
    says = f"bedside.toml, line 1: there is no setting {key}. It is a habit: delete the line, and choose it on the page"
    assert complaint(f"{key} = 1").startswith(says)


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("pin = 12", "pin and light_pin"),
        ("buzzer_pin = 12", "light_pin and buzzer_pin"),
        ("second_pin = 12", "second_pin and light_pin"),
    ],
)
def test_a_pin_that_is_taken_twice_says_so(text: str, both: str) -> None:
    assert complaint(text) == f"bedside.toml: {both} are both 12. Each needs a pin of its own."


def test_what_is_not_wired_takes_no_pin() -> None:
    text = 'pin = 0\nkey = "Shutter 3"\nlight_pin = 0\nbuzzer_pin = 0'
    assert parse(text, "bedside.toml") == Settings(pin=0, key="Shutter 3", light_pin=0)


@pytest.mark.parametrize("text", ["pin = 0", 'pin = 0\nkey = "  "', "second_pin = 0\npin = 0"])
def test_without_any_button_it_says_that_one_is_needed(text: str) -> None:
    said = complaint(text)
    assert said.startswith("bedside.toml: no button is set up, so that no press would ever be heard.")
    assert "pin" in said
    assert "key" in said


@pytest.mark.parametrize("text", ["pin = 17", "pin = 0\nsecond_pin = 22", 'pin = 0\nkey = "Shutter 3"'])
def test_any_one_button_will_do(text: str) -> None:
    assert isinstance(parse(text, "bedside.toml"), Settings)


@pytest.mark.parametrize("key", ["leg", "second_leg"])
def test_a_leg_is_left_or_right_or_neither(key: str) -> None:
    for leg in LEGS:
        assert getattr(parse(f'{key} = "{leg}"', "bedside.toml"), key) == leg
    said = complaint(f'\n{key} = "Left"')
    assert said == f'bedside.toml, line 2: {key} is "Left", but must be "left", "right" or "".'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("pin = 17\nport = \n", "line 2"),
        ("pin 17\n", "line 1"),
        ("pin = 17\npin = 18\n", "line 2"),
        ('card = "plughw\nport = 8080\n', "line 1"),
        ("pin = 17\n\0\0\0\0", "line 2"),
        ("pin = " + "9" * 5000, "bedside.toml"),
        ("pin = " + "[" * 100_000, "bedside.toml"),
    ],
)
def test_what_is_no_toml_names_the_place_and_shows_how_a_line_is_written(text: str, place: str) -> None:
    said = complaint(text)
    assert place in said
    assert said.endswith("A line is written like this: pin = 17")


def outcome(text: str) -> Settings | str:
    """The settings, or the sentence that there is instead."""
    try:
        return parse(text, "bedside.toml")
    except SettingsError as error:
        return str(error)


WORDS = [*KEYS, "=", '"21:00"', "17", "1e400", "[", "]", "\n", " ", "#"]


@given(st.text() | st.lists(st.sampled_from(WORDS)).map("".join))
def test_whatever_is_in_the_file_it_is_settings_or_a_sentence(text: str) -> None:
    result = outcome(text)
    assert isinstance(result, Settings) or result.startswith("bedside.toml")


@given(st.sampled_from(KEYS), st.integers() | st.floats() | st.sampled_from(["true", "false", "2026-01-11", '"0:0"']))
def test_whatever_value_a_setting_has_it_is_settings_or_a_sentence(key: str, value: object) -> None:
    result = outcome(f"{key} = {value}")
    assert isinstance(result, Settings) or result.startswith("bedside.toml")


def test_a_number_beyond_any_float_is_a_mistake_like_another() -> None:
    assert "must be from" in complaint("sensor_offset = " + "9" * 400)


# --- the file ---


def test_a_file_that_is_asked_for_and_missing_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"There is no settings file .*none\.toml\. Leave the option out"):
        load(tmp_path / "none.toml")


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)


def test_a_file_that_is_not_utf_8_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bedside.toml").write_bytes(b"# f\xfcr die Nacht\npin = 17\n")
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "bedside.toml")


def test_a_file_as_windows_writes_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "bedside.toml").write_bytes(b"\xef\xbb\xbfpin = 4\r\nport = 9000\r\n")
    assert load(tmp_path / "bedside.toml") == Settings(pin=4, port=9000)


def test_a_message_names_the_file_that_was_read(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("pin = 99")
    with pytest.raises(SettingsError, match=r"mine\.toml, line 1: pin is 99"):
        load(tmp_path / "mine.toml")


# --- the folders ---


def test_systemd_says_where_things_lie() -> None:
    given = {"STATE_DIRECTORY": "/var/lib/bedside", "CACHE_DIRECTORY": "/var/cache/bedside", "XDG_DATA_HOME": "/other"}
    assert folders(given) == Folders(Path("/var/lib/bedside"), Path("/var/cache/bedside"))


def test_elsewhere_they_lie_where_xdg_says() -> None:
    given = {"HOME": "/home/ada", "XDG_DATA_HOME": "/data", "XDG_CACHE_HOME": "/cache"}
    assert folders(given) == Folders(Path("/data/bedside"), Path("/cache/bedside"))


@pytest.mark.parametrize("xdg", [{}, {"XDG_DATA_HOME": "", "XDG_CACHE_HOME": ""}])
def test_an_empty_xdg_variable_is_as_good_as_none(xdg: dict[str, str]) -> None:
    expected = Folders(Path("/home/ada/.local/share/bedside"), Path("/home/ada/.cache/bedside"))
    assert folders({"HOME": "/home/ada", **xdg}) == expected


# --- the real command ---


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("pins = 17\n", "line 1: there is no setting pins. Did you mean pin?"),
        ("pin = \n", "A line is written like this: pin = 17"),
        (None, "Leave the option out to use the defaults."),
    ],
)
def test_a_mistake_ends_the_command_with_78_before_anything_is_made(
    tmp_path: Path, content: str | None, says: str
) -> None:
    file = tmp_path / "bedside.toml"
    if content is not None:
        file.write_text(content)
    ended = bedside(tmp_path, "run", "--settings", str(file))
    assert ended.returncode == 78
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"bedside: {'There is no settings file ' if content is None else ''}{file}")
    assert ended.stderr.endswith(f"{says}\n")
    assert ended.stderr.count("\n") == 1
    assert not list((tmp_path / "home").iterdir())


def test_the_file_in_the_users_own_folder_is_found_without_an_option(tmp_path: Path) -> None:
    own = tmp_path / "home/.config/bedside/bedside.toml"
    own.parent.mkdir(parents=True)
    own.write_text("\nportt = 80\n")
    ended = bedside(tmp_path, "check")
    assert ended.returncode == 78
    assert "bedside.toml, line 2: there is no setting portt. Did you mean port?" in ended.stderr
