"""Withdrawals: what undoing an import would delete and restore, and what has been built on it since."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from tablet_loans.domain.act import UNDOABLE, Action, LedgerId
from tablet_loans.storage.database import Base

_REFERENCES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "guardianship": (),
    "guardian": (("guardianship", "guardian_id"),),
    "device": (
        ("loan", "device_id"), ("reservation", "device_id"), ("carton_device", "device_id"),
        ("external_record", "device_id"), ("enrolment_change", "device_id"), ("mdm_task", "device_id"),
    ),
    "purchase": (("device", "purchase_id"),),
    "device_model": (("device", "model_id"),),
    "pupil": (
        ("loan", "pupil_id"), ("need", "pupil_id"), ("reservation", "pupil_id"), ("guardianship", "pupil_id"),
        ("plan_mark", "pupil_id"),
    ),
    "school": (
        ("pupil", "school_id"), ("pupil", "moved_from_id"), ("device", "school_id"), ("guardian", "school_id"),
        ("campaign_school", "school_id"), ("plan_school", "school_id"), ("carton", "school_id"),
    ),
}  # fmt: skip
DELETED_IN_ORDER: Final = tuple(_REFERENCES)
"""The tables of imports; each refers to later ones alone."""
_WITHOUT_ID: Final = frozenset({"campaign_school", "plan_school"})
_NEWER: Final = frozenset(
    {"plan_school", "plan_mark", "carton", "carton_device", "external_record", "enrolment_change", "mdm_task"}
)
_READ: Final = 1_000


def counts(base: Base, line_id: LedgerId) -> dict[tuple[str, bool], int]:
    """Return how many rows an import created (True) and changed (False), by table."""
    rows = base.execute(
        "SELECT kind, before IS NULL, count(*) FROM ledger_row WHERE line_id = ? GROUP BY 1, 2", (line_id,)
    ).fetchall()
    return {(kind, bool(is_created)): count for kind, is_created, count in rows}


def created(base: Base, line_id: LedgerId, table: str) -> Iterator[int]:
    """Yield the ids of the rows that an import created, the latest first."""
    last = 2**62
    query = (
        "SELECT id, row_id FROM ledger_row WHERE line_id = ? AND kind = ? AND before IS NULL AND id < ?"
        " ORDER BY id DESC LIMIT ?"
    )
    while rows := base.execute(query, (line_id, table, last, _READ)).fetchall():
        yield from (row_id for _, row_id in rows)
        last = rows[-1][0]


def changed(base: Base, line_id: LedgerId, table: str) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the ids of the rows that an import changed, and their columns before it."""
    last = 0
    query = (
        "SELECT id, row_id, before FROM ledger_row WHERE line_id = ? AND kind = ? AND before IS NOT NULL AND id > ?"
        " ORDER BY id LIMIT ?"
    )
    while rows := base.execute(query, (line_id, table, last, _READ)).fetchall():
        yield from ((row_id, json.loads(before)) for _, row_id, before in rows)
        last = rows[-1][0]


def built_on(base: Base, line_id: LedgerId) -> int:
    """Return how many of an import's rows were used or changed since, by acts and imports that stand."""
    by_tables = sum(_referred_to(base, line_id, table) for table in _REFERENCES)
    return by_tables or _in_later_imports(base, line_id) + _in_later_acts(base, line_id)


def heads(base: Base) -> dict[str, int]:
    """Return how far each station's chain has come."""
    return dict(base.execute("SELECT code, sequence FROM station").fetchall())


def is_touched_since(base: Base, line_id: LedgerId, before: Mapping[str, int]) -> bool:
    """Say whether an act chained after those heads is about what an import brought or changed."""
    query = (
        "SELECT 1 FROM ledger_line later JOIN ledger_subject subject ON subject.line_id = later.id"
        " JOIN ledger_row mine ON mine.kind = subject.kind AND mine.row_id = subject.subject_id"
        " WHERE later.station = ? AND later.sequence > ? AND mine.line_id = ? LIMIT 1"
    )
    return any(
        base.execute(query, (code, before.get(code, 0), line_id)).fetchone()
        for code, sequence in heads(base).items()
        if sequence > before.get(code, 0)
    )


def _referred_to(base: Base, line_id: LedgerId, table: str) -> int:
    """Count the rows created in a table to which rows that the import did not bring refer."""
    found: set[int] = set()
    for other, column in _REFERENCES[table]:
        if other in _NEWER and not base.database.table_exists(other):
            continue
        own = "SELECT row_id FROM ledger_row WHERE line_id = ? AND kind = ? AND before IS NULL"
        apart = "" if other in _WITHOUT_ID else f" AND id NOT IN ({own})"
        rows = base.execute(
            f"SELECT DISTINCT {column} FROM {other} WHERE {column} IN ({own}){apart}",
            (line_id, table, *(() if other in _WITHOUT_ID else (line_id, other))),
        ).fetchall()
        found.update(row[0] for row in rows)
    return len(found)


def _in_later_imports(base: Base, line_id: LedgerId) -> int:
    row = base.execute(
        "SELECT count(DISTINCT mine.id) FROM ledger_row mine"
        " JOIN ledger_row later ON later.kind = mine.kind AND later.row_id = mine.row_id AND later.id > mine.id"
        " WHERE mine.line_id = ? AND later.line_id <> mine.line_id"
        " AND NOT EXISTS (SELECT 1 FROM ledger_line undo WHERE undo.undoes = later.line_id)",
        (line_id,),
    ).fetchone()
    return int(row[0])


def _in_later_acts(base: Base, line_id: LedgerId) -> int:
    """Count what later acts are about: any act for what was created, corrections alone for what was changed."""
    every, correcting = sorted(UNDOABLE), (Action.CORRECTED, Action.CHANGED)
    row = base.execute(
        "SELECT count(DISTINCT mine.id) FROM ledger_row mine"
        " JOIN ledger_subject subject ON subject.kind = mine.kind AND subject.subject_id = mine.row_id"
        " JOIN ledger_line later ON later.id = subject.line_id"
        f" WHERE mine.line_id = ? AND later.id > ? AND (later.action IN ({', '.join('?' * len(correcting))})"
        f" OR (mine.before IS NULL AND later.action IN ({', '.join('?' * len(every))})))"
        " AND NOT EXISTS (SELECT 1 FROM ledger_line undo WHERE undo.undoes = later.id)",
        (line_id, line_id, *correcting, *every),
    ).fetchone()
    return int(row[0])
