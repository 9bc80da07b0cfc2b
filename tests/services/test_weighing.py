"""Plans side by side on both engines: under other rules, and made again once promises were made."""

import pytest

from tablet_loans.domain.allocation import NoPlan
from tablet_loans.domain.difference import Shift
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.rules import Rules
from tablet_loans.services import allocating, lending, marking, releasing, stocking, weighing
from tablet_loans.services.weighing import NamedMove
from tests.builders import CAMPAIGN, World
from tests.services.planned import applied, drafted, in_need, served

PRIORITY_FIRST = Rules((Criterion.PRIORITY, Criterion.EQUIPMENT))


def named(moves: tuple[NamedMove, ...]) -> list[tuple[int, str]]:
    return [(each.move.pupil, each.name) for each in moves]


def test_two_sets_of_rules_side_by_side_name_who_gains_and_who_loses(world: World) -> None:
    iris, lilas = world.school("0690142E", "Iris"), world.school("0690002C", "Lilas")
    nothing = in_need(world, "Kaya", school_id=iris)
    shares = in_need(world, "Brun", Equipment.SHARED, school_id=lilas, is_priority=True)
    world.device()
    usual, other = drafted(world), allocating.draft(world.session, CAMPAIGN, rules=PRIORITY_FIRST).value
    found = weighing.compared(world.session, CAMPAIGN, usual.id, other.id)
    assert (found.head.id, found.other.id) == (usual.id, other.id)
    assert named(found.gained) == [(shares, "BRUN Inès")]
    assert named(found.lost) == [(nothing, "KAYA Inès")]
    assert found.gained[0].school == "0690002C"
    assert found.equipment == ((Equipment.NONE, Shift(1, 1, 1, 0)), (Equipment.SHARED, Shift(1, 1, 0, 1)))
    assert [(each.uai, each.shift.served, each.shift.other_served) for each in found.schools] == [
        ("0690142E", 1, 0), ("0690002C", 0, 1),
    ]  # fmt: skip
    assert weighing.since_applied(world.session, CAMPAIGN).before is None
    with pytest.raises(NoPlan):
        weighing.compared(world.session, CAMPAIGN, usual.id, 99)


def test_a_plan_made_again_tells_what_changed_since_the_last_was_applied(world: World) -> None:
    pupils = [in_need(world, f"Kaya{number}") for number in range(5)]
    tags = [world.device() for _ in range(3)]
    first = applied(world)
    kept, returned, refused = served(world, first)
    lending.check_out(world.session, code=tags[0], pupil_id=returned)
    lending.check_in(world.session, code=tags[0])
    stocking.prepare(world.session, [tags[0]])
    releasing.release(world.session, CAMPAIGN, str(refused), "refus")
    marking.mark(world.session, CAMPAIGN, str(refused), MarkKind.EXCLUDED, "refus")
    came = in_need(world, "Brun")
    found = weighing.since_applied(world.session, CAMPAIGN, drafted(world).id)
    assert found.before is not None
    assert (found.before.id, found.difference.kept, found.difference.lost) == (first.id, 1, ())
    assert {each.pupil for each in found.difference.back} == {returned, refused}
    assert [each.pupil for each in found.difference.new] == [came]
    assert kept not in {each.pupil for part in ("back", "gained", "up") for each in getattr(found.difference, part)}
    waited = {*pupils} - {kept, returned, refused}
    moved = (*found.difference.gained, *found.difference.up, *found.difference.down)
    assert {each.pupil for each in moved} <= waited
    world.school("0690002C")
    nobody = weighing.since_applied(world.session, CAMPAIGN, None, "0690002C").difference
    assert (nobody.is_empty, nobody.kept) == (True, 0)


def test_a_plan_withdrawn_made_no_promise_to_compare_with(world: World) -> None:
    in_need(world, "Kaya")
    world.device()
    applied(world)
    releasing.withdraw(world.session, releasing.application(world.session, CAMPAIGN))
    drafted(world)
    assert weighing.since_applied(world.session, CAMPAIGN).before is None


def test_promises_that_are_kept_count_as_served_under_the_next_plan_too(world: World) -> None:
    for number in range(4):
        in_need(world, f"Kaya{number}")
    tags = [world.device() for _ in range(2)]
    first = applied(world)
    lending.check_out(world.session, code=tags[0], pupil_id=served(world, first)[0])
    second = drafted(world)
    found = weighing.compared(world.session, CAMPAIGN, first.id, second.id)
    assert (found.gained, found.lost, found.kept, found.other_kept) == ((), (), 0, 2)
    assert found.total == Shift(4, 4, 2, 2)
    assert found.equipment == ((Equipment.NONE, Shift(4, 4, 2, 2)),)
    assert [each.shift for each in found.schools] == [Shift(4, 4, 2, 2)]
    world.device()
    third = drafted(world)
    found = weighing.compared(world.session, CAMPAIGN, third.id, first.id)
    assert (len(found.gained), len(found.lost), found.total) == (0, 1, Shift(4, 4, 3, 2))
    assert weighing.compared(world.session, CAMPAIGN, second.id, third.id).total == Shift(2, 2, 0, 1)


def test_promises_taken_back_count_only_where_they_stood(world: World) -> None:
    for number in range(3):
        in_need(world, f"Kaya{number}")
    world.device()
    first = applied(world)
    second = drafted(world)
    releasing.withdraw(world.session, releasing.application(world.session, CAMPAIGN))
    third = drafted(world)
    assert weighing.compared(world.session, CAMPAIGN, first.id, third.id).kept == 0
    found = weighing.compared(world.session, CAMPAIGN, second.id, third.id)
    assert (found.kept, found.total, found.gained, found.lost) == (1, Shift(3, 3, 1, 1), (), ())
