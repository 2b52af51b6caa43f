"""Ports for tests that must know theirs before anything listens there."""

import socket
from random import SystemRandom

FROM, UP_TO = 20_000, 32_000  # below those that the kernel gives to clients: none of theirs comes in between


def free_port() -> int:
    """A port at which nobody listened a moment ago, by no seed, since several tests draw at once."""
    for port in SystemRandom().sample(range(FROM, UP_TO), 100):
        try:
            with socket.create_server(("", port)):
                return port
        except OSError:  # somebody is there
            continue
    raise OSError("of a hundred ports none was free")
