"""What an empty list says: why it is empty, and the next step."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui import icons
from ui.theme import Tone


class Empty(QWidget):
    """An icon, a short sentence and the next step, in the middle of the place left by the rows."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._call: Callable[[], object] | None = None
        self._icon, self._sentence, self._step = QLabel(), QLabel(), QLabel()
        self._sentence.setObjectName("cardTitle")
        self._step.setObjectName("soft")
        self.act = QPushButton(self)
        self.act.setAutoDefault(False)
        self.act.clicked.connect(self._on_act)
        self.act.hide()
        layout = QVBoxLayout(self)
        layout.setSpacing(6)
        layout.addStretch(1)
        for label in (self._icon, self._sentence, self._step):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addSpacing(6)
        layout.addWidget(self.act, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def say(self, sentence: str, step: str, act: str = "", call: Callable[[], object] | None = None) -> None:
        """Say why there is nothing, and what to do; the button called `act` does it, when there is one."""
        self._icon.setPixmap(icons.icon(self._icon_name, Tone.SOFT).pixmap(32, 32))
        self._sentence.setText(sentence)
        self._step.setText(step)
        self._call = call
        self.act.setText(act)
        self.act.setVisible(bool(act))
        self.setAccessibleName(f"{sentence} {step}")

    def _on_act(self) -> None:
        if self._call is not None:
            self._call()
