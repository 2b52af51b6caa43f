"""The words stories are written in: rows as text, and the usual outcomes by name."""

from datetime import datetime

from bedside.night.effects import Cramp, Evening, Press, Row, StretchState, Watch
from bedside.night.events import WIRE, Moment

OUTCOMES = {
    "begins": "light rising; keep 'began a cramp', cramp open; hush; light full; say quietly relief-pull",
    "repeats": "light rising; keep 'repeated', cramp open; light full",
    "reopens": "light rising; keep 'reopened a cramp', cramp open; hush; light full; say quietly relief-pull",
    "warns": "keep cramp open, warned; say quietly relief-warning",
    "begins anew": "light rising; keep cramp end unknown, warned, 'began a cramp', cramp open; hush; light full; "
    "say quietly relief-pull",
    "asks": "keep evening unknown (not known if heard), 1 asks; hush; say evening-ask; keep evening offered, 1 asks",
    "asks late": "keep evening unknown (not known if heard), 1 asks; hush; say evening-ask-late; "
    "keep evening offered, 1 asks",
    "asks again": "keep evening offered, 2 asks; hush; say evening-ask",
    "starts": "light rising; keep 'started the stretch', evening started, 1 asks, over; hush; light full; "
    "say stretch-setup",
    "starts by page": "light rising; keep evening started, 0 asks, over; hush; light full; say stretch-setup",
    "stops": "light glow; keep 'stopped the stretch'; hush; say stretch-stopped",
    "cramp after all": "light rising; keep evening offered, 1 asks, 'began a cramp', 'repeated', cramp open; hush; "
    "light full; say relief-pull",
}
"""The usual outcomes by name: each stands in a story for exactly these words."""

OUTCOMES |= {
    f"{name} aloud": OUTCOMES[name].replace("quietly ", "") for name in ("begins", "reopens", "warns", "begins anew")
}  # outside the sleep window

TAP = 0.2


def seconds_text(seconds: float) -> str:
    """A duration as it is written in stories."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:g} s" if minutes else f"{rest:g} s"


def _cramp_text(cramp: Cramp) -> str:
    lasted = "" if cramp.seconds is None else f" {seconds_text(cramp.seconds)}"
    marks = [mark for mark in ("doubtful", "muted", "warned", "practice") if getattr(cramp, mark)]
    return ", ".join([f"{cramp.state}{lasted}", *marks])


def _press_text(press: Press) -> str:
    held = ", release unseen" if press.held is None else f", held {press.held:.3g} s"
    held = "" if held == f", held {TAP} s" else held
    by = "" if press.button == WIRE else f", by {press.button}"
    return f"{press.meaning}{held}{', leaned' * press.leaned}{', practice' * press.practice}{by}"


def _evening_text(evening: Evening) -> str:
    reason = f" ({evening.reason})" if evening.state is StretchState.UNKNOWN else ""
    marks = (", by light" * evening.by_light, ", over" * evening.over, ", on the page" * evening.by_page)
    return f"{evening.state}{reason}, {evening.asks} asks{''.join(marks)}{', about' * (not evening.trusted)}"


def row_text(row: Row) -> str:
    """A row as it is written behind `keep`."""
    match row:
        case Press():
            return f"'{_press_text(row).replace(', release unseen', '')}'"
        case Cramp():
            return f"cramp {_cramp_text(row)}"
        case Evening():
            return f"evening {_evening_text(row)}"
        case Watch():
            return f"watch of {seconds_text(row.seen.since(row.began))}"


def clock_text(moment: datetime) -> str:
    """A local time, with its fraction if it has one."""
    return f"{moment:%H:%M:%S}" + (f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else "")


def kept_text(row: Row) -> str:
    """A row as it is written under `kept:`."""

    def at(moment: Moment) -> str:
        return clock_text(moment.wall) + ("" if moment.trusted else " about")

    match row:
        case Press():
            return f"press {at(row.moment)} {_press_text(row)}"
        case Cramp():
            warm = "" if row.celsius is None else f", {row.celsius} C"
            return f"cramp {at(row.onset)} {_cramp_text(row)}{warm}"
        case Evening():
            return f"evening {row.date} {_evening_text(row)}"
        case Watch():
            return f"watch {at(row.began)} to {at(row.seen)}"
