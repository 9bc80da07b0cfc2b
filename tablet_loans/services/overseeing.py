"""Overseeing: which school's agreements are to print, printed and signed; one that comes back is scanned and closed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.barcode import on_sheet, readings
from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.errors import UnknownLoan, UnknownPupil
from tablet_loans.domain.filing import Paper, PaperCode, code_in
from tablet_loans.domain.oversight import (
    ClassPapers,
    FormNotUsed,
    NoLoanYet,
    NotAnAgreement,
    PaperFate,
    SchoolPapers,
    SeveralLoans,
    SignedPaper,
    UnsignedLoan,
)
from tablet_loans.domain.pupil import written_name
from tablet_loans.domain.roles import Permission
from tablet_loans.services import agreeing, attaching, lending, undoing
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Receipt, Session
from tablet_loans.storage import agreement_counts, loans, scans, sheets
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.loans import FoundLoan

_LENT_BEFOREHAND: Final = DeviceKind.TABLET.value
_MOST_TOLD: Final = 40


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school's classes, and its loans without a signature."""

    classes: tuple[ClassPapers, ...]
    unsigned: tuple[UnsignedLoan, ...]


def papers(session: Session, campaign: str) -> list[SchoolPapers]:
    """Return how far the agreements of each school have come that was promised or lent something in a campaign.

    Raises: NotPermitted, UnknownCampaign, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        return agreement_counts.by_school(session.base, running.id, _LENT_BEFOREHAND, session.today())


def papers_of(session: Session, campaign: str, school: str) -> SchoolView:
    """Return how far the agreements of a school's classes have come, and what it was lent without a signature.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        running, uai = lending.chosen_campaign(session, campaign), known_school(session, school).uai
        classes = agreement_counts.by_class(session.base, running.id, _LENT_BEFOREHAND, session.today(), uai)
        return SchoolView(tuple(classes), tuple(agreement_counts.unsigned(session.base, running.id, uai)))


def sign_scanned(session: Session, raw: str) -> Receipt[SignedPaper]:
    """Close the agreement whose code was scanned: its loan's, its pupil's or that of a blank one; say whose it is.

    The code proves that it was printed. What was signed before stays as it was, and is told. Raises: NotPermitted,
    NotAnAgreement, NoLoanYet, FormNotUsed, SeveralLoans, UnknownLoan, UnknownPupil, LoanNotOpen, BaseTrouble.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        code = _paper_in(raw)
        loan = _loan_of(session, code)
        proof = attaching.proof_of(session, [code], loan)
    _, is_signed, ledger_id = attaching.keep_with(session, loan.number, (), "", proof)
    with troubles_spoken(session.base):
        paper = agreement_counts.whose(session.base, loan.number, PaperFate.SIGNED if is_signed else PaperFate.BEFORE)
    return Receipt(paper, ledger_id, attaching.TOPICS if is_signed else frozenset())


def sign_seen(session: Session, number: str) -> Receipt[SignedPaper]:
    """Keep that a loan's agreement was seen signed, without its scan.

    Raises: NotPermitted, UnknownLoan, LoanNotOpen, StepNotAllowed, BaseTrouble.
    """
    receipt = agreeing.sign(session, number)
    with troubles_spoken(session.base):
        paper = agreement_counts.whose(session.base, receipt.value, PaperFate.SIGNED)
    return Receipt(paper, receipt.ledger_id, receipt.topics)


def sign_with_scan(session: Session, number: str, path: Path) -> Receipt[SignedPaper]:
    """Keep a scan's pages with a loan, whose agreement is signed from then on, if it was not.

    Raises: NotPermitted, UnknownLoan, LoanNotOpen, OtherLoansPage, StepNotAllowed, FileMissing, FileUnreadable,
    WrongFile, UpgradeNeeded, BaseTrouble.
    """
    receipt = attaching.sign_with_scan(session, number, path)
    with troubles_spoken(session.base):
        paper = agreement_counts.whose(session.base, receipt.value, PaperFate.SIGNED)
    return Receipt(paper, receipt.ledger_id, receipt.topics)


def take_back(session: Session, ledger_id: LedgerId, number: str) -> Receipt[SignedPaper]:
    """Undo the act that signed a loan's agreement, and say whose it is.

    Raises: NotPermitted, AlreadyUndone, NotUndoable, ChangedSince, NothingToUndo, BaseTrouble.
    """
    receipt = undoing.undo(session, ledger_id)
    with troubles_spoken(session.base):
        paper = agreement_counts.whose(session.base, number, PaperFate.TAKEN_BACK)
    return Receipt(paper, receipt.ledger_id, receipt.topics)


def _paper_in(raw: str) -> PaperCode:
    """Return the code of the agreement that was scanned, repaired where the keyboard's layout spoiled it."""
    for text in (raw, *(each.code for each in readings(raw))):
        if (code := code_in(text)) is not None:
            return code
    raise NotAnAgreement(code=raw.strip()[:_MOST_TOLD])


def _loan_of(session: Session, code: PaperCode) -> FoundLoan:
    if code.paper is Paper.LOAN:
        if (loan := loans.find(session.base, code.text)) is None:
            raise UnknownLoan(loan=code.text)
        return loan
    if code.paper is Paper.SPARE:
        if (loan := scans.of_spare(session.base, code.text)) is None:
            raise FormNotUsed(code=code.text)
        return loan
    return _loan_of_sheet(session, code.text)


def _loan_of_sheet(session: Session, code: str) -> FoundLoan:
    pupil_id, campaign_id = on_sheet(code) or (0, 0)
    if not (pupils := sheets.said_of(session.base, [pupil_id])):
        raise UnknownPupil(pupil=code)
    pupil = written_name(pupils[0].family_name, pupils[0].usage_name, pupils[0].given_name)
    found = scans.of_sheet(session.base, pupil_id, campaign_id, _LENT_BEFOREHAND)
    if not found:
        raise NoLoanYet(pupil=pupil)
    if len(found) > 1:
        raise SeveralLoans(pupil=pupil)
    return found[0]
