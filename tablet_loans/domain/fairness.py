"""Fairness: schools whose answers lie so far from the others' that somebody should ask why, before a plan is applied.

A school's share is set against that of all the others together. It lies far when chance alone would hardly part them
so (more than three standard deviations of a difference of two shares), and when the difference matters besides: in
large schools chance parts hardly anything. It accuses nobody; a school may well have more families without equipment.
Source: control limits of three standard deviations, ISO 7870-2:2023 (p chart); two shares compared by their pooled
variance, as in A. Agresti, Categorical Data Analysis (2013), section 3.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

from tablet_loans.domain.need import Coverage, Equipment
from tablet_loans.text import N_

LEAST_ANSWERS: Final = 10
FAR: Final = 3.0
LEAST_GAP: Final = 0.10


class ShareKind(StrEnum):
    """Which answer is counted: no equipment at all, or a priority."""

    NONE = "none"
    PRIORITY = "priority"


SHARE_WORDS: Final[Mapping[str, str]] = {
    ShareKind.NONE: N_("no equipment at home"),
    ShareKind.PRIORITY: N_("priority of the school"),
}


@dataclass(frozen=True, slots=True)
class FarShare:
    """A school whose share of an answer lies far from the others'; shares go from 0 to 1.

    `pupils` is how many of the school answered, `counted` how many of them gave the answer, and `distance` how many
    standard deviations part the two shares.
    """

    school: str
    name: str
    kind: ShareKind
    share: float
    others: float
    pupils: int
    counted: int
    distance: float

    @property
    def is_above(self) -> bool:
        """Say whether the school's share is the larger one."""
        return self.share > self.others


def far_shares(schools: Sequence[Coverage], names: Mapping[str, str]) -> list[FarShare]:
    """Return the schools whose shares lie far from the others', the farthest first; `names` are those of the UAIs."""
    found = [each for kind in ShareKind for each in _far(schools, names, kind)]
    return sorted(found, key=lambda each: (-each.distance, each.school, each.kind))


def _far(schools: Sequence[Coverage], names: Mapping[str, str], kind: ShareKind) -> Iterator[FarShare]:
    counted = [_counted(each, kind) for each in schools]
    answered, given = sum(each.answered for each in schools), sum(counted)
    for each, own in zip(schools, counted, strict=True):
        rest = answered - each.answered
        if each.answered < LEAST_ANSWERS or rest < LEAST_ANSWERS:
            continue
        share, others = own / each.answered, (given - own) / rest
        pooled = given / answered
        spread = sqrt(pooled * (1 - pooled) * (1 / each.answered + 1 / rest))
        if abs(share - others) > max(FAR * spread, LEAST_GAP):
            distance = abs(share - others) / spread
            yield FarShare(
                each.name, names.get(each.name, each.name), kind, share, others, each.answered, own, distance
            )


def _counted(school: Coverage, kind: ShareKind) -> int:
    return school.by_equipment[Equipment.NONE] if kind is ShareKind.NONE else school.priority
