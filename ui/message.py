"""A small window with a sentence, and details that can be copied."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from tablet_loans.text import tr


class Message(QDialog):
    """What happened and what to do, for the rare case where a banner has no place.

    With `act`, it asks: a button of that name accepts, and staying, which Enter does too, rejects; `stay` names it.
    """

    def __init__(
        self, title: str, sentence: str, details: str = "", act: str = "", stay: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(520)
        self._details = details
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(_label(title, "cardTitle"))
        layout.addWidget(_label(sentence, "body"))
        if details:
            layout.addWidget(self._shown_details())
        layout.addLayout(self._buttons(act, stay or tr("Stay")))

    def showEvent(self, event: QShowEvent) -> None:
        """Stand on the harmless button: neither Enter nor the space bar, typed in haste, does anything else."""
        super().showEvent(event)
        self.stay.setFocus()

    def _shown_details(self) -> QWidget:
        shown = QPlainTextEdit(self._details)
        shown.setReadOnly(True)
        shown.setTabChangesFocus(True)
        shown.setAccessibleName(tr("Details for the support"))
        shown.setFixedHeight(140)
        return shown

    def _buttons(self, act: str, stay: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        if self._details:
            copy = QPushButton(tr("Copy the details"))
            copy.setAutoDefault(False)
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details))
            row.addWidget(copy)
        if act:
            go_ahead = QPushButton(act)
            go_ahead.setAutoDefault(False)
            go_ahead.clicked.connect(self.accept)
            row.addWidget(go_ahead)
        self.stay = QPushButton(stay if act else tr("Close"))
        self.stay.setObjectName("primary")
        self.stay.setDefault(True)
        self.stay.clicked.connect(self.reject if act else self.accept)
        row.addWidget(self.stay)
        return row


def _label(words: str, name: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
