"""The rules for a crowd, with times passed in."""

import math

import pytest

from bedside.pages.crowd import Limits, Phase, Stay, Tally, crowding, first_to_go, neighbourhood, plain

LIMITS = Limits(of_a_phone=2, per_address=3, in_all=5)
WIFI = "192.168.1.20"


def stays(*who: tuple[str, float]) -> list[Stay]:
    """Stays by neighbourhood and the time they came."""
    return [Stay(LIMITS, near, came) for near, came in who]


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.168.1.20", "192.168.1.20"),
        ("::ffff:192.168.1.20", "192.168.1.20"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
    ],
)
def test_an_ipv4_address_and_an_ipv6_network_count_as_one_client(address: str, counts_as: str) -> None:
    assert neighbourhood(address) == counts_as


def test_the_app_sees_a_mapped_address_as_what_it_is() -> None:
    assert plain("::ffff:192.168.1.20") == "192.168.1.20"
    assert plain("192.168.1.20") == "192.168.1.20"
    assert plain("2001:db8::1") == "2001:db8::1"


def test_whatever_is_sent_the_first_request_is_due_from_the_first_moment() -> None:
    stay = Stay(LIMITS, WIFI, 100.0)
    for now in range(101, 109):
        stay.enter(Phase.NEW, now)
    assert stay.due == 110.0


def test_a_further_request_is_due_from_its_own_beginning_and_an_idle_connection_from_its_answer() -> None:
    stay = Stay(LIMITS, WIFI, 100.0)
    stay.ask(101.0)
    assert stay.due == math.inf
    stay.enter(Phase.IDLE, 102.0)
    stay.enter(Phase.IDLE, 106.0)
    assert stay.due == 107.0
    stay.enter(Phase.ASKING, 106.5)
    stay.enter(Phase.ASKING, 110.0)
    assert stay.due == 116.5


def test_nobody_goes_longer_than_fifteen_seconds_without_a_whole_request() -> None:
    limits = Limits()
    assert limits.request_seconds + limits.idle_seconds <= 15


def test_a_large_body_and_a_large_answer_have_a_second_more_for_what_a_weak_network_moves_in_it() -> None:
    stay = Stay(LIMITS, WIFI, 0.0)
    stay.moved = 20 * 1024 * 1024
    assert stay.due == 10 + 160
    stay.ask(150.0)
    stay.enter(Phase.ANSWERING, 151.0)
    stay.moved = 1024 * 1024
    assert stay.due == 151 + 10 + 8


def test_there_is_room_up_to_each_cap() -> None:
    assert crowding(stays(("a", 0), ("a", 1)), "a", LIMITS) == []
    assert crowding(stays(("a", 0), ("a", 1), ("a", 2), ("b", 3)), "b", LIMITS) == []


def test_at_the_cap_of_an_address_one_of_its_own_makes_room() -> None:
    there = stays(("b", 0), ("a", 1), ("a", 2), ("a", 3))
    assert crowding(there, "a", LIMITS) == there[1:]
    assert first_to_go(there[1:], LIMITS) is there[1]


def test_at_the_cap_of_all_who_went_longest_without_a_whole_request_makes_room() -> None:
    there = stays(("a", 0), ("b", 1), ("c", 2), ("d", 3), ("e", 4))
    there[0].ask(5.0)
    there[0].enter(Phase.IDLE, 6.0)
    assert crowding(there, "f", LIMITS) == there
    assert first_to_go(there, LIMITS) is there[1]


def test_at_the_cap_of_all_a_phone_stays_as_long_as_others_have_more_connections_than_a_phone() -> None:
    there = stays(("a", 0), ("a", 1), ("b", 2), ("b", 3), ("b", 4))
    assert first_to_go(there, LIMITS) is there[2]
    for stay in there[2:]:
        stay.ask(5.0)
    assert first_to_go(there, LIMITS) is there[0]


def test_whoever_was_refused_goes_before_everyone_else() -> None:
    there = stays(("a", 0), ("b", 1))
    there[1].ask(2.0)
    there[1].enter(Phase.LEAVING, 2.0)
    assert first_to_go(there, LIMITS) is there[1]


@pytest.mark.parametrize("phase", [Phase.AT_WORK, Phase.ANSWERING])
def test_nobody_who_is_being_answered_makes_room(phase: Phase) -> None:
    there = stays(("a", 0), ("b", 1))
    there[0].enter(phase, 2.0)
    assert first_to_go(there, LIMITS) is there[1]
    there[1].enter(phase, 2.0)
    assert first_to_go(there, LIMITS) is None


def test_a_flood_of_an_hour_makes_a_line_a_minute() -> None:
    said: list[str] = []
    tally = Tally(said.append)
    for hundredth in range(360_000):
        tally.push(hundredth / 100)
        tally.look(hundredth / 100)
    assert 59 <= len(said) <= 60
    assert said[0] == "the page was crowded: in a minute 6001 connections had to make room"


def test_what_failed_is_told_with_its_last_reason_and_then_nothing_is_due() -> None:
    said: list[str] = []
    tally = Tally(said.append)
    assert tally.due == math.inf
    for _ in range(3):
        tally.fail(10.0, OSError("no space"))
    tally.look(69.9)
    assert said == []
    tally.look(tally.due)
    assert said == ["in a minute 3 connections failed, the last with OSError('no space')"]
    assert tally.due == math.inf
