"""A sheet of labels drawn to scale: one points at the first free one, or sees where labels cannot lie."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tablet_loans.domain.label_stock import ROLL, LabelStock
from tablet_loans.text import tr
from ui import theme
from ui.theme import Tone
from ui.widgets.lettering import CENTRE, face, write

_AROUND: Final = 8
_MOST_DRAWN: Final = 2_500
_TOLERANCE: Final = 0.05
_STEPS: Final = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class LabelSheet(QWidget):
    """The sheet; `started` gives the label to start at, counted from 1. Without `is_chosen` it is only looked at."""

    started = Signal(int)

    def __init__(self, *, is_chosen: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_chosen = is_chosen
        self._stock: LabelStock | None = None
        self._start, self._labels = 1, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(is_chosen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_chosen else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("First free label of the sheet") if is_chosen else tr("The sheet, to scale"))

    def show_stock(self, stock: LabelStock | None) -> None:
        """Draw the sheet of a stock, be it impossible; it starts at the same label, else at the first."""
        self._stock = stock
        if stock is None or self._start > stock.count:
            self._start = 1
        self.setEnabled(stock is not None and (not self._is_chosen or stock.paper != ROLL))
        self._tell()

    def start_at(self, start: int, labels: int | None = None) -> None:
        """Show that `labels` labels are printed from that one on."""
        self._start = start
        self._labels = self._labels if labels is None else labels
        self._tell()

    def start(self) -> int:
        """Return the label to start at, counted from 1."""
        return self._start

    def sizeHint(self) -> QSize:
        return QSize(150, 190)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 120)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position().x(), event.position().y()) if self._is_chosen else None
        self.setToolTip("" if number is None else tr("Start at label {number}").format(number=number))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._is_chosen and (number := self._at(event.position().x(), event.position().y())) is not None:
            self._choose(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        stock, key = self._stock, event.key()
        if stock is None or not self._is_chosen:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(1 if key == Qt.Key.Key_Home else stock.count)
        elif (step := _STEPS.get(Qt.Key(key))) is not None:
            self._choose(self._start + step[0] * stock.columns + step[1])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if (stock := self._stock) is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_page(painter, stock)
        for number in range(1, min(stock.count, _MOST_DRAWN) + 1):
            self._paint_label(painter, stock, number)
        painter.end()

    def _paint_page(self, painter: QPainter, stock: LabelStock) -> None:
        page = self._on_screen(stock, 0, 0, *stock.page)
        painter.setPen(QPen(theme.ink(Tone.ACCENT if self.hasFocus() else Tone.SOFT), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(theme.tokens().panel))
        painter.drawRoundedRect(page, 2, 2)

    def _paint_label(self, painter: QPainter, stock: LabelStock, number: int) -> None:
        place = self._place(stock, number)
        tone = self._tone(stock, number)
        painter.setPen(QPen(theme.ink(tone), 1))
        painter.setBrush(theme.ground(tone) if tone is not Tone.SOFT else Qt.BrushStyle.NoBrush)
        radius = min(max(stock.corner * self._scale(stock)[0], 0), place.width() / 2, place.height() / 2)
        if self._is_chosen and number < self._start:
            painter.setBrush(theme.ground(Tone.SOFT))
            painter.setPen(QPen(theme.ground(Tone.SOFT), 1))
        painter.drawRoundedRect(place, radius, radius)
        if self._is_chosen and number == self._start and place.height() >= 9 and place.width() >= 14:
            size = int(min(13.0, place.height() - 1))
            write(painter, place.toRect(), str(number), face(size, is_bold=True), theme.ink(Tone.ACCENT), CENTRE)

    def _tone(self, stock: LabelStock, number: int) -> Tone:
        if not self._is_chosen:
            return Tone.BAD if is_impossible(stock, number) else Tone.ACCENT
        return Tone.ACCENT if self._start <= number < self._start + max(self._labels, 1) else Tone.SOFT

    def _choose(self, number: int) -> None:
        if self._stock is not None and 1 <= number <= self._stock.count and number != self._start:
            self.start_at(number)
            self.started.emit(number)

    def _tell(self) -> None:
        if self._stock is not None and self._is_chosen:
            said = tr("Label {number} of {count}").format(number=self._start, count=self._stock.count)
            self.setAccessibleDescription(said)
        self.update()

    def _at(self, x: float, y: float) -> int | None:
        """Return the label under a point, else None."""
        if (stock := self._stock) is None or not self.isEnabled():
            return None
        found = (number for number in range(1, stock.count + 1) if self._place(stock, number).contains(x, y))
        return next(found, None)

    def _place(self, stock: LabelStock, number: int) -> QRectF:
        left, top = stock.place(number - 1)
        return self._on_screen(stock, left, top, stock.width, stock.height)

    def _on_screen(self, stock: LabelStock, left: float, top: float, width: float, height: float) -> QRectF:
        scale, x, y = self._scale(stock)
        return QRectF(x + left * scale, y + top * scale, width * scale, height * scale)

    def _scale(self, stock: LabelStock) -> tuple[float, float, float]:
        """Return how many pixels a millimetre takes, and where the page begins; labels beyond it are seen too."""
        width, height = stock.page
        right, bottom = stock.place(stock.count - 1)
        width = max(width, min(right + stock.width, 2 * width))
        height = max(height, min(bottom + stock.height, 2 * height))
        room = max(self.width() - 2 * _AROUND, 1), max(self.height() - 2 * _AROUND, 1)
        scale = min(room[0] / max(width, 1), room[1] / max(height, 1))
        return scale, (self.width() - width * scale) / 2, (self.height() - height * scale) / 2


def is_impossible(stock: LabelStock, number: int) -> bool:
    """Say whether a label, counted from 1, lies beyond its page or on a neighbour."""
    left, top = stock.place(number - 1)
    width, height = stock.page
    is_beyond = left + stock.width > width + _TOLERANCE or top + stock.height > height + _TOLERANCE
    is_on_other = (stock.columns > 1 and stock.pitch_x < stock.width - 0.001) or (
        stock.rows > 1 and stock.pitch_y < stock.height - 0.001
    )
    return is_beyond or is_on_other
