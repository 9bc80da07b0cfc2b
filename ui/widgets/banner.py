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
        self._stays = False
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
        self._show(error.spoken(), tone, again, label or tr("Try again"))

    def tell(
        self, words: str, act: Callable[[], object] | None = None, label: str = "", tone: Tone = Tone.ACCENT
    ) -> None:
        """Show something worth knowing, which stays until it is closed; `act` is what the button does."""
        self._show(words, tone, act, label)
        self._stays = True

    def fall_silent(self, *, is_over: bool = True) -> None:
        """Say nothing more; unless it `is_over`, what is worth knowing stays."""
        if is_over or not self._stays:
            self._again, self._stays = None, False
            self.hide()

    def _show(self, words: str, tone: Tone, again: Callable[[], object] | None, label: str) -> None:
        self._again, self._stays = again, False
        self._words.setText(words)
        self._icon.setPixmap(icons.icon("info" if tone is Tone.ACCENT else "warning", tone).pixmap(20, 20))
        self._retry.setText(label)
        self._retry.setVisible(again is not None)
        for widget in (self, self._words):
            if widget.property("tone") != tone.value:
                widget.setProperty("tone", tone.value)
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        self.show()

    def _on_retry(self) -> None:
        again = self._again
        self.fall_silent()
        if again is not None:
            again()

    def _on_close(self) -> None:
        self.fall_silent()
        self.closed.emit()
