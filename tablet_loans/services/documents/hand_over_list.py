"""Hand-over lists: a class a list, each pupil with a place for the tag, accessories to tick, a date and a signature."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.listing import HandOverClass, HandOverRow
from tablet_loans.services.documents.barcodes import draw_code128
from tablet_loans.services.documents.dates import in_figures
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
    middle_baseline,
    width_of,
)
from tablet_loans.services.documents.table import Flow, Piece

_TITLE: Final = "Liste de remise"
_NO_CLASS: Final = "Sans classe"
_HEAD: Final = 33 * MM
_AGAIN: Final = 8 * MM
_TITLES: Final = 6 * MM
_LINE: Final = 14 * MM
_CODED: Final = 21.5 * MM
_FAINT: Final = 0.82
_PAD: Final = 1.6 * MM
_BARS: Final = 6.3 * MM
_NARROW: Final = 0.75
"""Six dots a module at 600 dpi, three at 300: as sharp as MODULE, and narrower."""
_SIGNATURE: Final = RIGHT - 46 * MM
_DATE: Final = _SIGNATURE - 18 * MM
_KIT: Final = _DATE - 24 * MM
_TAG: Final = _KIT - 31 * MM
_TICK: Final = 2.5 * MM
_ITEM: Final = 4 * MM
_SUM: Final = 5 * MM
_SIGN: Final = 26 * MM
_ALL: Final = 2
_TITLES_AT: Final = (
    ("Élève", MARGIN),
    ("Étiquette de la tablette", _TAG),
    ("Accessoires", _KIT),
    ("Remise le", _DATE),
    ("Signature", _SIGNATURE + _PAD),
)


def write_hand_over_lists(
    authority: str,
    campaign: str,
    classes: Sequence[HandOverClass],
    out: Path,
    *,
    has_codes: bool = True,
    written_at: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write the list of each class into the PDF `out`, each on pages of its own, and return how many pages.

    `progress` hears (done, total) after each class. Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    told, pages = [printed(each) for each in classes], 0
    must_be_printable([(f"{each.uai} {each.class_name}", (authority, campaign, *texts_of(each))) for each in told])
    with new_document(out, title=_TITLE, author=authority, subject=campaign, written_at=written_at) as canvas:
        for done, each in enumerate(told, start=1):
            pages += _flow(authority, campaign, each, has_codes=has_codes).draw(canvas, _foot(campaign, each))
            progress(done, len(told))
    return pages


def _foot(campaign: str, listed: HandOverClass) -> str:
    return f"{_TITLE}\u00a0· {listed.uai}\u00a0· {listed.class_name or _NO_CLASS}\u00a0· {campaign}"


def _flow(authority: str, campaign: str, listed: HandOverClass, *, has_codes: bool) -> Flow:
    flow = Flow()
    flow.add(_HEAD, partial(_draw_head, authority=authority, campaign=campaign, listed=listed))
    flow.add(_TITLES, _draw_titles, keep=_CODED)
    again = Piece(_AGAIN + _TITLES, partial(_draw_again, listed=listed))
    sums = _sums(listed)
    end = len(sums) * _SUM + _SIGN
    for left, row in zip(range(len(listed.rows) - 1, -1, -1), listed.rows, strict=True):
        height, keep = _height(row, has_codes=has_codes), 0 if left else end  # the sums follow a row
        flow.add(height, partial(_draw_row, row=row, height=height, has_codes=has_codes), before=again, keep=keep)
    flow.add(end, partial(_draw_end, sums=sums), before=again)
    return flow


def _height(row: HandOverRow, *, has_codes: bool) -> float:
    """Return the height of a row, in which each accessory has its line."""
    plain = _CODED if has_codes and not row.loan else _LINE
    return max(plain, len(row.kit) * _ITEM + 2 * _PAD)


def _draw_head(canvas: Canvas, top: float, authority: str, campaign: str, listed: HandOverClass) -> None:
    width = RIGHT - MARGIN
    draw_within(canvas, authority, Box(MARGIN, top, width, 5 * MM), size=NOTE, grey=GREY)
    class_name = listed.class_name or _NO_CLASS
    room = Box(RIGHT - 0.4 * width, top - 4.5 * MM, 0.4 * width, 9.5 * MM)
    taken = min(width_of(class_name, 20, STRONG), room.width)
    draw_within(canvas, class_name, Box(RIGHT - taken, room.top, taken, room.height), size=20, face=STRONG)
    draw_line(canvas, _TITLE, MARGIN, top - 12 * MM, size=20, face=STRONG)
    place = f"{listed.school} ({listed.uai})"
    draw_within(canvas, place, Box(MARGIN, top - 14.5 * MM, width, 6.5 * MM), size=13, face=STRONG)
    count = len(listed.rows)
    pupils = f"{count} élève{'s' if count > 1 else ''}"
    told = "\u00a0· ".join(filter(None, (pupils, campaign, listed.commune)))
    draw_within(canvas, told, Box(MARGIN, top - 21.5 * MM, width, 6 * MM), size=9, grey=GREY)


def _draw_again(canvas: Canvas, top: float, listed: HandOverClass) -> None:
    """Repeat whose list it is, and the titles."""
    place = f"{listed.class_name or _NO_CLASS}\u00a0· {listed.school} (suite)"
    draw_within(canvas, place, Box(MARGIN, top, RIGHT - MARGIN, 5 * MM), size=10, face=STRONG)
    _draw_titles(canvas, top - _AGAIN)


def _draw_titles(canvas: Canvas, top: float) -> None:
    for word, left in _TITLES_AT:
        draw_line(canvas, word, left, top - 3.8 * MM, size=NOTE, grey=GREY)
    draw_rule(canvas, MARGIN, RIGHT, top - _TITLES)


def _draw_row(canvas: Canvas, top: float, row: HandOverRow, height: float, *, has_codes: bool) -> None:
    width = _TAG - MARGIN - 3 * MM
    draw_within(canvas, row.pupil, Box(MARGIN, top - _PAD, width, 4.8 * MM), size=10, face=STRONG)
    model = Box(MARGIN, top - _PAD - 5.2 * MM, width, 5.6 * MM)
    draw_within(canvas, row.model, model, size=7, grey=GREY, is_centred=False)
    if has_codes and not row.loan:
        _draw_code(canvas, row.code, top - height + _PAD)
    _draw_tag(canvas, top, row, height)
    _draw_kit(canvas, top, row)
    if row.lent_on is not None:
        day = Box(_DATE, top, _SIGNATURE - _DATE - 1 * MM, height)
        draw_within(canvas, in_figures(row.lent_on), day, size=8.5)
        told = Box(_SIGNATURE + _PAD, top - _PAD, RIGHT - _SIGNATURE - 2 * _PAD, height - 2 * _PAD)
        draw_within(canvas, f"Déjà remise, prêt {row.loan}", told, size=NOTE, grey=GREY)
    _draw_signature(canvas, top, height)
    draw_rule(canvas, MARGIN, RIGHT, top - height, grey=_FAINT)


def _draw_code(canvas: Canvas, code: str, bottom: float) -> None:
    """Draw the code of the pupil's sheet; its left quiet zone lies in the margin, where nothing is drawn."""
    canvas.saveState()
    canvas.translate(MARGIN, bottom)
    canvas.scale(_NARROW, 1)
    draw_code128(canvas, code, 0, 0, _BARS)
    canvas.restoreState()


def _draw_tag(canvas: Canvas, top: float, row: HandOverRow, height: float) -> None:
    """Draw the box in which a label is stuck or a tag is written, or the tag that was handed over."""
    room = Box(_TAG, top - _PAD, _KIT - _TAG - 3 * MM, height - 2 * _PAD)
    if row.loan:
        draw_within(canvas, row.tag, room, size=10, face=STRONG)
        return
    canvas.setLineWidth(HAIRLINE)
    canvas.setStrokeGray(GREY)
    canvas.rect(room.left, room.top - room.height, room.width, room.height)
    if row.tag:
        said = Box(room.left + 1 * MM, room.top - room.height + 4 * MM, room.width - 2 * MM, 3.4 * MM)
        draw_within(canvas, f"réservée\u00a0: {row.tag}", said, size=6.5, grey=GREY)


def _draw_kit(canvas: Canvas, top: float, row: HandOverRow) -> None:
    """Draw a box before each accessory, ticked where it was handed out with the device."""
    for place, item in enumerate(row.kit):
        upper = top - _PAD - place * _ITEM
        left, bottom = _KIT, upper - _TICK - 0.5 * MM
        canvas.setLineWidth(HAIRLINE)
        canvas.setStrokeGray(GREY)
        canvas.rect(left, bottom, _TICK, _TICK)
        if row.loan and item not in row.kept:
            canvas.setStrokeGray(0)
            canvas.setLineWidth(2 * HAIRLINE)
            canvas.lines(
                [
                    (left + 0.5 * MM, bottom + 1.2 * MM, left + 1 * MM, bottom + 0.6 * MM),
                    (left + 1 * MM, bottom + 0.6 * MM, left + 2.1 * MM, bottom + 2.1 * MM),
                ]
            )
        room = Box(left + _TICK + 1.2 * MM, upper, _DATE - left - _TICK - 2.4 * MM, _ITEM - 0.4 * MM)
        draw_within(canvas, item, room, size=7.5)


def _draw_signature(canvas: Canvas, top: float, height: float) -> None:
    """Draw the left edge of the place to sign."""
    canvas.setLineWidth(HAIRLINE)
    canvas.setStrokeGray(_FAINT)
    canvas.line(_SIGNATURE, top, _SIGNATURE, top - height)


def _sums(listed: HandOverClass) -> list[tuple[str, int]]:
    left = len(listed.rows) - listed.handed_over
    return [*listed.models, ("À remettre", left), ("Déjà remises", listed.handed_over)]


def _draw_end(canvas: Canvas, top: float, sums: Sequence[tuple[str, int]]) -> None:
    """Draw how many of each model are to be handed over, and room for who did it."""
    upper, left = top - 3 * MM, MARGIN + 11 * MM
    for place, (word, count) in enumerate(sums):
        face = PLAIN if place < len(sums) - _ALL else STRONG
        room = Box(left, upper, RIGHT - left, _SUM)
        baseline = middle_baseline(room, 9)
        draw_line(canvas, str(count), left - 3 * MM - width_of(str(count), 9, face), baseline, size=9, face=face)
        draw_within(canvas, word, room, size=9, face=face)
        upper -= _SUM
    half = (RIGHT - MARGIN) / 2
    for edge, said in ((MARGIN, "Remis par (nom, fonction)"), (MARGIN + half + 4 * MM, "Le, signature")):
        draw_line(canvas, said, edge, upper - 6 * MM, size=NOTE, grey=GREY)
        draw_rule(canvas, edge, edge + half - 4 * MM, upper - 22 * MM, grey=GREY)
