"""The kind of letter and the loans it is about, or why there is none."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from tablet_loans.text import tr
from ui.widgets.empty import Empty
from ui.widgets.letter_kinds import LetterKinds
from ui.widgets.letter_table import LetterModel, LetterTable
from ui.widgets.letter_words import nothing_said


class LetterList(QWidget):
    """The kinds above the list; `moved` tells that another loan is selected."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plain")
        self.kinds, self.model = LetterKinds(), LetterModel()
        self.model.setParent(self)
        self.table, self._empty = LetterTable(self.model), Empty("envelope-simple")
        self._empty.say(tr("Looking who is written to…"), "")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.table)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(8, 6, 8, 8)
        inside.addWidget(self._pages)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.kinds)
        layout.addWidget(card, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self.moved.emit())

    def current(self) -> str | None:
        """Return the loan selected."""
        rows, place = self.model.concerned(), self.table.currentIndex().row()
        return rows[place].loan if 0 <= place < len(rows) else None

    def settle_on(self, loan: str | None) -> None:
        """Show the list anew and stay on a loan while it is there, else on the first."""
        self.table.show_kind(self.kinds.kind())
        if not self.model.rows:
            self._empty.say(*nothing_said(self.kinds.kind()))
        self._pages.setCurrentIndex(1 if self.model.rows else 0)
        if self.model.rows:
            self.table.choose(max(self.model.place_of(loan or ""), 0))
        self.moved.emit()
