"""Noting what the counter learns just after an act: who took the tablet, its condition, what lacks."""

from collections.abc import Sequence
from dataclasses import replace

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.device import Condition, DeviceState
from tablet_loans.domain.errors import ChangedSince, LoanNotOpen, UnknownLoan
from tablet_loans.domain.loan import LOAN_WORDS, LONGEST_NAME, LoanState, ReceivedBy
from tablet_loans.domain.roles import Permission
from tablet_loans.services.lending import Handover, kit_items
from tablet_loans.services.session import Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import devices, loans, rows
from tablet_loans.storage.devices import FoundDevice
from tablet_loans.storage.loans import FoundLoan

_TOPICS = {Topic.LOANS, Topic.DEVICES}


@settled
def note_hand_over(
    session: Session,
    done: Handover,
    *,
    received_by: ReceivedBy | None = None,
    received_name: str | None = None,
    missing: Sequence[str] | None = None,
) -> Receipt[Handover]:
    """Keep who took an open loan's device away, and which accessories stayed; None leaves as it is.

    Raises: NotPermitted, UnknownLoan, LoanNotOpen, UnknownKitItem, BaseTrouble.
    """
    session.require(Permission.LEND)
    with session.transaction() as act:
        loan, device = _locked(session, done)
        if loan.state is not LoanState.OPEN:
            raise LoanNotOpen(loan=loan.number, state=LOAN_WORDS[loan.state])
        name = None if received_name is None else received_name[:LONGEST_NAME]
        name = None if name == done.received_name else name
        if name is not None:
            loans.must_keep_names(session.base)
        kept = None if missing is None else kit_items(device, missing)
        _change(session, act, loan, received_by=received_by, received_name=name, missing_kit=kept)
        _change_device(act, device, missing_kit=kept)
        noted = replace(
            done,
            missing=done.missing if kept is None else kept,
            received_by=received_by or done.received_by,
            received_name=done.received_name if name is None else name,
        )
        return act(Action.NOTED, noted, topics=_TOPICS, about=[(Subject.PUPIL, loan.pupil_id)])


@settled
def note_return(
    session: Session, done: Handover, *, condition: Condition | None = None, missing: Sequence[str] | None = None
) -> Receipt[Handover]:
    """Keep how a device came back, which waits to be prepared since; None leaves as it is.

    Raises: NotPermitted, UnknownLoan, ChangedSince, UnknownKitItem, BaseTrouble.
    """
    session.require(Permission.LEND)
    with session.transaction() as act:
        loan, device = _locked(session, done)
        newest = loans.last_of(session.base, device.id)
        if device.state is not DeviceState.TO_PREPARE or newest is None or newest.id != loan.id:
            raise ChangedSince(subject=Subject.DEVICE.value)
        kept = None if missing is None else kit_items(device, missing)
        _change(session, act, loan, condition_in=condition, missing_kit=kept)
        _change_device(act, device, condition=condition, missing_kit=kept)
        noted = replace(done, condition=condition or done.condition, missing=done.missing if kept is None else kept)
        return act(Action.NOTED, noted, topics=_TOPICS, about=[(Subject.PUPIL, loan.pupil_id)])


def _locked(session: Session, done: Handover) -> tuple[FoundLoan, FoundDevice]:
    loan, device = loans.locked(session.base, done.number), devices.locked(session.base, done.tag)
    if loan is None or device is None:
        raise UnknownLoan(loan=done.number)
    return loan, device


def _change(session: Session, act: Recorder, loan: FoundLoan, **values: object) -> None:
    after = {column: value for column, value in values.items() if value is not None}
    before = rows.current(session.base, "loan", loan.id, list(after)) if after else None
    act.change(Subject.LOAN, loan.id, before or {}, after)


def _change_device(act: Recorder, device: FoundDevice, **values: object) -> None:
    after = {column: value for column, value in values.items() if value is not None}
    act.change(Subject.DEVICE, device.id, {column: getattr(device, column) for column in after}, after)
