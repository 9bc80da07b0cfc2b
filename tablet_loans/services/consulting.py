"""Looking up pupils, loans and schools: lists by blocks, and one pupil."""

from dataclasses import dataclass, replace
from typing import Final

from tablet_loans.domain.act import Line, Subject
from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.errors import NotLent, UnknownPupil
from tablet_loans.domain.loan import LoanFilter, LoanRow
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.domain.pupil import HouseholdMember, PupilFilter, PupilId, PupilRecord, PupilRow
from tablet_loans.domain.roles import Permission
from tablet_loans.services import finding
from tablet_loans.services.session import Session
from tablet_loans.storage import campaigns, guardians, households, ledger, loans, pupils, rolls
from tablet_loans.storage.database import Base, troubles_spoken

_TOLD: Final = 200


@dataclass(frozen=True, slots=True)
class PupilStory:
    """A pupil and the last acts that concern her or him, newest first."""

    row: PupilRow
    acts: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CampaignName:
    """A campaign as a list of choices shows it."""

    name: str
    status: CampaignStatus


@dataclass(frozen=True, slots=True)
class PupilFile:
    """All that is shown of a pupil: the record, the loans and the last acts, the newest first.

    There are more acts unless the file `is_whole`.
    """

    record: PupilRecord
    loans: tuple[LoanRow, ...]
    acts: tuple[Line, ...]
    is_whole: bool = True


def pupils_count(session: Session, chosen: PupilFilter) -> int:
    """Return how many pupils the filter lets through."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        return pupils.count(chosen)


def pupils_page(session: Session, chosen: PupilFilter, sort: Sort, place: Place) -> list[PupilRow]:
    """Return one block of pupils by name, forwards or backwards, each once, whatever the number of loans."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        return pupils.page(chosen, sort, place)


def pupils_block(session: Session, chosen: PupilFilter, place: Place) -> list[PupilRow]:
    """Return one block of pupils, by name."""
    session.require(Permission.READ_PUPILS)
    return pupils.block(chosen, place)


def pupil(session: Session, code: str) -> PupilStory:
    """Return the pupil known by this INE or id, with the story. Raises: UnknownPupil."""
    session.require(Permission.READ_PUPILS)
    found = pupils.find_id(session.base, code)
    if found is None or (row := pupils.row(found)) is None:
        raise UnknownPupil(pupil=code)
    return PupilStory(row, tuple(ledger.story(session.base, Subject.PUPIL.value, found)))


def record(session: Session, pupil_id: PupilId) -> PupilRecord:
    """Return all that is kept of a pupil. Raises: NotPermitted, UnknownPupil, BaseTrouble."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        row, kept = pupils.row(pupil_id), pupils.kept(session.base, pupil_id)
        if row is None or kept is None:
            raise UnknownPupil(pupil=pupil_id)
        return PupilRecord(
            row=row,
            local_number=kept.local_number,
            level=kept.level,
            phone=kept.phone,
            moved_from=kept.moved_from,
            corrected=kept.corrected,
            guardians=tuple(guardians.of_pupil(session.base, pupil_id)),
            household=_household(session.base, pupil_id),
            moved_on=kept.moved_on,
        )


def _household(base: Base, pupil_id: PupilId) -> tuple[HouseholdMember, ...]:
    """Return who else lives there, each with the name of the school."""
    members = households.members(base, pupil_id)
    named = {school.uai: school.name for school in rolls.schools_with(base, [each.school for each in members]).values()}
    return tuple(replace(each, school=named.get(each.school, each.school)) for each in members)


def file_of(session: Session, pupil_id: PupilId) -> PupilFile:
    """Return a pupil's record, loans and story. Raises: NotPermitted, UnknownPupil, BaseTrouble."""
    known = record(session, pupil_id)
    with troubles_spoken(session.base):
        acts = ledger.story(session.base, Subject.PUPIL.value, pupil_id, _TOLD + 1)
        return PupilFile(known, tuple(loans.of_pupil(pupil_id)), tuple(acts[:_TOLD]), is_whole=len(acts) <= _TOLD)


def scanned(session: Session, raw: str) -> PupilFile:
    """Return the file of the pupil whom a scanned card, sheet, loan or lent tablet names.

    Raises: NotPermitted, UnknownCode, ModelCode, UnknownLoan, UnknownPupil, NotLent.
    """
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        if (named := finding.found(session.base, raw)) is None:
            raise finding.why_not_found(raw)
        if named.pupil_id is not None:
            return file_of(session, named.pupil_id)
        loan = named.loan or (loans.open_of(session.base, named.device.id) if named.device else None)
    if loan is None:
        raise NotLent(tag=named.device.tag if named.device else raw)
    return file_of(session, PupilId(loan.pupil_id))


def campaign_names(session: Session) -> list[CampaignName]:
    """Return all campaigns without counting their loans, the newest first. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        return [CampaignName(found.name, found.status) for found in campaigns.every(session.base)]


def loans_block(session: Session, chosen: LoanFilter, place: Place) -> list[LoanRow]:
    """Return one block of loans, in the order of the register."""
    session.require(Permission.READ_PUPILS)
    return loans.block(chosen, place)
