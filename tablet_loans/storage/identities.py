"""Ids that nobody ever had: ledgers, cards and labels speak by id of what may be deleted since."""

from typing import Final

from tablet_loans.storage.database import Base

SPOKEN_OF: Final = frozenset({"device", "pupil"})
"""The tables whose ids stand in ledgers and on paper."""


def free_id(base: Base, table: str) -> int | None:
    """Return an id that no row of the table ever had, None where the base sees to it."""
    if base.is_server or table not in SPOKEN_OF:
        return None
    row = base.execute(
        f"SELECT max(coalesce((SELECT max(id) FROM {table}), 0),"
        " coalesce((SELECT max(subject_id) FROM ledger_subject WHERE kind = ?), 0),"
        " coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE name = ?), 0)) + 1",
        (table, _name(table)),
    ).fetchone()
    return int(row[0])


def retire(base: Base, table: str, row_id: int) -> None:
    """Note that ids up to this one were given, before their rows are deleted."""
    if base.is_server or table not in SPOKEN_OF:
        return
    base.execute(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE"
        " SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
        (_name(table), str(row_id)),
    )


def _name(table: str) -> str:
    return f"highest_{table}"
