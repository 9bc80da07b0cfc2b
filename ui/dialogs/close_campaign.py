"""Before a campaign closes: what is still out, school by school, and what closing does."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.campaign import SchoolOut
from tablet_loans.text import tr, trn
from ui import words
from ui.widgets.campaign_out import COLUMNS, OutModel
from ui.widgets.data_table import DataTable
from ui.widgets.record_parts import label

_SIZE: Final = QSize(600, 520)
_LOW: Final = 220


class CloseCampaign(QDialog):
    """The list of what is still out; accepted when the campaign is to be closed all the same."""

    def __init__(self, name: str, out: Sequence[SchoolOut], promises: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Close the campaign"))
        title = QLabel(tr("Close “{campaign}”").format(campaign=name))
        title.setObjectName("title")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(title)
        self.sentence = label(closing_said(sum(each.loans for each in out), len(out)))
        layout.addWidget(self.sentence)
        self.promises = label(releasing_said(promises))
        self.promises.setVisible(bool(promises))
        layout.addWidget(self.promises)
        if out:
            layout.addWidget(self._table(out), 1)
        else:
            layout.addStretch(1)
        layout.addLayout(self._buttons())
        size = _SIZE if out else QSize(_SIZE.width(), _LOW)
        above = self.parentWidget()
        self.stay.setFocus()
        self.resize(size.boundedTo(above.window().size()) if above is not None else size)

    def _table(self, out: Sequence[SchoolOut]) -> QFrame:
        card, self.model = QFrame(), OutModel()
        self.model.setParent(self)
        self.model.show(out)
        self.table = DataTable(tr("Still out"), 34)
        self.table.show_model(self.model, COLUMNS)
        card.setObjectName("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.addWidget(self.table)
        return card

    def _buttons(self) -> QHBoxLayout:
        self.stay, self.go = QPushButton(tr("Leave it open")), QPushButton(tr("Close the campaign"))
        self.stay.setObjectName("primary")
        self.stay.setDefault(True)
        self.stay.clicked.connect(self.reject)
        self.go.setAutoDefault(False)
        self.go.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.go)
        row.addWidget(self.stay)
        return row


def closing_said(tablets: int, schools: int) -> str:
    """Return what closing does, with what is still out."""
    if not tablets:
        return tr("Nothing is out any more: the campaign is closed, and can be relaunched whenever it is needed.")
    out = trn("{count} tablet is still out", "{count} tablets are still out", tablets)
    where = trn("in {count} school", "in {count} schools", schools)
    said = f"{out.format(count=words.number(tablets))} {where.format(count=words.number(schools))}."
    more = tr("It lends no more and still takes returns: close it again once the last one is back.")
    return f"{said} {more}"


def releasing_said(promises: int) -> str:
    """Return what closing does to the promises that nobody fetched."""
    said = trn(
        "{count} promise that nobody fetched is released: the tablet is free again.",
        "{count} promises that nobody fetched are released: the tablets are free again.",
        promises,
    )
    return said.format(count=words.number(promises))
