"""What MDMs were asked, and how the fleet stands in them, in figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tablet_loans.domain.enrolment import Enrolment, MdmAct, TaskState
from tablet_loans.domain.mdm_task import TaskId, TaskRow
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds, to_microseconds

_WAITING: Final = (TaskState.ASKED.value, TaskState.ACCEPTED.value)
_TASKS: Final = (
    "SELECT task.id, account.name, device.tag, task.device_id, task.external_id, task.act, task.state, task.asked_at,"
    " task.asked_by, task.second_by, task.reference, task.told_at, task.reason FROM mdm_task task"
    " JOIN mdm_account account ON account.id = task.account_id JOIN device ON device.id = task.device_id"
)


def update_account(base: Base, account_id: int, values: Mapping[str, object]) -> None:
    """Write where an MDM stands."""
    rows.update(base, "mdm_account", account_id, values)


def add(base: Base, values: Mapping[str, object]) -> TaskId:
    """Keep a task that is about to be asked, and return its id."""
    return TaskId(rows.insert(base, "mdm_task", values))


def device_of(base: Base, task: TaskId) -> int:
    """Return the device that a task is about."""
    return int(base.execute("SELECT device_id FROM mdm_task WHERE id = ?", (task,)).fetchone()[0])


def listed(
    base: Base, *, mdm: str = "", device_id: int | None = None, is_waiting: bool = False, start: int = 0,
    size: int = 200,
) -> list[TaskRow]:  # fmt: skip
    """Return tasks, the newest first: of one MDM, of one device, or those that wait for an answer, where it is said."""
    where, values = ["1 = 1"], list[object]()
    if device_id is not None:
        where.append("task.device_id = ?")
        values.append(device_id)
    if mdm:
        where.append("account.name = ?")
        values.append(mdm)
    if is_waiting:
        where.append("task.state IN (?, ?)")
        values += _WAITING
    order = " ORDER BY task.id DESC LIMIT ? OFFSET ?"
    found = base.execute(f"{_TASKS} WHERE {' AND '.join(where)}{order}", (*values, size, start)).fetchall()
    return [_task(row) for row in found]


def _task(row: Sequence[Any]) -> TaskRow:
    return TaskRow(
        TaskId(row[0]), row[1], row[2], row[3], row[4], MdmAct(row[5]), TaskState(row[6]), from_microseconds(row[7]),
        row[8], row[9], row[10], None if row[11] is None else from_microseconds(row[11]), row[12],
    )  # fmt: skip


def waiting(base: Base) -> int:
    """Return how many tasks wait for an answer."""
    return int(base.execute("SELECT count(*) FROM mdm_task WHERE state IN (?, ?)", _WAITING).fetchone()[0])


def states(base: Base, silent_since: datetime) -> tuple[dict[str, int], int]:
    """Return how many devices of the register stand how in the MDMs, and how many records are of none of them."""
    found: dict[str, int] = {}
    query = (
        "SELECT enrolment, last_seen_at IS NOT NULL AND last_seen_at < ?, device_id IS NULL, count(*)"
        " FROM external_record WHERE gone_at IS NULL GROUP BY 1, 2, 3"
    )
    loose = 0
    for state, is_silent, is_loose, count in base.execute(query, (to_microseconds(silent_since),)).fetchall():
        if is_loose:
            loose += count
            continue
        is_stale = bool(is_silent) and state == Enrolment.ENROLLED
        name = Enrolment.STALE.value if is_stale else state
        found[name] = found.get(name, 0) + count
    return found, loose


def lent(base: Base) -> tuple[int, int]:
    """Return how many devices are lent, and how many of them are enrolled."""
    row = base.execute(
        "SELECT count(*), count(CASE WHEN EXISTS (SELECT 1 FROM external_record record"
        " WHERE record.device_id = loan.device_id AND record.gone_at IS NULL AND record.is_enrolled) THEN 1 END)"
        " FROM loan WHERE loan.state = 'open'"
    ).fetchone()
    return int(row[0]), int(row[1])
