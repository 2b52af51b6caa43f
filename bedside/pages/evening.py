"""What an evening's reminder and stretch came to, and when the next one is planned, in words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo

from bedside.diary.reader import KeptStretch
from bedside.night.effects import Evening, Reason, StretchState
from bedside.pages import words

TOLD = "Done, as you told it on the page."
BEST_FIRST = (
    StretchState.COMPLETED,
    StretchState.STARTED,
    StretchState.SKIPPED,
    StretchState.OFFERED,
    StretchState.UNKNOWN,
)
REASONS: Mapping[str, str] = {
    Reason.NOT_ASKED: "the device has not asked",
    Reason.NOT_KNOWN_IF_HEARD: "the device has asked, and it is not known if that was heard",
    Reason.NO_OUTPUT: "the device wanted to ask, but neither sound nor light worked",
    Reason.CLOCK_NOT_SET: "the clock was not set when the device asked, and nobody answered",
    Reason.CRAMP_FIRST: "a cramp came first",
    Reason.CALLED_OFF: "the reminder was changed before the device asked",
    Reason.MISSED: "the device did not ask in time; it was off, or was set to another time",
}


def came_to(kept: KeptStretch | None, live: Evening | None) -> str:
    """What the evening came to: by the running night where that has it, else by the diary, else not known."""
    if live:
        if live.by_page and live.state is StretchState.COMPLETED:
            return TOLD
        said = _said(live.state, live.reason, live.asks, waiting=not live.over)
        return said + _doubt(live.trusted, live.asks, live.reason)
    if kept and kept.by_page:
        return TOLD
    if kept:
        return _said(StretchState(kept.state), kept.reason, kept.asks, waiting=False) + _doubt(
            kept.trusted, kept.asks, kept.reason
        )
    return "Not known: nothing is kept about it."


def night_came_to(kept: Sequence[KeptStretch], live: Evening | None) -> str:
    """What the evenings of one night came to, as `came_to`. Of two, past midnight, it is the one that was answered
    best: a stretch that was done is done.
    """
    others = [one for one in kept if live is None or one.evening != live.date]
    best = min(others, key=_rank, default=None)
    return came_to(best, live if live and (best is None or _rank(live) <= _rank(best)) else None)


def _rank(one: KeptStretch | Evening) -> int:
    return BEST_FIRST.index(StretchState(one.state))


def planned(reminder: datetime | None, today: date, zone: tzinfo) -> str:
    """When the device asks next, local time."""
    if reminder is None:
        return "No reminder is planned."
    local = reminder.astimezone(zone)
    return f"{words.day_name(local.date(), today)} at {words.clock(local, zone)} the device asks for the stretch."


def _said(state: StretchState, reason: str, asks: int, waiting: bool) -> str:
    match state:
        case StretchState.OFFERED if waiting:
            return f"The device has asked {words.times(asks)} so far. It was not answered yet."
        case StretchState.OFFERED:
            return f"The device asked {words.times(asks)}. It was not answered."
        case StretchState.STARTED:
            return "Started, not done to the end."
        case StretchState.COMPLETED:
            return "Done to the end."
        case StretchState.SKIPPED:
            return "Skipped with the button."
        case StretchState.UNKNOWN:
            return f"Not known: {REASONS.get(reason, reason)}." if reason else "Not known."


def _doubt(trusted: bool, asks: int, reason: str) -> str:
    doubted = asks and not trusted and reason != Reason.CLOCK_NOT_SET
    return "" if not doubted else " The clock was not set, so the time it asked may have been wrong."
