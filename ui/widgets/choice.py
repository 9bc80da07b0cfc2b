"""A list of choices as a chip, with its arrow in the theme's ink."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from ui import icons
from ui.theme import Tone


class Choice(QComboBox):
    """A combo box that the stylesheet can dress: it draws its own arrow."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        icons.paint(painter, QRect(self.width() - 26, (self.height() - 14) // 2, 14, 14), "caret-down", Tone.SOFT)
        painter.end()
