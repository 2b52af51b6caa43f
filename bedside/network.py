"""Where this device is found on the home network: its addresses and names. Nothing is sent to find them."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address

INNER = ("docker", "br-", "veth", "virbr", "tun", "wg", "tailscale")
"""How the names of interfaces begin that no phone of the home is behind."""


def addresses() -> tuple[Address, ...]:
    """The addresses of this device now, as the kernel has them, loopback left out; those of a home network first, IPv4
    before IPv6, containers and tunnels last. Empty where the kernel does not tell.
    """
    import ifaddr  # 30 ms on a quick computer, and no press waits for it

    found: list[tuple[bool, Address]] = []
    try:
        for adapter in ifaddr.get_adapters():
            for each in adapter.ips:
                text = each.ip if isinstance(each.ip, str) else each.ip[0]
                found.append((adapter.name.startswith(INNER), ip_address(text)))
    except OSError:
        return ()
    return tuple(one for _, one in sorted(found, key=_rank) if not one.is_loopback)


def names() -> tuple[str, ...]:
    """The names of this device, in lower case: its host name, alone and on the local network."""
    name = socket.gethostname().lower()
    return (name, f"{name.removesuffix('.local')}.local")


def usable(found: tuple[Address, ...]) -> Address | None:
    """The address to tell a phone; None without one. A link-local one is of no use: in IPv6 it needs the phone's own
    interface behind it, in IPv4 it says that no router gave this device an address.
    """
    return next((one for one in found if not one.is_link_local), None)


def in_url(address: Address) -> str:
    """As it stands in a URL: IPv6 in brackets."""
    return f"[{address}]" if address.version == 6 else str(address)


def _rank(found: tuple[bool, Address]) -> tuple[bool, bool, bool, bool]:
    inner, address = found
    return inner, address.is_link_local, address.version == 6, not address.is_private
