"""A list pasted from a spreadsheet: who and what each line means, before its answers are recorded as one act."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.need import EQUIPMENT_WORDS, MOST_AT_ONCE
from tablet_loans.domain.pasted import PastedLine
from tablet_loans.domain.pupil import written_name
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable

_SIZE: Final = QSize(860, 520)


def _pupil(line: PastedLine) -> str:
    pupil = line.pupil
    return written_name(pupil.family_name, pupil.usage_name, pupil.given_name) if pupil else ""


def _answer(line: PastedLine) -> str:
    if line.why_not:
        return tr(line.why_not)
    answer = line.answer
    assert answer is not None  # noqa: S101 - a line without one says why
    return words.joined(
        tr(EQUIPMENT_WORDS[answer.equipment]),
        tr("SIM") if answer.is_cellular else "",
        tr("Priority") if answer.is_priority else "",
    )


COLUMNS: Final = (
    Column(N_("Line"), lambda line: words.number(line.number), 64, style=Style.NUMBER, tone=lambda _line: Tone.SOFT),
    Column(N_("Pasted"), lambda line: line.words, 220, 3),
    Column(N_("Pupil"), _pupil, 180, 2),
    Column(N_("Answer"), _answer, 220, 2, tone=lambda line: Tone.WARN if line.why_not else Tone.PLAIN),
)


class PasteAnswers(QDialog):
    """The lines understood, and those left out with their reason; `decided` gives the lines to record."""

    decided = Signal(object)

    def __init__(self, lines: Sequence[PastedLine], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Answers pasted"))
        self._taken = [line for line in lines if not line.why_not][:MOST_AT_ONCE]
        left_out = len(lines) - len(self._taken)
        head, said = QLabel(tr("Answers pasted")), QLabel()
        head.setObjectName("title")
        said.setObjectName("soft")
        left = trn("{count} line is left out", "{count} lines are left out", left_out)
        said.setText(left.format(count=words.number(left_out)) if left_out else tr("Every line is understood."))
        self.model = ListModel(COLUMNS)
        self.model.setParent(self)
        self.model.show([*(line for line in lines if line.why_not), *self._taken])
        table = DataTable(tr("Answers pasted"), 34)
        table.show_model(self.model, COLUMNS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(head)
        layout.addWidget(said)
        layout.addWidget(table, 1)
        layout.addLayout(self._buttons())
        room = parent.window().size() if parent is not None else _SIZE
        self.resize(_SIZE.boundedTo(room))

    def _buttons(self) -> QHBoxLayout:
        count = len(self._taken)
        said = trn("Record {count} answer", "Record {count} answers", count).format(count=words.number(count))
        cancel, self.go = QPushButton(tr("Cancel")), QPushButton(said if count else tr("Record"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.setEnabled(count > 0)
        self.go.clicked.connect(self._on_go)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.go)
        return row

    def _on_go(self) -> None:
        self.decided.emit(self._taken)
        self.accept()
