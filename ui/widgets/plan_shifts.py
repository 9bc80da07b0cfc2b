"""How many two plans serve, in all and by equipment: a line each, both numbers, and the difference in colour."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from tablet_loans.text import tr
from ui import theme, words
from ui.theme import Tone
from ui.widgets.bars import percent


@dataclass(frozen=True, slots=True)
class Side:
    """How many of how many each of two plans serves, under a name."""

    words: str
    served: int
    other: int
    whole: int
    other_whole: int


class PlanShifts(QWidget):
    """A small table that is read, not walked through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._lines: list[list[QLabel]] = []
        for column, title in enumerate(("", tr("First"), tr("Second"), tr("Difference"))):
            self._grid.addWidget(_label(title, "soft", is_number=column > 0), 0, column)
        self.hide()

    def show_sides(self, all_of_them: Side, parts: Sequence[Side]) -> None:
        """Show the totals of two plans, then their parts."""
        for line in self._lines:
            for label in line:
                label.hide()
                self._grid.removeWidget(label)
                label.deleteLater()
        self._lines = [self._line(row, side) for row, side in enumerate((all_of_them, *parts), 1)]
        self.show()

    def _line(self, row: int, side: Side) -> list[QLabel]:
        more = side.other - side.served
        numbers = [
            words.joined(words.number(count), percent(count, whole))
            for count, whole in ((side.served, side.whole), (side.other, side.other_whole))
        ]
        difference = f"{'+' if more > 0 else '−'}{words.number(abs(more))}" if more else "–"
        labels = [_label(side.words, "value" if row > 1 else "strong")]
        labels += [_label(text, "value", is_number=True) for text in (*numbers, difference)]
        tone = Tone.SOFT if not more else Tone.OK if more > 0 else Tone.BAD
        labels[-1].setStyleSheet(f"color: {theme.ink(tone).name()}")
        for column, label in enumerate(labels):
            self._grid.addWidget(label, row, column)
        return labels


def _label(text: str, name: str, *, is_number: bool = False) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if is_number:
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setMinimumWidth(110)
    return label
