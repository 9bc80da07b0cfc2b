"""The kinds of letters side by side, each with about how many loans it is due now."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from tablet_loans.domain.letter import LETTER_WORDS, LetterKind
from tablet_loans.text import tr, trn
from ui import words
from ui.widgets.device_words import capital
from ui.widgets.flow import Flow
from ui.widgets.letter_words import KINDS


class LetterKinds(QWidget):
    """One kind is chosen; the arrows go from one to the next."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setAccessibleName(tr("Kind of letter"))
        self.buttons: dict[LetterKind, QPushButton] = {}
        group = QButtonGroup(self)
        row = Flow(6, self)
        row.setContentsMargins(0, 0, 0, 0)
        for kind in LetterKind:
            button = QPushButton(tr(KINDS[kind]))
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setToolTip(capital(tr(LETTER_WORDS[kind])))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[kind] = button
        self.buttons[LetterKind.REMINDER_1].setChecked(True)
        group.buttonToggled.connect(self._on_toggled)

    def kind(self) -> LetterKind:
        """Return the kind chosen."""
        return next(kind for kind, button in self.buttons.items() if button.isChecked())

    def turn_to(self, kind: LetterKind) -> None:
        """Choose a kind."""
        self.buttons[kind].setChecked(True)

    def tell(self, counts: Mapping[LetterKind, int]) -> None:
        """Say about how many loans each kind is due now."""
        for kind, button in self.buttons.items():
            count = counts.get(kind, 0)
            button.setText(f"{tr(KINDS[kind])}  {words.number(count)}" if count else tr(KINDS[kind]))
            said = trn("{count} due now", "{count} due now", count).format(count=words.number(count))
            button.setAccessibleName(f"{tr(KINDS[kind])}, {said}")
        self.updateGeometry()

    def _on_toggled(self, _button: object, is_on: bool) -> None:
        if is_on:
            self.chosen.emit(self.kind())
