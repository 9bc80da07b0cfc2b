"""Many rows at once: found by their keys, inserted and updated by batches, on both engines alike."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from tablet_loans.storage.database import Base
from tablet_loans.storage.models import TABLES
from tablet_loans.storage.rows import stored

_KEYS: Final = 5_000
_ROWS: Final = 200
_IMPORTS_LOCK: Final = 20_200_406
_TABLES: Final = {table._meta.table_name: table for table in TABLES}


def alone(base: Base) -> None:
    """Hold every other import until the transaction ends; SQLite has one writer at a time anyway."""
    if base.is_server:
        base.execute("SELECT pg_advisory_xact_lock(?)", (_IMPORTS_LOCK,))


def with_keys(base: Base, select: str, column: str, keys: Iterable[str]) -> Iterator[Sequence[Any]]:
    """Yield the rows of `select` whose `column` is one of `keys`.

    On PostgreSQL the keys come as one array to join with: a long IN list is searched line by line there.
    """
    remaining = iter(keys)
    while batch := list(islice(remaining, _KEYS)):
        if base.is_server:
            wanted = "SELECT unnest(CAST(? AS TEXT[]))"
            yield from base.execute(f"{select} WHERE {column} IN ({wanted})", (batch,)).fetchall()
        else:
            wanted = ", ".join("?" * len(batch))
            yield from base.execute(f"{select} WHERE {column} IN ({wanted})", batch).fetchall()


def insert(base: Base, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[list[int]]:
    """Insert rows and yield the ids of each batch, in no order."""
    _must_be_columns(table, columns)
    one = f"({', '.join('?' * len(columns))})"
    head = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
    remaining = iter(rows)
    while batch := list(islice(remaining, _ROWS)):
        cursor = base.execute(
            f"{head}{', '.join([one] * len(batch))} RETURNING id", [stored(value) for row in batch for value in row]
        )
        yield [row[0] for row in cursor.fetchall()]


def update(base: Base, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[int]:
    """Write `columns` into the rows whose id each sequence begins with, and yield each batch's size."""
    _must_be_columns(table, columns)
    places = enumerate(columns, 2)
    assignments = ", ".join(f"{name} = {_cast(base, table, name, place)}" for place, name in places)
    one = f"({', '.join('?' * (len(columns) + 1))})"
    identity = "CAST(batch.column1 AS INTEGER)" if base.is_server else "batch.column1"
    remaining = iter(rows)
    while batch := list(islice(remaining, _ROWS)):
        base.execute(
            f"UPDATE {table} SET {assignments} FROM (VALUES {', '.join([one] * len(batch))}) AS batch"
            f" WHERE {table}.id = {identity}",
            [stored(value) for row in batch for value in row],
        )
        yield len(batch)


def _cast(base: Base, table: str, column: str, place: int) -> str:
    """PostgreSQL must be told the type of a column of VALUES; SQLite would read a date as a number."""
    if not base.is_server:
        return f"batch.column{place}"
    kind = _TABLES[table]._meta.columns[column].field_type
    wanted = {"DATE": "DATE", "INT": "INTEGER", "AUTO": "INTEGER"}.get(kind, "TEXT")
    return f"CAST(batch.column{place} AS {wanted})"


def _must_be_columns(table: str, columns: Iterable[str]) -> None:
    if not _TABLES[table]._meta.columns.keys() >= set(columns):
        raise ValueError(f"not columns of {table}: {sorted(set(columns) - _TABLES[table]._meta.columns.keys())}")
