"""Which backup is due, and which are too many: decided from the time, the habits and the list alone."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.diary.backups import KEPT, Backup, Kind, due, listed, path_of, too_many
from bedside.night.events import Moment
from bedside.night.habits import Habits

DAY = date(2026, 1, 10)
BERLIN = ZoneInfo("Europe/Berlin")
PEOPLE, EVERYTHING = Kind.PEOPLE, Kind.EVERYTHING


def at(text: str, *, trusted: bool = True) -> Moment:
    """A local time of Berlin in January 2026, as day, hour and minute."""
    wall = datetime.strptime(f"2026-01-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)
    return Moment("boot", 1000.0, wall.astimezone(UTC), trusted)


def backup(kind: Kind, made: date = DAY) -> Backup:
    return Backup(path_of(Path(), kind, made), kind, made, 1)


BOTH = (backup(PEOPLE), backup(EVERYTHING))


def test_at_noon_that_of_the_day_is_due_and_before_noon_and_after_it_is_made_none() -> None:
    assert due(at("11 11:59"), BOTH, Habits(), BERLIN) is None
    assert due(at("11 12:00"), BOTH, Habits(), BERLIN) == (PEOPLE, date(2026, 1, 11))
    made = (*BOTH, backup(PEOPLE, date(2026, 1, 11)))
    assert due(at("11 12:00"), made, Habits(), BERLIN) is None
    assert due(at("12 11:59"), made, Habits(), BERLIN) is None


@pytest.mark.parametrize("hour", ["11 21:59", "12 07:00", "12 11:59"])
def test_a_device_that_is_switched_on_later_makes_it_then(hour: str) -> None:
    assert due(at(hour), BOTH, Habits(), BERLIN) == (PEOPLE, date(2026, 1, 11))


@pytest.mark.parametrize("hour", ["11 22:00", "12 00:00", "12 06:59"])
def test_nothing_is_due_while_a_person_sleeps(hour: str) -> None:
    assert due(at(hour), BOTH, Habits(), BERLIN) is None


@pytest.mark.parametrize(
    ("bedtime", "rising", "asleep", "awake"),
    [
        (time(9), time(17), ("11 12:00", "11 09:00", "11 16:59"), ("11 17:00", "12 08:59")),
        (time(11), time(13), ("11 12:00", "11 12:59"), ("11 13:00", "12 10:59")),
        (time(13), time(12, 30), ("11 12:00", "11 13:00", "11 12:29"), ("11 12:30", "11 12:59")),
    ],
)
def test_who_sleeps_by_day_is_let_sleep(
    bedtime: time, rising: time, asleep: tuple[str, ...], awake: tuple[str, ...]
) -> None:
    habits = Habits(bedtime=bedtime, rising=rising)
    assert [due(at(hour), BOTH, habits, BERLIN) for hour in asleep] == [None] * len(asleep)
    assert all(due(at(hour), BOTH, habits, BERLIN) for hour in awake)


def test_nothing_is_due_while_the_clock_is_not_known_to_be_right() -> None:
    assert due(at("11 13:00", trusted=False), (), Habits(), BERLIN) is None


def test_the_first_of_all_is_what_people_told_and_then_everything() -> None:
    assert due(at("11 13:00"), (), Habits(), BERLIN) == (PEOPLE, date(2026, 1, 11))
    assert due(at("11 13:00"), [backup(PEOPLE, date(2026, 1, 11))], Habits(), BERLIN) == (EVERYTHING, date(2026, 1, 11))


def test_everything_is_backed_up_once_a_month() -> None:
    first, last = backup(EVERYTHING, date(2025, 12, 31)), backup(EVERYTHING, date(2026, 1, 1))
    day = backup(PEOPLE, date(2026, 1, 11))
    assert due(at("11 13:00"), [day, first], Habits(), BERLIN) == (EVERYTHING, date(2026, 1, 11))
    assert due(at("11 13:00"), [day, first, last], Habits(), BERLIN) is None


def test_what_a_clock_set_wrong_made_puts_nothing_off_and_goes_first() -> None:
    to_come = backup(PEOPLE, date(2035, 1, 1)), backup(EVERYTHING, date(2035, 1, 1))
    assert due(at("11 13:00"), to_come, Habits(), BERLIN) == (PEOPLE, date(2026, 1, 11))
    kept = [backup(PEOPLE, DAY - timedelta(days=number)) for number in range(14)]
    assert too_many([*to_come, *kept], DAY) == [to_come[0]]


def test_the_day_is_that_of_the_zone() -> None:
    moment = Moment("boot", 1.0, datetime(2026, 1, 11, 20, tzinfo=UTC))
    assert due(moment, BOTH, Habits(), ZoneInfo("Pacific/Auckland")) == (PEOPLE, date(2026, 1, 11))
    assert due(moment, BOTH, Habits(), ZoneInfo("Pacific/Kiritimati")) == (PEOPLE, date(2026, 1, 11))


@given(st.lists(st.tuples(st.sampled_from(Kind), st.dates(date(2020, 1, 1), date(2030, 1, 1))), unique=True))
def test_never_more_are_kept_than_are_wanted_and_never_an_older_one_than_one_that_goes(
    made: list[tuple[Kind, date]],
) -> None:
    kept = [backup(*one) for one in made]
    goes = too_many(kept, DAY)
    for kind in Kind:
        stays = [one for one in kept if one.kind is kind and one not in goes]
        assert len(stays) == min(KEPT[kind], sum(one.kind is kind for one in kept))
        gone = [one.made for one in goes if one.kind is kind and one.made <= DAY]
        assert not gone or all(one.made > max(gone) for one in stays if one.made <= DAY)


def test_the_list_has_ours_alone_the_newest_first_and_of_a_day_that_with_more(tmp_path: Path) -> None:
    for name in ("people-2026-01-10.db", "everything-2026-01-10.db", "people-2026-01-09.db"):
        (tmp_path / name).write_text("12345")
    for name in ("people-2026-01-11.db.part", "people-today.db", "notes.db", "holiday-2026-01-10.db", "people-.db"):
        (tmp_path / name).touch()
    found = listed(tmp_path)
    assert [one.name for one in found] == ["everything-2026-01-10.db", "people-2026-01-10.db", "people-2026-01-09.db"]
    assert (found[0].kind, found[0].made, found[0].size) == (EVERYTHING, DAY, 5)
    assert listed(tmp_path / "nowhere") == []
