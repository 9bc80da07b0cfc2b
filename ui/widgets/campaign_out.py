"""What is still out of a campaign, school by school: a few in the panel, all of them copied or in a list."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.campaign import SchoolOut
from tablet_loans.text import N_, tr, trn
from ui import icons, words
from ui.columns import Column, Style, as_tsv
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.lettering import RIGHT
from ui.widgets.record_parts import label

_MOST: Final = 6

COLUMNS: Final = (
    Column(N_("School"), lambda row: row.name, 200, 3),
    Column(N_("UAI"), lambda row: row.uai, 90, style=Style.CODE, is_spare=True),
    Column(N_("Still out"), lambda row: words.number(row.loans), 124, style=Style.NUMBER),
    Column(N_("Overdue"), lambda row: words.number(row.overdue) if row.overdue else "–", 100, style=Style.NUMBER,
           tone=lambda row: Tone.BAD if row.overdue else Tone.SOFT),
)  # fmt: skip


class OutModel(ListModel):
    """The schools that hold devices of a campaign, as a table shows them."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[section].style is Style.NUMBER:
            return RIGHT
        return super().headerData(section, orientation, role)


class CampaignOut(QWidget):
    """The schools that hold most, how many others there are, and a button that copies them all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self._rows: Sequence[SchoolOut] = ()
        self._title = label(tr("Still out"), "cardTitle", is_selectable=False)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(7)
        self.copy = QPushButton(icons.icon("copy"), tr("Copy the whole list"))
        self.copy.clicked.connect(self._on_copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 14)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addLayout(self._lines)
        layout.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_out(self, rows: Sequence[SchoolOut]) -> None:
        """Show these schools; without one it is not there."""
        self._rows = rows
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        total = sum(row.loans for row in rows)
        said = trn("{count} tablet still out", "{count} tablets still out", total)
        self._title.setText(said.format(count=words.number(total)))
        for row in sorted(rows, key=lambda each: -each.loans)[:_MOST]:
            self._lines.addWidget(_line(row))
        if (more := len(rows) - _MOST) > 0:
            said = trn("and {count} more school", "and {count} more schools", more)
            self._lines.addWidget(label(said.format(count=words.number(more)), "notes"))
        self.setVisible(bool(rows))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, self._rows))


def _line(row: SchoolOut) -> QWidget:
    """Return a school, how much of what it holds is overdue, and what it holds."""
    line, count = QWidget(), label(words.number(row.loans))
    overdue = tr("{count} overdue").format(count=words.number(row.overdue)) if row.overdue else ""
    count.setWordWrap(False)
    told = QHBoxLayout(line)
    told.setContentsMargins(0, 0, 0, 0)
    told.setSpacing(10)
    told.addWidget(label(words.joined(row.name, row.uai)), 1)
    for part in (label(overdue, "notes"), count):
        part.setWordWrap(False)
        told.addWidget(part)
    return line
