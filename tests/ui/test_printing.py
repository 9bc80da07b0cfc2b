"""Documents reach the printer, or a sentence says why not; a PDF file stands for the printer here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pypdfium2
import pytest
import zxingcpp
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.errors import Trouble
from tablet_loans.domain.trouble import FileMissing, FileUnreadable, NoPrinter
from tablet_loans.services.documents.barcodes import draw_code128
from ui import printing
from ui.printing import Place, Printer

A4 = (595.28, 841.89)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Return a PDF of two pages, each with a loan's number as bars."""
    file = tmp_path / "agreement.pdf"
    canvas = Canvas(str(file), pagesize=A4)
    for number in ("20-K3-0042", "20-K3-0043"):
        draw_code128(canvas, number, 100, 500, 40)
        canvas.drawString(100, 600, number)
        canvas.showPage()
    canvas.save()
    return file


@pytest.fixture
def printer_into(qtbot: QtBot) -> Iterator[Callable[[Path | None], Printer]]:  # noqa: ARG001 - Qt must be there
    """Return a way to make printers that print into a file; their process ends with the test."""
    made: list[Printer] = []

    def make(file: Path | None) -> Printer:
        made.append(Printer(file=file))
        return made[-1]

    yield make
    for printer in made:
        printer.shut_down()


def printed(qtbot: QtBot, printer: Printer, document: Path) -> list[object]:
    """Print a document and return what is heard: nothing, or a trouble."""
    heard: list[object] = []
    printer.print_pdf(document, done=heard.append, failed=heard.append)
    qtbot.waitUntil(lambda: bool(heard), timeout=60_000)
    return heard


def test_every_page_comes_out_as_it_is_and_its_bars_can_be_scanned(
    qtbot: QtBot, tmp_path: Path, document: Path, printer_into: Callable[[Path | None], Printer]
) -> None:
    out = tmp_path / "paper.pdf"
    assert printed(qtbot, printer_into(out), document) == [None]
    paper = pypdfium2.PdfDocument(out)
    read = []
    for page in paper:
        assert page.get_size() == pytest.approx(A4, abs=1)
        (code,) = zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())
        place = (code.position.top_left.x * 72 / 203, code.position.top_left.y * 72 / 203)
        assert place == pytest.approx((100, 842 - 540), abs=4)
        read.append(code.text)
    assert read == ["20-K3-0042", "20-K3-0043"]


def test_documents_are_printed_in_the_order_asked(
    qtbot: QtBot, tmp_path: Path, document: Path, printer_into: Callable[[Path | None], Printer]
) -> None:
    printer, heard = printer_into(tmp_path / "paper.pdf"), list[str]()

    def fails(trouble: Trouble) -> None:
        heard.append(type(trouble).__name__)

    printer.print_pdf(tmp_path / "none.pdf", done=print, failed=fails)
    printer.print_pdf(document, done=lambda _none: heard.append("done"), failed=fails)
    qtbot.waitUntil(lambda: len(heard) == 2, timeout=60_000)
    assert heard == ["FileMissing", "done"]


def test_without_that_printer_a_sentence_tells_where_the_file_is(document: Path) -> None:
    with pytest.raises(NoPrinter) as trouble:
        printing.sent(str(document), Place(printer="A printer that was sold"))
    assert str(document) in trouble.value.spoken()


def test_a_file_that_is_no_pdf_is_not_printed(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 cut")
    with pytest.raises(FileUnreadable):
        printing.sent(str(broken), Place(file=str(tmp_path / "paper.pdf")))
    with pytest.raises(FileMissing):
        printing.sent(str(tmp_path / "none.pdf"), Place(file=str(tmp_path / "paper.pdf")))


def test_a_wide_page_is_printed_wide(tmp_path: Path) -> None:
    wide, out = tmp_path / "wide.pdf", tmp_path / "paper.pdf"
    canvas = Canvas(str(wide), pagesize=(A4[1], A4[0]))
    canvas.drawString(700, 100, "right")
    canvas.showPage()
    canvas.save()
    assert printing.sent(str(wide), Place(file=str(out))) == 1
    assert pypdfium2.PdfDocument(out)[0].get_size() == pytest.approx((A4[1], A4[0]), abs=1)


def process_of(printer: Printer) -> psutil.Process:
    """Return the process that prints."""
    assert printer._process is not None
    (process,) = printer._process._processes.values()  # type: ignore[attr-defined]
    return psutil.Process(process.pid)


def test_a_printing_process_that_dies_is_told_and_the_next_document_is_printed(
    qtbot: QtBot, tmp_path: Path, document: Path, printer_into: Callable[[Path | None], Printer]
) -> None:
    printer, heard = printer_into(tmp_path / "paper.pdf"), list[object]()
    assert printed(qtbot, printer, document) == [None]
    process = process_of(printer)
    process.suspend()
    printer.print_pdf(document, done=heard.append, failed=heard.append)
    process.kill()
    qtbot.waitUntil(lambda: bool(heard), timeout=60_000)
    assert isinstance(heard[0], NoPrinter)
    assert printed(qtbot, printer, document) == [None]


def test_a_printing_process_that_died_between_two_documents_is_begun_anew(
    qtbot: QtBot, tmp_path: Path, document: Path, printer_into: Callable[[Path | None], Printer]
) -> None:
    printer = printer_into(tmp_path / "paper.pdf")
    assert printed(qtbot, printer, document) == [None]
    dead = printer._process
    process_of(printer).kill()
    qtbot.waitUntil(lambda: bool(dead._broken), timeout=60_000)  # type: ignore[union-attr]
    assert printed(qtbot, printer, document) == [None]


def test_the_end_of_a_dead_process_does_not_forget_the_one_that_followed(
    qtbot: QtBot, tmp_path: Path, document: Path, printer_into: Callable[[Path | None], Printer]
) -> None:
    printer, heard, begun = printer_into(tmp_path / "paper.pdf"), list[object](), list[object]()

    def again(_trouble: Trouble) -> None:
        printer.print_pdf(document, done=heard.append, failed=heard.append)
        begun.append(printer._process)

    assert printed(qtbot, printer, document) == [None]
    process = process_of(printer)
    process.suspend()
    printer.print_pdf(document, done=heard.append, failed=again)
    printer.print_pdf(document, done=heard.append, failed=heard.append)
    process.kill()
    qtbot.waitUntil(lambda: len(heard) == 2, timeout=60_000)
    assert printer._process is not None
    assert begun == [printer._process]


def test_the_printer_chosen_is_remembered(tmp_path: Path, qtbot: QtBot) -> None:  # noqa: ARG001 - Qt must be there
    from PySide6.QtCore import QSettings

    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    assert Printer(memory=memory).name == ""
    Printer(memory=memory).use("Salle des profs")
    assert Printer(memory=memory).name == "Salle des profs"


def test_labels_are_printed_on_their_own_paper_in_the_dots_of_their_printer(tmp_path: Path) -> None:
    label, out = tmp_path / "label.pdf", tmp_path / "paper.pdf"
    canvas = Canvas(str(label), pagesize=(62 * 72 / 25.4, 29 * 72 / 25.4))
    for number in ("ML-000001-X", "ML-000002-V"):
        draw_code128(canvas, number, 6, 10, 40)
        canvas.showPage()
    canvas.save()
    assert printing.sent(str(label), Place(file=str(out), dpi=203, has_two_sides=False)) == 2
    paper = pypdfium2.PdfDocument(out)
    assert paper[1].get_size() == pytest.approx((62 * 72 / 25.4, 29 * 72 / 25.4), abs=1)
    codes = [zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())[0].text for page in paper]
    assert codes == ["ML-000001-X", "ML-000002-V"]
