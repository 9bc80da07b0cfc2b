"""The label that a family takes away: which tablet, until when, and never who."""

from pathlib import Path

import pytest

from tablet_loans.domain.errors import LoanNotOpen, NotPermitted, UnknownLoan
from tablet_loans.domain.label import NoLabels
from tablet_loans.domain.label_stock import UnknownStock
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import lending, receipting
from tablet_loans.services.labelling import LabelOptions
from tests.builders import World, new_session
from tests.services.documents import codes_on, pages_of, text_of
from tests.services.piled import pictures_of

TAPE = LabelOptions(stock=receipting.RECEIPT_STOCK)


def lent(world: World, name: str) -> tuple[str, str]:
    receipt = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil(name, "Zélie"))
    return receipt.value.number, receipt.value.tag


def test_a_receipt_tells_the_tablet_and_the_loan_and_no_name(world: World, tmp_path: Path) -> None:
    (one, tag), (two, other) = lent(world, "Abélard"), lent(world, "Brunoy")
    out = tmp_path / "receipt.pdf"
    printed = receipting.print_receipts(world.session, (two, one.lower(), two), out, TAPE)
    assert (printed.labels, printed.stock) == (2, receipting.RECEIPT_STOCK)
    pages = pages_of(out)
    assert [code for page in pages for code, _ in codes_on(page)] == [other, tag]
    said = " ".join(text_of(page) for page in pages)
    for fact in (one, two, tag, other):
        assert fact in said
    assert not [name for name in ("Abélard", "ABÉLARD", "Brunoy", "BRUNOY", "Zélie") if name in said]


@pytest.mark.parametrize("stock", ["Brother DK-22205", "Brother DK-22210", "Dymo 99012", "Avery L7160", "Avery L7163"])
@pytest.mark.parametrize("dpi", [203, 300])
def test_the_code_of_a_receipt_is_read_again(sqlite_world: World, tmp_path: Path, stock: str, dpi: int) -> None:
    import zxingcpp

    number, tag = lent(sqlite_world, "Abélard")
    receipting.print_receipts(sqlite_world.session, (number,), tmp_path / "one.pdf", LabelOptions(stock, dpi=dpi))
    (picture,) = pictures_of(tmp_path / "one.pdf", dpi)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [tag]


def test_what_has_no_receipt_is_refused_by_its_reason(world: World, tmp_path: Path) -> None:
    number, tag = lent(world, "Abélard")
    out = tmp_path / "receipt.pdf"
    for numbers, options, expected in (
        ((), TAPE, NoLabels),
        (("20-ZZ-9999",), TAPE, UnknownLoan),
        ((number,), LabelOptions(stock="none"), UnknownStock),
    ):
        with pytest.raises(expected):
            receipting.print_receipts(world.session, numbers, out, options)
    with pytest.raises(NotPermitted):
        receipting.print_receipts(new_session(world.base, actor=Actor("F", Role.FINANCE)), (number,), out, TAPE)
    lending.check_in(world.session, code=tag)
    with pytest.raises(LoanNotOpen):
        receipting.print_receipts(world.session, (number,), out, TAPE)
    assert not out.exists()
