"""Shares far from the others': what is looked at twice, and what is not."""

import pytest

from tablet_loans.domain.fairness import ShareKind, far_shares
from tablet_loans.domain.need import Coverage, Equipment


def school(name: str, answered: int, none: int, priority: int = 0) -> Coverage:
    by_equipment = dict.fromkeys(Equipment, 0) | {Equipment.NONE: none, Equipment.OWN: answered - none}
    return Coverage(name, answered, answered, by_equipment, 0, priority)


OTHERS = [school(f"069000{number}X", 100, 10, 5) for number in range(9)]


def test_a_school_in_which_half_have_nothing_stands_out_by_its_share() -> None:
    (far,) = far_shares([*OTHERS, school("0690142E", 100, 50, 5)], {"0690142E": "Collège Les Iris"})
    assert (far.school, far.name, far.kind, far.pupils, far.counted) == (
        "0690142E", "Collège Les Iris", ShareKind.NONE, 100, 50,
    )  # fmt: skip
    assert (far.share, far.others, far.is_above) == (0.5, 0.1, True)


def test_a_school_without_priorities_where_all_others_ask_stands_out_below() -> None:
    others = [school(f"069000{number}X", 100, 10, 40) for number in range(9)]
    (far,) = far_shares([*others, school("0690142E", 100, 10, 0)], {})
    assert (far.kind, far.share, far.is_above, far.name) == (ShareKind.PRIORITY, 0.0, False, "0690142E")


@pytest.mark.parametrize(
    "odd", [school("S", 9, 9), school("S", 12, 3), school("S", 2_000, 300, 100)], ids=["few", "chance", "small gap"]
)
def test_few_answers_chance_and_small_gaps_stand_out_nowhere(odd: Coverage) -> None:
    assert far_shares([*OTHERS, odd], {}) == []


def test_the_farthest_comes_first() -> None:
    found = far_shares([*OTHERS, school("A", 100, 40, 5), school("B", 100, 90, 5)], {})
    assert [each.school for each in found] == ["B", "A"]


def test_all_alike_and_nobody_at_all_stand_out_nowhere() -> None:
    assert far_shares([], {}) == []
    assert far_shares([school("A", 0, 0), school("B", 20, 20), school("C", 30, 30)], {}) == []
