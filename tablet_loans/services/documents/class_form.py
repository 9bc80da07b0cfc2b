"""The class form: a line a pupil to tick, with a card to scan, below the codes of the answers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.class_form import FORM_CODES, ClassForm, FormHead, FormPupil
from tablet_loans.services.documents.barcodes import QUIET_ZONE, code128_width, draw_code128
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import (
    GREY,
    HAIRLINE,
    MARGIN,
    MM,
    NOTE,
    PAGE_HEIGHT,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    draw_rule,
    draw_within,
    width_of,
)

_TITLE: Final = "Recueil des besoins"
_HOW: Final = (
    "Qu’y a-t-il à la maison pour suivre la classe\u00a0? Cochez une case par élève\u00a0; «\u00a0SIM\u00a0»\u00a0: pas"
    " d’accès à internet\u00a0; «\u00a0Prio\u00a0»\u00a0: l’école le demande, sans dire pourquoi."
)
_THEN: Final = "Au retour, scannez le code de l’élève, puis sa réponse ci-dessous."
_NO_CLASS: Final = "Sans classe"
_WORDS: Final = (
    "Rien",
    "Téléphone seul",
    "Partagé avec d’autres",
    "Équipé",
    "Carte SIM nécessaire",
    "Prioritaire",
    "Élève suivant",
)
_TICKS: Final = ("Rien", "Tél.", "Part.", "Équ.", "SIM", "Prio")
_TOP: Final = PAGE_HEIGHT - 14 * MM
_FORM: Final = "answers"
_CODES_TOP: Final = _TOP - 31 * MM
_CODES_ACROSS: Final = 4
_CELL: Final = (RIGHT - MARGIN) / _CODES_ACROSS
_HALF: Final = 9 * MM
_BARS: Final = 7 * MM
_EDGE: Final = 1.2 * MM
_TABLE: Final = _CODES_TOP - 4 * _HALF - 4 * MM
_LINES_TOP: Final = _TABLE - 5 * MM
_LINE: Final = 10 * MM
_CARD_BARS: Final = 7 * MM
_FOOT: Final = 11 * MM
_PER_PAGE: Final = int((_LINES_TOP - _FOOT - 6 * MM) // _LINE)
_NUMBER: Final = 7 * MM
_TICK: Final = 8 * MM
_BOX: Final = 4.2 * MM


@dataclass(frozen=True, slots=True)
class _Page:
    form: ClassForm
    first: int
    number: int
    of: int

    @property
    def pupils(self) -> Sequence[FormPupil]:
        return self.form.pupils[self.first : self.first + _PER_PAGE]


def write_class_forms(
    head: FormHead,
    forms: Sequence[ClassForm],
    out: Path,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    written_at: datetime | None = None,
) -> int:
    """Write the forms of these classes into the PDF `out`, each on pages of its own, and return how many pages.

    Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    said, classes = printed(head), [printed(form) for form in forms]
    must_be_printable([(form.class_name or _NO_CLASS, (*texts_of(said), *texts_of(form))) for form in classes])
    pages = [page for form in classes for page in _pages(form)]
    title = f"{_TITLE} {said.school_uai}"
    with new_document(out, title=title, author=said.authority, subject=said.campaign, written_at=written_at) as canvas:
        _draw_form(canvas, said)
        for done, page in enumerate(pages, start=1):
            _draw_page(canvas, page)
            progress(done, len(pages))
    return len(pages)


def _pages(form: ClassForm) -> Iterator[_Page]:
    firsts = range(0, len(form.pupils), _PER_PAGE)
    for number, first in enumerate(firsts, start=1):
        yield _Page(form, first, number, len(firsts))


def _draw_form(canvas: Canvas, head: FormHead) -> None:
    """Keep what all pages say alike as a form that each shows."""
    canvas.beginForm(_FORM)
    width = RIGHT - MARGIN
    draw_within(canvas, head.authority, Box(MARGIN, _TOP, width, 5 * MM), size=NOTE, grey=GREY)
    draw_line(canvas, _TITLE, MARGIN, _TOP - 11 * MM, size=20, face=STRONG)
    school = ", ".join(filter(None, (head.school, head.commune)))
    where = f"{school} ({head.school_uai})\u00a0· {head.campaign}"
    draw_within(canvas, where, Box(MARGIN, _TOP - 13 * MM, width, 6 * MM), size=10)
    draw_within(canvas, f"{_HOW} {_THEN}", Box(MARGIN, _TOP - 20 * MM, width, 9 * MM), size=8, grey=GREY)
    for place, (code, word) in enumerate(zip(FORM_CODES, _WORDS, strict=True)):
        _draw_answer(canvas, code, word, place)
    _draw_grid(canvas)
    _draw_titles(canvas)
    canvas.endForm()


def _draw_answer(canvas: Canvas, code: str, word: str, place: int) -> None:
    """Draw an answer's bars above its word, or below it where a neighbour's are above."""
    row, column = divmod(place, _CODES_ACROSS)
    left, top = MARGIN + column * _CELL, _CODES_TOP - row * 2 * _HALF
    is_bars_first = column % 2 == 0
    bars_top, words_top = (top - _EDGE, top - _HALF) if is_bars_first else (top - 2 * _HALF + _EDGE + _BARS, top)
    draw_code128(canvas, code, left + QUIET_ZONE, bars_top - _BARS, _BARS)
    room = Box(left + QUIET_ZONE, words_top - _EDGE, _CELL - QUIET_ZONE - _EDGE, _HALF - 2 * _EDGE)
    draw_within(canvas, word, room, size=11, face=STRONG)


def _draw_grid(canvas: Canvas) -> None:
    """Draw the lines that tell which word belongs to which bars."""
    bottom = _CODES_TOP - 4 * _HALF
    for height in (_CODES_TOP, _CODES_TOP - 2 * _HALF, bottom):
        draw_rule(canvas, MARGIN, RIGHT, height, grey=GREY)
    for column in range(1, _CODES_ACROSS):
        canvas.line(MARGIN + column * _CELL, _CODES_TOP, MARGIN + column * _CELL, bottom)


def _ticks_left() -> float:
    """Return where the boxes to tick begin: left of the widest card."""
    return RIGHT - _card_width() - len(_TICKS) * _TICK


def _card_width() -> float:
    return code128_width("T" * 11) + 2 * QUIET_ZONE


def _draw_titles(canvas: Canvas) -> None:
    draw_line(canvas, "Élève", MARGIN + _NUMBER, _TABLE - 3 * MM, size=NOTE, grey=GREY)
    for place, word in enumerate(_TICKS):
        middle = _ticks_left() + (place + 0.5) * _TICK
        draw_line(canvas, word, middle - width_of(word, NOTE) / 2, _TABLE - 3 * MM, size=NOTE, grey=GREY)
    draw_rule(canvas, MARGIN, RIGHT, _LINES_TOP)


def _draw_page(canvas: Canvas, page: _Page) -> None:
    canvas.doForm(_FORM)
    name = page.form.class_name or _NO_CLASS
    room = Box((MARGIN + RIGHT) / 2, _TOP - 4 * MM, (RIGHT - MARGIN) / 2, 9 * MM)
    size = min(20.0, 20 * room.width / max(width_of(name, 20, STRONG), 1))
    draw_line(canvas, name, RIGHT - width_of(name, size, STRONG), _TOP - 11 * MM, size=size, face=STRONG)
    for place, pupil in enumerate(page.pupils):
        _draw_pupil(canvas, pupil, page.first + place + 1, _LINES_TOP - place * _LINE)
    foot = f"{name}\u00a0: {len(page.form.pupils)} élève{'s' if len(page.form.pupils) > 1 else ''}"
    number = f"Page {page.number} sur {page.of}"
    draw_line(canvas, foot, MARGIN, _FOOT, size=NOTE, grey=GREY)
    draw_line(canvas, number, RIGHT - width_of(number, NOTE), _FOOT, size=NOTE, grey=GREY)
    canvas.showPage()


def _draw_pupil(canvas: Canvas, pupil: FormPupil, number: int, top: float) -> None:
    middle = top - _LINE / 2
    draw_line(canvas, str(number), MARGIN, middle - 1 * MM, size=NOTE, grey=GREY)
    left = MARGIN + _NUMBER
    draw_within(canvas, pupil.name, Box(left, top - 0.5 * MM, _ticks_left() - left - 2 * MM, _LINE - 1 * MM), size=10)
    canvas.setLineWidth(HAIRLINE)
    canvas.setStrokeGray(GREY)
    for place in range(len(_TICKS)):
        canvas.rect(_ticks_left() + (place + 0.5) * _TICK - _BOX / 2, middle - _BOX / 2, _BOX, _BOX)
    draw_code128(canvas, pupil.code, RIGHT - _card_width() + QUIET_ZONE, middle - _CARD_BARS / 2, _CARD_BARS)
    draw_rule(canvas, MARGIN, RIGHT - _card_width(), top - _LINE, grey=0.75)
