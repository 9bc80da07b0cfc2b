"""Attaching: signed pages are kept with the loan they are for, and given back when they are asked for."""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.agreement import AgreementEvent, AgreementState, mark_of, step
from tablet_loans.domain.barcode import on_sheet
from tablet_loans.domain.errors import LoanNotOpen, UnknownLoan
from tablet_loans.domain.filing import NoPageKept, NoSuchPage, OtherLoansPage, PageFate, PageRead, Paper, PaperCode
from tablet_loans.domain.loan import LOAN_WORDS, LoanFilter, LoanState
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FileUnreadable
from tablet_loans.domain.wording import AgreementWords
from tablet_loans.services import lending
from tablet_loans.services.session import Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import agreements, campaigns, loans, rows, scans, wordings
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.loans import FoundLoan
from tablet_loans.text import N_

if TYPE_CHECKING:
    from tablet_loans.services.documents.piles import AtHand, Pile

TOPICS: Final = frozenset({Topic.AGREEMENTS, Topic.LOANS})
_PICTURES: Final = frozenset({".jpg", ".jpeg"})


@dataclass(frozen=True, slots=True)
class KeptPages:
    """Signed pages of a loan that were given back: how many, in which file."""

    loan: str
    pages: int
    file: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What the codes on signed pages tell: that it was printed, in which wording, on which blank agreement."""

    is_printed: bool = False
    wording: AgreementWords | None = None
    form: str | None = None


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
    _at_hand: "AtHand | None" = None

    def at(self, place: int) -> "Pile":
        """Return the file at a place, open. Raises: FileMissing, FileUnreadable, WrongFile."""
        from tablet_loans.services.documents import piles

        if self._now is None or self._now[0] != place:
            self.close()
            self._at_hand = self._at_hand or piles.AtHand()
            self._now = (place, self._open.enter_context(piles.opened(self.paths[place], place, self._at_hand)))
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
        with troubles_spoken(session.base):
            for page, code in codes:
                if not _may_be_of(session, code, loan):
                    raise OtherLoansPage(page=page, found=code.text, loan=loan.number)
            proof = proof_of(session, [code for _, code in codes], loan)
        kept = tuple(drawn(files, page) for page in pages)
    except PageLost:
        raise FileUnreadable(path=str(path), reason=N_("it is damaged or cut short")) from None
    finally:
        files.close()
    _, _, ledger_id = keep_with(session, loan.number, kept, path.name, proof)
    return Receipt(loan.number, ledger_id, TOPICS)


def keep_by_hand(session: Session, number: str, path: Path, page: int, turn: int = 0) -> Receipt[str]:
    """Keep one page of a file with the loan that a person named, and sign it; `turn` is by how many degrees it lies.

    A blank agreement that is nobody's yet is the loan's from then on. Raises: NotPermitted, UnknownLoan, LoanNotOpen,
    OtherLoansPage, FormUsed, OtherCampaignsForm, FileMissing, FileUnreadable, WrongFile, UpgradeNeeded, BaseTrouble.
    """
    from tablet_loans.services.documents.piles import PageLost

    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        wordings.must_be_here(session.base)
        if (loan := loans.find(session.base, number)) is None:
            raise UnknownLoan(loan=number.strip()[:40])
    files = Files([path])
    try:
        read = files.at(0).read(page)
        with troubles_spoken(session.base):
            for code in read.own_codes():
                if not _may_be_of(session, code, loan):
                    raise OtherLoansPage(page=page, found=code.text, loan=loan.number)
            told = proof_of(session, read.own_codes(), loan)
        kept = drawn(files, read if read.own_codes() else replace(read, turn=turn))
    except PageLost:
        raise FileUnreadable(path=path.name, reason=N_("it is damaged or cut short")) from None
    finally:
        files.close()
    _, _, ledger_id = keep_with(session, loan.number, (kept,), path.name, replace(told, is_printed=True))
    return Receipt(loan.number, ledger_id, TOPICS)


def look_at(session: Session, path: Path, page: int, dpi: int) -> bytes:
    """Return a page of a file to look at, as a PNG, or nothing when it cannot be drawn.

    Raises: NotPermitted, FileMissing, FileUnreadable, WrongFile.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    files = Files([path])
    try:
        return files.at(0).look(page, dpi)
    finally:
        files.close()


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
    session: Session, number: str, kept: Sequence[KeptPage], file_name: str, proof: Proof
) -> tuple[PageFate, bool, LedgerId]:
    """Keep pages with a loan and sign it, as one act; what was kept before is not kept twice.

    A blank agreement that is nobody's yet is the loan's from then on. Raises: UnknownLoan, LoanNotOpen, FormUsed,
    OtherCampaignsForm, StepNotAllowed, BaseTrouble.
    """
    with session.transaction() as act:
        loan = _locked(session, number)
        _link(act, proof.form, loan)
        known = scans.digests(session.base, loan.id)
        added = {each.sha256: each for each in kept if each.sha256 not in known}
        for each in added.values():
            scan = scans.add(
                session.base, loan.id, each.content, media="image/jpeg", sha256=each.sha256, file_name=file_name,
                at=act.at, by=session.actor.name,
            )  # fmt: skip
            act.created(Subject.AGREEMENT_SCAN, scan, sha256=each.sha256)
        is_signed = _sign(session, act, loan, proof)
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


@settled
def sign_with_form(session: Session, number: str, form: str) -> Receipt[str]:
    """Keep that a loan's agreement is the blank one of that number, filled in and signed away from the counter.

    Raises: NotPermitted, UnknownLoan, LoanNotOpen, UnknownForm, FormUsed, OtherCampaignsForm, UpgradeNeeded,
    BaseTrouble.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with session.transaction() as act:
        wordings.must_be_here(session.base)
        loan = _locked(session, number)
        _link(act, form, loan)
        _sign(session, act, loan, Proof(is_printed=True))
        about = [(Subject.LOAN, loan.id), (Subject.DEVICE, loan.device_id), (Subject.PUPIL, loan.pupil_id)]
        return act(Action.AGREEMENT_SIGNED, loan.number, topics=set(TOPICS), about=about)


def proof_of(session: Session, codes: Sequence[PaperCode], loan: FoundLoan) -> Proof:
    """Return what the codes on a loan's signed pages tell of them."""
    told = next((code for code in codes if code.version is not None), None)
    spare = next((code for code in codes if code.paper is Paper.SPARE), None)
    is_free = spare is not None and scans.of_spare(session.base, spare.text) is None
    words = None if told is None else _wording(session, told, loan)
    return Proof(bool(codes), words, spare.text if spare is not None and is_free else None)


def _wording(session: Session, told: PaperCode, loan: FoundLoan) -> AgreementWords | None:
    """Return the wording that a square code tells, where its hash is right."""
    tag = loan.tag if told.paper is Paper.LOAN else ""
    found = wordings.of_any_language(session.base, loan.campaign_id, told.version or 0)
    hashes = ((each, mark_of(told.text, each.version, each.digest, tag).hash) for each in found)
    return next((each for each, right in hashes if right == told.hash), None)


def _locked(session: Session, number: str) -> FoundLoan:
    if (loan := loans.locked(session.base, number)) is None:
        raise UnknownLoan(loan=number)
    if loan.state is LoanState.CANCELLED:
        raise LoanNotOpen(loan=loan.number, state=LOAN_WORDS[loan.state])
    return loan


def _link(act: Recorder, form: str | None, loan: FoundLoan) -> None:
    if form is not None:
        campaign = campaigns.with_id(act.session.base, loan.campaign_id)
        lending.take_form(act, form, loan.id, "" if campaign is None else campaign.name)


def _sign(session: Session, act: Recorder, loan: FoundLoan, proof: Proof) -> bool:
    """Sign the loan's agreement and say whether it was not yet; a page that bears its code proves that it was printed.

    The wording that the signed page tells is the agreement's. Raises: StepNotAllowed.
    """
    (row,) = loans.agreement_rows(LoanFilter(numbers=(loan.number,)))
    state = AgreementState(row["agreement_state"] or AgreementState.DRAFTED)
    if state is AgreementState.SIGNED:
        return False
    is_late = proof.is_printed and state is AgreementState.DRAFTED
    printed = step(state, AgreementEvent.PRINTED) if is_late else state
    signed = step(printed, AgreementEvent.SIGNED)
    agreement_id = row["agreement_id"] or agreements.add_printed(session.base, loan.id)
    after: dict[str, object] = {"state": signed.value, "signed_at": act.at}
    if proof.wording is not None:
        after |= {"wording_id": proof.wording.id, "version": proof.wording.version}
    before = rows.current(session.base, "agreement", agreement_id, list(after)) or {}
    act.change(Subject.AGREEMENT, agreement_id, before, after)
    return True


def _may_be_of(session: Session, code: PaperCode, loan: FoundLoan) -> bool:
    """Say whether a paper may be a loan's; a blank agreement that is nobody's is whose it was filled in for."""
    if code.paper is Paper.SHEET:
        return on_sheet(code.text) == (loan.pupil_id, loan.campaign_id)
    if code.paper is Paper.SPARE:
        found = scans.of_spare(session.base, code.text)
        return found is None or found.id == loan.id
    return code.text == loan.number
