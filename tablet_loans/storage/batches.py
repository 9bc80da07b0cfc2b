"""Many rows at once: found by their keys, inserted and updated by batches, on both engines alike."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import peewee

from tablet_loans.domain.errors import ImportUnderWay
from tablet_loans.domain.trouble import BaseReadOnly
from tablet_loans.storage import identities
from tablet_loans.storage.database import Base
from tablet_loans.storage.models import TABLES
from tablet_loans.storage.rows import stored

_KEYS: Final = 5_000
_TABLES: Final = {table._meta.table_name: table for table in TABLES}


@contextmanager
def alone(base: Base, what: str = "import") -> Iterator[None]:
    """Keep every other work of this kind out of the base. Raises: ImportUnderWay, BaseReadOnly.

    What holds the others back goes away with this process, however it ends: a session's lock on a server, the
    system's lock on a file of its own beside a base in a file.
    """
    if base.path is None:
        lock = (crc32(what.encode()),)
        if not base.execute("SELECT pg_try_advisory_lock(?)", lock).fetchone()[0]:
            raise ImportUnderWay()
        try:
            yield
        finally:
            with suppress(peewee.DatabaseError, peewee.InterfaceError):  # a connection that is gone holds nothing
                base.execute("SELECT pg_advisory_unlock(?)", lock)
        return
    with holding(base.path.with_name(f"{base.path.name}.{what}-lock")):
        yield


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """Hold a lock file that nobody else holds, however this process ends. Raises: ImportUnderWay, BaseReadOnly."""
    with _lock_file(path) as file:
        if not _is_locked_by_us(file.fileno()):
            raise ImportUnderWay()
        yield


def _lock_file(path: Path) -> Any:
    try:
        return path.open("ab")
    except OSError:
        raise BaseReadOnly(path=str(path)) from None


if sys.platform == "win32":

    def _is_locked_by_us(file: int) -> bool:
        import msvcrt

        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _is_locked_by_us(file: int) -> bool:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


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


def insert(base: Base, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[int]:
    """Insert rows, their values as stored, and return their ids in no order."""
    _must_be_columns(table, columns)
    one = f"({', '.join('?' * len(columns))})"
    cursor = base.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(rows))} RETURNING id",
        [value for row in rows for value in row],
    )
    return [row[0] for row in cursor.fetchall()]


def update(base: Base, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write `columns`, their values as stored, into the rows whose id each sequence begins with."""
    _must_be_columns(table, columns)
    places = enumerate(columns, 2)
    assignments = ", ".join(f"{name} = {_cast(base, table, name, place)}" for place, name in places)
    one = f"({', '.join('?' * (len(columns) + 1))})"
    identity = "CAST(batch.column1 AS INTEGER)" if base.is_server else "batch.column1"
    base.execute(
        f"UPDATE {table} SET {assignments} FROM (VALUES {', '.join([one] * len(rows))}) AS batch"
        f" WHERE {table}.id = {identity}",
        [value for row in rows for value in row],
    )


def delete(base: Base, table: str, row_ids: Sequence[int]) -> None:
    """Delete rows, whose ids nobody gets again. Raises: IntegrityError when something refers to one of them."""
    _must_be_columns(table, ())
    identities.retire(base, table, max(row_ids))
    base.execute(f"DELETE FROM {table} WHERE id IN ({', '.join('?' * len(row_ids))})", row_ids)


def current(base: Base, table: str, columns: Sequence[str], row_ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """Return the columns of these rows as they are stored now, by id, held until the transaction ends."""
    _must_be_columns(table, columns)
    lock = " FOR UPDATE" if base.is_server else ""
    rows = base.execute(
        f"SELECT {', '.join(('id', *columns))} FROM {table} WHERE id IN ({', '.join('?' * len(row_ids))})"
        f" ORDER BY id{lock}",
        row_ids,
    ).fetchall()
    return {row[0]: dict(zip(columns, map(stored, row[1:]), strict=True)) for row in rows}


def _cast(base: Base, table: str, column: str, place: int) -> str:
    """PostgreSQL must be told the type of a column of VALUES; SQLite would read a date as a number."""
    if not base.is_server:
        return f"batch.column{place}"
    kind = _TABLES[table]._meta.columns[column].field_type
    wanted = {"DATE": "DATE", "INT": "INTEGER", "AUTO": "INTEGER", "BOOL": "BOOLEAN"}.get(kind, "TEXT")
    return f"CAST(batch.column{place} AS {wanted})"


def _must_be_columns(table: str, columns: Iterable[str]) -> None:
    if not _TABLES[table]._meta.columns.keys() >= set(columns):
        raise ValueError(f"not columns of {table}: {sorted(set(columns) - _TABLES[table]._meta.columns.keys())}")
