"""A plan's choices as few numbers, and the legend that explains them: half a million choices take no room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tablet_loans.domain.allocation import Choice, Grounds, Home, Outcome
from tablet_loans.domain.matching import Features, Shortage
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.school import SchoolId

_NONE: Final = -1

CodedChoice = Sequence[int]
"""The pupil, the rank, and the places in the legend of grounds, class, home and shortage (-1: none); how many ahead."""


@dataclass(slots=True)
class Legend:
    """What the numbers of coded choices stand for; each list grows as choices are coded."""

    classes: list[Features] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    shortages: list[Shortage] = field(default_factory=list)
    grounds: list[Grounds] = field(default_factory=list)
    _places: dict[object, int] = field(default_factory=dict)

    def coded(self, choices: Iterable[Choice]) -> dict[SchoolId, list[CodedChoice]]:
        """Return the choices as numbers, by school, in the order they come in."""
        schools: dict[SchoolId, list[CodedChoice]] = {}
        for each in choices:
            is_served = each.outcome is Outcome.SERVED
            row = (
                each.pupil,
                each.rank,
                self._place(self.grounds, each.grounds),
                self._place(self.classes, each.features) if is_served else _NONE,
                self._place(self.homes, each.home) if is_served else _NONE,
                _NONE if each.shortage is None else self._place(self.shortages, each.shortage),
                each.ahead,
            )
            schools.setdefault(each.school, []).append(row)
        return schools

    def spoken(self, school: SchoolId, rows: Iterable[CodedChoice]) -> list[Choice]:
        """Return the choices of a school that were coded."""
        return [self._choice(school, *row) for row in rows]

    def _choice(
        self, school: SchoolId, pupil: int, rank: int, grounds: int, features: int, home: int, shortage: int, ahead: int
    ) -> Choice:
        common = PupilId(pupil), school, rank
        if features != _NONE:
            served = self.classes[features], self.homes[home]
            return Choice(*common, Outcome.SERVED, self.grounds[grounds], *served)
        if shortage == _NONE:
            return Choice(*common, Outcome.EXCLUDED, self.grounds[grounds])
        return Choice(*common, Outcome.WAITING, self.grounds[grounds], shortage=self.shortages[shortage], ahead=ahead)

    def _place(self, kept: list[Any], thing: object) -> int:
        key = type(thing), thing
        if (place := self._places.get(key)) is None:
            place = self._places[key] = len(kept)
            kept.append(thing)
        return place


def legend_said(legend: Legend) -> dict[str, object]:
    """Return the legend as plain values."""
    return {
        "classes": [sorted(each) for each in legend.classes],
        "homes": legend.homes,
        "shortages": [[sorted(sorted(each) for each in kept.classes), kept.rank] for kept in legend.shortages],
        "grounds": [
            [each.equipment, each.is_priority, each.is_capped, each.is_exam_year, each.nth, each.is_pinned,
             sorted(each.required)]
            for each in legend.grounds
        ],
    }  # fmt: skip


def legend_from(said: Mapping[str, Any]) -> Legend:
    """Return the legend that `legend_said` told, for reading."""
    return Legend(
        classes=[frozenset(each) for each in said["classes"]],
        homes=list(said["homes"]),
        shortages=[Shortage(frozenset(map(frozenset, classes)), rank) for classes, rank in said["shortages"]],
        grounds=[
            Grounds(Equipment(equipment), is_priority, is_capped, is_exam_year, nth, is_pinned, frozenset(required))
            for equipment, is_priority, is_capped, is_exam_year, nth, is_pinned, required in said["grounds"]
        ],
    )
