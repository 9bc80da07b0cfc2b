"""The corner of a label and the cross printed beside it: which way is right, which way is down, and how far."""

from typing import Final

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tablet_loans.text import tr
from ui import theme
from ui.theme import Tone
from ui.widgets.label_words import measure
from ui.widgets.lettering import CENTRE, face, write

_REACH: Final = 80.0
_LEAST_MM: Final = 2.0
_ARM: Final = 16
_EDGE: Final = 18
_HEAD: Final = 6


class LabelOffset(QWidget):
    """Drawn larger than life; what is typed moves the cross."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._right = self._down = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("The corner of the first label, and the cross"))

    def show_offset(self, right_mm: float, down_mm: float) -> None:
        """Draw the cross that must move so far to the right and down."""
        self._right, self._down = right_mm, down_mm
        self.setAccessibleDescription(f"{measure(right_mm)} / {measure(down_mm)} mm")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 130)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corner = QPointF(self.width() * 0.5, self.height() * 0.45)
        self._paint_label(painter, corner)
        right, down = (self._right, self._down) if self._right or self._down else (_LEAST_MM, _LEAST_MM)
        pixels = _REACH / max(abs(right), abs(down), _LEAST_MM)
        cross = QPointF(
            self._within(corner.x() - right * pixels, self.width()),
            self._within(corner.y() - down * pixels, self.height()),
        )
        painter.setPen(QPen(theme.ink(Tone.PLAIN), 1.4))
        painter.drawLine(cross - QPointF(_ARM, 0), cross + QPointF(_ARM, 0))
        painter.drawLine(cross - QPointF(0, _ARM), cross + QPointF(0, _ARM))
        knee = QPointF(corner.x(), cross.y())
        self._paint_arrow(painter, cross, knee)
        self._paint_arrow(painter, knee, corner)
        self._paint_words(painter, cross, corner)
        painter.end()

    def _paint_label(self, painter: QPainter, corner: QPointF) -> None:
        painter.setPen(QPen(theme.ink(Tone.SOFT), 1))
        painter.setBrush(theme.ground(Tone.SOFT))
        painter.drawRect(QRect(int(corner.x()), int(corner.y()), self.width(), self.height()))
        place = QRect(int(corner.x()) + 10, self.height() - 26, self.width() // 2 - 16, 20)
        write(painter, place, tr("first label"), face(12), theme.ink(Tone.SOFT))

    def _paint_arrow(self, painter: QPainter, start: QPointF, end: QPointF) -> None:
        painter.setPen(QPen(theme.ink(Tone.ACCENT), 2))
        painter.drawLine(start, end)
        step = end - start
        length = max(abs(step.x()) + abs(step.y()), 0.001)
        if length < _HEAD:
            return
        along = step * (_HEAD / length)
        aside = QPointF(-along.y(), along.x())
        painter.drawLine(end, end - along + aside)
        painter.drawLine(end, end - along - aside)

    def _paint_words(self, painter: QPainter, cross: QPointF, corner: QPointF) -> None:
        right = tr("right: {mm}").format(mm=measure(self._right))
        down = tr("down: {mm}").format(mm=measure(self._down))
        above = max(int(min(cross.y(), corner.y())) - 22, 0)
        place = QRect(int((cross.x() + corner.x()) / 2) - 70, above, 140, 18)
        write(painter, place, right, face(12, is_bold=True), theme.ink(Tone.ACCENT), CENTRE)
        place = QRect(int(corner.x()) + 10, int((cross.y() + corner.y()) / 2) - 9, 130, 18)
        write(painter, place, down, face(12, is_bold=True), theme.ink(Tone.ACCENT), Qt.AlignmentFlag.AlignLeft)

    def _within(self, place: float, room: int) -> float:
        return min(max(place, _EDGE), room - _EDGE)
