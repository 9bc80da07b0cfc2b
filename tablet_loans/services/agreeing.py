"""Agreements: printed in the order of the register, for a loan or before it, and signed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.agreement import (
    AgreementEvent,
    AgreementRow,
    AgreementState,
    SignatureState,
    SignedStays,
    step,
)
from tablet_loans.domain.campaign import STATUS_WORDS, CampaignStatus
from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.errors import (
    CampaignNotOpen,
    LoanNotOpen,
    NothingToPrint,
    OtherSchool,
    UnknownLoan,
    UnknownPupil,
)
from tablet_loans.domain.loan import LOAN_WORDS, LoanFilter, LoanState
from tablet_loans.domain.oversight import EVERYTHING, Among, Part
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.sheet import NobodyPromised, NobodyToPrintFor, NoSchoolChosen, why_no_sheet
from tablet_loans.services import drafting, lending
from tablet_loans.services.drafting import Drafts, How
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import agreement_counts, agreements, campaigns, loans, rows, sheets
from tablet_loans.storage.agreements import Listed
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import Base, troubles_spoken
from tablet_loans.storage.pupils import standing as standing_of

_LENT_BEFOREHAND: Final = DeviceKind.TABLET.value
_TOPICS: Final = {Topic.AGREEMENTS, Topic.LOANS}
_UNSEEN: Final = Progress()
_AS_USUAL: Final = How()


@dataclass(frozen=True, slots=True)
class PrintedAgreements:
    """What was printed: how many agreements, on how many pages, in which file."""

    agreements: int
    pages: int
    file: str


def print_agreements(
    session: Session,
    chosen: LoanFilter,
    out: Path,
    progress: Progress = _UNSEEN,
    how: How = _AS_USUAL,
    part: Part = EVERYTHING,
) -> Receipt[PrintedAgreements]:
    """Write the agreements of the open loans chosen into one PDF, in the order of the register, and mark them.

    Those printed before keep their wording, unless reworded; a signed one keeps it always. Nothing is marked unless
    the file is there. Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, UnknownLoan, LoanNotOpen,
    NothingToPrint, SignedStays, ClauseMissing, UnknownField, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    found = open_loans(session.base, known_choice(session, chosen), part)
    if how.is_reworded and chosen.numbers:
        _must_be_unsigned(session.base, found)
    # Outside the transaction: thousands of pages must not keep the counter waiting.
    pages = write_loans(session, found, out, progress, how)
    with session.transaction() as act:
        return act(
            Action.AGREEMENTS_PRINTED,
            PrintedAgreements(len(found), pages, str(out)),
            topics=_TOPICS,
            about=[(Subject.LOAN, loan.id) for loan in found],
            agreements=len(found),
            pages=pages,
            file=out.name,
        )


def write_loans(session: Session, found: Sequence[Listed], out: Path, progress: Progress, how: How) -> int:
    """Write the agreements of these loans into a PDF, mark them, and return how many pages.

    Raises: ClauseMissing, UnknownField, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    from tablet_loans.services.documents.agreement import about, write_agreements  # 150 ms that no window waits for

    drafts = Drafts(session, how)
    pages = write_agreements(
        drafts.of_loans([loan.id for loan in found]),
        out,
        total=len(found),
        about=about(len(found), found[0].number, session.settings.authority, session.now(), how.languages[0]),
        progress=progress.step,
    )
    numbers = [loan.number for loan in found if loan.number in drafts.printed]
    with troubles_spoken(session.base):
        agreements.mark_printed(session.base, numbers, session.now(), session.actor.name, drafts.printed)
    return pages


def print_sheets(
    session: Session,
    *,
    campaign: str | None = None,
    school: str | None = None,
    class_name: str | None = None,
    pupils: Sequence[PupilId] = (),
    is_promised: bool = False,
    out: Path,
    progress: Progress = _UNSEEN,
    how: How = _AS_USUAL,
    part: Part = EVERYTHING,
) -> Receipt[PrintedAgreements]:
    """Write the agreements of pupils who have no tablet yet into one PDF, in the order of the register.

    They are the `pupils` named, or those of a school, or of one of its classes, or all to whom the campaign promised
    a tablet. Each front page's code is the pupil's at the counter. Raises: NotPermitted, UnknownCampaign,
    CampaignNotOpen, UnknownSchool, OtherSchool, UnknownPupil, AlreadyHasOne, PupilHasLeft, NobodyToPrintFor,
    NoSchoolChosen, ClauseMissing, UnknownField, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        running = still_lending(session, campaign)
        ids = (
            _named(session, running, pupils)
            if pupils
            else without_tablet(session, running, school, class_name, is_promised=is_promised, part=part)
        )
    pages = write_pupils(session, running, ids, out, progress, how)
    with session.transaction() as act:
        return act(
            Action.AGREEMENTS_PRINTED,
            PrintedAgreements(len(ids), pages, str(out)),
            topics={Topic.AGREEMENTS},
            about=[(Subject.CAMPAIGN, running.id), *((Subject.PUPIL, pupil) for pupil in ids)],
            agreements=len(ids),
            pages=pages,
            file=out.name,
        )


def write_pupils(
    session: Session, running: FoundCampaign, ids: Sequence[int], out: Path, progress: Progress, how: How
) -> int:
    """Write the sheets of these pupils into a PDF and return how many pages.

    Raises: NobodyToPrintFor, ClauseMissing, UnknownField, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    if not ids:
        raise NobodyToPrintFor()
    from tablet_loans.services.documents.agreement import about
    from tablet_loans.services.documents.sheet import write_sheets

    said = drafting.offer(session, running, how)
    return write_sheets(
        drafting.of_pupils(session, running, ids),
        out,
        offer=said,
        total=len(ids),
        about=about(len(ids), "", said.authority, session.now(), how.languages[0]),
        progress=progress.step,
    )


def still_lending(session: Session, name: str | None) -> FoundCampaign:
    """Return the campaign, which lends now or will: sheets are printed before its first day.

    Raises: UnknownCampaign, CampaignNotOpen.
    """
    running = lending.chosen_campaign(session, name)
    if running.status not in (CampaignStatus.DRAFT, CampaignStatus.OPEN):
        raise CampaignNotOpen(campaign=running.name, status=STATUS_WORDS[running.status])
    return running


def _named(session: Session, running: FoundCampaign, pupils: Sequence[PupilId]) -> list[int]:
    for pupil in pupils:
        standing = standing_of(session.base, pupil, running.id, _LENT_BEFOREHAND)
        if standing is None:
            raise UnknownPupil(pupil=pupil)
        if refusal := why_no_sheet(
            school=standing.school,
            school_takes_part=standing.takes_part,
            left_on=standing.left_on,
            other_tag=standing.other_tag,
            other_loan=standing.other_loan,
            today=session.today(),
        ):
            raise refusal
    return sheets.in_register_order(session.base, pupils)


def without_tablet(
    session: Session,
    running: FoundCampaign,
    school: str | None,
    class_name: str | None,
    *,
    is_promised: bool,
    part: Part = EVERYTHING,
) -> list[int]:
    """Return the pupils of a school or class, or all whom the campaign promised a tablet, who have none yet.

    Of these, `part` keeps those of its schools, and those whose agreement was not printed beforehand.

    Raises: NoSchoolChosen, NobodyPromised, UnknownSchool, OtherSchool.
    """
    if school is None and not is_promised:
        raise NoSchoolChosen()
    uai = None if school is None else known_school(session, school).uai
    taking_part = campaigns.school_uais(session.base, running.id)
    if uai is not None and taking_part and uai not in taking_part:
        raise OtherSchool(school=uai)
    found = sheets.lacking(
        session.base,
        kind=_LENT_BEFOREHAND,
        today=session.today(),
        school=uai,
        class_name=class_name,
        promised_in=running.id if is_promised else None,
    )
    if is_promised and not found:
        raise NobodyPromised(campaign=running.name)
    if part.schools:
        found = agreement_counts.of_schools(session.base, found, part.schools)
    if part.among is Among.UNPRINTED:
        printed = agreement_counts.printed_beforehand(session.base, running.id)
        found = [pupil for pupil in found if pupil not in printed]
    return found


def listed(session: Session, school: str | None = None, state: SignatureState | None = None) -> list[AgreementRow]:
    """Return how far the agreements of open loans are; `missing` are all that are lent and not signed.

    Raises: NotPermitted, InvalidUai, UnknownSchool, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        uai = None if school is None else known_school(session, school).uai
        return agreements.standing(session.base, uai, state)


def _must_be_unsigned(base: Base, found: Sequence[Listed]) -> None:
    """Refuse to reword what was signed, where it was named. Raises: SignedStays."""
    with troubles_spoken(base):
        for loan in found:
            if agreements.state_of(base, loan.id) is AgreementState.SIGNED:
                raise SignedStays(loan=loan.number)


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


def known_choice(session: Session, chosen: LoanFilter) -> LoanFilter:
    """Return the loans chosen, of a campaign and a school that exist.

    Raises: UnknownCampaign, InvalidUai, UnknownSchool.
    """
    with troubles_spoken(session.base):
        if chosen.campaign is not None:
            lending.chosen_campaign(session, chosen.campaign)
        return chosen if chosen.school is None else replace(chosen, school=known_school(session, chosen.school).uai)


def open_loans(base: Base, chosen: LoanFilter, part: Part = EVERYTHING) -> list[Listed]:
    """Return the loans chosen in the order of the register; each named must exist and be open.

    Of these, `part` keeps those of its schools, never printed or not signed.

    Raises: UnknownLoan, LoanNotOpen, NothingToPrint.
    """
    numbers = tuple(number.strip().upper() for number in chosen.numbers)
    with troubles_spoken(base):
        found = agreements.register(replace(chosen, is_open=True, numbers=numbers))
        for number in set(numbers).difference(loan.number for loan in found):
            _must_be_open(base, number)
        if part.schools:
            found = [loan for loan in found if loan.uai in part.schools]
        if part.among is not Among.ALL:
            wanted = agreement_counts.without_paper(base, is_printed_enough=part.among is Among.UNPRINTED)
            found = [loan for loan in found if loan.id in wanted]
    if not found:
        raise NothingToPrint()
    return found


def _must_be_open(base: Base, number: str) -> None:
    if (loan := loans.find(base, number)) is None:
        raise UnknownLoan(loan=number)
    if loan.state is not LoanState.OPEN:
        raise LoanNotOpen(loan=number, state=LOAN_WORDS[loan.state])
