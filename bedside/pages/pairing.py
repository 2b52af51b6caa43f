"""The pairing page, `/pair`: a phone is let in by the code that was spoken at the bed."""

from collections.abc import Mapping

from bedside.catalogue import N_, _
from bedside.door import DIGITS, TRIES, Knock
from bedside.entrance import Entrance
from bedside.phones import plain

NAMELESS = N_("A phone")
WRONG: Mapping[Knock, str] = {
    Knock.WRONG: N_("That is not the code. Listen once more: after %(tries)s wrong codes in all it is good no more."),
    Knock.NO_CODE: N_("The code has %(digits)s digits."),
    Knock.SHUT: N_("No code is good just now. Hold the button at the bed again, and enter the new code."),
}


def page(*, paired: bool, knock: Knock | None = None, name: str = "") -> Mapping[str, object]:
    """What the template shows: `paired`: this phone is already; `knock`: what came of the code that was sent."""
    return {"paired": paired, "wrong": _(WRONG[knock], tries=TRIES, digits=DIGITS) if knock else "", "name": name}


def enter(entrance: Entrance, code: str, name: str, address: str) -> tuple[Knock, str]:
    """Try a code. What came of it, and the new phone's token where it was right. `address` is the host it came to."""
    knock = entrance.door.knock(code)
    if knock is not Knock.RIGHT:
        return knock, ""
    return knock, entrance.phones.pair(plain(name) or _(NAMELESS), address)
