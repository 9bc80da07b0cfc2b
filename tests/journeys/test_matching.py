"""A matching's whole life: two sets of rules compared, one applied, lent, returned, delivered, planned again."""

from collections import Counter
from datetime import date
from random import Random

from tablet_loans.domain.allocation import Outcome
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.plan import PlanHead, PlanState
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.rules import Rules
from tablet_loans.services import allocating, asking, checking, explaining, lending, stocking, weighing
from tests.builders import CAMPAIGN, World

SCHOOLS, PUPILS, DEVICES = 6, 90, 40
NEEDS = (Equipment.NONE, Equipment.PHONE, Equipment.SHARED, Equipment.OWN)


def filled(world: World) -> list[str]:
    """Fill the world with pupils of several schools, their answers, and ready devices; return the tags."""
    chance = Random(7)
    schools = [world.school(name=f"Collège {place}") for place in range(SCHOOLS)]
    for place in range(PUPILS):
        school, class_name = chance.choice(schools), chance.choice(("5e B", "3e A"))
        pupil = world.pupil(f"Élève{place}", school_id=school, class_name=class_name)
        answer = Answer(chance.choice(NEEDS), chance.random() < 0.3, chance.random() < 0.1)
        told = Told(date(2026, 4, chance.randrange(1, 5)), "", Source.GRID)
        asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(pupil), answer=answer, told=told)
    return [world.device() for _ in range(DEVICES)]


def promised(world: World) -> dict[PupilId, str]:
    rows = world.base.execute("SELECT pupil_id, state FROM reservation WHERE state <> 'released'").fetchall()
    return {PupilId(row[0]): row[1] for row in rows}


def served(world: World, head: PlanHead) -> list[PupilId]:
    choices = explaining.choices(world.session, CAMPAIGN, head.id).choices
    return [each.pupil for each in choices if each.outcome is Outcome.SERVED]


def test_no_promise_is_broken_from_the_first_plan_to_the_one_made_again(world: World) -> None:
    tags, session = filled(world), world.session
    usual = allocating.draft(session, CAMPAIGN).value
    by_schools = allocating.draft(session, CAMPAIGN, rules=Rules((Criterion.PRIORITY,), reserve=4)).value
    compared = weighing.compared(session, CAMPAIGN, usual.id, by_schools.id)
    assert (usual.served, by_schools.served) == (DEVICES, DEVICES - 4)
    assert len(compared.difference.lost) - len(compared.difference.gained) == 4

    assert allocating.apply(session, CAMPAIGN, plan=by_schools.id).value.state is PlanState.APPLIED
    first = set(served(world, by_schools))
    assert promised(world).keys() == first
    assert allocating.rules_of(session, lending.chosen_campaign(session, CAMPAIGN)) == by_schools.rules

    lent = list(zip(tags, sorted(first)[:20], strict=False))
    for tag, pupil in lent:
        lending.check_out(session, code=tag, pupil_id=pupil)
    for tag, _ in lent[:10]:
        lending.check_in(session, code=tag)
        stocking.prepare(session, [tag])
    delivered = [world.device() for _ in range(12)]

    again = allocating.draft(session, CAMPAIGN).value
    allocating.apply(session, CAMPAIGN, plan=again.id)
    kept = promised(world)
    assert first <= kept.keys()
    assert Counter(kept[pupil] for _, pupil in lent)["fulfilled"] == 20 - len(set(served(world, again)) & first)
    assert again.supply == 10 + len(delivered)  # what came back and what was delivered: the reserve stays aside
    assert allocating.verify(session, CAMPAIGN).is_same
    checking.check(session)

    free = iter([tag for tag in (*tags, *delivered) if world.state_of(tag) == "ready"])
    for pupil in [pupil for pupil, state in promised(world).items() if state == "promised"]:
        lending.check_out(session, code=next(free), pupil_id=pupil)
    assert "promised" not in promised(world).values()
