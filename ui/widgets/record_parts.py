"""What a record beside a list is made of: titled sections of lines, each a fact, a person or an act."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import Tone
from ui.widgets.chip import Chip

_NAMES_WIDTH = 104


def label(words: str, name: str = "value", *, is_selectable: bool = True) -> QLabel:
    """Return words that wrap, shown letter for letter."""
    made = QLabel(words)
    made.setObjectName(name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    if is_selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made


def fact_line(name: str, value: str, note: str = "", *, is_code: bool = False) -> QWidget:
    """Return a soft name and a value, with a note beneath."""
    line, told = QWidget(), QVBoxLayout()
    told.setSpacing(0)
    told.addWidget(label(value, "code" if is_code else "value"))
    if note:
        told.addWidget(label(note, "notes"))
    soft = label(name, "soft", is_selectable=False)
    soft.setFixedWidth(_NAMES_WIDTH)
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(soft, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(told, 1)
    return line


def told_line(first: str, second: str = "", chip: str = "", tone: Tone = Tone.PLAIN) -> QWidget:
    """Return two lines of words, the second soft, and a chip at their right."""
    line, told = QWidget(), QVBoxLayout()
    told.setSpacing(1)
    told.addWidget(label(first))
    if second:
        told.addWidget(label(second, "notes"))
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addLayout(told, 1)
    if chip:
        pill = Chip(line)
        pill.say(chip, tone)
        row.addWidget(pill, 0, Qt.AlignmentFlag.AlignTop)
    return line


class Section(QWidget):
    """A title and lines under it; without a line it is not there."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(7)
        self._shown: list[QWidget] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 10)
        layout.setSpacing(7)
        if title:
            layout.addWidget(label(title, "cardTitle", is_selectable=False))
        layout.addLayout(self._lines)
        self.hide()

    def show_lines(self, lines: Iterable[QWidget]) -> None:
        """Show these lines instead."""
        for line in self._shown:
            line.hide()
            self._lines.removeWidget(line)
            line.deleteLater()
        self._shown = list(lines)
        for line in self._shown:
            self._lines.addWidget(line)
        self.setVisible(bool(self._shown))

    def words(self) -> list[str]:
        """Return all words shown, in reading order."""
        return [part.text() for line in self._shown for part in line.findChildren(QLabel)]
