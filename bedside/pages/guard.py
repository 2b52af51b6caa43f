"""Who is answered at all: requests to our own names, forms from our own pages, and of those that are not open to
everybody, paired phones.
"""

import re

from bedside.entrance import Entrance
from bedside.phones import LASTS, Visit

COOKIE = "bedside_phone"
COOKIE_SECONDS = int(LASTS.total_seconds())
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")


class Guard:
    """Stands before every route. `open_to_all` is the demo, which serves loopback alone and has nobody's nights."""

    def __init__(self, entrance: Entrance, *, open_to_all: bool) -> None:
        self._entrance, self._open_to_all = entrance, open_to_all

    def refuses(self, method: str, host: str | None, origin: str | None) -> int | None:
        """The status to refuse a request with, or None. `host` and `origin` are the headers of these names.

        A page that is not ours can make a browser send a form here, but not in our name: `Origin` tells.
        """
        parts = _HOST.fullmatch(host.lower()) if host else None
        if parts is None or host is None or not self._entrance.answers_to(parts[1]):
            return 400
        if method not in SAFE_METHODS and origin not in (f"http://{host.lower()}", f"https://{host.lower()}"):
            return 403
        return None

    def visit(self, token: str) -> Visit | None:
        """The paired phone that has this cookie."""
        return self._entrance.phones.visit(token) if token else None

    def lets_in(self, visit: Visit | None) -> bool:
        """Whether the pages that are not open to everybody are shown. An address lets nobody in, not even loopback:
        behind a reverse proxy everyone has that.
        """
        return self._open_to_all or visit is not None
