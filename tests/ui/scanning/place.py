"""A window in which keys are typed, and what the scan filter said of them."""

from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from ui.scanning import Arrival

TAG = "ML-000412-2"
CONTROL = Qt.KeyboardModifier.ControlModifier


class Place(QWidget):
    """A window with everything that may have the focus; it keeps the keys that nobody wanted, pressed or released."""

    def __init__(self) -> None:
        super().__init__()
        self.unwanted: list[str] = []
        self.released: list[str] = []
        self.field, self.other = QLineEdit(), QLineEdit()
        self.button, self.choice, self.table = QPushButton("Lend"), QComboBox(), QTableWidget(3, 2)
        self.choice.addItems(["Collège Les Iris", "Lycée Martin", "Moulin"])
        layout = QVBoxLayout(self)
        for widget in (self.field, self.other, self.button, self.choice, self.table):
            layout.addWidget(widget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.unwanted += event.text()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self.released += event.text()


@dataclass
class Heard:
    """What the filter said."""

    scans: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
