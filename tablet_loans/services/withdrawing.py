"""Withdrawing an import: what it created goes, what it changed is again as it was, in turns, as it came."""

from collections.abc import Iterator

from tablet_loans.domain.act import Action, Line, Subject, Undone
from tablet_loans.domain.errors import AlreadyUndone, ImportBuiltOn, NotUndoable
from tablet_loans.domain.roles import Permission
from tablet_loans.services.importing import Meter, alone, begun
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import ledger, staging, withdrawals
from tablet_loans.storage.database import Base
from tablet_loans.storage.staging import ChangedRow, DeletedRow, Load, Run

_TOPICS = {Topic.DEVICES, Topic.PUPILS, Topic.SCHOOLS, Topic.NEEDS}


def withdraw(session: Session, line: Line, progress: Progress | None = None) -> Receipt[Undone]:
    """Undo an import, all of it or nothing; `kept` counts rows that somebody took up while it was being written.

    It can be cancelled until its ledger line is there. Raises: NotPermitted, ImportUnderWay, AlreadyUndone,
    NotUndoable when what it was before is forgotten, ImportBuiltOn, BaseTrouble, Cancelled.
    """
    session.require(Permission.ROSTER)
    with alone(session):
        with session.base.reading():
            _must_be_withdrawable(session.base, line)
            loads, heads = _loads(session.base, line), withdrawals.heads(session.base)
        meter = Meter(progress or Progress(), sum(withdrawals.counts(session.base, line.id).values()))
        with begun(session) as run:
            staging.stage(session.base, run, loads, meter.reading)
            with session.transaction() as act:
                if ledger.is_undone(session.base, line.id):
                    raise AlreadyUndone()
                if withdrawals.is_touched_since(session.base, line.id, heads):
                    raise ImportBuiltOn(count=withdrawals.built_on(session.base, line.id) or 1)
                about = [(Subject(kind), row_id) for kind, row_id in line.subjects]
                receipt = act(Action.UNDONE, Undone(line), topics=_TOPICS, about=about, undoes=line.id)
                staging.decide(session.base, run, receipt.ledger_id)
            kept = 0
            for count, lost in staging.roll_forward(session.base, Run(run, receipt.ledger_id)):
                kept += len(lost)
                meter.wrote(count)
            meter.finish()
            return Receipt(Undone(line, kept=kept), receipt.ledger_id, receipt.topics)


def _must_be_withdrawable(base: Base, line: Line) -> None:
    if ledger.is_undone(base, line.id):
        raise AlreadyUndone()
    found = ledger.find(base, line.id)
    if found is None or found[1] is None or not withdrawals.counts(base, line.id):
        raise NotUndoable(action=line.action)
    if count := withdrawals.built_on(base, line.id):
        raise ImportBuiltOn(count=count)


def _loads(base: Base, line: Line) -> list[Load]:
    """Return what is restored, then what is deleted, nothing before what refers to it."""
    tables = withdrawals.DELETED_IN_ORDER
    return [
        *(Load(table, (), _restored(base, line, table), is_kept=False) for table in tables),
        *(Load(table, (), _deleted(base, line, table), is_kept=False) for table in tables),
    ]


def _restored(base: Base, line: Line, table: str) -> Iterator[ChangedRow]:
    return ((0, row_id, {}, before) for row_id, before in withdrawals.changed(base, line.id, table))


def _deleted(base: Base, line: Line, table: str) -> Iterator[DeletedRow]:
    return ((0, row_id) for row_id in withdrawals.created(base, line.id, table))
