"""The calibration page: crosses on the corners of the first and last label, and words clear of them."""

from itertools import product
from pathlib import Path

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans import paths, text
from tablet_loans.domain.label_stock import ROLL, LabelStock, chosen_stock
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.calibrating import usual_stocks
from tablet_loans.services.documents.calibration import write_calibration
from tablet_loans.services.documents.style import MM
from tests.services.documents import bounds_of, meet, pages_of, text_of

STOCKS = usual_stocks()


def crosses(stock: LabelStock) -> list[tuple[float, float]]:
    found = []
    for number in (0, stock.count - 1):
        left, top = stock.place(number)
        found += list(product((left, left + stock.width), (top, top + stock.height)))
    return [(x * MM, (stock.page[1] - y) * MM) for x, y in found]


@pytest.mark.parametrize("stock", STOCKS, ids=lambda stock: stock.name)
def test_crosses_lie_on_corners_and_meet_no_words(tmp_path: Path, stock: LabelStock) -> None:
    for language in text.LANGUAGES:
        text.set_language(language, paths.catalogues())
        out = tmp_path / "calibration.pdf"
        said = write_calibration(stock, PrinterOffset(""), out)
        (page,) = pages_of(out)
        lines = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_PATH)
        texts = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
        for x, y in crosses(stock):
            level = [place for place in lines if place[0] < x < place[2] and abs((place[1] + place[3]) / 2 - y) < 0.5]
            upright = [place for place in lines if place[1] < y < place[3] and abs((place[0] + place[2]) / 2 - x) < 0.5]
            assert level and upright, (x, y)
            cross = (x - 4 * MM, y - 4 * MM, x + 4 * MM, y + 4 * MM)
            if stock.paper != ROLL:
                assert not [place for place in texts if meet(place, cross)]
        width, _ = stock.page
        assert all(place[0] > 0 and place[2] < width * MM and place[1] > 0 for place in texts)
        if stock.paper != ROLL:
            shown = text_of(page).replace(" ", "").replace("-", "")
            assert all(sentence.replace("\u00a0", "").replace(" ", "").replace("-", "") in shown for sentence in said)


def test_the_ruler_is_as_long_as_it_says(tmp_path: Path) -> None:
    write_calibration(chosen_stock(STOCKS, "L7160"), PrinterOffset(""), tmp_path / "calibration.pdf")
    (page,) = pages_of(tmp_path / "calibration.pdf")
    lengths = [round((place[2] - place[0]) / MM, 1) for place in bounds_of(page, pdfium_c.FPDF_PAGEOBJ_PATH)]
    assert any(abs(length - 150) < 0.4 for length in lengths)


def test_a_known_printer_s_page_is_moved(tmp_path: Path) -> None:
    stock = chosen_stock(STOCKS, "L7160")
    first: list[float] = []
    for printer in (PrinterOffset(""), PrinterOffset("Salle 2", 3, 0)):
        write_calibration(stock, printer, tmp_path / "calibration.pdf")
        (page,) = pages_of(tmp_path / "calibration.pdf")
        first.append(min(place[0] for place in bounds_of(page, pdfium_c.FPDF_PAGEOBJ_PATH)))
    assert first[1] - first[0] == pytest.approx(3 * MM, abs=0.01)
    assert "Salle 2" in text_of(page)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble):
        write_calibration(STOCKS[0], PrinterOffset(""), tmp_path / "nowhere" / "page.pdf")


def test_a_name_that_cannot_be_printed_is_said(tmp_path: Path) -> None:
    with pytest.raises(FontLacks):
        write_calibration(STOCKS[0], PrinterOffset("李"), tmp_path / "page.pdf")
    assert not list(tmp_path.iterdir())
