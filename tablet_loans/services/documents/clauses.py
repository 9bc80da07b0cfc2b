"""Clauses in two columns: as large as they fit, never under 8 points, on more pages when they are many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final

from tablet_loans.domain.clause import Filled
from tablet_loans.domain.wording import LEAST_SIZE
from tablet_loans.services.documents.drawing import Drawing
from tablet_loans.services.documents.style import MARGIN, MM, PLAIN, RIGHT, STRONG, wrapped

SIZES: Final = (9.0, 8.75, 8.5, 8.25, LEAST_SIZE)
_GAP: Final = 7 * MM
WIDTH: Final = (RIGHT - MARGIN - _GAP) / 2
_LEADING: Final = 1.28
_TITLE: Final = 1.06
_BEFORE: Final = 0.55
_INDENT: Final = 2.6 * MM


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column: its text, how far in, its face, and whether it begins a clause or a point of a list."""

    text: str
    indent: float
    face: str = PLAIN
    is_first: bool = False
    is_point: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """Clauses laid out: their size, and on each page the lines of its columns."""

    size: float
    pages: tuple[tuple[tuple[Line, ...], ...], ...]


def laid(clauses: Sequence[Filled], height: float, later_height: float) -> Laid:
    """Return the clauses in two columns of this height, or on several pages at the smallest size.

    All pages but the last have columns of `later_height`: nothing but clauses stands on them.
    """
    for size in SIZES:
        lines = [line for clause in clauses for line in lines_of(clause, size)]
        if (columns := _columns(lines, size, height)) is not None:
            return Laid(size, (columns,))
    return Laid(SIZES[-1], tuple(_pages(lines, SIZES[-1], height, later_height)))


def lines_over(clauses: Sequence[Filled], height: float) -> int:
    """Return by about how many lines the clauses are too long for two columns at the smallest size."""
    size = SIZES[-1]
    lines = [line for clause in clauses for line in lines_of(clause, size)]
    if _columns(lines, size, height) is not None:
        return 0
    over = sum(height_of(line, size) for line in lines) - 2 * height
    return max(1, ceil(over / (size * _LEADING)))


@lru_cache(maxsize=512)
def lines_of(clause: Filled, size: float) -> tuple[Line, ...]:
    """Return the lines of one clause; most clauses of a batch are alike."""
    return tuple(_lines(clause, size))


def _lines(clause: Filled, size: float) -> Iterator[Line]:
    for place, text in enumerate(wrapped(clause.title, WIDTH, _TITLE * size, STRONG)):
        yield Line(text, 0, STRONG, is_first=place == 0)
    for paragraph, is_point in clause.paragraphs:
        indent = _INDENT if is_point else 0
        for place, text in enumerate(wrapped(paragraph, WIDTH - indent, size)):
            yield Line(text, indent, is_point=is_point and place == 0)


def height_of(line: Line, size: float) -> float:
    """Return how much of a column a line takes."""
    return size * (_LEADING + (_BEFORE if line.is_first else 0))


def _columns(lines: Sequence[Line], size: float, height: float) -> tuple[tuple[Line, ...], ...] | None:
    """Return the lines in two columns of about the same height, or None when they do not fit."""
    whole = sum(height_of(line, size) for line in lines)
    if whole > 2 * height:
        return None
    wanted = whole / 2
    while wanted <= height:
        cut = _fitting(lines, size, wanted)
        if sum(height_of(line, size) for line in lines[cut:]) <= wanted:
            return tuple(lines[:cut]), tuple(lines[cut:])
        wanted += size * _LEADING / 2
    cut = _fitting(lines, size, height)
    rest = lines[cut:]
    return (tuple(lines[:cut]), tuple(rest)) if sum(height_of(line, size) for line in rest) <= height else None


def _pages(
    lines: Sequence[Line], size: float, height: float, later_height: float
) -> Iterator[tuple[tuple[Line, ...], ...]]:
    rest = list(lines)
    while (columns := _columns(rest, size, height)) is None:
        page = []
        for _ in range(2):
            cut = max(_fitting(rest, size, later_height), 1)
            page.append(tuple(rest[:cut]))
            rest = rest[cut:]
        yield tuple(page)
    yield columns


def _fitting(lines: Sequence[Line], size: float, height: float) -> int:
    """Return how many lines a column takes; a title keeps two lines of its clause with it."""
    cut = 0
    for line in lines:
        height -= height_of(line, size)
        if height < -0.01:
            break
        cut += 1
    return cut if cut == len(lines) else _before_title(lines, cut)


def _before_title(lines: Sequence[Line], cut: int) -> int:
    """Return where a column ends at the latest so that no title stands at its end, or with one line only."""
    if cut > 1 and lines[cut - 2].face == STRONG and lines[cut].face != STRONG:
        cut -= 1
    while cut > 0 and lines[cut - 1].face == STRONG:
        cut -= 1
    return cut


def draw_columns(drawing: Drawing, columns: Sequence[Sequence[Line]], size: float, top: float) -> None:
    """Draw the columns of a page from `top` down."""
    for place, lines in enumerate(columns):
        left, baseline = MARGIN + place * (WIDTH + _GAP), top
        for number, line in enumerate(lines):
            baseline -= height_of(line, size) if number or not line.is_first else size * _LEADING
            drawn = _TITLE * size if line.face == STRONG else size
            if line.is_point:
                drawing.line("–", left, baseline, drawn)
            drawing.line(line.text, left + line.indent, baseline, drawn, line.face)
