"""A campaign closed on both engines: what it promised and nobody fetched is free again, and nothing more is planned."""

from collections.abc import Callable

import pytest

from tablet_loans.domain.act import Action
from tablet_loans.domain.campaign import CampaignOver, CampaignStatus
from tablet_loans.domain.errors import CampaignNotOpen, NotUndoable, Refusal, StepNotAllowed
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.rules import Rules
from tablet_loans.services import (
    allocating,
    campaigning,
    checking,
    chronicling,
    closing,
    importing,
    lending,
    marking,
    offering,
    readying,
    releasing,
    ruling,
    undoing,
)
from tablet_loans.storage import staging
from tests.builders import CAMPAIGN, World
from tests.services.planned import applied, drafted, in_need, promises

WHY = "avis du médecin scolaire"


def test_promises_that_nobody_fetched_are_released_and_what_was_lent_stays_out(world: World) -> None:
    fetched, waits = in_need(world, "Kaya"), in_need(world, "Brun")
    tag, _ = world.device(), world.device()
    applied(world)
    lending.check_out(world.session, code=tag, pupil_id=fetched)
    assert closing.promises_left(world.session, CAMPAIGN) == 1

    done = campaigning.close(world.session, CAMPAIGN).value

    assert (done.status, done.loans, done.promises) == (CampaignStatus.CLOSING, 1, 1)
    assert dict(promises(world)) == {fetched: "fulfilled", waits: "released"}
    told = chronicling.events(world.session, CAMPAIGN)
    released = next(each for each in told if each.action is Action.RELEASED)
    assert (released.facts["promises"], released.pupil_id) == (1, None)
    with pytest.raises(StepNotAllowed):
        campaigning.close(world.session, CAMPAIGN)
    lending.check_in(world.session, code=tag)
    done = campaigning.close(world.session, CAMPAIGN).value
    assert (done.status, done.promises) == (CampaignStatus.CLOSED, 0)
    checking.check(world.session)


def test_a_closing_is_undone_and_its_promises_are_not_made_again(world: World) -> None:
    pupil = in_need(world, "Kaya")
    world.device()
    applied(world)
    campaigning.close(world.session, CAMPAIGN)
    undoing.undo_last(world.session)
    assert campaigning.shown(world.session, CAMPAIGN).status == CampaignStatus.OPEN
    assert promises(world) == [(pupil, "released")]
    with pytest.raises(NotUndoable):
        undoing.undo_last(world.session)
    applied(world)
    assert promises(world) == [(pupil, "released"), (pupil, "promised")]


def test_a_closing_that_was_decided_is_finished_by_the_next_process(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil = in_need(world, "Kaya")
    world.device()
    applied(world)
    with monkeypatch.context() as broken:
        broken.setattr(staging, "roll_forward", _dies)
        with pytest.raises(KeyboardInterrupt):
            campaigning.close(world.session, CAMPAIGN)
    assert (campaigning.shown(world.session, CAMPAIGN).status, promises(world)) == ("closed", [(pupil, "promised")])
    importing.finish_decided(world.session)
    assert promises(world) == [(pupil, "released")]


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("status", ["closing", "closed"])
def test_promises_left_in_a_campaign_that_was_over_before_are_told_and_released(world: World, status: str) -> None:
    pupil = in_need(world, "Kaya")
    world.device()
    applied(world)
    world.campaign("Autre 2026")
    lending.check_out(world.session, code=world.device(), pupil_id=world.pupil("Roux"), campaign=CAMPAIGN)
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET status = ? WHERE name = ?", (status, CAMPAIGN))
    told = {line.code: line for line in readying.readiness(world.session, "Autre 2026").lines}
    assert (told["promises_left"].count, told["promises_left"].over) == (1, CAMPAIGN)  # type: ignore[index]
    done = campaigning.close(world.session, CAMPAIGN).value
    assert (done.status.value, done.promises, promises(world)) == (status, 1, [(pupil, "released")])
    codes = [line.code for line in readying.readiness(world.session, "Autre 2026").lines]
    assert "promises_left" not in codes
    with pytest.raises(StepNotAllowed):
        campaigning.close(world.session, CAMPAIGN)


@pytest.mark.parametrize(("status", "refusal"), [("closing", CampaignNotOpen), ("closed", CampaignOver)])
def test_a_campaign_that_is_ending_or_over_plans_nothing_and_still_releases(
    world: World, status: str, refusal: type[Refusal]
) -> None:
    first, second = in_need(world, "Kaya"), in_need(world, "Brun")
    world.device()
    world.device()
    applied(world)
    in_need(world, "Roux")
    draft = drafted(world)
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET status = ?", (status,))
    session, refused = world.session, pytest.raises(refusal)
    acts: list[Callable[[], object]] = [
        lambda: allocating.draft(session, CAMPAIGN),
        lambda: allocating.apply(session, CAMPAIGN, plan=draft.id),
        lambda: ruling.set_rules(session, CAMPAIGN, Rules(reserve=1), note=WHY),
        lambda: marking.mark(session, CAMPAIGN, str(first), MarkKind.EXCLUDED, WHY),
        lambda: offering.offers(session, CAMPAIGN),
    ]
    for act in acts:
        with refused:
            act()
    releasing.release(session, CAMPAIGN, str(first), WHY)
    releasing.withdraw(session, releasing.application(session, CAMPAIGN))
    assert dict(promises(world)) == {first: "released", second: "released"}


def test_a_draft_campaign_is_planned_and_promises_before_its_first_day(world: World) -> None:
    pupil = in_need(world, "Kaya")
    world.device()
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET status = 'draft'")
    applied(world)
    assert promises(world) == [(pupil, "promised")]
    with pytest.raises(StepNotAllowed):
        campaigning.close(world.session, CAMPAIGN)
    assert promises(world) == [(pupil, "promised")]


def test_a_promise_is_not_made_again_by_undoing_a_loan_once_its_campaign_or_its_plan_is_over(world: World) -> None:
    first, second = in_need(world, "Kaya"), in_need(world, "Brun")
    tags = [world.device() for _ in range(2)]
    applied(world)
    loans = [
        lending.check_out(world.session, code=tag, pupil_id=pupil)
        for tag, pupil in zip(tags, (first, second), strict=True)
    ]
    releasing.withdraw(world.session, releasing.application(world.session, CAMPAIGN))
    undoing.undo(world.session, loans[0].ledger_id)
    campaigning.close(world.session, CAMPAIGN)
    undoing.undo(world.session, loans[1].ledger_id)
    assert dict(promises(world)) == {first: "released", second: "released"}
    checking.check(world.session)
