"""Looking up pupils, loans and schools: lists by blocks, and one pupil."""

from dataclasses import dataclass

from tablet_loans.domain.act import Line, Subject
from tablet_loans.domain.errors import UnknownPupil
from tablet_loans.domain.loan import LoanFilter, LoanRow
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilFilter, PupilRow
from tablet_loans.domain.roles import Permission
from tablet_loans.services.session import Session
from tablet_loans.storage import ledger, loans, pupils


@dataclass(frozen=True, slots=True)
class PupilStory:
    """A pupil and the last acts that concern her or him, newest first."""

    row: PupilRow
    acts: tuple[Line, ...]


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


def loans_block(session: Session, chosen: LoanFilter, place: Place) -> list[LoanRow]:
    """Return one block of loans, in the order of the register."""
    session.require(Permission.READ_PUPILS)
    return loans.block(chosen, place)
