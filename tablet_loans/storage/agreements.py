"""Agreements: which loans have theirs printed, since when."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final

from tablet_loans.domain.agreement import AgreementEvent, AgreementState, step
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.storage import loans, rows
from tablet_loans.storage.database import Base
from tablet_loans.storage.turns import in_turns

_BATCH: Final = 20


def mark_printed(base: Base, numbers: Sequence[str], at: datetime) -> None:
    """Insert or step the agreements of these loans in turns: the counter does not wait for a whole school's."""
    for _ in in_turns(base, _batches(numbers), partial(_mark, base, at)):
        pass


def _mark(base: Base, at: datetime, numbers: tuple[str, ...]) -> None:
    if base.is_server:  # two stations that print the same class mark it one after the other
        base.execute("LOCK TABLE agreement IN EXCLUSIVE MODE")
    first = step(AgreementState.DRAFTED, AgreementEvent.PRINTED).value
    found = loans.agreement_rows(LoanFilter(numbers=numbers))
    unseen = [row["loan_id"] for row in found if row["agreement_id"] is None]
    columns = ("loan_id", "state", "version", "printed_at")
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
