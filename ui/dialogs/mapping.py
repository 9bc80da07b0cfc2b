"""Whoever imports a list says what its columns are, once for all lists with the same titles."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.services.glancing import Glanced
from tablet_loans.text import tr
from ui import words
from ui.columns import as_tip
from ui.widgets.choice import Choice
from ui.widgets.lettering import fitted

_SIZE = QSize(860, 560)
_TITLE_WIDTH, _FIELD_WIDTH = 210, 220
_LONGEST_SAMPLE = 28


class Mapping(QDialog):
    """Each column with some of its cells, and the field it stands for; `decided` gives the titles and their fields."""

    decided = Signal(object)

    def __init__(self, file: str, glanced: Glanced, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Columns of the file"))
        self._glanced = glanced
        self._names = {field.name: tr(field.words) for field in glanced.fields}
        self.choices: dict[str, Choice] = {}
        self._build(file)
        self.resize(_SIZE.boundedTo(self.screen().availableSize()))
        self._say()

    def mapping(self) -> dict[str, str]:
        """Return the columns that are read: title to field."""
        return {title: str(choice.currentData()) for title, choice in self.choices.items() if choice.currentData()}

    def missing(self) -> list[str]:
        """Return the words of what no column stands for yet, though the list needs it."""
        chosen = set(self.mapping().values())
        between = f" {tr('or')} "
        return [
            between.join(self._names[name] for name in group)
            for group in self._glanced.needed
            if group and not chosen.intersection(group)
        ]

    def _build(self, file: str) -> None:
        head, note = QLabel(tr("What are these columns?")), QLabel()
        head.setObjectName("title")
        remembered = tr("As the last time that a file had these titles.") if self._glanced.is_remembered else ""
        note.setText(words.joined(file, remembered))
        note.setTextFormat(Qt.TextFormat.PlainText)
        note.setObjectName("soft")
        self._said = QLabel()
        self._said.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(head)
        layout.addWidget(note)
        layout.addWidget(self._columns(), 1)
        layout.addLayout(self._buttons())

    def _columns(self) -> QWidget:
        inside = QWidget()
        inside.setObjectName("plain")
        grid = QGridLayout(inside)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for place, said in enumerate((tr("Column"), tr("First cells"), tr("Is"))):
            label = QLabel(said)
            label.setObjectName("soft")
            grid.addWidget(label, 0, place)
        for place, title in enumerate(self._glanced.titles):
            if title and title not in self.choices:
                self._add_column(grid, place, title)
        grid.setRowStretch(len(self._glanced.titles) + 1, 1)
        area = QScrollArea()
        area.setObjectName("card")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _add_column(self, grid: QGridLayout, place: int, title: str) -> None:
        name = QLabel(_short(title))
        name.setToolTip(as_tip(title))
        name.setFixedWidth(_TITLE_WIDTH)
        cells = [_short(line[place]) for line in self._glanced.samples if place < len(line) and line[place]]
        seen = _Cells(words.joined(*dict.fromkeys(cells)) or tr("empty, or never read"))
        choice = Choice()
        choice.setFixedWidth(_FIELD_WIDTH)
        choice.setAccessibleName(title)
        choice.addItem(tr("Not read"), "")
        needed = {name for group in self._glanced.needed for name in group}
        for field in self._glanced.fields:
            choice.addItem(f"{tr(field.words)} *" if field.name in needed else tr(field.words), field.name)
        choice.setCurrentIndex(max(choice.findData(self._glanced.proposed.get(title, "")), 0))
        choice.currentIndexChanged.connect(lambda _place: self._on_chosen(title))
        self.choices[title] = choice
        for label in (name, seen):
            label.setTextFormat(Qt.TextFormat.PlainText)
        name.setBuddy(choice)
        for column, widget in enumerate((name, seen, choice)):
            grid.addWidget(widget, place + 1, column)

    def _buttons(self) -> QHBoxLayout:
        cancel, self.go = QPushButton(tr("Cancel")), QPushButton(tr("Read the file so"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._on_go)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._said, 1)
        row.addWidget(cancel)
        row.addWidget(self.go)
        return row

    def _on_chosen(self, title: str) -> None:
        """Let a field stand in one column alone: the last one chosen."""
        field = self.choices[title].currentData()
        for other, choice in self.choices.items():
            if field and other != title and choice.currentData() == field:
                choice.setCurrentIndex(0)
        self._say()

    def _say(self) -> None:
        missing = self.missing()
        said = tr("Still to be named: {fields}.").format(fields=", ".join(missing)) if missing else ""
        self._said.setText(said or tr("This is remembered for files with the same titles."))
        self._said.setObjectName("line" if missing else "notes")
        self._said.setProperty("tone", "warn" if missing else "")
        self._said.style().unpolish(self._said)
        self._said.style().polish(self._said)
        self.go.setEnabled(not missing)

    def _on_go(self) -> None:
        self.decided.emit(self.mapping())
        self.accept()


class _Cells(QLabel):
    """Some cells in one line, cut with an ellipsis where the room ends."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self._said = said
        self.setObjectName("soft")
        self.setMinimumWidth(60)
        self.setToolTip(as_tip(said))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(fitted(self._said, self.font(), self.width()))


def _short(cell: str) -> str:
    return cell if len(cell) <= _LONGEST_SAMPLE else f"{cell[: _LONGEST_SAMPLE - 1]}…"
