"""What number keys say of a hand-over or a return, before it and after it."""

from dataclasses import replace

import pytest

from tablet_loans.domain.device import Condition
from tablet_loans.domain.errors import (
    ChangedSince,
    LoanNotOpen,
)
from tablet_loans.domain.loan import LONGEST_NAME, ReceivedBy
from tablet_loans.services import checking, lending, stocking
from tablet_loans.services.desk import Did, Mode, Noted
from tests.builders import World
from tests.services.served import Served, lent, refusal_of


@pytest.fixture
def counter(world: World) -> Served:
    """Return a counter that lends in the open campaign."""
    return Served(world)


def test_who_received_it_and_what_stayed_may_be_said_before_the_tablet(counter: Served, world: World) -> None:
    counter.scan(world.pupil())
    noted = Noted(received_by=ReceivedBy.OTHER, received_name="Mme Roux", missing=("housse",))
    counter.pending = replace(counter.pending, noted=noted)
    outcome = counter.scan(world.device())
    assert outcome.loan is not None
    assert (outcome.loan.received_by, outcome.loan.received_name) == (ReceivedBy.OTHER, "Mme Roux")
    assert outcome.loan.missing == ("Housse",)
    row = world.base.execute("SELECT received_by, received_name, missing_kit FROM loan").fetchone()
    assert tuple(row) == ("other", "Mme Roux", '["Housse"]')


def test_what_is_noted_after_a_loan_is_undone_with_it(counter: Served, world: World) -> None:
    tag = world.device()
    counter.scan(world.pupil(), tag)
    noted = counter.note(Noted(received_by=ReceivedBy.GUARDIAN, missing=("Chargeur",)))
    assert noted.did is Did.NOTED
    assert len(noted.ledger_ids) == 2
    assert stocking.shown(world.session, tag).row.loan is not None
    assert world.base.execute("SELECT received_by FROM loan").fetchone()[0] == "guardian"
    counter.undo()
    assert world.state_of(tag) == "ready"
    assert world.base.execute("SELECT missing_kit FROM device").fetchone()[0] == "[]"
    checking.check(world.session)


def test_condition_and_missing_kit_are_noted_after_the_return(counter: Served, world: World) -> None:
    tag = world.device()
    lent(world, tag, world.pupil())
    counter.turn(Mode.RETURN)
    counter.scan(tag)
    outcome = counter.note(Noted(condition=Condition.DAMAGED, missing=("chargeur",)))
    assert outcome.loan is not None
    assert (outcome.loan.condition, outcome.loan.missing) == (Condition.DAMAGED, ("Chargeur",))
    loan = world.base.execute("SELECT condition_in, missing_kit FROM loan").fetchone()
    device = world.base.execute("SELECT condition, missing_kit FROM device").fetchone()
    assert tuple(loan) == tuple(device) == ("damaged", '["Chargeur"]')


def test_what_was_not_handed_out_is_not_missed_at_the_return(counter: Served, world: World) -> None:
    tag, pupil = world.device(), world.pupil()
    lending.check_out(world.session, code=tag, pupil_id=pupil, missing=["Housse"])
    counter.turn(Mode.RETURN)
    outcome = counter.scan(tag)
    assert outcome.loan is not None
    assert outcome.loan.missing == ()
    assert world.base.execute("SELECT missing_kit FROM device").fetchone()[0] == '["Housse"]'
    stocking.prepare(world.session, [tag])
    counter.turn(Mode.LEND)
    assert [notice.facts for notice in counter.scan(tag).notices] == [{"kit": "Housse"}]


def test_a_return_is_not_noted_once_the_tablet_was_prepared(counter: Served, world: World) -> None:
    tag = world.device()
    lent(world, tag, world.pupil())
    counter.turn(Mode.RETURN)
    counter.scan(tag)
    stocking.prepare(world.session, [tag])
    assert refusal_of(counter.note(Noted(condition=Condition.WORN))) is ChangedSince


def test_a_loan_is_not_noted_once_it_is_closed(counter: Served, world: World) -> None:
    tag = world.device()
    counter.scan(world.pupil(), tag)
    lending.check_in(world.session, code=tag)
    assert refusal_of(counter.note(Noted(received_by=ReceivedBy.GUARDIAN))) is LoanNotOpen


def test_a_name_too_long_for_the_base_is_cut(counter: Served, world: World) -> None:
    counter.scan(world.pupil(), world.device())
    noted = counter.note(Noted(received_by=ReceivedBy.OTHER, received_name="x" * 200))
    assert noted.loan is not None
    assert noted.loan.received_name == "x" * LONGEST_NAME
