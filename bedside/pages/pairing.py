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

DONE: Mapping[str, str] = {
    "deleted": N_("Everything is deleted. No phone is paired any more, this one neither."),
    "restored": N_("The backup is put back. No phone is paired any more, this one neither."),
}


def page(
    *, paired: bool, no_cookie: bool = False, done: str = "", knock: Knock | None = None, name: str = ""
) -> Mapping[str, object]:
    """What the template shows: `paired`: this phone is already; `no_cookie`: it was a moment ago, and kept no cookie;
    `done`: what was done a moment ago, so that no phone is paired; `knock`: what came of the code that was sent.
    """
    return {
        "paired": paired,
        "no_cookie": no_cookie,
        "done": done,
        "wrong": refused(knock) if knock else "",
        "name": name,
    }


def done(asked: Mapping[str, str]) -> str:
    """What was done a moment ago, so that no phone is paired any more, from what the address says."""
    return next((_(sentence) for name, sentence in DONE.items() if asked.get(name) == "1"), "")


def refused(knock: Knock) -> str:
    """Why a code opened nothing, and what to do."""
    return _(WRONG[knock], tries=TRIES, digits=DIGITS)


def enter(entrance: Entrance, code: str, name: str, address: str) -> tuple[Knock, str]:
    """Try a code. What came of it, and the new phone's token where it was right. `address` is the host it came to."""
    knock = entrance.door.knock(code)
    if knock is not Knock.RIGHT:
        return knock, ""
    return knock, entrance.phones.pair(name, address)
