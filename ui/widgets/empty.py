"""What an empty list says: why it is empty, and the next step."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui import icons
from ui.theme import Tone


class Empty(QWidget):
    """An icon, a short sentence and the next step, in the middle of the place left by the rows."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._icon, self._sentence, self._step = QLabel(), QLabel(), QLabel()
        self._sentence.setObjectName("cardTitle")
        self._step.setObjectName("soft")
        layout = QVBoxLayout(self)
        layout.setSpacing(6)
        layout.addStretch(1)
        for label in (self._icon, self._sentence, self._step):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addStretch(1)

    def say(self, sentence: str, step: str) -> None:
        """Say why there is nothing, and what to do."""
        self._icon.setPixmap(icons.icon(self._icon_name, Tone.SOFT).pixmap(32, 32))
        self._sentence.setText(sentence)
        self._step.setText(step)
        self.setAccessibleName(f"{sentence} {step}")
