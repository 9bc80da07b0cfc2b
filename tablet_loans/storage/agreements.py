"""Agreements: which loans have theirs printed, since when."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from tablet_loans.domain.agreement import AgreementEvent, AgreementState, step
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.storage import loans, rows
from tablet_loans.storage.database import Base

_BATCH: Final = 500


def mark_printed(base: Base, numbers: Sequence[str], at: datetime) -> None:
    """Insert or step the agreements of these loans, a batch at a time."""
    if base.is_server:  # two stations that print the same class mark it one after the other
        base.execute("LOCK TABLE agreement IN EXCLUSIVE MODE")
    first = step(AgreementState.DRAFTED, AgreementEvent.PRINTED).value
    columns = ("loan_id", "state", "version", "printed_at")
    for batch in _batches(numbers):
        found = loans.agreement_rows(LoanFilter(numbers=batch))
        unseen = [row["loan_id"] for row in found if row["agreement_id"] is None]
        rows.insert_many(base, "agreement", columns, ((loan_id, first, 1, at) for loan_id in unseen))
        for row in found:
            if row["agreement_id"] is not None:
                again = step(AgreementState(row["agreement_state"]), AgreementEvent.PRINTED)
                rows.update(base, "agreement", row["agreement_id"], {"state": again.value, "printed_at": at})


def add_printed(base: Base, loan_id: int) -> int:
    """Insert the agreement of a new loan whose sheet was printed before it, and return its id."""
    printed = step(AgreementState.DRAFTED, AgreementEvent.PRINTED).value
    return rows.insert(base, "agreement", {"loan_id": loan_id, "state": printed, "version": 1})


def state_of(base: Base, loan_id: int) -> AgreementState:
    """Return the state of a loan's agreement; without a row it is yet to print."""
    row = base.execute("SELECT state FROM agreement WHERE loan_id = ?", (loan_id,)).fetchone()
    return AgreementState(row[0]) if row else AgreementState.DRAFTED


def _batches(numbers: Sequence[str]) -> Iterator[tuple[str, ...]]:
    remaining = iter(numbers)
    while batch := tuple(islice(remaining, _BATCH)):
        yield batch
