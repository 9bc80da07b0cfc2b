"""What MDMs tell, listed by blocks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from tablet_loans.domain.enrolment import Enrolment
from tablet_loans.domain.external_record import RecordFilter, RecordRow
from tablet_loans.domain.paging import Place
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import from_microseconds

_FROM: Final = (
    " FROM external_record record JOIN mdm_account account ON account.id = record.account_id"
    " LEFT JOIN device ON device.id = record.device_id WHERE account.closed_at IS NULL"
)
_COLUMNS: Final = (
    "record.id, account.name, record.external_id, record.serial, device.tag, record.enrolment, record.enrolled_at,"
    " record.last_seen_at, record.model, record.state, record.is_lost, record.first_seen_at, record.changed_at,"
    " record.gone_at"
)


def count(base: Base, chosen: RecordFilter) -> int:
    """Return how many records the filter lets through."""
    where, values = _where(chosen)
    return int(base.execute(f"SELECT count(*){_FROM}{where}", values).fetchone()[0])


def block(base: Base, chosen: RecordFilter, place: Place) -> list[RecordRow]:
    """Return one block of the records, as they were first told."""
    where, values = _where(chosen)
    query = f"SELECT {_COLUMNS}{_FROM}{where} ORDER BY record.id LIMIT ? OFFSET ?"
    return [_row(row) for row in base.execute(query, (*values, place.size, place.start)).fetchall()]


def _where(chosen: RecordFilter) -> tuple[str, tuple[object, ...]]:
    where = f" AND record.gone_at IS {'NOT ' if chosen.is_gone else ''}NULL"
    values: list[object] = []
    if chosen.mdm:
        where += " AND account.name = ?"
        values.append(chosen.mdm)
    if chosen.enrolment is not None:
        where += " AND record.enrolment = ?"
        values.append(chosen.enrolment.value)
    if chosen.is_known is not None:
        where += f" AND record.device_id IS {'NOT ' if chosen.is_known else ''}NULL"
    return where, tuple(values)


def _row(row: Sequence[Any]) -> RecordRow:
    return RecordRow(
        row[0], row[1], row[2], row[3], row[4] or "", Enrolment(row[5]), _moment(row[6]), _moment(row[7]), row[8],
        row[9], None if row[10] is None else bool(row[10]), from_microseconds(row[11]), from_microseconds(row[12]),
        _moment(row[13]),
    )  # fmt: skip


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_microseconds(stored)
