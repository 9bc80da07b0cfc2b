"""A pupil: the little that lending needs, and how the name is written."""

from dataclasses import dataclass
from datetime import date
from typing import NewType

PupilId = NewType("PupilId", int)


def written_name(family_name: str, usage_name: str, given_name: str) -> str:
    """Return the name as the counter shows it: ŒUVRARD Zoé."""
    return f"{(usage_name or family_name).upper()} {given_name}".strip()


@dataclass(frozen=True, slots=True)
class PupilRow:
    """A pupil as lists show it; `loan` is the number of an open loan."""

    id: PupilId
    ine: str | None
    family_name: str
    usage_name: str
    given_name: str
    birth_date: date | None
    school: str
    school_name: str
    class_name: str
    left_on: date | None
    loan: str | None

    @property
    def name(self) -> str:
        """Return the name as it is written at the counter."""
        return written_name(self.family_name, self.usage_name, self.given_name)


@dataclass(frozen=True, slots=True)
class PupilFilter:
    """Which pupils a list shows; None and "" let everything through."""

    school: str | None = None
    search: str = ""
    class_name: str | None = None


@dataclass(frozen=True, slots=True)
class GuardianView:
    """Who looks after a pupil, as the record shows it; a home is never told about another one."""

    name: str
    care: str
    phone: str
    mobile: str
    email: str
    is_institution: bool


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """Another pupil of the same household; `loan` is the number of an open loan."""

    id: PupilId
    name: str
    school: str
    class_name: str
    loan: str | None


@dataclass(frozen=True, slots=True)
class PupilRecord:
    """All that is kept of a pupil; `corrected` names the columns that a file no longer changes."""

    row: PupilRow
    local_number: str | None
    level: str
    phone: str
    moved_from: str | None
    corrected: tuple[str, ...]
    guardians: tuple[GuardianView, ...]
    household: tuple[HouseholdMember, ...]
    moved_on: date | None = None
