"""Large bases, filled quickly: as many rows and indexes as a real one, with cheap words and hashes."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.settings import Settings
from tablet_loans.services.session import Session
from tablet_loans.storage import ledger, rows, schema, stations
from tablet_loans.storage.database import Base, open_database
from tablet_loans.storage.models import TABLES

KEY: Final = "5f" * 32
PRAGMAS: Final = ("journal_mode=wal", "synchronous=full", "foreign_keys=1", "cache_size=-65536", "temp_store=memory")
_BEGINNING: Final = datetime(2020, 4, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows a base holds."""

    devices: int
    pupils: int
    lines: int

    @property
    def out(self) -> int:
        """Return how many devices are lent: the first ones, to the first pupils."""
        return min(self.devices * 3 // 10, self.pupils // 2)

    def facts(self) -> dict[str, int]:
        """Return what filling.sql asks."""
        loans = max(min(self.lines // 3, self.pupils * 3), self.out)
        return {**asdict(self), "out": self.out, "loans": loans}


BIG: Final = Size(devices=100_000, pupils=200_000, lines=1_000_000)


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder on the disk, removed in the end."""
    with tempfile.TemporaryDirectory(prefix="tablet-loans-bench-") as made:
        yield Path(made)


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tablet-loans-bases-")


@cache
def original(size: Size) -> Path:
    """Return the file of a base of this size, made once a run; copy it before writing."""
    path = Path(_kept().name) / f"{size.devices}-{size.pupils}-{size.lines}.sqlite"
    base = open_database(str(path), create=True, bind=False)
    schema.upgrade(base)
    base.close()
    with sqlite3.connect(path, isolation_level=None) as connection:
        _fill(connection, size)
    connection.close()
    return path


def copied(size: Size, target: Path) -> Path:
    """Copy the base of this size to `target`."""
    shutil.copyfile(original(size), target)
    return target


def encrypted(size: Size, target: Path) -> Path:
    """Copy the base of this size into an SQLCipher file, as the program makes them."""
    source = open_database(str(original(size)), bind=False)
    empty = open_database(str(target), KEY, create=True, bind=False)
    schema.upgrade(empty)
    empty.execute("PRAGMA synchronous = off")
    empty.execute("PRAGMA foreign_keys = 0")
    with empty.atomic():
        for table in (each._meta.table_name for each in TABLES):
            names = [column.name for column in source.database.get_columns(table)]
            rows.insert_many(empty, table, names, source.execute(f"SELECT {', '.join(names)} FROM {table}"))
    empty.close()
    source.close()
    return target


def settle() -> None:
    """Wait until the disk has what was copied: nothing else is written while acts are measured."""
    if hasattr(os, "sync"):
        os.sync()


def session_in(base: Base, machine: str = "bench") -> Session:
    """Return a technician's session."""
    return Session(base, Actor("Bench", Role.TECHNICIAN), stations.registered(base, machine), Settings())


def pairs(size: Size, count: int, seed: int = 1) -> list[tuple[str, PupilId]]:
    """Return ready devices (by tag) and pupils without a loan, anywhere in the base."""
    rng = Random(seed)
    devices = rng.sample(range(size.out + 1, size.devices + 1), count)
    pupils = rng.sample(range(size.out + 1, size.pupils + 1), count)
    return [(asset_tag("ML", device), PupilId(pupil)) for device, pupil in zip(devices, pupils, strict=True)]


def _fill(connection: sqlite3.Connection, size: Size) -> None:
    """Write the rows of filling.sql; nothing is kept safe meanwhile."""
    connection.create_function("asset_tag", 1, lambda number: asset_tag("ML", number))
    connection.create_function("line_id", 1, lambda number: ledger.id_at(_BEGINNING + timedelta(seconds=number), 0))
    for pragma in ("synchronous=off", "foreign_keys=0", "cache_size=-1000000", "temp_store=memory", "journal_mode=wal"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    connection.execute("CREATE TEMP TABLE number (n INTEGER PRIMARY KEY)")
    largest = max(size.devices, size.pupils, size.lines)
    connection.executemany("INSERT INTO number VALUES (?)", ((number,) for number in range(1, largest + 1)))
    for statement in Path(__file__).with_name("filling.sql").read_text("utf-8").split(";\n"):
        connection.execute(statement, size.facts())
    connection.execute("DROP TABLE number")
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
