"""Ranks: the same as when one pupil after the other is looked for, under any criteria in any order."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Candidate, Criterion, lot, ranked
from tablet_loans.domain.school import SchoolId

NEEDY = (Equipment.NONE, Equipment.PHONE, Equipment.SHARED)


def some_candidates(chance: Random) -> list[Candidate]:
    schools = [SchoolId(1 + each) for each in range(5)]
    return [
        Candidate(
            pupil=PupilId(number),
            school=chance.choices(schools, (5, 3, 2, 1, 1))[0],
            equipment=chance.choice(NEEDY),
            is_priority=chance.random() < 0.3,
            is_exam_year=chance.random() < 0.3,
            household=chance.choice((number, 100 + chance.randrange(6))),
            received=chance.choice((0, 0, 0, 1)),
            asked_on=date(2026, 4, 1) + timedelta(chance.randrange(3)),
            required=frozenset(),
        )
        for number in range(chance.randrange(40))
    ]


def one_by_one(
    candidates: Sequence[Candidate],
    criteria: Sequence[Criterion],
    seed: str,
    equipped: Counter[SchoolId],
    pinned: frozenset[PupilId],
) -> list[Candidate]:
    """Look again and again for the pupil who comes next, in exact fractions."""
    lots = {each.pupil: lot(seed, "pupil", each.pupil) for each in candidates}
    sizes = Counter(each.school for each in candidates) + equipped

    def facts(each: Candidate, some: Sequence[Criterion], nth: int) -> list[int]:
        said = {
            Criterion.EQUIPMENT: NEEDY.index(each.equipment),
            Criterion.PRIORITY: not each.is_priority,
            Criterion.EXAM_YEAR: not each.is_exam_year,
            Criterion.HOUSEHOLD: nth,
        }
        return [each.pupil not in pinned, *(said[criterion] for criterion in some)]

    def nth(each: Candidate) -> int:
        if Criterion.HOUSEHOLD not in criteria:
            return 0
        earlier = criteria[: criteria.index(Criterion.HOUSEHOLD)]
        before = [
            other
            for other in candidates
            if other.household == each.household
            and (facts(other, earlier, 0), other.asked_on, lots[other.pupil])
            < (facts(each, earlier, 0), each.asked_on, lots[each.pupil])
        ]
        return each.received + len(before)

    keys = {each.pupil: facts(each, criteria, nth(each)) for each in candidates}
    already = Counter(equipped)
    waiting, order = list(candidates), []
    while waiting:
        following = min(
            waiting,
            key=lambda each: (
                keys[each.pupil],
                -Fraction(sizes[each.school], 2 * already[each.school] + 1),
                lot(seed, "school", each.school),
                each.asked_on,
                lots[each.pupil],
            ),
        )
        waiting.remove(following)
        already[following.school] += 1
        order.append(following)
    return order


@pytest.mark.parametrize("first", [0, 200, 400])
def test_the_order_is_that_of_looking_for_one_pupil_after_the_other(first: int) -> None:
    for number in range(first, first + 200):
        chance = Random(number)
        candidates = some_candidates(chance)
        criteria = chance.sample(list(Criterion), chance.randrange(5))
        equipped = Counter({SchoolId(1 + each): chance.randrange(4) for each in range(6)})
        pinned = frozenset(each.pupil for each in candidates if chance.random() < 0.1)
        expected = one_by_one(candidates, criteria, f"{number}", equipped, pinned)
        chance.shuffle(candidates)
        found = ranked(candidates, criteria, f"{number}", equipped=equipped, pinned=pinned)
        assert found == expected, (number, criteria)
