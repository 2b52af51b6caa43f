"""What each night came to: kept, out of date by whatever touches it, and always the same as counted anew."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bedside.demo import fill
from bedside.diary.nights import change, nights_over, rolled_up
from bedside.diary.reader import reading
from bedside.diary.readings import Aggregate
from bedside.diary.store import Diary
from bedside.night.effects import CrampState, Row, Save, StretchState, Watch
from bedside.night.events import Moment
from bedside.night.habits import Chosen, Habits
from bedside.night.told import Added, CheckIn, Factor, Judgement, Verdict
from bedside.patterns.facts import NightFacts, Side
from tests.diary.rows import cramp, ended, evening, press

LONDON = ZoneInfo("Europe/London")
FIRST = date(2026, 1, 10)
NOW = datetime(2026, 1, 14, 15, tzinfo=UTC)
BOOTED = datetime(2026, 1, 10, 12, tzinfo=UTC)


def at(text: str, *, trusted: bool = True) -> Moment:
    """Of January 2026, in London's winter, such as `11 03:04`."""
    day, clock = text.split()
    wall = datetime.combine(date(2026, 1, int(day)), time.fromisoformat(clock), UTC)
    return Moment("boot", (wall - BOOTED).total_seconds(), wall, trusted)


def wall(text: str) -> datetime:
    return at(text).wall


WATCHED = Watch("watch", at("10 20:00"), at("14 09:00"))
MEASURED = [
    Aggregate("boot", wall("10 20:00") + timedelta(minutes=5 * number), 5, 18.0 + number % 2, 17.5, 19.5, trusted=True)
    for number in range(13 * 12)
]


class Book:
    """A diary that is written and rolled up, and read by its own connection."""

    def __init__(self, path: Path) -> None:
        self.path, self.diary, self.records = path, Diary(path), 0

    def keep(self, *rows: Row, readings: list[Aggregate] | None = None) -> None:
        self.records += 1
        self.diary.apply([Save(f"record {self.records}", at("10 12:00"), rows)] if rows else [], readings or ())

    def roll_up(self, now: datetime = NOW) -> int:
        """All that is out of date. How many steps it took."""
        steps = 0
        while self.diary.tidy(Moment("boot", 0.0, now), LONDON):
            steps += 1
        return steps

    def out_of_date(self) -> list[str]:
        with closing(sqlite3.connect(self.path)) as other:
            return [night for (night,) in other.execute("select night from nights where rolled_up is not changed")]

    def facts(self, now: datetime = NOW) -> dict[date, NightFacts]:
        with reading(self.path) as reader:
            return {night.facts.night: night.facts for night in nights_over(reader, now, LONDON)}

    def change(self, now: datetime = NOW) -> tuple[object, ...]:
        with reading(self.path) as reader:
            return change(reader, now, LONDON)

    def assert_same_as_anew(self, now: datetime = NOW) -> None:
        with reading(self.path) as reader:
            for kept in nights_over(reader, now, LONDON):
                assert kept == rolled_up(reader, kept.facts.night, LONDON)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = Book(tmp_path / "diary.db")
    yield book
    book.diary.close()


@pytest.fixture
def full(book: Book) -> Book:
    """Four nights that are over, with a cramp in the first, and rolled up."""
    book.keep(WATCHED, ended("c", at("11 03:04")), press("p", at("11 03:04")), readings=MEASURED)
    book.roll_up()
    assert not book.out_of_date()
    return book


def test_every_night_that_is_over_is_rolled_up_and_the_running_one_is_not(full: Book) -> None:
    assert list(full.facts()) == [FIRST + timedelta(days=day) for day in range(4)]
    later = NOW + timedelta(days=1)
    assert full.roll_up(later) == 2, "the new row, and what it came to"
    assert list(full.facts(later))[-1] == date(2026, 1, 14)


def test_what_is_kept_is_what_the_night_came_to(full: Book) -> None:
    first = full.facts()[FIRST]
    assert (first.observed, first.confirmed, first.cramps, first.onset_hours) == (True, True, 1, (15 + 4 / 60,))
    assert first.celsius == 18.5
    assert full.facts()[date(2026, 1, 12)].celsius is None
    full.assert_same_as_anew()


def test_an_empty_diary_has_no_nights_and_nothing_to_roll_up(book: Book) -> None:
    assert book.roll_up() == 0
    assert book.facts() == {}


def test_rows_that_are_not_rolled_up_yet_are_counted_by_whoever_asks(book: Book) -> None:
    book.keep(WATCHED, ended("c", at("11 03:04")), readings=MEASURED)
    counted = book.facts()
    book.roll_up()
    assert counted == book.facts()
    assert counted[FIRST].cramps == 1


@pytest.mark.parametrize(
    ("row", "nights"),
    [
        (cramp("d", at("12 01:00"), state=CrampState.END_UNKNOWN), ["2026-01-11"]),
        (press("q", at("12 12:30")), ["2026-01-12"]),
        (Added("page", at("13 09:00"), wall("13 02:00"), 60.0), ["2026-01-12"]),
        (Judgement("c", at("13 09:00"), verdict=Verdict.NONE), ["2026-01-10"]),
        (CheckIn(date(2026, 1, 13), at("14 09:00"), slept_here=False), ["2026-01-13"]),
        (evening(date(2026, 1, 12), state=StretchState.COMPLETED), ["2026-01-12"]),
        (evening(date(2026, 1, 12), night=date(2026, 1, 11)), ["2026-01-11"]),
        (Watch("watch", at("10 20:00"), at("14 09:20")), ["2026-01-13"]),
        (Watch("another", at("11 20:00"), at("12 20:00")), ["2026-01-11", "2026-01-12"]),
        (Judgement("nobody's", at("13 09:00")), []),
        (Chosen(at("14 13:00"), Habits()), []),
        (Chosen(at("13 13:00"), Habits()), ["2026-01-13"]),
        (cramp("e", at("14 14:00")), []),
    ],
)
def test_a_row_puts_the_nights_out_of_date_that_it_belongs_to_and_no_other(
    full: Book, row: Row, nights: list[str]
) -> None:
    full.keep(row)
    assert full.out_of_date() == nights
    full.assert_same_as_anew()
    full.roll_up()
    assert not full.out_of_date()
    full.assert_same_as_anew()


def test_a_row_beside_it_that_is_none_of_ours_puts_all_nights_out_of_date_and_keeps_the_record(full: Book) -> None:
    with closing(sqlite3.connect(full.path)) as other, other:
        other.execute("update cramps set onset = 'three o''clock'")
    full.keep(Judgement("c", at("13 09:00"), severity=3))
    assert len(full.out_of_date()) == 4
    with closing(sqlite3.connect(full.path)) as other:
        assert other.execute("select severity from judgements").fetchall() == [(3,)]


def test_a_night_that_cannot_be_counted_holds_no_other_up(full: Book) -> None:
    full.keep(CheckIn(date(2026, 1, 13), at("14 09:00"), slept_here=True))
    with closing(sqlite3.connect(full.path)) as other, other:
        other.execute("update checkins set asked = 'of a newer version'")
    full.keep(CheckIn(date(2026, 1, 11), at("12 09:00"), slept_here=True))
    assert full.roll_up() == 2
    assert full.out_of_date() == ["2026-01-13"]
    assert full.roll_up() == 0, "it is not tried again and again"
    full.keep(CheckIn(date(2026, 1, 13), at("14 09:10"), slept_here=True))
    full.roll_up()
    assert not full.out_of_date()


def test_the_room_under_a_clock_that_was_not_set_is_in_no_mean(full: Book) -> None:
    wrong = [
        Aggregate("other", wall("10 22:00") + timedelta(minutes=5 * number), 5, 30.0, 30.0, 30.0, trusted=False)
        for number in range(100)
    ]
    full.keep(readings=wrong)
    assert full.facts()[FIRST].celsius == 18.5


def test_a_slip_of_a_year_leaves_nothing_behind_once_it_is_taken_back(full: Book) -> None:
    slip = Moment("boot", 0.0, datetime(2016, 1, 10, 3, tzinfo=UTC))
    full.keep(Added("slip", at("13 09:00"), slip.wall), CheckIn(date(2015, 3, 1), at("13 09:00"), slept_here=False))
    assert len(full.facts()) > 3000
    full.keep(Judgement("slip", at("13 09:10"), verdict=Verdict.NONE), CheckIn(date(2015, 3, 1), at("13 09:10")))
    assert min(full.facts()) == FIRST


def test_a_new_diary_is_another_one_though_nothing_else_tells(tmp_path: Path) -> None:
    told = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        book = Book(tmp_path / name / "diary.db")
        book.keep(CheckIn(FIRST, at("11 09:00"), slept_here=True))
        told.append(book.change())
        book.diary.close()
    assert told[0] != told[1]


def test_a_cramp_that_was_added_confirms_nobody_but_a_press_does(book: Book) -> None:
    book.keep(WATCHED, Added("page", at("13 09:00"), wall("11 02:00")), ended("c", at("12 03:00")))
    facts = book.facts()
    assert (facts[FIRST].cramps, facts[FIRST].confirmed) == (1, False)
    assert facts[date(2026, 1, 11)].confirmed


def test_a_cramp_is_as_bad_as_the_worst_that_was_told_to_be_the_same(full: Book) -> None:
    full.keep(ended("d", at("11 03:30")), Judgement("d", at("11 09:00"), Verdict.SAME, severity=7))
    full.keep(Judgement("c", at("11 09:00"), severity=2))
    with reading(full.path) as reader:
        (mark,) = nights_over(reader, NOW, LONDON)[0].row.marks
    assert (mark.cramp, mark.severity) == ("c", 7)


def test_readings_put_their_nights_out_of_date(full: Book) -> None:
    full.keep(readings=[Aggregate("boot", wall("12 11:55"), 5, 20.0, 20.0, 20.0, trusted=True)])
    assert full.out_of_date() == ["2026-01-11"]


def test_nights_are_told_apart_at_noon_through_a_change_of_the_clock(book: Book) -> None:
    noon = datetime(2026, 3, 29, 11, tzinfo=UTC)  # London is an hour ahead of UTC since that night
    for number, minutes in enumerate((-1, 0)):
        onset = Moment("boot", 0.0, noon + timedelta(minutes=minutes))
        book.keep(cramp(f"c{number}", onset, state=CrampState.END_UNKNOWN))
    now = datetime(2026, 3, 31, 15, tzinfo=UTC)
    book.roll_up(now)
    assert [(night.isoformat(), facts.daytime) for night, facts in book.facts(now).items()] == [
        ("2026-03-28", 1),
        ("2026-03-29", 1),
        ("2026-03-30", 0),
    ]


def test_a_change_is_told_and_the_running_nights_heartbeat_is_none(full: Book) -> None:
    full.keep(Watch("watch", at("10 20:00"), at("14 14:40")))
    before = full.change()
    full.keep(Watch("watch", at("10 20:00"), at("14 15:00")))
    assert full.change() == before
    full.keep(CheckIn(FIRST, at("14 09:00"), slept_here=True))
    told = full.change()
    assert told != before
    assert full.change(NOW + timedelta(days=1)) != told


def test_two_cramps_in_one_entry_count_as_two_and_only_known_onsets_have_an_hour(full: Book) -> None:
    full.keep(Judgement("c", at("11 09:00"), verdict=Verdict.TWO))
    assert (full.facts()[FIRST].cramps, len(full.facts()[FIRST].onset_hours)) == (2, 1)
    full.keep(Judgement("c", at("11 09:00"), verdict=Verdict.TWO, second=wall("11 03:30")))
    assert full.facts()[FIRST].onset_hours == (15 + 4 / 60, 15.5)
    with reading(full.path) as reader:
        assert len(nights_over(reader, NOW, LONDON)[0].row.marks) == 2


def test_a_corrected_onset_and_length_are_what_counts(full: Book) -> None:
    full.keep(Judgement("c", at("11 09:00"), onset=wall("11 02:00"), seconds=120.0))
    with reading(full.path) as reader:
        told = reader.cramp("c")
    assert told is not None
    assert (told.onset, told.pressed, told.seconds) == (wall("11 02:00"), wall("11 03:04"), 120.0)
    assert full.facts()[FIRST].onset_hours == (14.0,)
    full.keep(Judgement("c", at("11 09:00"), onset=wall("11 02:00"), end_unknown=True))
    with reading(full.path) as reader:
        told = reader.cramp("c")
    assert told is not None
    assert told.seconds is None


def test_a_told_onset_dates_a_cramp_whose_clock_was_not_set(full: Book) -> None:
    full.keep(ended("u", at("12 03:00", trusted=False)))
    assert (full.facts()[date(2026, 1, 11)].undated, full.facts()[date(2026, 1, 11)].cramps) == (1, 0)
    full.keep(Judgement("u", at("12 09:00"), onset=wall("12 03:10"), end_unknown=True))
    assert (full.facts()[date(2026, 1, 11)].undated, full.facts()[date(2026, 1, 11)].cramps) == (0, 1)


def test_a_cramp_that_the_button_missed_is_one_of_the_night(full: Book) -> None:
    full.keep(Added("page", at("13 09:00"), wall("13 02:00"), 60.0, by="Anna's phone"))
    assert full.facts()[date(2026, 1, 12)].cramps == 1
    with reading(full.path) as reader:
        added = reader.cramp("page")
    assert added is not None
    assert (added.origin, added.seconds, added.state) == ("page", 60.0, "ended")


def test_a_cramp_told_of_a_night_before_the_first_gives_that_night_a_row(full: Book) -> None:
    full.keep(Added("page", at("13 09:00"), wall("09 02:00")))
    full.roll_up()
    assert list(full.facts())[:2] == [date(2026, 1, 8), date(2026, 1, 9)]
    assert not full.facts()[date(2026, 1, 8)].observed


def test_a_night_has_the_sleep_window_of_its_own_habits(full: Book) -> None:
    full.keep(Chosen(at("12 09:00"), Habits(bedtime=time(20), rising=time(5))))
    full.keep(Chosen(at("13 23:30"), Habits(bedtime=time(23), rising=time(8))))
    with reading(full.path) as reader:
        windows = [reader.sleep_window(FIRST + timedelta(days=day), LONDON)[0].hour for day in range(5)]
    assert windows == [22, 22, 20, 23, 23]


def test_where_no_habits_are_in_the_diary_those_that_hold_count(full: Book) -> None:
    with reading(full.path) as reader:
        window = reader.sleep_window(FIRST, LONDON, Habits(bedtime=time(19)))
    assert window[0].hour == 19


def test_answers_of_the_morning_reach_the_night(full: Book) -> None:
    full.keep(
        CheckIn(FIRST, at("11 09:00"), slept_here=True, factors=(Factor.EFFORT,), asked=(Factor.EFFORT, Factor.ALCOHOL))
    )
    facts = full.facts()[FIRST]
    assert (facts.factor("unusual effort"), facts.factor("alcohol"), facts.factor("stress")) == (
        Side.YES,
        Side.NO,
        Side.LEFT_OUT,
    )


@pytest.mark.parametrize(("hours", "known"), [(4, False), (5, True)])
def test_a_mean_of_less_than_half_the_window_is_none(book: Book, hours: int, known: bool) -> None:
    book.keep(Watch("watch", at("10 20:00"), at("11 09:00")), readings=MEASURED[24 : 24 + 12 * hours])
    assert (book.facts()[FIRST].celsius is not None) == known


def test_readings_thinned_to_hours_make_the_same_mean(book: Book) -> None:
    thin = [Aggregate("boot", wall("10 22:00") + timedelta(hours=hour), 60, 18.5, 17, 20, True) for hour in range(9)]
    book.keep(Watch("watch", at("10 20:00"), at("11 09:00")), readings=thin)
    assert book.facts()[FIRST].celsius == 18.5


def test_a_held_a_leaned_a_practised_and_an_untrusted_press_confirm_nobody(book: Book) -> None:
    book.keep(
        WATCHED,
        press("held", at("11 01:00"), held=3.0),
        press("leaned", at("11 02:00"), leaned=True),
        press("practice", at("11 03:00"), practice=True),
        press("when?", at("11 04:00", trusted=False)),
    )
    assert not book.facts()[FIRST].confirmed
    book.keep(press("quick", at("11 05:00"), held=2.9))
    assert book.facts()[FIRST].confirmed


def test_ninety_sample_nights_are_the_same_kept_and_counted_anew(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    fill(path)
    book, now = Book(path), datetime.now(UTC)
    counted = book.facts(now)
    book.roll_up(now)
    assert len(counted) > 80
    assert book.facts(now) == counted
    book.assert_same_as_anew(now)
    book.diary.close()


def test_nights_that_were_rolled_up_by_other_rules_are_counted_anew(full: Book) -> None:
    with closing(sqlite3.connect(full.path)) as other, other:
        other.execute("update nights set rules = 0, cramps = 7 where night = '2026-01-10'")
    assert full.facts()[FIRST].cramps == 1
    full.diary.close()
    full.diary = Diary(full.path)
    assert full.out_of_date() == ["2026-01-10"]
