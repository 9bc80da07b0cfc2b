"""The base's version: what it is, whether this program works with it, and how it is raised."""

from pathlib import Path
from typing import Any, Final

from tablet_loans.domain.trouble import BaseNewer, UpgradeNeeded
from tablet_loans.storage.database import Base, troubles_spoken

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def _runner(base: Base) -> Any:
    from playhouse.migrations import Runner

    return Runner(base.database, str(MIGRATIONS))


def versions() -> list[str]:
    """Return the names of all versions this program knows, oldest first."""
    return sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


def version(base: Base) -> str:
    """Return the name of the base's version."""
    with troubles_spoken(base):
        if not base.database.table_exists("schema_migration"):
            return ""
        return str(base.execute("SELECT max(name) FROM schema_migration").fetchone()[0] or "")


def pending(base: Base) -> list[str]:
    """Return the versions the base has yet to reach, oldest first."""
    return [name for name in versions() if name > version(base)]


def must_be_usable(base: Base) -> None:
    """Accept this version and the one before it. Raises: BaseNewer, UpgradeNeeded."""
    if (found := version(base)) > versions()[-1]:
        raise BaseNewer(version=found)
    if len(pending(base)) > 1:
        raise UpgradeNeeded()


def upgrade(base: Base, target: str | None = None) -> list[str]:
    """Raise the base to `target` (default: the newest) and return the versions gone through."""
    with troubles_spoken(base):
        done: list[str] = _runner(base).up(target)
        return done
