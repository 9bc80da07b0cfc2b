"""The sheet of a letter: where the window of the envelope is, and paragraphs that shrink rather than leave their room.

Decisions are drawn on reportlab's canvas, letters about loans on a stream: what stands where is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tablet_loans.services.documents.style import (
    BLACK,
    GREY,
    LEADING,
    MARGIN,
    MM,
    PAGE_HEIGHT,
    PLAIN,
    RIGHT,
    STRONG,
    Box,
    fitted,
    middle_baseline,
    wrapped,
)

WIDTH: Final = RIGHT - MARGIN
WINDOW: Final = Box(112 * MM, PAGE_HEIGHT - 48 * MM, 82 * MM, 32 * MM)
DATE: Final = PAGE_HEIGHT - 92 * MM
OBJECT: Final = PAGE_HEIGHT - 98 * MM
BODY: Final = PAGE_HEIGHT - 112 * MM
FOOT: Final = 12 * MM
SIZE: Final = 10.5
_TOP: Final = PAGE_HEIGHT - MARGIN
_SENDER: Final = 80 * MM
_SMALLER: Final = 0.97
_ASCENT: Final = 0.78


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, plain or strong, and the space before it, in lines."""

    text: str
    face: str = PLAIN
    before: float = 0.6


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of text and where it stands, in points."""

    text: str
    left: float
    baseline: float
    size: float
    face: str = PLAIN
    grey: float = BLACK


def stacked(paragraphs: Sequence[Paragraph], box: Box, size: float) -> list[Placed]:
    """Return paragraphs from the top of `box` down: wrapped, then smaller, never cut off."""
    while size > 1:
        lines = [(each, wrapped(each.text, box.width, size, each.face)) for each in paragraphs]
        height = sum((len(texts) + each.before) * LEADING * size for each, texts in lines)
        if height <= box.height:
            break
        size *= _SMALLER
    placed: list[Placed] = []
    baseline = box.top - _ASCENT * size
    for each, texts in lines:
        baseline -= each.before * LEADING * size
        for text in texts:
            placed.append(Placed(text, box.left, baseline, size, each.face))
            baseline -= LEADING * size
    return placed


def fitting(
    text: str, box: Box, size: float, face: str = PLAIN, grey: float = BLACK, *, is_centred: bool = False
) -> list[Placed]:
    """Return a text within `box`, at its top or in its middle: wrapped, then smaller, never cut off."""
    lines, size = fitted(text, box, size, face)
    baseline = middle_baseline(box, size, len(lines)) if is_centred else box.top - _ASCENT * size
    return [
        Placed(line, box.left, baseline - place * LEADING * size, size, face, grey) for place, line in enumerate(lines)
    ]


def sender(authority: str, campaign: str) -> list[Placed]:
    """Return the authority, and the campaign right below it."""
    named = fitting(authority, Box(MARGIN, _TOP, _SENDER, 16 * MM), 12, STRONG)
    below = _TOP - (len(named) * LEADING + 0.2) * named[0].size
    return [*named, *fitting(campaign, Box(MARGIN, below, _SENDER, 8 * MM), 9, grey=GREY)]


def dated(said: str) -> list[Placed]:
    """Return where and when the letter is written, under the window."""
    return fitting(said, Box(WINDOW.left, DATE + 4 * MM, WINDOW.width, 5 * MM), SIZE, is_centred=True)
