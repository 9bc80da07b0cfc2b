"""Attaching: signed pages are kept with the loan they are for, and given back when they are asked for."""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.agreement import AgreementEvent, AgreementState, step
from tablet_loans.domain.barcode import on_sheet
from tablet_loans.domain.errors import LoanNotOpen, UnknownLoan
from tablet_loans.domain.filing import NoPageKept, NoSuchPage, OtherLoansPage, PageFate, PageRead, Paper, PaperCode
from tablet_loans.domain.loan import LOAN_WORDS, LoanFilter, LoanState
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FileUnreadable
from tablet_loans.services.session import Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import agreements, loans, rows, scans, wordings
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.loans import FoundLoan
from tablet_loans.text import N_

if TYPE_CHECKING:
    from tablet_loans.services.documents.piles import Pile

TOPICS: Final = frozenset({Topic.AGREEMENTS, Topic.LOANS})
_PICTURES: Final = frozenset({".jpg", ".jpeg"})


@dataclass(frozen=True, slots=True)
class KeptPages:
    """Signed pages of a loan that were given back: how many, in which file."""

    loan: str
    pages: int
    file: str


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it is kept."""

    sha256: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Files:
    """The files of a pile, one open at a time: thousands of pictures are not open together."""

    paths: Sequence[Path]
    _open: ExitStack = field(default_factory=ExitStack)
    _now: "tuple[int, Pile] | None" = None

    def at(self, place: int) -> "Pile":
        """Return the file at a place, open. Raises: FileMissing, FileUnreadable, WrongFile."""
        from tablet_loans.services.documents import piles

        if self._now is None or self._now[0] != place:
            self.close()
            self._now = (place, self._open.enter_context(piles.opened(self.paths[place], place)))
        return self._now[1]

    def close(self) -> None:
        """Close what is open."""
        self._now = None
        self._open.close()


def sign_with_scan(session: Session, number: str, path: Path) -> Receipt[str]:
    """Keep a scan's pages with a loan, whose agreement is signed from then on, if it was not.

    Pages without a code are believed to be the loan's. Raises: NotPermitted, UnknownLoan, LoanNotOpen, OtherLoansPage,
    StepNotAllowed, FileMissing, FileUnreadable, WrongFile, UpgradeNeeded, BaseTrouble.
    """
    from tablet_loans.services.documents.piles import PageLost

    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        wordings.must_be_here(session.base)
        if (loan := loans.find(session.base, number)) is None:
            raise UnknownLoan(loan=number)
    files = Files([path])
    try:
        pages = [files.at(0).read(page) for page in range(1, files.at(0).count + 1)]
        codes = [(page.page, code) for page in pages for code in page.own_codes()]
        for page, code in codes:
            if not _may_be_of(code, loan):
                raise OtherLoansPage(page=page, found=code.text, loan=loan.number)
        kept = tuple(drawn(files, page) for page in pages)
    except PageLost:
        raise FileUnreadable(path=str(path), reason=N_("it is damaged or cut short")) from None
    finally:
        files.close()
    _, _, ledger_id = keep_with(session, loan.number, kept, path.name, is_proved=bool(codes))
    return Receipt(loan.number, ledger_id, TOPICS)


def give_back(session: Session, number: str, out: Path, page: int | None = None) -> KeptPages:
    """Write the signed pages of a loan into a PDF, or one of them as it is kept, into a JPEG.

    Raises: NotPermitted, UnknownLoan, NoPageKept, NoSuchPage, FileTrouble, UpgradeNeeded, BaseTrouble.
    """
    from tablet_loans.services.documents import piles

    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        wordings.must_be_here(session.base)
        if (loan := loans.find(session.base, number)) is None:
            raise UnknownLoan(loan=number)
        count = scans.count(session.base, loan.number)
        if not count:
            raise NoPageKept(loan=loan.number)
        if page is not None and page > count:
            raise NoSuchPage(loan=loan.number, pages=count, page=page)
        is_picture = out.suffix.lower() in _PICTURES
        one = page or (1 if is_picture else None)
        chosen = (
            each for place, each in enumerate(scans.contents(session.base, loan.number), 1) if one in {None, place}
        )
        if is_picture:
            piles.save(next(chosen), out)
            return KeptPages(loan.number, 1, str(out))
        written = piles.bind(chosen, out, title=loan.number, author=session.settings.authority)
    return KeptPages(loan.number, written, str(out))


def drawn(files: Files, page: PageRead) -> KeptPage:
    """Return a page as it is kept. Raises: PageLost, FileTrouble."""
    content = files.at(page.file).kept(page)
    return KeptPage(hashlib.sha256(content).hexdigest(), content)


@settled
def keep_with(
    session: Session, number: str, kept: Sequence[KeptPage], file_name: str, *, is_proved: bool
) -> tuple[PageFate, bool, LedgerId]:
    """Keep pages with a loan and sign it, as one act; what was kept before is not kept twice.

    Raises: UnknownLoan, LoanNotOpen, StepNotAllowed, BaseTrouble.
    """
    with session.transaction() as act:
        if (loan := loans.locked(session.base, number)) is None:
            raise UnknownLoan(loan=number)
        if loan.state is LoanState.CANCELLED:
            raise LoanNotOpen(loan=loan.number, state=LOAN_WORDS[loan.state])
        known = scans.digests(session.base, loan.id)
        added = {each.sha256: each for each in kept if each.sha256 not in known}
        for each in added.values():
            scan = scans.add(
                session.base, loan.id, each.content, media="image/jpeg", sha256=each.sha256, file_name=file_name,
                at=act.at, by=session.actor.name,
            )  # fmt: skip
            act.created(Subject.AGREEMENT_SCAN, scan, sha256=each.sha256)
        is_signed = _sign(session, act, loan, is_proved=is_proved)
        if not added and not is_signed:
            return PageFate.AGAIN, False, LedgerId("")
        receipt = act(
            Action.AGREEMENT_SIGNED if is_signed else Action.PAGE_KEPT,
            loan.number,
            topics=set(TOPICS),
            about=[(Subject.LOAN, loan.id), (Subject.DEVICE, loan.device_id), (Subject.PUPIL, loan.pupil_id)],
            pages=len(added),
        )
        return PageFate.DOUBLED if known and added else PageFate.FILED, is_signed, receipt.ledger_id


def _sign(session: Session, act: Recorder, loan: FoundLoan, *, is_proved: bool) -> bool:
    """Sign the loan's agreement and say whether it was not yet; a page that bears its code proves that it was printed.

    Raises: StepNotAllowed.
    """
    (row,) = loans.agreement_rows(LoanFilter(numbers=(loan.number,)))
    state = AgreementState(row["agreement_state"] or AgreementState.DRAFTED)
    if state is AgreementState.SIGNED:
        return False
    printed = step(state, AgreementEvent.PRINTED) if is_proved and state is AgreementState.DRAFTED else state
    signed = step(printed, AgreementEvent.SIGNED)
    agreement_id = row["agreement_id"] or agreements.add_printed(session.base, loan.id)
    before = rows.current(session.base, "agreement", agreement_id, ["state", "signed_at"]) or {}
    act.change(Subject.AGREEMENT, agreement_id, before, {"state": signed.value, "signed_at": act.at})
    return True


def _may_be_of(code: PaperCode, loan: FoundLoan) -> bool:
    """Say whether a paper may be a loan's; a blank agreement is whose it was filled in for."""
    if code.paper is Paper.SHEET:
        return on_sheet(code.text) == (loan.pupil_id, loan.campaign_id)
    return code.paper is Paper.SPARE or code.text == loan.number
