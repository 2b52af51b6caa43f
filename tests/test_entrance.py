"""The entrance: the names the page answers to, the address that is told, and the invitation at the bed."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import pairwise

import pytest

from bedside import network
from bedside.door import ENOUGH_SECONDS, OPEN_SECONDS, Knock
from bedside.entrance import LOOKS, Entrance
from bedside.night.events import Moment
from bedside.settings import Settings
from bedside.texts import pairing

HOME = ("192.168.1.23", "fd00::23", "fe80::1")


class Device:
    """A device whose addresses and clock a test sets; it counts how often they are looked for."""

    def __init__(self, *addresses: str) -> None:
        self.addresses, self.since_boot, self.looks = addresses, 1000.0, 0

    def find(self) -> tuple[network.Address, ...]:
        self.looks += 1
        return tuple(map(ip_address, self.addresses))

    def now(self) -> Moment:
        return Moment("boot", self.since_boot, datetime(2026, 1, 10, 12, tzinfo=UTC))

    def entrance(self, **settings: object) -> Entrance:
        return Entrance(
            Settings(**settings),  # type: ignore[arg-type]
            (),
            keep=lambda _, give: give(),
            note=lambda _: None,
            now=self.now,
            changed=lambda: None,
            find=self.find,
        )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "192.168.1.23", "[fd00::23]", *network.names()])
def test_the_page_answers_to_its_own_names_and_addresses(host: str) -> None:
    assert Device(*HOME).entrance().answers_to(host)


STRANGE = [
    "", "example.org", "localhost.", "localhost.example.org", "192.168.1.24", "192.168.1.023", "0xc0a80117",
    "3232235799", "127.0.0.2", "127.1", "::1", "fd00::23", "[fd00:0::23]", "[fe80::1%25eth0]", "[::1",
    "[::ffff:192.168.1.23]", "192.168.1.23, 192.168.1.23", "bedside.local.example.org", "\udcff", "localhost\0",
]  # fmt: skip


@pytest.mark.parametrize("host", STRANGE)
def test_the_page_answers_to_no_other_name(host: str) -> None:
    assert not Device(*HOME).entrance().answers_to(host)


def test_further_names_are_those_of_the_settings() -> None:
    entrance = Device(*HOME).entrance(names="Night.Example.org  pi.tail.ts.net")
    assert entrance.answers_to("night.example.org")
    assert entrance.answers_to("pi.tail.ts.net")
    assert not entrance.answers_to("example.org")


def test_a_device_that_serves_itself_alone_answers_to_loopback_and_the_names_of_the_settings() -> None:
    entrance = Device(*HOME).entrance(network=False, names="night.example.org")
    assert [host for host in ("localhost", "192.168.1.23", "night.example.org") if entrance.answers_to(host)] == [
        "localhost", "night.example.org",
    ]  # fmt: skip
    assert entrance.url() == "http://localhost:8080"


def test_a_new_address_is_known_within_a_second_and_the_old_one_is_forgotten() -> None:
    device = Device("192.168.1.23")
    entrance = device.entrance()
    assert entrance.answers_to("192.168.1.23")
    device.addresses = ("192.168.1.77",)
    device.since_boot += LOOKS
    assert entrance.answers_to("192.168.1.77")
    assert not entrance.answers_to("192.168.1.23")


def test_a_flood_of_strange_names_looks_for_addresses_once_a_second() -> None:
    device = Device(*HOME)
    entrance = device.entrance()
    for number in range(1000):
        entrance.answers_to(f"{number}.example.org")
    assert device.looks == 1


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        (HOME, "http://192.168.1.23:8080"),
        (("fe80::1", "fd00::23"), "http://[fd00::23]:8080"),
        (("fe80::1",), "http://localhost:8080"),
        ((), "http://localhost:8080"),
    ],
)
def test_the_address_that_is_told_is_one_that_a_phone_can_open(addresses: tuple[str, ...], url: str) -> None:
    assert Device(*addresses).entrance().url() == url


def test_an_invitation_opens_the_door_and_a_second_one_tells_the_same_code() -> None:
    device = Device(*HOME)
    entrance = device.entrance()
    first = entrance.invitation()
    device.since_boot += 30
    second = entrance.invitation()
    assert (first.url, first.seconds, second.seconds) == ("http://192.168.1.23:8080", OPEN_SECONDS, OPEN_SECONDS - 30)
    assert second.code == first.code
    assert entrance.door.knock(first.code) is Knock.RIGHT
    assert entrance.invitation().seconds == OPEN_SECONDS


@pytest.mark.needs("ip")
def test_this_machines_addresses_are_found_loopback_left_out_and_those_of_the_home_first() -> None:
    told = subprocess.run(["ip", "-o", "addr"], check=True, capture_output=True, text=True).stdout.split()
    there = {ip_address(word.split("/")[0]) for before, word in pairwise(told) if "inet" in before}
    found = network.addresses()
    assert set(found) == {address for address in there if not address.is_loopback}
    assert [one.version for one in found if not one.is_link_local] == sorted(
        one.version for one in found if not one.is_link_local
    )


@pytest.mark.needs("unshare")
def test_without_a_network_there_is_no_address(in_no_network: Callable[[str], str]) -> None:
    script = "from bedside import network; print(network.addresses(), network.usable(network.addresses()))"
    assert in_no_network(script) == "() None\n"


@pytest.fixture
def in_no_network() -> Callable[[str], str]:
    """Runs a script where the kernel has no interface that is up."""

    def run(script: str) -> str:
        command = ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", script]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    return run


def test_what_is_said_at_the_bed_is_the_address_and_the_code_that_stands() -> None:
    entrance = Device(*HOME).entrance()
    code = entrance.door.open().code
    assert entrance.announcement() == pairing("192.168.1.23:8080", code)
    assert entrance.told() == f"A phone can be paired now. Open http://192.168.1.23:8080 on it, and enter {code}."
    entrance.door.knock(code)
    assert entrance.announcement() == ("This code is good no more.",)
    assert entrance.told() == "This code is good no more."


def test_an_address_that_is_too_long_to_be_said_is_left_out() -> None:
    entrance = Device("fd00::23").entrance()
    code = entrance.door.open().code
    assert entrance.announcement() == pairing("", code)


def test_without_an_address_the_invitation_has_none_to_tell() -> None:
    assert Device().entrance().invitation().url == ""
    assert Device().entrance(network=False).invitation().url == "http://localhost:8080"


def test_an_invitation_leaves_time_to_enter_the_code() -> None:
    device = Device(*HOME)
    entrance = device.entrance()
    first = entrance.invitation()
    device.since_boot += OPEN_SECONDS - ENOUGH_SECONDS
    assert entrance.invitation().code == first.code
    device.since_boot += 0.001
    assert entrance.invitation().seconds == OPEN_SECONDS
    assert entrance.door.knock(first.code) is not Knock.RIGHT


def test_no_address_of_a_container_or_of_a_home_without_a_router_is_told() -> None:
    assert network.usable(tuple(map(ip_address, ("169.254.3.4", "fe80::1")))) is None
    bridge, home = (True, ip_address("172.17.0.1")), (False, ip_address("192.168.1.23"))
    assert sorted([bridge, home], key=network._rank) == [home, bridge]
