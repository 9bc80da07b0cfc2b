"""What stands beside a difference between MDMs and register: models, dates, and every record ever seen of a device."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tablet_loans.domain.enrolment import Enrolment, MdmAct
from tablet_loans.domain.mdm_task import TaskRow
from tablet_loans.domain.record_seen import RecordSeen
from tablet_loans.storage import mdm_tasks
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds, words
from tablet_loans.storage.searching import in_bites

_RECORD: Final = (
    "SELECT account.name, record.external_id, record.serial, record.imeis, record.enrolment, record.enrolled_at,"
    " record.last_seen_at, record.state, record.is_lost, record.owner, record.name, record.asset_tag,"
    " record.group_name, record.model, record.acts, record.first_seen_at, record.changed_at, record.gone_at"
    " FROM external_record record JOIN mdm_account account ON account.id = record.account_id"
    " WHERE account.closed_at IS NULL AND "
)
_MOST_TASKS: Final = 20


@dataclass(frozen=True, slots=True)
class OfDevice:
    """A device's model, and since when it is lent, if it is."""

    model: str
    lent_at: datetime | None


@dataclass(frozen=True, slots=True)
class OfAccount:
    """How many devices an MDM tells of now, and when it last told something new."""

    devices: int
    changed_at: datetime | None


def of_devices(base: Base, ids: Iterable[int]) -> dict[int, OfDevice]:
    """Return the model of each of these devices, and since when it is lent."""
    found: dict[int, OfDevice] = {}
    for some in in_bites(sorted(set(ids))):
        rows = base.execute(
            "SELECT device.id, model.maker, model.name, loan.opened_at FROM device"
            " JOIN device_model model ON model.id = device.model_id"
            " LEFT JOIN loan ON loan.device_id = device.id AND loan.state = 'open'"
            f" WHERE device.id IN ({', '.join('?' * len(some))})",
            tuple(some),
        ).fetchall()
        found.update((row[0], OfDevice(f"{row[2]} · {row[1]}".strip(" ·"), _moment(row[3]))) for row in rows)
    return found


def of_records(base: Base, external_ids: Iterable[str]) -> dict[tuple[str, str], RecordSeen]:
    """Return the records of these numbers, by MDM and number."""
    found: dict[tuple[str, str], RecordSeen] = {}
    wanted: Sequence[Any] = sorted(set(external_ids))
    for some in in_bites(wanted):
        where = f"record.external_id IN ({', '.join('?' * len(some))})"
        for row in base.execute(_RECORD + where, tuple(some)).fetchall():
            found[row[0], row[1]] = _record(row)
    return found


def of_device(base: Base, device_id: int) -> list[RecordSeen]:
    """Return every record ever seen of a device, those told now before those gone."""
    return _records(base, "record.device_id = ?", device_id)


def of_serial(base: Base, serial: str) -> list[RecordSeen]:
    """Return every record ever seen of a serial number that no device of the register has."""
    return _records(base, "record.device_id IS NULL AND record.serial = ?", serial)


def tasks_of(base: Base, device_id: int) -> list[TaskRow]:
    """Return what was last asked of a device, the newest first."""
    return mdm_tasks.listed(base, device_id=device_id, size=_MOST_TASKS)


def accounts(base: Base) -> Mapping[str, OfAccount]:
    """Return how many devices each MDM tells of now, and when it last told something new, by its name."""
    rows = base.execute(
        "SELECT account.name, count(CASE WHEN record.gone_at IS NULL THEN 1 END), max(record.changed_at)"
        " FROM external_record record JOIN mdm_account account ON account.id = record.account_id"
        " WHERE account.closed_at IS NULL GROUP BY account.name"
    ).fetchall()
    return {row[0]: OfAccount(int(row[1]), _moment(row[2])) for row in rows}


def groups(base: Base) -> list[str]:
    """Return the groups that MDMs tell of now, as they write them: several may stand in one, with commas."""
    return [row[0] for row in base.execute("SELECT DISTINCT group_name FROM external_record WHERE gone_at IS NULL")]


def school_names(base: Base, uais: Iterable[str]) -> dict[str, str]:
    """Return the names of these schools, by UAI."""
    found: dict[str, str] = {}
    wanted: Sequence[Any] = sorted(set(uais))
    for some in in_bites(wanted):
        query = f"SELECT uai, name FROM school WHERE uai IN ({', '.join('?' * len(some))})"
        found.update(base.execute(query, tuple(some)).fetchall())
    return found


def _records(base: Base, where: str, value: object) -> list[RecordSeen]:
    found = [_record(row) for row in base.execute(_RECORD + where, (value,)).fetchall()]
    return sorted(found, key=lambda each: (each.gone_at is not None, -each.changed_at.timestamp(), each.external_id))


def _record(row: Sequence[Any]) -> RecordSeen:
    return RecordSeen(
        row[0], row[1], row[2], words(row[3]), Enrolment(row[4]), _moment(row[5]), _moment(row[6]), row[7],
        bool(row[8]), row[9], row[10], row[11], row[12], row[13], frozenset(MdmAct(name) for name in words(row[14])),
        from_microseconds(row[15]), from_microseconds(row[16]), _moment(row[17]),
    )  # fmt: skip


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_microseconds(stored)
