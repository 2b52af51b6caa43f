"""The pairing page, `/pair`: a phone is let in by the code that was spoken at the bed."""

from collections.abc import Mapping

from bedside.catalogue import N_, _
from bedside.door import DIGITS, TRIES, Knock
from bedside.entrance import Entrance

WRONG: Mapping[Knock, str] = {
    Knock.WRONG: N_("That is not the code. Listen once more: after %(tries)s wrong codes in all it is good no more."),
    Knock.NO_CODE: N_("The code has %(digits)s digits."),
    Knock.SHUT: N_("No code is good just now. By day, hold the button at the bed again, and enter the new code."),
}


def page(
    *, paired: bool, no_cookie: bool = False, deleted: bool = False, knock: Knock | None = None, name: str = ""
) -> Mapping[str, object]:
    """What the template shows: `paired`: this phone is already; `no_cookie`: it was a moment ago, and kept no cookie;
    `deleted`: everything was, a moment ago; `knock`: what came of the code that was sent.
    """
    return {
        "paired": paired,
        "no_cookie": no_cookie,
        "deleted": deleted,
        "wrong": refused(knock) if knock else "",
        "name": name,
    }


def refused(knock: Knock) -> str:
    """Why a code opened nothing, and what to do."""
    return _(WRONG[knock], tries=TRIES, digits=DIGITS)


def enter(entrance: Entrance, code: str, name: str, address: str) -> tuple[Knock, str]:
    """Try a code. What came of it, and the new phone's token where it was right. `address` is the host it came to."""
    knock = entrance.door.knock(code)
    if knock is not Knock.RIGHT:
        return knock, ""
    return knock, entrance.phones.pair(name, address)
