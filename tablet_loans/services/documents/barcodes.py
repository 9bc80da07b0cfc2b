"""Barcodes as vectors: the modules come from python-barcode, the bars are drawn on the page."""

from itertools import groupby
from typing import Final

from barcode.codex import Code128
from reportlab.pdfgen.canvas import Canvas

MODULE: Final = 72 / 600 * 8
"""Eight dots at 600 dpi, four at 300 dpi: 0.339 mm in points, no bar rounded by the printer."""
QUIET_ZONE: Final = 10 * MODULE
"""White on each side. Source: ISO/IEC 15417."""


def code128_width(code: str) -> float:
    """Return how wide the bars of `code` are, in points, without the quiet zones."""
    return len(modules_of(code)) * MODULE


def draw_code128(canvas: Canvas, code: str, left: float, bottom: float, height: float) -> None:
    """Draw the bars of `code`, in points; the caller leaves QUIET_ZONE white on each side."""
    bars, place = canvas.beginPath(), left
    for module, run in groupby(modules_of(code)):
        width = len(list(run)) * MODULE
        if module == "1":
            bars.rect(place, bottom, width, height)
        place += width
    canvas.setFillGray(0)
    canvas.drawPath(bars, stroke=0, fill=1)


class _Code128(Code128):  # type: ignore[misc]
    """python-barcode 0.16 takes a first pair of figures 99, 100 or 101 for a change of set, and drops it."""

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        begins_with_a_pair = self.code[:2].isdigit()
        optimized: list[int] = encoded if begins_with_a_pair else super()._try_to_optimize(encoded)
        return optimized


def modules_of(code: str) -> str:
    """Return the modules of `code`, 1 for black."""
    return str(_Code128(code).build()[0])
