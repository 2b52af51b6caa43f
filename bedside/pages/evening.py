"""What an evening's reminder and stretch came to, and when the next one is planned, in words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo

from bedside.catalogue import N_, _, ngettext
from bedside.diary.kept import KeptStretch
from bedside.night.effects import Evening, Reason, StretchState
from bedside.pages import words

TOLD = N_("Done, as you told it on the page.")
ENDED = {
    StretchState.STARTED: N_("Started, not done to the end."),
    StretchState.COMPLETED: N_("Done to the end."),
    StretchState.SKIPPED: N_("Skipped with the button."),
}
BEST_FIRST = (
    StretchState.COMPLETED,
    StretchState.STARTED,
    StretchState.SKIPPED,
    StretchState.OFFERED,
    StretchState.UNKNOWN,
)
REASONS: Mapping[str, str] = {
    Reason.NOT_ASKED: N_("Not known: the device has not asked."),
    Reason.NOT_KNOWN_IF_HEARD: N_("Not known: the device has asked, and it is not known if that was heard."),
    Reason.NO_OUTPUT: N_("Not known: the device wanted to ask, but neither sound nor light worked."),
    Reason.CLOCK_NOT_SET: N_("Not known: the clock was not set when the device asked, and nobody answered."),
    Reason.CRAMP_FIRST: N_("Not known: a cramp came first."),
    Reason.CALLED_OFF: N_("Not known: the reminder was changed before the device asked."),
    Reason.MISSED: N_("Not known: the device did not ask in time; it was off, or was set to another time."),
}


def came_to(kept: KeptStretch | None, live: Evening | None) -> str:
    """What the evening came to: by the running night where that has it, else by the diary, else not known."""
    if live:
        if live.by_page and live.state is StretchState.COMPLETED:
            return _(TOLD)
        said = _said(live.state, live.reason, live.asks, waiting=not live.over)
        return _with_doubt(said, live.trusted, live.asks, live.reason)
    if kept and kept.by_page:
        return _(TOLD)
    if kept:
        said = _said(StretchState(kept.state), kept.reason, kept.asks, waiting=False)
        return _with_doubt(said, kept.trusted, kept.asks, kept.reason)
    return _("Not known: nothing is kept about it.")


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
        return _("No reminder is planned.")
    day, time = reminder.astimezone(zone).date(), words.clock(reminder, zone)
    match (day - today).days:
        case 0:
            return _("Tonight at %(time)s the device asks for the stretch.", time=time)
        case 1:
            return _("Tomorrow at %(time)s the device asks for the stretch.", time=time)
    weekday = words.weekday(day)
    return _("On %(weekday)s at %(time)s the device asks for the stretch.", weekday=weekday, time=time)


def _said(state: StretchState, reason: str, asks: int, waiting: bool) -> str:
    if state is StretchState.OFFERED:
        return _asked_so_far(asks) if waiting else _asked(asks)
    if state in ENDED:
        return _(ENDED[state])
    if reason in REASONS:
        return _(REASONS[reason])
    return _("Not known: %(reason)s.", reason=reason) if reason else _("Not known.")


def _asked_so_far(asks: int) -> str:
    match asks:
        case 1:
            return _("The device has asked once so far. It was not answered yet.")
        case 2:
            return _("The device has asked twice so far. It was not answered yet.")
    return ngettext(
        "The device has asked %(number)s time so far. It was not answered yet.",
        "The device has asked %(number)s times so far. It was not answered yet.",
        asks,
    )


def _asked(asks: int) -> str:
    match asks:
        case 1:
            return _("The device asked once. It was not answered.")
        case 2:
            return _("The device asked twice. It was not answered.")
    return ngettext(
        "The device asked %(number)s time. It was not answered.",
        "The device asked %(number)s times. It was not answered.",
        asks,
    )


def _with_doubt(said: str, trusted: bool, asks: int, reason: str) -> str:
    if not asks or trusted or reason == Reason.CLOCK_NOT_SET:
        return said
    return " ".join((said, _("The clock was not set, so the time it asked may have been wrong.")))
