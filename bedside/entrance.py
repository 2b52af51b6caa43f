"""The entrance to the page: its address, the names it answers to, the door that pairs a phone, the paired phones."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bedside import network
from bedside.catalogue import _
from bedside.door import Door
from bedside.night.effects import Save
from bedside.night.events import Moment
from bedside.night.phones import Phone
from bedside.phones import Phones
from bedside.settings import Settings
from bedside.texts import pairing

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
LOOKS = 1.0
"""Seconds between two looks at the device's addresses, however many strangers ask."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a phone needs to be paired: the page's URL, empty where the device has no address now; the code, and the
    seconds it is good for.
    """

    url: str
    code: str
    seconds: float


class Entrance:
    """Who may open the page, and where. Any thread may call. `keep`, `note` and `changed` as for `Phones`."""

    def __init__(
        self,
        settings: Settings,
        kept: Iterable[Phone],
        *,
        keep: Callable[[str, Callable[[], bool]], bool],
        note: Callable[[Save], None],
        now: Callable[[], Moment],
        changed: Callable[[], None],
        find: Callable[[], tuple[network.Address, ...]] = network.addresses,
    ) -> None:
        self._port, self._network, self._find = settings.port, settings.network, find
        self._further = frozenset(settings.hosts)
        self._now = now
        self.door = Door(lambda: now().since_boot)
        self.phones = Phones(kept, keep=keep, note=note, now=now, changed=changed)
        self._looking = threading.Lock()
        self._looked, self._hosts = -LOOKS, frozenset[str]()

    @property
    def open_to_network(self) -> bool:
        """Whether the page is served to the home network; else to this device alone."""
        return self._network

    def address(self) -> network.Address | None:
        """The address that a phone finds the page at; None where the device has none, or serves itself alone."""
        return network.usable(self._find()) if self._network else None

    def url(self) -> str:
        """Where to open the page: by address, since what a phone is paired for must be found without a name service."""
        address = self.address()
        return f"http://{network.in_url(address) if address else 'localhost'}:{self._port}"

    def answers_to(self, host: str) -> bool:
        """Whether the page may be opened under this host, in lower case and without its port: a name that this device
        does not have may be a foreign site that was made to lead here (DNS rebinding).
        """
        if host in LOCAL_NAMES or host in self._further:
            return True
        return self._network and host in self._own_hosts(host)

    def invitation(self) -> Invitation:
        """What to tell at the bed or in its terminal; the door is opened, if it does not stand open."""
        standing = self.door.offer()
        lost = self._network and self.address() is None
        return Invitation("" if lost else self.url(), standing.code, standing.seconds)

    def announcement(self) -> tuple[str, ...]:
        """What is said at the bed, in pieces; a code that is good no more is not said. An IPv6 address is too long."""
        address, standing = self.address(), self.door.standing()
        at = f"{address}:{self._port}" if address and address.version == 4 else ""
        return pairing(at, standing.code if standing else "")

    def told(self) -> str:
        """The same to be read."""
        standing = self.door.standing()
        if standing is None:
            return _("This code is good no more.")
        return _(
            "A phone can be paired now. Open %(url)s on it, and enter %(code)s.", url=self.url(), code=standing.code
        )

    def _own_hosts(self, host: str) -> frozenset[str]:
        """The device's names and addresses; looked for anew where the host is none of them, as after a change."""
        with self._looking:
            now = self._now().since_boot
            if host not in self._hosts and now - self._looked >= LOOKS:
                self._looked = now
                self._hosts = frozenset((*network.names(), *map(network.in_url, self._find())))
            return self._hosts
