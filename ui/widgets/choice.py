"""A list of choices as a chip, with its arrow in the theme's ink."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from ui import icons
from ui.theme import Tone

_AROUND = 42  # the room of the arrow and of what lies around the words


class Choice(QComboBox):
    """A combo box that the stylesheet can dress: it draws its own arrow, and ends in … what lacks room."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        option, painter = QStyleOptionComboBox(), QStylePainter(self)
        self.initStyleOption(option)
        room = self.width() - _AROUND
        option.currentText = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        icons.paint(painter, QRect(self.width() - 26, (self.height() - 14) // 2, 14, 14), "caret-down", Tone.SOFT)
        painter.end()
