"""The form for a journey: its nights told as away in one go, or as not away after all. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bedside.catalogue import N_, _, ngettext
from bedside.diary.kept import KeptCheckIn
from bedside.night.events import Moment
from bedside.night.told import CheckIn
from bedside.pages import words
from bedside.pages.diary.form import Form
from bedside.pages.diary.times import DAY, EARLIEST
from bedside.pages.fields import Faults, Sent

MOST_NIGHTS = 366
AWAY, HERE = "away", "here"
WHERE: Mapping[str, str] = {AWAY: N_("I was away"), HERE: N_("I slept here after all")}


@dataclass(frozen=True, slots=True)
class Journey:
    """The nights from the first to the last, both counted; `away`, or not after all. `sure` are the nights of which it
    was ticked that they were away, although the diary has something else.
    """

    first: date
    last: date
    away: bool
    sure: str = ""

    @property
    def nights(self) -> tuple[date, ...]:
        """Each of them, the first first."""
        return tuple(self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))


def read(sent: Sent, latest: date) -> Journey | Faults:
    """The nights that the form names, or what is wrong with it. `latest` is the last night that has begun."""
    form = Form(sent)
    where = form.choice("where", {AWAY: AWAY, HERE: HERE})
    if where is None:
        form.tell("where", _("Choose whether you were away, or slept here after all."))
    later = _(
        "Nights up to that of %(date)s can be told so far. Tell the others when you are back.",
        date=words.day_dates(latest),
    )
    first, last = (form.day(field, EARLIEST, latest, later) for field in ("first", "last"))
    if first and last and last < first:
        form.tell("last", _("The last night is before the first. Choose a later one."))
    elif first and last and (last - first).days >= MOST_NIGHTS:
        nights = (last - first).days + 1
        most = ngettext(
            "These are %(number)s night. At most %(most)s can be told at once.",
            "These are %(number)s nights. At most %(most)s can be told at once.",
            nights,
            most=MOST_NIGHTS,
        )
        form.tell("last", most)
    sure = form.one("sure-of") if form.box("sure") else ""
    if form.faults or first is None or last is None:
        return form.faults
    return Journey(first, last, where == AWAY, sure)


def against(journey: Journey, pressed: Iterable[date], told: Mapping[date, KeptCheckIn]) -> tuple[date, ...]:
    """The nights that speak against it: with a cramp that was pressed, or of which it was told that they were here."""
    here = {night for night, kept in told.items() if kept.slept_here}
    return tuple(night for night in journey.nights if night in here | {*pressed}) if journey.away else ()


def named(nights: Sequence[date]) -> str:
    """The nights, for a hidden field: the tick that is given is for these and no others."""
    return " ".join(night.isoformat() for night in nights)


def rows(journey: Journey, told: Mapping[date, KeptCheckIn], *, moment: Moment, by: str) -> tuple[CheckIn, ...]:
    """A check-in for each night that changes; what else was told of it stays. Here after all: they slept here."""
    return tuple(_changed(journey, told, moment, by))


def _changed(journey: Journey, told: Mapping[date, KeptCheckIn], moment: Moment, by: str) -> Iterator[CheckIn]:
    for night in journey.nights:
        kept = told.get(night, KeptCheckIn(None, None, (), ""))
        if journey.away is (kept.slept_here is False):
            continue
        yield CheckIn(
            night,
            moment,
            slept_here=not journey.away,
            disturbance=kept.disturbance,
            factors=kept.factors,
            note=kept.note,
            by=by,
            asked=kept.asked,
        )


def spans(nights: Iterable[date]) -> list[tuple[date, date]]:
    """The nights in a row, as first and last, the newest first."""
    found: list[tuple[date, date]] = []
    for night in sorted(nights):
        if found and found[-1][1] + DAY == night:
            found[-1] = found[-1][0], night
        else:
            found.append((night, night))
    return found[::-1]


def said(first: date, last: date) -> str:
    """The nights in words, by their evenings."""
    if first == last:
        return _("the night of %(date)s", date=words.day_dates(first))
    return ngettext(
        "%(number)s night, from that of %(first)s to that of %(last)s",
        "%(number)s nights, from that of %(first)s to that of %(last)s",
        (last - first).days + 1,
        first=words.day_dates(first),
        last=words.day_dates(last),
    )
