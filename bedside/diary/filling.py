"""Fills a diary that was put back with what neither journal nor backup of every day has: temperatures and watches."""

import sqlite3
from collections.abc import Iterable
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
    that are not in it. Raises DiaryError; sqlite3.Error of the diary itself.
    """
    with explained(source), closing(opened(source)) as other, db.atomic():
        newest = db.execute("select coalesce(max(start), '') from readings").fetchone()[0]
        for table, which, values in (("readings", "where start > ?", [newest]), ("watches", "", [])):
            columns = ", ".join(sorted(_columns(db.conn, table) & _columns(other, table)))
            _insert(db.conn, table, columns, other.execute(f"select {columns} from {table} {which}", values))
        db.execute(f"{NEXT} true")


def _insert(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[Any]) -> None:
    marks = ", ".join("?" for _ in columns.split(", "))
    connection.executemany(f"insert or ignore into {table} ({columns}) values ({marks})", rows)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {name for (name,) in connection.execute(f"select name from pragma_table_info('{table}')")}
