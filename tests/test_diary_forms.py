"""The diary's forms without a page: times on the line of a night, and what each form tells or refuses."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.diary.kept import Amendment, KeptCheckIn, KeptCramp, KeptMedicine
from bedside.night.effects import CrampState, Meaning
from bedside.night.events import Moment
from bedside.night.told import Change, Factor, Judgement, Leg, Medicine, Muscle, Remedy, Verdict
from bedside.pages.diary import added_form, away_form, entry_form, medicine_form
from bedside.pages.diary.added_form import Missed
from bedside.pages.diary.away_form import Journey
from bedside.pages.diary.form import Form
from bedside.pages.diary.kept_entry import Entry, PressOf
from bedside.pages.diary.times import Line, dated, moments
from tests.homes import LONDON, SATURDAY

SPRING, AUTUMN = date(2026, 3, 28), date(2026, 10, 24)
"""The nights in which the clock is set forward, and back."""
MADE = "boot/72000.000000"


def local(text: str, fold: int = 0) -> datetime:
    """The local moment of a text such as `2026-01-11 03:04:27`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold).astimezone(UTC)


def moment(text: str) -> Moment:
    return Moment("boot", 100.0, local(text).astimezone(LONDON))


def sent(**fields: str) -> Mapping[str, list[str]]:
    return {name.replace("_", "-"): [text] for name, text in fields.items()}


# ── times ──


def test_a_night_is_a_line_from_noon_to_noon() -> None:
    line = Line(SATURDAY, LONDON)
    assert line.moments(time(23, 50)) == (local("2026-01-10 23:50"),)
    assert line.moments(time(3, 4)) == (local("2026-01-11 03:04"),)
    assert line.moments(time(12)) == (local("2026-01-10 12:00"),)
    assert line.moments(time(11, 59)) == (local("2026-01-11 11:59"),)


def test_a_time_that_the_clock_skipped_is_none_and_one_that_it_showed_twice_is_two() -> None:
    assert Line(SPRING, LONDON).moments(time(1, 30)) == ()
    first, second = Line(AUTUMN, LONDON).moments(time(1, 30))
    assert (first, second - first) == (local("2026-10-25 01:30"), timedelta(hours=1))
    assert [Line(night, LONDON).shift for night in (SPRING, AUTUMN, SATURDAY)] == [
        timedelta(hours=1), timedelta(hours=-1), timedelta(0),
    ]  # fmt: skip


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from((0, 1)))
def test_every_moment_is_found_again_by_its_own_clock(naive: datetime, fold: int) -> None:
    whole = naive.replace(second=0, microsecond=0, fold=fold, tzinfo=LONDON).astimezone(UTC)
    shown = whole.astimezone(LONDON)
    found = moments(shown.date(), shown.time().replace(fold=0), LONDON)
    assert whole in found
    assert list(found) == sorted(found)


def test_a_moment_is_said_with_its_day() -> None:
    assert dated(local("2026-01-11 03:04"), LONDON) == "03:04 on Sunday, 11 January 2026"


def test_an_end_in_the_hour_that_came_twice_is_the_first_after_the_onset() -> None:
    form, line = Form(sent(ended="01:10")), Line(AUTUMN, LONDON)
    assert form.after("ended", local("2026-10-25 00:50"), line) == local("2026-10-25 01:10")
    assert form.after("ended", local("2026-10-25 01:50"), line) == local("2026-10-25 01:10", fold=1)
    assert form.faults == {}


def test_a_cramp_that_began_just_before_noon_may_end_after_it_and_no_other_can() -> None:
    line = Line(SATURDAY, LONDON)
    form = Form(sent(ended="12:05"))
    assert form.after("ended", local("2026-01-11 11:50"), line) == local("2026-01-11 12:05")
    assert form.after("ended", local("2026-01-11 03:00"), line) is None
    assert "before it began" in form.faults["ended"]


# ── an entry ──

ONSET = local("2026-01-11 03:04:27")


def entry(*, night: date = SATURDAY, **changes: Any) -> Entry:
    """A cramp of 03:04:27, nine minutes long, reopened at 03:08:10, the second of its night."""
    kept = KeptCramp("it", ONSET, True, 540.25, CrampState.ENDED, False, False, 17.9, "button")
    cramp = replace(kept, **changes)
    before = replace(cramp, id="before", onset=ONSET - timedelta(hours=1), verdict=None, pressed=None)
    after = replace(cramp, id="after", onset=ONSET + timedelta(hours=1), verdict=None, pressed=None)
    pressed = cramp.pressed or cramp.onset
    return Entry(
        cramp=cramp,
        pressed=pressed,
        seconds=540.25,
        logged=None,
        dated=changes.get("trusted", True),
        added=None,
        told={},
        telling=None,
        seen="",
        presses=(PressOf(pressed + timedelta(seconds=223), Meaning.REOPENED, None, leaned=False),),
        history=(),
        around=(before, cramp, after),
        line=Line(night, LONDON),
        window=(ONSET - timedelta(hours=5), ONSET + timedelta(hours=4)),
    )


NOW = moment("2026-01-11 08:00")


def corrected(of: Entry, /, **fields: str) -> Judgement:
    """What the form tells that shows the entry, but for these fields."""
    told = entry_form.read(sent(**{"seen": of.seen, **entry_form.shown(of), **fields}), of, moment=NOW, by="A phone")
    assert isinstance(told, Judgement), told
    return told


def refused(of: Entry, /, **fields: str) -> Mapping[str, str]:
    told = entry_form.read(sent(**{"seen": of.seen, **entry_form.shown(of), **fields}), of, moment=NOW, by="A phone")
    assert not isinstance(told, Judgement)
    return told


def test_the_form_shows_what_is_kept_and_offers_the_press_that_reopened_it() -> None:
    assert entry_form.shown(entry()) == {"began": "03:04", "ended": "03:13", "second": "03:08"}
    told = entry(verdict=Verdict.TWO, severity=0, leg=Leg.LEFT, muscle=Muscle.FOOT)
    assert entry_form.shown(told) == {
        "began": "03:04", "ended": "03:13", "verdict": "two cramps", "severity": "0", "leg": "left", "muscle": "foot",
    }  # fmt: skip


def test_a_form_whose_times_are_left_as_they_are_corrects_nothing() -> None:
    told = corrected(entry(), severity="7", leg="both", muscle="calf", verdict="a cramp")
    assert told == Judgement("it", NOW, Verdict.CRAMP, 7, Leg.BOTH, Muscle.CALF, "A phone")


def test_a_time_that_is_changed_is_kept_with_the_other_one() -> None:
    told = corrected(entry(), began="03:02")
    assert (told.onset, told.seconds, told.end_unknown) == (local("2026-01-11 03:02"), 687.25, False)
    told = corrected(entry(), ended="03:20")
    assert (told.onset, told.seconds, told.end_unknown) == (ONSET, 933.0, False)


@pytest.mark.parametrize("fields", [{"ended": ""}, {"unknown": "on"}, {"unknown": "on", "ended": ""}])
def test_an_end_that_is_not_known_is_told_so(fields: dict[str, str]) -> None:
    told = corrected(entry(), **fields)
    assert (told.onset, told.seconds, told.end_unknown) == (ONSET, None, True)


def test_the_times_of_the_presses_take_the_correction_back() -> None:
    was = entry(onset=local("2026-01-11 03:01"), seconds=None, pressed=ONSET)
    told = corrected(was, began="03:04", ended="03:13")
    assert (told.onset, told.seconds, told.end_unknown) == (None, None, False)


def test_a_correction_is_kept_by_whoever_tells_something_else() -> None:
    was = entry(onset=local("2026-01-11 03:01"), seconds=None, pressed=ONSET)
    told = corrected(was, severity="3")
    assert (told.onset, told.seconds, told.end_unknown) == (local("2026-01-11 03:01"), None, True)


def test_a_time_of_a_clock_that_was_not_set_can_be_told_to_be_right() -> None:
    assert corrected(entry(trusted=False)).onset is None
    assert corrected(entry(trusted=False), right="on").onset == ONSET
    assert corrected(replace(entry(pressed=ONSET), dated=False), severity="3").onset == ONSET


def test_an_end_alone_does_not_make_a_time_right_that_may_be_wrong() -> None:
    assert set(refused(entry(trusted=False), ended="03:20")) == {"right"}
    assert corrected(entry(trusted=False), ended="03:20", right="on").seconds == 933
    assert corrected(entry(trusted=False), began="03:01").onset == local("2026-01-11 03:01")


def test_two_cramps_have_a_second_one_to_the_second_of_its_press_or_to_the_minute_told_or_not_known() -> None:
    two = {"verdict": "two cramps"}
    assert corrected(entry(), **two).second == ONSET + timedelta(seconds=223)
    assert corrected(entry(), **two, second="03:09").second == local("2026-01-11 03:09")
    assert corrected(entry(), **two, second="").second is None
    assert corrected(entry(), verdict="a cramp").second is None


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"began": ""}, "began", "No time is set."),
        ({"began": "25:00"}, "began", "not a time of day"),
        ({"began": "x" * 10_000}, "began", "not a time of day"),
        ({"began": "03:20"}, "ended", "before it began, at 03:20"),
        ({"began": "23:50", "ended": "23:40"}, "ended", "before it began, at 23:50"),
        ({"ended": "03:04"}, "ended", "in this very minute, 03:04"),
        ({"began": "09:00", "ended": ""}, "began", "still to come"),
        ({"ended": "11:00"}, "ended", "still to come"),
        ({"ended": "03:30", "unknown": "on"}, "ended", "not both"),
        ({"verdict": "two cramps", "second": "03:01"}, "second", "before it began"),
        ({"verdict": "two cramps", "second": "03:14"}, "second", "before the end of the entry"),
        ({"verdict": "two cramps", "second": "03:14", "ended": ""}, "", ""),
        ({"verdict": "perhaps"}, "verdict", "not among those"),
        ({"severity": "11"}, "severity", "not among those"),
        ({"severity": "-1"}, "severity", "not among those"),
        ({"leg": "arm"}, "leg", "not among those"),
        ({"muscle": "nose"}, "muscle", "not among those"),
        ({"unknown": "off"}, "unknown", "not among those"),
        ({"seen": "2026"}, "entry", "has changed since"),
    ],
    ids=str,
)
def test_what_cannot_be_is_answered_beside_its_field(fields: dict[str, str], field: str, says: str) -> None:
    if not field:
        assert corrected(entry(), **fields).second == local("2026-01-11 03:14")
        return
    faults = refused(entry(), **fields)
    assert set(faults) == {field}
    assert says in faults[field]


def test_a_field_that_was_sent_twice_is_refused() -> None:
    of = entry()
    fields = {name: [text] for name, text in entry_form.shown(of).items()} | {"seen": [""], "leg": ["left", "right"]}
    told = entry_form.read(fields, of, moment=NOW, by="")
    assert isinstance(told, dict)
    assert "sent 2 times" in told["leg"]


def test_the_same_as_the_one_before_needs_one_before_that_was_one() -> None:
    first = entry()
    first = replace(first, around=first.around[1:])
    assert "same as the one before" not in entry_form.choices(first)
    none_before = replace(first, around=(replace(entry().around[0], verdict=Verdict.NONE), *first.around))
    assert "no cramp before it" in refused(none_before, verdict="same as the one before")["verdict"]
    assert corrected(entry(), verdict="same as the one before").verdict is Verdict.SAME


def test_it_is_not_told_to_be_none_while_the_next_is_told_to_be_the_same() -> None:
    of = entry()
    of = replace(of, around=(*of.around[:2], replace(of.around[2], verdict=Verdict.SAME)))
    assert "The one at 04:04 was told to be the same" in refused(of, verdict="no cramp")["verdict"]
    assert corrected(of, verdict="a cramp").verdict is Verdict.CRAMP
    assert "The one at 04:04" in dict(retracted(of))["verdict"]


def retracted(of: Entry, act: str = entry_form.RETRACT) -> Any:
    return entry_form.read_retraction(sent(seen=of.seen, act=act), of, moment=NOW, by="A phone")


def test_a_retraction_keeps_all_else_and_taking_it_back_restores_what_was_told_before() -> None:
    second = local("2026-01-11 03:09")
    was = entry(
        onset=local("2026-01-11 03:01"), seconds=600.0, pressed=ONSET, verdict=Verdict.TWO, severity=7, leg=Leg.LEFT,
        muscle=Muscle.CALF, second=second,
    )  # fmt: skip
    gone = retracted(was)
    assert gone == Judgement(
        "it", NOW, Verdict.NONE, 7, Leg.LEFT, Muscle.CALF, "A phone", local("2026-01-11 03:01"), 600.0, second=second
    )
    amended = Amendment(NOW.wall, "A phone", "verdict", "two cramps", "no cramp")
    back = retracted(
        replace(was, cramp=replace(was.cramp, verdict=Verdict.NONE), history=(amended,)), entry_form.TAKE_BACK
    )
    assert back == replace(gone, verdict=Verdict.TWO)


def test_taking_back_where_nothing_was_said_before_leaves_it_open() -> None:
    assert retracted(entry(verdict=Verdict.NONE, doubtful=True), entry_form.TAKE_BACK).verdict is None
    assert "act" in retracted(entry(), "delete")


def test_in_the_spring_night_the_skipped_hour_is_answered_and_in_the_autumn_night_the_first_is_taken() -> None:
    spring = entry(night=SPRING, onset=local("2026-03-29 03:04"))
    now = moment("2026-03-29 08:00")
    fields = {"seen": "", "began": "01:30", "ended": ""}
    told = entry_form.read(sent(**fields), spring, moment=now, by="")
    assert isinstance(told, dict)
    assert "no such time on Sunday, 29 March 2026: the clock was set forward" in told["began"]
    told = entry_form.read(sent(**fields | {"began": "00:58", "ended": "02:02"}), spring, moment=now, by="")
    assert isinstance(told, Judgement)
    assert told.seconds == 240
    autumn = entry(night=AUTUMN, onset=local("2026-10-25 03:04"))
    told = entry_form.read(sent(**fields), autumn, moment=moment("2026-10-25 08:00"), by="")
    assert isinstance(told, Judgement)
    assert told.onset == local("2026-10-25 01:30")


def test_a_cramp_of_the_second_pass_through_the_hour_stays_where_it_is() -> None:
    second_pass = local("2026-10-25 01:30:20", fold=1)
    of = entry(night=AUTUMN, onset=second_pass, seconds=540.25)
    told = entry_form.read(sent(seen="", **entry_form.shown(of)), of, moment=moment("2026-10-25 08:00"), by="")
    assert isinstance(told, Judgement)
    assert told.onset is None


# ── a cramp that is added ──


def added(now: str = "2026-01-11 08:00", **fields: str) -> Any:
    usual = {"made": MADE, "day": "2026-01-11", "began": "03:04", "ended": "03:10"}
    return added_form.read(sent(**usual | fields), LONDON, moment=moment(now), by="A phone")


def test_a_cramp_is_added_with_what_else_was_told() -> None:
    told = added(severity="4", leg="left", muscle="thigh")
    assert isinstance(told, Missed)
    assert (told.added.id, told.added.onset, told.added.seconds) == (f"page/{MADE}", local("2026-01-11 03:04"), 360)
    assert told.judgement == Judgement(
        f"page/{MADE}", told.added.moment, Verdict.CRAMP, 4, Leg.LEFT, Muscle.THIGH, "A phone"
    )


def test_an_added_cramp_may_go_past_midnight_and_its_end_may_be_unknown() -> None:
    assert added(day="2026-01-10", began="23:58", ended="00:03").added.seconds == 300
    assert added(ended="").added.seconds is None


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"day": ""}, "day", "No date is set."),
        ({"day": "11.1.2026"}, "day", "not a date of the calendar"),
        ({"day": "2026-02-30"}, "day", "not a date of the calendar"),
        ({"day": "20260111"}, "day", "not a date of the calendar"),
        ({"day": "1999-12-31"}, "day", "too long ago"),
        ({"day": "2026-01-12"}, "day", "still to come"),
        ({"day": "9999-12-31"}, "day", "still to come"),
        ({"began": ""}, "began", "No time is set."),
        ({"began": "3am"}, "began", "not a time of day"),
        ({"began": "08:01", "ended": ""}, "began", "still to come"),
        ({"began": "07:59", "ended": "08:01"}, "ended", "still to come"),
        ({"ended": "02:00"}, "ended", "before it began, at 03:04"),
        ({"ended": "03:04"}, "ended", "in this very minute"),
        ({"severity": "11"}, "severity", "not among those"),
        ({"leg": "arm"}, "leg", "not among those"),
        ({"made": ""}, "made", "not made here"),
        ({"made": "cramp 11 03:04"}, "made", "not made here"),
        ({"made": "a/b" * 1000}, "made", "not made here"),
        ({"made": "../etc/1.000000\n"}, "made", "not made here"),
        ({"same": "perhaps"}, "same", "not among those"),
    ],
    ids=str,
)
def test_a_cramp_that_cannot_have_been_is_not_added(fields: dict[str, str], field: str, says: str) -> None:
    faults = added(**fields)
    assert set(faults) == {field}
    assert says in faults[field]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert set(added(day="", began="x", ended="y", severity="z", made="")) == {
        "day", "began", "ended", "severity", "made",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "began", "outcome"),
    [
        ("2026-03-29", "01:30", "no such time"),
        ("2026-03-29", "02:30", local("2026-03-29 02:30")),
        ("2026-10-25", "01:30", local("2026-10-25 01:30")),
    ],
)
def test_an_added_time_in_a_night_in_which_the_clock_changed(day: str, began: str, outcome: object) -> None:
    told = added("2026-11-01 08:00", day=day, began=began, ended="")
    if isinstance(outcome, str):
        assert outcome in told["began"]
    else:
        assert told.added.onset == outcome


def test_an_evening_that_is_still_to_come_is_likely_yesterdays() -> None:
    faults = added(began="23:50", ended="23:55")
    assert set(faults) == {"began"}
    assert faults["began"].startswith("23:50 today is still to come. Was it yesterday?")
    now = local("2026-01-11 08:00")
    asked = {"day": "2026-01-11", "began": "23:50"}
    assert added_form.likely_day(sent(**asked), LONDON, now) == SATURDAY
    for other in ({"began": "07:59"}, {"day": "2026-01-10"}, {"day": "2026-01-12"}, {"day": "x"}, {"began": "x"}):
        assert added_form.likely_day(sent(**asked | other), LONDON, now) is None


@pytest.mark.parametrize(("ended", "asks"), [("01:30", False), ("01:31", True), ("11:30", True), ("", False)])
def test_a_length_above_half_an_hour_has_to_be_meant(ended: str, asks: bool) -> None:
    told = added("2026-01-11 12:00", began="01:00", ended=ended)
    assert ("long" in added_form.look_around(sent(), told, [], LONDON)) is asks
    assert added_form.look_around(sent(long="on"), told, [], LONDON) == {}


@pytest.mark.parametrize(("seconds", "asks"), [(0, True), (60, True), (-60, True), (61, False), (-61, False)])
def test_one_within_a_minute_is_asked_about(seconds: int, asks: bool) -> None:
    told = added()
    near = replace(entry().cramp, onset=told.added.onset + timedelta(seconds=seconds))
    faults = added_form.look_around(sent(), told, [near], LONDON)
    assert ("It is in the diary already" in faults.get("same", "")) is asks
    assert added_form.look_around(sent(same="on"), told, [near], LONDON) == {}
    assert added_form.look_around(sent(), told, [replace(near, practice=True)], LONDON) == {}


# ── medicines ──


def medicine(**fields: str) -> Any:
    usual = {"made": MADE, "day": "2026-01-05", "remedy": "statin", "change": "started", "name": "Simvastatin"}
    return medicine_form.read(sent(**usual | fields), date(2026, 1, 11), moment=NOW, by="A phone")


def test_a_change_of_a_medicine_is_told_in_the_persons_own_words() -> None:
    assert medicine(name="  Simvastatin\t20 mg,\n in the evening ") == Medicine(
        f"medicine/{MADE}", NOW, date(2026, 1, 5), Remedy.STATIN, Change.STARTED, "Simvastatin 20 mg, in the evening",
        by="A phone",
    )  # fmt: skip
    assert medicine(day="1998-05-01", name="").name == ""


def test_every_class_and_change_has_words_and_the_first_five_are_flagged() -> None:
    assert set(medicine_form.REMEDIES) == set(Remedy)
    assert set(medicine_form.CHANGES) == set(Change)
    assert list(medicine_form.FLAGGED) == list(Remedy)[:5]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"day": ""}, "day"),
        ({"day": "2026-01-12"}, "day"),
        ({"day": "1899-12-31"}, "day"),
        ({"remedy": ""}, "remedy"),
        ({"remedy": "garlic"}, "remedy"),
        ({"change": ""}, "change"),
        ({"change": "doubled"}, "change"),
        ({"name": "x" * 101}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"made": "1"}, "made"),
    ],
    ids=str,
)
def test_a_medicine_that_cannot_be_is_not_kept(fields: dict[str, str], field: str) -> None:
    assert set(medicine(**fields)) == {field}


def test_a_medicine_is_retracted_and_taken_back_with_all_else_as_it_was() -> None:
    kept = KeptMedicine("it", date(2026, 1, 5), Remedy.LOOP, Change.STOPPED, "Furosemide", retracted=False, at="")
    gone = medicine_form.read_retraction(sent(act="retract"), kept, moment=NOW, by="A phone")
    assert gone == Medicine(
        "it", NOW, kept.day, Remedy.LOOP, Change.STOPPED, "Furosemide", retracted=True, by="A phone"
    )
    back = medicine_form.read_retraction(sent(act="take-back"), kept, moment=NOW, by="A phone")
    assert back == replace(gone, retracted=False)
    for act in ("", "delete"):
        faults = medicine_form.read_retraction(sent(act=act), kept, moment=NOW, by="")
        assert not isinstance(faults, Medicine)
        assert set(faults) == {"act"}


# ── journeys ──


def journey(**fields: str) -> Any:
    return away_form.read(sent(**{"where": "away", "first": "2026-01-03", "last": "2026-01-06"} | fields), SATURDAY)


def test_a_journey_is_every_night_from_the_first_to_the_last() -> None:
    told = journey()
    assert [night.day for night in told.nights] == [3, 4, 5, 6]
    assert len(journey(first="2025-01-06").nights) == 366
    assert journey(first="2026-01-06").nights == (date(2026, 1, 6),)


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"where": ""}, "where", "Choose whether"),
        ({"where": "moon"}, "where", "not among those"),
        ({"first": ""}, "first", "No date is set."),
        ({"last": "soon"}, "last", "not a date"),
        ({"first": "2026-01-07"}, "last", "before the first"),
        ({"last": "2026-01-11"}, "last", "Nights up to that of 10 January 2026 can be told so far."),
        ({"first": "2025-01-05"}, "last", "These are 367 nights. At most 366"),
        ({"first": "1999-01-01", "last": "1999-01-02"}, "first", "too long ago"),
    ],
    ids=str,
)
def test_a_journey_that_cannot_be_is_not_taken(fields: dict[str, str], field: str, says: str) -> None:
    faults = journey(**fields)
    assert says in faults[field]


def test_what_was_told_of_a_night_stays_when_it_was_away() -> None:
    told = KeptCheckIn(True, 4, (Factor.EFFORT,), "A walk.", asked=(Factor.EFFORT, Factor.ALCOHOL))
    trip = Journey(date(2026, 1, 3), date(2026, 1, 5), away=True)
    rows = away_form.rows(
        trip, {date(2026, 1, 3): told, date(2026, 1, 4): replace(told, slept_here=False)}, moment=NOW, by="A phone"
    )
    assert [(row.night.day, row.slept_here, row.note) for row in rows] == [(3, False, "A walk."), (5, False, "")]
    assert (rows[0].disturbance, rows[0].factors, rows[0].asked) == (4, (Factor.EFFORT,), told.asked)
    back = away_form.rows(
        replace(trip, away=False), {row.night: KeptCheckIn(False, 4, (), "") for row in rows[:1]}, moment=NOW, by=""
    )
    assert [(row.night.day, row.slept_here, row.disturbance) for row in back] == [(3, True, 4)]


def test_nights_with_a_cramp_or_told_as_here_speak_against_a_journey_and_never_against_having_been_here() -> None:
    trip = Journey(date(2026, 1, 3), date(2026, 1, 6), away=True)
    told = {date(2026, 1, 4): KeptCheckIn(True, None, (), ""), date(2026, 1, 5): KeptCheckIn(None, 3, (), "")}
    against = away_form.against(trip, {date(2026, 1, 3), date(2026, 1, 9)}, told)
    assert [night.day for night in against] == [3, 4]
    assert away_form.against(replace(trip, away=False), {date(2026, 1, 3)}, told) == ()


@given(st.sets(st.integers(0, 60)))
def test_nights_in_a_row_are_one_journey(days: set[int]) -> None:
    nights = {SATURDAY + timedelta(days=day) for day in days}
    spans = away_form.spans(nights)
    assert {night for first, last in spans for night in Journey(first, last, away=True).nights} == nights
    assert all(later[0] - earlier[1] > timedelta(days=1) for later, earlier in pairwise(spans))
