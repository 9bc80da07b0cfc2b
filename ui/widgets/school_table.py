"""The table of the schools: how far each has come; whole in memory, sorted by any column, narrowed as one types."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from tablet_loans.domain.school import SchoolFilter, SchoolStanding
from tablet_loans.text import N_, search_key, sort_key, tr
from ui import theme, words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.bars import paint_share
from ui.widgets.cells import PADDING, CellDelegate
from ui.widgets.lettering import RIGHT, face, write
from ui.widgets.ordered_table import OrderedTable

SHARE_ROLE: Final = Qt.ItemDataRole.UserRole + 3
_Index = QModelIndex | QPersistentModelIndex


def _soft(_row: SchoolStanding) -> Tone:
    return Tone.SOFT


def _counted(count: int) -> str:
    return words.number(count) if count else "–"


def _some(count: Callable[[SchoolStanding], int], tone: Tone = Tone.PLAIN) -> Callable[[SchoolStanding], Tone]:
    return lambda row: tone if count(row) else Tone.SOFT


def _answered(row: SchoolStanding) -> str:
    return f"{words.number(row.answered)} / {words.number(row.pupils)}"


COLUMNS: Final = (
    Column(N_("School"), lambda row: row.name, 176, 6, sort="name"),
    Column(N_("Commune"), lambda row: row.commune, 110, 2, tone=_soft, sort="commune"),
    Column(N_("Type"), lambda row: row.kind, 80, 1, tone=_soft, sort="kind"),
    Column(N_("Pupils"), lambda row: _counted(row.pupils), 74, style=Style.NUMBER, sort="pupils"),
    Column(N_("Answers"), _answered, 150, 2, style=Style.NUMBER, tone=_some(lambda row: row.answered), sort="answered"),
    Column(
        N_("Lacking"), lambda row: _counted(row.lacking), 86, style=Style.NUMBER,
        tone=_some(lambda row: row.lacking), sort="lacking",
    ),
    Column(
        N_("Lent now"), lambda row: _counted(row.lent), 78, style=Style.NUMBER, tone=_some(lambda row: row.lent),
        sort="lent",
    ),
    Column(
        N_("To recall"), lambda row: _counted(row.to_recall), 96, style=Style.NUMBER,
        tone=_some(lambda row: row.to_recall, Tone.BAD), sort="to_recall",
    ),
)  # fmt: skip
_ANSWERS: Final = 4
_ROOM_FOR_MARK: Final = "\u2003"  # Qt draws the mark of the order over what is written to the right
_SPARED: Final = ("Type", "Pupils", "Lent now", "Lacking", "To recall")  # many schools share a name: not the commune
_KEYS: Final[Mapping[str, Callable[[SchoolStanding], Any]]] = {
    "name": lambda _row: (),
    "commune": lambda row: sort_key(row.commune),
    "kind": lambda row: sort_key(row.kind),
    "pupils": lambda row: row.pupils,
    "answered": lambda row: row.answered / row.pupils if row.pupils else 2.0,
    "lacking": lambda row: row.lacking,
    "lent": lambda row: row.lent,
    "to_recall": lambda row: row.to_recall,
}


class SchoolModel(ListModel):
    """The schools of a campaign; those that the filter lets through, in order, are the rows."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self._every: list[SchoolStanding] = []
        self._chosen = SchoolFilter()
        self._column, self._is_descending = 0, False

    def show_all(self, rows: Iterable[SchoolStanding]) -> None:
        """Take in all schools, and show those that the filter lets through."""
        self._every = list(rows)
        self._arrange()

    def narrow(self, chosen: SchoolFilter) -> None:
        """Show those that this filter lets through."""
        self._chosen = chosen
        self._arrange()

    def every(self) -> list[SchoolStanding]:
        """Return all schools, shown or not."""
        return self._every

    def name_of(self, uai: str) -> str:
        """Return the name of a school, "" when it is not known."""
        return next((row.name for row in self._every if row.uai == uai), "")

    def standing_at(self, place: int) -> SchoolStanding | None:
        """Return a row, or None."""
        row = self.rows[place] if 0 <= place < len(self.rows) else None
        return row if isinstance(row, SchoolStanding) else None

    def place_of(self, uai: str) -> int:
        """Return the row of a school, -1 when it is not shown."""
        return next((at for at, row in enumerate(self.rows) if getattr(row, "uai", "") == uai), -1)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column, then by name."""
        self._column, self._is_descending = column, order is Qt.SortOrder.DescendingOrder
        self._arrange()

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == SHARE_ROLE:
            row = self.standing_at(index.row())
            return (row.answered, row.pupils) if row is not None and index.column() == _ANSWERS else None
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        is_number = self.columns[section].style is Style.NUMBER and section != _ANSWERS
        if role == Qt.ItemDataRole.TextAlignmentRole and is_number:
            return RIGHT
        said = super().headerData(section, orientation, role)
        return f"{said}{_ROOM_FOR_MARK}" if said and is_number and section == self._column else said

    def _arrange(self) -> None:
        typed = search_key(self._chosen.search).split()
        by_name = sorted(self._every, key=lambda row: (sort_key(row.name, row.commune), row.uai))
        if self._column == 0 and self._is_descending:
            by_name.reverse()
        by_column = sorted(by_name, key=_KEYS[COLUMNS[self._column].sort], reverse=self._is_descending)
        self.show(row for row in by_column if _is_wanted(row, self._chosen, typed))


def _is_wanted(row: SchoolStanding, chosen: SchoolFilter, typed: Iterable[str]) -> bool:
    if chosen.is_silent is not None and chosen.is_silent != (row.answered < row.pupils):
        return False
    if chosen.has_recalls is not None and chosen.has_recalls != (row.to_recall > 0):
        return False
    key = search_key(row.uai, row.name, row.commune)
    return all(f" {word}" in key for word in typed)


class _SchoolCells(CellDelegate):
    """Paint the answers as a thin bar before their numbers."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if (share := index.data(SHARE_ROLE)) is None:
            super().paint(painter, option, index)
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.tokens().on_accent))
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inside = rect.adjusted(PADDING, 0, -PADDING, -1)
        numbers = min(88, inside.width() * 3 // 5)
        paint_share(painter, QRect(inside.left(), inside.top(), inside.width() - numbers - 8, inside.height()), *share)
        right = QRect(inside.right() - numbers, inside.top(), numbers + 1, inside.height())
        write(painter, right, str(index.data()), face(13), theme.ink(Tone.PLAIN if share[0] else Tone.SOFT), RIGHT)
        painter.restore()


class SchoolTable(OrderedTable):
    """Schools in rows, one of them current; a click on a title orders them."""

    def __init__(self, model: SchoolModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Schools"), model, _SPARED, parent)
        self.setItemDelegate(_SchoolCells(self))
