"""Labels on sheets and tapes: each code in whole dots of the printer, its words beside it, nothing ever squeezed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.label import CodeStyle, Label, Layout, Room, layout_of
from tablet_loans.domain.label_stock import LabelStock
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.services.documents.label_codes import DrawnCode, drawn_code
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import is_printable, must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import (
    GREY,
    HAIRLINE,
    LEADING,
    MM,
    PLAIN,
    STRONG,
    Box,
    draw_line,
    fitted,
    middle_baseline,
    width_of,
)

_LINE_SHARE: Final = 0.84
"""How much of a line's room its words take, accents and tails included."""
_STILL_READ: Final = 0.55
"""Down to this share of its size a line is made smaller rather than wrapped: half the room is a line's of two."""
_FAINT: Final = 0.7
_ASIDE: Final = 1.0
"""How many millimetres words stay off each end of their room: a sheet is seldom cut or fed where it should be."""


@dataclass(frozen=True, slots=True)
class LabelPaper:
    """On what labels are printed, how, and by which printer; `start` is the place of the first on its sheet, from 0."""

    stock: LabelStock
    style: CodeStyle = CodeStyle.CODE128
    dpi: int = 300
    start: int = 0
    printer: PrinterOffset = field(default_factory=lambda: PrinterOffset(""))


@dataclass(frozen=True, slots=True)
class LabelTitle:
    """What a document of labels says of itself."""

    title: str
    author: str
    language: str = "fr-FR"
    written_at: datetime | None = None


def write_labels(
    labels: Sequence[Label],
    out: Path,
    *,
    paper: LabelPaper,
    title: LabelTitle,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write the labels into the PDF `out`, in the order given, and return its pages.

    Nothing is left behind by what it raises. Raises: CodeDoesNotFit, NotDrawnAsBars, FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    lacking: list[tuple[str, tuple[str, ...]]] = []
    layouts: dict[tuple[int, int, int, int], Layout] = {}
    stock, pages = paper.stock, 0
    with new_document(
        out,
        title=title.title,
        author=title.author,
        subject=stock.name,
        written_at=title.written_at,
        lang=title.language,
    ) as canvas:
        place = paper.start
        for done, each in enumerate(labels, start=1):
            code, label = drawn_code(paper.style, each.code), printed(each)
            key = (code.across, code.up, len(label.above), len(label.below))
            if (layout := layouts.get(key)) is None:
                layout = layouts[key] = layout_of(stock, paper.style, label.code, *key, paper.dpi)
            texts = tuple(texts_of(label))
            if not is_printable(texts):
                lacking.append((label.code, texts))
            if place == stock.count:
                canvas.showPage()
                place = 0
            if not place or done == 1:
                begin_page(canvas, stock, paper.printer)
                pages += 1
            _draw_label(canvas, label, code, layout, _Place(stock, place, paper.dpi))
            place += 1
            progress(done, len(labels))
        must_be_printable(lacking)
        canvas.showPage()
    return pages


def begin_page(canvas: Canvas, stock: LabelStock, printer: PrinterOffset) -> None:
    """Begin a page of the stock's size, all of which is moved and scaled as the printer needs."""
    width, height = stock.page
    canvas.setPageSize((width * MM, height * MM))
    if (printer.right_mm, printer.down_mm, printer.scale) != (0, 0, 1):
        canvas.translate(printer.right_mm * MM, height * MM * (1 - printer.scale) - printer.down_mm * MM)
        canvas.scale(printer.scale, printer.scale)


class _Place:
    """Where one label lies on its page, in points."""

    __slots__ = ("dot", "left", "stock", "top")

    def __init__(self, stock: LabelStock, number: int, dpi: int) -> None:
        left, top = stock.place(number)
        self.stock, self.dot = stock, 72 / dpi
        self.left, self.top = left * MM, (stock.page[1] - top) * MM

    def box(self, room: Room) -> Box:
        return Box(self.left + room.left * MM, self.top - room.top * MM, room.width * MM, room.height * MM)

    def on_dot(self, points: float) -> float:
        """Return the nearest edge of a dot: each bar then has the same width on paper."""
        return round(points / self.dot) * self.dot


def _draw_label(canvas: Canvas, label: Label, code: DrawnCode, layout: Layout, place: _Place) -> None:
    box = place.box(layout.code)
    left, bottom = place.on_dot(box.left), place.on_dot(box.top - box.height)
    across, up = layout.module_mm * MM, box.height / code.up
    canvas.addLiteral(f"q 0 g {across:.6f} 0 0 {up:.6f} {left:.5f} {bottom:.5f} cm {code.path} f Q")
    lines = (*label.above, label.title, *label.below)
    for number, (text, room) in enumerate(zip(lines, layout.rooms, strict=True)):
        if text:
            is_title = number == len(label.above)
            is_beside = room.left >= layout.code.left + layout.code.width
            _draw_words(canvas, text, place.box(room), is_title=is_title, is_beside=is_beside)
    if place.stock.is_cut:
        canvas.setLineWidth(HAIRLINE)
        canvas.setStrokeGray(_FAINT)
        width, height = place.stock.width * MM, place.stock.height * MM
        canvas.rect(place.left, place.top - height, width, height)


def _draw_words(canvas: Canvas, text: str, box: Box, *, is_title: bool, is_beside: bool) -> None:
    """Draw words in the middle of a room, or from its left beside a code."""
    face, grey = (STRONG, 0.0) if is_title else (PLAIN, GREY / 2)
    wide = box.width if is_beside else max(box.width - 2 * _ASIDE * MM, box.width / 2)
    lines, size = _fitted(text, round(wide, 3), round(box.height, 3), face)
    baseline = middle_baseline(box, size, len(lines))
    for line, width in lines:
        left = box.left if is_beside else box.left + (box.width - width) / 2
        draw_line(canvas, line, left, baseline, size=size, face=face, grey=grey)
        baseline -= LEADING * size


@lru_cache(maxsize=1_024)
def _fitted(text: str, width: float, height: float, face: str) -> tuple[tuple[tuple[str, float], ...], float]:
    """Return the lines that fit a room, each with its width, and their size; the owner's are the same on each label."""
    most = height * _LINE_SHARE
    on_one_line = min(most, most * width / max(width_of(text, most, face), 1e-9))
    if on_one_line >= most * _STILL_READ:
        return ((text, width_of(text, on_one_line, face)),), on_one_line
    lines, size = fitted(text, Box(0, 0, width, height), most, face)
    return tuple((line, width_of(line, size, face)) for line in lines), size
