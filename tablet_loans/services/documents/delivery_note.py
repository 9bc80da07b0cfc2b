"""Delivery notes: what leaves the depot for a school, carton by carton and tag by tag, with room for two signatures."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.carton import CartonRow, CartonState
from tablet_loans.domain.listing import DeliveredModel, Delivery
from tablet_loans.services.documents.barcodes import QUIET_ZONE, code128_width, draw_code128
from tablet_loans.services.documents.dates import in_words
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import (
    GREY,
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
    middle_baseline,
    width_of,
)
from tablet_loans.services.documents.table import Flow, Piece

MOST_COPIES: Final = 2
_TITLE: Final = "Bon de livraison"
_COPIES: Final = ("Exemplaire de l’établissement", "Exemplaire du service")
_HEAD: Final = 44 * MM
_CARTON: Final = 18 * MM
_BARS: Final = 10 * MM
_TAGS: Final = 5
_TAG_LINE: Final = 5.2 * MM
_AFTER: Final = 3 * MM
_TITLED: Final = 15 * MM
_MODEL: Final = 8 * MM
_TOTAL: Final = 10 * MM
_SIGN: Final = 46 * MM
_FAINT: Final = 0.82
_KIT: Final = MARGIN + 73 * MM
_DEVICES: Final = MARGIN + 66 * MM


def write_delivery_notes(
    authority: str,
    campaign: str,
    deliveries: Sequence[Delivery],
    out: Path,
    *,
    copies: int = 1,
    written_at: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write the note of each school into the PDF `out`, in one copy or one for either side, and return how many pages.

    `progress` hears (done, total) after each school. Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    told, pages = [printed(each) for each in deliveries], 0
    must_be_printable([(each.school.name, (authority, campaign, *texts_of(each))) for each in told])
    with new_document(out, title=_TITLE, author=authority, subject=campaign, written_at=written_at) as canvas:
        for done, each in enumerate(told, start=1):
            for copy in _COPIES[:copies] if copies > 1 else ("",):
                flow = _flow(authority, campaign, each, copy, written_at)
                pages += flow.draw(canvas, _foot(campaign, each, copy))
            progress(done, len(told))
    return pages


def _foot(campaign: str, delivery: Delivery, copy: str) -> str:
    return "\u00a0· ".join(filter(None, (_TITLE, delivery.school.uai, campaign, copy)))


def _flow(authority: str, campaign: str, delivery: Delivery, copy: str, at: datetime) -> Flow:
    flow = Flow()
    day = in_words(at.astimezone().date())
    flow.add(_HEAD, partial(_draw_head, authority=authority, delivery=delivery, told=(day, campaign), copy=copy))
    for carton in delivery.cartons:
        flow.add(_CARTON, partial(_draw_carton, carton=carton), keep=_TAG_LINE)
        again = Piece(_CARTON, partial(_draw_carton, carton=carton, is_again=True))
        tags = [each.tag for each in carton.devices]
        for start in range(0, len(tags), _TAGS):
            flow.add(_TAG_LINE, partial(_draw_tags, tags=tags[start : start + _TAGS]), before=again)
        flow.add(_AFTER, _draw_nothing)
    titles = Piece(_TITLED, _draw_titles)
    flow.add(titles.height, titles.draw, keep=2 * _MODEL)
    for model in delivery.models:
        flow.add(_MODEL, partial(_draw_model, model=model), before=titles)
    flow.add(_TOTAL, partial(_draw_total, delivery=delivery), before=titles)
    flow.add(_SIGN, _draw_sign)
    return flow


def _draw_nothing(_canvas: Canvas, _top: float) -> None:
    """Leave room."""


def _draw_head(
    canvas: Canvas, top: float, authority: str, delivery: Delivery, told: tuple[str, str], copy: str
) -> None:
    width, school = RIGHT - MARGIN, delivery.school
    draw_within(canvas, authority, Box(MARGIN, top, width / 2, 5 * MM), size=NOTE, grey=GREY)
    draw_line(canvas, copy, RIGHT - width_of(copy, NOTE, STRONG), top - 3.6 * MM, size=NOTE, face=STRONG)
    draw_line(canvas, _TITLE, MARGIN, top - 13 * MM, size=20, face=STRONG)
    place = f"{school.name} ({school.uai})"
    draw_within(canvas, place, Box(MARGIN, top - 17 * MM, width, 6.5 * MM), size=13, face=STRONG)
    address = ", ".join(filter(None, (school.address, school.commune)))
    draw_within(canvas, address, Box(MARGIN, top - 24 * MM, width, 6 * MM), size=11)
    count, cartons = delivery.devices, len(delivery.cartons)
    sums = f"{_counted(count, 'tablette')} en {_counted(cartons, 'carton')}"
    said = "\u00a0· ".join((*told, sums))
    draw_within(canvas, said, Box(MARGIN, top - 31.5 * MM, width, 6 * MM), size=9, grey=GREY)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"


def _draw_carton(canvas: Canvas, top: float, carton: CartonRow, *, is_again: bool = False) -> None:
    left = RIGHT - code128_width(carton.code)
    room = left - QUIET_ZONE - MARGIN
    name = f"Carton {carton.code}" + (" (suite)" if is_again else "")
    draw_within(canvas, name, Box(MARGIN, top - 2 * MM, room, 6 * MM), size=11, face=STRONG)
    still = "encore ouvert" if carton.state is CartonState.OPEN else ""
    told = "\u00a0· ".join(filter(None, (_counted(len(carton.devices), "tablette"), still)))
    draw_within(canvas, told, Box(MARGIN, top - 8 * MM, room, 5 * MM), size=9, grey=GREY)
    if not is_again:
        draw_code128(canvas, carton.code, left, top - 3 * MM - _BARS, _BARS)
    draw_rule(canvas, MARGIN, RIGHT, top - _CARTON + 2.5 * MM)


def _draw_tags(canvas: Canvas, top: float, tags: Sequence[str]) -> None:
    width = (RIGHT - MARGIN) / _TAGS
    for place, tag in enumerate(tags):
        room = Box(MARGIN + place * width, top, width - 2 * MM, _TAG_LINE)
        draw_within(canvas, tag, room, size=9.5)


def _draw_titles(canvas: Canvas, top: float) -> None:
    draw_line(canvas, "Tablettes et accessoires", MARGIN, top - 7 * MM, size=11, face=STRONG)
    baseline = top - 12.6 * MM
    draw_line(canvas, "Modèle", MARGIN, baseline, size=NOTE, grey=GREY)
    word = "Tablettes"
    draw_line(canvas, word, _DEVICES - width_of(word, NOTE), baseline, size=NOTE, grey=GREY)
    draw_line(canvas, "Accessoires", _KIT, baseline, size=NOTE, grey=GREY)
    draw_rule(canvas, MARGIN, RIGHT, top - _TITLED)


def _draw_row(canvas: Canvas, top: float, height: float, words: tuple[str, int, str], face: str) -> None:
    name, count, kit = words
    draw_within(canvas, name, Box(MARGIN, top, _DEVICES - MARGIN - 12 * MM, height), size=9, face=face)
    room = Box(_KIT, top, RIGHT - _KIT, height)
    left = _DEVICES - width_of(str(count), 9, STRONG)
    draw_line(canvas, str(count), left, middle_baseline(room, 9), size=9, face=STRONG)
    draw_within(canvas, kit, room, size=9, face=face)


def _draw_model(canvas: Canvas, top: float, model: DeliveredModel) -> None:
    kit = "\u00a0· ".join(f"{item}\u00a0{count}" for item, count in model.kit) or "aucun"
    _draw_row(canvas, top, _MODEL, (model.model, model.devices, kit), PLAIN)
    draw_rule(canvas, MARGIN, RIGHT, top - _MODEL, grey=_FAINT)


def _draw_total(canvas: Canvas, top: float, delivery: Delivery) -> None:
    kit = _counted(delivery.accessories, "accessoire") if delivery.accessories else "aucun"
    _draw_row(canvas, top, _TOTAL, ("Total", delivery.devices, kit), STRONG)
    draw_rule(canvas, MARGIN, RIGHT, top - _TOTAL)


def _draw_sign(canvas: Canvas, top: float) -> None:
    """Leave room for who hands over, and for who receives."""
    half = (RIGHT - MARGIN) / 2
    for left, word in ((MARGIN, "Remis par"), (MARGIN + half + 4 * MM, "Reçu par")):
        right = left + half - 4 * MM
        draw_line(canvas, word, left, top - 10 * MM, size=9, face=STRONG)
        for line, (height, said) in enumerate(((18 * MM, "Nom"), (26 * MM, "Le"), (42 * MM, "Signature"))):
            draw_line(canvas, said, left, top - height + (0 if line < 2 else 8 * MM), size=NOTE, grey=GREY)
            draw_rule(canvas, left + (16 * MM if line < 2 else 0), right, top - height - 0.6 * MM, grey=GREY)
