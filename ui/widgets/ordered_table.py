"""A table of a list that is whole in memory, ordered by a click on a title."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.columns import Column
from ui.lists import ListModel
from ui.widgets.calm_table import CalmTable


class OrderedTable(CalmTable):
    """Rows in the order of one column, at first the first; `arranged` once it is another."""

    arranged = Signal()

    def __init__(self, name: str, model: ListModel, spared: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.show_model(model, model.columns, spared)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(lambda *_: self.arranged.emit())

    def order(self) -> tuple[str, bool]:
        """Return the column that orders the list, and whether it goes backwards."""
        header = self.horizontalHeader()
        column: Column = self._columns[header.sortIndicatorSection()]
        return column.sort, header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder

    def order_by(self, column: str, *, is_descending: bool) -> None:
        """Order the list by the column of that name; by the first when there is none."""
        place = next((at for at, each in enumerate(self._columns) if each.sort == column), 0)
        self.sortByColumn(place, Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder)
