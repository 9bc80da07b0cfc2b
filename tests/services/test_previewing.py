"""A plan before it is applied: how far it reaches, what it gives away, whom it fails, on both engines."""

from datetime import date

import pytest

from tablet_loans.domain.allocation import NoPlan
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.rules import Rules
from tablet_loans.services import allocating, asking, marking, previewing
from tests.builders import CAMPAIGN, World, new_session

ASKED = Told(date(2026, 4, 1), "", Source.GRID)


def in_need(world: World, name: str, school: int | None = None, **said: bool) -> PupilId:
    pupil = world.pupil(name, school_id=school)
    answer = Answer(Equipment.NONE, **said)
    asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(pupil), answer=answer, told=ASKED)
    return pupil


def test_what_is_given_beyond_the_need_is_counted(world: World) -> None:
    in_need(world, "Kaya")
    in_need(world, "Brun", is_cellular=True)
    in_need(world, "Roux")
    for _ in range(2):
        world.device()
    allocating.draft(world.session, CAMPAIGN)
    found = previewing.preview(world.session, CAMPAIGN)
    assert (found.head.served, found.head.waiting, found.schools) == (2, 1, 1)
    assert sum(count for _, count in found.given_away) in (1, 2)
    assert {features for features, _ in found.given_away} == {frozenset({"cellular"})}
    assert (found.unmet, found.far) == ((), ())


def test_a_pinned_pupil_whom_nothing_suits_is_named(world: World) -> None:
    pupil = in_need(world, "Kaya")
    marking.mark(world.session, CAMPAIGN, str(pupil), MarkKind.PINNED, "asked by the social service")
    allocating.draft(world.session, CAMPAIGN)
    found = previewing.preview(world.session, CAMPAIGN)
    assert [(row.choice.pupil, row.name) for row in found.unmet] == [(pupil, "KAYA Inès")]
    assert found.given_away == ()


def test_a_school_whose_answers_lie_far_from_the_others_is_shown(world: World) -> None:
    many, others = world.school(name="Collège Les Iris"), world.school(name="Lycée Les Canuts")
    for number in range(12):
        in_need(world, f"Kaya{number}", many)
        pupil = world.pupil(f"Roux{number}", school_id=others)
        owns = Answer(Equipment.OWN)
        asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(pupil), answer=owns, told=ASKED)
    allocating.draft(world.session, CAMPAIGN)
    found = previewing.preview(world.session, CAMPAIGN)
    assert {each.name for each in found.far} == {"Collège Les Iris", "Lycée Les Canuts"}


def test_what_changes_since_the_plan_that_was_applied_is_told(world: World) -> None:
    served, waiting = in_need(world, "Kaya"), in_need(world, "Brun")
    world.device()
    allocating.draft(world.session, CAMPAIGN)
    first = previewing.preview(world.session, CAMPAIGN)
    assert first.since.before is None
    allocating.apply(world.session, CAMPAIGN)
    world.device()
    allocating.draft(world.session, CAMPAIGN)
    since = previewing.preview(world.session, CAMPAIGN).since
    assert since.before is not None
    assert (since.before.id, since.difference.kept) == (first.head.id, 1)
    assert [each.pupil in (served, waiting) for each in since.difference.gained] == [True]


def test_a_plan_made_under_other_rules_tells_those_of_the_campaign(world: World) -> None:
    in_need(world, "Kaya")
    allocating.draft(world.session, CAMPAIGN)
    assert previewing.preview(world.session, CAMPAIGN).rules is None
    allocating.draft(world.session, CAMPAIGN, rules=Rules(reserve=3))
    assert previewing.preview(world.session, CAMPAIGN).rules == Rules()


def test_without_a_plan_or_the_right_nothing_is_previewed(world: World) -> None:
    with pytest.raises(NoPlan):
        previewing.preview(world.session, CAMPAIGN)
    in_need(world, "Kaya")
    allocating.draft(world.session, CAMPAIGN)
    finance = new_session(world.base, "machine-2", Actor("A. Finance", Role.FINANCE))
    with pytest.raises(NotPermitted):
        previewing.preview(finance, CAMPAIGN)
