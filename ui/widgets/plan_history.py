"""What was decided in a campaign, by whom, when and why: a quiet list in the place of the schools."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.chronicle import CampaignAct
from tablet_loans.text import N_, tr, trn
from ui import icons, theme, words
from ui.columns import STYLE_ROLE, TONE_ROLE, Column, Style, as_tsv
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.cells import PADDING, CellDelegate
from ui.widgets.data_table import DataTable


def _soft(_act: CampaignAct) -> Tone:
    return Tone.SOFT


def _what(act: CampaignAct) -> str:
    return words.joined(act.words, act.pupil, tr("undone since") if act.is_undone else "")


COLUMNS: Final = (
    Column(N_("When"), lambda act: words.day_and_time(act.when), 146, style=Style.CODE, tone=_soft),
    Column(N_("Who"), lambda act: act.who, 120, 1),
    Column(N_("Decision"), _what, 260, 4),
    Column(N_("Why"), lambda act: act.note, 160, 3, tone=_soft),
)

_LEAST: Final = 34
_AROUND: Final = 8
_WORDY: Final = (2, 3)
_WRAPPED: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap


class _WholeCells(CellDelegate):
    """Write what was decided and why whole, on as many lines as it takes."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if index.data(STYLE_ROLE) != Style.TEXT:
            super().paint(painter, option, index)
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.tokens().on_accent))
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(option.font)
        painter.setPen(theme.ink(Tone(index.data(TONE_ROLE))))
        inside = rect.adjusted(PADDING, _AROUND, -PADDING, -_AROUND)
        painter.drawText(inside, _WRAPPED, str(index.data() or ""))
        painter.restore()


class _Acts(DataTable):
    """Acts in rows as high as their words."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_rows()

    def fit_rows(self) -> None:
        """Give each row the height that its longest cell takes."""
        model, metrics = self.model(), self.fontMetrics()
        for row in range(model.rowCount()):
            tallest = _LEAST
            for column in _WORDY:
                room = QRect(0, 0, self.columnWidth(column) - 2 * PADDING, 10_000)
                said = str(model.index(row, column).data() or "")
                tallest = max(tallest, metrics.boundingRect(room, int(_WRAPPED), said).height() + 2 * _AROUND + 1)
            if self.rowHeight(row) != tallest:
                self.setRowHeight(row, tallest)


class PlanHistory(QFrame):
    """The acts of a campaign, the newest first; `closed` goes back to the schools."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("History"))
        title, self._count, back = QLabel(tr("History")), QLabel(), QPushButton(icons.icon("arrow-left"), tr("Back"))
        title.setObjectName("cardTitle")
        self._count.setObjectName("soft")
        back.clicked.connect(self.closed)
        self.model = ListModel(COLUMNS)
        self.model.setParent(self)
        self.table = _Acts(tr("History"), _LEAST)
        self.table.setItemDelegate(_WholeCells(self.table))
        self.table.show_model(self.model, COLUMNS)
        self.table.left.connect(self.closed)
        self.table.copy_asked.connect(self._on_copy)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 8, 0)
        head.setSpacing(12)
        head.addWidget(title)
        head.addWidget(self._count, 1)
        head.addWidget(back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)

    def show_acts(self, acts: Sequence[CampaignAct]) -> None:
        """Show these acts instead."""
        self.model.show(acts)
        self.table.fit_rows()
        said = trn("{count} decision", "{count} decisions", len(acts))
        self._count.setText(said.format(count=words.number(len(acts))))

    def take_focus(self) -> None:
        """Put the focus where the acts are read with the arrows."""
        self.table.setFocus()
        self.table.fit_rows()

    def _on_copy(self) -> None:
        rows = [self.model.rows[at] for place in self.table.chosen_places()
                for at in range(place.start, place.start + place.size)]  # fmt: skip
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, rows))
