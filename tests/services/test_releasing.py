"""Promises released on both engines: one that a family refuses, or all those of a plan that nobody has fetched yet."""

import pytest

from tablet_loans.domain.act import Action, changes_from_facts
from tablet_loans.domain.allocation import NoPlan
from tablet_loans.domain.errors import AlreadyUndone, ChangedSince, NotPermitted, NotUndoable
from tablet_loans.domain.mark import NoteNeeded, NotPromised
from tablet_loans.domain.plan import PlanState
from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.rules import Rules
from tablet_loans.services import (
    allocating,
    checking,
    chronicling,
    explaining,
    importing,
    lending,
    releasing,
    ruling,
    undoing,
)
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import staging
from tests.builders import CAMPAIGN, World, new_session
from tests.services.planned import applied, drafted, in_need, promises, served

WHY = "la famille a acheté une tablette"
PRIORITY_FIRST = Rules((Criterion.PRIORITY, Criterion.EQUIPMENT))


def test_a_promise_that_is_refused_goes_to_the_next_and_undo_gives_it_back_before_that(world: World) -> None:
    pupils = [in_need(world, name) for name in ("Kaya", "Brun")]
    world.device()
    (first,) = served(world, applied(world))
    releasing.release(world.session, CAMPAIGN, str(first), WHY)
    assert promises(world) == [(first, "released")]
    undoing.undo_last(world.session)
    assert promises(world) == [(first, "promised")]
    released = releasing.release(world.session, CAMPAIGN, str(first), WHY)
    with world.base.atomic():
        world.base.execute("DELETE FROM need WHERE pupil_id = ?", (first,))
    applied(world)
    (second,) = {*pupils} - {first}
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, released.ledger_id)
    assert promises(world) == [(first, "released"), (second, "promised")]


def test_a_promise_released_and_made_again_is_not_given_back_twice(world: World) -> None:
    pupil = in_need(world, "Kaya")
    for _ in range(2):
        world.device()
    applied(world)
    released = releasing.release(world.session, CAMPAIGN, str(pupil), WHY)
    applied(world)
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, released.ledger_id)
    assert promises(world) == [(pupil, "released"), (pupil, "promised")]


def test_what_is_not_promised_is_not_released(world: World) -> None:
    pupil = in_need(world, "Kaya")
    tag = world.device()
    with pytest.raises(NotPromised):
        releasing.release(world.session, CAMPAIGN, str(pupil), WHY)
    applied(world)
    with pytest.raises(NoteNeeded):
        releasing.release(world.session, CAMPAIGN, str(pupil), "")
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    with pytest.raises(NotPromised):
        releasing.release(world.session, CAMPAIGN, str(pupil), WHY)


def test_an_applied_plan_that_is_undone_keeps_what_was_lent_and_a_fresh_one_is_applied(world: World) -> None:
    pupils = [in_need(world, f"Kaya{number}") for number in range(3)]
    tags = [world.device() for _ in range(3)]
    head = applied(world)
    lending.check_out(new_session(world.base, "machine-2"), code=tags[0], pupil_id=pupils[0])

    (undone,) = undoing.undo_last(world.session)

    assert undone.value.kept == 1
    assert dict(promises(world)) == dict(zip(pupils, ("fulfilled", "released", "released"), strict=True))
    assert explaining.head(world.session, CAMPAIGN, head.id).state is PlanState.WITHDRAWN
    with pytest.raises(NoPlan):
        allocating.verify(world.session, CAMPAIGN)
    again = applied(world)
    assert set(served(world, again)) == set(pupils[1:])
    assert allocating.verify(world.session, CAMPAIGN).plan.id == again.id
    checking.check(world.session)


def test_verify_looks_at_the_last_plan_that_was_not_withdrawn(world: World) -> None:
    in_need(world, "Kaya")
    world.device()
    first = applied(world)
    in_need(world, "Brun")
    world.device()
    second = applied(world)
    line = releasing.application(world.session, CAMPAIGN)
    assert line == releasing.application(world.session, CAMPAIGN, second.id)
    releasing.withdraw(world.session, line)
    verified = allocating.verify(world.session, CAMPAIGN)
    assert (verified.plan.id, verified.is_same) == (first.id, True)
    with pytest.raises(AlreadyUndone):
        releasing.withdraw(world.session, line)


def test_a_plan_goes_alone_and_only_if_it_was_applied(world: World) -> None:
    pupil = in_need(world, "Kaya")
    tag = world.device()
    draft = drafted(world)
    for plan in (None, draft.id, 99):
        with pytest.raises(NoPlan):
            releasing.application(world.session, CAMPAIGN, plan)
    applied(world)
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    with pytest.raises(NotUndoable):
        undoing.undo_last(world.session, 2)
    assert promises(world) == [(pupil, "fulfilled")]
    line = releasing.application(world.session, CAMPAIGN)
    technician = new_session(world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN))
    with pytest.raises(NotPermitted):
        undoing.undo(technician, line.id)


def test_a_withdrawal_that_is_stopped_leaves_every_promise(world: World) -> None:
    pupil = in_need(world, "Kaya")
    world.device()
    applied(world)
    line = releasing.application(world.session, CAMPAIGN)
    with pytest.raises(Cancelled):
        releasing.withdraw(world.session, line, Progress(is_cancelled=lambda: True))
    assert promises(world) == [(pupil, "promised")]
    assert staging.runs(world.base) == []


def test_a_withdrawal_that_was_decided_is_finished_by_the_next_process(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil = in_need(world, "Kaya")
    world.device()
    applied(world)
    line = releasing.application(world.session, CAMPAIGN)
    with monkeypatch.context() as broken:
        broken.setattr(staging, "roll_forward", _dies)
        with pytest.raises(KeyboardInterrupt):
            releasing.withdraw(world.session, line)
    assert promises(world) == [(pupil, "promised")]
    importing.finish_decided(world.session)
    assert promises(world) == [(pupil, "released")]


def test_rules_that_came_with_a_plan_are_listed_and_go_with_it(world: World) -> None:
    in_need(world, "Kaya")
    world.device()
    usual = ruling.rules(world.session, CAMPAIGN)
    allocating.draft(world.session, CAMPAIGN, rules=PRIORITY_FIRST)
    plan = allocating.apply(world.session, CAMPAIGN, note="vote du conseil").value
    told = chronicling.events(world.session, CAMPAIGN)
    ruled = next(each for each in told if each.action is Action.RULED)
    (change,) = changes_from_facts(ruled.facts)
    assert (ruled.note, ruled.facts["plan"], told[0].action) == ("vote du conseil", plan.id, Action.ALLOCATED)
    assert change.before != change.after
    assert ruling.rules(world.session, CAMPAIGN) == PRIORITY_FIRST
    undoing.undo_last(world.session)
    assert ruling.rules(world.session, CAMPAIGN) == usual
    assert next(each for each in chronicling.events(world.session, CAMPAIGN) if each.id == ruled.id).is_undone
    checking.check(world.session)


def test_a_plan_by_the_campaign_s_rules_changes_none_and_one_without_a_note_tells_its_number(world: World) -> None:
    in_need(world, "Kaya")
    applied(world)
    assert Action.RULED not in [each.action for each in chronicling.events(world.session, CAMPAIGN)]
    plan = allocating.draft(world.session, CAMPAIGN, rules=PRIORITY_FIRST).value.id
    allocating.apply(world.session, CAMPAIGN)
    ruled = next(each for each in chronicling.events(world.session, CAMPAIGN) if each.action is Action.RULED)
    assert str(plan) in ruled.note


def test_rules_changed_since_or_followed_by_another_plan_stay(world: World) -> None:
    in_need(world, "Kaya")
    allocating.draft(world.session, CAMPAIGN, rules=PRIORITY_FIRST)
    first = allocating.apply(world.session, CAMPAIGN).value
    in_need(world, "Brun")
    second = applied(world)
    releasing.withdraw(world.session, releasing.application(world.session, CAMPAIGN, first.id))
    assert ruling.rules(world.session, CAMPAIGN) == PRIORITY_FIRST
    ruling.set_rules(world.session, CAMPAIGN, Rules(reserve=1), note=WHY)
    releasing.withdraw(world.session, releasing.application(world.session, CAMPAIGN, second.id))
    assert ruling.rules(world.session, CAMPAIGN) == Rules(reserve=1)


def _dies(*_: object) -> None:
    raise KeyboardInterrupt
