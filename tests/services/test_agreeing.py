"""Agreements on both engines: printed in register order, marked with the file, signed, undone."""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.agreement import AlreadySigned, NotPrintedYet
from tablet_loans.domain.errors import (
    ChangedSince,
    LoanNotOpen,
    NothingToPrint,
    NotPermitted,
    UnknownLoan,
)
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.paging import Place
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileTrouble, FontLacks, UpgradeNeeded
from tablet_loans.services import agreeing, batching, lending, undoing, wording
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import agreements, ledger, loans, schema
from tablet_loans.storage.database import open_database
from tablet_loans.storage.fields import to_microseconds
from tests.builders import CAMPAIGN, NOON, World, new_session

OPEN = LoanFilter(is_open=True)


def lent(world: World, family_name: str = "Abdelmalek", class_name: str = "5e B") -> str:
    pupil = world.pupil(family_name, class_name=class_name)
    return lending.check_out(world.session, code=world.device(), pupil_id=pupil).value.number


def agreement_states() -> dict[str, str]:
    return {row.number: row.agreement for row in loans.block(LoanFilter(), Place())}


def pages_of(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path.read_bytes())
    return [str(page.get_textpage().get_text_range()) for page in document]


def lines_of(world: World) -> int:
    return int(world.base.execute("SELECT count(*) FROM ledger_line").fetchone()[0])


def test_open_loans_are_printed_in_the_order_of_the_register_and_marked(world: World, tmp_path: Path) -> None:
    late, first, second = lent(world, "Zola", "5e B"), lent(world, "Élie", "5e B"), lent(world, "Petit", "4e A")
    returned = lent(world, "Parti")
    lending.check_in(world.session, code=loans.find(world.base, returned).tag)  # type: ignore[union-attr]
    heard: list[tuple[int, int]] = []
    out = tmp_path / "5eB.pdf"
    receipt = agreeing.print_agreements(
        world.session, LoanFilter(), out, Progress(lambda done, total: heard.append((done, total)))
    )
    assert receipt.value == agreeing.PrintedAgreements(3, 6, str(out))
    assert [number for page in pages_of(out)[::2] for number in (second, first, late) if number in page] == [
        second,
        first,
        late,
    ]
    assert agreement_states() == {second: "printed", first: "printed", late: "printed", returned: "drafted"}
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_a_printing_is_one_line_that_names_no_pupil(world: World, tmp_path: Path) -> None:
    number, before = lent(world), lines_of(world)
    loan = loans.find(world.base, number)
    assert loan is not None
    receipt = agreeing.print_agreements(world.session, OPEN, tmp_path / "all.pdf")
    assert receipt.ledger_id is not None
    found = ledger.find(world.base, receipt.ledger_id)
    assert found is not None
    line, facts = found
    assert lines_of(world) == before + 1
    assert (line.action, line.subjects) == (Action.AGREEMENTS_PRINTED, ((Subject.LOAN, loan.id),))
    assert facts == {"agreements": 1, "pages": 2, "file": "all.pdf", "changes": []}


def test_a_class_or_a_number_chooses(world: World, tmp_path: Path) -> None:
    one, other = lent(world, "Petit", "4e A"), lent(world)
    agreeing.print_agreements(world.session, LoanFilter(class_name="4e A", campaign=CAMPAIGN), tmp_path / "a.pdf")
    assert agreement_states() == {one: "printed", other: "drafted"}
    agreeing.print_agreements(world.session, LoanFilter(numbers=(f" {other.lower()} ",)), tmp_path / "b.pdf")
    assert agreement_states() == {one: "printed", other: "printed"}


def test_what_cannot_be_printed_is_refused_by_its_reason(world: World, tmp_path: Path) -> None:
    number = lent(world)
    lending.check_in(world.session, code=loans.find(world.base, number).tag)  # type: ignore[union-attr]
    out = tmp_path / "none.pdf"
    with pytest.raises(NothingToPrint):
        agreeing.print_agreements(world.session, OPEN, out)
    with pytest.raises(UnknownLoan) as refused:
        agreeing.print_agreements(world.session, LoanFilter(numbers=("26-ZZ-0001",)), out)
    assert refused.value.facts == {"loan": "26-ZZ-0001"}
    with pytest.raises(LoanNotOpen):
        agreeing.print_agreements(world.session, LoanFilter(numbers=(number,)), out)
    with pytest.raises(NotPermitted):
        agreeing.print_agreements(new_session(world.base, actor=Actor("F", Role.FINANCE)), OPEN, out)
    assert not out.exists()


def test_nothing_is_marked_when_the_file_is_not_written(world: World, tmp_path: Path) -> None:
    number, before = lent(world), lines_of(world)
    with pytest.raises(FileTrouble):
        agreeing.print_agreements(world.session, OPEN, tmp_path / "nowhere" / "all.pdf")
    with pytest.raises(Cancelled):
        agreeing.print_agreements(world.session, OPEN, tmp_path / "all.pdf", Progress(is_cancelled=lambda: True))
    lent(world, "李")
    with pytest.raises(FontLacks):
        agreeing.print_agreements(world.session, OPEN, tmp_path / "all.pdf")
    assert agreement_states()[number] == "drafted"
    assert lines_of(world) == before + 1
    assert not (tmp_path / "all.pdf").exists()


def test_a_second_printing_keeps_version_and_signature(world: World, tmp_path: Path) -> None:
    one, other = lent(world, "Petit"), lent(world, "Zola")
    agreeing.print_agreements(world.session, OPEN, tmp_path / "all.pdf")
    agreeing.sign(world.session, one)
    (before,) = world.base.execute("SELECT max(printed_at) FROM agreement").fetchone()
    agreeing.print_agreements(world.session, OPEN, tmp_path / "all.pdf")
    assert agreement_states() == {one: "signed", other: "printed"}
    kept = world.base.execute("SELECT version, printed_at FROM agreement").fetchall()
    assert [row[0] for row in kept] == [1, 1]
    assert all(row[1] > before > to_microseconds(NOON) for row in kept)


def test_a_lent_device_without_a_signature_is_printed_or_signed_later(world: World, tmp_path: Path) -> None:
    number = lent(world)
    agreeing.print_agreements(world.session, OPEN, tmp_path / "all.pdf")
    for event in (
        lambda: agreeing.print_agreements(world.session, OPEN, tmp_path / "b.pdf"),
        lambda: agreeing.sign(world.session, number),
    ):
        with world.base.atomic():
            world.base.execute("UPDATE agreement SET state = 'missing'")
        event()
        assert agreement_states()[number] != "missing"


def test_a_signature_is_kept_once_and_undone(world: World, tmp_path: Path) -> None:
    number = lent(world)
    with pytest.raises(NotPrintedYet):
        agreeing.sign(world.session, number)
    agreeing.print_agreements(world.session, OPEN, tmp_path / "all.pdf")
    receipt = agreeing.sign(world.session, f" {number.lower()} ")
    assert receipt.value == number
    assert agreement_states() == {number: "signed"}
    with pytest.raises(AlreadySigned):
        agreeing.sign(world.session, number)
    (undone,) = undoing.undo_last(world.session)
    assert undone.value.loan == number
    assert agreement_states() == {number: "printed"}
    assert world.base.execute("SELECT signed_at FROM agreement").fetchone()[0] is None
    agreeing.sign(world.session, number)
    assert agreement_states() == {number: "signed"}


def test_a_signature_that_changed_since_is_not_undone(world: World, tmp_path: Path) -> None:
    number = lent(world)
    agreeing.print_agreements(world.session, OPEN, tmp_path / "all.pdf")
    receipt = agreeing.sign(world.session, number)
    with world.base.atomic():
        world.base.execute("UPDATE agreement SET state = 'missing'")
    assert receipt.ledger_id is not None
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, receipt.ledger_id)


def test_an_unknown_loan_is_not_signed(world: World) -> None:
    with pytest.raises(UnknownLoan):
        agreeing.sign(world.session, "26-ZZ-0001")


def test_more_loans_than_one_batch_are_all_marked(world: World, tmp_path: Path) -> None:
    school = world.school()
    numbers = [lent_at(world, school, place) for place in range(12)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(agreements, "_BATCH", 5)
        receipt = agreeing.print_agreements(world.session, OPEN, tmp_path / "all.pdf")
    assert receipt.value.pages == 24
    assert agreement_states() == dict.fromkeys(numbers, "printed")


def lent_at(world: World, school_id: int, place: int) -> str:
    pupil = world.pupil(f"Élève {place:02}", school_id=school_id)
    return lending.check_out(world.session, code=world.device(), pupil_id=pupil, due_on=date(2026, 7, 3)).value.number


def test_a_base_of_the_version_before_prints_and_signs_as_ever(url: str, tmp_path: Path) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0006_campaigns")
    world = World(new_session(base))
    world.campaign()
    number, out = lent(world), tmp_path / "all.pdf"
    assert agreeing.print_agreements(world.session, OPEN, out).value.agreements == 1
    assert agreeing.print_agreements(world.session, OPEN, out).value.pages == 2
    world.pupil("Zola")
    uai = base.execute("SELECT uai FROM school").fetchone()[0]
    assert agreeing.print_sheets(world.session, school=uai, out=tmp_path / "sheets.pdf").value.agreements == 1
    agreeing.sign(world.session, number)
    assert [(row.agreement, row.printed_by) for row in agreeing.listed(world.session)] == [("signed", "")]
    assert wording.in_force(world.session, CAMPAIGN).version == 1
    assert wording.of_loan(world.session, number) is None
    for asked in (
        lambda: wording.edit(world.session, CAMPAIGN, []),
        lambda: batching.print_spare(world.session, 1, out),
        lambda: batching.print_loans(world.session, OPEN, tmp_path),
    ):
        with pytest.raises(UpgradeNeeded):
            asked()
    schema.upgrade(base)
    agreeing.print_agreements(world.session, OPEN, out)
    assert wording.of_loan(world.session, number) is not None
    base.close()
