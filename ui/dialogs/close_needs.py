"""Before the needs of a campaign are closed for good: what is forgotten, and a word to type."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.need import ClosedNeeds
from tablet_loans.text import tr, trn
from ui import words
from ui.widgets.record_parts import label

_SIZE: Final = QSize(560, 340)


class CloseNeeds(QDialog):
    """Accepted once the word is typed: nothing takes it back."""

    def __init__(self, name: str, gone: ClosedNeeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Close the needs"))
        title = QLabel(tr("Close the needs of “{campaign}”").format(campaign=name))
        title.setObjectName("title")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        self.sentence = label(closing_said(gone))
        self._word = tr("close")
        asked = label(tr("Nothing takes it back. To go on, type: {word}").format(word=self._word))
        self.typed = QLineEdit()
        self.typed.setAccessibleName(asked.text())
        self.typed.textChanged.connect(lambda _text: self.go.setEnabled(self._is_typed()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (title, self.sentence, asked, self.typed):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(self._buttons())
        above = self.parentWidget()
        self.resize(_SIZE.boundedTo(above.window().size()) if above is not None else _SIZE)
        self.typed.setFocus()

    def _buttons(self) -> QHBoxLayout:
        self.stay, self.go = QPushButton(tr("Leave them open")), QPushButton(tr("Close the needs"))
        self.stay.setObjectName("primary")
        self.stay.clicked.connect(self.reject)
        self.go.clicked.connect(self.accept)
        self.go.setEnabled(False)
        for button in (self.stay, self.go):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.go)
        row.addWidget(self.stay)
        return row

    def _is_typed(self) -> bool:
        return self.typed.text().strip().casefold() == self._word.casefold()


def closing_said(gone: ClosedNeeds) -> str:
    """Return what closing the needs does, with what it forgets."""
    first = tr("No answer is taken any more: the ranks are final, and closed needs are not opened again.")
    kept = tr("Those of pupils in need or with a loan are kept; imports of guardians can no longer be undone.")
    told = f"{first}\n\n{forgotten_said(gone)}"
    return told if gone == ClosedNeeds(0, 0) else f"{told} {kept}"


def forgotten_said(gone: ClosedNeeds) -> str:
    """Return how many guardians and phone numbers are forgotten."""
    if gone == ClosedNeeds(0, 0):
        return tr("There is no guardian and no phone number to forget.")
    guardians = trn("{count} guardian", "{count} guardians", gone.guardians)
    phones = trn("{count} phone number", "{count} phone numbers", gone.phones)
    return tr("Forgotten, as nobody needs them: {guardians} and {phones}.").format(
        guardians=guardians.format(count=words.number(gone.guardians)),
        phones=phones.format(count=words.number(gone.phones)),
    )
