"""An exported diary, read back: every row is looked at before anything is kept, and one that cannot be refuses all."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from bedside.catalogue import N_, _
from bedside.diary.brought_in import Reading, Waiting, waiting_path
from bedside.diary.cells import YEARS, CellError, is_writable, number, whole
from bedside.diary.errors import DiaryError
from bedside.diary.exported import KEYS, READING, READINGS, VERSION
from bedside.diary.from_columns import row_of
from bedside.diary.reader import Reader
from bedside.diary.scanning import ScanError, Scanner
from bedside.night.brought import BroughtIn
from bedside.night.effects import Cramp, CrampState, Row
from bedside.night.habits import Chosen, Habits

LONGEST_SHOWN = 40
DEVICES_OWN = ("boots", "times_told", "logged_times", "watches", "presses")
"""Tables of which the device has its own rows, also while its diary is empty; they stay as they are."""

ADDED_SINCE: Mapping[str, Mapping[str, object]] = {"presses": {"button": None}}
"""By table the columns that an exported diary has not, if it was made before they were there."""

NO_EXPORT = N_("This is no diary that bedside has exported. Choose the file that ends in .json.")
BROKEN = N_("The file cannot be read in line %(line)s. Choose it as it was exported.")
CUT_OFF = N_("The file breaks off in line %(line)s. Copy it once more.")
NEWER = N_("The file was made by another version of bedside (%(version)s). Update bedside first.")
NO_TABLE = N_("The file has no table %(table)s, or has it not once.")
STRANGE_TABLE = N_("The file has a table %(table)s, which this diary does not know.")
NO_ROW = N_("Row %(row)s of %(table)s is no row.")
STRANGE_COLUMN = N_("Row %(row)s of %(table)s has a column %(column)s, which this diary does not know.")
NO_COLUMN = N_("Row %(row)s of %(table)s has no column %(column)s.")
NO_CELL = N_("Row %(row)s of %(table)s cannot be: %(column)s is %(value)s.")
TWICE = N_("Row %(row)s of %(table)s is there twice: %(column)s is %(value)s.")
SAMPLE = N_("Row %(row)s of %(table)s is made up for the demo. What is made up comes into no diary.")


class RefusedError(ValueError):
    """The file is not brought in. The sentence says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file has, ready to be kept in one record; the temperatures wait beside the diary. `habits` hold from now
    on, if there are any.
    """

    rows: tuple[Row, ...]
    habits: Habits | None
    waiting: Path

    def discard(self) -> None:
        """It is not to be kept after all."""
        with suppress(OSError):
            self.waiting.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Place:
    """What the diary is like that a file comes into: the columns of its tables, by table the keys of the device's own
    rows, and whether habits were chosen on it.
    """

    columns: Mapping[str, frozenset[str]]
    own: Mapping[str, frozenset[str]]
    chosen: bool


def is_empty(reader: Reader) -> bool:
    """Whether the diary has nothing of anybody: neither act nor answer. A press that paired, or was leaned on, is none,
    nor what it began. Raises DiaryError.
    """
    told = " union all ".join(
        f"select 1 from {table}" for table in KEYS if table not in (*DEVICES_OWN, "cramps", "habits")
    )
    pressed = "select 1 from presses where meaning != 'pairing' and not leaned and not practice"
    had = (
        "select 1 from cramps where state != 'no cramp' and not practice and id not in"
        " (select cramp from presses where cramp is not null and (meaning = 'pairing' or leaned))"
    )
    return not reader.rows(f"{told} union all {pressed} union all {had} limit 1")


def place(reader: Reader) -> Place:
    """What the diary is like now. Raises DiaryError."""
    return Place(
        {
            table: frozenset(name for (name,) in reader.rows(f"select name from pragma_table_info('{table}')"))
            for table in KEYS
        },
        {table: frozenset(key for (key,) in reader.rows(f"select id from {table}")) for table in DEVICES_OWN},
        bool(reader.rows("select 1 from habits limit 1")),
    )


def take_in(file: IO[bytes], diary: Path, where: Place) -> Imported:
    """Read the file, for the diary at this path. Raises RefusedError, or DiaryError where the disk refuses."""
    try:
        waiting = Waiting(diary)
    except (sqlite3.Error, OSError) as error:
        raise _disk(error) from error
    try:
        rows = _Import(Scanner(file), waiting, where).read()
        waiting.keep()
    except ScanError as error:
        waiting.discard()
        raise RefusedError(_(CUT_OFF if error.over else BROKEN, line=error.line)) from error
    except (sqlite3.Error, OSError) as error:
        waiting.discard()
        raise _disk(error) from error
    except BaseException:
        waiting.discard()
        raise
    chosen = [row for row in rows if isinstance(row, Chosen)]
    habits = chosen[-1].habits if chosen and not where.chosen else None
    return Imported((*rows, BroughtIn(waiting.id)), habits, waiting_path(diary, waiting.id))


def _disk(error: Exception) -> DiaryError:
    return DiaryError(_("The card does not take the file just now (%(error)s).", error=error))


class _Import:
    """One file as it is read."""

    def __init__(self, scanner: Scanner, waiting: Waiting, where: Place) -> None:
        self._scanner, self._waiting, self._where = scanner, waiting, where
        self._tables: dict[str, list[Row]] = {}

    def read(self) -> list[Row]:
        """Its rows, in an order in which they can be kept, the habits that held last as the last of them."""
        scanner = self._scanner
        names = scanner.members()
        version = self._read_version(names)
        if version != VERSION:
            raise RefusedError(_(NEWER, version=version))
        for name in names:
            if name == "tables":
                self._read_tables()
            elif name == "made":
                scanner.value()
            else:
                raise RefusedError(_(NO_EXPORT))
        scanner.end()
        for table in (*KEYS, READINGS):
            if table not in self._tables:
                raise RefusedError(_(NO_TABLE, table=table))
        self._tables["habits"].sort(key=_moment)
        return [row for table in KEYS for row in self._tables[table]]

    def _read_version(self, names: Iterator[str]) -> int:
        try:
            version = self._scanner.value() if next(names, "") == "bedside" else None
        except ScanError:
            version = None
        if type(version) is not int:
            raise RefusedError(_(NO_EXPORT))
        return version

    def _read_tables(self) -> None:
        for table in self._scanner.members():
            if table in self._tables:
                raise RefusedError(_(NO_TABLE, table=table))
            if table == READINGS:
                self._read_readings()
                self._tables[table] = []
            elif table in KEYS:
                self._tables[table] = list(self._rows(table))
            else:
                raise RefusedError(_(STRANGE_TABLE, table=_shown(table)))

    def _rows(self, table: str) -> Iterator[Row]:
        key, known, own = KEYS[table], self._where.columns[table], self._where.own.get(table, frozenset())
        seen = set()
        for place, element in enumerate(self._scanner.elements(), 1):
            at = {"row": place, "table": table}
            values = _checked(element, table, known, at)
            try:
                row = row_of(table, values)
            except CellError as error:
                sentence = SAMPLE if values.get(error.column) == "sample" else NO_CELL
                raise RefusedError(
                    _(sentence, **at, column=error.column, value=_shown(values.get(error.column)))
                ) from error
            if values[key] in seen:
                raise RefusedError(_(TWICE, **at, column=key, value=_shown(values[key])))
            seen.add(values[key])
            if values[key] not in own:
                yield _over(row)

    def _read_readings(self) -> None:
        boots: list[Any] = []
        for name in self._scanner.members():
            match name:
                case "boots":
                    boots = self._scanner.value()
                    if not isinstance(boots, list) or not all(
                        isinstance(one, str) and is_writable(one) for one in boots
                    ):
                        raise RefusedError(_(NO_ROW, row=1, table=READINGS))
                case "columns":
                    if self._scanner.value() != list(READING):
                        raise RefusedError(_(NO_TABLE, table=READINGS))
                case "rows":
                    for place, values in enumerate(self._scanner.elements(), 1):
                        self._read_reading(values, boots, {"row": place, "table": READINGS})
                case _:
                    raise RefusedError(_(NO_TABLE, table=READINGS))

    def _read_reading(self, values: Any, boots: list[str], at: Mapping[str, object]) -> None:
        if not isinstance(values, list) or len(values) != len(READING):
            raise RefusedError(_(NO_ROW, **at))
        try:
            self._waiting.add(_reading(values, boots))
        except CellError as error:
            value = _shown(values[READING.index(error.column)])
            raise RefusedError(_(NO_CELL, **at, column=error.column, value=value)) from error
        except sqlite3.IntegrityError as error:
            value = _shown(values[READING.index("start")])
            raise RefusedError(_(TWICE, **at, column="start", value=value)) from error


def _reading(values: list[Any], boots: list[str]) -> Reading:
    boot, start, mean, low, high, samples, trusted = values
    if not boots:
        raise CellError("boot")
    return (
        number("start", start, _EARLIEST, _LATEST),
        boots[whole("boot", boot, most=len(boots) - 1)],
        number("mean_celsius", mean, -100, 200),
        number("low_celsius", low, -100, 200),
        number("high_celsius", high, -100, 200),
        whole("samples", samples),
        whole("trusted", trusted, most=1),
    )


_EARLIEST, _LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (YEARS.start, YEARS.stop - 1))


def _checked(values: Any, table: str, known: frozenset[str], at: Mapping[str, object]) -> dict[str, Any]:
    """The row with all columns that this diary knows, and no other."""
    if not isinstance(values, dict):
        raise RefusedError(_(NO_ROW, **at))
    row: dict[str, Any] = {**ADDED_SINCE.get(table, {}), **values}
    for sentence, names in ((STRANGE_COLUMN, row.keys() - known), (NO_COLUMN, known - row.keys())):
        if names:
            raise RefusedError(_(sentence, **at, column=_shown(min(names))))
    return row


def _over(row: Row) -> Row:
    """As it is where nobody leads it any more: a cramp that was open when the file was made."""
    if isinstance(row, Cramp) and row.state is CrampState.OPEN:
        return replace(row, state=CrampState.END_UNKNOWN)
    return row


def _moment(row: Row) -> datetime:
    assert isinstance(row, Chosen)
    return row.moment.wall


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:LONGEST_SHOWN])
    return f"{shown}…" if len(text) > LONGEST_SHOWN else shown or "“”"


def _is_boot(value: object) -> bool:
    return isinstance(value, str) and is_writable(value)
