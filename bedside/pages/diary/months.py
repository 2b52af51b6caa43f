"""The diary, `/diary`: the nights of one month, newest first, each with what it came to and its cramps."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bedside.catalogue import N_, _, ngettext
from bedside.diary.kept import KeptCramp
from bedside.diary.nights import first_night, last_kept, nights_between
from bedside.diary.reader import Reader, reading
from bedside.night.effects import CrampState
from bedside.night.told import Verdict
from bedside.pages import words
from bedside.pages.account import account
from bedside.pages.diary.times import DAY
from bedside.pages.house import House
from bedside.pages.links import to_cramp, to_night
from bedside.patterns.facts import NightFacts
from bedside.patterns.nights import Span, in_window, night_of, span_of, within_night

VERDICTS: Mapping[Verdict, str] = {
    Verdict.NONE: N_("you told that it was none"),
    Verdict.SAME: N_("you told that it was the same as the one before"),
    Verdict.TWO: N_("you told that it was two"),
}


@dataclass(frozen=True, slots=True)
class CrampLine:
    """A cramp as one line: where it leads, when it began, and the rest in words. `at` is for machines."""

    href: str
    at: str
    time: str
    about: bool
    says: str


@dataclass(frozen=True, slots=True)
class NightLine:
    """A night as one line, with its cramps. `aside` says what is not known of it; empty where nothing is open."""

    night: date
    href: str
    name: str
    says: str
    aside: str
    cramps: tuple[CrampLine, ...]


def page(house: House, named: str, year: str = "") -> Mapping[str, object]:
    """What the template shows of the month that is named, such as 2026-01, or 1 with the year apart; of the latest
    night's where it is none. Raises DiaryError.
    """
    with reading(house.diary) as reader:
        latest = _latest(house, reader)
        first = first_night(reader, house.now().wall, house.zone)
        first = first if first and first <= latest else None
        asked = _named(f"{year}-{named:0>2}" if year else named) or _latest_shown(house, reader, latest)
        month = min(max(asked, first or latest), latest).replace(day=1)
        lines = tuple(_lines(house, reader, month, first, latest)) if first else ()
        samples = reader.has_samples()
    return {
        "month": month,
        "title": _month_name(month),
        "lines": lines,
        "before": _linked(month - DAY) if first and month > first.replace(day=1) else None,
        "after": _linked(_next(month)) if _next(month) <= latest else None,
        "years": range((first or latest).year, latest.year + 1),
        "months": {str(number): _(name) for number, name in enumerate(words.MONTHS, 1)},
        "unconfirmed": any(line.aside == _("unconfirmed") for line in lines),
        "samples": samples,
        "known": first is not None,
    }


def _latest(house: House, reader: Reader) -> date:
    """The night that runs; where the clock may be behind, the last one that is kept, if that is later."""
    now = house.now()
    running = night_of(now.wall, house.zone)
    return running if now.trusted else max(running, last_kept(reader) or running)


def _latest_shown(house: House, reader: Reader, latest: date) -> date:
    """The latest night whose sleep window has opened: its month is shown unless another is asked for."""
    opens = reader.sleep_window(latest, house.zone, house.habits())[0]
    return latest if opens <= house.now().wall or not house.now().trusted else latest - DAY


def _named(month: str) -> date | None:
    """A day of the month; None where it is none."""
    try:
        return date.fromisoformat(f"{month}-28")
    except ValueError:
        return None


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _month_name(month: date) -> str:
    # Translators: a month, such as: January 2026.
    return _("%(month)s %(year)s", month=_(words.MONTHS[month.month - 1]), year=month.year)


def _linked(day: date) -> tuple[str, str]:
    return f"/diary?month={day:%Y-%m}", _month_name(day)


def _lines(house: House, reader: Reader, month: date, first: date, latest: date) -> Iterator[NightLine]:
    """The month's nights that have begun, the newest first."""
    zone, running = house.zone, night_of(house.now().wall, house.zone)
    since, until = max(first, month), min(_next(month) - DAY, latest)
    cramps: dict[date, list[KeptCramp]] = defaultdict(list)
    if since <= until:
        for cramp in reader.cramps(span_of(since, zone)[0], span_of(until, zone)[1]):
            cramps[night_of(cramp.pressed or cramp.onset, zone)].append(cramp)
    over = nights_between(reader, since, until, house.now().wall, zone)
    if until >= running >= since:
        yield from _running(house, reader, running, cramps[running])
    for known in reversed(over):
        night = known.facts.night
        inside = [one for one in cramps[night] if not one.practice and in_window(one.onset, known.window)]
        says = _came_to(inside, known.facts), _aside(inside, known.facts)
        yield _line(house, night, says, cramps[night], known.window)


def _running(house: House, reader: Reader, night: date, cramps: Sequence[KeptCramp]) -> Iterator[NightLine]:
    """The night that is not over by noon, if its sleep window has opened or it has a cramp already."""
    zone, now, live = house.zone, house.now().wall, house.night()
    window = within_night(reader.sleep_window(night, zone, house.habits()), night, zone)
    if now < window[0]:
        if cramps:
            yield _line(house, night, (_("The night is still to come."), ""), cramps, window)
        return
    heard = ((live.watch.began.wall, now),) if live.watch and live.listening else ()
    watches = [*reader.watches(*window), *heard]
    said = account(cramps, window, watches, now, live=live.cramp.id if live.cramp else None, zone=zone)
    told = reader.check_in(night)
    away = told is not None and told.slept_here is False
    yield _line(house, night, (_("Away") if away else said.glance, ""), cramps, window)


def _line(house: House, night: date, says: tuple[str, str], cramps: Sequence[KeptCramp], window: Span) -> NightLine:
    name = {"evening": words.weekday(night), "day": night.day}
    return NightLine(
        night,
        to_night(night),
        # Translators: a night of the month that stands above, by its evening, such as: Saturday 10.
        _("%(evening)s %(day)s", **name),
        *says,
        tuple(_cramp(house, cramp, window) for cramp in cramps),
    )


def _cramp(house: House, cramp: KeptCramp, window: Span) -> CrampLine:
    return CrampLine(
        to_cramp(cramp.id),
        cramp.onset.astimezone(house.zone).isoformat(timespec="minutes"),
        words.clock(cramp.onset, house.zone),
        not cramp.trusted,
        words.listed(
            (
                _length(cramp),
                _("severity %(grade)s of 10", grade=cramp.severity) if cramp.severity is not None else "",
                _("practice") if cramp.practice else "",
                _("in the daytime") if not cramp.practice and not in_window(cramp.onset, window) else "",
                _("doubtful") if cramp.unsure and not cramp.practice else "",
                _(VERDICTS[cramp.verdict]) if cramp.verdict and cramp.verdict in VERDICTS else "",
                _("added on the page") if cramp.origin == "page" else "",
            )
        ),
    )


def _length(cramp: KeptCramp) -> str:
    if cramp.state == CrampState.OPEN:
        return _("still open")
    return _("length not known") if cramp.seconds is None else words.lasted(cramp.seconds)


def _came_to(inside: Sequence[KeptCramp], known: NightFacts) -> str:
    """A night that is over, from the cramps of its sleep window."""
    sure = sum(cramp.number for cramp in inside if cramp.counts)
    doubtful = sum(cramp.unsure for cramp in inside)
    if known.away:
        return _("Away")
    if sure and doubtful:
        perhaps = ngettext(
            "%(number)s press that may have been one", "%(number)s presses that may have been one", doubtful
        )
        in_all = ngettext("%(number)s cramp", "%(number)s cramps", sure)
        return _("%(cramps)s, and %(presses)s", cramps=in_all, presses=perhaps)
    if sure:
        return ngettext("%(number)s cramp", "%(number)s cramps", sure)
    if doubtful:
        return ngettext(
            "%(number)s press that may have been a cramp", "%(number)s presses that may have been a cramp", doubtful
        )
    if not known.observed:
        return _("Cramps: not known")
    return _("No cramp, as you told it") if inside else _("No press for a cramp")


def _aside(inside: Sequence[KeptCramp], known: NightFacts) -> str:
    """What is left open by what the night came to."""
    if known.away:
        return ""
    if not known.observed:
        return _("there may have been more") if inside else ""
    return "" if known.confirmed else _("unconfirmed")
