"""Tables that run over several pages: rows as high as their text, the head again on each page, page x of y."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.services.documents.style import (
    BODY,
    GREY,
    LEADING,
    MARGIN,
    MM,
    NOTE,
    PAGE_HEIGHT,
    PLAIN,
    RIGHT,
    STRONG,
    Box,
    draw_line,
    draw_rule,
    draw_within,
    width_of,
    wrapped,
)

TOP: Final = PAGE_HEIGHT - MARGIN
BOTTOM: Final = 20 * MM
_FOOT: Final = 12 * MM
_SIZE: Final = 8.5
_PAD: Final = 0.8 * MM
_GAP: Final = 3 * MM
_FAINT: Final = 0.82
_HEAD_HEIGHT: Final = 5.5 * MM
_TITLE_HEIGHT: Final = 10 * MM
_GROUP_HEIGHT: Final = 7 * MM

Draw = Callable[[Canvas, float], None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its share of the width, and whether its text is strong, or ends at its right edge."""

    head: str
    share: float
    is_strong: bool = False
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands on a page: its height, and what draws it from its upper edge."""

    height: float
    draw: Draw


@dataclass(slots=True)
class Flow:
    """Pieces laid out from page to page."""

    pages: list[list[Piece]] = field(default_factory=lambda: [[]])
    _left: float = TOP - BOTTOM

    def add(self, height: float, draw: Draw, *, before: Piece | None = None, keep: float = 0) -> None:
        """Put a piece on the page, or on the next when it, and `keep` more below it, has no room.

        `before` is drawn above it where it begins a page.
        """
        if height + keep > self._left and self.pages[-1]:
            self.pages.append([])
            self._left = TOP - BOTTOM
            if before is not None:
                self._put(before)
        self._put(Piece(height, draw))

    def _put(self, piece: Piece) -> None:
        self.pages[-1].append(piece)
        self._left -= piece.height

    def draw(self, canvas: Canvas, foot: str, page: str = "Page {number} sur {pages}") -> int:
        """Draw all pages, each with `foot` and its number, and return how many."""
        for number, pieces in enumerate(self.pages, start=1):
            top = TOP
            for piece in pieces:
                piece.draw(canvas, top)
                top -= piece.height
            _draw_foot(canvas, foot, page.format(number=number, pages=len(self.pages)))
            canvas.showPage()
        return len(self.pages)


def _draw_foot(canvas: Canvas, foot: str, number: str) -> None:
    draw_rule(canvas, MARGIN, RIGHT, _FOOT + 4.5 * MM, grey=GREY)
    room = Box(MARGIN, _FOOT + 0.78 * NOTE, RIGHT - MARGIN - width_of(number, NOTE) - 5 * MM, 1.05 * NOTE)
    draw_within(canvas, foot, room, size=NOTE, grey=GREY, is_centred=False)
    draw_line(canvas, number, RIGHT - width_of(number, NOTE), _FOOT, size=NOTE, grey=GREY)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one name; without a name they follow the head."""

    name: str
    rows: Sequence[Sequence[str]]


def add_table(
    flow: Flow,
    title: str,
    columns: Sequence[Column],
    groups: Sequence[Group],
    *,
    empty: str = "",
    more: str = "",
    again: str = "{title} (suite)",
) -> None:
    """Lay out a table, or what is said when it has no row; `more` says what is left out, `again` a title repeated."""
    places = _places(columns)
    head = Piece(_HEAD_HEIGHT, partial(_draw_head, columns=columns, places=places))
    repeated = _stacked(Piece(_TITLE_HEIGHT, _titled(again.format(title=title))), head)
    named = _GROUP_HEIGHT if groups and groups[0].name else 0
    flow.add(_TITLE_HEIGHT, _titled(title), keep=_HEAD_HEIGHT + named + 2 * _row_height(1))
    if not any(group.rows for group in groups):
        flow.add(_row_height(1), _noted(empty))
        return
    flow.add(head.height, head.draw)
    for group in groups:
        before = repeated
        if group.name:
            flow.add(_GROUP_HEIGHT, _named(group.name), before=repeated, keep=2 * _row_height(1))
            before = _stacked(repeated, Piece(_GROUP_HEIGHT, _named(again.format(title=group.name))))
        for row in group.rows:
            cells = _cells(columns, places, row)
            flow.add(_row_height(max(map(len, cells))), _rowed(columns, places, cells), before=before)
    if more:
        flow.add(_row_height(1), _noted(more), before=repeated)


def _cells(columns: Sequence[Column], places: Sequence[tuple[float, float]], row: Sequence[str]) -> list[list[str]]:
    """Return the lines of each cell of a row."""
    return [
        wrapped(text, width, _SIZE, _face(column))
        for text, column, (_, width) in zip(row, columns, places, strict=True)
    ]


def _places(columns: Sequence[Column]) -> list[tuple[float, float]]:
    """Return the left edge and the width of each column's text."""
    unit = (RIGHT - MARGIN + _GAP) / sum(column.share for column in columns)
    places, left = [], MARGIN
    for column in columns:
        places.append((left, column.share * unit - _GAP))
        left += column.share * unit
    return places


def _row_height(lines: int) -> float:
    return lines * LEADING * _SIZE + 2 * _PAD


def _left_of(column: Column, place: tuple[float, float], text_width: float) -> float:
    """Return where a text of this width begins in its column."""
    left, width = place
    return left + width - text_width if column.is_right else left


def _face(column: Column) -> str:
    return STRONG if column.is_strong else PLAIN


def _titled(title: str) -> Draw:
    return lambda canvas, top: draw_line(canvas, title, MARGIN, top - _TITLE_HEIGHT + 2.4 * MM, size=11, face=STRONG)


def _stacked(*pieces: Piece) -> Piece:
    def draw(canvas: Canvas, top: float) -> None:
        for piece in pieces:
            piece.draw(canvas, top)
            top -= piece.height

    return Piece(sum(piece.height for piece in pieces), draw)


def _named(name: str) -> Draw:
    def draw(canvas: Canvas, top: float) -> None:
        draw_within(canvas, name, Box(MARGIN, top - 1.5 * MM, RIGHT - MARGIN, 5 * MM), size=_SIZE, grey=GREY)
        draw_rule(canvas, MARGIN, RIGHT, top - _GROUP_HEIGHT, grey=_FAINT)

    return draw


def _noted(text: str) -> Draw:
    return lambda canvas, top: draw_line(canvas, text, MARGIN, top - _PAD - 0.95 * BODY, size=_SIZE, grey=GREY)


def _draw_head(canvas: Canvas, top: float, columns: Sequence[Column], places: Sequence[tuple[float, float]]) -> None:
    for column, place in zip(columns, places, strict=True):
        left = _left_of(column, place, width_of(column.head, NOTE))
        draw_line(canvas, column.head, left, top - 3.6 * MM, size=NOTE, grey=GREY)
    draw_rule(canvas, MARGIN, RIGHT, top - _HEAD_HEIGHT)


def _rowed(columns: Sequence[Column], places: Sequence[tuple[float, float]], cells: Sequence[Sequence[str]]) -> Draw:
    height = _row_height(max(map(len, cells)))

    def draw(canvas: Canvas, top: float) -> None:
        for column, place, lines in zip(columns, places, cells, strict=True):
            baseline = top - _PAD - 0.95 * _SIZE
            for line in lines:
                left = _left_of(column, place, width_of(line, _SIZE, _face(column)) if column.is_right else 0)
                draw_line(canvas, line, left, baseline, size=_SIZE, face=_face(column))
                baseline -= LEADING * _SIZE
        draw_rule(canvas, MARGIN, RIGHT, top - height, grey=_FAINT)

    return draw
