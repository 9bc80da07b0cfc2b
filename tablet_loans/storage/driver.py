"""Which driver a base needs: peewee imports PostgreSQL's as soon as it finds it, a quarter of the window's start."""

import sys
from typing import Any, cast


def is_server_url(url: str) -> bool:
    """Say whether `url` names a PostgreSQL server rather than a file."""
    return url.startswith(("postgresql://", "postgres://"))


def spare(url: str) -> None:
    """Leave PostgreSQL's driver out of this process, which only ever opens the file at `url`.

    To be called before peewee is imported; for a server it does nothing.
    """
    if not is_server_url(url):
        for name in ("psycopg2", "psycopg"):
            cast(dict[str, Any], sys.modules).setdefault(name, None)
