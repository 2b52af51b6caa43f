"""The diary's tables, as sqlite-utils migrations. A released migration is never edited; a change is a new one.

Times are ISO 8601 in UTC. `…_boot` and `…_since_boot` say the same by the clock that nobody can set; `…_trusted` is 0
where the wall clock was not known to be right. No foreign keys: a record lost to the card must not keep others out.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("bedside")


@migrations()
def first_tables(db: Database) -> None:
    """Cramps, presses, stretches, readings, watches, boots, and the journal's records that are in."""
    _presses(db)
    _evenings_and_spans(db)


def _presses(db: Database) -> None:
    db.table("cramps").create(
        {
            "id": str,
            "onset": str,
            "onset_boot": str,
            "onset_since_boot": float,
            "onset_trusted": int,
            "end": str,
            "seconds": float,
            "state": str,
            "doubtful": int,
            "practice": int,
            "celsius": float,
            "last_press": str,
            "origin": str,
        },
        pk="id",
        not_null={"onset", "onset_boot", "onset_since_boot", "onset_trusted", "state", "doubtful", "practice"},
        defaults={"origin": "button"},
    )
    db.table("cramps").create_index(["onset"])
    db.table("presses").create(
        {
            "id": str,
            "at": str,
            "boot": str,
            "since_boot": float,
            "trusted": int,
            "phase": str,
            "meaning": str,
            "cramp": str,
            "held_seconds": float,
            "leaned": int,
            "practice": int,
        },
        pk="id",
        not_null={"at", "boot", "since_boot", "trusted", "phase", "meaning"},
    )
    db.table("presses").create_index(["at"])


def _evenings_and_spans(db: Database) -> None:
    db.table("stretches").create(
        {"evening": str, "state": str, "reason": str, "asks": int, "trusted": int, "origin": str},
        pk="evening",
        not_null={"state"},
        defaults={"origin": "button"},
    )
    db.table("readings").create(
        {
            "start": str,
            "boot": str,
            "mean_celsius": float,
            "low_celsius": float,
            "high_celsius": float,
            "samples": int,
            "trusted": int,
        },
        pk=("start", "boot"),
        not_null={"mean_celsius"},
    )
    db.table("watches").create(
        {"id": str, "began": str, "seen": str, "boot": str, "seconds": float, "trusted": int},
        pk="id",
        not_null={"began", "seen", "boot"},
    )
    db.table("watches").create_index(["seen"])
    db.table("boots").create({"id": str, "seen": str, "trusted": str, "trusted_since_boot": float}, pk="id")
    db.table("replayed").create({"record": str}, pk="record")


@migrations()
def habits(db: Database) -> None:
    """The habits: a row for each time they were changed, the newest holds."""
    db.table("habits").create(
        {
            "id": str,
            "at": str,
            "trusted": int,
            "bedtime": str,
            "rising": str,
            "reminders": str,
            "asks": int,
            "standing_stretch": int,
            "stands": int,
            "evening_volume": float,
            "night_volume": float,
            "accent": str,
            "silent_evenings": int,
            "silent_nights": int,
            "light": float,
            "glow": int,
            "warning_by_light": int,
        },
        pk="id",
        not_null={"at"},
    )


@migrations()
def nights_of_stretches(db: Database) -> None:
    """The night each stretch belongs to: past midnight a reminder has the date of the night after."""
    db.table("stretches").add_column("night", str)
    db.execute("update stretches set night = evening")
    db.table("stretches").create_index(["night"])


@migrations()
def phones(db: Database) -> None:
    """The phones that are or were paired. The token's hash opens nothing; the token itself is kept nowhere."""
    db.table("phones").create(
        {
            "id": str,
            "name": str,
            "token_hash": str,
            "address": str,
            "paired": str,
            "paired_trusted": int,
            "used": str,
            "put_out": int,
        },
        pk="id",
        not_null={"name", "token_hash", "paired", "used", "put_out"},
    )


@migrations()
def what_is_told_in_the_morning(db: Database) -> None:
    """Check-ins, a night each; judgements, a cramp each; amendments: what of them was changed, from what to what."""
    db.table("checkins").create(
        {
            "night": str,
            "at": str,
            "slept_here": int,
            "disturbance": int,
            "factors": str,
            "note": str,
            "told_by": str,
        },
        pk="night",
        not_null={"at"},
    )
    db.table("judgements").create(
        {"cramp": str, "at": str, "verdict": str, "severity": int, "leg": str, "muscle": str, "told_by": str},
        pk="cramp",
        not_null={"at"},
    )
    db.table("amendments").create(
        {
            "id": int,
            "record": str,
            "at": str,
            "told_by": str,
            "entry_table": str,
            "entry": str,
            "field": str,
            "before": str,
            "after": str,
        },
        pk="id",
        not_null={"record", "at", "entry_table", "entry", "field"},
    )
    db.table("amendments").create_index(["entry_table", "entry"])


@migrations()
def what_is_told_on_the_page(db: Database) -> None:
    """Cramps that the button missed, corrections, medicines and oneself; `entries` joins what was pressed and told."""
    for name in ("at", "told_by"):
        db.table("cramps").add_column(name, str)
    corrections: dict[str, type] = {"onset": str, "seconds": float, "end_unknown": int, "second_onset": str}
    for name, kind in corrections.items():
        db.table("judgements").add_column(name, kind)
    db.execute("update judgements set end_unknown = 0")
    db.table("checkins").add_column("asked", str)
    db.execute("update checkins set asked = factors")  # before, an open question and a no looked the same
    db.table("habits").add_column("factors", str)
    db.table("medicines").create(
        {
            "id": str,
            "day": str,
            "class": str,
            "change": str,
            "name": str,
            "retracted": int,
            "at": str,
            "told_by": str,
        },
        pk="id",
        not_null={"day", "class", "change", "retracted", "at"},
    )
    db.table("medicines").create_index(["day"])
    db.table("about").create({"id": str, "yes": str, "no": str, "at": str, "told_by": str}, pk="id")
    db.create_view("entries", _ENTRIES)


_ENTRIES = """
select cramps.id, coalesce(judgements.onset, cramps.onset) as onset, cramps.onset as pressed,
  onset_trusted or judgements.onset is not null as trusted,
  case when end_unknown then null else coalesce(judgements.seconds, cramps.seconds) end as seconds,
  second_onset, state, doubtful, practice, celsius, origin, verdict, severity, leg, muscle,
  judgements.onset is not null as corrected
from cramps left join judgements on judgements.cramp = cramps.id
where state != 'no cramp'
"""


@migrations()
def nights(db: Database) -> None:
    """What each night that is over came to. `changed` counts whatever touched one, `rolled_up` is that count when the
    night was last rolled up: where they differ, the rest of the row is out of date.
    """
    whole = "observed confirmed away cramps doubtful daytime undated"
    real = "celsius low_celsius high_celsius watched_seconds window_seconds"
    text = "opens closes onset_hours watched_by_hour celsius_by_hour window unwatched marks"
    columns: dict[str, type] = {
        "night": str,
        **dict.fromkeys(("starts", "ends"), str),
        **dict.fromkeys(("changed", "rolled_up", "rules"), int),
        **dict.fromkeys(whole.split(), int),
        **dict.fromkeys(("stretch", "factors", "asked"), str),
        **dict.fromkeys(real.split(), float),
        "samples": int,
        **dict.fromkeys(text.split(), str),
    }
    db.table("nights").create(columns, pk="night", not_null={"starts", "ends", "changed"})
    db.table("nights").create_index(["changed"])
    db.execute("create index cramps_added on cramps (onset) where origin = 'page'")
    db.execute(
        "create index checkins_told on checkins (night)"
        " where slept_here = 0 or disturbance is not null or note != '' or asked != ''"
    )
    db.execute("create index checkins_away on checkins (night) where slept_here = 0")
    db.execute("create index nights_out_of_date on nights (night) where rolled_up is not changed")


@migrations()
def times_by_a_clock_that_was_not_set(db: Database) -> None:
    """What such a clock said, and what the time was, once that is known; and the times that a person typed."""
    db.table("boots").add_column("seen_since_boot", float)
    db.execute("update boots set seen_since_boot = 0")
    for name, kind in (("since_boot", float), ("logged", str)):
        db.table("readings").add_column(name, kind)
    db.execute("create index readings_of_a_boot on readings (boot) where since_boot is not null")
    db.table("times_told").create(
        {"id": str, "boot": str, "since_boot": float, "time": str, "logged": str, "told_by": str},
        pk="id",
        not_null={"boot", "since_boot", "time", "logged"},
    )
    db.table("times_told").create_index(["boot"])
    db.table("logged_times").create(
        {
            "id": str,
            "boot": str,
            "since_boot": float,
            "entry_table": str,
            "entry": str,
            "field": str,
            "logged": str,
            "corrected": str,
        },
        pk="id",
        not_null={"boot", "since_boot", "entry_table", "entry", "field", "logged"},
    )
    db.table("logged_times").create_index(["boot"])


@migrations()
def buttons(db: Database) -> None:
    """Which button was pressed: until now there was one, on a wire."""
    db.table("presses").add_column("button", str, not_null_default="button")


@migrations()
def unjournaled(db: Database) -> None:
    """What the journal refused, as it would have been written there."""
    db.table("unjournaled").create({"record": str, "save": str}, pk="record", not_null={"save"})


NAMES = tuple(migration.name for migration in migrations.pending(Database(memory=True)))
"""Of all migrations, in their order."""
