"""Carton lists: a sheet for each carton, with its code, where it goes, and what lies in it, tag by tag to scan."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.carton import CartonDevice, CartonRow
from tablet_loans.services.documents.barcodes import QUIET_ZONE, code128_width, draw_code128
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import (
    GREY,
    MARGIN,
    MM,
    NOTE,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    draw_rule,
    draw_within,
)
from tablet_loans.services.documents.table import Flow, Piece

_TITLE: Final = "Carton"
_HEAD: Final = 46 * MM
_TITLES: Final = 6 * MM
_LINE: Final = 12 * MM
_BARS: Final = 7.5 * MM
_CODE_BARS: Final = 14 * MM
_FAINT: Final = 0.82
_TAG: Final = MARGIN + 8 * MM
_MODEL: Final = MARGIN + 38 * MM
_NARROWEST: Final = 40 * MM


def write_carton_lists(
    authority: str, campaign: str, cartons: Sequence[CartonRow], out: Path, *, written_at: datetime | None = None
) -> int:
    """Write a sheet for each carton into the PDF `out`, each on pages of its own, and return how many pages.

    Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    told = [printed(each) for each in cartons]
    must_be_printable([(each.code, (authority, campaign, *texts_of(each))) for each in told])
    title = f"{_TITLE} {told[0].code}" if len(told) == 1 else f"{_TITLE}s"
    with new_document(out, title=title, author=authority, subject=campaign, written_at=written_at) as canvas:
        return sum(_flow(authority, campaign, each).draw(canvas, _foot(campaign, each)) for each in told)


def _foot(campaign: str, carton: CartonRow) -> str:
    return f"{carton.code}\u00a0· {carton.school.uai}\u00a0· {campaign}"


def _flow(authority: str, campaign: str, carton: CartonRow) -> Flow:
    flow = Flow()
    flow.add(_HEAD, partial(_draw_head, authority=authority, campaign=campaign, carton=carton))
    titles = Piece(_TITLES, _draw_titles)
    flow.add(titles.height, titles.draw, keep=_LINE)
    for number, device in enumerate(carton.devices, start=1):
        flow.add(_LINE, partial(_draw_row, number=number, device=device), before=titles)
    return flow


def _draw_head(canvas: Canvas, top: float, authority: str, campaign: str, carton: CartonRow) -> None:
    school, left_of_code = carton.school, RIGHT - code128_width(carton.code) - QUIET_ZONE
    width = left_of_code - QUIET_ZONE - MARGIN
    draw_within(canvas, authority, Box(MARGIN, top, width, 5 * MM), size=NOTE, grey=GREY)
    draw_line(canvas, f"{_TITLE} {carton.code}", MARGIN, top - 13 * MM, size=20, face=STRONG)
    draw_code128(canvas, carton.code, left_of_code, top - 2 * MM - _CODE_BARS, _CODE_BARS)
    full = RIGHT - MARGIN
    draw_within(canvas, school.name, Box(MARGIN, top - 19 * MM, full, 8 * MM), size=17, face=STRONG)
    address = "\u00a0· ".join(filter(None, (school.address, school.commune)))
    draw_within(canvas, address, Box(MARGIN, top - 27.5 * MM, full, 7 * MM), size=12)
    told = f"{_count(carton)}\u00a0· {school.uai}\u00a0· {campaign}"
    draw_within(canvas, told, Box(MARGIN, top - 35.5 * MM, full, 6 * MM), size=9, grey=GREY)


def _count(carton: CartonRow) -> str:
    """Return how many lie in the carton, of how many that were packed where some were lent from it."""
    count = len(carton.devices)
    of_all = f" sur {carton.packed}" if carton.packed > count else ""
    return f"{count} tablette{'s' if count > 1 else ''}{of_all}"


def _draw_titles(canvas: Canvas, top: float) -> None:
    for word, left in (("Étiquette", _TAG), ("Modèle et numéro de série", _MODEL)):
        draw_line(canvas, word, left, top - 3.8 * MM, size=NOTE, grey=GREY)
    draw_rule(canvas, MARGIN, RIGHT, top - _TITLES)


def _draw_row(canvas: Canvas, top: float, number: int, device: CartonDevice) -> None:
    """Draw a device; bars that would leave no room for its words are left out."""
    middle, height = top - _LINE / 2, _LINE - 1.2 * MM
    right, width = RIGHT, code128_width(device.tag) + 2 * QUIET_ZONE
    if RIGHT - width - _MODEL >= _NARROWEST and device.tag.isascii():
        right = RIGHT - width
        draw_code128(canvas, device.tag, right + QUIET_ZONE, middle - _BARS / 2, _BARS)
    draw_line(canvas, str(number), MARGIN, middle - 1 * MM, size=NOTE, grey=GREY)
    upper = top - 0.6 * MM
    draw_within(canvas, device.tag, Box(_TAG, upper, _MODEL - _TAG - 2 * MM, height), size=10, face=STRONG)
    room = right - _MODEL - 2 * MM
    draw_within(canvas, device.model, Box(_MODEL, upper, room, height / 2), size=9)
    draw_within(canvas, device.serial, Box(_MODEL, upper - height / 2, room, height / 2), size=9, grey=GREY)
    draw_rule(canvas, MARGIN, right, top - _LINE, grey=_FAINT)
