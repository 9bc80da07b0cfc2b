"""Agreements: printed in the order of the register, and signed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.agreement import AgreementEvent, AgreementFacts, AgreementState, step
from tablet_loans.domain.errors import LoanNotOpen, NothingToPrint, UnknownLoan
from tablet_loans.domain.loan import LOAN_WORDS, LoanFilter, LoanState
from tablet_loans.domain.roles import Permission
from tablet_loans.services.documents.agreement import write_agreements
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import agreements, loans, rows
from tablet_loans.storage.database import Base, troubles_spoken

_TOPICS: Final = {Topic.AGREEMENTS, Topic.LOANS}
_UNSEEN: Final = Progress()


@dataclass(frozen=True, slots=True)
class PrintedAgreements:
    """What was printed: how many agreements, on how many pages, in which file."""

    agreements: int
    pages: int
    file: str


def print_agreements(
    session: Session, chosen: LoanFilter, out: Path, progress: Progress = _UNSEEN
) -> Receipt[PrintedAgreements]:
    """Write the agreements of the open loans chosen into one PDF, in the order of the register, and mark them.

    Nothing is marked unless the file is there. Raises: NotPermitted, UnknownLoan, LoanNotOpen, NothingToPrint,
    FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    found = _open_loans(session.base, chosen)
    # Outside the transaction: thousands of pages must not keep the counter waiting.
    pages = write_agreements((_facts(session, row) for row in found), out, progress.step, session.now())
    with session.transaction() as act:
        agreements.mark_printed(session.base, [str(row["number"]) for row in found], act.at)
        return act(
            Action.AGREEMENTS_PRINTED,
            PrintedAgreements(len(found), pages, str(out)),
            topics=_TOPICS,
            about=[(Subject.LOAN, int(row["loan_id"])) for row in found],
            agreements=len(found),
            pages=pages,
            file=out.name,
        )


def sign(session: Session, number: str) -> Receipt[str]:
    """Keep that a loan's agreement came back signed. Raises: NotPermitted, UnknownLoan, LoanNotOpen, StepNotAllowed."""
    session.require(Permission.PRINT_AGREEMENTS)
    with session.transaction() as act:
        if (loan := loans.locked(session.base, number)) is None:
            raise UnknownLoan(loan=number)
        if loan.state is LoanState.CANCELLED:
            raise LoanNotOpen(loan=loan.number, state=LOAN_WORDS[loan.state])
        (row,) = loans.agreement_rows(LoanFilter(numbers=(loan.number,)))
        agreement_id = row["agreement_id"] or 0
        before = rows.current(session.base, "agreement", agreement_id, ["state", "signed_at"])
        state = AgreementState(before["state"]) if before else AgreementState.DRAFTED
        signed = step(state, AgreementEvent.SIGNED)
        act.change(Subject.AGREEMENT, agreement_id, before or {}, {"state": signed.value, "signed_at": act.at})
        return act(
            Action.AGREEMENT_SIGNED,
            loan.number,
            topics=_TOPICS,
            about=[(Subject.LOAN, loan.id), (Subject.DEVICE, loan.device_id), (Subject.PUPIL, loan.pupil_id)],
        )


def _open_loans(base: Base, chosen: LoanFilter) -> list[dict[str, Any]]:
    """Return what the agreements say; each loan named must exist and be open."""
    numbers = tuple(number.strip().upper() for number in chosen.numbers)
    with troubles_spoken(base):
        found = loans.agreement_rows(replace(chosen, is_open=True, numbers=numbers))
        for number in set(numbers).difference(row["number"] for row in found):
            _must_be_open(base, number)
    if not found:
        raise NothingToPrint()
    return found


def _must_be_open(base: Base, number: str) -> None:
    if (loan := loans.find(base, number)) is None:
        raise UnknownLoan(loan=number)
    if loan.state is not LoanState.OPEN:
        raise LoanNotOpen(loan=number, state=LOAN_WORDS[loan.state])


def _facts(session: Session, row: Mapping[str, Any]) -> AgreementFacts:
    return AgreementFacts(
        number=row["number"],
        authority=session.settings.authority,
        campaign=row["campaign"],
        school=row["school"],
        school_uai=row["uai"],
        commune=row["commune"],
        pupil_family_name=row["usage_name"] or row["family_name"],
        pupil_given_name=row["given_name"],
        class_name=row["class_name"],
        kind=row["kind"],
        maker=row["maker"],
        model=row["model"],
        tag=row["tag"],
        serial=row["serial"] or "",
        kit=tuple(row["kit"]),
        lent_on=row["opened_at"].astimezone().date(),
        due_on=row["due_on"],
    )
