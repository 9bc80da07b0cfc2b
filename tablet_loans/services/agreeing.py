"""Agreements: printed in the order of the register, for a loan or before it, and signed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.agreement import AgreementEvent, AgreementFacts, AgreementState, step
from tablet_loans.domain.barcode import sheet_code
from tablet_loans.domain.campaign import STATUS_WORDS, CampaignStatus, Terms, lent_kit
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
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.sheet import NobodyToPrintFor, NoSchoolChosen, SheetFacts, SheetOffer, why_no_sheet
from tablet_loans.services import lending
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import agreements, campaigns, loans, rows, sheets
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import Base, troubles_spoken
from tablet_loans.storage.pupils import standing as standing_of

_BLOCK: Final = 200
_LENT_BEFOREHAND: Final = DeviceKind.TABLET.value
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
    from tablet_loans.services.documents.agreement import write_agreements  # 150 ms that no window waits for

    terms = _terms_of(session.base, {row["campaign"] for row in found})
    facts = (_facts(session, row, terms[row["campaign"]]) for row in found)
    pages = write_agreements(facts, out, progress.step, session.now())
    with troubles_spoken(session.base):
        agreements.mark_printed(session.base, [str(row["number"]) for row in found], session.now())
    with session.transaction() as act:
        return act(
            Action.AGREEMENTS_PRINTED,
            PrintedAgreements(len(found), pages, str(out)),
            topics=_TOPICS,
            about=[(Subject.LOAN, int(row["loan_id"])) for row in found],
            agreements=len(found),
            pages=pages,
            file=out.name,
        )


def print_sheets(
    session: Session,
    *,
    campaign: str | None = None,
    school: str | None = None,
    class_name: str | None = None,
    pupils: Sequence[PupilId] = (),
    out: Path,
    progress: Progress = _UNSEEN,
) -> Receipt[PrintedAgreements]:
    """Write the agreements of pupils who have no tablet yet into one PDF, in the order of the register.

    They are the `pupils` named, or those of a school, or of one of its classes. Each page's code is the pupil's
    at the counter. Raises: NotPermitted, UnknownCampaign, CampaignNotOpen, UnknownSchool, OtherSchool, UnknownPupil,
    AlreadyHasOne, PupilHasLeft, NobodyToPrintFor, NoSchoolChosen, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        running = _still_lending(session, campaign)
        authority = campaigns.terms(session.base, running).terms.wording.authority or session.settings.authority
        ids = _named(session, running, pupils) if pupils else _of_school(session, running, school, class_name)
    if not ids:
        raise NobodyToPrintFor()
    from tablet_loans.services.documents.sheet import write_sheets

    pages = write_sheets(
        _sheets(session, running, ids),
        out,
        offer=SheetOffer(authority, running.name, running.due_on),
        total=len(ids),
        progress=progress.step,
        written_at=session.now(),
    )
    with session.transaction() as act:
        return act(
            Action.AGREEMENTS_PRINTED,
            PrintedAgreements(pages, pages, str(out)),
            topics={Topic.AGREEMENTS},
            about=[(Subject.CAMPAIGN, running.id), *((Subject.PUPIL, pupil) for pupil in ids)],
            agreements=pages,
            pages=pages,
            file=out.name,
        )


def _still_lending(session: Session, name: str | None) -> FoundCampaign:
    """Return the campaign, which lends now or will: sheets are printed before its first day."""
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


def _of_school(session: Session, running: FoundCampaign, school: str | None, class_name: str | None) -> list[int]:
    if school is None:
        raise NoSchoolChosen()
    uai = known_school(session, school).uai
    taking_part = campaigns.school_uais(session.base, running.id)
    if taking_part and uai not in taking_part:
        raise OtherSchool(school=uai)
    return sheets.lacking(session.base, kind=_LENT_BEFOREHAND, today=session.today(), school=uai, class_name=class_name)


def _sheets(session: Session, running: FoundCampaign, ids: Sequence[int]) -> Iterator[SheetFacts]:
    """Yield what the pupils' sheets say, read block after block."""
    for start in range(0, len(ids), _BLOCK):
        with troubles_spoken(session.base):
            block = sheets.said_of(session.base, ids[start : start + _BLOCK])
        for pupil in block:
            yield SheetFacts(
                pupil_id=pupil.id,
                code=sheet_code(PupilId(pupil.id), running.id),
                school=pupil.school,
                school_uai=pupil.uai,
                commune=pupil.commune,
                family_name=pupil.usage_name or pupil.family_name,
                given_name=pupil.given_name,
                class_name=pupil.class_name,
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


def _terms_of(base: Base, names: Iterable[str]) -> dict[str, Terms]:
    """Return what these campaigns are held to, by name."""
    with troubles_spoken(base):
        found = [each for name in names if (each := campaigns.find(base, name)) is not None]
        return {each.name: campaigns.terms(base, each).terms for each in found}


def _facts(session: Session, row: Mapping[str, Any], terms: Terms) -> AgreementFacts:
    return AgreementFacts(
        number=row["number"],
        authority=terms.wording.authority or session.settings.authority,
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
        kit=lent_kit(terms.kit, row["kit"]),
        lent_on=row["opened_at"].astimezone().date(),
        due_on=row["due_on"],
    )
