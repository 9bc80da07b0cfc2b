"""A sentence in place, never modal: what went wrong, what to do, and again."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from tablet_loans.domain.errors import TabletLoansError, Trouble
from tablet_loans.text import tr
from ui import icons
from ui.theme import Tone


class Banner(QFrame):
    """The place where a screen says what went wrong; hidden when all is well."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAccessibleName(tr("Notice"))
        self._again: Callable[[], object] | None = None
        self._icon = QLabel()
        self._icon.setFixedWidth(20)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._retry = QPushButton(tr("Try again"))
        self._retry.clicked.connect(self._on_retry)
        close = QPushButton(icons.icon("x"), "")
        close.setObjectName("quiet")
        close.setAccessibleName(tr("Close the notice"))
        close.setToolTip(tr("Close the notice"))
        close.clicked.connect(self._on_close)
        for button in (self._retry, close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._icon)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._retry)
        layout.addWidget(close)
        self.hide()

    def say(self, error: TabletLoansError, again: Callable[[], object] | None = None, label: str = "") -> None:
        """Show what happened and what to do; `again` is what Try again does, or the button called `label`."""
        tone = Tone.BAD if isinstance(error, Trouble) else Tone.WARN
        self._again = again
        self._words.setText(error.spoken())
        self._icon.setPixmap(icons.icon("warning", tone).pixmap(20, 20))
        self._retry.setText(label or tr("Try again"))
        self._retry.setVisible(again is not None)
        for widget in (self, self._words):
            widget.setProperty("tone", tone.value)
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self.show()

    def fall_silent(self) -> None:
        """Say nothing more."""
        self._again = None
        self.hide()

    def _on_retry(self) -> None:
        again = self._again
        self.fall_silent()
        if again is not None:
            again()

    def _on_close(self) -> None:
        self.fall_silent()
        self.closed.emit()
