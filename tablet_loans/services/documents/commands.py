"""The counter's commands on paper: a grid of codes that replaces the keyboard for a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.barcode import Command, command_code, kit_code
from tablet_loans.services.documents.barcodes import QUIET_ZONE, code128_width, draw_code128
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, written
from tablet_loans.services.documents.style import (
    GREY,
    HAIRLINE,
    MM,
    NOTE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    STRONG,
    Box,
    draw_line,
    draw_rule,
    draw_within,
)

_TITLE: Final = "Codes du guichet"
_HOW: Final = "À imprimer à 100\u00a0%, sur papier blanc mat. Chaque code remplace une touche\u00a0: un scan suffit."
_LEFT: Final = 12 * MM
_RIGHT: Final = PAGE_WIDTH - _LEFT
_TOP: Final = PAGE_HEIGHT - 13 * MM
_FIRST: Final = _TOP - 13 * MM
_BOTTOM: Final = 8 * MM
_SECTION: Final = 7.5 * MM
_ROW: Final = 28.6 * MM
_BARS: Final = 11.5 * MM
_EDGE: Final = 2.2 * MM
_WORD: Final = 16.0


@dataclass(frozen=True, slots=True)
class _Card:
    """One code, its word, and what it does."""

    code: str
    word: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    cards: Sequence[_Card]


@dataclass(frozen=True, slots=True)
class _Strip:
    """What stands on one height of the page: its section's title where that begins, then at most a row of cards."""

    section: str
    title: str
    cards: Sequence[_Card]

    @property
    def height(self) -> float:
        return _ROW + (_SECTION if self.title else 0)


def write_commands(kit_items: Sequence[str], out: Path, written_at: datetime | None = None) -> int:
    """Write the codes of all commands, and of each accessory of `kit_items`, into the PDF `out`; return its pages.

    No two codes stand on one height side by side: a scanner's line never meets two. Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    sections = [*_commands(), *_accessories(kit_items)]
    must_be_printable((card.word, (card.word,)) for section in sections for card in section.cards)
    columns = _columns(sections)
    pages = list(_pages([strip for section in sections for strip in _strips(section, columns)]))
    with new_document(out, title=_TITLE, author="", subject="Guichet de prêt", written_at=written_at) as canvas:
        for strips in pages:
            _draw_page(canvas, strips, columns)
    return len(pages)


def _commands() -> Iterator[_Section]:
    yield _Section(
        "Que faire",
        (
            _Card(command_code(Command.LEND), "Prêter", "le guichet prête les tablettes"),
            _Card(command_code(Command.RETURN), "Rendre", "le guichet reprend les tablettes"),
            _Card(command_code(Command.NEXT_PUPIL), "Élève suivant", "passer à une autre famille"),
            _Card(command_code(Command.UNDO), "Annuler", "la dernière opération de la liste"),
            _Card(command_code(Command.CANCEL), "Abandonner", "ce qui est commencé, rien n’est écrit"),
        ),
    )
    yield _Section(
        "Prêt\u00a0: la tablette est remise à",
        (
            _Card(command_code(Command.PUPIL_RECEIVED), "L’élève"),
            _Card(command_code(Command.GUARDIAN_RECEIVED), "Un responsable", "responsable légal de l’élève"),
            _Card(command_code(Command.OTHER_RECEIVED), "Une autre personne", "son nom est demandé"),
        ),
    )
    yield _Section(
        "Retour\u00a0: état de la tablette",
        (
            _Card(command_code(Command.GOOD), "Bon état"),
            _Card(command_code(Command.WORN), "Usée"),
            _Card(command_code(Command.DAMAGED), "Abîmée"),
        ),
    )


def _accessories(kit_items: Sequence[str]) -> Iterator[_Section]:
    """Yield the section of the accessories; what differs by case or accents alone has one code, and one card."""
    by_code: dict[str, _Card] = {}
    for item in filter(None, map(written, kit_items)):
        by_code.setdefault(kit_code(item), _Card(kit_code(item), item))
    if by_code:
        yield _Section("Il manque, au prêt comme au retour", tuple(by_code.values()))


def _columns(sections: Sequence[_Section]) -> int:
    """Return how many cards stand side by side: three, or two when a code is too long."""
    widest = max(code128_width(card.code) for section in sections for card in section.cards)
    return 3 if widest + 2 * QUIET_ZONE <= (_RIGHT - _LEFT) / 3 else 2


def _strips(section: _Section, columns: int) -> Iterator[_Strip]:
    for first in range(0, len(section.cards), columns):
        yield _Strip(section.title, "" if first else section.title, section.cards[first : first + columns])


def _pages(strips: Sequence[_Strip]) -> Iterator[list[_Strip]]:
    page: list[_Strip] = []
    for strip in strips:
        if page and sum(each.height for each in page) + strip.height > _FIRST - _BOTTOM:
            yield page
            page = []
        page.append(strip if page or strip.title else replace(strip, title=f"{strip.section} (suite)"))
    yield page


def _draw_page(canvas: Canvas, strips: Sequence[_Strip], columns: int) -> None:
    draw_line(canvas, _TITLE, _LEFT, _TOP - 5 * MM, size=20, face=STRONG)
    draw_line(canvas, _HOW, _LEFT, _TOP - 10 * MM, size=NOTE, grey=GREY)
    top = _FIRST
    for strip in strips:
        if strip.title:
            draw_line(canvas, strip.title, _LEFT, top - 5.5 * MM, size=11, face=STRONG)
            top -= _SECTION
        draw_rule(canvas, _LEFT, _RIGHT, top, grey=GREY)
        _draw_cards(canvas, strip.cards, top, (_RIGHT - _LEFT) / columns)
        top -= _ROW
    draw_rule(canvas, _LEFT, _RIGHT, top, grey=GREY)
    canvas.showPage()


def _draw_cards(canvas: Canvas, cards: Sequence[_Card], top: float, width: float) -> None:
    for place, card in enumerate(cards):
        left = _LEFT + place * width
        if place:
            canvas.setLineWidth(HAIRLINE)
            canvas.setStrokeGray(GREY)
            canvas.line(left, top, left, top - _ROW)
        _draw_card(canvas, card, left, top, width, is_bars_first=place % 2 == 0)


def _draw_card(canvas: Canvas, card: _Card, left: float, top: float, width: float, *, is_bars_first: bool) -> None:
    """Draw the bars above the word, or below it where a neighbour's are above."""
    inner = left + QUIET_ZONE
    bars_top = top - _EDGE if is_bars_first else top - _ROW + _EDGE + _BARS
    words_top = bars_top - _BARS - 1.5 * MM if is_bars_first else top - _EDGE
    draw_code128(canvas, card.code, inner, bars_top - _BARS, _BARS)
    room = width - QUIET_ZONE - 2 * MM
    draw_within(canvas, card.word, Box(inner, words_top, room, 7 * MM), size=_WORD, face=STRONG)
    if card.note:
        draw_within(canvas, card.note, Box(inner, words_top - 7 * MM, room, 3.5 * MM), size=8, grey=GREY)
