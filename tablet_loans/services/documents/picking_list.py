"""Picking lists: what is fetched for each school, from where, with a box to tick for each line."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.carton import PickingLine, SchoolPicking
from tablet_loans.domain.device import Place
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import (
    GREY,
    HAIRLINE,
    MARGIN,
    MM,
    NOTE,
    PLAIN,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    draw_rule,
    draw_within,
    width_of,
)
from tablet_loans.services.documents.table import Flow, Piece

_TITLE: Final = "Liste de préparation"
_DEPOT: Final = "Dépôt"
_HEAD: Final = 34 * MM
_TITLES: Final = 6 * MM
_LINE: Final = 10 * MM
_SIGN: Final = 34 * MM
_FAINT: Final = 0.82
_BOX: Final = 4.4 * MM
_MODEL: Final = MARGIN + 9 * MM
_WHERE: Final = MARGIN + 82 * MM
_COUNTS: Final = (RIGHT - 38 * MM, RIGHT - 19 * MM, RIGHT)
_WORDS: Final = ("Promises", "En carton", "À prendre")


def write_picking_lists(
    authority: str, campaign: str, schools: Sequence[SchoolPicking], out: Path, *, written_at: datetime | None = None
) -> int:
    """Write what each school is to receive into the PDF `out`, each on pages of its own, and return how many pages.

    Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    told = [printed(each) for each in schools]
    must_be_printable([(each.school.name, (authority, campaign, *texts_of(each))) for each in told])
    with new_document(
        out, title=_TITLE, author=authority, subject=campaign, written_at=written_at
    ) as canvas:  # each school's pages are counted apart
        return sum(_flow(authority, campaign, each).draw(canvas, _foot(campaign, each)) for each in told)


def _foot(campaign: str, picking: SchoolPicking) -> str:
    return f"{_TITLE}\u00a0· {picking.school.uai}\u00a0· {campaign}"


def _flow(authority: str, campaign: str, picking: SchoolPicking) -> Flow:
    flow = Flow()
    flow.add(_HEAD, partial(_draw_head, authority=authority, campaign=campaign, picking=picking))
    titles = Piece(_TITLES, _draw_titles)
    flow.add(titles.height, titles.draw, keep=_LINE)
    for line in picking.lines:
        flow.add(_LINE, partial(_draw_row, line=line), before=titles)
    flow.add(_LINE, partial(_draw_totals, picking=picking), before=titles)
    flow.add(_SIGN, _draw_sign)
    return flow


def _draw_head(canvas: Canvas, top: float, authority: str, campaign: str, picking: SchoolPicking) -> None:
    width, school = RIGHT - MARGIN, picking.school
    draw_within(canvas, authority, Box(MARGIN, top, width, 5 * MM), size=NOTE, grey=GREY)
    draw_line(canvas, _TITLE, MARGIN, top - 12 * MM, size=20, face=STRONG)
    place = f"{school.name} ({school.uai})"
    draw_within(canvas, place, Box(MARGIN, top - 14.5 * MM, width, 6.5 * MM), size=13, face=STRONG)
    address = "\u00a0· ".join(filter(None, (school.address, school.commune, campaign)))
    draw_within(canvas, address, Box(MARGIN, top - 21.5 * MM, width, 6 * MM), size=9, grey=GREY)


def _draw_titles(canvas: Canvas, top: float) -> None:
    baseline = top - 3.8 * MM
    draw_line(canvas, "Modèle", _MODEL, baseline, size=NOTE, grey=GREY)
    draw_line(canvas, "Où", _WHERE, baseline, size=NOTE, grey=GREY)
    for word, right in zip(_WORDS, _COUNTS, strict=True):
        draw_line(canvas, word, right - width_of(word, NOTE), baseline, size=NOTE, grey=GREY)
    draw_rule(canvas, MARGIN, RIGHT, top - _TITLES)


def _draw_row(canvas: Canvas, top: float, line: PickingLine) -> None:
    middle = top - _LINE / 2
    canvas.setLineWidth(HAIRLINE)
    canvas.setStrokeGray(GREY)
    canvas.rect(MARGIN, middle - _BOX / 2, _BOX, _BOX)
    model = f"{line.model}\u00a0· {line.tag}" if line.tag else line.model
    where = f"{_DEPOT} {line.where}".strip() if line.place is Place.DEPOT else line.where
    for text, left, right in ((model, _MODEL, _WHERE), (where, _WHERE, _COUNTS[0] - 16 * MM)):
        draw_within(canvas, text, Box(left, top - 0.6 * MM, right - left - 3 * MM, _LINE - 1.2 * MM), size=9)
    _draw_counts(canvas, middle, (line.promised, line.packed, line.to_pick))
    draw_rule(canvas, MARGIN, RIGHT, top - _LINE, grey=_FAINT)


def _draw_counts(canvas: Canvas, middle: float, counts: Sequence[int]) -> None:
    for count, right in zip(counts, _COUNTS, strict=True):
        face, size = (STRONG, 11.0) if right == RIGHT else (PLAIN, 9.0)
        left = right - width_of(str(count), size, face)
        draw_line(canvas, str(count), left, middle - 0.36 * size, size=size, face=face)


def _draw_totals(canvas: Canvas, top: float, picking: SchoolPicking) -> None:
    middle = top - _LINE / 2
    draw_line(canvas, "Total", _MODEL, middle - 1.2 * MM, size=9, face=STRONG)
    to_pick = sum(line.to_pick for line in picking.lines)
    _draw_counts(canvas, middle, (picking.promised, picking.packed, to_pick))
    draw_rule(canvas, MARGIN, RIGHT, top - _LINE)


def _draw_sign(canvas: Canvas, top: float) -> None:
    """Leave room for who prepared, and for who received."""
    half = (RIGHT - MARGIN) / 2
    for left, word in ((MARGIN, "Préparé par"), (MARGIN + half + 4 * MM, "Reçu par")):
        draw_line(canvas, f"{word}, le", left, top - 10 * MM, size=NOTE, grey=GREY)
        draw_rule(canvas, left, left + half - 8 * MM, top - 28 * MM, grey=GREY)
