"""What MDMs were asked, and how the fleet stands in them, in figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tablet_loans.domain.enrolment import Enrolment, MdmAct, TaskState
from tablet_loans.domain.mdm_outcome import Standing
from tablet_loans.domain.mdm_task import TaskId, TaskRow
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tablet_loans.storage.enrolments import TELLING
from tablet_loans.storage.fields import from_microseconds, to_microseconds
from tablet_loans.storage.searching import in_bites

_WAITING: Final = (TaskState.ASKED.value, TaskState.ACCEPTED.value)
_BEST_FIRST: Final = (
    Enrolment.ENROLLED, Enrolment.STALE, Enrolment.PENDING, Enrolment.UNENROLLED, Enrolment.NEVER_SEEN,
)  # fmt: skip
_COLUMNS: Final = (
    "task.id, account.name, device.tag, task.device_id, task.external_id, task.act, task.state, task.asked_at,"
    " task.asked_by, task.second_by, task.reference, task.told_at, task.reason"
)
_TABLES: Final = (
    "FROM mdm_task task JOIN mdm_account account ON account.id = task.account_id"
    " JOIN device ON device.id = task.device_id"
)


def update_account(base: Base, account_id: int, values: Mapping[str, object]) -> None:
    """Write where an MDM stands."""
    rows.update(base, "mdm_account", account_id, values)


def add(base: Base, values: Mapping[str, object]) -> TaskId:
    """Keep a task that is about to be asked, and return its id."""
    return TaskId(rows.insert(base, "mdm_task", values))


def keep_words(base: Base, task: TaskId, reference: str, reason: str) -> None:
    """Keep an MDM's own words beside the ledger, which nobody could ever clear of a name."""
    rows.update(base, "mdm_task", task, {"reference": reference, "reason": reason})


def locked(base: Base, task: TaskId) -> tuple[TaskState, int]:
    """Return a task's state and device, held until the transaction ends."""
    lock = " FOR UPDATE" if base.is_server else ""
    state, device = base.execute(f"SELECT state, device_id FROM mdm_task WHERE id = ?{lock}", (task,)).fetchone()
    return TaskState(state), int(device)


def listed(
    base: Base, *, mdm: str = "", device_id: int | None = None, start: int = 0, size: int = 200
) -> list[TaskRow]:
    """Return a block of tasks, the newest first: of one MDM, or of one device, where it is said."""
    where, values = ["1 = 1"], list[object]()
    if device_id is not None:
        where.append("task.device_id = ?")
        values.append(device_id)
    if mdm:
        where.append("account.name = ?")
        values.append(mdm)
    order = " ORDER BY task.id DESC LIMIT ? OFFSET ?"
    found = base.execute(
        f"SELECT {_COLUMNS} {_TABLES} WHERE {' AND '.join(where)}{order}", (*values, size, start)
    ).fetchall()
    return [_task(row) for row in found]


def unanswered(base: Base, account_id: int) -> list[TaskRow]:
    """Return all tasks of an MDM whose end is not known, the newest first."""
    found = base.execute(
        f"SELECT {_COLUMNS} {_TABLES} WHERE task.account_id = ? AND task.state IN (?, ?) ORDER BY task.id DESC",
        (account_id, *_WAITING),
    ).fetchall()
    return [_task(row) for row in found]


def of(base: Base, ids: Sequence[TaskId]) -> list[TaskRow]:
    """Return these tasks, the newest first."""
    found: list[TaskRow] = []
    for some in in_bites(ids):
        query = f"SELECT {_COLUMNS} {_TABLES} WHERE task.id IN ({', '.join('?' * len(some))})"
        found += map(_task, base.execute(query, tuple(some)).fetchall())
    return sorted(found, key=lambda task: task.id, reverse=True)


def abandoned(base: Base, account_id: int, silent_since: datetime) -> list[TaskId]:
    """Return what was asked and never answered, where nothing asked with it was answered since either."""
    found = base.execute(
        "SELECT task.id FROM mdm_task task WHERE task.account_id = ? AND task.state = ? AND task.asked_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM mdm_task other WHERE other.account_id = task.account_id"
        " AND other.asked_at = task.asked_at AND other.told_at >= ?) ORDER BY task.id",
        (account_id, TaskState.ASKED.value, *[to_microseconds(silent_since)] * 2),
    ).fetchall()
    return [TaskId(row[0]) for row in found]


def is_wipe_waiting(base: Base, device_id: int, since: datetime) -> bool:
    """Say whether an MDM was asked since then to wipe the device, and has not told what became of it."""
    found = base.execute(
        "SELECT 1 FROM mdm_task WHERE device_id = ? AND act = ? AND asked_at >= ? AND state IN (?, ?)",
        (device_id, MdmAct.WIPE.value, to_microseconds(since), *_WAITING),
    )
    return found.fetchone() is not None


def accepted(base: Base, account_id: int) -> list[tuple[TaskRow, Standing | None]]:
    """Return what an MDM accepted, oldest first, with what it told last of each device, None for nothing."""
    found = base.execute(
        f"SELECT {_COLUMNS}, record.id, record.gone_at, record.is_enrolled, record.is_lost, record.owner"
        f" {_TABLES} LEFT JOIN external_record record ON record.account_id = task.account_id"
        " AND record.external_id = task.external_id WHERE task.account_id = ? AND task.state = ? ORDER BY task.id",
        (account_id, TaskState.ACCEPTED.value),
    ).fetchall()
    return [(_task(row[:13]), None if row[13] is None else _standing(row[14:])) for row in found]


def _standing(row: Sequence[Any]) -> Standing:
    gone_at, is_enrolled, is_lost, owner = row
    return Standing(gone_at is not None, bool(is_enrolled), None if is_lost is None else bool(is_lost), owner)


def _task(row: Sequence[Any]) -> TaskRow:
    return TaskRow(
        TaskId(row[0]), row[1], row[2], row[3], row[4], MdmAct(row[5]), TaskState(row[6]), from_microseconds(row[7]),
        row[8], row[9], row[10], None if row[11] is None else from_microseconds(row[11]), row[12],
    )  # fmt: skip


def waiting(base: Base) -> int:
    """Return how many tasks wait for an answer."""
    return int(base.execute("SELECT count(*) FROM mdm_task WHERE state IN (?, ?)", _WAITING).fetchone()[0])


def states(base: Base, silent_since: datetime) -> tuple[dict[str, int], int]:
    """Return how many devices of the register stand how in the MDMs, and how many records are of none of them.

    A device told of twice counts once, where it stands best; an MDM that tells ownership alone says nothing of it.
    """
    ranks = " ".join(f"WHEN enrolment = '{state}' THEN {rank}" for rank, state in enumerate(_BEST_FIRST))
    best = (
        f"SELECT record.device_id, min(CASE WHEN enrolment = '{Enrolment.ENROLLED}' AND last_seen_at < ?"
        f" THEN {_BEST_FIRST.index(Enrolment.STALE)} {ranks} END) AS rank"
        " FROM external_record record JOIN mdm_account account ON account.id = record.account_id"
        f" WHERE gone_at IS NULL AND closed_at IS NULL AND provider IN ({', '.join('?' * len(TELLING))})"
        " AND device_id IS NOT NULL GROUP BY record.device_id"
    )
    asked = (to_microseconds(silent_since), *TELLING)
    told = base.execute(f"SELECT rank, count(*) FROM ({best}) AS best GROUP BY rank ORDER BY rank", asked).fetchall()
    loose = base.execute(
        "SELECT count(*) FROM external_record record JOIN mdm_account account ON account.id = record.account_id"
        " WHERE gone_at IS NULL AND closed_at IS NULL AND device_id IS NULL"
    ).fetchone()
    return {_BEST_FIRST[rank].value: count for rank, count in told}, int(loose[0])


def lent(base: Base) -> tuple[int, int]:
    """Return how many devices are lent, and how many of them are enrolled."""
    row = base.execute(
        "SELECT count(*), count(CASE WHEN EXISTS (SELECT 1 FROM external_record record"
        " WHERE record.device_id = loan.device_id AND record.gone_at IS NULL AND record.is_enrolled) THEN 1 END)"
        " FROM loan WHERE loan.state = 'open'"
    ).fetchone()
    return int(row[0]), int(row[1])
