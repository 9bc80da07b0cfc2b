"""Promises at the counter, on both engines: one made for who waits, and those that a loan leaves without a device."""

import pytest

from tablet_loans.domain.errors import NotPermitted, ReservedForAnother
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.offer import DeviceTaken, Offer
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import allocating, checking, lending, marking, offering, promising, serving, undoing
from tablet_loans.services.desk import IDLE, Did, Outcome
from tablet_loans.services.promising import Aftermath
from tablet_loans.storage import schema
from tablet_loans.storage.database import open_database
from tests.builders import CAMPAIGN, World, new_session
from tests.services.promised import applied, in_need, plain_device, promises
from tests.services.served import Served, refusal_of


def left_by(world: World, tag: str, pupil: PupilId) -> Aftermath:
    """Lend a device, and return what that leaves."""
    receipt = lending.check_out(world.session, code=tag, pupil_id=pupil)
    return promising.aftermath(world.session, receipt.value)


def test_a_loan_that_takes_a_device_from_promises_says_how_many_lack_one(world: World) -> None:
    promised = [in_need(world, name, is_cellular=True) for name in ("Kaya", "Brun")]
    tags = [world.device() for _ in range(3)]
    applied(world)
    assert left_by(world, tags[0], world.pupil("Roux")) == Aftermath()
    assert left_by(world, tags[1], world.pupil("Leroy")) == Aftermath(short=1)
    assert left_by(world, tags[2], promised[0]) == Aftermath()  # hers: she takes it from nobody
    assert left_by(world, plain_device(world), world.pupil("Morin")) == Aftermath()  # of no use to who lacks one


def test_a_promise_kept_by_a_better_device_takes_it_from_those_to_whom_it_was_promised(world: World) -> None:
    plain, cellular = in_need(world, "Kaya"), in_need(world, "Brun", is_cellular=True)
    plain_device(world)
    better = world.device()
    applied(world)
    assert {each[0] for each in promises(world)} == {plain, cellular}
    assert left_by(world, better, plain) == Aftermath(short=1)


def test_what_a_better_device_keeps_is_not_short(world: World) -> None:
    in_need(world, "Kaya")
    tags = [plain_device(world)]
    applied(world)
    tags += [world.device(), world.device()]
    assert left_by(world, tags[0], world.pupil("Roux")) == Aftermath()
    assert left_by(world, tags[1], world.pupil("Leroy")) == Aftermath()
    assert left_by(world, tags[2], world.pupil("Morin")) == Aftermath(short=1)


def test_who_was_set_aside_in_the_campaign_is_lent_one_and_it_is_said(world: World) -> None:
    aside, other = in_need(world, "Kaya"), in_need(world, "Brun")
    world.campaign("Rentrée 2026")
    marking.mark(world.session, CAMPAIGN, str(aside), MarkKind.EXCLUDED, "Déménage en mai")
    assert promising.is_set_aside(world.session, CAMPAIGN, aside)
    assert not promising.is_set_aside(world.session, CAMPAIGN, other)
    assert not promising.is_set_aside(world.session, "Rentrée 2026", aside)
    assert not promising.is_set_aside(world.session, None, aside)
    receipt = lending.check_out(world.session, code=world.device(), pupil_id=aside, campaign=CAMPAIGN)
    assert promising.aftermath(world.session, receipt.value) == Aftermath(is_set_aside=True)
    marking.unmark(world.session, CAMPAIGN, str(aside), "Ne déménage plus")
    assert not promising.is_set_aside(world.session, CAMPAIGN, aside)


def shown_with_offer(world: World) -> tuple[Outcome, Offer]:
    """Show a ready tablet that suits who waits."""
    in_need(world, "Kaya")
    applied(world)
    shown = Served(world).scan(world.device())
    offer = offering.offer_for(world.session, shown.code)
    assert offer is not None
    return shown, offer


def test_a_promise_at_the_counter_is_an_act_that_is_undone(world: World) -> None:
    shown, offer = shown_with_offer(world)
    made = promising.promise(world.session, shown, offer)
    assert (made.did, made.pending, made.code) == (Did.PROMISED, IDLE, shown.code)
    with pytest.raises(ReservedForAnother):
        lending.check_out(world.session, code=shown.code, pupil_id=world.pupil("Brun"))
    undone = serving.undo(world.session, made)
    assert (undone.did, undone.undid) == (Did.UNDID, Did.PROMISED)
    assert promises(world) == []
    lending.check_out(world.session, code=shown.code, pupil_id=world.pupil("Roux"))
    checking.check(world.session)


def test_an_offer_that_no_longer_stands_is_refused_in_place_and_the_tablet_waits_on(world: World) -> None:
    shown, offer = shown_with_offer(world)
    promising.promise(world.session, shown, offer)
    again = promising.promise(world.session, shown, offer)
    assert refusal_of(again) is DeviceTaken
    assert (again.pending, again.ledger_ids) == (shown.pending, ())
    assert len(promises(world)) == 1


def test_who_may_not_promise_promises_nothing(sqlite_world: World) -> None:
    shown, offer = shown_with_offer(sqlite_world)
    technician = new_session(sqlite_world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN))
    assert refusal_of(promising.promise(technician, shown, offer)) is NotPermitted
    assert promises(sqlite_world) == []


def test_the_version_before_says_what_a_loan_leaves_too(url: str) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0005_plans")
    world = World(new_session(base))
    world.campaign()
    assert left_by(world, world.device(), world.pupil()) == Aftermath()
    assert not promising.is_set_aside(world.session, CAMPAIGN, world.pupil("Kaya"))
    base.close()


def test_who_is_lent_another_device_holds_no_promise_any_more_and_undo_gives_it_back(world: World) -> None:
    pupil, tag = in_need(world, "Kaya", is_cellular=True), world.device()
    applied(world)
    lending.check_out(world.session, code=plain_device(world), pupil_id=pupil)
    assert [state for _, state, _ in promises(world)] == ["released"]
    assert allocating.draft(world.session, CAMPAIGN).value.supply == 1
    undoing.undo_last(world.session)
    assert [state for _, state, _ in promises(world)] == ["promised"]
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    assert [state for _, state, _ in promises(world)] == ["fulfilled"]
