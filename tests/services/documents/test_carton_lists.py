"""Picking lists and carton lists read back: counts and totals, and every tag scans as a label printer prints it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.carton import (
    CartonDevice,
    CartonRow,
    CartonState,
    PackSchool,
    PickingLine,
    SchoolPicking,
    carton_code,
)
from tablet_loans.domain.device import Place
from tablet_loans.domain.identifiers import asset_tag, own_tag
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.documents.carton_list import write_carton_lists
from tablet_loans.services.documents.picking_list import write_picking_lists
from tablet_loans.services.documents.style import MM, PAGE_WIDTH
from tests.services.documents import bounds_of, codes_on, pages_of, text_of

SCHOOL = PackSchool(1, "0690142E", "Collège Les Iris", "12 rue des Prés", "69100 Villeurbanne")
LONG = "Établissement régional d’enseignement adapté Marie-Antoinette de la Roche-Villeneuve de Saint-Exupéry"
NOON = datetime(2026, 4, 6, 10, 0, tzinfo=UTC)


def carton(size: int, number: int = 1, school: PackSchool = SCHOOL) -> CartonRow:
    devices = (CartonDevice(asset_tag("ML", each), "Samsung Galaxy Tab A8", f"R52M{each:07d}", "ready")
               for each in range(1, size + 1))  # fmt: skip
    return CartonRow(number, carton_code(number), school, CartonState.OPEN, NOON, "C. Morel", tuple(devices))


def picking(*lines: PickingLine, school: PackSchool = SCHOOL) -> SchoolPicking:
    return SchoolPicking(school, lines)


def cartons_printed(out: Path, *cartons: CartonRow) -> int:
    return write_carton_lists("Métropole", "Continuité 2026", cartons, out, written_at=NOON)


def lists_printed(out: Path, *lists: SchoolPicking) -> int:
    return write_picking_lists("Métropole", "Continuité 2026", lists, out, written_at=NOON)


def test_each_carton_scans_back_to_its_code_and_its_tags(tmp_path: Path) -> None:
    out, cartons = tmp_path / "cartons.pdf", [carton(3), carton(40, 2)]
    pages = cartons_printed(out, *cartons)
    read = [[code for code, _ in codes_on(page)] for page in pages_of(out)]
    assert len(read) == pages == 4
    assert read[0] == [cartons[0].code, *(each.tag for each in cartons[0].devices)]
    assert [*read[1], *read[2], *read[3]] == [cartons[1].code, *(each.tag for each in cartons[1].devices)]
    said = text_of(pages_of(out)[0])
    for expected in ("Collège Les Iris", "12 rue des Prés", "69100 Villeurbanne", "3 tablettes", "R52M0000001"):
        assert expected in said


def test_a_carton_from_which_some_were_lent_tells_how_many_were_packed(tmp_path: Path) -> None:
    cartons_printed(tmp_path / "cartons.pdf", replace(carton(3), packed=5))
    assert "3 tablettes sur 5" in text_of(pages_of(tmp_path / "cartons.pdf")[0])


def test_a_carton_s_code_is_made_as_a_tag_is_whose_check_character_tells_a_wrong_reading() -> None:
    assert carton_code(123).startswith("C-000123-")
    assert own_tag(carton_code(123).lower().replace("-", "")) == carton_code(123)
    assert own_tag(carton_code(123).replace("123", "124")) is None


def test_a_picking_list_has_a_page_a_school_with_its_counts_and_their_sum(tmp_path: Path) -> None:
    out = tmp_path / "picking.pdf"
    lines = (
        PickingLine("Lenovo Tab M10", Place.DEPOT, "Vaise", 12, 5),
        PickingLine("Samsung Galaxy Tab A8", Place.SCHOOL, "Lycée Les Tilleuls", 3, 0),
        PickingLine("Samsung Galaxy Tab A8", Place.DEPOT, "", 1, 1, "ML-000412-2"),
    )
    other = PackSchool(2, "0691478G", "Lycée Les Tilleuls", "", "")
    assert lists_printed(out, picking(*lines), picking(lines[0], school=other)) == 2
    first, second = (text_of(page) for page in pages_of(out))
    for expected in ("Collège Les Iris (0690142E)", "Dépôt Vaise 12 5 7", "ML-000412-2", "Total 16 6 10", "1 sur 1"):
        assert expected in first
    assert "Lycée Les Tilleuls (0691478G)" in second


def test_a_long_list_goes_on_with_its_titles(tmp_path: Path) -> None:
    out = tmp_path / "picking.pdf"
    lines = [PickingLine("Lenovo Tab M10", Place.DEPOT, f"Dépôt {number}", 2, 0) for number in range(60)]
    assert lists_printed(out, picking(*lines)) == 3
    assert all("À prendre" in text_of(page) for page in pages_of(out))


@pytest.mark.parametrize("name", [LONG, "W" * 150])
def test_long_names_stay_on_the_page(tmp_path: Path, name: str) -> None:
    school = PackSchool(1, "0690142E", name, name, name)
    cartons, lists = tmp_path / "cartons.pdf", tmp_path / "picking.pdf"
    cartons_printed(cartons, carton(2, school=school))
    lists_printed(lists, picking(PickingLine(name, Place.SCHOOL, name, 1, 0, "ML-000412-2"), school=school))
    for out in (cartons, lists):
        texts = bounds_of(pages_of(out)[0], pdfium_c.FPDF_PAGEOBJ_TEXT)
        assert all(left > 10 * MM and right < PAGE_WIDTH - 10 * MM for left, _, right, _ in texts)


def test_the_same_lists_are_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"
    for out in (one, other):
        cartons_printed(out, carton(2))
    assert one.read_bytes() == other.read_bytes()


def test_what_cannot_be_printed_is_said(tmp_path: Path) -> None:
    strange = PackSchool(1, "0690142E", "李", "", "")
    for out, error in ((tmp_path / "a.pdf", FontLacks), (tmp_path / "a.txt", FileTrouble)):
        with pytest.raises(error):
            cartons_printed(out, carton(1, school=strange))
        with pytest.raises(error):
            lists_printed(out, picking(school=strange))
    assert not list(tmp_path.iterdir())
