"""A blank agreement filled in by hand becomes a loan's: at the counter and elsewhere, on both engines."""

from pathlib import Path

import pytest

from tablet_loans.domain.agreement import AgreementState
from tablet_loans.domain.errors import AlreadyHasOne, NotPermitted
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.spare_form import FormUnused, FormUsed, OtherCampaignsForm, UnknownForm
from tablet_loans.services import attaching, batching, checking, lending, serving, undoing
from tablet_loans.services.desk import Did, Mode
from tablet_loans.storage import agreements, loans, print_batches, scans, schema
from tablet_loans.storage.database import open_database
from tests.builders import World, new_session
from tests.services.served import Served, lent, refusal_of


@pytest.fixture
def counter(world: World) -> Served:
    """Return a counter that lends in the open campaign."""
    return Served(world)


def forms(world: World, tmp_path: Path, count: int = 2, campaign: str | None = None) -> list[str]:
    """Print blank agreements and return their numbers."""
    batching.print_spare(world.session, count, tmp_path / "spare.pdf", campaign=campaign)
    found = world.base.execute("SELECT code FROM spare_form ORDER BY id DESC LIMIT ?", (count,)).fetchall()
    return [str(row[0]) for row in reversed(found)]


def loan_of(world: World, form: str) -> str | None:
    found = scans.spare(world.base, form)
    assert found is not None
    return found.loan


def agreement_of(world: World, number: str) -> AgreementState:
    loan = loans.find(world.base, number)
    assert loan is not None
    return agreements.state_of(world.base, loan.id)


@pytest.mark.parametrize("order", ["fpt", "pft", "ftp", "tfp"])
def test_a_form_goes_with_the_pupil_and_the_tablet_in_any_order(
    counter: Served, world: World, tmp_path: Path, order: str
) -> None:
    form = forms(world, tmp_path, 1)[0]
    codes: dict[str, object] = {"f": form, "p": world.pupil(), "t": world.device()}
    outcome = counter.scan(*(codes[each] for each in order))
    assert outcome.did is Did.LENT
    assert outcome.is_signed
    assert outcome.loan is not None
    assert loan_of(world, form) == outcome.loan.number
    assert agreement_of(world, outcome.loan.number) is AgreementState.SIGNED
    assert outcome.pending.is_empty
    checking.check(world.session)


def test_undoing_the_loan_frees_its_form(counter: Served, world: World, tmp_path: Path) -> None:
    form, pupil, tag = forms(world, tmp_path, 1)[0], world.pupil(), world.device()
    counter.scan(form, pupil, tag)
    counter.undo()
    assert loan_of(world, form) is None
    again = counter.scan(form, pupil, tag)
    assert again.did is Did.LENT
    assert again.loan is not None
    assert loan_of(world, form) == again.loan.number


def test_a_form_is_one_loans_alone(counter: Served, world: World, tmp_path: Path) -> None:
    form = forms(world, tmp_path, 1)[0]
    first = counter.scan(form, world.pupil("Abel"), world.device())
    assert first.loan is not None
    refused = counter.scan(form)
    assert refusal_of(refused) is FormUsed
    assert refused.refusal is not None
    assert refused.refusal.facts == {"form": form, "loan": first.loan.number}
    with pytest.raises(FormUsed):
        lending.check_out(world.session, code=world.device(), pupil_id=world.pupil("Brun"), form=form)
    assert len(world.loan_states()) == 1


def test_a_form_waits_for_its_pupil_and_never_goes_to_the_next(counter: Served, world: World, tmp_path: Path) -> None:
    form = forms(world, tmp_path, 1)[0]
    shown = counter.scan(form)
    assert (shown.did, shown.pending.form) == (Did.CHOSE_FORM, form)
    one, other = world.pupil("Abel"), world.pupil("Brun")
    assert counter.scan(one).notices[-1].facts == {"form": form}
    assert counter.scan(other).pending.form is None
    assert counter.scan(world.device()).did is Did.LENT
    assert loan_of(world, form) is None


def test_a_pupil_who_is_refused_takes_the_form_away(counter: Served, world: World, tmp_path: Path) -> None:
    form, pupil = forms(world, tmp_path, 1)[0], world.pupil()
    lent(world, world.device(), pupil)
    tag = world.device()
    assert refusal_of(counter.scan(tag, form, pupil)) is AlreadyHasOne
    assert (counter.pending.tag, counter.pending.form) == (tag, None)


@pytest.mark.parametrize("text", [print_batches.spare_code(4000), print_batches.spare_code(4000).lower()])
def test_a_number_that_was_never_reserved_is_said(counter: Served, text: str) -> None:
    assert refusal_of(counter.scan(text)) is UnknownForm


def test_a_form_of_another_campaign_is_refused(counter: Served, world: World, tmp_path: Path) -> None:
    world.campaign("Été 2026")
    form = forms(world, tmp_path, 1, campaign="Été 2026")[0]
    refused = counter.scan(world.pupil(), form)
    assert refusal_of(refused) is OtherCampaignsForm
    assert refused.refusal is not None
    assert refused.refusal.facts["campaign"] == "Été 2026"
    assert counter.pending.pupil is not None


def test_a_form_brings_its_loan_when_tablets_return(counter: Served, world: World, tmp_path: Path) -> None:
    one, two = forms(world, tmp_path)
    lent_one = counter.scan(one, world.pupil(), world.device())
    counter.turn(Mode.RETURN)
    back = counter.scan(one)
    assert back.did is Did.CHOSE_PUPIL
    assert back.pupil is not None
    assert lent_one.pupil is not None
    assert back.pupil.id == lent_one.pupil.id
    assert refusal_of(counter.scan(two)) is FormUnused


@pytest.mark.parametrize("form", ["TLFBBBBBB", "nothing", ""])
def test_what_is_no_form_lends_nothing(world: World, form: str) -> None:
    with pytest.raises(UnknownForm):
        lending.check_out(world.session, code=world.device(), pupil_id=world.pupil(), form=form)
    assert world.loan_states() == []


def test_a_form_filled_in_elsewhere_is_linked_afterwards(world: World, tmp_path: Path) -> None:
    one, two = forms(world, tmp_path)
    number = lent(world, world.device(), world.pupil("Abel"))
    attaching.sign_with_form(world.session, number, one)
    assert (loan_of(world, one), agreement_of(world, number)) == (number, AgreementState.SIGNED)
    with pytest.raises(FormUsed):
        attaching.sign_with_form(world.session, lent(world, world.device(), world.pupil("Brun")), one)
    undoing.undo_last(world.session, 2)
    assert loan_of(world, one) is None
    world.campaign("Été 2026")
    other = lending.check_out(
        world.session, code=world.device(), pupil_id=world.pupil("Caron"), campaign="Été 2026"
    ).value.number
    with pytest.raises(OtherCampaignsForm):
        attaching.sign_with_form(world.session, other, two)
    with pytest.raises(NotPermitted):
        attaching.sign_with_form(new_session(world.base, actor=Actor("F", Role.FINANCE)), number, two)


def test_a_loan_that_is_refused_leaves_the_form_free(world: World, tmp_path: Path) -> None:
    form, pupil = forms(world, tmp_path, 1)[0], world.pupil()
    lent(world, world.device(), pupil)
    with pytest.raises(AlreadyHasOne):
        lending.check_out(world.session, code=world.device(), pupil_id=pupil, form=form)
    assert loan_of(world, form) is None


def test_a_base_of_the_version_before_knows_no_forms(url: str) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0006_campaigns")
    world = World(new_session(base))
    world.campaign()
    assert refusal_of(serving.answer(world.session, print_batches.spare_code(1), is_scanned=True)) is UnknownForm
    base.close()
