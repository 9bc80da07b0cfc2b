"""Loans: opened, found by number or device, listed by school."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from peewee import JOIN, Value, fn

from tablet_loans.domain.loan import LoanFilter, LoanId, LoanRow, LoanState, ReceivedBy
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import written_name
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.storage import rows
from tablet_loans.storage.campaign_models import Campaign
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import as_date, words
from tablet_loans.storage.loan_models import Agreement, Loan
from tablet_loans.storage.roster_models import Pupil, School
from tablet_loans.storage.stock_models import Device, DeviceModel

_FOUND: Final = (
    "SELECT loan.id, loan.number, loan.device_id, device.tag, loan.pupil_id, loan.campaign_id, loan.kind, loan.state,"
    " loan.due_on, loan.missing_kit, loan.received_by FROM loan JOIN device ON device.id = loan.device_id"
)


@dataclass(frozen=True, slots=True)
class FoundLoan:
    """A loan as an act needs it."""

    id: LoanId
    number: str
    device_id: int
    tag: str
    pupil_id: int
    campaign_id: int
    kind: str
    state: LoanState
    due_on: date
    missing: tuple[str, ...]
    received_by: ReceivedBy


def find(base: Base, number: str) -> FoundLoan | None:
    """Return the loan with this number, or None."""
    return _find(base, number, "")


def locked(base: Base, number: str) -> FoundLoan | None:
    """Return the loan with this number, held until the transaction ends, or None."""
    return _find(base, number, " FOR UPDATE OF loan" if base.is_server else "")


def _find(base: Base, number: str, lock: str) -> FoundLoan | None:
    row = base.execute(f"{_FOUND} WHERE loan.number = ?{lock}", (number.strip().upper(),)).fetchone()
    return _found(row) if row else None


def open_of(base: Base, device_id: int) -> FoundLoan | None:
    """Return the device's open loan, or None."""
    row = base.execute(f"{_FOUND} WHERE loan.device_id = ? AND loan.state = 'open'", (device_id,)).fetchone()
    return _found(row) if row else None


def open_of_pupil(base: Base, pupil_id: int, kind: str) -> FoundLoan | None:
    """Return the pupil's open loan of a kind of device, or None."""
    where = "WHERE loan.pupil_id = ? AND loan.kind = ? AND loan.state = 'open'"
    row = base.execute(f"{_FOUND} {where}", (pupil_id, kind)).fetchone()
    return _found(row) if row else None


def last_of(base: Base, device_id: int) -> FoundLoan | None:
    """Return the device's newest loan that was not cancelled, or None."""
    where = "WHERE loan.device_id = ? AND loan.state <> 'cancelled' ORDER BY loan.id DESC LIMIT 1"
    row = base.execute(f"{_FOUND} {where}", (device_id,)).fetchone()
    return _found(row) if row else None


def must_keep_names(base: Base) -> None:
    """Accept a base that keeps who took a device in hand, since 0003. Raises: UpgradeNeeded."""
    if all(column.name != "received_name" for column in base.database.get_columns("loan")):
        raise UpgradeNeeded()


def open_loan(base: Base, **values: object) -> LoanId:
    """Insert an open loan and return its id."""
    return LoanId(rows.insert(base, "loan", {"state": LoanState.OPEN.value, **values}))


def _found(row: Any) -> FoundLoan:
    due_on = cast(date, as_date(row[8]))
    values = (*row[:7], LoanState(row[7]), due_on, words(row[9]), ReceivedBy(row[10]))
    return FoundLoan(*values)


def _filtered(query: Any, chosen: LoanFilter) -> Any:
    conditions = [
        (chosen.school, School.uai == chosen.school),
        (chosen.campaign, Campaign.name == chosen.campaign),
        (chosen.class_name, Pupil.class_name == chosen.class_name),
        (chosen.is_open or chosen.overdue_on, Loan.state == LoanState.OPEN.value),
        (chosen.overdue_on, Loan.due_on < chosen.overdue_on),
        (chosen.numbers, Loan.number.in_(chosen.numbers)),
    ]
    return query.where(*[condition for is_asked, condition in conditions if is_asked] or [Value(1) == 1])


def _joined(*columns: Any) -> Any:
    return (
        Loan.select(*columns)
        .join(Device)
        .join(DeviceModel)
        .switch(Loan)
        .join(Pupil)
        .join(School)
        .switch(Loan)
        .join(Campaign)
        .switch(Loan)
        .join(Agreement, JOIN.LEFT_OUTER, on=Agreement.loan == Loan.id)
    )


def count(chosen: LoanFilter) -> int:
    """Return how many loans the filter lets through."""
    return int(_filtered(_joined(fn.COUNT(Loan.id)), chosen).scalar())


def block(chosen: LoanFilter, place: Place) -> list[LoanRow]:
    """Return the rows of one block, in the order of the register: school, class, name."""
    query = _filtered(_listed(), chosen)
    order = (School.uai, Pupil.class_name, Pupil.sort_key, Loan.number)
    found = query.order_by(*order).offset(place.start).limit(place.size).tuples()
    return [_loan_row(*row) for row in found]


def of_pupil(pupil_id: int) -> list[LoanRow]:
    """Return a pupil's loans, the newest first."""
    found = _listed().where(Loan.pupil == pupil_id).order_by(Loan.opened_at.desc(), Loan.id.desc()).tuples()
    return [_loan_row(*row) for row in found]


def _listed() -> Any:
    return _joined(
        Loan.id, Loan.number, Device.tag, Device.serial, Loan.kind, DeviceModel.name, Pupil.id, Pupil.family_name,
        Pupil.usage_name, Pupil.given_name, Pupil.class_name, School.uai, School.name, Campaign.name, Loan.state,
        Loan.opened_at, Loan.due_on, Loan.closed_at, fn.COALESCE(Agreement.state, "drafted"),
    )  # fmt: skip


def _loan_row(*row: Any) -> LoanRow:
    values = (*row[:7], written_name(*row[7:10]), *row[10:])
    return LoanRow(*values)


def agreement_rows(chosen: LoanFilter) -> list[dict[str, Any]]:
    """Return what the agreements of these loans say, in the order of the register."""
    query = _filtered(
        _joined(
            Loan.id.alias("loan_id"), Loan.number, Campaign.name.alias("campaign"), School.name.alias("school"),
            School.uai, School.commune, Pupil.family_name, Pupil.usage_name, Pupil.given_name, Pupil.class_name,
            Loan.kind, DeviceModel.maker, DeviceModel.name.alias("model"), Device.tag, Device.serial, DeviceModel.kit,
            Loan.opened_at, Loan.due_on, Agreement.id.alias("agreement_id"),
            Agreement.state.alias("agreement_state"),
        ),
        chosen,
    )  # fmt: skip
    order = (School.uai, Pupil.class_name, Pupil.sort_key, Loan.number)
    return list(query.order_by(*order).dicts())


def register_rows(chosen: LoanFilter) -> list[tuple[Any, ...]]:
    """Return the id, number and school (UAI, name) of these loans, in the order of the register."""
    query = _filtered(_joined(Loan.id, Loan.number, School.uai, School.name), chosen)
    return list(query.order_by(School.uai, Pupil.class_name, Pupil.sort_key, Loan.number).tuples())


def closed_values(state: LoanState, at: datetime) -> dict[str, object]:
    """Return the columns of a loan that ends."""
    return {"state": state.value, "closed_at": at}
