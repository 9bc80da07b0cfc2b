"""A need: what a family says it has at home, asked for one campaign; each answer is kept, the latest counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import N_

LONGEST_WHO: Final = 80


class Equipment(StrEnum):
    """What there is at home to follow lessons with."""

    NONE = "none"
    PHONE = "phone"
    SHARED = "shared"
    OWN = "own"


EQUIPMENT_WORDS: Final[Mapping[str, str]] = {
    Equipment.NONE: N_("Nothing"),
    Equipment.PHONE: N_("A phone only"),
    Equipment.SHARED: N_("Shared with others"),
    Equipment.OWN: N_("Own equipment"),
}


class Source(StrEnum):
    """How an answer came."""

    WORKBOOK = "workbook"
    GRID = "grid"
    SURVEY = "survey"
    FORM = "form"
    COMMAND = "command"


SOURCE_WORDS: Final[Mapping[str, str]] = {
    Source.WORKBOOK: N_("school workbook"),
    Source.GRID: N_("entered here"),
    Source.SURVEY: N_("survey"),
    Source.FORM: N_("class form"),
    Source.COMMAND: N_("command line"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one family answers: equipment, a SIM card needed, and the school's priority, which is given no reason."""

    equipment: Equipment
    is_cellular: bool = False
    is_priority: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """When a pupil's family was asked, who answered, and how it reached us."""

    asked_on: date
    answered_by: str
    source: Source


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A pupil and the answer that counts in a campaign; `answer` is None until somebody answers.

    `household_loans` counts the open loans of the other pupils of the household.
    """

    pupil_id: PupilId
    family_name: str
    usage_name: str
    given_name: str
    school: str
    class_name: str
    answer: Answer | None
    told: Told | None
    loan: str | None
    household_loans: int


def lacks(equipment: Equipment) -> bool:
    """Say whether a pupil with this equipment is in need."""
    return equipment is not Equipment.OWN


def is_later(asked_on: date, than: date) -> bool:
    """Say whether an answer replaces the one that counts: on the same day, the one that comes last does."""
    return asked_on >= than


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """Whose needs a list shows, in one campaign; None and "" let everything through.

    `is_answered` tells those who answered from those who have not; `equipment` chooses among the answers.
    """

    campaign: str
    school: str | None = None
    class_name: str | None = None
    is_answered: bool | None = None
    equipment: Equipment | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many pupils of a school or class there are, how many answered, and what; `name` is the UAI or the class."""

    name: str
    pupils: int
    answered: int
    by_equipment: Mapping[Equipment, int]
    cellular: int
    priority: int

    @property
    def lacking(self) -> int:
        """Return how many answered that they lack equipment."""
        return sum(count for equipment, count in self.by_equipment.items() if lacks(equipment))


@dataclass(frozen=True, slots=True)
class ClosedNeeds:
    """What went when a campaign's needs were closed: guardians, and phone numbers of pupils without a need."""

    guardians: int
    phones: int
