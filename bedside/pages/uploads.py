"""Who may send more than a form has, and where to: an exported diary, by a paired phone."""

from bedside.diary.exported import LARGEST
from bedside.entrance import Entrance
from bedside.pages.crowd import Limits
from bedside.pages.guard import COOKIE

IMPORT = "/import"


def limits(entrance: Entrance, *, open_to_all: bool) -> Limits:
    """What the server takes. `open_to_all` as for the guard. It asks before it takes anything in, so that no stranger
    fills the card; what a request means is judged by the guard all the same.
    """

    def is_welcome(cookies: str) -> bool:
        return open_to_all or entrance.phones.knows(token_in(cookies))

    return Limits(large_bodies={IMPORT: LARGEST}, welcome=is_welcome)


def token_in(cookies: str) -> str:
    """The token in a header of cookies; nothing where there is none."""
    for cookie in cookies.split(";"):
        name, _, value = cookie.strip().partition("=")
        if name == COOKIE:
            return value
    return ""
