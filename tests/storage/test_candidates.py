"""Candidates on both engines: since when each asks, and who is counted among those in need."""

from collections.abc import Sequence
from datetime import date

import pytest

from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import allocating, asking, campaigning, launching, lending
from tablet_loans.storage import candidates
from tablet_loans.storage.candidates import InNeed
from tests.builders import CAMPAIGN, DUE, World

NONE, PHONE, OWN = Equipment.NONE, Equipment.PHONE, Equipment.OWN
CREATED = date(2026, 4, 6)
Said = tuple[Equipment, date]


def answered(world: World, pupil: PupilId, *answers: Said, campaign: str = CAMPAIGN, **said: bool) -> None:
    for equipment, day in answers:
        answer, told = Answer(equipment, **said), Told(day, "", Source.GRID)
        asking.set_answer(world.session, campaign=campaign, pupil=str(pupil), answer=answer, told=told)


def in_need(world: World, campaign: str = CAMPAIGN) -> InNeed:
    found = lending.chosen_campaign(world.session, campaign)
    return candidates.in_need(world.base, found.id, allocating.KIND, world.session.today(), ("3",))


def long_running(world: World) -> None:
    """Let the campaign be months old, so that days lie within it."""
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET created_at = 0")


@pytest.mark.parametrize(
    ("answers", "since"),
    [
        ([(NONE, date(2026, 3, 10))], date(2026, 3, 10)),
        ([(PHONE, date(2026, 3, 10)), (NONE, date(2026, 3, 20))], date(2026, 3, 10)),
        ([(NONE, date(2026, 3, 20)), (PHONE, date(2026, 3, 10))], date(2026, 3, 10)),
        ([(NONE, date(2026, 3, 10)), (OWN, date(2026, 3, 15)), (NONE, date(2026, 3, 20))], date(2026, 3, 20)),
        ([(OWN, date(2026, 3, 15)), (NONE, date(2026, 3, 20)), (PHONE, date(2026, 3, 10))], date(2026, 3, 20)),
    ],
)
def test_a_request_counts_from_its_first_day_unless_it_was_taken_back(
    world: World, answers: Sequence[Said], since: date
) -> None:
    long_running(world)
    answered(world, world.pupil(), *answers)
    assert [each.asked_on for each in in_need(world).candidates] == [since]


def test_days_before_the_campaign_count_as_its_first_day(world: World) -> None:
    first, second = world.pupil("Brun"), world.pupil("Kaya")
    answered(world, first, (NONE, date(2026, 4, 6)), (PHONE, date(1970, 1, 1)))
    answered(world, second, (NONE, date(2026, 4, 2)))
    assert {each.asked_on for each in in_need(world).candidates} == {CREATED}


def test_answers_carried_into_a_new_campaign_keep_their_day(world: World) -> None:
    long_running(world)
    answered(world, world.pupil(), (NONE, date(2026, 3, 10)))
    launching.relaunch(world.session, CAMPAIGN, new_name="Reprise", due_on=DUE, is_open=True)
    newcomer = world.pupil("Kaya")
    answered(world, newcomer, (NONE, date(2026, 3, 1)), campaign="Reprise")
    assert [each.asked_on for each in in_need(world, "Reprise").candidates] == [date(2026, 3, 10), CREATED]


def test_schools_that_take_no_part_are_not_counted_and_who_has_a_device_is_apart(world: World) -> None:
    part, other = world.school("0690001A"), world.school("0690002B")
    waits, holds = world.pupil("Brun", school_id=part), world.pupil("Kaya", school_id=part)
    apart = world.pupil("Roux", school_id=other)
    for pupil in (waits, holds, apart):
        answered(world, pupil, (NONE, CREATED), is_priority=True)
    lending.check_out(world.session, code=world.device(), pupil_id=holds)
    campaigning.edit(world.session, CAMPAIGN, schools_taking_part=("0690001A",))
    found = in_need(world)
    assert [each.pupil for each in found.candidates] == [waits]
    assert (dict(found.equipped), [each.pupil for each in found.claims]) == ({part: 1}, [holds])
    head = allocating.draft(world.session, CAMPAIGN).value
    counted = "SELECT school_id, in_need, equipped, eligible FROM plan_school WHERE plan_id = ?"
    assert world.base.execute(counted, (head.id,)).fetchall() == [(part, 2, 1, 1)]
