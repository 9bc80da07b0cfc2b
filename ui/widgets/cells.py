"""How a cell is painted: words, codes in a monospaced face, numbers to the right, states as chips."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import theme
from ui.columns import STYLE_ROLE, TONE_ROLE, Style
from ui.theme import Tone

PADDING = 10
_CHIP_HEIGHT = 24


class CellDelegate(QStyledItemDelegate):
    """Paint the cells of every table alike."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        font: QFont = option.font
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.tokens().on_accent))
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        words, style, tone = index.data(), index.data(STYLE_ROLE), index.data(TONE_ROLE) or Tone.PLAIN
        if words:
            inside = rect.adjusted(PADDING, 0, -PADDING, -1)
            if style == Style.CHIP:
                is_chosen = bool(state & QStyle.StateFlag.State_Selected)
                ground = QColor(theme.tokens().panel) if is_chosen else theme.ground(Tone(tone))
                _chip(painter, inside, str(words), Tone(tone), font, ground)
            else:
                _DRAWN[style](painter, inside, str(words), Tone(tone), font)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index).expandedTo(QSize(0, 40))


def _words(painter: QPainter, rect: QRect, words: str, tone: Tone, font: QFont) -> None:
    _written(painter, rect, words, tone, font, Qt.AlignmentFlag.AlignLeft)


def _written(
    painter: QPainter,
    rect: QRect,
    words: str,
    tone: Tone,
    font: QFont,
    side: Qt.AlignmentFlag,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    painter.setFont(font)
    painter.setPen(theme.ink(tone))
    fitted = painter.fontMetrics().elidedText(words, elide, rect.width())
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, fitted)


def _code(painter: QPainter, rect: QRect, words: str, tone: Tone, _font: QFont) -> None:
    """A code's beginning and its end tell it apart: what lacks room is left out in between."""
    _written(painter, rect, words, tone, theme.mono(), Qt.AlignmentFlag.AlignLeft, Qt.TextElideMode.ElideMiddle)


def _number(painter: QPainter, rect: QRect, words: str, tone: Tone, font: QFont) -> None:
    _written(painter, rect, words, tone, font, Qt.AlignmentFlag.AlignRight)


def _chip(painter: QPainter, rect: QRect, words: str, tone: Tone, font: QFont, ground: QColor) -> None:
    font = QFont(font)
    font.setPixelSize(12)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    width = min(painter.fontMetrics().horizontalAdvance(words) + 22, rect.width())
    chip = QRect(rect.left(), rect.center().y() - _CHIP_HEIGHT // 2 + 1, width, _CHIP_HEIGHT)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(chip, 7, 7)
    painter.setPen(theme.ink(Tone.SOFT if tone is Tone.PLAIN else tone))
    fitted = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width - 12)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, fitted)


_DRAWN: Final[Mapping[str, Callable[[QPainter, QRect, str, Tone, QFont], None]]] = {
    Style.TEXT: _words,
    Style.CODE: _code,
    Style.NUMBER: _number,
}
