"""Receipting: the small label that tells a family which tablet it took, where the agreement was printed beforehand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tablet_loans.domain.label import Label, NoLabels
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.roles import Permission
from tablet_loans.services import agreeing, labelling
from tablet_loans.services.documents.dates import in_figures
from tablet_loans.services.labelling import LabelOptions, PrintedLabels
from tablet_loans.services.session import Session
from tablet_loans.storage import agreements
from tablet_loans.storage.agreements import LentFacts
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_, tr

RECEIPT_STOCK: Final = "Brother DK-22205"


def print_receipts(session: Session, numbers: Sequence[str], out: Path, options: LabelOptions) -> PrintedLabels:
    """Write a label for each of these open loans into a PDF: tag, serial, loan, due date, helpline, and no name.

    Raises: NotPermitted, UnknownLoan, LoanNotOpen, NoLabels, UnknownStock, StartBeyondSheet, UnknownPrinter,
    CodeDoesNotFit, NotDrawnAsBars, FontLacks, FileTrouble, BaseTrouble.
    """
    session.require(Permission.LEND)
    if not numbers:
        raise NoLabels()
    found = agreeing.open_loans(session.base, LoanFilter(numbers=tuple(numbers)))
    with troubles_spoken(session.base):
        by_number = {each.number: each for each in agreements.said_of(session.base, [loan.id for loan in found])}
        owners = {name: labelling.owner(session, name) for name in {each.campaign for each in by_number.values()}}
    asked = dict.fromkeys(number.strip().upper() for number in numbers)
    labels = [_receipt(by_number[number], *owners[by_number[number].campaign]) for number in asked]
    pages, stock = labelling.write(session, labels, out, options, tr(N_("Hand-over receipts")))
    return PrintedLabels(len(labels), pages, stock, str(out))


def _receipt(lent: LentFacts, authority: str, helpline: str) -> Label:
    serial = tr(N_("S/N {serial}")).format(serial=lent.serial) if lent.serial else ""
    due = tr(N_("Loan {number}, due back on {date}")).format(number=lent.number, date=in_figures(lent.due_on))
    help_ = tr(N_("Help: {helpline}")).format(helpline=helpline) if helpline else ""
    return Label(lent.tag, lent.tag, (authority,) if authority else (), tuple(filter(None, (serial, due, help_))))
