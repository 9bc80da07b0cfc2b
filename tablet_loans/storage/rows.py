"""Rows written by table and column: the changes of an act, and their compensation."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from peewee import __exception_wrapper__ as errors_of_peewee  # type: ignore[attr-defined]

from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import to_microseconds
from tablet_loans.storage.models import TABLES

_COLUMNS = {table._meta.table_name: frozenset(table._meta.columns) for table in TABLES}
_BATCH = 1_000
_PLAIN = frozenset({int, str, bool, type(None)})


def stored(value: object) -> Any:
    """Return a value as its column keeps it: microseconds, ISO dates, JSON lists."""
    if isinstance(value, datetime):
        return to_microseconds(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return json.dumps(list(value), ensure_ascii=False)
    return value


def update(base: Base, table: str, row_id: int, values: Mapping[str, object]) -> None:
    """Write `values`, by column name, into one row."""
    _must_be_columns(table, values)
    assignments = ", ".join(f"{column} = ?" for column in values)
    base.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*map(stored, values.values()), row_id))


def insert(base: Base, table: str, values: Mapping[str, object]) -> int:
    """Insert one row and return its id."""
    _must_be_columns(table, values)
    marks = ", ".join("?" * len(values))
    cursor = base.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks}) RETURNING id",
        [stored(value) for value in values.values()],
    )
    return int(cursor.fetchone()[0])


def delete(base: Base, table: str, row_id: int) -> None:
    """Delete one row to which nothing refers."""
    _must_be_columns(table, ())
    base.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))


def insert_many(base: Base, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Insert many rows and return how many."""
    _must_be_columns(table, columns)
    mark = "%s" if base.is_server else "?"
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"
    remaining, count = iter(rows), 0
    cursor = base.database.cursor()
    with errors_of_peewee:
        while batch := [_stored_row(row) for row in islice(remaining, _BATCH)]:
            cursor.executemany(statement, batch)
            count += len(batch)
    return count


def execute_many(base: Base, statement: str, rows: Sequence[Sequence[object]]) -> None:
    """Run one statement, written with `?`, for each of the rows of values as they are stored."""
    if rows:
        with errors_of_peewee:
            base.database.cursor().executemany(statement.replace("?", "%s") if base.is_server else statement, rows)


def _stored_row(row: Sequence[object]) -> Sequence[Any]:
    if _PLAIN.issuperset(map(type, row)):
        return row
    return [value if type(value) in _PLAIN else stored(value) for value in row]


def has_any(base: Base, table: str) -> bool:
    """Say whether the table holds a row."""
    _must_be_columns(table, ())
    return base.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None


def number_on(base: Base, table: str) -> None:
    """Let the base give ids after those that were inserted with their own."""
    _must_be_columns(table, ())
    if base.is_server:
        base.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def current(base: Base, table: str, row_id: int, columns: Sequence[str]) -> dict[str, Any] | None:
    """Return the columns of one row as they are stored now, or None."""
    _must_be_columns(table, columns)
    lock = " FOR UPDATE" if base.is_server else ""
    row = base.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE id = ?{lock}", (row_id,)).fetchone()
    return None if row is None else {column: stored(value) for column, value in zip(columns, row, strict=True)}


def _must_be_columns(table: str, columns: Iterable[str]) -> None:
    """Let no name into a statement that is not a column of the table: facts come from the base."""
    if not _COLUMNS[table].issuperset(columns):
        raise ValueError(f"not columns of {table}: {sorted(set(columns) - _COLUMNS[table])}")
