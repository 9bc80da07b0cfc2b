"""One line of soft words that changes often: it paints itself and moves nothing around it."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.theme import Tone
from ui.widgets.lettering import face, metrics, write

_SIZE = 13


class Line(QWidget):
    """Words in the room they are given, cut where it ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._words = ""

    def text(self) -> str:
        """Return the words."""
        return self._words

    def say(self, words: str) -> None:
        """Show these words."""
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, metrics(face(_SIZE)).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        write(painter, self.rect(), self._words, face(_SIZE), theme.ink(Tone.SOFT))
        painter.end()
