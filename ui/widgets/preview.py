"""What the camera sees, with the frame to hold a label in; it flashes when a code is read."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tablet_loans.text import tr
from ui import theme
from ui.theme import Tone

_FLASH_MS: Final = 350
_AIM: Final = (0.62, 0.5)
_RADIUS: Final = 10


class Preview(QWidget):
    """The camera's picture, as wide as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("What the camera sees"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(480, 270)
        self._image = QImage()
        self._flash = QTimer(self, interval=_FLASH_MS, singleShot=True)
        self._flash.timeout.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def show_picture(self, image: QImage) -> None:
        """Show what the camera sees now."""
        self._image = image
        self.update()

    def flash(self) -> None:
        """Say with colour that a code was read."""
        self._flash.start()
        self.update()

    @property
    def is_flashing(self) -> bool:
        """Say whether a code was read a moment ago."""
        return self._flash.isActive()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        room = QPainterPath()
        room.addRoundedRect(self.rect(), _RADIUS, _RADIUS)
        painter.setClipPath(room)
        painter.fillRect(self.rect(), QColor("#12161C"))
        if not self._image.isNull():
            painter.drawImage(self._place(), self._image)
        self._draw_aim(painter)
        painter.end()

    def _place(self) -> QRect:
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        return place

    def _draw_aim(self, painter: QPainter) -> None:
        aim = QRect(0, 0, round(self.width() * _AIM[0]), round(self.height() * _AIM[1]))
        aim.moveCenter(self.rect().center())
        colour = theme.ink(Tone.OK) if self.is_flashing else QColor(255, 255, 255, 190)
        painter.setPen(QPen(colour, 6 if self.is_flashing else 2))
        painter.drawRoundedRect(aim, _RADIUS, _RADIUS)
        if self.is_flashing:
            colour.setAlpha(70)
            painter.fillRect(self.rect(), colour)
