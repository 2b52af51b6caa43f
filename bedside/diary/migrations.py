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
