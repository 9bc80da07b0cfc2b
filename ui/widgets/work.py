"""Work that takes longer than a second: what is being done, how far it is, and a way to stop it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from tablet_loans.text import tr
from ui import words


class Work(QFrame):
    """A strip in the screen, hidden while nothing is under way; `reported` may be emitted from any thread."""

    stopped = Signal()
    reported = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._words, self._left = (QLabel(textFormat=Qt.TextFormat.PlainText) for _ in range(2))
        self._bar, self.stop = QProgressBar(), QPushButton(tr("Stop"))
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._left.setObjectName("soft")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._words)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self._left)
        layout.addWidget(self.stop)
        self.stop.clicked.connect(self.stopped)
        self.reported.connect(self._on_reported)
        self.hide()

    def begin(self, sentence: str, *, can_stop: bool = True) -> None:
        """Say what is being done."""
        self._words.setText(sentence)
        self._bar.setAccessibleName(sentence)
        self._bar.setRange(0, 0)
        self._left.clear()
        self.stop.setVisible(can_stop)
        self.show()

    def end(self) -> None:
        """Say nothing more."""
        self.hide()

    def _on_reported(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._left.setText(tr("{done} of {total}").format(done=words.number(done), total=words.number(total)))
