"""Locating: the school that staff name by its UAI, and whether real pupils are welcome there."""

from collections.abc import Collection
from typing import Final, NamedTuple

from tablet_loans.domain import identifiers
from tablet_loans.domain.errors import DemonstrationBase, InvalidUai, RecoveryPhraseNotTypedBack, UnknownSchool
from tablet_loans.domain.recognition import SchoolNotSaid, WrongSchool
from tablet_loans.domain.school import SchoolId
from tablet_loans.services.session import Session
from tablet_loans.storage import schools
from tablet_loans.storage.database import troubles_spoken

SCHOOLS_NAMED: Final = 3
"""Of how many schools a sentence names the UAI."""


class LocatedSchool(NamedTuple):
    """A school that is in the base: its id there, and its UAI in 8 characters."""

    id: SchoolId
    uai: str


def known_school(session: Session, text: str) -> LocatedSchool:
    """Return the school whose UAI was typed. Raises: InvalidUai, UnknownSchool, BaseTrouble."""
    if (uai := identifiers.uai(text)) is None:
        raise InvalidUai(school=text)
    with troubles_spoken(session.base):
        school_id = schools.find_id(session.base, uai)
    if school_id is None:
        raise UnknownSchool(school=uai)
    return LocatedSchool(school_id, uai)


def schools_taken(said: Collection[str], named: str | None) -> list[str]:
    """Return the schools whose lines of a file are taken: those that it says, or the one that a person named.

    Raises: WrongSchool, SchoolNotSaid.
    """
    if named is None:
        if not said:
            raise SchoolNotSaid()
        return sorted(said)
    if said and named not in said:
        more = ["..."] if len(said) > SCHOOLS_NAMED else []
        raise WrongSchool(school=named, said=", ".join(sorted(said)[:SCHOOLS_NAMED] + more))
    return [named]


def welcome_real_pupils(session: Session) -> None:
    """Let real pupils in, or say why not. Raises: DemonstrationBase, RecoveryPhraseNotTypedBack."""
    if session.settings.is_demonstration:
        raise DemonstrationBase()
    if not session.settings.is_recovery_confirmed:
        raise RecoveryPhraseNotTypedBack()
