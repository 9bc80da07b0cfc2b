"""A plan: what was proposed, by whom and under which rules, and what became of it; school by school, pupil by pupil."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from tablet_loans.domain.allocation import Choice
from tablet_loans.domain.rules import Rules
from tablet_loans.domain.school import SchoolId
from tablet_loans.text import N_

PlanId = NewType("PlanId", int)


class PlanState(StrEnum):
    """A plan is a draft until its promises are made; they can be withdrawn."""

    DRAFT = "draft"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PlanHead:
    """A plan without its pupils: who made it from what, and how far the devices go.

    `supply` is how many devices could be promised, `reserved` how many the rules want kept beside them and
    `held_back` how many of those there were; `unmet_pins` counts the pinned pupils who wait all the same. `digest` is
    that of the dossier it was made from.
    """

    id: PlanId
    campaign: str
    made_at: datetime
    made_by: str
    rules: Rules
    digest: str
    eligible: int
    served: int
    excluded: int
    supply: int
    unmet_pins: int
    applied_at: datetime | None
    withdrawn_at: datetime | None
    held_back: int = 0

    @property
    def reserved(self) -> int:
        """Return how many devices the rules hold back."""
        return self.rules.reserved

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return self.eligible - self.served - self.excluded

    @property
    def remaining(self) -> int:
        """Return how many devices the plan leaves over."""
        return self.supply - self.served

    @property
    def state(self) -> PlanState:
        """Return what became of it."""
        if self.withdrawn_at is not None:
            return PlanState.WITHDRAWN
        return PlanState.DRAFT if self.applied_at is None else PlanState.APPLIED


@dataclass(frozen=True, slots=True)
class SchoolShare:
    """A school in a plan: its pupils in need, those of them who hold or were promised a device before, and the plan's.

    `in_need` counts all who lack equipment, `equipped` those of them who have a device lent or promised already.
    """

    id: SchoolId
    uai: str
    name: str
    commune: str
    in_need: int
    equipped: int
    eligible: int
    served: int

    @property
    def waiting(self) -> int:
        """Return how many of the eligible are not served."""
        return self.eligible - self.served

    @property
    def before(self) -> float:
        """Return the share of those in need who have a device before the plan, from 0 to 1."""
        return self.equipped / self.in_need if self.in_need else 1.0

    @property
    def after(self) -> float:
        """Return the share of those in need who have a device once the plan is applied, from 0 to 1."""
        return (self.equipped + self.served) / self.in_need if self.in_need else 1.0


@dataclass(frozen=True, slots=True)
class PupilChoice:
    """What a plan decides for a pupil, by name."""

    choice: Choice
    name: str
    class_name: str
    school: str
    note: str = ""
    state: PlanState = PlanState.APPLIED


class Since(StrEnum):
    """What became of a pupil after the plan that decided was applied."""

    RELEASED = "released"
    PROMISED = "promised"


SINCE_WORDS: Final[Mapping[str, str]] = {
    Since.RELEASED: N_("The promise was released since."),
    Since.PROMISED: N_("A tablet that came free was promised since."),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pupil who waits, with the rank and what a device must have."""

    rank: int
    pupil: int
    required: frozenset[str]
