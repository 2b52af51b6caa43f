"""The night an evening or a check-in belongs to that was kept under a clock that was not set."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bedside.diary.nights import nights_over, rolled_up
from bedside.diary.reader import reading
from bedside.night.effects import Evening, Reason, Save, StretchState
from bedside.night.events import Moment
from bedside.night.told import Added, CheckIn, Factor, TimeTold
from bedside.patterns.facts import Side
from tests.diary.rows import check_in, evening, judgement, save, watch
from tests.diary.test_dating import Book, by_hand, in_utc, true, trusted, wrong

DAYS = timedelta(days=-2)
"""The boot of these tests began at three in the morning of 11 January, and its clock is two days late."""

EVENING = 17 * 3600.0
"""Eight in the evening, by the true time."""
MORNING = 5 * 3600.0
SET = 20 * 3600.0

BY_CLOCK, TRULY = date(2026, 1, 9), date(2026, 1, 11)
"""The evening that the clock told, and the one that it was."""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "diary.db")


def begun(since: float = EVENING, day: date = BY_CLOCK, **changes: Any) -> Evening:
    """Begun by the clock that is late, and completed, unless changed."""
    come_to = {"state": StretchState.COMPLETED, "over": True, "trusted": False}
    return evening(day, **{"due": since, "until": since + 10800, **come_to, **changes})


def keep(book: Book, moment: Moment, *rows: Any) -> None:
    book.records += 1
    book.diary.apply([save(f"record {book.records}", *rows, moment=moment)])


def told(since: float = MORNING, night: date = BY_CLOCK - timedelta(days=1), **changes: Any) -> CheckIn:
    """Told by the clock that is late, of the night just past."""
    return check_in(night, **{"moment": wrong(since, DAYS), **changes})


def told_of(book: Book) -> Mapping[str, Any]:
    """By night the note."""
    return dict(book.rows("select night, note from checkins"))


# --- the evening ---


def test_a_stretch_counts_for_the_night_it_was_done_in_once_the_clock_is_set(book: Book) -> None:
    keep(book, wrong(EVENING, DAYS), begun())
    assert book.rows("select evening, night, trusted from stretches") == [("2026-01-09", "2026-01-09", 0)]
    book.keep(trusted(SET))
    assert book.rows("select evening, night, trusted from stretches") == [("2026-01-09", "2026-01-11", 1)]
    assert book.rows("select field, logged, corrected from logged_times where entry_table = 'stretches'") == [
        ("night", in_utc(EVENING, DAYS), in_utc(EVENING))
    ]


def test_one_that_was_led_when_the_night_was_slept_already_is_filed_and_counts_for_none(book: Book) -> None:
    keep(book, wrong(MORNING, DAYS), begun(MORNING, date(2026, 1, 9)))
    book.keep(trusted(SET))
    assert book.rows("select night, trusted from stretches") == [("2026-01-10", 0)]


def test_what_becomes_of_it_after_the_clock_was_set_leaves_it_in_its_night(book: Book) -> None:
    keep(book, wrong(EVENING, DAYS), begun(state=StretchState.STARTED))
    book.keep(trusted(EVENING + 60))
    keep(book, true(EVENING + 300), begun())
    assert book.rows("select night, state, trusted from stretches") == [("2026-01-11", "completed", 1)]


def test_a_restart_that_keeps_it_once_more_is_not_taken_for_the_boot_it_was_begun_in(book: Book) -> None:
    keep(book, wrong(EVENING, DAYS), begun(over=False, state=StretchState.STARTED))
    keep(book, replace(wrong(5), boot="next"), begun(state=StretchState.STARTED))
    book.keep(trusted(100, "next"))
    assert book.rows("select night, trusted from stretches") == [("2026-01-09", 0)]
    book.keep(trusted(SET))
    assert book.rows("select night, trusted from stretches") == [("2026-01-11", 1)]


def test_one_of_a_clock_that_was_set_stays_though_a_later_boot_keeps_it_once_more(book: Book) -> None:
    keep(book, true(EVENING), begun(day=TRULY, trusted=True))
    keep(book, replace(wrong(5, DAYS), boot="next"), begun(day=TRULY, trusted=True))
    book.keep(trusted(100, "next"))
    assert book.rows("select night, trusted from stretches") == [("2026-01-11", 1)]
    assert book.rows("select 1 from logged_times where entry_table = 'stretches'") == []


def test_an_evening_that_was_only_missed_moves_nowhere(book: Book) -> None:
    keep(book, wrong(EVENING, DAYS), begun(state=StretchState.UNKNOWN, reason=Reason.MISSED))
    book.keep(trusted(SET))
    assert book.rows("select night, trusted from stretches") == [("2026-01-09", 0)]


def test_a_night_that_has_a_stretch_already_has_two_and_comes_to_the_better(book: Book) -> None:
    keep(book, replace(true(100), boot="other"), begun(day=TRULY, trusted=True, state=StretchState.OFFERED))
    keep(book, wrong(EVENING, DAYS), begun())
    book.keep(trusted(SET))
    with reading(book.diary.path) as reader:
        assert [one.state for one in reader.stretches(TRULY)] == ["completed", "offered"]
        assert rolled_up(reader, TRULY, UTC).facts.stretch is Side.YES
        assert reader.stretches(BY_CLOCK) == []


def test_an_evening_by_a_typed_time_is_filed_anew_when_the_device_learns_it(book: Book) -> None:
    keep(book, by_hand(EVENING, DAYS), begun(trusted=True))
    keep(book, by_hand(EVENING + 60, DAYS), TimeTold(by_hand(EVENING + 60, DAYS), true(EVENING + 60).wall + DAYS))
    assert book.rows("select night from stretches") == [("2026-01-09",)]
    book.keep(trusted(SET))
    assert book.rows("select night, trusted from stretches") == [("2026-01-11", 1)]


def test_the_time_zone_is_the_one_in_which_the_clock_was_set(book: Book) -> None:
    """Half past eleven in the morning, UTC, is the evening in Tokyo, and the next night there."""
    from zoneinfo import ZoneInfo

    since, tokyo = 8.5 * 3600, ZoneInfo("Asia/Tokyo")
    moment = replace(wrong(since, DAYS), wall=wrong(since, DAYS).wall.astimezone(tokyo))
    keep(book, moment, begun(since), told(since, moment=moment))
    known = replace(true(SET), wall=true(SET).wall.astimezone(tokyo))
    book.keep(replace(trusted(SET), trusted=known))
    assert book.rows("select night from stretches union all select night from checkins") == [
        ("2026-01-11",), ("2026-01-10",)
    ]  # fmt: skip


# --- the check-in ---


def test_a_check_in_is_of_the_night_that_was_just_past_once_the_clock_is_set(book: Book) -> None:
    book.keep(told(note="slept badly"))
    assert told_of(book) == {"2026-01-08": "slept badly"}
    book.keep(trusted(SET))
    assert told_of(book) == {"2026-01-10": "slept badly"}
    assert book.rows("select id, entry, logged, corrected from logged_times where field = 'night'") == [
        ("checkins.night 2026-01-10", "2026-01-10", in_utc(MORNING, DAYS), in_utc(MORNING))
    ]
    assert book.rows("select at from checkins") == [(in_utc(MORNING),)]


def test_what_was_changed_of_it_goes_along(book: Book) -> None:
    book.keep(told(note="one"))
    book.keep(told(MORNING + 60, note="two"))
    book.keep(trusted(SET))
    book.keep(replace(told(night=date(2026, 1, 10), note="three"), moment=true(SET + 60)))
    assert told_of(book) == {"2026-01-10": "three"}
    assert book.rows("select entry, before, after from amendments order by id") == [
        ("2026-01-10", "one", "two"),
        ("2026-01-10", "two", "three"),
    ]


def test_a_date_that_a_person_chose_stays_and_so_does_a_journey(book: Book) -> None:
    days = [date(2026, 1, number) for number in (5, 7, 8)]
    book.keep(told(night=days[0]))
    book.keep(*(told(night=day, slept_here=False) for day in days[1:]))
    book.keep(trusted(SET))
    assert sorted(told_of(book)) == ["2026-01-05", "2026-01-07", "2026-01-08"]


def test_what_was_told_over_the_answers_of_a_night_is_of_that_night(book: Book) -> None:
    book.keep(check_in(date(2026, 1, 8), moment=replace(true(0), boot="before"), note="as it was"))
    book.keep(told(note="corrected"))
    book.keep(trusted(SET))
    assert told_of(book) == {"2026-01-08": "corrected"}


def test_of_two_check_ins_that_are_of_one_night_the_last_stands_and_the_history_has_the_other(book: Book) -> None:
    first = check_in(
        date(2026, 1, 10),
        moment=replace(true(3600), boot="before"),
        disturbance=4,
        note="first",
        factors=(Factor.ALCOHOL,),
        asked=(Factor.ALCOHOL, Factor.EFFORT),
    )
    book.keep(first)
    book.keep(told(note="last", slept_here=None))
    book.keep(trusted(SET))
    assert book.rows("select night, note, disturbance, slept_here, factors, at from checkins") == [
        ("2026-01-10", "last", 4, 1, "alcohol", in_utc(MORNING))
    ]
    assert book.rows("select entry, field, before, after from amendments") == [("2026-01-10", "note", "first", "last")]


def test_one_that_was_told_before_the_other_fills_only_what_that_left_open(book: Book) -> None:
    book.keep(told(note="first", disturbance=4))
    book.keep(check_in(date(2026, 1, 10), moment=replace(true(SET - 60), boot="other"), note="last"))
    book.keep(trusted(SET))
    assert book.rows("select night, note, disturbance from checkins") == [("2026-01-10", "last", 4)]
    assert book.rows("select field, before, after from amendments") == [("note", "first", "last")]
    assert book.rows("select 1 from logged_times where entry_table = 'checkins'") == []


@pytest.mark.parametrize("by", [timedelta(days=-1), timedelta(days=1)])
def test_check_ins_of_several_mornings_never_fall_into_each_others_place(book: Book, by: timedelta) -> None:
    for day in range(4):
        moment = wrong(MORNING + day * 86400, by)
        book.keep(told(moment=moment, night=moment.wall.date() - timedelta(days=1), note=f"{day}"))
    book.keep(trusted(MORNING + 4 * 86400))
    assert told_of(book) == {f"2026-01-{10 + day}": f"{day}" for day in range(4)}
    assert book.rows("select 1 from amendments") == []


def test_an_onset_that_a_person_typed_stays_where_they_put_it(book: Book) -> None:
    onset = datetime(2026, 1, 9, 3, 10, tzinfo=UTC)
    book.keep(Added("added", wrong(MORNING, DAYS), onset), replace(judgement("c", onset=onset), moment=wrong(60, DAYS)))
    book.keep(trusted(SET))
    assert book.rows("select onset from cramps union all select onset from judgements") == [
        ("2026-01-09T03:10:00.000+00:00",)
    ] * 2  # fmt: skip


# --- both ---


def test_the_nights_on_both_sides_are_rolled_up_anew(book: Book) -> None:
    now = Moment("next", 1.0, datetime(2026, 1, 13, 15, tzinfo=UTC))
    book.keep(watch("w", replace(true(0), boot="before", wall=datetime(2026, 1, 7, tzinfo=UTC))))
    keep(book, wrong(EVENING, DAYS), begun())
    book.keep(told(factors=(Factor.ALCOHOL,), asked=(Factor.ALCOHOL,)))
    for since, night, alcohol in ((1.0, "2026-01-09", "2026-01-08"), (SET, "2026-01-11", "2026-01-10")):
        if since == SET:
            book.keep(trusted(SET))
        while book.diary.tidy(now, UTC):
            pass
        assert book.rows("select night from nights where factors != ''") == [(alcohol,)]
        assert book.rows(f"select night from nights where stretch = '{Side.YES.value}'") == (
            [(night,)] if since == SET else []
        )
    with reading(book.diary.path) as reader:
        kept = nights_over(reader, now.wall, UTC)
        assert kept == [rolled_up(reader, one.facts.night, UTC) for one in kept]


def test_the_journal_given_to_a_new_diary_makes_the_same_of_it(book: Book, tmp_path: Path) -> None:
    records = [
        save("evening", begun(), moment=wrong(EVENING, DAYS)),
        save("told", told(note="one")),
        save("typed", TimeTold(wrong(EVENING + 60, DAYS), true(EVENING + 60).wall + timedelta(days=1))),
        save("set", trusted(SET)),
        save("more", begun(by_page=True), moment=true(SET + 60)),
        save("again", replace(told(night=date(2026, 1, 8), note="two"), moment=true(SET + 90))),
    ]

    def all_of(book: Book) -> Any:
        return {**book.dump(), "logged_times": book.rows("select * from logged_times order by id")}

    for record in records:
        book.diary.apply([record])
    other = Book(tmp_path / "other.db")
    other.diary.apply(records)
    assert all_of(book) == all_of(other)
    orders: list[list[Save]] = [records[3:4] + records[:3] + records[4:], records[2:4] + records[:2] + records[4:]]
    for number, order in enumerate(orders):
        third = Book(tmp_path / f"third {number}.db")
        third.diary.apply(order)
        assert third.diary.replay(records) == 0
        assert all_of(third) == all_of(book)
    assert told_of(book) == {"2026-01-10": "one", "2026-01-08": "two"}
