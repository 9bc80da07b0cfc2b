"""A roster: what a school's file says of its pupils and of who looks after them, whatever the file's format."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tablet_loans.domain.problem import Problem
from tablet_loans.text import N_

LONGEST: Final = {
    "family_name": 255, "usage_name": 255, "given_name": 255, "class_name": 60, "level": 20, "local_number": 40,
    "phone": 40,
}  # fmt: skip
"""What the base keeps of each text, in characters."""


@dataclass(frozen=True, slots=True)
class ListedPupil:
    """A pupil as a file has it; "" and None stand for what it does not say.

    `school` is the UAI that the file itself says, "" when it says none. `local_number` is the pupil's number in the
    school's own base: SIECLE's ELEVE_ID, which AAF repeats, OneRoster's sourcedId. Who leaves on a day, `leaves_on`, is
    there until then.
    """

    line: int
    ine: str | None
    family_name: str
    usage_name: str
    given_name: str
    birth_date: date | None
    class_name: str
    level: str
    school: str = ""
    local_number: str | None = None
    phone: str = ""
    leaves_on: date | None = None


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A line that was not taken: its problem, and the names and INE by which its pupil is still known to be there."""

    problem: Problem
    family_name: str
    given_name: str
    school: str = ""
    usage_name: str = ""
    leaves_on: date | None = None
    ine: str | None = None


class RosterKind(StrEnum):
    """The formats of pupils' files."""

    SIECLE = "siecle"
    ONDE = "onde"
    AAF = "aaf"
    ONEROSTER = "oneroster"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Roster:
    """A file of pupils being read: its format, and its pupils, warnings and spoilt lines, read once.

    `schools` are the UAIs that the file says it holds, none when it says none. `is_whole` is true where a pupil of
    these schools who is not in the file has left. `size` is about how many lines there are.
    """

    kind: RosterKind
    schools: tuple[str, ...]
    is_whole: bool
    size: int
    lines: Iterator["ListedPupil | Problem | Spoilt"]


class Care(StrEnum):
    """What a person is to a pupil. Source: SIECLE, NIVEAU_RESPONSABILITE."""

    LEGAL = "legal"
    IN_CHARGE = "in_charge"
    CONTACT = "contact"


CARE_WORDS: Final = {
    Care.LEGAL: N_("Legal guardian"),
    Care.IN_CHARGE: N_("In charge"),
    Care.CONTACT: N_("Contact"),
}


@dataclass(frozen=True, slots=True)
class ListedGuardian:
    """A person who looks after pupils, as a file has it; "" and None stand for what it does not say.

    `local_number` is SIECLE's PERSONNE_ID or its like. `is_institution` tells a service in whose care a child is
    (CODE_PARENTE 51), which makes no household.
    """

    line: int
    local_number: str | None
    civility: str
    family_name: str
    given_name: str
    phone: str
    mobile: str
    email: str
    address: str
    postcode: str
    commune: str
    wards: tuple["ListedWard", ...]
    school: str = ""
    is_institution: bool = False


@dataclass(frozen=True, slots=True)
class ListedWard:
    """A pupil whom a guardian looks after: by the local number, or by names where the file has no number."""

    care: Care
    local_number: str | None = None
    family_name: str = ""
    given_name: str = ""
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class GuardianRoster:
    """A file of guardians being read, as `Roster` is; `schools` are the UAIs it says."""

    kind: RosterKind
    schools: tuple[str, ...]
    size: int
    lines: Iterator["ListedGuardian | Problem"]
