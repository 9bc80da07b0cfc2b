"""Undo restores what an act changed, never what a later one decided."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.device import DeviceFilter
from tablet_loans.domain.errors import ChangedSince, KindsDiffer, LoanNotOpen, NotPermitted, NotUndoable
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.paging import Place
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import agreeing, campaigning, checking, lending, receiving, stocking, undoing
from tablet_loans.storage import devices, loans
from tests.builders import World, new_session


def test_a_return_is_not_undone_once_the_device_went_to_somebody_else(world: World) -> None:
    session, tag = world.session, world.device()
    lending.check_out(session, code=tag, pupil_id=world.pupil())
    returned = lending.check_in(session, code=tag)
    stocking.prepare(session, [tag])
    lending.check_out(session, code=tag, pupil_id=world.pupil("Martin"))
    lending.check_in(session, code=tag)
    with pytest.raises(ChangedSince):
        undoing.undo(session, returned.ledger_id)
    assert world.loan_states() == ["returned", "returned"]
    checking.check(session)


def test_a_return_is_not_undone_once_the_pupil_has_another_device(world: World) -> None:
    tag, pupil = world.device(), world.pupil()
    lending.check_out(world.session, code=tag, pupil_id=pupil)
    returned = lending.check_in(world.session, code=tag)
    lending.check_out(new_session(world.base, "machine-2"), code=world.device(), pupil_id=pupil)
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, returned.ledger_id)
    assert world.loan_states() == ["returned", "open"]


def test_a_check_out_whose_agreement_is_signed_is_not_undone_before_the_signature(world: World, tmp_path: Path) -> None:
    lent = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil())
    agreeing.print_agreements(world.session, LoanFilter(), tmp_path / "a.pdf")
    agreeing.sign(world.session, lent.value.number)
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, lent.ledger_id)
    undoing.undo_last(world.session, 2)
    assert world.loan_states() == ["cancelled"]
    with pytest.raises(LoanNotOpen):
        agreeing.sign(world.session, lent.value.number)
    checking.check(world.session)


def test_several_acts_are_undone_together_or_not_at_all(world: World) -> None:
    tags = [world.device() for _ in range(3)]
    for turn, tag in enumerate(tags):
        lending.check_out(world.session, code=tag, pupil_id=world.pupil("Kaya", str(turn)))
    lending.check_in(new_session(world.base, "machine-2"), code=tags[1])
    with pytest.raises(ChangedSince):
        undoing.undo_last(world.session, 3)
    assert world.loan_states() == ["open", "returned", "open"]
    undone, refused = undoing.undo_all(world.session)
    assert [each.value.tag for each in undone] == [tags[2], tags[0]]
    assert [type(refusal) for refusal in refused] == [ChangedSince, NotUndoable]


def test_nobody_undoes_past_an_import_unawares(world: World, tmp_path: Path) -> None:
    lending.check_out(world.session, code=world.device(), pupil_id=world.pupil())
    delivery = tmp_path / "delivery.csv"
    delivery.write_text("maker;model;serial\nSamsung;Tab;R52NEW\n")
    receiving.import_devices(world.session, delivery)
    with pytest.raises(NotUndoable):
        undoing.undo_last(world.session, 2)
    assert world.loan_states() == ["open"]
    assert devices.count(DeviceFilter(search="R52NEW")) == 1


def test_an_act_is_undone_by_those_who_may_do_it(world: World) -> None:
    closed = campaigning.close(world.session, "Continuité 2026")
    technician = new_session(world.base, actor=Actor("T", Role.TECHNICIAN))
    with pytest.raises(NotPermitted):
        undoing.undo(technician, LedgerId(closed.ledger_id))


def test_a_clock_that_goes_back_repeats_no_loan_number(world: World) -> None:
    first = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil()).value
    dead_battery = replace(world.session, clock=lambda: datetime(2019, 1, 1, tzinfo=UTC))
    second = lending.check_out(dead_battery, code=world.device(), pupil_id=world.pupil("Martin")).value
    third = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil("Kaya")).value
    assert [each.number for each in (first, second, third)] == ["26-AA-0001", "26-AA-0002", "26-AA-0003"]
    checking.check(world.session)


def test_devices_of_two_kinds_are_not_swapped(world: World) -> None:
    tablet, laptop = world.device(), world.device(kind="laptop")
    lending.check_out(world.session, code=tablet, pupil_id=world.pupil())
    lending.check_out(world.session, code=laptop, pupil_id=world.pupil("Martin"))
    with pytest.raises(KindsDiffer):
        lending.swap(world.session, code=tablet, other_code=laptop)
    assert len(loans.block(LoanFilter(is_open=True), Place())) == 2
