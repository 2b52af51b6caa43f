"""What a restart goes on from, and which records it needs for that: any others may be forgotten."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bedside.night.brought import BroughtIn
from bedside.night.effects import Boot, Cramp, Evening, Meaning, Phase, Press, Reason, Row, Save
from bedside.night.evening import REMEMBERED
from bedside.night.events import BUTTONS, Moment
from bedside.night.habits import Chosen, Habits
from bedside.night.phones import Phone
from bedside.night.resume import needed_to_go_on, what_was_kept

MOMENT = Moment("boot", 1000.0, datetime(2026, 1, 11, 3, 4, tzinfo=UTC))
IDS = st.sampled_from("abc")
MOMENTS = st.integers(0, 3).map(lambda number: replace(MOMENT, boot=f"boot {number % 2}", since_boot=1000.0 + number))
DAYS = st.integers(0, 3).map(lambda number: date(2026, 1, 10) + timedelta(days=number))
ROWS: st.SearchStrategy[Row] = st.one_of(
    st.builds(
        lambda id, held, button: Press(id, MOMENT, Phase.QUIET, Meaning.BEGAN, held=held, button=button),
        IDS,
        st.floats(0, 9),
        st.sampled_from(BUTTONS),
    ),
    st.builds(lambda id, at: Cramp(id, MOMENT, MOMENT, at), IDS, MOMENTS),
    st.builds(
        lambda day, asks, why: Evening(day, 0, 9, trusted=True, asks=asks, reason=why),
        DAYS,
        st.integers(0, 3),
        st.sampled_from(Reason),
    ),
    st.builds(lambda id, out, at: Phone(id, "A", "5e", "here", MOMENT, at, out), IDS, st.booleans(), MOMENTS),
    st.builds(lambda at, asks: Chosen(at, Habits(asks=asks)), MOMENTS, st.integers(0, 3)),
    st.builds(lambda id: Boot(id, MOMENT), IDS),
    st.builds(BroughtIn, IDS),
)
RECORDS = st.lists(
    st.builds(Save, st.sampled_from("0123456789"), MOMENTS, st.lists(ROWS, max_size=3).map(tuple)), max_size=12
)


def without(saves: list[Save], records: set[str]) -> list[Save]:
    gone = records - needed_to_go_on(saves, records)
    return [save for save in saves if save.record not in gone]


@given(RECORDS, st.sets(st.sampled_from("0123456789")))
def test_after_any_forgetting_a_restart_goes_on_from_the_same(saves: list[Save], records: set[str]) -> None:
    assert what_was_kept(without(saves, records)) == what_was_kept(saves)


@given(RECORDS, st.sets(st.sampled_from("0123456789")), st.sets(st.sampled_from("0123456789")), RECORDS)
def test_so_does_one_after_a_second_forgetting_and_more_records(
    saves: list[Save], first: set[str], second: set[str], later: list[Save]
) -> None:
    staying = without([*without(saves, first), *later], second)
    assert what_was_kept(staying) == what_was_kept([*saves, *later])


def record(number: int, *rows: Row) -> Save:
    return Save(f"{number}", MOMENT, rows)


def evening(number: int) -> Evening:
    return Evening(date(2020, 1, 1) + timedelta(days=number), 0, 9, trusted=True, reason=Reason.NONE)


def test_most_of_what_years_wrote_is_not_needed() -> None:
    saves = [record(number, evening(number)) for number in range(2000)]
    needed = needed_to_go_on(saves, {save.record for save in saves})
    assert needed == {f"{number}" for number in range(2000 - REMEMBERED - 1, 2000)}


def test_a_phone_that_was_put_out_stays_out_though_only_its_pairing_stays() -> None:
    phone = Phone("a", "A", "5e", "here", MOMENT, MOMENT)
    saves = [
        record(0, phone, Boot("b", MOMENT)),
        record(1, replace(phone, out=True)),
        record(2, replace(phone, id="b")),
    ]
    assert [kept.id for kept in what_was_kept(without(saves, {"1", "2"})).phones] == ["b"]
