"""Delivery lists: headers, codes, dates and prices as suppliers write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.trouble import FileUnreadable, MissingColumns, UnknownField, WrongFile
from tablet_loans.services.importers import devices
from tablet_loans.services.importers.devices import Delivery
from tests import files

BOOK = (
    ("Bon de livraison n° 12", "", "", ""),
    ("Serial number", "IMEI", "Unit price", "Model"),
    ("00123", 490154203237518, 170.59, "Tab A8"),
    ("R52M-77/A", "", 142.16 * 1.2, "Tab A8"),
)


def read(content: bytes, mapping: dict[str, str] | None = None) -> tuple[list[Delivery], list[Problem]]:
    _, items = devices.read(content, "list", mapping=mapping, tag_prefix="ML")
    found = list(items)
    return [item for item in found if isinstance(item, Delivery)], [item for item in found if isinstance(item, Problem)]


def test_a_french_delivery_list_is_read_column_by_column() -> None:
    (tablet, laptop, last), problems = read(files.DELIVERY.read_bytes())
    assert problems == []
    assert (tablet.serial, tablet.imei, tablet.iccid) == ("R52M10ABCDE", "490154203237518", "8933012345678901234")
    assert (tablet.kind, tablet.maker, tablet.gtin) == (DeviceKind.TABLET, "Samsung", "4006381333931")
    assert (tablet.features, tablet.kit) == (("cellular", "keyboard"), ("Chargeur", "Housse"))
    assert (tablet.price_cents, tablet.account, tablet.depot) == (117059, "21831", "Dépôt Gerland")
    assert (tablet.purchased_on, tablet.in_service_on) == (date(2026, 4, 10), date(2026, 4, 15))
    assert (laptop.tag, laptop.serial, laptop.kind, laptop.model) == (
        "METRO-77",
        "00123",
        DeviceKind.LAPTOP,
        "Yoga 300e",
    )
    assert last.line == 5  # the quoted line break counts, as it does in an editor


@pytest.mark.parametrize("content", [files.xlsx(*BOOK), files.ods(*BOOK)], ids=["xlsx", "ods"])
def test_a_spreadsheet_keeps_its_serials_and_rounds_its_prices(content: bytes) -> None:
    (first, second), problems = read(content)
    assert problems == []
    assert (first.line, first.serial, first.imei, first.price_cents) == (3, "00123", "490154203237518", 17059)
    assert (second.serial, second.price_cents) == ("R52M77A", 17059)


def test_each_bad_line_is_a_problem_and_stops_no_other() -> None:
    lines = [
        "Asset tag,Serial,IMEI,Type,Date d'achat,Prix,EAN,ICCID",
        ",S1,490154203237519,,,,,",
        "ML-000412-9,S2,,,,,,",
        ",S3,,fridge,,,,",
        ",S4,,,31/02/2026,,,",
        ",S5,,,,1.170,,",
        ",S6,,,,,4006381333932,",
        ",S7,,,,,,123",
        ",,,tablet,,,,",
        ",GOOD,,,,,,",
        ",GOOD,,,,,,",
        "ML-000412-2,SHORT",
    ]
    good, problems = read("\n".join(lines).encode())
    assert [delivery.line for delivery in good] == [10, 12]
    assert [problem.line for problem in problems] == [2, 3, 4, 5, 6, 7, 8, 9, 11]
    assert problems[-1].facts["first"] == 10
    assert all("{" not in problem.sentence for problem in problems)


def test_a_quote_that_is_never_closed_costs_its_own_line_alone() -> None:
    good, _ = read(b'Serial;Model\nS1;"Tab\nS2;Tab 10" B\nS3;Tab\n')
    assert [(delivery.line, delivery.serial) for delivery in good] == [(2, "S1"), (3, "S2"), (4, "S3")]


def test_a_column_can_be_named_by_hand() -> None:
    content = "Réf. constructeur;Serial\nAB12;X\n".encode()
    assert read(content)[0][0].serial == "X"
    assert read(content, {"ref constructeur": "serial"})[0][0].serial == "AB12"
    with pytest.raises(UnknownField):
        read(content, {"Serial": "colour"})
    with pytest.raises(MissingColumns):
        read(content, {"Nowhere": "serial"})


def test_other_lists_are_named_and_refused() -> None:
    for path in (files.ONDE, files.DIRECTORY, files.GUARDIANS):
        with pytest.raises(WrongFile):
            read(path.read_bytes())
    with pytest.raises(MissingColumns):
        read(b"colour;size\nred;10\n")


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("170,59 €", 17059), ("1\u202f170,59", 117059), ("1 170,5", 117050), ("1.170,59", 117059), ("1,170.59", 117059),
        ("170", 17000), ("170.59 TTC", 17059), ("1 170", 117000), ("", None),
    ],
)  # fmt: skip
def test_a_price_is_read_however_it_is_written(written: str, cents: int | None) -> None:
    assert devices.price_cents(written) == cents


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_the_reader_fall_over(content: bytes) -> None:
    try:
        read(b"Serial;IMEI\n" + content)
        read(content)
    except (WrongFile, FileUnreadable, MissingColumns) as error:
        assert isinstance(error, TabletLoansError)
