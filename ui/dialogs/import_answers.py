"""Answers come back from the schools: what each file would bring, or why it is refused, before anything is written."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tablet_loans.domain.problem import Problem
from tablet_loans.domain.workbook import SchoolReturn
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable
from ui.widgets.lettering import RIGHT
from ui.widgets.record_parts import label


def _fate(row: SchoolReturn) -> tuple[str, Tone]:
    if row.refused is not None:
        return tr("Turned down"), Tone.BAD
    if row.is_known or not row.changed:
        return tr("Nothing new"), Tone.PLAIN
    return (tr("To look at"), Tone.WARN) if row.problems else (tr("Sound"), Tone.OK)


def _number(count: int) -> str:
    return words.number(count) if count else "–"


def _files(name_of: Callable[[str], str]) -> tuple[Column, ...]:
    named = Column(N_("School"), lambda row: name_of(row.school or "") or Path(row.file).name, 150, 3)
    return (named, *_FILES)


_FILES: Final = (
    Column(N_("UAI"), lambda row: row.school or "–", 92, style=Style.CODE),
    Column(N_("File"), lambda row: Path(row.file).name, 130, 2, tone=lambda _row: Tone.SOFT),
    Column(N_("State"), lambda row: _fate(row)[0], 116, style=Style.CHIP, tone=lambda row: _fate(row)[1]),
    Column(N_("Answers"), lambda row: _number(row.read), 86, style=Style.NUMBER),
    Column(N_("New"), lambda row: _number(row.changed), 76, style=Style.NUMBER),
    Column(N_("Problems"), lambda row: _number(len(row.problems)), 90, style=Style.NUMBER),
)
_SIZE: Final = QSize(860, 560)
_HIGH, _LOW = 172, 68
_LINES: Final = (
    Column(N_("Line"), lambda row: words.number(row.line) if row.line else "", 70, style=Style.NUMBER),
    Column(N_("What is wrong"), lambda row: row.spoken(), 300, 1),
)


class _Rows(ListModel):
    """Rows whose numbers and their titles stand at the right."""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].style is Style.NUMBER:
            return RIGHT
        return super().headerData(section, orientation, role)


class ImportAnswers(QDialog):
    """The returned files one by one, and a button that says how many answers come in; `accepted` when they do."""

    save_asked = Signal(object)

    def __init__(
        self, found: Sequence[SchoolReturn], name_of: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._found = found
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Import answers"))
        columns = _files(name_of)
        self._files, self._lines = _Rows(columns), _Rows(_LINES)
        self.table, self.lines = DataTable(tr("Returned files"), 36), DataTable(tr("What is wrong"), 32)
        self.table.show_model(self._files, columns, ("File", "UAI", "Problems", "Answers"))
        self.lines.show_model(self._lines, _LINES)
        self.why = label("", "body")
        self._build()
        self.resize(_SIZE.boundedTo(parent.window().size()) if parent is not None else _SIZE)
        self.table.selectionModel().currentRowChanged.connect(lambda current, _previous: self._tell(current.row()))
        order = sorted(found, key=lambda each: (each.refused is None, not each.problems, each.school or "", each.file))
        self._files.show(order)
        if order:
            self.table.choose(0)

    def sizeHint(self) -> QSize:
        return _SIZE

    def _build(self) -> None:
        title = QLabel(_summary(self._found))
        title.setObjectName("title")
        self._pages = QStackedWidget()
        self._pages.addWidget(_card(self.why))
        self._pages.addWidget(_card(self.lines))
        parent = self.parentWidget()
        is_low = parent is not None and parent.window().height() < _SIZE.height()
        self._pages.setFixedHeight(_LOW if is_low else _HIGH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(_card(self.table), 1)
        layout.addWidget(self._pages)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        count = sum(each.changed for each in self._found if each.refused is None)
        self.save = QPushButton(tr("Export the problems…"))
        self.save.setAutoDefault(False)
        if not any(each.problems for each in self._found):
            self.save.hide()
        self.save.clicked.connect(lambda: self.save_asked.emit(self._found))
        cancel, self.go = QPushButton(tr("Cancel")), QPushButton()
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        said = trn("Import {count} answer", "Import {count} answers", count).format(count=words.number(count))
        self.go.setText(said if count else tr("Nothing to import"))
        self.go.setObjectName("primary")
        self.go.setEnabled(count > 0)
        self.go.setDefault(count > 0)
        self.go.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.go)
        return row

    def _tell(self, place: int) -> None:
        """Say of the file selected why it is refused, or which of its lines are not understood."""
        row = cast(SchoolReturn, self._files.rows[place]) if 0 <= place < self._files.rowCount(QModelIndex()) else None
        if row is None:
            return
        self._lines.show(cast(Sequence[Problem], row.problems))
        self._pages.setCurrentIndex(1 if row.problems and row.refused is None else 0)
        self.why.setText(_said(row))


def _said(row: SchoolReturn) -> str:
    if row.refused is not None:
        return row.refused.spoken()
    if row.is_known:
        return tr("This very file was imported before: nothing of it is written again.")
    said = [trn("{count} answer is new or other", "{count} answers are new or other", row.changed)]
    said[0] = said[0].format(count=words.number(row.changed))
    if row.missing:
        gone = trn(
            "{count} line was taken out by the school", "{count} lines were taken out by the school", row.missing
        )
        said.append(gone.format(count=words.number(row.missing)))
    return " · ".join(said)


def _summary(found: Sequence[SchoolReturn]) -> str:
    count = len(found)
    refused = sum(each.refused is not None for each in found)
    said = trn("{count} file read", "{count} files read", count).format(count=words.number(count))
    if not refused:
        return said
    return f"{said} · " + trn("{count} turned down", "{count} turned down", refused).format(count=words.number(refused))


def _card(widget: QWidget) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(12, 8, 12, 8)
    layout.addWidget(widget, 0 if isinstance(widget, QLabel) else 1)
    if isinstance(widget, QLabel):
        layout.addStretch(1)
    return card
