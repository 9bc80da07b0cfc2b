"""How labels and their stocks are said: a state and its tone, a stock's measures, a printer's offset."""

from collections.abc import Mapping
from typing import Final

from tablet_loans.domain.label import CodeStyle, LabelState
from tablet_loans.domain.label_stock import OWN_PAPER, ROLL, LabelStock
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.text import N_, language, tr
from ui import words
from ui.theme import Tone

TONES: Final[Mapping[LabelState, Tone]] = {
    LabelState.PRINTED: Tone.WARN,
    LabelState.CONFIRMED: Tone.OK,
    LabelState.SPOILED: Tone.BAD,
}
STYLES: Final[Mapping[CodeStyle, str]] = {
    CodeStyle.CODE128: N_("Bars (Code 128)"),
    CodeStyle.QR: N_("QR code"),
    CodeStyle.DATAMATRIX: N_("DataMatrix"),
}


def measure(value: float, places: int = 2) -> str:
    """Return a measure as the reader's language writes it, without idle zeros: 63,5."""
    written = f"{value:.{places}f}".rstrip("0").rstrip(".") or "0"
    written = "0" if written == "-0" else written
    return written.replace(".", ",") if language() == "fr" else written


def typed_measure(typed: str) -> float | None:
    """Return the number that was typed with a comma or a point, or None."""
    try:
        return float(typed.strip().replace(" ", "").replace(",", ".").replace("−", "-"))
    except ValueError:
        return None


def stock_told(stock: LabelStock) -> str:
    """Return a stock's paper and measures on one line."""
    size = tr("{width} × {height} mm").format(width=measure(stock.width), height=measure(stock.height))
    if stock.paper == ROLL:
        return words.joined(tr("roll"), size)
    paper = stock.paper
    if paper == OWN_PAPER:
        width, height = (measure(side) for side in stock.page)
        paper = tr("{width} × {height} mm").format(width=width, height=height)
    count = tr("{count} a sheet").format(count=words.number(stock.count))
    return words.joined(paper, count, size)


def offset_told(printer: PrinterOffset) -> str:
    """Return how far a printer is off."""
    if (printer.right_mm, printer.down_mm, printer.scale) == (0, 0, 1):
        return tr("not off")
    told = tr("{right} mm to the right, {down} mm down")
    said = told.format(right=measure(printer.right_mm), down=measure(printer.down_mm))
    return said if printer.scale == 1 else words.joined(said, f"× {measure(printer.scale, 4)}")
