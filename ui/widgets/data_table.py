"""The table every screen uses: rows 40 high, hairlines, columns that share the width."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from tablet_loans.domain.paging import Place
from ui.columns import Column
from ui.widgets.cells import PADDING, CellDelegate

_SLACK: Final = 2


class HasColumns(Protocol):
    """What a model says of its columns."""

    columns: Sequence[Column]


class DataTable(QTableView):
    """A calm table over a model with columns."""

    copy_asked = Signal()
    opened = Signal()
    left = Signal()

    def __init__(self, name: str, row_height: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: Sequence[Column] = ()
        self._hidden: frozenset[str] = frozenset()
        self._spared: Sequence[str] = ()
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(20)

    def show_model(
        self, model: QAbstractTableModel, columns: Sequence[Column], spared: Sequence[str] | None = None
    ) -> None:
        """Show a model; its columns share the width.

        Where it is too narrow for all, those titled `spared` go first, in that order (default: the spare columns).
        """
        self._columns = columns
        self._spared = spared if spared is not None else [column.title for column in columns if column.is_spare]
        self.setModel(model)
        self._share_width()

    def hide_columns(self, titles: Iterable[str]) -> None:
        """Hide the columns of these titles, whatever the room; the others share the width."""
        self._hidden = frozenset(titles)
        self._share_width()

    def hidden_columns(self) -> frozenset[str]:
        """Return the titles of the columns hidden on purpose."""
        return self._hidden

    def chosen_places(self) -> list[Place]:
        """Return the selected rows, as places of the list, from top to bottom."""
        selection = self.selectionModel().selection()
        ranges = sorted({(each.top(), each.height()) for each in selection.toList()})
        return [Place(top, height) for top, height in ranges]

    def choose(self, row: int) -> None:
        """Select one row and show it."""
        index = self.model().index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _share_width(self) -> None:
        """Hide spare columns where room lacks; give each other its least width, and what is left by shares."""
        room = self.viewport().width()
        least = [self._least(place, column) for place, column in enumerate(self._columns)]
        shown = [each for each in enumerate(self._columns) if each[1].title not in self._hidden]
        for title in self._spared:
            if sum(least[place] for place, _ in shown) > room:
                shown = [each for each in shown if each[1].title != title]
        left = room - sum(least[place] for place, _ in shown)
        shares = sum(column.stretch for _, column in shown) or 1
        for place in range(len(self._columns)):
            self.setColumnHidden(place, place not in dict(shown))
        for place, column in shown:
            self.setColumnWidth(place, max(least[place] + left * column.stretch // shares, 40))

    def _least(self, place: int, column: Column) -> int:
        """Return the least width of a column: whatever the font, its title is not cut."""
        title = str(self.model().headerData(place, Qt.Orientation.Horizontal) or "")
        written = self.horizontalHeader().fontMetrics().horizontalAdvance(title)
        return max(column.width, written + 2 * PADDING + _SLACK if title else 0)
