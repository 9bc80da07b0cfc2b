"""Waiting lists on both engines: who waits on, and what a device made ready offers to whom."""

from dataclasses import replace
from functools import partial

import pytest

from tablet_loans.domain.allocation import NoPlan
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.need import Answer, Equipment
from tablet_loans.domain.offer import DeviceOwed, DeviceTaken, NoLongerWaiting, NoOffer, Offer, TooManyOffers
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import allocating, asking, checking, lending, offering, packing, stocking, undoing
from tablet_loans.storage import schema
from tablet_loans.storage.database import open_database
from tests.builders import CAMPAIGN, World, new_session
from tests.services.promised import ASKED, applied, in_need, plain_device, promises, together, uai_of


def waiting(world: World) -> list[int]:
    return [each.pupil_id for each in offering.waiting(world.session, CAMPAIGN)]


def offered(world: World) -> list[tuple[str, int]]:
    return [(each.device.tag, each.waiting.pupil_id) for each in offering.offers(world.session, CAMPAIGN)]


def test_there_is_no_waiting_list_before_a_plan_is_applied(world: World) -> None:
    in_need(world, "Kaya")
    with pytest.raises(NoPlan):
        offering.waiting(world.session, CAMPAIGN)
    allocating.draft(world.session, CAMPAIGN)
    with pytest.raises(NoPlan):
        offering.offers(world.session, CAMPAIGN)
    assert offering.offer_for(world.session, world.device()) is None


def test_who_waits_stands_in_rank_order_whatever_the_device_must_have(world: World) -> None:
    world.school()
    other = world.school(name="Collège Les Tilleuls")
    shares = in_need(world, "Brun", Equipment.SHARED, school_id=other)
    phone = in_need(world, "Roux", Equipment.PHONE, is_cellular=True, school_id=other)
    first, second = in_need(world, "Kaya"), in_need(world, "Leroy")
    plain_device(world)
    applied(world)
    found = offering.waiting(world.session, CAMPAIGN)
    assert len({each.rank for each in found}) == 3
    assert [each.rank for each in found] == sorted(each.rank for each in found)
    assert {found[0].pupil_id} < {first, second}
    assert [each.pupil_id for each in found[1:]] == [phone, shares]
    assert [each.required for each in found[1:]] == [{"cellular"}, frozenset()]
    assert [each.pupil_id for each in offering.waiting(world.session, CAMPAIGN, limit=1)] == [found[0].pupil_id]
    of_other = offering.waiting(world.session, CAMPAIGN, uai_of(world, other))
    assert [each.pupil_id for each in of_other] == [phone, shares]


def test_who_was_served_left_or_owns_one_since_no_longer_waits(world: World) -> None:
    lent, left, owns, excluded, waits = (in_need(world, name) for name in ("Kaya", "Brun", "Roux", "Leroy", "Morin"))
    applied(world)
    assert len(waiting(world)) == 5
    lending.check_out(world.session, code=world.device(), pupil_id=lent)
    asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(owns), answer=Answer(Equipment.OWN), told=ASKED)
    with world.base.atomic():
        world.base.execute("UPDATE pupil SET left_on = '2026-01-01' WHERE id = ?", (left,))
        world.base.execute(
            "INSERT INTO plan_mark (campaign_id, pupil_id, kind, note, made_at, made_by, is_current)"
            " VALUES (1, ?, 'excluded', '', 0, '', ?)",
            (excluded, True),
        )
    assert waiting(world) == [waits]


def test_a_device_made_ready_is_offered_to_the_first_whom_it_suits(world: World) -> None:
    sim, plain = in_need(world, "Kaya", is_cellular=True), in_need(world, "Brun", Equipment.SHARED)
    tag = plain_device(world, state="to_prepare")
    with_sim = world.device(state="to_prepare")
    applied(world)
    assert offering.offer_for(world.session, tag) is None
    stocking.prepare(world.session, [tag, with_sim])
    by_tag = {each.device.tag: each.waiting.pupil_id for each in offering.offers_for(world.session, [tag, with_sim])}
    assert by_tag == {tag: plain, with_sim: sim}
    assert sorted(offered(world)) == sorted([(tag, plain), (with_sim, sim)])


def test_a_returned_device_offers_itself_once_it_is_prepared(world: World) -> None:
    holder = in_need(world, "Kaya")
    tag = world.device()
    applied(world)
    lending.check_out(world.session, code=tag, pupil_id=holder)
    waits = in_need(world, "Brun", Equipment.SHARED)
    applied(world)
    lending.check_in(world.session, code=tag)
    assert offering.offer_for(world.session, tag) is None
    stocking.prepare(world.session, [tag])
    offer = offering.offer_for(world.session, tag)
    assert offer is not None
    assert (offer.waiting.pupil_id, offer.campaign) in {(waits, CAMPAIGN), (holder, CAMPAIGN)}


def test_what_is_told_of_a_device_made_ready_is_what_the_list_of_offers_says(world: World) -> None:
    for name in ("Kaya", "Brun", "Roux", "Leroy"):
        in_need(world, name)
    in_need(world, "Morin", is_cellular=True)
    applied(world)
    world.device()  # ready before, by a delivery
    plain_device(world)
    plain = partial(plain_device, world)
    for make in (plain, world.device, plain):
        tag = make(state="to_prepare")
        stocking.prepare(world.session, [tag])
        (offer,) = offering.offers_for(world.session, [tag])
        assert (tag, offer.waiting.pupil_id) in offered(world)


def test_devices_made_ready_one_after_the_other_go_to_one_pupil_each(world: World) -> None:
    for name in ("Kaya", "Brun", "Roux"):
        in_need(world, name)
    applied(world)
    told = []
    for _ in range(3):
        tag = plain_device(world, state="to_prepare")
        stocking.prepare(world.session, [tag])
        told += [(each.device.tag, each.waiting.pupil_id) for each in offering.offers_for(world.session, [tag])]
    assert told == offered(world)
    assert len({pupil for _, pupil in told}) == 3


def test_a_device_just_made_ready_comes_before_those_that_were(world: World) -> None:
    waits = in_need(world, "Kaya")
    applied(world)
    plain_device(world)
    tag = plain_device(world, state="to_prepare")
    stocking.prepare(world.session, [tag])
    assert offered(world) == [(tag, waits)]


def test_a_device_that_is_owed_to_a_promise_is_offered_to_nobody(world: World) -> None:
    in_need(world, "Kaya")
    in_need(world, "Brun", Equipment.SHARED)
    tag = world.device()
    applied(world)
    assert (offering.offer_for(world.session, tag), offered(world)) == (None, [])
    lending.check_out(world.session, code=tag, pupil_id=world.pupil("Roux"))
    other = world.device()
    assert (offering.offer_for(world.session, other), offered(world)) == (None, [])


def test_what_the_rules_hold_back_is_offered_to_nobody(world: World) -> None:
    in_need(world, "Kaya")
    applied(world)
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET rules = ?", ('{"reserve": 1}',))
    first = world.device()
    assert (offering.offer_for(world.session, first), offered(world)) == (None, [])
    second = world.device()
    assert offering.offer_for(world.session, second) is not None
    assert len(offered(world)) == 1


def test_a_base_that_holds_back_more_than_is_ready_offers_nothing(world: World) -> None:
    in_need(world, "Kaya")
    applied(world)
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET rules = ?", ('{"reserve": 9}',))
    assert (offering.offer_for(world.session, world.device()), offered(world)) == (None, [])


def test_accepted_offers_promise_the_very_devices_until_they_are_undone(world: World) -> None:
    pupils = {in_need(world, "Kaya"), in_need(world, "Brun")}
    plan = applied(world)
    tags = {world.device(), world.device()}
    found = offering.offers(world.session, CAMPAIGN)
    receipt = offering.accept(world.session, found)
    assert receipt.value == 2
    assert {pupil for pupil, _, _ in promises(world)} == pupils
    assert all(state == "promised" and device is not None for _, state, device in promises(world))
    assert world.base.execute("SELECT DISTINCT plan_id FROM reservation").fetchall()[0][0] == plan
    assert (waiting(world), offered(world)) == ([], [])
    assert {each.device.tag for each in found} == tags
    undoing.undo(world.session, receipt.ledger_id)
    assert promises(world) == []
    assert len(offered(world)) == 2
    checking.check(world.session)


def test_an_exact_promise_is_kept_at_the_counter(world: World) -> None:
    pupil = in_need(world, "Kaya")
    applied(world)
    tag = world.device()
    offering.accept(world.session, offering.offers(world.session, CAMPAIGN))
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    assert [state for _, state, _ in promises(world)] == ["fulfilled"]


def two_offers(world: World) -> list[Offer]:
    for name in ("Kaya", "Brun"):
        in_need(world, name)
    applied(world)
    for _ in range(2):
        world.device()
    return offering.offers(world.session, CAMPAIGN)


def test_offers_are_accepted_all_or_none_when_a_device_was_taken(world: World) -> None:
    found = two_offers(world)
    lending.check_out(world.session, code=found[1].device.tag, pupil_id=world.pupil("Roux"))
    with pytest.raises(DeviceTaken) as refused:
        offering.accept(world.session, found)
    assert refused.value.facts == {"tag": found[1].device.tag}
    assert promises(world) == []


def test_offers_are_accepted_all_or_none_when_a_pupil_was_served(world: World) -> None:
    found = two_offers(world)
    lending.check_out(world.session, code=world.device(), pupil_id=found[1].waiting.pupil_id)
    with pytest.raises(NoLongerWaiting) as refused:
        offering.accept(world.session, found)
    assert refused.value.facts["rank"] == found[1].waiting.rank
    assert promises(world) == []


def test_one_pupil_is_promised_one_device_and_one_device_to_one_pupil(world: World) -> None:
    first, second = two_offers(world)
    with pytest.raises(NoLongerWaiting):
        offering.accept(world.session, [first, replace(second, waiting=first.waiting)])
    with pytest.raises(DeviceTaken):
        offering.accept(world.session, [first, replace(second, device=first.device)])
    assert promises(world) == []


def test_a_device_that_became_owed_meanwhile_is_not_promised(world: World) -> None:
    found = two_offers(world)
    in_need(world, "Morin")
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET rules = ?", ('{"reserve": 1}',))
    with pytest.raises(DeviceOwed):
        offering.accept(world.session, found)


def test_nothing_and_too_much_are_refused_and_a_technician_promises_nothing(world: World) -> None:
    found = two_offers(world)
    with pytest.raises(NoOffer):
        offering.accept(world.session, [])
    with pytest.raises(TooManyOffers):
        offering.accept(world.session, found * 300)
    technician = new_session(world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN))
    assert offering.offer_for(technician, found[0].device.tag) is not None
    with pytest.raises(NotPermitted):
        offering.accept(technician, found)


def test_of_two_who_accept_at_once_one_promises_what_is_left_over(world: World) -> None:
    for name in ("Kaya", "Brun"):
        in_need(world, name)
    applied(world)
    for _ in range(2):
        world.device()
    first, second = offering.offers(world.session, CAMPAIGN)
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET rules = ?", ('{"reserve": 1}',))
    sessions = [new_session(world.base, f"machine-{number}") for number in (2, 3)]
    ends = together(
        world.base,
        lambda: offering.accept(sessions[0], [first]),
        lambda: offering.accept(sessions[1], [second]),
    )
    assert sorted(ends) == ["DeviceOwed", "Receipt"]
    assert len(promises(world)) == 1


def test_the_version_before_offers_nothing_and_packs_nothing(url: str) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0005_plans")
    world = World(new_session(base))
    world.campaign()
    tag = world.device(state="to_prepare")
    stocking.prepare(world.session, [tag])
    assert offering.offers_for(world.session, [tag]) == []
    for call in (offering.waiting, packing.picking):
        with pytest.raises(UpgradeNeeded):
            call(world.session, CAMPAIGN)
    lending.check_out(world.session, code=tag, pupil_id=world.pupil())
    assert world.state_of(tag) == "on_loan"
    base.close()


def test_an_offer_is_of_the_plan_that_stands_and_of_the_rank_it_gives(world: World) -> None:
    offer = two_offers(world)[0]
    with pytest.raises(NoLongerWaiting):
        offering.accept(world.session, [replace(offer, waiting=replace(offer.waiting, rank=77))])
    with pytest.raises(NoLongerWaiting):
        offering.accept(world.session, [replace(offer, plan=offer.plan + 1)])
    assert offering.accept(world.session, [offer]).value == 1
