"""What goes with every answer, whether the app made it or the server refused before the app was asked; and how the
server refuses."""

from collections.abc import Mapping
from types import MappingProxyType

from bedside.catalogue import N_, _

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'",
        "Referrer-Policy": "same-origin",  # with no-referrer Chromium sends "Origin: null" with our own forms
        "X-Content-Type-Options": "nosniff",
    }
)
NO_STORE: Mapping[str, str] = MappingProxyType({"Cache-Control": "no-store"})
REFUSALS: Mapping[int, str] = MappingProxyType(
    {
        400: N_("The device did not understand this. Open the page again."),
        411: N_("The device takes no body whose length is not told beforehand."),
        413: N_("That was too much at once, or there is no room for it. Open the page again and use its own buttons."),
        429: N_("Another large file is just being sent. Try again in a minute."),
        431: N_("That was too much at once. Open the page again; if it stays so, remove this device's cookies."),
        500: N_("The page could not be made. The device's log says why. The button does not need the page."),
    }
)
"""By status, what the server says where the app is not asked, or failed."""


def refusal(status: int) -> bytes:
    """What is said with this status, as plain text."""
    return f"{_(REFUSALS.get(status, REFUSALS[400]))}\n".encode()
