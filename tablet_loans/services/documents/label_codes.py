"""The codes of labels as rectangles in modules: bars by python-barcode, squares by zxing-cpp, which reads them too."""

from dataclasses import dataclass

import zxingcpp

from tablet_loans.domain.label import CodeStyle, NotDrawnAsBars
from tablet_loans.services.documents.qr import bar_runs, matrix_runs, square_runs


@dataclass(frozen=True, slots=True)
class DrawnCode:
    """A code of `across` by `up` modules; `path` draws it in units of a module, from its lower left corner."""

    across: int
    up: int
    path: str


def drawn_code(style: CodeStyle, text: str) -> DrawnCode:
    """Return how a text is drawn as a code; bars are one module high. Raises: NotDrawnAsBars.

    Source: ISO/IEC 15417, 18004, 16022.
    """
    if style is CodeStyle.QR:
        path, side = square_runs(text)
        return DrawnCode(side, side, path)
    if style is CodeStyle.DATAMATRIX:
        path, across, up = matrix_runs(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix))
        return DrawnCode(across, up, path)
    if not text.isascii() or not text.isprintable():
        raise NotDrawnAsBars(code=text[:40])
    path, across = bar_runs(text)
    return DrawnCode(across, 1, path)
