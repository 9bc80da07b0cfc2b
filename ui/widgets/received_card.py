"""The big card of a reception: the label to stick, or what is scanned next, and how many are recorded."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tablet_loans.text import tr
from ui import words
from ui.theme import Tone
from ui.widgets.chip import Chip


class ReceivedCard(QFrame):
    """One thing that can be read at arm's length, and a count."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._caption, self.big, self.line, self._chip, self.counted = QLabel(), QLabel(), QLabel(), Chip(), QLabel()
        self.unit = QLabel()
        self.unit.setObjectName("soft")
        self.unit.setTextFormat(Qt.TextFormat.PlainText)
        for label, name in ((self._caption, "soft"), (self.big, "big"), (self.line, "line"), (self.counted, "big")):
            label.setObjectName(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setWordWrap(True)
        self.counted.setAccessibleName(tr("Tablets recorded"))
        told = QVBoxLayout()
        told.setSpacing(2)
        for label in (self._caption, self.big, self.line):
            told.addWidget(label)
        beside = QVBoxLayout()
        beside.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignRight)
        beside.addStretch(1)
        beside.setSpacing(0)
        for label in (self.counted, self.unit):
            beside.addWidget(label, 0, Qt.AlignmentFlag.AlignRight)
        self.unit.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 12, 18, 12)
        row.addLayout(told, 1)
        row.addLayout(beside)
        self.setFixedHeight(124)
        self.count(0)

    def say(self, caption: str, big: str, line: str, chip: str, tone: Tone, *, is_code: bool = True) -> None:
        """Say what has just happened, or what is asked."""
        self._caption.setText(caption)
        self.big.setText(big)
        self.line.setText(line)
        self._chip.say(chip, tone)
        _mark(self.big, "code", "true" if is_code else "false")
        _mark(self.line, "tone", tone.value if tone in (Tone.BAD, Tone.WARN) else "")
        self.setAccessibleDescription(words.joined(caption, big, line, chip))

    def count(self, recorded: int, unit: str = "") -> None:
        """Say how many tablets are recorded, and of what this is the number."""
        self.counted.setText(words.number(recorded))
        self.unit.setText(unit)
        self.unit.setVisible(bool(unit))


def _mark(label: QLabel, name: str, value: str) -> None:
    if label.property(name) != value:
        label.setProperty(name, value)
        label.style().unpolish(label)
        label.style().polish(label)
