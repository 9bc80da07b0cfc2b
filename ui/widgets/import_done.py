"""What an import has done: how much, what was not taken, and the way back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.problem import FATE_WORDS, Fate, ImportReport
from tablet_loans.services.session import Receipt
from tablet_loans.text import tr, trn
from ui import words
from ui.theme import Tone
from ui.widgets.chip import Chip


class ImportDone(QFrame):
    """The end of an import; it can be undone from here, and another file taken."""

    undo_asked = Signal(object)
    more_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._receipt: Receipt[ImportReport] | None = None
        self.big, self._note = QLabel(), QLabel()
        self.big.setObjectName("big")
        self._note.setObjectName("soft")
        self._note.setWordWrap(True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._chips = [Chip() for _ in range(5)]
        self.undo, self.more = QPushButton(tr("Undo the import")), QPushButton(tr("Import another file…"))
        self.undo.clicked.connect(self._on_undo)
        self.more.clicked.connect(self.more_asked)
        chips, buttons = QHBoxLayout(), QHBoxLayout()
        for row in (chips, buttons):
            row.setSpacing(8)
            row.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for chip in self._chips:
            chips.addWidget(chip)
        for button in (self.undo, self.more):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(1)
        layout.addWidget(self.big, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(chips)
        layout.addWidget(self._note)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def show_receipt(self, receipt: Receipt[ImportReport], *, can_undo: bool = True) -> None:
        """Tell what was imported."""
        report = receipt.value
        self._receipt = receipt
        count = report.created + report.updated + report.left
        said = trn("{count} change imported", "{count} changes imported", count)
        self.big.setText(said.format(count=words.number(count)) if count else tr("Nothing was changed"))
        told = (
            (tr(FATE_WORDS[Fate.ARRIVES]), report.created, Tone.OK),
            (tr(FATE_WORDS[Fate.CHANGES]), report.updated - report.moved, Tone.ACCENT),
            (tr(FATE_WORDS[Fate.MOVES]), report.moved, Tone.WARN),
            (tr(FATE_WORDS[Fate.LEAVES]), report.left, Tone.WARN),
            (tr("Problems"), len(report.problems), Tone.WARN),
        )
        for chip, (name, number, tone) in zip(self._chips, told, strict=True):
            chip.say(f"{name}  {words.number(number)}" if number else "", tone)
        recalled = sum(each.loan is not None for each in report.told)
        note = trn("{count} tablet to recall: see the school.", "{count} tablets to recall: see the schools.", recalled)
        self._note.setText(note.format(count=words.number(recalled)) if recalled else "")
        self.undo.setVisible(can_undo and bool(receipt.ledger_id))
        self.undo.setEnabled(True)

    def show_undone(self) -> None:
        """Tell that all is as it was before."""
        self.big.setText(tr("The import is undone"))
        for chip in self._chips:
            chip.say("", Tone.PLAIN)
        self._note.setText(tr("All is as it was before."))
        self.undo.hide()

    def allow_undo(self) -> None:
        """Let the import be undone again: it was not."""
        self.undo.setEnabled(True)

    def _on_undo(self) -> None:
        if self._receipt is not None:
            self.undo.setEnabled(False)
            self.undo_asked.emit(self._receipt)
