"""Recalling: the tablets of pupils who are gone, which their school calls back."""

from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import Recall
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Session
from tablet_loans.storage import recalls as gone_pupils
from tablet_loans.storage.database import troubles_spoken


def recalls(session: Session, school: str | None) -> list[Recall]:
    """Return the loans that a school calls back, or all schools one after the other: their pupils left or moved.

    Raises: NotPermitted, InvalidUai, UnknownSchool, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    school_id = None if school is None else known_school(session, school).id
    with troubles_spoken(session.base):
        return [each.recall for each in gone_pupils.gone(session.base, school_id)]
