"""PDFs read back: their text, their codes, what is drawn."""

from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_c
import zxingcpp

PRINTER_DPI = 203


def pages_of(path: Path) -> list[Any]:
    """Return the pages of a PDF."""
    return list(pypdfium2.PdfDocument(path.read_bytes()))


def text_of(page: Any) -> str:
    """Return what a page says, on one line, its hyphens and spaces plain."""
    said = str(page.get_textpage().get_text_range())
    return " ".join(said.replace("\u00a0", " ").replace("\ufffe", "-").split())


def codes_on(page: Any, dpi: int = PRINTER_DPI) -> list[tuple[str, str]]:
    """Return the codes that a reader finds on the page as a label printer would print it, from the top."""
    image = page.render(scale=dpi / 72, grayscale=True).to_pil()
    found = sorted(zxingcpp.read_barcodes(image), key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [(code.text, code.format.name) for code in found]


def objects_of(page: Any) -> list[Any]:
    """Return what is drawn, also within the form of the fixed text."""
    return [each for each in page.get_objects(max_depth=5) if each.type != pdfium_c.FPDF_PAGEOBJ_FORM]


def bounds_of(page: Any, kind: int) -> list[tuple[float, float, float, float]]:
    """Return the places (left, bottom, right, top) of what is drawn: FPDF_PAGEOBJ_TEXT or FPDF_PAGEOBJ_PATH."""
    return [each.get_bounds() for each in objects_of(page) if each.type == kind]


def meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Say whether two rectangles share more than an edge."""
    return min(one[2], other[2]) - max(one[0], other[0]) > 0.5 and min(one[3], other[3]) - max(one[1], other[1]) > 0.5
