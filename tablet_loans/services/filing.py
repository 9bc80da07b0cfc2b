"""Filing: signed agreements come back as a pile; each page is kept with its loan, which is signed from then on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.agreement import AgreementState
from tablet_loans.domain.barcode import on_sheet
from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.errors import LoanNotOpen
from tablet_loans.domain.filing import (
    TO_LOOK_AT,
    FiledPage,
    Leaf,
    PageFate,
    PageRead,
    Paper,
    PaperCode,
    PileReport,
    leaves,
)
from tablet_loans.domain.loan import LoanState
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FileTrouble, reason_of
from tablet_loans.services.attaching import TOPICS, Files, KeptPage, drawn, keep_with, proof_of
from tablet_loans.services.session import Cancelled, Progress, Receipt, Session
from tablet_loans.storage import agreements, loans, scans, sheets, wordings
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.loans import FoundLoan
from tablet_loans.storage.turns import spaced

_LENT_BEFOREHAND: Final = DeviceKind.TABLET.value
_UNSEEN: Final = Progress()


@dataclass(frozen=True, slots=True)
class _Ready:
    """An agreement of the pile, ready to be filed: its loan and its pages, or why it is filed nowhere."""

    leaf: Leaf
    loan: FoundLoan | None = None
    fate: PageFate | None = None
    kept: tuple[KeptPage, ...] = ()


def file_pile(
    session: Session,
    paths: Sequence[Path],
    *,
    pages_each: int | None = None,
    looks: Path | None = None,
    is_dry_run: bool = False,
    progress: Progress = _UNSEEN,
) -> Receipt[PileReport]:
    """Keep each page of a pile with the loan whose code it bears, sign the agreements, and say what became of each.

    `pages_each` says how many pages an agreement has, where the pile itself does not prove it; `looks` is a folder for
    small pictures of the pages that nobody could place. Each agreement is an act of its own, which can be undone; what
    was filed before the pile was stopped stays, and filing it again adds only what lacks. Raises: NotPermitted,
    FileMissing, FileUnreadable, WrongFile, FileTrouble, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        wordings.must_be_here(session.base)
    if looks is not None:
        _make_folder(looks)
    files, report = Files(paths), PileReport()
    filed: set[int] = set()
    try:
        piles_read = _read(files, progress)
        pages = sum(map(len, piles_read))
        ready = _made_ready(session, files, piles_read, pages_each)
        seen: dict[int, set[str]] = {}
        for each in ready if is_dry_run else spaced(session.base, ready):
            told = _foreseen(session, each, seen) if is_dry_run else _filed(session, each, paths)
            _tell(report, each, told, paths, filed)
            if looks is not None and each.fate in TO_LOOK_AT:
                _save_looks(files, each.leaf, looks)
            progress.step(pages + report.pages, 2 * pages)
    except (Cancelled, FileTrouble):
        if filed and not is_dry_run:
            _end(session, report, len(paths), filed)
        raise
    finally:
        files.close()
    return Receipt(report, LedgerId(""), frozenset()) if is_dry_run else _end(session, report, len(paths), filed)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileTrouble(path=str(folder), reason=reason_of(error)) from error


def _read(files: Files, progress: Progress) -> list[list[PageRead]]:
    """Return the pages of each pile: a file of several pages is one, pictures one after the other are one together."""
    counts = [files.at(place).count for place in range(len(files.paths))]
    found: list[list[PageRead]] = []
    done, total = 0, 2 * sum(counts)
    for place, count in enumerate(counts):
        is_alone = count > 1 or place == 0 or counts[place - 1] > 1
        if is_alone:
            found.append([])
        for page in range(1, count + 1):
            found[-1].append(files.at(place).read(page))
            done += 1
            progress.step(done, total)
    return found


def _made_ready(
    session: Session, files: Files, piles_read: Sequence[Sequence[PageRead]], pages_each: int | None
) -> Iterator[_Ready]:
    """Yield each agreement with its loan and its pages, drawn outside of any transaction."""
    from tablet_loans.services.documents.piles import PageLost

    for pile in piles_read:
        for leaf in leaves(pile, pages_each):
            with troubles_spoken(session.base):
                found = _placed(session, leaf)
            if isinstance(found, PageFate):
                yield _Ready(leaf, fate=found)
                continue
            try:
                whole = tuple(drawn(files, page) for page in leaf.pages if not page.is_empty)
            except PageLost:
                yield _Ready(leaf, fate=PageFate.UNREADABLE)
            else:
                yield _Ready(leaf, found, kept=whole)


def _placed(session: Session, leaf: Leaf) -> FoundLoan | PageFate:
    """Return the loan of an agreement, or why it is none's; where codes disagree, nothing is guessed."""
    if not leaf.codes:
        if leaf.front.codes:
            return PageFate.FOREIGN
        return PageFate.EMPTY if leaf.front.is_empty else PageFate.UNREADABLE
    found = [_named(session, code) for code in leaf.codes]
    named = {loan.id: loan for loan in found if isinstance(loan, FoundLoan)}
    if len(named) > 1 or (named and len(leaf.codes) > 1 and any(isinstance(each, PageFate) for each in found)):
        return PageFate.SEVERAL
    first = found[0]
    if isinstance(first, FoundLoan) and first.state is LoanState.CANCELLED:
        return PageFate.CANCELLED
    return first


def _named(session: Session, code: PaperCode) -> FoundLoan | PageFate:
    if code.paper is Paper.LOAN:
        return loans.find(session.base, code.text) or PageFate.UNKNOWN
    if code.paper is Paper.SPARE:
        return scans.of_spare(session.base, code.text) or PageFate.NO_LOAN
    pupil_id, campaign_id = on_sheet(code.text) or (0, 0)
    if not sheets.said_of(session.base, [pupil_id]):
        return PageFate.UNKNOWN
    found = scans.of_sheet(session.base, pupil_id, campaign_id, _LENT_BEFOREHAND)
    if len(found) > 1:
        return PageFate.SEVERAL
    return found[0] if found else PageFate.NO_LOAN


def _filed(session: Session, ready: _Ready, paths: Sequence[Path]) -> tuple[PageFate, bool]:
    """File one agreement, and say what became of it and whether it is signed by it."""
    if ready.loan is None or ready.fate is not None:
        return ready.fate or PageFate.UNREADABLE, False
    name = paths[ready.leaf.front.file].name
    try:
        with troubles_spoken(session.base):
            proof = proof_of(session, ready.leaf.codes, ready.loan)
        return keep_with(session, ready.loan.number, ready.kept, name, proof)[:2]
    except LoanNotOpen:  # cancelled meanwhile
        return PageFate.CANCELLED, False


def _foreseen(session: Session, ready: _Ready, seen: dict[int, set[str]]) -> tuple[PageFate, bool]:
    """Say what would become of an agreement of the pile; `seen` are the pages before it that would be kept."""
    if ready.loan is None or ready.fate is not None:
        return ready.fate or PageFate.UNREADABLE, False
    with troubles_spoken(session.base):
        is_unsigned = agreements.state_of(session.base, ready.loan.id) is not AgreementState.SIGNED
        known = scans.digests(session.base, ready.loan.id) | seen.get(ready.loan.id, set())
    is_signed = is_unsigned and ready.loan.id not in seen
    added = {each.sha256 for each in ready.kept} - known
    seen.setdefault(ready.loan.id, set()).update(added)
    if not added and not is_signed:
        return PageFate.AGAIN, False
    return PageFate.DOUBLED if known and added else PageFate.FILED, is_signed


def _tell(
    report: PileReport, ready: _Ready, told: tuple[PageFate, bool], paths: Sequence[Path], filed: set[int]
) -> None:
    fate, is_signed = told
    loan = ready.loan
    version = next((code.version for code in ready.leaf.codes if code.version is not None), None)
    number = loan.number if loan else ready.leaf.codes[0].text if ready.leaf.codes else None
    state = loan.state.value if loan else None
    report.signed += is_signed
    if loan is not None and fate in {PageFate.FILED, PageFate.DOUBLED}:
        filed.add(loan.id)
    for page in ready.leaf.pages:
        became = PageFate.EMPTY if page.is_empty else fate
        report.tell(FiledPage(paths[page.file].name, page.page, became, number, state, version, page.file))


def _save_looks(files: Files, leaf: Leaf, folder: Path) -> None:
    for page in leaf.pages:
        pile = files.at(page.file)
        pile.save_look(page.page, folder / f"{pile.path.stem}-{page.page:04d}.png")


def _end(session: Session, report: PileReport, files: int, filed: set[int]) -> Receipt[PileReport]:
    """Keep what became of the pile as one line, that names no file: a file may bear a pupil's name."""
    with session.transaction() as act:
        return act(
            Action.AGREEMENTS_FILED,
            report,
            topics=set(TOPICS),
            about=[(Subject.LOAN, loan) for loan in sorted(filed)],
            files=files,
            pages=report.pages,
            signed=report.signed,
            kept=report.filed + report.doubled,
            to_look_at=len(report.to_look_at),
        )
