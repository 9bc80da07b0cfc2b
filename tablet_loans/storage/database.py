"""Opening a base: SQLite, SQLCipher or PostgreSQL, with its transactions and its troubles in words."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

import peewee

from tablet_loans.domain.trouble import (
    AnswerLost,
    BaseDamaged,
    BaseLocked,
    BaseMissing,
    BaseReadOnly,
    BaseTrouble,
    DiskFull,
    KeyMissing,
    NetworkDrive,
    NotABase,
    ServerAway,
    WrongKey,
)
from tablet_loans.storage import drives
from tablet_loans.storage.driver import is_server_url
from tablet_loans.storage.ledger_models import BASE
from tablet_loans.storage.precedence import Precedence

CHECKPOINT_PAGES: Final = 16_000
"""64 MB of SQLite's log: the act that meets a checkpoint waits 100 ms, so `tidy` comes before, in quiet moments."""
_PRAGMAS: Final = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("foreign_keys", 1),
    ("cache_size", -65536),
    ("temp_store", "memory"),
    ("wal_autocheckpoint", CHECKPOINT_PAGES),
)
_CIPHER: Final = (
    ("cipher_log_level", "none"),
    ("cipher_hmac_algorithm", "HMAC_SHA256"),  # half the price of SHA512 where the processor knows it
)
BUSY_TIMEOUT_S: float = 10
_AWAY: Final = ("OperationalError", "InterfaceError")
_PLAIN_HEADER: Final = b"SQLite format 3\x00"


class RaceLost(BaseLocked):
    """Another station was faster: what the rules allowed, the base's constraints or locks refused.

    The act is run again (services/session.settled); when that fails too, it is a base kept busy.
    """


@dataclass(eq=False, weakref_slot=True, slots=True)
class Base:
    """One open base; each thread that uses it gets a connection of its own."""

    url: str = field(repr=False)
    path: Path | None
    key: str | None = field(repr=False)
    database: Any
    precedence: Precedence = field(init=False, repr=False)
    _inside: threading.local = field(default_factory=threading.local, repr=False)

    def __post_init__(self) -> None:
        self.precedence = Precedence(self.path)

    @property
    def is_server(self) -> bool:
        """Say whether the base is on PostgreSQL."""
        return self.path is None

    @property
    def is_encrypted(self) -> bool:
        """Say whether the base's file is encrypted."""
        return self.key is not None

    def execute(self, sql: str, values: Sequence[object] = ()) -> Any:
        """Run one statement written with `?` placeholders and return its cursor."""
        return self.database.execute_sql(sql.replace("?", "%s") if self.is_server else sql, values)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Commit what lies within, or nothing of it. Raises: BaseTrouble."""
        if getattr(self._inside, "act", False):
            raise RuntimeError("an act lies within another")
        with troubles_spoken(self):
            self.database.connect(reuse_if_open=True)
            self._begin("BEGIN" if self.is_server else "BEGIN IMMEDIATE")
            self._inside.act = True
            try:
                yield
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._inside.act = False
            self._commit()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read one moment of the base, whoever writes meanwhile. Raises: BaseTrouble."""
        with troubles_spoken(self):
            self.database.connect(reuse_if_open=True)
            self._begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if self.is_server else "BEGIN")
            try:
                yield
            finally:
                self._roll_back()

    def _begin(self, statement: str) -> None:
        try:
            self.execute(statement)
        except peewee.DatabaseError:
            if not self.is_server:
                raise
            self.close()  # the server was restarted since the last act: a fresh connection, once
            self.database.connect()
            self.execute(statement)

    def _commit(self) -> None:
        try:
            self.execute("COMMIT")
        except (peewee.OperationalError, peewee.InterfaceError) as error:
            self._roll_back()
            raise AnswerLost() if self.is_server else error from error

    def _roll_back(self) -> None:
        try:
            self.execute("ROLLBACK")
        except peewee.DatabaseError:
            self.close()

    def tidy(self) -> None:
        """Bring what was committed from SQLite's log into its file; acts and readings go on meanwhile."""
        if not self.is_server:
            self.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.database.is_closed():
            self.database.close()


_LIVE: Final[WeakSet[Base]] = WeakSet()


def open_database(url: str, key: str | None = None, *, create: bool = False, bind: bool = True) -> Base:
    """Return the base at `url`, a path or a postgresql:// address, bound to the tables unless told not to.

    `key` is the 64 hexadecimal digits of an encrypted base. Raises: BaseTrouble.
    """
    base = _server(url) if is_server_url(url) else _file(Path(url), key, create=create)
    with troubles_spoken(base):
        base.database.connect(reuse_if_open=True)
        if not base.is_server:
            base.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not create and not base.database.table_exists("schema_migration"):
            base.close()
            raise NotABase(path=shown(url))
    _LIVE.add(base)
    if bind:
        BASE.initialize(base.database)
    return base


def shown(url: str) -> str:
    """Return the base's address without a password, as it may be read aloud."""
    if not is_server_url(url):
        return url
    from psycopg import ProgrammingError, conninfo

    try:
        parts = conninfo.conninfo_to_dict(url)
    except ProgrammingError:
        return "postgresql://?"
    port = f":{parts['port']}" if parts.get("port") else ""
    return (
        f"postgresql://{parts.get('user') or ''}@{parts.get('host') or 'localhost'}{port}/{parts.get('dbname') or ''}"
    )


def is_plain(path: Path) -> bool:
    """Say whether the file is an unencrypted SQLite file. Raises: BaseMissing, BaseReadOnly.

    A base that this process has open is not read again: closing a file drops all of SQLite's locks on it.
    """
    if (live := _live(path)) is not None:
        return not live.is_encrypted
    try:
        with path.open("rb") as file:
            return file.read(16) == _PLAIN_HEADER
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise BaseMissing(path=str(path)) from None
    except PermissionError:
        raise BaseReadOnly(path=str(path)) from None


def _live(path: Path) -> Base | None:
    """Return the base of this process that lies at `path`, or None."""
    return next((base for base in _LIVE if base.path == path), None)


def _file(path: Path, key: str | None, *, create: bool) -> Base:
    path = path.expanduser().absolute()
    if drives.is_remote(path):
        raise NetworkDrive(path=str(path))
    if create:
        _make_folder(path.parent)
    else:
        _must_be_a_base(path, key)
    if key is None:
        database: Any = peewee.SqliteDatabase(str(path), pragmas=_PRAGMAS, timeout=BUSY_TIMEOUT_S)
    else:
        from playhouse.sqlcipher_ext import SqlCipherDatabase

        database = SqlCipherDatabase(
            str(path), pragmas=(*_CIPHER, *_PRAGMAS), timeout=BUSY_TIMEOUT_S, passphrase=f"x'{key}'"
        )
    return Base(str(path), path, key, database)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BaseReadOnly(path=str(folder)) from error


def _must_be_a_base(path: Path, key: str | None) -> None:
    """Refuse what is missing, empty, something else, or encrypted without a key."""
    plain = is_plain(path)
    if _live(path) is None and (path.stat().st_size < 512 or not (plain or _looks_encrypted(path))):
        raise NotABase(path=str(path))
    if not plain and key is None:
        raise KeyMissing(path=str(path))
    if plain and key is not None:
        raise WrongKey(path=str(path))


def _looks_encrypted(path: Path) -> bool:
    """Tell an encrypted base, whole pages of noise, from a file of another kind."""
    with path.open("rb") as file:
        beginning = file.read(4096)
    return len(set(beginning)) > 200


def _server(url: str) -> Base:
    import os

    from psycopg import ProgrammingError, conninfo

    try:
        settings: dict[str, Any] = dict(conninfo.conninfo_to_dict(url))
    except ProgrammingError as error:
        raise BaseTrouble(reason=str(error).strip()) from error
    if "password" not in settings and (password := os.environ.get("TABLET_LOANS_PASSWORD")):
        settings["password"] = password
    settings.setdefault("connect_timeout", 5)
    settings.setdefault("keepalives_idle", 10)
    name = settings.pop("dbname", "postgres")
    database = peewee.PostgresqlDatabase(name, prefer_psycopg3=True, **settings)
    return Base(url, None, None, database)


@contextmanager
def troubles_spoken(base: Base) -> Iterator[None]:
    """Turn the engine's errors into the program's Trouble, and a broken constraint into RaceLost."""
    try:
        yield
    except _engine_errors(base) as error:
        if any(kind.__name__ == "IntegrityError" for kind in type(error).__mro__):
            raise RaceLost() from error
        spoken = trouble(base, error)
        if isinstance(spoken, ServerAway):
            base.close()  # the next reading or act finds a fresh connection
        raise spoken from error


def _engine_errors(base: Base) -> tuple[type[Exception], ...]:
    """Return what the base's engine and its driver raise: rows that are read later raise the driver's own."""
    peewees = (peewee.DatabaseError, peewee.InterfaceError)
    if base.is_server:
        from psycopg import Error as ServerError

        return (*peewees, ServerError)
    if base.is_encrypted:
        from sqlcipher3.dbapi2 import Error as CipherError

        return (*peewees, CipherError)
    return (*peewees, sqlite3.Error)


def trouble(base: Base, error: BaseException) -> BaseTrouble:
    """Return what an engine's error means to the person in front of it."""
    return _server_trouble(error) if base.is_server else _file_trouble(base, str(error))


def _server_trouble(error: BaseException) -> BaseTrouble:
    """Tell PostgreSQL's errors apart by their SQLSTATE. Source: PostgreSQL, appendix A."""
    cause: BaseException | None = error
    while cause is not None and not hasattr(cause, "sqlstate"):
        cause = cause.__cause__ or cause.__context__
    state = str(getattr(cause, "sqlstate", None) or "")
    if state in ("40P01", "40001"):
        return RaceLost()
    if state == "53100":
        return DiskFull()
    is_away = state[:2] in ("08", "57") or (not state and type(error).__name__ in _AWAY)
    return ServerAway() if is_away else BaseTrouble(reason=(str(error).splitlines() or ["?"])[0])


def _file_trouble(base: Base, reason: str) -> BaseTrouble:
    said, where = reason.lower(), shown(base.url)
    if "full" in said:
        return DiskFull()
    if "locked" in said or "busy" in said:
        return BaseLocked()
    if "readonly" in said or "read-only" in said or "unable to open" in said:
        return BaseReadOnly(path=where)
    if "not a database" in said or "hmac" in said:
        return WrongKey(path=where) if base.is_encrypted else NotABase(path=where)
    if "malformed" in said or "corrupt" in said or "disk i/o" in said:
        return BaseDamaged(reason=reason)
    return BaseTrouble(reason=reason)
