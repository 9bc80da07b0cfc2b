"""A school, known by its UAI."""

from dataclasses import dataclass
from datetime import date
from typing import NewType

SchoolId = NewType("SchoolId", int)


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school as lists show it."""

    id: SchoolId
    uai: str
    name: str
    kind: str
    commune: str


@dataclass(frozen=True, slots=True)
class SchoolStanding:
    """A school in a campaign: its pupils, who answered, who lacks equipment, what is lent, and what is called back.

    `to_recall` counts the open loans of pupils who left the school or moved to another one.
    """

    id: SchoolId
    uai: str
    name: str
    kind: str
    commune: str
    email: str
    pupils: int
    answered: int
    lacking: int
    lent: int
    to_recall: int


@dataclass(frozen=True, slots=True)
class SchoolFilter:
    """Which schools a list shows, as one campaign sees them; `is_silent` chooses those where answers are missing."""

    campaign: str | None = None
    search: str = ""
    is_silent: bool | None = None
    has_recalls: bool | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """An open loan to call back: its pupil left the school, or moved to `moved_to` (a UAI), on a day."""

    loan: str
    tag: str
    pupil: str
    class_name: str
    gone_on: date
    moved_to: str | None
    due_on: date
