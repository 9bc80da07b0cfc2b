"""The campaigns in a narrow list, those that run first: name and state, dates and schools, answers and loans."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from tablet_loans.domain.campaign import STATUS_WORDS, CampaignStatus
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.text import N_, tr
from ui import theme, words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.campaign_words import STATUS_TONES, dates_said, days_said, figures_said, schools_said
from ui.widgets.cells import PADDING, CellDelegate
from ui.widgets.data_table import DataTable
from ui.widgets.lettering import chip, chip_width, face, write

_ROW: Final = 78
_LINE: Final = 20
_CHIP: Final = 22
_ORDER: Final = (CampaignStatus.OPEN, CampaignStatus.DRAFT, CampaignStatus.CLOSING, CampaignStatus.CLOSED)
_Index = QModelIndex | QPersistentModelIndex


def _state(view: CampaignView) -> str:
    return tr(STATUS_WORDS[view.status])


def _read_aloud(view: CampaignView) -> str:
    return words.joined(
        view.name, tr(STATUS_WORDS[view.status]), dates_said(view), schools_said(view), figures_said(view)
    )


COLUMNS: Final = (Column(N_("Campaign"), _read_aloud, 200, 1),)
COPIED: Final = (
    Column(N_("Campaign"), lambda view: view.name, 0),
    Column(N_("State"), _state, 0),
    Column(N_("Begins"), lambda view: words.numeric_date(view.starts_on) if view.starts_on else "", 0),
    Column(N_("Ends"), lambda view: words.numeric_date(view.due), 0),
    Column(N_("Schools"), schools_said, 0),
    Column(N_("Answers"), lambda view: str(view.needs), 0, style=Style.NUMBER),
    Column(N_("To confirm"), lambda view: str(view.needs_to_confirm), 0, style=Style.NUMBER),
    Column(N_("Lent now"), lambda view: str(view.open_loans), 0, style=Style.NUMBER),
)


class CampaignModel(ListModel):
    """The campaigns: those that lend, those being prepared, then those that end."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)

    def show_campaigns(self, views: Iterable[CampaignView]) -> None:
        """Show these; they come the newest first."""
        ordered: list[CampaignView] = sorted(views, key=lambda view: _ORDER.index(CampaignStatus(view.status)))
        self.show(ordered)

    def view_at(self, place: int) -> CampaignView | None:
        """Return a row, or None."""
        row = self.rows[place] if 0 <= place < len(self.rows) else None
        return row if isinstance(row, CampaignView) else None

    def place_of(self, name: str) -> int:
        """Return the row of a campaign, -1 when there is none of that name."""
        return next((at for at, row in enumerate(self.rows) if getattr(row, "name", None) == name), -1)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.UserRole:
            return self.view_at(index.row())
        return super().data(index, role)


class _CampaignCell(CellDelegate):
    """Paint a campaign in three lines, its state as a chip."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        view = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(view, CampaignView):
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.tokens().on_accent))
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inside = rect.adjusted(PADDING, 9, -PADDING, -9)
        said, small = tr(STATUS_WORDS[view.status]), face(12, is_bold=True)
        width = chip_width(said, small)
        chip(painter, QRect(inside.right() - width, inside.top(), width, _CHIP), said, small, STATUS_TONES[view.status])
        first = QRect(inside.left(), inside.top(), inside.width() - width - 10, _LINE)
        write(painter, first, view.name, face(14, is_bold=True), theme.ink(Tone.PLAIN))
        soft = theme.ink(Tone.SOFT)
        for number, line in enumerate((words.joined(days_said(view), schools_said(view)), figures_said(view)), 1):
            place = QRect(inside.left(), inside.top() + number * _LINE, inside.width(), _LINE)
            write(painter, place, line, face(12), soft)
        painter.restore()


class CampaignList(DataTable):
    """Campaigns in rows, one of them current."""

    def __init__(self, model: CampaignModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Campaigns"), _ROW, parent)
        self.setItemDelegate(_CampaignCell(self))
        self.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.horizontalHeader().hide()
        self.show_model(model, COLUMNS)
