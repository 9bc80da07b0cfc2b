"""Scans: the signed pages that are kept, by loan, and the loan that a paper's code is for."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from tablet_loans.domain.loan import LoanState
from tablet_loans.domain.spare_form import FoundForm
from tablet_loans.storage import loans, rows, wordings
from tablet_loans.storage.database import Base
from tablet_loans.storage.loans import FoundLoan

_OF_LOAN: Final = "FROM agreement_scan JOIN loan ON loan.id = agreement_scan.loan_id WHERE loan.number = ?"
_OF_PUPIL: Final = (
    "SELECT number, state FROM loan WHERE pupil_id = ? AND campaign_id = ? AND kind = ? AND state <> 'cancelled'"
    " ORDER BY id"
)
_SPARE: Final = (
    "SELECT spare_form.id, spare_form.code, campaign.name, loan.number FROM spare_form"
    " JOIN campaign ON campaign.id = spare_form.campaign_id LEFT JOIN loan ON loan.id = spare_form.loan_id"
)
_MOST_NAME: Final = 255


def digests(base: Base, loan_id: int) -> set[str]:
    """Return the digests of the pages that are kept for a loan."""
    return {row[0] for row in base.execute("SELECT sha256 FROM agreement_scan WHERE loan_id = ?", (loan_id,))}


def count(base: Base, number: str) -> int:
    """Return how many pages are kept for the loan with this number."""
    return int(base.execute(f"SELECT count(*) {_OF_LOAN}", (number.strip().upper(),)).fetchone()[0])


def contents(base: Base, number: str) -> Iterator[bytes]:
    """Yield the pages kept for the loan with this number, in order, one at a time."""
    query = f"SELECT agreement_scan.id {_OF_LOAN} ORDER BY agreement_scan.page, agreement_scan.id"
    for (scan_id,) in base.execute(query, (number.strip().upper(),)).fetchall():
        (content,) = base.execute("SELECT content FROM agreement_scan WHERE id = ?", (scan_id,)).fetchone()
        yield bytes(content)


def add(
    base: Base, loan_id: int, content: bytes, *, media: str, sha256: str, file_name: str, at: datetime, by: str
) -> int:
    """Keep one more page of a loan, after those kept before, and return its id."""
    last = base.execute("SELECT max(page) FROM agreement_scan WHERE loan_id = ?", (loan_id,)).fetchone()[0]
    values = {
        "loan_id": loan_id, "page": (last or 0) + 1, "media": media, "content": content, "sha256": sha256,
        "file_name": file_name[:_MOST_NAME], "attached_at": at, "attached_by": by,
    }  # fmt: skip
    return rows.insert(base, "agreement_scan", values)


def of_sheet(base: Base, pupil_id: int, campaign_id: int, kind: str) -> Sequence[FoundLoan]:
    """Return the loan that a sheet became: the pupil's open one, else those that ended."""
    found = base.execute(_OF_PUPIL, (pupil_id, campaign_id, kind)).fetchall()
    chosen = [row for row in found if row[1] == LoanState.OPEN] or found
    return [loan for row in chosen if (loan := loans.find(base, row[0])) is not None]


def of_spare(base: Base, code: str) -> FoundLoan | None:
    """Return the loan that a blank agreement became, or None."""
    form = spare(base, code)
    return None if form is None or form.loan is None else loans.find(base, form.loan)


def spare(base: Base, code: str, *, is_locked: bool = False) -> FoundForm | None:
    """Return the blank agreement with this code, held until the transaction ends where asked, or None."""
    if not wordings.are_here(base):  # a base of the version before reserved none
        return None
    lock = " FOR UPDATE OF spare_form" if is_locked and base.is_server else ""
    row = base.execute(f"{_SPARE} WHERE spare_form.code = ?{lock}", (code.strip().upper(),)).fetchone()
    return None if row is None else FoundForm(*row)
