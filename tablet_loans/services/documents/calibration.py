"""The calibration page: crosses where labels begin and end, a ruler, and what to measure and to type."""

from datetime import datetime
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.label_stock import ROLL, LabelStock
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.services.documents.labels import begin_page
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, written
from tablet_loans.services.documents.style import (
    GREY,
    HAIRLINE,
    MM,
    NOTE,
    STRONG,
    draw_line,
    draw_lines,
    draw_rule,
)
from tablet_loans.text import N_, language, tr

_RULER_MM: Final = 150
_MARGIN_MM: Final = 25
_CROSS: Final = 4 * MM
_BODY: Final = 8.5
_SENTENCES: Final = (
    N_("1. Print this page on plain paper, at 100 % (“actual size”), by the printer and the tray of the labels."),
    N_(
        "2. Measure the ruler: it must be {ruler} mm. If it is not, divide {ruler} by what you measured: that is "
        "the scale, for example {ruler} / {short} = {scale}."
    ),
    N_(
        "3. Lay the page on a sheet of labels, against the light, and measure at the cross of the first label, at the "
        "upper left. Right: by how many millimetres the cross must move to the right to lie on the label's corner, "
        "with a minus if to the left. Down: the same, downwards."
    ),
    N_("4. Type: {command}"),
    N_(
        "5. Print this page again with {option}: the crosses of the first and of the last label lie on their corners. "
        "Add what still differs to what you typed."
    ),
)
_ROLL_SENTENCE: Final = N_(
    "Print the label, then measure its ruler, which must be {ruler} mm, and how far its crosses lie from the corners."
)
_TYPED: Final = 3


def write_calibration(
    stock: LabelStock, printer: PrinterOffset, out: Path, *, written_at: datetime | None = None
) -> list[str]:
    """Write the page of a stock into the PDF `out`, and return its sentences in the language in use.

    Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    said = sentences(stock, printer)
    title = tr(N_("Calibration page: {stock}")).format(stock=stock.name)
    must_be_printable([(stock.name, (title, *said))])
    with new_document(
        out, title=title, author="", subject=stock.name, written_at=written_at, lang=language()
    ) as canvas:
        begin_page(canvas, stock, printer)
        _draw_crosses(canvas, stock)
        if stock.paper == ROLL:
            middle = stock.height * MM / 2
            _draw_ruler(canvas, (stock.width - ruler_mm(stock)) / 2 * MM, middle, ruler_mm(stock))
        else:
            _draw_middle(canvas, stock, printer, title, said)
        canvas.showPage()
    return said


def sentences(stock: LabelStock, printer: PrinterOffset) -> list[str]:
    """Return what to measure and to type."""
    name = printer.name or tr(N_("NAME"))
    command = f'tablet-loans labels printer "{name}" --right MM --down MM --scale 1.000'
    if stock.paper == ROLL:
        return [*to_measure(stock), tr(N_("Type: {command}")).format(command=command)]
    facts = {"command": command, "option": f'--printer "{name}"'}
    return [*to_measure(stock), *(tr(sentence).format(**facts) for sentence in _SENTENCES[_TYPED:])]


def to_measure(stock: LabelStock) -> list[str]:
    """Return how to print the page and what to measure on it, wherever it is then typed."""
    ruler = ruler_mm(stock)
    if stock.paper == ROLL:
        return [tr(_ROLL_SENTENCE).format(ruler=ruler)]
    facts = {"ruler": ruler, "short": ruler - 1, "scale": f"{ruler / (ruler - 1):.4f}"}
    return [tr(sentence).format(**facts) for sentence in _SENTENCES[:_TYPED]]


def ruler_mm(stock: LabelStock) -> int:
    """Return how long the ruler of a stock's page is; on one label, in tens."""
    return max(int((stock.width - 8) // 10) * 10, 5) if stock.paper == ROLL else _RULER_MM


def _draw_crosses(canvas: Canvas, stock: LabelStock) -> None:
    """Draw a cross at each corner of the first and of the last label."""
    page_height = stock.page[1]
    canvas.setLineWidth(HAIRLINE)
    canvas.setStrokeGray(0)
    for number in {0, stock.count - 1}:
        left, top = stock.place(number)
        for across in (left, left + stock.width):
            for down in (top, top + stock.height):
                x, y = across * MM, (page_height - down) * MM
                canvas.line(x - _CROSS, y, x + _CROSS, y)
                canvas.line(x, y - _CROSS, x, y + _CROSS)


def _draw_middle(canvas: Canvas, stock: LabelStock, printer: PrinterOffset, title: str, said: list[str]) -> None:
    """Draw the title, the rulers and the sentences between the first and the last label."""
    width, height = stock.page
    left, text_width = _MARGIN_MM * MM, (width - 2 * _MARGIN_MM) * MM
    top = (height - stock.top - stock.height) * MM - 12 * MM
    top = min(top, height * MM / 2 + 46 * MM)
    draw_line(canvas, written(title), left, top, size=13, face=STRONG)
    now = tr(N_("Printed with: right {right} mm, down {down} mm, scale {scale}")).format(
        right=f"{printer.right_mm:g}", down=f"{printer.down_mm:g}", scale=f"{printer.scale:.4f}"
    )
    draw_line(canvas, now, left, top - 5 * MM, size=NOTE, grey=GREY)
    _draw_ruler(canvas, (width - _RULER_MM) / 2 * MM, top - 15 * MM, _RULER_MM)
    height_left = top - 25 * MM
    for sentence in said:
        height_left = draw_lines(canvas, sentence, left, height_left, text_width, size=_BODY) - 1.2 * MM
    draw_rule(canvas, left, left + text_width, height_left + 2 * MM, grey=GREY)


def _draw_ruler(canvas: Canvas, left: float, height: float, length_mm: int) -> None:
    """Draw a ruler in millimetres, its tens numbered."""
    canvas.setLineWidth(HAIRLINE)
    canvas.setStrokeGray(0)
    canvas.line(left, height, left + length_mm * MM, height)
    for mark in range(length_mm + 1):
        tick = 4.0 if mark % 10 == 0 else 2.8 if mark % 5 == 0 else 1.6
        canvas.line(left + mark * MM, height, left + mark * MM, height + tick * MM)
        if mark % 10 == 0:
            draw_line(canvas, str(mark), left + mark * MM - (1 if mark < 100 else 1.8) * MM, height - 3 * MM, size=6)
