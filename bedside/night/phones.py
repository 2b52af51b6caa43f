"""A paired phone, as the diary keeps it."""

from dataclasses import dataclass

from bedside.night.events import Moment


@dataclass(frozen=True)
class Phone:
    """A phone or browser that may open the page. `digest` is the SHA-256 of its token, in hexadecimal; `address` is the
    host, with its port, that it was paired for; `used` is known to the day; `out`: it was put out.
    """

    id: str
    name: str
    digest: str
    address: str
    paired: Moment
    used: Moment
    out: bool = False
