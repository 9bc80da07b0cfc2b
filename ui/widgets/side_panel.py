"""A panel beside a list: what is told in it is scrolled with the arrows, its cross and Esc put it away."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ui import icons


class SidePanel(QFrame):
    """One thing of a list, read beside it; `closed` when it is put away."""

    closed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(name)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName(name)

    def take_focus(self) -> None:
        """Put the focus where the panel is read with the arrows."""
        self._scroll.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc, on whichever button the focus is."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return True
        return super().eventFilter(watched, event)

    def _cross(self, name: str, tip: str) -> QPushButton:
        """Return the button that puts the panel away."""
        cross = QPushButton(icons.icon("x"), "")
        cross.setObjectName("quiet")
        cross.setAccessibleName(name)
        cross.setToolTip(tip)
        cross.clicked.connect(self.closed)
        return cross

    def _scrolled(self, parts: Iterable[QWidget]) -> QScrollArea:
        """Return what is read: the parts beneath each other."""
        inside = QWidget()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 0, 16, 0)
        column.setSpacing(4)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self._scroll.setMinimumHeight(40)
        self._scroll.installEventFilter(self)
        return self._scroll
