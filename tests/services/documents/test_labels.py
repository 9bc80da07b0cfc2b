"""Label sheets printed and read back: each code at 203, 300 and 600 dpi, in its place, beside words that fit."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_c
import pytest
import zxingcpp

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.label import CodeDoesNotFit, CodeStyle, Label, NotDrawnAsBars
from tablet_loans.domain.label_stock import LabelStock, chosen_stock
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services.calibrating import usual_stocks
from tablet_loans.services.documents.labels import LabelPaper, LabelTitle, write_labels
from tablet_loans.services.documents.style import MM
from tests.services.documents import bounds_of, meet, pages_of, text_of

STOCKS = usual_stocks()
TITLE = LabelTitle("Étiquettes", "Métropole de Lyon")
L7160 = chosen_stock(STOCKS, "L7160")
TOO_NARROW = {"Avery L7651"}
FORMATS = {CodeStyle.CODE128: "Code128", CodeStyle.QR: "QRCode", CodeStyle.DATAMATRIX: "DataMatrix"}


def labels(count: int, first: int = 412) -> list[Label]:
    tags = [str(asset_tag("ML", number)) for number in range(first, first + count)]
    return [Label(tag, tag, ("Métropole de Lyon",), (f"S/N R52M7{tag[3:9]}", "Aide : 04 78 00 00 00")) for tag in tags]


def written(tmp_path: Path, printed: list[Label], paper: LabelPaper) -> list[Any]:
    out = tmp_path / "labels.pdf"
    count = write_labels(printed, out, paper=paper, title=TITLE)
    pages = pages_of(out)
    assert len(pages) == count
    return pages


def read(page: Any, place: tuple[float, float], stock: LabelStock, dpi: int) -> list[tuple[str, str]]:
    """Return the codes that a reader finds on one label alone, printed at so many dots an inch."""
    across, up = page.get_size()
    left, top = max(place[0] * MM, 0), max(place[1] * MM, 0)
    right, bottom = max(across - left - stock.width * MM, 0), max(up - top - stock.height * MM, 0)
    image = page.render(scale=dpi / 72, grayscale=True, crop=(left, bottom, right, top)).to_pil()
    return [(code.text, code.format.name) for code in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("stock", STOCKS, ids=lambda stock: stock.name)
def test_each_code_of_each_stock_is_read_back(tmp_path: Path, stock: LabelStock) -> None:
    printed = labels(stock.count)
    for style in CodeStyle:
        if style is CodeStyle.CODE128 and stock.name in TOO_NARROW:
            continue
        for dpi in (203, 300, 600):
            (page,) = written(tmp_path, printed, LabelPaper(stock, style, dpi))
            for number in {0, stock.count - 1}:
                found = read(page, stock.place(number), stock, dpi)
                assert found == [(printed[number].code, FORMATS[style])], (style, dpi, number)


@pytest.mark.parametrize("style", CodeStyle)
def test_a_whole_sheet_is_read_back(tmp_path: Path, style: CodeStyle) -> None:
    printed = labels(21)
    (page,) = written(tmp_path, printed, LabelPaper(L7160, style, 300))
    image = page.render(scale=300 / 72, grayscale=True).to_pil()
    assert {code.text for code in zxingcpp.read_barcodes(image)} == {label.code for label in printed}


def test_a_tape_is_read_at_its_printer_s_180_dpi(tmp_path: Path) -> None:
    for stock in STOCKS:
        if stock.dpi == 180:
            (page,) = written(tmp_path, labels(1), LabelPaper(stock, dpi=180))
            assert read(page, (0, 0), stock, 180) == [(labels(1)[0].code, "Code128")]


def test_every_bar_takes_whole_dots_and_its_white(tmp_path: Path) -> None:
    (page,) = written(tmp_path, labels(1), LabelPaper(L7160, dpi=203))
    row = page.render(scale=203 / 72, grayscale=True).to_pil().crop((0, 230, 567, 231)).tobytes()
    runs = [len(run) for run in "".join("1" if dot < 128 else " " for dot in row).split()]
    assert set(runs) <= {2, 4, 6, 8} or set(runs) <= {3, 6, 9, 12}


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_code_begins_on_the_edge_of_a_dot(tmp_path: Path, dpi: int) -> None:
    (page,) = written(tmp_path, labels(21), LabelPaper(L7160, dpi=dpi))
    edges = [place[0] * dpi / 72 for place in bounds_of(page, pdfium_c.FPDF_PAGEOBJ_PATH)]
    assert len(edges) == 21
    assert all(abs(edge - round(edge)) < 0.01 for edge in edges)


def test_a_used_sheet_is_begun_at_its_first_free_label(tmp_path: Path) -> None:
    printed = labels(20)
    first, second = written(tmp_path, printed, LabelPaper(L7160, start=6))
    assert read(first, L7160.place(5), L7160, 300) == []
    assert read(first, L7160.place(6), L7160, 300)[0][0] == printed[0].code
    assert read(first, L7160.place(20), L7160, 300)[0][0] == printed[14].code
    assert read(second, L7160.place(4), L7160, 300)[0][0] == printed[19].code
    assert printed[15].code not in text_of(first)


def test_a_printer_s_offset_and_scale_move_the_whole_page(tmp_path: Path) -> None:
    def bars(printer: PrinterOffset) -> tuple[float, ...]:
        _, second = written(tmp_path, labels(22), LabelPaper(L7160, printer=printer))
        return max(bounds_of(second, pdfium_c.FPDF_PAGEOBJ_TEXT), key=lambda place: place[2] - place[0])

    straight = bars(PrinterOffset(""))
    moved = bars(PrinterOffset("A", right_mm=2, down_mm=-3))
    assert [round((new - old) / MM, 2) for new, old in zip(moved, straight, strict=True)] == [2, 3, 2, 3]
    scaled, height = bars(PrinterOffset("B", scale=1.01)), 297 * MM
    assert scaled[0] == pytest.approx(straight[0] * 1.01, abs=0.05)
    assert height - scaled[3] == pytest.approx((height - straight[3]) * 1.01, abs=0.05)


def test_what_a_moved_label_says_is_still_read(tmp_path: Path) -> None:
    (page,) = written(tmp_path, labels(1), LabelPaper(L7160, dpi=600, printer=PrinterOffset("B", 1, 1, 0.99)))
    image = page.render(scale=600 / 72, grayscale=True).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [labels(1)[0].code]


@pytest.mark.parametrize("style", CodeStyle)
def test_long_words_stay_on_their_label_whole(tmp_path: Path, style: CodeStyle) -> None:
    owner = "Direction de l’Éducation <b>& du Numérique</b> " * 8 + "O" * 200
    long = Label("ML-000412-2", "ML-000412-2", (owner,), ("Numéro de série R52M70ABCDE", "x" * 1000))
    (page,) = written(tmp_path, [long] * 2, LabelPaper(L7160, style))
    assert text_of(page).replace(" ", "").count("".join(owner.split())) == 2
    inside = (7.25 * MM, (297 - 15.15 - 38.1) * MM, 70.75 * MM, (297 - 15.15) * MM)
    texts = [place for place in bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT) if place[0] < 72 * MM]
    assert texts
    for place in texts:
        assert inside[0] - 0.1 <= place[0] and place[2] <= inside[2] + 0.1
        assert inside[1] - 0.1 <= place[1] and place[3] <= inside[3] + 0.1
    assert not [pair for pair in combinations(texts, 2) if meet(*pair)]
    assert read(page, L7160.place(0), L7160, 300)[0][0] == "ML-000412-2"


def test_a_pupil_s_card_is_read(tmp_path: Path) -> None:
    cards = chosen_stock(STOCKS, "A4 cards")
    code = pupil_card(PupilId(123_456))
    (page,) = written(tmp_path, [Label(code, "ŒUVRARD Zoé", ("Collège Les Iris",), ("5e B",))], LabelPaper(cards))
    assert read(page, cards.place(0), cards, 203)[0][0] == code
    assert "ŒUVRARD Zoé" in text_of(page)


def test_a_foreign_tag_is_drawn_as_a_square_or_refused(tmp_path: Path) -> None:
    foreign = [Label("ÉCOLE 12", "ÉCOLE 12")]
    for style in (CodeStyle.QR, CodeStyle.DATAMATRIX):
        (page,) = written(tmp_path, foreign, LabelPaper(L7160, style))
        assert read(page, L7160.place(0), L7160, 300)[0][0] == "ÉCOLE 12"
    with pytest.raises(NotDrawnAsBars):
        written(tmp_path, foreign, LabelPaper(L7160))


def test_what_is_refused_leaves_no_file(tmp_path: Path) -> None:
    narrow = chosen_stock(STOCKS, "L7651")
    for printed, paper, why in (
        (labels(2), LabelPaper(narrow), CodeDoesNotFit),
        ([Label("ML-000412-2", "李")], LabelPaper(L7160), FontLacks),
        ([Label("Z" * 40, "Z")], LabelPaper(L7160), CodeDoesNotFit),
    ):
        with pytest.raises(why):
            write_labels(printed, tmp_path / "labels.pdf", paper=paper, title=TITLE)
    for out in (tmp_path / "labels.txt", tmp_path / "nowhere" / "labels.pdf"):
        with pytest.raises(FileTrouble):
            write_labels(labels(1), out, paper=LabelPaper(L7160), title=TITLE)
    assert not list(tmp_path.iterdir())


def test_the_document_says_what_it_is_and_embeds_its_faces(tmp_path: Path) -> None:
    written(tmp_path, labels(1), LabelPaper(L7160))
    document = pypdfium2.PdfDocument((tmp_path / "labels.pdf").read_bytes())
    said = document.get_metadata_dict()
    assert (said["Title"], said["Author"]) == ("Étiquettes", "Métropole de Lyon")
    assert b"/FontFile2" in (tmp_path / "labels.pdf").read_bytes()


def test_words_stay_off_the_edges_of_a_label_that_is_cut_or_fed_aside(tmp_path: Path) -> None:
    (page,) = written(tmp_path, [Label("ML-000412-2", "W" * 60, ("W" * 60,), ("W" * 60,))], LabelPaper(L7160))
    left, right = L7160.place(0)[0] * MM, (L7160.place(0)[0] + L7160.width) * MM
    words = page.get_textpage()
    boxes = [words.get_charbox(place) for place in range(words.count_chars())]
    assert all(left + 1.9 * MM <= box[0] and box[2] <= right - 1.9 * MM for box in boxes if box[2] > box[0])
