"""The paired phones on the settings page, and where a further one opens the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from bedside.catalogue import _
from bedside.entrance import Entrance
from bedside.night.events import Moment
from bedside.pages import words


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A paired phone in words: `own`: it is the one that looks."""

    id: str
    name: str
    address: str
    paired: str
    used: str
    own: bool


def section(entrance: Entrance, own: str | None, zone: tzinfo) -> Mapping[str, object]:
    """What the template shows; `own` is the id of the phone that looks."""
    url = entrance.url()
    found = entrance.address() is not None
    return {
        "phones": tuple(
            PhoneLine(
                id=phone.id,
                name=phone.name,
                address=phone.address,
                paired=_on(phone.paired, zone),
                used=_on(phone.used, zone),
                own=phone.id == own,
            )
            for phone in entrance.phones.all()
        ),
        "page_url": url,
        "page_code": drawn(url) if found else "",
        "served": entrance.open_to_network,
    }


def drawn(url: str) -> str:
    """The URL as a QR code: an SVG element, black on white in any colour scheme, so that a camera reads it."""
    import segno  # 4 MB, for a page that is seldom opened

    return segno.make(url, micro=False).svg_inline(border=4, omitsize=True, light="#fff", svgclass="qr", lineclass=None)


def _on(moment: Moment, zone: tzinfo) -> str:
    if not moment.trusted:
        return _("on a day that is not known")
    return words.day_dates(moment.wall.astimezone(zone).date())
