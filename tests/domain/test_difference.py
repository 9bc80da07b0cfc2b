"""Two plans side by side: who fares otherwise, and who only moves."""

from tablet_loans.domain.allocation import Choice, Grounds, Outcome
from tablet_loans.domain.difference import Shift, by_equipment, by_school, difference
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.school import SchoolId

GROUNDS = Grounds(Equipment.NONE, False, False, False, 0, False, frozenset())
PLAIN, CELLULAR = frozenset[str](), frozenset({"cellular"})


def served(pupil: int, rank: int, features: frozenset[str] = PLAIN, school: int = 1) -> Choice:
    return Choice(PupilId(pupil), SchoolId(school), rank, Outcome.SERVED, GROUNDS, features)


def waiting(pupil: int, rank: int, school: int = 1) -> Choice:
    return Choice(PupilId(pupil), SchoolId(school), rank, Outcome.WAITING, GROUNDS)


def excluded(pupil: int) -> Choice:
    return Choice(PupilId(pupil), SchoolId(1), 0, Outcome.EXCLUDED, GROUNDS)


def test_each_pupil_who_fares_otherwise_stands_in_one_list() -> None:
    before = [served(1, 1), served(2, 2), served(3, 3), waiting(4, 4), waiting(5, 5), waiting(6, 6), waiting(7, 7)]
    after = [
        served(4, 1),
        served(2, 2, CELLULAR),
        waiting(1, 3),
        served(3, 4),
        waiting(6, 5),
        waiting(5, 6),
        served(8, 7),
    ]
    found = difference(before, after)
    lists = (found.gained, found.lost, found.other_class, found.up, found.down, found.new, found.gone)
    assert [[int(each.pupil) for each in some] for some in lists] == [[4], [1], [2], [6], [5], [8], [7]]
    assert [each.places for each in (*found.up, *found.down)] == [1, -1]
    assert (found.kept, found.back, found.is_empty) == (0, (), False)


def test_who_was_served_by_an_applied_plan_keeps_it_or_is_in_need_again() -> None:
    before = [served(1, 1), served(2, 2), served(3, 3), waiting(4, 4)]
    found = difference(before, [served(2, 1), waiting(3, 2), waiting(4, 3)], is_applied=True)
    assert (found.kept, [int(each.pupil) for each in found.back], found.lost, found.gone) == (1, [2, 3], (), ())
    assert [each.places for each in found.down] == [-1]  # behind the one who was served and is in need again


def test_who_keeps_the_place_among_those_who_wait_has_not_moved_whatever_the_rank() -> None:
    found = difference([served(1, 1), waiting(2, 2), waiting(3, 3)], [waiting(2, 1), waiting(3, 2)], is_applied=True)
    assert (found.is_empty, found.kept) == (True, 1)


def test_who_is_set_aside_loses_and_moves_nowhere() -> None:
    found = difference([served(1, 1), waiting(2, 2)], [excluded(1), excluded(2)])
    assert ([int(each.pupil) for each in found.lost], found.up, found.down) == ([1], (), ())


def test_the_same_plan_differs_in_nothing() -> None:
    choices = [served(1, 1), waiting(2, 2), excluded(3)]
    assert difference(choices, choices).is_empty


def test_shifts_count_under_each_plan() -> None:
    before, after = [served(1, 1), waiting(2, 2, school=2)], [served(2, 1, school=2)]
    assert by_school(before, after) == {1: Shift(1, 0, 1, 0), 2: Shift(1, 1, 0, 1)}
    assert by_equipment(before, after) == {Equipment.NONE: Shift(2, 1, 1, 1)}
