"""A scan attached to its loan, and given back, on both engines."""

from pathlib import Path

import pytest
from PIL import Image

from tablet_loans.domain.agreement import AgreementState
from tablet_loans.domain.errors import LoanNotOpen, NotPermitted, StepNotAllowed, UnknownLoan
from tablet_loans.domain.filing import NoPageKept, NoSuchPage, OtherLoansPage
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileTrouble
from tablet_loans.services import agreeing, attaching, lending, undoing
from tablet_loans.storage import agreements, loans, scans
from tests.builders import World, new_session
from tests.services.documents import codes_on, pages_of
from tests.services.piled import joined, scanned, unmarked
from tests.services.test_filing import lent


def state(world: World, number: str) -> AgreementState:
    loan = loans.find(world.base, number)
    assert loan is not None
    return agreements.state_of(world.base, loan.id)


def test_a_scan_signs_its_loan_and_is_given_back(world: World, tmp_path: Path) -> None:
    (one,), pages = lent(world, ("Abel",), tmp_path)
    path = joined([scanned(page, 180) for page in pages], tmp_path / "one.pdf")
    assert attaching.sign_with_scan(world.session, one.lower(), path).value == one
    assert state(world, one) is AgreementState.SIGNED
    out = tmp_path / "back.pdf"
    assert attaching.give_back(world.session, one, out) == attaching.KeptPages(one, 2, str(out))
    front, back = pages_of(out)
    assert one in [code for code, _ in codes_on(front)]
    assert [code for code, _ in codes_on(back)] == [f"{one}/2"]
    attaching.give_back(world.session, one, tmp_path / "first.jpg")
    assert Image.open(tmp_path / "first.jpg").height > 1_500
    assert attaching.give_back(world.session, one, tmp_path / "second.pdf", page=2).pages == 1
    undoing.undo_last(world.session)
    assert (state(world, one), scans.count(world.base, one)) == (AgreementState.PRINTED, 0)


def test_the_same_scan_again_and_one_of_a_signed_loan_write_no_second_copy(world: World, tmp_path: Path) -> None:
    (one,), pages = lent(world, ("Abel",), tmp_path)
    agreeing.sign(world.session, one)
    path = joined([pages[1]], tmp_path / "one.pdf")
    for _ in range(2):
        attaching.sign_with_scan(world.session, one, path)
    assert scans.count(world.base, one) == 1


def test_another_loans_page_is_never_attached(world: World, tmp_path: Path) -> None:
    (one, two), pages = lent(world, ("Abel", "Brun"), tmp_path)
    with pytest.raises(OtherLoansPage) as refused:
        attaching.sign_with_scan(world.session, one, joined([pages[0], pages[2]], tmp_path / "both.pdf"))
    assert refused.value.facts == {"page": 2, "found": two, "loan": one}
    assert scans.count(world.base, one) == 0
    assert state(world, one) is AgreementState.PRINTED


def test_what_cannot_be_signed_or_given_back_is_refused_by_its_reason(world: World, tmp_path: Path) -> None:
    (one,), pages = lent(world, ("Abel",), tmp_path)
    unprinted = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil("Brun")).value.number
    path = joined([unmarked(pages[1])], tmp_path / "back.pdf")
    finance = new_session(world.base, actor=Actor("F", Role.FINANCE))
    with pytest.raises(NoPageKept):
        attaching.give_back(world.session, one, tmp_path / "out.pdf")
    with pytest.raises(StepNotAllowed):
        attaching.sign_with_scan(world.session, unprinted, path)
    with pytest.raises(UnknownLoan):
        attaching.sign_with_scan(world.session, "26-ZZ-0001", path)
    with pytest.raises(NotPermitted):
        attaching.sign_with_scan(finance, one, path)
    with pytest.raises(NotPermitted):
        attaching.give_back(finance, one, tmp_path / "out.pdf")
    attaching.sign_with_scan(world.session, one, path)
    with pytest.raises(NoSuchPage):
        attaching.give_back(world.session, one, tmp_path / "out.pdf", page=2)
    with pytest.raises(FileTrouble):
        attaching.give_back(world.session, one, tmp_path / "out.docx")
    with pytest.raises(FileTrouble):
        attaching.give_back(world.session, one, tmp_path / "nowhere" / "out.jpg")
    with world.base.atomic():
        world.base.execute("UPDATE loan SET state = 'cancelled' WHERE number = ?", (unprinted,))
    with pytest.raises(LoanNotOpen):
        attaching.sign_with_scan(world.session, unprinted, path)
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith("out")) == []
