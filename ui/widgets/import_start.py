"""Where an import begins: a place to drop a file on, and what files are taken."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.text import tr
from ui import icons
from ui.theme import Tone


class ImportStart(QFrame):
    """Drop a file, or choose one."""

    asked = Signal()

    def __init__(self, takes: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        icon, said, note = QLabel(), QLabel(tr("Drop the file here")), QLabel(takes)
        self.takes = note
        icon.setPixmap(icons.icon("file-arrow-up", Tone.SOFT).pixmap(40, 40))
        said.setObjectName("cardTitle")
        note.setObjectName("soft")
        note.setWordWrap(True)
        self.choose = QPushButton(tr("Choose a file…"))
        self.choose.setObjectName("primary")
        self.choose.clicked.connect(self.asked)
        known = QLabel(tr("What it is shows in its content, never in its name. Nothing is written before you say so."))
        known.setObjectName("notes")
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addStretch(1)
        for label in (icon, said, note):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        layout.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        known.setAlignment(Qt.AlignmentFlag.AlignCenter)
        known.setWordWrap(True)
        layout.addWidget(known)
        layout.addStretch(1)
