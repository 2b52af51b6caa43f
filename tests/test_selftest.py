"""The self-test's decisions: when it is due, and what its facts mean."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bedside.card import LITTLE
from bedside.night.events import KEY, SECOND_WIRE, WIRE
from bedside.selftest import SELDOM_DAYS, STALE_SECONDS, Facts, due, examine
from bedside.timetable import Reminders

BERLIN = ZoneInfo("Europe/Berlin")
NINE: Reminders = (time(21),) * 7
OFF: Reminders = (None,) * 7
SATURDAY = date(2026, 1, 10)


def berlin(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("clock", "reminders", "expected"),
    [
        ((20, 29, 59), NINE, None),
        ((20, 30, 0), NINE, SATURDAY),
        ((23, 29, 59), NINE, SATURDAY),
        ((23, 30, 0), NINE, None),
        ((19, 59, 59), OFF, None),
        ((20, 0, 0), OFF, SATURDAY),
        ((12, 0, 0), NINE, None),
    ],
)
def test_it_is_due_half_an_hour_before_the_reminder_and_at_eight_on_a_day_without(
    clock: tuple[int, int, int], reminders: Reminders, expected: date | None
) -> None:
    assert due(berlin(SATURDAY, *clock), reminders, BERLIN, None) == expected


def test_what_is_done_is_not_due_again_that_day_and_is_the_next() -> None:
    at = berlin(SATURDAY, 20, 30)
    assert due(at, NINE, BERLIN, SATURDAY) is None
    assert due(at + timedelta(days=1), NINE, BERLIN, SATURDAY) == date(2026, 1, 11)
    assert due(at - timedelta(days=365), NINE, BERLIN, SATURDAY) == date(2025, 1, 10), "the clock was set back"


def test_the_self_test_of_a_reminder_just_past_midnight_comes_the_evening_before() -> None:
    reminders: Reminders = (time(0, 10),) * 7
    assert due(berlin(SATURDAY, 23, 40), reminders, BERLIN, SATURDAY) == date(2026, 1, 11)
    assert due(berlin(SATURDAY, 23, 39), reminders, BERLIN, SATURDAY) is None


@pytest.mark.parametrize("at", [time(21), time(2, 30), time(2, 15), time(3, 0), time(0, 10)])
@pytest.mark.parametrize("middle", [date(2026, 3, 29), date(2026, 10, 25)])
def test_around_a_change_of_the_clock_every_date_has_one_self_test(middle: date, at: time) -> None:
    done: date | None = None
    tested: list[date] = []
    now = berlin(middle - timedelta(days=3), 12).astimezone(ZoneInfo("UTC"))
    for _ in range(6 * 24 * 6):
        now += timedelta(minutes=10)
        day = due(now, (at,) * 7, BERLIN, done)
        if day:
            done = day
            tested.append(day)
    assert tested == [tested[0] + timedelta(days=number) for number in range(len(tested))]
    assert len(tested) == 6


def test_where_all_is_well_or_nothing_is_known_nothing_is_found() -> None:
    assert examine(Facts()) == ()
    known = Facts((), 0.0, STALE_SECONDS, "", LITTLE, "", True)
    assert examine(known) == ()


@pytest.mark.parametrize(
    ("facts", "words", "spoken"),
    [
        (Facts(unheard=(WIRE,)), "The button would not be heard.", True),
        (Facts(unheard=(SECOND_WIRE,)), "second button", True),
        (Facts(unheard=(KEY,)), "remote or key", True),
        (Facts(damage="row 3 missing from index"), "row 3 missing from index", True),
        (Facts(free_bytes=LITTLE - 1), "199 MB", True),
        (Facts(sound="No sound card was found."), "No sound card", False),
        (Facts(reading_seconds=STALE_SECONDS + 60), "16 minutes", False),
        (Facts(trusted=False), "time", False),
        (Facts(days_without_press=SELDOM_DAYS), "30 days", False),
    ],
)
def test_each_failing_piece_is_a_sentence_with_what_to_do_and_is_spoken_if_a_person_must_act_tonight(
    facts: Facts, words: str, spoken: bool
) -> None:
    (finding,) = examine(facts)
    assert words in finding.says
    assert finding.says.endswith(".")
    assert finding.remedy.endswith(".")
    assert finding.spoken is spoken


def test_a_button_that_was_pressed_within_the_month_is_not_asked_to_be_tried() -> None:
    assert examine(Facts(days_without_press=SELDOM_DAYS - 0.1)) == ()


def test_all_that_fails_is_told_the_gravest_first() -> None:
    facts = Facts((WIRE,), 40.0, 10_000.0, "It is busy.", 0, "torn", trusted=False)
    says = [finding.says for finding in examine(facts)]
    assert len(says) == 7
    assert "button" in says[0]
    assert "torn" in says[1]
