"""Enrolment is visible where people work, on both engines: at the counter, and when a tablet is made ready."""

from dataclasses import replace

import pytest

from tablet_loans.domain.device import DeviceEvent, DeviceFilter, Happened
from tablet_loans.domain.errors import UnknownCampaign
from tablet_loans.domain.mdm_rule import NOT_ENROLLED, Caution, NotEnrolled, NotReleased, OwnersLeft
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.services import cautioning, changing, connecting_mdm, enrolling, lending, stocking
from tablet_loans.services.changing import Chosen
from tablet_loans.services.desk import Did, Outcome
from tablet_loans.storage import schema, settings
from tablet_loans.storage.database import open_database
from tests.builders import CAMPAIGN, World, new_session
from tests.services.enrolled import Console, connected, serial_of, told
from tests.services.served import Served, refusal_of


def read(world: World, *tags: str, owner: str = "") -> None:
    """Connect an MDM and read it: it tells of these devices."""
    console = Console([told(serial_of(world, tag), owner=owner) for tag in tags])
    enrolling.sync(world.session, connected(world.session), console, believes_empty=True)


def cautious(world: World, *, counter: Caution = Caution.WARN, returns: Caution = Caution.WARN) -> World:
    chosen = replace(world.session.settings, mdm_at_counter=counter, mdm_at_return=returns)
    return World(replace(world.session, settings=chosen))


def warns(outcome: Outcome) -> bool:
    return NOT_ENROLLED in {notice.sentence for notice in outcome.notices}


def test_the_counter_warns_of_a_tablet_that_is_enrolled_nowhere(world: World) -> None:
    enrolled, other, third = world.device(), world.device(), world.device()
    counter = Served(world)
    assert not warns(counter.scan(world.pupil(), enrolled))  # no MDM is connected
    counter.undo()
    read(world, enrolled)
    assert not warns(counter.scan(world.pupil(), enrolled))
    lent = counter.scan(world.pupil("Brun"), other)
    assert (lent.did, warns(lent)) == (Did.LENT, True)
    chosen = counter.scan(third)
    assert (chosen.did, warns(chosen)) == (Did.CHOSE_TABLET, True)


def test_one_whose_enrolment_was_begun_only_or_that_is_gone_is_warned_of_too(world: World) -> None:
    kept, begun, gone = world.device(), world.device(), world.device()
    account = connected(world.session)
    records = [told(serial_of(world, kept)), told(serial_of(world, begun), is_enrolled=False)]
    enrolling.sync(world.session, account, Console([*records, told(serial_of(world, gone))]))
    enrolling.sync(world.session, account, Console(records))
    counter = Served(world)
    said = {tag: warns(counter.scan(world.pupil(tag), tag)) for tag in (kept, begun, gone)}
    assert said == {kept: False, begun: True, gone: True}


def test_a_setting_makes_the_counter_refuse_it_or_say_nothing(world: World) -> None:
    enrolled, other = world.device(), world.device()
    read(world, enrolled)
    counter = Served(cautious(world, counter=Caution.REFUSE))
    pupil = world.pupil()
    assert warns(Served(counter.world).scan(other))  # it is told before the pupil is there
    outcome = counter.scan(pupil, other)
    assert refusal_of(outcome) is NotEnrolled
    assert outcome.pending.pupil is not None  # another tablet is scanned for the same pupil
    assert counter.scan(enrolled).did is Did.LENT
    silent = Served(cautious(world, counter=Caution.NOTHING))
    assert not warns(silent.scan(world.pupil("Brun"), other))


def test_a_returned_tablet_is_not_made_ready_while_it_has_an_owner_where_so_set(world: World) -> None:
    one, other = world.device(state="to_prepare"), world.device(state="to_prepare")
    read(world, one, owner="Jules Martin")
    strict = cautious(world, returns=Caution.REFUSE).session
    with pytest.raises(NotReleased) as caught:
        stocking.prepare(strict, [other, one])
    assert caught.value.facts == {"tag": one}
    every = Chosen(DeviceFilter(), Sort("tag"), (Place(0, 10),))
    preview = changing.previewed(strict, every, Happened(DeviceEvent.PREPARED))
    assert [(type(each.refusal), each.examples) for each in preview.obstacles] == [(OwnersLeft, (one,))]
    assert changing.change(strict, preview.ids, Happened(DeviceEvent.PREPARED)).count == 1
    assert cautioning.unreleased(world.session, [one, other]) == [one]
    assert stocking.prepare(world.session, [one]).value == [one]


def test_the_rules_are_kept_and_told_once(world: World) -> None:
    first = connecting_mdm.rule(world.session, at_counter=Caution.REFUSE, stale_days=30, groups={CAMPAIGN: "Prêts"})
    assert first.ledger_id
    kept = replace(world.session, settings=settings.read(world.base))
    assert (kept.settings.mdm_at_counter, kept.settings.mdm_stale_days) == (Caution.REFUSE, 30)
    assert kept.settings.mdm_groups == {CAMPAIGN: "Prêts"}
    assert not connecting_mdm.rule(kept, at_counter=Caution.REFUSE, groups={CAMPAIGN: "Prêts"}).ledger_id
    with pytest.raises(UnknownCampaign):
        connecting_mdm.rule(kept, groups={"Continuité": "Prêts"})
    assert connecting_mdm.rule(kept, groups={CAMPAIGN: ""}).value.mdm_groups == {}


def test_a_base_of_the_version_before_goes_on_without_mdms(url: str) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0007_paper")
    world = cautious(World(new_session(base)), counter=Caution.REFUSE, returns=Caution.REFUSE)
    world.campaign()
    tag = world.device()
    lending.check_out(world.session, code=tag, pupil_id=world.pupil())
    lending.check_in(world.session, code=tag)
    stocking.prepare(world.session, [tag])
    assert stocking.shown(world.session, tag).enrolments == ()
    assert enrolling.counts(world.session).mdms == 0
    assert connecting_mdm.accounts(world.session) == []
    schema.upgrade(base)
    read(world)
    with pytest.raises(NotEnrolled):
        lending.check_out(world.session, code=tag, pupil_id=world.pupil("Brun"))
    base.close()
