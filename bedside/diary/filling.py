"""Fills a diary that was put back with what neither journal nor backup of every day has: temperatures and watches."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.diary.copying import opened
from bedside.diary.errors import explained
from bedside.diary.rolling import NEXT

if TYPE_CHECKING:
    from sqlite_utils import Database


def fill(db: "Database", source: Path) -> None:
    """Take the temperatures that are newer than those in the diary, so that no hour is in it twice, and the watches
    that are not in it, or have gone on since. Raises DiaryError; sqlite3.Error of the diary itself.
    """
    with explained(source), closing(opened(source)) as other, db.atomic():
        newest = db.execute("select coalesce(max(start), '') from readings").fetchone()[0]
        for table, which, values in (("readings", "where start > ?", [newest]), ("watches", "", [])):
            columns = sorted(_columns(db.conn, table) & _columns(other, table))
            rows = other.execute(f"select {', '.join(columns)} from {table} {which}", values)
            _insert(db.conn, table, columns, rows, _goes_on(columns) if table == "watches" else "")
        db.execute(f"{NEXT} true")


def _goes_on(columns: Iterable[str]) -> str:
    """A watch is one row that grows: the longer one is the later, and its times are those by the clock known last."""
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "id")
    return f"on conflict (id) do update set {changes} where excluded.seconds > coalesce(watches.seconds, 0)"


def _insert(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Any], where_known: str
) -> None:
    marks = ", ".join("?" for _ in columns)
    connection.executemany(f"insert or ignore into {table} ({', '.join(columns)}) values ({marks}) {where_known}", rows)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {name for (name,) in connection.execute(f"select name from pragma_table_info('{table}')")}
