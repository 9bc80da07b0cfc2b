"""Applied plans held against what was kept on both engines: each proof that fails is named."""

import json

import pytest

from tablet_loans.domain.allocation import VERSION, PlanNotApplied, UnknownPlan
from tablet_loans.domain.dossier import digest, packed, unpacked
from tablet_loans.domain.proof import Part, Problem
from tablet_loans.services import allocating, releasing, undoing
from tablet_loans.storage import plans
from tests.builders import CAMPAIGN, World
from tests.services.planned import applied, drafted, in_need, promises


def a_plan(world: World) -> None:
    for name in ("Kaya", "Brun", "Roux"):
        in_need(world, name)
    for _ in range(2):
        world.device()
    applied(world)


def problems(world: World) -> list[str]:
    return [str(each) for each in allocating.verify(world.session, CAMPAIGN).problems]


def altered(world: World, statement: str, *values: object) -> None:
    with world.base.atomic():
        world.base.execute(statement, values)


def rewrite_dossier(world: World, old: str, new: str) -> None:
    """Write something else into the dossier, and its digest beside it, as a clever hand would."""
    plan = allocating.verify(world.session, CAMPAIGN).plan
    text = unpacked(plans.dossier(world.base, plan.id))
    assert old in text
    text = text.replace(old, new)
    altered(world, "UPDATE plan SET instance = ?, digest = ?", packed(text), digest(text))


def test_a_plan_that_stands_as_it_was_applied_has_no_problem(world: World) -> None:
    a_plan(world)
    verified = allocating.verify(world.session, CAMPAIGN)
    assert (verified.is_same, verified.problems, verified.differences, verified.choices) == (True, (), {}, 3)


def test_a_dossier_with_another_digest_is_not_the_plan_s(world: World) -> None:
    a_plan(world)
    altered(world, "UPDATE plan SET digest = ?", "0" * 64)
    assert problems(world) == [Problem.DOSSIER]


def test_a_dossier_rewritten_with_its_digest_is_not_the_one_that_was_chained(world: World) -> None:
    a_plan(world)
    rewrite_dossier(world, '"excluded":[]', '"excluded":[999999]')
    assert problems(world) == [Problem.LEDGER]


def test_a_ledger_line_altered_as_well_vouches_for_nothing(world: World) -> None:
    a_plan(world)
    before = allocating.verify(world.session, CAMPAIGN).plan.digest
    rewrite_dossier(world, '"excluded":[]', '"excluded":[999999]')
    after = allocating.verify(world.session, CAMPAIGN).plan.digest
    altered(world, "UPDATE ledger_facts SET facts = replace(facts, ?, ?)", before, after)
    assert problems(world) == [Problem.LEDGER]


def test_another_seed_than_the_one_published_is_told(world: World) -> None:
    a_plan(world)
    rewrite_dossier(world, '"seed":"', '"seed":"0')
    assert {Problem.LEDGER, Problem.SEED} <= set(problems(world))


def test_a_plan_of_another_version_is_told(world: World) -> None:
    a_plan(world)
    rewrite_dossier(world, f'"version":"{VERSION}"', '"version":"2026-11: 1"')
    assert problems(world) == [Problem.VERSION, Problem.LEDGER]


def test_promises_added_or_taken_away_are_told_whatever_became_of_the_others(world: World) -> None:
    a_plan(world)
    altered(world, "UPDATE reservation SET state = 'released'")
    assert problems(world) == []
    altered(world, "DELETE FROM reservation WHERE id = (SELECT min(id) FROM reservation)")
    assert problems(world) == [Problem.PROMISES]


def test_other_choices_are_told_apart_from_other_places(world: World) -> None:
    a_plan(world)
    legend = json.loads(world.base.execute("SELECT legend FROM plan").fetchone()[0])
    altered(world, "UPDATE plan SET legend = ?", json.dumps({**legend, "homes": ["depot:elsewhere"]}))
    verified = allocating.verify(world.session, CAMPAIGN)
    assert (verified.is_same, verified.problems) == (False, (Problem.PLACES,))
    assert verified.differences == {Part.PLACES: 2}
    altered(world, "UPDATE plan SET legend = ?", json.dumps(legend))
    rows = json.loads(world.base.execute("SELECT choices FROM plan_school").fetchone()[0])
    rows[0][1], rows[1][1] = rows[1][1], rows[0][1]
    altered(world, "UPDATE plan_school SET choices = ?", json.dumps(rows))
    verified = allocating.verify(world.session, CAMPAIGN)
    assert (verified.problems, verified.differences) == ((Problem.CHOICES,), {Part.RANKS: 2})


def test_any_plan_that_was_applied_can_be_verified_and_a_draft_cannot(world: World) -> None:
    a_plan(world)
    first = allocating.verify(world.session, CAMPAIGN).plan.id
    world.device()
    second = applied(world).id
    draft = drafted(world).id
    for plan in (first, second):
        verified = allocating.verify(world.session, CAMPAIGN, plan)
        assert (verified.plan.id, verified.problems) == (plan, ())
    for number, refusal in ((draft, PlanNotApplied), (draft + 1, UnknownPlan)):
        with pytest.raises(refusal):
            allocating.verify(world.session, CAMPAIGN, number)


def test_a_plan_withdrawn_can_still_be_verified(world: World) -> None:
    a_plan(world)
    plan = allocating.verify(world.session, CAMPAIGN).plan.id
    undoing.undo_last(world.session)
    assert {state for _, state in promises(world)} == {"released"}
    assert allocating.verify(world.session, CAMPAIGN, plan).problems == ()


def test_a_promise_that_a_family_refuses_leaves_the_plan_as_it_was(world: World) -> None:
    a_plan(world)
    pupil = promises(world)[0][0]
    releasing.release(world.session, CAMPAIGN, str(pupil), "refus de la famille")
    assert problems(world) == []
