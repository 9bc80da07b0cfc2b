"""The MDMs that are connected: how each is reached, never its key, and where a sync that ended early goes on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from weakref import WeakSet

from tablet_loans.domain.enrolment import Provider, Reach
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds

_COLUMNS: Final = "id, name, provider, reach, connected_at, connected_by, first_synced_at, closed_at, unfinished"
_KNOWN_HERE: Final[WeakSet[Base]] = WeakSet()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A sync that ended early: the place of the next page, the records read before, and when that was.

    One that was killed has no place; `untold` is what it wrote that no line tells: records new, changed, gone.
    """

    place: str
    seen: frozenset[str]
    at: datetime
    untold: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Account:
    """An MDM that is connected; `columns` names those of a file."""

    id: int
    name: str
    provider: Provider
    reach: Reach
    connected_at: datetime
    connected_by: str
    first_synced_at: datetime | None = None
    closed_at: datetime | None = None
    unfinished: Unfinished | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


def are_here(base: Base) -> bool:
    """Say whether the base keeps MDMs; once it does, nobody asks again."""
    if base in _KNOWN_HERE:
        return True
    if not base.database.table_exists("mdm_task"):
        return False
    _KNOWN_HERE.add(base)
    return True


def must_be_here(base: Base) -> None:
    """Accept a base that keeps MDMs, since 0008. Raises: UpgradeNeeded."""
    if not are_here(base):
        raise UpgradeNeeded()


def opened(base: Base) -> list[Account]:
    """Return the MDMs that are connected, by name."""
    rows = base.execute(f"SELECT {_COLUMNS} FROM mdm_account WHERE closed_at IS NULL").fetchall()
    return sorted(map(_account, rows), key=lambda account: account.name)


def find(base: Base, name: str) -> Account | None:
    """Return the MDM of that name, connected or not any more, or None."""
    row = base.execute(f"SELECT {_COLUMNS} FROM mdm_account WHERE name = ?", (name,)).fetchone()
    return None if row is None else _account(row)


def reach_text(reach: Reach, columns: Mapping[str, str]) -> str:
    """Return what is stored of how an MDM is reached."""
    return json.dumps({**asdict(reach), "columns": dict(columns)}, ensure_ascii=False, sort_keys=True)


def unfinished_text(place: str, seen: Sequence[str], at: int, untold: Sequence[int] = (0, 0, 0)) -> str:
    """Return what is stored of a sync that ended early, `at` so many microseconds since 1970."""
    kept = {"place": place, "seen": seen, "at": at, "untold": untold}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _account(row: Sequence[Any]) -> Account:
    reach = json.loads(row[3])
    columns = reach.pop("columns", {})
    return Account(
        row[0], row[1], Provider(row[2]), Reach(**reach), from_microseconds(row[4]), row[5],
        _moment(row[6]), _moment(row[7]), _unfinished(row[8]), columns,
    )  # fmt: skip


def _unfinished(text: str) -> Unfinished | None:
    if not text:
        return None
    kept = json.loads(text)
    new, changed, gone = kept.get("untold", (0, 0, 0))
    return Unfinished(kept["place"], frozenset(kept["seen"]), from_microseconds(kept["at"]), (new, changed, gone))


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_microseconds(stored)
