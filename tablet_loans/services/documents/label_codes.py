"""The codes of labels as rectangles in modules: bars by python-barcode, squares by zxing-cpp, which reads them too."""

import re
from dataclasses import dataclass
from typing import Any, Final

import zxingcpp

from tablet_loans.domain.label import CodeStyle, NotDrawnAsBars
from tablet_loans.services.documents.barcodes import modules_of

_RUN: Final = re.compile("1+")
_BLACK: Final = bytes([ord("1")] + [ord("0")] * 255)


@dataclass(frozen=True, slots=True)
class DrawnCode:
    """A code of `across` by `up` modules; `path` draws it in units of a module, from its lower left corner."""

    across: int
    up: int
    path: str


def drawn_code(style: CodeStyle, text: str) -> DrawnCode:
    """Return how a text is drawn as a code; bars are one module high. Raises: NotDrawnAsBars."""
    if style is not CodeStyle.CODE128:
        return _square(style, text)
    if not text.isascii() or not text.isprintable():
        raise NotDrawnAsBars(code=text[:40])
    modules = modules_of(text)
    path = " ".join([f"{run.start()} 0 {run.end() - run.start()} 1 re" for run in _RUN.finditer(modules)])
    return DrawnCode(len(modules), 1, path)


def _square(style: CodeStyle, text: str) -> DrawnCode:
    """A QR code is read with 15 % of it spoilt (level M). Source: ISO/IEC 18004, 16022."""
    if style is CodeStyle.QR:
        made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    else:
        made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
    image: Any = made.to_image(scale=1, add_quiet_zones=False)
    up, across = image.shape
    dots = bytes(memoryview(image)).translate(_BLACK).decode("ascii")
    runs = ((up - 1 - row, run) for row in range(up) for run in _RUN.finditer(dots[row * across : (row + 1) * across]))
    path = " ".join([f"{run.start()} {height} {run.end() - run.start()} 1 re" for height, run in runs])
    return DrawnCode(across, up, path)
