"""Which plan explains what a pupil receives: the one that decided, and what became of it, on both engines."""

from datetime import date

import pytest

from tablet_loans.domain.allocation import NotEligible, NothingApplied, Outcome, PlanNotApplied, UnknownPlan
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.plan import PlanState, Since
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import allocating, explaining, lending, marking, offering, releasing, undoing
from tablet_loans.services.explaining import Explanation
from tests.builders import CAMPAIGN, World
from tests.services.planned import applied, drafted, in_need

DUE = date(2026, 7, 3)


def told(world: World, pupil: PupilId, plan: int | None = None) -> Explanation:
    return explaining.explain(world.session, CAMPAIGN, str(pupil), plan)


def test_the_plan_that_promised_explains_and_a_later_draft_does_not(world: World) -> None:
    first, second = in_need(world, "Kaya"), in_need(world, "Brun")
    world.device()
    assert told_by_draft(world, first) is PlanState.DRAFT
    plan = allocating.apply(world.session, CAMPAIGN).value
    later = drafted(world)
    lucky, waiting = sorted((told(world, each) for each in (first, second)), key=lambda each: each.choice.rank)
    assert [each.head.id for each in (lucky, waiting)] == [plan.id, plan.id]
    assert (lucky.choice.outcome, lucky.since, waiting.since) == (Outcome.SERVED, None, None)
    assert told(world, waiting.choice.pupil, later.id).head.state is PlanState.DRAFT
    with pytest.raises(NotEligible):
        told(world, lucky.choice.pupil, later.id)


def told_by_draft(world: World, pupil: PupilId) -> PlanState:
    drafted(world)
    return told(world, pupil).head.state


def test_a_promise_kept_by_an_older_plan_is_explained_by_it_and_by_the_next_once_the_loan_is_back(world: World) -> None:
    pupil = in_need(world, "Kaya")
    tag = world.device()
    first = applied(world)
    lending.check_out(world.session, code=tag, pupil_id=pupil, due_on=DUE)
    other = in_need(world, "Brun")
    world.device()
    second = applied(world)
    assert (told(world, pupil).head.id, told(world, other).head.id) == (first.id, second.id)
    lending.check_in(world.session, code=tag)
    third = applied(world)
    assert (told(world, pupil).head.id, told(world, pupil).choice.outcome) == (third.id, Outcome.WAITING)


def test_a_promise_that_was_released_or_made_since_is_told(world: World) -> None:
    first, second = in_need(world, "Kaya"), in_need(world, "Brun")
    world.device()
    applied(world)
    lucky, waiting = sorted((told(world, each) for each in (first, second)), key=lambda each: each.choice.rank)
    world.device()
    offering.accept(world.session, offering.offers(world.session, CAMPAIGN))
    assert told(world, waiting.choice.pupil).since is Since.PROMISED
    releasing.release(world.session, CAMPAIGN, str(lucky.choice.pupil), "la famille refuse")
    assert told(world, lucky.choice.pupil).since is Since.RELEASED


def test_the_plan_whose_promise_stands_comes_before_a_later_one(world: World) -> None:
    pupil = in_need(world, "Kaya")
    world.device()
    first = applied(world)
    released = releasing.release(world.session, CAMPAIGN, str(pupil), "la famille refuse")
    other = in_need(world, "Brun")
    marking.mark(world.session, CAMPAIGN, str(other), MarkKind.PINNED, "avis du médecin")
    second = applied(world)
    assert (told(world, pupil).head.id, told(world, pupil).choice.outcome) == (second.id, Outcome.WAITING)
    world.device()
    undoing.undo(world.session, released.ledger_id)
    assert (told(world, pupil).head.id, told(world, pupil).choice.outcome) == (first.id, Outcome.SERVED)


def test_a_withdrawn_plan_explains_no_more_unless_its_loan_is_out(world: World) -> None:
    first, second = in_need(world, "Kaya"), in_need(world, "Brun")
    tag = world.device()
    world.device()
    plan = applied(world)
    lending.check_out(world.session, code=tag, pupil_id=first, due_on=DUE)
    releasing.withdraw(world.session, releasing.application(world.session, CAMPAIGN))
    later = drafted(world)
    found = told(world, first)
    assert (found.head.id, found.head.state) == (plan.id, PlanState.WITHDRAWN)
    assert told(world, second).head.id == later.id


def test_a_number_that_is_no_plan_s_is_refused_with_those_there_are(world: World) -> None:
    pupil = in_need(world, "Kaya")
    drafted(world)
    plan = drafted(world)
    with pytest.raises(UnknownPlan) as refused:
        told(world, pupil, plan.id + 7)
    assert refused.value.facts == {"campaign": CAMPAIGN, "plan": plan.id + 7, "known": f"{plan.id - 1}, {plan.id}"}
    with pytest.raises(NothingApplied):
        releasing.application(world.session, CAMPAIGN)
    with pytest.raises(PlanNotApplied):
        releasing.application(world.session, CAMPAIGN, plan.id)


def test_a_school_s_pupils_are_told_in_the_state_of_the_plan_shown(world: World) -> None:
    in_need(world, "Kaya", school_id=world.school("0690142E"))
    (row,) = explaining.pupils_of(world.session, CAMPAIGN, "0690142E", drafted(world).id)
    assert row.state is PlanState.DRAFT
