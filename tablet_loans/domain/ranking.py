"""Ranking: the one order in which pupils in need are served, criterion after criterion, down to a drawn lot.

Source: schools take turns by the highest averages of Sainte-Laguë, n / (2k + 1).
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
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
_FACTS: Final = attrgetter("equipment", "is_priority", "is_exam_year")
_SCHOOL: Final = attrgetter("school")
_HOUSEHOLD: Final = attrgetter("household")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil who is eligible: what was answered, what the device must have, and what the home already received.

    `household` is the pupil's own id where nobody else shares the home; `asked_on` the day the family first said so.
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


def ranked(
    candidates: Sequence[Candidate],
    criteria: Sequence[Criterion],
    seed: str,
    *,
    equipped: Mapping[SchoolId, int] = MappingProxyType({}),
    pinned: frozenset[PupilId] = frozenset(),
) -> list[Candidate]:
    """Return the candidates in the order in which they are served, whatever the order they come in; the pinned first.

    Among pupils whom the criteria leave equal, the next one comes from the school with the largest n / (2k + 1): n
    is the school's pupils in the whole campaign, k those of them already ranked; those `equipped` before are of both.
    Inside a school the earlier request goes first, then the lot.
    """
    lots = _lots(candidates, seed)
    nth = _nth_of_household(candidates, criteria, lots, pinned)
    waiting = Counter(map(_SCHOOL, candidates))
    by_lot = sorted(waiting, key=lambda school: lot(seed, "school", school))
    taken = {school: equipped.get(school, 0) for school in by_lot}
    sizes = {school: waiting[school] + taken[school] for school in by_lot}
    order: list[Candidate] = []
    for equal in _equals(candidates, criteria, nth, pinned):
        order += _in_turn(equal, sizes, taken, lots)
    return order


def _lots(candidates: Sequence[Candidate], seed: str) -> dict[PupilId, bytes]:
    """Return the lot of each, as `lot` draws it, without its words for each."""
    begun = f"{seed}|pupil|".encode()
    return {each.pupil: hashlib.sha256(begun + b"%d" % each.pupil).digest() for each in candidates}


def _equals(
    candidates: Sequence[Candidate],
    criteria: Sequence[Criterion],
    nth: Mapping[PupilId, int],
    pinned: frozenset[PupilId],
) -> Iterator[list[Candidate]]:
    """Yield those whom the criteria leave equal together, who come first first."""
    groups: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for each in candidates:  # one key for each group, not for each pupil
        groups[each.pupil in pinned, *_FACTS(each), nth.get(each.pupil, 0)].append(each)
    key = _key(criteria, nth, pinned)
    alike: dict[tuple[int, ...], list[Candidate]] = defaultdict(list)
    for group in groups.values():
        alike[key(group[0])] += group
    return (alike[each] for each in sorted(alike))


def _in_turn(
    equal: Sequence[Candidate],
    sizes: Mapping[SchoolId, int],
    taken: dict[SchoolId, int],
    lots: Mapping[PupilId, bytes],
) -> list[Candidate]:
    """Return equal pupils as their schools take turns; `taken` counts each school's, in the order of their lots."""
    schools: dict[SchoolId, list[Candidate]] = defaultdict(list)
    for each in equal:
        schools[each.school].append(each)
    queue: list[Candidate] = []
    turns: list[float] = []
    for school, before in taken.items():
        if members := schools.get(school):
            queue += sorted(members, key=lambda each: (each.asked_on, lots[each.pupil]))
            taken[school] = before + len(members)
            # Exact: quotients of whole numbers below 2**26 that differ never round to the same float.
            turns += [-sizes[school] / odd for odd in range(2 * before + 1, 2 * taken[school] + 1, 2)]
    return [queue[place] for place in sorted(range(len(queue)), key=turns.__getitem__)]


def _key(
    criteria: Sequence[Criterion], nth: Mapping[PupilId, int], pinned: frozenset[PupilId]
) -> Callable[[Candidate], tuple[int, ...]]:
    values: dict[Criterion, Callable[[Candidate], int]] = {
        Criterion.EQUIPMENT: lambda each: _URGENCY[each.equipment],
        Criterion.PRIORITY: lambda each: not each.is_priority,
        Criterion.EXAM_YEAR: lambda each: not each.is_exam_year,
        Criterion.HOUSEHOLD: lambda each: nth.get(each.pupil, 0),
    }
    chosen = [values[criterion] for criterion in criteria]
    return lambda each: (each.pupil not in pinned, *(value(each) for value in chosen))


def _nth_of_household(
    candidates: Sequence[Candidate],
    criteria: Sequence[Criterion],
    lots: Mapping[PupilId, bytes],
    pinned: frozenset[PupilId],
) -> dict[PupilId, int]:
    """Return which device of the home each pupil's would be, those received counted; first ones are left out."""
    if Criterion.HOUSEHOLD not in criteria:
        return {}
    before = _key(criteria[: criteria.index(Criterion.HOUSEHOLD)], {}, pinned)
    sizes = Counter(map(_HOUSEHOLD, candidates))
    homes: dict[int, list[Candidate]] = defaultdict(list)
    nth = {}
    for each in candidates:
        if sizes[each.household] > 1:
            homes[each.household].append(each)
        elif each.received:
            nth[each.pupil] = each.received
    for members in homes.values():
        members.sort(key=lambda each: (before(each), each.asked_on, lots[each.pupil]))
        for place, each in enumerate(members):
            if each.received + place:
                nth[each.pupil] = each.received + place
    return nth
