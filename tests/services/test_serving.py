"""What the counter does with each scan, on both engines: lending, returning, and what number keys say."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.barcode import Fault, pupil_card, sheet_code
from tablet_loans.domain.errors import (
    AlreadyHasOne,
    DeviceNotReady,
    ModelCode,
    NotLent,
    Refusal,
    UnknownCampaign,
    UnknownCode,
    UnknownLoan,
    UnknownPupil,
)
from tablet_loans.domain.keyboard import garbled
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import agreeing, checking, serving, undoing
from tablet_loans.services.desk import Did, Mode, Pending
from tablet_loans.storage import loans
from tests.builders import DUE, World
from tests.services.served import Served, lent, refusal_of


@pytest.fixture
def counter(world: World) -> Served:
    """Return a counter that lends in the open campaign."""
    return Served(world)


def holders(world: World) -> dict[str, int]:
    query = "SELECT device.tag, loan.pupil_id FROM loan JOIN device ON device.id = loan.device_id WHERE loan.state = ?"
    return dict(world.base.execute(query, ("open",)).fetchall())


@pytest.mark.parametrize("is_pupil_first", [True, False])
def test_a_pupil_and_a_tablet_lend_in_either_order(counter: Served, world: World, is_pupil_first: bool) -> None:
    tag, pupil = world.device(), world.pupil()
    outcome = counter.scan(*((pupil, tag) if is_pupil_first else (tag, pupil)))
    assert outcome.did is Did.LENT
    assert holders(world) == {tag: pupil}
    assert outcome.loan is not None
    assert outcome.loan.due_on == DUE


def test_twenty_printed_sheets_need_forty_scans_and_leave_signed_agreements(counter: Served, world: World) -> None:
    pairs = [(world.pupil("Kaya", f"Deniz {turn}"), world.device()) for turn in range(20)]
    for pupil, tag in pairs:
        counter.scan(world.sheet(pupil), tag)
    assert counter.did() == [Did.CHOSE_PUPIL, Did.LENT] * 20
    assert holders(world) == {tag: pupil for pupil, tag in pairs}
    assert {row.agreement for row in loans.block(LoanFilter(), Place())} == {"signed"}
    checking.check(world.session)


def test_undoing_a_loan_of_a_sheet_takes_its_signature_back(counter: Served, world: World) -> None:
    counter.scan(world.sheet(world.pupil()), world.device())
    counter.undo()
    assert [(row.state, row.agreement) for row in loans.block(LoanFilter(), Place())] == [("cancelled", "printed")]


def test_a_sheet_lends_in_its_own_campaign_and_says_so(counter: Served, world: World) -> None:
    world.campaign("Été 2026", due_on=date(2026, 9, 1))
    outcome = counter.scan(world.sheet(world.pupil(), "Été 2026"), world.device())
    assert outcome.loan is not None
    assert outcome.loan.due_on == date(2026, 9, 1)
    assert outcome.notices[0].facts == {"campaign": "Été 2026"}


def test_a_sheet_of_a_campaign_that_is_gone_is_refused(counter: Served, world: World) -> None:
    assert refusal_of(counter.scan(sheet_code(world.pupil(), 999))) is UnknownCampaign


def test_a_lent_tablet_shows_its_holder_and_returns_when_scanned_again(counter: Served, world: World) -> None:
    tag, holder = world.device(), world.pupil()
    lent(world, tag, holder)
    shown = counter.scan(tag)
    assert shown.did is Did.SHOWED_HOLDER
    assert shown.other is not None
    assert shown.other.id == holder
    assert holders(world) == {tag: holder}
    assert counter.scan(tag).did is Did.RETURNED
    assert holders(world) == {}


def test_a_pupil_who_waits_goes_on_waiting_while_a_lent_tablet_is_returned(counter: Served, world: World) -> None:
    tag, other, waiting = world.device(), world.device(), world.pupil("Kaya")
    lent(world, tag, world.pupil())
    counter.scan(waiting, tag, tag, other)
    assert counter.did() == [Did.CHOSE_PUPIL, Did.SHOWED_HOLDER, Did.RETURNED, Did.LENT]
    assert holders(world) == {other: waiting}


def test_another_scan_forgets_the_doubt_about_a_lent_tablet(counter: Served, world: World) -> None:
    tag, other = world.device(), world.device()
    lent(world, tag, world.pupil())
    lent(world, other, world.pupil("Kaya"))
    counter.scan(tag, other, tag)
    assert counter.did() == [Did.SHOWED_HOLDER] * 3
    assert len(holders(world)) == 2


def test_returning_takes_one_scan(counter: Served, world: World) -> None:
    tag = world.device()
    lent(world, tag, world.pupil())
    counter.turn(Mode.RETURN)
    assert counter.scan(tag).did is Did.RETURNED
    assert refusal_of(counter.scan(tag)) is NotLent


@pytest.mark.parametrize("first", ["card", "sheet", "loan"])
def test_a_pupil_scanned_first_returns_the_own_tablet(counter: Served, world: World, first: str) -> None:
    tag, pupil = world.device(), world.pupil()
    number = lent(world, tag, pupil)
    counter.turn(Mode.RETURN)
    code = {"card": pupil_card(pupil), "sheet": world.sheet(pupil), "loan": number}[first]
    counter.scan(code, tag)
    assert counter.did() == [Did.CHOSE_PUPIL, Did.RETURNED]


def test_siblings_who_took_each_others_tablet_are_swapped_in_one_step(counter: Served, world: World) -> None:
    emre, deniz = world.pupil("Kaya", "Emre"), world.pupil("Kaya", "Deniz")
    one, two = world.device(), world.device()
    lent(world, one, emre)
    lent(world, two, deniz)
    counter.turn(Mode.RETURN)
    found = counter.scan(emre, two)
    assert found.did is Did.FOUND_OTHER
    assert found.other is not None
    assert found.other.id == deniz
    assert holders(world) == {one: emre, two: deniz}
    swapped = counter.scan(two)
    assert swapped.did is Did.SWAPPED
    assert holders(world) == {one: deniz}
    assert sorted(world.loan_states()) == ["exchanged", "exchanged", "open", "returned"]
    counter.undo()
    assert holders(world) == {one: emre, two: deniz}
    checking.check(world.session)


def test_a_pupil_who_holds_nothing_returns_for_another(counter: Served, world: World) -> None:
    tag, brother = world.device(), world.pupil("Kaya", "Emre")
    lent(world, tag, world.pupil("Kaya", "Deniz"))
    counter.turn(Mode.RETURN)
    chosen = counter.scan(brother)
    assert chosen.notices
    counter.scan(tag, tag)
    assert counter.did() == [Did.CHOSE_PUPIL, Did.FOUND_OTHER, Did.RETURNED]
    assert holders(world) == {}


def test_tablets_of_two_kinds_are_not_swapped(counter: Served, world: World) -> None:
    pupil, other = world.pupil(), world.pupil("Kaya")
    tablet, laptop = world.device(), world.device(kind="laptop")
    lent(world, tablet, pupil)
    lent(world, laptop, other)
    counter.turn(Mode.RETURN)
    assert counter.scan(pupil, laptop, laptop).did is Did.RETURNED
    assert holders(world) == {tablet: pupil}


def test_confirming_by_a_key_does_what_scanning_again_does(counter: Served, world: World) -> None:
    tag = world.device()
    lent(world, tag, world.pupil())
    counter.scan(tag)
    assert serving.confirm(world.session, counter.pending, counter.desk).did is Did.RETURNED


def test_the_number_of_an_open_loan_closes_its_printed_agreement(counter: Served, world: World, tmp_path: Path) -> None:
    number = lent(world, world.device(), world.pupil())
    assert counter.scan(number).did is Did.SHOWED_HOLDER
    agreeing.print_agreements(world.session, LoanFilter(numbers=(number,)), tmp_path / "a.pdf")
    assert counter.scan(number).did is Did.SIGNED
    assert [row.agreement for row in loans.block(LoanFilter(), Place())] == ["signed"]
    counter.undo()
    assert [row.agreement for row in loans.block(LoanFilter(), Place())] == ["printed"]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("ML-000412-2", UnknownCode),
        ("ZZ-12", UnknownCode),
        ("20-K3-0042", UnknownLoan),
        ("3560070278831", ModelCode),
        ("zébulon", UnknownPupil),
        (pupil_card(PupilId(99)), UnknownPupil),
        ("?!", UnknownPupil),
    ],
)
def test_what_names_nothing_is_refused_by_what_it_looks_like(
    counter: Served, text: str, refusal: type[Refusal]
) -> None:
    assert refusal_of(counter.scan(text)) is refusal


def test_a_scan_in_the_wrong_keyboard_layout_is_repaired_and_said(counter: Served, world: World) -> None:
    tag = world.device()
    outcome = counter.scan(garbled(tag, Fault.SCANNER_US))
    assert (outcome.did, outcome.code, outcome.fault) == (Did.CHOSE_TABLET, tag, Fault.SCANNER_US)


def test_the_end_of_a_serial_finds_its_tablet(counter: Served, world: World) -> None:
    tag = world.device(serial="R52M70QX4TB")
    assert counter.type("x4tb").code == tag
    world.device(serial="R52M99QX4TB")
    several = counter.type("X4TB")
    assert several.did is Did.FOUND_SEVERAL
    assert len(several.tablets) == 2


def test_names_are_looked_for_in_the_schools_chosen_first(counter: Served, world: World) -> None:
    here, there = world.school("0690142E"), world.school(name="Collège Les Lilas")
    near, far = world.pupil("Martin", "Jules", school_id=here), world.pupil("Martin", "Jules", school_id=there)
    only_far = world.pupil("Œuvrard", "Zoé", school_id=there)
    counter.desk = replace(counter.desk, schools=("0690142E",))
    for typed, wanted in (("jules martin", near), ("oeuvrard", only_far)):
        outcome = counter.type(typed)
        assert outcome.pupil is not None
        assert outcome.pupil.id == wanted
    assert counter.outcomes[-1].notices
    assert {row.id for row in serving.suggested(world.session, "mart").pupils} == {near, far}
    assert [row.id for row in serving.suggested(world.session, "mart", ["0690142E"]).pupils] == [near]


def test_a_refused_pupil_leaves_the_tablet_waiting_and_a_refused_tablet_the_pupil(
    counter: Served, world: World
) -> None:
    holder, pupil = world.pupil(), world.pupil("Kaya")
    lent(world, world.device(), holder)
    ready, broken = world.device(), world.device(state="in_repair")
    assert refusal_of(counter.scan(ready, holder)) is AlreadyHasOne
    assert counter.pending == Pending(tag=ready)
    counter.scan(pupil)
    assert refusal_of(counter.scan(world.pupil("Roux"), broken)) is DeviceNotReady
    assert counter.pending.pupil is not None


def test_schools_are_found_by_words_and_by_uai(world: World) -> None:
    world.school("0690142E", "Collège Les Iris")
    world.school(name="École Jean Moulin")
    assert [row.name for row in serving.schools_like(world.session, "iris")] == ["Collège Les Iris"]
    assert [row.uai for row in serving.schools_known(world.session, ["0690142E", "0690000A"])] == ["0690142E"]


@pytest.mark.parametrize("text", ["x4tb", "abdel", "INES"])
def test_a_scan_that_names_nothing_is_never_taken_for_a_search(counter: Served, world: World, text: str) -> None:
    world.pupil()
    lent(world, world.device(serial="R52M70QX4TB"), world.pupil("Kaya"))
    counter.turn(Mode.RETURN)
    assert counter.scan(text).did is Did.REFUSED
    assert len(holders(world)) == 1


def test_undoing_leaves_the_pupil_who_waits_with_a_signed_sheet(counter: Served, world: World) -> None:
    done = counter.scan(world.pupil(), world.device())
    waiting = counter.scan(world.sheet(world.pupil("Kaya"))).pending
    undone = serving.undo(world.session, done, counter.pending)
    assert undone.pending == waiting


def test_what_was_undone_elsewhere_is_shown_as_undone(counter: Served, world: World) -> None:
    counter.scan(world.pupil(), world.device())
    undoing.undo_last(world.session)
    assert counter.undo().did is Did.UNDID


def test_a_sheet_says_that_its_agreement_is_here_in_either_order(counter: Served, world: World) -> None:
    assert counter.scan(world.sheet(world.pupil()), world.device()).is_signed
    assert counter.scan(world.device(), world.sheet(world.pupil("Kaya"))).is_signed
    assert not counter.scan(world.pupil("Roux"), world.device()).is_signed


def test_a_swap_is_announced_only_between_tablets_of_one_kind(counter: Served, world: World) -> None:
    pupil, brother = world.pupil("Kaya", "Emre"), world.pupil("Kaya", "Deniz")
    tablet = world.device()
    lent(world, world.device(kind="key_4g"), pupil)
    lent(world, tablet, brother)
    counter.turn(Mode.RETURN)
    assert not counter.scan(pupil, tablet).is_swap
    lent(world, world.device(), pupil)
    assert counter.scan(pupil, tablet).is_swap
