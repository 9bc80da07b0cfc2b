"""Lettering: faces by size, and words fitted into their place, for the widgets that paint themselves."""

from functools import cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.theme import Tone

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def face(size: int, *, is_bold: bool = False, is_code: bool = False) -> QFont:
    """Return the program's face, or that of codes, at a size in pixels."""
    family = theme.mono().family() if is_code else QApplication.font().family()
    return _face(family, size, is_bold)


@cache
def _face(family: str, size: int, is_bold: bool) -> QFont:
    font = QFont(family)
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold if is_bold else QFont.Weight.Normal)
    return font


@cache
def metrics(font: QFont) -> QFontMetrics:
    """Return the measures of a face."""
    return QFontMetrics(font)


def width_of(words: str, font: QFont) -> int:
    """Return how wide the words are in a face."""
    return metrics(font).horizontalAdvance(words)


def fitted(words: str, font: QFont, width: int) -> str:
    """Return the words, cut with an ellipsis where they are too wide."""
    if width_of(words, font) <= width:
        return words
    return metrics(font).elidedText(words, Qt.TextElideMode.ElideRight, width)


def in_lines(words: str, font: QFont, width: int, most: int) -> list[str]:
    """Return the words in lines no wider than that; what does not hold in `most` lines is cut."""
    lines: list[str] = []
    rest = words.split(" ")
    while rest and len(lines) < most - 1:
        count = 1
        while count < len(rest) and width_of(" ".join(rest[: count + 1]), font) <= width:
            count += 1
        lines.append(fitted(" ".join(rest[:count]), font, width))
        rest = rest[count:]
    return [*lines, fitted(" ".join(rest), font, width)] if rest else lines


def write(
    painter: QPainter, place: QRect, words: str, font: QFont, colour: QColor, side: Qt.AlignmentFlag = LEFT
) -> None:
    """Write one line of words in a place, cut where it ends."""
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(place, side, fitted(words, font, place.width()))


def chip_width(words: str, font: QFont) -> int:
    """Return how wide the chip of these words is."""
    return width_of(words, font) + 2 * (metrics(font).height() * 3 // 4)


def chip(painter: QPainter, place: QRect, words: str, font: QFont, tone: Tone) -> None:
    """Paint a word in a coloured pill that fills its place."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.ground(tone))
    painter.drawRoundedRect(place, 7, 7)
    write(painter, place.adjusted(6, 0, -6, 0), words, font, theme.ink(_legible(tone)), CENTRE)


def _legible(tone: Tone) -> Tone:
    return Tone.SOFT if tone is Tone.PLAIN else tone
