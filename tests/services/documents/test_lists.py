"""Hand-over lists, delivery notes, receipts and lists of what is not signed, read back as a label printer's dots."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.barcode import on_sheet, sheet_code
from tablet_loans.domain.carton import CartonDevice, CartonRow, CartonState, PackSchool, carton_code
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.listing import (
    DeliveredModel,
    Delivery,
    HandOverClass,
    HandOverRow,
    LoanReceipt,
    UnsignedLoan,
    UnsignedSchool,
)
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.documents.delivery_note import write_delivery_notes
from tablet_loans.services.documents.hand_over_list import write_hand_over_lists
from tablet_loans.services.documents.receipt import write_hand_over_receipts, write_return_receipts
from tablet_loans.services.documents.style import MM, PAGE_WIDTH
from tablet_loans.services.documents.unsigned_list import write_unsigned_lists
from tests.services.documents import bounds_of, codes_on, meet, pages_of, text_of

NOON = datetime(2026, 4, 6, 10, 0, tzinfo=UTC)
DAY = date(2026, 4, 6)
SCHOOL = PackSchool(1, "0690142E", "Collège Les Iris", "12 rue des Prés", "69100 Villeurbanne")
KIT = ("Chargeur", "Câble USB-C", "Housse")
HOSTILE = ('<b>O’Brien & "Zoé"</b>', "=1+1", "W" * 300, "Élise " * 60, "Zoé\u202e\u200f\x00 Ab")
RECEIPT = LoanReceipt(
    "20-K3-0042", "Métropole", "Continuité 2026", "ŒUVRARD Zoé", "5e B", SCHOOL.name, SCHOOL.uai, "tablet",
    "Samsung Galaxy Tab A8", "ML-000412-2", "R52M1234567", DAY, date(2026, 7, 3), KIT, ("Housse",), date(2026, 6, 30),
    "worn", "K3", "12 rue des Prés", "04 78 00 00 00",
)  # fmt: skip


def waiting(number: int, pupil: str = "", model: str = "Samsung Galaxy Tab A8") -> HandOverRow:
    name = pupil or f"KAYA Élève {number:02d}"
    return HandOverRow(number, name, model, KIT, sheet_code(PupilId(number), 3))


def lent(number: int, *kept: str) -> HandOverRow:
    return replace(waiting(number), loan=f"20-K3-{number:04d}", tag="ML-000412-2", lent_on=DAY, kept=kept)


def of_class(*rows: HandOverRow, name: str = "5e B", school: str = SCHOOL.name) -> HandOverClass:
    return HandOverClass(SCHOOL.uai, school, "Villeurbanne", name, rows)


def carton(size: int, number: int = 1) -> CartonRow:
    devices = (CartonDevice(asset_tag("ML", each), "Samsung Galaxy Tab A8", f"R52M{each:07d}", "ready")
               for each in range(1, size + 1))  # fmt: skip
    return CartonRow(number, carton_code(number), SCHOOL, CartonState.CLOSED, NOON, "C. Morel", tuple(devices))


def delivery(*cartons: CartonRow, school: PackSchool = SCHOOL, model: str = "Samsung Galaxy Tab A8") -> Delivery:
    count = sum(len(each.devices) for each in cartons)
    return Delivery(school, cartons, (DeliveredModel(model, count, (("Chargeur", count), ("Housse", count - 1))),))


def unsigned(number: int, class_name: str = "5e B", pupil: str = "") -> UnsignedLoan:
    name = pupil or f"KAYA Élève {number:02d}"
    printed_on = DAY if number % 2 else None
    return UnsignedLoan(
        SCHOOL.uai, SCHOOL.name, "Villeurbanne", class_name, name, f"20-K3-{number:04d}", "ML-000412-2", DAY, printed_on
    )


def handed(out: Path, *classes: HandOverClass, has_codes: bool = True) -> int:
    return write_hand_over_lists("Métropole", "Continuité 2026", classes, out, has_codes=has_codes, written_at=NOON)


def delivered(out: Path, *deliveries: Delivery, copies: int = 1) -> int:
    return write_delivery_notes(
        "Métropole", "Continuité 2026", deliveries, out, copies=copies, written_at=NOON
    )  # fmt: skip


def still_unsigned(out: Path, *schools: UnsignedSchool) -> int:
    return write_unsigned_lists("Métropole", "", schools, out, written_at=NOON)


def a_school(*rows: UnsignedLoan, name: str = SCHOOL.name) -> UnsignedSchool:
    return UnsignedSchool(SCHOOL.uai, name, "Villeurbanne", rows)


def test_forty_pupils_go_over_pages_with_the_head_again_and_every_code_scans(tmp_path: Path) -> None:
    out = tmp_path / "list.pdf"
    count = handed(out, of_class(*map(waiting, range(1, 41))), of_class(waiting(90), name="4e A"))
    pages = pages_of(out)
    assert (count, len(pages)) == (5, 5)
    codes = [code for page in pages for code, kind in codes_on(page) if kind == "Code128"]
    assert [on_sheet(code) for code in codes] == [(number, 3) for number in (*range(1, 41), 90)]
    for number, page in enumerate(pages[:4], start=1):
        said = text_of(page)
        assert "5e B" in said
        assert "Signature" in said
        assert f"Page {number} sur 4" in said
    assert "Page 1 sur 1" in text_of(pages[4])
    assert "40 Samsung Galaxy Tab A8 40 À remettre 0 Déjà remises" in text_of(pages[3])
    assert "KAYA Élève 40" in text_of(pages[3])


def test_rows_leave_room_to_stick_a_label_and_to_sign(tmp_path: Path) -> None:
    out = tmp_path / "list.pdf"
    handed(out, of_class(waiting(1), waiting(2)), has_codes=False)
    (page,) = pages_of(out)
    assert codes_on(page) == []
    paths = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_PATH)
    upright = sorted(path for path in paths if path[2] - path[0] < 1 * MM and path[3] - path[1] > 11 * MM)
    assert len(upright) == 2
    assert PAGE_WIDTH - 19 * MM - upright[0][0] >= 45 * MM
    assert all(top - bottom >= 12 * MM for _, bottom, _, top in upright)
    boxes = [path for path in paths if 20 * MM < path[2] - path[0] < 40 * MM and path[3] - path[1] > 10 * MM]
    assert len(boxes) == 2


def test_a_pupil_who_has_the_tablet_is_ticked_with_its_tag_and_has_no_code_to_scan_again(tmp_path: Path) -> None:
    out = tmp_path / "list.pdf"
    handed(out, of_class(waiting(1), lent(2, "Housse"), replace(waiting(3), tag="ML-000398-3")))
    (page,) = pages_of(out)
    said = text_of(page)
    for expected in ("ML-000412-2", "06/04/2026", "Déjà remise, prêt 20-K3-0002", "réservée : ML-000398-3",
                     "2 À remettre 1 Déjà remises"):  # fmt: skip
        assert expected in said
    assert [on_sheet(code) for code, _ in codes_on(page)] == [(1, 3), (3, 3)]


def test_many_accessories_make_a_row_higher(tmp_path: Path) -> None:
    out = tmp_path / "list.pdf"
    kit = tuple(f"Accessoire {number}" for number in range(20))
    assert handed(out, of_class(*(replace(waiting(number), kit=kit) for number in range(1, 5)))) == 2
    assert all("Accessoire 19" in text_of(page) for page in pages_of(out))


def test_a_class_without_a_name_or_a_pupil_is_printed_all_the_same(tmp_path: Path) -> None:
    out = tmp_path / "list.pdf"
    assert handed(out, of_class(name=""), of_class(waiting(1), name="")) == 2
    assert all("Sans classe" in text_of(page) for page in pages_of(out))
    assert "0 élève" in text_of(pages_of(out)[0])


def test_a_delivery_note_has_its_cartons_tags_and_sums_in_two_copies(tmp_path: Path) -> None:
    out = tmp_path / "note.pdf"
    assert delivered(out, delivery(carton(12), carton(3, 2)), copies=2) == 2
    first, second = pages_of(out)
    for page, copy in ((first, "Exemplaire de l’établissement"), (second, "Exemplaire du service")):
        said = text_of(page)
        for expected in (copy, "Collège Les Iris (0690142E)", "12 rue des Prés, 69100 Villeurbanne",
                         "15 tablettes en 2 cartons", "12 tablettes", "Chargeur 15 · Housse 14", "Total 15",
                         "29 accessoires", "Remis par", "Reçu par", asset_tag("ML", 12)):  # fmt: skip
            assert expected in said
        assert [code for code, _ in codes_on(page)] == [carton_code(1), carton_code(2)]


def test_a_great_delivery_names_its_carton_again_on_each_page(tmp_path: Path) -> None:
    out = tmp_path / "note.pdf"
    assert delivered(out, delivery(carton(400))) == 3
    pages = pages_of(out)
    assert f"{carton_code(1)} (suite)" in text_of(pages[1])
    tags = " ".join(map(text_of, pages))
    assert all(asset_tag("ML", number) in tags for number in range(1, 401))
    assert [len(codes_on(page)) for page in pages] == [1, 0, 0]


def test_a_return_receipt_says_what_is_missing_once_for_the_family_and_once_to_sign(tmp_path: Path) -> None:
    out = tmp_path / "receipt.pdf"
    assert write_return_receipts([RECEIPT, replace(RECEIPT, number="20-K3-0043")], out, written_at=NOON) == 2
    first, second = pages_of(out)
    assert [code for code, _ in codes_on(first)] == ["20-K3-0042"] * 2
    assert [code for code, _ in codes_on(second)] == ["20-K3-0043"] * 2
    said = text_of(first)
    for expected in ("ŒUVRARD Zoé", "5e B · Collège Les Iris (0690142E)", "ML-000412-2", "R52M1234567",
                     "30 juin 2026 · poste K3", "usure visible", "Manque Housse", "ne vaut pas décharge",
                     "Exemplaire de la famille", "Exemplaire du service"):  # fmt: skip
        assert expected in said


def test_a_hand_over_receipt_is_half_a_page_with_tag_and_serial(tmp_path: Path) -> None:
    out = tmp_path / "receipt.pdf"
    receipts = [replace(RECEIPT, number=f"20-K3-{number:04d}") for number in range(1, 4)]
    assert write_hand_over_receipts(receipts, out, written_at=NOON) == 2
    codes = [code for page in pages_of(out) for code, _ in codes_on(page)]
    assert codes == ["20-K3-0001", "20-K3-0002", "20-K3-0003"]
    said = text_of(pages_of(out)[0])
    for expected in ("ML-000412-2", "R52M1234567", "Accessoires remis Chargeur, Câble USB-C", "Non remis Housse",
                     "3 juillet 2026, 12 rue des Prés", "04 78 00 00 00"):  # fmt: skip
        assert expected in said


def test_what_is_not_signed_is_listed_a_school_a_page_class_by_class(tmp_path: Path) -> None:
    out = tmp_path / "unsigned.pdf"
    rows = [unsigned(1, "4e A"), unsigned(2), unsigned(3)]
    assert still_unsigned(out, a_school(*rows), a_school(*map(unsigned, range(80)), name="Lycée Les Lilas")) == 4
    pages = pages_of(out)
    said = text_of(pages[0])
    for expected in ("3 prêts, dont 1 sans convention imprimée", "4e A · 1", "5e B · 2", "20-K3-0002 ML-000412-2",
                     "06/04/2026 jamais", "06/04/2026 06/04/2026", "Page 1 sur 1"):  # fmt: skip
        assert expected in said
    assert "Les Lilas" not in said
    assert "Page 3 sur 3" in text_of(pages[3])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_on_the_page_and_off_each_other(tmp_path: Path, name: str) -> None:
    place = PackSchool(1, SCHOOL.uai, name, name, name)
    row = replace(waiting(1, name, name), kit=(name, "Housse"))
    receipt = replace(
        RECEIPT, pupil=name, model=name, school=name, class_name=name, kit=(name,), missing=(name,), helpline=name
    )
    outs = [tmp_path / f"{number}.pdf" for number in range(5)]
    handed(outs[0], of_class(row, replace(row, loan="20-K3-0001", lent_on=DAY), name=name, school=name))
    delivered(outs[1], delivery(carton(2), school=place, model=name))
    write_return_receipts([receipt], outs[2], written_at=NOON)
    write_hand_over_receipts([receipt], outs[3], written_at=NOON)
    still_unsigned(outs[4], a_school(unsigned(1, name, name), name=name))
    for out in outs:
        for page in pages_of(out):
            texts = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
            assert all(left > 10 * MM and right < PAGE_WIDTH - 10 * MM for left, _, right, _ in texts)
            assert not [1 for at, one in enumerate(texts) for other in texts[:at] if meet(one, other)], out
    assert len(codes_on(pages_of(outs[0])[0])) == 1


WRITERS: list[Callable[[Path, str], int]] = [
    lambda out, name: handed(out, of_class(waiting(1, name))),
    lambda out, name: delivered(out, delivery(carton(1), school=replace(SCHOOL, name=name))),
    lambda out, name: write_return_receipts([replace(RECEIPT, pupil=name)], out, written_at=NOON),
    lambda out, name: write_hand_over_receipts([replace(RECEIPT, pupil=name)], out, written_at=NOON),
    lambda out, name: still_unsigned(out, a_school(unsigned(1, pupil=name))),
]


@pytest.mark.parametrize("write", WRITERS)
def test_what_cannot_be_printed_is_said_and_the_same_facts_are_the_same_bytes(
    tmp_path: Path, write: Callable[[Path, str], int]
) -> None:
    with pytest.raises(FontLacks):
        write(tmp_path / "a.pdf", "李 Zoé")
    for wrong in (tmp_path / "a.txt", tmp_path / "none" / "a.pdf"):
        with pytest.raises(FileTrouble):
            write(wrong, "KAYA Zoé")
    assert not list(tmp_path.iterdir())
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"
    for out in (one, other):
        write(out, "KAYA Zoé")
    assert one.read_bytes() == other.read_bytes()
