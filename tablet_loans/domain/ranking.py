"""Ranking: the one order in which pupils in need are served, criterion after criterion, down to a drawn lot.

Source: schools take turns by the highest averages of Sainte-Laguë, n / (2k + 1).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.school import SchoolId


class Criterion(StrEnum):
    """What decides between two pupils, before schools take their turns."""

    EQUIPMENT = "equipment"
    PRIORITY = "priority"
    EXAM_YEAR = "exam_year"
    HOUSEHOLD = "household"


DEFAULT_CRITERIA: Final = (Criterion.EQUIPMENT, Criterion.PRIORITY, Criterion.EXAM_YEAR, Criterion.HOUSEHOLD)
_URGENCY: Final[Mapping[Equipment, int]] = {Equipment.NONE: 0, Equipment.PHONE: 1, Equipment.SHARED: 2}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil who is eligible: what was answered, what the device must have, and what the home already received.

    `household` is the pupil's own id where nobody else shares the home.
    """

    pupil: PupilId
    school: SchoolId
    equipment: Equipment
    is_priority: bool
    is_exam_year: bool
    household: int
    received: int
    asked_on: date
    required: frozenset[str]


def lot(seed: str, kind: str, number: int) -> bytes:
    """Return the lot of a pupil or a school: anyone who knows the seed can draw it again."""
    return hashlib.sha256(f"{seed}|{kind}|{number}".encode()).digest()


def ranked(candidates: Sequence[Candidate], criteria: Sequence[Criterion], seed: str) -> list[Candidate]:
    """Return the candidates in the order in which they are served, whatever the order they come in.

    Among pupils whom the criteria leave equal, the next one comes from the school with the largest n / (2k + 1): n
    is the school's candidates, k those of them already ranked. Inside a school the earlier request goes first, then
    the lot.
    """
    lots = {each.pupil: lot(seed, "pupil", each.pupil) for each in candidates}
    nth = _nth_of_household(candidates, criteria, lots)
    key = _key(criteria, nth)
    in_schools = sorted(candidates, key=lambda each: (key(each), each.asked_on, lots[each.pupil]))
    sizes = Counter(each.school for each in candidates)
    school_lots = {school: lot(seed, "school", school) for school in sizes}
    taken: Counter[SchoolId] = Counter()
    turns = []
    for place, each in enumerate(in_schools):
        # Exact: quotients of whole numbers below 2**26 that differ never round to the same float.
        turns.append((key(each), -sizes[each.school] / (2 * taken[each.school] + 1), school_lots[each.school], place))
        taken[each.school] += 1
    return [in_schools[place] for *_, place in sorted(turns)]


def _key(criteria: Sequence[Criterion], nth: Mapping[PupilId, int]) -> Callable[[Candidate], tuple[int, ...]]:
    values: dict[Criterion, Callable[[Candidate], int]] = {
        Criterion.EQUIPMENT: lambda each: _URGENCY[each.equipment],
        Criterion.PRIORITY: lambda each: not each.is_priority,
        Criterion.EXAM_YEAR: lambda each: not each.is_exam_year,
        Criterion.HOUSEHOLD: lambda each: nth[each.pupil],
    }
    chosen = [values[criterion] for criterion in criteria]
    return lambda each: tuple(value(each) for value in chosen)


def _nth_of_household(
    candidates: Sequence[Candidate], criteria: Sequence[Criterion], lots: Mapping[PupilId, bytes]
) -> dict[PupilId, int]:
    """Return which device of the home each pupil's would be: 0 for the first, those received counted."""
    if Criterion.HOUSEHOLD not in criteria:
        return {}
    before = _key(criteria[: criteria.index(Criterion.HOUSEHOLD)], {})
    homes: dict[int, list[Candidate]] = {}
    for each in candidates:
        homes.setdefault(each.household, []).append(each)
    nth = {}
    for members in homes.values():
        if len(members) > 1:
            members.sort(key=lambda each: (before(each), each.asked_on, lots[each.pupil]))
        for place, each in enumerate(members):
            nth[each.pupil] = each.received + place
    return nth
