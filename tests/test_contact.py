"""The button's contact, debounced: edges and level reads in, presses and releases out."""

import random
from datetime import UTC, datetime

import pytest

from bedside.night.contact import READ_WHEN_IDLE, SETTLED, Contact, feel
from bedside.night.events import KEY, ButtonPressed, ButtonReleased, LineChanged, LineRead, Moment

START = Moment("boot", 0.0, datetime(2026, 1, 11, 3, 4, tzinfo=UTC))


def play(*line: tuple[float, str], contact: Contact | None = None) -> list[str]:
    """Feed (seconds, "down" | "up" | "low?" | "high?"), an edge or a level read; tell what was heard."""
    contact = contact or Contact()
    heard: list[str] = []
    for at, what in line:
        moment = START.at(at)
        event = LineRead(moment, what == "low?") if what.endswith("?") else LineChanged(moment, what == "down")
        contact, events = feel(contact, event)
        heard += [name(event) for event in events]
    return heard


def name(event: ButtonPressed | ButtonReleased) -> str:
    if isinstance(event, ButtonPressed):
        return f"pressed {event.moment.since_boot:.3f}"
    return f"released {event.moment.since_boot:.3f}{'' if event.seen else ' unseen'}"


def test_a_press_counts_at_its_first_edge_and_its_release_once_it_settled() -> None:
    assert play((1, "down")) == ["pressed 1.000"]
    assert play((1, "down"), (1.03, "low?"), (1.2, "up")) == ["pressed 1.000"]
    assert play((1, "down"), (1.03, "low?"), (1.2, "up"), (1.23, "high?")) == ["pressed 1.000", "released 1.200"]


@pytest.mark.parametrize(
    "line",
    [
        [(1, "down"), (1.03, "low?"), (1.2, "up"), (1.23, "high?")],
        [(1, "down"), (1.025, "up"), (1.055, "high?")],
        [(1, "down"), (1.03, "low?"), (2.03, "high?")],
        [(1, "low?"), (2, "high?")],
    ],
)
def test_every_press_and_release_bears_the_name_of_the_button_whose_line_it_is(line: list[tuple[float, str]]) -> None:
    contact, told = Contact(button=KEY), []
    for at, what in line:
        kind = LineRead if what.endswith("?") else LineChanged
        contact, heard = feel(contact, kind(START.at(at), what in ("down", "low?"), KEY))
        told += [(type(event), event.button) for event in heard]
    assert told == [(ButtonPressed, KEY), (ButtonReleased, KEY)]


def test_bounces_on_both_edges_are_one_press() -> None:
    line = [(1, "down"), (1.002, "up"), (1.004, "down"), (1.034, "low?"), (1.5, "up"), (1.51, "down"), (1.52, "up")]
    assert play(*line, (1.55, "high?")) == ["pressed 1.000", "released 1.500"]


def test_a_press_of_25_ms_is_one_press_and_no_hold() -> None:
    assert play((1, "down"), (1.025, "up"), (1.055, "high?")) == ["pressed 1.000", "released 1.055 unseen"]


def test_a_glitch_while_it_is_held_ends_nothing() -> None:
    line = [(1, "down"), (1.03, "low?"), (3, "up"), (3.004, "down"), (3.034, "low?"), (5, "up"), (5.03, "high?")]
    assert play(*line) == ["pressed 1.000", "released 5.000"]


def test_a_release_edge_that_was_lost_is_found_by_the_level_and_is_no_hold() -> None:
    assert play((1, "down"), (1.03, "low?"), (2.03, "high?")) == ["pressed 1.000", "released 2.030 unseen"]


def test_a_press_down_after_a_lost_release_is_a_new_press() -> None:
    assert play((1, "down"), (1.03, "low?"), (9, "down")) == ["pressed 1.000", "pressed 9.000"]


def test_a_press_whose_down_edge_was_lost_still_counts() -> None:
    assert play((1, "up"), (1.03, "high?")) == ["pressed 1.000", "released 1.030 unseen"]


def test_a_press_whose_down_edge_was_lost_while_nobody_looked_is_no_part_of_the_one_before() -> None:
    line = [(1, "down"), (1.03, "low?"), (11, "up"), (17, "low?")]
    assert play(*line) == ["pressed 1.000", "released 11.000", "pressed 17.000"]


def test_a_bounce_whose_last_edge_was_lost_is_one_press_however_often_the_level_is_read() -> None:
    assert play((1, "down"), (1.002, "up"), (1.032, "low?"), (1.1, "low?"), (1.3, "low?")) == ["pressed 1.000"]


def test_a_line_found_low_when_idle_is_a_press() -> None:
    assert play((1, "low?")) == ["pressed 1.000"]


def test_an_edge_that_comes_before_the_late_level_read_settles_the_burst_by_itself() -> None:
    """The loop was busy: the level was never read between two presses, and both count."""
    assert play((1, "down"), (1.2, "up"), (2, "down")) == ["pressed 1.000", "released 1.200", "pressed 2.000"]


def test_a_read_too_soon_settles_nothing() -> None:
    assert play((1, "down"), (1.01, "high?")) == ["pressed 1.000"]


def test_an_idle_line_is_read_every_ten_seconds_and_an_unsettled_one_after_30_ms() -> None:
    contact = Contact(read=5.0)
    assert contact.next_read() == 5.0 + READ_WHEN_IDLE
    contact, _ = feel(contact, LineChanged(START.at(6), down=True))
    assert contact.next_read() == pytest.approx(6 + SETTLED)
    assert contact.asked(6.5).next_read() > 6.5, "an answer that does not come is not asked for in a spin"


@pytest.mark.parametrize("seed", range(2))
def test_every_physical_press_of_a_chattering_contact_is_one_press(seed: int) -> None:
    """20,000 random presses in two runs: contacts that chatter with gaps under 30 ms, reads that come late."""
    chance = random.Random(seed)
    contact, now, pressed, released = Contact(), 0.0, 0, 0
    for _ in range(10_000):
        for down in (True, False):
            now += chance.uniform(0.061, 0.5)
            edges = [down] + [not down, down] * chance.randrange(4)
            for level in edges:
                contact, heard = feel(contact, LineChanged(START.at(now), level))
                pressed += sum(isinstance(event, ButtonPressed) for event in heard)
                released += sum(isinstance(event, ButtonReleased) for event in heard)
                now += chance.uniform(0.0001, 0.0299)
            if chance.random() < 0.8:
                contact, heard = feel(contact, LineRead(START.at(now + SETTLED), down))
                released += sum(isinstance(event, ButtonReleased) for event in heard)
    contact, heard = feel(contact, LineRead(START.at(now + 1), down=False))
    released += sum(isinstance(event, ButtonReleased) for event in heard)
    assert (pressed, released) == (10_000, 10_000)


def test_an_edge_that_a_level_read_has_overtaken_tells_nothing_new() -> None:
    """A busy Pi tells the release of a short press only after its level was read: that is no other press."""
    late = [(1, "down"), (1.055, "high?"), (1.025, "up"), (1.2, "high?"), (1.3, "high?")]
    assert play(*late) == ["pressed 1.000", "released 1.200 unseen"]


def test_a_press_told_after_a_level_read_still_counts() -> None:
    assert play((5, "high?"), (4.9, "down"), (4.95, "up"), (5.1, "high?")) == ["pressed 4.900", "released 4.950"]


def test_a_press_that_a_level_read_found_is_not_counted_again_by_its_edge() -> None:
    assert play((5, "low?"), (4.99, "down"), (5.5, "up"), (5.53, "high?")) == ["pressed 5.000", "released 5.500"]


def test_a_bouncing_press_whose_edges_are_all_told_after_a_level_read_is_one_press() -> None:
    """A busy loop reads the level while lgpio still holds most of the burst: the read finds a bounce, not a release."""
    told = [
        (1, "down"),
        (1.060, "high?"),
        (1.004, "up"),
        (1.012, "down"),
        (1.035, "up"),
        (1.050, "down"),
        (1.09, "low?"),
    ]
    released = [(1.2, "up"), (1.205, "down"), (1.215, "up"), (1.25, "high?")]
    assert [what for what in play(*told, *released) if what.startswith("pressed")] == ["pressed 1.000"]


@pytest.mark.parametrize("seed", range(3))
def test_chattering_presses_told_late_and_read_at_any_time_are_each_one_press(seed: int) -> None:
    """Edges keep their order and their stamps, but come up to 80 ms late; reads come when they like."""
    chance = random.Random(seed)
    now, told = 1.0, []
    for _ in range(2_000):
        for down in (True, False):
            now += chance.uniform(0.12, 0.5)
            for level in [down] + [not down, down] * chance.randrange(5):
                told.append((now, level))
                now += chance.uniform(0.0005, 0.0295)
    contact, pressed, arrived, at = Contact(), 0, 0.0, 0
    while at < len(told):
        moment, level = told[at]
        arrived = max(arrived, moment + chance.uniform(0, 0.08) ** 2 * 12)
        read = contact.next_read()
        if read < arrived and chance.random() < 0.7:
            when = max(read, contact.found)
            physical = [down for stamp, down in told[max(0, at - 40) : at + 40] if stamp <= when]
            event: LineChanged | LineRead = LineRead(START.at(when), physical[-1] if physical else False)
        else:
            event, at = LineChanged(START.at(moment), level), at + 1
        contact, heard = feel(contact, event)
        pressed += sum(isinstance(event, ButtonPressed) for event in heard)
    assert pressed == 2_000
