"""The snapshot: one SQLite file with every table, copied from either engine and verified."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tablet_loans.domain.trouble import BaseExists, SnapshotFailed
from tablet_loans.storage import schema, searching
from tablet_loans.storage.database import Base, open_database, shown, troubles_spoken
from tablet_loans.storage.models import TABLES

_BATCH: Final = 2_000
_SPACE: Final = 2**256
_TABLES: Final = tuple(table._meta.table_name for table in TABLES)

Report = Callable[[int, int], None]


def write(base: Base, out: Path, key: str | None, report: Report) -> int:
    """Copy `base` into a new file `out`, encrypted with `key` if any; return the number of rows.

    The file appears under its name once it is verified. Raises: BaseExists, SnapshotFailed, BaseTrouble.
    """
    if out.exists():
        raise BaseExists(path=str(out))
    unfinished = out.with_name(f"{out.name}.unfinished")
    _remove(unfinished)
    copy = open_database(str(unfinished), key, create=True, bind=False)
    try:
        with troubles_spoken(copy):
            schema.upgrade(copy, schema.version(base))
            count = fill(base, copy, report)
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            copy.execute("PRAGMA journal_mode = delete")
            copy.close()
        _flush(unfinished)
        unfinished.rename(out)
    except BaseException:
        copy.close()
        _remove(unfinished)
        raise
    return count


def fill(source: Base, target: Base, report: Report) -> int:
    """Copy every table of `source` into the empty tables of `target`, verified; return the rows copied.

    Raises: SnapshotFailed, BaseTrouble.
    """
    with troubles_spoken(target), source.reading():
        # an older version lacks the newest tables
        tables = [table for table in _TABLES if source.database.table_exists(table)]
        counts = {table: int(source.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in tables}
        if any(target.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables):
            raise BaseExists(path=shown(target.url))
        done, total = 0, sum(counts.values())
        if not target.is_server:
            target.execute("PRAGMA foreign_keys = 0")
        with target.atomic(), searching.words_apart(target):
            if target.is_server:
                target.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in tables:
                columns = [column.name for column in source.database.get_columns(table)]
                sums = 0
                for batch in _batches(source, table, columns):
                    _insert(target, table, columns, batch)
                    sums = (sums + _sum(batch)) % _SPACE
                    done += len(batch)
                    report(done, total)
                _must_be_equal(target, table, columns, sums)
                _reset_sequence(target, table, columns)
        _must_be_sound(target)
    return done


def _batches(base: Base, table: str, columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    cursor = base.execute(f"SELECT {', '.join(columns)} FROM {table}")
    while batch := list(islice(cursor, _BATCH)):
        yield [tuple(map(_plain, row)) for row in batch]


def _plain(value: Any) -> Any:
    """Return a value as SQLite keeps it, where truth is a number."""
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def _sum(batch: Sequence[tuple[Any, ...]]) -> int:
    """Return a sum of the rows' digests: the same in any order."""
    return sum(int.from_bytes(hashlib.sha256(repr(row).encode()).digest(), "big") for row in batch) % _SPACE


def _insert(target: Base, table: str, columns: Sequence[str], batch: Sequence[tuple[Any, ...]]) -> None:
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    if target.is_server:
        kinds = {column.name: column.data_type for column in target.database.get_columns(table)}
        marks = ", ".join("%s::integer::boolean" if kinds.get(column) == "boolean" else "%s" for column in columns)
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    target.database.cursor().executemany(statement, batch)


def _must_be_equal(target: Base, table: str, columns: Sequence[str], expected: int) -> None:
    found = 0
    for batch in _batches(target, table, columns):
        found = (found + _sum(batch)) % _SPACE
    if found != expected:
        raise SnapshotFailed(reason=table)


def _must_be_sound(target: Base) -> None:
    if target.is_server:
        return
    verdict = target.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok" or target.execute("PRAGMA foreign_key_check").fetchone():
        raise SnapshotFailed(reason=str(verdict))


def _reset_sequence(target: Base, table: str, columns: Sequence[str]) -> None:
    """Let PostgreSQL give ids after those that were copied."""
    if target.is_server and columns[0] == "id" and table != "ledger_line":
        target.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"
        )


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
