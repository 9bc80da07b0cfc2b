"""One style for every document: a sans face, hairlines, generous margins, black on white."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import font_roboto
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

MM: Final = 72 / 25.4
PAGE_WIDTH: Final = 210 * MM
PAGE_HEIGHT: Final = 297 * MM
MARGIN: Final = 19 * MM
RIGHT: Final = PAGE_WIDTH - MARGIN
HAIRLINE: Final = 0.4
BODY: Final = 9.0
NOTE: Final = 7.5
LEADING: Final = 1.36

PLAIN: Final = "Roboto"
STRONG: Final = "Roboto-Medium"
BLACK: Final = 0.0
GREY: Final = 0.38

_ASCENT: Final = 0.78
_DESCENT: Final = 0.22


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the page, in points from its lower left corner; `top` is its upper edge."""

    left: float
    top: float
    width: float
    height: float


@cache
def _face(name: str) -> TTFont:
    """Return a face of Roboto, known to reportlab from then on."""
    font = TTFont(name, font_roboto.font_files[name.replace("-", "")])
    pdfmetrics.registerFont(font)
    return font


def face_of(name: str) -> TTFont:
    """Return a face of the style: its glyphs, and how wide they are."""
    return _face(name)


def with_faces() -> None:
    """Make the style's faces known to reportlab."""
    for name in (PLAIN, STRONG):
        _face(name)


@cache
def drawn_characters() -> frozenset[int]:
    """Return the code points that both faces can draw."""
    return frozenset(_face(PLAIN).face.charToGlyph.keys() & _face(STRONG).face.charToGlyph.keys())


def width_of(text: str, size: float, face: str = PLAIN) -> float:
    """Return how wide `text` is, in points."""
    return sum(map(_widths(face).__getitem__, text)) * size / 1000


class _Widths(dict[str, float]):
    """How wide each character of a face is, in thousandths of its size; looked up once, for texts come by thousands."""

    def __init__(self, face: str) -> None:
        super().__init__()
        self._face = _face(face).face

    def __missing__(self, mark: str) -> float:
        return self.setdefault(mark, float(self._face.charWidths.get(ord(mark), self._face.defaultWidth)))


@cache
def _widths(face: str) -> _Widths:
    return _Widths(face)


def wrapped(text: str, width: float, size: float, face: str = PLAIN) -> list[str]:
    """Return the lines of `text` within `width`; only plain spaces break, and words that are too wide."""
    if width_of(text, size, face) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(longer, size, face) <= width:
            lines[-1] = longer
        else:
            first, *rest = _pieces(word, width, size, face)
            lines[-1:] = [lines[-1], first, *rest] if lines[-1] else [first, *rest]
    return lines


def _pieces(word: str, width: float, size: float, face: str) -> list[str]:
    """Return a word cut where it would leave the line."""
    pieces = [""]
    for mark in word:
        if pieces[-1] and width_of(pieces[-1] + mark, size, face) > width:
            pieces.append(mark)
        else:
            pieces[-1] += mark
    return pieces


def fitted(text: str, box: Box, size: float, face: str = PLAIN) -> tuple[list[str], float]:
    """Return the lines of `text` and the greatest size, at most `size`, at which they lie within `box`."""
    while True:
        lines = wrapped(text, box.width, size, face)
        if _height(len(lines), size) <= box.height and all(width_of(line, size, face) <= box.width for line in lines):
            return lines, size
        size *= 0.94


def _height(lines: int, size: float) -> float:
    return ((lines - 1) * LEADING + _ASCENT + _DESCENT) * size


def middle_baseline(box: Box, size: float, lines: int = 1) -> float:
    """Return the first baseline of lines that stand in the middle of `box`."""
    return box.top - (box.height - _height(lines, size)) / 2 - _ASCENT * size


def first_baseline(box: Box, size: float) -> float:
    """Return the first baseline of lines that begin at the top of `box`."""
    return box.top - _ASCENT * size


def draw_line(
    canvas: Canvas,
    text: str,
    left: float,
    baseline: float,
    *,
    size: float = BODY,
    face: str = PLAIN,
    grey: float = BLACK,
) -> None:
    """Draw one line of text as it is."""
    canvas.setFont(face, size)
    canvas.setFillGray(grey)
    canvas.drawString(left, baseline, text)


def draw_lines(
    canvas: Canvas, text: str, left: float, baseline: float, width: float, *, size: float = BODY, grey: float = BLACK
) -> float:
    """Draw a paragraph from its first baseline down and return the baseline that would follow."""
    for line in wrapped(text, width, size):
        draw_line(canvas, line, left, baseline, size=size, grey=grey)
        baseline -= LEADING * size
    return baseline


def draw_within(
    canvas: Canvas,
    text: str,
    box: Box,
    *,
    size: float = BODY,
    face: str = PLAIN,
    grey: float = BLACK,
    is_centred: bool = True,
) -> None:
    """Draw `text` within `box`, in its middle or at its top: wrapped, then smaller, never cut off."""
    lines, size = fitted(text, box, size, face)
    baseline = middle_baseline(box, size, len(lines)) if is_centred else box.top - _ASCENT * size
    for line in lines:
        draw_line(canvas, line, box.left, baseline, size=size, face=face, grey=grey)
        baseline -= LEADING * size


def draw_rule(canvas: Canvas, left: float, right: float, height: float, *, grey: float = BLACK) -> None:
    """Draw a hairline."""
    canvas.setLineWidth(HAIRLINE)
    canvas.setStrokeGray(grey)
    canvas.line(left, height, right, height)
